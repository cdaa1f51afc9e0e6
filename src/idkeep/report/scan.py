"""What a scan found, as one value: every report is drawn from it, and its JSON is the document.

The document's version is in `schema`; it changes when a reader of the old one would go wrong.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from idkeep.access.acceptance import Acceptance, acceptances, is_accepted
from idkeep.access.changers import Allowed
from idkeep.checks import RULES_VERSION, AnyCheck, SuppressionTally, SuppressionUse, settle
from idkeep.config import Settings
from idkeep.model import (
    Call,
    Caller,
    Finding,
    Gap,
    Outcome,
    Severity,
    Snapshot,
    Status,
    Verdict,
)
from idkeep.model.history import Seen
from idkeep.report.aside import Aside
from idkeep.report.figures import Figures, figures
from idkeep.report.remedy import ReportedRemedy, reported
from idkeep.report.verdicts import Tally, laid_aside, tally_of

if TYPE_CHECKING:
    # They may wait in a file; a document that is read back holds them.
    Verdicts: TypeAlias = Sequence[Verdict]
else:
    Verdicts = tuple[Verdict, ...]

SCHEMA = "idkeep.scan/1"
_FIRST = {"Root": 0, "Account": 1}


class Selection(Struct, frozen=True, kw_only=True):
    """What a report was narrowed to; what it leaves out counts nowhere in it.

    `checks` and `skipped` are patterns of checks: those that were run, and those that were not.
    Findings below `least` are left out, and so are unknowns of checks that are below it. `status`
    are the statuses that are shown, none for all.
    """

    checks: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    least: Severity | None = None
    status: tuple[Status, ...] = ()

    @property
    def is_all(self) -> bool:
        return self == Selection()


class Baseline(Struct, frozen=True, kw_only=True):
    """An older scan that this one is held against, judged by today's rules and settings.

    `snapshot` is its id or file. `new` are the ids of open findings that it does not have, or has
    with less severity; `gone` counts open ones of it that are no more. `not_told` are the checks
    of which it could not tell all: there, new is what nobody had seen.
    """

    snapshot: str
    taken: datetime | None
    new: tuple[str, ...]
    gone: int
    not_told: tuple[str, ...] = ()


class CheckResult(Struct, frozen=True, kw_only=True):
    """A check and what it says of every subject; `subject` is their kind.

    `area` is the theme that it belongs to. `settings` are the limits it measured against, which
    the user may set. `allowed` are who may do what the remedy needs, where something was found and
    it can be done in the account. `unlisted` tells why subjects may be missing altogether: for
    those the rule is unknown.
    """

    id: str
    area: str = ""
    subject: str
    title: str
    severity: Severity
    why: str
    remedy: ReportedRemedy
    allowed: tuple[Allowed, ...] = ()
    controls: tuple[str, ...]
    settings: dict[str, Any]
    results: Verdicts
    unlisted: tuple[str, ...] = ()

    @property
    def tally(self) -> Tally:
        return tally_of(self.results)

    def having(self, status: Status) -> Iterator[Verdict]:
        found = self.results if self.tally.verdicts[status] else ()
        return (one for one in found if one.status is status)

    @property
    def worst(self) -> int:
        """The rank of its worst finding that is not suppressed; -1 where it has none."""
        return self.tally.worst

    @property
    def is_open(self) -> bool:
        """Something could not be told."""
        return bool(self.unlisted or self.tally.unclear)


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
    suppressed: int = 0
    findings: dict[Severity, int]


class ScanReport(Struct, frozen=True, kw_only=True):
    """One account's scan.

    `caller` and `region` are "" for answers that were saved. `snapshot` is the id it is kept
    under, "" where it was not kept. `credential_report` is when AWS made that report, None where
    there was none to read. `seconds` is how long reading AWS took, 0 for a snapshot that was kept
    before. Checks come worst first, then those that could not tell, then the rest. Gaps that are
    not accepted make the scan incomplete; `acceptances` are the lines of the settings that speak
    of what was asked, `suppressions` those about findings of this account. `history` tells since
    when each finding stands, and what this scan found resolved; it is empty where nothing is kept.
    """

    schema: str = SCHEMA
    idkeep: str
    rules: int = RULES_VERSION
    account: str
    account_name: str = ""
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
    suppressions: tuple[SuppressionUse, ...] = ()
    history: tuple[Seen, ...] = ()
    calls: tuple[Call, ...]
    selection: Selection = Selection()
    baseline: Baseline | None = None
    figures: Figures = Figures()

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
        """The severity of the worst finding; beside a baseline, of the worst that is new."""
        ranks = [one.worst for one in self.checks]
        if self.baseline:
            new = frozenset(self.baseline.new)
            ranks = [one.severity.rank for one in open_findings(self.checks) if one.id in new]
        rank = max(ranks, default=-1)
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
    history: Callable[[], Mapping[str, Seen]] = dict,
    account_name: str = "",
    selection: Selection | None = None,
    earlier: "Earlier | None" = None,
    aside: Aside | None = None,
    allowed: Callable[[AnyCheck], tuple[Allowed, ...]] = lambda _: (),
) -> ScanReport:
    """`checks` and `outcomes` belong together, pair by pair, and are gone through once.

    `history`, by the finding's id, is asked for after that. `selection` has chosen the checks
    already; here its least severity is kept to. `earlier` is what the report is held against.
    The verdicts wait `aside`, where there is such a place. `allowed` is asked of each check that
    found something.
    """
    chosen = selection or Selection()
    day = snapshot.taken.date()
    agreed = SuppressionTally(settings, day)
    found: set[str] = set()
    results: list[CheckResult] = []
    for check, outcome in zip(checks, settle(outcomes, settings, day), strict=True):
        for verdict in outcome.verdicts:
            for finding in verdict.findings:
                found.add(finding.id)
                agreed.add(check.id, verdict.subject, finding)
        told = at_least(_result(check, outcome, settings), chosen.least)
        if told and aside:  # counted on the way
            told = replace(told, results=laid_aside(told.results, aside))
        if told and told.worst >= 0:
            told = replace(told, allowed=allowed(check))
        results += [told] if told else []
    results.sort(key=_order)
    gaps = tuple(_gap(one, snapshot, settings) for one in snapshot.gaps)
    caller = snapshot.account.caller
    return ScanReport(
        idkeep=version,
        account=snapshot.account.id,
        account_name=account_name,
        partition=snapshot.account.partition,
        region=snapshot.region,
        caller=caller.arn if isinstance(caller, Caller) else "",
        taken=snapshot.taken,
        credential_report=snapshot.credential_report_generated,
        snapshot=kept_as,
        seconds=round(seconds, 2),
        complete=all(one.accepted for one in gaps),
        summary=summary(results),
        checks=tuple(results),
        gaps=gaps,
        acceptances=tuple(_acceptances(snapshot, settings)),
        suppressions=tuple(
            one
            for one in agreed.uses()
            if fnmatchcase(snapshot.account.id, one.line.account)
            and (one.findings or not (chosen.checks or chosen.skipped))
        ),
        history=_history(found, history(), snapshot.taken),
        calls=snapshot.calls,
        figures=figures(snapshot),
        selection=chosen,
        baseline=earlier.beside(results) if earlier else None,
    )


class Earlier(Struct, frozen=True, kw_only=True):
    """An older scan of the account, to hold a report against; None for a scan that lacks it.

    `severities` are those of its open findings by id, `not_told` the checks that were open in it.
    """

    snapshot: str
    taken: datetime | None = None
    severities: dict[str, Severity] = {}
    not_told: frozenset[str] = frozenset()

    def beside(self, checks: Iterable[CheckResult]) -> Baseline:
        every = tuple(checks)
        now = {one.id: one.severity for one in open_findings(every)}
        before = self.severities
        return Baseline(
            snapshot=self.snapshot,
            taken=self.taken,
            new=tuple(
                ident
                for ident, severity in now.items()
                if ident not in before or severity.rank > before[ident].rank
            ),
            gone=len(before.keys() - now.keys()),
            not_told=tuple(one.id for one in every if one.id in self.not_told),
        )


def earlier(name: str, report: ScanReport) -> Earlier:
    """What a report is held against: another, made by the same rules."""
    return Earlier(
        snapshot=name,
        taken=report.taken,
        severities={one.id: one.severity for one in open_findings(report.checks)},
        not_told=frozenset(one.id for one in report.unclear),
    )


def at_least(check: CheckResult, least: Severity | None) -> CheckResult | None:
    """The check without findings below `least`; None where it had no other verdicts.

    What is unknown, passes or does not apply has the severity of its check.
    """
    if least is None:
        return check
    is_kept = check.severity.rank >= least.rank
    told = (_at_least(one, least, is_kept=is_kept) for one in check.results)
    results = tuple(one for one in told if one)
    if not is_kept and not results:
        return None
    return replace(check, results=results, unlisted=check.unlisted if is_kept else ())


def _at_least(verdict: Verdict, least: Severity, *, is_kept: bool) -> Verdict | None:
    if not verdict.findings:
        return verdict if is_kept else None
    findings = tuple(one for one in verdict.findings if one.severity.rank >= least.rank)
    if findings == verdict.findings:
        return verdict
    if findings:
        return replace(verdict, findings=findings)
    is_open = is_kept and bool(verdict.unknown)
    return replace(verdict, findings=(), status=Status.UNKNOWN) if is_open else None


def _history(found: set[str], history: Mapping[str, Seen], taken: datetime) -> tuple[Seen, ...]:
    told = (one for one in history.values() if one.id in found or one.resolved == taken)
    return tuple(sorted(told, key=lambda one: (one.first, one.id)))


def _order(one: CheckResult) -> tuple[int, bool, int, str]:
    """Worst first; then what is open; root before the account before the rest."""
    return -one.worst, not one.is_open, _FIRST.get(one.subject, len(_FIRST)), one.id


def _result(check: AnyCheck, outcome: Outcome, settings: Settings) -> CheckResult:
    return CheckResult(
        id=check.id,
        area=check.area,
        subject=check.subject.__name__,
        title=check.title,
        severity=check.severity,
        why=check.why,
        remedy=reported(check.remedy),
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


def summary(results: Iterable[CheckResult]) -> Summary:
    """Of all checks together."""
    every = tuple(results)
    tallies = [one.tally for one in every]
    count = {status: sum(one.verdicts[status] for one in tallies) for status in Status}
    return Summary(
        passed=count[Status.PASS],
        failed=count[Status.FAIL],
        unknown=sum(map(unknown, every)),
        not_applicable=count[Status.NOT_APPLICABLE],
        suppressed=count[Status.SUPPRESSED],
        findings={
            severity: sum(one.findings[severity] for one in tallies)
            for severity in reversed(Severity)
        },
    )


def unknown(check: CheckResult) -> int:
    """How many of its verdicts are; a kind that could not be listed whole counts as one."""
    return check.tally.verdicts[Status.UNKNOWN] + bool(check.unlisted)


def open_findings(results: Iterable[CheckResult]) -> Iterator[Finding]:
    """Those that nobody agreed to live with."""
    found = (one for one in results if one.worst >= 0)
    return (one for check in found for verdict in check.results for one in verdict.open)
