"""Read an account, keep what was read, judge it."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic

from idkeep import collect
from idkeep.api.snapshots import judge
from idkeep.config import Settings
from idkeep.errors import IdkeepError
from idkeep.report import ScanReport
from idkeep.store import SqliteStore


class NotKept(IdkeepError):
    """The account was read and judged, but the snapshot could not be kept."""

    def __init__(self, report: ScanReport, why: IdkeepError) -> None:
        super().__init__(f"the snapshot was not kept: {why.message}", hint=why.hint)
        self.report = report


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
    in the report. Raises `IdkeepError` where AWS can't be asked at all, it is another account or
    the store is none, all before anything is read; `NotKept` where keeping failed in the end.
    """
    keeper = SqliteStore(store) if store else None
    if keeper:
        keeper.prepare()
    begun = monotonic()
    aws = collect.connect(profile=profile, region=region)
    try:
        snapshot = collect.collect(aws, now=_now, expected=account, progress=progress)
    finally:
        aws.close()
    seconds = monotonic() - begun
    judged = partial(judge, snapshot, settings or Settings(), seconds=seconds)
    try:
        return judged(kept_as=keeper.put(snapshot).id if keeper else "")
    except IdkeepError as error:
        raise NotKept(judged(), error) from error


def _now() -> datetime:
    return datetime.now(UTC)
