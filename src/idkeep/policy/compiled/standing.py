"""The documents that stand on a resource, an account or an endpoint, whoever asks: once each."""

from collections.abc import Callable, Iterable
from functools import lru_cache

from msgspec import Struct

from idkeep.policy.buckets import is_public
from idkeep.policy.compiled.callers import Target
from idkeep.policy.compiled.documents import ALL, Documents
from idkeep.policy.compiled.rules import Rules
from idkeep.policy.document import Effect, NotPrincipal, Policy, Statement
from idkeep.policy.expression import Truth, any_of
from idkeep.policy.grants import Grant, documents
from idkeep.policy.principal import AwsAccount, AwsArn, Federated, Service
from idkeep.policy.request import Level
from idkeep.policy.requester import Requester

# How many targets are kept compiled; their documents are kept anyway.
_TARGETS = 16_384


class OnTarget(Struct, frozen=True, kw_only=True, eq=False):
    """What stands on a resource. `opens_to` are the accounts that its policies may let in.

    The owner of an object in another's bucket is one of them; "" are services and what has no
    account; None is everybody.
    """

    resource: Documents
    rcp: tuple[Documents, ...]
    grants: tuple[tuple[Grant, Documents], ...]
    public: Truth
    opens_to: frozenset[str] | None


class Standing:
    """Compiles each such set of documents once."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._kept: dict[tuple[tuple[str, str], ...], Documents] = {}
        self.on: Callable[[Target], OnTarget] = lru_cache(maxsize=_TARGETS)(self._compile)

    def documents(self, policies: Iterable[Policy] | None) -> Documents:
        """None is a layer that is not there."""
        if policies is None:
            return Documents((), 0)
        some = tuple(policies)
        key = tuple((one.kind.value, one.text) for one in some)
        if key not in self._kept:
            held = ((rule, ALL) for policy in some for rule in self._rules.of(policy))
            self._kept[key] = Documents(held, ALL)
        return self._kept[key]

    def levels(self, levels: tuple[Level, ...] | None) -> tuple[Documents, ...]:
        return tuple(self.documents(level.policies) for level in levels or ())

    def _compile(self, target: Target) -> OnTarget:
        policies = target.policies or ()
        grants = tuple((grant, documents(grant)) for grant in target.grants)
        owner = {target.bucket.object_owner} - {""} if target.bucket else set()
        every = (*policies, *(one for _, some in grants for one in some))
        return OnTarget(
            resource=self.documents(target.policies),
            rcp=self.levels(target.rcp),
            grants=tuple((grant, self.documents(some)) for grant, some in grants),
            public=any_of(map(is_public, policies)),
            opens_to=_opens_to(every, frozenset(owner)),
        )


def _opens_to(policies: Iterable[Policy], owner: frozenset[str]) -> frozenset[str] | None:
    found = set(owner)
    for policy in policies:
        for statement in policy.statements:
            if statement.effect is Effect.ALLOW:
                accounts = _accounts(statement)
                if accounts is None:
                    return None
                found |= accounts
    return frozenset(found)


def _accounts(statement: Statement) -> set[str] | None:
    element = statement.principal
    if element is None or isinstance(element, NotPrincipal):
        return None
    found: set[str] = set()
    for one in element.named:
        match one:
            case AwsAccount(account, _):
                found.add(account)
            case AwsArn(arn) | Federated(arn):
                found |= _account_of(arn)
            case Service():
                found.add("")
            case _:
                return None
    return found


def _account_of(name: str) -> set[str]:
    """Of a principal that can make a request; none otherwise."""
    try:
        return {Requester.parse(name).account}
    except ValueError:
        return set()
