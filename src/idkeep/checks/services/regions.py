"""One verdict for an account on what it has region by region."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from idkeep.checks.declare import known
from idkeep.checks.policies.words import listed
from idkeep.model import Gap, NotAsked, Unknown, Unread
from idkeep.model.logging import NotOffered
from idkeep.model.services import RegionServices, Services

T = TypeVar("T")


def told(
    services: Services, which: Callable[[RegionServices], T | NotOffered | Unread]
) -> tuple[dict[str, T], dict[str, Unread]]:
    """The facts by region, and why others were not read. Ends the check without regions."""
    facts: dict[str, T] = {}
    unread: dict[str, Unread] = {}
    for one in known(services.regions):
        fact = which(one)
        if isinstance(fact, Gap | NotAsked):
            unread[one.region] = fact
        elif not isinstance(fact, NotOffered):
            facts[one.region] = fact
    return facts, unread


def unknown(unread: dict[str, Unread]) -> Iterator[Unknown]:
    """One reason for all regions that share it."""
    by_words: dict[str, list[str]] = {}
    for region, gap in unread.items():
        words = f"{gap.action}: {gap.error}" if isinstance(gap, Gap) else str(gap)
        by_words.setdefault(words, []).append(region)
    for words, regions in by_words.items():
        yield Unknown(f"{words} in {listed(regions)}")


def where(regions: Iterable[str], every: Iterable[str]) -> str:
    """`in any region` or their names, as what follows "no …" or "is off"."""
    some = sorted(regions)
    return "in any region" if some == sorted(every) and len(some) > 1 else f"in {listed(some)}"
