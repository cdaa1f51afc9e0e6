"""What an open answer says holds, however the unknown keys turn out."""

import json

from hypothesis import given
from hypothesis import strategies as st

from idkeep.policy import (
    And,
    Context,
    Expression,
    Not,
    Open,
    Or,
    Policy,
    PolicyKind,
    Truth,
    all_of,
    any_of,
    applies,
    negation,
    parse,
)
from policy.strategies_policy import (
    ACTIONS,
    RESOURCES,
    condition_blocks,
    documents,
    partly_known,
    resources_written,
    some,
)

_known = partly_known()
_actions = st.sampled_from(ACTIONS)
_resources = st.sampled_from(RESOURCES)
# Half of them match every action, or the conditions would seldom be asked.
_open_hearted = st.builds(
    lambda resource, block: {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "*", "Resource": resource, "Condition": block},
    },
    some(resources_written),
    condition_blocks(),
)
_policies = st.builds(
    lambda made: parse(json.dumps(made), PolicyKind.IDENTITY), _open_hearted | documents()
)


def settled(truth: Truth) -> bool | str:
    """True, false, or what nobody can tell. Two doubts may come in another order."""
    return "undocumented" if isinstance(truth, Open) else truth


@given(_policies, _actions, _resources, _known)
def test_what_is_open_is_decided_as_the_whole_would_be(
    policy: Policy, action: str, resource: str, contexts: tuple[Context, Context]
) -> None:
    partly, whole = contexts
    for statement in policy.statements:
        before = applies(statement, action, resource, partly)
        after = applies(statement, action, resource, whole)
        if isinstance(before, Open):
            assert settled(before.residual.evaluate(whole)) == settled(after)
        else:
            assert before is after


@given(_policies, _actions, _resources, _known)
def test_a_negated_answer_is_the_contrary(
    policy: Policy, action: str, resource: str, contexts: tuple[Context, Context]
) -> None:
    partly, whole = contexts
    for statement in policy.statements:
        before = negation(applies(statement, action, resource, partly))
        after = negation(applies(statement, action, resource, whole))
        if isinstance(before, Open):
            assert settled(before.residual.evaluate(whole)) == settled(after)
            assert negation(negation(before)) == before


@given(st.lists(_policies, min_size=1, max_size=3), _actions, _resources, _known)
def test_and_or_over_statements_are_decided_as_the_whole_would_be(
    policies: list[Policy], action: str, resource: str, contexts: tuple[Context, Context]
) -> None:
    partly, whole = contexts
    several = [s for policy in policies for s in policy.statements]
    for join in (all_of, any_of):
        before = join(applies(s, action, resource, partly) for s in several)
        after = join(applies(s, action, resource, whole) for s in several)
        if isinstance(before, Open):
            assert settled(before.residual.evaluate(whole)) == settled(after)
        else:
            assert before is after


@given(_policies, _actions, _resources, _known)
def test_an_open_answer_can_be_read_and_holds_nothing_decided(
    policy: Policy, action: str, resource: str, contexts: tuple[Context, Context]
) -> None:
    for statement in policy.statements:
        truth = applies(statement, action, resource, contexts[0])
        if isinstance(truth, Open):
            assert str(truth)
            assert _flat(truth.residual)


def _flat(expression: Expression) -> bool:
    """No AND in an AND, no OR in an OR, no repeated part, none alone."""
    match expression:
        case And(parts) | Or(parts):
            kinds = {type(part) for part in parts}
            distinct = len(set(parts)) == len(parts) > 1
            return distinct and type(expression) not in kinds and all(map(_flat, parts))
        case Not(part):
            return not isinstance(part, Not) and _flat(part)
        case _:
            return True
