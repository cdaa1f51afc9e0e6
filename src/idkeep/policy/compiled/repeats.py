"""Which requests under the same policies must be answered alike, so that one is decided for all.

A request is like another where action and resource are the same, the requesters are of one kind
and account, and every key and every name that the statements in question look at has the same
value.
"""

from collections.abc import Hashable, Iterable, Iterator
from typing import Self

from msgspec import Struct

from idkeep.policy.compiled.candidates import compiled_candidates
from idkeep.policy.compiled.principals import USER_ID
from idkeep.policy.compiled.rules import keys_of_condition, keys_of_resource
from idkeep.policy.decision import Decision
from idkeep.policy.document import Policy, Statement
from idkeep.policy.evaluate import evaluate
from idkeep.policy.principal import AwsUniqueId, EveryAws, Everyone
from idkeep.policy.request import Actions, Policies, Request
from idkeep.policy.requester import Requester
from idkeep.policy.statement_match import may_cover

# What `settled`, `compound` and `layers` know by name looks at more than statements do.
_BY_NAME = ("iam:acquirerole", "lambda:invokefunctionurl", "signin:", "sts:")
# Says whose a resource is, where its ARN does not.
_OWNER = "aws:resourceaccount"
_KEPT = 16_384
_KEPT_POLICIES = 4_096


class _Looks(Struct, frozen=True):
    """The keys that the statements in question look at, and whether they look at who asks."""

    keys: tuple[str, ...]
    at_names: bool


class _Who(Struct, frozen=True):
    """What follows from who asks. `kind` is what rules look at beside names."""

    requester: Requester
    kind: tuple[Hashable, ...]
    derived: dict[str, str]
    has_open_path: bool

    @classmethod
    def of(cls, one: Requester) -> Self:
        role = bool(one.role_name)
        kind = (one.kind.value, one.account, one.partition, one.is_service_linked, role)
        derived = {key.lower(): value for key, value in one.derived().items()}
        return cls(one, kind, derived, one.fixed_path is not None)


class Repeats:
    """Decides, and remembers what it decided.

    Policies are told apart by identity: give the same value for the same policies.
    """

    def __init__(self, rcps_reach: Actions, own_account_only: Actions) -> None:
        self._rcps_reach = rcps_reach
        self._own_account_only = own_account_only
        self._looks: dict[tuple[int, str, str], _Looks] = {}
        self._decisions: dict[Hashable, Decision] = {}
        self._policies: dict[int, Policies] = {}
        self._whos: dict[str, _Who] = {}

    def decide(self, request: Request, policies: Policies) -> Decision:
        """As `evaluate`."""
        likeness = self._likeness(request, policies)
        if likeness is None:
            return self._evaluate(request, policies)
        found = self._decisions.get(likeness)
        if found is None:
            found = self._decisions[likeness] = self._evaluate(request, policies)
        return found

    def _likeness(self, request: Request, policies: Policies) -> Hashable | None:
        """None where there is more to look at."""
        who, context = self._who(request.principal), request.context
        by_name = request.action.lower().startswith(_BY_NAME)
        if by_name or policies.grants or policies.bucket or who.has_open_path:
            return None
        if len(self._decisions) > _KEPT or len(self._policies) > _KEPT_POLICIES:
            self._forget()
        # Kept, so that no other can have its id.
        self._policies.setdefault(id(policies), policies)
        place = (id(policies), request.action, request.resource)
        looks = self._looks.get(place)
        if looks is None:
            looks = self._looks[place] = _looks(policies, request)
        values = tuple(context.get(key) for key in looks.keys)
        theirs = tuple(who.derived.get(key) for key in looks.keys)
        name = request.principal.name if looks.at_names else ""
        return (
            place,
            who.kind,
            name,
            request.resource_account,
            values,
            theirs,
            context.get(_OWNER),
        )

    def _who(self, requester: Requester) -> "_Who":
        found = self._whos.get(requester.name)
        if found is None or found.requester != requester:
            found = self._whos[requester.name] = _Who.of(requester)
        return found

    def _evaluate(self, request: Request, policies: Policies) -> Decision:
        return evaluate(
            request,
            policies,
            rcps_reach=self._rcps_reach,
            own_account_only=self._own_account_only,
            find=compiled_candidates,
        )

    def _forget(self) -> None:
        for kept in (self._decisions, self._looks, self._policies, self._whos):
            kept.clear()


def _looks(policies: Policies, request: Request) -> _Looks:
    statements = list(_in_question(policies.every(), request))
    keys = {key for one in statements for key in _keys(one)}
    at_names = any(not _is_for_everybody(one) for one in statements)
    return _Looks(tuple(sorted(keys)), at_names)


def _in_question(policies: Iterable[Policy], request: Request) -> Iterator[Statement]:
    for policy in policies:
        for statement in compiled_candidates(policy, request.action, request.resource):
            if may_cover(statement, request.resource):
                yield statement


def _keys(one: Statement) -> Iterator[str]:
    yield from keys_of_resource(one.resource, one.version)
    for condition in one.conditions:
        yield from keys_of_condition(condition, one.version)
    if one.principal and any(isinstance(each, AwsUniqueId) for each in one.principal.named):
        yield USER_ID


def _is_for_everybody(one: Statement) -> bool:
    element = one.principal
    return element is None or all(isinstance(each, Everyone | EveryAws) for each in element.named)
