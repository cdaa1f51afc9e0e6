"""Decisions that AWS's documentation settles, one file a topic, each case with its page.

A case is a line of the batch format, but that documents may be named (`documents`) instead of
written out, and that `expect` says the decision and, where given, which statement denied.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from idkeep.policy.batch import Answer, decide_line

FILES = sorted((Path(__file__).parent / "cases").glob("*.toml"))
REQUEST = ("principal", "action", "resource", "resource_account", "context", "unknown")
KINDS = ("identity", "boundary", "session", "resource", "scp", "rcp", "endpoint")
SETTINGS = ("grants", "bucket")
# The services of the cases that RCPs reach, so that the cases do not hang on the catalog's date.
RCPS_REACH = frozenset(
    {
        *("s3:GetObject", "s3:PutObject", "s3:DeleteBucketPolicy", "kms:Decrypt"),
        *("sqs:SendMessage", "dynamodb:GetItem", "sts:AssumeRole"),
        "sts:AssumeRoleWithWebIdentity",
    }
)
OWN_ACCOUNT_ONLY = frozenset({"kms:schedulekeydeletion", "sqs:deletequeue", "s3:putbucketpolicy"})


def cases() -> list[Any]:
    found = []
    for path in FILES:
        topic = tomllib.loads(path.read_text())
        found += [
            pytest.param(topic, case, id=f"{path.stem}-{case['id']}") for case in topic["case"]
        ]
    return found


def spelt_out(given: Any, documents: dict[str, str]) -> Any:
    """Names of documents replaced by what they hold, wherever they stand in a layer."""
    if isinstance(given, str):
        return json.loads(documents[given])
    if isinstance(given, list):
        return [spelt_out(one, documents) for one in given]
    return given


def line(topic: dict[str, Any], case: dict[str, Any]) -> bytes:
    documents = topic.get("documents", {})
    policies = {}
    for kind in KINDS:
        field = "resource_policy" if kind == "resource" else kind
        if field not in case:
            continue
        given = spelt_out(case[field], documents)
        if kind in {"scp", "rcp"}:
            given = [{"target": str(n), "policies": level} for n, level in enumerate(given)]
        policies[kind] = given
    policies |= {key: case[key] for key in SETTINGS if key in case}
    request = {key: case[key] for key in REQUEST if key in case}
    told = {"id": case["id"], "request": request, "policies": policies}
    if "management_account" in case:
        told["management_account"] = case["management_account"]
    return json.dumps(told).encode()


def decided(topic: dict[str, Any], case: dict[str, Any]) -> Answer:
    return decide_line(line(topic, case), rcps_reach=RCPS_REACH, own_account_only=OWN_ACCOUNT_ONLY)


@pytest.mark.parametrize(("topic", "case"), cases())
def test_a_case_is_decided_as_its_page_says(topic: dict[str, Any], case: dict[str, Any]) -> None:
    answer = decided(topic, case)
    assert answer.decision == case["expect"], answer.why or answer.residual or answer.checks
    if "by" in case:
        deniers = [
            s.document for c in answer.checks for s in c.statements if c.effect.endswith("DENY")
        ]
        assert deniers == case["by"]
    if "residual" in case:
        assert answer.residual == case["residual"]


def test_each_case_has_its_own_id_and_a_page() -> None:
    for path in FILES:
        topic = tomllib.loads(path.read_text())
        ids = [case["id"] for case in topic["case"]]
        assert len(set(ids)) == len(ids), path
        assert all(
            case.get("page", topic.get("page", "")).startswith("https://") for case in topic["case"]
        )
