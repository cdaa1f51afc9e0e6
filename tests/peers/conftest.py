"""Two accounts made over the API, read once: one with each slip, one in order."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from demo.conftest import clients
from idkeep.access import Estate
from idkeep.api.catalog import load_catalog
from idkeep.api.demo import strays
from idkeep.api.scan import read_account
from idkeep.checks import ALL, run
from idkeep.config import Settings
from idkeep.demo import DemoServer, running
from idkeep.model import Family, Snapshot, Status

HERE = Path(__file__).parent
BARE, KEPT = "222222222222", "333333333333"
CATALOG = load_catalog()
BY_ID = {one.id: one for one in ALL}
# The worst is what a person is told of a peer's check that several of ours stand in for.
WORST = (Status.FAIL, Status.UNKNOWN, Status.PASS, Status.NOT_APPLICABLE)
Found: TypeAlias = dict[str, dict[str, Status]]


def allow(action: object, resource: object = "*", **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(principal: object, **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more}


def document(*statements: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def judged(snapshot: Snapshot) -> Found:
    """Of each check the verdict about each subject, by its name; an id where it has none."""
    found: Found = {}
    for outcome in run(ALL, Estate(snapshot, Settings(max_password_age=90), CATALOG)):
        found[outcome.check] = {
            one.subject.name or one.subject.id: one.status for one in outcome.verdicts
        }
    return found


def scanned(server: DemoServer, account: str) -> Snapshot:
    said: Mapping[str, str] = server.environment()
    with pytest.MonkeyPatch.context() as patch:
        for name in strays(said):
            patch.delenv(name, raising=False)
        for name, value in said.items():
            patch.setenv(name, value)
        return read_account(account=account, families=frozenset(Family) - {Family.MORE_RESOURCES})


def made(file: str, account: str, make: Callable[[Callable[..., Any]], None]) -> Iterator[Found]:
    with running(HERE / file) as server, clients() as connect:

        def client(service: str, region: str | None = None) -> Any:
            return connect(server, service, region=region)

        make(client)
        yield judged(scanned(server, account))
