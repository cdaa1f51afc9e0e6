"""Who can, what can, and why, of whole accounts."""

import json
from typing import Any

import pytest

from idkeep.policy import (
    Allowed,
    Bucket,
    Context,
    Denied,
    Grant,
    ObjectOwnership,
    Policy,
    PolicyKind,
    Requester,
    parse,
)
from idkeep.policy.compiled import (
    Caller,
    CompiledEstate,
    Facts,
    Target,
    Verdict,
    Vocabulary,
    verdict_of,
)
from idkeep.policy.compiled.lanes import chosen
from idkeep.policy.compiled.reachable import Reachable

HOME, AWAY, FAR = "111122223333", "444455556666", "777788889999"
ACTIONS = ("s3:GetObject", "s3:PutObject", "iam:CreateUser", "sts:AssumeRole")
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
READ = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}


def policy(*statements: dict[str, Any], kind: PolicyKind = PolicyKind.IDENTITY) -> Policy:
    return parse(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), kind)


def user(name: str, *statements: dict[str, Any], account: str = HOME, **told: Any) -> Caller:
    requester = Requester.parse(f"arn:aws:iam::{account}:user/{name}")
    identity = (policy(*statements),) if statements else ()
    return Caller(requester=requester, identity=identity, **told)


def estate(*callers: Caller, targets: tuple[Target, ...] = ()) -> CompiledEstate:
    facts = Facts(frozenset({"s3:GetObject"}))
    return CompiledEstate(callers, targets, facts=facts, vocabulary=Vocabulary(ACTIONS))


def arn(name: str, account: str = HOME) -> str:
    return f"arn:aws:iam::{account}:user/{name}"


def test_each_caller_has_a_verdict() -> None:
    denied = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}
    inside = READ | {"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}
    some = estate(user("ana", READ), user("bo", READ, denied), user("cy"), user("di", inside))
    answers = some.who_can("s3:GetObject", "arn:aws:s3:::b/k", Context(unknown=["aws:SourceIp"]))
    assert dict(answers) == {
        arn("ana"): Verdict.ALLOWED,
        arn("bo"): Verdict.EXPLICITLY_DENIED,
        arn("cy"): Verdict.IMPLICITLY_DENIED,
        arn("di"): Verdict.DEPENDS,
    }
    assert answers.allowed == (arn("ana"),)
    assert answers.undecided == (arn("di"),)


def test_a_decision_carries_its_statements() -> None:
    some = estate(user("ana", READ))
    answers = some.who_can("s3:GetObject", "arn:aws:s3:::b/k")
    decision = answers.decision(arn("ana"))
    assert isinstance(decision, Allowed)
    assert [str(one) for one in decision.by] == ["identity[0] statement 0"]
    assert decision == some.decide(arn("ana"), "s3:GetObject", "arn:aws:s3:::b/k")


def test_what_one_can_do_is_asked_of_the_catalog() -> None:
    answers = estate(user("ana", READ)).what_can(arn("ana"))
    assert answers.allowed == ("s3:GetObject",)
    assert answers["iam:CreateUser"] is Verdict.IMPLICITLY_DENIED
    assert len(answers) == len(ACTIONS)


def test_an_action_that_the_catalog_lacks_is_decided_by_its_text() -> None:
    some = estate(user("ana", {**READ, "Action": "new:Do*"}), user("bo", ALL))
    assert some.what_can(arn("ana"))["new:DoIt"] is Verdict.ALLOWED
    excluding = {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}
    other = estate(user("ana", excluding))
    assert other.who_can("new:DoIt", "*").allowed == (arn("ana"),)
    assert other.who_can("s3:New", "*").allowed == ()


def test_keys_of_a_caller_are_in_each_of_its_requests() -> None:
    red = READ | {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}}
    some = estate(
        user("ana", red, keys={"aws:PrincipalTag/team": "red"}),
        user("bo", red, keys={"aws:PrincipalTag/team": "blue"}),
    )
    assert some.who_can("s3:GetObject", "arn:aws:s3:::b/k").allowed == (arn("ana"),)


def test_a_request_that_tells_a_key_goes_before_the_caller() -> None:
    red = READ | {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}}
    some = estate(user("ana", red, keys={"aws:PrincipalTag/team": "red"}))
    told = Context({"aws:PrincipalTag/team": "blue"})
    assert some.who_can("s3:GetObject", "arn:aws:s3:::b/k", told).allowed == ()


def test_a_variable_covers_what_is_its_own_for_each() -> None:
    own = READ | {"Resource": "arn:aws:s3:::homes/${aws:username}/*"}
    some = estate(*(user(name, own) for name in ("ana", "anabel", "bo")))
    assert some.who_can("s3:GetObject", "arn:aws:s3:::homes/ana/x").allowed == (arn("ana"),)
    assert some.who_can("s3:GetObject", "arn:aws:s3:::homes/anabel/x").allowed == (arn("anabel"),)


def bucket(*named: str) -> Target:
    told = READ | {"Principal": {"AWS": list(named)}}
    return Target(
        arn="arn:aws:s3:::b", account=HOME, policies=(policy(told, kind=PolicyKind.RESOURCE),)
    )


def test_across_accounts_both_sides_have_to_allow() -> None:
    some = estate(
        user("ana", READ),
        user("bo", READ, account=AWAY),
        user("cy", account=AWAY),
        user("di", READ, account=FAR),
        targets=(bucket(AWAY),),
    )
    answers = some.who_can("s3:GetObject", "arn:aws:s3:::b/k")
    assert set(answers.allowed) == {arn("ana"), arn("bo", AWAY)}
    assert answers[arn("di", FAR)] is Verdict.IMPLICITLY_DENIED


def test_who_is_let_in_nowhere_may_still_be_denied_by_name() -> None:
    denied = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    some = estate(user("di", denied, account=FAR), user("ana"), targets=(bucket(AWAY),))
    answers = some.who_can("s3:GetObject", "arn:aws:s3:::b/k")
    assert answers[arn("di", FAR)] is Verdict.EXPLICITLY_DENIED
    assert isinstance(answers.decision(arn("di", FAR)), Denied)


def test_the_index_names_what_is_open_to_another_account() -> None:
    public = Target(arn="arn:aws:s3:::public", account=FAR, policies=bucket("*").policies)
    some = estate(user("ana"), targets=(bucket(AWAY, arn("x", FAR)), public))
    assert [one.arn for one in some.open_to(AWAY)] == ["arn:aws:s3:::b", "arn:aws:s3:::public"]
    assert [one.arn for one in some.open_to(FAR)] == ["arn:aws:s3:::b"]
    assert [one.arn for one in some.open_to(HOME)] == ["arn:aws:s3:::public"]


def test_two_callers_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="one name"):
        estate(user("ana"), user("ana", READ))


def test_a_caller_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        estate(user("ana")).decide(arn("bo"), "s3:GetObject", "*")


def test_the_owner_of_an_object_is_let_in_to_another_accounts_bucket() -> None:
    theirs = Target(
        arn="arn:aws:s3:::b",
        account=HOME,
        policies=(),
        bucket=Bucket(object_owner=AWAY, object_ownership=ObjectOwnership.OBJECT_WRITER),
    )
    some = estate(user("bo", READ, account=AWAY), user("di", READ, account=FAR), targets=(theirs,))
    assert some.who_can("s3:GetObject", "arn:aws:s3:::b/k").allowed == (arn("bo", AWAY),)
    assert [one.arn for one in some.open_to(AWAY)] == ["arn:aws:s3:::b"]
    assert some.open_to(FAR) == ()


def test_a_grant_lets_its_grantee_in() -> None:
    key = Target(
        arn=f"arn:aws:kms:eu-west-1:{HOME}:key/1",
        policies=(),
        grants=(Grant(grantee_principal=arn("bo", AWAY), operations=("Decrypt",)),),
    )
    use = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    some = estate(user("bo", use, account=AWAY), user("di", use, account=FAR), targets=(key,))
    assert some.who_can("kms:Decrypt", key).allowed == (arn("bo", AWAY),)
    assert some.open_to(AWAY) == (key,)
    assert some.open_to(FAR) == ()


TAGGED = {"Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "red"}}}


@pytest.mark.parametrize("unknown", ["*", ()])
def test_a_key_that_a_caller_surely_lacks_is_absent_for_it_alone(unknown: Any) -> None:
    lacking = user("ana", READ | TAGGED, keys={"aws:PrincipalTag/team": ()})
    other = user("bo", READ | TAGGED)
    answers = estate(lacking, other).who_can("s3:GetObject", "*", Context(unknown=unknown))
    assert answers[arn("ana")] is Verdict.ALLOWED
    assert answers[arn("bo")] is (Verdict.DEPENDS if unknown else Verdict.ALLOWED)


def test_a_key_that_the_request_surely_lacks_goes_before_nothing_that_a_caller_has() -> None:
    red = user("ana", READ | TAGGED, keys={"aws:PrincipalTag/team": "red"})
    answers = estate(red, user("bo", READ | TAGGED)).who_can(
        "s3:GetObject", "*", Context({"aws:PrincipalTag/team": ()}, unknown="*")
    )
    assert dict(answers) == {
        arn("ana"): Verdict.IMPLICITLY_DENIED,
        arn("bo"): Verdict.ALLOWED,
    }


ROLES = tuple(Target(arn=f"arn:aws:iam::{HOME}:role/{name}") for name in ("app/a", "app/b", "ops"))
EVERY = ["app/a", "app/b", "ops"]
IF_VIA = {"Condition": {"Bool": {"aws:ViaAWSService": "true"}}}


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ({"Resource": "*"}, EVERY),
        ({"Resource": f"arn:aws:iam::{HOME}:role/app/*"}, ["app/a", "app/b"]),
        ({"Resource": "arn:*:iam::*:role/*/b"}, ["app/b"]),
        ({"Resource": "arn:aws:iam::*:role/${aws:username}"}, ["ops"]),
        ({"Resource": "arn:aws:iam::*:role/app/${aws:PrincipalTag/x}"}, ["app/a", "app/b"]),
        ({"NotResource": "arn:aws:iam::*:role/ops"}, ["app/a", "app/b"]),
        ({"NotResource": "arn:aws:iam::*:role/app/${aws:PrincipalTag/x}"}, EVERY),
        ({"Resource": "*"} | IF_VIA, EVERY),
    ],
)
def test_what_one_principal_may_reach_at_most(statement: dict[str, Any], names: list[str]) -> None:
    reachable = Reachable(ROLES)
    caller = user("ops", {"Effect": "Allow", "Action": "iam:*"} | statement)
    found = reachable.possible(caller, "iam:PutRolePolicy")
    assert [one.arn for one in chosen(ROLES, found)] == [
        f"arn:aws:iam::{HOME}:role/{name}" for name in names
    ]
    assert reachable.possible(caller, "s3:GetObject") == 0


def test_a_boundary_and_a_sure_denial_take_from_what_is_reached() -> None:
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    ops = {"Effect": "Deny", "Action": "iam:*", "Resource": "arn:aws:iam::*:role/ops"}
    app = {"Effect": "Allow", "Action": "iam:*", "Resource": "arn:aws:iam::*:role/*/a"}
    reachable = Reachable(ROLES)
    denied = user("ana", everything, ops)
    limited = user("bo", everything, boundary=policy(app, kind=PolicyKind.BOUNDARY))
    assert reachable.possible(denied, "iam:PassRole") == 0b011
    assert reachable.possible(limited, "iam:PassRole") == 0b001


def test_only_who_has_a_source_identity_takes_the_permission_to_pass_it_on() -> None:
    assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    trust = {"Effect": "Allow", "Principal": {"AWS": HOME}, "Action": "sts:AssumeRole"}
    with_one = user("ana", assume, keys={"aws:SourceIdentity": "ana"})
    without = user("bo", assume, keys={"aws:SourceIdentity": ()})
    own = (policy(trust, kind=PolicyKind.TRUST),)
    role = Target(arn=f"arn:aws:iam::{HOME}:role/r", policies=own)
    answers = estate(with_one, without).who_can("sts:AssumeRole", role)
    assert dict(answers) == {
        arn("ana"): Verdict.IMPLICITLY_DENIED,
        arn("bo"): Verdict.ALLOWED,
    }


@pytest.mark.parametrize("operator", ["ArnLike", "ArnEquals", "ArnNotLike", "ArnLikeIfExists"])
@pytest.mark.parametrize(
    "pattern", ["*", "", "arn:*", "arn:aws:iam::*", "arn:aws:iam:*:user/ana", "arn:aws:s3:*"]
)
def test_a_shorter_arn_pattern_is_read_as_the_reference_does(operator: str, pattern: str) -> None:
    read = READ | {"Condition": {operator: {"aws:PrincipalArn": [pattern, arn("bo")]}}}
    some = estate(user("ana", read), user("bo", read))
    found = some.who_can("s3:GetObject", "arn:aws:s3:::b/k", Context())
    for name in (arn("ana"), arn("bo")):
        decision = some.decide(name, "s3:GetObject", "arn:aws:s3:::b/k", Context())
        assert found[name] is verdict_of(decision)
