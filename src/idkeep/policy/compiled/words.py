"""Which of many `Action` elements match an action, by its text.

An action that no catalog knows is found like any other.
"""

from collections.abc import Iterable

from idkeep.policy.document import ActionElement, NotAction
from idkeep.policy.pattern import Test, action_test, glob


class ActionWords:
    """Names are looked up, patterns by their literal beginning; elements are told by number."""

    def __init__(self, elements: Iterable[ActionElement]) -> None:
        self._excluding: list[tuple[int, Test]] = []
        self._names: dict[str, list[int]] = {}
        self._patterns: dict[str, dict[str, tuple[Test, list[int]]]] = {}
        for n, element in enumerate(elements):
            if isinstance(element, NotAction):
                self._excluding.append((n, action_test(element.patterns)))
                continue
            for pattern in element.patterns:
                self._add(pattern.lower(), n)
        self._lengths = sorted({len(head) for head in self._patterns})

    def _add(self, lowered: str, n: int) -> None:
        first = next(iter(glob(lowered)), "")
        head = first if isinstance(first, str) else ""
        if head == lowered:
            self._names.setdefault(lowered, []).append(n)
            return
        alike = self._patterns.setdefault(head, {})
        if lowered not in alike:
            ends = lowered == f"{head}*"
            alike[lowered] = (_anything if ends else action_test((lowered,)), [])
        alike[lowered][1].append(n)

    def matching(self, lowered: str) -> set[int]:
        """The numbers of those that match an action, which is given in lower case."""
        found = set(self._names.get(lowered, ()))
        for length in self._lengths:
            if alike := self._patterns.get(lowered[:length]):
                for test, some in alike.values():
                    if test(lowered):
                        found.update(some)
        if self._excluding:
            found.update(n for n, test in self._excluding if not test(lowered))
        return found


def _anything(_: str) -> bool:
    return True
