"""A scan of an organisation as one HTML file that needs nothing else, made as an account's is."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from idkeep.report.charts import charts
from idkeep.report.figures import sum_of
from idkeep.report.html import ALL_ROWS, MOST_ROWS, STYLE, common, drawn, environment
from idkeep.report.html_data import Packed
from idkeep.report.lead import lead, narrowed
from idkeep.report.organization import (
    AccountFinding,
    CheckTotal,
    Coverage,
    OrganizationReport,
)

# Rows of accounts: what a browser opens at once.
MOST_ACCOUNTS = 2_000
MOST_REASONS = 20
_MOODS = {
    Coverage.SCANNED: "pass",
    Coverage.INCOMPLETE: "unknown",
    Coverage.FAILED: "critical",
    Coverage.SKIPPED: "plain",
}


def html(report: OrganizationReport, packed: Packed) -> Iterator[str]:
    """The document's pieces: coverage, a row for each account, and what is wrong, worst first."""
    mood, sentence = lead(report)
    return drawn(
        _PAGE,
        report=report,
        mood=mood,
        sentence=sentence,
        narrowed=narrowed(report.selection),
        moods=_MOODS,
        most_reasons=MOST_REASONS,
        accounts=islice(report.accounts, MOST_ACCOUNTS),
        cut=max(0, len(report.accounts) - MOST_ACCOUNTS),
        failing=tuple(_failing(report)),
        calls=sum(one.calls for account in report.accounts for one in account.calls),
        charts_of=charts(report, sum_of(one.figures for one in report.accounts)),
        names=len(report.accounts),
        **common(packed, STYLE + _STYLE),
    )


class _Where(NamedTuple):
    """An account's name, which its row is too long for."""

    id: str
    name: str


class _Failing(NamedTuple):
    """A check with its findings by account; `cut` counts those that the document leaves out."""

    check: CheckTotal
    accounts: tuple[tuple[_Where, tuple[AccountFinding, ...]], ...]
    cut: int


def _failing(report: OrganizationReport) -> Iterator[_Failing]:
    """Worst first, so that the room there is goes to the worst."""
    found = _first_rows(report)
    room = ALL_ROWS
    for check in report.failing:
        left = min(room, MOST_ROWS)
        shown: list[tuple[_Where, tuple[AccountFinding, ...]]] = []
        for account, findings in found.get(check.id, ()):
            if left <= 0:
                break
            worst_first = sorted(findings[:left], key=lambda one: -one.severity.rank)
            shown.append((account, tuple(worst_first)))
            left -= len(shown[-1][1])
        rows = sum(len(findings) for _, findings in shown)
        room -= rows
        yield _Failing(check=check, accounts=tuple(shown), cut=check.findings - rows)


def _first_rows(
    report: OrganizationReport,
) -> dict[str, list[tuple[_Where, list[AccountFinding]]]]:
    """The first findings of each check, by account: as many as there may be room for."""
    found: dict[str, list[tuple[_Where, list[AccountFinding]]]] = {}
    count: Counter[str] = Counter()
    for account in report.accounts:
        where = _Where(account.id, account.name)
        for one in account.open:
            count[one.check] += 1
            if count[one.check] > MOST_ROWS:
                continue
            accounts = found.setdefault(one.check, [])
            if not accounts or accounts[-1][0] is not where:
                accounts.append((where, []))
            accounts[-1][1].append(one)
    return found


_STYLE = """
.index small{white-space:nowrap}
.counts .pill{margin:0 .15rem .15rem 0}
.accounts{table-layout:fixed;background:var(--paper);border:1px solid var(--line);
border-radius:4px;border-collapse:separate;border-spacing:0}
.accounts th,.accounts td{padding-left:1rem;padding-right:1rem}
.accounts th:first-child{width:34%}.accounts th:nth-child(2){width:24%}
.accounts .why{display:block}
.where{margin-top:.6rem}.where>summary{color:inherit;font-size:.94rem}
@media (max-width:44rem){
.accounts thead{position:absolute;clip-path:inset(50%)}
.accounts tr,.accounts td{display:block}.accounts td{padding:.15rem 1rem;border:0}
.accounts tr{padding:.7rem 0;border-top:1px solid var(--line)}
.accounts tr:first-child{border-top:0}.tiles ul{grid-template-columns:repeat(2,1fr)}
}
"""
_PAGE = environment().get_template("organization.html.j2")
