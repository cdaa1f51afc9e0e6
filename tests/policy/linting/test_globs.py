"""One pattern within another, and a pattern that may meet an ARN's shape: never wrongly claimed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idkeep.policy import Version
from idkeep.policy.linting.globs import action_within, may_meet, redundant, resource_within
from idkeep.policy.pattern import action_test, glob, resource_test

CURRENT = Version.CURRENT
PIECES = st.text("ab:*?", max_size=6)
ARNS = st.builds(
    "arn:{}:{}:{}:{}:{}".format,
    *(st.sampled_from(["aws", "*", "a*", "?ws", ""]) for _ in range(4)),
    PIECES,
)


@given(st.text("aAb*?", max_size=8), st.text("aAb*?", max_size=8), st.text("aAb", max_size=6))
def test_an_action_of_the_narrow_pattern_is_one_of_the_wide(narrow: str, wide: str, x: str) -> None:
    if action_within(narrow, wide) and action_test((narrow,))(x):
        assert action_test((wide,))(x)


@given(ARNS, ARNS, st.builds("arn:aws:aws:{}:{}:{}".format, *[st.text("ab:", max_size=4)] * 3))
def test_a_resource_of_the_narrow_pattern_is_one_of_the_wide(
    narrow: str, wide: str, arn: str
) -> None:
    if resource_within(narrow, wide, CURRENT) and resource_test(glob(narrow))(arn):
        assert resource_test(glob(wide))(arn)


@given(ARNS, ARNS, st.builds("arn:aws:{}:{}:{}:{}".format, *[st.text("ab", max_size=3)] * 4))
def test_what_both_match_is_never_said_not_to_be(pattern: str, shape: str, arn: str) -> None:
    head, _, tail = shape.rpartition(":")
    fields = [
        re.escape(one).replace(r"\*", "[^:]*").replace(r"\?", "[^:]") for one in head.split(":")
    ]
    rest = re.escape(tail).replace(r"\*", ".*").replace(r"\?", ".")
    of_shape = re.fullmatch(":".join([*fields, rest]), arn)
    if of_shape and shape.count(":") == 5 and resource_test(glob(pattern))(arn):
        assert may_meet(pattern, shape, CURRENT)


@pytest.mark.parametrize(
    ("narrow", "wide", "within"),
    [
        ("arn:aws:s3:::b/a", "arn:aws:s3:::b/*", True),
        ("arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/*", True),
        ("arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/?*", False),  # its value may be empty
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/${aws:username}", False),
        ("arn:aws:iam::111122223333:role/a", "arn:aws:iam::*:role/*", True),
        ("arn:aws:iam::1*:role/a", "arn:aws:iam::*:role/*", False),  # a * at a field's end runs on
        ("arn:aws:iam::*:role/a", "arn:aws:iam::*:role/*", True),
        ("arn:aws:s3:::b", "*", True),
        ("*", "arn:aws:s3:::*", False),
    ],
)
def test_a_resource_is_within_another(narrow: str, wide: str, *, within: bool) -> None:
    assert resource_within(narrow, wide, CURRENT) is within


@pytest.mark.parametrize(
    ("pattern", "meets"),
    [
        ("*", True),
        ("arn:aws:ec2:*:*:instance/i-1", True),
        ("arn:aws:ec2:*:instance/i-1", True),  # the * may stand for two fields
        ("arn:aws:ec2:${aws:RequestedRegion}:*:instance/*", True),
        ("arn:aws:ec2::111122223333:instance/i-1", False),
        ("arn:aws:ec2:*:*:volume/*", False),
        ("arn:aws:s3:::instance/*", False),
    ],
)
def test_a_pattern_meets_a_shape(pattern: str, *, meets: bool) -> None:
    assert may_meet(pattern, "arn:?*:ec2:?*:?*:instance/*", CURRENT) is meets


@given(st.lists(st.text("aAb*", min_size=1, max_size=4), max_size=6))
def test_what_is_redundant_leaves_the_same_actions(patterns: list[str]) -> None:
    gone = redundant(tuple(patterns), action_within, str.lower)
    left = tuple(one for n, one in enumerate(patterns) if n not in gone)
    for one in ("a", "b", "ab", "aab", "bab", "aaaa"):
        assert action_test(left)(one) is action_test(tuple(patterns))(one)


@given(st.lists(st.text("aAb*", min_size=1, max_size=4), max_size=6))
def test_what_is_left_holds_nothing_redundant(patterns: list[str]) -> None:
    gone = redundant(tuple(patterns), action_within, str.lower)
    left = tuple(one for n, one in enumerate(patterns) if n not in gone)
    assert not redundant(left, action_within, str.lower)
