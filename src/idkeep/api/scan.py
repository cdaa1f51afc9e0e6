"""Read an account, keep what was read, judge it."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic

from idkeep import collect
from idkeep.api.judging import Judging
from idkeep.api.snapshots import judge
from idkeep.config import Settings
from idkeep.errors import IdkeepError
from idkeep.model import DEFAULT_FAMILIES, Family, Snapshot
from idkeep.report import ScanReport
from idkeep.store import SqliteStore


class NotKept(IdkeepError):
    """The account was read and judged, but the snapshot could not be kept."""

    def __init__(self, report: ScanReport, why: IdkeepError) -> None:
        super().__init__(f"the snapshot was not kept: {why.message}", hint=why.hint)
        self.report = report


def scan(  # noqa: PLR0913 -- what a scan may be told, all by name
    *,
    profile: str | None = None,
    region: str | None = None,
    account: str | None = None,
    families: Iterable[Family] = DEFAULT_FAMILIES,
    settings: Settings | None = None,
    store: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
    may_ask: Callable[[Family, int], bool] = lambda _, __: True,
    judging: Judging | None = None,
) -> ScanReport:
    """Scan the account that the credentials belong to, over the API.

    `account` is the one it must be (12 digits); `families` are the facts to read; `store` is
    where the snapshot is kept, None for nowhere; `progress` is told each IAM action that was
    asked. `may_ask` says whether a family whose cost hangs on what there is may take about so
    many calls; `judging` is how it is judged, beyond the settings. What could not be read is a
    gap in the report. Raises `IdkeepError` where AWS can't be asked at all, it is another account
    or the store is none, all before anything is read; `NotKept` where keeping failed in the end.
    """
    keeper = SqliteStore(store) if store else None
    if keeper:
        keeper.prepare()
    begun = monotonic()
    snapshot = read_account(
        profile=profile,
        region=region,
        account=account,
        families=families,
        progress=progress,
        may_ask=may_ask,
    )
    return keep_and_judge(
        snapshot, keeper, settings or Settings(), seconds=monotonic() - begun, judging=judging
    )


def keep_and_judge(
    snapshot: Snapshot,
    keeper: SqliteStore | None,
    settings: Settings,
    *,
    seconds: float = 0.0,
    judging: Judging | None = None,
) -> ScanReport:
    """The report on a snapshot that is new. Raises `NotKept`, with the report in it."""
    judged = partial(judge, snapshot, settings, seconds=seconds, judging=judging)
    try:
        kept_as = keeper.put(snapshot).id if keeper else ""
        return judged(kept_as=kept_as, keeper=keeper, record=True)
    except IdkeepError as error:
        raise NotKept(judged(), error) from error


def read_account(
    *,
    profile: str | None = None,
    region: str | None = None,
    account: str | None = None,
    families: Iterable[Family] = DEFAULT_FAMILIES,
    progress: Callable[[str], None] = lambda _: None,
    may_ask: Callable[[Family, int], bool] = lambda _, __: True,
) -> Snapshot:
    """What `scan` reads, not judged. Raises `IdkeepError` as it does."""
    aws = collect.connect(profile=profile, region=region, announce=progress)
    try:
        return collect.collect(
            aws,
            now=_now,
            expected=account,
            families=families,
            progress=progress,
            may_ask=may_ask,
        )
    finally:
        aws.close()


def _now() -> datetime:
    return datetime.now(UTC)
