"""The scan for a terminal: what is wrong, worst first; what could not be told; what to do next."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from idkeep.access.acceptance import Acceptance
from idkeep.checks import SuppressionUse
from idkeep.model import DENIED, EXPIRED, Finding, Severity, Verdict
from idkeep.report.families import Family, families, family_id
from idkeep.report.organization import AreaTotal, area_totals
from idkeep.report.printable import printable
from idkeep.report.remedy import ReportedRemedy
from idkeep.report.scan import CheckResult, ReportedGap, ScanReport, Summary
from idkeep.report.words import nouns

STYLE = {
    Severity.CRITICAL: "bold white on red3",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "bold yellow",
    Severity.LOW: "bold cyan",
}
_SHOWN = 3
_NAMES = 4
_REASONS = 6
_FRESH = timedelta(minutes=5)
_NEXT_STEPS = 3
# Severities, worst first, and unknown; short, for narrow terminals.
HEADS = ("crit", "high", "med", "low", "unkn")
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
        if report.failing or report.unclear:
            yield areas_table(area_totals(report.checks))
        if report.failing:
            yield Rule(line("What is wrong", "bold"), align="left", style="dim")
            yield from self._failing()
        elif not report.unclear:
            yield Padding(line("Nothing wrong was found.", "bold green"), (0, 0, 1, 0))
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
        table = Table.grid(padding=(0, 2))
        table.add_column(width=8)
        table.add_column(overflow="fold")
        for family in some:
            severity = list(Severity)[family.checks[0].worst]
            names = [
                _subject(verdict)
                for check in family.checks
                for verdict in check.results
                if verdict.open
            ]
            told = line(family.title).append("\n").append_text(line(_few(names, _NAMES), "bold"))
            told.append_text(line(f"  {family.id}", "dim"))
            table.add_row(Text(severity.upper(), STYLE[severity]), told)
        more = line("--all tells of each finding what is wrong.", "dim")
        return Padding(Group(table, Padding(more, (0, 0, 0, 10))), (0, 0, 1, 0))

    def _unknown(self) -> Iterator[RenderableType]:
        """By reason: one refused call may leave many checks open."""
        reasons = sorted(_reasons(self.report.unclear).items(), key=lambda one: -len(one[1]))
        for reason, rows in reasons[: None if self.show_all else _REASONS]:
            if self.show_all:
                yield _labelled("UNKNOWN", "bold magenta", line(reason, "bold"))
                yield self._table([(check, ", ".join(names)) for check, names in rows.items()])
                continue
            ids = [one.id for one in families(_Told(check, "") for check in rows)]
            count = f"leaves {len(rows)} check{'s' * (len(rows) != 1)} open: "
            told = line(reason, "bold").append("\n")
            told.append_text(line(f"{count}{_few(ids, _NAMES)}"))
            yield _labelled("UNKNOWN", "bold magenta", told)
        if not self.show_all and (left := len(reasons) - _REASONS) > 0:
            yield _labelled("", "", line(f"and {left} more reasons; --all tells them", "dim"))
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


class _Told(NamedTuple):
    """A check of which no more than its id is needed."""

    id: str
    title: str


def _few(names: Iterable[str], most: int) -> str:
    """The first names, each once, and how many more."""
    every = list(dict.fromkeys(names))
    left = len(every) - most
    return f"{', '.join(every[:most])} and {left} more" if left > 0 else ", ".join(every)


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


def severity_cells(total: AreaTotal | Summary) -> list[Text]:
    """A cell for each severity, worst first, and one for what is unknown."""
    nothing = line("·", "dim")
    return [
        *(
            line(f"{count:,}", STYLE[severity].replace(" on red3", "")) if count else nothing
            for severity, count in total.findings.items()
        ),
        line(f"{total.unknown:,}", "magenta") if total.unknown else nothing,
    ]


def _title(family: Family[CheckResult], severity: Severity) -> RenderableType:
    check = family.checks[0]
    limits = "".join(f" · {name} {value}" for name, value in check.settings.items())
    title = line(family.title, "bold").append("\n")
    told = title.append_text(line(f"{family.id}{limits}", "dim"))
    return _labelled(severity.upper(), STYLE[severity], told)


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
            names = _few(beside.not_told, _NAMES)
            yield line(f"Of these it could not tell all, so new is not sure: {names}", "magenta")
    if not report.selection.is_all:
        yield line("Narrowed: this does not tell of all checks or results.", "yellow")


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


def _verdict_line(report: ScanReport) -> Text:
    total = report.summary
    found = ", ".join(f"{count} {severity}" for severity, count in total.findings.items() if count)
    return line(
        f"{len(report.checks)} checks: {total.failed} fail ({found or 'no findings'}), "
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
