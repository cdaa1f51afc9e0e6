"""A scan of an organisation as one value: every listed account, and what was found in it.

Each account's own whole report is `idkeep scan --snapshot` of its snapshot; here stand its
findings and what could not be read.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from idkeep.access.acceptance import Acceptance, acceptances, is_accepted
from idkeep.checks import AnyCheck
from idkeep.config import Settings
from idkeep.model import Call, Gap, Severity
from idkeep.model.run import Run, RunAccount
from idkeep.report.scan import ReportedGap, ScanReport, Summary

ORGANIZATION_SCHEMA = "idkeep.organization/1"
_NOTHING = Summary(
    passed=0, failed=0, unknown=0, not_applicable=0, findings=dict.fromkeys(reversed(Severity), 0)
)
_NOT_REACHED = "not read yet: `idkeep scan --org --resume` reads it"


class Coverage(StrEnum):
    """What became of an account. `INCOMPLETE`: some facts could not be read."""

    SCANNED = "scanned"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    SKIPPED = "skipped"


class AccountFinding(Struct, frozen=True, kw_only=True):
    """A finding as in the account's own report, without its evidence."""

    id: str
    check: str
    severity: Severity
    kind: str
    subject: str
    arn: str
    message: str
    at: str = ""


class AccountResult(Struct, frozen=True, kw_only=True):
    """A row of the coverage table, and what was found there.

    `why` is the reason of a row that is not SCANNED. `accepted` is true where the settings accept
    the failure. `unlisted` and `unknown` verdicts are counted in `summary`, and told by the
    account's own report. `snapshot` is the id of its snapshot.
    """

    id: str
    name: str
    state: str
    path: str
    coverage: Coverage
    why: str = ""
    accepted: bool = False
    snapshot: str = ""
    taken: datetime | None = None
    summary: Summary = _NOTHING
    findings: tuple[AccountFinding, ...] = ()
    gaps: tuple[ReportedGap, ...] = ()
    calls: tuple[Call, ...] = ()

    @property
    def worst(self) -> int:
        return max((one.severity.rank for one in self.findings), default=-1)


class CoverageTable(Struct, frozen=True, kw_only=True):
    """`listed` is the sum of the others."""

    listed: int
    scanned: int
    incomplete: int
    failed: int
    skipped: int


class CheckTotal(Struct, frozen=True, kw_only=True):
    """A check over all accounts: in how many it found something, and how much."""

    id: str
    title: str
    severity: Severity
    remedy: str
    accounts: int
    findings: int


class OrganizationReport(Struct, frozen=True, kw_only=True):
    """A scan of an organisation. `run` is the id it is kept under.

    It is complete where no account failed and nothing in an account could not be read, but for
    what the settings accept.
    """

    schema: str = ORGANIZATION_SCHEMA
    idkeep: str
    run: str
    organization: str
    management_account: str
    partition: str
    region: str
    caller: str
    role: str
    begun: datetime
    complete: bool
    coverage: CoverageTable
    summary: Summary
    checks: tuple[CheckTotal, ...]
    accounts: tuple[AccountResult, ...]
    acceptances: tuple[Acceptance, ...] = ()

    def worst(self) -> Severity | None:
        rank = max((one.worst for one in self.accounts), default=-1)
        return None if rank < 0 else list(Severity)[rank]

    def having(self, coverage: Coverage) -> tuple[AccountResult, ...]:
        return tuple(one for one in self.accounts if one.coverage is coverage)


def skipped(account: RunAccount, why: str = "") -> AccountResult:
    """An account that was not to be read."""
    return _row(account, Coverage.SKIPPED, why or account.skipped)


def not_reached(account: RunAccount, why: str = _NOT_REACHED) -> AccountResult:
    """An account that the scan has not come to, or whose snapshot is gone."""
    return _row(account, Coverage.FAILED, why)


def failed(account: RunAccount, gap: Gap, settings: Settings, on: date) -> AccountResult:
    """An account that could not be entered."""
    accepted = is_accepted(gap, account.id, settings, on)
    reported = ReportedGap(
        action=gap.action,
        error=gap.error,
        detail=gap.detail,
        region=gap.region,
        accepted=accepted,
    )
    row = _row(account, Coverage.FAILED, str(gap))
    return replace(row, gaps=(reported,), accepted=accepted)


def scanned(account: RunAccount, report: ScanReport) -> AccountResult:
    """An account that was read; incomplete where a gap is not accepted."""
    missing = dict.fromkeys(one.action for one in report.gaps if not one.accepted)
    row = _row(
        account,
        Coverage.SCANNED if report.complete else Coverage.INCOMPLETE,
        "" if report.complete else f"could not be read: {', '.join(missing)}",
    )
    return replace(
        row,
        snapshot=report.snapshot,
        taken=report.taken,
        summary=report.summary,
        findings=tuple(_findings(report)),
        gaps=report.gaps,
        calls=report.calls,
    )


def organization_report(
    *,
    run: Run,
    accounts: tuple[AccountResult, ...],
    settings: Settings,
    checks: Iterable[AnyCheck],
    version: str,
) -> OrganizationReport:
    """The accounts come worst first: those that failed, then by their findings."""
    count = {kind: sum(one.coverage is kind for one in accounts) for kind in Coverage}
    gaps = (
        (one.id, Gap(gap.action, gap.error, gap.detail, gap.region))
        for one in accounts
        for gap in one.gaps
    )
    broken = any(one.coverage is Coverage.FAILED and not one.accepted for one in accounts)
    return OrganizationReport(
        idkeep=version,
        run=run.id,
        organization=run.organization.id,
        management_account=run.organization.management_account,
        partition=run.plan.partition,
        region=run.plan.region,
        caller=run.caller,
        role=run.plan.role,
        begun=run.begun,
        complete=not broken and not count[Coverage.INCOMPLETE],
        coverage=CoverageTable(
            listed=len(accounts), **{kind.value: count[kind] for kind in Coverage}
        ),
        summary=_sum(one.summary for one in accounts),
        checks=tuple(_totals(checks, accounts)),
        accounts=tuple(sorted(accounts, key=_order)),
        acceptances=acceptances(gaps, settings, run.begun.date()),
    )


def _row(account: RunAccount, coverage: Coverage, why: str) -> AccountResult:
    return AccountResult(
        id=account.id,
        name=account.name,
        state=account.state,
        path=account.path,
        coverage=coverage,
        why=why,
    )


def _findings(report: ScanReport) -> Iterator[AccountFinding]:
    for check in report.checks:
        for verdict in check.results:
            for one in verdict.findings:
                yield AccountFinding(
                    id=one.id,
                    check=check.id,
                    severity=one.severity,
                    kind=verdict.subject.kind,
                    subject=verdict.subject.name,
                    arn=verdict.subject.arn,
                    message=one.message,
                    at=one.at,
                )


def _sum(summaries: Iterable[Summary]) -> Summary:
    every = tuple(summaries)
    return Summary(
        passed=sum(one.passed for one in every),
        failed=sum(one.failed for one in every),
        unknown=sum(one.unknown for one in every),
        not_applicable=sum(one.not_applicable for one in every),
        findings={
            severity: sum(one.findings[severity] for one in every)
            for severity in reversed(Severity)
        },
    )


def _totals(checks: Iterable[AnyCheck], accounts: Iterable[AccountResult]) -> list[CheckTotal]:
    """Those that found something, worst first."""
    found: dict[str, list[tuple[str, Severity]]] = {}
    for account in accounts:
        for one in account.findings:
            found.setdefault(one.check, []).append((account.id, one.severity))
    totals = [
        CheckTotal(
            id=check.id,
            title=check.title,
            severity=max((severity for _, severity in found[check.id]), key=lambda one: one.rank),
            remedy=check.remedy,
            accounts=len({account for account, _ in found[check.id]}),
            findings=len(found[check.id]),
        )
        for check in checks
        if check.id in found
    ]
    return sorted(totals, key=lambda one: (-one.severity.rank, -one.accounts, one.id))


def _order(one: AccountResult) -> tuple[int, int, str]:
    place = {Coverage.FAILED: 0, Coverage.INCOMPLETE: 1, Coverage.SCANNED: 1, Coverage.SKIPPED: 2}
    return place[one.coverage], -one.worst, one.id
