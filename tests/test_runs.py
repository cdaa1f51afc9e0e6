"""Runs in the store: joined, resumed, written whole by several processes, and never mixed up."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from idkeep.checks.samples import NOW, snapshot_of
from idkeep.errors import IdkeepError, Unreadable
from idkeep.model import Gap, Organization
from idkeep.model.run import Run, RunAccount, RunPlan, RunResult
from idkeep.store import Kept, Runs, SqliteStore
from surroundings import PATIENCE

ORGANIZATION = Organization(
    id="o-1",
    arn="arn:aws:organizations::1:organization/o-1",
    feature_set="ALL",
    management_account="1",
)
PLAN = RunPlan(
    organization="o-1",
    caller_account="111122223333",
    partition="aws",
    region="eu-west-1",
    role="r",
    families=(),
)


def run(ident: str = "a", plan: RunPlan = PLAN, days: int = 0) -> Run:
    return Run(
        id=ident,
        begun=NOW + timedelta(days=days),
        caller="c",
        plan=plan,
        accounts=(RunAccount(id="1", name="n", state="ACTIVE"),),
        organization=ORGANIZATION,
    )


def never() -> Run:
    raise AssertionError("no new run is meant")


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(SqliteStore(tmp_path / "s.db"))


def made(what: Run) -> Callable[[], Run]:
    return lambda: what


def test_a_run_is_new_unless_it_is_resumed(runs: Runs) -> None:
    assert runs.join(PLAN, 1, made(run("a")), resume=False) == (run("a"), False)
    assert runs.join(PLAN, 1, never, resume=True) == (run("a"), True)
    assert runs.join(PLAN, 1, made(run("b", days=1)), resume=False)[0].id == "b"
    assert runs.join(PLAN, 1, never, resume=True)[0].id == "b"
    assert runs.get("latest").id == "b"


def test_another_plan_is_another_run(runs: Runs) -> None:
    runs.join(PLAN, 1, made(run("a")), resume=False)
    for other in (replace(PLAN, role="s"), replace(PLAN, units=("ou-1",)), replace(PLAN, shards=2)):
        with pytest.raises(IdkeepError, match="no scan of this organisation to resume"):
            runs.join(other, 1, never, resume=True)


def test_each_part_joins_a_run_once(runs: Runs) -> None:
    plan = replace(PLAN, shards=2)
    assert runs.join(plan, 1, made(run("a", plan)), resume=False)[0].id == "a"
    assert runs.join(plan, 2, never, resume=False)[0].id == "a"
    assert runs.join(plan, 2, made(run("b", plan, days=1)), resume=False)[0].id == "b"
    assert runs.join(plan, 1, never, resume=False)[0].id == "b"


def test_what_became_of_an_account_is_kept_with_its_snapshot(runs: Runs) -> None:
    runs.join(PLAN, 1, made(run()), resume=False)
    kept = runs.put("a", RunResult(account="1"), snapshot_of())
    assert isinstance(kept, Kept)
    gap = Gap("sts:AssumeRole", "AccessDenied", "d")
    assert runs.put("a", RunResult(account="2", failed=gap)) is None
    assert runs.results("a") == {
        "1": RunResult(account="1", snapshot=kept.sha256),
        "2": RunResult(account="2", failed=gap),
    }
    assert runs.store.get(kept.id) == snapshot_of()


def test_a_store_from_before_runs_keeps_its_snapshots_and_gets_them(runs: Runs) -> None:
    kept = runs.store.put(snapshot_of())
    with sqlite3.connect(runs.store.path) as db:
        for table in ("run", "run_shard", "run_account"):
            db.execute(f"drop table {table}")
        db.execute("pragma user_version = 0")
    db.close()
    assert runs.store.list() == (kept,)
    with pytest.raises(IdkeepError, match="no run is called 'latest'"):
        runs.get("latest")
    runs.join(PLAN, 1, made(run()), resume=False)
    assert runs.store.list() == (kept,)
    assert runs.get("a") == run()


def test_a_store_of_a_later_idkeep_is_left_alone(runs: Runs) -> None:
    runs.store.put(snapshot_of())
    with sqlite3.connect(runs.store.path) as db:
        db.execute("pragma user_version = 4")
    db.close()
    before = runs.store.path.read_bytes()
    for act in (runs.store.list, runs.store.prepare, lambda: runs.store.put(snapshot_of())):
        with pytest.raises(Unreadable, match="a store of version 4; this idkeep knows version 3"):
            act()
    assert runs.store.path.read_bytes() == before


def test_a_run_goes_with_the_last_of_its_snapshots(runs: Runs) -> None:
    runs.join(PLAN, 1, made(run()), resume=False)
    kept = runs.put("a", RunResult(account="1"), snapshot_of())
    assert kept
    runs.store.remove([kept])
    with pytest.raises(IdkeepError, match="no run is called"):
        runs.get("a")
    assert runs.results("a") == {}


def test_a_run_that_was_damaged_is_said_to_be(runs: Runs) -> None:
    runs.join(PLAN, 1, made(run()), resume=False)
    with sqlite3.connect(runs.store.path) as db:
        db.execute("update run set payload = x'00'")
    db.close()
    with pytest.raises(IdkeepError, match=r"run a in .* is damaged"):
        runs.get("a")


WORKER = """
import sys
from pathlib import Path
from msgspec.structs import replace
from idkeep.checks.samples import snapshot_of
from idkeep.model.run import RunResult
from idkeep.store import Runs, SqliteStore
from test_runs import PLAN, run
runs = Runs(SqliteStore(Path(sys.argv[1])))
part, plan = int(sys.argv[2]), replace(PLAN, shards=4)
joined, _ = runs.join(plan, part, lambda: run("r" + sys.argv[2], plan), resume=False)
for number in range(12):
    one = replace(snapshot_of(), region=f"{part}-{number}")
    runs.put(joined.id, RunResult(account=f"{part}-{number}"), one)
"""


def test_four_processes_write_one_run_and_lose_nothing(runs: Runs) -> None:
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(runs.store.path), str(part)],
            env={"PYTHONPATH": str(Path(__file__).parent), "PATH": "/usr/bin"},
        )
        for part in (1, 2, 3, 4)
    ]
    assert [one.wait(timeout=PATIENCE) for one in workers] == [0, 0, 0, 0]
    assert len(runs.results(runs.get("latest").id)) == 48
    assert len(runs.store.list()) == 48
    with runs.store.opened() as db:
        assert db.execute("select count(*) from run").fetchone() == (1,)
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
