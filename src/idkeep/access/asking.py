"""The context of a request about the estate: what is known of it though nobody told."""

from collections.abc import Iterable
from functools import lru_cache

from idkeep.policy import Context, Policy
from idkeep.policy.compiled.rules import keys_of_condition, keys_of_resource

_ASSUME = frozenset({"sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity"})


def is_assuming(action: str) -> bool:
    return action.lower() in _ASSUME


def assuming(context: Context, policies: Iterable[Policy], told: Iterable[str]) -> Context:
    """The context in which what is unknown are the keys that a policy looks at, and no others.

    Not those that are `told`, which the context has or lacks for sure. So a request for a role is
    asked: session tags and a source identity take permissions of their own, and who can do
    without them sends none. So is one whose `aws:ResourceAccount` nobody knows: a key that is
    named as unknown is not filled in.
    """
    if context.unknown != "*":
        return context
    looked_at = set[str]().union(*(keys_of(one) for one in policies))
    looked_at -= {key.lower() for key in told}
    given = {key: context.get(key) for key in context.mentioned}
    values = {key: value for key, value in given.items() if isinstance(value, tuple)}
    return Context(values, looked_at - values.keys())


@lru_cache(maxsize=16_384)
def keys_of(policy: Policy) -> frozenset[str]:
    """Every key that a policy looks at, in lower case."""
    found: set[str] = set()
    for one in policy.statements:
        found |= keys_of_resource(one.resource, one.version)
        for condition in one.conditions:
            found |= keys_of_condition(condition, one.version)
    return frozenset(found)
