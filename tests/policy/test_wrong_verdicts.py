"""Verdicts that other tools got wrong, where the fault was in reading or matching a policy."""

# ruff: noqa: E501 -- one case a line

import json
from typing import Any

import pytest

from idkeep.policy import Context, Open, PolicyError, PolicyKind, Statement, applies, parse

ANY = "arn:aws:s3:::bucket/key"


def one(**elements: Any) -> Statement:
    made = {"Effect": "Allow", "Action": "*", "Resource": "*", **elements}
    text = json.dumps({"Version": "2012-10-17", "Statement": [made]})
    return parse(text, PolicyKind.IDENTITY).statements[0]


def test_stars_in_lists_are_the_stars_they_are() -> None:
    """Cloud Custodian 5136: the list form was missed."""
    assert applies(one(Action=["*"], Resource=["*"]), "iam:CreateUser", "*", Context()) is True


@pytest.mark.parametrize(
    ("written", "asked"), [("s3:*", "iam:CreateUser"), ("es:*", "ses:SendEmail"), ("s3:*", "s3x:A")]
)
def test_a_wildcard_is_bound_to_its_service(written: str, asked: str) -> None:
    """Prowler 1869, 2770, 311: `s3:*` was taken for `*`."""
    assert applies(one(Action=written), asked, "*", Context()) is False


def test_a_statement_may_be_an_object() -> None:
    """Prowler 478, 1692; ScoutSuite 564."""
    single = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    text = json.dumps({"Statement": single})
    assert len(parse(text, PolicyKind.IDENTITY).statements) == 1


@pytest.mark.parametrize("statement", ["text", None, 7, [None], ["text"], [[]]])
def test_what_is_no_statement_is_refused_and_nothing_crashes(statement: Any) -> None:
    """Prowler 329."""
    with pytest.raises(PolicyError):
        parse(json.dumps({"Statement": statement}), PolicyKind.IDENTITY)


def test_a_star_without_a_colon_is_every_action() -> None:
    """Cloudsplaining 109: it crashed."""
    assert applies(one(Action="*"), "s3:GetObject", ANY, Context()) is True


def test_a_wildcard_within_a_name_expands() -> None:
    """LambdaGuard 43."""
    assert applies(one(Action="iam:Create*"), "iam:CreateAccessKey", "*", Context()) is True


def test_the_case_of_an_action_does_not_count() -> None:
    """PMapper 98: a path was missed through a slip of case."""
    statement = one(Action="cloudformation:updatestack")
    assert applies(statement, "cloudformation:UpdateStack", "*", Context()) is True


def test_not_action_with_a_name_that_does_not_exist_is_every_action() -> None:
    """Prowler 5035."""
    made = {"Effect": "Allow", "NotAction": ["iam:NoSuchThing"], "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": made})
    statement = parse(text, PolicyKind.IDENTITY).statements[0]
    assert applies(statement, "iam:CreateUser", "*", Context()) is True


@pytest.mark.parametrize(
    ("resource", "expected"),
    [("arn:aws:iam::111122223333:user/ana", True), ("arn:aws:iam::111122223333:user/bo", False)],
)
def test_a_variable_limits_a_user_to_himself(resource: str, *, expected: bool) -> None:
    """Prowler 5731: keys of one's own were called an escalation."""
    statement = one(Resource="arn:aws:iam::*:user/${aws:username}", Action="iam:CreateAccessKey")
    context = Context({"aws:username": "ana"})
    assert applies(statement, "iam:CreateAccessKey", resource, context) is expected


@pytest.mark.parametrize("keys", [("aws:SourceAccount", "aws:SourceArn"), ("aws:SourceArn", "aws:SourceAccount")])  # fmt: skip
@pytest.mark.parametrize("account", ["111122223333", "444455556666"])
def test_two_keys_under_one_operator_must_both_hold(keys: tuple[str, str], account: str) -> None:
    """Cloud Custodian 10266: only the first was read."""
    wanted = {"aws:SourceAccount": "111122223333", "aws:SourceArn": "arn:aws:sns:r:1:topic"}
    statement = one(Condition={"StringEquals": {key: wanted[key] for key in keys}})
    context = Context({**wanted, "aws:SourceAccount": account})
    assert applies(statement, "s3:GetObject", ANY, context) is (account == "111122223333")


def test_set_operators_are_not_mixed_up() -> None:
    """Cloud Custodian 11074: they were dropped, or one taken for the other."""
    values = ["environment", "cost-center"]
    every = one(Condition={"ForAllValues:StringEquals": {"aws:TagKeys": values}})
    some = one(Condition={"ForAnyValue:StringEquals": {"aws:TagKeys": values}})
    mixed, none = Context({"aws:TagKeys": ["environment", "other"]}), Context()
    asked = ("ec2:DeleteTags", "*")
    assert [applies(every, *asked, c) for c in (mixed, none)] == [False, True]
    assert [applies(some, *asked, c) for c in (mixed, none)] == [True, False]


def test_a_condition_on_mfa_is_kept_and_not_assumed() -> None:
    """Nebula 187: the path was lost."""
    statement = one(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    truth = applies(statement, "sts:AssumeRole", "*", Context(unknown="*"))
    assert str(truth) == "Bool aws:MultiFactorAuthPresent true"


def test_tokens_issued_before_a_date_can_be_denied() -> None:
    """Cloudsplaining 97: the cut-off was not shown."""
    denied = one(Effect="Deny", Condition={"DateLessThan": {"aws:TokenIssueTime": "2026-06-01T00:00:00Z"}})  # fmt: skip
    of = {"old": "2026-05-31T23:59:59Z", "new": "2026-06-01T00:00:00Z"}
    asked = [
        applies(denied, "s3:GetObject", ANY, Context({"aws:TokenIssueTime": of[age]})) for age in of
    ]
    assert asked == [True, False]
    truth = applies(denied, "s3:GetObject", ANY, Context(unknown="*"))
    assert isinstance(truth, Open)
    assert "2026-06-01T00:00:00Z" in str(truth)


@pytest.mark.parametrize("operator", ["StringEquals", "StringLike", "ArnLike", "ArnEquals"])
def test_a_source_arn_limits_under_every_operator(operator: str) -> None:
    """Prowler 2792, 2533: it was seen under one only."""
    trail = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"
    statement = one(Condition={operator: {"AWS:SourceArn": trail}})
    contexts = (
        Context({"aws:SourceArn": trail}),
        Context({"aws:SourceArn": f"{trail}2"}),
        Context(),
    )
    asked = [applies(statement, "s3:PutObject", ANY, context) for context in contexts]
    assert asked == [True, False, False]
