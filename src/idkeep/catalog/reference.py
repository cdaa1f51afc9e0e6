"""AWS's own machine-readable service reference, and a catalog renewed by it.

The format: https://docs.aws.amazon.com/service-authorization/latest/reference/service-reference.html
(v1.0 to v1.4; each version only added fields). It has no dependent actions and
no "required" marks, so for what is known already these stay as they were.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field

from idkeep.catalog.packing import Contents, Origin
from idkeep.catalog.values import (
    AccessLevel,
    Action,
    ActionResource,
    ConditionKey,
    KeyType,
    ResourceType,
    Service,
    Source,
)
from idkeep.errors import Unreadable

_PAGE = "https://docs.aws.amazon.com/service-authorization/latest/reference/service-reference.html"
_LIST = "ArrayOf"
_TYPES: Mapping[str, KeyType] = {one.lower(): one for one in KeyType} | {
    "boolean": KeyType.BOOL,
    "long": KeyType.NUMERIC,
}
_OURS = (Source.AWS,)


class _Properties(Struct, frozen=True, rename="pascal"):
    is_list: bool = False
    is_permission_management: bool = False
    is_tagging_only: bool = False
    is_write: bool = False

    @property
    def level(self) -> AccessLevel:
        if self.is_permission_management:
            return AccessLevel.PERMISSIONS
        if self.is_tagging_only:
            return AccessLevel.TAGGING
        if self.is_write:
            return AccessLevel.WRITE
        return AccessLevel.LIST if self.is_list else AccessLevel.READ


class _Annotations(Struct, frozen=True, rename="pascal"):
    properties: _Properties | None = None


class _Named(Struct, frozen=True, rename="pascal"):
    name: str


class _Action(Struct, frozen=True, rename="pascal"):
    name: str
    action_condition_keys: tuple[str, ...] = ()
    resources: tuple[_Named, ...] = ()
    annotations: _Annotations = _Annotations()


class _Resource(Struct, frozen=True, rename="pascal"):
    name: str
    arns: tuple[str, ...] = field(name="ARNFormats", default=())
    condition_keys: tuple[str, ...] = ()


class _Key(Struct, frozen=True, rename="pascal"):
    name: str
    types: tuple[str, ...] = ()


class Reference(Struct, frozen=True, rename="pascal"):
    """One service's document."""

    name: str
    version: str
    actions: tuple[_Action, ...]
    resources: tuple[_Resource, ...] = ()
    condition_keys: tuple[_Key, ...] = ()


def read_reference(text: bytes, path: str) -> Reference | None:
    """A service's document; None for the index of services and AWS's other lists.

    `path` is for the message. Raises `Unreadable` for what is neither.
    """
    try:
        document: Any = msgspec.json.decode(text)
        if not isinstance(document, dict) or "Actions" not in document:
            if _is_list_of_aws(document):
                return None
            raise Unreadable(path, "is no service reference of AWS: it has no Actions")
        reference = msgspec.convert(document, Reference)
    except msgspec.MsgspecError as error:
        raise Unreadable(path, f"is no service reference of AWS: {error}") from error
    if not reference.version.startswith("v1."):
        raise Unreadable(path, f"is of version {reference.version}; this idkeep reads v1")
    return reference


def renewed(base: Contents, references: Iterable[Reference], *, date: str) -> Contents:
    """`base` with the services of `references` as AWS lists them on `date` (ISO).

    Of a service that they name, what AWS lists no more is flagged as retired; the others stay.
    """
    given = tuple(references)
    by_prefix = {one.prefix: one for one in base.services}
    for reference in given:
        prefix = reference.name.lower()
        by_prefix[prefix] = _service(reference, by_prefix.get(prefix), date)
    others = tuple(one for one in base.origins if one.source is not Source.AWS)
    versions = sorted({one.version for one in given})
    aws = Origin(
        source=Source.AWS, version=", ".join(versions), date=date, licence="AWS", url=_PAGE
    )
    return Contents(
        date=max(base.date, date),
        origins=(*others, aws),
        services=tuple(by_prefix[prefix] for prefix in sorted(by_prefix)),
        facts=base.facts,
        dependent_as_of=base.dependent_as_of,
    )


def _service(reference: Reference, before: Service | None, date: str) -> Service:
    old = before or Service(reference.name.lower(), reference.name, (), (), (), ())
    keys = tuple(_key(one, old.key(one.name)) for one in reference.condition_keys)
    types = tuple(_resource(one, old.resource_type(one.name)) for one in reference.resources)
    actions = tuple(_action(one, old.action(one.name)) for one in reference.actions)
    gone = tuple(
        one if one.retired else msgspec.structs.replace(one, retired=date)
        for one in _missing(old.actions, actions)
    )
    return Service(
        prefix=old.prefix,
        title=old.title,
        actions=_sorted((*actions, *gone)),
        # What AWS no longer names stays, since retired actions and kept rows may point to it.
        resource_types=_sorted((*types, *_missing(old.resource_types, types))),
        keys=_sorted((*keys, *_missing(old.keys, keys), *_unlisted(reference, (*keys, *old.keys)))),
        sources=_with_aws(old.sources),
        retired="" if actions else date,
    )


def _action(new: _Action, old: Action | None) -> Action:
    rows = {row.name.lower(): row for row in (old.resources or ())} if old else {}
    properties = new.annotations.properties
    fallback = old.level if old else AccessLevel.WRITE
    return Action(
        name=new.name,
        level=properties.level if properties else fallback,
        resources=tuple(
            rows.get(one.name.lower(), ActionResource(one.name, False, (), ()))  # noqa: FBT003
            for one in new.resources
        ),
        keys=new.action_condition_keys,
        dependent=old.dependent if old else (),
        sources=_with_aws(old.sources if old else ()),
    )


def _resource(new: _Resource, old: ResourceType | None) -> ResourceType:
    sources = _with_aws(old.sources if old else ())
    return ResourceType(new.name, new.arns, new.condition_keys, sources)


def _key(new: _Key, old: ConditionKey | None) -> ConditionKey:
    said = new.types[0] if new.types else "String"
    return ConditionKey(
        name=new.name,
        type=_TYPES.get(said.removeprefix(_LIST).lower(), KeyType.STRING),
        multivalued=said.startswith(_LIST),
        sources=_with_aws(old.sources if old else ()),
    )


def _unlisted(reference: Reference, known: tuple[ConditionKey, ...]) -> tuple[ConditionKey, ...]:
    """Keys that actions or resources name and the document's own table lacks."""
    named = (
        *(name for one in reference.actions for name in one.action_condition_keys),
        *(name for one in reference.resources for name in one.condition_keys),
    )
    have = {one.name.lower() for one in known}
    lacking = {name.lower(): name for name in named if name.lower() not in have}
    return tuple(
        ConditionKey(name, KeyType.STRING, False, _OURS)  # noqa: FBT003
        for name in lacking.values()
    )


Named = TypeVar("Named", Action, ResourceType, ConditionKey)


def _missing(old: tuple[Named, ...], new: tuple[Named, ...]) -> tuple[Named, ...]:
    have = {one.name.lower() for one in new}
    return tuple(one for one in old if one.name.lower() not in have)


def _sorted(every: tuple[Named, ...]) -> tuple[Named, ...]:
    return tuple(sorted(every, key=lambda one: one.name.lower()))


def _with_aws(sources: tuple[Source, ...]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys((*sources, Source.AWS)))


def _is_list_of_aws(document: object) -> bool:
    """The index ({service, url} rows), or AWS's other lists, which name no action."""
    if isinstance(document, list):
        return all(isinstance(one, dict) and "service" in one for one in document)
    return isinstance(document, dict) and "ConditionKeys" in document
