"""Long-term credentials of a user or of the root user, as the credential report tells them.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
"""

from datetime import datetime

from msgspec import Struct

from idkeep.model.gap import Gap


class Password(Struct, frozen=True, kw_only=True, tag=True):
    """A console password. `last_used` is None where AWS has no use on record since October 2014.

    `changed` is when it was set, a gap where the report leaves that out.
    """

    last_used: datetime | None = None
    changed: datetime | Gap


class AccessKey(Struct, frozen=True, kw_only=True):
    """An access key by its place in the credential report, which does not tell key ids.

    `slot` is 1 or 2. `rotated` is when the key was made or last changed. `last_used` is None
    for a key never used.
    """

    slot: int
    active: bool
    rotated: datetime
    last_used: datetime | None = None
    last_used_service: str | None = None
    last_used_region: str | None = None


class VirtualMfa(Struct, frozen=True, kw_only=True):
    """An assigned authenticator app, by its serial (an ARN)."""

    serial: str
    enabled: datetime | None = None
