"""Several sources, oldest first, into one list of services."""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar

import msgspec
from msgspec import Struct

from idkeep.catalog import Action, ConditionKey, Origin, ResourceType, Service

Named = TypeVar("Named", Action, ResourceType, ConditionKey)
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}|<[^>]*>")


class Sighting(Struct, frozen=True):
    """What one source knew on its date. Earlier issues of a source are kept for what is gone."""

    origin: Origin
    services: Mapping[str, Service]

    def names(self, prefix: str) -> AbstractSet[str]:
        found = self.services.get(prefix)
        return {_folded(one.name) for one in found.actions} if found else set()


def merged(base: Sighting, newer: Sighting, former: Sequence[Sighting]) -> tuple[Service, ...]:
    """`base` is followed word for word, and `newer` adds what it lacks.

    An action that the newest sighting lacks is flagged with the date of the first that did.
    """
    in_order = sorted((*former, base, newer), key=lambda one: one.origin.date)
    # The base's wording goes first, then the newer's, then the latest of the former.
    ranked = (base, newer, *(one for one in reversed(in_order) if one not in (base, newer)))
    told = with_dependents(in_order).services
    prefixes = sorted({prefix for one in in_order for prefix in one.services})
    return tuple(
        _service(
            [one.services[prefix] for one in ranked if prefix in one.services],
            [(one.origin.date, one.names(prefix)) for one in in_order],
            told.get(prefix),
        )
        for prefix in prefixes
    )


def with_dependents(sightings: Sequence[Sighting]) -> Sighting:
    """The latest that tells of dependent actions; what was read from AWS in 2026 does not."""
    telling = (
        one
        for one in sorted(sightings, key=lambda one: one.origin.date, reverse=True)
        if any(action.all_dependent for every in one.services.values() for action in every.actions)
    )
    return next(telling, sightings[-1])


def _service(
    ranked: Sequence[Service], listed: Sequence[tuple[str, AbstractSet[str]]], told: Service | None
) -> Service:
    """`ranked`: who knows it, whose words go first; `listed`: its actions by date, oldest first."""
    known = [ranked[0], *(_spelled_as(ranked[0], one) for one in ranked[1:])]
    actions = tuple(
        _dated(_with_dependents(one, told.action(one.name) if told else None), listed)
        for one in _union(one.actions for one in known)
    )
    current = [one for one in actions if not one.retired]
    return Service(
        prefix=known[0].prefix,
        title=known[0].title,
        actions=actions,
        resource_types=_union(one.resource_types for one in known),
        keys=_union(one.keys for one in known),
        sources=tuple(dict.fromkeys(source for one in known for source in one.sources)),
        retired="" if current else max((one.retired for one in actions), default=""),
    )


def _union(lists: Iterable[Sequence[Named]]) -> tuple[Named, ...]:
    """By name, in the words of the first to know it; `sources` are all that do."""
    alike: dict[str, list[Named]] = {}
    for every in lists:
        for one in every:
            alike.setdefault(_folded(one.name), []).append(one)
    return tuple(sorted(map(_one, alike.values()), key=lambda one: one.name.lower()))


def _one(alike: list[Named]) -> Named:
    sources = tuple(dict.fromkeys(source for one in alike for source in one.sources))
    return msgspec.structs.replace(alike[0], sources=sources)


def _spelled_as(base: Service, other: Service) -> Service:
    """`other` with the base's names for the keys that are its own by another or a cut-off name."""
    ours = {key.name: _same_key(base, key.name) for key in other.keys}
    names = {theirs: found.name for theirs, found in ours.items() if found}

    def spelled(keys: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(names.get(one, one) for one in keys))

    keys = (msgspec.structs.replace(one, name=names.get(one.name, one.name)) for one in other.keys)
    types = (msgspec.structs.replace(one, keys=spelled(one.keys)) for one in other.resource_types)
    actions = (msgspec.structs.replace(one, keys=spelled(one.keys)) for one in other.actions)
    return msgspec.structs.replace(
        other, keys=tuple(keys), resource_types=tuple(types), actions=tuple(actions)
    )


def _same_key(base: Service, name: str) -> ConditionKey | None:
    """iam-floyd has `kms:EncryptionContext` for `kms:EncryptionContext:${EncryptionContextKey}`."""
    folded = _folded(name)
    equal = next((one for one in base.keys if _folded(one.name) == folded), None)
    if equal:
        return equal
    head = _PLACEHOLDER.split(name)[0].lower()
    heads = (head,) if head != name.lower() else tuple(head + mark for mark in "/:.")
    return next((one for one in base.keys if one.name.lower().startswith(heads)), None)


def _with_dependents(action: Action, told: Action | None) -> Action:
    """The dependent actions of `told` on the same rows; on the action where a row is gone."""
    if told is None:
        return action
    by_row = {row.name.lower(): row.dependent for row in told.resources or ()}
    rows = action.resources and tuple(
        msgspec.structs.replace(row, dependent=by_row.pop(row.name.lower(), ()))
        for row in action.resources
    )
    loose = dict.fromkeys((*told.dependent, *(one for every in by_row.values() for one in every)))
    return msgspec.structs.replace(action, resources=rows, dependent=tuple(loose))


def _dated(action: Action, listed: Sequence[tuple[str, AbstractSet[str]]]) -> Action:
    """Flagged with the date of the first list after the last that had it."""
    gone = ""
    for date, names in reversed(listed):
        if _folded(action.name) in names:
            break
        gone = date
    return msgspec.structs.replace(action, retired=gone)


def _folded(name: str) -> str:
    """iam-floyd drops hyphens and blanks, and each source has its own words for a placeholder."""
    return re.sub(r"[-_ ]", "", _PLACEHOLDER.sub("*", name)).lower()
