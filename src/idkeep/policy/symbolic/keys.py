"""What one condition key may hold, as far as conditions tell apart: its cells.

What a condition says of an example is asked of the reference engine itself. Where that leaves it
open (a policy variable, or what AWS does not document), there is a cell for each way in which it
may turn out, and none of them is sure.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product

from msgspec import Struct
from msgspec.structs import replace

from idkeep.policy.condition import Condition, holds
from idkeep.policy.context import Context
from idkeep.policy.document import Statement
from idkeep.policy.expression import Open
from idkeep.policy.operators import MEANINGS, NULL, Operator
from idkeep.policy.symbolic.budget import Budget, Undecided
from idkeep.policy.symbolic.cells import Cell, bits
from idkeep.policy.symbolic.implied import Doubt, value_follows, ways
from idkeep.policy.symbolic.values import SOMETHING, Atom, values
from idkeep.policy.symbolic.words import Alphabet
from idkeep.policy.variables import Version

Values = tuple[str, ...]
_MOST_DOUBTS = 6
_MOST_SETS = 400


class Answer(Struct, frozen=True):
    """`known`, or where that is None: whether one of the doubts is true; `negated`: or not."""

    known: bool | None
    doubts: tuple[Doubt, ...] = ()
    negated: bool = False

    def turned_out(self, true: frozenset[Doubt]) -> bool:
        if self.known is not None:
            return self.known
        return (not true.isdisjoint(self.doubts)) is not self.negated


@lru_cache(maxsize=65_536)
def answer(atom: Atom, given: Values) -> Answer:
    """What a condition says of a key's values; () is an absent key.

    Doubts are told apart value by value where the request has one value, so that of two lists
    with the same variable the longer is known to hold wherever the shorter does.
    """
    condition, version = atom
    context = Context({condition.key: given}, unknown="*")
    found = holds(condition, version, context)
    if not isinstance(found, Open):
        return Answer(found)
    meaning = MEANINGS.get(condition.operator.base)
    if len(given) != 1 or meaning is None or not meaning.variables:
        return Answer(None, (Doubt(str(condition)),))
    doubts: list[Doubt] = []
    for value in condition.values:
        one = replace(condition, operator=Operator(_positive(condition)), values=(value,))
        alone = holds(one, version, context)
        if alone is True:
            return Answer(not meaning.negated)
        if isinstance(alone, Open):
            doubts.append(_doubt(one))
    return Answer(None, tuple(doubts), meaning.negated)


def _positive(condition: Condition) -> str:
    return condition.operator.base.replace("Not", "")


def _doubt(one: Condition) -> Doubt:
    """`StringLike` without a wildcard and `ArnEquals` are the same questions as others."""
    [value] = one.values
    base = one.operator.base.replace("ArnEquals", "ArnLike")
    if base == "StringLike" and "*" not in value and "?" not in value:
        base = "StringEquals"
    return Doubt(f"{base} {one.key.lower()} {value}", base, value)


class KeyLimits(Struct, frozen=True):
    """What is known of keys before any condition: of the principal, and of chosen variables.

    `there` are always in the request, `fixed` have these values and no other; `shapes` bound
    what a value may be. All by small names.
    """

    there: frozenset[str] = frozenset()
    fixed: Mapping[str, Values] = {}
    shapes: Mapping[str, Alphabet] = {}


class Keys:
    """The conditions of all statements, by key."""

    def __init__(self, statements: Sequence[Statement], budget: Budget) -> None:
        self._budget = budget
        self.names: dict[str, str] = {}
        self.of_statement: list[int] = []
        self._atoms: dict[str, dict[Atom, int]] = {}
        self._made: dict[tuple[object, ...], list[Cell[Values]]] = {}
        numbers: dict[str, int] = {}
        for n, statement in enumerate(statements):
            asked = 0
            for condition in statement.conditions:
                if statement.version is Version.CURRENT and "${" in condition.key:
                    raise Undecided(f"{condition}: a variable in a key's name")
                key = condition.key.lower()
                self.names.setdefault(key, condition.key)
                asked |= 1 << numbers.setdefault(key, len(numbers))
                whose = self._atoms.setdefault(key, {})
                atom = (condition, statement.version)
                whose[atom] = whose.get(atom, 0) | 1 << n
            self.of_statement.append(asked)
        self.keys = list(numbers)

    def atoms(self, key: str) -> tuple[Atom, ...]:
        """Every condition on the key; its name is in small letters."""
        return tuple(self._atoms.get(key, ()))

    def asking(self, statements: int) -> list[str]:
        """The keys that any of the statements has a condition on."""
        asked = 0
        for n in bits(statements):
            asked |= self.of_statement[n]
        return [self.keys[n] for n in bits(asked)]

    def cells(self, key: str, among: int, limits: KeyLimits) -> list[Cell[Values]]:
        """`holds` has all of `among` but those with a condition that the values do not satisfy."""
        atoms = tuple(atom for atom, whose in self._atoms[key].items() if whose & among)
        fixed, shape = limits.fixed.get(key), limits.shapes.get(key, SOMETHING)
        known = (key, atoms, among, fixed, key in limits.there, shape)
        if known not in self._made:
            # Cells are a matter of which conditions there are; only their masks are of statements.
            found = self._choices(atoms, fixed, shape, may_lack=key not in limits.there)
            self._made[known] = [
                Cell(self._mask(key, atoms, truths, among), given, sure)
                for given, truths, sure in found
            ]
        return self._made[known]

    def _mask(self, key: str, atoms: Sequence[Atom], truths: Sequence[bool], among: int) -> int:
        mask = among
        for atom, true in zip(atoms, truths, strict=True):
            mask &= -1 if true else ~self._atoms[key][atom]
        return mask

    def _choices(
        self, atoms: tuple[Atom, ...], fixed: Values | None, shape: Alphabet, *, may_lack: bool
    ) -> Iterator[tuple[Values, tuple[bool, ...], bool]]:
        """Values of the key, the truth of each condition, and whether that is sure."""
        if fixed is not None:
            yield from self._turned_out(atoms, fixed)
            return
        if may_lack:
            yield from self._turned_out(atoms, ())
        single, exact = values(atoms, shape, self._budget)
        for value in single:
            yield from self._turned_out(atoms, (value,))
        if any(one.operator.set_operator and one.operator.base != NULL for one, _ in atoms):
            for several in self._sets(atoms, single):
                yield from self._turned_out(atoms, several)
        if not exact:
            if len(atoms) > _MOST_DOUBTS:
                raise Undecided(f"conditions of several types on {atoms[0][0].key}")
            for truths in product((False, True), repeat=len(atoms)):
                yield ("",), truths, False

    def _turned_out(
        self, atoms: tuple[Atom, ...], given: Values
    ) -> Iterator[tuple[Values, tuple[bool, ...], bool]]:
        self._budget.spend()
        answers = [answer(atom, given) for atom in atoms]
        doubts = sorted({each for one in answers for each in one.doubts if one.known is None})
        if len(doubts) > _MOST_DOUBTS:
            raise Undecided(f"too many doubts of {atoms[0][0].key}")
        for true in ways(doubts, value_follows):
            yield given, tuple(one.turned_out(true) for one in answers), not doubts

    def _sets(self, atoms: tuple[Atom, ...], single: list[str]) -> Iterator[Values]:
        """Sets of two values and more, of each kind that conditions tell apart.

        To a condition a set is what is true of some of its values and what is of all.
        """
        alone = [_single(atom) for atom in atoms if atom[0].operator.base != NULL]
        kinds = {value: tuple(answer(atom, (value,)) for atom in alone) for value in single}
        distinct: dict[tuple[Answer, ...], str] = {}
        for value in single:
            distinct.setdefault(kinds[value], value)
        made: dict[tuple[frozenset[Answer], ...], Values] = {}
        waiting: list[Values] = [(value,) for value in distinct.values() if value]
        while waiting:
            several = waiting.pop(0)
            self._budget.spend()
            for more in distinct.values():
                if more in several:
                    continue
                both = (*several, more)
                told = tuple(
                    frozenset(kinds[value][n] for value in both) for n in range(len(alone))
                )
                if told not in made:
                    made[told] = both
                    waiting.append(both)
            if len(made) > _MOST_SETS:
                raise Undecided(f"too many sets of values of {atoms[0][0].key}")
        yield from made.values()


def _single(atom: Atom) -> Atom:
    """The question that a condition puts to each value by itself."""
    condition, version = atom
    return replace(condition, operator=Operator(_positive(condition))), version
