"""What a check may ask."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from idkeep.access.engine import Engine
from idkeep.catalog import Catalog
from idkeep.config import Settings
from idkeep.model import Snapshot

T = TypeVar("T")


class Estate:
    """The facts, the settings, and the engine for questions of permission.

    `siblings` are the numbers of all accounts of the organisation, where a scan of it listed them:
    a member's snapshot holds what concerns that member alone.
    `elsewhere` gives the snapshot of another account that was scanned in the same run, None where
    there is none: what an account keeps elsewhere is followed there.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        settings: Settings,
        catalog: Catalog,
        siblings: frozenset[str] = frozenset(),
        elsewhere: Callable[[str], Snapshot | None] = lambda _: None,
    ) -> None:
        self.snapshot = snapshot
        self.elsewhere = elsewhere
        self.settings = settings
        self.siblings = siblings
        self._catalog = catalog
        self._made: dict[Callable[[Estate], Any], Any] = {}

    def once(self, make: "Callable[[Estate], T]") -> T:
        """What `make` makes of this estate, made when it is first asked for and kept."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]  # type: ignore[no-any-return]

    @cached_property
    def engine(self) -> Engine:
        return Engine(self.snapshot, self._catalog, siblings=self.siblings)
