"""A report as a JSON document, and the schema it keeps to."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from idkeep.config import Settings
from idkeep.model.on_demand import OnDemand
from idkeep.report.diff import DIFF_SCHEMA, DiffReport
from idkeep.report.format import Format
from idkeep.report.framework import FRAMEWORK_SCHEMA, AccountControl, ControlResult, FrameworkReport
from idkeep.report.organization import (
    ORGANIZATION_SCHEMA,
    AccountResult,
    OrganizationReport,
)
from idkeep.report.printable import escaped_json
from idkeep.report.results import Whole
from idkeep.report.scan import SCHEMA, CheckResult, ScanReport

_TITLES = {
    ScanReport: SCHEMA,
    DiffReport: DIFF_SCHEMA,
    OrganizationReport: ORGANIZATION_SCHEMA,
    FrameworkReport: FRAMEWORK_SCHEMA,
    Settings: "idkeep.toml",
}
Told: TypeAlias = ScanReport | DiffReport | OrganizationReport | FrameworkReport

# Each of these is written part by part; of shorter values, so many in one piece.
_LONG = (CheckResult, AccountResult, ControlResult, AccountControl)
_AT_ONCE = 64


class Document(Format):
    """The report as it is, which an organisation's is in the end only."""

    def end(self, report: Whole) -> Iterator[str]:
        return (piece.decode() for piece in json_pieces(report))


def as_json(report: Told) -> bytes:
    """The whole report, indented, ended by a line feed. It reads back into an equal value."""
    return b"".join(json_pieces(report))


def json_pieces(report: Told) -> Iterator[bytes]:
    """The same a few verdicts or accounts at a time: of a large account the whole is long."""
    yield from _struct(report, b"\n")
    yield b"\n"


def _struct(value: Struct, line: bytes) -> Iterator[bytes]:
    """`line` is the line's end and the indent that the value stands at."""
    before = b"{"
    for name in value.__struct_fields__:
        yield b'%b%b  "%b": ' % (before, line, name.encode())
        field = getattr(value, name)
        if isinstance(field, tuple | OnDemand):
            yield b"["
            yield from _items(field, line + b"    ")
            yield line + b"  ]" if field else b"]"
        else:
            yield _indented(field, line + b"  ")
        before = b","
    yield line + b"}"


def _items(values: Iterable[object], line: bytes) -> Iterator[bytes]:
    before = b""
    every = iter(values)
    for first in every:
        yield before
        before = b","
        if isinstance(first, _LONG):
            yield line
            yield from _struct(first, line)
            continue
        some = (first, *islice(every, _AT_ONCE - 1))
        # Between the brackets it is what a part of a longer list is.
        yield _indented(some, line[:-2])[1 : -len(line) + 1]


def _indented(value: object, line: bytes) -> bytes:
    """No text of JSON holds a line's end as it is."""
    plain = msgspec.json.format(msgspec.json.encode(value), indent=2)
    return escaped_json(plain.replace(b"\n", line))


def json_schema(report: type[Told | Settings] = ScanReport) -> dict[str, Any]:
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
