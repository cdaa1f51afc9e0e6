"""The ordinary scan over real HTTP: what it finds, and what it says of what it could not read."""

import logging
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from conftest import ESTATES
from idkeep.api.demo import demo_scan
from idkeep.api.scan import scan
from idkeep.api.snapshots import rejudge
from idkeep.checks import ALL
from idkeep.collect import actions
from idkeep.config import Settings
from idkeep.demo import DemoServer, running
from idkeep.errors import IdkeepError, WrongAccount
from idkeep.model import Severity, Status
from idkeep.report import ScanReport, as_json
from idkeep.report.html import html
from idkeep.store import SqliteStore

IDENTITY = "sts:GetCallerIdentity"
DETAILS = "iam:GetAccountAuthorizationDetails"
REPORT = "iam:GetCredentialReport"


def told(report: ScanReport) -> dict[tuple[str, str], tuple[Status, tuple[str, ...]]]:
    """Each verdict by check and subject: its status and what it says."""
    return {
        (check.id, one.subject.name): (
            one.status,
            tuple(f.message for f in one.findings) + one.unknown,
        )
        for check in report.checks
        for one in check.results
    }


@pytest.fixture(scope="module")
def healthy(_demo_server: DemoServer) -> ScanReport:
    """The example account as a scanner with all its permissions sees it."""
    _demo_server.faults()
    return demo_scan(_demo_server)


def test_the_example_account_exercises_every_check_in_both_directions(healthy: ScanReport) -> None:
    for check in healthy.checks:
        if check.id == "scanned-as-root":
            continue
        both = {one.status for one in check.results}
        assert Status.FAIL in both or check.having(Status.PASS), check.id
        if check.results[0].subject.kind == "User":
            assert both >= {Status.FAIL, Status.PASS}, check.id
    assert healthy.complete
    assert healthy.summary.unknown == 0


def test_the_example_accounts_story_is_told(healthy: ScanReport) -> None:
    said = told(healthy)
    fails = {key for key, (status, _) in said.items() if status is Status.FAIL}
    assert ("root-access-key", "root") in fails
    assert ("console-user-without-mfa", "ingrid.solberg") in fails
    assert ("old-access-key", "ci-deploy") in fails
    assert ("never-used-access-key", "crm-export") in fails
    assert ("two-active-access-keys", "li.na") in fails
    assert ("never-used-password", "jonas.weber") in fails
    assert said["never-used-access-key", "warehouse-scanner"] == (Status.PASS, ())
    assert said["console-user-without-mfa", "amara.okafor"] == (Status.PASS, ())
    assert said["unused-password", "sofia.marchetti"][0] is Status.NOT_APPLICABLE


def test_the_worst_comes_first_and_totals_add_up(healthy: ScanReport) -> None:
    ranks = [check.worst for check in healthy.checks]
    assert ranks == sorted(ranks, reverse=True)
    assert healthy.worst() is Severity.CRITICAL
    counted = healthy.summary
    verdicts = sum(len(check.results) for check in healthy.checks)
    assert counted.failed + counted.passed + counted.unknown + counted.not_applicable == verdicts


def test_a_scan_calls_exactly_what_its_policy_allows(server: DemoServer) -> None:
    report = demo_scan(server)
    seen = server.requests()
    assert set(seen) == set(actions())
    assert seen[0] == IDENTITY
    assert {call.action: call.requests for call in report.calls} == {
        action: seen.count(action) for action in set(seen)
    }


@pytest.mark.parametrize("action", [one for one in actions() if one != IDENTITY])
def test_a_denied_call_makes_unknown_and_never_a_verdict(
    server: DemoServer, healthy: ScanReport, action: str
) -> None:
    # Without the right to have a report made, an earlier one does: so there must be none.
    denied = [action, REPORT] if action == "iam:GenerateCredentialReport" else [action]
    server.faults(deny=denied)
    report = demo_scan(server)
    assert not report.complete
    assert action in {gap.action for gap in report.gaps}
    before, after = told(healthy), told(report)
    for key, (status, _) in after.items():
        assert status is Status.UNKNOWN or status is before[key][0], key
    for check in ALL:
        reads = {read for _, read in check.sources} | {check.listed_by}
        if not reads & set(denied):
            continue
        [result] = [one for one in report.checks if one.id == check.id]
        sole = reads & set(denied) == reads - {check.listed_by} or action == check.listed_by
        unknown = [one for one in result.results if one.unknown]
        assert result.unlisted or unknown or not _needed(check.id, action), check.id
        assert all(why.startswith(f"{action}: AccessDenied") for why in result.unlisted)
        assert all(one.unknown[0].startswith(f"{action}: Access") for one in unknown)
        if sole and not result.unlisted:
            assert len(unknown) == len(result.results), check.id


def _needed(check: str, action: str) -> bool:
    """The one fact that adorns a finding and never decides it: the dates of root's keys."""
    optional = {"root-access-key": {REPORT, "iam:GenerateCredentialReport"}}
    needless = {"root-without-mfa", "root-mfa-can-be-phished"}
    return action not in optional.get(check, set()) and check not in needless


@pytest.mark.parametrize("status", [200, 503])
def test_an_answer_that_is_not_awss_is_a_gap(server: DemoServer, status: int) -> None:
    server.faults(broken=["iam:GetAccountPasswordPolicy"], broken_status=status)
    report = demo_scan(server)
    [gap] = report.gaps
    assert gap.action == "iam:GetAccountPasswordPolicy"
    assert "AWS" in gap.error
    assert told(report)["short-passwords", "111122223333"][0] is Status.UNKNOWN


def test_throttling_costs_time_and_nothing_else(server: DemoServer, healthy: ScanReport) -> None:
    server.faults(throttle={"iam:GetAccountSummary": 2})
    report = demo_scan(server)
    assert told(report) == told(healthy)
    [summary] = [call for call in report.calls if call.action == "iam:GetAccountSummary"]
    assert (summary.calls, summary.requests) == (1, 3)


def test_credentials_that_expire_on_the_way_leave_what_was_read(server: DemoServer) -> None:
    server.faults(expire_after=4)
    report = demo_scan(server)
    assert not report.complete
    assert "ExpiredToken" in {gap.error for gap in report.gaps}
    assert all(
        one.status is not Status.PASS or not one.unknown
        for check in report.checks
        for one in check.results
    )


def test_users_read_before_paging_broke_are_kept_and_the_rest_is_unknown(
    crowd_server: DemoServer,
) -> None:
    crowd_server.faults(deny_next_pages=[DETAILS])
    report = demo_scan(crowd_server)
    [users] = [check for check in report.checks if check.id == "console-user-without-mfa"]
    assert len(users.results) == 100
    assert users.unlisted == (f"{DETAILS}: AccessDenied",)
    assert users.is_open


def test_every_page_is_read(crowd_server: DemoServer) -> None:
    crowd_server.forget()
    report = demo_scan(crowd_server)
    [users] = [check for check in report.checks if check.id == "old-access-key"]
    assert len({one.subject.id for one in users.results}) == 250
    assert crowd_server.requests().count(DETAILS) == 4


def test_one_odd_object_is_named_and_loses_no_other(
    server: DemoServer, healthy: ScanReport
) -> None:
    server.faults(spoil=["user:li.na:Arn"])
    report = demo_scan(server)
    [gap] = report.gaps
    assert gap.error == "user li.na is not understood: lacks Arn"
    missing = {name for _, name in set(told(healthy)) - set(told(report))}
    assert missing == {"li.na"}
    [check] = [one for one in report.checks if one.id == "two-active-access-keys"]
    assert check.unlisted


def test_a_root_without_credentials_is_not_judged_by_mfa(crowd_server: DemoServer) -> None:
    said = told(demo_scan(crowd_server))
    assert said["root-without-mfa", "root"] == (Status.NOT_APPLICABLE, ())
    assert said["root-access-key", "root"] == (Status.PASS, ())


def test_another_partition_is_taken_from_the_callers_arn() -> None:
    with running(ESTATES / "govcloud.toml") as server:
        report = demo_scan(server)
    assert report.partition == "aws-us-gov"
    said = told(report)
    assert said["root-without-mfa", "root"][0] is Status.NOT_APPLICABLE
    assert said["short-passwords", "222233334444"][1][0].startswith("has no password policy")


def test_a_user_younger_than_the_report_is_unknown(odd_server: DemoServer) -> None:
    status, why = told(demo_scan(odd_server))["console-user-without-mfa", "newcomer"]
    assert status is Status.UNKNOWN
    assert "the user was made after the report" in why[0]


def test_scanning_as_root_is_the_first_finding(server: DemoServer) -> None:
    report = demo_scan(server, principal="root")
    assert report.scanned_as_root
    assert report.checks[0].worst == Severity.CRITICAL.rank
    assert told(report)["scanned-as-root", "111122223333"][0] is Status.FAIL


def test_another_account_is_refused_before_a_second_call(
    server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    with pytest.raises(WrongAccount, match="111122223333, not to 999999999999"):
        scan(account="999999999999")
    assert server.requests() == [IDENTITY]


def test_policy_texts_are_kept_as_aws_returned_them(odd_server: DemoServer, tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    report = demo_scan(odd_server, store=store)
    snapshot = SqliteStore(store).get(report.snapshot)
    [policy] = [one for one in snapshot.policies if one.name == "Spaced"]
    text = snapshot.documents[policy.versions[0].document]
    assert '\n   "Version":"2012-10-17"' in text
    assert "Ünïcode+%41 " in text
    assert all(sha256(t.encode()).hexdigest() == d for d, t in snapshot.documents.items())


def test_a_kept_snapshot_is_judged_the_same(server: DemoServer, tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    live = demo_scan(server, store=store)
    kept = rejudge("latest", store=store)
    assert told(kept) == told(live)
    assert kept.snapshot == live.snapshot


def test_settings_move_the_limits(server: DemoServer) -> None:
    report = demo_scan(
        server, settings=Settings(min_password_length=8, accept_gaps=("iam:GetAccountSummary",))
    )
    assert told(report)["short-passwords", "111122223333"] == (Status.PASS, ())


def test_an_accepted_gap_stays_unknown_and_lets_the_scan_be_complete(server: DemoServer) -> None:
    server.faults(deny=["iam:GetAccountSummary"])
    report = demo_scan(server, settings=Settings(accept_gaps=("iam:GetAccountSummary",)))
    assert report.complete
    assert told(report)["root-without-mfa", "root"][0] is Status.UNKNOWN


_connected: list[object] = []
_listening = False


def _hook(event: str, args: tuple[object, ...]) -> None:
    if _listening and event in {"socket.connect", "socket.getaddrinfo"}:
        _connected.append(args[1] if event == "socket.connect" else args[0])


sys.addaudithook(_hook)


def test_a_scan_speaks_to_no_host_but_awss(server: DemoServer) -> None:
    global _listening  # noqa: PLW0603 -- an audit hook can't be removed
    _connected.clear()
    _listening = True
    try:
        demo_scan(server)
    finally:
        _listening = False
    port = int(server.endpoint.rpartition(":")[2])
    assert {one for one in _connected if one != "127.0.0.1"} == {("127.0.0.1", port)}


def test_no_secret_reaches_snapshot_report_or_log(
    server: DemoServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret = server.environment()["AWS_SECRET_ACCESS_KEY"]
    token = server.environment()["AWS_SESSION_TOKEN"]
    caplog.set_level(logging.DEBUG, "idkeep")
    store = tmp_path / "s.db"
    server.faults(deny=["iam:GetAccountSummary"])
    report = demo_scan(server, store=store)
    snapshot = SqliteStore(store).get(report.snapshot)
    for text in (repr(snapshot), as_json(report).decode(), html(report), caplog.text):
        assert len(text) > 100
        assert secret not in text
        assert not token or token not in text


def test_every_call_is_logged_by_name(server: DemoServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "idkeep")
    demo_scan(server)
    assert set(actions()) <= set(caplog.messages)


def test_a_store_that_cannot_be_written_is_said_before_anything_is_lost(
    server: DemoServer,
) -> None:
    with pytest.raises(IdkeepError, match="can't be opened"):
        demo_scan(server, store=Path("/dev/null/nowhere/s.db"))
