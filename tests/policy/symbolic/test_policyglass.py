"""PolicyGlass's own cases on parts of policies, where they are at hand.

IDKEEP_POLICY_CASES names their folder. What we answer otherwise is listed here with the reason.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from idkeep.policy import Policy, PolicyKind, parse
from idkeep.policy.symbolic import Nothing, Witness, exceeds, intersects

# A shard is a set of requests here. PolicyGlass takes two conditions that are not the same for
# disjoint, which they are not, and of two shards the larger one's conditions for the common ones.
_CONDITIONS = "a request may satisfy both conditions, and has to for what the two have in common"
DISPUTED = {
    "equal_with_opposite_effects": "the two are the same set; the effects are not in the case",
    "test_subset_arps_differing_conditions": _CONDITIONS,
    "test_disjoint_conditions": _CONDITIONS,
    "test_matching_equal_one_with_one_without_condition": _CONDITIONS,
    "test_matching_subset_conditions_larger_first": _CONDITIONS,
    "test_allow_without_condition_vs_deny_with_condition": _CONDITIONS,
}
DIMENSIONS = ("effective_action", "effective_resource", "effective_principal")


def _cases() -> list[dict[str, Any]]:
    folder = os.environ.get("IDKEEP_POLICY_CASES")
    if folder is None or not (path := Path(folder) / "policyglass_cases.json").exists():
        pytest.skip("IDKEEP_POLICY_CASES names no folder with policyglass_cases.json")
    cases: list[dict[str, Any]] = json.loads(path.read_bytes())["cases"]
    return cases


def _written(dimension: str, value: Any) -> dict[str, Any]:
    match dimension:
        case "effective_action":
            return {"Action": value}
        case "effective_resource":
            return {"Resource": value}
        case _:
            return {"Principal": {value["type"]: value["value"]}}


def _block(conditions: list[dict[str, Any]]) -> dict[str, Any]:
    """Their made-up operator and keys stand for any."""
    block: dict[str, Any] = {}
    for one in conditions:
        operator = one["operator"].replace("TestOperator", "StringEquals")
        block.setdefault(operator, {})[one["key"]] = one["values"]
    return block


def policy(shard: dict[str, Any]) -> Policy:
    """An Allow of what a shard includes, and a Deny of each of its exclusions."""
    everything = {"Principal": "*", "Action": "*", "Resource": "*"}
    allow: dict[str, Any] = {"Effect": "Allow", **everything}
    denies: list[dict[str, Any]] = []
    for dimension in DIMENSIONS:
        if (part := shard.get(dimension)) is None:
            continue
        allow |= _written(dimension, part["inclusion"])
        denies += [
            {"Effect": "Deny", **everything, **_written(dimension, one)}
            for one in part["exclusions"]
        ]
    if condition := shard.get("effective_condition"):
        allow["Condition"] = _block(condition["inclusions"])
        if condition["exclusions"]:
            block = _block(condition["exclusions"])
            denies.append({"Effect": "Deny", **everything, "Condition": block})
    document = {"Version": "2012-10-17", "Statement": [allow, *denies]}
    return parse(json.dumps(document), PolicyKind.RESOURCE)


def _shard(file: str, value: Any) -> dict[str, Any]:
    """A part of a shard as one with nothing else."""
    if "shard" in file:
        return dict(value)
    for dimension in DIMENSIONS:
        if dimension.removeprefix("effective_") in file:
            whole = "inclusion" in value if isinstance(value, dict) else False
            return {dimension: value if whole else {"inclusion": value, "exclusions": []}}
    raise AssertionError(file)


def _of(operation: str) -> list[dict[str, Any]]:
    return [
        case
        for case in _cases()
        if case["file"].startswith(f"{operation}/")
        and "condition" not in case["file"]
        and case["name"] not in DISPUTED
    ]


def test_what_lies_within_what() -> None:
    asked = 0
    for case in _of("issubset"):
        smaller, larger = (policy(_shard(case["file"], one)) for one in case["case"])
        lies_within = "NOT" not in case["set"]
        found = exceeds(smaller, larger)
        assert isinstance(found, Nothing if lies_within else Witness), case
        asked += 1
    assert asked > 20


def test_what_is_left_of_a_difference_is_in_the_first_and_not_in_the_second() -> None:
    asked = 0
    for case in _of("difference"):
        first, second, *rest = (
            policy(_shard(case["file"], one))
            for one in (case["case"]["first"], case["case"]["second"], *case["case"]["result"])
        )
        for one in rest:
            assert isinstance(exceeds(one, first), Nothing), case
            assert isinstance(intersects(one, second), Nothing), case
        assert isinstance(exceeds(first, second), Witness if rest else Nothing), case
        asked += 1
    assert asked > 20


def test_what_two_have_in_common() -> None:
    asked = 0
    for case in _of("intersection"):
        told = case["case"]
        first, second = (policy(_shard(case["file"], told[n])) for n in ("first", "second"))
        found = intersects(first, second)
        assert isinstance(found, Witness if told["result"] else Nothing), case
        if told["result"]:
            both = policy(_shard(case["file"], told["result"]))
            assert isinstance(exceeds(both, first), Nothing), case
            assert isinstance(exceeds(both, second), Nothing), case
        asked += 1
    assert asked > 10
