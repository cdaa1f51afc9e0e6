"""A summary in Markdown, as a comment on a pull request or a job's page takes it.

Names are code, in which nothing acts; in sentences, what would be markup, a mention or a link to
an issue is not. GitHub takes a comment of at most 65,536 characters; what is beyond is counted.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from idkeep.model import Severity, Status
from idkeep.report.aside import Aside, in_memory
from idkeep.report.families import family_id
from idkeep.report.format import Format
from idkeep.report.lead import narrowed
from idkeep.report.organization import AccountResult, Coverage, OrganizationReport
from idkeep.report.printable import printable
from idkeep.report.results import Result, Whole, not_read, results
from idkeep.report.scan import CheckResult, ScanReport, Summary
from idkeep.report.words import many, nouns

MOST = 60_000
_ROWS = 10
_ACCOUNTS = 50
_MARKUP = re.compile(r"([\\`*_\[\]<>#|~&])")
_LINKS = re.compile(r"(@|://|www\.)", re.IGNORECASE)
_MARKS = {
    Severity.CRITICAL: "🟥",
    Severity.HIGH: "🟧",
    Severity.MEDIUM: "🟨",
    Severity.LOW: "🟦",
}


class _Row(NamedTuple):
    """What is told of a finding, without the scan that it is of."""

    account: str
    name: str
    message: str
    is_new: bool


class _Matter:
    """A family of checks in the making: its findings, the first of them word for word."""

    def __init__(self, check: CheckResult) -> None:
        self.title = check.title
        self.remedy = check.remedy
        self.checks: dict[str, str] = {check.id: check.title}
        self.worst = -1
        self.count = 0
        self.accounts = 0
        self._account = ""
        self.rows: list[_Row] = []

    def add(self, one: Result, check: CheckResult, severity: Severity) -> None:
        self.checks[check.id] = check.title
        if severity.rank > self.worst:
            self.title, self.remedy = check.title, check.remedy
        self.worst = max(self.worst, severity.rank)
        self.count += 1
        self.accounts += one.account != self._account  # whose findings come together
        self._account = one.account
        if len(self.rows) < _ROWS:
            name = one.subject.name or nouns(one.subject.kind)
            self.rows.append(_Row(one.account, name, one.message, is_new=bool(one.is_new)))


class Document(Format):
    def __init__(self, aside: Aside = in_memory) -> None:
        super().__init__(aside)
        self._matters: dict[str, _Matter] = {}
        self._unknown: dict[str, set[str]] = {}
        self._agreed = 0
        self._resolved = 0

    def account(self, report: ScanReport) -> Iterator[str]:
        for one in results(report):
            self._add(one)
        self._resolved += sum(one.resolved == report.taken for one in report.history)
        return iter(())

    def end(self, report: Whole) -> Iterator[str]:
        for one in not_read(report):
            self._add(one)
        room = MOST
        left = 0
        for piece in self._pieces(report):
            if len(piece) <= room:
                room -= len(piece)
                yield piece
            else:
                left += 1
        if left:
            yield f"\n{left} more parts are left out here; the JSON report has all.\n"

    def _add(self, one: Result) -> None:
        if one.status is Status.FAIL and one.check and one.severity:
            matter = self._matters.setdefault(family_id(one.rule), _Matter(one.check))
            matter.add(one, one.check, one.severity)
        elif one.status is Status.UNKNOWN:
            self._unknown.setdefault(one.message, set()).add(one.rule)
        elif one.status is Status.SUPPRESSED:
            self._agreed += 1

    def _pieces(self, report: Whole) -> Iterator[str]:
        yield _head(report)
        yield _counts(report.summary)
        yield from self._notes(report)
        if isinstance(report, OrganizationReport):
            yield _accounts(report)
        matters = sorted(self._matters.values(), key=lambda one: (-one.worst, -one.count))
        if matters:
            yield "\n### What is wrong\n\n"
            yield from (_matter(one) for one in matters)
        if self._unknown:
            yield "\n### What could not be told\n\n"
            reasons = sorted(self._unknown.items(), key=lambda one: (-len(one[1]), one[0]))
            for why, rules in reasons:
                checks = f"{len(rules)} check{'s' * (len(rules) != 1)}"
                yield f"- {code(why)} leaves {checks} open: {_some(sorted(rules))}\n"

    def _notes(self, report: Whole) -> Iterator[str]:
        if not report.complete:
            yield "\n**Not everything could be read**, so this is not all there may be.\n"
        if self._agreed:
            yield f"\n{many(self._agreed, 'finding')} agreed to in the settings.\n"
        if self._resolved:
            yield f"\n{many(self._resolved, 'finding')} resolved since the scan before.\n"
        baseline = report.baseline
        if baseline and isinstance(report, ScanReport):
            told = report.baseline
            assert told is not None
            yield (
                f"\nBeside {code(told.snapshot)}: **{len(told.new)} new or worse**, "
                f"{told.gone} gone.\n"
            )
        if left_out := narrowed(report.selection):
            yield f"\n{words(left_out)}\n"


def _head(report: Whole) -> str:
    if isinstance(report, OrganizationReport):
        who, when = f"organisation {report.organization}", report.begun
    else:
        name = f" {code(report.account_name)}" if report.account_name else ""
        who, when = f"account {report.account}{name}", report.taken
    return f"## idkeep: {who}\n\n{when:%Y-%m-%d %H:%M} UTC, idkeep {report.idkeep}\n"


def _counts(total: Summary) -> str:
    found = " ".join(
        f"{_MARKS[severity]} **{count}** {severity}"
        for severity, count in total.findings.items()
        if count
    )
    rest = (
        f"{total.unknown} unknown, {total.passed} pass, {total.not_applicable} not applicable, "
        f"{total.suppressed} suppressed"
    )
    return f"\n{found or 'No findings.'}\n\n{rest}\n"


def _accounts(report: OrganizationReport) -> str:
    """Worst first, and only those that have something to say."""
    covered = report.coverage
    lines = [
        (
            f"\n{covered.listed} accounts listed = {covered.scanned} scanned + "
            f"{covered.incomplete} incomplete + {covered.failed} failed + "
            f"{covered.skipped} skipped\n"
        ),
    ]
    told = (one for one in report.accounts if one.open or one.coverage is not Coverage.SCANNED)
    rows = [_account(one) for one in islice(told, _ACCOUNTS)]
    if rows:
        lines += ["| account | | critical | high | medium | low |", "|---|---|--:|--:|--:|--:|"]
        lines += rows
    if left := sum(1 for _ in told):
        lines.append(f"\n{left} more accounts")
    return "\n".join(lines) + "\n"


def _account(one: AccountResult) -> str:
    counts = " | ".join(str(count or "") for count in one.summary.findings.values())
    return f"| {one.id} {code(one.name) if one.name else ''} | {one.coverage} | {counts} |"


def _matter(one: _Matter) -> str:
    severity = list(Severity)[one.worst]
    count = many(one.count, "finding")
    where = f" in {one.accounts} accounts" if one.accounts > 1 else ""
    ids = ", ".join(code(ident) for ident in one.checks)
    lines = [
        (
            f"<details><summary>{_MARKS[severity]} {severity}: {words(one.title)} "
            f"({count}{where})</summary>\n"
        ),
        f"**What to do**: {_prose(one.remedy.do)}\n",
        f"**What may stop**: {_prose(one.remedy.may_stop)}\n",
        f"**Who can change it**: {_prose(one.remedy.who)}\n",
        "| subject | what is wrong |",
        "|---|---|",
        *(_row(result, several=one.accounts > 1) for result in one.rows),
    ]
    if left := one.count - len(one.rows):
        lines.append(f"\n{left} more")
    return "\n".join((*lines, f"\n{ids}\n", "</details>\n\n"))


def _row(one: _Row, *, several: bool) -> str:
    account = f"{one.account} " if several else ""
    new = " **new**" if one.is_new else ""
    return f"| {account}{code(one.name)} | {words(one.message)}{new} |"


def _some(names: list[str]) -> str:
    count = Counter(names)
    first = ", ".join(code(one) for one in list(count)[:5])
    left = len(count) - 5
    return f"{first} and {left} more" if left > 0 else first


def code(text: str) -> str:
    """As code, also within a table; more backquotes around than the text has in a row."""
    safe = printable(text).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", safe)), default=0) + 1)
    space = " " if "`" in safe or not safe.strip() else ""
    return f"{fence}{space}{safe}{space}{fence}"


def words(text: str) -> str:
    """As a sentence in which nothing is markup; a mark of no width keeps links from being made."""
    safe = _MARKUP.sub(lambda one: f"&#{ord(one[0])};", printable(text))
    return _LINKS.sub(lambda one: f"{one[0][:-1]}{one[0][-1]}&#8203;", safe)


def _prose(text: str) -> str:
    """A check's own words, whose backquotes mark code."""
    parts = re.split("`([^`]+)`", " ".join(text.split()))
    return "".join(code(part) if place % 2 else words(part) for place, part in enumerate(parts))
