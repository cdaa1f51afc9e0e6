"""Policy variables.

All cases: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import pytest

from idkeep.policy import Context, Undocumented, Version
from idkeep.policy.context import NOT_KNOWN
from idkeep.policy.pattern import Wild, string_test
from idkeep.policy.variables import NO_VALUE, Resolved, resolve

ANA = Context({"aws:username": "ana", "aws:PrincipalTag/team": "red", "aws:TagKeys": ["a", "b"]})


def current(text: str, context: Context = ANA) -> Resolved:
    return resolve(text, Version.CURRENT, context)


MATCHES = (
    ("home/${aws:username}/*", "home/ana/x", True),
    ("home/${aws:username}/*", "home/bo/x", False),
    ("${AWS:UserName}", "ana", True),
    ("${aws:PrincipalTag/Team}", "red", True),
    ("${aws:PrincipalTag/team, 'company-wide'}", "red", True),
    ("${aws:PrincipalTag/none, 'company-wide'}", "company-wide", True),
    ("${aws:PrincipalTag/none,'company-wide'}", "company-wide", True),
    ("${aws:PrincipalTag/none, ''}", "", True),
    ("${aws:userid, 'anonymous'}/x", "anonymous/x", True),
    ("a${*}b", "a*b", True),
    ("a${*}b", "axb", False),
    ("a${?}b", "a?b", True),
    ("a${?}b", "axb", False),
    ("${$}{aws:username}", "${aws:username}", True),
    ("${aws:username}-${aws:PrincipalTag/team}", "ana-red", True),
    ("$aws:username", "$aws:username", True),
    ("{aws:username}", "{aws:username}", True),
    ("no variable*", "no variable at all", True),
)


@pytest.mark.parametrize(("text", "value", "matches"), MATCHES)
def test_resolved_pattern(text: str, value: str, *, matches: bool) -> None:
    pattern = current(text)
    assert isinstance(pattern, tuple)
    assert string_test(pattern)(value) is matches


@pytest.mark.parametrize("text", ["${aws:username}", "${*}", "${aws:x, 'y'}", "${", "${}"])
def test_the_old_version_has_no_variables(text: str) -> None:
    pattern = resolve(text, Version.OLD, ANA)
    assert isinstance(pattern, tuple)
    assert string_test(pattern)(text)


def test_the_old_version_still_has_wildcards() -> None:
    assert resolve("${*}", Version.OLD, ANA) == ("${", Wild.MANY, "}")


def test_a_value_is_no_wildcard() -> None:
    pattern = current("${aws:username}", Context({"aws:username": "*"}))
    assert pattern == ("*",)


def test_a_key_without_value_or_default_has_no_replacement() -> None:
    assert current("${aws:PrincipalTag/none}") is NO_VALUE


def test_an_empty_value_is_a_value() -> None:
    assert current("a${aws:username}", Context({"aws:username": ""})) == ("a",)


def test_an_unknown_key_leaves_the_pattern_unknown_even_with_a_default() -> None:
    assert current("${aws:x, 'y'}", Context(unknown=["AWS:X"])) is NOT_KNOWN
    assert current("${aws:missing}${aws:x}", Context(unknown=["aws:x"])) is NOT_KNOWN


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("${aws:TagKeys}", "a key with 2 values"),
        ("${aws:username", "closing brace"),
        ("${}", "empty"),
        ("${ aws:username}", "space"),
        ("${aws:username, none}", "single quotes"),
        ("${aws:x, 'a*'}", "wildcard in a default value"),
        ("${aws:${aws:username}}", "cannot have"),
    ],
)
def test_what_aws_gives_no_meaning_is_undocumented(text: str, why: str) -> None:
    found = current(text)
    assert isinstance(found, Undocumented)
    assert why in found.why
