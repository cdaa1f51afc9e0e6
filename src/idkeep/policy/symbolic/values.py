"""Values of a condition key, of which each set that its conditions tell apart has at least one.

Strings by an automaton, numbers and dates as points and the intervals between them, addresses as
the intervals that CIDR ranges cut. A key holds values of the type that its operators compare.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address

from idkeep.policy.compare import moment, network, number, octets
from idkeep.policy.condition import Condition
from idkeep.policy.context import Context
from idkeep.policy.operators import NULL
from idkeep.policy.pattern import Glob, literally
from idkeep.policy.symbolic.budget import Budget, Undecided
from idkeep.policy.symbolic.terms import NOWHERE, widened
from idkeep.policy.symbolic.words import (
    Alphabet,
    Pattern,
    Place,
    arn_pattern,
    caseless_pattern,
    examples,
    string_pattern,
)
from idkeep.policy.variables import Version, has_variables, resolve

SOMETHING = Alphabet((Place(), Place(star=True)))
Atom = tuple[Condition, Version]


def kind_of(condition: Condition) -> str:
    """The type that a condition compares; "" for `Null`."""
    base = condition.operator.base
    if base == NULL:
        return ""
    for start, kind in _KINDS.items():
        if base.startswith(start):
            return kind
    return "string"


_KINDS = {
    "Numeric": "number", "Date": "date", "Bool": "boolean", "IpAddress": "address",
    "NotIpAddress": "address", "Binary": "octets",
}  # fmt: skip


def values(atoms: Sequence[Atom], alphabet: Alphabet, budget: Budget) -> tuple[list[str], bool]:
    """The values, and whether no other set of values is told apart.

    Where conditions of several types speak of one key, what a value of one type means to a
    condition of the other is not documented, and so there are others.
    """
    kinds = {kind_of(condition) for condition, _ in atoms} - {""}
    if kinds == {"boolean", "string"}:
        # AWS prints them small: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
        return ["true", "false"], True
    found: list[str] = []
    for kind in sorted(kinds or {"string"}):
        if kind == "string":
            found += _strings(atoms, alphabet, budget)
            continue
        texts = [v for one, _ in atoms if kind_of(one) == kind for v in one.values]
        found += _TYPED[kind](texts)
    kept = [value for value in dict.fromkeys(found) if NOWHERE not in value]
    return kept, len(kinds) <= 1


def _strings(atoms: Iterable[Atom], alphabet: Alphabet, budget: Budget) -> list[str]:
    patterns = [one for condition, version in atoms for one in _patterns(condition, version)]
    # Whether a key with an empty value is there is a question of its own, so it is told apart.
    return [*examples(patterns, alphabet, budget), *([""] if alphabet is SOMETHING else [])]


def _patterns(condition: Condition, version: Version) -> Iterator[Pattern]:
    if kind_of(condition) != "string":
        return
    for value in condition.values:
        if has_variables(value, version):
            # What it can match at most. Which part of that, a doubt of the condition tells.
            yield string_pattern(widened(value))
        elif isinstance(resolved := resolve(value, version, Context()), tuple):
            yield from _pattern(condition.operator.base, resolved)


def _pattern(base: str, value: Glob) -> Iterator[Pattern]:
    text = literally(value)
    if base.endswith("IgnoreCase"):
        if (pattern := caseless_pattern(text)) is None:
            raise Undecided(f"{base} with {text!r}: letters outside ASCII without case")
        yield pattern
    elif base.startswith("Arn"):
        if pattern := arn_pattern(value):
            yield pattern
    elif base.endswith("Like"):
        yield string_pattern(value)
    else:
        yield string_pattern((text,) if text else ())


def _points(read: Callable[[str], Decimal | None], texts: Iterable[str]) -> Iterator[Decimal]:
    """Every number that is named, one between each two, and one beyond either end."""
    named = sorted({found for text in texts if (found := read(text)) is not None})
    if not named:
        yield Decimal(1)
        return
    yield named[0] - 1
    for n, one in enumerate(named):
        yield one
        yield (one + named[n + 1]) / 2 if n + 1 < len(named) else one + 1


def _numbers(texts: Iterable[str]) -> list[str]:
    return [format(one, "f") for one in _points(number, texts)]


def _dates(texts: Iterable[str]) -> list[str]:
    return [_date(one) for one in _points(moment, texts)]


def _date(seconds: Decimal) -> str:
    """As AWS writes it; as epoch time, which is taken too, where the calendar has no such day."""
    whole, fraction = divmod(seconds, 1)
    try:
        day = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(whole) - (fraction < 0))
    except OverflowError:
        return format(seconds, "f")
    rest = fraction + 1 if fraction < 0 else fraction
    tail = format(rest, "f").lstrip("0").rstrip("0") if rest else ""
    return f"{day:%Y-%m-%dT%H:%M:%S}".rjust(19, "0") + f"{tail}Z"


def _addresses(texts: Iterable[str]) -> list[str]:
    networks = [found for text in texts if (found := network(text)) is not None]
    made: list[str] = []
    for version, kind, default in (
        (4, IPv4Address, "203.0.113.1"),
        (6, IPv6Address, "2001:db8::1"),
    ):
        some = [one for one in networks if one.version == version]
        starts = {int(one.network_address) for one in some}
        starts |= {int(one.broadcast_address) + 1 for one in some}
        last = (1 << (32 if version == 4 else 128)) - 1  # noqa: PLR2004 -- the version's name
        made += [str(kind(n)) for n in sorted({0, *starts}) if n <= last] if some else [default]
    return made


def _octets(texts: Iterable[str]) -> list[str]:
    named = {found for text in texts if (found := octets(text)) is not None}
    other = next(one for one in (b"x" * n for n in range(1, len(named) + 2)) if one not in named)
    return [b64encode(one).decode() for one in (*sorted(named), other)]


def _booleans(_: Iterable[str]) -> list[str]:
    return ["true", "false"]


_TYPED: dict[str, Callable[[Iterable[str]], list[str]]] = {
    "number": _numbers,
    "date": _dates,
    "boolean": _booleans,
    "address": _addresses,
    "octets": _octets,
}
