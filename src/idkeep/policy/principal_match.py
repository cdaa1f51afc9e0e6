"""Whether a statement's `Principal` or `NotPrincipal` is about the requester, and how directly.

How directly decides, inside one account, what else can limit an Allow:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from enum import IntEnum

from msgspec import Struct

from idkeep.policy.context import Context, NotKnown
from idkeep.policy.document import NotPrincipal, PrincipalElement
from idkeep.policy.expression import Open, Truth, Undocumented, all_of, any_of, negation
from idkeep.policy.principal import (
    AwsAccount,
    AwsArn,
    AwsUniqueId,
    CanonicalUser,
    EveryAws,
    Everyone,
    Federated,
    NamedPrincipal,
    Service,
)
from idkeep.policy.requester import WITHOUT_ACCOUNT, Requester, RequesterKind


class Reach(IntEnum):
    """How an Allow reaches the requester.

    ACCOUNT: it trusts the account, which has to pass the permission on by its own policies.
    ENTITY: it names the role, or the user, behind a session; boundary and session policy limit it.
    DIRECT: it names the user, the session, the service, or everyone; nothing implicit limits it.
    """

    ACCOUNT = 1
    ENTITY = 2
    DIRECT = 3


_ROLE_ID = "AROA"


class HasId(Struct, frozen=True):
    """Whether a unique id in a policy is the requester's.

    It stands where a principal was deleted: it is nobody, unless the request says so.
    """

    ident: str

    def evaluate(self, context: Context) -> Truth:
        given = context.get("aws:userid")
        if isinstance(given, NotKnown):
            return Open(self)
        return any(value.partition(":")[0] == self.ident for value in given)

    def __str__(self) -> str:
        return f"aws:userid is of {self.ident}"


def about(element: PrincipalElement | None, who: Requester, context: Context) -> dict[Reach, Truth]:
    """For each reach, whether the element reaches the requester so; missing is false.

    None is a policy without principals: it is attached to the requester.
    """
    if element is None:
        return {Reach.DIRECT: True}
    if isinstance(element, NotPrincipal):
        return {Reach.DIRECT: _not_exempt(element.named, who, context)}
    found: dict[Reach, list[Truth]] = {}
    for one in element.named:
        for reach, truth in reaches_named(one, who, context):
            found.setdefault(reach, []).append(truth)
    return {reach: any_of(truths) for reach, truths in found.items()}


def reaches_named(  # noqa: PLR0911 -- one return a form
    one: NamedPrincipal, who: Requester, context: Context
) -> tuple[tuple[Reach, Truth], ...]:
    match one:
        case Everyone() | EveryAws():
            return ((Reach.DIRECT, True),)
        case AwsAccount(account, partition):
            return _reached_by_account(account, partition, who)
        case AwsArn(arn):
            return _reached_by_arn(arn, who)
        case AwsUniqueId(ident):
            reach = Reach.ENTITY if ident.startswith(_ROLE_ID) else Reach.DIRECT
            return ((reach, HasId(ident).evaluate(context)),)
        case Service(name):
            return ((Reach.DIRECT, who.kind is RequesterKind.SERVICE and who.name == name),)
        case Federated(provider):
            federated = who.kind is RequesterKind.FEDERATED
            return ((Reach.DIRECT, federated and who.name == provider),)
        case CanonicalUser(ident):
            if who.kind in WITHOUT_ACCOUNT:
                return ()
            why = f"which account has the canonical id {ident} is not told"
            return ((Reach.ACCOUNT, Open(Undocumented(why))),)


def _reached_by_account(
    account: str, partition: str, who: Requester
) -> tuple[tuple[Reach, Truth], ...]:
    """The account's root is the account itself, so it is reached directly."""
    if who.kind in WITHOUT_ACCOUNT or account != who.account:
        return ()
    if partition and partition != who.partition:
        return ()
    return ((Reach.DIRECT if who.kind is RequesterKind.ROOT else Reach.ACCOUNT, True),)


def _reached_by_arn(arn: str, who: Requester) -> tuple[tuple[Reach, Truth], ...]:
    if arn == who.name:
        return ((Reach.ENTITY if who.kind is RequesterKind.ROLE else Reach.DIRECT, True),)
    try:
        named = Requester.parse(arn)
    except ValueError:
        return ()
    here = (named.account, named.partition) == (who.account, who.partition)
    same_role = bool(named.role_name) and here and named.role_name == who.role_name
    if not same_role:
        return ()
    if named.kind is RequesterKind.ROLE:
        return ((Reach.ENTITY, True),)
    if who.kind is RequesterKind.ROLE:
        why = f"whether the role's session is {arn} is not told"
        return ((Reach.DIRECT, Open(Undocumented(why))),)
    return ()


def _not_exempt(named: tuple[NamedPrincipal, ...], who: Requester, context: Context) -> Truth:
    """Whether `NotPrincipal` leaves the requester in.

    To be exempt, a session's role and its account have to be listed besides the session, and a
    user's account besides the user.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """
    reached: dict[Reach, list[Truth]] = {}
    for one in named:
        for reach, truth in reaches_named(one, who, context):
            reached.setdefault(reach, []).append(truth)
    everyone = any(isinstance(one, Everyone | EveryAws) for one in named)
    if everyone or who.kind in WITHOUT_ACCOUNT or who.kind is RequesterKind.ROOT:
        return negation(any_of(reached.get(Reach.DIRECT, ())))
    chain = [Reach.ACCOUNT, Reach.DIRECT]
    if who.kind is RequesterKind.ROLE_SESSION:
        chain.append(Reach.ENTITY)
    elif who.kind is RequesterKind.ROLE:
        chain = [Reach.ACCOUNT, Reach.ENTITY, Reach.DIRECT]
    return negation(all_of(any_of(reached.get(reach, ())) for reach in chain))
