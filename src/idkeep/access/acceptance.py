"""Which gaps the settings accept, on a day."""

from collections.abc import Iterable
from datetime import date
from fnmatch import fnmatchcase

from msgspec import Struct

from idkeep.config import AcceptedGap, Settings
from idkeep.model import Gap


class Acceptance(Struct, frozen=True, kw_only=True):
    """A line of the settings, and how many of a scan's gaps it names.

    One that has expired accepts none of them; one that names none may be deleted.
    """

    line: AcceptedGap
    expired: bool
    gaps: int

    def __str__(self) -> str:
        """What it accepts, in words that begin a sentence."""
        line = self.line
        where = "" if line.region == "*" else f" in {line.region}"
        who = "" if line.account == "*" else f" of account {line.account}"
        return f"{line.action}{where}{who} ({line.reason}; {line.owner}, until {line.expires})"


def is_accepted(gap: Gap, account: str, settings: Settings, on: date) -> bool:
    """Whether a line that has not expired names the gap."""
    return any(on <= line.expires and _names(line, gap, account) for line in settings.accepted_gaps)


def acceptances(
    gaps: Iterable[tuple[str, Gap]], settings: Settings, on: date
) -> tuple[Acceptance, ...]:
    """Every line of the settings beside the gaps of a scan, each with its account."""
    lines = settings.accepted_gaps
    named = [0] * len(lines)
    for account, gap in gaps if lines else ():
        for number, line in enumerate(lines):
            named[number] += _names(line, gap, account)
    return tuple(
        Acceptance(line=line, expired=on > line.expires, gaps=count)
        for line, count in zip(lines, named, strict=True)
    )


def _names(line: AcceptedGap, gap: Gap, account: str) -> bool:
    return (
        fnmatchcase(gap.action, line.action)
        and fnmatchcase(account, line.account)
        and fnmatchcase(gap.region, line.region)
    )
