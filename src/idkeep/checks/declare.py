"""How a check is written down: one function, one decorator, worked examples."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from inspect import getdoc
from typing import Any, Generic, TypeAlias, TypeVar

from idkeep.access import Estate
from idkeep.checks.areas import area
from idkeep.checks.commands import made_in, needs
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
    all_read_by,
    listed_by,
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
    """A subject and what the check must say of it; saying nothing is a pass.

    `around` are other facts of the snapshot that it stands in, by field of `Snapshot`.
    """

    subject: Subject
    problems: tuple[str, ...] = ()
    unknown: str = ""
    not_applicable: str = ""
    settings: Settings = field(default_factory=Settings)
    around: Mapping[str, Any] = field(default_factory=dict)

    @property
    def passes(self) -> bool:
        return not (self.problems or self.unknown or self.not_applicable)


def fails(
    subject: Subject, *problems: str, settings: Settings | None = None, **around: object
) -> Example:
    return Example(
        subject=subject, problems=problems, settings=settings or Settings(), around=around
    )


def passes(subject: Subject, *, settings: Settings | None = None, **around: object) -> Example:
    return Example(subject=subject, settings=settings or Settings(), around=around)


def cannot_tell(
    subject: Subject, why: str, *, settings: Settings | None = None, **around: object
) -> Example:
    return Example(subject=subject, unknown=why, settings=settings or Settings(), around=around)


def does_not_apply(
    subject: Subject, why: str, *, settings: Settings | None = None, **around: object
) -> Example:
    return Example(
        subject=subject, not_applicable=why, settings=settings or Settings(), around=around
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What mends a finding, to a person.

    `do` is what to do, in words and whole commands of the AWS CLI in backticks (their placeholders
    in capitals). `may_stop` is what may stop working by it: where nothing does, it says so and
    why. `by` names who makes the change where permissions don't tell: the root user, the person,
    whoever keeps the settings. `only` are the actions that count where the commands name others
    too, which somebody else's session makes (root's).
    """

    do: str
    may_stop: str
    by: str = ""
    only: tuple[str, ...] | None = None

    @property
    def needs(self) -> tuple[str, ...]:
        """The IAM actions that whoever makes the change has to be allowed, by the commands."""
        return needs(self.do) if self.only is None else self.only

    @property
    def elsewhere(self) -> dict[str, tuple[str, ...]]:
        """The actions that another account alone can do, by which account, in words."""
        found: dict[str, tuple[str, ...]] = {}
        for action in self.needs:
            if where := made_in(action):
                found[where.words] = (*found.get(where.words, ()), action)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Generic[S]):
    """One rule. `reads` names the subject's fields it looks at, which become its evidence.

    A dot leads on into what a field holds, so that the evidence is no more than what counts.

    `settings` names those that it measures against. `controls` are control objectives, which
    frameworks map their requirements to.
    """

    id: str
    subject: type[S]
    severity: Severity
    controls: tuple[str, ...]
    reads: tuple[str, ...]
    settings: tuple[str, ...]
    remedy: Remedy
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
    def area(self) -> str:
        """What the rule is about, in words: the theme of the module it stands in."""
        return area(self.body.__module__)

    @property
    def listed_by(self) -> tuple[str, ...]:
        """The IAM actions that list the subjects; none for the account and its root."""
        return listed_by(self.subject)

    @property
    def facts(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each field it reads, with the IAM actions that may give it: its own, or the listing."""
        return tuple(
            (name, all_read_by(self.subject, name) or self.listed_by) for name in self.reads
        )

    @property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """The same, in pairs."""
        return tuple((name, action) for name, actions in self.facts for action in actions)

    @property
    def needs(self) -> frozenset[str]:
        """Every IAM action that its verdicts rest on."""
        return frozenset((*self.listed_by, *(action for _, action in self.sources)))


AnyCheck: TypeAlias = Check[Any]


def check(  # noqa: PLR0913 -- the parts of a declaration, all by name
    subject: type[S],
    *,
    severity: Severity,
    controls: tuple[str, ...],
    reads: tuple[str, ...],
    remedy: Remedy,
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
