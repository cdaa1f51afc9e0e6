"""What may go from a document, or stand in its place, whatever else is attached beside it.

`compare` asks what documents allow by themselves. A document beside others does more: what it
denies is denied by all of them together, and in a resource's policy it matters by which name a
principal is let in (a user who is named needs no policy of its own, one whose account is named
does). So here both are held apart: the requests that are denied, and by each name those that are
allowed and not denied.

Sources, each under https://docs.aws.amazon.com/IAM/latest/UserGuide/:
reference_policies_evaluation-logic_policy-eval-denyallow.html,
reference_policies_evaluation-logic_policy-eval-basics-single-account.html
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import TypeAlias

from msgspec.structs import replace

from idkeep.policy.document import (
    Action,
    Effect,
    NotAction,
    Policy,
    PolicyKind,
    Principal,
    PrincipalElement,
    Resource,
    Statement,
)
from idkeep.policy.principal import Everyone
from idkeep.policy.symbolic.actions import service_of
from idkeep.policy.symbolic.budget import Budget
from idkeep.policy.symbolic.compare import Answer, Nothing, Undecided, exceeds_within
from idkeep.policy.variables import Version

Statements: TypeAlias = Sequence[Statement]


class Standing(Enum):
    """What a statement adds to the others of its document."""

    NEEDED = "needed"
    REDUNDANT = "redundant"  # the others say it
    SHADOWED = "shadowed"  # all that it allows, a Deny denies
    EMPTY = "empty"  # no request is such
    UNKNOWN = "unknown"


def distinguishes(kind: PolicyKind, a: Statements, b: Statements, budget: Budget) -> Answer:
    """A request by which the documents differ. `Nothing`: each may stand in the other's place."""
    doubt: Answer = Nothing()
    for one, other in _views(a, b):
        if set(one) == set(other):
            continue
        for more, less in ((one, other), (other, one)):
            found = _exceeds(kind, more, less, budget)
            if isinstance(found, Undecided):
                doubt = found
            elif not isinstance(found, Nothing):
                return found
    return doubt


def standing(kind: PolicyKind, one: Statement, others: Statements, budget: Budget) -> Standing:
    """What a statement adds to others, which are without it."""
    if _bare(one) in map(_bare, others):
        return Standing.REDUNDANT
    others = [other for other in others if _may_meet(one, other)]
    if one.effect is Effect.DENY:
        return _standing_of_deny(kind, one, others, budget)
    denies = tuple(s for s in others if s.effect is Effect.DENY)
    answers = [
        _exceeds(kind, (*named, *denies), (*_by_name(others, name), *denies), budget)
        for name in _names((one,))
        if (named := _by_name((one,), name))
    ]
    if (told := _told(answers)) is not Standing.REDUNDANT:
        return told
    if isinstance(_exceeds(kind, (one,), (), budget), Nothing):
        return Standing.EMPTY
    if isinstance(_exceeds(kind, (one, *denies), (), budget), Nothing):
        return Standing.SHADOWED
    return Standing.REDUNDANT


def _standing_of_deny(
    kind: PolicyKind, one: Statement, others: Statements, budget: Budget
) -> Standing:
    everything = _everything((one, *others))
    denies = tuple(s for s in others if s.effect is Effect.DENY)
    answer = _exceeds(kind, (everything, *denies), (everything, *denies, one), budget)
    if (told := _told([answer])) is not Standing.REDUNDANT:
        return told
    alone = _exceeds(kind, (everything,), (everything, one), budget)
    return Standing.EMPTY if isinstance(alone, Nothing) else Standing.REDUNDANT


def _may_meet(one: Statement, other: Statement) -> bool:
    """False where their actions are of other services: then neither says anything of the other."""
    services, others = _services(one), _services(other)
    return "" in services or "" in others or not services.isdisjoint(others)


def _services(one: Statement) -> frozenset[str]:
    """Those that its actions are of; "" for a pattern of any."""
    if isinstance(one.action, NotAction):
        return frozenset({""})
    return frozenset(service_of(pattern.lower()) for pattern in one.action.patterns)


def _told(answers: Iterable[Answer]) -> Standing:
    """`REDUNDANT` where every question is answered with a proof that nothing is added."""
    found = Standing.REDUNDANT
    for one in answers:
        if isinstance(one, Undecided):
            found = Standing.UNKNOWN
        elif not isinstance(one, Nothing):
            return Standing.NEEDED
    return found


def _views(a: Statements, b: Statements) -> Iterator[tuple[Statements, Statements]]:
    """The pairs of documents that must allow the same, first what is denied."""
    a, b = tuple(map(_bare, a)), tuple(map(_bare, b))
    denied, denied_too = ([s for s in some if s.effect is Effect.DENY] for some in (a, b))
    everything = _everything((*a, *b))
    yield (everything, *denied), (everything, *denied_too)
    for name in _names((*a, *b)):
        yield (*_by_name(a, name), *denied), (*_by_name(b, name), *denied_too)


def _bare(one: Statement) -> Statement:
    return replace(one, index=0, sid="")


def _names(statements: Statements) -> list[PrincipalElement | None]:
    """Each by which some statement lets principals in; `NotPrincipal` is one as a whole."""
    found: dict[PrincipalElement | None, None] = {}
    for one in statements:
        if one.effect is Effect.DENY:
            continue
        if isinstance(one.principal, Principal):
            found |= {Principal((name,)): None for name in one.principal.named}
        else:
            found[one.principal] = None
    return list(found)


def _by_name(statements: Statements, name: PrincipalElement | None) -> Statements:
    """The Allow statements as far as they let in by one name."""
    return tuple(
        replace(one, principal=name)
        for one in statements
        if one.effect is Effect.ALLOW and name in _names((one,))
    )


def _everything(statements: Statements) -> Statement:
    """An Allow of all that the statements could deny, for a document that only denies."""
    bound = any(one.resource is not None for one in statements)
    named = any(one.principal is not None for one in statements)
    return Statement(
        index=0,
        sid="",
        effect=Effect.ALLOW,
        action=Action(("*",)),
        resource=Resource(("*",)) if bound else None,
        principal=Principal((Everyone(),)) if named else None,
        version=Version.CURRENT,
    )


def _exceeds(kind: PolicyKind, a: Statements, b: Statements, budget: Budget) -> Answer:
    return exceeds_within(_document(kind, a), _document(kind, b), budget)


def _document(kind: PolicyKind, statements: Statements) -> Policy:
    made = tuple(statements)
    return Policy(kind=kind, version=Version.CURRENT, id="", statements=made, text="")
