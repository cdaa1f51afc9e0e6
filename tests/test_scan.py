"""The ordinary scan over real HTTP: what it finds, and what it says of what it could not read."""

import logging
import os
import signal
import subprocess
import sys
import time
import tomllib
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import idkeep.demo
from conftest import ESTATES
from idkeep.api import demo
from idkeep.api.scan import scan
from idkeep.api.snapshots import rejudge
from idkeep.cli.reports import exit_code
from idkeep.collect import actions
from idkeep.config import AcceptedGap, Settings
from idkeep.demo import DemoServer, running
from idkeep.errors import Exit, IdkeepError, WrongAccount
from idkeep.model import Family, Severity, Status
from idkeep.report import ScanReport, as_json
from idkeep.report.format import document as document_of
from idkeep.store import SqliteStore
from report.few_checks import FEW

FAMILIES = frozenset({Family.IDENTITY})
# For users younger than the credential report alone; the example account has none.
OF_NEWCOMERS = {
    "iam:GetAccessKeyLastUsed",
    "iam:GetLoginProfile",
    "iam:GetUser",
    "iam:ListAccessKeys",
    "iam:ListSigningCertificates",
}
# Asked only where account:ListRegions is refused.
IN_NEED = "ec2:DescribeRegions"
ASKED = tuple(one for one in actions(FAMILIES) if one not in {*OF_NEWCOMERS, IN_NEED})
ESTATE = Path(idkeep.demo.__file__).parent / "estate" / "production.toml"
IDENTITY = "sts:GetCallerIdentity"
DETAILS = "iam:GetAccountAuthorizationDetails"
REPORT = "iam:GetCredentialReport"


def demo_scan(server: DemoServer, **how: Any) -> ScanReport:
    """The identity facts, which all of these tests are about."""
    return demo.demo_scan(server, **{"families": FAMILIES, **how})


def accepted(action: str) -> AcceptedGap:
    """A line of the settings that will not expire."""
    return AcceptedGap(action=action, reason="known", owner="us", expires=date.max)


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


def test_nothing_that_was_asked_for_is_unknown(healthy: ScanReport) -> None:
    assert healthy.complete
    open_ = [
        why
        for check in healthy.checks
        for why in (*check.unlisted, *(one for found in check.results for one in found.unknown))
    ]
    others = {why for why in open_ if "not read: --facts " not in why}
    assert {why.partition(" ")[0] for why in others} == {"AWS"}, "what AWS tells nobody"


def test_the_example_accounts_story_is_told(healthy: ScanReport) -> None:
    said = told(healthy)
    fails = {key for key, (status, _) in said.items() if status is Status.FAIL}
    assert ("root-access-key", "root") in fails
    assert ("root-mfa-can-be-phished", "root") in fails
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
    verdicts = sum(len(check.results) + bool(check.unlisted) for check in healthy.checks)
    assert verdicts == (
        counted.failed
        + counted.passed
        + counted.unknown
        + counted.not_applicable
        + counted.suppressed
    )


def test_a_scan_calls_exactly_what_its_policy_allows(server: DemoServer) -> None:
    report = demo_scan(server)
    seen = server.requests()
    assert set(seen) == set(ASKED)
    assert seen[0] == IDENTITY
    assert {call.action: call.requests for call in report.calls} == {
        action: seen.count(action) for action in set(seen)
    }


def test_a_scan_for_every_fact_calls_nothing_that_its_policy_does_not_allow(
    server: DemoServer,
) -> None:
    # The calls of more resources are counted in tests/demo/test_more_resources.py.
    report = demo_scan(server, families=frozenset(Family) - {Family.MORE_RESOURCES})
    seen = server.requests()
    assert set(seen) <= set(actions(Family))
    assert {call.action: call.requests for call in report.calls} == {
        action: seen.count(action) for action in set(seen)
    }


@pytest.mark.parametrize("action", [one for one in ASKED if one != IDENTITY])
def test_a_denied_call_makes_unknown_and_never_a_verdict(
    server: DemoServer, healthy: ScanReport, action: str
) -> None:
    # Without the right to have a report made, an earlier one does: so there must be none.
    denied = {
        "iam:GenerateCredentialReport": [action, REPORT],
        "account:ListRegions": [action, IN_NEED],
    }.get(action, [action])
    server.faults(deny=denied)
    report = demo_scan(server)
    assert not report.complete
    assert action in {gap.action for gap in report.gaps}
    before, after = told(healthy), told(report)
    for key, (status, _) in after.items():
        assert status is Status.UNKNOWN or status is before[key][0], key
    for check in FEW:
        reads, listing = check.needs, set(check.listed_by)
        if not reads & set(denied):
            continue
        [result] = [one for one in report.checks if one.id == check.id]
        sole = reads & set(denied) == reads - listing or action in listing
        unknown = [one for one in result.results if one.unknown]
        assert result.unlisted or unknown or not _needed(check.id, action), check.id
        assert all(why.startswith(f"{action}: AccessDenied") for why in result.unlisted)
        assert all(one.unknown[0].startswith(f"{action}: Access") for one in unknown)
        if sole and not result.unlisted:
            assert len(unknown) == len(result.results), check.id


@pytest.mark.parametrize(
    ("action", "pattern", "text"),
    [
        (REPORT, r"\n[^<\n][^\n]*", ""),  # no user has a row
        (REPORT, r"\n<root_account>[^\n]*", ""),
        (REPORT, "mfa_active", "mfa"),
        (REPORT, r"\n([^<\n][^\n]*)", r"\n\1\n\1"),  # every user twice
        (REPORT, r"\n([^<\n][^\n]*)", r"\n\1,extra,cells"),
        (REPORT, r"20\d\d-", "2099-"),
        (REPORT, r"\+00:00", ""),
        (REPORT, r"20\d\d-[\d-]*T[^,\n]*", "0001-01-01T00:00:00+14:00"),
        (REPORT, "not_supported,[^,]*,", "not_supported,not_supported,"),  # root's last use
        (DETAILS, "<IsTruncated>.*?</IsTruncated>", ""),
        (
            DETAILS,
            "<CreateDate>.*?</CreateDate>",
            "<CreateDate>0001-01-01T00:00:00+14:00</CreateDate>",
        ),
        (DETAILS, "<IsTruncated>.*?</IsTruncated>", "<IsTruncated>true</IsTruncated>"),
        (DETAILS, "<UserDetailList>.*</UserDetailList>", ""),
        (DETAILS, "arn:aws:iam::111122223333:user/li.na", "arn:aws:iam::999999999999:user/li.na"),
        (DETAILS, "arn:aws:iam::111122223333:user/li.na", "nonsense"),
        ("iam:GetAccountSummary", "AccountMFAEnabled", "Other"),
        ("iam:GetAccountSummary", "AccountPasswordPresent", "Other"),
        ("iam:ListVirtualMFADevices", "<IsTruncated>.*?</IsTruncated>", ""),
        ("account:GetAlternateContact", '"Name": *"[^"]*"', '"Name": ""'),
    ],
)
def test_a_strange_answer_makes_unknown_and_never_another_verdict(
    server: DemoServer, healthy: ScanReport, action: str, pattern: str, text: str
) -> None:
    server.faults(rewrite={action: ((pattern, text),)})
    report = demo_scan(server)
    before, after = told(healthy), told(report)
    for key, (status, _) in after.items():
        assert status is Status.UNKNOWN or status is before[key][0], key
    lost = set(before) - set(after)
    assert not lost or any(check.unlisted for check in report.checks)
    assert not report.complete
    assert action in {gap.action for gap in report.gaps}
    assert exit_code(report, "never") is Exit.INCOMPLETE


def test_users_lost_with_a_page_are_missed() -> None:
    cut = (("<IsTruncated>true</IsTruncated>", "<IsTruncated>false</IsTruncated>"),)
    with running(ESTATES / "crowd.toml", users=100) as server:
        server.faults(rewrite={DETAILS: cut})
        report = demo_scan(server)
    [users] = [check for check in report.checks if check.id == "old-access-key"]
    assert users.unlisted == (f"{DETAILS}: lists 300 of the account's 350 users",)
    assert not report.complete


def test_every_kind_may_lack_some_where_the_list_was_refused(
    server: DemoServer, tmp_path: Path
) -> None:
    server.faults(deny=[DETAILS])
    report = demo_scan(server, store=tmp_path / "s.db")
    snapshot = SqliteStore(tmp_path / "s.db").get(report.snapshot)
    assert {one.kind for one in snapshot.unlisted} == {"User", "Group", "Role", "ManagedPolicy"}


def test_a_report_that_may_not_be_renewed_is_used_and_the_refusal_told(
    server: DemoServer, healthy: ScanReport
) -> None:
    server.faults(deny=["iam:GenerateCredentialReport"])
    report = demo_scan(server)
    assert told(report) == told(healthy)
    assert [gap.action for gap in report.gaps] == ["iam:GenerateCredentialReport"]
    assert not report.complete


def test_only_a_refusals_message_is_kept(server: DemoServer) -> None:
    server.faults(
        deny=["iam:GetAccountSummary"],
        expire_after=None,
        throttle={"iam:GetAccountPasswordPolicy": 99},
    )
    gaps = {gap.action: gap for gap in demo_scan(server).gaps}
    assert "is not authorized to perform" in gaps["iam:GetAccountSummary"].detail
    assert gaps["iam:GetAccountPasswordPolicy"].error.startswith("Throttling")
    assert gaps["iam:GetAccountPasswordPolicy"].detail == ""


def test_what_was_declared_of_roles_groups_and_policies_is_what_is_kept(
    server: DemoServer, tmp_path: Path
) -> None:
    report = demo_scan(server, store=tmp_path / "s.db")
    snapshot = SqliteStore(tmp_path / "s.db").get(report.snapshot)
    declared = tomllib.loads(ESTATE.read_text())
    roles = {one.name: one for one in snapshot.roles}
    groups = {one.name: one for one in snapshot.groups}
    users = {one.name: one for one in snapshot.users}
    policies = {one.name: one for one in snapshot.policies}
    for said in declared["roles"]:
        role = roles[said["name"]]
        assert snapshot.documents[role.trust] == said["trust"]
        assert (role.last_used is not None) == ("last_used" in said)
        assert bool(role.boundary) == ("boundary" in said)
        assert bool(role.instance_profiles) == said.get("instance_profile", False)
    for said in (*declared["groups"], *declared["users"], *declared["roles"]):
        kept: Any = {**groups, **users, **roles}[said["name"]]
        inline = {one.name: snapshot.documents[one.document] for one in kept.inline_policies}
        assert inline == said.get("inline", {})
        assert {one.name for one in kept.attached_policies} == {
            name.removeprefix("aws:") for name in said.get("attached", ())
        }
    for said in declared["users"]:
        assert users[said["name"]].groups == tuple(said.get("groups", ()))
        assert users[said["name"]].tags == said.get("tags", {})
        assert bool(users[said["name"]].boundary) == ("boundary" in said)
    for said in declared["policies"]:
        policy = policies[said["name"]]
        texts = {one.id: snapshot.documents[one.document] for one in policy.versions}
        assert list(texts.values())[::1] in (
            [one["document"] for one in said["versions"]],
            [one["document"] for one in reversed(said["versions"])],
        )
        [default] = [one for one in policy.versions if one.is_default]
        assert default.id == policy.default_version
        assert texts[default.id] == said["versions"][-1]["document"]


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


def test_credentials_that_expire_on_the_way_leave_what_was_read(
    server: DemoServer, healthy: ScanReport
) -> None:
    server.faults(expire_after=4)
    report = demo_scan(server)
    assert not report.complete
    assert "ExpiredToken" in {gap.error for gap in report.gaps}
    assert report.summary.unknown > 0
    for key, (status, _) in told(report).items():
        assert status is Status.UNKNOWN or status is told(healthy)[key][0], key


def test_users_read_before_paging_broke_are_kept_and_the_rest_is_unknown() -> None:
    with running(ESTATES / "crowd.toml", users=100) as server:
        server.faults(deny_next_pages=[DETAILS])
        report = demo_scan(server)
    [users] = [check for check in report.checks if check.id == "console-user-without-mfa"]
    assert len(users.results) == 300
    assert users.unlisted == (f"{DETAILS}: AccessDenied",)
    assert users.is_open


def test_every_page_is_read(crowd_server: DemoServer) -> None:
    crowd_server.forget()
    report = demo_scan(crowd_server)
    [users] = [check for check in report.checks if check.id == "old-access-key"]
    assert len({one.subject.id for one in users.results}) == 250
    assert crowd_server.requests().count(DETAILS) == 2


def test_one_odd_object_is_named_and_loses_no_other(
    server: DemoServer, healthy: ScanReport
) -> None:
    server.faults(spoil=["user:li.na:Arn"])
    report = demo_scan(server)
    [gap] = report.gaps
    assert gap.error == "user li.na lacks Arn"
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


def test_a_user_younger_than_the_report_is_asked_for_live(odd_server: DemoServer) -> None:
    report = demo_scan(odd_server)
    assert told(report)["console-user-without-mfa", "newcomer"][0] is Status.FAIL
    calls = {call.action: call.calls for call in report.calls}
    assert calls["iam:GetLoginProfile"] == calls["iam:ListMFADevices"] == 1
    assert not [gap for gap in report.gaps if gap.action == REPORT]


def test_a_scan_that_waits_for_a_throttled_answer_says_so(server: DemoServer) -> None:
    server.faults(throttle={"iam:GetAccountSummary": 4})
    said: list[str] = []
    report = demo_scan(server, progress=said.append)
    assert "iam: AWS throttles this account, waiting" in said
    assert "iam:GetAccountSummary" not in {gap.action for gap in report.gaps}


def test_an_interrupted_scan_ends_at_once_and_asks_no_more(server: DemoServer) -> None:
    server.faults(slow=dict.fromkeys((REPORT, DETAILS, "iam:GetAccountSummary"), 60))
    with subprocess.Popen(
        [sys.executable, "-m", "idkeep", "scan", "--no-store", "--facts", "identity"],
        env={**os.environ, **server.environment()},
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        while DETAILS not in server.requests():
            assert running.poll() is None
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=30) == 130  # and not when the answers come
        assert running.stderr
        assert "interrupted" in running.stderr.read()


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
    with pytest.raises(WrongAccount, match="111122223333, not 999999999999"):
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
    report = demo_scan(server, settings=Settings(min_password_length=8))
    assert told(report)["short-passwords", "111122223333"] == (Status.PASS, ())


def test_an_accepted_gap_stays_unknown_and_lets_the_scan_be_complete(server: DemoServer) -> None:
    server.faults(deny=["iam:GetAccountSummary"])
    report = demo_scan(
        server, settings=Settings(accepted_gaps=(accepted("iam:GetAccountSummary"),))
    )
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
    for text in (
        repr(snapshot),
        as_json(report).decode(),
        document_of("html", report),
        caplog.text,
    ):
        assert len(text) > 100
        assert secret not in text
        assert not token or token not in text


def test_every_call_is_logged_by_name(server: DemoServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "idkeep")
    demo_scan(server)
    assert set(ASKED) <= set(caplog.messages)


def test_a_store_that_cannot_be_written_is_said_before_anything_is_lost(
    server: DemoServer,
) -> None:
    with pytest.raises(IdkeepError, match="can't be opened"):
        demo_scan(server, store=Path("/dev/null/nowhere/s.db"))
