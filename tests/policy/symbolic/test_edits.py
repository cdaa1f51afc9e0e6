"""Policies as people write them, edited as people edit them: the relation follows from the edit.

An edit of which nothing is left to see (an action that another entry covers) makes no difference;
so "at most" is what is held. None of them may be unknown.
"""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import combinations
from random import Random
from typing import Any

import pytest

from idkeep.policy import PolicyKind, parse
from idkeep.policy.symbolic import Relation, compare

Statements = list[dict[str, Any]]
NARROWER = {Relation.NARROWER, Relation.EQUIVALENT}
BROADER = {Relation.BROADER, Relation.EQUIVALENT}
SAME = {Relation.EQUIVALENT}
ANY = {"Action": "*", "Resource": "*"}
EU = {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}
TEAM = "${aws:PrincipalTag/team}"


def allow(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", **elements}


def deny(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Deny", **elements}


BASES: dict[str, Statements] = {
    "home folders": [
        allow(
            Action=["s3:GetObject", "s3:PutObject"],
            Resource=[f"arn:aws:s3:::b/{TEAM}/*", "arn:aws:s3:::b/${aws:username}/*"],
        ),
        allow(
            Action="s3:ListBucket",
            Resource="arn:aws:s3:::b",
            Condition={"StringLike": {"s3:prefix": [f"{TEAM}/*", "${aws:username}/*"]}},
        ),
    ],
    "power user": [
        allow(NotAction=["iam:*", "organizations:*", "account:*"], Resource="*"),
        allow(Action=["iam:ListRoles", "organizations:DescribeOrganization"], Resource="*"),
    ],
    "guarded administrator": [
        allow(**ANY),
        deny(NotAction=["iam:*", "sts:*"], Resource="*", Condition={"StringNotEquals": EU}),
        deny(
            Action=["iam:*User*", "iam:*AccessKey*"],
            Resource="*",
            Condition={"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}},
        ),
    ],
    "by tags": [
        allow(
            Action="secretsmanager:*",
            Resource="*",
            Condition={
                "StringEquals": {"secretsmanager:ResourceTag/team": TEAM},
                "ForAllValues:StringEquals": {"aws:TagKeys": ["team", "env"]},
                "StringEqualsIfExists": {"aws:RequestTag/team": TEAM},
            },
        ),
        allow(Action=["secretsmanager:ListSecrets", "kms:ListKeys"], Resource="*"),
    ],
    "own items": [
        allow(
            Action=["dynamodb:GetItem", "dynamodb:Query"],
            Resource="arn:aws:dynamodb:*:*:table/T",
            Condition={
                "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["${aws:username}"]},
                "Null": {"dynamodb:LeadingKeys": "false"},
            },
        ),
    ],
    "own account": [
        allow(
            Action=["x:Read", "x:Write"],
            Resource=f"arn:aws:x:*:*:space/{TEAM}",
            Condition={"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}},
        ),
        allow(
            Action="x:List",
            Resource="*",
            Condition={"StringEquals": {"x:owner": "${x:caller}", "x:caller": "${x:id}"}},
        ),
    ],
    "windows": [
        allow(
            Action="s3:*",
            Resource=["arn:aws:s3:::logs-*", "arn:aws:s3:::logs-*/*"],
            Condition={
                "IpAddress": {"aws:SourceIp": ["198.51.100.0/24", "2001:db8::/32"]},
                "DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"},
                "NumericLessThanEquals": {"s3:max-keys": "10"},
            },
        ),
    ],
    "launches": [
        allow(
            Action="ec2:RunInstances",
            Resource=["arn:aws:ec2:*:*:instance/*", "arn:aws:ec2:*:*:volume/*"],
            Condition={
                "StringLike": {"aws:RequestTag/owner": "?*"},
                "StringEquals": {"ec2:InstanceType": ["t3.micro", "t3.small"]},
            },
        ),
        allow(Action="ec2:RunInstances", NotResource=["arn:aws:ec2:*:*:instance/*"]),
        allow(Action=["ec2:Describe*", "ec2:CreateTags"], Resource="*"),
    ],
}
CONDITIONS: tuple[tuple[str, str, Any], ...] = (
    ("StringEquals", "aws:PrincipalTag/unit", "a"),
    ("Bool", "aws:MultiFactorAuthPresent", "true"),
    ("StringLike", "aws:userid", "*:ana*"),
    ("NumericLessThan", "aws:MultiFactorAuthAge", 3600),
    ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/team/*"),
    ("StringEquals", "aws:ResourceTag/owner", "${aws:username}"),
    ("ForAnyValue:StringEquals", "aws:CalledVia", ["a.amazonaws.com", "b.amazonaws.com"]),
    ("Null", "aws:TokenIssueTime", "false"),
)
GUARDRAILS = (
    deny(Action=["iam:*", "organizations:*"], Resource="*"),
    deny(**ANY, Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}),
    deny(Action="s3:*", NotResource=["arn:aws:s3:::ours-*"]),
    deny(**ANY, Condition={"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abc"}}),
    deny(
        **ANY,
        Condition={
            "NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]},
            "Bool": {"aws:ViaAWSService": "false"},
        },
    ),
    deny(
        Action="ec2:*",
        Resource="*",
        Condition={"ForAnyValue:StringNotLike": {"aws:TagKeys": ["a*"]}},
    ),
)


def listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]


def allows(some: Statements, element: str) -> list[dict[str, Any]]:
    return [one for one in some if one["Effect"] == "Allow" and element in one]


def fewer_actions(some: Statements, dice: Random) -> None:
    one = dice.choice([one for one in allows(some, "Action") if len(listed(one["Action"])) > 1])
    one["Action"] = dice.sample(one["Action"], len(one["Action"]) - 1)


def fewer_statements(some: Statements, dice: Random) -> None:
    some.remove(dice.choice(allows(some, "Effect")))


def one_account(some: Statements, dice: Random) -> None:
    one = dice.choice(allows(some, "Resource"))
    wide = [each.replace(":*:*:", ":*:111122223333:") for each in listed(one["Resource"])]
    one["Resource"] = wide


def one_resource(some: Statements, dice: Random) -> None:
    one = dice.choice([one for one in allows(some, "Resource") if one["Resource"] == "*"])
    one["Resource"] = "arn:aws:s3:::only-this/*"


def one_condition_more(some: Statements, dice: Random) -> None:
    operator, key, value = dice.choice(CONDITIONS)
    block = dice.choice(allows(some, "Effect")).setdefault("Condition", {})
    block.setdefault(operator, {})[key] = value


def one_guardrail_more(some: Statements, dice: Random) -> None:
    some.append(dice.choice(GUARDRAILS))


def longer_tail(some: Statements, dice: Random) -> None:
    one = dice.choice(allows(some, "Resource"))
    one["Resource"] = [
        f"{each.removesuffix('*')}x*" if each.endswith("*") and ":" in each else each
        for each in listed(one["Resource"])
    ]


def another_order(some: Statements, dice: Random) -> None:
    dice.shuffle(some)
    for one in some:
        for name in ("Action", "NotAction", "Resource", "NotResource"):
            if name in one:
                one[name] = dice.sample(listed(one[name]), len(listed(one[name])))


def one_action_a_statement(some: Statements, _: Random) -> None:
    several = allows(some, "Action")
    for one in several:
        some.remove(one)
        some.extend({**one, "Action": action} for action in listed(one["Action"]))


EDITS: dict[Callable[[Statements, Random], None], set[Relation]] = {
    **dict.fromkeys(
        (
            *(fewer_actions, fewer_statements, one_account, one_resource),
            *(one_condition_more, one_guardrail_more, longer_tail),
        ),
        BROADER,
    ),
    another_order: SAME,
    one_action_a_statement: SAME,
}


def edited() -> Iterator[Any]:
    for (name, base), edit, seed in (
        (base, edit, seed) for base in BASES.items() for edit in EDITS for seed in range(6)
    ):
        some = deepcopy(base)
        try:
            edit(some, Random(seed))
        except IndexError:
            continue  # the policy has nothing of the kind
        if some:
            yield pytest.param(base, some, EDITS[edit], id=f"{name}-{edit.__name__}-{seed}")


def relation(a: Statements, b: Statements) -> Relation:
    documents = [json.dumps({"Version": "2012-10-17", "Statement": some}) for some in (a, b)]
    return compare(*(parse(text, PolicyKind.IDENTITY) for text in documents)).relation


@pytest.mark.parametrize(("base", "some", "possible"), list(edited()))
def test_an_edit_has_the_effect_that_it_must_have(
    base: Statements, some: Statements, possible: set[Relation]
) -> None:
    contrary = possible if possible is SAME else NARROWER
    assert relation(base, some) in possible
    assert relation(some, base) in contrary


def test_every_two_policies_are_decided() -> None:
    for one, other in combinations(BASES.values(), 2):
        assert relation(one, other) is not Relation.UNKNOWN
