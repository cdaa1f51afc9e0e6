"""The principals that statements tell apart, each by one requester that stands for its like.

Which statements name a requester is asked of the reference engine itself. That hangs on the kind
of requester, its own name, its role's name, its account and partition, and nothing else, so these
stand for all there are.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from msgspec import Struct

from idkeep.policy.context import Context
from idkeep.policy.document import Statement
from idkeep.policy.expression import Open, any_of
from idkeep.policy.principal import (
    AwsAccount,
    AwsArn,
    Federated,
    NamedPrincipal,
    Service,
)
from idkeep.policy.principal_match import about
from idkeep.policy.requester import WITHOUT_ACCOUNT, Requester, RequesterKind
from idkeep.policy.symbolic.budget import Undecided
from idkeep.policy.symbolic.cells import Cell
from idkeep.policy.symbolic.keys import KeyLimits
from idkeep.policy.symbolic.resources import ARNS
from idkeep.policy.symbolic.words import Alphabet, Place

_MOST_DOUBTS = 4
_STRANGER = "111122223333"
# What follows from the requester, but differs among those that it stands for.
_VARYING = {"aws:principalarn", "aws:username", "aws:userid", "aws:principalservicename"}
_ASKED = Context(unknown=("aws:userid",))
# "aws:PrincipalArn" in
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_NAMED_AS = {
    RequesterKind.USER: ("iam", "user/"),
    RequesterKind.ROLE_SESSION: ("iam", "role/"),
    RequesterKind.FEDERATED_USER: ("sts", "federated-user/"),
}


class Who(Struct, frozen=True):
    """A requester that stands for its like; None where policies name no principal."""

    requester: Requester | None
    limits: KeyLimits


# A request by a user, a role or root has these always, as the reference engine fills them in:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
ATTACHED = Who(
    None,
    KeyLimits(
        there=frozenset(
            {
                "aws:principalarn",
                "aws:principalaccount",
                "aws:principaltype",
                "aws:principalisawsservice",
            }
        ),
        shapes={"aws:principalarn": ARNS},
    ),
)


def principal_cells(statements: Sequence[Statement], accounts: Iterable[str]) -> list[Cell[Who]]:
    """`accounts` are others besides those named that conditions tell apart."""
    if all(one.principal is None for one in statements):
        return [Cell((1 << len(statements)) - 1, ATTACHED)]
    named = [n for one in statements if one.principal for n in one.principal.named]
    everyone: dict[Requester | None, Who] = {}
    for who in _everyone(named, accounts):
        everyone.setdefault(who.requester, who)
    return [cell for who in everyone.values() for cell in _cells_of(who, statements)]


def _cells_of(who: Who, statements: Sequence[Statement]) -> Iterator[Cell[Who]]:
    assert who.requester
    answers = [any_of(about(s.principal, who.requester, _ASKED).values()) for s in statements]
    doubts = sorted({str(one) for one in answers if isinstance(one, Open)})
    if len(doubts) > _MOST_DOUBTS:
        raise Undecided("too many principals that are not told apart")
    for turns_out in product((False, True), repeat=len(doubts)):
        true = {doubt for doubt, is_true in zip(doubts, turns_out, strict=True) if is_true}
        holds = 0
        for n, found in enumerate(answers):
            holds |= (str(found) in true if isinstance(found, Open) else found) << n
        yield Cell(holds, who, sure=not doubts)


def _everyone(named: list[NamedPrincipal], accounts: Iterable[str]) -> Iterator[Who]:
    for one in named:
        if isinstance(one, AwsArn):
            yield from _behind(one.arn)
    for account, partition in _accounts(named, accounts):
        yield from _members(account, partition)
    for one in named:
        if isinstance(one, Service):
            yield _who(Requester(RequesterKind.SERVICE, one.name), itself=True)
        if isinstance(one, Federated):
            yield _who(Requester(RequesterKind.FEDERATED, one.provider), itself=True)
    yield _who(Requester(RequesterKind.SERVICE, "service.amazonaws.com"))
    yield _who(Requester(RequesterKind.FEDERATED, "provider.example.com"))
    yield _who(Requester(RequesterKind.ANONYMOUS, ""), itself=True)


def _accounts(named: list[NamedPrincipal], others: Iterable[str]) -> list[tuple[str, str]]:
    """Every account that is named, in every partition that is, and one that is not."""
    pairs: dict[tuple[str, str], None] = {}
    partitions = {"aws": None}
    for one in named:
        if isinstance(one, AwsAccount):
            partitions |= {one.partition: None} if one.partition else {}
            pairs[one.account, one.partition or "aws"] = None
        if isinstance(one, AwsArn) and (who := _requester(one.arn)) and who.account:
            partitions[who.partition] = None
            pairs[who.account, who.partition] = None
    known = [account for account, _ in pairs]
    numbers = (_STRANGER, *(f"{n:012}" for n in range(1, len(known) + 2)))
    stranger = next(one for one in numbers if one not in known)
    for account in dict.fromkeys((*known, *others, stranger)):
        pairs |= {(account, partition): None for partition in partitions}
    return list(pairs)


def _requester(arn: str) -> Requester | None:
    try:
        return Requester.parse(arn)
    except ValueError:
        return None


def _behind(arn: str) -> Iterator[Who]:
    """Who the ARN names: itself, and of a role or a session the role's sessions."""
    found = _requester(arn)
    if found is None:
        return
    if found.kind is not RequesterKind.ROLE:
        yield _who(found, itself=True)
    if found.role_name:
        head = f"arn:{found.partition}:sts::{found.account}:assumed-role/{found.role_name}"
        taken = found.name.rpartition("/")[2]
        yield _who(Requester.parse(f"{head}/{'session' if taken != 'session' else 'other'}"))


def _members(account: str, partition: str) -> Iterator[Who]:
    head = f"arn:{partition}:iam::{account}"
    yield _who(Requester.parse(f"{head}:user/example"))
    yield _who(Requester.parse(f"arn:{partition}:sts::{account}:assumed-role/example/session"))
    yield _who(Requester.parse(f"arn:{partition}:sts::{account}:federated-user/example"))
    yield _who(Requester.parse(f"{head}:root"), itself=True)


def _who(requester: Requester, *, itself: bool = False) -> Who:
    """With the keys that follow from who it is.

    Sources: "aws:username", "aws:PrincipalArn" ("Anonymous requests do not include this key") and
    "aws:PrincipalAccount" ("For anonymous requests, the request context returns anonymous") in
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    derived = {key.lower(): (value,) for key, value in requester.derived().items()}
    free = set() if itself else _VARYING
    fixed: dict[str, tuple[str, ...]] = {k: v for k, v in derived.items() if k not in free}
    if requester.kind is not RequesterKind.USER:
        fixed["aws:username"] = ()
    if requester.kind is RequesterKind.ANONYMOUS:
        fixed |= {"aws:principalarn": (), "aws:principalaccount": ("anonymous",)}
    shapes = {"aws:principalarn": _arns_like(requester)}
    return Who(requester, KeyLimits(frozenset(derived), fixed, shapes))


def _arns_like(requester: Requester) -> Alphabet:
    """The ARNs of those that the requester stands for: of its account and kind.

    The partition is open: conditions may name one that no principal does.
    """
    if requester.kind in WITHOUT_ACCOUNT:
        return ARNS
    partition = (Place(no_colon=True), Place(no_colon=True, star=True))
    service, kind = _NAMED_AS.get(requester.kind, ("iam", ""))
    tail = (*map(Place, f":{service}::{requester.account}:{kind}"), Place(), Place(star=True))
    return Alphabet((*map(Place, "arn:"), *partition, *tail))
