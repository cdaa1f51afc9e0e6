"""One finding, looked up by its id."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from idkeep.access import Estate
from idkeep.api.catalog import load_catalog
from idkeep.api.checks import find_check
from idkeep.api.framework_report import within_limits
from idkeep.api.frameworks import frameworks
from idkeep.api.judging import Judging
from idkeep.api.snapshots import (
    Around,
    Found,
    around_run,
    find_snapshot,
    judge,
    kept_snapshots,
)
from idkeep.checks.changing import Change, changes
from idkeep.config import Settings
from idkeep.errors import IdkeepError
from idkeep.model import Finding, Snapshot, Verdict
from idkeep.report.finding_page import finding_page
from idkeep.report.scan import CheckResult, ScanReport
from idkeep.store import Kept, Runs, SqliteStore

_Told: TypeAlias = tuple[CheckResult, Verdict, Finding]
_ID = re.compile("[0-9a-f]{16}")


def is_finding_id(text: str) -> bool:
    """Whether a word can be a finding's id, which no check's name can."""
    return bool(_ID.fullmatch(text))


def explain_finding(
    wanted: str,
    *,
    store: Path,
    snapshot: str | None = None,
    settings: Settings | None = None,
) -> str:
    """What matched and why, as Markdown.

    Looked for in the snapshot that is named, as for `find_snapshot`, else in the newest of each
    account that is kept. Raises `IdkeepError` where no check finds it there today.
    """
    keeper = SqliteStore(store)
    known = settings or Settings()
    for limited in (known, *_of_frameworks(known)):
        for name in (snapshot,) if snapshot else _newest(store):
            found = find_snapshot(name, store=store)
            around = _around(found, keeper)
            report = judge(
                found.snapshot,
                limited,
                kept_as=found.id,
                keeper=keeper,
                around=around,
                judging=Judging(in_parts=True),
            )
            if told := _found(report, wanted):
                check, verdict, finding = told
                changes = _changes(found.snapshot, limited, around or Around(), told)
                documents = found.snapshot.documents
                return finding_page(report, check, verdict, finding, documents, changes)
    where = snapshot or "the newest snapshot of each account"
    raise IdkeepError(
        f"no finding {wanted} in {where}",
        hint="it may be resolved; --snapshot names the one that a report was made of",
    )


def _of_frameworks(settings: Settings) -> Iterator[Settings]:
    """Those by which frameworks judge that set limits of their own, each once."""
    told = [settings]
    for framework in frameworks():
        if (limited := within_limits(settings, framework)) not in told:
            told.append(limited)
            yield limited


def _around(found: Found, keeper: SqliteStore) -> Around | None:
    """The other accounts, where the snapshot is of the last scan of an organisation."""
    runs = Runs(keeper)
    if found.file or not keeper.has_runs():
        return None
    try:
        run = runs.get("latest")
    except IdkeepError:  # there is none
        return None
    results = runs.results(run.id)
    of_it = results.get(found.snapshot.account.id)
    is_of_it = of_it is not None and of_it.snapshot.startswith(found.id)
    return around_run(run, results, keeper) if is_of_it else None


def _newest(store: Path) -> tuple[str, ...]:
    newest = {one.account: one.sha256 for one in kept_snapshots(store) if isinstance(one, Kept)}
    return tuple(newest.values())


def _found(report: ScanReport, wanted: str) -> _Told | None:
    for check in report.checks:
        for verdict in check.results:
            for finding in verdict.findings:
                if finding.id == wanted:
                    return check, verdict, finding
    return None


def _changes(
    snapshot: Snapshot, settings: Settings, around: Around, told: _Told
) -> tuple[Change, ...]:
    """Who can make the change, asked of the engine about what the finding speaks of."""
    check, verdict, finding = told
    estate = Estate(snapshot, settings, load_catalog(), around.siblings, around.elsewhere)
    things = (verdict.subject.arn, finding.at)
    policies = (one.arn for one in finding.statements)
    return changes(find_check(check.id).remedy, things, policies, estate)
