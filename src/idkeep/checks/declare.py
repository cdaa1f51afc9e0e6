"""How a check is written down: one function, one decorator, worked examples."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from inspect import getdoc
from typing import Any, Generic, TypeAlias, TypeVar

from idkeep.access import Estate
from idkeep.config import Settings
from idkeep.model import (
    Gap,
    NotApplicable,
    NotAsked,
    Problem,
    Severity,
    Subject,
    Unknown,
    Unread,
    read_by,
)

S = TypeVar("S", bound=Subject)
T = TypeVar("T")
Said: TypeAlias = Problem | Unknown | NotApplicable
Body: TypeAlias = Callable[[S, Estate], Iterator[Said]]


class CannotTell(Exception):
    """Raised by `known`, caught by the loop that runs checks."""

    def __init__(self, gap: Unread) -> None:
        super().__init__(str(gap))
        self.gap = gap


def known(fact: T | Unread) -> T:
    """The fact itself; where it was not read, the check ends here and says why.

    What it said before stands. Ask for a fact only where the verdict needs it.
    """
    if isinstance(fact, Gap | NotAsked):
        raise CannotTell(fact)
    return fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A subject and what the check must say of it; saying nothing is a pass."""

    subject: Subject
    problems: tuple[str, ...] = ()
    unknown: str = ""
    not_applicable: str = ""
    settings: Settings = field(default_factory=Settings)

    @property
    def passes(self) -> bool:
        return not (self.problems or self.unknown or self.not_applicable)


def fails(subject: Subject, *problems: str, settings: Settings | None = None) -> Example:
    return Example(subject=subject, problems=problems, settings=settings or Settings())


def passes(subject: Subject, *, settings: Settings | None = None) -> Example:
    return Example(subject=subject, settings=settings or Settings())


def cannot_tell(subject: Subject, why: str) -> Example:
    return Example(subject=subject, unknown=why)


def does_not_apply(subject: Subject, why: str) -> Example:
    return Example(subject=subject, not_applicable=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Generic[S]):
    """One rule. `reads` names the subject's fields it looks at, which become its evidence.

    `settings` names those that it measures against. `controls` are control objectives, which
    frameworks map their requirements to. `remedy` says what to do, to a person.
    """

    id: str
    subject: type[S]
    severity: Severity
    controls: tuple[str, ...]
    reads: tuple[str, ...]
    settings: tuple[str, ...]
    remedy: str
    examples: tuple[Example, ...]
    doc: str
    body: Body[S]

    @property
    def title(self) -> str:
        """The docstring's first sentence: what is wrong where the check fails."""
        return self.doc.partition("\n")[0]

    @property
    def why(self) -> str:
        return self.doc.partition("\n")[2].strip()

    @property
    def listed_by(self) -> str:
        """The IAM action that lists the subjects; "" for the account and its root."""
        return getattr(self.subject, "LISTED_BY", "")

    @property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """Each field it reads, with the IAM action that gives it."""
        return tuple((name, read_by(self.subject, name)) for name in self.reads)


AnyCheck: TypeAlias = Check[Any]


def check(  # noqa: PLR0913 -- the parts of a declaration, all by name
    subject: type[S],
    *,
    severity: Severity,
    controls: tuple[str, ...],
    reads: tuple[str, ...],
    remedy: str,
    examples: tuple[Example, ...],
    settings: tuple[str, ...] = (),
) -> Callable[[Body[S]], Check[S]]:
    """Turn a function into a `Check`, named after the function and documented by its docstring."""

    def declare(body: Body[S]) -> Check[S]:
        name: str = getattr(body, "__name__", "")
        return Check(
            id=name.replace("_", "-"),
            subject=subject,
            severity=severity,
            controls=controls,
            reads=reads,
            settings=settings,
            remedy=remedy,
            examples=examples,
            doc=getdoc(body) or "",
            body=body,
        )

    return declare
