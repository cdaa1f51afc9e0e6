"""IAMSpy's questions of whole accounts, where they are at hand (IDKEEP_POLICY_CASES)."""

import json
from collections.abc import Iterator
from typing import Any

from idkeep.policy import Allowed, Context, Depends, Policy, PolicyKind, Requester, evaluate, parse
from idkeep.policy.request import Level, Policies, Request

from .test_peer_cases import _read

Json = dict[str, Any]


class Account:
    """What `GetAccountAuthorizationDetails`, an SCP tree and resources' policies say."""

    def __init__(self, files: Json, names: dict[str, list[str]]) -> None:
        details = [files[name] for name in names.get("gaads", ())]
        self.principals = [
            one
            for detail in details
            for kind in ("UserDetailList", "RoleDetailList")
            for one in detail[kind]
        ]
        self.groups = [one for detail in details for one in detail["GroupDetailList"]]
        self.managed = {
            one["Arn"]: next(
                v["Document"] for v in one["PolicyVersionList"] if v["IsDefaultVersion"]
            )
            for detail in details
            for one in detail["Policies"]
        }
        self.resources = [one for name in names.get("resources", ()) for one in files[name]]
        self.scps = [files[name] for name in names.get("scps", ())]

    def policies(self, arn: str, resource: str) -> tuple[Policies, str]:
        """Those that speak of the request, and the resource's account where a policy tells it."""
        nobody: Json = {}
        principal = next((one for one in self.principals if one["Arn"] == arn), nobody)
        boundary = principal.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        bucket = resource.partition("/")[0]
        found = next((r for r in self.resources if r["Resource"] in (resource, bucket)), None)
        return (
            Policies(
                identity=tuple(self._identity(principal)),
                boundary=_parsed(self.managed[boundary], PolicyKind.BOUNDARY) if boundary else None,
                resource=(_parsed(found["Policy"], PolicyKind.RESOURCE),) if found else None,
                scp=tuple(
                    level for tree in self.scps for level in _levels(tree, _account(arn)) or ()
                )
                or None,
                management_account=any(
                    _account(tree["Arn"]) == _account(arn) for tree in self.scps
                ),
            ),
            found["Account"] if found else "",
        )

    def _identity(self, principal: Json) -> Iterator[Policy]:
        names = principal.get("GroupList", ())
        groups = (group for group in self.groups if group["GroupName"] in names)
        for one in (principal, *groups):
            for kind in ("UserPolicyList", "RolePolicyList", "GroupPolicyList"):
                for inline in one.get(kind, ()):
                    yield _parsed(inline["PolicyDocument"], PolicyKind.IDENTITY)
            for attached in one.get("AttachedManagedPolicies", ()):
                yield _parsed(self.managed[attached["PolicyArn"]], PolicyKind.IDENTITY)


def _account(arn: str) -> str:
    return arn.split(":")[4]


def _parsed(document: Any, kind: PolicyKind) -> Policy:
    return parse(document if isinstance(document, str) else json.dumps(document), kind)


def _levels(node: Json, account: str) -> tuple[Level, ...] | None:
    """From this node down to the account; None where it does not hang below."""
    here = Level(
        target=node["Arn"],
        policies=tuple(
            _parsed(one.get("Content", one.get("Document")), PolicyKind.SCP)
            for one in node.get("Policies", ())
        ),
    )
    if node["Id"] == account:
        return (here,)
    for child in node.get("Children", ()):
        if (below := _levels(child, account)) is not None:
            return (here, *below)
    return None


def may(account: Account, arn: str, action: str, resource: str, *more: Any) -> bool:
    """Under conditions that nobody told, unless the question is strict."""
    told: list[str] = more[0] if more else []
    strict = bool(more[2:])
    policies, owner = account.policies(arn, resource)
    request = Request(
        principal=Requester.parse(arn),
        action=action,
        resource=resource,
        resource_account=owner,
        context=Context(dict(one.split("=", 1) for one in told), "*"),
    )
    decision = evaluate(request.strict() if strict else request, policies)
    return isinstance(decision, Allowed if strict else Allowed | Depends)


def cases(test: str) -> list[Any]:
    told = _read("iamspy_cases.json")
    return [
        (Account(told["files"], one["case"][0]), *one["case"][1:])
        for one in told["cases"]
        if one["test"] == test
    ]


def test_one_principal_is_asked_for() -> None:
    for n, (account, question, expected) in enumerate(cases("test_can_i")):
        assert may(account, *question) is expected, (n, question)


def test_all_principals_are_asked_for() -> None:
    for n, (account, question, expected) in enumerate(cases("test_who_can")):
        who = [p["Arn"] for p in account.principals if may(account, p["Arn"], *question)]
        assert sorted(who) == sorted(expected), (n, question)


def test_all_principals_are_asked_for_of_several_resources() -> None:
    for account, (action, resources), expected in cases("test_who_can_batch_resource"):
        found = [
            [p["Arn"], resource]
            for p in account.principals
            for resource in resources
            if may(account, p["Arn"], action, resource)
        ]
        assert sorted(found) == sorted(expected)
