"""The demo's organisation: its policies, its resources, and its report."""

import json
import re
import time
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.console import Console

from idkeep.api.accounts import Narrowed
from idkeep.collect import actions
from idkeep.demo import DemoServer
from idkeep.model import Family, Organization, policy_levels
from idkeep.model.run import RunAccount
from idkeep.report import OrganizationReport, as_json, json_schema
from idkeep.report.format import format_of
from idkeep.report.organization import Coverage
from idkeep.report.organization_text import OrganizationText
from idkeep.store import SqliteStore
from organization_scans import (
    IDENTITY,
    MANAGEMENT,
    PRODUCTION,
    SANDBOX,
    SECURITY,
    Scan,
    role,
    rows,
    scanner,
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "s.db"


@pytest.fixture
def scan(server: DemoServer, store: Path, monkeypatch: pytest.MonkeyPatch) -> Scan:
    return scanner(server, store, monkeypatch)


def test_the_organisation_is_read_once_and_binds_each_account(
    server: DemoServer, scan: Scan, store: Path
) -> None:
    report = scan(families=IDENTITY | {Family.ORGANIZATION})
    asked = [one for one in server.calls() if one.action.startswith("organizations:")]
    # Each account is asked for the invitations that it received, which nobody else can tell.
    assert {one.action for one in asked if one.account != MANAGEMENT} == {
        "organizations:ListHandshakesForAccount"
    }
    by_id = {one.id: one for one in report.accounts}
    snapshot = SqliteStore(store).get(by_id[SANDBOX].snapshot)
    assert isinstance(snapshot.organization, Organization)
    assert isinstance(snapshot.organization.accounts, tuple)
    assert [one.id for one in snapshot.organization.accounts] == [SANDBOX]
    assert snapshot.organization.concerns == SANDBOX
    levels = policy_levels(snapshot.organization, SANDBOX, "SERVICE_CONTROL_POLICY")
    whole = SqliteStore(store).get(by_id[MANAGEMENT].snapshot).organization
    assert isinstance(whole, Organization)
    assert not whole.concerns
    deputies = whole.delegated_administrators
    assert isinstance(deputies, tuple)
    assert snapshot.organization.delegated_administrators == deputies
    assert levels == policy_levels(whole, SANDBOX, "SERVICE_CONTROL_POLICY")
    assert isinstance(levels, tuple)
    assert all(text in snapshot.documents for level in levels for text in level.documents)
    assert not snapshot.gaps


def test_the_document_keeps_to_its_schema_and_its_promise(scan: Scan) -> None:
    report = scan(role=role(""))
    document = json.loads(as_json(report))
    jsonschema.validate(document, json_schema(OrganizationReport))
    assert document["schema"] == "idkeep.organization/1"
    page = "".join(format_of("html").end(report)).partition('<script type="application/json"')[0]
    words = unescape(re.sub(r"<[^>]+>", "", page))
    for one in report.accounts:
        assert one.id in words
        assert one.why.replace("`", "") in words
    console = Console(width=200, record=True, file=StringIO())
    console.print(OrganizationText(report))
    shown = console.export_text()
    assert "5 accounts listed = 2 scanned + 0 incomplete + 2 failed + 1 skipped" in shown
    assert all(one.id in shown for one in report.accounts)


def test_the_organisations_role_may_exactly_what_a_scan_of_all_accounts_asks(
    server: DemoServer, scan: Scan
) -> None:
    scan(families=frozenset(Family) - {Family.RESOURCES, Family.MORE_RESOURCES, Family.CREDENTIALS})
    asked = {one.action for one in server.calls() if one.account == SANDBOX}
    assert asked <= set(actions(Family))


@pytest.fixture
def no_regions(server: DemoServer) -> None:
    """Buckets are listed everywhere; what else there is, region by region."""
    server.faults(rewrite={"account:ListRegions": (("ENABLED_BY_DEFAULT|ENABLED", "DISABLED"),)})


@pytest.mark.usefixtures("no_regions")
def test_an_account_whose_resources_cost_too_much_is_read_without_them(scan: Scan) -> None:
    told: dict[str, Any] = {
        "families": frozenset({Family.RESOURCES}),
        "narrowed": Narrowed(accounts=(PRODUCTION,)),
    }
    report = scan(**told, most_calls=0)
    coverage, why = rows(report)[PRODUCTION]
    assert coverage is Coverage.INCOMPLETE
    assert "--facts resources" in why
    assert rows(scan(**told, most_calls=0, resume=True))[PRODUCTION] == (coverage, why)
    resumed = scan(**told, resume=True)
    assert rows(resumed)[PRODUCTION] == (Coverage.SCANNED, "")
    assert resumed.run == report.run


@pytest.mark.usefixtures("no_regions")
def test_above_the_limit_one_question_is_asked_at_a_time(scan: Scan) -> None:
    asked: list[str] = []
    under_way: list[str] = []

    def above(account: RunAccount, family: Family, calls: int) -> bool:
        assert not under_way
        under_way.append(account.id)
        time.sleep(0.1)
        under_way.clear()
        asked.append(account.id)
        return family is Family.RESOURCES and calls > 0 and account.id != PRODUCTION

    chosen = Narrowed(accounts=(PRODUCTION, SECURITY))
    families = frozenset({Family.RESOURCES})
    report = scan(families=families, narrowed=chosen, most_calls=0, above=above)
    assert sorted(asked) == [PRODUCTION, SECURITY]
    assert "--facts resources" in rows(report)[PRODUCTION][1]
    assert rows(report)[SECURITY][0] is Coverage.SCANNED
