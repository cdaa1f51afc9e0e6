"""The decision: every kind of policy that speaks of a request, put together as AWS does.

Literal on purpose. Sources, each under
https://docs.aws.amazon.com/IAM/latest/UserGuide/:
reference_policies_evaluation-logic_policy-eval-denyallow.html,
reference_policies_evaluation-logic-cross-account.html, access_policies_boundaries.html; and
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html and
orgs_manage_policies_rcps.html. Each rule is in docs/semantics.md with its page.
"""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from idkeep.policy.compound import parts_of, possible_parts
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
    alike,
    besides,
    together,
)
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
from idkeep.policy.layers import Layer, Layers, before_sign_in, layers_of
from idkeep.policy.principal_match import Reach
from idkeep.policy.request import Actions, Policies, Request
from idkeep.policy.requester import RequesterKind
from idkeep.policy.settled import Settled
from idkeep.policy.statement_match import Find, candidates

# These services ask the resource's own policy even inside one account.
# https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html and
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html (trust policy)
_NEEDS_RESOURCE_POLICY = (
    "kms:",
    "sts:assumerole",
    "sts:tagsession",
    "sts:setcontext",
    "sts:setsourceidentity",
)
# "permissions for sts:SetSourceIdentity are required in both the permissions policy of the
# principal who is assuming the role and in the role trust policy" of the next role in a chain:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
SOURCE_IDENTITY = "sts:setsourceidentity"

# "A missing allow produces IMPLICIT_DENY, or NO_IMPACT when another path already allowed the
# request": https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
_PASSED_BY = frozenset({Check.RESOURCE, Check.PRINCIPAL, Check.PERMISSIONS_BOUNDARY, Check.SESSION})


def evaluate(
    request: Request,
    policies: Policies,
    *,
    rcps_reach: Actions | None = None,
    own_account_only: Actions = frozenset(),
    find: Find = candidates,
) -> Decision:
    """What AWS would answer, and why.

    A request that AWS checks as several permissions (`parts_of`) is allowed where all are.
    `rcps_reach` holds the actions that RCPs reach: `Catalog.facts.rcps`; `own_account_only`, in
    lower case, those that AWS honours only from the resource's own account:
    `Catalog.facts.denied_across_accounts()`. `find` is for `layers_of`. Raises `ValueError` where
    there are RCPs and `rcps_reach` is not given.
    """
    if policies.rcp and rcps_reach is None:
        raise ValueError("to judge RCPs it takes the actions that they reach: rcps_reach")
    reach = rcps_reach or frozenset()

    def decide(one: Request) -> Decision:
        return _decide(layers_of(one, policies, reach, own_account_only, find))

    def whole(one: Request) -> Decision:
        sure = together({part.action: decide(part) for part in parts_of(one)})
        for part, carried in possible_parts(one):
            sure = besides(sure, part.action, carried, decide(part))
        return sure

    if request.principal.fixed_path is None or request.context.get("aws:PrincipalArn") != ():
        return whole(request)
    arns = request.principal.possible_arns(policies.texts())
    told = (request.context.told({"aws:PrincipalArn": arn}) for arn in arns)
    return alike([whole(replace(request, context=context)) for context in told])


def outcome(layers: Layers, grant: Truth | None = None) -> Truth:
    """Whether the request is allowed: nothing denies, every guardrail allows, something grants.

    `grant` is what `granted` says, where it was asked already.
    """
    if layers.settled:
        return layers.settled.allowed
    denied = any_of([layer.denied for layer in layers.every])
    limits = [layer.limit() for layer in layers.guardrails]
    return all_of((negation(denied), *limits, granted(layers) if grant is None else grant))


def _decide(layers: Layers) -> Decision:
    if layers.settled:
        return _settled(layers, layers.settled)
    grant = granted(layers)
    checks = tuple(_checked(layers.every, grant))
    match outcome(layers, grant):
        case True:
            return Allowed(by=allowing(layers.every), checks=checks)
        case False:
            return Denied(by=_denying(layers.every), checks=checks)
        case Open(residual):
            if why := _doubts(residual):
                return Unknown(why=why, checks=checks)
            return Depends(residual=residual, checks=checks)


def _settled(layers: Layers, told: Settled) -> Decision:
    """No checks, since none decides; but a policy that denies what is refused anyway is named."""
    if told.allowed:
        return Allowed(by=(), checks=(), notes=(told.why,))
    by = _denying(layers.every)
    checks = tuple(_checked(layers.every, granted(layers))) if by else ()
    return Denied(by=by, checks=checks, notes=(told.why,))


def granted(layers: Layers) -> Truth:
    """Whether identity and resource policies, within boundary and session policy, grant it."""
    if before_sign_in(layers.action):
        return _may_sign_in(layers)
    if layers.object_acl:
        return all_of((_by_own_policies(layers), Open(layers.object_acl)))
    if not layers.has_identity:
        return layers.resource.allowed
    if layers.cross_account:
        both = all_of((layers.resource.allowed, _by_own_policies(layers)))
        return any_of((both, layers.own_grants))
    return _granted_at_home(layers)


def _granted_at_home(layers: Layers) -> Truth:
    """Inside one account, either side may grant."""
    resource, own = layers.resource, _by_own_policies(layers)
    if layers.action.lower() == SOURCE_IDENTITY and layers.who.role_name:
        return all_of((resource.allowed if layers.has_resource_policy else True, own))
    if needs_resource_policy(layers.action) and layers.has_resource_policy:
        own = all_of((resource.reached(Reach.ACCOUNT), own))
    named = all_of((resource.reached(Reach.ENTITY), *_limits(layers)))
    return any_of((resource.reached(Reach.DIRECT), named, own))


def _by_own_policies(layers: Layers) -> Truth:
    """Root has every permission in its account, and needs no policy for asking elsewhere either.

    True for who has no policies: nothing of theirs is in the way.
    """
    needless = layers.who.kind is RequesterKind.ROOT or not layers.has_identity
    return all_of((True if needless else layers.identity.allowed, *_limits(layers)))


def _limits(layers: Layers) -> tuple[Truth, ...]:
    """The task policies of sts:AssumeRoot deny all but the task and allow nothing."""
    if layers.who.kind is RequesterKind.ROOT and not layers.session.allows_something:
        return ()
    return (layers.boundary.limit(), layers.session.limit())


def _may_sign_in(layers: Layers) -> Truth:
    """Sign-in is open to everybody until a policy denies it.

    Source: https://docs.aws.amazon.com/signin/latest/userguide/console-access-control.html ("allows
    unrestricted console access initially"). What a sign-in policy means that allows and whose
    allow does not apply, AWS does not say.
    """
    if not layers.resource.allows_something or layers.resource.allowed is True:
        return True
    return Open(Undocumented("whether a sign-in policy whose Allow does not apply refuses"))


def needs_resource_policy(action: str) -> bool:
    return action.lower().startswith(_NEEDS_RESOURCE_POLICY)


def _denying(layers: Iterable[Layer]) -> tuple[Matched, ...]:
    return tuple(matched for layer in layers for matched, truth in layer.denies if truth is True)


def allowing(layers: Iterable[Layer]) -> tuple[Matched, ...]:
    """The statements that allow, whatever the unknown keys are."""
    return tuple(matched for layer in layers for matched, _, truth in layer.allows if truth is True)


def _checked(every: Iterable[Layer], granted: Truth) -> Iterator[CheckResult]:
    """One result for each check that had a policy to read; a check's levels are one."""
    grouped: dict[Check, list[Layer]] = {}
    for layer in every:
        if layer.is_there:
            grouped.setdefault(layer.check, []).append(layer)
    for check, some in grouped.items():
        yield _result(check, some, needless=granted is True)


def _result(check: Check, some: list[Layer], *, needless: bool) -> CheckResult:
    """`needless`: it is granted, so a silent check was passed by: another path allowed it."""
    denied, limit = any_of([one.denied for one in some]), all_of([one.limit() for one in some])
    if denied is True:
        return CheckResult(check=check, effect=CheckEffect.EXPLICIT_DENY, statements=_denying(some))
    passed_by = limit is False and needless and check in _PASSED_BY
    truth = all_of((negation(denied), True if passed_by else limit))
    if isinstance(truth, Open):
        return CheckResult(check=check, effect=CheckEffect.OPEN, statements=_matched(some))
    if passed_by:
        return CheckResult(check=check, effect=CheckEffect.NO_IMPACT)
    if truth is True:
        return CheckResult(check=check, effect=CheckEffect.ALLOW, statements=_matched(some))
    return CheckResult(check=check, effect=CheckEffect.IMPLICIT_DENY)


def _matched(some: list[Layer]) -> tuple[Matched, ...]:
    """Each layer's denials before what it allows."""
    found: list[Matched] = []
    for layer in some:
        found.extend(matched for matched, _ in layer.denies)
        found.extend(matched for matched, _, _ in layer.allows)
    return tuple(found)


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
