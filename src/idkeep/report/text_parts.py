"""What the reports for a terminal are made of: lines, tables of areas, reasons, next steps."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from idkeep.access.acceptance import Acceptance
from idkeep.checks import SuppressionUse
from idkeep.model import Severity
from idkeep.report.families import families, family_id
from idkeep.report.obstacles import Obstacle
from idkeep.report.organization import AreaTotal
from idkeep.report.printable import printable
from idkeep.report.remedy import ReportedRemedy
from idkeep.report.scan import Summary
from idkeep.report.words import many

STYLE = {
    Severity.CRITICAL: "bold white on red3",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "bold yellow",
    Severity.LOW: "bold cyan",
}
NAMES = 4
_REASONS = 6
_NEXT_STEPS = 3
# Severities, worst first, and unknown; short, for narrow terminals.
HEADS = ("crit", "high", "med", "low", "unkn")


def line(text: str, style: str = "") -> Text:
    """Every text goes through here: no markup, no control characters."""
    return Text().append(printable(text), style)


def few(names: Iterable[str], most: int) -> str:
    """The first names, each once, and how many more."""
    every = list(dict.fromkeys(names))
    left = len(every) - most
    return f"{', '.join(every[:most])} and {left} more" if left > 0 else ", ".join(every)


def labelled(label: str, style: str, text: Text) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(width=8)
    table.add_column(overflow="fold")
    table.add_row(Text(label, style), text)
    return table


def areas_table(totals: Iterable[AreaTotal]) -> RenderableType:
    """Findings by area and severity, worst first; areas where all is well on one line."""
    table = Table.grid(padding=(0, 2))
    table.add_column(overflow="fold")
    for _ in HEADS:
        table.add_column(justify="right", min_width=4, no_wrap=True)
    table.add_row("", *(line(one, "dim") for one in HEADS))
    well, unknown = [], []
    for one in totals:
        if not any(one.findings.values()):
            if one.unknown:
                unknown.append(f"{one.area} ({one.unknown})")
            else:
                well.append(one.area)
            continue
        table.add_row(line(one.area), *severity_cells(one))
    parts: list[RenderableType] = [table]
    if unknown:
        parts.append(line(f"Nothing found, but unknown: {', '.join(unknown)}", "magenta"))
    if well:
        parts.append(line(f"Nothing wrong: {', '.join(well)}", "green"))
    return Padding(Group(*parts), (0, 0, 1, 0))


def severity_cells(total: AreaTotal | Summary) -> list[Text]:
    """A cell for each severity, worst first, and one for what is unknown."""
    nothing = line("·", "dim")
    return [
        *(
            line(f"{count:,}", STYLE[severity]) if count else nothing
            for severity, count in total.findings.items()
        ),
        line(f"{total.unknown:,}", "magenta") if total.unknown else nothing,
    ]


def reasons(some: Sequence[Obstacle], *, several: bool) -> Iterator[RenderableType]:
    """Why something is unknown: first what was asked in vain, then what was not asked for.

    `several`: they are of several accounts.
    """
    failed = [one for one in some if one.not_asked is None]
    for one in failed[:_REASONS]:
        ids = [told.id for told in families(_Told(check, "") for check in one.checks)]
        where = f" in {many(one.accounts, 'account')}" if several else ""
        told = line(one.why, "bold").append("\n")
        told.append_text(
            line(f"leaves {many(len(one.checks), 'check')} open{where}: {few(ids, NAMES)}")
        )
        yield labelled("UNKNOWN", "bold magenta", told)
    if left := len(failed) - len(failed[:_REASONS]):
        more = f"and {many(left, 'more reason')}"
        yield labelled("", "", line(more if several else f"{more}; --all tells them", "dim"))
    if not_asked := [one for one in some if one.not_asked]:
        told = line("The scan was not asked to read all that checks need.", "bold").append("\n")
        families_ = (f"{one.not_asked} ({many(len(one.checks), 'check')})" for one in not_asked)
        told.append_text(line(f"`--facts` may name more: {', '.join(families_)}"))
        yield labelled("UNKNOWN", "bold magenta", told)


class _Told(NamedTuple):
    """A check of which no more than its id is needed."""

    id: str
    title: str


def next_steps(checks: Iterable[tuple[str, ReportedRemedy]]) -> RenderableType:
    """The first remedies of checks that come worst first, each once: `checks` are ids with them."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=2)
    table.add_column(overflow="fold")
    steps: dict[str, tuple[str, ReportedRemedy]] = {}
    for ident, remedy in checks:
        steps.setdefault(remedy.do, (family_id(ident), remedy))
    for number, (ident, remedy) in enumerate(list(steps.values())[:_NEXT_STEPS], start=1):
        step = line(ident, "bold").append_text(line(f"  {' '.join(remedy.do.split())}"))
        table.add_row(line(f"{number}."), step)
        table.add_row("", line(remedy.may_stop, "dim"))
    table.add_row("", line("`idkeep explain` and an id tell more of each.", "dim"))
    return Padding(table, (0, 0, 1, 2))


def suppression_lines(uses: Iterable[SuppressionUse]) -> Iterator[Text]:
    """What is agreed to is counted; an agreement that ended or names nothing is said."""
    every = tuple(uses)
    agreed = [one for one in every if one.findings and not one.expired]
    if agreed:
        count = sum(one.findings for one in agreed)
        yield line(f"Findings agreed to in the settings: {count}", "dim")
    for one in every:
        named = f"the suppression of {one.line.check} ({one.line.reason})"
        if one.expired and one.findings:
            yield line(f"Ended on {one.line.expires}, and counts no more: {named}", "bold magenta")
        elif not one.findings:
            yield line(f"Names no finding, and may be deleted: {named}", "yellow")


def acceptance_lines(acceptances: Iterable[Acceptance]) -> Iterator[Text]:
    """What is accepted stays said; so does what no longer is, or names nothing."""
    for one in acceptances:
        if one.expired and one.gaps:
            yield line(f"No longer accepted, for its day has passed: {one}", "bold magenta")
        elif one.gaps:
            yield line(f"Accepted gap: {one}", "dim")
        else:
            yield line(f"Accepted in the settings, and nothing is missing: {one}", "yellow")
