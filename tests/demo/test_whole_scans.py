"""A scan for all families gets an answer to all that it asks, and meets every kind of resource."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from idkeep.api.demo import strays
from idkeep.api.scan import read_account
from idkeep.cli.demo import command
from idkeep.demo import DemoServer, running
from idkeep.model import Family
from idkeep.model.resources import Resources

from .conftest import MANAGEMENT, PRODUCTION, SANDBOX, SECURITY

# Of an account with 300 users, 200 roles and 100 policies of its own.
IDENTITY_CALLS = 40


# Where a kind of resource is declared nowhere in the account, its list was read and is empty.
STOCKED = {PRODUCTION, SANDBOX}


@pytest.mark.parametrize("account", [MANAGEMENT, SECURITY, PRODUCTION, SANDBOX])
def test_all_families_leave_no_gap(
    demo: DemoServer, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = demo.environment(account=account)
    for name in strays(said):
        monkeypatch.delenv(name, raising=False)
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    snapshot = read_account(account=account, families=set(Family) - {Family.MORE_RESOURCES})
    assert snapshot.gaps == ()
    found = snapshot.resources
    assert isinstance(found, Resources)
    assert found.unlisted == ()
    empty = {name for name in found.__struct_fields__ if getattr(found, name) == ()}
    assert empty == {"unlisted"} or account not in STOCKED


def test_a_crowd_s_identities_take_few_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "estate.toml"
    path.write_text('[account]\nid = "000000000042"\n', encoding="utf-8")
    with running(path, users=300) as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        snapshot = read_account(families=[Family.IDENTITY])
        assert snapshot.gaps == ()
        assert (len(snapshot.users), len(snapshot.roles)) == (300, 200)
        assert len([one for one in snapshot.policies if ":iam::aws:" not in str(one.arn)]) == 100
        assert len(server.requests()) <= IDENTITY_CALLS


def test_the_demo_is_as_large_as_asked() -> None:
    asked = ["--users", "30", "--accounts", "2", "--json", "-"]
    said = CliRunner().invoke(command, asked, catch_exceptions=False)
    assert said.exit_code == 0
    report = json.loads(said.stdout)
    [check] = [one for one in report["checks"] if one["id"] == "old-access-key"]
    names = {one["subject"]["name"] for one in check["results"]}
    assert {"li.na", "crowd-user-00001", "crowd-user-00030"} <= names
