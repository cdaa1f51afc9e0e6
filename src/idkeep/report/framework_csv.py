"""A framework's controls as comma-separated values: a row for each control and account."""

from idkeep.report.csv_table import row
from idkeep.report.framework import AccountControl, ControlResult, FrameworkReport

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
)


def csv(report: FrameworkReport) -> str:
    """The whole table, header first."""
    rows = (_cells(report, control, one) for control in report.controls for one in control.accounts)
    return "".join([row(_COLUMNS), *(row(one) for one in rows)])


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
    ]
