"""What a scan found, as one value: every report is drawn from it, and its JSON is the document.

The document's version is in `schema`; it changes when a reader of the old one would go wrong.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from fnmatch import fnmatchcase

from msgspec import Struct

from idkeep.access.acceptance import Acceptance, acceptances, is_accepted
from idkeep.checks import AnyCheck
from idkeep.config import Settings
from idkeep.model import Call, Caller, Gap, Outcome, Severity, Snapshot, Status, Verdict

SCHEMA = "idkeep.scan/1"
_FIRST = {"Root": 0, "Account": 1}


class CheckResult(Struct, frozen=True, kw_only=True):
    """A check and what it says of every subject; `subject` is their kind.

    `settings` are the limits it measured against, which the user may set. `unlisted`
    tells why subjects may be missing altogether: for those the rule is unknown.
    """

    id: str
    subject: str
    title: str
    severity: Severity
    why: str
    remedy: str
    controls: tuple[str, ...]
    settings: dict[str, int]
    results: tuple[Verdict, ...]
    unlisted: tuple[str, ...] = ()

    def having(self, status: Status) -> tuple[Verdict, ...]:
        return tuple(one for one in self.results if one.status is status)

    @property
    def worst(self) -> int:
        """The rank of its worst finding; -1 where it has none."""
        return max((f.severity.rank for one in self.results for f in one.findings), default=-1)

    @property
    def is_open(self) -> bool:
        """Something could not be told."""
        return bool(self.unlisted) or any(one.unknown for one in self.results)


class ReportedGap(Struct, frozen=True, kw_only=True):
    """A read that failed. `accepted` is true where the settings say that this is known.

    `region` is "" for what lives in none.
    """

    action: str
    error: str
    detail: str
    region: str = ""
    accepted: bool


class Summary(Struct, frozen=True, kw_only=True):
    """How many verdicts of each status, and findings of each severity."""

    passed: int
    failed: int
    unknown: int
    not_applicable: int
    findings: dict[Severity, int]


class ScanReport(Struct, frozen=True, kw_only=True):
    """One account's scan.

    `caller` and `region` are "" for answers that were saved. `snapshot` is the id it is kept
    under, "" where it was not kept. `credential_report` is when AWS made that report, None where
    there was none to read. `seconds` is how long reading AWS took, 0 for a snapshot that was kept
    before. Checks come worst first, then those that could not tell, then the rest. Gaps that are
    not accepted make the scan incomplete; `acceptances` are the lines of the settings that speak
    of what was asked.
    """

    schema: str = SCHEMA
    idkeep: str
    account: str
    partition: str
    region: str
    caller: str
    taken: datetime
    credential_report: datetime | None
    snapshot: str
    seconds: float
    complete: bool
    summary: Summary
    checks: tuple[CheckResult, ...]
    gaps: tuple[ReportedGap, ...]
    acceptances: tuple[Acceptance, ...] = ()
    calls: tuple[Call, ...]

    @property
    def failing(self) -> tuple[CheckResult, ...]:
        return tuple(one for one in self.checks if one.worst >= 0)

    @property
    def unclear(self) -> tuple[CheckResult, ...]:
        return tuple(one for one in self.checks if one.is_open)

    @property
    def scanned_as_root(self) -> bool:
        """The check of that name says so."""
        return any(one.id == "scanned-as-root" for one in self.failing)

    def worst(self) -> Severity | None:
        """The severity of the worst finding."""
        rank = max((one.worst for one in self.checks), default=-1)
        return None if rank < 0 else list(Severity)[rank]


def scan_report(  # noqa: PLR0913 -- the parts of a report, all by name
    *,
    snapshot: Snapshot,
    checks: Iterable[AnyCheck],
    outcomes: Iterable[Outcome],
    settings: Settings,
    version: str,
    kept_as: str = "",
    seconds: float = 0.0,
) -> ScanReport:
    """`checks` and `outcomes` belong together, pair by pair."""
    results = sorted(
        (_result(c, outcome, settings) for c, outcome in zip(checks, outcomes, strict=True)),
        key=_order,
    )
    gaps = tuple(_gap(one, snapshot, settings) for one in snapshot.gaps)
    caller = snapshot.account.caller
    return ScanReport(
        idkeep=version,
        account=snapshot.account.id,
        partition=snapshot.account.partition,
        region=snapshot.region,
        caller=caller.arn if isinstance(caller, Caller) else "",
        taken=snapshot.taken,
        credential_report=snapshot.credential_report_generated,
        snapshot=kept_as,
        seconds=round(seconds, 2),
        complete=all(one.accepted for one in gaps),
        summary=_summary(results),
        checks=tuple(results),
        gaps=gaps,
        acceptances=tuple(_acceptances(snapshot, settings)),
        calls=snapshot.calls,
    )


def _order(one: CheckResult) -> tuple[int, bool, int, str]:
    """Worst first; then what is open; root before the account before the rest."""
    return -one.worst, not one.is_open, _FIRST.get(one.subject, len(_FIRST)), one.id


def _result(check: AnyCheck, outcome: Outcome, settings: Settings) -> CheckResult:
    return CheckResult(
        id=check.id,
        subject=check.subject.__name__,
        title=check.title,
        severity=check.severity,
        why=check.why,
        remedy=check.remedy,
        controls=check.controls,
        settings={name: getattr(settings, name) for name in check.settings},
        results=outcome.verdicts,
        unlisted=outcome.unlisted,
    )


def _gap(gap: Gap, snapshot: Snapshot, settings: Settings) -> ReportedGap:
    return ReportedGap(
        action=gap.action,
        error=gap.error,
        detail=gap.detail,
        region=gap.region,
        accepted=is_accepted(gap, snapshot.account.id, settings, snapshot.taken.date()),
    )


def _acceptances(snapshot: Snapshot, settings: Settings) -> Iterator[Acceptance]:
    """Without the lines about other accounts, and about what this scan did not ask."""
    account = snapshot.account.id
    asked = [call.action for call in snapshot.calls] + [gap.action for gap in snapshot.gaps]
    gaps = ((account, gap) for gap in snapshot.gaps)
    for one in acceptances(gaps, settings, snapshot.taken.date()):
        line = one.line
        if fnmatchcase(account, line.account) and any(fnmatchcase(a, line.action) for a in asked):
            yield one


def _summary(results: Iterable[CheckResult]) -> Summary:
    """A kind that could not be listed whole counts as one unknown verdict of its check."""
    verdicts = list(_verdicts(results))
    count = {status: sum(one.status is status for one in verdicts) for status in Status}
    found = [finding.severity for one in verdicts for finding in one.findings]
    return Summary(
        passed=count[Status.PASS],
        failed=count[Status.FAIL],
        unknown=count[Status.UNKNOWN] + sum(bool(one.unlisted) for one in results),
        not_applicable=count[Status.NOT_APPLICABLE],
        findings={severity: found.count(severity) for severity in reversed(Severity)},
    )


def _verdicts(results: Iterable[CheckResult]) -> Iterator[Verdict]:
    return (verdict for one in results for verdict in one.results)
