"""Charts of a report as values: bars that a template draws, each with its number in words."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from idkeep.model import Severity
from idkeep.report.figures import FACTORS, KEY_AGES, Figures
from idkeep.report.organization import AreaTotal, OrganizationReport, area_totals, sum_of_areas
from idkeep.report.scan import ScanReport

# Bars of one chart; what is beyond is in the tables.
MOST_BARS = 12
_AGE_LOOKS = dict(zip(KEY_AGES, ("pass", "pass", "low", "medium", "high", "unknown"), strict=True))
_FACTOR_LOOKS = dict(
    zip(FACTORS, ("pass", "pass", "low", "medium", "critical", "unknown"), strict=True)
)


class Piece(NamedTuple):
    """A part of a bar, as widths out of 1,000; `look` is a class of the page's style."""

    look: str
    start: float
    width: float


class Bar(NamedTuple):
    label: str
    words: str
    pieces: tuple[Piece, ...]


class Chart(NamedTuple):
    title: str
    note: str
    bars: tuple[Bar, ...]


def charts(report: ScanReport | OrganizationReport, figures: Figures) -> tuple[Chart, ...]:
    """Those that have something to show."""
    told: tuple[Chart, ...] = (
        _plain("Age of active access keys", "", figures.key_ages, _AGE_LOOKS),
        _plain("Second factor of people who sign in", "", figures.factors, _FACTOR_LOOKS),
        _changes(report),
    )
    # In two columns, a long chart stands beside the short ones.
    if isinstance(report, OrganizationReport):
        areas = _areas(sum_of_areas(report.accounts))
        told = (_accounts(report), *told, areas)
    else:
        told = (_areas(area_totals(report.checks)), *told)
    return tuple(one for one in told if one.bars)


def _accounts(report: OrganizationReport) -> Chart:
    rows = [(one.name or one.id, one.summary.findings) for one in report.accounts]
    rows.sort(key=lambda one: [-count for count in one[1].values()])
    return _ranked("Severity by account", rows)


def _areas(areas: Iterable[AreaTotal]) -> Chart:
    return _ranked("Severity by area", [(one.area, one.findings) for one in areas])


def _ranked(title: str, rows: Iterable[tuple[str, Mapping[Severity, int]]]) -> Chart:
    """The rows come worst first."""
    told = [(name, found) for name, found in rows if any(found.values())]
    most = max((sum(found.values()) for _, found in told), default=0)
    bars = tuple(_stacked(name, found, most) for name, found in told[:MOST_BARS])
    left = len(told) - len(bars)
    return Chart(title, f"and {left} more, with fewer or less grave findings" if left else "", bars)


def _stacked(name: str, found: Mapping[Severity, int], most: int) -> Bar:
    words = ", ".join(f"{count:,} {severity}" for severity, count in found.items() if count)
    return Bar(name, words, tuple(_pieces(((s.value, n) for s, n in found.items()), most)))


def _pieces(parts: Iterable[tuple[str, int]], most: int) -> Iterator[Piece]:
    start = 0.0
    for look, count in parts:
        width = 1000 * count / most
        if count:
            yield Piece(look, round(start, 1), round(width, 1))
        start += width


def _plain(title: str, note: str, counts: Mapping[str, int], looks: Mapping[str, str]) -> Chart:
    most = max(counts.values(), default=0)
    bars = (
        Bar(name, f"{counts[name]:,}", tuple(_pieces([(looks[name], counts[name])], most)))
        for name in looks
        if counts.get(name)
    )
    return Chart(title, note, tuple(bars))


def _changes(report: ScanReport | OrganizationReport) -> Chart:
    """Since the scan before, where there was one."""
    if isinstance(report, OrganizationReport):
        new, back, standing = _since(
            (one.first, one.returned, row.taken)
            for row in report.accounts
            for one in row.findings
            if one.first
        )
        gone = sum(row.resolved for row in report.accounts)
    else:
        new, back, standing = _since(
            (one.first, one.returned, report.taken)
            for one in report.history
            if one.resolved is None
        )
        gone = sum(one.resolved == report.taken for one in report.history)
    if not gone and new == standing:
        return Chart("", "", ())
    counts = {
        "new": new,
        "returned": back,
        "still there": standing - new - back,
        "resolved": gone,
    }
    looks = {"new": "high", "returned": "medium", "still there": "plain", "resolved": "pass"}
    return _plain("Change since the scan before", "", counts, looks)


def _since(
    times: Iterable[tuple[datetime, datetime | None, datetime | None]],
) -> tuple[int, int, int]:
    """How many are new, how many returned, how many there are: by first, returned, taken."""
    new = back = standing = 0
    for first, returned, taken in times:
        new += first == taken
        back += returned is not None and returned == taken
        standing += 1
    return new, back, standing
