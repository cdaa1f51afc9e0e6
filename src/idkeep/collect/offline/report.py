"""The credential report as it was saved: CSV by itself, or the CLI's JSON around it."""

import csv
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any

import msgspec

from idkeep.collect.declare import Answer
from idkeep.collect.offline.answers import time
from idkeep.collect.offline.signs import Signs
from idkeep.collect.offline.text import Fault, View, documents, is_json

_COLUMNS = ("user", "arn", "user_creation_time")


@dataclass(slots=True)
class SavedReport:
    """`generated` is None for a CSV file: AWS tells that beside the report, not in it."""

    content: bytes
    generated: datetime | None
    stand_in: datetime | None = None

    def answer(self) -> Answer:
        """As the API gives it. Raises `ValueError` as long as nothing tells its time."""
        when = self.generated or self.stand_in
        if when is None:
            raise ValueError("nothing tells when it was made")
        return {"Content": self.content, "ReportFormat": "text/csv", "GeneratedTime": when}


def saved_report(view: View, name: str, signs: Signs) -> SavedReport:
    """Raises `Fault` for what is no credential report."""
    found = _from_json(view) if is_json(view) else SavedReport(bytes(view), None)
    signs.cells(_rows(found.content), name)
    if found.generated:
        signs.made(found.generated.isoformat())
    return found


def _from_json(view: View) -> SavedReport:
    found = documents(view)
    told: Any = msgspec.json.decode(found[0]) if len(found) == 1 else None
    if not isinstance(told, dict) or not isinstance(told.get("Content"), str):
        raise Fault("is not what `aws iam get-credential-report` prints: it lacks Content")
    try:
        content = b64decode(told["Content"], validate=True)
    except ValueError:
        # Some convert it on the way.
        content = told["Content"].encode()
    try:
        generated = time(told["GeneratedTime"]) if "GeneratedTime" in told else None
    except (ValueError, TypeError) as odd:
        raise Fault(f"GeneratedTime is not understood: {told['GeneratedTime']!r}") from odd
    return SavedReport(content, generated)


def _rows(content: bytes) -> Iterator[dict[str, str]]:
    try:
        text = content.decode()
    except UnicodeDecodeError as odd:
        line = content[: odd.start].count(b"\n") + 1
        column = odd.start - content.rfind(b"\n", 0, odd.start)
        raise Fault(
            "is not UTF-8: send the report as AWS made it", line=line, column=column
        ) from odd
    head = text.partition("\n")[0].rstrip("\r")
    if head.count(";") > head.count(","):
        raise Fault(
            "is separated by semicolons, as a spreadsheet saves it: send the report as AWS made it",
            line=1,
            column=head.index(";") + 1,
        )
    if missing := [one for one in _COLUMNS if one not in head.split(",")]:
        raise Fault(f"is no credential report: it has no column {missing[0]}", line=1, column=1)
    lines = csv.DictReader(StringIO(text), strict=True)
    try:
        yield from lines
    except csv.Error as odd:
        raise Fault(f"is not CSV: {odd}", line=lines.line_num, column=1) from odd
