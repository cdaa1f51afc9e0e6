"""Every format over every kind of scan: what others wrote judges whether it is in order."""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import cache
from io import StringIO
from typing import Any
from xml.etree import ElementTree as ET

import botocore.session
import pytest
from botocore.validate import ParamValidator
from msgspec.structs import replace
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding

from idkeep.checks.samples import NOW, key, password
from idkeep.config import Settings, Suppression
from idkeep.model import Gap, Status
from idkeep.model.history import Seen
from idkeep.model.run import Run, RunAccount, RunPlan
from idkeep.report import organization as rows
from idkeep.report import organization_report
from idkeep.report.asff import MOST_BYTES, MOST_FINDINGS
from idkeep.report.csv_table import COLUMNS
from idkeep.report.format import FORMATS, document, format_of
from idkeep.report.markdown import MOST
from idkeep.report.results import results
from idkeep.report.scan import ScanReport, earlier
from report.html_scans import NO_LIST, Scan, all_unknown, clean, hostile, rich, snapshot, user
from sarif_schema import check_sarif

DELIMITERS = (
    "a,b;c\td",
    'he said "no"',
    "line\nbreak\r\nand more",
    '=HYPERLINK("http://evil")',
    "+1",
    "-1+cmd",
    "@SUM(A1)",
    " =1+1",
    "＝1",  # noqa: RUF001 -- a wide sign that spreadsheets take for a narrow one
    "| cell | [link](http://evil) <b> @octocat #1 `code` {0}",
    "Ünïcödé 日本語 🔑",
)


def delimiters() -> Scan:
    people = (
        user(name, password=password(age=900, used=None), access_keys=(key(age=800),))
        for name in DELIMITERS
    )
    return Scan(snapshot=snapshot(*people))


def suppressed() -> Scan:
    line = Suppression(check="*", reason='agreed, "so"', owner="Sam", expires=date(2099, 1, 1))
    return replace_settings(rich(), Settings(suppressions=(line,)))


def replace_settings(scan: Scan, settings: Settings) -> Scan:
    return Scan(snapshot=scan.snapshot, settings=settings, checks=scan.checks)


def aborted() -> Scan:
    """The list of users broke off."""
    return Scan(snapshot=replace(rich().snapshot, gaps=(NO_LIST,), users=()))


SCANS: dict[str, Callable[[], Scan]] = {
    "findings": rich,
    "nothing-found": clean,
    "all-unknown": all_unknown,
    "hostile": hostile,
    "delimiters": delimiters,
    "suppressed": suppressed,
    "aborted": aborted,
}
ACTING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
HUB = botocore.session.get_session().get_service_model("securityhub")
BATCH = HUB.operation_model("BatchImportFindings").input_shape


@pytest.fixture(params=SCANS)
def report(request: pytest.FixtureRequest) -> ScanReport:
    return made(request.param)


@cache
def made(name: str) -> ScanReport:
    return SCANS[name]().report()


def lines(name: str, report: ScanReport) -> list[dict[str, Any]]:
    return [json.loads(one) for one in document(name, report).splitlines()]


def wanted(report: ScanReport) -> Counter[str]:
    """Results by status: what every format has to account for."""
    return Counter(one.status.value for one in results(report))


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"json", "html"}))
def test_nothing_in_it_acts_on_a_terminal(name: str, report: ScanReport) -> None:
    assert not ACTING.search(document(name, report))


def test_the_results_agree_with_the_summary(report: ScanReport) -> None:
    told = Counter(
        one.status for one in results(report) if one.check and one.verdict and not one.finding
    )
    assert told[Status.PASS] == report.summary.passed
    assert told[Status.NOT_APPLICABLE] == report.summary.not_applicable
    found = sum(one.status is Status.FAIL for one in results(report))
    assert found == sum(report.summary.findings.values())


def test_json_lines_tell_each_result_and_how_it_ended(report: ScanReport) -> None:
    *told, end = lines("jsonl", report)
    assert Counter(one["status"] for one in told) == wanted(report)
    assert end["schema"] == "idkeep.end/1"
    assert end["complete"] is report.complete
    assert all(one["schema"] == "idkeep.result/1" for one in told)


def test_a_csv_table_is_read_back_and_holds_no_formula(report: ScanReport) -> None:
    text = document("csv", report)
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    told = list(csv.DictReader(StringIO(text, newline=""), strict=True))
    assert Counter(one["status"] for one in told) == wanted(report)
    for row in told:
        assert list(row) == list(COLUMNS)
        assert None not in row.values()
        assert not any(
            cell.lstrip().startswith(("=", "+", "-", "@", "\t", "＝"))  # noqa: RUF001
            for cell in row.values()
        )


def test_a_name_that_is_a_formula_stands_after_an_apostrophe() -> None:
    told = csv.DictReader(StringIO(document("csv", made("delimiters")), newline=""))
    names = {one["subject"] for one in told}
    assert {"'+1", "'@SUM(A1)", "' =1+1", 'he said "no"', "a,b;c\\u0009d"} <= names


def test_sarif_keeps_to_the_standard(report: ScanReport) -> None:
    log = json.loads(document("sarif", report))
    check_sarif(log)
    [run] = log["runs"]
    found = [one for one in results(report) if one.finding]
    assert [one["partialFingerprints"]["idkeepFinding/v1"] for one in run["results"]] == [
        one.id for one in found
    ]
    rules = {one["id"] for one in run["tool"]["driver"]["rules"]}
    assert {one["ruleId"] for one in run["results"]} <= rules
    [invocation] = run["invocations"]
    assert invocation["executionSuccessful"] is report.complete
    assert len(invocation["toolExecutionNotifications"]) == wanted(report)["unknown"]


def test_ocsf_events_are_of_their_class(report: ScanReport) -> None:
    told = lines("ocsf", report)
    for one in told:
        event = ComplianceFinding.model_validate(one)
        assert event.type_uid == event.class_uid * 100 + event.activity_id
        assert one["cloud"]["account"]["uid"] == report.account
        assert one["metadata"]["version"] == "1.5.0"
    kinds = {"fail": "Fail", "suppressed": "Fail", "unknown": "Warning", "pass": "Pass"}
    counted: Counter[str] = Counter()
    for status, count in wanted(report).items():
        counted[kinds.get(status, "Not applicable")] += count
    assert Counter(one["compliance"]["status"] for one in told) == counted


def test_security_hub_would_take_it(report: ScanReport) -> None:
    told: list[dict[str, Any]] = []
    for line in document("asff", report).splitlines():
        request = json.loads(line)
        assert not ParamValidator().validate(request, BATCH).has_errors()
        assert 1 <= len(request["Findings"]) <= MOST_FINDINGS
        assert len(line.encode()) <= MOST_BYTES
        told += request["Findings"]
    assert len(told) == wanted(report).total()
    for one in told:
        _check_enums(one, HUB.shape_for("AwsSecurityFinding"))
        assert len(one["Title"].encode()) <= 256
        assert len(one["Description"].encode()) <= 1024
        assert all(len(value) <= 2048 for value in one["ProductFields"].values())
        assert len(one.get("Remediation", {}).get("Recommendation", {}).get("Text", "")) <= 512
        assert all(len(some["Id"]) <= 512 for some in one["Resources"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", one["UpdatedAt"])
        assert re.fullmatch(
            rf"arn:aws[a-z-]*:securityhub:[a-z0-9-]+:{report.account}:product/{report.account}/default",
            one["ProductArn"],
        ) or report.partition not in ("aws", "aws-cn")
    statuses = Counter(one["ProductFields"]["idkeep/status"] for one in told)
    assert statuses == wanted(report)


def _check_enums(value: Any, shape: Any) -> None:
    """What botocore's validator leaves unsaid: the values that an enumeration has."""
    if shape.type_name == "structure":
        for name, one in value.items():
            _check_enums(one, shape.members[name])
    elif shape.type_name == "list":
        for one in value:
            _check_enums(one, shape.member)
    elif shape.type_name == "string" and shape.enum:
        assert value in shape.enum, (shape.name, value)


def test_junit_counts_what_it_holds(report: ScanReport) -> None:
    root = ET.fromstring(document("junit", report))
    cases = list(root.iter("testcase"))
    assert len(cases) == wanted(report).total()
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
        for suite in root:
            assert int(suite.attrib[name]) == len(list(suite.iter(tag)))
    assert len(list(root.iter("failure"))) == wanted(report)["fail"]
    silent = [one for one in cases if not len(one)]
    assert len(silent) == wanted(report)["pass"]


def test_markdown_fits_a_comment_and_nothing_in_it_acts(report: ScanReport) -> None:
    text = document("markdown", report)
    assert len(text) < MOST + 100
    outside = re.sub(r"(`+).*?\1", "", text)
    assert "<script" not in outside
    assert "<img" not in outside
    assert "](http" not in outside
    assert "@octocat" not in outside
    assert ("Not everything could be read" in text) is not report.complete


def test_a_finding_keeps_its_first_day_and_a_resolved_one_is_closed() -> None:
    report = made("findings")
    known = next(one for one in results(report) if one.finding)
    stands = Seen(
        id=known.id, check=known.rule, subject="x", first=NOW.replace(year=2020), last=NOW
    )
    gone = replace(stands, id="0" * 16, check="old-access-key", resolved=report.taken)
    told = replace(report, history=(stands, gone))
    events = {one["finding_info"]["uid"]: one for one in lines("ocsf", told)}
    assert events[known.id]["activity_name"] == "Update"
    assert events[gone.id]["activity_name"] == "Close"
    assert events[gone.id]["status"] == "Resolved"
    found = {
        one["Id"].rpartition("/")[2]: one
        for line in lines("asff", told)
        for one in line["Findings"]
    }
    assert found[known.id]["FirstObservedAt"].startswith("2020-")
    assert found[gone.id]["RecordState"] == "ARCHIVED"
    assert found[gone.id]["Compliance"]["Status"] == "PASSED"


def test_a_baseline_is_told_of_each_finding() -> None:
    report = made("findings")
    before = earlier("before", replace(report, checks=report.checks[1:]))
    told = replace(report, baseline=before.beside(report.checks))
    log = json.loads(document("sarif", told))
    check_sarif(log)
    [run] = log["runs"]
    states = Counter(one["baselineState"] for one in run["results"])
    assert states["new"] == sum(len(one.findings) for one in report.checks[0].results) > 0
    assert states["unchanged"] > 0
    assert {one["new"] for one in csv.DictReader(StringIO(document("csv", told)))} == {
        "",
        "true",
        "false",
    }


@pytest.fixture
def organization() -> tuple[ScanReport, rows.OrganizationReport]:
    """One account that was read, one that could not be entered, one left out."""
    report = replace(made("findings"), account_name='Shop, "live"')
    settings = Settings()
    one, two, three = (
        RunAccount(id=number * 12, name=f"account {number}", state="ACTIVE", path="/")
        for number in "123"
    )
    run = _run((one, two, three))
    refused = Gap("sts:AssumeRole", "AccessDenied")
    whole = organization_report(
        run=run,
        accounts=(
            rows.scanned(one, report),
            rows.failed(two, refused, settings, NOW.date()),
            rows.skipped(three, "not asked for"),
        ),
        settings=settings,
        checks=rich().checks,
        version="0.1.0",
    )
    return report, whole


def _run(accounts: tuple[RunAccount, ...]) -> Run:
    from idkeep.model import Organization  # noqa: PLC0415

    return Run(
        id="20261101-120000-abcd",
        begun=NOW,
        caller="arn:aws:sts::111111111111:assumed-role/x/y",
        plan=RunPlan(
            organization="o-1234567890",
            caller_account="1" * 12,
            partition="aws",
            region="us-east-1",
            role="idkeep-auditor",
            families=(),
        ),
        accounts=accounts,
        organization=Organization(
            id="o-1234567890", arn="o", management_account="1" * 12, feature_set="ALL"
        ),
        documents={},
    )


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"json", "html"}))
def test_an_account_that_could_not_be_entered_is_in_every_format(
    name: str, organization: tuple[ScanReport, rows.OrganizationReport]
) -> None:
    report, whole = organization
    made = format_of(name)
    text = "".join((*made.begin(), *made.account(report), *made.end(whole)))
    assert "sts:AssumeRole: AccessDenied" in text
    assert ("2" * 12 in text) or name == "markdown"
    if name == "asff":
        for line in text.splitlines():
            assert len({one["AwsAccountId"] for one in json.loads(line)["Findings"]}) == 1
    if name == "sarif":
        check_sarif(json.loads(text))
    if name == "junit":
        ET.fromstring(text)
    if name == "ocsf":
        for line in text.splitlines():
            ComplianceFinding.model_validate_json(line)


def test_suppressions_count_over_all_accounts(
    organization: tuple[ScanReport, rows.OrganizationReport],
) -> None:
    """A suppressed finding is told as one, and counts for nothing."""
    agreed = made("suppressed")
    account = RunAccount(id="1" * 12, name="a", state="ACTIVE", path="/")
    line = Suppression(check="*", reason="r", owner="o", expires=date(2099, 1, 1))
    nobody = Suppression(check="root-*", resource="x", reason="r", owner="o", expires=NOW.date())
    whole = organization_report(
        run=_run((account,)),
        accounts=(rows.scanned(account, agreed),),
        settings=Settings(suppressions=(line, nobody)),
        checks=rich().checks,
        version="0.1.0",
    )
    assert whole.worst() is None
    assert whole.failing == ()
    assert whole.summary.suppressed > 0
    found = len(whole.accounts[0].findings)
    assert sum(one.suppressed for one in whole.checks) == found
    assert [one.findings for one in whole.suppressions] == [found, 0]
    assert organization[1].worst() is not None


def test_what_is_told_by_check_adds_up_to_the_whole(
    organization: tuple[ScanReport, rows.OrganizationReport],
) -> None:
    """Of each check the findings, what is agreed to and what is unknown; and why it is."""
    _, whole = organization
    assert sum(one.findings for one in whole.checks) == sum(whole.summary.findings.values())
    assert sum(one.unknown for one in whole.checks) == whole.summary.unknown > 0
    is_open = {one.id for one in whole.checks if one.unknown}
    assert {check for one in whole.obstacles for check in one.checks} >= is_open
    assert {one.accounts for one in whole.obstacles} == {1}
