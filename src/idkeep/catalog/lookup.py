"""Questions to a catalog."""

from typing import Self, TypeVar

import msgspec
import zstandard

from idkeep.catalog.facts import Facts, GlobalKey
from idkeep.catalog.packing import (
    FORMAT,
    HEAD,
    MAGIC,
    Contents,
    Index,
    Names,
    Origin,
    Span,
    Summary,
)
from idkeep.catalog.pattern import action_pattern, literal, wildcard
from idkeep.catalog.values import Action, ConditionKey, Service, key_matches
from idkeep.errors import Unreadable

T = TypeVar("T")


class Catalog:
    """The bytes of a catalog and what was decoded of them so far.

    It never changes what it answers; opening costs under a millisecond, a service up to a few.
    """

    def __init__(self, index: Index, members: memoryview, origin: str) -> None:
        self._index = index
        self._members = members
        self._origin = origin
        self._spans = {one.prefix: one.span for one in index.entries}
        self._services: dict[str, Service] = {}
        self._actions: dict[str, dict[str, Action]] = {}
        self._names: dict[str, Names] | None = None
        self._facts: Facts | None = None

    @classmethod
    def open(cls, data: bytes, origin: str = "catalog") -> Self:
        """`origin` is for messages. Raises `Unreadable` for bytes that are no catalog of ours."""
        if len(data) < HEAD.size:
            raise Unreadable(origin, "is not a catalog")
        magic, version, length = HEAD.unpack_from(data)
        if magic != MAGIC:
            raise Unreadable(origin, "is not a catalog")
        if version != FORMAT:
            raise Unreadable(
                origin, f"is a catalog of format {version}; this idkeep reads {FORMAT}"
            )
        members = memoryview(data)[HEAD.size + length :]
        index = _decode(memoryview(data)[HEAD.size :], Span(0, length), Index, origin)
        return cls(index, members, origin)

    @property
    def date(self) -> str:
        """ISO date of the newest source."""
        return self._index.date

    @property
    def origins(self) -> tuple[Origin, ...]:
        return self._index.origins

    @property
    def summary(self) -> Summary:
        return self._index.summary

    @property
    def services(self) -> tuple[str, ...]:
        """Every prefix, sorted; retired services too."""
        return tuple(self._spans)

    @property
    def dependent_as_of(self) -> str:
        """ISO date of what is said of dependent actions; newer sources don't tell them."""
        return self._index.dependent_as_of

    @property
    def dangling(self) -> tuple[str, ...]:
        """Dependent actions that are named somewhere and known nowhere."""
        return self._index.dangling

    @property
    def facts(self) -> Facts:
        if self._facts is None:
            self._facts = _decode(self._members, self._index.facts, Facts, self._origin)
        return self._facts

    def title(self, prefix: str) -> str:
        """The service's name as AWS writes it, without decoding the service; empty if unknown."""
        folded = prefix.lower()
        return next((one.title for one in self._index.entries if one.prefix == folded), "")

    def service(self, prefix: str) -> Service | None:
        folded = prefix.lower()
        if folded not in self._services:
            span = self._spans.get(folded)
            if span is None:
                return None
            self._services[folded] = _decode(self._members, span, Service, self._origin)
        return self._services[folded]

    def action(self, name: str) -> Action | None:
        """By its full name, `s3:PutObject`, in any case; a retired one too."""
        prefix, colon, rest = name.partition(":")
        service = self.service(prefix) if colon else None
        if service is None:
            return None
        # An engine asks this for every statement it compiles: a table, not a walk.
        if service.prefix not in self._actions:
            by_name = {one.name.lower(): one for one in service.actions}
            self._actions[service.prefix] = by_name
        return self._actions[service.prefix].get(rest.lower())

    def key(self, name: str) -> ConditionKey | GlobalKey | None:
        """The condition key that a policy's `name` means: a global one first, then a service's."""
        everywhere = next((one for one in self.facts.global_keys if one.matches(name)), None)
        if everywhere:
            return everywhere
        prefix, colon, _ = name.partition(":")
        if not colon:
            return None
        owners = [prefix] if prefix.lower() in self._spans else self._owners(prefix)
        services = (self.service(one) for one in owners)
        found = (one.key(name) for one in services if one)
        return next((key for key in found if key), None)

    def touched(self, pattern: str) -> tuple[str, ...]:
        """The services that an action pattern can mean. No service is decoded for it."""
        if wildcard(pattern):
            return self.services
        prefix, colon, _ = pattern.partition(":")
        if not colon:
            return ()
        if literal(prefix):
            return (prefix.lower(),) if prefix.lower() in self._spans else ()
        fits = action_pattern(prefix)
        return tuple(one for one in self._spans if fits.fullmatch(one))

    def expand(self, pattern: str, *, retired: bool = False) -> tuple[str, ...]:
        """The actions that an `Action` element means, full names, sorted by service.

        `*` is any run of characters and `?` any one, in any case. A pattern without a colon
        means nothing, except `*`. Retired actions can't be called and are left out.
        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
        """
        names = self._all_names()
        wanted = "*" if wildcard(pattern) else pattern.partition(":")[2]
        fits = action_pattern(wanted)
        return tuple(
            f"{prefix}:{name}"
            for prefix in self.touched(pattern)
            for name in _words(names[prefix], retired=retired)
            if fits.fullmatch(name)
        )

    def covered_by_rcps(self, action: str) -> bool:
        """Whether resource control policies are judged for `service:Action`, as of their page."""
        return action in self.facts.rcps

    def contents(self) -> Contents:
        """Everything, decoded: about a fifth of a second."""
        services = (self.service(one) for one in self._spans)
        return Contents(
            date=self.date,
            origins=self.origins,
            services=tuple(one for one in services if one),
            facts=self.facts,
            dependent_as_of=self.dependent_as_of,
        )

    def _all_names(self) -> dict[str, Names]:
        if self._names is None:
            self._names = _decode(self._members, self._index.names, dict[str, Names], self._origin)
        return self._names

    def _owners(self, prefix: str) -> list[str]:
        return [
            service
            for template, services in self._index.owners.items()
            if key_matches(template, prefix)
            for service in services
        ]


def _words(names: Names, *, retired: bool) -> list[str]:
    current = names.current.split()
    return sorted(current + names.retired.split()) if retired else current


def _decode(members: memoryview, span: Span, kind: type[T], origin: str) -> T:
    member = members[span.at : span.at + span.length]
    try:
        return msgspec.msgpack.decode(zstandard.ZstdDecompressor().decompress(member), type=kind)
    except (zstandard.ZstdError, msgspec.MsgspecError) as error:
        raise Unreadable(origin, f"is damaged: {error}") from error
