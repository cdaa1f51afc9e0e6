"""What a filter pattern says, as values."""

import re
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct


class AnyOne(Struct, frozen=True):
    """The wildcard of a selector: any element of an array, or any field of an object."""


Step: TypeAlias = str | int | AnyOne
"""A field's name, an element's number from 0, or any of them."""
Selector: TypeAlias = tuple[Step, ...]


class Operator(StrEnum):
    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    GREATER = ">"
    AT_MOST = "<="
    AT_LEAST = ">="


class Text(Struct, frozen=True):
    """A string, in which `*` stands for anything."""

    text: str


class Number(Struct, frozen=True):
    """A number, and how it was written."""

    text: str

    @property
    def value(self) -> float:
        return float(self.text)


class Regex(Struct, frozen=True):
    """What stands between two percent signs, found anywhere in a value."""

    text: str

    @property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.text, re.ASCII)


class Comparison(Struct, frozen=True):
    selector: Selector
    operator: Operator
    value: Text | Number | Regex


class Is(Struct, frozen=True):
    """`value` is None for NULL."""

    selector: Selector
    value: bool | None


class NotExists(Struct, frozen=True):
    selector: Selector


class And(Struct, frozen=True):
    parts: tuple["Expression", ...]


class Or(Struct, frozen=True):
    parts: tuple["Expression", ...]


Expression: TypeAlias = Comparison | Is | NotExists | And | Or


class JsonPattern(Struct, frozen=True):
    """A pattern in braces, over the fields of an event that is JSON."""

    expression: Expression


class TermPattern(Struct, frozen=True):
    """Terms that an event must hold all of, none of, or one of; without any, it fits everything."""

    included: tuple[Text | Regex, ...] = ()
    excluded: tuple[Text | Regex, ...] = ()
    optional: tuple[Text | Regex, ...] = ()


FilterPattern: TypeAlias = JsonPattern | TermPattern
