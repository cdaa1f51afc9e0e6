"""What became of a finding from scan to scan."""

from datetime import datetime

from msgspec import Struct


class Seen(Struct, frozen=True, kw_only=True):
    """When a finding was found first and last, by the time of the snapshots.

    `resolved` is the first scan that no longer found it, None while it stands; a scan that could
    not tell leaves it as it is. `returned` is when it was found again after that, None for never.
    """

    id: str
    check: str
    subject: str
    first: datetime
    last: datetime
    resolved: datetime | None = None
    returned: datetime | None = None
