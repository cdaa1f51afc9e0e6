"""A point of the search as a request, and what the reference engine says of it."""

from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from idkeep.model import Arn
from idkeep.policy.context import Context
from idkeep.policy.decision import Check
from idkeep.policy.document import Policy
from idkeep.policy.expression import Truth, all_of, negation
from idkeep.policy.layers import Reader
from idkeep.policy.request import Policies, Request
from idkeep.policy.requester import Requester, RequesterKind
from idkeep.policy.symbolic.keys import Values
from idkeep.policy.symbolic.principals import Who
from idkeep.policy.symbolic.resources import OF_ACCOUNT

_ACCOUNT = "111122223333"
_BY_ARN = (RequesterKind.USER, RequesterKind.ROOT, RequesterKind.FEDERATED_USER)


class Point(Struct, frozen=True):
    """One request, by the values of its dimensions. `keys` by small names; () is absent.

    What is not `sure` is possible only if an undocumented question, or one of variables, turns
    out in one way.
    """

    action: str
    who: Who
    resource: str
    keys: dict[str, Values]
    sure: bool


def permits(policies: Iterable[Policy], request: Request) -> Truth:
    """Whether the policies by themselves allow the request: one allows it, and none denies it."""
    layer = Reader(request, Policies()).layer(Check.PRINCIPAL, "policy", tuple(policies))
    return all_of((layer.allowed, negation(layer.denied)))


@lru_cache(maxsize=4096)
def follow(action: str, who: Requester | None, resource: str) -> frozenset[str]:
    """The keys, by small names, that the reference engine fills in for such a request.

    `aws:username` is not counted where it is open who asks: a role's session has none.
    """
    principal = who or Requester.parse(f"arn:aws:iam::{_ACCOUNT}:user/example")
    request = Request(principal=principal, action=action, resource=resource)
    given = frozenset(Reader(request, Policies()).context.given)
    return given if who else given - {"aws:username"}


def request_at(point: Point, names: dict[str, str]) -> Request:
    """`names`: a key's name as policies write it, by its small form."""
    context = {names.get(key, key): given for key, given in point.keys.items() if given}
    return Request(
        principal=point.who.requester or _attached(point),
        action=point.action,
        resource=point.resource,
        context=Context(context),
    )


def _attached(point: Point) -> Requester:
    """Somebody whose own policies these may be, as far as the keys tell who that is.

    In the resource's own account and partition, where these policies alone decide.
    """
    keys = point.keys
    if (told := keys.get("aws:principalarn")) and (who := _by_arn(told[0])):
        return who
    account, partition = _ACCOUNT, "aws"
    if OF_ACCOUNT.match(point.resource):
        account = Arn.parse(point.resource).account
    if point.resource.startswith("arn:"):
        partition = Arn.parse(point.resource).partition
    if (told := keys.get("aws:principalaccount")) and len(told[0]) == len(_ACCOUNT):
        account = told[0] if told[0].isdigit() else account
    name = (keys.get("aws:username") or ("",))[0]
    if "aws:username" in keys and not name:
        return Requester.parse(f"arn:{partition}:sts::{account}:assumed-role/example/session")
    return Requester.parse(f"arn:{partition}:iam::{account}:user/{name or 'example'}")


def _by_arn(arn: str) -> Requester | None:
    try:
        who = Requester.parse(arn)
    except ValueError:
        return None
    return who if who.kind in _BY_ARN else None
