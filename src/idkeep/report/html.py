"""The scan as one HTML file that needs nothing else: no host, no font, no script but its own.

Every text is escaped, and shown through `printable`: a name from AWS can't act as markup, nor turn
the reading direction. The policy in the file's head allows its own style and script by their
digests, and no other.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from heapq import nsmallest
from importlib.resources import files
from typing import NamedTuple

import msgspec
from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup, escape
from msgspec import Raw

from idkeep.model import Finding, Severity, Status, SubjectRef, Verdict
from idkeep.report.charts import charts
from idkeep.report.csv_table import place
from idkeep.report.html_data import KINDS, Packed
from idkeep.report.lead import lead, narrowed
from idkeep.report.obstacles import obstacles
from idkeep.report.printable import escaped_json, printable
from idkeep.report.remedy import allowed_told
from idkeep.report.scan import CheckResult, ScanReport
from idkeep.report.words import many, noun, nouns

# Rows of findings that stand in the page itself: shown at once, then folded; a check's most, and
# all checks' together. The search has every result.
OPEN_ROWS = 10
MOST_ROWS = 100
ALL_ROWS = 1_000
# Names listed under a check that is unknown, passes or does not apply: shown at once, at most, and
# of all checks together.
OPEN_NAMES = 12
MOST_NAMES = 100
ALL_NAMES = 3_000
# Characters of one fact's value: on one line, and at most.
_ONE_LINE = 72
_MOST_VALUE = 2_000
# Small parts of a page that make one piece.
_BUFFER = 200

_CODE = re.compile(r"`([^`]+)`")


def html(report: ScanReport, packed: Packed) -> Iterator[str]:
    """The document's pieces; `packed` are its results, for the search."""
    mood, sentence = lead(report)
    room = max(OPEN_NAMES, min(MOST_NAMES, ALL_NAMES // max(1, len(report.checks))))
    settled = [_settled(check, room) for check in report.checks]
    return drawn(
        _PAGE,
        report=report,
        mood=mood,
        sentence=sentence,
        narrowed=narrowed(report.selection),
        failing=tuple(_failing(report)),
        unclear=tuple(_unclear(check, room) for check in report.unclear),
        obstacles=obstacles(report.unclear)[:OPEN_ROWS],
        settled=tuple(one for one in settled if one.is_worth_telling),
        gaps=report.gaps[:MOST_ROWS],
        controls=_controls(report.checks),
        charts_of=charts(report, report.figures),
        seen={one.id: one for one in report.history},
        new=frozenset(report.baseline.new) if report.baseline else frozenset(),
        **common(packed, STYLE),
    )


def drawn(page: Template, **values: object) -> Iterator[str]:
    """A page of 200,000 results is long: it is drawn piece by piece."""
    stream = page.stream(**values)
    stream.enable_buffering(_BUFFER)
    return stream


def common(packed: Packed, style: str) -> dict[str, object]:
    """What every page has: the results for its search, its look, and what the browser may run.

    The markup is of this package, or JSON that holds no `<`.
    """
    return {
        "data": map(Markup, packed.json()),
        "total": len(packed),
        "kinds": KINDS,
        "script": Markup(_SCRIPT),  # noqa: S704
        "script_digest": digest(_SCRIPT),
        "style": Markup(style),  # noqa: S704
        "style_digest": digest(style),
    }


class _Failing(NamedTuple):
    """A check with findings; `cut` counts those that the document leaves out."""

    check: CheckResult
    severity: Severity
    total: int
    open: tuple[tuple[Verdict, Finding], ...]
    folded: tuple[tuple[Verdict, Finding], ...]
    cut: int


def _failing(report: ScanReport) -> Iterator[_Failing]:
    """Worst first, so that the room there is goes to the worst; each check shows some rows."""
    room = ALL_ROWS
    for check in report.failing:
        total = sum(check.tally.findings.values())
        rows = _rows(check, min(MOST_ROWS, max(OPEN_ROWS, room)))
        room -= len(rows)
        yield _Failing(
            check=check,
            severity=list(Severity)[check.worst],
            total=total,
            open=rows[:OPEN_ROWS],
            folded=rows[OPEN_ROWS:],
            cut=total - len(rows),
        )


def _rows(check: CheckResult, most: int) -> tuple[tuple[Verdict, Finding], ...]:
    """Worst first; findings of one severity stay in their order."""
    rows = ((verdict, one) for verdict in check.results for one in verdict.open)
    return tuple(nsmallest(most, rows, key=lambda row: -row[1].severity.rank))


class _Named(NamedTuple):
    """Subjects of which the same is said. `whom` names them all at once, "" where it can't."""

    why: str
    whom: str
    total: int
    open: tuple[str, ...]
    folded: tuple[str, ...]
    cut: int


class _Unclear(NamedTuple):
    check: CheckResult
    groups: tuple[_Named, ...]


def _unclear(check: CheckResult, room: int) -> _Unclear:
    open_ones = ((why, one.subject) for one in check.results for why in one.unknown)
    groups = _named(check, open_ones, room)
    unlisted = (
        _Named(why, f"{nouns(check.subject)} that could not be listed", 1, (), (), 0)
        for why in check.unlisted
    )
    return _Unclear(check, (*unlisted, *groups))


class _Settled(NamedTuple):
    check: CheckResult
    passed: tuple[_Named, ...]
    not_applicable: tuple[_Named, ...]

    @property
    def is_worth_telling(self) -> bool:
        """A check that had nothing to look at is told too, unless it could not see its subjects."""
        return bool(self.passed or self.not_applicable) or not (
            self.check.results or self.check.unlisted
        )

    @property
    def counts(self) -> str:
        passed, apart = (sum(one.total for one in some) for some in self[1:])
        parts = (f"{passed:,} passed" * bool(passed), f"{apart:,} not applicable" * bool(apart))
        return ", ".join(part for part in parts if part) or "nothing to look at"


def _settled(check: CheckResult, room: int) -> _Settled:
    apart = ((one.not_applicable, one.subject) for one in check.having(Status.NOT_APPLICABLE))
    return _Settled(
        check=check,
        passed=_named(check, (("", one.subject) for one in check.having(Status.PASS)), room),
        not_applicable=_named(check, apart, room),
    )


def _named(
    check: CheckResult, said: Iterable[tuple[str, SubjectRef]], room: int
) -> tuple[_Named, ...]:
    """The subjects by what is said of them, most first, so that few groups hold most of them."""
    groups: dict[str, _Group] = {}
    for why, subject in said:
        group = groups.setdefault(why, _Group(subject.kind))
        group.total += 1
        if len(group.first) < room:
            group.first.append(_called(subject))
    return tuple(_most_named(check, sorted(groups.items(), key=lambda one: -one[1].total), room))


@dataclass(slots=True)
class _Group:
    """Subjects of which the same is said: how many, and how the first are called."""

    kind: str
    total: int = 0
    first: list[str] = field(default_factory=list)


def _most_named(
    check: CheckResult, groups: Iterable[tuple[str, _Group]], room: int
) -> Iterator[_Named]:
    """The room for names is the check's; a group beyond it is counted, and its reason is told."""
    for why, group in groups:
        names = tuple(group.first[:room])
        room -= len(names)
        whom = _everyone(check, group)
        at_once = 0 if whom else OPEN_NAMES
        yield _Named(
            why=why,
            whom=whom,
            total=group.total,
            open=names[:at_once],
            folded=names[at_once:],
            cut=group.total - len(names),
        )


def _called(subject: SubjectRef) -> str:
    return f"account {subject.name}" if subject.kind == "Account" else subject.name


def _everyone(check: CheckResult, group: _Group) -> str:
    """Words for every subject of the check, where that is who they are; else ""."""
    if group.total < max(2, len(check.results)):
        return ""
    return f"all {group.total:,} {nouns(group.kind)}"


def _controls(checks: Iterable[CheckResult]) -> tuple[tuple[str, tuple[CheckResult, ...]], ...]:
    """Each control objective with the checks that speak of it, by name."""
    found: dict[str, list[CheckResult]] = {}
    for check in checks:
        for control in check.controls:
            found.setdefault(control, []).append(check)
    return tuple((control, tuple(found[control])) for control in sorted(found))


def _state(check: CheckResult) -> Status:
    if check.worst >= 0:
        return Status.FAIL
    if check.is_open:
        return Status.UNKNOWN
    return Status.PASS if check.tally.verdicts[Status.PASS] else Status.NOT_APPLICABLE


def _utc(when: datetime) -> str:
    """All times of a report are UTC."""
    return f"{when:%Y-%m-%d %H:%M} UTC"


def _readable(value: Raw) -> Markup:
    """JSON as a person reads it: short on one line, long on many, very long cut."""
    text = _json(value, 0)
    if len(text) > _ONE_LINE:
        text = _json(value, 2)
    if len(text) > _MOST_VALUE:
        text = f"{text[:_MOST_VALUE]}\n… cut here; the JSON report has all of it"
    return escape(text)


def _json(value: Raw, indent: int) -> str:
    return escaped_json(msgspec.json.format(bytes(value), indent=indent)).decode()


def _prose(text: str) -> Markup:
    """A check's own words: line ends are spaces, and backquotes mark code."""
    parts = _CODE.split(printable(" ".join(text.split())))
    return Markup("").join(
        Markup("<code>{}</code>").format(_unbroken(part)) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )


def _unbroken(code: str) -> Markup:
    """A line ends between the words of a command, and not at the hyphens within one."""
    words = code.split(" ")
    return Markup(" ").join(
        Markup("<span>{}</span>").format(word) if "-" in word and len(words) > 1 else escape(word)
        for word in words
    )


def _shown(value: object) -> object:
    """What every expression of the template passes before it is escaped."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return printable(value)
    return value


def environment() -> Environment:
    """Templates whose every text is escaped and printable."""
    page = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(resource),
    )
    page.filters.update(
        allowed=allowed_told,
        many=many,
        noun=noun,
        place=place,
        prose=_prose,
        readable=_readable,
        state=_state,
        utc=_utc,
    )
    return page


def resource(name: str) -> str:
    """A file of this package."""
    return files("idkeep.report").joinpath(name).read_text(encoding="utf-8")


def digest(text: str) -> str:
    """A style or script as a browser hashes it for the Content-Security-Policy."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


STYLE = resource("page.css")
_SCRIPT = resource("page.js")
_PAGE = environment().get_template("scan.html.j2")
