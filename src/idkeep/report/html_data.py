"""Every result of a report, packed for the page's script: each text and each subject once.

A page of 200,000 results stays small enough to open at once, for a row is a few numbers; the
script unpacks it when somebody searches.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from idkeep.model import Severity, Status, SubjectRef
from idkeep.report.aside import Aside, in_memory
from idkeep.report.csv_table import place
from idkeep.report.format import json_text
from idkeep.report.printable import escaped_json, printable
from idkeep.report.results import Result, Whole, not_read, results
from idkeep.report.scan import ScanReport
from idkeep.report.words import noun

KINDS = (
    *(one.value for one in reversed(Severity)),
    Status.UNKNOWN.value,
    Status.SUPPRESSED.value,
    Status.PASS.value,
    Status.NOT_APPLICABLE.value,
)
# Characters of evidence that a page takes, worst findings of each account first.
MOST_EVIDENCE = 4_000_000
_MOST_VALUE = 500
# Texts that are known again; beyond, one may come to stand twice.
_MOST_TEXTS = 50_000
_AT_ONCE = 200
_Row = tuple[int, int, int, int, str, int]


class Packed:
    """Filled account by account. What it is told waits `aside`, as JSON."""

    def __init__(self, aside: Aside = in_memory) -> None:
        self._texts: dict[str, int] = {}
        self._told_texts = aside(str)
        self._subjects: dict[tuple[str, str, str], int] = {}
        self._told_subjects = aside(str)
        self._checks: dict[str, int] = {}
        self._told_checks: list[list[str]] = []
        self._accounts: dict[str, int] = {}
        self._names: list[list[str]] = []
        # By kind: the page has the worst first.
        self._rows = [aside(str) for _ in KINDS]
        self._evidence = aside(str)
        self._room = MOST_EVIDENCE

    def __len__(self) -> int:
        return sum(map(len, self._rows))

    def add(self, report: ScanReport) -> None:
        self._subjects.clear()
        self._account(report.account, report.account_name)
        for one in results(report):
            self._add(one)

    def add_unread(self, report: Whole) -> None:
        for one in not_read(report):
            self._add(one)

    def json(self) -> Iterator[str]:
        """Its pieces, worst rows first; fit to stand within a script element."""
        return (piece.replace("<", "\\u003c") for piece in self._json())

    def _json(self) -> Iterator[str]:
        head = {"kinds": KINDS, "accounts": self._names, "checks": self._told_checks}
        yield json_text(head).removesuffix("}")
        for name, values in (
            ("subjects", self._told_subjects),
            ("texts", self._told_texts),
            ("evidence", self._evidence),
            ("rows", chain.from_iterable(self._rows)),
        ):
            yield f',"{name}":['
            yield from _joined(values)
            yield "]"
        yield "}"

    def _add(self, one: Result) -> None:
        kind = _kind(one)
        at = one.finding.at if one.finding else ""
        number = KINDS.index(kind)
        row = (
            number,
            self._check(one),
            self._subject(one.subject),
            self._text(_said(one)),
            printable(at),
            self._proof(one),
        )
        self._rows[number].append(json_text(_trimmed(row)))

    def _account(self, account: str, name: str = "") -> int:
        if account not in self._accounts:
            self._accounts[account] = len(self._names)
            self._names.append([account, printable(name)])
        return self._accounts[account]

    def _check(self, one: Result) -> int:
        if one.rule not in self._checks:
            self._checks[one.rule] = len(self._told_checks)
            title = one.check.title if one.check else "Something could not be read."
            self._told_checks.append([one.rule, title, one.check.area if one.check else ""])
        return self._checks[one.rule]

    def _subject(self, one: SubjectRef) -> int:
        key = (one.account, one.kind, one.id or one.arn)
        if key not in self._subjects:
            self._subjects[key] = len(self._told_subjects)
            told = [
                printable(one.name),
                noun(one.kind),
                printable(one.arn),
                self._account(one.account),
                one.region,
            ]
            self._told_subjects.append(json_text(told))
        return self._subjects[key]

    def _text(self, text: str) -> int:
        told = printable(text)
        if told not in self._texts:
            if len(self._texts) == _MOST_TEXTS:
                self._texts.clear()
            self._texts[told] = len(self._told_texts)
            self._told_texts.append(json_text(told))
        return self._texts[told]

    def _proof(self, one: Result) -> int:
        """Where the evidence stands, -1 for none; of a pass it is in the JSON report."""
        if not one.finding or not one.verdict or self._room <= 0:
            return -1
        told = [
            [
                fact.name,
                escaped_json(bytes(fact.value)).decode()[:_MOST_VALUE],
                f"{fact.action}, {fact.as_of:%Y-%m-%d %H:%M} UTC",
            ]
            for fact in one.verdict.evidence
        ]
        told += [["statement", printable(place(some)), ""] for some in one.finding.statements]
        since = f"first seen {one.seen.first:%Y-%m-%d}" if one.seen else ""
        told.append(["finding", one.id, since])
        self._room -= sum(len(part) for fact in told for part in fact)
        self._evidence.append(json_text(told))
        return len(self._evidence) - 1


def _joined(values: Iterable[str]) -> Iterator[str]:
    """With commas between, some at once."""
    every = iter(values)
    before = ""
    while some := tuple(islice(every, _AT_ONCE)):
        yield before + ",".join(some)
        before = ","


def _trimmed(row: _Row) -> list[int | str]:
    """Most rows have no part and no evidence."""
    return list(row) if row[5] >= 0 or row[4] else list(row[:4])


def _kind(one: Result) -> str:
    return one.severity.value if one.status is Status.FAIL and one.severity else one.status.value


def _said(one: Result) -> str:
    new = "new: " if one.is_new else ""
    because = f" ({one.finding.because})" if one.finding and one.finding.because else ""
    if one.finding and (agreed := one.finding.suppressed):
        because += f" — agreed to until {agreed.expires} by {agreed.owner}: {agreed.reason}"
    return f"{new}{one.message}{because}"
