"""A report as a list of results, each on its own: what tables and other tools' formats are of."""

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct

from idkeep.model import Family, Finding, NotAsked, Severity, Status, SubjectRef, Verdict
from idkeep.model.finding import finding_id
from idkeep.model.history import Seen
from idkeep.report.organization import AccountResult, Coverage, OrganizationReport
from idkeep.report.scan import CheckResult, ReportedGap, ScanReport

Whole: TypeAlias = ScanReport | OrganizationReport

# What stands in the place of a check's id where something could not be read at all.
NOT_READ = "not-read"
_NOT_ASKED = frozenset(str(NotAsked(one)) for one in Family)


class Result(Struct, frozen=True, kw_only=True):
    """What is said of one subject by one check, or a read that failed (`check` is None then).

    `id` is a finding's own; another result has the id that the check's finding on the whole
    subject would have, so that a pass answers a finding of before. `severity` is the finding's;
    of what is unknown it is the check's, None for what is neither. `finding`, `seen` and
    `is_new` (beside a baseline) are None where there is none. `is_asked` is false for what is
    unknown only because the scan was not asked for it.
    """

    id: str
    account: str
    status: Status
    check: CheckResult | None
    subject: SubjectRef
    message: str
    severity: Severity | None = None
    finding: Finding | None = None
    verdict: Verdict | None = None
    seen: Seen | None = None
    is_new: bool | None = None
    is_asked: bool = True

    @property
    def rule(self) -> str:
        return self.check.id if self.check else NOT_READ


def results(report: ScanReport) -> Iterator[Result]:
    """Every result of an account, in the report's order; after them, what could not be read."""
    seen = {one.id: one for one in report.history}
    new = frozenset(report.baseline.new) if report.baseline else None
    for check in report.checks:
        for why in check.unlisted:
            yield _unlisted(report, check, why)
        for verdict in check.results:
            yield from _of(verdict, check, seen, new)
    yield from (_gap(report.account, one) for one in report.gaps if not one.accepted)


def not_read(report: Whole) -> Iterator[Result]:
    """The accounts of an organisation that have no results of their own, unless that is agreed."""
    if isinstance(report, OrganizationReport):
        yield from (
            _account(one)
            for one in report.accounts
            if one.coverage is Coverage.FAILED and not one.accepted
        )


def _of(
    verdict: Verdict, check: CheckResult, seen: dict[str, Seen], new: frozenset[str] | None
) -> Iterator[Result]:
    subject = verdict.subject
    for one in verdict.findings:
        yield Result(
            id=one.id,
            account=subject.account,
            status=Status.SUPPRESSED if one.suppressed else Status.FAIL,
            check=check,
            subject=subject,
            message=one.message,
            severity=one.severity,
            finding=one,
            verdict=verdict,
            seen=seen.get(one.id),
            is_new=None if new is None else one.id in new,
        )
    if verdict.unknown or verdict.status is Status.UNKNOWN:
        # Beside findings it must not bear the id that one of them may have.
        part = "unknown" if verdict.findings else ""
        yield Result(
            id=finding_id(check.id, subject.account, subject.id, part),
            account=subject.account,
            status=Status.UNKNOWN,
            check=check,
            subject=subject,
            message="; ".join(verdict.unknown),
            severity=check.severity,
            verdict=verdict,
            is_asked=not _NOT_ASKED.issuperset(verdict.unknown),
        )
    elif not verdict.findings:
        yield Result(
            id=finding_id(check.id, subject.account, subject.id, ""),
            account=subject.account,
            status=verdict.status,
            check=check,
            subject=subject,
            message=verdict.not_applicable,
            verdict=verdict,
        )


def _unlisted(report: ScanReport, check: CheckResult, why: str) -> Result:
    return Result(
        id=finding_id(check.id, report.account, "", why),
        account=report.account,
        status=Status.UNKNOWN,
        check=check,
        subject=_nobody(check.subject, report.account),
        message=why,
        severity=check.severity,
        is_asked=why not in _NOT_ASKED,
    )


def _gap(account: str, gap: ReportedGap) -> Result:
    where = f" in {gap.region}" if gap.region else ""
    detail = f" ({gap.detail})" if gap.detail else ""
    return _unread(account, gap.action, f"{gap.action}: {gap.error}{where}{detail}")


def _account(row: AccountResult) -> Result:
    return _unread(row.id, "account", row.why or "not read")


def _unread(account: str, what: str, why: str) -> Result:
    return Result(
        id=finding_id(NOT_READ, account, what, why),
        account=account,
        status=Status.UNKNOWN,
        check=None,
        subject=_nobody("Account", account),
        message=why,
    )


def _nobody(kind: str, account: str) -> SubjectRef:
    """Subjects of a kind that have no names, for they could not be listed."""
    name = account if kind == "Account" else ""
    return SubjectRef(kind=kind, name=name, arn="", id="", account=account)
