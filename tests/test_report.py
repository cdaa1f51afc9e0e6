"""The terminal and JSON reports, over accounts made of values and over the odd one on HTTP."""

import json
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from idkeep.access import Estate
from idkeep.api.catalog import load_catalog
from idkeep.api.demo import demo_scan
from idkeep.checks import run
from idkeep.checks.samples import ACCOUNT, ANA, NOW, ROOT, key, password, snapshot_of
from idkeep.config import Settings
from idkeep.demo import DemoServer
from idkeep.model import (
    AlternateContact,
    Call,
    Gap,
    PasswordPolicy,
    Severity,
    Snapshot,
    Status,
    Unlisted,
    User,
)
from idkeep.report import ScanReport, as_json, json_pieces, json_schema, scan_report
from idkeep.report.format import document as document_of
from idkeep.report.printable import escaped_json
from idkeep.report.text import ScanText
from report.few_checks import FEW

CATALOG = load_catalog()

ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def user(name: str, **facts: object) -> User:
    made: User = replace(ANA, name=name, id=f"AIDA{name.upper()}", arn=f"{ANA.arn}{name}", **facts)
    return made


def report_of(snapshot: Snapshot, settings: Settings | None = None) -> ScanReport:
    chosen = settings or Settings()
    return scan_report(
        snapshot=snapshot,
        checks=FEW,
        outcomes=run(FEW, Estate(snapshot, chosen, CATALOG)),
        settings=chosen,
        version="0.1.0",
        kept_as="0123456789ab",
        seconds=1.2,
    )


def as_text(report: ScanReport, width: int = 88, *, show_all: bool = False) -> str:
    out = StringIO()
    Console(file=out, width=width, highlight=False).print(ScanText(report, show_all=show_all))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


HEALTHY = snapshot_of(
    user("ana", password=password(), mfa_active=True),
    replace(
        ACCOUNT,
        password_policy=PasswordPolicy(min_length=14, remembered=24),
        security_contact=AlternateContact(name="Security", email="security@example.com"),
    ),
    calls=(Call(action="iam:GetAccountSummary", calls=1, requests=1),),
)
DENIED = Gap("iam:GetAccountSummary", "AccessDenied")
POOR = snapshot_of(
    replace(ROOT, has_mfa=DENIED, has_access_keys=DENIED, has_password=DENIED),
    user("ben", password=password(age=500, used=2)),
    *(user(f"machine-{n}", access_keys=(key(age=100 + n),)) for n in range(9)),
    credential_report_generated=NOW - timedelta(hours=3),
    gaps=(DENIED,),
    unlisted=(Unlisted("User", Gap("iam:GetAccountAuthorizationDetails", "Throttling")),),
    calls=(Call(action="iam:GetAccountSummary", calls=1, requests=1),),
)


def test_a_poor_account_on_a_terminal(snapshot: SnapshotAssertion) -> None:
    assert as_text(report_of(POOR)) == snapshot


def test_what_could_not_be_read_is_told_by_what_came_instead_and_what_to_do() -> None:
    gaps = (
        DENIED,
        Gap("iam:ListRoles", "ExpiredToken"),
        Gap("iam:ListAccountAliases", "AccessDenied"),
        Gap("ec2:DescribeRegions", "could not connect", region="eu-west-3"),
    )
    told = as_text(report_of(replace(POOR, gaps=gaps)), width=200)
    assert (
        "Not everything could be read: "
        "iam:GetAccountSummary, iam:ListAccountAliases (AccessDenied); "
        "iam:ListRoles (ExpiredToken); ec2:DescribeRegions (could not connect)"
    ) in told
    assert "`idkeep permissions` prints" in told
    assert "The credentials ended on the way: sign in again" in told


def test_the_permissions_are_named_only_where_they_would_help() -> None:
    told = as_text(report_of(replace(POOR, gaps=(Gap("iam:ListRoles", "ExpiredToken"),))))
    assert "idkeep permissions" not in told
    assert "sign in again" in told


def test_a_healthy_account_on_a_terminal(snapshot: SnapshotAssertion) -> None:
    assert as_text(report_of(HEALTHY)) == snapshot


def test_a_long_list_is_cut_and_can_be_had_whole() -> None:
    assert "machine-3 and 5 more" in as_text(report_of(POOR))
    assert "machine-8" not in as_text(report_of(POOR))
    assert "machine-8" in as_text(report_of(POOR), show_all=True)


def test_a_narrow_terminal_cuts_no_word_off() -> None:
    narrow = as_text(report_of(POOR), 40)
    assert "…" not in narrow
    assert all(len(line) <= 40 for line in narrow.splitlines())


def test_unknown_is_never_shown_as_a_pass() -> None:
    report = report_of(POOR)
    [root] = [one for one in report.checks if one.id == "root-without-mfa"]
    assert [one.status for one in root.results] == [Status.UNKNOWN]
    assert root.is_open
    assert "iam:GetAccountSummary: AccessDenied" in as_text(report)
    assert not report.complete


@pytest.mark.parametrize("made", [HEALTHY, POOR], ids=["healthy", "poor"])
def test_the_json_report_keeps_to_its_schema_and_reads_back(made: Snapshot) -> None:
    report = report_of(made)
    document = as_json(report)
    Draft202012Validator(json_schema()).validate(json.loads(document))
    assert as_json(msgspec.json.decode(document, type=ScanReport)) == document
    whole = msgspec.json.format(msgspec.json.encode(report), indent=2)
    assert b"".join(json_pieces(report)) == document == escaped_json(whole) + b"\n"


def test_the_json_report_holds_passes_evidence_and_calls() -> None:
    document = json.loads(as_json(report_of(HEALTHY)))
    [check] = [c for c in document["checks"] if c["id"] == "console-user-without-mfa"]
    [result] = check["results"]
    assert result["status"] == "pass"
    assert result["subject"]["account"] == "111122223333"
    assert result["subject"]["region"] == "global"
    assert {fact["name"] for fact in result["evidence"]} == {
        "password",
        "mfa_active",
        "virtual_mfa",
    }
    assert document["schema"] == "idkeep.scan/1"
    assert document["calls"] == [{"action": "iam:GetAccountSummary", "calls": 1, "requests": 1}]


def test_a_severity_that_a_problem_moved_moves_the_report() -> None:
    report = report_of(POOR)
    moved = replace(
        report.checks[-1].results[0],
        findings=(replace(report.checks[0].results[0].findings[0], severity=Severity.CRITICAL),),
    )
    check = replace(report.checks[-1], results=(moved,))
    assert replace(report, checks=(check,)).worst() is Severity.CRITICAL


def test_odd_names_are_harmless_in_every_output(odd_server: DemoServer, tmp_path: Path) -> None:
    report = demo_scan(odd_server)
    text, page, document = as_text(report), document_of("html", report), as_json(report).decode()
    assert "=cmd" in text
    for output in (text, page, document):
        assert not ACTING.search(output)
    assert "<script>window.hacked" not in page
    assert json.loads(document)["account"] == "444455556666"
    named = [r["subject"]["arn"] for c in json.loads(document)["checks"] for r in c["results"]]
    assert "arn:aws:iam::444455556666:user/<script>window.hacked=true</script>/=cmd" in named


def test_a_name_that_acts_on_a_terminal_is_shown_by_its_code() -> None:
    name = "ana\x1b]0;owned\x07\u202egnp\n"
    text = as_text(report_of(snapshot_of(user(name, password=password()))))
    assert not ACTING.search(text)
    assert "ana\\u001b]0;owned\\u0007\\u202egnp\\u000a" in "".join(text.split())


def test_rich_markup_in_a_name_is_text() -> None:
    made = snapshot_of(user("[bold red]x[/]", password=password()))
    assert "[bold red]x[/]" in as_text(report_of(made))
