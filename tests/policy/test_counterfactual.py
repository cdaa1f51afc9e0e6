"""What would turn a denial, and what an allow hangs on: tried on policies really changed."""

import json
from collections.abc import Iterable
from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given
from msgspec.structs import replace

from idkeep.policy import Context, Policy, PolicyKind, Requester, RequesterKind, parse
from idkeep.policy.counterfactual import (
    AddAllow,
    AssumeRoleIn,
    Change,
    RemoveDeny,
    changes_to_allow,
    rests_on,
)
from idkeep.policy.decision import Allowed, Check, Decision, Denied, Matched
from idkeep.policy.evaluate import evaluate
from idkeep.policy.grants import Grant
from idkeep.policy.request import Level, Policies, Request
from idkeep.policy.requester import WITHOUT_ACCOUNT
from idkeep.policy.settled import settled

from .test_decision_laws import RCPS_REACH, all_policies, requests

ANA = "arn:aws:iam::111122223333:user/ana"


def decided(request: Request, policies: Policies) -> Decision:
    return evaluate(request, policies, rcps_reach=RCPS_REACH)


def document(kind: PolicyKind, *statements: dict[str, Any]) -> Policy:
    return parse(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), kind)


def changed(policies: Policies, request: Request, changes: Iterable[Change]) -> Policies:
    """The policies with statements really taken out and documents really added."""
    removed = {str(one.matched) for one in changes if isinstance(one, RemoveDeny)}
    policies = without(policies, removed)
    for one in changes:
        if isinstance(one, AddAllow):
            policies = added(policies, request, one)
    return policies


def without(policies: Policies, names: set[str]) -> Policies:
    def kept(layer: str, some: tuple[Policy, ...]) -> tuple[Policy, ...]:
        return tuple(
            replace(
                one,
                statements=tuple(
                    s for s in one.statements if str(Matched(f"{layer}[{n}]", s)) not in names
                ),
            )
            for n, one in enumerate(some)
        )

    def levels(layer: str, some: tuple[Level, ...] | None) -> tuple[Level, ...] | None:
        return some and tuple(
            replace(one, policies=kept(f"{layer}[{n}]", one.policies)) for n, one in enumerate(some)
        )

    return replace(
        policies,
        identity=kept("identity", policies.identity),
        boundary=policies.boundary and kept("boundary", (policies.boundary,))[0],
        session=policies.session and kept("session", policies.session),
        resource=policies.resource and kept("resource", policies.resource),
        endpoint=policies.endpoint and kept("endpoint", policies.endpoint),
        scp=levels("scp", policies.scp),
        rcp=levels("rcp", policies.rcp),
    )


KINDS = {
    "scp": PolicyKind.SCP,
    "rcp": PolicyKind.RCP,
    "endpoint": PolicyKind.VPC_ENDPOINT,
    "resource": PolicyKind.RESOURCE,
    "identity": PolicyKind.IDENTITY,
    "boundary": PolicyKind.BOUNDARY,
    "session": PolicyKind.SESSION,
}


def added(policies: Policies, request: Request, change: AddAllow) -> Policies:
    layer = change.layer.partition("[")[0]
    allow: dict[str, Any] = {"Effect": "Allow", "Action": change.action, "Resource": "*"}
    if layer in {"resource", "endpoint"}:
        allow["Principal"] = named(request.principal)
    new = document(KINDS[layer], allow)
    if layer in {"scp", "rcp"}:
        n = int(change.layer[4:-1])
        levels = list(getattr(policies, layer))
        levels[n] = replace(levels[n], policies=(*levels[n].policies, new))
        return replace(policies, **{layer: tuple(levels)})
    if layer == "boundary":
        assert policies.boundary
        count = len(policies.boundary.statements)
        both = (*policies.boundary.statements, replace(new.statements[0], index=count))
        return replace(policies, boundary=replace(policies.boundary, statements=both))
    return replace(policies, **{layer: (*(getattr(policies, layer) or ()), new)})


def named(who: Requester) -> Any:
    match who.kind:
        case RequesterKind.SERVICE:
            return {"Service": who.name}
        case RequesterKind.ANONYMOUS:
            return "*"
        case RequesterKind.ROLE_SESSION:
            return {"AWS": f"arn:{who.partition}:iam::{who.account}:role/{who.role_name}"}
        case _:
            return {"AWS": who.name}


@given(requests(), all_policies)
def test_each_set_of_changes_turns_the_denial_and_none_of_it_is_needless(
    request: Request, policies: Policies
) -> None:
    # What AWS settles whatever the policies say has a note, and nothing turns it.
    decision = decided(request, policies)
    assume(isinstance(decision, Denied) and not settled(request, "", frozenset()))
    # IAM answers to its own account's principals alone, and no change of a policy alters that.
    who = request.principal
    at_home = who.kind not in WITHOUT_ACCOUNT and request.resource_account in ("", who.account)
    assume(at_home or not request.action.startswith("iam:"))
    sets = changes_to_allow(request, policies, rcps_reach=RCPS_REACH)
    assert sets
    assume(not any(isinstance(one, AssumeRoleIn) for some in sets for one in some))
    for changes in sets:
        assert not isinstance(decided(request, changed(policies, request, changes)), Denied)
        for fewer in combinations(changes, len(changes) - 1):
            assert isinstance(decided(request, changed(policies, request, fewer)), Denied)


def turned(request: Request, policies: Policies) -> Policies:
    """The policies, mended where they deny the request."""
    sets = changes_to_allow(request, policies, rcps_reach=RCPS_REACH)
    # To take a role in the other account changes none of these policies.
    assume(not any(isinstance(one, AssumeRoleIn) for some in sets for one in some))
    return changed(policies, request, sets[-1]) if sets else policies


@given(requests(), all_policies)
def test_an_allow_falls_with_each_statement_that_it_rests_on_and_with_no_other(
    request: Request, policies: Policies
) -> None:
    policies = turned(request, policies)
    decision = decided(request, policies)
    assume(isinstance(decision, Allowed))
    assert isinstance(decision, Allowed)
    needed = set(rests_on(request, policies, rcps_reach=RCPS_REACH))
    for matched in decision.by:
        left = decided(request, without(policies, {str(matched)}))
        assert isinstance(left, Allowed) is (matched not in needed)


@given(requests(), all_policies)
def test_nothing_is_to_change_where_nothing_is_denied(request: Request, policies: Policies) -> None:
    policies = turned(request, policies)
    assert changes_to_allow(request, policies, rcps_reach=RCPS_REACH) == ()


@given(requests(), all_policies)
def test_what_is_not_allowed_rests_on_nothing(request: Request, policies: Policies) -> None:
    assume(not isinstance(decided(request, policies), Allowed))
    assert rests_on(request, policies, rcps_reach=RCPS_REACH) == ()


def ask(action: str, resource: str = "*", **context: str) -> Request:
    return Request(
        principal=Requester.parse(ANA), action=action, resource=resource, context=Context(context)
    )


def test_a_denial_by_silence_can_be_turned_on_either_side() -> None:
    bucket = document(
        PolicyKind.RESOURCE,
        {"Effect": "Deny", "Principal": "*", "Action": "s3:Put*", "Resource": "*"},
    )
    sets = changes_to_allow(ask("s3:GetObject"), Policies(resource=(bucket,)))
    assert [[str(one) for one in some] for some in sets] == [
        ["allow s3:GetObject: in the resource's policy, naming the requester"],
        ["allow s3:GetObject: in a policy of the requester"],
    ]


def test_what_iam_keeps_has_no_policy_of_its_own_to_allow_it() -> None:
    user = "arn:aws:iam::111122223333:user/x"
    sets = changes_to_allow(ask("iam:CreateUser", user), Policies())
    assert [[str(one) for one in some] for some in sets] == [
        ["allow iam:CreateUser: in a policy of the requester"],
    ]


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:CreateUser", "arn:aws:iam::444455556666:user/x"),
        ("kms:ScheduleKeyDeletion", "arn:aws:kms:us-east-1:444455556666:key/k"),
    ],
)
def test_what_is_answered_at_home_alone_takes_a_role_there(action: str, resource: str) -> None:
    own = frozenset({"kms:schedulekeydeletion"})
    sets = changes_to_allow(ask(action, resource), Policies(), own_account_only=own)
    assert sets == ((AssumeRoleIn(account="444455556666", action=action),),)


@pytest.mark.parametrize(
    ("principal", "resource"),
    [
        (ANA.replace("user/ana", "root"), "arn:aws:iam::444455556666:user/x"),
        (ANA, "arn:aws-cn:iam::444455556666:user/x"),
    ],
)
def test_who_can_assume_no_role_there_gets_no_advice(principal: str, resource: str) -> None:
    request = replace(ask("iam:CreateUser", resource), principal=Requester.parse(principal))
    assert changes_to_allow(request, Policies()) == ()


def test_every_level_that_is_silent_has_to_speak() -> None:
    silent = Level(target="ou", policies=(document(PolicyKind.SCP, _ALLOW_EC2),))
    sets = changes_to_allow(ask("s3:GetObject"), Policies(scp=(silent, silent)))
    assert all(
        {one.layer for one in some if isinstance(one, AddAllow)} >= {"scp[0]", "scp[1]"}
        for some in sets
    )
    assert any(isinstance(one, AddAllow) and one.check is Check.PRINCIPAL for one in sets[-1])


_ALLOW_EC2 = {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}


def test_a_function_url_needs_both_permissions_changed() -> None:
    sets = changes_to_allow(ask("lambda:InvokeFunctionUrl"), Policies())
    actions = [{one.action for one in some if isinstance(one, AddAllow)} for some in sets]
    assert actions
    assert all(one == {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"} for one in actions)


def test_a_grant_is_a_statement_that_an_allow_may_rest_on() -> None:
    grant = Grant(grantee_principal=ANA, operations=("Decrypt",))
    request = ask("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/k")
    [matched] = rests_on(request, Policies(resource=(), grants=(grant,)))
    assert matched.document == "grant[0][0]"


def every_name(policies: Policies) -> set[str]:
    layers: dict[str, tuple[Policy, ...]] = {
        "identity": policies.identity,
        "boundary": (policies.boundary,) if policies.boundary else (),
        "resource": policies.resource or (),
    }
    for n, level in enumerate(policies.scp or ()):
        layers[f"scp[{n}]"] = level.policies
    return {
        str(Matched(f"{layer}[{n}]", statement))
        for layer, some in layers.items()
        for n, one in enumerate(some)
        for statement in one.statements
    }


@given(requests(), all_policies)
def test_the_statements_that_an_answer_names_give_it_alone(
    request: Request, policies: Policies
) -> None:
    policies = turned(request, policies)
    decision = decided(request, policies)
    named = {str(one) for check in decision.checks for one in check.statements}
    assume(not settled(request, "", frozenset()))
    alone = decided(request, without(policies, every_name(policies) - named))
    assert type(alone) is type(decision)
    if isinstance(decision, Denied):
        assert isinstance(alone, Denied)
        assert alone.by == decision.by
