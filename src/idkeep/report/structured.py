"""The scan as a JSON document, and the schema it keeps to."""

from typing import Any

import msgspec

from idkeep.report.printable import escaped_json
from idkeep.report.scan import SCHEMA, ScanReport


def as_json(report: ScanReport) -> bytes:
    """The whole report, indented, ended by a line feed. It reads back into an equal value."""
    return escaped_json(msgspec.json.format(msgspec.json.encode(report), indent=2)) + b"\n"


def json_schema() -> dict[str, Any]:
    """The document's JSON Schema (2020-12)."""
    (reference,), components = msgspec.json.schema_components(
        (ScanReport,), ref_template="#/$defs/{name}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        **reference,
        "$defs": components,
    }
