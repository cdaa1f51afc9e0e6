"""Which of two texts with policy variables the other holds for, whatever the variables' values.

`home/${aws:username}/*` lies within `home/${aws:username}*`. A variable is read as a character of
its own that a `*` of the other text takes, as it takes any value. A `?` would take one character of
a value that may have none or many, so where the wider text has one, nothing is said.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import TypeVar

from msgspec import Struct

from idkeep.policy.pattern import Glob, Wild, glob, held_parts
from idkeep.policy.statement_match import variable_before_resource
from idkeep.policy.symbolic.budget import Budget, Undecided
from idkeep.policy.symbolic.terms import widened
from idkeep.policy.symbolic.words import (
    Alphabet,
    Pattern,
    Place,
    arn_pattern,
    resource_pattern,
    string_pattern,
    within,
)
from idkeep.policy.variables import Malformed, Variable, Version, template

T = TypeVar("T")

_ANY = Alphabet((Place(star=True),))
_FIRST = 0xE100
_STEPS = 5_000


class Doubt(Struct, frozen=True, order=True):
    """An open question by its words; of one value, what compares it and the value's text."""

    words: str
    base: str = ""
    value: str = ""


def ways(doubts: Sequence[T], follows: Callable[[T, T], bool]) -> Iterator[frozenset[T]]:
    """The sets of doubts that may be the true ones: with each also what follows from it."""
    pairs = [
        (n, w)
        for n, one in enumerate(doubts)
        for w, other in enumerate(doubts)
        if n != w and follows(one, other)
    ]
    for true in product((False, True), repeat=len(doubts)):
        if not any(true[narrow] and not true[wide] for narrow, wide in pairs):
            yield frozenset(one for one, is_true in zip(doubts, true, strict=True) if is_true)


@lru_cache(maxsize=16_384)
def resource_follows(narrow: str, wide: str) -> bool:
    """Whether `wide` covers each resource that `narrow` does. False too where that is not told."""
    if variable_before_resource(narrow) or variable_before_resource(wide):
        return False
    if any(is_held for _, is_held in held_parts(widened(wide))):
        return False  # what such a wildcard takes has no colon, and a variable's value may
    return _lies_within(narrow, wide, resource_pattern)


@lru_cache(maxsize=16_384)
def value_follows(narrow: Doubt, wide: Doubt) -> bool:
    """The same of two values that one key is compared with, by string or ARN operators."""
    if not narrow.base or not wide.base:
        return False
    if narrow.base == wide.base == "ArnLike":
        # A value in one of the first fields may hold a colon, and so move the others.
        if variable_before_resource(narrow.value) or variable_before_resource(wide.value):
            return False
        return _lies_within(narrow.value, wide.value, lambda one: arn_pattern(one) or ())
    if narrow.base not in _READ or wide.base not in _READ:
        return False
    first, second = _READ[narrow.base], _READ[wide.base]
    return _lies_within(narrow.value, wide.value, string_pattern, first, second)


def _literally(text: str) -> Glob:
    return (text,) if text else ()


_READ: dict[str, Callable[[str], Glob]] = {"StringEquals": _literally, "StringLike": glob}


def _lies_within(
    narrow: str,
    wide: str,
    read: Callable[[Glob], Pattern],
    inner: Callable[[str], Glob] = glob,
    outer: Callable[[str], Glob] = glob,
) -> bool:
    variables = (part for part in template(narrow, Version.CURRENT) if isinstance(part, Variable))
    there = {one.key.lower() for one in variables if one.default is None}
    numbers: dict[tuple[str, str | None], str] = {}
    one, other = _opaque(narrow, inner, there, numbers), _opaque(wide, outer, there, numbers)
    if one is None or other is None or Wild.ONE in other:
        return False
    try:
        return within(read(one), read(other), _ANY, Budget(_STEPS))
    except Undecided:
        return False


def _opaque(
    text: str,
    read: Callable[[str], Glob],
    there: Container[str],
    numbers: dict[tuple[str, str | None], str],
) -> Glob | None:
    """The text with one character for each variable; None where AWS does not say what it means.

    `there` are the keys that surely have a value, whose defaults are therefore nobody's.
    """
    made: list[str | Wild] = []
    for part in template(text, Version.CURRENT):
        match part:
            case Variable(default=default) if default and ("*" in default or "?" in default):
                return None
            case Variable(key=key, default=default):
                which = (key.lower(), None if key.lower() in there else default)
                made.append(numbers.setdefault(which, chr(_FIRST + len(numbers))))
            case Malformed():
                return None
            case Wild():
                made.extend(read(part.value))
            case _:
                made.append(part)
    return tuple(made)
