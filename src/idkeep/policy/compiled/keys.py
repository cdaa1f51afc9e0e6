"""Context keys that follow from who the principal is, for all principals of an account at once."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from msgspec import Struct

from idkeep.policy.compiled.callers import Caller
from idkeep.policy.compiled.lanes import set_of
from idkeep.policy.context import Context

Values: TypeAlias = tuple[str, ...]
# Behind every character that a value can have.
_LAST = "\U0010ffff"
_NOTHING = Context()


class Group(Struct, frozen=True, gc=False):
    """Lanes with the same values of some keys, `values` in the order of the keys, and the first."""

    values: tuple[Values, ...]
    first: int
    lanes: int


class KeyValues:
    """One key's groups, by value; `odd` are those who have none of it, or several."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self._single = {one.values[0][0]: one for one in groups if len(one.values[0]) == 1}
        self._sorted = sorted(self._single)
        self.odd = [one for one in groups if len(one.values[0]) != 1]

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
    """`names` are the keys that some caller's every request has, in lower case."""

    def __init__(self, callers: Sequence[Caller]) -> None:
        contexts = [
            _NOTHING.completed(one.keys).completed(one.requester.derived()) for one in callers
        ]
        self._contexts = contexts
        self.names = frozenset(name for one in contexts for name in one.given)
        self._groups: dict[tuple[str, ...], list[Group]] = {}
        self._values: dict[str, KeyValues] = {}

    def groups(self, keys: Iterable[str]) -> list[Group]:
        """All lanes by their values of these keys."""
        names = tuple(sorted(keys))
        if names not in self._groups:
            found: dict[tuple[Values, ...], list[int]] = {}
            for lane, context in enumerate(self._contexts):
                values = tuple(_known(context, name) for name in names)
                found.setdefault(values, []).append(lane)
            self._groups[names] = [
                Group(values, lanes[0], set_of(lanes, len(self._contexts)))
                for values, lanes in found.items()
            ]
        return self._groups[names]

    def values(self, key: str) -> KeyValues:
        if key not in self._values:
            self._values[key] = KeyValues(self.groups((key,)))
        return self._values[key]


def _known(context: Context, name: str) -> Values:
    values = context.get(name)
    assert isinstance(values, tuple), "nothing is unknown of what is fixed"
    return values
