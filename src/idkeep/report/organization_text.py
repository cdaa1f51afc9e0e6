"""A scan of an organisation for a terminal: what is wrong where, and what was not read."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from idkeep.model import Severity
from idkeep.report.families import Family, families
from idkeep.report.lead import lead, narrowed
from idkeep.report.organization import (
    AccountFinding,
    AccountResult,
    CheckTotal,
    Coverage,
    OrganizationReport,
    sum_of_areas,
)
from idkeep.report.text_parts import (
    HEADS,
    STYLE,
    acceptance_lines,
    areas_table,
    few,
    line,
    next_steps,
    reasons,
    severity_cells,
    suppression_lines,
)
from idkeep.report.words import many

_SHOWN = 20
# Accounts that are told of one matter, and names in each.
_PLACES = 3
_NAMES = 2
_LOOK = {
    Coverage.SCANNED: "green",
    Coverage.INCOMPLETE: "magenta",
    Coverage.FAILED: "bold red",
    Coverage.SKIPPED: "dim",
}


class OrganizationText:
    """A renderable for rich; `show_all` leaves no account out."""

    def __init__(self, report: OrganizationReport, *, show_all: bool = False) -> None:
        self.report = report
        self.most = None if show_all else _SHOWN

    def __rich_console__(self, _: Console, __: ConsoleOptions) -> RenderResult:
        report = self.report
        text = line("idkeep", "bold green")
        text.append_text(line(f"  organisation {report.organization}", "bold"))
        run = f"  run {report.run}" if report.run else ""
        text.append_text(line(f"  {report.begun:%Y-%m-%d %H:%M} UTC{run}"))
        yield Padding(text, (1, 0))
        mood, sentence = lead(report)
        look = "bold green" if mood == "pass" else "bold"
        yield Padding(line(sentence, look), (0, 0, 1, 0))
        yield from self._summary()
        yield Rule(line("Accounts", "bold"), align="left", style="dim")
        yield Padding(self._accounts(), (0, 0, 1, 0))
        if report.failing:
            yield Rule(line("What is wrong", "bold"), align="left", style="dim")
            yield Padding(self._checks(), (0, 0, 1, 0))
        if report.obstacles:
            yield Rule(line("What could not be told", "bold"), align="left", style="dim")
            yield from reasons(report.obstacles, several=True)
            yield Text("")
        if report.failing:
            yield Rule(line("What to do next", "bold"), align="left", style="dim")
            yield next_steps((one.id, one.remedy) for one in report.failing)
        yield Rule(style="dim")
        yield Text("\n").join(self._totals())

    def _summary(self) -> Iterator[RenderableType]:
        if totals := sum_of_areas(self.report.accounts):
            yield areas_table(totals)

    def _checks(self) -> RenderableType:
        """Those of one matter together, each with where it is."""
        table = Table.grid(padding=(0, 2))
        table.add_column(width=8)
        table.add_column(overflow="fold")
        matters = families(self.report.failing)
        shown = matters[: self.most]
        where = _where(self.report.accounts, shown, whole=self.most is None)
        for one in shown:
            severity = one.checks[0].severity
            title = line(one.title, "bold" if severity.rank >= Severity.HIGH.rank else "")
            title.append_text(line(f"  {one.id}", "dim")).append("\n")
            title.append_text(line(where[one.id].told))
            table.add_row(Text(severity.upper(), STYLE[severity]), title)
        if left := len(matters) - len(shown):
            table.add_row("", line(f"and {left} more; --all shows them", "dim"))
        return table

    def _accounts(self) -> RenderableType:
        """Worst first, with findings by severity, and why something was not read."""
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold", ratio=1)
        table.add_column(no_wrap=True)
        for _ in HEADS:
            table.add_column(justify="right", no_wrap=True)
        heads = [line(one, "dim") for one in HEADS]
        table.add_row("", "", "", *heads)
        for one in islice(self.report.accounts, self.most):
            named = line(one.name).append_text(line(f"  {_said(one)}" if _said(one) else "", "dim"))
            counts = severity_cells(one.summary) if one.taken else [Text("")] * len(HEADS)
            look = line(one.coverage, _LOOK[one.coverage])
            table.add_row(line(one.id, "bold"), named, look, *counts)
        if self.most and (left := len(self.report.accounts) - self.most) > 0:
            table.add_row(line(f"and {left} more", "dim"), line("--all shows them", "dim"))
        return table

    def _totals(self) -> Iterator[Text]:
        """The coverage adds up: nothing is missing without a row."""
        covered = self.report.coverage
        yield line(
            f"{many(covered.listed, 'account')} listed = {covered.scanned} scanned + "
            f"{covered.incomplete} incomplete + {covered.failed} failed + "
            f"{covered.skipped} skipped"
        )
        total = self.report.summary
        yield line(
            f"{total.failed} fail ({_found(total.findings)}), {total.unknown} unknown, "
            f"{total.passed} pass, {total.not_applicable} not applicable"
            + (f", {total.suppressed} suppressed" if total.suppressed else "")
        )
        yield from self._changes()
        calls = sum(call.calls for one in self.report.accounts for call in one.calls)
        kept = f"; kept as run {self.report.run}" if self.report.run else ""
        yield line(f"{calls} AWS calls{kept}", "dim")
        all_told = self.report.complete and self.report.selection.is_all
        yield from suppression_lines(
            one for one in self.report.suppressions if one.findings or all_told
        )
        yield from acceptance_lines(self.report.acceptances)
        if told := narrowed(self.report.selection):
            yield line(told, "yellow")
        if not self.report.complete:
            yield line("Not everything could be read.", "bold magenta")

    def _changes(self) -> Iterator[Text]:
        """Since each account's scan before, and since the baseline."""
        rows = self.report.accounts
        is_new = Counter(
            one.first == row.taken for row in rows for one in row.findings if one.first
        )
        if is_new[False]:
            new = is_new[True]
            gone = sum(row.resolved for row in rows)
            yield line(f"Since the scans before: {new} new, {gone} resolved")
        if self.report.baseline:
            new = sum(bool(one.new) for row in rows for one in row.open)
            yield line(
                f"Beside run {self.report.baseline}: {new} new or worse; only those count for "
                "the exit code",
                "bold",
            )


def _said(one: AccountResult) -> str:
    return "; ".join(
        part for part in (one.why, f"snapshot {one.snapshot}" if one.snapshot else "") if part
    )


class _Where:
    """Where a matter is: its first accounts, worst first, and the first names in each."""

    def __init__(self, *, whole: bool) -> None:
        self._most = None if whole else _PLACES
        self._names = sys.maxsize if whole else _NAMES
        self._places: list[str] = []
        self._accounts = self._findings = 0

    def add(self, row: AccountResult, found: list[AccountFinding]) -> None:
        self._findings += len(found)
        self._accounts += 1
        if self._most is None or len(self._places) < self._most:
            # Of what an account has one of, the account's name says all.
            names = [one.subject for one in found if one.kind != "Root" and one.subject != row.id]
            told = f" ({few(names, self._names)})" if names else ""
            self._places.append(f"{row.name or row.id}{told}")

    @property
    def told(self) -> str:
        left = self._accounts - len(self._places)
        more = f" and {many(left, 'more account')}" if left else ""
        return f"{many(self._findings, 'finding')}: {', '.join(self._places)}{more}"


def _where(
    rows: Iterable[AccountResult], matters: Iterable[Family[CheckTotal]], *, whole: bool
) -> dict[str, _Where]:
    """Of each family of checks, by its id."""
    of_check = {check.id: one.id for one in matters for check in one.checks}
    where = {one: _Where(whole=whole) for one in of_check.values()}
    for row in rows:
        found: dict[str, list[AccountFinding]] = {}
        for one in row.open:
            if one.check in of_check:
                found.setdefault(of_check[one.check], []).append(one)
        for matter, some in found.items():
            where[matter].add(row, some)
    return where


def _found(findings: dict[Severity, int]) -> str:
    return ", ".join(f"{n} {severity}" for severity, n in findings.items() if n) or "no findings"
