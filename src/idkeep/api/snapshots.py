"""Snapshots kept or in files: which there are, what today's checks say, which may go."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path

import platformdirs
from msgspec import Struct

from idkeep import checks, report
from idkeep.access import Estate
from idkeep.config import Settings
from idkeep.errors import IdkeepError
from idkeep.model import Snapshot
from idkeep.model.run import RunAccount
from idkeep.store import Kept, Row, Runs, SqliteStore, snapshot_file

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


def rejudge(wanted: str, *, store: Path, settings: Settings | None = None) -> report.ScanReport:
    """Judge a snapshot by today's checks; `wanted` as for `find_snapshot`."""
    found = find_snapshot(wanted, store=store)
    kept_as = "" if found.file else found.id
    return judge(found.snapshot, settings or Settings(), kept_as=kept_as)


def run_report(
    wanted: str,
    *,
    store: Path,
    settings: Settings | None = None,
    only: frozenset[str] | None = None,
) -> report.OrganizationReport:
    """Judge a scan of an organisation by today's checks; `wanted` is a run's id or "latest".

    One account after the other is read from the store. `only` are the accounts of the worker that
    asks: the others are told as another's. Raises `IdkeepError`.
    """
    keeper = SqliteStore(store)
    runs = Runs(keeper)
    run = runs.get(wanted)
    results = runs.results(run.id)
    known = settings or Settings()

    def judged(account: RunAccount) -> report.AccountResult:
        result = results.get(account.id)
        if account.skipped:
            return report.skipped(account)
        if only is not None and account.id not in only:
            return report.skipped(account, "left to another --shard")
        if result is None:
            return report.not_reached(account)
        if result.failed is not None:
            return report.failed(account, result.failed, known, run.begun.date())
        try:
            snapshot = keeper.get(result.snapshot)
        except IdkeepError as error:
            return report.not_reached(account, error.message)
        kept_as = keeper.find(result.snapshot).id
        return report.scanned(account, judge(snapshot, known, kept_as=kept_as))

    return report.organization_report(
        run=run,
        accounts=tuple(judged(one) for one in run.accounts),
        settings=known,
        checks=checks.ALL,
        version=metadata.version("idkeep"),
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


def judge(
    snapshot: Snapshot, settings: Settings, *, kept_as: str = "", seconds: float = 0.0
) -> report.ScanReport:
    """Every check on one snapshot; `kept_as` and `seconds` are for the report to tell."""
    return report.scan_report(
        snapshot=snapshot,
        checks=checks.ALL,
        outcomes=checks.run(checks.ALL, Estate(snapshot, settings)),
        settings=settings,
        version=metadata.version("idkeep"),
        kept_as=kept_as,
        seconds=seconds,
    )
