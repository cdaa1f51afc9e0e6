"""Every action of the catalog as a lane, and what an `Action` element means among them."""

import re
from bisect import bisect_left
from collections.abc import Iterable

from idkeep.policy.compiled.lanes import set_of
from idkeep.policy.document import ActionElement, NotAction
from idkeep.policy.pattern import action_test
from idkeep.policy.request import Actions

_WILD = re.compile(r"[*?]")
# Behind every character that an action's name can have.
_LAST = "\U0010ffff"


class Vocabulary:
    """`names` are full names of actions; one that differs by case alone is the same action.

    An element also means actions that are not here: `matches_action` reads its text.
    """

    def __init__(self, names: Iterable[str]) -> None:
        by_lowered = {name.lower(): name for name in names}
        self.lowered = tuple(sorted(by_lowered))
        self.names = tuple(by_lowered[one] for one in self.lowered)
        self.every = (1 << len(self.names)) - 1
        self._at = {one: n for n, one in enumerate(self.lowered)}
        # With what was asked about, so that no other can come to have the same `id`.
        self._reached: dict[int, tuple[Actions, int]] = {}
        self._patterns: dict[str, int] = {}
        self._elements: dict[ActionElement, int] = {}

    def fresh(self) -> "Vocabulary":
        """The same actions, with nothing yet remembered of what elements mean."""
        return _Fresh(self)

    def lane(self, action: str) -> int | None:
        """None for an action that the catalog lacks."""
        return self._at.get(action.lower())

    def meant(self, element: ActionElement) -> int:
        """The lanes of the actions that the element matches."""
        found = self._elements.get(element)
        if found is None:
            found = 0
            for pattern in element.patterns:
                found |= self._named(pattern.lower())
            if isinstance(element, NotAction):
                found = self.every & ~found
            self._elements[element] = found
        return found

    def of_service(self, prefix: str) -> int:
        return self._named(f"{prefix.lower()}:*")

    def lanes(self, names: Iterable[str]) -> int:
        """Of those among these actions that the catalog has."""
        found = 0
        for name in names:
            lane = self.lane(name)
            found |= 0 if lane is None else 1 << lane
        return found

    def reached(self, some: Actions) -> int:
        """The lanes of the actions that are in `some`, which does not change."""
        found = self._reached.get(id(some))
        if found is None:
            lanes = (n for n, name in enumerate(self.names) if name in some)
            found = self._reached[id(some)] = some, set_of(lanes, len(self.names))
        return found[1]

    def _named(self, pattern: str) -> int:
        if not _WILD.search(pattern):  # quicker found than remembered: a set of lanes is long
            lane = self._at.get(pattern)
            return 0 if lane is None else 1 << lane
        found = self._patterns.get(pattern)
        if found is None:
            found = self._patterns[pattern] = self._find(pattern)
        return found

    def _find(self, pattern: str) -> int:
        """All names with the pattern's literal beginning stand together; few are tried."""
        literal = _WILD.split(pattern, maxsplit=1)[0]
        begin = bisect_left(self.lowered, literal)
        end = bisect_left(self.lowered, literal + _LAST)
        if pattern == f"{literal}*":
            return (1 << end) - (1 << begin)
        test = action_test((pattern,))
        hits = (n for n in range(end - begin) if test(self.lowered[begin + n]))
        return set_of(hits, end - begin) << begin


class _Fresh(Vocabulary):
    def __init__(self, known: Vocabulary) -> None:
        self.__dict__.update(vars(known), _patterns={}, _elements={})
