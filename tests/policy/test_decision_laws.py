"""What is true of every decision, whatever the policies."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from idkeep.policy import Context, NotKnown, Policy, PolicyKind, parse
from idkeep.policy.decision import Allowed, Decision, Denied, Depends, Unknown
from idkeep.policy.evaluate import evaluate
from idkeep.policy.request import Level, Policies, Request
from idkeep.policy.requester import Requester

from .strategies_policy import ACTIONS, KEYS, RESOURCES, VALUES, condition_blocks, documents

ACCOUNT = "111122223333"
CALLERS = (
    f"arn:aws:iam::{ACCOUNT}:user/ana",
    f"arn:aws:sts::{ACCOUNT}:assumed-role/app/one",
    f"arn:aws:iam::{ACCOUNT}:root",
    "arn:aws:iam::444455556666:role/a",
    "events.amazonaws.com",
    "*",
)
RCPS_REACH = frozenset(ACTIONS)


def policy(document: dict[str, Any], kind: PolicyKind) -> Policy:
    return parse(json.dumps(document), kind)


identity = documents().map(lambda one: policy(one, PolicyKind.IDENTITY))
boundary = documents().map(lambda one: policy(one, PolicyKind.BOUNDARY))


@st.composite
def resource_policies(draw: st.DrawFn) -> Policy:
    """Who may be named is one of the callers, so that they meet."""
    who = draw(
        st.sampled_from(
            (
                "*",
                {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                {"AWS": CALLERS[0]},
                {"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"},
                {"AWS": CALLERS[1]},
                {"Service": "events.amazonaws.com"},
            )
        )
    )
    statement = {
        "Effect": draw(st.sampled_from(("Allow", "Deny"))),
        "Principal": who,
        "Action": draw(st.sampled_from((*ACTIONS, "*"))),
        "Resource": "*",
        "Condition": draw(condition_blocks()),
    }
    return policy({"Version": "2012-10-17", "Statement": [statement]}, PolicyKind.RESOURCE)


@st.composite
def scps(draw: st.DrawFn) -> tuple[Level, ...]:
    kinds = {
        "full": {"Effect": "Allow", "Action": "*", "Resource": "*"},
        "s3": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        "deny": {
            "Effect": "Deny",
            "Action": draw(st.sampled_from(ACTIONS)),
            "Resource": "*",
            "Condition": draw(condition_blocks()),
        },
    }
    levels = draw(st.lists(st.lists(st.sampled_from(sorted(kinds)), max_size=2), max_size=2))
    return tuple(
        Level(
            target=str(n),
            policies=tuple(
                policy({"Version": "2012-10-17", "Statement": [kinds[k]]}, PolicyKind.SCP)
                for k in level
            ),
        )
        for n, level in enumerate(levels)
    )


all_policies = st.builds(
    Policies,
    identity=st.lists(identity, max_size=2).map(tuple),
    boundary=st.none() | boundary,
    resource=st.none() | st.lists(resource_policies(), max_size=2).map(tuple),
    scp=st.none() | scps(),
    management_account=st.booleans(),
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    known = draw(st.dictionaries(st.sampled_from(KEYS), st.none(), max_size=4))
    values = {key: draw(st.sampled_from(VALUES[key])) for key in known}
    unknown = draw(st.lists(st.sampled_from(KEYS), max_size=2))
    return Request(
        principal=Requester.parse(draw(st.sampled_from(CALLERS))),
        action=draw(st.sampled_from(ACTIONS)),
        resource=draw(st.sampled_from(RESOURCES)),
        resource_account=draw(st.sampled_from(("", ACCOUNT, "444455556666"))),
        context=Context(values, [key for key in unknown if key not in values]),
    )


def decided(request: Request, policies: Policies) -> Decision:
    return evaluate(request, policies, rcps_reach=RCPS_REACH)


def answer(decision: Decision) -> object:
    """The decision without its reasons."""
    match decision:
        case Denied(by=by):
            return "explicit" if by else "implicit"
        case Depends(residual=residual):
            return str(residual)
        case _:
            return type(decision)


DENY_ALL = policy(
    {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}},
    PolicyKind.IDENTITY,
)
ELSEWHERE = policy(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "rare:Thing", "Resource": "*"},
    },
    PolicyKind.IDENTITY,
)


@given(requests(), all_policies, identity)
def test_another_deny_never_grants(request: Request, policies: Policies, more: Policy) -> None:
    denies = replace(more, statements=tuple(s for s in more.statements if s.effect.value == "Deny"))
    before = decided(request, policies)
    after = decided(request, replace(policies, identity=(*policies.identity, denies)))
    if isinstance(before, Denied):
        assert isinstance(after, Denied)
    if isinstance(after, Allowed):
        assert isinstance(before, Allowed)


@given(requests(), all_policies)
def test_a_deny_of_everything_is_final_for_whoever_has_identity_policies(
    request: Request, policies: Policies
) -> None:
    if not request.principal.account:
        return
    after = decided(request, replace(policies, identity=(*policies.identity, DENY_ALL)))
    assert answer(after) == "explicit"


@given(requests(), all_policies)
def test_an_allow_of_something_else_changes_nothing(request: Request, policies: Policies) -> None:
    more = replace(policies, identity=(ELSEWHERE, *policies.identity))
    assert answer(decided(request, more)) == answer(decided(request, policies))


@given(requests(), all_policies)
def test_taking_a_boundary_away_never_narrows(request: Request, policies: Policies) -> None:
    before = decided(request, policies)
    if isinstance(before, Allowed):
        assert isinstance(decided(request, replace(policies, boundary=None)), Allowed)


@given(requests(), all_policies)
def test_leaving_the_organisation_never_narrows(request: Request, policies: Policies) -> None:
    before = decided(request, policies)
    if isinstance(before, Allowed):
        assert isinstance(decided(request, replace(policies, scp=None)), Allowed)


@given(requests(), all_policies)
def test_the_order_of_policies_and_statements_is_nothing(
    request: Request, policies: Policies
) -> None:
    turned = replace(
        policies,
        identity=tuple(
            replace(one, statements=tuple(reversed(one.statements)))
            for one in reversed(policies.identity)
        ),
    )
    kind = type(decided(request, policies))
    assert type(decided(request, turned)) is kind


@given(requests(), all_policies, st.data())
def test_what_depends_says_holds_for_every_value(
    request: Request, policies: Policies, data: st.DataObject
) -> None:
    before = decided(request, policies)
    open_keys = [key for key in KEYS if isinstance(request.context.get(key), NotKnown)]
    told = {
        key: data.draw(st.just(()) | st.sampled_from(VALUES[key]).map(lambda v: (v,)))
        for key in open_keys
    }
    after = decided(replace(request, context=request.context.told(told)), policies)
    match before:
        case Allowed() | Denied():
            assert isinstance(after, type(before) | Unknown)
        case Depends(residual=residual):
            truth = residual.evaluate(request.context.told(told))
            if truth is True:
                assert isinstance(after, Allowed)
            elif truth is False:
                assert isinstance(after, Denied)
        case Unknown():
            pass  # what AWS does not say, no key settles


@given(requests(), all_policies)
def test_the_statements_that_deny_are_enough_to_deny(request: Request, policies: Policies) -> None:
    before = decided(request, policies)
    if not (isinstance(before, Denied) and before.by):
        return
    for matched in before.by:
        assert matched.effect.value == "Deny"
    kept = {m.statement for m in before.by}

    def only(some: tuple[Policy, ...]) -> tuple[Policy, ...]:
        return tuple(
            replace(one, statements=tuple(s for s in one.statements if s in kept)) for one in some
        )

    alone = replace(
        policies,
        identity=only(policies.identity),
        boundary=None if policies.boundary is None else only((policies.boundary,))[0],
        resource=None if policies.resource is None else only(policies.resource),
        scp=None
        if policies.scp is None
        else tuple(replace(level, policies=only(level.policies)) for level in policies.scp),
    )
    assert answer(decided(request, alone)) == "explicit"
