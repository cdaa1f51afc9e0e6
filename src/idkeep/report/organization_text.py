"""A scan of an organisation for a terminal: what is wrong where, and what was not read."""

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from idkeep.model import Severity
from idkeep.report.organization import AccountResult, Coverage, OrganizationReport
from idkeep.report.text import STYLE, acceptance_lines, line

_SHOWN = 20
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
        text.append_text(line(f"  {report.begun:%Y-%m-%d %H:%M} UTC  run {report.run}"))
        yield Padding(text, (1, 0))
        if report.checks:
            yield Rule(line("What is wrong", "bold"), align="left", style="dim")
            yield Padding(self._checks(), (0, 0, 1, 0))
        yield Rule(line("Accounts", "bold"), align="left", style="dim")
        yield Padding(self._accounts(), (0, 0, 1, 0))
        yield Rule(style="dim")
        yield Text("\n").join(self._totals())

    def _checks(self) -> RenderableType:
        table = Table.grid(padding=(0, 2))
        table.add_column(width=8)
        table.add_column(overflow="fold", ratio=1)
        table.add_column(justify="right")
        table.add_column(justify="right")
        for one in self.report.checks[: self.most]:
            table.add_row(
                Text(one.severity.upper(), STYLE[one.severity]),
                line(one.title).append_text(line(f"  {one.id}", "dim")),
                line(_many(one.accounts, "account")),
                line(_many(one.findings, "finding")),
            )
        return table

    def _accounts(self) -> RenderableType:
        table = Table.grid(padding=(0, 2))
        for _ in range(3):
            table.add_column(no_wrap=True)
        table.add_column(overflow="fold", ratio=1)
        shown = self.report.accounts[: self.most]
        for one in shown:
            table.add_row(
                line(one.id, "bold"),
                line(one.name),
                line(one.coverage, _LOOK[one.coverage]),
                line(_said(one)),
            )
        if left := len(self.report.accounts) - len(shown):
            table.add_row(line(f"and {left} more", "dim"), "", "", line("--all shows them", "dim"))
        return table

    def _totals(self) -> Iterator[Text]:
        """The coverage adds up: nothing is missing without a row."""
        covered = self.report.coverage
        yield line(
            f"{_many(covered.listed, 'account')} listed = {covered.scanned} scanned + "
            f"{covered.incomplete} incomplete + {covered.failed} failed + "
            f"{covered.skipped} skipped"
        )
        total = self.report.summary
        yield line(
            f"{total.failed} fail ({_found(total.findings)}), {total.unknown} unknown, "
            f"{total.passed} pass, {total.not_applicable} not applicable"
        )
        calls = sum(call.calls for one in self.report.accounts for call in one.calls)
        yield line(f"{calls} AWS calls; kept as run {self.report.run}", "dim")
        yield from acceptance_lines(self.report.acceptances)
        if not self.report.complete:
            yield line("Not everything could be read.", "bold magenta")


def _said(one: AccountResult) -> str:
    findings = "" if one.snapshot == "" else _found(one.summary.findings)
    return "; ".join(part for part in (findings, one.why, one.snapshot) if part)


def _found(findings: dict[Severity, int]) -> str:
    return ", ".join(f"{n} {severity}" for severity, n in findings.items() if n) or "no findings"


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing if count == 1 else thing + 's'}"
