"""JSON text as AWS reads it, and where in it an element stands.

Positions are not kept beside the values: the text is walked again for the few that are asked for.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct

JsonValue: TypeAlias = "str | bool | list[JsonValue] | dict[str, JsonValue] | None"
Path: TypeAlias = tuple[str | int, ...]


class Number(str):
    """A JSON number as it was written: IAM compares condition values as text.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    ("Quotation marks are optional for numeric and Boolean values").
    """

    __slots__ = ()


class Repeated(dict[str, JsonValue]):
    """An object that names some key more than once; the last value stands, as in most readers."""

    keys_repeated: tuple[str, ...] = ()


class Position(Struct, frozen=True, order=True):
    """Line and column, both from 1; columns count characters."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


class NotJson(Exception):
    """The text is no JSON document."""

    def __init__(self, why: str, offset: int) -> None:
        super().__init__(why)
        self.why = why
        self.offset = offset


def read(text: str) -> JsonValue:
    """Raises `NotJson`, and nothing else, for what is no JSON by RFC 8259."""
    try:
        value: JsonValue = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=Number,
            parse_float=Number,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise NotJson(error.msg, error.pos) from None
    except _Constant as error:
        raise NotJson(f"{error.name} is no JSON value", max(text.find(error.name), 0)) from None
    except RecursionError:
        raise NotJson("nested too deeply", 0) from None
    return value


def position_at(text: str, offset: int) -> Position:
    return Position(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def offset_of(text: str, path: Path, *, key: bool = False) -> int:
    """Where the value at `path` begins, or its key.

    `text` must be JSON. A step that leads nowhere ends the walk at the element before it; 0 on
    what is no list is the value itself, since a single value may stand for a list of one.
    """
    at = found = _space_end(text, 0)
    for step in path:
        child = _child(text, at, step)
        if child is None:
            return at
        found, at = child
    return found if key else at


class _Constant(ValueError):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _refuse_constant(name: str) -> JsonValue:
    raise _Constant(name)


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    repeated = Repeated(made)
    counts = Counter(name for name, _ in pairs)
    repeated.keys_repeated = tuple(name for name in made if counts[name] > 1)
    return repeated


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_DECODER = json.JSONDecoder(parse_int=str)
_SPACE = re.compile(r"[ \t\n\r]*")


def _space_end(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _token(text: str, at: int) -> tuple[int, int]:
    match = _TOKEN.search(text, at)
    return match.span() if match else (len(text), len(text))


def _value_end(text: str, at: int) -> int:
    return _DECODER.raw_decode(text, at)[1]


def _child(text: str, at: int, step: str | int) -> tuple[int, int] | None:
    """The offsets of a child's key (in a list: of the child) and of its value."""
    opening = text[at : at + 1]
    if isinstance(step, int):
        if opening == "[":
            return next((pair for n, pair in enumerate(_items(text, at)) if n == step), None)
        return (at, at) if step == 0 else None
    if opening != "{":
        return None
    last = None
    for key, value in _members(text, at):
        if json.loads(text[slice(*_token(text, key))]) == step:
            last = key, value
    return last


def _items(text: str, at: int) -> Iterator[tuple[int, int]]:
    start, end = _token(text, at + 1)
    while text[start:end] != "]":
        if text[start:end] == ",":
            start, end = _token(text, end)
        yield start, start
        start, end = _token(text, _value_end(text, start))


def _members(text: str, at: int) -> Iterator[tuple[int, int]]:
    start, end = _token(text, at + 1)
    while text[start:end] != "}":
        if text[start:end] == ",":
            start, end = _token(text, end)
        _, colon = _token(text, end)
        value, _ = _token(text, colon)
        yield start, value
        start, end = _token(text, _value_end(text, value))
