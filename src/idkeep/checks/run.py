"""The one loop: every check over every subject it applies to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw

from idkeep.access import Estate
from idkeep.checks.declare import AnyCheck, CannotTell, Said
from idkeep.model import (
    Fact,
    Finding,
    Gap,
    IdentityCenter,
    NotApplicable,
    Outcome,
    Problem,
    Status,
    Subject,
    SubjectRef,
    Unknown,
    Unread,
    Verdict,
    gave,
    reference,
)
from idkeep.model.finding import finding_id
from idkeep.model.subjects import PLACES

_JSON = msgspec.json.Encoder()


def run(
    checks: Iterable[AnyCheck], estate: Estate, *, in_parts: bool = False
) -> tuple[Outcome, ...]:
    """One outcome for each check, in the order given.

    What is part of a larger problem is told by the check on that alone, if it runs too; `in_parts`
    has each check tell what it finds by itself.
    """
    return tuple(run_each(checks, estate, in_parts=in_parts))


def run_each(
    checks: Iterable[AnyCheck], estate: Estate, *, in_parts: bool = False
) -> Iterator[Outcome]:
    """The same, each as it is asked for: a large account's do not fit into memory together."""
    every = tuple(checks)
    told = _Told(estate, frozenset() if in_parts else frozenset(one.id for one in every))
    for check in every:
        yield _outcome(check, estate, told)


@dataclass
class _Told:
    """What verdicts say: a subject is worded once for all checks."""

    estate: Estate
    # The checks that may be left to tell what is part of theirs.
    others: frozenset[str]
    # The subjects stay with their words, so that no other can come to have the same `id`.
    _subjects: dict[int, tuple[Subject, SubjectRef]] = field(default_factory=dict)

    @cached_property
    def elsewhere(self) -> frozenset[Unread]:
        """Why an Identity Center is not told here, where its owner was read in the same run.

        What is in it is then judged there, once, and not unknown in every account that sees it.
        """
        center = self.estate.snapshot.center
        every = center.instances if isinstance(center, IdentityCenter) else ()
        return frozenset(
            one.details
            for one in (every if isinstance(every, tuple) else ())
            if isinstance(one.details, Gap) and one.details.elsewhere
            if self.estate.elsewhere(one.owner) is not None
        )

    def reference(self, subject: Subject) -> SubjectRef:
        found = self._subjects.get(id(subject))
        if found is None:
            found = subject, reference(subject, self.estate.snapshot.account.id)
            self._subjects[id(subject)] = found
        return found[1]

    def read_by(self, check: AnyCheck) -> tuple["_Read", ...]:
        """What the check reads, worded but for the value."""
        snapshot = self.estate.snapshot
        return tuple(
            _Read(
                name=name,
                path=tuple(name.split(".")),
                by=action,
                among=actions,
                action=snapshot.source(action),
                as_of=snapshot.as_of(action),
            )
            for name, actions in check.facts
            for action in actions
        )


class _Read(NamedTuple):
    """A field of a kind of subjects, as one action gives it; `path` is its name, step by step.

    `among` are the actions that may give it to some subject or another.
    """

    name: str
    path: tuple[str, ...]
    by: str
    among: tuple[str, ...]
    action: str
    as_of: datetime

    def gave(self, subject: Subject) -> bool:
        return len(self.among) == 1 or self.by in gave(subject, self.among)

    def of(self, subject: Subject) -> Fact:
        return Fact(
            name=self.name,
            value=Raw(_JSON.encode(_at(subject, self.path))),
            action=self.action,
            as_of=self.as_of,
        )


def _outcome(check: AnyCheck, estate: Estate, told: _Told) -> Outcome:
    snapshot = estate.snapshot
    reads = told.read_by(check)
    return Outcome(
        check=check.id,
        verdicts=tuple(
            _verdict(check, one, estate, reads, told) for one in snapshot.of(check.subject)
        ),
        unlisted=tuple(
            str(gap)
            for gap in snapshot.missing(check.subject)
            if not (gap in told.elsewhere and PLACES[check.subject].startswith("center."))
        ),
    )


def _verdict(
    check: AnyCheck, subject: Subject, estate: Estate, reads: tuple[_Read, ...], told: _Told
) -> Verdict:
    said = [_in_whole(one, told.others) for one in _said(check, subject, estate)]
    ref = told.reference(subject)
    evidence = tuple([one.of(subject) for one in reads if one.gave(subject)])
    if not said:  # as nearly always
        return Verdict(subject=ref, status=Status.PASS, evidence=evidence)
    findings = tuple(
        Finding(
            id=finding_id(check.id, ref.account, ref.id, one.at),
            severity=one.severity or check.severity,
            message=one.message,
            at=one.at,
            because=one.because,
            statements=one.statements,
        )
        for one in said
        if isinstance(one, Problem)
    )
    return Verdict(
        subject=ref,
        status=_status(said),
        findings=findings,
        unknown=tuple(dict.fromkeys(one.why for one in said if isinstance(one, Unknown))),
        not_applicable="; ".join(
            dict.fromkeys(one.why for one in said if isinstance(one, NotApplicable))
        ),
        evidence=evidence,
    )


def _said(check: AnyCheck, subject: Subject, estate: Estate) -> list[Said]:
    said: list[Said] = []
    try:
        said += check.body(subject, estate)
    except CannotTell as stop:
        said.append(Unknown(str(stop.gap)))
    return said


def _in_whole(one: Said, others: frozenset[str]) -> Said:
    if isinstance(one, Problem) and one.within in others:
        return NotApplicable(f"is part of what {one.within} finds here")
    return one


def _status(said: list[Said]) -> Status:
    """A problem is a problem whatever else is open; only silence is a pass."""
    kinds = set(map(type, said))
    for kind, status in (
        (Problem, Status.FAIL),
        (Unknown, Status.UNKNOWN),
        (NotApplicable, Status.NOT_APPLICABLE),
    ):
        if kind in kinds:
            return status
    return Status.PASS


def _at(value: Any, path: Sequence[str]) -> Any:  # noqa: ANN401 -- a fact of any kind
    """What a path leads to; of several things that of each, by its region or name.

    A gap on the way is what is there.
    """
    if isinstance(value, tuple):
        return {_called(one, number): _at(one, path) for number, one in enumerate(value)}
    if not path or not hasattr(value, path[0]):
        return value
    found = getattr(value, path[0])
    return _at(found, path[1:]) if path[1:] else found


def _called(one: object, number: int) -> str:
    words = (getattr(one, word, "") for word in ("region", "arn", "name", "id"))
    return str(next((word for word in words if word), number))
