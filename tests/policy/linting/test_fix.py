"""`--fix`: what goes, what stays, and that the meaning does."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idkeep.policy import Context, PolicyKind, applies, parse
from idkeep.policy.linting import fixed
from laws_profile import examples
from policy.linting.test_codes import catalog

IDENTITY = PolicyKind.IDENTITY
ACTIONS = st.sampled_from(
    [
        *("s3:GetObject", "s3:getobject", "S3:GetObject", "s3:Get*", "s3:*", "s3:?etObject", "*"),
        *("sqs:SendMessage", "sqs:*Message", "iam:Pass*", "nowhere:Anything", "s3:GetObjectt"),
    ]
)
RESOURCES = st.sampled_from(
    [
        *("*", "arn:aws:s3:::b", "arn:aws:s3:::b/*", "arn:aws:s3:::b/${aws:username}/*"),
        *("arn:aws:s3:::b/a", "arn:aws:s3:::?/*", "arn:aws:s3:*:*:b/*", "arn:aws:sqs:*:*:q"),
    ]
)
ASKED = [
    (action, resource)
    for action in ("s3:GetObject", "s3:PutObject", "sqs:SendMessage", "iam:PassRole", "new:Thing")
    for resource in ("*", "arn:aws:s3:::b", "arn:aws:s3:::b/a", "arn:aws:s3:::c/ana/x")
]


def statement(**elements: object) -> str:
    given = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **elements}
    there = {name: value for name, value in given.items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [there]}, indent=4)


@examples(200)
@given(
    st.lists(ACTIONS, min_size=1, max_size=5),
    st.lists(RESOURCES, min_size=1, max_size=5),
    st.booleans(),
    st.booleans(),
)
def test_a_fix_changes_no_answer_and_leaves_nothing_to_fix(
    actions: list[str],
    resources: list[str],
    not_action: bool,  # noqa: FBT001 -- drawn
    not_resource: bool,  # noqa: FBT001
) -> None:
    text = statement(
        Action=None if not_action else actions,
        NotAction=actions if not_action else None,
        Resource=None if not_resource else resources,
        NotResource=resources if not_resource else None,
    )
    fix = fixed(text, IDENTITY, catalog())
    if fix is None:
        return
    assert fixed(fix.text, IDENTITY, catalog()) is None
    [before], [after] = parse(text, IDENTITY).statements, parse(fix.text, IDENTITY).statements
    context = Context({"aws:username": ("ana",)})
    for action, resource in ASKED:
        assert applies(before, action, resource, context) == applies(
            after, action, resource, context
        )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('["s3:GetObject", "s3:GetObject"]', '["s3:GetObject"]'),
        ('["s3:Get*", "s3:GetObject", "sqs:*"]', '["s3:Get*", "sqs:*"]'),
        ('["s3:GetObject", "s3:GetObjectAcl", "s3:Get*"]', '["s3:Get*"]'),
        ('[\n  "s3:GetObject",\n  "s3:*",\n  "s3:Get*"\n]', '[\n  "s3:*"\n]'),
        ('"S3:getobject"', '"s3:GetObject"'),
        ('["S3:get*"]', '["s3:get*"]'),
    ],
)
def test_the_rest_of_the_text_is_as_it_was(before: str, after: str) -> None:
    frame = '{{ "Statement" :\n[{{"Effect":"Allow","Resource":"*", "Action":\t{} }}] }}\n'
    fix = fixed(frame.format(before), IDENTITY, catalog())
    assert fix is not None
    assert fix.text == frame.format(after)


@pytest.mark.parametrize(
    "text",
    [
        statement(),
        statement(Action=["s3:GetObject"]),
        statement(Action=["s3:Get*", "s3:*Object"]),
        statement(Action=["s3:Get*", "s3:GetObject"]).replace("s3:GetObject", "s3:Get\\u004fbject"),
        statement(Effect="allow", Action=["s3:*", "s3:*"]),
        statement(Resource=["arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/${aws:userid}"]),
        "no JSON",
    ],
)
def test_what_cant_be_proven_or_read_stays(text: str) -> None:
    assert fixed(text, IDENTITY, catalog()) is None


def test_each_change_is_said() -> None:
    fix = fixed(statement(Action=["s3:*", "S3:getobject", "SQS:*"]), IDENTITY, catalog())
    assert fix is not None
    assert fix.changes == (
        "statement 0 Action: removed S3:getobject, which is within s3:*",
        "statement 0 Action: SQS:* is spelt sqs:*",
    )
