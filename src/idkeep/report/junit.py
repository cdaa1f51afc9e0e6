"""JUnit XML: a suite for each check, a case for each subject.

The form that CI servers agree on: https://github.com/testmoapp/junitxml. A finding is a failure.
What could not be read is an error; what the scan was not asked for, what does not apply and what
is agreed to is skipped with the reason, so nothing unknown looks passed.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from idkeep.model import Status
from idkeep.report.format import Format
from idkeep.report.printable import printable
from idkeep.report.results import Result, Whole, not_read, results
from idkeep.report.scan import ScanReport


class Document(Format):
    def begin(self) -> Iterator[str]:
        yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="idkeep">\n'

    def account(self, report: ScanReport) -> Iterator[str]:
        when = f"{report.taken:%Y-%m-%dT%H:%M:%S}"
        yield from _suites(results(report), when)

    def end(self, report: Whole) -> Iterator[str]:
        yield from _suites(not_read(report), "")
        yield "</testsuites>\n"


def _suites(every: Iterable[Result], when: str) -> Iterator[str]:
    for (account, rule), some in groupby(every, lambda one: (one.account, one.rule)):
        cases = list(some)
        outcomes = [_outcome(one) for one in cases]
        counts = {
            "tests": len(cases),
            "failures": sum(one == "failure" for one in outcomes),
            "errors": sum(one == "error" for one in outcomes),
            "skipped": sum(one == "skipped" for one in outcomes),
        }
        told = "".join(f' {name}="{count}"' for name, count in counts.items())
        stamp = f' timestamp="{when}"' if when else ""
        yield f"<testsuite name={_text(f'{account} {rule}')}{told}{stamp}>\n"
        yield from map(_case, cases, outcomes)
        yield "</testsuite>\n"


def _outcome(one: Result) -> str:
    match one.status:
        case Status.FAIL:
            return "failure"
        case Status.UNKNOWN:
            return "error" if one.is_asked else "skipped"
        case Status.PASS:
            return ""
        case Status.NOT_APPLICABLE | Status.SUPPRESSED:
            return "skipped"


def _case(one: Result, outcome: str) -> str:
    subject = one.subject
    part = f" {one.finding.at}" if one.finding and one.finding.at else ""
    name = f"{subject.arn or subject.name or subject.kind}{part}"
    head = f"<testcase classname={_text(f'{one.account}.{one.rule}')} name={_text(name)}"
    if not outcome:
        return f"{head}/>\n"
    words = _words(one)
    if outcome == "skipped":
        return f"{head}><skipped message={_text(words)}/></testcase>\n"
    kind = one.severity.value if one.severity else one.status.value
    told = f"<{outcome} type={_text(kind)} message={_text(words)}>{_body(one)}</{outcome}>"
    return f"{head}>{told}</testcase>\n"


def _words(one: Result) -> str:
    match one.status:
        case Status.UNKNOWN:
            return f"unknown: {one.message}"
        case Status.NOT_APPLICABLE:
            return f"not applicable: {one.message}"
        case Status.SUPPRESSED if one.finding and (agreed := one.finding.suppressed):
            why = f"until {agreed.expires} by {agreed.owner}, {agreed.reason}"
            return f"suppressed {why}: {one.message}"
        case _:
            return f"{one.subject.name} {one.message}"


def _body(one: Result) -> str:
    if not one.check:
        return ""
    lines = [one.check.title, f"What to do: {one.check.remedy.plain}"]
    lines.append(f"Finding {one.id}: idkeep explain {one.id}" if one.finding else "")
    return escape("\n".join(printable(line) for line in lines if line))


def _text(text: str) -> str:
    return quoteattr(printable(text))
