"""What a scan would be let read, asked with few and small calls.

The families themselves ask, so it is what a scan asks; but each operation only once, one page of
the smallest size that AWS gives, in one region. IAM's policy simulator is not asked: it knows
neither organisation policies with conditions nor what a service itself refuses.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

from msgspec import Struct

from idkeep.collect.ask import Ask, R
from idkeep.collect.aws import Aws
from idkeep.collect.declare import AnyCollector, Reading
from idkeep.collect.families import ADDITIONS, FAMILIES, Source, collectors
from idkeep.collect.identity import Identity
from idkeep.collect.membership import is_refused
from idkeep.collect.policy_tags import POLICY_TAGS
from idkeep.model import DEFAULT_FAMILIES, Family, Gap, NotToldHere, read_by
from idkeep.model.logging import NotOffered
from idkeep.model.partitions import home
from idkeep.model.services import NotSubscribed

_SIZES = ("MaxItems", "MaxResults", "maxResults", "MaxRecords", "Limit", "limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """An action that a scan needs. `gap` is what was answered where it was not what is needed.

    `asked` is false where there was nothing to ask it about (no instance, no recorder).
    """

    action: str
    families: tuple[Family, ...]
    asked: bool
    gap: Gap | None = None

    @property
    def is_missing(self) -> bool:
        """AWS refuses it, and a policy might allow it."""
        return is_refused(self.gap) and not self.is_for_managers

    @property
    def is_for_managers(self) -> bool:
        """AWS tells it to those alone who manage the thing."""
        return self.gap is not None and self.gap.elsewhere


def probe(ask: Ask, aws: Aws, families: Iterable[Family] = DEFAULT_FAMILIES) -> tuple[Probed, ...]:
    """Every action that a scan for these families uses, by name, and whether it may be asked."""
    chosen = frozenset(families)
    once = _Once(aws, ask.caller, ask.account, ask.now, ask.progress, operation=aws.operation)
    if chosen & ADDITIONS.keys():
        chosen |= {Family.IDENTITY}
    told: list[object] = []
    people: object = None
    for family, source in FAMILIES.items():
        if family in chosen:
            found = source.read(once) if isinstance(source, Source) else source.plan(once).read()
            people = found if family is Family.IDENTITY else people
            told.append(found)
    if Family.IDENTITY in chosen:
        # One thing of the authorization details is looked at, and that may be no policy.
        once.sure(POLICY_TAGS, region=home(ask.partition))
    for family, addition in ADDITIONS.items():
        if family in chosen and isinstance(people, Identity):
            addition.read(once, people)
    for action, gap in _settled(tuple(told)):
        if is_refused(once.heard.get(action)):
            once.heard[action] = gap
    return tuple(_probed(chosen, once))


def _settled(value: object) -> Iterator[tuple[str, Gap | None]]:
    """Actions whose refusal the families understood: as an answer, or as no one's to give here."""
    if isinstance(value, Gap):
        if value.elsewhere:
            yield value.action, value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            one = getattr(value, name)
            if isinstance(one, NotOffered | NotSubscribed | NotToldHere):
                yield read_by(type(value), name), None
            yield from _settled(one)
    elif isinstance(value, tuple):
        for one in value:
            yield from _settled(one)


def _probed(chosen: frozenset[Family], once: "_Once") -> Iterable[Probed]:
    users: dict[str, list[Family]] = {}
    for family in sorted(chosen):
        for one in collectors([family]):
            for action in one.actions:
                users.setdefault(action, []).append(family)
    for action, by in sorted(users.items()):
        yield Probed(
            action=action,
            families=tuple(dict.fromkeys(by)),
            asked=action in once.heard,
            gap=once.heard.get(action),
        )


@dataclass(slots=True, kw_only=True)
class _Once(Ask):
    """Asks each operation once; `heard` is what came by action, None for an answer."""

    operation: Callable[[str, str], Any]
    heard: dict[str, Gap | None] = field(default_factory=dict)
    _done: set[tuple[str, str]] = field(default_factory=set)
    _claiming: Lock = field(default_factory=Lock)

    def reading(
        self, collector: AnyCollector, *, region: str | None = None, **params: object
    ) -> Reading:
        key = (collector.service, collector.operation)
        with self._claiming:
            first = key not in self._done
            self._done.add(key)
        if not first:
            return Reading(collector, gap=Gap(collector.action, "asked once"))
        small = replace(collector, most_pages=1)
        asked: dict[str, Any] = {**params, **self._smallest(collector)}
        found = Ask.reading(self, small, region=region, **asked)
        with self._claiming:
            if collector.prepare:
                self.heard[collector.actions[0]] = found.unprepared
            if not self.heard.get(collector.action):
                self.heard[collector.action] = found.gap
        return found

    def in_regions(self, function: Callable[[str], R]) -> dict[str, R | Gap] | Gap:
        known = self.regions()
        if isinstance(known, Gap):
            return known
        [found] = self.each([self.region], function)
        return {self.region: found}

    def _smallest(self, collector: AnyCollector) -> dict[str, int]:
        """The size of a page, where the operation has one."""
        model = self.operation(collector.service, collector.operation)
        members = model.input_shape.members if model.input_shape is not None else {}
        name = next((one for one in _SIZES if one in members), None)
        if name is None:
            return {}
        return {name: max(1, int(members[name].metadata.get("min", 1)))}
