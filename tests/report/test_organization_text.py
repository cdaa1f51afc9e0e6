"""An organisation on a terminal: worst first, and each matter with its accounts and names."""

from io import StringIO

import pytest
from msgspec.structs import replace
from rich.console import Console

from idkeep.checks import ALL
from idkeep.checks.samples import snapshot_of
from idkeep.config import Settings
from idkeep.model import Gap, Severity
from idkeep.model.run import RunAccount
from idkeep.report import OrganizationReport
from idkeep.report.obstacles import Obstacle
from idkeep.report.organization import (
    AccountFinding,
    AccountResult,
    failed,
    organization_report,
    scanned,
)
from idkeep.report.organization_text import OrganizationText
from idkeep.report.scan import scan_report
from idkeep.store import Spool
from memory_child import NOW, run_of

CHECK = next(one for one in ALL if one.id == "user-is-administrator")
BARE = scan_report(snapshot=snapshot_of(), checks=(), outcomes=(), settings=Settings(), version="0")
UNREAD = Obstacle(why="iam:GetAccountSummary: AccessDenied", checks=(CHECK.id,))
NOT_ASKED = Obstacle(why="not read: --facts resources", checks=(CHECK.id,))


def account(number: int) -> RunAccount:
    return RunAccount(id=f"{number:012}", name=f"account {number}", state="ACTIVE")


def row(number: int, severity: Severity, *names: str) -> AccountResult:
    findings = tuple(
        AccountFinding(
            id=f"{name:>016}",
            check=CHECK.id,
            severity=severity,
            kind="User",
            subject=name,
            arn="",
            message="is an administrator",
        )
        for name in names
    )
    counts = {one: len(names) * (one is severity) for one in reversed(Severity)}
    summary = replace(BARE.summary, failed=len(names), unknown=1, findings=counts)
    return replace(
        scanned(account(number), BARE),
        findings=findings,
        summary=summary,
        open_checks={CHECK.id: 1},
        obstacles=(UNREAD, NOT_ASKED),
    )


ROWS = (
    row(1, Severity.HIGH, "ana"),
    row(2, Severity.CRITICAL, "bo"),
    row(3, Severity.CRITICAL, "cy", "di", "ed"),
    row(4, Severity.HIGH, "flo", "gil"),
    failed(account(5), Gap("sts:AssumeRole", "AccessDenied"), Settings(), NOW.date()),
    row(6, Severity.LOW),
)


@pytest.fixture(params=[None, Spool().tape], ids=["in memory", "laid aside"])
def report(request: pytest.FixtureRequest) -> OrganizationReport:
    return organization_report(
        run=run_of(tuple(map(account, range(1, 7)))),
        accounts=ROWS,
        settings=Settings(),
        checks=ALL,
        version="0",
        aside=request.param,
    )


def shown(report: OrganizationReport, *, show_all: bool = False) -> str:
    out = StringIO()
    Console(file=out, width=100).print(OrganizationText(report, show_all=show_all))
    return " ".join(out.getvalue().split())


def test_accounts_come_worst_first_by_all_their_findings(report: OrganizationReport) -> None:
    assert [int(one.id) for one in report.accounts] == [5, 3, 2, 4, 1, 6]
    assert report.checks[0].findings == 7


def test_a_matter_names_its_worst_accounts_and_who_it_is_there(report: OrganizationReport) -> None:
    told = shown(report)
    assert (
        "7 findings: account 3 (cy, di and 1 more), account 2 (bo), account 4 (flo, gil) "
        "and 1 more account" in told
    )
    whole = shown(report, show_all=True)
    assert "account 3 (cy, di, ed), account 2 (bo), account 4 (flo, gil), account 1 (ana)" in whole


def test_why_something_is_unknown_is_told_over_all_accounts(report: OrganizationReport) -> None:
    told = shown(report)
    assert (
        "7 findings, the worst critical, in 4 accounts; 5 of 6 listed accounts were read." in told
    )
    assert (
        "iam:GetAccountSummary: AccessDenied leaves 1 check open in 5 accounts: "
        "user-is-administrator" in told
    )
    assert "`--facts` may name more: resources (1 check)" in told
