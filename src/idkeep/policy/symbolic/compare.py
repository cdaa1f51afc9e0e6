"""What policies allow, compared over all requests: `compare`, `exceeds`, `intersects`.

A policy allows what one of its statements allows and none denies. Every answer that rests on a
request carries it, and the reference engine has confirmed it; what can't be decided exactly is
`Undecided`. The rules and their limits are in docs/compare.md.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct

from idkeep.policy.document import Effect, Policy, PolicyKind, Statement
from idkeep.policy.kinds import GRAMMARS, Presence
from idkeep.policy.parse import parse
from idkeep.policy.request import Request
from idkeep.policy.symbolic.budget import DEFAULT_STEPS, Budget
from idkeep.policy.symbolic.budget import Undecided as NotDecided
from idkeep.policy.symbolic.grounding import groundings
from idkeep.policy.symbolic.search import Space
from idkeep.policy.symbolic.terms import grounded, statements_of
from idkeep.policy.symbolic.witness import Point, permits, request_at

Documents: TypeAlias = Policy | Sequence[Policy]


class Relation(StrEnum):
    """What the first allows beside the second; narrower is less."""

    EQUIVALENT = "equivalent"
    NARROWER = "narrower"
    BROADER = "broader"
    INCOMPARABLE = "incomparable"
    UNKNOWN = "unknown"


class Witness(Struct, frozen=True):
    """There is such a request; the reference engine says so too."""

    request: Request


class Nothing(Struct, frozen=True):
    """There is no such request."""


class Undecided(Struct, frozen=True):
    """Nobody can tell, or not within the budget."""

    why: str


Answer: TypeAlias = Witness | Nothing | Undecided


class Comparison(Struct, frozen=True):
    """`only_a` is a request that the first allows and the second does not; `only_b` the reverse.

    `why` is the reason of an unknown, or a word on what was compared; it may be empty.
    """

    relation: Relation
    only_a: Request | None = None
    only_b: Request | None = None
    why: str = ""


def compare(a: Documents, b: Documents, *, steps: int = DEFAULT_STEPS) -> Comparison:
    """The relation of `a` to `b`, documents of one kind on either side.

    Raises `ValueError` for documents of which some name principals and some do not.
    """
    first, second, note = _beside(_several(a), _several(b))
    if set(_plain(first)) == set(_plain(second)):
        return Comparison(Relation.EQUIVALENT, why=note)
    only_a = _Question(first, second, Budget(steps)).exceeding()
    only_b = _Question(second, first, Budget(steps)).exceeding()
    reasons = [one.why for one in (only_a, only_b) if isinstance(one, Undecided)]
    return Comparison(
        _relation(only_a, only_b),
        only_a.request if isinstance(only_a, Witness) else None,
        only_b.request if isinstance(only_b, Witness) else None,
        "; ".join(dict.fromkeys((*reasons, *filter(None, [note])))),
    )


def exceeds(a: Documents, b: Documents, *, steps: int = DEFAULT_STEPS) -> Answer:
    """A request that `a` allows and `b` does not. `Nothing`: what `a` allows, `b` does too."""
    return exceeds_within(a, b, Budget(steps))


def exceeds_within(a: Documents, b: Documents, budget: Budget) -> Answer:
    """`exceeds`, for a row of questions that share one budget."""
    first, second, _ = _beside(_several(a), _several(b))
    return _Question(first, second, budget).exceeding()


def intersects(a: Documents, b: Documents, *, steps: int = DEFAULT_STEPS) -> Answer:
    """A request that both allow."""
    return _Question(_several(a), _several(b), Budget(steps)).meeting()


def _beside(
    a: tuple[Policy, ...], b: tuple[Policy, ...]
) -> tuple[tuple[Policy, ...], tuple[Policy, ...], str]:
    """The documents as they are in force, and a word on what that adds.

    RCPFullAWSAccess is attached everywhere and can't be detached. SCPs that only deny take from
    what others allow, as FullAWSAccess does that AWS attaches first.
    Sources: organizations/latest/userguide/orgs_manage_policies_rcps.html and
    orgs_manage_policies_scps.html
    """
    kinds = {one.kind for one in (*a, *b)}
    if len({GRAMMARS[kind].principal for kind in kinds}) > 1:
        raise ValueError("only documents that name principals compare with such")
    full = ""
    if PolicyKind.RCP in kinds:
        full = "RCPFullAWSAccess"
    elif PolicyKind.SCP in kinds and not any(
        s.effect is Effect.ALLOW for one in (*a, *b) for s in one.statements
    ):
        full = "FullAWSAccess"
    if not full:
        return a, b, ""
    everything = _everything(kinds.pop())
    return (*a, everything), (*b, everything), f"each beside {full}"


@lru_cache(maxsize=8)
def _everything(kind: PolicyKind) -> Policy:
    principal = '"Principal": "*", ' if GRAMMARS[kind].principal is Presence.REQUIRED else ""
    statement = f'{{"Effect": "Allow", {principal}"Action": "*", "Resource": "*"}}'
    return parse(f'{{"Version": "2012-10-17", "Statement": [{statement}]}}', kind)


def _relation(only_a: Answer, only_b: Answer) -> Relation:
    if isinstance(only_a, Undecided) or isinstance(only_b, Undecided):
        return Relation.UNKNOWN
    match isinstance(only_a, Witness), isinstance(only_b, Witness):
        case True, True:
            return Relation.INCOMPARABLE
        case True, False:
            return Relation.BROADER
        case False, True:
            return Relation.NARROWER
        case _:
            return Relation.EQUIVALENT


class _Question:
    """Two sets of documents, their statements numbered in one row."""

    def __init__(self, a: tuple[Policy, ...], b: tuple[Policy, ...], budget: Budget) -> None:
        self.a, self.b = a, b
        self.statements = tuple(dict.fromkeys(_plain((*a, *b))))
        self._a, self._b = set(_plain(a)), set(_plain(b))
        self._budget = budget

    def _numbers(self, own: set[Statement], effect: Effect) -> list[int]:
        return [n for n, s in enumerate(self.statements) if s in own and s.effect is effect]

    def exceeding(self) -> Answer:
        """What `a` allows, and `b` denies or does not allow."""
        denied = _set(self._numbers(self._a, Effect.DENY))
        allowed = _set(self._numbers(self._b, Effect.ALLOW))
        granted = self._numbers(self._a, Effect.ALLOW)
        cases = [(1 << n, denied | allowed) for n in granted]
        cases += [
            (1 << n | 1 << d, denied) for d in self._numbers(self._b, Effect.DENY) for n in granted
        ]
        return self._first(
            [(needed, against) for needed, against in cases if not needed & against],
            lambda request: permits(self.a, request) is True and permits(self.b, request) is False,
        )

    def meeting(self) -> Answer:
        """What both allow."""
        denied = _set([n for own in (self._a, self._b) for n in self._numbers(own, Effect.DENY)])
        cases = [
            (1 << n | 1 << m, denied)
            for n in self._numbers(self._a, Effect.ALLOW)
            for m in self._numbers(self._b, Effect.ALLOW)
        ]
        return self._first(
            cases,
            lambda request: permits(self.a, request) is True and permits(self.b, request) is True,
        )

    def _first(self, cases: list[tuple[int, int]], confirmed: Callable[[Request], bool]) -> Answer:
        """The first request that one of the cases makes possible and the reference confirms."""
        try:
            space = Space(self.statements, self._budget)
            doubts: list[str] = []
            for point in _points(space, cases, doubts):
                request = request_at(point, space.keys.names)
                if confirmed(request):
                    return Witness(request)
                doubts.append("a request was found that the reference engine decides otherwise")
            if not doubts:
                return Nothing()
            return self._with_values(space, cases, confirmed) or Undecided(doubts[0])
        except NotDecided as error:
            return Undecided(str(error))

    def _with_values(
        self, space: Space, cases: list[tuple[int, int]], confirmed: Callable[[Request], bool]
    ) -> Answer | None:
        """The same with values in the place of variables, which find a request or nothing."""
        for given in groundings(self.statements, space.keys):
            statements = [grounded(one, given) for one in self.statements]
            filled = Space(statements, self._budget, given=given, actions=space.actions)
            for point in _points(filled, cases, None):
                keys = {**point.keys, **given}
                request = request_at(_with_keys(point, keys), space.keys.names)
                if confirmed(request):
                    return Witness(request)
        return None


def _points(
    space: Space, cases: Iterable[tuple[int, int]], doubts: list[str] | None
) -> Iterator[Point]:
    """Sure points of every case; a case that has none but doubtful ones adds to `doubts`."""
    for needed, against in cases:
        yield from space.points(needed, against, sure=True)
        if (
            doubts is not None
            and not doubts
            and any(True for _ in space.points(needed, against, sure=False))
        ):
            doubts.append("it hangs on what AWS does not document, or on policy variables")


def _with_keys(point: Point, keys: dict[str, tuple[str, ...]]) -> Point:
    return Point(point.action, point.who, point.resource, keys, point.sure)


def _set(numbers: Iterable[int]) -> int:
    return sum(1 << n for n in set(numbers))


def _several(documents: Documents) -> tuple[Policy, ...]:
    return (documents,) if isinstance(documents, Policy) else tuple(documents)


def _plain(policies: Iterable[Policy]) -> Iterator[Statement]:
    """Their statements without what has no meaning: name and number."""
    for one in statements_of(policies):
        yield Statement(
            index=0,
            sid="",
            effect=one.effect,
            action=one.action,
            resource=one.resource,
            principal=one.principal,
            conditions=one.conditions,
            version=one.version,
        )
