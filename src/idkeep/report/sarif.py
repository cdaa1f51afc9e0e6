"""Findings as SARIF 2.1.0.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html

Findings are its results. A cloud has no files, and code scanning wants one, so a result's place is
a path made of account, kind and name. What is unknown is a notification of the run and no result,
for what shows results takes each for a fault; and what passes is told by no line at all.
"""

from collections.abc import Iterator
from typing import Any

from idkeep.model import Severity, Status, SubjectRef
from idkeep.report.aside import Aside, in_memory
from idkeep.report.csv_table import place
from idkeep.report.format import Format, json_text
from idkeep.report.organization import OrganizationReport
from idkeep.report.printable import uri_path
from idkeep.report.remedy import ReportedRemedy
from idkeep.report.results import NOT_READ, Result, Whole, not_read, results
from idkeep.report.scan import CheckResult, ScanReport

SARIF_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
# GitHub's ranks: above 9 is critical, from 7 high, from 4 medium.
# https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
}


class Document(Format):
    def __init__(self, aside: Aside = in_memory) -> None:
        super().__init__(aside)
        self._rules: dict[str, dict[str, Any]] = {}
        self._notes = aside(str)
        self._some = False

    def begin(self) -> Iterator[str]:
        head = {"$schema": SARIF_SCHEMA, "version": "2.1.0"}
        yield json_text(head).removesuffix("}") + ',"runs":[{"columnKind":"unicodeCodePoints",'
        yield '"results":['

    def account(self, report: ScanReport) -> Iterator[str]:
        self._rules |= {one.id: _rule(one) for one in report.checks if one.id not in self._rules}
        for one in results(report):
            if one.finding:
                yield f"{',' * self._some}\n{json_text(_result(one))}"
                self._some = True
            elif one.status is Status.UNKNOWN:
                self._notes.append(json_text(_notification(one)))

    def end(self, report: Whole) -> Iterator[str]:
        for one in not_read(report):
            self._notes.append(json_text(_notification(one)))
        name = report.organization if isinstance(report, OrganizationReport) else report.account
        driver = {
            "name": "idkeep",
            "semanticVersion": report.idkeep,
            "rules": [one for _, one in sorted(self._rules.items())],
            "notifications": [
                {"id": NOT_READ, "shortDescription": {"text": "Something could not be read."}},
                {"id": "unknown", "shortDescription": {"text": "A check could not tell."}},
            ],
        }
        rest = {
            "tool": {"driver": driver},
            "automationDetails": {"id": f"idkeep/{name}/"},
        }
        yield f"\n],{json_text(rest)[1:-1]},"
        run = {"executionSuccessful": report.complete, "toolExecutionNotifications": []}
        yield f'"invocations":[{json_text(run).removesuffix("]}")}'
        before = ""
        for note in self._notes:
            yield before + note
            before = ","
        yield "]}]}]}\n"


def _rule(check: CheckResult) -> dict[str, Any]:
    remedy = check.remedy
    why = " ".join(check.why.split())
    return {
        "id": check.id,
        "shortDescription": {"text": _plain(check.title)},
        "fullDescription": {"text": _plain(why or check.title)},
        "help": {
            "text": _plain(f"{why} What to do: {remedy.plain}".strip()),
            "markdown": _plain(_help(why, remedy)),
        },
        "defaultConfiguration": {"level": _LEVELS[check.severity]},
        "properties": {
            "security-severity": _SCORES[check.severity],
            "tags": ["security", "aws", "identity", *check.controls],
        },
    }


def _help(why: str, remedy: ReportedRemedy) -> str:
    parts = (
        why,
        f"**What to do**: {remedy.do}",
        f"**What may stop**: {remedy.may_stop}",
        f"**Who can change it**: {remedy.who}",
    )
    return "\n\n".join(one for one in parts if one)


def _result(one: Result) -> dict[str, Any]:
    """`partialFingerprints` keep the finding the same from run to run, whatever its words."""
    severity = one.severity or Severity.LOW
    finding = one.finding
    told: dict[str, Any] = {
        "ruleId": one.rule,
        "kind": "fail",
        "level": _LEVELS[severity],
        "message": {"text": _plain(f"{one.subject.name} {one.message}")},
        "locations": [_location(one.subject)],
        "partialFingerprints": {"idkeepFinding/v1": one.id, "primaryLocationLineHash": one.id},
        "properties": {"severity": severity.value, "account": one.account},
    }
    if one.is_new is not None:
        told["baselineState"] = "new" if one.is_new else "unchanged"
    if finding and finding.because:
        told["properties"]["because"] = finding.because
    if finding and finding.statements:
        told["properties"]["statements"] = [place(some) for some in finding.statements]
    if one.seen:
        told["provenance"] = {
            "firstDetectionTimeUtc": f"{one.seen.first:%Y-%m-%dT%H:%M:%SZ}",
            "lastDetectionTimeUtc": f"{one.seen.last:%Y-%m-%dT%H:%M:%SZ}",
        }
    if finding and (agreed := finding.suppressed):
        why = f"{agreed.reason} ({agreed.owner}, until {agreed.expires})"
        told["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
    return told


def _location(subject: SubjectRef) -> dict[str, Any]:
    parts = (subject.account, subject.region, subject.kind.lower(), subject.name)
    path = "/".join(uri_path(one).replace("/", "%2F") for one in parts if one)
    name = subject.arn or subject.name
    return {
        "physicalLocation": {"artifactLocation": {"uri": path}, "region": {"startLine": 1}},
        "logicalLocations": [
            {"name": subject.name, "fullyQualifiedName": name, "kind": "resource"}
        ],
    }


def _notification(one: Result) -> dict[str, Any]:
    of = f" of {one.subject.name}" if one.subject.name else ""
    words = f"{one.rule}{of} in {one.account} is unknown: {one.message}"
    told: dict[str, Any] = {
        "level": "warning" if one.is_asked else "note",
        "message": {"text": _plain(words)},
        "descriptor": {"id": NOT_READ if one.check is None else "unknown"},
    }
    if one.check:
        told["associatedRule"] = {"id": one.rule}
    return told


def _plain(text: str) -> str:
    """Braces are placeholders in a message, and brackets before a parenthesis are a link."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")
