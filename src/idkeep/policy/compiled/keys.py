"""Context keys that follow from who the principal is, for all principals of an account at once."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from msgspec import Struct

from idkeep.policy.compiled.callers import Caller
from idkeep.policy.compiled.lanes import set_of
from idkeep.policy.context import NOT_KNOWN, Context, NotKnown

# Nothing is known of a key that a caller does not tell: the request decides.
Values: TypeAlias = tuple[str, ...] | NotKnown
_Places: TypeAlias = dict[str, int]
# Behind every character that a value can have.
_LAST = "\U0010ffff"
_ANYTHING = Context(unknown="*")


class Group(Struct, frozen=True, gc=False):
    """Lanes with the same values of some keys, `values` in the order of the keys, and the first."""

    values: tuple[Values, ...]
    first: int
    lanes: int


class KeyValues:
    """One key's groups, by value; `odd` are those who have none of it, or several."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self._single: dict[str, Group] = {}
        self.odd: list[Group] = []
        for one in groups:
            match one.values[0]:
                case (value,):
                    self._single[value] = one
                case _:
                    self.odd.append(one)
        self._sorted = sorted(self._single)

    def beginning(self, head: str) -> list[Group]:
        """Those of a single value that begins so."""
        begin = bisect_left(self._sorted, head)
        end = bisect_left(self._sorted, head + _LAST)
        return [self._single[value] for value in self._sorted[begin:end]]

    def begun_by(self, text: str) -> list[Group]:
        """Those of a single value that the text begins with."""
        heads = (text[:n] for n in range(len(text) + 1))
        return [self._single[head] for head in heads if head in self._single]


class FixedKeys:
    """`names` are the keys that some caller's every request has or surely lacks, in lower case."""

    def __init__(self, callers: Sequence[Caller]) -> None:
        # Most callers have the same keys, and many the same values: each stands once.
        shapes: dict[tuple[str, ...], _Places] = {}
        known: dict[Values, Values] = {}
        self._told: list[tuple[_Places, tuple[Values, ...]]] = []
        for one in callers:
            context = _ANYTHING.completed(one.keys).completed(one.requester.derived())
            names = tuple(sorted(context.mentioned))
            if names not in shapes:
                shapes[names] = {name: place for place, name in enumerate(names)}
            values = map(context.get, names)
            told = tuple(known.setdefault(value, value) for value in values)
            self._told.append((shapes[names], told))
        self.names = frozenset().union(*shapes)
        self._groups: dict[tuple[str, ...], list[Group]] = {}
        self._values: dict[str, KeyValues] = {}

    def groups(self, keys: Iterable[str]) -> list[Group]:
        """All lanes by their values of these keys."""
        names = tuple(sorted(keys))
        if names not in self._groups:
            found: dict[tuple[Values, ...], list[int]] = {}
            for lane, (places, told) in enumerate(self._told):
                values = tuple(
                    told[places[name]] if name in places else NOT_KNOWN for name in names
                )
                found.setdefault(values, []).append(lane)
            self._groups[names] = [
                Group(values, lanes[0], set_of(lanes, len(self._told)))
                for values, lanes in found.items()
            ]
        return self._groups[names]

    def values(self, key: str) -> KeyValues:
        if key not in self._values:
            self._values[key] = KeyValues(self.groups((key,)))
        return self._values[key]
