"""Those of an account's things on which a principal might do something: few of many."""

from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar

from idkeep.access.engine import Engine
from idkeep.access.holder import Holder
from idkeep.policy.compiled.lanes import set_of


class Named(Protocol):
    @property
    def arn(self) -> str: ...


T = TypeVar("T", bound=Named)


class Among(Generic[T]):
    """Subjects in an order that stays. A request about one carries no keys of the principal's."""

    def __init__(self, engine: Engine, some: Iterable[T]) -> None:
        self.every = tuple(some)
        sites = [engine.about(one.arn) for one in self.every]
        self._reachable = engine.reachable(one.target for one in sites)
        self._unread = self.those(
            bool(one.unread or one.unread_grants or one.owner_unknown) for one in sites
        )
        self._kept: tuple[str, str, int] = ("", "", 0)

    def those(self, tests: Iterable[bool]) -> int:
        """A set of them, to look among; one test for each."""
        return set_of((n for n, hit in enumerate(tests) if hit), len(self.every))

    def lanes(self, holder: Holder, action: str) -> int:
        """The set of those of which the engine's answer may be anything but a certain no."""
        if holder.unread or holder.unread_boundary:
            return self._reachable.everywhere
        arn, asked, lanes = self._kept
        if (arn, asked) != (holder.arn, action):
            lanes = self._reachable.possible(holder.caller, action) | self._unread
            self._kept = (holder.arn, action, lanes)
        return lanes
