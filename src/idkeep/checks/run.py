"""The one loop: every check over every subject it applies to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

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
        told.forget_facts()


@dataclass
class _Told:
    """What verdicts say: a fact is worded once for each check, a subject for all of them."""

    estate: Estate
    # The checks that may be left to tell what is part of theirs.
    others: frozenset[str]
    # The subjects stay with their words, so that no other can come to have the same `id`.
    _subjects: dict[int, tuple[Subject, SubjectRef]] = field(default_factory=dict)
    _facts: dict[tuple[int, str, str], Fact] = field(default_factory=dict)

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

    def fact(self, subject: Subject, name: str, action: str) -> Fact:
        key = (id(subject), name, action)
        found = self._facts.get(key)
        if found is None:
            found = self._facts[key] = Fact(
                name=name,
                value=Raw(msgspec.json.encode(_at(subject, name.split(".")))),
                action=self.estate.snapshot.source(action),
                as_of=self.estate.snapshot.as_of(action),
            )
        return found

    def forget_facts(self) -> None:
        self._facts.clear()


def _outcome(check: AnyCheck, estate: Estate, told: _Told) -> Outcome:
    snapshot = estate.snapshot
    sources = check.facts
    return Outcome(
        check=check.id,
        verdicts=tuple(
            _verdict(check, one, estate, sources, told) for one in snapshot.of(check.subject)
        ),
        unlisted=tuple(
            str(gap)
            for gap in snapshot.missing(check.subject)
            if not (gap in told.elsewhere and PLACES[check.subject].startswith("center."))
        ),
    )


def _verdict(
    check: AnyCheck,
    subject: Subject,
    estate: Estate,
    sources: tuple[tuple[str, tuple[str, ...]], ...],
    told: _Told,
) -> Verdict:
    said = tuple(_in_whole(one, told.others) for one in _said(check, subject, estate))
    ref = told.reference(subject)
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
        evidence=tuple(
            told.fact(subject, name, action)
            for name, actions in sources
            for action in gave(subject, actions)
        ),
    )


def _said(check: AnyCheck, subject: Subject, estate: Estate) -> tuple[Said, ...]:
    said: list[Said] = []
    try:
        said.extend(check.body(subject, estate))
    except CannotTell as stop:
        said.append(Unknown(str(stop.gap)))
    return tuple(said)


def _in_whole(one: Said, others: frozenset[str]) -> Said:
    if isinstance(one, Problem) and one.within in others:
        return NotApplicable(f"is part of what {one.within} finds here")
    return one


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
