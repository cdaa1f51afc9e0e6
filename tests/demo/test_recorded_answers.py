"""Where AWS's own answers were recorded, ours have every member that theirs always have."""

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from idkeep.demo import DemoServer

from .conftest import PRODUCTION, Connect
from .test_answers_fit_the_model import (
    ABSENT,
    BY_SERVICE,
    CASES,
    Where,
    known,
    parsed_answer,
    raw_answer,
)

RECORDED = os.environ.get("IDKEEP_RECORDED_ANSWERS")
BOTO3_S_NAMES = {"access-analyzer": "accessanalyzer"}
# Recorded before AWS retired it, on 9 September 2026:
# https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
RETIRED = {("organizations:ListAccounts", "Accounts[].Status")}


@pytest.mark.skipif(RECORDED is None, reason="IDKEEP_RECORDED_ANSWERS names no recorded answers")
def test_no_member_is_missing_that_aws_always_sends(demo: DemoServer, connect: Connect) -> None:
    assert RECORDED is not None
    recorded = json.loads(gzip.decompress(Path(RECORDED).read_bytes()))["responses"]
    for _ in range(3):
        connect(demo, "iam", account=PRODUCTION).generate_credential_report()
    missing, checked = set(), 0
    served = set(demo.overlaid()) - ABSENT
    for name, answers in recorded.items():
        service, _, operation = name.partition(".")
        action = f"{BOTO3_S_NAMES.get(service, service)}:{operation}"
        bodies = [one["body"] for one in answers if one["status"] == 200]
        if action not in served or not bodies:
            continue
        ours = ask(demo, connect, action)
        always = set.intersection(*(set(members(body)) for body in bodies))
        missing |= {(action, path) for path in always - set(members(ours)) if is_there(path, ours)}
        checked += 1
    assert checked > 30
    assert missing <= RETIRED


def ask(demo: DemoServer, connect: Connect, action: str) -> dict[str, Any]:
    service, _, operation = action.partition(":")
    where = CASES.get(action) or BY_SERVICE.get(service, Where())
    client = connect(demo, service, account=where.account, region=where.region)
    model = client.meta.service_model.operation_model(operation)
    given = where.given(client) if callable(where.given) else where.given
    return parsed_answer(model, raw_answer(client, operation, known(given, model)))


def members(value: Any, path: str = "") -> Iterator[str]:
    """`Users[].Arn`, …: every member at every depth."""
    if isinstance(value, dict) and "__class__" not in value:
        for name, part in value.items():
            if name == "ResponseMetadata":
                continue
            yield f"{path}{name}"
            yield from members(part, f"{path}{name}.")
    elif isinstance(value, list):
        for part in value:
            yield from members(part, f"{path.removesuffix('.')}[].")


def is_there(path: str, ours: dict[str, Any]) -> bool:
    """Whether ours has what the member would be a member of; an empty list has nothing."""
    parent = path.rpartition(".")[0]
    if not parent:
        return True
    found: list[Any] = [ours]
    for step in parent.split("."):
        name = step.removesuffix("[]")
        found = [one[name] for one in found if isinstance(one, dict) and name in one]
        if step.endswith("[]"):
            found = [item for part in found for item in part]
    return bool(found)
