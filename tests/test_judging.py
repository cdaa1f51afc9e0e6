"""Which checks a report is about, what it is held against, and what its exit code is then."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from idkeep.api.baseline import BaselineOfOther, baseline
from idkeep.api.judging import Judging, OtherRules, check_rules
from idkeep.api.scan import keep_and_judge
from idkeep.api.snapshots import rejudge
from idkeep.checks import RULE_CHANGES, RULES_VERSION
from idkeep.checks.samples import ACCOUNT, ANA, NOW, key, password, snapshot_of
from idkeep.cli.reports import exit_code
from idkeep.config import Settings, Suppression
from idkeep.errors import Exit, IdkeepError
from idkeep.model import Severity, Snapshot, Status, User
from idkeep.report import ScanReport, Selection
from idkeep.report.shown import shown
from idkeep.store import SqliteStore
from test_cli import idkeep

CHANGELOG = Path(__file__).parent.parent / "CHANGELOG.md"
OLD = replace(ANA, access_keys=(key(age=400),))
WORSE = replace(ANA, access_keys=(key(1, age=400), key(2, age=800)), password=password())


def taken(user: User, day: int = 0) -> Snapshot:
    return replace(snapshot_of(user), taken=NOW + timedelta(days=day))


def judged(user: User, judging: Judging, settings: Settings | None = None) -> ScanReport:
    return keep_and_judge(taken(user, 1), None, settings or Settings(), judging=judging)


def found(report: ScanReport) -> set[str]:
    return {one.id for one in report.failing}


def only(**how: object) -> Judging:
    return Judging(selection=Selection(**how))  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "s.db"
    SqliteStore(path).put(taken(OLD))
    return path


def test_only_the_checks_that_are_named_are_run() -> None:
    report = judged(WORSE, only(checks=("old-*", "two-active-access-keys"), skipped=("old-pass*",)))
    assert {one.id for one in report.checks} == {"old-access-key", "two-active-access-keys"} | {
        one.id for one in report.checks if one.id.startswith("old-")
    }
    assert "old-password" not in {one.id for one in report.checks}
    assert report.selection.checks == ("old-*", "two-active-access-keys")


@pytest.mark.parametrize("how", [{"checks": ("no-such-*",)}, {"skipped": ("no-such",)}])
def test_a_pattern_that_names_no_check_is_an_error(how: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(IdkeepError, match="no check is called no-such"):
        judged(OLD, only(**how))


def test_what_is_less_severe_is_left_out_and_counts_nowhere() -> None:
    whole, narrow = judged(WORSE, only()), judged(WORSE, only(least=Severity.HIGH))
    assert set(narrow.summary.findings.values()) != set(whole.summary.findings.values())
    assert narrow.summary.findings[Severity.HIGH] == whole.summary.findings[Severity.HIGH]
    assert narrow.summary.findings[Severity.MEDIUM] == 0
    kept = {verdict.status for one in narrow.checks for verdict in one.results}
    assert Status.FAIL in kept
    low = judged(OLD, only(least=Severity.CRITICAL, checks=("old-access-key",)))
    assert exit_code(low, "low") is Exit.OK
    assert low.summary.passed == 0


def test_a_status_narrows_what_is_shown_and_no_count() -> None:
    report = judged(WORSE, only())
    told = shown(report, (Status.FAIL,))
    assert {v.status for one in told.checks for v in one.results} == {Status.FAIL}
    assert not any(one.unlisted for one in told.checks)
    assert told.summary == report.summary
    assert told.worst() == report.worst()
    unknown = shown(report, (Status.UNKNOWN,))
    assert not unknown.failing
    assert shown(report, ()) is report


def test_beside_a_baseline_only_what_is_new_counts(store: Path) -> None:
    against = baseline("latest", store=store)
    same = judged(OLD, Judging(against=against))
    assert same.baseline is not None
    assert same.baseline.new == ()
    assert "old-access-key" in found(same)
    assert exit_code(same, "low") is not Exit.FINDINGS
    more = judged(WORSE, Judging(against=against))
    assert more.baseline is not None
    assert more.baseline.new
    assert exit_code(more, "low") is Exit.FINDINGS
    mended = judged(replace(ANA, access_keys=()), Judging(against=against))
    assert mended.baseline is not None
    assert mended.baseline.gone > 0


def test_a_finding_that_was_agreed_to_is_new_when_that_has_ended(store: Path) -> None:
    line = Suppression(check="old-access-key", reason="r", owner="o", expires=NOW.date())
    report = judged(
        OLD, Judging(against=baseline("latest", store=store)), Settings(suppressions=(line,))
    )
    assert report.baseline is not None
    [old] = [one for one in report.checks if one.id == "old-access-key"]
    assert set(report.baseline.new) == {one.id for v in old.results for one in v.findings}


def test_a_baseline_of_another_account_is_refused(store: Path) -> None:
    other = replace(taken(OLD, 2), account=replace(ACCOUNT, id="999999999999"))
    with pytest.raises(BaselineOfOther):
        keep_and_judge(
            other, None, Settings(), judging=Judging(against=baseline("latest", store=store))
        )


def test_the_rules_have_a_version_and_every_one_has_its_line() -> None:
    check_rules(RULES_VERSION)
    assert max(RULE_CHANGES) == RULES_VERSION == rejudge_version()
    for version in RULE_CHANGES:
        assert f"Rules {version}" in CHANGELOG.read_text(encoding="utf-8")


def rejudge_version() -> int:
    return judged(OLD, only(checks=("old-access-key",))).rules


@pytest.mark.parametrize("wanted", [0, RULES_VERSION + 1])
def test_other_rules_than_those_pinned_are_refused(wanted: int) -> None:
    with pytest.raises(OtherRules, match=f"judges by rules {RULES_VERSION}"):
        check_rules(wanted)


def test_the_command_line_takes_them_all(store: Path, tmp_path: Path) -> None:
    SqliteStore(store).put(taken(WORSE, 1))
    run = ("scan", "--snapshot", "latest", "--store", str(store))
    quiet = idkeep(*run, "-q", "--csv", str(tmp_path / "a.csv"))
    assert (quiet.stdout, quiet.stderr) == ("", "")
    assert quiet.returncode == Exit.FINDINGS
    assert (tmp_path / "a.csv").read_text().startswith("account,status,")
    done = idkeep(*run, "--baseline", "previous", "--check", "old-access-key", "--json", "-")
    told = json.loads(done.stdout)
    assert len(told["baseline"]["new"]) == 1
    assert done.returncode == Exit.FINDINGS
    same = idkeep(*run, "--baseline", "latest", "--check", "old-access-key")
    assert same.returncode == Exit.OK
    hidden = idkeep(*run, "--status", "pass", "--check", "old-access-key")
    assert hidden.returncode == Exit.FINDINGS
    pinned = idkeep(*run, "--rules-version", "99")
    assert pinned.returncode == Exit.REFUSED
    assert "there is no version 99" in pinned.stderr


def test_help_has_a_place_for_every_option() -> None:
    for verb in ("scan", "demo"):
        last = idkeep(verb, "--help").stdout.partition("\nHelp:\n")[2]
        assert last.split() == ["-h,", "--help", "Show", "this", "message", "and", "exit."]


def test_rejudging_is_narrowed_too(store: Path) -> None:
    report = rejudge("latest", store=store, judging=only(checks=("old-access-key",)))
    assert found(report) == {"old-access-key"}
