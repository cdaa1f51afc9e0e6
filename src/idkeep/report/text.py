"""The scan for a terminal: what is wrong, worst first; what could not be told; what to do next."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from idkeep.access.acceptance import Acceptance
from idkeep.model import Severity, Verdict
from idkeep.report.printable import printable
from idkeep.report.scan import CheckResult, ScanReport
from idkeep.report.words import nouns

STYLE = {
    Severity.CRITICAL: "bold white on red3",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "bold yellow",
    Severity.LOW: "bold cyan",
}
_SHOWN = 6
_FRESH = timedelta(minutes=5)
_NEXT_STEPS = 3


class ScanText:
    """A renderable for rich; `show_all` leaves no subject out."""

    def __init__(self, report: ScanReport, *, show_all: bool = False) -> None:
        self.report = report
        self.most = None if show_all else _SHOWN

    def __rich_console__(self, _: Console, __: ConsoleOptions) -> RenderResult:
        report = self.report
        yield _heading(report)
        if report.scanned_as_root:
            yield _root_warning()
        if report.failing:
            yield Rule(line("What is wrong", "bold"), align="left", style="dim")
            yield from (self._failing(one) for one in report.failing)
        elif not report.unclear:
            yield Padding(line("Nothing wrong was found.", "bold green"), (0, 0, 1, 0))
        if report.unclear:
            yield Rule(line("What could not be told", "bold"), align="left", style="dim")
            yield from self._unknown()
        if report.failing:
            yield Rule(line("What to do next", "bold"), align="left", style="dim")
            yield _next_steps(report.failing)
        yield Rule(style="dim")
        yield _totals(report)

    def _failing(self, check: CheckResult) -> RenderableType:
        rows = [
            (_subject(verdict), finding.message)
            for verdict in check.results
            for finding in verdict.findings
        ]
        severity = list(Severity)[check.worst]
        return Group(_title(check, severity.upper(), STYLE[severity]), self._table(rows))

    def _unknown(self) -> Iterator[RenderableType]:
        """By reason: one refused call may leave many checks open."""
        for reason, rows in _reasons(self.report.unclear).items():
            yield _labelled("UNKNOWN", "bold magenta", line(reason, "bold"))
            yield self._table([(check, self._few(names)) for check, names in rows.items()])

    def _few(self, names: list[str]) -> str:
        """The first names, and how many more."""
        shown = names[: self.most]
        left = len(names) - len(shown)
        return ", ".join([*shown, f"{left} more"] if left else shown)

    def _table(self, rows: list[tuple[str, str]]) -> RenderableType:
        table = Table.grid(padding=(0, 2))
        table.add_column(overflow="fold", ratio=1)
        table.add_column(overflow="fold", ratio=2)
        shown = rows[: self.most]
        for name, message in shown:
            table.add_row(line(name, "bold"), line(message))
        if left := len(rows) - len(shown):
            table.add_row(line(f"and {left} more", "dim"), line("--all shows them", "dim"))
        return Padding(table, (0, 0, 1, 10))


def _heading(report: ScanReport) -> RenderableType:
    text = line("idkeep", "bold green")
    text.append_text(line(f"  account {report.account}", "bold"))
    who = f"as {_short(report.caller)}" if report.caller else "from saved answers"
    text.append_text(line(f"  {report.taken:%Y-%m-%d %H:%M} UTC  {who}"))
    return Padding(text, (1, 0))


def _root_warning() -> RenderableType:
    return Panel(
        line(
            "This scan ran with the ROOT USER's credentials. Stop using them: make a role with "
            "the policy that `idkeep permissions` prints, scan with that, and delete root's key."
        ),
        title=line("ROOT CREDENTIALS IN USE", "bold white on red3"),
        border_style="red",
    )


def _title(check: CheckResult, label: str, style: str) -> RenderableType:
    limits = "".join(f" · {name} {value}" for name, value in check.settings.items())
    title = line(check.title, "bold").append("\n")
    return _labelled(label, style, title.append_text(line(f"{check.id}{limits}", "dim")))


def _labelled(label: str, style: str, text: Text) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(width=8)
    table.add_column(overflow="fold")
    table.add_row(Text(label, style), text)
    return table


def _reasons(checks: Iterable[CheckResult]) -> dict[str, dict[str, list[str]]]:
    """Why something is unknown: the checks that it leaves open, and for whom."""
    found: dict[str, dict[str, list[str]]] = {}
    for check in checks:
        for why in check.unlisted:
            found.setdefault(why, {})[check.id] = [
                f"{nouns(check.subject)} that could not be listed"
            ]
        for verdict in check.results:
            for why in verdict.unknown:
                found.setdefault(why, {}).setdefault(check.id, []).append(_subject(verdict))
    return found


def _subject(verdict: Verdict) -> str:
    subject = verdict.subject
    return {"Account": "the account", "Root": "root"}.get(subject.kind, subject.name)


def _next_steps(failing: Iterable[CheckResult]) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=2)
    table.add_column(overflow="fold")
    for number, check in enumerate(list(failing)[:_NEXT_STEPS], start=1):
        step = line(check.id, "bold")
        table.add_row(line(f"{number}."), step.append_text(line(f"  {check.remedy}")))
    table.add_row("", line("`idkeep explain` and an id tell more of each.", "dim"))
    return Padding(table, (0, 0, 1, 2))


def _totals(report: ScanReport) -> Text:
    lines = [_verdict_line(report), _call_line(report)]
    made = report.credential_report
    if made and report.taken - made > _FRESH:
        lines.append(
            line(
                f"Passwords, keys and MFA are told as of {made:%Y-%m-%d %H:%M} UTC: "
                "AWS makes a new credential report every four hours.",
                "dim",
            )
        )
    lines += acceptance_lines(report.acceptances)
    if not report.complete:
        refused = ", ".join(dict.fromkeys(g.action for g in report.gaps if not g.accepted))
        lines.append(line(f"Not everything could be read: {refused}", "bold magenta"))
        lines.append(line("`idkeep permissions` prints the policy that a scan needs.", "dim"))
    return Text("\n").join(lines)


def acceptance_lines(acceptances: Iterable[Acceptance]) -> Iterator[Text]:
    """What is accepted stays said; so does what no longer is, or names nothing."""
    for one in acceptances:
        if one.expired and one.gaps:
            yield line(f"No longer accepted, for its day has passed: {one}", "bold magenta")
        elif one.gaps:
            yield line(f"Accepted gap: {one}", "dim")
        else:
            yield line(f"Accepted in the settings, and nothing is missing: {one}", "yellow")


def _verdict_line(report: ScanReport) -> Text:
    total = report.summary
    found = ", ".join(f"{count} {severity}" for severity, count in total.findings.items() if count)
    return line(
        f"{len(report.checks)} checks: {total.failed} fail ({found or 'no findings'}), "
        f"{total.unknown} unknown, {total.passed} pass, {total.not_applicable} not applicable"
    )


def _call_line(report: ScanReport) -> Text:
    calls = sum(call.calls for call in report.calls)
    took = f" in {report.seconds:.1f} s" if report.seconds else ""
    kept = f"; kept as snapshot {report.snapshot}" if report.snapshot else ""
    noun = "call" if calls == 1 else "calls"
    return line(f"{calls} AWS {noun}{took}{kept}", "dim")


def _short(caller: str) -> str:
    return caller.rpartition(":")[2] if caller.count(":") else caller


def line(text: str, style: str = "") -> Text:
    """Every text goes through here: no markup, no control characters."""
    return Text().append(printable(text), style)


def check_lines(titles: Iterable[tuple[Severity, str, str]]) -> Iterator[Text]:
    """The list of checks: severity, id, title."""
    rows = list(titles)
    width = max((len(ident) for _, ident, _ in rows), default=0)
    for severity, ident, title in rows:
        text = Text.assemble((f"{severity:<9}", STYLE[severity]), f"{ident:<{width}}  ")
        yield text.append_text(line(title))
