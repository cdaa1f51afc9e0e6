"""Cases of the batch format (docs/decide.md) as plain JSON, and the ways to write one otherwise.

Nothing here changes a case: what is returned is a copy.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, TypeAlias

from idkeep.model import Arn
from idkeep.policy import Requester, RequesterKind

Case: TypeAlias = dict[str, Any]
Document: TypeAlias = dict[str, Any]
Statement: TypeAlias = dict[str, Any]
# What becomes of a statement; None takes it out.
Change: TypeAlias = Callable[[Statement], Statement | None]

EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


def requester(case: Case) -> Requester:
    told = case["request"]["principal"]
    if isinstance(told, str):
        return Requester.parse(told)
    if told["type"] == "Service":
        return Requester(RequesterKind.SERVICE, told["service"])
    return Requester(RequesterKind.ANONYMOUS, "")


def resource_account(case: Case) -> str:
    """The resource's; the requester's own where neither the case nor the ARN tells it."""
    request = case["request"]
    if account := request.get("resource_account"):
        return str(account)
    try:
        named = Arn.parse(request["resource"]).account
    except ValueError:
        named = ""
    return named or requester(case).account


def cross_account(case: Case) -> bool:
    return resource_account(case) != requester(case).account


def completed(case: Case) -> Case:
    """With the account and the context keys that AWS supplies itself written out.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    made = deepcopy(case)
    request = made["request"]
    account = resource_account(case)
    context = dict(request.get("context", {}))
    unknown = request.get("unknown", ())
    told = {key.lower() for key in (*context, *(() if unknown == "*" else unknown))}
    supplied = requester(case).derived() | ({"aws:ResourceAccount": account} if account else {})
    context |= {key: value for key, value in supplied.items() if key.lower() not in told}
    request |= {"resource_account": account, "context": context}
    return made


def documents(case: Case, *kinds: str) -> Iterator[Document]:
    """Every document of the kinds, levels and all."""
    for kind in kinds:
        given = case["policies"].get(kind)
        if kind in {"scp", "rcp"}:
            given = [one for level in given or () for one in level["policies"]]
        yield from given if isinstance(given, list) else [given] if given else ()


def statements(case: Case, *kinds: str) -> Iterator[Statement]:
    for document in documents(case, *kinds):
        told = document["Statement"]
        yield from told if isinstance(told, list) else [told]


def rewritten(case: Case, change: Change, *kinds: str) -> Case:
    """The case with `change` made to each statement of the kinds."""
    made = deepcopy(case)
    for document in documents(made, *kinds):
        told = document["Statement"]
        changed = [change(one) for one in (told if isinstance(told, list) else [told])]
        document["Statement"] = [one for one in changed if one is not None]
    return pruned(made, *kinds)


def pruned(case: Case, *kinds: str) -> Case:
    """Without documents that have lost all statements; a limit that allows nothing stays one."""
    policies = case["policies"]
    for kind in kinds:
        given = policies.get(kind)
        if kind in {"scp", "rcp"}:
            for level in given or ():
                level["policies"] = [one for one in level["policies"] if one["Statement"]]
        elif isinstance(given, list):
            policies[kind] = [one for one in given if one["Statement"]]
        elif given and not given["Statement"]:
            policies[kind] = None
    return case


def with_policies(case: Case, **layers: object) -> Case:
    """None takes a layer out."""
    made = deepcopy(case)
    made["policies"] |= layers
    made["policies"] = {kind: one for kind, one in made["policies"].items() if one is not None}
    return made


def with_request(case: Case, **changes: object) -> Case:
    """None takes a field out."""
    made = deepcopy(case)
    request = made["request"] | changes
    made["request"] = {name: value for name, value in request.items() if value is not None}
    return made


def listed(value: object) -> list[Any]:
    """An element that may be a single value, as a list."""
    return value if isinstance(value, list) else [value]


def named_principals(element: object) -> list[str]:
    """What a `Principal` or `NotPrincipal` lists, of whatever type."""
    if isinstance(element, dict):
        return [str(name) for names in element.values() for name in listed(names)]
    return [str(element)]
