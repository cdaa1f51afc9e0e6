"""Whether a statement applies: action, resource and conditions together."""

import json
from typing import Any

import pytest

from idkeep.policy import Context, Open, PolicyKind, Statement, Truth, Undocumented, applies, parse

BUCKET = "arn:aws:s3:::bucket"
ANA = Context({"aws:username": "ana", "aws:MultiFactorAuthPresent": "true"})


def statement(kind: PolicyKind = PolicyKind.IDENTITY, **elements: Any) -> Statement:
    made: dict[str, Any] = {"Effect": "Allow"}
    if "NotAction" not in elements:
        made["Action"] = "*"
    if "NotResource" not in elements and kind is PolicyKind.IDENTITY:
        made["Resource"] = "*"
    text = json.dumps({"Version": "2012-10-17", "Statement": {**made, **elements}})
    return parse(text, kind).statements[0]


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html
CASES: tuple[tuple[dict[str, Any], str, str, bool], ...] = (
    ({}, "s3:GetObject", BUCKET, True),
    ({}, "s3:ListAllMyBuckets", "*", True),
    ({"Action": []}, "s3:GetObject", BUCKET, False),
    ({"Action": ["s3:Get*", "s3:List*"]}, "s3:listbucket", BUCKET, True),
    ({"Action": ["s3:Get*", "s3:List*"]}, "s3:PutObject", BUCKET, False),
    ({"NotAction": "iam:*"}, "s3:PutObject", BUCKET, True),
    ({"NotAction": "iam:*"}, "IAM:CreateUser", BUCKET, False),
    ({"NotAction": ["iam:*", "s3:Get*"]}, "s3:GetObject", BUCKET, False),
    ({"NotAction": ["s3:DeleteBucket"]}, "ec2:RunInstances", "*", True),
    ({"NotAction": ["s3:NoSuchAction"]}, "iam:CreateUser", "*", True),
    ({"Resource": f"{BUCKET}/*"}, "s3:GetObject", f"{BUCKET}/key", True),
    ({"Resource": f"{BUCKET}/*"}, "s3:GetObject", BUCKET, False),
    ({"Resource": [BUCKET, f"{BUCKET}/*"]}, "s3:ListBucket", BUCKET, True),
    ({"Resource": []}, "s3:ListBucket", BUCKET, False),
    ({"NotResource": f"{BUCKET}/*"}, "s3:GetObject", f"{BUCKET}/key", False),
    ({"NotResource": f"{BUCKET}/*"}, "s3:GetObject", "arn:aws:s3:::other/key", True),
    ({"NotResource": [BUCKET, f"{BUCKET}/*"]}, "s3:ListBucket", BUCKET, False),
    ({"NotResource": "*"}, "s3:ListBucket", BUCKET, False),
    ({"Resource": f"{BUCKET}/${{aws:username}}/*"}, "s3:GetObject", f"{BUCKET}/ana/x", True),
    ({"Resource": f"{BUCKET}/${{aws:username}}/*"}, "s3:GetObject", f"{BUCKET}/bo/x", False),
    ({"Resource": f"{BUCKET}/${{aws:none}}*"}, "s3:GetObject", f"{BUCKET}/x", False),
    ({"Resource": [f"{BUCKET}/${{aws:none}}", BUCKET]}, "s3:GetObject", BUCKET, True),
    ({"Resource": f"{BUCKET}/${{*}}"}, "s3:GetObject", f"{BUCKET}/*", True),
    ({"Resource": f"{BUCKET}/${{*}}"}, "s3:GetObject", f"{BUCKET}/x", False),
    ({"NotResource": f"{BUCKET}/${{aws:username}}/*"}, "s3:GetObject", f"{BUCKET}/ana/x", False),
    ({"NotResource": f"{BUCKET}/${{aws:username}}/*"}, "s3:GetObject", f"{BUCKET}/bo/x", True),
    ({"NotResource": [f"{BUCKET}/${{aws:none}}", BUCKET]}, "s3:GetObject", BUCKET, False),
    ({"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}, "s3:GetObject", "*", True),
    ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, "s3:GetObject", "*", False),
    ({"Condition": {}}, "s3:GetObject", "*", True),
)


@pytest.mark.parametrize(("elements", "action", "resource", "expected"), CASES)
def test_applies(elements: dict[str, Any], action: str, resource: str, *, expected: bool) -> None:
    assert applies(statement(**elements), action, resource, ANA) is expected


def test_a_policy_on_one_resource_covers_it() -> None:
    trust = statement(PolicyKind.TRUST, Principal="*", Action="sts:AssumeRole")
    role = "arn:aws:iam::111122223333:role/app"
    assert applies(trust, "sts:AssumeRole", role, Context()) is True


def test_the_old_version_takes_variables_literally() -> None:
    old = {"Effect": "Allow", "Action": "*", "Resource": f"{BUCKET}/${{aws:username}}"}
    made = parse(json.dumps({"Statement": old}), PolicyKind.IDENTITY).statements[0]
    assert applies(made, "s3:GetObject", f"{BUCKET}/ana", ANA) is False
    assert applies(made, "s3:GetObject", f"{BUCKET}/${{aws:username}}", ANA) is True


def test_what_is_open_says_what_it_depends_on() -> None:
    made = statement(
        Resource=f"{BUCKET}/${{aws:userid}}/*",
        Condition={
            "Bool": {"aws:MultiFactorAuthPresent": "true"},
            "StringEquals": {"aws:PrincipalTag/team": ["red", "blue"]},
        },
    )
    context = Context({"aws:MultiFactorAuthPresent": "true"}, unknown="*")
    truth = applies(made, "s3:GetObject", f"{BUCKET}/AID/x", context)
    assert str(truth) == (
        f"Resource {BUCKET}/${{aws:userid}}/* covers {BUCKET}/AID/x"
        " and StringEquals aws:PrincipalTag/team [red, blue]"
    )
    assert isinstance(truth, Open)
    told = context.told({"aws:userid": "AID"})
    assert str(truth.residual.evaluate(told)) == "StringEquals aws:PrincipalTag/team [red, blue]"
    assert truth.residual.evaluate(told.told({"aws:PrincipalTag/Team": "red"})) is True
    assert truth.residual.evaluate(told.told({"aws:PrincipalTag/team": ()})) is False
    assert truth.residual.evaluate(told.strict()) is False


def test_a_spared_resource_with_an_unknown_variable_is_open() -> None:
    made = statement(NotResource=f"{BUCKET}/${{aws:username}}")
    truth = applies(made, "s3:GetObject", f"{BUCKET}/ana", Context(unknown=["aws:username"]))
    assert str(truth) == f"NotResource {BUCKET}/${{aws:username}} spares {BUCKET}/ana"


@pytest.mark.parametrize(
    ("elements", "resource", "why"),
    [
        (
            {"Resource": "arn:aws:iam::${aws:none}:user/x"},
            "arn:aws:iam::111122223333:user/x",
            "fifth colon",
        ),
        ({"Resource": f"{BUCKET}/${{aws:none"}, f"{BUCKET}/x", "closing brace"),
    ],
)
def test_what_aws_leaves_open_is_undocumented(
    elements: dict[str, Any], resource: str, why: str
) -> None:
    truth: Truth = applies(statement(**elements), "s3:GetObject", resource, ANA)
    assert isinstance(truth, Open)
    assert isinstance(truth.residual, Undocumented)
    assert why in str(truth)


def test_a_variable_without_a_value_spares_no_resource() -> None:
    """The page on variables: it "will not match any resource", in `NotResource` too."""
    made = statement(NotResource=f"{BUCKET}/${{aws:none}}")
    assert applies(made, "s3:GetObject", f"{BUCKET}/x", ANA) is True


def test_an_unknown_variable_opens_nothing_that_no_value_could_match() -> None:
    made = statement(Resource=f"{BUCKET}/${{aws:username}}/*")
    truth = applies(made, "s3:GetObject", "arn:aws:s3:::other/ana/x", Context(unknown="*"))
    assert truth is False


def test_what_no_value_of_a_variable_can_cover_is_spared_whatever_it_is() -> None:
    made = statement(NotResource=f"{BUCKET}/${{aws:username}}")
    other = f"{BUCKET}-2/ana"
    assert applies(made, "s3:GetObject", other, Context(unknown="*")) is True
