"""What the catalog says against a case: names that it lacks, keys that a request can't carry.

It changes no decision: AWS has new actions and keys every week, and the catalog has a date.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from idkeep.catalog import Catalog, GlobalKey
from idkeep.policy.document import Policy
from idkeep.policy.request import Policies, Request
from idkeep.policy.requester import RequesterKind

Notes: TypeAlias = Callable[[Request, Policies], tuple[str, ...]]

# Judged under this name, though no permission has it.
_CALLS = frozenset({"iam:acquirerole"})


def no_notes(request: Request, policies: Policies) -> tuple[str, ...]:  # noqa: ARG001 -- a `Notes`
    return ()


def catalog_notes(catalog: Catalog) -> Notes:
    """Notes by this catalog."""
    known_action = lru_cache(maxsize=8192)(lambda name: catalog.action(name) is not None)
    key_of = lru_cache(maxsize=8192)(catalog.key)
    keys_of = lru_cache(maxsize=16_384)(_keys)

    @lru_cache(maxsize=16_384)
    def of_key(name: str, action: str) -> str:
        known = key_of(name)
        if known is None and not _is_token_claim(name):
            return f"the catalog of {catalog.date} lacks the key {name}: compared as text"
        if isinstance(known, GlobalKey) and known.supplied_by(action) is False:
            service = action.partition(":")[0]
            return f"{name}: AWS does not list {service} among the services that supply it"
        return ""

    @lru_cache(maxsize=4096)
    def of_policies(every: tuple[Policy, ...], action: str) -> tuple[str, ...]:
        names = dict.fromkeys(name for policy in every for name in keys_of(policy))
        return tuple(filter(None, (of_key(name, action) for name in names)))

    def notes(request: Request, policies: Policies) -> tuple[str, ...]:
        found = []
        action = request.action
        if action.lower() not in _CALLS and not known_action(action):
            found.append(f"the catalog of {catalog.date} lacks {action}: matched as text")
        if request.principal.kind is RequesterKind.FEDERATED_USER and policies.session is None:
            found.append("no session policies were told, without which AWS gives no permissions")
        found.extend(filter(None, (of_key(name, action) for name in request.context.given)))
        found.extend(of_policies(tuple(policies.every()), action))
        return tuple(dict.fromkeys(found))

    return notes


def _keys(policy: Policy) -> dict[str, None]:
    conditions = (one for statement in policy.statements for one in statement.conditions)
    return dict.fromkeys(one.key.lower() for one in conditions)


def _is_token_claim(name: str) -> bool:
    """A claim of an identity provider's token: `token.actions.githubusercontent.com:sub`."""
    return "." in name.partition(":")[0]
