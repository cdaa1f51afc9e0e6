"""How a policy is written changes no verdict: lists, order, split statements, said twice."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from judge.conftest import Organization

Written = list[dict[str, Any]]
# What measures a text, and not what it says.
_MEASURES = ("guardrail-near-its-size",)
_LISTS = ("Action", "NotAction", "Resource", "NotResource")


def listed(statements: Written) -> Written:
    """Every single value as a list of one."""
    return [
        {
            name: [value] if name in _LISTS and isinstance(value, str) else value
            for name, value in s.items()
        }
        for s in statements
    ]


def backwards(statements: Written) -> Written:
    """Statements and their lists in the reverse order."""
    return [
        {
            name: value[::-1] if name in _LISTS and isinstance(value, list) else value
            for name, value in statement.items()
        }
        for statement in reversed(statements)
    ]


def split(statements: Written) -> Written:
    """A statement for each action."""
    return [
        {**{k: v for k, v in statement.items() if k != "Sid"}, "Action": action}
        for statement in statements
        if "Action" in statement
        for action in _several(statement["Action"])
    ] + [one for one in statements if "Action" not in one]


def twice(statements: Written) -> Written:
    """A harmless statement more: one that is there already."""
    again = [{k: v for k, v in one.items() if k != "Sid"} for one in statements]
    return [*statements, *again]


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def rewritten(text: str, change: Callable[[Written], Written]) -> str:
    try:
        document = json.loads(text)
    except ValueError:
        return text
    statements = _several(document.get("Statement", []))
    return json.dumps({**document, "Statement": change(statements)})


@pytest.mark.parametrize("change", [listed, backwards, split, twice])
def test_how_a_policy_is_written_changes_no_verdict(
    organization: Organization, change: Callable[[Written], Written]
) -> None:
    for account, snapshot in organization.snapshots.items():
        texts = {digest: rewritten(text, change) for digest, text in snapshot.documents.items()}
        before = organization.as_read(account)
        after = organization.verdicts(replace(snapshot, documents=texts))
        differing = {
            key: (before[key], after.get(key))
            for key in before
            if key[0] not in _MEASURES and before[key] != after.get(key)
        }
        assert differing == {}, (account, change.__name__)
