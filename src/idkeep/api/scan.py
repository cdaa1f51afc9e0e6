"""Read an account, keep what was read, judge it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from idkeep import collect
from idkeep.api.snapshots import judge
from idkeep.config import Settings
from idkeep.report import ScanReport
from idkeep.store import SqliteStore


def scan(
    *,
    profile: str | None = None,
    region: str | None = None,
    account: str | None = None,
    settings: Settings | None = None,
    store: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> ScanReport:
    """Scan the account that the credentials belong to, over the API.

    `account` is the one it must be (12 digits); `store` is where the snapshot is kept, None for
    nowhere; `progress` is told each IAM action that was asked. What could not be read is a gap
    in the report. Raises `IdkeepError` where AWS can't be asked at all or it is another account.
    """
    begun = monotonic()
    aws = collect.connect(profile=profile, region=region)
    try:
        snapshot = collect.collect(aws, now=_now, expected=account, progress=progress)
    finally:
        aws.close()
    seconds = monotonic() - begun
    kept = SqliteStore(store).put(snapshot).id if store else ""
    return judge(snapshot, settings or Settings(), kept_as=kept, seconds=seconds)


def _now() -> datetime:
    return datetime.now(UTC)
