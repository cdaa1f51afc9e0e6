"""Wildcards in actions, resources and ARN conditions."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idkeep.policy.pattern import action_test, arn_test, glob, resource_test, string_test
from policy.spec_glob import arn_matches, resource_matches, string_matches

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
ACTION_CASES = (
    ("s3:GetObject", "s3:GetObject", True),
    ("iam:ListAccessKeys", "IAM:listaccesskeys", True),
    ("IAM:listaccesskeys", "iam:ListAccessKeys", True),
    ("iam:*AccessKey*", "iam:CreateAccessKey", True),
    ("iam:*AccessKey*", "iam:GetAccessKeyLastUsed", True),
    ("iam:*AccessKey*", "iam:ListUsers", False),
    ("*", "s3:GetObject", True),
    ("s3:*", "s3:GetObject", True),
    ("s3:*", "s3express:CreateSession", False),
    ("es:*", "ses:SendEmail", False),
    ("s3:Get?bject", "s3:GetObject", True),
    ("s3:Get?bject", "s3:Getbject", False),
    ("s3:GetObject", "s3:GetObjectAcl", False),
    ("s3:GetObject?", "s3:GetObject", False),
    ("s3:Get[Oo]bject", "s3:GetObject", False),
    ("s3:Get.bject", "s3:GetObject", False),
)

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
RESOURCE_CASES = (
    (
        "arn:aws:sqs:us-east-2:111122223333:queue1",
        "arn:aws:sqs:us-east-2:111122223333:queue1",
        True,
    ),
    ("arn:aws:iam::111122223333:user/Bob", "arn:aws:iam::111122223333:user/bob", False),
    (
        "arn:aws:iam::111122223333:user/accounting/*",
        "arn:aws:iam::111122223333:user/accounting/Bob",
        True,
    ),
    (
        "arn:aws:iam::111122223333:user/accounting/*",
        "arn:aws:iam::111122223333:user/Bob",
        False,
    ),
    ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1/test/object.jpg", True),
    ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1/2/test/3/object.jpg", True),
    ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1///test///object.jpg", True),
    ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket//test/object.jpg", True),
    ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1/test/", True),
    ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1-test/object.jpg", False),
    ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/test/object.jpg", False),
    ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1/2/test.jpg", False),
    ("*", "arn:aws:s3:::bucket", True),
    ("*", "*", True),
    ("arn:aws:s3:::*", "*", False),
    # A star that ends its field runs on past the colon.
    ("arn:aws:dynamodb:*:table/t", "arn:aws:dynamodb:us-east-1:111122223333:table/t", True),
    ("arn:aws:dynamodb:*:table/t", "arn:aws:dynamodb:us-east-1:111122223333:table/u", False),
    ("arn:aws:s3*", "arn:aws:s3:::bucket/key", True),
    ("arn:aws:*", "arn:aws:s3:::bucket/key", True),
    # One that does not, stays.
    (
        "arn:aws:ec2:us-*-1:111122223333:instance/i",
        "arn:aws:ec2:us-east-1:111122223333:instance/i",
        True,
    ),
    ("arn:aws:ec2:u*1:111122223333:instance/i", "arn:aws:ec2:us:x1:111122223333:instance/i", False),
    ("arn:aws:ec2:?:1:instance/i", "arn:aws:ec2:::1:instance/i", False),
    # Behind the fifth colon a colon is a character like any other.
    (
        "arn:aws:logs:r:1:log-group:*:log-stream:b",
        "arn:aws:logs:r:1:log-group:a:x:log-stream:b",
        True,
    ),
    ("arn:aws:s3:::bucket/*.jpg", "arn:aws:s3:::bucket/a:b.jpg", True),
    ("arn:aws:s3:::bucket/a?b", "arn:aws:s3:::bucket/a:b", True),
    ("arn:aws:s3:::bucket/a\nb*", "arn:aws:s3:::bucket/a\nbc\nd", True),
    ("arn:aws:s3:::b", "arn:aws:s3:::b\n", False),
)

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
SERVICE = "arn:aws:someservice:*:111122223333:finance/*"
ARN_CASES = (
    (
        SERVICE,
        "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt",
        False,
    ),
    (SERVICE, "arn:aws:someservice:us-east-2:111122223333:finance/document.txt", True),
    ("arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:role/a/b", True),
    ("arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:Role/a", False),
    ("arn:*:iam::*:role/a", "arn:aws-cn:iam::1:role/a", True),
    ("arn:aws:sns:*:*:*", "arn:aws:sns:us-east-1:1:topic", True),
    ("arn:aws:dynamodb:*:*:table/t", "arn:aws:dynamodb:us-east-1:1:table/t", True),
    ("arn:aws:logs:r:1:*", "arn:aws:logs:r:1:log-group:x:*", True),
    ("arn:aws:iam::1:role/a", "no arn at all", False),
    ("arn:aws:iam::1:role/?", "arn:aws:iam::1:role/:", True),
)


@pytest.mark.parametrize(("pattern", "action", "matches"), ACTION_CASES)
def test_action(pattern: str, action: str, *, matches: bool) -> None:
    assert action_test((pattern,))(action) is matches


@pytest.mark.parametrize(("pattern", "resource", "matches"), RESOURCE_CASES)
def test_resource(pattern: str, resource: str, *, matches: bool) -> None:
    assert resource_test(glob(pattern))(resource) is matches
    assert resource_matches(pattern, resource) is matches


@pytest.mark.parametrize(("pattern", "value", "matches"), ARN_CASES)
def test_arn_operator(pattern: str, value: str, *, matches: bool) -> None:
    test = arn_test(glob(pattern))
    assert test is not None
    assert test(value) is matches
    assert arn_matches(pattern, value) is matches


def test_a_string_operator_matches_where_the_arn_operator_does_not() -> None:
    value = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"
    assert string_test(glob(SERVICE))(value)


@pytest.mark.parametrize("pattern", ["*", "arn:aws:iam", "arn:aws:iam::*", ""])
def test_a_pattern_of_fewer_than_six_fields_is_no_arn(pattern: str) -> None:
    assert arn_test(glob(pattern)) is None


# Few characters, so that patterns and texts meet.
_patterns = st.text("ab:*?", max_size=12)
_values = st.text("ab:", max_size=14)
_arn_patterns = st.lists(st.text("ab*?", max_size=5), min_size=4, max_size=9).map(":".join)
_arns = st.lists(st.text("ab", max_size=4), min_size=4, max_size=9).map(":".join)


@given(_patterns, _values)
def test_strings_match_as_specified(pattern: str, value: str) -> None:
    assert string_test(glob(pattern))(value) is string_matches(pattern, value)


@given(_patterns | _arn_patterns, _values | _arns)
def test_resources_match_as_specified(pattern: str, value: str) -> None:
    assert resource_test(glob(pattern))(value) is resource_matches(pattern, value)


@st.composite
def _pattern_of(draw: st.DrawFn, value: str) -> str:
    """A pattern made from a value by putting wildcards over parts of it."""
    made = value
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(made)))
        end = draw(st.integers(start, min(len(made), start + 4)))
        made = made[:start] + draw(st.sampled_from(("*", "?", "**"))) + made[end:]
    return made


@given(_arns.flatmap(lambda arn: st.tuples(_pattern_of(arn), st.just(arn))))
def test_resources_match_as_specified_near_a_match(pair: tuple[str, str]) -> None:
    assert resource_test(glob(pair[0]))(pair[1]) is resource_matches(*pair)


@given(_arn_patterns, _arns)
def test_arns_match_as_specified(pattern: str, value: str) -> None:
    test = arn_test(glob(pattern))
    assert (test is not None and test(value)) is arn_matches(pattern, value)


@given(st.text(max_size=20))
def test_what_has_no_wildcard_matches_itself_alone(text: str) -> None:
    plain = re.sub(r"[*?]", "", text)
    assert string_test(glob(plain))(plain)
    assert not string_test(glob(plain))(plain + "x")


@pytest.mark.parametrize(
    "pattern", ["*a" * 40 + "b", "arn:aws:s*a*a*a*a*a*a*a*a*ab:::" + "*a" * 40]
)
def test_a_crafted_pattern_does_not_hang(pattern: str) -> None:
    """Backtracking would not return in a lifetime."""
    value = "arn:aws:s" + "a" * 3000 + ":::" + "a" * 3000 + "c"
    assert not string_test(glob(pattern))(value)
    assert not resource_test(glob(pattern))(value)
