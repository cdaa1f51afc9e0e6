"""The scan for a terminal: what is wrong, worst first; what could not be told; what to do next."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from idkeep.model import DENIED, EXPIRED, Finding, Severity, Verdict
from idkeep.report.families import Family, families
from idkeep.report.lead import lead, narrowed
from idkeep.report.obstacles import obstacles
from idkeep.report.organization import area_totals
from idkeep.report.scan import CheckResult, ReportedGap, ScanReport
from idkeep.report.text_parts import (
    NAMES,
    STYLE,
    acceptance_lines,
    areas_table,
    few,
    labelled,
    line,
    next_steps,
    reasons,
    suppression_lines,
)
from idkeep.report.words import many, nouns

_SHOWN = 3
# Matters of low severity that are told each; more are only named.
_MOST_LOW = 6
_FRESH = timedelta(minutes=5)
# From this rank on, each finding has a line of its own; below, its subject's name must do.
_LOUD = Severity.HIGH.rank


class ScanText:
    """A renderable for rich; `show_all` leaves no subject out."""

    def __init__(self, report: ScanReport, *, show_all: bool = False) -> None:
        self.report = report
        self.show_all = show_all
        self.most = None if show_all else _SHOWN
        self.new = frozenset(report.baseline.new) if report.baseline else None

    def __rich_console__(self, _: Console, __: ConsoleOptions) -> RenderResult:
        report = self.report
        yield _heading(report)
        if report.scanned_as_root:
            yield _root_warning()
        mood, sentence = lead(report)
        look = "bold green" if mood == "pass" else "bold"
        yield Padding(line(sentence, look), (0, 0, 1, 0))
        if report.failing or report.unclear:
            yield areas_table(area_totals(report.checks))
        if report.failing:
            yield Rule(line("What is wrong", "bold"), align="left", style="dim")
            yield from self._failing()
        if report.unclear:
            yield Rule(line("What could not be told", "bold"), align="left", style="dim")
            yield from self._unknown()
        if report.failing:
            yield Rule(line("What to do next", "bold"), align="left", style="dim")
            yield next_steps((one.id, one.remedy) for one in report.failing)
        yield Rule(style="dim")
        yield _totals(report)

    def _failing(self) -> Iterator[RenderableType]:
        """Worst first, those of one matter together; what is less grave on a line or two."""
        quiet = []
        for one in families(self.report.failing):
            if self.show_all or one.checks[0].worst >= _LOUD:
                yield self._loud(one)
            else:
                quiet.append(one)
        if quiet:
            yield self._quiet(quiet)

    def _loud(self, family: Family[CheckResult]) -> RenderableType:
        severity = list(Severity)[family.checks[0].worst]
        rows = [
            (_subject(verdict), self._said(finding))
            for check in family.checks
            for verdict in check.results
            for finding in verdict.open
        ]
        return Group(_title(family, severity), self._table(rows))

    def _said(self, finding: Finding) -> str:
        """What is new beside a baseline says so, and so does why it is graver than others."""
        new = "new: " if self.new and finding.id in self.new else ""
        because = f" ({finding.because})" if finding.because else ""
        return f"{new}{finding.message}{because}"

    def _quiet(self, some: Iterable[Family[CheckResult]]) -> RenderableType:
        """Each with its subjects; many of low severity by their ids alone."""
        table = Table.grid(padding=(0, 2))
        table.add_column(width=8)
        table.add_column(overflow="fold")
        every = list(some)
        low = [one for one in every if one.checks[0].worst == Severity.LOW.rank]
        if len(low) > _MOST_LOW:
            every = [one for one in every if one not in low]
        for family in every:
            severity = list(Severity)[family.checks[0].worst]
            names = [
                _subject(verdict)
                for check in family.checks
                for verdict in check.results
                if verdict.open
            ]
            told = line(family.title).append("\n").append_text(line(few(names, NAMES), "bold"))
            told.append_text(line(f"  {family.id}", "dim"))
            table.add_row(Text(severity.upper(), STYLE[severity]), told)
        if len(low) > _MOST_LOW:
            told = line(f"{many(len(low), 'less grave matter')}: ")
            told.append_text(line(", ".join(one.id for one in low), "dim"))
            table.add_row(Text(Severity.LOW.upper(), STYLE[Severity.LOW]), told)
        more = line("--all tells of each finding what is wrong.", "dim")
        return Padding(Group(table, Padding(more, (0, 0, 0, 10))), (0, 0, 1, 0))

    def _unknown(self) -> Iterator[RenderableType]:
        """By reason: one refused call may leave many checks open."""
        if self.show_all:
            told = sorted(_reasons(self.report.unclear).items(), key=lambda one: -len(one[1]))
            for reason, rows in told:
                yield labelled("UNKNOWN", "bold magenta", line(reason, "bold"))
                yield self._table([(check, ", ".join(names)) for check, names in rows.items()])
        else:
            yield from reasons(obstacles(self.report.unclear), several=False)
        yield Text("")

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
    text.append_text(line(f"  account {report.account} {report.account_name}".rstrip(), "bold"))
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


def _title(family: Family[CheckResult], severity: Severity) -> RenderableType:
    check = family.checks[0]
    limits = "".join(f" · {name} {value}" for name, value in check.settings.items())
    title = line(family.title, "bold").append("\n")
    told = title.append_text(line(f"{family.id}{limits}", "dim"))
    return labelled(severity.upper(), STYLE[severity], told)


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


def _totals(report: ScanReport) -> Text:
    lines = [_verdict_line(report), *_change_lines(report), _call_line(report)]
    made = report.credential_report
    if made and report.taken - made > _FRESH:
        lines.append(
            line(
                f"Passwords, keys and MFA are told as of {made:%Y-%m-%d %H:%M} UTC: "
                "AWS makes a new credential report every four hours.",
                "dim",
            )
        )
    lines += suppression_lines(report.suppressions)
    lines += acceptance_lines(report.acceptances)
    lines += _unread(one for one in report.gaps if not one.accepted)
    return Text("\n").join(lines)


def _unread(gaps: Iterable[ReportedGap]) -> Iterator[Text]:
    """What could not be read, by what came instead, and what to do about each kind."""
    actions: dict[str, dict[str, None]] = {}
    for one in gaps:
        actions.setdefault(one.error, {})[one.action] = None
    if not actions:
        return
    told = "; ".join(f"{', '.join(names)} ({error})" for error, names in actions.items())
    yield line(f"Not everything could be read: {told}", "bold magenta")
    if actions.keys() & DENIED:
        yield line("`idkeep permissions` prints the policy that a scan needs.", "dim")
    if actions.keys() & EXPIRED:
        yield line("The credentials ended on the way: sign in again, and repeat the scan.", "dim")


def _change_lines(report: ScanReport) -> Iterator[Text]:
    """What changed since the scan before, or since the baseline."""
    told = report.history
    before = any(one.first < report.taken for one in told)
    new = sum(one.first == report.taken for one in told)
    back = sum(one.returned == report.taken for one in told)
    gone = sum(one.resolved == report.taken for one in told)
    if before:
        returned = f", {back} returned" if back else ""
        yield line(f"Since the scan before: {new} new{returned}, {gone} resolved")
    if beside := report.baseline:
        yield line(
            f"Beside {beside.snapshot}: {len(beside.new)} new or worse, {beside.gone} gone; "
            "only those that are new count for the exit code",
            "bold",
        )
        if beside.not_told:
            names = few(beside.not_told, NAMES)
            yield line(f"Of these it could not tell all, so new is not sure: {names}", "magenta")
    if left_out := narrowed(report.selection):
        yield line(left_out, "yellow")


def _verdict_line(report: ScanReport) -> Text:
    total = report.summary
    found = ", ".join(f"{count} {severity}" for severity, count in total.findings.items() if count)
    checks = f"{many(len(report.checks), 'check')}{' shown; all' * bool(report.selection.status)}"
    return line(
        f"{checks}: {total.failed} fail ({found or 'no findings'}), "
        f"{total.unknown} unknown, {total.passed} pass, {total.not_applicable} not applicable"
        + (f", {total.suppressed} suppressed" if total.suppressed else "")
    )


def _call_line(report: ScanReport) -> Text:
    calls = sum(call.calls for call in report.calls)
    took = f" in {report.seconds:.1f} s" if report.seconds else ""
    kept = f"; kept as snapshot {report.snapshot}" if report.snapshot else ""
    noun = "call" if calls == 1 else "calls"
    return line(f"{calls} AWS {noun}{took}{kept}", "dim")


def _short(caller: str) -> str:
    return caller.rpartition(":")[2] if caller.count(":") else caller


def check_lines(titles: Iterable[tuple[Severity, str, str]]) -> Iterator[Text]:
    """The list of checks: severity, id, title."""
    rows = list(titles)
    width = max((len(ident) for _, ident, _ in rows), default=0)
    for severity, ident, title in rows:
        text = Text.assemble((f"{severity:<9}", STYLE[severity]), f"{ident:<{width}}  ")
        yield text.append_text(line(title))
