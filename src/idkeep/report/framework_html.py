"""A framework's controls as one HTML file that needs nothing else, made as the scan's is."""

from collections.abc import Iterator
from importlib.resources import files
from itertools import islice

from markupsafe import Markup

from idkeep.report.framework import AccountControl, ControlResult, ControlStatus, FrameworkReport
from idkeep.report.html import STYLE, digest, drawn, environment

# What a browser opens at once; the JSON report has all.
MOST_ACCOUNTS = 50
MOST_FINDINGS = 100
_WORDS = {status: status.value.replace("_", " ") for status in ControlStatus}
_MOODS = {
    ControlStatus.FAIL: "critical",
    ControlStatus.UNKNOWN: "unknown",
    ControlStatus.MANUAL: "medium",
    ControlStatus.SUPPRESSED: "low",
    ControlStatus.NOT_ASSESSED: "none",
    ControlStatus.PASS: "pass",
    ControlStatus.NOT_APPLICABLE: "none",
}
_MEANING = {
    ControlStatus.FAIL: "something is wrong",
    ControlStatus.UNKNOWN: "something could not be told",
    ControlStatus.MANUAL: "a person has to look",
    ControlStatus.SUPPRESSED: "what is wrong is agreed to in the settings",
    ControlStatus.NOT_ASSESSED: "idkeep does not look at it",
    ControlStatus.PASS: "kept, as far as it goes",
    ControlStatus.NOT_APPLICABLE: "nothing here that it is about",
}


def html(report: FrameworkReport) -> Iterator[str]:
    """The document's pieces."""
    style = STYLE + _STYLE
    return drawn(
        _PAGE,
        report=report,
        words=_WORDS,
        moods=_MOODS,
        meaning=_MEANING,
        shown=_shown,
        rests=_rests,
        most_accounts=MOST_ACCOUNTS,
        most_findings=MOST_FINDINGS,
        style=Markup(style),  # noqa: S704 -- of this package, and without a name from AWS
        style_digest=digest(style),
    )


def _shown(control: ControlResult) -> Iterator[AccountControl]:
    """The accounts that make it what it is, and those where a person said something."""
    if control.status is ControlStatus.NOT_ASSESSED:
        return iter(())
    told = (one for one in control.accounts if one.status is control.status or one.evidence)
    return islice(told, MOST_ACCOUNTS)


def _rests(control: ControlResult) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.id for one in control.accounts for c in one.checks))


_STYLE = """
.bar{display:flex;height:1rem;border-radius:4px;overflow:hidden;margin:.6rem 0 1rem}
.bar svg{display:block;flex:none}
.bar .critical{fill:var(--critical)}.bar .unknown{fill:var(--unknown)}
.bar .medium{fill:var(--medium)}.bar .low{fill:var(--low)}
.bar .pass{fill:var(--pass)}.bar .none{fill:var(--none-t)}
.legend{list-style:none;padding:0;columns:2}
.legend li{margin:.2rem 0;break-inside:avoid}
.control{background:var(--paper);border:1px solid var(--line);border-radius:4px;
padding:.7rem 1rem;margin:.6rem 0;break-inside:avoid}
.control h3{margin:0 0 .2rem}.control h3 small{font-weight:400}.control p{margin:.2rem 0}
.control.not_assessed,.control.not_applicable{background:none}
@media (max-width:44rem){.legend{columns:1}}
"""
_PAGE = environment().from_string(
    files("idkeep.report").joinpath("framework.html.j2").read_text(encoding="utf-8")
)
