"""Older scans that a report is held against, so that only what is new counts."""

from pathlib import Path

from idkeep.api.judging import Against, Judging
from idkeep.api.snapshots import around_run, find_snapshot, judge
from idkeep.config import Settings
from idkeep.errors import Exit, IdkeepError
from idkeep.report.scan import Earlier, Selection, earlier
from idkeep.store import Runs, SqliteStore


class BaselineOfOther(IdkeepError):
    """A baseline of another account than the one that is judged."""

    exit_code = Exit.REFUSED


def baseline(wanted: str, *, store: Path) -> Against:
    """A snapshot, as for `find_snapshot`. Raises `IdkeepError`."""
    found = find_snapshot(wanted, store=store)
    name = found.file or found.id

    def of(account: str, settings: Settings, selection: Selection) -> Earlier:
        own = found.snapshot.account.id
        if own != account:
            raise BaselineOfOther(
                f"the baseline is of account {own}, not {account}",
                hint="name one of this account: `idkeep snapshots` lists them",
            )
        return earlier(name, judge(found.snapshot, settings, judging=Judging(selection=selection)))

    return Against(name=name, earlier=of)


def baseline_run(wanted: str, *, store: Path) -> Against:
    """A scan of an organisation, by its id or "latest". Raises `IdkeepError`."""
    keeper = SqliteStore(store)
    runs = Runs(keeper)
    run = runs.get(wanted)
    results = runs.results(run.id)
    around = around_run(run, results, keeper)

    def of(account: str, settings: Settings, selection: Selection) -> Earlier:
        result = results.get(account)
        if result is None or not result.snapshot:
            return Earlier(snapshot=run.id)
        snapshot = keeper.get(result.snapshot)
        judging = Judging(selection=selection)
        return earlier(run.id, judge(snapshot, settings, around=around, judging=judging))

    return Against(name=run.id, earlier=of)
