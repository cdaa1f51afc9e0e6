"""A report as a JSON document, and the schema it keeps to."""

from typing import Any, TypeAlias

import msgspec

from idkeep.report.diff import DIFF_SCHEMA, DiffReport
from idkeep.report.organization import ORGANIZATION_SCHEMA, OrganizationReport
from idkeep.report.printable import escaped_json
from idkeep.report.scan import SCHEMA, ScanReport

_TITLES = {
    ScanReport: SCHEMA,
    DiffReport: DIFF_SCHEMA,
    OrganizationReport: ORGANIZATION_SCHEMA,
}
Document: TypeAlias = ScanReport | DiffReport | OrganizationReport


def as_json(report: Document) -> bytes:
    """The whole report, indented, ended by a line feed. It reads back into an equal value."""
    return escaped_json(msgspec.json.format(msgspec.json.encode(report), indent=2)) + b"\n"


def json_schema(report: type[Document] = ScanReport) -> dict[str, Any]:
    """The document's JSON Schema (2020-12)."""
    (reference,), components = msgspec.json.schema_components(
        (report,), ref_template="#/$defs/{name}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": _TITLES[report],
        **reference,
        "$defs": components,
    }
