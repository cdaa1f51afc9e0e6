"""A scan of an organisation that ends on the way is gone on with, to the same report."""

import resource
import signal
import subprocess
import time
from pathlib import Path

import pytest

from idkeep.api.organization import (
    Unfinished,
)
from idkeep.api.snapshots import run_report
from idkeep.demo import DemoServer
from idkeep.errors import Exit, IdkeepError
from idkeep.report.organization import Coverage
from idkeep.store import Runs, SqliteStore
from organization_scans import (
    MANAGEMENT,
    PRODUCTION,
    READ,
    SANDBOX,
    Scan,
    adds_up,
    command,
    line,
    rows,
    scanner,
    told,
)
from surroundings import PATIENCE


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "s.db"


@pytest.fixture
def scan(small: DemoServer, store: Path, monkeypatch: pytest.MonkeyPatch) -> Scan:
    return scanner(small, store, monkeypatch)


@pytest.mark.parametrize("calls", [12, 60, 95])
def test_credentials_that_end_keep_what_was_read_and_the_rest_is_resumed(
    small: DemoServer, scan: Scan, store: Path, calls: int
) -> None:
    whole = scan(parallel=1)
    small.faults(expire_after=calls)
    with pytest.raises(Unfinished, match="have expired") as ended:
        scan(parallel=1)
    assert "--resume" in ended.value.hint
    assert ended.value.exit_code is Exit.INCOMPLETE
    run = Runs(SqliteStore(store)).get("latest").id
    kept = set(Runs(SqliteStore(store)).results(run))
    small.faults()
    small.forget()
    resumed = scan(parallel=1, resume=True)
    assert resumed.run == run
    assert told(resumed) == told(whole)
    asked = {one.account for one in small.calls() if one.action.startswith("iam:")}
    assert asked == set(READ) - kept


def test_a_failed_account_is_tried_again_and_a_done_one_is_not(
    small: DemoServer, scan: Scan
) -> None:
    small.faults(deny=["sts:AssumeRole"])
    assert scan().coverage.failed == 3
    small.faults()
    small.forget()
    assert scan(resume=True).complete
    assert MANAGEMENT not in {one.account for one in small.calls() if one.action.startswith("iam:")}


def test_what_a_second_try_may_tell_is_tried_again_and_a_refusal_is_not(
    small: DemoServer, scan: Scan
) -> None:
    whole = scan()
    small.faults(
        deny=[f"iam:GetAccountPasswordPolicy@{PRODUCTION}"],
        broken=[f"iam:GetAccountSummary@{SANDBOX}"],
        broken_status=200,
    )
    first = rows(scan())
    assert first[PRODUCTION][0] is first[SANDBOX][0] is Coverage.INCOMPLETE
    small.forget()
    said: list[str] = []
    accepts = line("iam:GetAccountSummary", account=SANDBOX)
    assert rows(scan(accepts, resume=True))[SANDBOX][0] is Coverage.SCANNED
    assert not [one for one in small.calls() if one.action.startswith("iam:")]
    small.faults()
    resumed = scan(resume=True, tell=said.append)
    assert "3 accounts are done, 1 are tried again" in said[0]
    assert {one.account for one in small.calls() if one.action.startswith("iam:")} == {SANDBOX}
    assert rows(resumed)[PRODUCTION][0] is Coverage.INCOMPLETE
    assert [one for one in told(resumed)[0] if one[0] != PRODUCTION] == [
        one for one in told(whole)[0] if one[0] != PRODUCTION
    ]


def test_a_second_try_that_is_kept_out_loses_nothing_of_the_first(
    small: DemoServer, scan: Scan
) -> None:
    small.faults(broken=[f"iam:GetAccountSummary@{SANDBOX}"], broken_status=200)
    first = scan()
    small.faults(deny=["sts:AssumeRole"])
    said: list[str] = []
    assert told(scan(resume=True, tell=said.append)) == told(first)
    assert "sts:AssumeRole: AccessDenied" in said[-1]


def test_there_is_nothing_to_resume_where_nothing_was_begun(scan: Scan) -> None:
    with pytest.raises(IdkeepError, match="no scan of this organisation to resume"):
        scan(resume=True)


@pytest.mark.parametrize("requests", [3, 14, 40, 75, 100, 110])
def test_whatever_point_it_is_killed_at_it_is_resumed_to_the_same_report(
    small: DemoServer, scan: Scan, store: Path, requests: int
) -> None:
    whole = scan()
    small.forget()
    words, env = command(small, store, "--parallel", "2")
    with subprocess.Popen(words, env=env, stderr=subprocess.DEVNULL) as running:
        until = time.monotonic() + PATIENCE
        while len(small.requests()) < requests and running.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.02)
        running.send_signal(signal.SIGKILL)
    resumed = scan(resume=True, parallel=2)
    assert told(resumed) == told(whole)
    assert told(run_report("latest", store=store)) == told(whole)


def test_a_disk_that_is_full_is_said_and_what_was_kept_stays_whole(
    small: DemoServer, scan: Scan, store: Path
) -> None:
    whole = scan()
    room = store.stat().st_size + 20_000
    words, env = command(small, store)
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
    small: DemoServer, scan: Scan, store: Path
) -> None:
    whole = scan()
    other = store.with_name("shards.db")
    running = []
    for part in (1, 2, 3):
        words, env = command(small, other, "--shard", f"{part}/3")
        running.append(subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL))
    assert [one.wait(timeout=PATIENCE) for one in running] == [0, 0, 0]
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


def test_ctrl_c_ends_it_at_once_and_names_the_way_on(small: DemoServer, store: Path) -> None:
    small.faults(slow={"iam:GetAccountPasswordPolicy": 60})
    words, env = command(small, store)
    with subprocess.Popen(words, env=env, stderr=subprocess.PIPE, text=True) as running:
        while "iam:GetAccountPasswordPolicy" not in small.requests():
            assert running.poll() is None
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=30) == 130  # and not when the answers come
        assert running.stderr
        assert "--resume" in running.stderr.read()
