"""Three-valued truth: true, false, or open with the expression that is left to decide.

Kleene's logic: false decides an AND, true decides an OR, whatever else is open. No further
cleverness: `a or not a` with `a` open stays as it is.
"""

from collections.abc import Iterable
from typing import NoReturn, Protocol, TypeAlias

from msgspec import Struct

from idkeep.policy.context import Context


class Expression(Protocol):
    """Something that a richer context decides. `str()` is for people."""

    def evaluate(self, context: Context) -> "Truth": ...


class Open(Struct, frozen=True):
    """Neither true nor false yet."""

    residual: Expression

    def __bool__(self) -> NoReturn:
        raise TypeError("an open truth is neither true nor false; compare with `is True`")

    def __str__(self) -> str:
        return str(self.residual)


Truth: TypeAlias = bool | Open


class And(Struct, frozen=True):
    parts: tuple[Expression, ...]

    def evaluate(self, context: Context) -> Truth:
        return all_of(part.evaluate(context) for part in self.parts)

    def __str__(self) -> str:
        return " and ".join(map(_bracketed, self.parts))


class Or(Struct, frozen=True):
    parts: tuple[Expression, ...]

    def evaluate(self, context: Context) -> Truth:
        return any_of(part.evaluate(context) for part in self.parts)

    def __str__(self) -> str:
        return " or ".join(map(_bracketed, self.parts))


class Not(Struct, frozen=True):
    part: Expression

    def evaluate(self, context: Context) -> Truth:
        return negation(self.part.evaluate(context))

    def __str__(self) -> str:
        return f"not ({self.part})"


class Undocumented(Struct, frozen=True):
    """AWS does not say; no context settles it."""

    why: str

    def evaluate(self, context: Context) -> Truth:  # noqa: ARG002 -- whatever is known
        return Open(self)

    def __str__(self) -> str:
        return f"undocumented: {self.why}"


def all_of(truths: Iterable[Truth]) -> Truth:
    """AND; stops at the first false."""
    left: list[Expression] = []
    for truth in truths:
        if truth is True:
            continue
        if truth is False:
            return False
        left.extend(truth.residual.parts if isinstance(truth.residual, And) else [truth.residual])
    return _joined(left, And) if left else True


def any_of(truths: Iterable[Truth]) -> Truth:
    """OR; stops at the first true."""
    left: list[Expression] = []
    for truth in truths:
        if truth is False:
            continue
        if truth is True:
            return True
        left.extend(truth.residual.parts if isinstance(truth.residual, Or) else [truth.residual])
    return _joined(left, Or) if left else False


def negation(truth: Truth) -> Truth:
    if not isinstance(truth, Open):
        return not truth
    if isinstance(truth.residual, Not):
        return Open(truth.residual.part)
    # What nobody can tell is no clearer for being negated.
    return truth if isinstance(truth.residual, Undocumented) else Open(Not(truth.residual))


def _joined(left: list[Expression], join: type[And] | type[Or]) -> Open:
    distinct = tuple(dict.fromkeys(left))
    return Open(distinct[0] if len(distinct) == 1 else join(distinct))


def _bracketed(part: Expression) -> str:
    return f"({part})" if isinstance(part, And | Or) else str(part)
