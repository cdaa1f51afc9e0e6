"""What is shown of a report where only some statuses are asked for; its counts stay whole."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from msgspec.structs import replace

from idkeep.model import Status, Verdict
from idkeep.model.on_demand import Made
from idkeep.report.organization import AccountResult, OrganizationReport
from idkeep.report.scan import CheckResult, ScanReport
from idkeep.report.verdicts import Counted, Tally

R = TypeVar("R", bound=ScanReport | OrganizationReport)


def shown(report: R, statuses: tuple[Status, ...]) -> R:
    """The report with results of these statuses alone; none asks for all."""
    if not statuses:
        return report
    wanted = frozenset(statuses)
    told = replace(report, selection=replace(report.selection, status=tuple(statuses)))
    if isinstance(told, OrganizationReport):
        every = told.accounts
        rows = Made(lambda: (_account(one, wanted) for one in every), len(every))
        return replace(told, accounts=rows)
    return replace(told, checks=tuple(_checks(told, wanted)))


def _account(row: AccountResult, wanted: frozenset[Status]) -> AccountResult:
    status = {True: Status.SUPPRESSED, False: Status.FAIL}
    found = tuple(one for one in row.findings if status[one.suppressed is not None] in wanted)
    return replace(row, findings=found)


def _checks(report: ScanReport, wanted: frozenset[Status]) -> Iterator[CheckResult]:
    for check in report.checks:
        results = _parts(check.results, wanted)
        unlisted = check.unlisted if Status.UNKNOWN in wanted else ()
        if results or unlisted:
            yield replace(check, results=results, unlisted=unlisted)


def _parts(verdicts: Sequence[Verdict], wanted: frozenset[Status]) -> Counted:
    """They are drawn from the others each time, for those may wait in a file."""

    def parts() -> Iterator[Verdict]:
        return (part for one in verdicts if (part := _part(one, wanted)))

    tally = Tally.of(parts())
    return Counted(Made(parts, sum(tally.verdicts.values())), tally)


def _part(verdict: Verdict, wanted: frozenset[Status]) -> Verdict | None:
    """A verdict may hold findings, suppressed ones and what is unknown, each by itself."""
    findings = tuple(
        one
        for one in verdict.findings
        if (Status.SUPPRESSED if one.suppressed else Status.FAIL) in wanted
    )
    unknown = verdict.unknown if Status.UNKNOWN in wanted else ()
    if not findings and not unknown:
        is_whole = verdict.status in wanted and not verdict.findings
        return verdict if is_whole else None
    status = Status.UNKNOWN
    if findings:
        is_open = any(one.suppressed is None for one in findings)
        status = Status.FAIL if is_open else Status.SUPPRESSED
    return replace(verdict, findings=findings, unknown=unknown, status=status)
