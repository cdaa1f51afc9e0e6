"""Each result as a row of comma-separated values: https://www.rfc-editor.org/rfc/rfc4180.

A spreadsheet takes a cell that begins with certain characters for a formula, and runs it. Such a
cell gets an apostrophe before it: https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from io import StringIO

from idkeep.model import PolicyPlace
from idkeep.report.format import Format
from idkeep.report.printable import printable
from idkeep.report.remedy import allowed_told
from idkeep.report.results import Result, Whole, not_read, results
from idkeep.report.scan import CheckResult, ScanReport

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # noqa: RUF001 -- wide forms
_Cell = Callable[[Result], object]
COLUMNS: dict[str, _Cell] = {
    "account": lambda one: one.account,
    "status": lambda one: one.status.value,
    "severity": lambda one: one.severity.value if one.severity else "",
    "check": lambda one: one.rule,
    "title": lambda one: one.check.title if one.check else "",
    "kind": lambda one: one.subject.kind,
    "subject": lambda one: one.subject.name,
    "arn": lambda one: one.subject.arn,
    "region": lambda one: one.subject.region,
    "message": lambda one: one.message,
    "part": lambda one: one.finding.at if one.finding else "",
    "because": lambda one: one.finding.because if one.finding else "",
    "statements": lambda one: "; ".join(map(place, one.finding.statements)) if one.finding else "",
    "remedy": lambda one: " ".join(one.check.remedy.do.split()) if one.check else "",
    "may_stop": lambda one: one.check.remedy.may_stop if one.check else "",
    "needs": lambda one: " ".join(one.check.remedy.needs) if one.check else "",
    "allowed": lambda one: _allowed(one.check) if one.check else "",
    "changed_by": lambda one: one.check.remedy.who.replace("`", "") if one.check else "",
    "first_seen": lambda one: _time(one.seen.first) if one.seen else "",
    "last_seen": lambda one: _time(one.seen.last) if one.seen else "",
    "returned": lambda one: _time(one.seen.returned) if one.seen else "",
    "new": lambda one: "" if one.is_new is None else str(one.is_new).lower(),
    "suppressed_until": lambda one: _agreed(one, "expires"),
    "suppressed_by": lambda one: _agreed(one, "owner"),
    "suppressed_for": lambda one: _agreed(one, "reason"),
    "controls": lambda one: " ".join(one.check.controls) if one.check else "",
    "finding": lambda one: one.id,
}


class Document(Format):
    def begin(self) -> Iterator[str]:
        yield row(list(COLUMNS))

    def account(self, report: ScanReport) -> Iterator[str]:
        return (row([cell(one) for cell in COLUMNS.values()]) for one in results(report))

    def end(self, report: Whole) -> Iterator[str]:
        return (row([cell(one) for cell in COLUMNS.values()]) for one in not_read(report))


def _allowed(check: CheckResult) -> str:
    return "; ".join(map(allowed_told, check.allowed)).replace("`", "")


def place(one: PolicyPlace) -> str:
    """A statement by its number from 0, and where it stands."""
    sid = f" ({one.sid})" if one.sid else ""
    where = f" line {one.line}" if one.line else ""
    return f"{one.policy} statement {one.statement}{sid}{where}"


def row(cells: Iterable[object]) -> str:
    out = StringIO()
    csv.writer(out).writerow([_inert(printable(str(one))) for one in cells])
    return out.getvalue()


def _inert(text: str) -> str:
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def _time(when: datetime | None) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}" if when else ""


def _agreed(one: Result, part: str) -> str:
    agreed = one.finding.suppressed if one.finding else None
    return str(getattr(agreed, part)) if agreed else ""
