"""What `compare` says of pairs of policies as people write them."""

import gzip
import json
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from idkeep.policy import Policies, Policy, PolicyError, PolicyKind, evaluate, parse
from idkeep.policy.decision import Allowed, Denied
from idkeep.policy.symbolic import (
    Proven,
    Refuted,
    Undecided,
    compare,
    implies,
    intersects,
    proves,
    requests_for,
)
from idkeep.policy.symbolic.witness import permits

ALLOW: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DENY = {**ALLOW, "Effect": "Deny"}
ORG = "aws:PrincipalOrgID"


def policy(*statements: dict[str, Any], kind: PolicyKind = PolicyKind.IDENTITY) -> Policy:
    return parse(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), kind)


def allow(**elements: Any) -> Policy:
    return policy({**ALLOW, **elements})


def when(operator: str, key: str, *values: Any) -> Policy:
    return allow(Condition={operator: {key: list(values)}})


def without(name: str, **elements: Any) -> Policy:
    kept = {key: value for key, value in ALLOW.items() if key != name}
    return policy({**kept, **elements})


PAIRS = [
    # actions
    (allow(Action="s3:Get*"), allow(Action="s3:*"), "narrower"),
    (allow(Action="S3:GETOBJECT"), allow(Action="s3:GetObject"), "equivalent"),
    (allow(Action="s3:?*"), allow(Action="s3:*"), "equivalent"),
    (allow(Action=["s3:Get*", "s3:Put*"]), allow(Action="s3:*t*"), "narrower"),
    (allow(Action="s3:*Object"), allow(Action="s3:Get*"), "incomparable"),
    (
        without("Action", NotAction="iam:*"),
        policy(ALLOW, {**DENY, "Action": "iam:*"}),
        "equivalent",
    ),
    (
        without("Action", NotAction=["iam:*", "sts:*"]),
        without("Action", NotAction="iam:*"),
        "narrower",
    ),
    # resources
    (allow(Resource="arn:aws:s3:::b/*"), allow(Resource="arn:aws:s3:::b*"), "narrower"),
    (allow(Resource="arn:aws:s3:::b/*"), allow(Resource="arn:aws:s3:*:*:b/*"), "narrower"),
    (allow(Resource="arn:aws:s3:::*"), allow(Resource="arn:aws:s3:*"), "narrower"),
    (allow(Resource="arn:aws:sns:*:1:a"), allow(Resource="arn:aws:sns:*:a"), "narrower"),
    (allow(Resource="arn:aws:sns:e*u:1:a"), allow(Resource="arn:aws:sns:e*:1:a"), "narrower"),
    (allow(Resource="arn:*"), allow(), "narrower"),
    (
        allow(Resource=["arn:aws:s3:::b", "arn:aws:s3"]),
        allow(Resource="arn:aws:s3:::b"),
        "equivalent",
    ),
    (
        without("Resource", NotResource="arn:aws:s3:::a*"),
        policy(ALLOW, {**DENY, "Resource": "arn:aws:s3:::a*"}),
        "equivalent",
    ),
    # statements together
    (
        policy({**ALLOW, "Action": "s3:Get*"}, {**ALLOW, "Action": "s3:GetObject"}),
        allow(Action="s3:Get*"),
        "equivalent",
    ),
    (
        policy({**ALLOW, "Action": "s3:*"}, {**DENY, "Action": "s3:*"}),
        allow(Action="sqs:*"),
        "narrower",
    ),
    (policy(DENY), policy({**DENY, "Action": "s3:*"}), "equivalent"),
    # strings
    (when("StringEquals", ORG, "a"), when("StringEquals", ORG, "a", "b"), "narrower"),
    (when("StringEquals", ORG, "a"), when("StringLike", ORG, "a*"), "narrower"),
    (when("StringEquals", ORG, "a"), when("StringEqualsIgnoreCase", ORG, "A"), "narrower"),
    (when("StringEquals", ORG, "a"), when("StringEqualsIfExists", ORG, "a"), "narrower"),
    (when("StringNotEquals", ORG, "a"), when("StringNotEqualsIfExists", ORG, "a"), "equivalent"),
    (when("StringNotLike", ORG, "a*"), when("StringNotEquals", ORG, "a"), "narrower"),
    (
        policy(ALLOW, {**DENY, "Condition": {"StringNotEquals": {ORG: "o"}}}),
        when("StringEquals", ORG, "o"),
        "equivalent",
    ),
    (
        when("ArnLike", "aws:SourceArn", "arn:aws:s3:::*"),
        when("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:*"),
        "narrower",
    ),
    (
        when("ArnLike", "aws:SourceArn", "arn:aws:s3:*:1:b"),
        when("ArnEquals", "aws:SourceArn", "arn:aws:s3:*:1:b"),
        "equivalent",
    ),
    # a shorter ARN: a field that differs decides, and nothing stands for what it lacks
    (when("ArnLike", "aws:SourceArn", "arn:aws:s3:b"), allow(Action="sqs:*"), "narrower"),
    (when("ArnLike", "aws:SourceArn", "*"), when("ArnEquals", "aws:SourceArn", "*"), "equivalent"),
    (
        when("ArnLike", "aws:SourceArn", "arn:aws:s3:*", "arn:aws:sns:*:1:a"),
        when("ArnLike", "aws:SourceArn", "arn:aws:s3:*", "arn:aws:sns:*:1:*"),
        "narrower",
    ),
    # numbers, dates, addresses, booleans
    (
        when("NumericLessThan", "s3:max-keys", 10),
        when("NumericLessThan", "s3:max-keys", "10.0"),
        "equivalent",
    ),
    (
        when("NumericLessThan", "s3:max-keys", 10),
        when("NumericLessThanEquals", "s3:max-keys", 10),
        "narrower",
    ),
    (
        when("DateLessThan", "aws:CurrentTime", "2026-01-01T01:00:00+01:00"),
        when("DateLessThan", "aws:CurrentTime", "2026-01-01"),
        "equivalent",
    ),
    (
        when("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
        when("IpAddress", "aws:SourceIp", "10.0.0.0/9", "10.128.0.0/9"),
        "equivalent",
    ),
    (
        when("IpAddress", "aws:SourceIp", "2001:db8::/33"),
        when("IpAddress", "aws:SourceIp", "2001:db8::/32"),
        "narrower",
    ),
    (
        when("Bool", "aws:SecureTransport", "true"),
        when("BoolIfExists", "aws:SecureTransport", "true"),
        "narrower",
    ),
    (
        when("Bool", "aws:SecureTransport", "true", "false"),
        when("Null", "aws:SecureTransport", "false"),
        "equivalent",
    ),
    (when("BinaryEquals", "x:b", "QQ=="), when("BinaryEquals", "x:b", "QQ==", "Qg=="), "narrower"),
    # several values
    (
        when("ForAllValues:StringEquals", "aws:TagKeys", "a"),
        when("ForAllValues:StringLike", "aws:TagKeys", "a*"),
        "narrower",
    ),
    (
        when("ForAnyValue:StringEquals", "aws:TagKeys", "a"),
        when("ForAllValues:StringEquals", "aws:TagKeys", "a"),
        "incomparable",
    ),
    (
        policy(
            ALLOW, {**DENY, "Condition": {"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["a"]}}}
        ),
        when("ForAllValues:StringEquals", "aws:TagKeys", "a"),
        "equivalent",
    ),
    # variables
    (
        policy(
            {**ALLOW, "Condition": {"StringEquals": {"x:asks": "${x:is}"}}},
            {**ALLOW, "Action": "y:*", "Condition": {"StringEquals": {"x:owns": "${x:asks}"}}},
        ),
        policy(
            {**ALLOW, "Condition": {"StringEquals": {"x:asks": "${x:is}", ORG: "o"}}},
            {**ALLOW, "Action": "y:*", "Condition": {"StringEquals": {"x:owns": "${x:asks}"}}},
        ),
        "broader",
    ),
    (
        allow(Resource="arn:aws:iam::1:user/${aws:username}"),
        allow(Resource="arn:aws:iam::*:user/${aws:username}"),
        "narrower",
    ),
    (
        allow(Resource="arn:aws:s3:::b/${aws:username}/*"),
        allow(Resource="arn:aws:s3:::b/${aws:username}*"),
        "narrower",
    ),
    (
        when("StringLike", "s3:prefix", "${aws:username}/*"),
        when("StringLike", "s3:prefix", "", "${aws:username}*"),
        "narrower",
    ),
    (
        when("StringEquals", "s3:prefix", "home/${aws:username}"),
        when("StringLike", "s3:prefix", "*/${aws:username}"),
        "narrower",
    ),
    (
        allow(Resource="arn:aws:s3:::b/${aws:PrincipalTag/t}"),
        allow(Resource="arn:aws:s3:::b/${aws:PrincipalTag/t, 'x'}"),
        "narrower",
    ),
    (
        allow(Resource="arn:aws:iam::*:user/${aws:username}"),
        allow(Resource="arn:aws:iam::*:user/*"),
        "narrower",
    ),
    (
        allow(Resource="arn:aws:s3:::b/${aws:username}/*"),
        policy({**ALLOW, "Resource": ["arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::c"]}),
        "narrower",
    ),
    (
        when("StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}"),
        when("StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}", "1"),
        "narrower",
    ),
    (
        when("StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}"),
        when("StringNotEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}"),
        "incomparable",
    ),
]


@pytest.mark.parametrize(("a", "b", "relation"), PAIRS)
def test_the_relation_and_its_witnesses(a: Policy, b: Policy, relation: str) -> None:
    found = compare(a, b)
    assert found.relation.value == relation, found
    assert bool(found.only_a) is (relation in ("broader", "incomparable"))
    assert bool(found.only_b) is (relation in ("narrower", "incomparable"))
    for request, more, less in ((found.only_a, a, b), (found.only_b, b, a)):
        if not request:
            continue
        assert permits((more,), request) is True
        assert permits((less,), request) is False
        # Of another account's resource its own policy decides too, and is not told.
        if not request.context.get("aws:ResourceAccount"):
            assert isinstance(evaluate(request, Policies(identity=(more,))), Allowed)
            assert isinstance(evaluate(request, Policies(identity=(less,))), Denied)


def resource(principal: Any, element: str = "Principal", **elements: Any) -> Policy:
    return policy({**ALLOW, element: principal, **elements}, kind=PolicyKind.RESOURCE)


ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
THE_USER = {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/ana"}}
A_USER = {"StringEquals": {"aws:PrincipalType": "User"}}
A_SESSION = {"StringEquals": {"aws:PrincipalType": "AssumedRole"}}


@pytest.mark.parametrize(
    ("a", "b", "relation"),
    [
        (resource({"AWS": ACCOUNT}), resource("*"), "narrower"),
        (
            resource({"AWS": ACCOUNT}),
            resource({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
            "equivalent",
        ),
        (resource({"AWS": ROLE}), resource({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), "narrower"),
        (resource({"AWS": ROLE}), resource({"Service": "sns.amazonaws.com"}), "incomparable"),
        (resource("*"), resource({"AWS": "*"}), "equivalent"),
        (
            resource({"AWS": ACCOUNT}),
            resource({"AWS": "*"}, Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}),
            "narrower",
        ),
        (
            resource({"AWS": "AROAAAAAAAAAAAAAAAAAA"}),
            resource({"AWS": ["AROAAAAAAAAAAAAAAAAAA", ROLE]}),
            "narrower",
        ),
        # No session of a role has a user's ARN.
        (
            resource({"AWS": ACCOUNT}, Condition={**THE_USER, **A_USER}),
            resource({"AWS": ACCOUNT}, Condition=THE_USER),
            "equivalent",
        ),
        (
            resource({"AWS": ACCOUNT}, Condition={**THE_USER, **A_SESSION}),
            policy({**DENY, "Principal": "*"}, kind=PolicyKind.RESOURCE),
            "equivalent",
        ),
    ],
)
def test_who_is_named_counts_where_policies_name_principals(
    a: Policy, b: Policy, relation: str
) -> None:
    assert compare(a, b).relation.value == relation


def test_several_documents_are_one_set() -> None:
    both = [allow(Action="s3:Get*"), policy({**DENY, "Action": "s3:GetObject"})]
    assert compare(both, allow(Action="s3:Get*")).relation.value == "narrower"
    with pytest.raises(ValueError, match="principals"):
        compare(allow(), resource("*"))


def test_control_policies_that_only_deny_are_compared_by_what_they_leave() -> None:
    strict, lax = (
        policy({**DENY, "Action": actions}, kind=PolicyKind.SCP)
        for actions in (["iam:*", "sts:*"], "iam:*")
    )
    found = compare(strict, lax)
    assert (found.relation.value, found.why) == ("narrower", "each beside FullAWSAccess")
    rcps = [
        policy({**DENY, "Principal": "*", "Action": action}, kind=PolicyKind.RCP)
        for action in ("s3:*", "s3:Get*")
    ]
    assert compare(*rcps).relation.value == "narrower"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        # What a value of another type means to an operator, AWS does not say.
        (when("StringLike", "s3:max-keys", "1*"), when("NumericLessThan", "s3:max-keys", "x")),
        # Nor whether a key with an empty value is there.
        (when("Null", ORG, "false"), when("StringLike", ORG, "*")),
        (without("Action", NotAction=[]), allow()),
        (when("StringEquals", "x:a", "${x:b"), when("StringEquals", "x:a", "1")),
    ],
)
def test_what_aws_does_not_document_is_unknown(a: Policy, b: Policy) -> None:
    found = compare(a, b)
    assert found.relation.value == "unknown"
    assert found.why


def test_a_document_without_an_answer_is_still_equivalent_to_itself() -> None:
    odd = without("Action", NotAction=[])
    assert compare(odd, odd).relation.value == "equivalent"


def test_an_overrun_budget_is_unknown_and_never_safe() -> None:
    a, b = allow(Resource="arn:aws:s3:::*a*b*"), allow(Resource="arn:aws:s3:::*b*a*")
    assert compare(a, b).relation.value == "incomparable"
    found = compare(a, b, steps=3)
    assert found.relation.value == "unknown"
    assert "budget" in found.why


def test_what_is_never_allowed_is_proven_or_refuted_by_a_request() -> None:
    guarded = policy(ALLOW, {**DENY, "Action": "cloudtrail:StopLogging"})
    asked = requests_for(["cloudtrail:StopLogging"])
    assert isinstance(proves(guarded, never=asked), Proven)
    found = proves(guarded, never=requests_for(["cloudtrail:Stop*"]))
    assert isinstance(found, Refuted)
    assert found.request.action.startswith("cloudtrail:Stop")
    assert isinstance(proves(guarded, never=asked, steps=0), Undecided)


def test_one_policy_implies_another_or_a_request_refutes_it() -> None:
    less, more = allow(Action="s3:Get*"), allow(Action="s3:*")
    assert isinstance(implies(less, more), Proven)
    found = implies(more, less)
    assert isinstance(found, Refuted)
    assert permits((more,), found.request) is True
    assert permits((less,), found.request) is False


def test_requests_are_described_by_a_policy_of_the_kind() -> None:
    trust = requests_for(["sts:AssumeRole"], kind=PolicyKind.TRUST)
    assert trust.statements[0].resource is None
    with pytest.raises(ValueError, match="no resource but its own"):
        requests_for(
            ["sts:AssumeRole"], ["arn:aws:iam::111122223333:role/a"], kind=PolicyKind.TRUST
        )
    with pytest.raises(PolicyError):
        requests_for(["GetObject"])


def test_what_hangs_on_an_empty_list_is_undecided() -> None:
    assert isinstance(intersects(without("Action", NotAction=[]), allow()), Undecided)


def _managed() -> list[dict[str, Any]]:
    folder = os.environ.get("IDKEEP_POLICY_CASES")
    name = "managed_policies_labelled.json.gz"
    if folder is None or not (path := Path(folder) / name).exists():
        pytest.skip(f"IDKEEP_POLICY_CASES names no folder with {name}")
    found: list[dict[str, Any]] = json.loads(gzip.decompress(path.read_bytes()))["policies"]
    return [one["document"] for one in found]


def _parsed(document: dict[str, Any], statements: list[Any]) -> Policy:
    return parse(json.dumps({**document, "Statement": statements}), PolicyKind.IDENTITY)


def test_managed_policies_of_aws_beside_themselves() -> None:
    """With a Deny of nothing, in another order, each is the same; less a statement, not more."""
    documents = _managed()
    unknown = 0
    for n, document in enumerate(documents[::5]):
        given = document["Statement"]
        statements = given if isinstance(given, list) else [given]
        whole = _parsed(document, statements)
        nothing = {"Effect": "Deny", "Action": "none:None", "Resource": "*"}
        assert compare(
            whole, _parsed(document, [nothing, *reversed(statements)])
        ).relation.value == ("equivalent")
        left = statements[: n % len(statements)] + statements[n % len(statements) + 1 :]
        found = compare(whole, _parsed(document, left))
        allowed = statements[n % len(statements)]["Effect"] == "Allow"
        assert found.relation.value in (
            "unknown",
            "equivalent",
            "broader" if allowed else "narrower",
        )
        unknown += found.relation.value == "unknown"
    assert unknown <= len(documents) / 5 / 100


def test_managed_policies_of_aws_beside_each_other() -> None:
    documents = _managed()
    parsed = [parse(json.dumps(one), PolicyKind.IDENTITY) for one in documents[::4]]
    found = [compare(a, b).relation.value for a, b in pairwise(parsed)]
    assert found.count("unknown") <= len(found) / 100
