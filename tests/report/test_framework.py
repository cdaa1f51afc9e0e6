"""Every control of a framework is counted, and none passes for want of a look."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.api.catalog import load_catalog
from idkeep.api.frameworks import find_framework, frameworks, objectives, peer_checks
from idkeep.catalog import Control, Framework
from idkeep.checks import ALL, run
from idkeep.checks.samples import ACCOUNT, ANA, NO_SUMMARY, NOW, ROOT, snapshot_of
from idkeep.config import Evidence, Settings, Suppression
from idkeep.errors import IdkeepError
from idkeep.model import Snapshot
from idkeep.report.framework import (
    AccountControl,
    ControlStatus,
    FrameworkReport,
    FrameworkTally,
)
from idkeep.report.framework_csv import csv
from idkeep.report.framework_html import html
from idkeep.report.scan import ScanReport, scan_report

KEYS = Control(id="1", asks="root has no access keys", objectives=("root-no-access-keys",))
HALF = replace(KEYS, id="2", in_part=True)
UNSERVED = replace(KEYS, id="3", objectives=("root-no-access-keys", "nothing serves this"))
BY_HAND = Control(id="4", asks="a person looks", manual=True)
ELSEWHERE = Control(id="5", asks="something else")
SMALL = Framework(
    id="small",
    title="Small",
    version="1",
    complete=True,
    controls=(KEYS, HALF, UNSERVED, BY_HAND, ELSEWHERE),
)
CHECKS = tuple(one for one in ALL if one.id == "root-access-key")
CATALOG = load_catalog()
CLEAN = snapshot_of(ROOT)
KEYED = snapshot_of(replace(ROOT, has_access_keys=True))
BLIND = snapshot_of(replace(ROOT, has_access_keys=NO_SUMMARY))
ATTESTED: dict[str, Any] = {"framework": "small", "who": "Ada", "when": date(2026, 11, 2)}


def scanned(snapshot: Snapshot, settings: Settings) -> ScanReport:
    return scan_report(
        snapshot=snapshot,
        checks=CHECKS,
        outcomes=run(CHECKS, Estate(snapshot, settings, CATALOG)),
        settings=settings,
        version="0.1.0",
    )


def reported(
    *snapshots: Snapshot, settings: Settings | None = None, framework: Framework = SMALL
) -> FrameworkReport:
    chosen = settings or Settings()
    tally = FrameworkTally(framework, chosen)
    for one in snapshots:
        tally.add(scanned(one, chosen))
    return tally.report("0.1.0")


def statuses(report: FrameworkReport) -> list[str]:
    return [one.status.value for one in report.controls]


def the(report: FrameworkReport, control: str) -> AccountControl:
    [found] = [one for one in report.controls if one.id == control]
    return found.accounts[0]


def attested(control: str, *, passed: bool, **more: Any) -> Settings:
    return Settings(evidence=(Evidence(control=control, passed=passed, **ATTESTED, **more),))


@pytest.mark.parametrize(
    ("snapshot", "expected"),
    [
        (CLEAN, ["pass", "manual", "manual", "manual", "not_assessed"]),
        (KEYED, ["fail", "fail", "fail", "manual", "not_assessed"]),
        (BLIND, ["unknown", "unknown", "unknown", "manual", "not_assessed"]),
    ],
    ids=["clean", "keyed", "blind"],
)
def test_a_control_passes_only_where_all_of_it_was_looked_at(
    snapshot: Snapshot, expected: list[str]
) -> None:
    assert statuses(reported(snapshot)) == expected


def test_of_a_framework_that_is_here_in_part_no_control_passes_by_checks_alone() -> None:
    assert statuses(reported(CLEAN, framework=replace(SMALL, complete=False)))[0] == "manual"


@pytest.mark.parametrize("snapshot", [CLEAN, KEYED, BLIND], ids=["clean", "keyed", "blind"])
def test_the_counts_are_of_all_controls(snapshot: Snapshot) -> None:
    report = reported(snapshot)
    assert sum(report.counts.values()) == len(SMALL.controls)
    assert set(report.counts) == set(ControlStatus)


def test_over_accounts_a_control_stands_as_in_the_worst() -> None:
    assert statuses(reported(CLEAN, BLIND, KEYED))[0] == "fail"
    assert statuses(reported(CLEAN, BLIND))[0] == "unknown"


def test_an_account_that_was_not_read_leaves_open_what_is_assessed() -> None:
    tally = FrameworkTally(SMALL, Settings())
    tally.add(scanned(CLEAN, Settings()))
    tally.add_unread("444455556666", "sandbox", "AccessDenied")
    report = tally.report("0.1.0")
    assert statuses(report) == ["unknown", "unknown", "unknown", "manual", "not_assessed"]
    assert report.controls[0].accounts[1].why == "the account was not read: AccessDenied"


def test_an_account_that_was_skipped_is_told_and_weighs_nothing() -> None:
    tally = FrameworkTally(SMALL, Settings())
    tally.add(scanned(CLEAN, Settings()))
    tally.add_skipped("444455556666", "old", "SUSPENDED")
    report = tally.report("0.1.0")
    assert statuses(report)[0] == "pass"
    assert [one.why for one in report.accounts] == ["", "SUSPENDED"]


def test_no_account_at_all_is_no_pass() -> None:
    assert set(statuses(reported())) == {"unknown"}


def test_a_person_decides_what_idkeep_cannot() -> None:
    kept = reported(CLEAN, settings=attested("4", passed=True))
    assert statuses(kept)[3] == "pass"
    assert the(kept, "4").why == "Ada found it kept on 2026-11-02"
    assert statuses(reported(CLEAN, settings=attested("4", passed=False)))[3] == "fail"
    assert statuses(reported(CLEAN, settings=attested("5", passed=True)))[4] == "pass"
    assert statuses(reported(CLEAN, settings=attested("2", passed=True)))[1] == "pass"


def test_a_person_does_not_outdo_what_was_found_or_could_not_be_told() -> None:
    assert statuses(reported(KEYED, settings=attested("1", passed=True)))[0] == "fail"
    assert statuses(reported(BLIND, settings=attested("1", passed=True)))[0] == "unknown"
    assert statuses(reported(CLEAN, settings=attested("1", passed=False)))[0] == "fail"


def test_evidence_of_another_account_says_nothing_here() -> None:
    other = attested("4", passed=True, account="999999999999")
    assert statuses(reported(CLEAN, settings=other))[3] == "manual"


def test_what_is_agreed_to_is_suppressed_and_no_pass() -> None:
    agreed = Suppression(
        check="root-access-key", reason="until the move", owner="Ada", expires=date(2099, 1, 1)
    )
    report = reported(KEYED, settings=Settings(suppressions=(agreed,)))
    assert statuses(report)[0] == "suppressed"
    assert the(report, "1").findings[0].suppressed


def test_every_objective_that_is_named_is_there() -> None:
    known = set(objectives())
    for check in ALL:
        assert set(check.controls) <= known, check.id
        assert check.controls, check.id
    for framework in frameworks():
        for control in framework.controls:
            assert set(control.objectives) <= known, (framework.id, control.id)


def test_frameworks_are_whole() -> None:
    by_id = {one.id: one for one in frameworks()}
    sizes = {"cis-3.0": 62, "cis-4.0": 64, "cis-5.0": 63, "cis-6.0": 63, "cis-7.0": 70, "fsbp": 336}
    assert {name: len(by_id[name].controls) for name in sizes} == sizes
    for framework in by_id.values():
        ids = [one.id for one in framework.controls]
        assert len(ids) == len(set(ids)), framework.id


def test_checks_of_the_other_scanner_have_ours_or_a_reason() -> None:
    ids = {one.id for one in ALL}
    assert len(peer_checks()) == 126
    for peer in peer_checks():
        assert bool(peer.checks) != bool(peer.why), peer.id
        assert set(peer.checks) <= ids, peer.id


def test_a_misspelt_framework_is_told() -> None:
    with pytest.raises(IdkeepError) as caught:
        find_framework("cis7")
    assert caught.value.hint == "did you mean cis-7.0?"


def test_the_table_has_a_row_for_each_control_and_account() -> None:
    rows = "".join(csv(reported(CLEAN, KEYED))).splitlines()
    assert len(rows) == 1 + 2 * len(SMALL.controls)
    assert rows[0].startswith("framework,version,control,asks,level,manual,account,status,why")


def test_the_page_counts_every_control_and_loads_nothing() -> None:
    hostile = replace(ANA, name="<script>alert(1)</script>")
    page = "".join(html(reported(snapshot_of(ROOT, hostile, ACCOUNT), KEYED)))
    assert page.count('<article class="control') == len(SMALL.controls)
    assert "<script" not in page
    assert "http-equiv" in page
    assert str(NOW.year) in page
