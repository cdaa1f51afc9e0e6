"""Answers drawn from botocore's model of an operation, whole or with something odd about them."""

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import botocore.session

from idkeep.collect import collectors
from idkeep.collect.declare import AnyCollector
from idkeep.model import Family

NOW = datetime(2026, 11, 1, tzinfo=UTC)
UNHEARD = "A_WORD_OF_NEXT_YEAR"
_SESSION = botocore.session.get_session()
_DEEPEST = 8
# What the model calls a string and AWS gives a form: by the operation and the member's name.
_FORMS = {
    ("DescribePermissionSet", "SessionDuration"): "PT1H",
    ("GetFindings", "UpdatedAt"): "2026-11-01T00:00:00.000Z",
    ("GetFindings", "CreatedAt"): "2026-11-01T00:00:00.000Z",
}
_KEYS = {"GetQueueAttributes": "QueueArn", "GetTopicAttributes": "TopicArn"}
# Severities come on one page.
_LAST = {("guardduty", "GetFindingsStatistics"): "NextToken"}


def every_collector() -> dict[str, AnyCollector]:
    """By a name for the test; those that build their value alike come once."""
    found: dict[str, AnyCollector] = {}
    seen: set[tuple[str, str, int]] = set()
    for one in collectors(Family):
        kind = (one.service, one.operation, id(one.build))
        if kind not in seen and shape_of(one) is not None:
            seen.add(kind)
            name = f"{one.service}:{one.operation}"
            found[name if name not in found else f"{name} {len(found)}"] = one
    return found


def shape_of(collector: AnyCollector) -> Any:
    service = _SESSION.get_service_model(collector.service)
    return service.operation_model(collector.operation).output_shape


def sample(collector: AnyCollector) -> dict[str, Any]:
    """Every member that the model has, one item to a list, the first word of each enumeration."""
    found: dict[str, Any] = _value(shape_of(collector), collector.operation, "")
    found.pop(_LAST.get((collector.service, collector.operation), ""), None)
    return found


def _value(shape: Any, operation: str, name: str, depth: int = 0) -> Any:
    def inner(part: Any, member: str) -> Any:
        return _value(part, operation, member, depth + 1)

    match shape.type_name:
        case "structure":
            members = list(shape.members.items()) if depth <= _DEEPEST else []
            some = members[:1] if getattr(shape, "is_tagged_union", False) else members
            return {member: inner(part, member) for member, part in some}
        case "list":
            return [inner(shape.member, name)] if depth <= _DEEPEST else []
        case "map":
            key = shape.key.enum[0] if getattr(shape.key, "enum", ()) else "key"
            return {_KEYS.get(operation, key): inner(shape.value, name)}
        case "string":
            return _FORMS.get((operation, name)) or _text(shape)
        case other:
            return _PLAIN[other]


_PLAIN = {
    "integer": 1,
    "long": 1,
    "float": 1.0,
    "double": 1.0,
    "boolean": True,
    "timestamp": NOW,
    "blob": b"x",
}


def _text(shape: Any) -> str:
    if shape.enum:
        return str(shape.enum[0])
    if "arn" in shape.name.lower():
        return "arn:aws:service:eu-west-1:111122223333:kind/name"
    return "https://x.example/y" if "url" in shape.name.lower() else "text"


def with_new_members(value: Any, shape: Any) -> Any:
    """In every structure a member that no model has yet; a union has one member alone."""
    match shape.type_name:
        case "structure":
            found = {
                name: with_new_members(part, shape.members[name]) for name, part in value.items()
            }
            is_union = getattr(shape, "is_tagged_union", False)
            return found if is_union else {**found, "NextYears": {"x": [None]}}
        case "list":
            return [with_new_members(one, shape.member) for one in value]
        case "map":
            return {key: with_new_members(one, shape.value) for key, one in value.items()}
        case _:
            return value


Path = tuple[Any, ...]


def places(value: Any, shape: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every part of an answer and its shape."""
    if path:
        yield path, shape
    if shape.type_name == "structure":
        for name, part in value.items():
            yield from places(part, shape.members[name], (*path, name))
    elif shape.type_name == "list":
        for number, part in enumerate(value):
            yield from places(part, shape.member, (*path, number))
    elif shape.type_name == "map":
        for key, part in value.items():
            yield from places(part, shape.value, (*path, key))


def changed(answer: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """The same with this in that place."""
    found = copy.deepcopy(answer)
    _at(found, path[:-1])[path[-1]] = value
    return found


def without(answer: dict[str, Any], path: Path) -> dict[str, Any]:
    found = copy.deepcopy(answer)
    del _at(found, path[:-1])[path[-1]]
    return found


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value
