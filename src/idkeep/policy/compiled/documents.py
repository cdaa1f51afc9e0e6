"""The documents of one layer, found by action and resource.

What speaks of an action is looked up by how the resource begins, and by three characters behind.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias

from idkeep.policy.compiled.rules import Body, Rule
from idkeep.policy.compiled.words import ActionWords

# Where documents are everybody's: a set of lanes without end.
ALL = -1
# How many actions a layer keeps what it found of.
_KEPT = 128
Found: TypeAlias = Iterator[tuple[Body, int]]


class Documents:
    """`held` are rules with the lanes of who has them; `there` are those that have the layer."""

    def __init__(self, held: Iterable[tuple[Rule, int]], there: int) -> None:
        self.there = there
        together: dict[Rule, int] = {}
        for rule, lanes in held:
            # A set of lanes is long: where there is one alone, it is the same that others have.
            together[rule] = together[rule] | lanes if rule in together else lanes
        self._rules = tuple(together.items())
        self._actions = ActionWords(rule.action for rule, _ in self._rules)
        self._speaking = lru_cache(maxsize=_KEPT)(self._speak)

    def found(self, action: str, resource: str) -> Found:
        """What may speak of the request, with the lanes of who has it; resources are not tested."""
        return self._speaking(action.lower()).found(resource)

    def _speak(self, lowered: str) -> "_Bodies":
        held: dict[Body, int] = {}
        for n in self._actions.matching(lowered):
            rule, lanes = self._rules[n]
            held[rule.body] = held[rule.body] | lanes if rule.body in held else lanes
        return _Bodies(held)


class _Bodies:
    """What speaks of one action, by what a resource must have in it."""

    def __init__(self, held: dict[Body, int]) -> None:
        by_head: dict[str, list[tuple[str, Body, int]]] = {}
        self._several = any(len(body.marks) > 1 for body in held)
        for body, lanes in held.items():
            for mark in body.marks:
                by_head.setdefault(mark.head, []).append((mark.piece, body, lanes))
        self._by_head = {head: _Pieces(some) for head, some in by_head.items()}
        self._lengths = sorted({len(head) for head in by_head})

    def found(self, resource: str) -> Found:
        hits = self._hits(resource)
        return iter(dict(hits).items()) if self._several else hits

    def _hits(self, resource: str) -> Found:
        for length in self._lengths:
            if length > len(resource):
                return
            if some := self._by_head.get(resource[:length]):
                yield from some.found(resource)


class _Pieces:
    """What begins alike, by three characters of what must follow: the rarest of them."""

    def __init__(self, some: list[tuple[str, Body, int]]) -> None:
        counts = Counter(one for piece, _, _ in some for one in _threes(piece))
        self._by_three: dict[str, list[tuple[str, Body, int]]] = {}
        for one in some:
            rarest = min(_threes(one[0]), key=counts.__getitem__, default="")
            self._by_three.setdefault(rarest, []).append(one)

    def found(self, resource: str) -> Found:
        for three in ("", *_threes(resource)) if len(self._by_three) > 1 else self._by_three:
            for piece, body, lanes in self._by_three.get(three, ()):
                if piece in resource:
                    yield body, lanes


def _threes(text: str) -> set[str]:
    return {text[n : n + 3] for n in range(len(text) - 2)}
