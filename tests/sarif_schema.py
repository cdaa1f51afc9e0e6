"""SARIF 2.1.0 by its published schema, and what idkeep asks of its own logs beyond that.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, sections 3.13 to 3.58
"""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator, Draft202012Validator

PUBLISHED = Path(__file__).parent / "data" / "sarif-2.1.0-rtm.5.json"


def check_sarif(log: Any) -> None:
    """Raise ValidationError unless the log keeps to the standard and to our own use of it."""
    _PUBLISHED.validate(log)
    _OWN.validate(log)


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _array(items: Any, **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


_WORD = {"type": "string", "minLength": 1}
_BAG = {"type": "object", "properties": {"tags": _array(_WORD, uniqueItems=True)}}
_TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
_TEXT = _object("text", text=_WORD)
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_REGION = _object(
    **{
        name: {"type": "integer", "minimum": 1}
        for name in ("startLine", "startColumn", "endColumn")
    }
)
_PHYSICAL = _object(
    "artifactLocation",
    artifactLocation=_object(uri={"type": "string", "pattern": "^[A-Za-z0-9._~/%-]+$"}),
    region=_REGION,
)
_LOGICAL = _object(name={"type": "string"}, fullyQualifiedName={"type": "string"}, kind=_WORD)
_RULE = _object(
    "id",
    id=_WORD,
    shortDescription=_TEXT,
    fullDescription=_TEXT,
    help=_object("text", text=_WORD, markdown=_WORD),
    helpUri={"type": "string", "pattern": "^https://"},
    defaultConfiguration=_object(level=_LEVEL),
    properties=_BAG,
)
_RESULT = _object(
    "message",
    ruleId=_WORD,
    ruleIndex={"type": "integer", "minimum": 0},
    kind={"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
    level=_LEVEL,
    message=_TEXT,
    locations=_array(_object(physicalLocation=_PHYSICAL, logicalLocations=_array(_LOGICAL))),
    partialFingerprints={"type": "object", "additionalProperties": _WORD},
    baselineState={"enum": ["new", "unchanged", "updated", "absent"]},
    suppressions=_array(
        _object(
            "kind",
            kind={"enum": ["inSource", "external"]},
            status={"enum": ["accepted", "underReview", "rejected"]},
            justification={"type": "string"},
        )
    ),
    provenance=_object(firstDetectionTimeUtc=_TIME, lastDetectionTimeUtc=_TIME),
    properties=_BAG,
)
_NOTIFICATION = _object(
    "message",
    message=_TEXT,
    level=_LEVEL,
    descriptor=_object(id=_WORD),
    associatedRule=_object(id=_WORD),
)
_RUN = _object(
    "tool",
    tool=_object(
        "driver",
        driver=_object(
            "name",
            name=_WORD,
            semanticVersion=_WORD,
            rules=_array(_RULE, uniqueItems=True),
            notifications=_array(_object("id", id=_WORD, shortDescription=_TEXT)),
        ),
    ),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    automationDetails=_object(id=_WORD),
    invocations=_array(
        _object(
            "executionSuccessful",
            executionSuccessful={"type": "boolean"},
            toolExecutionNotifications=_array(_NOTIFICATION),
        )
    ),
    results=_array(_RESULT),
)
# Only what our logs use: a field that is not named here is a slip, or belongs here.
_OURS: dict[str, Any] = _object(
    "version",
    "runs",
    **{
        "$schema": {"type": "string", "pattern": "^https://"},
        "version": {"const": "2.1.0"},
        "runs": _array(_RUN),
    },
)
_OWN = Draft202012Validator(_OURS)
_PUBLISHED = Draft4Validator(json.loads(PUBLISHED.read_text()))
