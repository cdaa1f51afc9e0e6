"""`compare` against every request of a world so small that all of them can be asked."""

import json
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from idkeep.policy import Context, Policy, PolicyKind, Request, Requester, parse
from idkeep.policy.symbolic import Relation, compare
from idkeep.policy.symbolic.witness import permits
from laws_profile import examples
from policy.strategies_policy import some

# Each set that the patterns below tell apart has one of these.
ACTIONS = (
    "s3:GetObject", "s3:PutObject", "s3:AutObject", "s3:GetOther", "s3:Other", "iam:GetOther",
    "ec2:Other",
)  # fmt: skip
RESOURCES = (
    "*", "arn:aws:s3:::a", "arn:aws:s3:::ab", "arn:aws:s3:::ac", "arn:aws:s3:::b",
    "arn:aws:s3:::c", "arn:aws:sns:eu-west-1:111122223333:t",
)  # fmt: skip
KEYS = {
    "aws:PrincipalTag/team": ((), ("x",), ("X",), ("xy",), ("z",), ("q",), ("x*",), ("X*",)),
    "aws:TagKeys": (
        (), ("x",), ("y",), ("z",), ("x", "y"), ("x", "z"), ("y", "z"), ("x", "y", "z"),
    ),
    "s3:max-keys": ((), ("1",), ("5",), ("7",), ("10",), ("11",)),
}  # fmt: skip
ANA = Requester.parse("arn:aws:iam::111122223333:user/ana")

_TEAM = st.tuples(
    st.sampled_from(
        ("StringEquals", "StringNotEquals", "StringLike", "StringEqualsIgnoreCase",
         "StringNotLike", "StringEqualsIfExists", "StringNotEqualsIfExists")
    ),
    st.just("aws:PrincipalTag/team"),
    some(st.sampled_from(("x", "x*", "z", "X")), 2),
) | st.tuples(
    st.just("Null"), st.just("aws:PrincipalTag/team"), st.sampled_from(("true", "false"))
)  # fmt: skip
_TAGS = st.tuples(
    st.sampled_from(
        ("ForAllValues:StringEquals", "ForAnyValue:StringEquals", "ForAllValues:StringNotEquals",
         "ForAnyValue:StringNotEquals")
    ),
    st.just("aws:TagKeys"),
    some(st.sampled_from(("x", "y")), 2),
)  # fmt: skip
_SIZE = st.tuples(
    st.sampled_from(
        ("NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericEquals",
         "NumericNotEquals", "NumericGreaterThanEqualsIfExists")
    ),
    st.just("s3:max-keys"),
    some(st.sampled_from(("5", "10")), 2),
)  # fmt: skip


CONDITIONS = dict(zip(KEYS, (_TEAM, _TAGS, _SIZE), strict=True))


@st.composite
def statements(draw: st.DrawFn, key: str) -> dict[str, Any]:
    actions = st.sampled_from(("*", "s3:*", "s3:Get*", "s3:GetObject", "iam:*", "s3:?utObject"))
    resources = st.sampled_from(
        ("*", "arn:aws:s3:::*", "arn:aws:s3:::a*", "arn:aws:s3:::a", "arn:aws:s3:::*b")
    )
    block: dict[str, dict[str, Any]] = {}
    for operator, _, values in draw(st.lists(CONDITIONS[key], max_size=2)):
        block.setdefault(operator, {})[key] = values
    return {
        "Effect": draw(st.sampled_from(("Allow", "Allow", "Deny"))),
        draw(st.sampled_from(("Action", "Action", "NotAction"))): draw(some(actions, 2)),
        draw(st.sampled_from(("Resource", "Resource", "NotResource"))): draw(some(resources, 2)),
        **({"Condition": block} if block else {}),
    }


def policies(key: str) -> st.SearchStrategy[Policy]:
    return st.lists(statements(key), min_size=1, max_size=3).map(
        lambda made: parse(
            json.dumps({"Version": "2012-10-17", "Statement": made}), PolicyKind.IDENTITY
        )
    )


pairs = st.sampled_from(sorted(KEYS)).flatmap(
    lambda key: st.tuples(st.just(key), policies(key), policies(key))
)


@examples(60)
@given(pairs)
def test_the_relation_is_that_of_the_two_sets_of_requests(pair: tuple[str, Policy, Policy]) -> None:
    key, a, b = pair
    only_a = only_b = False
    for action, resource, values in product(ACTIONS, RESOURCES, KEYS[key]):
        request = Request(
            principal=ANA, action=action, resource=resource, context=Context({key: values})
        )
        by_a, by_b = permits((a,), request), permits((b,), request)
        only_a |= by_a is True and by_b is False
        only_b |= by_b is True and by_a is False
    expected = {
        (False, False): Relation.EQUIVALENT,
        (True, False): Relation.BROADER,
        (False, True): Relation.NARROWER,
        (True, True): Relation.INCOMPARABLE,
    }[only_a, only_b]
    assert compare(a, b).relation is expected
