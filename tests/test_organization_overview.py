"""What administrators' listings spare the members of an organisation, over real HTTP."""

from collections import Counter
from pathlib import Path

import pytest

from idkeep import checks
from idkeep.access import Estate
from idkeep.api.accounts import Narrowed
from idkeep.api.catalog import load_catalog
from idkeep.config import Settings
from idkeep.demo import DemoServer
from idkeep.model import Family, Snapshot, Status
from idkeep.model.services import Services
from idkeep.report import OrganizationReport
from idkeep.report.organization import Coverage
from idkeep.store import SqliteStore
from organization_scans import MANAGEMENT, PRODUCTION, SECURITY, Scan, rows, scanner

SERVICES = frozenset({Family.SERVICES})
WITH_ORGANIZATION = SERVICES | {Family.ORGANIZATION}
TELLERS = (MANAGEMENT, SECURITY)
CHOSEN = Narrowed(accounts=(*TELLERS, PRODUCTION))
# Production is the security account's member in one region of 17.
SPARED = {
    "guardduty:ListDetectors": 1,
    "guardduty:GetAdministratorAccount": 1,
    "securityhub:GetAdministratorAccount": 1,
    "fms:GetAdminAccount": 1,
    "config:DescribeConfigurationAggregators": 17,
}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "s.db"


@pytest.fixture
def scan(server: DemoServer, store: Path, monkeypatch: pytest.MonkeyPatch) -> Scan:
    return scanner(server, store, monkeypatch)


def asked(server: DemoServer, account: str = PRODUCTION) -> Counter[str]:
    return Counter(one.action for one in server.calls() if one.account == account)


def kept(store: Path, report: OrganizationReport, account: str = PRODUCTION) -> Snapshot:
    [row] = [one for one in report.accounts if one.id == account]
    return SqliteStore(store).get(row.snapshot)


def spared_facts(snapshot: Snapshot) -> list[object]:
    """What is told elsewhere, and all around it."""
    services = snapshot.services
    assert isinstance(services, Services)
    assert isinstance(services.regions, tuple)
    each = [(one.region, one.detectors, one.security_hub) for one in services.regions]
    return [each, services.firewall_manager]


def test_members_are_not_asked_what_their_administrator_told(
    server: DemoServer, scan: Scan, store: Path
) -> None:
    by_itself = kept(store, scan(families=SERVICES, narrowed=Narrowed(accounts=(PRODUCTION,))))
    before = asked(server)
    server.forget()
    found = kept(store, scan(families=WITH_ORGANIZATION, narrowed=CHOSEN))
    after = asked(server)
    assert before - after == SPARED
    assert not after - before
    assert spared_facts(found) == spared_facts(by_itself)
    in_order = [one.account for one in server.calls() if one.action == "guardduty:ListDetectors"]
    assert set(in_order[-16:]) == {PRODUCTION}
    assert not found.gaps


def test_evidence_names_the_listing_and_whose_it_is(scan: Scan, store: Path) -> None:
    report = scan(families=WITH_ORGANIZATION, narrowed=CHOSEN)
    found, listed = kept(store, report), kept(store, report, SECURITY)
    [check] = [one for one in checks.ALL if one.id == "guardduty-for-itself"]
    [outcome] = checks.run([check], Estate(found, Settings(), load_catalog()))
    [verdict] = outcome.verdicts
    facts = {one.name: one for one in verdict.evidence}
    administrator = facts["regions.detectors.administrator"]
    assert administrator.action == f"guardduty:ListMembers in {SECURITY}"
    assert administrator.as_of == listed.taken
    assert facts["regions.detectors.members"].as_of == found.taken


def test_where_the_listing_is_refused_each_account_is_asked_and_the_gap_is_told(
    server: DemoServer, scan: Scan, store: Path
) -> None:
    server.faults(deny=[f"guardduty:ListMembers@{SECURITY}"])
    report = scan(families=WITH_ORGANIZATION, narrowed=CHOSEN)
    assert rows(report)[SECURITY] == (
        Coverage.INCOMPLETE,
        "could not be read: guardduty:ListMembers",
    )
    assert rows(report)[PRODUCTION] == (Coverage.SCANNED, "")
    assert asked(server)["guardduty:GetAdministratorAccount"] == 1
    assert asked(server)["guardduty:ListDetectors"] == 17
    assert asked(server)["securityhub:GetAdministratorAccount"] == 0
    assert {one.by for one in kept(store, report).told_elsewhere} == {
        "securityhub:ListMembers",
        "fms:GetAdminAccount",
    }


def test_an_account_that_cannot_be_entered_tells_nothing(server: DemoServer, scan: Scan) -> None:
    server.faults(broken=[f"sts:GetCallerIdentity@{SECURITY}"])
    report = scan(families=WITH_ORGANIZATION, narrowed=CHOSEN)
    assert rows(report)[SECURITY][0] is Coverage.FAILED
    assert rows(report)[PRODUCTION][0] is Coverage.SCANNED
    assert asked(server)["guardduty:GetAdministratorAccount"] == 1


def test_another_worker_uses_what_is_there_when_it_comes_to_an_account(
    server: DemoServer, scan: Scan, store: Path
) -> None:
    """Accounts are dealt out in turn: the second worker has none of those that tell."""
    shards = {"families": WITH_ORGANIZATION, "narrowed": CHOSEN}
    first = scan(**shards, shard=(1, 2))
    second = scan(**shards, shard=(2, 2))
    assert first.run == second.run
    of_whom = {one.id: one for report in (first, second) for one in report.accounts if one.snapshot}
    assert set(of_whom) == {*TELLERS, PRODUCTION}
    found = SqliteStore(store).get(of_whom[PRODUCTION].snapshot)
    assert {one.account for one in found.told_elsewhere} <= set(TELLERS)
    assert asked(server)["config:DescribeConfigurationAggregators"] == 0


def test_who_administers_what_is_judged_in_the_management_account_and_known_in_all(
    scan: Scan, store: Path
) -> None:
    families = frozenset({Family.IDENTITY, Family.ORGANIZATION})
    report = scan(families=families, narrowed=Narrowed(accounts=(MANAGEMENT, PRODUCTION)))
    wanted = ("nobody-administers-guardduty", "user-can-take-root-of-members")
    chosen = [one for one in checks.ALL if one.id in wanted]

    def statuses(account: str) -> dict[str, Counter[Status]]:
        estate = Estate(kept(store, report, account), Settings(), load_catalog())
        return {
            one.check: Counter(verdict.status for verdict in one.verdicts)
            for one in checks.run(chosen, estate)
        }

    assert statuses(MANAGEMENT)["nobody-administers-guardduty"] == {Status.PASS: 1}
    there = statuses(PRODUCTION)
    assert there["nobody-administers-guardduty"] == {Status.NOT_APPLICABLE: 1}
    assert there["user-can-take-root-of-members"][Status.UNKNOWN] == 0
    assert there["user-can-take-root-of-members"][Status.PASS]
