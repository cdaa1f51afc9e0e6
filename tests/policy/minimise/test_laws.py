"""What `minimise`, `shrink` and `split` may not change, and what they may not make longer."""

import json

from hypothesis import given
from hypothesis import strategies as st

from idkeep.policy import (
    Allowed,
    Denied,
    Effect,
    Policies,
    Policy,
    PolicyKind,
    Request,
    evaluate,
    parse,
)
from idkeep.policy.minimise import Shorter, minimise, shrink, split
from idkeep.policy.pattern import action_test
from idkeep.policy.symbolic import Relation, compare
from idkeep.policy.symbolic.witness import permits
from laws_profile import examples
from policy.linting.test_codes import catalog
from policy.strategies_policy import documents
from policy.symbolic.test_compare_laws import (
    identity,
    own_requests,
    requests,
    resource_policies,
)

ALL = parse(
    '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}',
    PolicyKind.IDENTITY,
)
identities = documents().map(identity)
asked = st.lists(own_requests, min_size=3, max_size=8)


def read_again(found: Shorter) -> Policy:
    return parse(found.document.text(), found.document.kind)


def compact(policy: Policy) -> str:
    return json.dumps(json.loads(policy.text), separators=(",", ":"), ensure_ascii=False)


def answers(policy: Policy, request: Request) -> list[type | None]:
    """The sure decisions, of the policy alone and beside one that allows everything."""
    found = [
        evaluate(request, Policies(identity=policies)) for policies in ((policy,), (policy, ALL))
    ]
    return [type(one) if isinstance(one, Allowed | Denied) else None for one in found]


@examples(60)
@given(identities, asked)
def test_a_minimised_policy_decides_every_request_as_before(
    policy: Policy, some: list[Request]
) -> None:
    after = read_again(minimise(policy))
    assert compare(policy, after).relation in (Relation.EQUIVALENT, Relation.UNKNOWN)
    assert compare((policy, ALL), (after, ALL)).relation in (Relation.EQUIVALENT, Relation.UNKNOWN)
    for request in some:
        for one, other in zip(answers(policy, request), answers(after, request), strict=True):
            assert one is other or None in (one, other), request


@examples(40)
@given(resource_policies(), st.lists(requests, min_size=3, max_size=8))
def test_so_does_one_that_names_principals(policy: Policy, some: list[Request]) -> None:
    after = read_again(minimise(policy))
    for request in some:
        allowed, still = permits((policy,), request), permits((after,), request)
        sure = isinstance(allowed, bool) and isinstance(still, bool)
        assert allowed is still or not sure, request


@examples(40)
@given(identities | resource_policies(), st.booleans())
def test_it_is_never_longer_and_leads_to_itself(
    policy: Policy,
    without_sids: bool,  # noqa: FBT001 -- drawn
) -> None:
    once = minimise(policy, without_sids=without_sids)
    assert len(once.document.text()) <= len(compact(policy))
    again = minimise(read_again(once), without_sids=without_sids)
    assert again.document.text() == once.document.text()


@examples(30)
@given(identities, asked)
def test_a_policy_that_is_shared_out_decides_as_before_all_together(
    policy: Policy, some: list[Request]
) -> None:
    whole = minimise(policy).document
    longest = max(len(_alone(whole, n)) for n in range(len(whole.parts)))
    found = split(whole, lambda one: len(one.text()) <= longest)
    parts = tuple(parse(one.text(), policy.kind) for one in found.documents)
    assert all(len(one.text()) <= longest for one in found.documents)
    for request in some:
        together = evaluate(request, Policies(identity=parts))
        before = evaluate(request, Policies(identity=(policy,)))
        if isinstance(before, Allowed | Denied) and isinstance(together, Allowed | Denied):
            assert type(before) is type(together), request


def _alone(document: object, n: int) -> str:
    from idkeep.policy.minimise import Document  # noqa: PLC0415 -- for its type

    assert isinstance(document, Document)
    part = document.parts[n]
    return Document(document.kind, document.head, (part,), document.in_list).text()


PREFIXES = st.sampled_from(["s3:Get*", "s3:*Tagging", "sqs:*", "iam:Pass*", "s3:*", "ec2:Start*"])
NAMES = st.sampled_from(
    ["s3:PutObject", "S3:getobject", "nowhere:Thing", "s3:NewThing", "sqs:SendMessage", "sqs:*age"]
)


@examples(60)
@given(
    st.lists(PREFIXES, max_size=3), st.lists(NAMES, max_size=4), st.sampled_from(list(Effect)),
    st.booleans(),
)  # fmt: skip
def test_actions_folded_by_the_catalog_mean_the_same_by_it_and_no_less_beyond(
    expanded: list[str],
    kept: list[str],
    effect: Effect,
    excluding: bool,  # noqa: FBT001 -- drawn
) -> None:
    actions = [*(name for one in expanded for name in catalog().expand(one)), *kept] or ["s3:*"]
    element = "NotAction" if excluding else "Action"
    statement = {"Effect": effect, element: actions, "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    policy = parse(text, PolicyKind.IDENTITY)
    found = shrink(policy, catalog())
    [made] = found.document.statements
    before, after = action_test(tuple(actions)), action_test(made.action.patterns)
    everything = [name for one in catalog().services for name in catalog().expand(f"{one}:*")]
    assert [before(one) for one in everything] == [after(one) for one in everything]
    for one in ("s3:NewThing", "s3:GetBrandNew", "nowhere:Thing", "sqs:NewMessage"):
        assert after(one) or not before(one)
        if after(one) and not before(one):
            assert found.wider
    assert sum(map(len, made.action.patterns)) <= sum(map(len, actions))
    assert shrink(read_again(found), catalog()).document == found.document
