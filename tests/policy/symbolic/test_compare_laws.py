"""What `compare` says, held against the reference engine on requests of all kinds."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from idkeep.policy import Context, Policy, PolicyKind, Request, Requester, parse
from idkeep.policy.symbolic import Nothing, Relation, Witness, compare, exceeds, intersects
from idkeep.policy.symbolic.witness import permits
from laws_profile import examples
from policy.strategies_policy import ACTIONS, RESOURCES, documents, statements, whole_contexts

ACCOUNT = "111122223333"
CALLERS = (
    f"arn:aws:iam::{ACCOUNT}:user/ana",
    f"arn:aws:sts::{ACCOUNT}:assumed-role/app/one",
    f"arn:aws:iam::{ACCOUNT}:root",
    "arn:aws:iam::444455556666:user/bo",
    "events.amazonaws.com",
    "*",
)
WRITTEN = (
    "*",
    {"AWS": "*"},
    {"AWS": ACCOUNT},
    {"AWS": "444455556666"},
    {"AWS": CALLERS[0]},
    {"AWS": [f"arn:aws:iam::{ACCOUNT}:role/app", CALLERS[1]]},
    {"Service": "events.amazonaws.com"},
    {"AWS": ["AIDAAAAAAAAAAAAAAAAAA", "444455556666"]},
)


def identity(document: dict[str, Any]) -> Policy:
    return parse(json.dumps(document), PolicyKind.IDENTITY)


@st.composite
def resource_policies(draw: st.DrawFn) -> Policy:
    made = []
    for one in draw(st.lists(statements(), min_size=1, max_size=3)):
        element = draw(st.sampled_from(("Principal", "Principal", "NotPrincipal")))
        made.append({**one, element: draw(st.sampled_from(WRITTEN))})
    document = {"Version": "2012-10-17", "Statement": made}
    return parse(json.dumps(document), PolicyKind.RESOURCE)


def requests_by(callers: tuple[str, ...]) -> st.SearchStrategy[Request]:
    return st.builds(
        lambda who, action, resource, context: Request(
            principal=Requester.parse(who),
            action=action,
            resource=resource,
            context=Context(context),
        ),
        st.sampled_from(callers),
        st.sampled_from((*ACTIONS, "sqs:SendMessage")),
        st.sampled_from(RESOURCES),
        whole_contexts,
    )


requests = requests_by(CALLERS)
own_requests = requests_by(CALLERS[:2])
identities = documents().map(identity)
several = st.lists(identities, min_size=1, max_size=2).map(tuple)


def agrees(a: tuple[Policy, ...], b: tuple[Policy, ...], asked: list[Request]) -> None:
    found = compare(a, b, steps=40_000)
    assert "otherwise" not in found.why
    for request, more, less in ((found.only_a, a, b), (found.only_b, b, a)):
        if request:
            assert permits(more, request) is True
            assert permits(less, request) is False
    if found.relation in (Relation.INCOMPARABLE, Relation.BROADER):
        assert found.only_a
    if found.relation in (Relation.INCOMPARABLE, Relation.NARROWER):
        assert found.only_b
    for request in asked:
        by_a, by_b = permits(a, request), permits(b, request)
        if found.relation in (Relation.EQUIVALENT, Relation.NARROWER):
            assert not (by_a is True and by_b is False), request
        if found.relation in (Relation.EQUIVALENT, Relation.BROADER):
            assert not (by_b is True and by_a is False), request


@examples(25)
@given(several, several, st.lists(own_requests, min_size=2, max_size=6))
def test_no_request_contradicts_a_comparison(
    a: tuple[Policy, ...], b: tuple[Policy, ...], asked: list[Request]
) -> None:
    agrees(a, b, asked)


@examples(25)
@given(resource_policies(), resource_policies(), st.lists(requests, min_size=2, max_size=6))
def test_nor_where_policies_name_principals(a: Policy, b: Policy, asked: list[Request]) -> None:
    agrees((a,), (b,), asked)


@st.composite
def changed(draw: st.DrawFn) -> tuple[Policy, Policy]:
    """A document, and one that differs from it in one statement or value."""
    document = draw(documents())
    made = document["Statement"]
    told = json.loads(json.dumps(made if isinstance(made, list) else [made]))
    n = draw(st.integers(0, len(told) - 1))
    match draw(st.sampled_from(("less", "more", "condition", "effect"))):
        case "less":
            del told[n]
        case "more":
            told.append(draw(statements()))
        case "condition":
            told[n].pop("Condition", None)
        case _:
            told[n]["Effect"] = "Deny" if told[n]["Effect"] == "Allow" else "Allow"
    return identity(document), identity({**document, "Statement": told})


@examples(25)
@given(changed(), st.lists(own_requests, min_size=2, max_size=6))
def test_nor_where_documents_differ_by_little(
    pair: tuple[Policy, Policy], asked: list[Request]
) -> None:
    a, b = pair
    agrees((a,), (b,), asked)


@examples(25)
@given(several, several)
def test_the_relation_turns_with_its_sides(a: tuple[Policy, ...], b: tuple[Policy, ...]) -> None:
    turned = {Relation.NARROWER: Relation.BROADER, Relation.BROADER: Relation.NARROWER}
    there, back = compare(a, b).relation, compare(b, a).relation
    assert back is turned.get(there, there)


@examples(25)
@given(several, several)
def test_an_allow_only_adds_and_a_deny_only_takes(
    a: tuple[Policy, ...], b: tuple[Policy, ...]
) -> None:
    assert not isinstance(exceeds(a, a), Witness)
    for one in b:
        allows = all(s.effect == "Allow" for s in one.statements)
        denies = all(s.effect == "Deny" for s in one.statements)
        if allows:
            assert not isinstance(exceeds(a, (*a, one)), Witness)
        if denies:
            assert not isinstance(exceeds((*a, one), a), Witness)


@examples(25)
@given(several, several, st.lists(own_requests, min_size=2, max_size=6))
def test_what_intersects_is_allowed_by_both(
    a: tuple[Policy, ...], b: tuple[Policy, ...], asked: list[Request]
) -> None:
    found = intersects(a, b)
    if isinstance(found, Witness):
        assert permits(a, found.request) is True
        assert permits(b, found.request) is True
    for request in asked:
        both = permits(a, request) is True and permits(b, request) is True
        assert not (both and isinstance(found, Nothing)), request
