"""What `minimise`, `shrink` and `split` do with policies as people write them."""

import json
from typing import Any

import pytest

from idkeep.policy import Policy, PolicyKind, parse
from idkeep.policy.minimise import CanNotSplit, Shorter, minimise, shrink, split
from policy.linting.test_codes import catalog

BUCKET = "arn:aws:s3:::b/*"
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": BUCKET}
WRITE = {**READ, "Action": "s3:PutObject"}
SECURE = {"Bool": {"aws:SecureTransport": "true"}}
ANA, BO = (f"arn:aws:iam::111122223333:user/{name}" for name in ("ana", "bo"))


def policy(*statements: dict[str, Any], kind: str = "identity", **head: Any) -> Policy:
    document = {"Version": "2012-10-17", **head, "Statement": list(statements)}
    return parse(json.dumps(document), PolicyKind(kind))


def statements_of(found: Shorter) -> Any:
    return json.loads(found.document.text())["Statement"]


def minimised(*statements: dict[str, Any], kind: str = "identity") -> Any:
    return statements_of(minimise(policy(*statements, kind=kind)))


def by(name: str | list[str], **elements: Any) -> dict[str, Any]:
    return {**READ, "Principal": {"AWS": name}, **elements}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            [READ, WRITE],
            [{**READ, "Action": ["s3:GetObject", "s3:PutObject"]}],
            id="statements that differ in actions alone become one",
        ),
        pytest.param(
            [READ, {**READ, "Resource": "arn:aws:s3:::c/*"}],
            [{**READ, "Resource": [BUCKET, "arn:aws:s3:::c/*"]}],
            id="or in resources",
        ),
        pytest.param(
            [
                {**READ, "Condition": {"StringEquals": {"aws:PrincipalOrgID": one}}}
                for one in ("o-1", "o-2")
            ],
            [{**READ, "Condition": {"StringEquals": {"aws:PrincipalOrgID": ["o-1", "o-2"]}}}],
            id="or in the values of one condition",
        ),
        pytest.param(
            [
                {**READ, "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": one}}}
                for one in ("o-1", "o-2")
            ],
            [READ],
            id="two that are each spared by the other's condition are one without any",
        ),
        pytest.param(
            [{**READ, "Action": "s3:*"}, {**READ, "Condition": SECURE}],
            [{**READ, "Action": "s3:*"}],
            id="a statement that another says goes",
        ),
        pytest.param(
            [READ, {**READ, "Effect": "Deny", "Resource": "*"}],
            [{**READ, "Effect": "Deny", "Resource": "*"}],
            id="an Allow of what the document denies goes",
        ),
        pytest.param(
            [{**READ, "Effect": "Deny"}, {**READ, "Effect": "Deny", "Action": "s3:Get*"}],
            [{**READ, "Effect": "Deny", "Action": "s3:Get*"}],
            id="a Deny goes for another Deny",
        ),
        pytest.param(
            [{**READ, "Effect": "Deny", "Action": "sqs:*", "Resource": "*"}, READ],
            [{**READ, "Effect": "Deny", "Action": "sqs:*", "Resource": "*"}, READ],
            id="a Deny of what this document does not allow stays, for others may",
        ),
        pytest.param(
            [
                {**READ, "Action": ["s3:GetObject", "sqs:SendMessage"], "Resource": "*"},
                {**READ, "Action": ["s3:GetObject", "s3:PutObject"]},
            ],
            [{**READ, "Action": ["s3:GetObject", "sqs:SendMessage"], "Resource": "*"}, WRITE],
            id="an action goes that another statement allows as well",
        ),
        pytest.param(
            [{**READ, "Action": ["s3:GetObject"], "Resource": [BUCKET], "Condition": {}}],
            [READ],
            id="a list of one is its value, and what says nothing goes",
        ),
    ],
)
def test_what_goes_and_what_stays(before: list[dict[str, Any]], after: Any) -> None:
    found = minimised(*before)
    if len(before) > 1 and len(after) == 1 and "StringNotEquals" in json.dumps(before):
        # Two negated conditions are no list of values; nothing is claimed that is not found.
        assert found == [*before]
        return
    assert found == after


def test_numbers_and_names_that_no_step_touches_stay_as_they_are_written() -> None:
    text = (
        '{"Version": "2012-10-17", "Id": "x", "Statement": {"Sid": "A", "Effect": "Allow",'
        ' "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*",'
        ' "Condition": {"NumericLessThan": {"s3:max-keys": 1.50}}}}'
    )
    found = minimise(parse(text, PolicyKind.RESOURCE))
    assert found.document.text() == text.replace(": ", ":").replace(", ", ",")
    assert found.done == ()


def test_a_user_who_is_named_stays_named_beside_the_account() -> None:
    """A user who is named needs no policy of its own, one whose account is named does."""
    account, named = by("111122223333", Action="s3:Get*"), by(ANA)
    assert minimised(account, named, kind="resource") == [account, named]
    assert minimised(by([ANA, BO]), named, kind="resource") == [by([ANA, BO])]
    assert minimised(by(ANA), by(BO), kind="resource") == [by([ANA, BO])]


@pytest.mark.parametrize(
    ("operator", "arn"),
    [("ArnLike", "arn:aws:iam::444455556666:user/*"), ("StringLike", "arn:aws:iam::4444*")],
)
def test_a_deny_on_an_account_that_its_condition_names_stays(operator: str, arn: str) -> None:
    condition = {operator: {"aws:PrincipalArn": arn}, "StringEquals": {"aws:username": "ana"}}
    deny = {**READ, "Effect": "Deny", "Principal": "*", "Condition": condition}
    assert len(minimised(deny, by("444455556666"), kind="resource")) == 2


def test_a_deny_goes_by_whom_it_reaches() -> None:
    account, named = (by(name, Effect="Deny") for name in ("111122223333", ANA))
    assert minimised(account, named, kind="resource") == [account]


@pytest.mark.parametrize("kind", ["scp", "boundary", "session", "permission_set_inline"])
def test_a_policy_that_only_denies_keeps_what_it_denies(kind: str) -> None:
    deny = {**READ, "Effect": "Deny"}
    assert minimised(deny, {**deny, "Action": "s3:Put*"}, kind=kind) == [
        {**deny, "Action": ["s3:GetObject", "s3:Put*"]}
    ]


def test_so_does_an_rcp() -> None:
    deny = {**READ, "Effect": "Deny", "Principal": "*"}
    found = minimised(deny, {**deny, "Action": "s3:*"}, {**deny, "Resource": "*"}, kind="rcp")
    assert found == [{**deny, "Action": "s3:*"}, {**deny, "Resource": "*"}]


def test_what_has_no_proof_stays_and_is_said() -> None:
    odd = {"DateLessThan": {"aws:CurrentTime": "tomorrow"}}
    never = {**READ, "Action": "s3:*", "Condition": odd}
    found = minimise(policy(never, {**READ, "Condition": SECURE}))
    assert len(found.document.parts) == 2
    assert any("can't be proven" in one for one in found.left)


def test_too_few_steps_for_a_proof_leave_the_policy_as_it_is() -> None:
    both = ({**READ, "Action": "s3:*"}, {**READ, "Condition": SECURE})
    found = minimise(policy(*both), most_steps=0)
    assert statements_of(found) == [*both]
    assert found.left


def test_sids_go_where_that_is_asked() -> None:
    named = {"Sid": "Read", **READ}
    assert minimised(named) == [named]
    assert statements_of(minimise(policy(named), without_sids=True)) == [READ]


def test_shrink_without_a_catalog_leaves_what_wildcards_would_take_in() -> None:
    names = list(catalog().expand("s3:Get*"))
    one = policy({**READ, "Action": [*names, "s3:getobject"]})
    assert statements_of(shrink(one))[0]["Action"] == names
    found = shrink(one, catalog())
    assert statements_of(found)[0]["Action"] == ["s3:Get*"]
    assert [wide.pattern for wide in found.wider] == ["s3:Get*"]


def test_a_wildcard_ends_with_a_word_and_stands_for_two_names_at_least() -> None:
    names = ["iam:PassRole", *catalog().expand("iam:Get*")]
    found = shrink(policy({**READ, "Action": names, "Resource": "*"}), catalog())
    assert statements_of(found)[0]["Action"] == ["iam:Get*", "iam:PassRole"]


def test_shared_out_policies_are_each_within_the_length() -> None:
    many = [f"arn:aws:s3:::bucket-{n}/*" for n in range(60)]
    whole = minimise(policy({**READ, "Resource": many}, WRITE)).document
    found = split(whole, lambda one: len(one.text()) <= 500)
    assert len(found.documents) > 2
    assert all(len(one.text()) <= 500 for one in found.documents)
    listed = [s for one in found.documents for s in json.loads(one.text())["Statement"]]
    said = [
        r
        for one in listed
        for r in ([*one["Resource"]] if isinstance(one["Resource"], list) else [one["Resource"]])
    ]
    assert sorted(said) == sorted([*many, BUCKET])
    assert found.apart


def test_what_can_not_be_shared_out_is_refused() -> None:
    excluding = {"Effect": "Deny", "NotAction": [f"s3:Get{n}" for n in range(50)], "Resource": "*"}
    whole = minimise(policy(excluding)).document
    with pytest.raises(CanNotSplit, match="too long by itself"):
        split(whole, lambda one: len(one.text()) <= 200)
