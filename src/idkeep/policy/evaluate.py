"""The decision: every kind of policy that speaks of a request, put together as AWS does.

Slow and literal on purpose. Sources, each under
https://docs.aws.amazon.com/IAM/latest/UserGuide/:
reference_policies_evaluation-logic_policy-eval-denyallow.html,
reference_policies_evaluation-logic-cross-account.html, access_policies_boundaries.html; and
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html and
orgs_manage_policies_rcps.html. Each rule is in docs/semantics.md with its page.
"""

from collections.abc import Iterable, Iterator
from typing import Protocol

from msgspec import Struct

from idkeep.model import Arn
from idkeep.policy.context import Context, NotKnown
from idkeep.policy.decision import (
    Allowed,
    Check,
    CheckEffect,
    CheckResult,
    Decision,
    Denied,
    Depends,
    Matched,
    Unknown,
)
from idkeep.policy.document import Effect, NotPrincipal, Policy, Statement
from idkeep.policy.expression import (
    And,
    Expression,
    Not,
    Open,
    Or,
    Truth,
    Undocumented,
    all_of,
    any_of,
    negation,
)
from idkeep.policy.principal_match import Reach, about
from idkeep.policy.requester import Requester, RequesterKind
from idkeep.policy.statement_match import applies

# These services ask the resource's own policy even inside one account.
# https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html and
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html (trust policy)
_NEEDS_RESOURCE_POLICY = ("kms:", "sts:assumerole", "sts:tagsession", "sts:setsourceidentity")
_NO_IDENTITY_POLICY = frozenset(
    {RequesterKind.SERVICE, RequesterKind.ANONYMOUS, RequesterKind.FEDERATED}
)


class Actions(Protocol):
    """A set of actions, as `Catalog.facts.rcps`."""

    def __contains__(self, action: str, /) -> bool: ...


class Request(Struct, frozen=True, kw_only=True):
    """Who asks to do what to what.

    `resource` is an ARN, or "*" for an action on no resource in particular. `resource_account` is
    needed where the ARN has none (S3); without it the resource is the requester's own.
    """

    principal: Requester
    action: str
    resource: str
    resource_account: str = ""
    context: Context = Context()


class Level(Struct, frozen=True, kw_only=True):
    """An organisation's root, OU or account, and the policies of one kind attached to it."""

    target: str
    policies: tuple[Policy, ...]


class Policies(Struct, frozen=True, kw_only=True):
    """The policies that speak of a request. None is a layer that is not there.

    `identity` holds the user's, its groups' or the role's policies. `session` policies together
    make one limit. `scp` and `rcp` go from the organisation's root down to the account; None is
    an account in no organisation. `management_account`: the requester's account manages it.
    """

    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session: tuple[Policy, ...] | None = None
    resource: tuple[Policy, ...] | None = None
    scp: tuple[Level, ...] | None = None
    rcp: tuple[Level, ...] | None = None
    endpoint: tuple[Policy, ...] | None = None
    management_account: bool = False


class _Layer(Struct):
    """What one layer's documents say of the request, each truth three-valued."""

    check: Check
    denies: list[tuple[Matched, Truth]]
    allows: list[tuple[Matched, Reach, Truth]]
    is_there: bool = True

    @property
    def denied(self) -> Truth:
        return any_of(truth for _, truth in self.denies)

    @property
    def allowed(self) -> Truth:
        return any_of(truth for _, _, truth in self.allows)

    def reached(self, *reaches: Reach) -> Truth:
        return any_of(truth for _, reach, truth in self.allows if reach in reaches)

    def limit(self) -> Truth:
        """True where the layer is absent: it limits nothing.

        RCPs limit by their denials alone: RCPFullAWSAccess is attached everywhere and can't be
        detached, and customers' RCPs only deny.
        Source: organizations/latest/userguide/orgs_manage_policies_rcps.html
        """
        deny_only = self.check is Check.RESOURCE_CONTROL_POLICY
        return self.allowed if self.is_there and not deny_only else True


def evaluate(
    request: Request, policies: Policies, *, rcps_reach: Actions | None = None
) -> Decision:
    """What AWS would answer, and why.

    `rcps_reach` holds the actions that RCPs reach: `Catalog.facts.rcps`. Raises `ValueError`
    where there are RCPs and it is not given.
    """
    if policies.rcp and rcps_reach is None:
        raise ValueError("to judge RCPs it takes the actions that they reach: rcps_reach")
    context = _full_context(request)
    layers = _Layers(request, policies, context, rcps_reach or frozenset())
    every = layers.every()
    denied = any_of(layer.denied for layer in every)
    granted = _granted(layers)
    allowed = all_of((*(layer.limit() for layer in layers.guardrails()), granted))
    checks = tuple(_checked(every, granted, cross_account=layers.cross_account))
    match all_of((negation(denied), allowed)):
        case True:
            return Allowed(by=_allowing(every), checks=checks)
        case False:
            by = (m for layer in every for m, truth in layer.denies if truth is True)
            return Denied(by=tuple(by), checks=checks)
        case Open(residual):
            if why := _doubts(residual):
                return Unknown(why=why, checks=checks)
            return Depends(residual=residual, checks=checks)


class _Layers:
    """Each layer's say, once."""

    def __init__(
        self,
        request: Request,
        policies: Policies,
        context: Context,
        rcps_reach: Actions,
    ) -> None:
        self.request = request
        self.who = request.principal
        self.context = context
        self.cross_account = self._is_cross_account()
        boundary = None if policies.boundary is None else (policies.boundary,)
        self.boundary = self._layer(Check.PERMISSIONS_BOUNDARY, "boundary", boundary)
        self.scp = self._levels(Check.SERVICE_CONTROL_POLICY, "scp", self._scps(policies))
        rcps = self._rcps(policies, rcps_reach)
        self.rcp = self._levels(Check.RESOURCE_CONTROL_POLICY, "rcp", rcps)
        self.endpoint = self._layer(Check.VPC_ENDPOINT, "endpoint", policies.endpoint)
        self.resource = self._layer(Check.RESOURCE, "resource", policies.resource)
        identity = None if self.who.kind in _NO_IDENTITY_POLICY else policies.identity
        self.identity = self._layer(Check.PRINCIPAL, "identity", identity)
        self.session = self._layer(Check.SESSION, "session", policies.session)

    def every(self) -> tuple[_Layer, ...]:
        return (
            *self.scp,
            *self.rcp,
            self.endpoint,
            self.resource,
            self.identity,
            self.boundary,
            self.session,
        )

    def guardrails(self) -> tuple[_Layer, ...]:
        """Those that must each allow, whoever grants."""
        return (*self.scp, *self.rcp, self.endpoint)

    def _is_cross_account(self) -> bool:
        theirs = self.request.resource_account or _account_of(self.request.resource)
        return bool(theirs) and theirs != self.who.account

    def _scps(self, policies: Policies) -> tuple[Level, ...]:
        """None for the management account, service-linked roles, and who has no account."""
        exempt = policies.management_account or self.who.is_service_linked
        return () if exempt or self.who.kind in _NO_IDENTITY_POLICY else policies.scp or ()

    def _rcps(self, policies: Policies, reach: Actions) -> tuple[Level, ...]:
        """None for service-linked roles, the management account's resources, other actions."""
        own = policies.management_account and not self.cross_account
        if not policies.rcp or own or self.who.is_service_linked:
            return ()
        return policies.rcp if self.request.action in reach else ()

    def _levels(self, check: Check, name: str, levels: tuple[Level, ...]) -> list[_Layer]:
        return [
            self._layer(check, f"{name}[{n}]", level.policies) for n, level in enumerate(levels)
        ]

    def _layer(self, check: Check, name: str, policies: tuple[Policy, ...] | None) -> _Layer:
        layer = _Layer(check, [], [], policies is not None)
        for n, policy in enumerate(policies or ()):
            self._add(layer, f"{name}[{n}]", policy)
        return layer

    def _add(self, layer: _Layer, document: str, policy: Policy) -> None:
        for statement in policy.statements:
            here = applies(statement, self.request.action, self.request.resource, self.context)
            if here is False:
                continue
            matched = Matched(document, statement)
            reached = {
                reach: all_of((truth, here))
                for reach, truth in about(statement.principal, self.who, self.context).items()
            }
            if statement.effect is Effect.DENY:
                truth = here if self._always_denies(statement) else any_of(reached.values())
                layer.denies.extend([(matched, truth)] if truth is not False else [])
            else:
                possible = ((matched, r, truth) for r, truth in reached.items())
                layer.allows.extend(one for one in possible if one[2] is not False)

    def _always_denies(self, statement: Statement) -> bool:
        """Deny with NotPrincipal spares nobody who has a permissions boundary.

        Source: access_policies_boundaries.html ("will always deny any IAM principal that has a
        permissions boundary policy attached").
        """
        return isinstance(statement.principal, NotPrincipal) and self.boundary.is_there


def _granted(layers: _Layers) -> Truth:
    """Whether identity and resource policies, within boundary and session policy, grant it."""
    who, resource = layers.who, layers.resource
    limits: tuple[Truth, ...] = (layers.boundary.limit(), layers.session.limit())
    if who.kind is RequesterKind.ROOT:
        # The task policies of sts:AssumeRoot deny all but the task and allow nothing.
        limits = ()
    if who.kind in _NO_IDENTITY_POLICY:
        return resource.allowed
    # Root has every permission in its account, and needs no policy for asking elsewhere either.
    own = True if who.kind is RequesterKind.ROOT else layers.identity.allowed
    by_identity = all_of((own, *limits))
    if layers.cross_account:
        return all_of((resource.allowed, by_identity))
    if _needs_resource_policy(layers.request.action) and resource.is_there:
        by_identity = all_of((resource.reached(Reach.ACCOUNT), by_identity))
    return any_of(
        (
            resource.reached(Reach.DIRECT),
            all_of((resource.reached(Reach.ENTITY), *limits)),
            by_identity,
        )
    )


def _needs_resource_policy(action: str) -> bool:
    return action.lower().startswith(_NEEDS_RESOURCE_POLICY)


def _full_context(request: Request) -> Context:
    """The context with the keys that follow from principal and resource, where they are missing."""
    account = request.resource_account or _account_of(request.resource)
    derived = request.principal.derived()
    derived |= {"aws:ResourceAccount": account} if account else {}
    context = request.context
    missing = {
        key: value
        for key, value in derived.items()
        if not isinstance(given := context.get(key), NotKnown) and not given
    }
    return context.told(missing) if missing else context


def _account_of(resource: str) -> str:
    try:
        return Arn.parse(resource).account
    except ValueError:
        return ""


def _allowing(layers: Iterable[_Layer]) -> tuple[Matched, ...]:
    return tuple(matched for layer in layers for matched, _, truth in layer.allows if truth is True)


def _checked(
    every: Iterable[_Layer], granted: Truth, *, cross_account: bool
) -> Iterator[CheckResult]:
    """One result for each check that had a policy to read; a check's levels are one."""
    grouped: dict[Check, list[_Layer]] = {}
    for layer in every:
        if layer.is_there:
            grouped.setdefault(layer.check, []).append(layer)
    for check, some in grouped.items():
        needless = granted is True and not cross_account
        yield _result(check, some, needless=needless)


def _result(check: Check, some: list[_Layer], *, needless: bool) -> CheckResult:
    """`needless`: another policy of the account grants it, so silence is no denial."""
    denies = tuple(m for layer in some for m, truth in layer.denies if truth is True)
    if denies:
        return CheckResult(check=check, effect=CheckEffect.EXPLICIT_DENY, statements=denies)
    matched = tuple(m for layer in some for m in _open_or_allowing(layer))
    truth = all_of((negation(any_of(x.denied for x in some)), *(x.limit() for x in some)))
    if isinstance(truth, Open):
        return CheckResult(check=check, effect=CheckEffect.OPEN, statements=matched)
    if truth is True:
        return CheckResult(check=check, effect=CheckEffect.ALLOW, statements=matched)
    grants = check in {Check.RESOURCE, Check.PRINCIPAL}
    effect = CheckEffect.NO_IMPACT if grants and needless else CheckEffect.IMPLICIT_DENY
    return CheckResult(check=check, effect=effect)


def _open_or_allowing(layer: _Layer) -> Iterator[Matched]:
    yield from (matched for matched, _ in layer.denies)
    yield from (matched for matched, _, _ in layer.allows)


def _doubts(residual: Expression) -> str:
    """Why nobody can tell, where no key would settle it; "" where keys would."""
    if isinstance(residual, Undocumented):
        return residual.why
    parts = _parts(residual)
    doubts = [_doubts(part) for part in parts]
    return "; ".join(dict.fromkeys(doubts)) if parts and all(doubts) else ""


def _parts(residual: Expression) -> tuple[Expression, ...]:
    match residual:
        case And(parts) | Or(parts):
            return parts
        case Not(part):
            return (part,)
        case _:
            return ()
