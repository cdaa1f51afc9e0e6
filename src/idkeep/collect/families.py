"""Every family of facts: what it asks, and how it is read.

A family's value goes into the field of `Snapshot` that has its name; `identity` fills several. An
addition tells more about the users and roles that `identity` found.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from idkeep.collect import (
    center,
    credentials,
    identity,
    last_accessed,
    logging,
    organization,
    resources,
    services,
)
from idkeep.collect.ask import Ask
from idkeep.collect.declare import AnyCollector
from idkeep.collect.identity import Identity
from idkeep.collect.resources import others
from idkeep.collect.resources.plan import Plan
from idkeep.model import Family


@dataclass(frozen=True, slots=True)
class Source:
    collectors: tuple[AnyCollector, ...]
    read: Callable[[Ask], object]


@dataclass(frozen=True, slots=True)
class Planned:
    """A family whose cost hangs on what there is: `plan` finds that out first."""

    collectors: tuple[AnyCollector, ...]
    plan: Callable[[Ask], Plan[object]]


@dataclass(frozen=True, slots=True)
class Addition:
    collectors: tuple[AnyCollector, ...]
    read: Callable[[Ask, Identity], Identity]


FAMILIES: Mapping[Family, Source | Planned] = {
    Family.IDENTITY: Source(identity.COLLECTORS, identity.read),
    Family.ORGANIZATION: Source(organization.COLLECTORS, organization.read),
    Family.CENTER: Source(center.COLLECTORS, center.read),
    Family.LOGGING: Source(logging.COLLECTORS, logging.read),
    Family.SERVICES: Source(services.COLLECTORS, services.read),
    Family.RESOURCES: Planned(resources.COLLECTORS, resources.plan),
    Family.MORE_RESOURCES: Planned(others.COLLECTORS, others.plan),
}
ADDITIONS: Mapping[Family, Addition] = {
    Family.CREDENTIALS: Addition(credentials.COLLECTORS, credentials.add),
    Family.LAST_ACCESSED: Addition(last_accessed.COLLECTORS, last_accessed.add),
}


def collectors(families: Iterable[Family]) -> tuple[AnyCollector, ...]:
    """Those that a scan for these families uses; an addition needs `identity`."""
    chosen = frozenset(families)
    if chosen & ADDITIONS.keys():
        chosen |= {Family.IDENTITY}
    every: Mapping[Family, Source | Planned | Addition] = {**FAMILIES, **ADDITIONS}
    return tuple(one for family in every if family in chosen for one in every[family].collectors)
