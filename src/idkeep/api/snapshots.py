"""Snapshots kept or in files: which there are, what today's checks say, which may go."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import platformdirs
from msgspec import Struct

from idkeep import checks, report
from idkeep.access import Estate
from idkeep.access.history import Sightings
from idkeep.api.catalog import load_catalog
from idkeep.api.judging import Judging
from idkeep.catalog import Catalog
from idkeep.checks.changing import allowed_by
from idkeep.config import Settings
from idkeep.errors import IdkeepError
from idkeep.model import Outcome, Snapshot
from idkeep.model.history import Seen
from idkeep.model.run import Run, RunAccount, RunResult
from idkeep.store import History, Kept, Row, Runs, Spool, SqliteStore, snapshot_file

# The management account and the deputies of services; the others follow nothing to each other.
_MOST_FOLLOWED = 4

_NAMED = re.compile("latest|previous|[0-9a-f]{4,64}")


def default_store() -> Path:
    """The platform's place for a user's data."""
    return platformdirs.user_data_path("idkeep", appauthor=False) / "snapshots.db"


def kept_snapshots(store: Path) -> tuple[Row, ...]:
    """What is kept, newest last; before it, what is damaged."""
    return SqliteStore(store).list()


class Found(Struct, frozen=True, kw_only=True):
    """A snapshot that a person named; `file` is "" for a kept one."""

    id: str
    file: str = ""
    snapshot: Snapshot


def find_snapshot(wanted: str, *, store: Path) -> Found:
    """A kept one by its id, its beginning, "latest" or "previous", or a snapshot file.

    What looks like an id is none but that: a file of such a name is `./latest`. Raises
    `IdkeepError`.
    """
    path = Path(wanted)
    if not _NAMED.fullmatch(wanted) and (os.sep in wanted or path.suffix or path.exists()):
        read = snapshot_file.read(path)
        return Found(id=read.id, file=wanted, snapshot=read.snapshot)
    keeper = SqliteStore(store)
    kept = keeper.find(wanted)
    return Found(id=kept.id, snapshot=keeper.get(kept.sha256))


def rejudge(
    wanted: str,
    *,
    store: Path,
    settings: Settings | None = None,
    judging: Judging | None = None,
) -> report.ScanReport:
    """Judge a snapshot by today's checks; `wanted` as for `find_snapshot`."""
    found = find_snapshot(wanted, store=store)
    kept_as = "" if found.file else found.id
    keeper = SqliteStore(store)
    return judge(
        found.snapshot, settings or Settings(), kept_as=kept_as, keeper=keeper, judging=judging
    )


class Around(Struct, frozen=True, kw_only=True):
    """What a scan knows of the other accounts of an organisation.

    `siblings` are its accounts, where they were listed; `elsewhere` gives the snapshots of those
    that were scanned with it: a trail's log group, an analyzer.
    """

    siblings: frozenset[str] = frozenset()
    elsewhere: Callable[[str], Snapshot | None] = lambda _: None


def around_run(run: Run, results: Mapping[str, RunResult], keeper: SqliteStore) -> Around:
    listed = run.organization.accounts
    siblings = frozenset(one.id for one in listed) if isinstance(listed, tuple) else frozenset()

    @lru_cache(maxsize=_MOST_FOLLOWED)
    def elsewhere(account: str) -> Snapshot | None:
        result = results.get(account)
        if result is None or result.failed is not None:
            return None
        try:
            return keeper.get(result.snapshot)
        except IdkeepError:
            return None

    return Around(siblings=siblings, elsewhere=elsewhere)


def run_report(  # noqa: PLR0913 -- what a judgement may be told, all by name
    wanted: str,
    *,
    store: Path,
    settings: Settings | None = None,
    only: frozenset[str] | None = None,
    record: bool = False,
    judging: Judging | None = None,
    each: Callable[[report.ScanReport], None] = lambda _: None,
) -> report.OrganizationReport:
    """Judge a scan of an organisation by today's checks; `wanted` is a run's id or "latest".

    One account after the other is read from the store, and `each` is told the report of each.
    `only` are the accounts of the worker that asks, or that are asked for: the others are told as
    skipped; `record` is as for `judge`. Raises `IdkeepError`.
    """
    keeper = SqliteStore(store)
    runs = Runs(keeper)
    run = runs.get(wanted)
    results = runs.results(run.id)
    known = settings or Settings()
    around = around_run(run, results, keeper)
    catalog = load_catalog()

    def judged(account: RunAccount) -> report.AccountResult:
        result = results.get(account.id)
        if account.skipped:
            return report.skipped(account)
        if only is not None and account.id not in only:
            return report.skipped(account, "left to another --shard" if record else "not asked for")
        if result is None:
            return report.not_reached(account)
        if result.failed is not None:
            return report.failed(account, result.failed, known, run.begun.date())
        try:
            snapshot = keeper.get(result.snapshot)
        except IdkeepError as error:
            return report.not_reached(account, error.message)
        found = judge(
            snapshot,
            known,
            kept_as=keeper.find(result.snapshot).id,
            keeper=keeper,
            record=record,
            around=around,
            judging=judging,
            account_name=account.name,
            catalog=catalog,
        )
        each(found)
        return report.scanned(account, found)

    return report.organization_report(
        run=run,
        accounts=map(judged, run.accounts),
        settings=known,
        checks=judging.checks if judging else checks.ALL,
        version=metadata.version("idkeep"),
        selection=judging.selection if judging else None,
        baseline=judging.against.name if judging and judging.against else "",
        aside=Spool().tape,
    )


def prune(
    store: Path,
    *,
    keep_last: int | None = None,
    keep_days: int | None = None,
    account: str | None = None,
    delete: bool = False,
    now: datetime | None = None,
) -> tuple[Kept, ...]:
    """The kept snapshots that are neither among an account's newest nor young, oldest first.

    `account` looks at that one alone. An account's newest is never one of them, nor is a damaged
    row. They are deleted only with `delete`. Raises `IdkeepError`.
    """
    keeper = SqliteStore(store)
    moment = now or datetime.now(UTC)
    by_account: dict[str, list[Kept]] = {}
    for one in keeper.list():
        if isinstance(one, Kept) and account in (None, one.account):
            by_account.setdefault(one.account, []).append(one)
    spare = [
        one
        for kept in by_account.values()
        for one in _spare(kept, max(keep_last or 1, 1), keep_days, moment)
    ]
    found = tuple(sorted(spare, key=lambda one: one.taken))
    if delete and found:
        keeper.remove(found)
    return found


def _spare(kept: list[Kept], newest: int, days: int | None, now: datetime) -> Iterator[Kept]:
    for one in sorted(kept, key=lambda one: one.taken)[:-newest]:
        if days is None or now - one.taken > timedelta(days=days):
            yield one


def judge(  # noqa: PLR0913 -- what a judgement may be told, all by name
    snapshot: Snapshot,
    settings: Settings,
    *,
    kept_as: str = "",
    seconds: float = 0.0,
    keeper: SqliteStore | None = None,
    record: bool = False,
    around: Around | None = None,
    judging: Judging | None = None,
    account_name: str = "",
    catalog: Catalog | None = None,
) -> report.ScanReport:
    """The checks on one snapshot; `kept_as`, `seconds` and `account_name` are for the report.

    `keeper` knows since when each finding stands, and with `record` learns of these. `around` is
    what is known of the other accounts of its organisation.
    """
    chosen = judging.checks if judging else checks.ALL
    selection = judging.selection if judging else None
    against = judging.against if judging else None
    beside = around or Around()
    estate = Estate(
        snapshot, settings, catalog or load_catalog(), beside.siblings, beside.elsewhere
    )
    learned = _Learned(snapshot, keeper) if keeper else None
    outcomes = checks.run_each(chosen, estate, in_parts=bool(judging and judging.in_parts))
    found = report.scan_report(
        snapshot=snapshot,
        checks=chosen,
        outcomes=learned.watch(outcomes) if learned else outcomes,
        settings=settings,
        version=metadata.version("idkeep"),
        kept_as=kept_as,
        seconds=seconds,
        history=learned.history if learned else dict,
        account_name=account_name,
        selection=selection,
        earlier=against.earlier(snapshot.account.id, settings, selection or report.Selection())
        if against
        else None,
        aside=Spool().tape,
        allowed=lambda check: allowed_by(check.remedy, estate),
    )
    if learned and record:
        learned.keep()
    return found


class _Learned:
    """What is known of an account's findings; of an old snapshot none of it is learned."""

    def __init__(self, snapshot: Snapshot, keeper: SqliteStore) -> None:
        self._account = snapshot.account.id
        self._taken = snapshot.taken
        self._store = History(keeper)
        self._before, until = self._store.of(self._account)
        is_old = until is not None and until > self._taken
        self._sightings = None if is_old else Sightings(self._before, self._taken)

    def watch(self, outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
        return self._sightings.watch(outcomes) if self._sightings else outcomes

    def history(self) -> dict[str, Seen]:
        """When the outcomes have passed."""
        return self._sightings.after() if self._sightings else self._before

    def keep(self) -> None:
        if self._sightings:
            self._store.put(self._account, self.history(), self._taken)
