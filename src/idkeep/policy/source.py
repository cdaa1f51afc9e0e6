"""JSON text as AWS reads it, and where in it an element stands.

Positions are not kept beside the values: the text is walked again for the few that are asked for.
"""

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
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


class Position(Struct, frozen=True, order=True, gc=False):
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
    """Raises `NotJson`, and nothing else, for what is no JSON by RFC 8259.

    One half of a surrogate pair is refused: RFC 8259 calls what becomes of it unpredictable, and
    no file, report or answer in UTF-8 can hold it.
    """
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
        raise NotJson(f"{error.name} is no JSON value", _constant_at(text, error.name)) from None
    except RecursionError:
        raise NotJson("nested too deeply", 0) from None
    if _SURROGATE.search(text):
        _refuse_half_characters(text)
    return value


def position_at(text: str, offset: int) -> Position:
    return Position(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def positions_at(text: str, offsets: Sequence[int]) -> list[Position]:
    """The same for many offsets, reading the text once."""
    starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
    lines = [bisect_right(starts, offset) for offset in offsets]
    return [
        Position(line, offset - starts[line - 1] + 1)
        for line, offset in zip(lines, offsets, strict=True)
    ]


def offset_of(text: str, path: Path) -> int:
    """Where the value at `path` begins; see `offsets_of`."""
    return offsets_of(text, ((path, False),))[0]


def offsets_of(text: str, asked: Sequence[tuple[Path, bool]]) -> list[int]:
    """Where the value at each path begins or, where the flag beside it is set, its key.

    `text` must be JSON. A step that leads nowhere ends the way at the element before it; 0 on
    what is no list is the value itself, since a single value may stand for a list of one. The
    text is read once, however many are asked for: a document may break a rule at every turn.
    """
    root = _Spot()
    for path, _ in asked:
        spot = root
        for step in path:
            if step not in spot.children:
                spot.children[step] = _Spot()
            spot = spot.children[step]
    _find(text, root)
    return [_found(root, path, key=key) for path, key in asked]


class _Constant(ValueError):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _refuse_constant(name: str) -> JsonValue:
    raise _Constant(name)


def _constant_at(text: str, name: str) -> int:
    """Where it stands as a value, and not within a string."""
    return next((t.start() for t in _TOKEN.finditer(text) if t[0] == name), 0)


def _refuse_half_characters(text: str) -> None:
    for token in _TOKEN.finditer(text):
        if token[0].startswith('"') and _HALF.search(_name(token[0])):
            raise NotJson("half of a surrogate pair is no character", token.start())


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    repeated = Repeated(made)
    counts = Counter(name for name, _ in pairs)
    repeated.keys_repeated = tuple(name for name in made if counts[name] > 1)
    return repeated


_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
# As it stands, or as an escape.
_SURROGATE = re.compile(r"[\ud800-\udfff]|\\u[dD][89a-fA-F]")
_HALF = re.compile(r"[\ud800-\udfff]")
_LINE_END = re.compile("\n")


class _Spot(Struct, gc=False):
    """An element that is asked for, or is on the way to one: offsets of its key and its value.

    `around` is where the value stands in which it was found. An object may name a key again, and
    what was found inside the earlier value is then found no more.
    """

    key: int = -1
    value: int = -1
    around: int = -1
    children: "dict[str | int, _Spot]" = {}


def _found(root: _Spot, path: Path, *, key: bool) -> int:
    spot = root
    for step in path:
        child = spot.children[step]
        if child.around != spot.value:
            return spot.value
        spot = child
    return spot.key if key else spot.value


def _find(text: str, root: _Spot) -> None:
    """Fill in the offsets. A loop, no recursion: how deep a text is nested is its writer's whim."""
    around: list[tuple[int, list[_Spot], bool, int]] = []
    spots: list[_Spot] = []
    wanted: list[_Spot] = []
    key = n = 0
    inside = -1
    in_object = key_next = False
    for token in _TOKEN.finditer(text):
        at = token.start()
        sign = text[at]
        if sign == ":":
            continue
        if sign == ",":
            n += 1
            key_next = in_object
        elif sign in "]}":
            inside, spots, in_object, n = around.pop()
        elif key_next:
            key, key_next = at, False
            wanted = _children(spots, _name(token[0])) if spots else []
        else:
            if not in_object:
                wanted, key = _children(spots, n) if around else [root], at
            for spot in wanted:
                spot.key, spot.value, spot.around = key, at, inside
            if sign != "[" and wanted:
                wanted += _own_items(wanted, at)
            if sign in "[{":
                around.append((inside, spots, in_object, n))
                inside, spots, in_object, n = at, wanted, sign == "{", 0
                key_next = in_object


def _name(token: str) -> str:
    return str(json.loads(token)) if "\\" in token else token[1:-1]


def _children(spots: list[_Spot], step: str | int) -> list[_Spot]:
    return [child for spot in spots if (child := spot.children.get(step))]


def _own_items(spots: list[_Spot], at: int) -> list[_Spot]:
    """What is no list is its own item 0, and that item's."""
    items: list[_Spot] = []
    while spots := _children(spots, 0):
        for spot in spots:
            spot.key = spot.value = spot.around = at
        items += spots
    return items
