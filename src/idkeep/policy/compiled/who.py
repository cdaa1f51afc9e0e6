"""The callers of an account by who they are, whatever they hold."""

from collections.abc import Sequence

from idkeep.policy.compiled.callers import Caller
from idkeep.policy.compiled.keys import FixedKeys
from idkeep.policy.compiled.lanes import set_of
from idkeep.policy.compiled.lines import Lines
from idkeep.policy.compiled.principals import Principals
from idkeep.policy.context import Context


class Who:
    """What follows from names and keys alone: which elements and conditions are about whom.

    `like` are lanes that have values for the same keys of their own, and one of them.
    """

    def __init__(self, callers: Sequence[Caller]) -> None:
        # They hold the keys, so that no others can be taken for them.
        self._callers = callers
        self.everywhere = (1 << len(callers)) - 1
        fixed = FixedKeys(callers)
        self.principals = Principals(callers, fixed)
        self.lines = Lines(fixed, self.everywhere)
        open_path = (n for n, c in enumerate(callers) if c.requester.fixed_path is not None)
        self.open_path = set_of(open_path, len(callers))
        self.like = self._by_key_names()

    def are(self, callers: Sequence[Caller]) -> bool:
        """Whether these are the same in the same order, whatever they hold now."""
        return len(callers) == len(self._callers) and all(
            one.requester is other.requester and one.keys is other.keys
            for one, other in zip(callers, self._callers, strict=True)
        )

    def _by_key_names(self) -> list[tuple[int, int]]:
        found: dict[frozenset[str], list[int]] = {}
        for lane, caller in enumerate(self._callers):
            found.setdefault(frozenset(Context(caller.keys).given), []).append(lane)
        count = len(self._callers)
        return [(lanes[0], set_of(lanes, count)) for lanes in found.values()]
