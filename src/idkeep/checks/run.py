"""The one loop: every check over every subject it applies to."""

from collections.abc import Iterable

import msgspec
from msgspec import Raw

from idkeep.access import Estate
from idkeep.checks.declare import AnyCheck, CannotTell, Said
from idkeep.model import (
    Fact,
    Finding,
    NotApplicable,
    Outcome,
    Problem,
    Status,
    Subject,
    SubjectRef,
    Unknown,
    Verdict,
)
from idkeep.model.finding import finding_id


def run(checks: Iterable[AnyCheck], estate: Estate) -> tuple[Outcome, ...]:
    """One outcome for each check, in the order given."""
    return tuple(_outcome(check, estate) for check in checks)


def _outcome(check: AnyCheck, estate: Estate) -> Outcome:
    snapshot = estate.snapshot
    sources = check.sources
    return Outcome(
        check=check.id,
        verdicts=tuple(_verdict(check, s, estate, sources) for s in snapshot.of(check.subject)),
        unlisted=tuple(str(gap) for gap in snapshot.missing(check.subject)),
    )


def _verdict(
    check: AnyCheck, subject: Subject, estate: Estate, sources: tuple[tuple[str, str], ...]
) -> Verdict:
    said = _said(check, subject, estate)
    findings = tuple(
        Finding(
            id=finding_id(check.id, estate.snapshot.account.id, subject.id, one.at),
            severity=one.severity or check.severity,
            message=one.message,
            at=one.at,
        )
        for one in said
        if isinstance(one, Problem)
    )
    return Verdict(
        subject=SubjectRef(
            kind=type(subject).__name__,
            name=subject.name,
            arn=subject.arn,
            id=subject.id,
            account=estate.snapshot.account.id,
        ),
        status=_status(said),
        findings=findings,
        unknown=tuple(dict.fromkeys(one.why for one in said if isinstance(one, Unknown))),
        not_applicable="; ".join(one.why for one in said if isinstance(one, NotApplicable)),
        evidence=tuple(_fact(subject, name, action, estate) for name, action in sources),
    )


def _said(check: AnyCheck, subject: Subject, estate: Estate) -> tuple[Said, ...]:
    said: list[Said] = []
    try:
        said.extend(check.body(subject, estate))
    except CannotTell as stop:
        said.append(Unknown(str(stop.gap)))
    return tuple(said)


def _status(said: tuple[Said, ...]) -> Status:
    """A problem is a problem whatever else is open; only silence is a pass."""
    kinds = {type(one) for one in said}
    for kind, status in (
        (Problem, Status.FAIL),
        (Unknown, Status.UNKNOWN),
        (NotApplicable, Status.NOT_APPLICABLE),
    ):
        if kind in kinds:
            return status
    return Status.PASS


def _fact(subject: Subject, name: str, action: str, estate: Estate) -> Fact:
    return Fact(
        name=name,
        value=Raw(msgspec.json.encode(getattr(subject, name))),
        action=action,
        as_of=estate.snapshot.as_of(action),
    )
