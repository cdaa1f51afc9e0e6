"""Whether an event fits a filter pattern; where AWS does not document it, that it is not known.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from collections.abc import Iterator, Mapping, Sequence
from operator import ge, gt, le, lt
from typing import Any, TypeAlias

from msgspec import Struct

from idkeep.access.filter_pattern.parse import NotUnderstood, parse
from idkeep.access.filter_pattern.tree import (
    And,
    AnyOne,
    Comparison,
    Expression,
    FilterPattern,
    Is,
    JsonPattern,
    Number,
    Operator,
    Or,
    Regex,
    Selector,
    Step,
    TermPattern,
    Text,
)

Event: TypeAlias = Mapping[str, Any]
_IN_ORDER = {Operator.LESS: lt, Operator.GREATER: gt, Operator.AT_MOST: le, Operator.AT_LEAST: ge}
_MISMATCH = "AWS does not document how values of different types compare"
_CONTAINER = "AWS does not document what else counts where a field is an object or an array"
_INNER_STAR = "AWS's pages differ on an asterisk inside a string"
_SOME_DIFFER = "AWS does not document whether != is about any or about all of several values"
_ACROSS = "a term may lie across several fields of the event"
_STRUCTURE = '{}[],":'


class Undecided(Struct, frozen=True):
    """AWS documents no answer. `why` is a sentence without its full stop."""

    why: str


Decision: TypeAlias = bool | Undecided


def decide(pattern: FilterPattern | str, event: Event) -> Decision:
    """Whether the pattern counts the event, which is JSON."""
    if isinstance(pattern, str):
        try:
            pattern = parse(pattern)
        except NotUnderstood as odd:
            return Undecided(str(odd))
    if isinstance(pattern, TermPattern):
        return _terms(pattern, event)
    return _json(pattern, event)


def _json(pattern: JsonPattern, event: Event) -> Decision:
    found = _expression(pattern.expression, event)
    # "If a property selector points to an array or object, the filter pattern won't match the log
    # format": the comparison fails for sure, and the whole pattern perhaps.
    if found is True and any(_is_unfit(one, event) for one in _comparisons(pattern.expression)):
        return Undecided(_CONTAINER)
    return found


def _expression(one: Expression, event: Event) -> Decision:
    if isinstance(one, And):
        return all_of([_expression(part, event) for part in one.parts])
    if isinstance(one, Or):
        return any_of([_expression(part, event) for part in one.parts])
    values = list(_selected(event, one.selector))
    if isinstance(one, Comparison):
        return _comparison(one, values)
    if isinstance(one, Is):
        return any(value is one.value for value in values)
    return not values


def all_of(parts: Sequence[Decision]) -> Decision:
    """What is open of some does not matter where another is false."""
    if False in parts:
        return False
    return next((one for one in parts if isinstance(one, Undecided)), True)


def any_of(parts: Sequence[Decision]) -> Decision:
    """What is open of some does not matter where another is true."""
    if True in parts:
        return True
    return next((one for one in parts if isinstance(one, Undecided)), False)


def _comparison(one: Comparison, values: Sequence[Any]) -> Decision:
    if one.operator is not Operator.NOT_EQUAL:
        return any_of([_compare(one, value) for value in values if not _is_container(value)])
    # No page says so; measured on AWS: https://github.com/DataBiosphere/azul/issues/5884
    if not values:
        return False
    said = [_compare(one, value) for value in values if not _is_container(value)]
    if True in said and False in said:
        return Undecided(_SOME_DIFFER)
    return all_of(said) if said else False


def _compare(one: Comparison, value: object) -> Decision:
    wanted = one.value
    if one.operator in _IN_ORDER:
        return _in_order(one.operator, value, wanted)
    equal = _equal(wanted, value)
    if isinstance(equal, Undecided) or one.operator is Operator.EQUAL:
        return equal
    if not equal and _differs_in_type(wanted, value):
        return Undecided(_MISMATCH)
    return not equal


def _in_order(operator: Operator, value: object, wanted: Text | Number | Regex) -> Decision:
    if not isinstance(wanted, Number):  # the parser lets none through
        return False
    if isinstance(value, int | float) and not isinstance(value, bool):
        return bool(_IN_ORDER[operator](value, wanted.value))
    try:
        float(value if isinstance(value, str) else "")
    except ValueError:
        return False
    return Undecided(_MISMATCH)


def _equal(wanted: Text | Number | Regex, value: object) -> Decision:
    """Where the types differ, only what the same text says is open."""
    if isinstance(wanted, Number) and _is_number(value):
        return bool(value == wanted.value)
    text = value if isinstance(value, str) else _as_text(value)
    match wanted:
        case Regex():
            same: Decision = wanted.compiled.search(text) is not None
        case Number():
            same = wanted.text == text
        case _:
            same = _fits(wanted.text, text)
    return Undecided(_MISMATCH) if same is True and _differs_in_type(wanted, value) else same


def _differs_in_type(wanted: Text | Number | Regex, value: object) -> bool:
    """`{ $.latency = * }` is documented, and so is a string of letters and digits unquoted."""
    if isinstance(value, str):
        return isinstance(wanted, Number) and not wanted.text.isalnum()
    if _is_number(value):
        is_wild = isinstance(wanted, Text) and "*" in wanted.text
        return not isinstance(wanted, Number) and not is_wild
    return True


def _fits(pattern: str, text: str) -> Decision:
    """A `*` at either end stands for anything. Inside, it may or may not."""
    inner = pattern.strip("*")
    ends = (pattern.startswith("*"), pattern.endswith("*"))
    if not inner:
        return bool(pattern) or not text
    literal = _between(inner, text, ends)
    if "*" not in inner:
        return literal
    return literal if literal == _wild(pattern, text) else Undecided(_INNER_STAR)


def _between(inner: str, text: str, ends: tuple[bool, bool]) -> bool:
    before, after = ends
    if before and after:
        return inner in text
    if before:
        return text.endswith(inner)
    return text.startswith(inner) if after else text == inner


def _wild(pattern: str, text: str) -> bool:
    first, *middle, last = pattern.split("*")
    if not text.startswith(first) or len(text) < len(first) + len(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return text.endswith(last)


def _selected(value: object, selector: Selector) -> Iterator[object]:
    if not selector:
        yield value
        return
    first, *rest = selector
    for one in _at(value, first):
        yield from _selected(one, tuple(rest))


def _at(value: object, step: Step) -> Iterator[object]:
    match step, value:
        case AnyOne(), Mapping():
            yield from value.values()
        case AnyOne(), list() | tuple():
            yield from value
        case str(), Mapping() if step in value:
            yield value[step]
        case int(), list() | tuple() if step < len(value):
            yield value[step]


def _comparisons(one: Expression) -> Iterator[Comparison]:
    if isinstance(one, And | Or):
        for part in one.parts:
            yield from _comparisons(part)
    elif isinstance(one, Comparison):
        yield one


def _is_unfit(one: Comparison, event: Event) -> bool:
    if any(isinstance(step, AnyOne) for step in one.selector):
        return False
    return any(map(_is_container, _selected(event, one.selector)))


def _is_container(value: object) -> bool:
    return isinstance(value, Mapping | list | tuple)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as_text(value: object) -> str:
    """As JSON writes it."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _terms(pattern: TermPattern, event: Event) -> Decision:
    words = tuple(_words(event))
    parts: list[Decision] = [_holds(words, one) for one in pattern.included]
    for term in pattern.excluded:
        held = _holds(words, term)
        parts.append(held if isinstance(held, Undecided) else not held)
    if pattern.optional:
        parts.append(any_of([_holds(words, one) for one in pattern.optional]))
    return all_of(parts)


def _holds(words: Sequence[str], term: Text | Regex) -> Decision:
    """A term that is in no value may still lie across the marks between them."""
    if isinstance(term, Regex):
        # An anchor is at an end of the whole event's text, whose fields have no set order.
        if not set("^$") & set(term.text) and any(term.compiled.search(one) for one in words):
            return True
        return False if term.text.replace("_", "").isalnum() else Undecided(_ACROSS)
    if any(term.text in one for one in words):
        return True
    if any(mark in term.text for mark in _STRUCTURE):
        return Undecided(_ACROSS)
    return False


def _words(value: object) -> Iterator[str]:
    """The names and values of an event, as they stand in its text."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield str(name)
            yield from _words(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _words(one)
    else:
        yield value if isinstance(value, str) else _as_text(value)
