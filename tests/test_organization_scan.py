"""A whole organisation over real HTTP: every account is a row, whatever happens on the way."""

from datetime import date
from pathlib import Path

import pytest

from idkeep.api.accounts import Narrowed
from idkeep.api.snapshots import run_report
from idkeep.cli.reports import exit_code
from idkeep.config import Settings
from idkeep.demo import DemoServer
from idkeep.errors import Exit, IdkeepError
from idkeep.report import OrganizationReport
from idkeep.report.organization import Coverage
from organization_scans import (
    MANAGEMENT,
    PRODUCTION,
    READ,
    SANDBOX,
    SECURITY,
    SUSPENDED,
    Scan,
    adds_up,
    line,
    role,
    rows,
    scanner,
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "s.db"


@pytest.fixture
def scan(small: DemoServer, store: Path, monkeypatch: pytest.MonkeyPatch) -> Scan:
    return scanner(small, store, monkeypatch)


def test_every_account_is_a_row_and_read_once(small: DemoServer, scan: Scan) -> None:
    said: list[str] = []
    report = scan(tell=said.append)
    assert adds_up(report)
    assert rows(report) == {
        **dict.fromkeys(READ, (Coverage.SCANNED, "")),
        SUSPENDED: (Coverage.SKIPPED, "the account is SUSPENDED"),
    }
    assert report.complete
    assert exit_code(report, "never") is Exit.OK
    assert len([one for one in said if one.startswith("[")]) == len(READ)
    calls = [(one.account, one.action) for one in small.calls()]
    assert [one for one in calls if one[1] == "organizations:ListAccounts"] == [
        (MANAGEMENT, "organizations:ListAccounts")
    ]
    entered = [one for one in calls if one[1] == "sts:AssumeRole"]
    assert entered == [(MANAGEMENT, "sts:AssumeRole")] * 3
    for account in READ:
        assert calls.count((account, "iam:GetAccountAuthorizationDetails")) >= 1
        own = [action for number, action in calls if number == account]
        assert account == MANAGEMENT or own[0] == "sts:GetCallerIdentity"


def test_a_role_that_keeps_us_out_is_a_row_with_the_reason(scan: Scan) -> None:
    report = scan(role=role(""))
    assert adds_up(report)
    refused = (Coverage.FAILED, "sts:AssumeRole: AccessDenied")
    assert rows(report)[PRODUCTION] == rows(report)[SECURITY] == refused
    assert rows(report)[SANDBOX] == (Coverage.SCANNED, "")
    assert exit_code(report, "never") is Exit.INCOMPLETE
    [one] = [one for one in report.accounts if one.id == PRODUCTION]
    assert "not authorized to perform: sts:AssumeRole" in one.gaps[0].detail


def test_an_account_that_may_stay_out_does_not_make_the_scan_incomplete(scan: Scan) -> None:
    lines = line("sts:AssumeRole").accepted_gaps
    report = scan(Settings(accepted_gaps=lines), role=role(""))
    assert report.complete
    assert rows(report)[PRODUCTION][0] is Coverage.FAILED
    assert report.acceptances[0].gaps == 2


@pytest.mark.parametrize(
    ("pattern", "text", "why"),
    [
        (SANDBOX, "123456789012", "belong to account 123456789012"),
        ("arn:aws:", "arn:aws-cn:", "of aws-cn"),
    ],
)
def test_a_session_of_another_account_or_partition_is_asked_nothing(
    small: DemoServer, scan: Scan, pattern: str, text: str, why: str
) -> None:
    small.faults(rewrite={f"sts:GetCallerIdentity@{SANDBOX}": ((pattern, text),)})
    report = scan()
    coverage, reason = rows(report)[SANDBOX]
    assert coverage is Coverage.FAILED
    assert why in reason
    asked = [one.action for one in small.calls() if one.account == SANDBOX]
    assert asked == ["sts:GetCallerIdentity"]


def test_a_denied_call_in_one_account_leaves_that_account_incomplete(
    small: DemoServer, scan: Scan, store: Path
) -> None:
    small.faults(deny=[f"iam:GetAccountSummary@{SANDBOX}"])
    report = scan()
    assert rows(report)[SANDBOX] == (
        Coverage.INCOMPLETE,
        "could not be read: iam:GetAccountSummary",
    )
    assert rows(report)[PRODUCTION] == (Coverage.SCANNED, "")
    assert exit_code(report, "never") is Exit.INCOMPLETE

    def again(settings: Settings) -> OrganizationReport:
        return run_report(report.run, store=store, settings=settings)

    for accepts in (line("iam:GetAccountSummary", account=SANDBOX), line("iam:*")):
        assert again(accepts).complete
        assert again(accepts).acceptances[0].gaps == 1
    passed = again(line("iam:GetAccountSummary", date(2020, 1, 1)))
    assert not passed.complete
    assert passed.acceptances[0].expired
    elsewhere = again(line("iam:GetAccountSummary", account=PRODUCTION))
    assert not elsewhere.complete
    assert elsewhere.acceptances[0].gaps == 0


def test_what_is_not_awss_answer_fails_an_account_and_no_other(
    small: DemoServer, scan: Scan
) -> None:
    small.faults(broken=[f"sts:GetCallerIdentity@{SANDBOX}", f"iam:*@{PRODUCTION}"])
    report = scan()
    assert adds_up(report)
    assert rows(report)[SANDBOX][0] is Coverage.FAILED
    assert rows(report)[PRODUCTION][0] is Coverage.INCOMPLETE
    assert rows(report)[SECURITY] == (Coverage.SCANNED, "")


def test_throttling_on_the_way_in_costs_time_and_nothing_else(
    small: DemoServer, scan: Scan
) -> None:
    small.faults(throttle={"sts:AssumeRole": 2, f"iam:*@{SANDBOX}": 3})
    assert scan().complete


def test_a_slow_account_holds_up_no_other(small: DemoServer, scan: Scan) -> None:
    small.faults(slow={f"iam:GetAccountPasswordPolicy@{PRODUCTION}": 60})
    done: list[str] = []

    def tell(line: str) -> None:
        done.append(line)
        if len(done) == len(READ) - 1:
            small.faults()  # which ends the wait

    assert scan(tell=tell).complete
    assert PRODUCTION in done[-1]
    assert len(done) == len(READ)


def test_only_the_accounts_that_were_named_are_read(scan: Scan) -> None:
    by_unit = scan(narrowed=Narrowed(units=("/Workloads",)))
    assert {one for one, row in rows(by_unit).items() if row[0] is Coverage.SCANNED} == {
        PRODUCTION,
        SANDBOX,
    }
    assert rows(by_unit)[SECURITY] == (Coverage.SKIPPED, "not chosen by --ou")
    by_tag = scan(narrowed=Narrowed(units=("/Workloads",), tags=("Owner=Platform",)))
    assert rows(by_tag)[PRODUCTION][0] is Coverage.SCANNED
    assert rows(by_tag)[SANDBOX] == (Coverage.SKIPPED, "not chosen by --tag")
    assert adds_up(by_tag)
    with pytest.raises(IdkeepError, match="not in the organisation: 123456789012"):
        scan(narrowed=Narrowed(accounts=("123456789012",)))
    with pytest.raises(IdkeepError, match="no unit of the organisation"):
        scan(narrowed=Narrowed(units=("/Nowhere",)))


def test_accounts_that_cannot_be_listed_end_the_scan_before_it_begins(
    small: DemoServer, scan: Scan
) -> None:
    small.faults(deny=["organizations:ListAccounts"])
    with pytest.raises(IdkeepError, match="accounts can't be listed") as refused:
        scan()
    assert "management account" in refused.value.hint
    small.faults(deny_next_pages=["organizations:ListAccounts"])
    assert scan().coverage.listed == 5
