"""The event patterns of EventBridge, decided for an event.

Where AWS documents no answer, that is said (`Undecided`), and so it is for a pattern that AWS
would refuse. Sources, under https://docs.aws.amazon.com/eventbridge/latest/userguide/:
eb-event-patterns.html, eb-create-pattern-operators.html; and https://github.com/aws/event-ruler,
which EventBridge runs and whose pages say what becomes of arrays.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from ipaddress import ip_address, ip_network
from itertools import pairwise
from operator import eq, ge, gt, le, lt
from typing import Any, TypeAlias

from msgspec import Struct

from idkeep.access.filter_pattern import Decision, NotUnderstood, Undecided, all_of, any_of

_KEPT = 4096
_MOST_DEEP = 100
_EITHER = "$or"
_ORDER = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}
# Ruler compares numbers within these bounds, which the page repeats.
_BOUND = 5.0e9
_SOME_DIFFER = "AWS does not document whether anything-but is about any or all of several values"
_NULL = "AWS does not document whether a field that is null exists"
_MISMATCH = "AWS does not document how values of different types compare"
_CASELESS = "equals-ignore-case"

Test: TypeAlias = Callable[[Any], Decision]
"""Whether a value that is no object and no array fits."""


class Number(Struct, frozen=True):
    """A number as the pattern writes it: 300, 300.0 and 3.0e2 are different to an exact match."""

    text: str


class Values(Struct, frozen=True):
    """A field of which one value must pass one of the tests.

    `absent`: it passes too where there is no such field (`exists` false). `others`: tests that are
    about all but some values, which AWS documents for a single value alone.
    """

    tests: tuple[Test, ...]
    others: tuple[Test, ...] = ()
    absent: bool = False


class Fields(Struct, frozen=True):
    """An object each of whose fields must fit, and one of each group of `either`."""

    fields: tuple[tuple[str, "Fields | Values"], ...]
    either: tuple["Fields", ...] = ()


def decide(pattern: str, event: Mapping[str, Any]) -> Decision:
    """Whether a rule with this pattern takes the event, which is JSON in EventBridge's envelope."""
    try:
        parsed = parse(pattern)
    except NotUnderstood as odd:
        return Undecided(str(odd))
    return _fits(parsed, event)


def rewritten(pattern: str, exchange: Callable[[str], str]) -> str:
    """The pattern with every string that stands for a value as `exchange` has it.

    A pattern that is not understood is a value as a whole.
    """
    try:
        parse(pattern)
    except NotUnderstood:
        return exchange(pattern)
    return json.dumps(_exchanged(json.loads(pattern), exchange))


def _exchanged(told: Any, exchange: Callable[[str], str]) -> Any:  # noqa: ANN401 -- JSON
    if isinstance(told, dict):
        return {
            name: one if name == "numeric" else _exchanged(one, exchange)
            for name, one in told.items()
        }
    if isinstance(told, list):
        return [_exchanged(one, exchange) for one in told]
    return exchange(told) if isinstance(told, str) else told


def may_take(pattern: str, field: str, values: Iterable[str]) -> bool:
    """Whether it could take an event with one of these values in a field of the envelope."""
    try:
        parsed = parse(pattern)
    except NotUnderstood:
        return True
    asked = [one for name, one in parsed.fields if name == field and isinstance(one, Values)]
    return all(any(_fits_value(one, value) is not False for value in values) for one in asked)


@lru_cache(maxsize=_KEPT)
def parse(pattern: str) -> Fields:
    """Raises `NotUnderstood` with the reason."""
    try:
        told = json.loads(
            pattern,
            parse_int=Number,
            parse_float=Number,
            parse_constant=_no_number,
            object_pairs_hook=_once,
        )
    except (ValueError, RecursionError) as odd:
        if isinstance(odd, NotUnderstood):
            raise
        raise NotUnderstood("the pattern is no JSON") from odd
    if not isinstance(told, dict):
        raise NotUnderstood("a pattern is a JSON object")
    return _fields(told, 0)


def _no_number(text: str) -> Any:  # noqa: ANN401 -- it never returns
    raise NotUnderstood(f"{text} is no JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotUnderstood("a field stands twice in one object")
    return found


def _fields(told: dict[str, Any], depth: int) -> Fields:
    if not told:
        raise NotUnderstood("AWS takes no empty object")
    if depth > _MOST_DEEP:
        raise NotUnderstood("its objects stand too deep in each other")
    either: tuple[Fields, ...] = ()
    fields: list[tuple[str, Fields | Values]] = []
    for name, value in told.items():
        if name == _EITHER:
            either = _either(value, depth)
        elif "." in name:
            raise NotUnderstood(f"AWS does not document what a dot means in the field {name!r}")
        elif isinstance(value, dict):
            fields.append((name, _fields(value, depth + 1)))
        elif isinstance(value, list):
            fields.append((name, _values(value)))
        else:
            raise NotUnderstood(f"the field {name!r} has neither an object nor an array")
    return Fields(tuple(fields), either)


def _either(told: Any, depth: int) -> tuple[Fields, ...]:  # noqa: ANN401 -- JSON
    several = isinstance(told, list) and len(told) > 1 and all(isinstance(o, dict) for o in told)
    if not several or any(name in _OPERATORS for one in told for name in one):
        raise NotUnderstood("$or takes two objects or more, of fields")
    return tuple(_fields(one, depth + 1) for one in told)


def _values(told: list[Any]) -> Values:
    if not told:
        raise NotUnderstood("AWS takes no empty array")
    tests: list[Test] = []
    others: list[Test] = []
    absent = False
    for one in told:
        if not isinstance(one, dict):
            tests.append(_exactly(one))
            continue
        if len(one) != 1:
            raise NotUnderstood("an operator stands alone in its object")
        [(name, operand)] = one.items()
        if name == "exists":
            absent |= operand is False
            tests += [_exists] if operand is True else []
            if not isinstance(operand, bool):
                raise NotUnderstood("exists is true or false")
        elif name == "anything-but":
            others.append(_but(operand))
        elif name in _OPERATORS:
            tests.append(_OPERATORS[name](operand))
        else:
            raise NotUnderstood(f"AWS knows no operator {name!r}")
    return Values(tuple(tests), tuple(others), absent)


def _fits(fields: Fields, value: Any) -> Decision:  # noqa: ANN401 -- JSON
    """Of an array of objects one must fit as a whole."""
    if isinstance(value, list | tuple):
        return any_of([_fits(fields, one) for one in value or ({},)])
    here = value if isinstance(value, Mapping) else {}
    parts = [
        _fits(one, here.get(name)) if isinstance(one, Fields) else _fits_field(one, here, name)
        for name, one in fields.fields
    ]
    if fields.either:
        parts.append(any_of([_fits(one, value) for one in fields.either]))
    return all_of(parts)


def _fits_field(values: Values, here: Mapping[str, Any], name: str) -> Decision:
    return _fits_value(values, here[name]) if name in here else values.absent


def _fits_value(values: Values, value: Any) -> Decision:  # noqa: ANN401 -- JSON
    """An object is no leaf, so no field is there; nor is one in an empty array."""
    leaves = list(_leaves(value))
    if not leaves:
        return values.absent
    said = [test(one) for test in values.tests for one in leaves]
    said += [_all_alike([test(one) for one in leaves]) for test in values.others]
    return any_of(said)


def _leaves(value: Any) -> Iterator[Any]:  # noqa: ANN401 -- JSON
    if isinstance(value, list | tuple):
        for one in value:
            yield from _leaves(one)
    elif not isinstance(value, Mapping):
        yield value


def _all_alike(said: list[Decision]) -> Decision:
    if True in said and False in said:
        return Undecided(_SOME_DIFFER)
    return all_of(said)


def _exists(value: Any) -> Decision:  # noqa: ANN401 -- JSON
    return Undecided(_NULL) if value is None else True


def _exactly(wanted: Any) -> Test:  # noqa: ANN401 -- JSON
    if isinstance(wanted, Number):
        return lambda value: _same_number(wanted, value)
    if not isinstance(wanted, str | bool | None):
        raise NotUnderstood("an array of values holds no array")
    return lambda value: type(value) is type(wanted) and value == wanted


def _same_number(wanted: Number, value: Any) -> Decision:  # noqa: ANN401 -- JSON
    if not _is_number(value) or value != float(wanted.text):
        return False
    # How the event writes a fraction is not kept in a value of Python's.
    return Undecided(_MISMATCH) if isinstance(value, float) else str(value) == wanted.text


def _is_number(value: Any) -> bool:  # noqa: ANN401 -- JSON
    return isinstance(value, int | float) and not isinstance(value, bool)


def _of_text(test: Callable[[str], bool]) -> Test:
    return lambda value: isinstance(value, str) and test(value)


def _prefix(told: Any) -> Test:  # noqa: ANN401 -- JSON
    text, fold = _cased(told, "prefix")
    return _of_text(lambda value: fold(value).startswith(fold(text)))


def _suffix(told: Any) -> Test:  # noqa: ANN401 -- JSON
    text, fold = _cased(told, "suffix")
    return _of_text(lambda value: fold(value).endswith(fold(text)))


def _cased(told: Any, name: str) -> tuple[str, Callable[[str], str]]:  # noqa: ANN401 -- JSON
    if isinstance(told, dict) and list(told) == [_CASELESS]:
        return _text(told[_CASELESS], name), str.lower
    return _text(told, name), str


def _caseless(told: Any) -> Test:  # noqa: ANN401 -- JSON
    text = _text(told, _CASELESS).lower()
    return _of_text(lambda value: value.lower() == text)


def _wildcard(told: Any) -> Test:  # noqa: ANN401 -- JSON
    """A backslash stands before an asterisk or a backslash that is meant as such."""
    text = _text(told, "wildcard")
    if not re.fullmatch(r"(?:[^\\]|\\[*\\])*", text, re.DOTALL):
        raise NotUnderstood("a backslash in a wildcard stands before * or another alone")
    parts = re.findall(r"\\[*\\]|.", text, re.DOTALL)
    if any(pair == ("*", "*") for pair in pairwise(parts)):
        raise NotUnderstood("AWS takes no two asterisks side by side")
    fits = re.compile(
        "".join(".*" if one == "*" else re.escape(one[-1]) for one in parts), re.DOTALL
    )
    return _of_text(lambda value: fits.fullmatch(value) is not None)


def _text(told: Any, name: str) -> str:  # noqa: ANN401 -- JSON
    if not isinstance(told, str):
        raise NotUnderstood(f"{name} takes a string")
    return told


def _cidr(told: Any) -> Test:  # noqa: ANN401 -- JSON
    try:
        network = ip_network(_text(told, "cidr"), strict=False)
    except ValueError as odd:
        raise NotUnderstood(f"{told!r} is no range of addresses") from odd

    def within(value: str) -> bool:
        try:
            return ip_address(value) in network
        except ValueError:
            return False

    return _of_text(within)


def _numeric(told: Any) -> Test:  # noqa: ANN401 -- JSON
    """One comparison, or a lower and an upper bound."""
    words = told if isinstance(told, list) else []
    pairs = tuple(zip(words[::2], words[1::2], strict=False))
    known = all(op in _ORDER and isinstance(number, Number) for op, number in pairs)
    ranges = [op for op, _ in pairs if known]
    whole = len(words) == 2 * len(pairs) and (
        len(pairs) == 1 or (len(pairs) == 2 and "=" not in ranges)  # noqa: PLR2004 -- two bounds
    )
    if not known or not pairs or not whole:
        raise NotUnderstood("numeric takes an operator and a number, or two such pairs")
    bounds = [(_ORDER[op], float(number.text)) for op, number in pairs]
    if any(abs(bound) > _BOUND for _, bound in bounds):
        raise NotUnderstood("AWS compares numbers up to five thousand million")
    return lambda value: (
        _is_number(value)
        and abs(value) <= _BOUND
        and all(compare(value, bound) for compare, bound in bounds)
    )


def _but(told: Any) -> Test:  # noqa: ANN401 -- JSON
    """Whatever none of these is."""
    if isinstance(told, dict):
        if len(told) != 1 or next(iter(told)) not in _BUT:
            raise NotUnderstood(f"AWS knows no anything-but of {', '.join(told) or 'nothing'}")
        [(name, operand)] = told.items()
        several = operand if isinstance(operand, list) else [operand]
        tests = [_BUT[name](_text(one, name)) for one in several]
        return _none_of(tests, of_text=True)
    several = told if isinstance(told, list) else [told]
    if not several or len({type(one) for one in several}) > 1:
        raise NotUnderstood("anything-but takes strings alone or numbers alone")
    if not isinstance(several[0], str | Number):
        raise NotUnderstood("anything-but takes strings or numbers")
    return _none_of([_exactly(one) for one in several], of_text=isinstance(several[0], str))


def _none_of(tests: list[Test], *, of_text: bool) -> Test:
    def differs(value: Any) -> Decision:  # noqa: ANN401 -- JSON
        if value is None or (of_text is not isinstance(value, str)):
            return Undecided(_MISMATCH)
        said = any_of([test(value) for test in tests])
        return said if isinstance(said, Undecided) else not said

    return differs


_OPERATORS: Mapping[str, Callable[[Any], Test]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    _CASELESS: _caseless,
    "wildcard": _wildcard,
    "cidr": _cidr,
    "numeric": _numeric,
    "exists": _exactly,  # read with the array it stands in
    "anything-but": _but,
}
_BUT: Mapping[str, Callable[[Any], Test]] = {
    name: _OPERATORS[name] for name in ("prefix", "suffix", _CASELESS, "wildcard")
}
