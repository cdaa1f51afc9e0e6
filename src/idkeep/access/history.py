"""How a scan goes on what is known of an account's findings."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from msgspec.structs import replace

from idkeep.model import Outcome, Status
from idkeep.model.history import Seen


class Sightings:
    """Every finding that was ever found, by id, after a scan of the time `at`.

    What is no longer found is resolved only where the check could tell: of a subject that may be
    missing from the scan, or whose verdict is unknown, nothing new is known.
    """

    def __init__(self, before: Mapping[str, Seen], at: datetime) -> None:
        self._before = before
        self._at = at
        self._found: dict[str, Seen] = {}
        self._told: set[str] = set()
        self._unclear: set[tuple[str, str]] = set()

    def watch(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """The same outcomes, each of which is looked at on its way."""
        for one in outcomes:
            self._see(one)
            yield one

    def after(self) -> dict[str, Seen]:
        """By id, when all outcomes have passed."""
        gone = {
            ident: replace(known, resolved=self._at)
            for ident, known in self._before.items()
            if ident not in self._found and known.resolved is None and self._is_told(known)
        }
        return {**self._before, **gone, **self._found}

    def _see(self, outcome: Outcome) -> None:
        if not outcome.unlisted:
            self._told.add(outcome.check)
        for verdict in outcome.verdicts:
            subject = verdict.subject.id
            if verdict.unknown or verdict.status is Status.UNKNOWN:
                self._unclear.add((outcome.check, subject))
            for one in verdict.findings:
                known = self._before.get(one.id)
                self._found[one.id] = _found(known, one.id, outcome.check, subject, self._at)

    def _is_told(self, known: Seen) -> bool:
        return known.check in self._told and (known.check, known.subject) not in self._unclear


def _found(known: Seen | None, ident: str, check: str, subject: str, at: datetime) -> Seen:
    if known is None:
        return Seen(id=ident, check=check, subject=subject, first=at, last=at)
    returned = at if known.resolved else known.returned
    return replace(known, last=at, resolved=None, returned=returned)
