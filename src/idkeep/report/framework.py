"""How an account, or an organisation, stands by a framework: every control of it, none left out.

A control is judged by the checks that serve its objectives. It is kept only where all of it was
looked at and nothing is wrong or unknown; what idkeep does not look at is said to be so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from idkeep.catalog import Control, Framework
from idkeep.config import Evidence, Settings
from idkeep.model import Severity, Status, Verdict
from idkeep.model.on_demand import Made
from idkeep.report.aside import Aside, as_sequence, in_memory
from idkeep.report.scan import CheckResult, ScanReport
from idkeep.report.verdicts import Counted, Tally

FRAMEWORK_SCHEMA = "idkeep.framework/1"


class ControlStatus(StrEnum):
    """Worst first. `SUPPRESSED`: what breaks it is agreed to in the settings, which is no pass."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    MANUAL = "manual"
    SUPPRESSED = "suppressed"
    NOT_ASSESSED = "not_assessed"
    PASS = "pass"  # noqa: S105 -- a status
    NOT_APPLICABLE = "not_applicable"


class ControlFinding(Struct, frozen=True, kw_only=True):
    """A finding that breaks a control, as the scan's report tells it."""

    id: str
    check: str
    severity: Severity
    subject: str
    arn: str
    message: str
    suppressed: bool = False


class ControlCheck(Struct, frozen=True, kw_only=True):
    """A check that a control rests on, with the number of its subjects by status."""

    id: str
    title: str
    counts: dict[Status, int]
    unlisted: tuple[str, ...] = ()


class AccountControl(Struct, frozen=True, kw_only=True):
    """A control in one account; `why` says it in a sentence."""

    account: str
    name: str = ""
    status: ControlStatus
    why: str
    checks: tuple[ControlCheck, ...] = ()
    findings: tuple[ControlFinding, ...] = ()
    evidence: tuple[Evidence, ...] = ()


if TYPE_CHECKING:
    # They may wait in a file; a document that is read back holds them.
    Accounts: TypeAlias = Sequence[AccountControl]
else:
    Accounts = tuple[AccountControl, ...]


class ControlResult(Struct, frozen=True, kw_only=True):
    """A control over all accounts: as it stands in the worst of them."""

    id: str
    asks: str
    level: int
    manual: bool
    status: ControlStatus
    objectives: tuple[str, ...]
    accounts: Accounts


class ScannedAccount(Struct, frozen=True, kw_only=True):
    """An account of the report; without a snapshot it was not read, for the reason in `why`."""

    id: str
    name: str = ""
    snapshot: str = ""
    taken: datetime | None = None
    why: str = ""


class FrameworkReport(Struct, frozen=True, kw_only=True):
    """The document. `counts` are of all controls by status, and so add up to their number.

    Where `complete` is false, only the framework's part about identities is here, and no control
    is kept by checks alone. `limits` are those of the framework itself, which were judged by in
    place of the settings'.
    """

    schema: str = FRAMEWORK_SCHEMA
    idkeep: str
    framework: str
    title: str
    version: str
    complete: bool
    limits: dict[str, int | bool] = {}
    accounts: tuple[ScannedAccount, ...]
    counts: dict[ControlStatus, int]
    controls: tuple[ControlResult, ...]

    @property
    def is_kept(self) -> bool:
        """No control is broken."""
        return not self.counts[ControlStatus.FAIL]


def limits(report: FrameworkReport) -> str:
    """Those that the framework sets itself, in place of the settings', in words."""
    return ", ".join(f"{name} = {str(value).lower()}" for name, value in report.limits.items())


class FrameworkTally:
    """Takes the accounts' reports one by one; what the framework asks of each is kept `aside`."""

    def __init__(self, framework: Framework, settings: Settings, aside: Aside = in_memory) -> None:
        self._framework = framework
        self._settings = settings
        self._accounts: list[ScannedAccount] = []
        self._controls = {one.id: aside(AccountControl) for one in framework.controls}
        self._worst: dict[str, ControlStatus] = {}

    def add(self, scan: ScanReport, name: str = "") -> None:
        """An account that was read."""
        self._accounts.append(
            ScannedAccount(id=scan.account, name=name, snapshot=scan.snapshot, taken=scan.taken)
        )
        serving = _by_objective(scan.checks)
        for control in self._framework.controls:
            said = self._evidence(control, scan.account)
            whole = self._framework.complete and not control.in_part
            judged = _judged(control, serving, said, whole=whole)
            self._add(control, replace(judged, account=scan.account, name=name))

    def add_unread(self, account: str, name: str, why: str) -> None:
        """An account that was not: whatever idkeep assesses is unknown there."""
        self._accounts.append(ScannedAccount(id=account, name=name, why=why))
        for control in self._framework.controls:
            said = self._evidence(control, account)
            self._add(control, _unread(control, account, name, why, said))

    def add_skipped(self, account: str, name: str, why: str) -> None:
        """An account that nobody wanted to read: it is told, and weighs nothing."""
        self._accounts.append(ScannedAccount(id=account, name=name, why=why))

    def report(self, version: str) -> FrameworkReport:
        controls = tuple(self._result(one) for one in self._framework.controls)
        return FrameworkReport(
            idkeep=version,
            framework=self._framework.id,
            title=self._framework.title,
            version=self._framework.version,
            complete=self._framework.complete,
            limits=self._framework.limits,
            accounts=tuple(self._accounts),
            counts={
                status: sum(one.status is status for one in controls) for status in ControlStatus
            },
            controls=controls,
        )

    def _add(self, control: Control, judged: AccountControl) -> None:
        before = self._worst.get(control.id, judged.status)
        self._worst[control.id] = min(before, judged.status, key=list(ControlStatus).index)
        self._controls[control.id].append(judged)

    def _result(self, control: Control) -> ControlResult:
        return ControlResult(
            id=control.id,
            asks=control.asks,
            level=control.level,
            manual=control.manual,
            status=self._worst.get(control.id, ControlStatus.UNKNOWN),
            objectives=control.objectives,
            accounts=as_sequence(self._controls[control.id]),
        )

    def _evidence(self, control: Control, account: str) -> tuple[Evidence, ...]:
        return tuple(
            one
            for one in self._settings.evidence
            if one.framework == self._framework.id
            and one.control == control.id
            and fnmatchcase(account, one.account)
        )


def _by_objective(checks: Iterable[CheckResult]) -> dict[str, list[CheckResult]]:
    serving: dict[str, list[CheckResult]] = {}
    for check in checks:
        for objective in check.controls:
            serving.setdefault(objective, []).append(check)
    return serving


def _judged(
    control: Control,
    serving: Mapping[str, list[CheckResult]],
    evidence: tuple[Evidence, ...],
    *,
    whole: bool,
) -> AccountControl:
    """In an account without a name; `whole`: its objectives are all that it asks."""
    checks = {
        check.id: _about(control, check)
        for objective in control.objectives
        for check in serving.get(objective, ())
        if control.rests_on(check.controls, check.subject)
    }
    status, why = _by_checks(checks.values())
    whole = whole and all(one in serving for one in control.objectives)
    if status is ControlStatus.PASS and not whole:
        status, why = ControlStatus.MANUAL, "nothing wrong was found, and idkeep sees it in part"
    if not checks:
        status, why = _without_checks(control)
    status, why = _attested(status, why, evidence)
    return AccountControl(
        account="",
        status=status,
        why=why,
        checks=tuple(_check(one) for one in checks.values()),
        findings=tuple(finding for one in checks.values() for finding in _findings(one)),
        evidence=evidence,
    )


def _about(control: Control, check: CheckResult) -> CheckResult:
    """What the check says of those that the control is about."""
    if not control.of:
        return check

    def about() -> Iterator[Verdict]:
        return (one for one in check.results if control.is_about(one.subject.arn))

    tally = Tally.of(about())
    return replace(check, results=Counted(Made(about, sum(tally.verdicts.values())), tally))


def _unread(
    control: Control, account: str, name: str, why: str, evidence: tuple[Evidence, ...]
) -> AccountControl:
    status, told = _without_checks(control)
    if control.objectives:
        status, told = ControlStatus.UNKNOWN, f"the account was not read: {why}"
    else:
        status, told = _attested(status, told, evidence)
    return AccountControl(account=account, name=name, status=status, why=told, evidence=evidence)


def _without_checks(control: Control) -> tuple[ControlStatus, str]:
    if control.manual:
        return ControlStatus.MANUAL, "a person has to look"
    return ControlStatus.NOT_ASSESSED, "not assessed by idkeep"


def _by_checks(checks: Iterable[CheckResult]) -> tuple[ControlStatus, str]:
    """One broken subject breaks the control, and one unknown one leaves it open."""
    every = tuple(checks)
    count = {status: sum(one.tally.verdicts[status] for one in every) for status in Status}
    total = sum(count.values())
    if failed := count[Status.FAIL]:
        return ControlStatus.FAIL, f"{failed} of {total} verdicts fail"
    if (why := next(_reasons(every), None)) is not None:
        return ControlStatus.UNKNOWN, why
    if suppressed := count[Status.SUPPRESSED]:
        return ControlStatus.SUPPRESSED, f"{suppressed} verdicts fail, as the settings agree to"
    if passed := count[Status.PASS]:
        return ControlStatus.PASS, f"{passed} of {total} verdicts pass"
    return ControlStatus.NOT_APPLICABLE, "there is nothing here that it is about"


def _reasons(checks: Sequence[CheckResult]) -> Iterator[str]:
    """Why something is unknown; first of single subjects."""
    for check in checks:
        if check.tally.unclear:
            yield from (why for one in check.results for why in one.unknown)
    yield from (why for check in checks for why in check.unlisted)


def _attested(
    status: ControlStatus, why: str, evidence: tuple[Evidence, ...]
) -> tuple[ControlStatus, str]:
    """What a person found stands where idkeep cannot tell; it does not outdo what idkeep found."""
    if not evidence or status in (ControlStatus.FAIL, ControlStatus.UNKNOWN):
        return status, why
    last = max(evidence, key=lambda one: one.when)
    if not last.passed:
        return ControlStatus.FAIL, f"{last.who} found it broken on {last.when}"
    if status in (ControlStatus.MANUAL, ControlStatus.NOT_ASSESSED, ControlStatus.NOT_APPLICABLE):
        return ControlStatus.PASS, f"{last.who} found it kept on {last.when}"
    return status, why


def _check(check: CheckResult) -> ControlCheck:
    return ControlCheck(
        id=check.id,
        title=check.title,
        counts={status: count for status, count in check.tally.verdicts.items() if count},
        unlisted=check.unlisted,
    )


def _findings(check: CheckResult) -> Iterator[ControlFinding]:
    told = check.tally
    if not (told.verdicts[Status.FAIL] or told.verdicts[Status.SUPPRESSED] or told.unclear):
        return
    for verdict in check.results:
        for one in verdict.findings:
            yield ControlFinding(
                id=one.id,
                check=check.id,
                severity=one.severity,
                subject=verdict.subject.name,
                arn=verdict.subject.arn,
                message=one.message,
                suppressed=one not in verdict.open,
            )
