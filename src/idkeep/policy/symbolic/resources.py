"""The resources that statements tell apart.

A request's resource is an ARN of six fields, or `*` where the action is on none in particular.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from idkeep.policy.context import Context
from idkeep.policy.document import NotResource, Statement
from idkeep.policy.pattern import Glob, Wild, resource_test, string_test
from idkeep.policy.symbolic.budget import Budget, Undecided
from idkeep.policy.symbolic.cells import Cell, bits
from idkeep.policy.symbolic.implied import resource_follows, ways
from idkeep.policy.symbolic.terms import NOWHERE, widened
from idkeep.policy.symbolic.words import (
    DIGITS,
    Alphabet,
    Automaton,
    Pattern,
    Place,
    is_literal,
    resource_pattern,
    spelled,
    string_pattern,
    within,
)
from idkeep.policy.variables import has_variables, resolve

_FIELD = (Place(no_colon=True, star=True),)
_SOME = (Place(no_colon=True), *_FIELD)
_COLON = (Place(":"),)
_HEAD = (*(Place(c) for c in "arn:"), *_SOME, *_COLON, *_SOME, *_COLON, *_FIELD, *_COLON)
_TAIL = (*_COLON, Place(), Place(star=True))
ARNS = Alphabet((*_HEAD, *_FIELD, *_TAIL))
# Then `aws:ResourceAccount` follows from the resource.
OF_ACCOUNT = re.compile(r"arn:[^:]+:[^:]+:[^:]*:\d{12}:.+", re.DOTALL | re.ASCII)
_IS_ARN = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+", re.DOTALL)
_FILLERS = ("arn", "aws", "service", "eu-west-1", "111122223333", "x")
_ACCOUNT_FIELD = 4
_MOST_DOUBTS = 5
# What a statement without a resource element is asked for.
_ITS_OWN = "arn:aws:iam::111122223333:role/x"


class _Pattern(Struct, frozen=True):
    """A pattern of a resource element; not `is_sure`: with a variable, it matches at most this."""

    places: Pattern
    glob: Glob
    is_sure: bool = True

    def matches(self, resource: str) -> bool:
        test = resource_test(self.glob) if self.is_sure else string_test(self.glob)
        return test(resource)


_ANY = _Pattern(resource_pattern((Wild.MANY,)), (Wild.MANY,))
# The ARNs that OF_ACCOUNT matches; nobody asks what it matches itself.
_OF_ACCOUNT = _Pattern((*_HEAD, *(Place(DIGITS),) * 12, *_TAIL), ())


class _Target(Struct, frozen=True):
    """What one statement lists; `waiting`: the texts with variables and what they match at most."""

    fixed: tuple[_Pattern, ...] = (_ANY,)
    waiting: dict[str, _Pattern] = {}
    excluding: bool = False

    @property
    def patterns(self) -> tuple[_Pattern, ...]:
        return (*self.fixed, *self.waiting.values())

    def covers(self, resource: str) -> bool | tuple[str, ...]:
        """Whether it lists the resource, or the texts on which that hangs."""
        if any(one.matches(resource) for one in self.fixed):
            return True
        return tuple(t for t, one in self.waiting.items() if one.matches(resource)) or False


def _target(statement: Statement) -> _Target:
    element = statement.resource
    if element is None:
        return _Target()
    excluding = isinstance(element, NotResource)
    if (excluding and not element.patterns) or not statement.action.patterns:
        raise Undecided("an empty NotAction or NotResource: everything, or no statement")
    fixed: list[_Pattern] = []
    waiting: dict[str, _Pattern] = {}
    for text in element.patterns:
        if has_variables(text, statement.version):
            most = widened(text)
            waiting[text] = _Pattern(string_pattern(most), most, is_sure=False)
        elif NOWHERE not in text and isinstance(
            one := resolve(text, statement.version, Context()), tuple
        ):
            fixed.append(_Pattern(resource_pattern(one), one))
    return _Target(tuple(fixed), waiting, excluding)


class Resources:
    """The resource elements of all statements, by their numbers."""

    def __init__(self, statements: Sequence[Statement], budget: Budget) -> None:
        self._targets = [_target(one) for one in statements]
        self._unbound = all(one.resource is None for one in statements)
        self._budget = budget
        self._made: dict[tuple[int, int, bool], list[Cell[str]]] = {}

    def cells(self, needed: int, against: int, *, by_account: bool) -> list[Cell[str]]:
        """Cells in which `needed` may hold; one may be left out where another is as good.

        As good is what satisfies no more of `against`, and is, where `by_account` is set, no
        account's resource unless the other is one.
        """
        key = (needed, against, by_account)
        if key not in self._made:
            texts = self._texts(needed, against, by_account=by_account)
            asked = needed | against
            self._made[key] = [one for text in texts for one in self._cells_of(text, asked)]
        return self._made[key]

    def _cells_of(self, resource: str, asked: int) -> Iterator[Cell[str]]:
        """One cell, or one for each way in which patterns with variables may turn out."""
        self._budget.spend()
        answers = {n: self._targets[n].covers(resource) for n in bits(asked)}
        doubts = sorted({t for one in answers.values() if isinstance(one, tuple) for t in one})
        if len(doubts) > _MOST_DOUBTS:
            raise Undecided("too many policy variables speak of one resource")
        for true in ways(doubts, resource_follows):
            holds = 0
            for n, answer in answers.items():
                covered = not true.isdisjoint(answer) if isinstance(answer, tuple) else answer
                holds |= (covered is not self._targets[n].excluding) << n
            yield Cell(holds, resource, sure=not doubts)

    def _texts(self, needed: int, against: int, *, by_account: bool) -> Iterator[str]:
        if self._unbound:
            yield _ITS_OWN
            return
        yield "*"
        listing = (n for n in bits(needed) if not self._targets[n].excluding)
        first = next(listing, None)
        target = _Target() if first is None else self._targets[first]
        rest = needed if first is None else needed & ~(1 << first)
        for one in target.patterns:
            yield from self._within(one, rest, against, by_account=by_account)

    def _within(
        self, outer: _Pattern, needed: int, against: int, *, by_account: bool
    ) -> Iterator[str]:
        """Examples in one pattern, told apart by no more of the others than it takes.

        An example is as good as all that is told apart from it only by patterns of which it is
        in none, or that the whole of `outer` is in. So the others come in one by one.
        """
        if is_literal(outer.places):
            text = spelled(outer.places)
            if _IS_ARN.fullmatch(text):
                yield text
            return
        # Statement n's patterns by n; those that hang on variables, each by itself.
        asked: dict[int | _Pattern, dict[_Pattern, None]] = {}
        for n in bits(needed):
            self._ask(asked, n, self._targets[n].patterns, outer)
        if by_account:
            asked[_OF_ACCOUNT] = {_OF_ACCOUNT: None}
        example = _instance(outer, has_account=not by_account)
        found = [example] if example and not asked else None
        while True:
            if found is None:
                groups = [(outer.places,), *([p.places for p in some] for some in asked.values())]
                found = list(Automaton(groups, ARNS, self._budget).strings(0b1).values())
            told = [
                self._ask(asked, n, patterns, outer)
                for text in found
                for n, patterns in self._telling(text, outer, against)
            ]
            if not any(told):
                yield from found
                return
            found = None

    def _ask(
        self,
        asked: dict[int | _Pattern, dict[_Pattern, None]],
        n: int,
        patterns: Iterable[_Pattern],
        outer: _Pattern,
    ) -> bool:
        """Whether any of the patterns is new, and may have something in common with `outer`."""
        is_new = False
        for one in patterns:
            group = asked.setdefault(n if one.is_sure else one, {}) if _may_meet(one, outer) else {}
            is_new = is_new or (_may_meet(one, outer) and one not in group and one != outer)
            group[one] = None
        return is_new

    def _telling(
        self, text: str, outer: _Pattern, against: int
    ) -> Iterator[tuple[int, tuple[_Pattern, ...]]]:
        """By which patterns of statement n something in `outer` might satisfy less than `text`."""
        for n in bits(against):
            target = self._targets[n]
            met = tuple(one for one in target.patterns if one.matches(text))
            if target.excluding and not any(one.is_sure for one in met):
                yield n, target.patterns
            elif not target.excluding and not any(
                one.is_sure and _is_within(outer, one) for one in met
            ):
                yield n, met


@lru_cache(maxsize=16_384)
def _is_within(inner: _Pattern, outer: _Pattern) -> bool:
    """False too where telling takes long."""
    if outer in (_ANY, inner):
        return True
    if not _prefix(inner.places).startswith(_prefix(outer.places)):
        return False
    try:
        return within(inner.places, outer.places, ARNS, Budget(5_000))
    except Undecided:
        return False


@lru_cache(maxsize=16_384)
def _prefix(pattern: Pattern) -> str:
    literal = ""
    for place in pattern:
        if len(place.chars) != 1 or place.star:
            break
        literal += place.chars
    return literal


def _may_meet(one: _Pattern, other: _Pattern) -> bool:
    """False where the literal beginnings differ."""
    first, second = _prefix(one.places), _prefix(other.places)
    return first.startswith(second) or second.startswith(first)


@lru_cache(maxsize=8192)
def _instance(pattern: _Pattern, *, has_account: bool) -> str:
    """An ARN that looks like one and that the pattern matches; "" where none is at hand."""
    text = ""
    for part in pattern.glob:
        field = min(text.count(":"), len(_FILLERS) - 1)
        filler = _FILLERS[field] if has_account or field != _ACCOUNT_FIELD else ""
        if isinstance(part, str):
            text += part
        elif part is Wild.ONE:
            text += "1" if field == _ACCOUNT_FIELD else "x"
        else:
            text += filler if text.endswith(":") or not text or not filler else "x"
    if any(part is Wild.MANY for part in pattern.glob[-1:]):
        missing = _FILLERS[text.count(":") + 1 :]
        fillers = (f if has_account or f != _FILLERS[_ACCOUNT_FIELD] else "" for f in missing)
        text = ":".join((text, *fillers))
    return text if _IS_ARN.fullmatch(text) and pattern.matches(text) else ""
