"""A scan of an organisation as one value: every listed account, and what was found in it.

Each account's own whole report is `idkeep scan --snapshot` of its snapshot; here stand its
findings and what could not be read.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from idkeep.access.acceptance import Acceptance, acceptances, is_accepted
from idkeep.checks import RULES_VERSION, AnyCheck, SuppressionTally, SuppressionUse
from idkeep.config import Settings
from idkeep.model import Call, Finding, Gap, Severity, SubjectRef, Suppressed
from idkeep.model.run import Run, RunAccount
from idkeep.report.aside import Aside, as_sequence, in_memory
from idkeep.report.figures import Figures
from idkeep.report.obstacles import MOST, Obstacle, ObstacleTally, obstacles
from idkeep.report.remedy import ReportedRemedy, reported
from idkeep.report.scan import (
    CheckResult,
    ReportedGap,
    ScanReport,
    Selection,
    Summary,
    summary,
    unknown,
)

ORGANIZATION_SCHEMA = "idkeep.organization/1"
_NOTHING = Summary(
    passed=0, failed=0, unknown=0, not_applicable=0, findings=dict.fromkeys(reversed(Severity), 0)
)
_NOT_REACHED = "the scan has not come to it: `idkeep scan --org --resume` reads it"


class Coverage(StrEnum):
    """What became of an account. `INCOMPLETE`: some facts could not be read."""

    SCANNED = "scanned"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    SKIPPED = "skipped"


class AccountFinding(Struct, frozen=True, kw_only=True):
    """A finding as in the account's own report, without its evidence.

    `first` is when it was found first, `returned` when it came back, None where nothing is known.
    `new` is told beside a baseline, `suppressed` of what is agreed to.
    """

    id: str
    check: str
    severity: Severity
    kind: str
    subject: str
    arn: str
    message: str
    at: str = ""
    because: str = ""
    first: datetime | None = None
    returned: datetime | None = None
    new: bool | None = None
    suppressed: Suppressed | None = None


class AreaTotal(Struct, frozen=True, kw_only=True):
    """What was found in an area: open findings by severity, and verdicts that are unknown."""

    area: str
    findings: dict[Severity, int]
    unknown: int


class AccountResult(Struct, frozen=True, kw_only=True):
    """A row of the coverage table, and what was found there.

    `why` is the reason of a row that is not SCANNED. `accepted` is true where the settings accept
    the failure. `unlisted` and `unknown` verdicts are counted in `summary`, and told by the
    account's own report. `snapshot` is the id of its snapshot. `areas` and `figures` are as in a
    scan; `resolved` counts findings of before that are gone. `open_checks` are the verdicts that
    are unknown by check, `obstacles` the first reasons for them.
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
    areas: tuple[AreaTotal, ...] = ()
    figures: Figures = Figures()
    resolved: int = 0
    open_checks: dict[str, int] = {}
    obstacles: tuple[Obstacle, ...] = ()
    findings: tuple[AccountFinding, ...] = ()
    gaps: tuple[ReportedGap, ...] = ()
    calls: tuple[Call, ...] = ()

    @property
    def open(self) -> tuple[AccountFinding, ...]:
        """The findings that nobody agreed to live with."""
        return tuple(one for one in self.findings if one.suppressed is None)

    @property
    def worst(self) -> int:
        """The rank of its worst finding that is not suppressed; -1 where it has none."""
        return max((one.severity.rank for one in self.open), default=-1)


if TYPE_CHECKING:
    # They may wait in a file; a document that is read back holds them.
    Accounts: TypeAlias = Sequence[AccountResult]
else:
    Accounts = tuple[AccountResult, ...]


class CoverageTable(Struct, frozen=True, kw_only=True):
    """`listed` is the sum of the others."""

    listed: int
    scanned: int
    incomplete: int
    failed: int
    skipped: int


class CheckTotal(Struct, frozen=True, kw_only=True):
    """A check over all accounts: in how many `accounts` it found something, and how much.

    `findings` are those that nobody agreed to, `suppressed` the others; `unknown` are verdicts.
    """

    id: str
    area: str = ""
    title: str
    severity: Severity
    remedy: ReportedRemedy
    accounts: int
    findings: int
    suppressed: int = 0
    unknown: int = 0


class OrganizationReport(Struct, frozen=True, kw_only=True):
    """A scan of an organisation. `run` is the id it is kept under.

    It is complete where no account failed and nothing in an account could not be read, but for
    what the settings accept. `checks` are those that found something or could not tell; what they
    count adds up to `summary`. `rules` and `selection` are as in a scan; `baseline` is the id of
    the run that it was held against.
    """

    schema: str = ORGANIZATION_SCHEMA
    idkeep: str
    rules: int = RULES_VERSION
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
    obstacles: tuple[Obstacle, ...] = ()
    accounts: Accounts
    acceptances: tuple[Acceptance, ...] = ()
    suppressions: tuple[SuppressionUse, ...] = ()
    selection: Selection = Selection()
    baseline: str = ""

    @property
    def failing(self) -> tuple[CheckTotal, ...]:
        """Those that found something nobody agreed to."""
        return tuple(one for one in self.checks if one.findings)

    def worst(self) -> Severity | None:
        """The severity of the worst finding; beside a baseline, of the worst that is new."""
        counts = (one for row in self.accounts for one in row.open if one.new or not self.baseline)
        return max((one.severity for one in counts), key=lambda one: one.rank, default=None)


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
        areas=area_totals(report.checks),
        figures=report.figures,
        resolved=sum(one.resolved == report.taken for one in report.history),
        open_checks={one.id: count for one in report.checks if (count := unknown(one))},
        obstacles=obstacles(report.unclear)[:MOST],
        findings=tuple(_findings(report)),
        gaps=report.gaps,
        calls=report.calls,
    )


def organization_report(  # noqa: PLR0913 -- the parts of a report, all by name
    *,
    run: Run,
    accounts: Iterable[AccountResult],
    settings: Settings,
    checks: Iterable[AnyCheck],
    version: str,
    selection: Selection | None = None,
    baseline: str = "",
    aside: Aside | None = None,
) -> OrganizationReport:
    """The accounts come by their ids, and are gone through once; they wait `aside`, if anywhere.

    In the report they stand worst first: those that failed, then by their findings.
    """
    told = _Sums(settings, run.begun.date(), aside)
    for one in accounts:
        told.add(one)
    rows = told.rows()
    count = told.coverage
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
        complete=not told.broken and not count[Coverage.INCOMPLETE],
        coverage=CoverageTable(listed=len(rows), **{kind.value: count[kind] for kind in Coverage}),
        summary=told.summary,
        checks=tuple(told.checks(checks)),
        obstacles=told.obstacles.told(),
        accounts=rows,
        acceptances=acceptances(_gaps(rows), settings, run.begun.date()),
        suppressions=told.suppressions.uses(),
        selection=selection or Selection(),
        baseline=baseline,
    )


class _Sums:
    """What is told of all accounts together, which come one after the other."""

    def __init__(self, settings: Settings, on: date, aside: Aside | None) -> None:
        self.summary = _NOTHING
        self.coverage = dict.fromkeys(Coverage, 0)
        self.suppressions = SuppressionTally(settings, on)
        self.broken = False
        self.obstacles = ObstacleTally()
        self._aside = aside or in_memory
        self._found: dict[str, _Found] = defaultdict(_Found)
        self._rows = self._aside(AccountResult)
        self._orders: list[tuple[int, ...]] = []

    def add(self, row: AccountResult) -> None:
        self.summary = _together(self.summary, row.summary)
        self.coverage[row.coverage] += 1
        self.broken |= row.coverage is Coverage.FAILED and not row.accepted
        for one in row.findings:
            subject = SubjectRef(
                kind=one.kind, name=one.subject, arn=one.arn, id="", account=row.id
            )
            finding = Finding(id=one.id, severity=one.severity, message=one.message)
            self.suppressions.add(one.check, subject, finding)
            self._found[one.check].add(one)
        for check in {one.check for one in row.open}:
            self._found[check].accounts += 1
        for check, count in row.open_checks.items():
            self._found[check].unknown += count
        self.obstacles.add_account(row.obstacles)
        self._rows.append(row)
        self._orders.append(_order(row))

    def rows(self) -> Sequence[AccountResult]:
        """Worst first; they are put in order once, and then read one after the other."""
        places = sorted(range(len(self._orders)), key=self._orders.__getitem__)
        ordered = self._aside(AccountResult)
        for place in places:
            ordered.append(self._rows[place])
        return as_sequence(ordered)

    def checks(self, checks: Iterable[AnyCheck]) -> list[CheckTotal]:
        """Those that found something, worst first; then those that could not tell."""
        totals = [
            CheckTotal(
                id=check.id,
                area=check.area,
                title=check.title,
                severity=list(Severity)[found.worst] if found.worst >= 0 else check.severity,
                remedy=reported(check.remedy),
                accounts=found.accounts,
                findings=found.findings,
                suppressed=found.suppressed,
                unknown=found.unknown,
            )
            for check in checks
            if (found := self._found.get(check.id))
        ]
        return sorted(
            totals,
            key=lambda one: (not one.findings, -one.severity.rank, -one.accounts, one.id),
        )


class _Found:
    """What is told of a check in all accounts; `worst` is a rank, -1 for none."""

    def __init__(self) -> None:
        self.worst = -1
        self.accounts = self.findings = self.suppressed = self.unknown = 0

    def add(self, one: AccountFinding) -> None:
        if one.suppressed:
            self.suppressed += 1
            return
        self.worst = max(self.worst, one.severity.rank)
        self.findings += 1


def _gaps(rows: Iterable[AccountResult]) -> Iterator[tuple[str, Gap]]:
    for row in rows:
        for one in row.gaps:
            yield row.id, Gap(one.action, one.error, one.detail, one.region)


def _row(account: RunAccount, coverage: Coverage, why: str) -> AccountResult:
    return AccountResult(
        id=account.id,
        name=account.name,
        state=account.state,
        path=account.path,
        coverage=coverage,
        why=why,
    )


def area_totals(checks: Iterable[CheckResult]) -> tuple[AreaTotal, ...]:
    """Each area that a check of the report belongs to, worst first."""
    by_area: dict[str, list[CheckResult]] = {}
    for check in checks:
        by_area.setdefault(check.area, []).append(check)
    totals = [_area_total(area, some) for area, some in by_area.items()]
    return tuple(sorted(totals, key=_worst_area))


def sum_of_areas(accounts: Iterable[AccountResult]) -> tuple[AreaTotal, ...]:
    """Of all accounts together, worst first."""
    totals: dict[str, AreaTotal] = {}
    for account in accounts:
        for one in account.areas:
            before = totals.get(one.area)
            totals[one.area] = _both(before, one) if before else one
    return tuple(sorted(totals.values(), key=_worst_area))


def _both(one: AreaTotal, other: AreaTotal) -> AreaTotal:
    return AreaTotal(
        area=one.area,
        findings={
            severity: one.findings[severity] + other.findings[severity]
            for severity in reversed(Severity)
        },
        unknown=one.unknown + other.unknown,
    )


def _worst_area(one: AreaTotal) -> tuple[list[int], int]:
    return [-count for count in one.findings.values()], -one.unknown


def _area_total(area: str, checks: list[CheckResult]) -> AreaTotal:
    total = summary(checks)
    return AreaTotal(area=area, findings=total.findings, unknown=total.unknown)


def _findings(report: ScanReport) -> Iterator[AccountFinding]:
    seen = {one.id: one for one in report.history}
    new = frozenset(report.baseline.new) if report.baseline else None
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
                    because=one.because,
                    first=seen[one.id].first if one.id in seen else None,
                    returned=seen[one.id].returned if one.id in seen else None,
                    new=None if new is None else one.id in new,
                    suppressed=one.suppressed,
                )


def _together(one: Summary, other: Summary) -> Summary:
    return Summary(
        passed=one.passed + other.passed,
        failed=one.failed + other.failed,
        unknown=one.unknown + other.unknown,
        not_applicable=one.not_applicable + other.not_applicable,
        suppressed=one.suppressed + other.suppressed,
        findings={
            severity: one.findings[severity] + other.findings[severity]
            for severity in reversed(Severity)
        },
    )


def _order(one: AccountResult) -> tuple[int, ...]:
    """By what was read, then by findings, the worst severity first."""
    place = {Coverage.FAILED: 0, Coverage.INCOMPLETE: 1, Coverage.SCANNED: 1, Coverage.SKIPPED: 2}
    return place[one.coverage], *(-count for count in one.summary.findings.values())
