"""Which of many `Action` elements match an action, by its text.

An action that no catalog knows is found like any other.
"""

import re
from array import array
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from sys import intern

from idkeep.policy.document import ActionElement, NotAction
from idkeep.policy.pattern import Matches, action_test

_WILD = re.compile(r"[*?]")
_NONE: AbstractSet[int] = frozenset()


class ActionWords:
    """Elements are told by number. Names are looked up, patterns by their literal beginning.

    `_lengths` are those of beginnings, by the service that they name; `_wide` of those that name
    none.
    """

    def __init__(self, elements: Iterable[ActionElement]) -> None:
        self._excluding: list[tuple[int, Matches]] = []
        self._names: dict[str, array[int]] = {}
        self._patterns: dict[str, dict[str, tuple[Matches, array[int]]]] = {}
        self._lengths: dict[str, list[int]] = {}
        for n, element in enumerate(elements):
            if isinstance(element, NotAction):
                self._excluding.append((n, action_test(element.patterns)))
                continue
            for pattern in element.patterns:
                self._add(intern(pattern.lower()), n)
        self._wide = self._lengths.pop("", [])
        self._by_service = not (self._excluding or self._wide)

    def _add(self, lowered: str, n: int) -> None:
        wild = _WILD.search(lowered)
        if not wild:
            self._names.setdefault(lowered, array("I")).append(n)
            return
        head = lowered[: wild.start()]
        alike = self._patterns.get(head)
        if alike is None:
            alike = self._patterns[head] = {}
            # With its colon; empty where there is none.
            service = head[: head.find(":") + 1]
            lengths = self._lengths.setdefault(service, [])
            if len(head) not in lengths:
                lengths.append(len(head))
        if lowered not in alike:
            ends = lowered == f"{head}*"
            alike[lowered] = (_anything if ends else action_test((lowered,)), array("I"))
        alike[lowered][1].append(n)

    def matching(self, lowered: str) -> AbstractSet[int]:
        """The numbers of those that match an action, which is given in lower case."""
        named = self._names.get(lowered)
        lengths = self._lengths.get(lowered[: lowered.find(":") + 1])
        if named is None and lengths is None and self._by_service:
            return _NONE
        found = set(named or ())
        for length in (*(lengths or ()), *self._wide):
            if alike := self._patterns.get(lowered[:length]):
                for test, some in alike.values():
                    if test(lowered):
                        found.update(some)
        for n, test in self._excluding:
            if not test(lowered):
                found.add(n)
        return found


def _anything(_: str) -> bool:
    return True
