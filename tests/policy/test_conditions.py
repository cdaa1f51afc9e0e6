"""Every condition operator: what a request's values make of it.

Each table carries its page. In a case: operator, values in the policy, values in the request (None:
the key is absent), and what comes out (None: AWS does not say).
"""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import pytest

from idkeep.policy import (
    Condition,
    Context,
    Holds,
    Open,
    Operator,
    Truth,
    Undocumented,
    Version,
    all_hold,
    holds,
)

Values: TypeAlias = str | list[str]
Case: TypeAlias = tuple[str, Values, Values | None, bool | None]

OPERATORS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"
LOGIC = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html"
SETS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html"
CHECKS = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
)
VARIABLES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html"

ROLE = "arn:aws:iam::111122223333:role/app"
TOPIC = "arn:aws:sns:us-east-1:111122223333:topic"
NOON = "2026-06-01T12:00:00Z"

TABLES: dict[str, tuple[Case, ...]] = {
    f"{OPERATORS}#Conditions_String": (
        ("StringEquals", "ana", "ana", True),
        ("StringEquals", "ana", "Ana", False),
        ("StringEquals", "a*", "ana", False),
        ("StringEquals", "a*", "a*", True),
        ("StringEquals", "", "", True),
        ("StringEquals", "ana", None, False),
        ("StringNotEquals", "ana", "bo", True),
        ("StringNotEquals", "ana", "ana", False),
        ("StringNotEquals", "ana", "Ana", True),
        ("StringNotEquals", "ana", None, True),
        ("StringEqualsIgnoreCase", "ana", "ANA", True),
        ("StringEqualsIgnoreCase", "a*", "ana", False),
        ("StringEqualsIgnoreCase", "ana", None, False),
        ("StringNotEqualsIgnoreCase", "ana", "ANA", False),
        ("StringNotEqualsIgnoreCase", "ana", "bo", True),
        ("StringNotEqualsIgnoreCase", "ana", None, True),
        ("StringLike", "a*", "ana", True),
        ("StringLike", "A*", "ana", False),
        ("StringLike", "?na", "ana", True),
        ("StringLike", "an", "ana", False),
        ("StringLike", "t2.*", "t2xlarge", False),
        ("StringLike", "*", "", True),
        ("StringLike", "*", None, False),
        ("StringNotLike", "a*", "ana", False),
        ("StringNotLike", "a*", "bo", True),
        ("StringNotLike", "a*", None, True),
    ),
    f"{OPERATORS}#Conditions_Numeric": (
        ("NumericEquals", "10", "10", True),
        ("NumericEquals", "10", "10.0", True),
        ("NumericEquals", "10", "11", False),
        ("NumericEquals", "10", None, False),
        ("NumericEquals", "0.1", "0.10", True),
        ("NumericNotEquals", "10", "11", True),
        ("NumericNotEquals", "10", "10", False),
        ("NumericNotEquals", "10", None, True),
        ("NumericLessThan", "10", "9.99", True),
        ("NumericLessThan", "10", "10", False),
        ("NumericLessThan", "10", "9", True),
        ("NumericLessThan", "9", "10", False),
        ("NumericLessThan", "10", None, False),
        ("NumericLessThanEquals", "10", "10", True),
        ("NumericLessThanEquals", "10", "10.1", False),
        ("NumericGreaterThan", "10", "10", False),
        ("NumericGreaterThan", "-1", "0", True),
        ("NumericGreaterThanEquals", "10", "10", True),
        ("NumericGreaterThanEquals", "10", "2", False),
        ("NumericEquals", "ten", "10", None),
        ("NumericEquals", "10", "ten", None),
        ("NumericEquals", "1e3", "1000", None),
        ("NumericEquals", ["10", "ten"], "10", True),
    ),
    f"{OPERATORS}#Conditions_Date": (
        ("DateEquals", NOON, NOON, True),
        ("DateEquals", NOON, "2026-06-01T14:00:00+02:00", True),
        ("DateEquals", NOON, "1780315200", True),
        ("DateEquals", "1780315200", NOON, True),
        ("DateEquals", NOON, "2026-06-01T12:00:00.000Z", True),
        ("DateEquals", NOON, "2026-06-01T12:00:00.001Z", False),
        ("DateEquals", NOON, "2026-06-01T12:00Z", True),
        ("DateEquals", "2026-06-01", "2026-06-01T00:00:00Z", True),
        ("DateEquals", "2026-06", "2026-06-01T00:00:00Z", True),
        ("DateEquals", NOON, None, False),
        ("DateNotEquals", NOON, NOON, False),
        ("DateNotEquals", NOON, None, True),
        ("DateLessThan", NOON, "2026-06-01T11:59:59Z", True),
        ("DateLessThan", NOON, NOON, False),
        ("DateLessThan", NOON, None, False),
        ("DateLessThanEquals", NOON, NOON, True),
        ("DateGreaterThan", "2020-01-01T00:00:01Z", NOON, True),
        ("DateGreaterThan", NOON, NOON, False),
        ("DateGreaterThan", "2020-01-01T00:00:01Z", None, False),
        ("DateGreaterThanEquals", NOON, NOON, True),
        ("DateGreaterThanEquals", NOON, "2026-06-01T11:59:59.999Z", False),
        ("DateLessThan", "2026-02-30T00:00:00Z", NOON, None),
        ("DateLessThan", "2026-06-01T12:00:00", NOON, None),
        ("DateLessThan", "tomorrow", NOON, None),
        ("DateLessThan", "2026-*", NOON, None),
        ("DateLessThan", NOON, "tomorrow", None),
        ("DateLessThan", "2026", NOON, None),
    ),
    f"{OPERATORS}#Conditions_Boolean": (
        ("Bool", "true", "true", True),
        ("Bool", "true", "false", False),
        ("Bool", "false", "false", True),
        ("Bool", "false", None, False),
        ("Bool", "True", "true", True),
        ("Bool", ["true", "false"], "true", True),
        ("Bool", "yes", "true", None),
        ("BoolIfExists", "false", None, True),
        ("BoolIfExists", "false", "true", False),
        ("Bool", "${aws:x}", "true", None),
    ),
    f"{OPERATORS}#Conditions_BinaryEquals": (
        ("BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", True),
        ("BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5", False),
        ("BinaryEquals", "QmluYXJ5", None, False),
        ("BinaryEquals", "no base64!", "QmluYXJ5", None),
    ),
    f"{OPERATORS}#Conditions_IPAddress": (
        ("IpAddress", "203.0.113.0/24", "203.0.113.255", True),
        ("IpAddress", "203.0.113.0/24", "203.0.114.0", False),
        ("IpAddress", "203.0.113.9", "203.0.113.9", True),
        ("IpAddress", "203.0.113.9", "203.0.113.8", False),
        ("IpAddress", "203.0.113.9/24", "203.0.113.8", True),
        ("IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678::1", True),
        ("IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5679::1", False),
        ("IpAddress", ["203.0.113.0/24", "2001:DB8:1234:5678::/64"], "2001:db8:1234:5678::1", True),
        ("IpAddress", "203.0.113.0/24", "2001:db8::1", False),
        ("IpAddress", "0.0.0.0/0", "2001:db8::1", False),
        ("IpAddress", "203.0.113.0/24", None, False),
        ("NotIpAddress", "203.0.113.0/24", "203.0.113.9", False),
        ("NotIpAddress", "203.0.113.0/24", "198.51.100.1", True),
        ("NotIpAddress", ["203.0.113.0/24", "198.51.100.0/24"], "198.51.100.1", False),
        ("NotIpAddress", "203.0.113.0/24", None, True),
        ("NotIpAddressIfExists", "203.0.113.0/24", None, True),
        ("IpAddressIfExists", "203.0.113.0/24", None, True),
        ("IpAddress", "203.0.113.0/33", "203.0.113.9", None),
        ("IpAddress", "203.0.113.*", "203.0.113.9", None),
        ("IpAddress", "203.0.113.0/255.255.255.0", "203.0.113.9", None),
        ("IpAddress", "2001:db8::1", "2001:db8::1", True),
        ("IpAddress", "2001:db8::1", "2001:db8::2", False),
        ("IpAddress", "203.0.113.0/24", "ec2.amazonaws.com", None),
    ),
    f"{OPERATORS}#Conditions_ARN": (
        ("ArnEquals", TOPIC, TOPIC, True),
        ("ArnEquals", "arn:aws:sns:*:111122223333:*", TOPIC, True),
        ("ArnLike", "arn:aws:sns:*:*:top?c", TOPIC, True),
        ("ArnLike", "arn:aws:sns:*:*:Topic", TOPIC, False),
        ("ArnLike", "arn:aws:sns:*:topic", TOPIC, False),
        ("ArnLike", "*", TOPIC, None),
        ("ArnLike", "arn:aws:sns:*", TOPIC, None),
        ("ArnLike", "arn:aws:s3:*", TOPIC, False),
        ("ArnLike", TOPIC, "no arn", False),
        ("ArnLike", TOPIC, None, False),
        ("ArnNotEquals", "arn:aws:sns:*:*:*", TOPIC, False),
        ("ArnNotLike", "arn:aws:sqs:*:*:*", TOPIC, True),
        ("ArnNotLike", TOPIC, None, True),
        ("ArnNotLike", TOPIC, "no arn", True),
        ("ArnLikeIfExists", TOPIC, None, True),
    ),
    f"{OPERATORS}#Conditions_IfExists": (
        ("StringLikeIfExists", ["t1.*", "t2.*", "m3.*"], "t2.micro", True),
        ("StringLikeIfExists", ["t1.*", "t2.*", "m3.*"], "c5.large", False),
        ("StringLikeIfExists", ["t1.*", "t2.*", "m3.*"], None, True),
        ("StringNotEqualsIfExists", "red", None, True),
        ("StringNotEqualsIfExists", "red", "red", False),
        ("NumericLessThanIfExists", "3600", None, True),
        ("NumericLessThanIfExists", "3600", "7200", False),
        ("DateLessThanIfExists", NOON, None, True),
    ),
    f"{OPERATORS}#Conditions_Null": (
        ("Null", "true", None, True),
        ("Null", "true", "2026", False),
        ("Null", "false", "2026", True),
        ("Null", "false", None, False),
        ("Null", "False", None, False),
        ("Null", ["true", "false"], None, True),
        ("Null", "true", [], True),
        ("Null", "true", "", None),
        ("Null", "maybe", None, None),
        ("Null", [], None, None),
    ),
    LOGIC: (
        ("StringEquals", ["ana", "bo"], "bo", True),
        ("StringEquals", ["ana", "bo"], "eve", False),
        ("StringNotEquals", ["ana", "bo"], "bo", False),
        ("StringNotEquals", ["ana", "bo"], "eve", True),
        ("StringNotLike", ["a*", "b*"], "bo", False),
        ("StringNotLike", ["a*", "b*"], "eve", True),
        ("NumericNotEquals", ["1", "2"], "2", False),
        ("NumericLessThan", ["1", "10"], "5", True),
        ("DateNotEquals", [NOON, "2026-01-01"], "2026-01-01", False),
        ("ArnNotEquals", [ROLE, TOPIC], TOPIC, False),
    ),
    CHECKS: (
        ("ForAllValues:Null", "true", "2026", True),
        ("ForAllValues:Null", "false", None, True),
        ("ForAnyValue:Null", "true", None, False),
        ("ForAnyValue:Null", "false", "2026", False),
        ("ForAllValues:StringEquals", [], None, True),
        ("ForAllValues:StringEquals", [], "", True),
        ("ForAllValues:StringEquals", [], "ana", False),
        ("ForAllValues:StringNotEquals", [], "ana", None),
        ("ForAnyValue:StringEquals", [], None, False),
        ("ForAnyValue:StringEquals", [], "ana", False),
        ("StringEqualsIfExists", [], None, True),
        ("StringEqualsIfExists", [], "ana", False),
        ("ForAnyValue:StringEqualsIfExists", [], None, None),
        ("ForAnyValue:StringEqualsIfExists", [], "ana", False),
        ("StringEquals", [], "ana", None),
        ("StringNotEquals", [], "ana", None),
    ),
    SETS: (
        ("ForAllValues:StringEquals", ["environment", "cost-center"], "environment", True),
        ("ForAllValues:StringEquals", ["environment", "cost-center"], "cost-center", True),
        (
            "ForAllValues:StringEquals",
            ["environment", "cost-center"],
            ["environment", "cost-center"],
            True,
        ),
        (
            "ForAllValues:StringEquals",
            ["environment", "cost-center"],
            ["environment", "dept"],
            False,
        ),
        ("ForAllValues:StringEquals", ["environment", "cost-center"], None, True),
        ("ForAllValues:StringEquals", "environment", [], True),
        ("ForAllValues:StringEquals", "environment", "", True),
        ("ForAnyValue:StringEquals", ["environment", "cost-center"], "environment", True),
        ("ForAnyValue:StringEquals", ["environment", "cost-center"], "cost-center", True),
        (
            "ForAnyValue:StringEquals",
            ["environment", "cost-center"],
            ["environment", "dept"],
            True,
        ),
        ("ForAnyValue:StringEquals", ["environment", "cost-center"], "dept", False),
        ("ForAnyValue:StringEquals", ["environment", "cost-center"], None, False),
        ("ForAnyValue:StringEquals", "environment", "", False),
        ("ForAllValues:StringLike", "key1*", ["key1a", "key1b"], True),
        ("ForAllValues:StringLike", "key1*", ["key1a", "key2"], False),
        ("ForAllValues:StringNotEquals", ["a", "b"], ["c", "d"], True),
        ("ForAllValues:StringNotEquals", ["a", "b"], ["a", "d"], False),
        ("ForAllValues:StringNotEquals", "a", None, True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "d"], True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "b"], False),
        ("ForAnyValue:StringNotEquals", "a", None, False),
        # True says the page on IfExists, false the one on ForAnyValue.
        ("ForAnyValue:StringEqualsIfExists", "a", None, None),
        ("ForAnyValue:StringEqualsIfExists", "a", "a", True),
        ("ForAnyValue:StringEqualsIfExists", "a", "b", False),
        ("ForAllValues:StringLikeIfExists", "a*", None, True),
        ("ForAllValues:StringLikeIfExists", "a*", ["ab", "b"], False),
        ("ForAnyValue:ArnLike", "arn:aws:sns:*:*:*", [ROLE, TOPIC], True),
        ("ForAllValues:ArnLike", "arn:aws:sns:*:*:*", [ROLE, TOPIC], False),
        # Several values, and no set operator: only what every reading agrees on.
        ("StringEquals", "a", ["a", "b"], None),
        ("StringEquals", ["a", "b"], ["a", "b"], True),
        ("StringEquals", "c", ["a", "b"], False),
        ("StringNotEquals", "c", ["a", "b"], True),
        ("StringNotEquals", "a", ["a", "b"], None),
    ),
    VARIABLES: (
        ("StringEquals", "${aws:username}", "ana", True),
        ("StringEquals", "${aws:username}", "bo", False),
        ("StringLike", "home/${aws:username}/*", "home/ana/x", True),
        ("StringLike", "${aws:username}*", "ana*", True),
        ("StringEquals", "${aws:none}", "ana", False),
        ("StringLike", "*${aws:none}", "ana", False),
        ("StringNotEquals", "${aws:none}", "ana", True),
        ("StringNotLike", "${aws:none}*", "ana", True),
        ("StringEquals", ["${aws:none}", "ana"], "ana", True),
        ("StringNotEquals", ["${aws:none}", "ana"], "ana", False),
        ("StringEquals", "${aws:none, 'ana'}", "ana", True),
        ("StringEquals", "${*}", "*", True),
        ("StringLike", "${*}", "ana", False),
        ("StringEquals", "${$}${?}", "$?", True),
        ("ArnLike", "arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::1:user/ana", True),
        ("ArnLike", "arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::1:user/bo", False),
        ("ArnNotLike", "arn:aws:iam::*:user/${aws:none}", "arn:aws:iam::1:user/bo", True),
        ("StringEquals", "${aws:two}", "ana", None),
        ("NumericEquals", "${aws:username}", "1", None),
        ("DateEquals", "${aws:username}", NOON, None),
        ("IpAddress", "${aws:username}", "203.0.113.9", None),
        ("Null", "${aws:username}", None, None),
    ),
}


def condition(operator: str, key: str, values: Values) -> Condition:
    parsed = Operator.parse(operator)
    assert parsed is not None
    return Condition(parsed, key, (values,) if isinstance(values, str) else tuple(values))


def _cases() -> Iterator[object]:
    for page, cases in TABLES.items():
        for n, case in enumerate(cases):
            yield pytest.param(*case, id=f"{page.rpartition('/')[2]}-{n}")


@pytest.mark.parametrize(("operator", "written", "given", "expected"), list(_cases()))
def test_operator(
    operator: str, written: Values, given: Values | None, *, expected: bool | None
) -> None:
    request: dict[str, Iterable[str]] = {"aws:username": ["ana"], "aws:two": ["a", "b"]}
    if given is not None:
        request["aws:Tested"] = [given] if isinstance(given, str) else given
    truth = holds(condition(operator, "aws:tested", written), Version.CURRENT, Context(request))
    if expected is None:
        assert isinstance(truth, Open)
        assert isinstance(truth.residual, Undocumented)
    else:
        assert truth is expected


@pytest.mark.parametrize(
    "name",
    ["stringEquals", "StringEqual", "IfExists", "ForAnyValue", "ForSomeValue:StringLike", ""],
)
def test_what_is_no_operator(name: str) -> None:
    assert Operator.parse(name) is None


@pytest.mark.parametrize("name", ["StringEquals", "ForAnyValue:ArnNotLikeIfExists", "Null"])
def test_an_operator_is_written_as_it_was_read(name: str) -> None:
    assert str(Operator.parse(name)) == name


def test_keys_have_no_case() -> None:
    """So says the page on the Condition element."""
    context = Context({"AWS:SourceIP": "203.0.113.9", "aws:PrincipalTag/Team": "red"})
    lines = (
        condition("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
        condition("StringEquals", "aws:principaltag/TEAM", "red"),
    )
    assert all_hold(lines, Version.CURRENT, context) is True


def test_two_tags_that_differ_by_case_are_one_key_with_two_values() -> None:
    """The page on the Condition element warns of "unexpected condition failures"."""
    context = Context({"ec2:ResourceTag/foo": "bar1", "ec2:ResourceTag/Foo": "bar2"})
    line = condition("StringEquals", "ec2:ResourceTag/Foo", "bar1")
    assert isinstance(holds(line, Version.CURRENT, context), Open)


def test_every_line_must_hold() -> None:
    lines = (condition("Bool", "a:b", "true"), condition("StringEquals", "a:c", "x"))
    assert all_hold(lines, Version.CURRENT, Context({"a:b": "true", "a:c": "x"})) is True
    assert all_hold(lines, Version.CURRENT, Context({"a:b": "true", "a:c": "y"})) is False
    assert all_hold((), Version.CURRENT, Context(unknown="*")) is True


def test_an_unknown_key_leaves_the_condition_open() -> None:
    line = condition("Bool", "aws:MultiFactorAuthPresent", "true")
    truth = holds(line, Version.CURRENT, Context(unknown={"aws:MultiFactorAuthPresent"}))
    assert truth == Open(Holds(line, Version.CURRENT))
    assert str(truth) == "Bool aws:MultiFactorAuthPresent true"


def test_an_unknown_variable_leaves_open_only_what_it_can_decide() -> None:
    context = Context({"a:b": "x"}, unknown={"aws:username"})

    def of(operator: str, values: list[str]) -> Truth:
        return holds(condition(operator, "a:b", values), Version.CURRENT, context)

    assert of("StringEquals", ["x", "${aws:username}"]) is True
    assert of("StringNotEquals", ["x", "${aws:username}"]) is False
    assert str(of("StringEquals", ["y", "${aws:username}"])) == (
        "StringEquals a:b [y, ${aws:username}]"
    )


def test_a_false_line_decides_whatever_is_open() -> None:
    lines = (condition("Bool", "a:b", "true"), condition("StringEquals", "a:c", "x"))
    context = Context({"a:c": "y"}, unknown="*")
    assert all_hold(lines, Version.CURRENT, context) is False


def test_an_open_truth_is_no_boolean() -> None:
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(Open(Undocumented("x")))
