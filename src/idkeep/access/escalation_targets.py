"""What escalation can lead to: users, roles and policies of one estate, worked out once."""

import re
from collections.abc import Callable, Iterable

from idkeep.access.administrators import Rule, administering, anything, powers
from idkeep.access.among import Among
from idkeep.access.answer import Says
from idkeep.access.engine import Engine
from idkeep.access.escalation_ways import ACTIONS, ADMINISTRATOR_ACCESS
from idkeep.model import Group, ManagedPolicy, Role, User
from idkeep.model.resources import Resources
from idkeep.policy import Effect, Policy, PolicyKind, Principal, Service
from idkeep.policy.compiled.lanes import set_of

_ASSUME = "sts:AssumeRole"
_REGION = re.compile(r"\.[a-z]{2}(?:-[a-z]+)+-\d+$", re.ASCII)


def is_editable(role: Role) -> bool:
    """Whether anybody in the account may change it: not one that AWS or Identity Center owns."""
    return ":role/aws-service-role/" not in role.arn and ":role/aws-reserved/" not in role.arn


def users(engine: Engine) -> Among[User]:
    """Administrators first."""
    power = powers(engine)
    return Among(
        engine, sorted(engine.snapshot.users, key=lambda one: power[one.arn].rule is Rule.NO)
    )


def roles(engine: Engine) -> Among[Role]:
    """Those that can be changed, administrators first."""
    power = powers(engine)
    editable = (one for one in engine.snapshot.roles if is_editable(one))
    return Among(engine, sorted(editable, key=lambda one: power[one.arn].rule is Rule.NO))


def groups(engine: Engine) -> Among[Group]:
    """Those that make administrators first."""
    rules = administering(engine)
    some = engine.snapshot.groups
    return Among(engine, sorted(some, key=lambda one: rules.get(one.arn, Rule.NO) is Rule.NO))


def policies(engine: Engine) -> Among[ManagedPolicy]:
    """The account's own."""
    mine = f":{engine.snapshot.account.id}:"
    return Among(engine, (one for one in engine.snapshot.policies if mine in one.arn))


def takers(engine: Engine) -> dict[str, int]:
    """The roles whose trust policies name a service, by service: sets of `roles`."""
    every = engine.once(roles).every
    named: dict[str, list[int]] = {}
    for n, role in enumerate(every):
        for service in dict.fromkeys(map(_one_name, _services_of(engine, role))):
            named.setdefault(service, []).append(n)
    return {service: set_of(some, len(every)) for service, some in named.items()}


def names_of(engine: Engine, service: str, role: Role) -> tuple[str, ...]:
    """The names under which a role's trust policy has a service."""
    return tuple(one for one in _services_of(engine, role) if _one_name(one) == service)


def _services_of(engine: Engine, role: Role) -> Iterable[str]:
    trust = engine.documents.policy(role.trust, PolicyKind.TRUST)
    return dict.fromkeys(
        one.name
        for statement in (trust.statements if isinstance(trust, Policy) else ())
        if statement.effect is Effect.ALLOW and isinstance(statement.principal, Principal)
        for one in statement.principal.named
        if isinstance(one, Service)
    )


def _one_name(service: str) -> str:
    """`ec2.amazonaws.com` of ec2.amazonaws.com.cn, as of ec2.eu-west-1.amazonaws.com."""
    plain = service.lower().partition(".amazonaws.")[0]
    return f"{_REGION.sub('', plain)}.amazonaws.com"


def lets_in(engine: Engine, service: str, role: Role) -> bool:
    answers = engine.once(_asked_services)
    key = (service, role.arn)
    if key not in answers:
        answers[key] = engine.outsider(service, _ASSUME, role.arn).says is not Says.NO
    return answers[key]


def _asked_services(_: Engine) -> dict[tuple[str, str], bool]:
    return {}


def attachable(engine: Engine) -> tuple[str, ...]:
    """Managed policies that make an administrator: AWS's own, and those of the snapshot."""
    rules = administering(engine)
    own = (
        one.arn
        for one in engine.snapshot.policies
        for version in one.versions
        if version.is_default and rules.get(version.document, Rule.NO) is not Rule.NO
    )
    return tuple(dict.fromkeys((anything(engine, ADMINISTRATOR_ACCESS), *own)))


def own_managed(engine: Engine, arn: str) -> tuple[str, ...]:
    """The account's own managed policies that a principal holds."""
    mine = f":{engine.snapshot.account.id}:"
    held = engine.holders[arn].granted
    return tuple(
        dict.fromkeys(
            one.arn for one in held if one.kind is PolicyKind.IDENTITY and mine in one.arn
        )
    )


def named_actions(engine: Engine, arn: str, actions: Iterable[str] = ACTIONS) -> frozenset[str]:
    """Those of some actions that a principal's policies allow on something, conditions aside."""
    identity = engine.holders[arn].caller.identity
    return engine.once(_Named).by(tuple(actions), identity)


class _Named:
    """What texts allow of actions that are asked about; many texts allow the same."""

    def __init__(self, engine: Engine) -> None:
        self._vocabulary = engine.vocabulary
        self._meant: dict[Policy, int] = {}
        self._once: dict[int, int] = {}
        self._lanes: dict[tuple[str, ...], list[tuple[str, int]]] = {}

    def by(self, actions: tuple[str, ...], policies: Iterable[Policy]) -> frozenset[str]:
        meant = 0
        for policy in policies:
            if policy not in self._meant:
                self._meant[policy] = self._of(policy)
            meant |= self._meant[policy]
        if actions not in self._lanes:
            lanes = ((one, self._vocabulary.lane(one)) for one in actions)
            self._lanes[actions] = [(one, lane) for one, lane in lanes if lane is not None]
        return frozenset(one for one, lane in self._lanes[actions] if meant >> lane & 1)

    def _of(self, policy: Policy) -> int:
        meant = 0
        for one in policy.statements:
            if one.effect is Effect.ALLOW:
                meant |= self._vocabulary.meant(one.action)
        return self._once.setdefault(meant, meant)


def functions_of(engine: Engine, role: Role) -> tuple[str, ...] | None:
    """The functions that run with it; None where they were not read."""
    return engine.once(_functions)(role.arn)


def _functions(engine: Engine) -> Callable[[str], tuple[str, ...] | None]:
    resources = engine.snapshot.resources
    by_role: dict[str, list[str]] = {}
    if isinstance(resources, Resources):
        for one in resources.functions:
            if isinstance(one.role, str):
                by_role.setdefault(one.role, []).append(one.arn)
    whole = isinstance(resources, Resources) and not any(
        one.kind == "LambdaFunction" for one in resources.unlisted
    )
    return lambda arn: tuple(by_role.get(arn, ())) if whole or arn in by_role else None
