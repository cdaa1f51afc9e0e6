"""Laws of the parser over documents nobody wrote by hand."""

import json
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from idkeep.policy import (
    Action,
    Context,
    Diagnostic,
    NotAction,
    NotResource,
    Open,
    Policy,
    PolicyError,
    PolicyKind,
    Resource,
    Statement,
    Truth,
    applies,
    parse,
)
from policy.strategies_policy import (
    ACTIONS,
    RESOURCES,
    Json,
    documents,
    partly_known,
    principals_written,
    texts,
)

_kinds = st.sampled_from(tuple(PolicyKind))
_NAMES = (
    "Version", "Id", "Statement", "Sid", "Effect", "Principal", "NotPrincipal", "Action",
    "NotAction", "Resource", "NotResource", "Condition", "Bool", "AWS",
)  # fmt: skip
_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(_NAMES) | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


def of(document: Json, kind: PolicyKind = PolicyKind.IDENTITY) -> Policy:
    return parse(json.dumps(document), kind)


def told(truth: Truth) -> str:
    return "open" if isinstance(truth, Open) else str(truth)


def _total(text: str, kind: PolicyKind) -> None:
    refused: tuple[Diagnostic, ...] = ()
    try:
        parse(text, kind)
    except PolicyError as error:
        refused = error.problems
    assert all(each.line >= 1 and each.column >= 1 for each in refused)


@given(st.text(), _kinds)
def test_any_text_gives_a_policy_or_a_refusal(text: str, kind: PolicyKind) -> None:
    _total(text, kind)


@given(_json, _kinds)
def test_any_json_gives_a_policy_or_a_refusal(value: object, kind: PolicyKind) -> None:
    _total(json.dumps(value), kind)


@given(texts, st.data(), _kinds)
def test_any_damaged_policy_gives_a_policy_or_a_refusal(
    text: str, data: st.DataObject, kind: PolicyKind
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 6)))
    _total(text[:start] + data.draw(st.text('{}[]":,\\ux0 *', max_size=3)) + text[end:], kind)


_MADE = (PolicyKind.IDENTITY, PolicyKind.SCP, PolicyKind.RESOURCE, PolicyKind.TRUST)


@given(st.sampled_from(_MADE).flatmap(lambda kind: st.tuples(documents(kind), st.just(kind))))
def test_what_the_strategies_make_is_taken(pair: tuple[Json, PolicyKind]) -> None:
    assert of(*pair).statements


def _wrapped(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


@given(documents())
def test_wrapping_values_in_lists_changes_nothing(document: Json) -> None:
    wrapped = deepcopy(document)
    wrapped["Statement"] = _wrapped(wrapped["Statement"])
    for statement in wrapped["Statement"]:
        for name in ("Action", "NotAction", "Resource", "NotResource"):
            if name in statement:
                statement[name] = _wrapped(statement[name])
        for keys in statement.get("Condition", {}).values():
            keys.update({key: _wrapped(value) for key, value in keys.items()})
    assert of(wrapped).statements == of(document).statements


@given(principals_written)
def test_wrapping_principals_in_lists_changes_nothing(written: Any) -> None:
    def trust(principal: Any) -> Policy:
        statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
        return of({"Statement": statement}, PolicyKind.TRUST)

    wrapped = written if written == "*" else {k: _wrapped(v) for k, v in written.items()}
    assert trust(wrapped).statements == trust(written).statements


def _shuffled(value: Any, data: st.DataObject) -> Any:
    """The same JSON with the members of every object in another order."""
    if isinstance(value, dict):
        order = data.draw(st.permutations(list(value)))
        return {key: _shuffled(value[key], data) for key in order}
    return [_shuffled(item, data) for item in value] if isinstance(value, list) else value


@given(documents(), st.data(), partly_known(), st.sampled_from(ACTIONS), st.sampled_from(RESOURCES))
def test_the_order_of_members_changes_nothing(
    document: Json,
    data: st.DataObject,
    contexts: tuple[Context, Context],
    action: str,
    resource: str,
) -> None:
    before, after = of(document), of(_shuffled(document, data))
    for one, other in zip(before.statements, after.statements, strict=True):
        assert replace(one, conditions=()) == replace(other, conditions=())
        assert set(one.conditions) == set(other.conditions)
        for context in contexts:
            asked = (applies(each, action, resource, context) for each in (one, other))
            assert len({told(truth) for truth in asked}) == 1


@given(documents(), st.data())
def test_the_order_of_statements_changes_nothing_but_their_index(
    document: Json, data: st.DataObject
) -> None:
    several = _wrapped(document["Statement"])
    order = data.draw(st.permutations(range(len(several))))
    moved = of({**document, "Statement": [several[n] for n in order]})
    assert [replace(s, index=0) for s in moved.statements] == [
        replace(of(document).statements[n], index=0) for n in order
    ]


def _strings(statement: Statement) -> list[tuple[tuple[str | int, ...], str]]:
    """Every path to a string of a statement, with the string."""
    found: list[tuple[tuple[str | int, ...], str]] = [(("Effect",), statement.effect.value)]
    for element in (statement.action, statement.resource):
        if isinstance(element, Action | NotAction | Resource | NotResource):
            name = type(element).__name__
            found += [((name, n), text) for n, text in enumerate(element.patterns)]
    for line in statement.conditions:
        at = ("Condition", str(line.operator), line.key)
        found += [((*at, n), text) for n, text in enumerate(line.values)]
    return found


@given(texts)
def test_a_position_points_at_the_text_of_what_it_names(text: str) -> None:
    policy = parse(text, PolicyKind.IDENTITY)
    lines = text.split("\n")
    for statement in policy.statements:
        at = policy.position(statement.index)
        assert lines[at.line - 1][at.column - 1] == "{"
        for path, value in _strings(statement):
            at = policy.position(statement.index, *path)
            rest = "\n".join(lines[at.line - 1 :])[at.column - 1 :]
            found, _ = json.JSONDecoder().raw_decode(rest)
            assert found == value or json.dumps(found) == value
