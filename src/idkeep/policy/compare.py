"""What each condition operator asks: from one value of a policy, a test for one of a request.

Source of all of it, unless said otherwise:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
A value that is not of the operator's type is `Undocumented`: the page says what the values must
be, not what becomes of others.
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from operator import eq, ge, gt, le, lt
from typing import TypeAlias, TypeVar

from idkeep.policy.expression import Undocumented
from idkeep.policy.pattern import Glob, arn_test, literally, run_on, string_test

ValueTest: TypeAlias = Callable[[str], bool | Undocumented]
Comparison: TypeAlias = Callable[[Glob], ValueTest]
T = TypeVar("T")

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_MOMENT = re.compile(
    r"""(\d{4})-(\d\d)(?:-(\d\d)
        (?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:Z|([+-])(\d\d):(\d\d)))?)?""",
    re.VERBOSE | re.ASCII,
)
_CIDR = re.compile(r"[0-9A-Fa-f.:]+(?:/\d{1,3})?", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)


@lru_cache(maxsize=4096)
def number(text: str) -> Decimal | None:
    """An integer or decimal; no exponent, which the page does not mention."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


@lru_cache(maxsize=4096)
def moment(text: str) -> Decimal | None:
    """Seconds since 1970, from epoch time or one of the forms of https://www.w3.org/TR/NOTE-datetime.

    A date without a time is its midnight in UTC. Four digits are None: a year by that page, seconds
    of 1970 by epoch time, and AWS, which takes both, does not say which goes first.
    """
    if _YEAR.fullmatch(text):
        return None
    if (seconds := number(text)) is not None:
        return seconds
    if not (found := _MOMENT.fullmatch(text)):
        return None
    year, month, day, hour, minute, second, fraction, sign, off_hours, off_minutes = found.groups()
    offset = timedelta(hours=int(off_hours or 0), minutes=int(off_minutes or 0))
    try:
        zone = timezone(-offset if sign == "-" else offset)
        at = datetime(
            int(year), int(month), int(day or 1), int(hour or 0), int(minute or 0),
            int(second or 0), tzinfo=zone,
        )  # fmt: skip
        since = at - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return Decimal(since.days * 86400 + since.seconds) + Decimal(f"0.{fraction or 0}")


@lru_cache(maxsize=4096)
def network(text: str) -> IPv4Network | IPv6Network | None:
    """A CIDR range; an address alone is a range of one.

    "The non-zero bits in the IP address after the masked bits are ignored":
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    The page gives `/32` for the prefix of any address without one. For IPv6 that is read as /128.
    """
    try:
        return ip_network(text, strict=False) if _CIDR.fullmatch(text) else None
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text) if _CIDR.fullmatch(text) else None
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def octets(text: str) -> bytes | None:
    """What base64 text stands for."""
    try:
        return b64decode(text, validate=True)
    except (NotBase64, ValueError):
        return None


@lru_cache(maxsize=4096)
def boolean(text: str) -> bool | None:
    """`true` or `false`. AWS prints them small; case is not documented and taken not to count."""
    return {"true": True, "false": False}.get(text.lower())


def equal(written: Glob) -> ValueTest:
    return literally(written).__eq__


def equal_ignoring_case(written: Glob) -> ValueTest:
    lowered = literally(written).lower()
    return lambda given: given.lower() == lowered


def like(written: Glob) -> ValueTest:
    return string_test(written)


def arn_like(written: Glob) -> ValueTest:
    """Each of six fields by itself; a value in the request that is no ARN has none to match.

    "Each of the six colon-delimited components of the ARN is checked separately": so a pattern of
    fewer fields matches nothing where one that it has differs, or where nothing stands for those
    that it lacks. Whether a `*` at its end does (`*` alone, `arn:aws:sns:*`), as it would in a
    `Resource`, AWS does not say.
    """
    if test := arn_test(written):
        return test
    whole = run_on(written)
    possible = arn_test(whole) if whole else None
    if possible is None:
        return lambda _: False
    at_most = possible
    doubt = Undocumented(f"whether {literally(written)!r} stands for all six fields of an ARN")
    return lambda given: doubt if at_most(given) else False


def within(written: Glob) -> ValueTest:
    text = literally(written)
    expected = network(text)
    if expected is None:
        return _doubt(f"{text!r} is no IP address or CIDR range")

    def test(given: str) -> bool | Undocumented:
        found = address(given)
        if found is None:
            return Undocumented(f"the request's {given!r} is no IP address")
        return found in expected

    return test


def _typed(kind: str, read: Callable[[str], T | None], holds: Callable[[T, T], bool]) -> Comparison:
    """`holds(request, policy)`, once both are read as what they must be."""

    def compare(written: Glob) -> ValueTest:
        text = literally(written)
        expected = read(text)
        if expected is None:
            return _doubt(f"{text!r} is no {kind}")
        wanted = expected

        def test(given: str) -> bool | Undocumented:
            found = read(given)
            if found is None:
                return Undocumented(f"the request's {given!r} is no {kind}")
            return holds(found, wanted)

        return test

    return compare


def _doubt(why: str) -> ValueTest:
    doubt = Undocumented(why)
    return lambda _: doubt


same_octets = _typed("base64 text", octets, eq)
same_boolean = _typed("boolean", boolean, eq)
number_equal = _typed("number", number, eq)
number_less = _typed("number", number, lt)
number_less_equal = _typed("number", number, le)
number_greater = _typed("number", number, gt)
number_greater_equal = _typed("number", number, ge)
moment_equal = _typed("date", moment, eq)
moment_less = _typed("date", moment, lt)
moment_less_equal = _typed("date", moment, le)
moment_greater = _typed("date", moment, gt)
moment_greater_equal = _typed("date", moment, ge)
