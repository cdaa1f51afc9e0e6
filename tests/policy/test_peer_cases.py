"""Cases gathered from other engines' own tests, where they are at hand.

IDKEEP_POLICY_CASES names their folder. What we answer otherwise is listed here with the reason.
"""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from idkeep.policy import Operator, PolicyKind, parse
from idkeep.policy.pattern import action_test, glob, resource_test

# IAM answers "Invalid Condition type" to an operator in another case; PolicyGlass takes it.
DISPUTED = {("equality/test_condition.py", "mismatched_key_case")}


def _read(name: str) -> Any:
    folder = os.environ.get("IDKEEP_POLICY_CASES")
    if folder is None or not (path := Path(folder) / name).exists():
        pytest.skip(f"IDKEEP_POLICY_CASES names no folder with {name}")
    text = path.read_bytes()
    return json.loads(gzip.decompress(text) if path.suffix == ".gz" else text)


def _policyglass() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = _read("policyglass_cases.json")["cases"]
    return cases


def test_policyglass_on_which_action_or_resource_lies_within_another() -> None:
    """A pattern lies within another where that one matches its text, `*` being a character too."""
    asked = 0
    for case in _policyglass():
        if case["file"] not in ("issubset/test_action.py", "issubset/test_resource.py"):
            continue
        smaller, larger = case["case"]
        action = case["file"].endswith("action.py")
        test = action_test((larger,)) if action else resource_test(glob(larger))
        assert test(smaller) is ("NOT" not in case["set"]), case["name"]
        asked += 1
    assert asked > 10


def test_policyglass_on_single_values() -> None:
    for case in _policyglass():
        if case["set"] != "ENSURE_LIST_SCENARIOS":
            continue
        given = {"Action": "s3:*", "Resource": "*"}
        for name in ("Action", "Resource"):
            if f"Not{name}" in case["case"]["input"]:
                given.pop(name)
        parsed = [
            parse(json.dumps({"Statement": {**given, **form}}), PolicyKind.IDENTITY).statements
            for form in (case["case"]["input"], case["case"]["expected"])
        ]
        assert parsed[0] == parsed[1]


def test_policyglass_on_operators() -> None:
    for case in _policyglass():
        if case["set"].startswith("CONDITION") and case["file"] == "test_condition.py":
            assert Operator.parse(case["case"]["input"]["operator"]) is not None
        if case["file"] == "equality/test_condition.py":
            known = all(Operator.parse(name) for block in case["case"] for name in block)
            assert known is ((case["file"], case["name"]) not in DISPUTED)


def _documents(value: Any, kind: PolicyKind) -> list[tuple[PolicyKind, dict[str, Any]]]:
    """Every policy document in an account's authorization details."""
    if isinstance(value, list):
        return [found for item in value for found in _documents(item, kind)]
    if not isinstance(value, dict):
        return []
    if "Statement" in value:
        return [(kind, value)]
    return [
        found
        for key, item in value.items()
        for found in _documents(
            item, PolicyKind.TRUST if key == "AssumeRolePolicyDocument" else kind
        )
    ]


def test_iamspy_documents_are_taken() -> None:
    taken = 0
    for name, details in _read("iamspy_cases.json")["files"].items():
        kind = PolicyKind.RESOURCE if _is_resource(name, details) else PolicyKind.IDENTITY
        for each, document in _documents(details, kind):
            assert parse(json.dumps(document), each).kind is each, name
            taken += 1
    assert taken > 20


def _is_resource(name: str, details: Any) -> bool:
    return "resource" in name or name.endswith("-rp.json")


def test_every_managed_policy_of_aws_is_taken() -> None:
    policies = _read("managed_policies_labelled.json.gz")["policies"]
    for policy in policies:
        assert parse(json.dumps(policy["document"]), PolicyKind.IDENTITY).statements
    assert len(policies) > 500
