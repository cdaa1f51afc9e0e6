"""The verdicts of one check: counted once, and read again from where they wait."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

from idkeep.model import Severity, Status, Verdict
from idkeep.model.on_demand import Made, OnDemand
from idkeep.report.aside import Aside


@dataclass(slots=True)
class Tally:
    """Verdicts by status; findings that nobody agreed to live with by severity.

    `unclear` counts verdicts that leave something open, whatever their status.
    """

    verdicts: dict[Status, int] = field(default_factory=lambda: dict.fromkeys(Status, 0))
    findings: dict[Severity, int] = field(default_factory=lambda: dict.fromkeys(Severity, 0))
    unclear: int = 0

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> Self:
        made = cls()
        for one in verdicts:
            made.add(one)
        return made

    def add(self, verdict: Verdict) -> None:
        self.verdicts[verdict.status] += 1
        for finding in verdict.findings:
            if finding.suppressed is None:
                self.findings[finding.severity] += 1
        self.unclear += bool(verdict.unknown)

    @property
    def worst(self) -> int:
        """The rank of the worst finding; -1 where there is none."""
        return max((one.rank for one, count in self.findings.items() if count), default=-1)


class Counted(OnDemand[Verdict]):
    """Verdicts with their `tally`, so that nobody reads them to count them."""

    def __init__(self, verdicts: Sequence[Verdict], tally: Tally) -> None:
        self._verdicts = verdicts
        self.tally = tally

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self._verdicts)

    def __len__(self) -> int:
        return len(self._verdicts)


def laid_aside(verdicts: Iterable[Verdict], aside: Aside) -> Counted:
    place, tally = aside(Verdict), Tally()
    for one in verdicts:
        tally.add(one)
        place.append(one)
    return Counted(Made(place.__iter__, len(place)), tally)


def tally_of(verdicts: Sequence[Verdict]) -> Tally:
    return verdicts.tally if isinstance(verdicts, Counted) else Tally.of(verdicts)
