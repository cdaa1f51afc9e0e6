"""Why something is unknown: each reason, with the checks that it leaves open."""

from collections.abc import Iterable

from msgspec import Struct

from idkeep.model import Family, NotAsked
from idkeep.report.scan import CheckResult

# Reasons that are kept of one account, and of all together; those that leave most open come first.
MOST = 20
MOST_OF_ALL = 500
_NOT_ASKED = {str(NotAsked(one)): one for one in Family}


class Obstacle(Struct, frozen=True, kw_only=True):
    """A reason; `checks` are the ids of those that it leaves open, in so many `accounts`."""

    why: str
    checks: tuple[str, ...]
    accounts: int = 1

    @property
    def not_asked(self) -> Family | None:
        """The family of facts that the scan was not asked to read, where that is all."""
        return _NOT_ASKED.get(self.why)


def obstacles(checks: Iterable[CheckResult]) -> tuple[Obstacle, ...]:
    """Of one account, most first."""
    found = ObstacleTally()
    for check in checks:
        for why in check.unlisted:
            found.add(why, check.id)
        if check.tally.unclear:
            for verdict in check.results:
                for why in verdict.unknown:
                    found.add(why, check.id)
    return found.told()


class ObstacleTally:
    """Reasons as they come, of one account or of many."""

    def __init__(self) -> None:
        # Dictionaries without values keep the order of what is in them.
        self._checks: dict[str, dict[str, None]] = {}
        self._accounts: dict[str, int] = {}

    def add(self, why: str, check: str) -> None:
        self._checks.setdefault(why, {})[check] = None

    def add_account(self, some: Iterable[Obstacle]) -> None:
        """Of so many accounts that each reason can't be kept: those that came first are."""
        for one in some:
            if one.why in self._checks or len(self._checks) < MOST_OF_ALL:
                self._checks.setdefault(one.why, {}).update(dict.fromkeys(one.checks))
                self._accounts[one.why] = self._accounts.get(one.why, 0) + 1

    def told(self, most: int | None = None) -> tuple[Obstacle, ...]:
        made = (
            Obstacle(why=why, checks=tuple(checks), accounts=self._accounts.get(why, 1))
            for why, checks in self._checks.items()
        )
        return tuple(sorted(made, key=lambda one: (-len(one.checks), one.why)))[:most]
