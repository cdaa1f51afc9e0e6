"""A framework's controls as comma-separated values: a row for each control and account."""

from collections.abc import Iterator

from idkeep.report.csv_table import row
from idkeep.report.framework import AccountControl, ControlResult, FrameworkReport, limits

_COLUMNS = (
    "framework",
    "version",
    "control",
    "asks",
    "level",
    "manual",
    "account",
    "status",
    "why",
    "checks",
    "findings",
    "evidence",
    "limits",
)


def csv(report: FrameworkReport) -> Iterator[str]:
    """The table's rows, header first."""
    yield row(_COLUMNS)
    for control in report.controls:
        for one in control.accounts:
            yield row(_cells(report, control, one))


def _cells(report: FrameworkReport, control: ControlResult, one: AccountControl) -> list[object]:
    return [
        report.framework,
        report.version,
        control.id,
        control.asks,
        control.level or "",
        str(control.manual).lower(),
        one.account,
        one.status.value,
        one.why,
        " ".join(check.id for check in one.checks),
        " ".join(finding.id for finding in one.findings),
        "; ".join(f"{said.who} {said.when}" for said in one.evidence),
        limits(report),
    ]
