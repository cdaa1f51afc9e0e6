"""A framework's controls for a terminal: each on a line, and below it what breaks it."""

from collections.abc import Iterator
from itertools import islice

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from idkeep.report.framework import (
    AccountControl,
    ControlResult,
    ControlStatus,
    FrameworkReport,
    limits,
)
from idkeep.report.text_parts import line
from idkeep.report.words import many

STYLE = {
    ControlStatus.FAIL: ("FAIL", "bold red"),
    ControlStatus.UNKNOWN: ("UNKNOWN", "bold magenta"),
    ControlStatus.MANUAL: ("MANUAL", "bold yellow"),
    ControlStatus.SUPPRESSED: ("SUPPRESSED", "cyan"),
    ControlStatus.NOT_ASSESSED: ("NOT ASSESSED", "dim"),
    ControlStatus.PASS: ("PASS", "bold green"),
    ControlStatus.NOT_APPLICABLE: ("NOT APPLICABLE", "dim"),
}
# Of these nothing more is told.
_SILENT = (ControlStatus.NOT_ASSESSED, ControlStatus.NOT_APPLICABLE)
_SHOWN = 3
_WIDTH = max(len(label) for label, _ in STYLE.values())


class FrameworkText:
    """A renderable for rich; `show_all` leaves no finding out."""

    def __init__(self, report: FrameworkReport, *, show_all: bool = False) -> None:
        self.report = report
        self.most = None if show_all else _SHOWN

    def __rich_console__(self, _: Console, __: ConsoleOptions) -> RenderResult:
        report = self.report
        yield Padding(_heading(report), (1, 0))
        for control in report.controls:
            yield from self._control(control)
        yield Rule(style="dim")
        yield counts(report)

    def _control(self, control: ControlResult) -> Iterator[RenderableType]:
        label, style = STYLE[control.status]
        table = Table.grid(padding=(0, 2))
        table.add_column(width=_WIDTH)
        table.add_column(min_width=max(len(one.id) for one in self.report.controls))
        table.add_column(overflow="fold", ratio=1)
        # What idkeep does not look at has no gloss where it is about other things.
        table.add_row(line(label, style), line(control.id, "bold"), line(control.asks))
        yield table
        several = len(self.report.accounts) > 1
        told = (one for one in control.accounts if one.status is control.status)
        for one in islice(told, self.most):
            yield from self._account(one, several=several)
        left = sum(1 for _ in told)
        if left and control.status not in _SILENT:
            more = f"and {many(left, 'more account')}: --all shows them"
            yield Padding(line(more, "dim"), (0, 0, 0, _WIDTH + 2))

    def _account(self, one: AccountControl, *, several: bool) -> Iterator[RenderableType]:
        if one.status in _SILENT:
            return
        where = f"{one.account} {one.name}".strip() + ": " if several else ""
        rows = [line(f"{where}{one.why}", "dim")]
        shown = one.findings[: self.most]
        rows += [
            line(f"{finding.subject}: {finding.message}").append_text(
                line(f"  {finding.check}", "dim")
            )
            for finding in shown
        ]
        if left := len(one.findings) - len(shown):
            rows.append(line(f"and {left} more: --all shows them", "dim"))
        yield Padding(Text("\n").join(rows), (0, 0, 0, _WIDTH + 2))


def _heading(report: FrameworkReport) -> Text:
    text = line(f"{report.title} {report.version}".strip(), "bold")
    if not report.complete:
        text.append_text(line("  the part about identities", "dim"))
    if report.limits:
        text.append("\n").append_text(line(f"by its own limits: {limits(report)}", "dim"))
    for one in report.accounts[:_SHOWN]:
        told = f"{one.taken:%Y-%m-%d %H:%M} UTC" if one.taken else f"not read: {one.why}"
        text.append("\n").append_text(line(f"account {one.id}  {one.name}  {told}".rstrip()))
    if (left := len(report.accounts) - _SHOWN) > 0:
        text.append("\n").append_text(line(f"and {left} more accounts"))
    return text


def counts(report: FrameworkReport) -> Text:
    """All controls by what became of them; the numbers add up."""
    text = line(f"{len(report.controls)} controls: ", "bold")
    parts = [
        line(f"{number} {STYLE[status][0].lower()}", STYLE[status][1])
        for status, number in report.counts.items()
        if number
    ]
    return text.append_text(Text(", ").join(parts))
