"""What the settings say of findings: another severity, or that they are agreed to for a while."""

from collections.abc import Iterable, Iterator
from datetime import date
from fnmatch import fnmatchcase

from msgspec import Struct
from msgspec.structs import replace

from idkeep.config import Settings, SeverityOverride, Suppression
from idkeep.model import Finding, Outcome, Severity, Status, SubjectRef, Suppressed, Verdict


class SuppressionUse(Struct, frozen=True, kw_only=True):
    """A line of the settings, and how many of a scan's findings it names.

    One that has expired suppresses none of them; one that names none may be deleted.
    """

    line: Suppression
    expired: bool
    findings: int


def settle(outcomes: Iterable[Outcome], settings: Settings, on: date) -> Iterator[Outcome]:
    """The outcomes as the settings have them on that day, one after the other."""
    if not settings.severities and not settings.suppressions:
        yield from outcomes
        return
    for one in outcomes:
        verdicts = tuple(_verdict(one.check, each, settings, on) for each in one.verdicts)
        yield replace(one, verdicts=verdicts)


class SuppressionTally:
    """Every suppression beside the findings of a scan, which it is told one after the other."""

    def __init__(self, settings: Settings, on: date) -> None:
        self._lines = settings.suppressions
        self._on = on
        self._findings = [0] * len(self._lines)

    def add(self, check: str, subject: SubjectRef, finding: Finding) -> None:
        for number, line in enumerate(self._lines):
            self._findings[number] += is_named(line, check, subject, finding)

    def uses(self) -> tuple[SuppressionUse, ...]:
        return tuple(
            SuppressionUse(line=line, expired=self._on > line.expires, findings=count)
            for line, count in zip(self._lines, self._findings, strict=True)
        )


def is_named(line: Suppression, check: str, subject: SubjectRef, finding: Finding) -> bool:
    """Whether a suppression speaks of the finding, expired or not."""
    return _fits(line, check, subject) and fnmatchcase(finding.id, line.finding)


def _verdict(check: str, verdict: Verdict, settings: Settings, on: date) -> Verdict:
    if not verdict.findings:
        return verdict
    findings = tuple(
        _finding(check, verdict.subject, one, settings, on) for one in verdict.findings
    )
    all_agreed = all(one.suppressed for one in findings) and verdict.status is Status.FAIL
    status = verdict.status
    if all_agreed:
        status = Status.UNKNOWN if verdict.unknown else Status.SUPPRESSED
    return replace(verdict, findings=findings, status=status)


def _finding(
    check: str, subject: SubjectRef, finding: Finding, settings: Settings, on: date
) -> Finding:
    for moved in settings.severities:
        if _fits(moved, check, subject):
            finding = replace(
                finding, severity=Severity(moved.severity), because=f"settings: {moved.reason}"
            )
            break
    for line in settings.suppressions:
        if on <= line.expires and is_named(line, check, subject, finding):
            agreed = Suppressed(reason=line.reason, owner=line.owner, expires=line.expires)
            return replace(finding, suppressed=agreed)
    return finding


def _fits(line: Suppression | SeverityOverride, check: str, subject: SubjectRef) -> bool:
    """A pattern's brackets are no sets: an ARN may hold them."""
    resource = line.resource.replace("[", "[[]")
    return (
        fnmatchcase(check, line.check)
        and fnmatchcase(subject.account, line.account)
        and (fnmatchcase(subject.arn, resource) or fnmatchcase(subject.name, resource))
    )
