"""Which checks stand behind each control, and that none says more of it than it shows."""

import tomllib
from io import StringIO
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from idkeep.access import Estate
from idkeep.api.catalog import load_catalog
from idkeep.api.framework_report import framework_of_snapshot, within_limits
from idkeep.api.frameworks import find_framework, frameworks
from idkeep.checks import ALL, run
from idkeep.checks.samples import (
    ACCOUNT,
    ANA,
    APP,
    ROOT,
    allow,
    inline,
    key,
    managed,
    snapshot_of,
)
from idkeep.config import Settings
from idkeep.model import Snapshot
from idkeep.report.framework import FrameworkReport, FrameworkTally
from idkeep.report.framework_csv import csv
from idkeep.report.framework_html import html
from idkeep.report.framework_text import FrameworkText
from idkeep.report.scan import scan_report
from idkeep.store import SqliteStore

CATALOG = load_catalog()
IDS = tomllib.loads((Path(__file__).parent / "framework_ids.toml").read_text(encoding="utf-8"))
# What a control asks for and idkeep does not look at yet.
UNSERVED = {
    "instance-roles": "whether instances hold keys is not read",
    "threats-in-trails": "events are not read",
}
# Checks that no control of these frameworks asks for, and why.
NOWHERE = {
    "ai-opt-out": "use of data by a provider is no control on identities",
    "central-security-policies": "whether the services are on is asked in each account itself",
    "denial-of-service-protection": "not about identities",
    "firewall-policies-kept": "not about identities",
    "premium-support": "not about identities",
    "guardrail-room": "room for a later policy keeps or breaks nothing today",
    "log-groups-expire": "frameworks say how long logs stay at least, and not at most",
    "regional-endpoints": "that sessions hold everywhere keeps work going, and nobody out",
    "trail-logs-itself": "no control asks for CloudTrail's own writes",
}
BY_OBJECTIVE: dict[str, list[str]] = {}
for _one in ALL:
    for _objective in _one.controls:
        BY_OBJECTIVE.setdefault(_objective, []).append(_one.id)


@pytest.mark.parametrize("name", sorted(IDS))
def test_a_framework_has_each_control_of_its_list_and_no_other(name: str) -> None:
    assert [one.id for one in find_framework(name).controls] == IDS[name].split()


def test_every_framework_has_a_list() -> None:
    assert {one.id for one in frameworks()} == set(IDS)


def test_every_objective_that_a_control_asks_for_is_served_or_said_not_to_be() -> None:
    asked = {name for one in frameworks() for each in one.controls for name in each.objectives}
    assert asked - set(BY_OBJECTIVE) == set(UNSERVED)


def test_every_check_counts_in_some_framework_or_there_is_a_reason() -> None:
    asked = {name for one in frameworks() for each in one.controls for name in each.objectives}
    lost = {one.id: one.controls for one in ALL if not set(one.controls) & asked}
    assert {name for names in lost.values() for name in names} == set(NOWHERE), lost


@pytest.mark.parametrize("name", ["cis-7.0", "fsbp"])
def test_the_checks_behind_each_control(name: str, snapshot: SnapshotAssertion) -> None:
    """A change of it is a line in the changelog: controls pass or fail otherwise by it."""
    behind = {
        control.id: sorted(
            one.id for one in ALL if control.rests_on(one.controls, one.subject.__name__)
        )
        for control in find_framework(name).controls
        if control.objectives
    }
    assert behind == snapshot


def test_the_versions_of_cis_agree_about_the_same_control() -> None:
    """By what they ask in idkeep's words, which are the same where the control is."""
    said: dict[str, set[tuple[object, ...]]] = {}
    for one in frameworks():
        if one.id.startswith("cis-"):
            for each in one.controls:
                way = (each.objectives, each.in_part, each.kinds, each.of)
                said.setdefault(each.asks, set()).add(way)
    assert {asks for asks, ways in said.items() if len(ways) > 1} == set()


def statuses(
    framework: str, snapshot: Snapshot, settings: Settings | None = None
) -> dict[str, str]:
    chosen = find_framework(framework)
    limited = within_limits(settings or Settings(), chosen)
    names = {name for one in chosen.controls for name in one.objectives}
    checks = tuple(one for one in ALL if names & set(one.controls))
    tally = FrameworkTally(chosen, limited)
    outcomes = run(checks, Estate(snapshot, limited, CATALOG))
    tally.add(
        scan_report(
            snapshot=snapshot, checks=checks, outcomes=outcomes, settings=limited, version="0"
        )
    )
    return {one.id: one.status.value for one in tally.report("0").controls}


OF_AWS = managed("AdministratorAccess", allow("*"), by_aws=True)
OF_THE_ACCOUNT = managed("everything", allow("*"))
UNUSED = managed("everything", allow("*"), attachments=0)
DECRYPTS = allow("kms:Decrypt")
BY_POLICY = managed("decrypts", DECRYPTS)
BY_MOVE = managed("moves", allow("kms:ReEncryptFrom"))
BY_HAND = replace(ANA, inline_policies=(inline(DECRYPTS),))


@pytest.mark.parametrize(
    ("snapshot", "framework", "control", "expected"),
    [
        (snapshot_of(replace(ROOT, virtual_mfa=(APP,))), "cis-7.0", "2.5", "pass"),
        (snapshot_of(replace(ROOT, virtual_mfa=(APP,))), "cis-7.0", "2.6", "fail"),
        (snapshot_of(replace(ROOT, has_mfa=False)), "cis-7.0", "2.6", "fail"),
        (snapshot_of(replace(ROOT, has_mfa=False)), "fsbp", "IAM.6", "fail"),
        (snapshot_of(replace(ROOT, has_certificates=True)), "cis-7.0", "2.4", "pass"),
        (snapshot_of(replace(ROOT, has_access_keys=True)), "fsbp", "IAM.4", "fail"),
        (snapshot_of(OF_AWS), "cis-7.0", "2.14", "fail"),
        (snapshot_of(OF_AWS), "fsbp", "IAM.1", "not_applicable"),
        (snapshot_of(OF_THE_ACCOUNT), "fsbp", "IAM.1", "fail"),
        (snapshot_of(UNUSED), "fsbp", "IAM.1", "fail"),
        (snapshot_of(UNUSED), "cis-7.0", "2.14", "pass"),
        (snapshot_of(BY_POLICY), "fsbp", "KMS.1", "fail"),
        (snapshot_of(BY_MOVE), "fsbp", "KMS.1", "fail"),
        (snapshot_of(BY_POLICY), "fsbp", "KMS.2", "not_applicable"),
        (snapshot_of(BY_POLICY, BY_HAND), "fsbp", "KMS.2", "fail"),
        (snapshot_of(BY_HAND), "fsbp", "KMS.1", "not_applicable"),
    ],
)
def test_a_control_is_judged_by_what_it_asks(
    snapshot: Snapshot, framework: str, control: str, expected: str
) -> None:
    assert statuses(framework, snapshot)[control] == expected


def test_a_framework_s_limits_are_settings() -> None:
    for one in frameworks():
        assert set(one.limits) <= set(Settings.__struct_fields__), one.id
        limited = within_limits(Settings(), one)
        assert msgspec.convert(msgspec.to_builtins(limited), Settings) == limited


OLD_KEY = replace(ANA, access_keys=(key(age=120, used=60),))


@pytest.mark.parametrize(
    ("framework", "key_age", "idle"),
    [
        ("cis-3.0", "1.14", "1.12"),
        ("cis-4.0", "1.14", "1.12"),
        ("cis-5.0", "1.13", "1.11"),
        ("cis-6.0", "2.13", "2.11"),
        ("cis-7.0", "2.12", "2.11"),
    ],
)
def test_cis_s_own_limits_decide_whatever_the_settings_allow(
    framework: str, key_age: str, idle: str
) -> None:
    lax = Settings(max_access_key_age=365, unused_after=365)
    found = statuses(framework, snapshot_of(OLD_KEY), lax)
    assert (found[key_age], found[idle]) == ("fail", "fail")


def test_a_stricter_house_rule_breaks_no_control() -> None:
    strict = Settings(max_access_key_age=30, unused_after=10, min_password_length=20)
    fresh = snapshot_of(replace(ANA, access_keys=(key(age=80, used=20),)))
    found = statuses("cis-7.0", fresh, strict)
    assert (found["2.12"], found["2.11"]) == ("pass", "pass")


def test_fsbp_gives_credentials_ninety_days_where_cis_gives_forty_five() -> None:
    snapshot = snapshot_of(replace(ANA, access_keys=(key(age=80, used=60),)))
    assert statuses("cis-7.0", snapshot)["2.11"] == "fail"
    assert statuses("fsbp", snapshot)["IAM.8"] == "pass"


def test_the_limits_hold_in_a_report_of_what_was_kept(tmp_path: Path) -> None:
    SqliteStore(tmp_path / "s.db").put(snapshot_of(OLD_KEY, ACCOUNT))
    lax = Settings(max_access_key_age=365)
    found = framework_of_snapshot(
        find_framework("cis-7.0"), "latest", store=tmp_path / "s.db", settings=lax
    )
    assert {one.id: one.status for one in found.controls}["2.12"] == "fail"
    assert found.limits["max_access_key_age"] == 90
    said = ("".join(csv(found)), "".join(html(found)), rendered(found))
    assert all("max_access_key_age = 90" in " ".join(one.split()) for one in said)


def rendered(report: FrameworkReport) -> str:
    out = StringIO()
    Console(width=200, file=out, no_color=True).print(FrameworkText(report))
    return out.getvalue()
