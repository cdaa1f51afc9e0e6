"""A whole organisation over real HTTP: every account is a row, whatever happens on the way."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from msgspec.structs import replace
from rich.console import Console

from idkeep.api.accounts import Narrowed
from idkeep.api.organization import (
    OrganizationScan,
    Unfinished,
    assumed_role,
    scan_organization,
)
from idkeep.api.snapshots import run_report
from idkeep.cli.options import exit_code
from idkeep.collect import actions
from idkeep.config import AcceptedGap, Settings
from idkeep.demo import DemoServer
from idkeep.errors import Exit, IdkeepError
from idkeep.model import Family, Organization, policy_levels
from idkeep.report import OrganizationReport, as_json, json_schema
from idkeep.report.organization import Coverage
from idkeep.report.organization_html import html
from idkeep.report.organization_text import OrganizationText
from idkeep.store import Runs, SqliteStore

MANAGEMENT, SECURITY = "555566667777", "666677778888"
PRODUCTION, SANDBOX, SUSPENDED = "111122223333", "888899990000", "999900001111"
READ = (MANAGEMENT, SECURITY, PRODUCTION, SANDBOX)
EXTERNAL = "larkfield-audit"
IDENTITY = frozenset({Family.IDENTITY})
Scan = Callable[..., OrganizationReport]


def silent(_: str) -> None:
    """Nobody listens."""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "s.db"


@pytest.fixture
def scan(server: DemoServer, store: Path, monkeypatch: pytest.MonkeyPatch) -> Scan:
    """Scan the example organisation from its management account."""
    for name, value in server.environment(account=MANAGEMENT).items():
        monkeypatch.setenv(name, value)

    def run(
        settings: Settings | None = None, *, tell: Callable[[str], None] = silent, **told: Any
    ) -> OrganizationReport:
        told = {"families": IDENTITY, "role": role(), **told}
        return scan_organization(
            OrganizationScan(**told), store=store, settings=settings, tell=tell
        )

    return run


def role(external_id: str = EXTERNAL) -> Any:
    return assumed_role("idkeep-auditor", external_id=external_id)


def rows(report: OrganizationReport) -> dict[str, tuple[Coverage, str]]:
    return {one.id: (one.coverage, one.why) for one in report.accounts}


def told(report: OrganizationReport) -> Any:
    """All but what differs from one scan to the next."""
    return [
        (one.id, one.coverage, one.why, one.summary, one.findings, one.gaps)
        for one in report.accounts
    ], [replace(one) for one in report.checks]


def adds_up(report: OrganizationReport) -> bool:
    covered = report.coverage
    parts = covered.scanned + covered.incomplete + covered.failed + covered.skipped
    return covered.listed == len(report.accounts) == parts


def line(action: str, expires: date = date.max, **where: str) -> Settings:
    accepted = AcceptedGap(action=action, reason="known", owner="us", expires=expires, **where)
    return Settings(accepted_gaps=(accepted,))


def test_every_account_is_a_row_and_read_once(server: DemoServer, scan: Scan) -> None:
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
    calls = [(one.account, one.action) for one in server.calls()]
    assert [one for one in calls if one[1] == "organizations:ListAccounts"] == [
        (MANAGEMENT, "organizations:ListAccounts")
    ]
    entered = [one for one in calls if one[1] == "sts:AssumeRole"]
    assert entered == [(MANAGEMENT, "sts:AssumeRole")] * 3
    for account in READ:
        assert calls.count((account, "iam:GetAccountAuthorizationDetails")) >= 1
        own = [action for number, action in calls if number == account]
        assert account == MANAGEMENT or own[0] == "sts:GetCallerIdentity"


def test_the_organisation_is_read_once_and_binds_each_account(
    server: DemoServer, scan: Scan, store: Path
) -> None:
    report = scan(families=IDENTITY | {Family.ORGANIZATION})
    asked = [one for one in server.calls() if one.action.startswith("organizations:")]
    assert {one.account for one in asked} == {MANAGEMENT}
    by_id = {one.id: one for one in report.accounts}
    snapshot = SqliteStore(store).get(by_id[SANDBOX].snapshot)
    assert isinstance(snapshot.organization, Organization)
    assert isinstance(snapshot.organization.accounts, tuple)
    assert [one.id for one in snapshot.organization.accounts] == [SANDBOX]
    levels = policy_levels(snapshot.organization, SANDBOX, "SERVICE_CONTROL_POLICY")
    whole = SqliteStore(store).get(by_id[MANAGEMENT].snapshot).organization
    assert isinstance(whole, Organization)
    assert levels == policy_levels(whole, SANDBOX, "SERVICE_CONTROL_POLICY")
    assert isinstance(levels, tuple)
    assert all(text in snapshot.documents for level in levels for text in level.documents)
    assert not snapshot.gaps


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
    server: DemoServer, scan: Scan, pattern: str, text: str, why: str
) -> None:
    server.faults(rewrite={f"sts:GetCallerIdentity@{SANDBOX}": ((pattern, text),)})
    report = scan()
    coverage, reason = rows(report)[SANDBOX]
    assert coverage is Coverage.FAILED
    assert why in reason
    asked = [one.action for one in server.calls() if one.account == SANDBOX]
    assert asked == ["sts:GetCallerIdentity"]


def test_a_denied_call_in_one_account_leaves_that_account_incomplete(
    server: DemoServer, scan: Scan, store: Path
) -> None:
    server.faults(deny=[f"iam:GetAccountSummary@{SANDBOX}"])
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
    server: DemoServer, scan: Scan
) -> None:
    server.faults(broken=[f"sts:GetCallerIdentity@{SANDBOX}", f"iam:*@{PRODUCTION}"])
    report = scan()
    assert adds_up(report)
    assert rows(report)[SANDBOX][0] is Coverage.FAILED
    assert rows(report)[PRODUCTION][0] is Coverage.INCOMPLETE
    assert rows(report)[SECURITY] == (Coverage.SCANNED, "")


def test_throttling_on_the_way_in_costs_time_and_nothing_else(
    server: DemoServer, scan: Scan
) -> None:
    server.faults(throttle={"sts:AssumeRole": 2, f"iam:*@{SANDBOX}": 3})
    assert scan().complete


def test_a_slow_account_holds_up_no_other(server: DemoServer, scan: Scan) -> None:
    server.faults(slow={f"iam:GetAccountPasswordPolicy@{PRODUCTION}": 6})
    done: list[str] = []
    assert scan(tell=done.append).complete
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
    server: DemoServer, scan: Scan
) -> None:
    server.faults(deny=["organizations:ListAccounts"])
    with pytest.raises(IdkeepError, match="accounts can't be listed") as refused:
        scan()
    assert "management account" in refused.value.hint
    server.faults(deny_next_pages=["organizations:ListAccounts"])
    assert scan().coverage.listed == 5


def test_credentials_that_end_keep_what_was_read_and_the_rest_is_resumed(
    server: DemoServer, scan: Scan, store: Path
) -> None:
    whole = scan(parallel=1)
    for calls in (12, 60, 95):
        server.faults(expire_after=calls)
        with pytest.raises(Unfinished, match="have expired") as ended:
            scan(parallel=1)
        assert "--resume" in ended.value.hint
        assert ended.value.exit_code is Exit.INCOMPLETE
        run = Runs(SqliteStore(store)).get("latest").id
        kept = set(Runs(SqliteStore(store)).results(run))
        server.faults()
        server.forget()
        resumed = scan(parallel=1, resume=True)
        assert resumed.run == run
        assert told(resumed) == told(whole)
        asked = {one.account for one in server.calls() if one.action.startswith("iam:")}
        assert asked == set(READ) - kept


def test_a_failed_account_is_tried_again_and_a_done_one_is_not(
    server: DemoServer, scan: Scan
) -> None:
    server.faults(deny=["sts:AssumeRole"])
    assert scan().coverage.failed == 3
    server.faults()
    server.forget()
    assert scan(resume=True).complete
    assert MANAGEMENT not in {
        one.account for one in server.calls() if one.action.startswith("iam:")
    }


def test_there_is_nothing_to_resume_where_nothing_was_begun(scan: Scan) -> None:
    with pytest.raises(IdkeepError, match="no scan of this organisation to resume"):
        scan(resume=True)


def command(server: DemoServer, store: Path, *more: str) -> tuple[list[str], dict[str, str]]:
    env = {name: v for name, v in os.environ.items() if not name.startswith("AWS_")}
    words = ["scan", "--org", "--external-id", EXTERNAL, "--facts", "identity", "--fail-on"]
    words += ["never", "--store", str(store), *more]
    return [sys.executable, "-m", "idkeep", *words], {
        **env,
        **server.environment(account=MANAGEMENT),
    }


def test_whatever_point_it_is_killed_at_it_is_resumed_to_the_same_report(
    server: DemoServer, scan: Scan, store: Path
) -> None:
    whole = scan()
    for requests in (14, 40, 75, 110):
        server.forget()
        words, env = command(server, store, "--parallel", "2")
        with subprocess.Popen(words, env=env, stderr=subprocess.DEVNULL) as running:
            until = time.monotonic() + 60
            while len(server.requests()) < requests and running.poll() is None:
                assert time.monotonic() < until
                time.sleep(0.02)
            running.send_signal(signal.SIGKILL)
        resumed = scan(resume=True, parallel=2)
        assert told(resumed) == told(whole), requests
        assert told(run_report("latest", store=store)) == told(whole)


def test_a_disk_that_is_full_is_said_and_what_was_kept_stays_whole(
    server: DemoServer, scan: Scan, store: Path
) -> None:
    whole = scan()
    room = store.stat().st_size + 20_000
    words, env = command(server, store)
    done = subprocess.run(
        words,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )
    assert done.returncode == Exit.USAGE
    assert "can't be used as a store" in done.stderr
    assert "--resume" in done.stderr
    assert told(run_report(whole.run, store=store)) == told(whole)
    assert told(scan(resume=True)) == told(whole)


def test_workers_of_several_processes_fill_one_store(
    server: DemoServer, scan: Scan, store: Path
) -> None:
    whole = scan()
    other = store.with_name("shards.db")
    running = []
    for part in (1, 2, 3):
        words, env = command(server, other, "--shard", f"{part}/3")
        running.append(subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL))
    assert [one.wait(timeout=120) for one in running] == [0, 0, 0]
    with SqliteStore(other).opened() as db:
        assert db.execute("select count(*) from run").fetchone() == (1,)
    assert told(run_report("latest", store=other)) == told(whole)


def test_a_worker_tells_of_its_own_accounts_and_names_the_others(scan: Scan, store: Path) -> None:
    report = scan(shard=(1, 2))
    assert adds_up(report)
    assert list(rows(report).values()).count((Coverage.SKIPPED, "left to another --shard")) == 2
    assert run_report(report.run, store=store).coverage.failed == 2
    second = scan(shard=(2, 2))
    assert second.run == report.run
    assert run_report(report.run, store=store).complete


def test_the_document_keeps_to_its_schema_and_its_promise(scan: Scan) -> None:
    report = scan(role=role(""))
    document = json.loads(as_json(report))
    jsonschema.validate(document, json_schema(OrganizationReport))
    assert document["schema"] == "idkeep.organization/1"
    page = html(report)
    for one in report.accounts:
        assert one.id in page
        assert one.why in page
    console = Console(width=200, record=True, file=StringIO())
    console.print(OrganizationText(report))
    shown = console.export_text()
    assert "5 accounts listed = 2 scanned + 0 incomplete + 2 failed + 1 skipped" in shown
    assert all(one.id in shown for one in report.accounts)


def test_the_organisations_role_may_exactly_what_a_scan_of_all_accounts_asks(
    server: DemoServer, scan: Scan
) -> None:
    scan(families=frozenset(Family) - {Family.RESOURCES, Family.CREDENTIALS})
    asked = {one.action for one in server.calls() if one.account == SANDBOX}
    assert asked <= set(actions(Family))


def test_ctrl_c_ends_it_at_once_and_names_the_way_on(server: DemoServer, store: Path) -> None:
    server.faults(slow={"iam:GetAccountPasswordPolicy": 30})
    words, env = command(server, store)
    with subprocess.Popen(words, env=env, stderr=subprocess.PIPE, text=True) as running:
        until = time.monotonic() + 60
        while "iam:GetAccountPasswordPolicy" not in server.requests():
            assert time.monotonic() < until
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=10) == 130
        assert running.stderr
        assert "--resume" in running.stderr.read()


def test_an_account_whose_resources_cost_too_much_is_read_without_them(scan: Scan) -> None:
    chosen = Narrowed(accounts=(SANDBOX,))
    families = frozenset({Family.IDENTITY, Family.RESOURCES})
    report = scan(families=families, narrowed=chosen, most_calls=0)
    coverage, why = rows(report)[SANDBOX]
    assert coverage is Coverage.INCOMPLETE
    assert "--facts resources" in why
