"""The difference of two snapshots for a terminal: counts first, then kind by kind."""

from collections.abc import Iterable, Iterator

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from idkeep.access import Change, SubjectDifference
from idkeep.report.diff import DiffReport, DiffSide
from idkeep.report.diff_words import MINUS, SUBJECT_WORDS, Line, lines, thing
from idkeep.report.printable import printable
from idkeep.report.words import noun, nouns

_STYLES = {"+": "bold green", MINUS: "bold red", "~": "bold yellow", "?": "bold magenta"}
_UNREAD = (Change.UNKNOWN, Change.KNOWN)
_MOST_SUBJECTS = 20
_WORD_WIDTH = 11
_NAMED = 3
_SINGLE = ("Account", "Root")


class DiffText:
    """A renderable for rich; `show_all` leaves no subject out."""

    def __init__(self, report: DiffReport, *, show_all: bool = False) -> None:
        self.report = report
        self.most = None if show_all else _MOST_SUBJECTS

    def __rich_console__(self, _: Console, __: ConsoleOptions) -> RenderResult:
        report = self.report
        yield _heading(report)
        if not report.differs:
            yield _line("Nothing changed.", "bold green")
        if report.counts:
            yield _counts(report)
        for kind in report.counts:
            title = noun(kind) if kind in _SINGLE else nouns(kind)
            yield Rule(_line(title, "bold"), align="left", style="dim")
            yield self._kind(kind)
        if report.gaps:
            yield Rule(_line("What can be read", "bold"), align="left", style="dim")
            yield _grid(_gap_rows(report))
        if report.not_compared:
            families = ", ".join(report.not_compared)
            yield _line(f"Not compared, for one of them does not hold it: {families}", "dim")

    def _kind(self, kind: str) -> RenderableType:
        subjects = [one for one in self.report.subjects if one.subject.kind == kind]
        whole = [one for one in subjects if not _is_unread(one)]
        rows = [row for one in whole[: self.most] for row in _rows(one)]
        if left := len(whole) - len(whole[: self.most]):
            rows.append(("", "", _line(f"and {left} more; --all shows them", "dim")))
        rows.extend(_unread_rows([one for one in subjects if _is_unread(one)]))
        return _grid(rows)


def _heading(report: DiffReport) -> RenderableType:
    before, after = report.before, report.after
    accounts = " → ".join(dict.fromkeys((before.account, after.account)))
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(overflow="fold")
    table.add_row(_line("idkeep diff", "bold green"), _line(f"account {accounts}", "bold"))
    table.add_row(_line("before"), _line(_side(before)))
    table.add_row(_line("after"), _line(_side(after)))
    return Padding(table, (1, 0))


def _side(side: DiffSide) -> str:
    where = f"file {side.file}" if side.file else f"snapshot {side.snapshot}"
    return f"{side.taken:%Y-%m-%d %H:%M} UTC  {where}"


def _counts(report: DiffReport) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    titles = ("+ appeared", f"{MINUS} vanished", "~ changed", "? unknown")
    for title in titles:
        table.add_column(justify="right", min_width=len(title))
    table.add_row("", *(_line(title, "dim") for title in titles))
    for kind, one in report.counts.items():
        numbers = (one.added, one.removed, one.changed, one.unknown)
        name = noun(kind) if kind in _SINGLE else nouns(kind)
        table.add_row(_line(name), *(_line(str(n) if n else "·") for n in numbers))
    return Padding(table, (0, 0, 1, 0))


def _rows(one: SubjectDifference) -> Iterator[tuple[str, str, RenderableType]]:
    sign, word = SUBJECT_WORDS[one.change]
    name = "" if one.subject.kind in _SINGLE else one.subject.name
    inner = [_part(line) for line in lines(one.parts)]
    if name:
        yield sign, word, _line(name, "bold")
        yield from (("", "", part) for part in inner)
        return
    for line in lines(one.parts):
        yield (line.sign, line.word, _line(line.text)) if not line.depth else ("", "", _part(line))


def _part(line: Line) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    table.add_row(_line(f"{line.sign} {line.word}", _STYLES[line.sign]), _line(line.text))
    return Padding(table, (0, 0, 0, 2 * line.depth))


def _is_unread(one: SubjectDifference) -> bool:
    """Nothing is known to have changed; some of it can't be compared."""
    return bool(one.parts) and all(part.change in _UNREAD for part in one.parts)


def _unread_rows(
    subjects: Iterable[SubjectDifference],
) -> Iterator[tuple[str, str, RenderableType]]:
    """By reason: one refused call may hide something of everybody."""
    grouped: dict[tuple[Change, str, str], list[str]] = {}
    for one in subjects:
        by_reason: dict[tuple[Change, str], list[str]] = {}
        for part in one.parts:
            by_reason.setdefault((part.change, part.why), []).append(thing(part))
        for (change, why), things in by_reason.items():
            grouped.setdefault((change, why, ", ".join(things)), []).append(one.subject.name)
    for (change, why, what), names in grouped.items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        sign, word = SUBJECT_WORDS[change]
        yield sign, word, _line(f"{what} of {', '.join(names[:_NAMED])}{more} ({why})")


def _gap_rows(report: DiffReport) -> Iterator[tuple[str, str, RenderableType]]:
    for one in report.gaps:
        worse = one.change is Change.UNKNOWN
        sign, word = (MINUS, "now fails") if worse else ("+", "works again")
        yield sign, word, _line(one.why)


def _grid(rows: Iterable[tuple[str, str, RenderableType]]) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(width=_WORD_WIDTH)
    table.add_column(overflow="fold", ratio=1)
    for sign, word, shown in rows:
        style = _STYLES.get(sign, "")
        table.add_row(Text(sign, style), Text(word, style), shown)
    return Padding(table, (0, 0, 1, 0))


def _line(text: str, style: str = "") -> Text:
    """Every text goes through here: no markup, no control characters."""
    return Text().append(printable(text), style)
