"""A scan of an organisation judges an account by what others of the run keep for it."""

from pathlib import Path

from idkeep.api.snapshots import rejudge, run_report
from idkeep.checks.samples import ACCOUNT, NOW, ORGANIZATION, snapshot_of
from idkeep.model import Gap
from idkeep.model.run import Run, RunAccount, RunPlan, RunResult
from idkeep.store import Runs, SqliteStore

from .test_wrong_verdicts_services import MANAGER, MEMBER, manager

CHECK = "nobody-told-of-root-use"
PLAN = RunPlan(
    organization=ORGANIZATION.id,
    caller_account=MANAGER,
    partition="aws",
    region="us-east-1",
    role="auditor",
    families=(),
)
RUN = Run(
    id="a",
    begun=NOW,
    caller="c",
    plan=PLAN,
    accounts=tuple(RunAccount(id=one, name=one, state="ACTIVE") for one in (ACCOUNT.id, MANAGER)),
    organization=ORGANIZATION,
)


def found(store: Path) -> set[str]:
    """The accounts in which nobody is told of root's acts."""
    report = run_report("latest", store=store)
    return {one.id for one in report.accounts if any(each.check == CHECK for each in one.findings)}


def test_a_run_follows_the_trail_to_the_account_that_keeps_it(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    runs = Runs(SqliteStore(store))
    member = snapshot_of(MEMBER, organization=ORGANIZATION)
    runs.join(PLAN, 1, lambda: RUN, resume=False)
    runs.put("a", RunResult(account=ACCOUNT.id), member)
    runs.put("a", RunResult(account=MANAGER, failed=Gap("sts:AssumeRole", "AccessDenied")))
    assert found(store) == set()
    runs.put("a", RunResult(account=MANAGER), manager(alarmed=False))
    assert found(store) == {ACCOUNT.id, MANAGER}
    runs.put("a", RunResult(account=MANAGER), manager(alarmed=True))
    assert found(store) == set()


def test_an_account_by_itself_says_whose_scan_would_tell(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "s.db")
    store.put(snapshot_of(MEMBER, organization=ORGANIZATION))
    report = rejudge("latest", store=store.path)
    [check] = [one for one in report.checks if one.id == CHECK]
    [verdict] = check.results
    assert verdict.unknown == (f"cloudtrail:GetEventSelectors: told in account {MANAGER} alone",)
