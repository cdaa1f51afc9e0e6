"""What would change a decision: the least that turns a denial, the statements an allow hangs on.

Both ask the evaluator again with a statement more or less, so that its rules stand in one place.
"""

from collections.abc import Callable, Iterable
from itertools import chain, combinations, product
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from idkeep.policy.compound import parts_of
from idkeep.policy.decision import Allowed, Check, Decision, Denied, Matched
from idkeep.policy.document import Action, Effect, Statement
from idkeep.policy.evaluate import allowing, evaluate, outcome
from idkeep.policy.layers import Layer, Layers, layers_of
from idkeep.policy.principal_match import Reach
from idkeep.policy.request import Actions, Policies, Request
from idkeep.policy.requester import RequesterKind
from idkeep.policy.settled import settled
from idkeep.policy.variables import Version


class RemoveDeny(Struct, frozen=True, tag=True):
    """Take the statement away, or spare the request from it."""

    matched: Matched

    def __str__(self) -> str:
        return f"no longer deny it: {self.matched}"


class AddAllow(Struct, frozen=True, kw_only=True, tag=True):
    """Allow the action in this layer; `layer` is its name, as `scp[1]`."""

    check: Check
    layer: str
    action: str

    def __str__(self) -> str:
        return f"allow {self.action}: {_WHERE[self.check]}{_level(self.layer)}"


class AssumeRoleIn(Struct, frozen=True, kw_only=True, tag=True):
    """Ask as a role of the resource's account: nobody else's request is let in by a policy."""

    account: str
    action: str

    def __str__(self) -> str:
        return (
            f"assume a role of account {self.account} that may: {self.action} is allowed only to"
            " principals of its own account"
        )


Change: TypeAlias = RemoveDeny | AddAllow | AssumeRoleIn

# Root and federated users can't: settled.py has the pages.
_ASSUMES = frozenset({RequesterKind.USER, RequesterKind.ROLE, RequesterKind.ROLE_SESSION})
_WHERE = {
    Check.SERVICE_CONTROL_POLICY: "in a service control policy",
    Check.VPC_ENDPOINT: "in the VPC endpoint's policy",
    Check.RESOURCE: "in the resource's policy, naming the requester",
    Check.PRINCIPAL: "in a policy of the requester",
    Check.PERMISSIONS_BOUNDARY: "in the permissions boundary",
    Check.SESSION: "in the session policies",
}


def changes_to_allow(
    request: Request,
    policies: Policies,
    *,
    rcps_reach: Actions | None = None,
    own_account_only: Actions = frozenset(),
) -> tuple[tuple[Change, ...], ...]:
    """The smallest sets of changes after which a denied request is denied no more.

    Each set is enough by itself, and none of it can be left out. Empty for a request that is
    not denied, and where no statement would help. What an account answers to its own principals
    alone takes a role there. `rcps_reach` and `own_account_only` are those
    of `evaluate`.
    """
    facts = (rcps_reach, own_account_only)
    if not isinstance(_decided(request, policies, facts), Denied):
        return ()
    parts = _parts(request, policies, facts)
    if any(_only_from_inside(request, part, own_account_only) for part in parts):
        inside = AssumeRoleIn(account=parts[0].owner, action=request.action)
        return ((inside,),) if request.principal.kind in _ASSUMES else ()
    sets = (tuple(dict.fromkeys(chain(*some))) for some in product(*map(_part_changes, parts)))
    enough = [some for some in sets if some and _not_denied(parts, some)]
    # What several permissions share is one change, which makes some sets smaller than others.
    found = sorted(dict.fromkeys(enough), key=len)
    return tuple(some for some in found if len(some) == len(found[0]))


def _only_from_inside(request: Request, part: Layers, own_account_only: Actions) -> bool:
    """Whether another account's principals are never let in, since no policy could name them."""
    if not part.cross_account or not part.has_identity or settled(request, "", frozenset()):
        return False
    return _is_of_iam(part.action) or part.action.lower() in own_account_only


def _is_of_iam(action: str) -> bool:
    """The things of IAM's have no policies of their own that would speak of `iam:…`.

    "The IAM service supports only one type of resource-based policy called a role trust policy",
    and that speaks of sts: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html
    """
    return action.lower().startswith("iam:")


def rests_on(
    request: Request,
    policies: Policies,
    *,
    rcps_reach: Actions | None = None,
    own_account_only: Actions = frozenset(),
) -> tuple[Matched, ...]:
    """The statements that an allow can't do without, each by itself.

    Empty for a request that is not allowed, and where every statement has another to stand in.
    """
    facts = (rcps_reach, own_account_only)
    if not isinstance(_decided(request, policies, facts), Allowed):
        return ()
    needed = (
        matched
        for one in _parts(request, policies, facts)
        for matched in allowing(one.every)
        if outcome(_without(one, matched)) is not True
    )
    return tuple(dict.fromkeys(needed))


_Facts: TypeAlias = tuple[Actions | None, Actions]


def _decided(request: Request, policies: Policies, facts: _Facts) -> Decision:
    return evaluate(request, policies, rcps_reach=facts[0], own_account_only=facts[1])


def _parts(request: Request, policies: Policies, facts: _Facts) -> list[Layers]:
    """Of a session whose role's path makes no difference, as one of the roles that it may be."""
    if request.principal.fixed_path is not None and request.context.get("aws:PrincipalArn") == ():
        arn = request.principal.possible_arns(policies.texts())[0]
        request = replace(request, context=request.context.told({"aws:PrincipalArn": arn}))
    reach, own = facts
    return [layers_of(part, policies, reach or frozenset(), own) for part in parts_of(request)]


def _not_denied(parts: Iterable[Layers], changes: tuple[Change, ...]) -> bool:
    """Whether the changes together turn every permission of the request."""
    adds = [one for one in changes if isinstance(one, AddAllow)]
    names_requester = any(one.check is Check.RESOURCE for one in adds)

    def turned(layers: Layers) -> Layers:
        names = [one.layer for one in adds if one.action == layers.action]
        some = [layer for layer in layers.every if layer.name in names]
        there = layers.has_resource_policy or names_requester
        return replace(_with_allows(_map(layers, _undenied), some), has_resource_policy=there)

    return all(outcome(turned(layers)) is not False for layers in parts)


def _part_changes(layers: Layers) -> tuple[tuple[Change, ...], ...]:
    """One empty set for a part that is not denied; no set where nothing helps."""
    if outcome(layers) is not False:
        return ((),)
    denies: tuple[Change, ...] = tuple(
        RemoveDeny(m) for layer in layers.every for m, truth in layer.denies if truth is True
    )
    undenied = _map(layers, _undenied)
    missing = [layer for layer in undenied.guardrails if layer.limit() is False]
    opened = _with_allows(undenied, missing)
    forced: tuple[Change, ...] = (*denies, *(_add(layer, layers.action) for layer in missing))
    optional = [layer for layer in _granting(opened) if layer.allowed is not True]
    for size in range(len(optional) + 1):
        found = tuple(
            (*forced, *(_add(layer, layers.action) for layer in some))
            for some in combinations(optional, size)
            if outcome(_with_allows(opened, some)) is not False
        )
        if found:
            return found
    return ()


def _granting(layers: Layers) -> tuple[Layer, ...]:
    own = (layers.identity, layers.boundary, layers.session) if layers.has_identity else ()
    there = (layer for layer in own if layer.is_there or layer.check is Check.PRINCIPAL)
    return tuple(there) if _is_of_iam(layers.action) else (layers.resource, *there)


def _add(layer: Layer, action: str) -> AddAllow:
    return AddAllow(check=layer.check, layer=layer.name, action=action)


def _undenied(layer: Layer) -> Layer:
    return replace(layer, denies=[one for one in layer.denies if one[1] is not True])


def _with_allows(layers: Layers, some: Iterable[Layer]) -> Layers:
    """Naming a session is naming its role, as policies do; everyone else is named directly."""
    role = layers.who.kind in {RequesterKind.ROLE, RequesterKind.ROLE_SESSION}
    names = {layer.name for layer in some}

    def added(layer: Layer) -> Layer:
        if layer.name not in names:
            return layer
        reach = Reach.ENTITY if role and layer.check is Check.RESOURCE else Reach.DIRECT
        new = (Matched(layer.name, _imagined(layers.action)), reach, True)
        return replace(layer, allows=[*layer.allows, new], is_there=True)

    return _map(layers, added)


def _imagined(action: str) -> Statement:
    return Statement(
        index=-1,
        sid="",
        effect=Effect.ALLOW,
        action=Action((action,)),
        resource=None,
        version=Version.CURRENT,
    )


def _without(layers: Layers, matched: Matched) -> Layers:
    def lessened(layer: Layer) -> Layer:
        return replace(layer, allows=[one for one in layer.allows if one[0] != matched])

    return _map(layers, lessened)


def _map(layers: Layers, change: Callable[[Layer], Layer]) -> Layers:
    single = {name: change(getattr(layers, name)) for name in _SINGLE}
    return replace(
        layers, scp=list(map(change, layers.scp)), rcp=list(map(change, layers.rcp)), **single
    )


_SINGLE = ("endpoint", "resource", "identity", "boundary", "session")


def _level(name: str) -> str:
    """`scp[1]` is the second level from the root."""
    return f" at level {name[4:-1]} from the root" if name.startswith("scp[") else ""
