"""The organisation as its management account, its deputies and its members are let see it.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from moto.core.utils import get_service_model

from idkeep.demo.declared.organization import EffectivePolicy, Member
from idkeep.demo.overlay.organization_tree import Tree
from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Asked, Operation, Table

# https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html; AWS says no
# number, and gives twenty.
SIZE = 20


def _tree(asked: Asked) -> Tree:
    """The organisation that the caller is in. Raises AWS's refusal where there is none."""
    organization = asked.world.estate.organization
    if organization is None or asked.world.member(asked.state.account) is None:
        raise Refused(
            "AWSOrganizationsNotInUseException", "Your account is not a member of an organization."
        )
    return Tree(organization, asked.state.partition)


def _managed(answer: Callable[[Asked, Tree], Mapping[str, Any]]) -> Operation:
    """An operation for the management account and delegated administrators alone."""

    def judged(asked: Asked) -> Mapping[str, Any]:
        tree = _tree(asked)
        if asked.state.account not in tree.managers:
            raise Refused(
                "AccessDeniedException", "You don't have permissions to access this resource."
            )
        return answer(asked, tree)

    return judged


def _listed(into: str, found: Callable[[Asked, Tree], Sequence[Mapping[str, Any]]]) -> Operation:
    """A managers' list in pages."""

    def answer(asked: Asked, tree: Tree) -> Mapping[str, Any]:
        items, more = asked.page(found(asked, tree), SIZE)
        return {into: items, **more}

    return _managed(answer)


def _describe_organization(asked: Asked) -> Mapping[str, Any]:
    """Any account of the organisation may ask."""
    tree = _tree(asked)
    manager = tree.member(tree.declared.management)
    return {
        "Organization": {
            "Id": tree.declared.id,
            "Arn": tree.arn("organization", tree.declared.id),
            "FeatureSet": "ALL",
            "MasterAccountArn": tree.account_arn(manager.id),
            "MasterAccountId": manager.id,
            "MasterAccountEmail": manager.email,
            "AvailablePolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}],
        }
    }


def _account(asked: Asked, tree: Tree, member: Member) -> dict[str, Any]:
    """`State` alone: AWS retired `Status` on 9 September 2026."""
    return {
        "Id": member.id,
        "Arn": tree.account_arn(member.id),
        "Email": member.email,
        "Name": member.name,
        "State": member.state,
        "Paths": [tree.path_of(member)],
        "JoinedMethod": "INVITED" if member.invited else "CREATED",
        "JoinedTimestamp": _ago(asked, member.joined),
    }


def _accounts(asked: Asked, tree: Tree, members: Iterable[Member]) -> list[dict[str, Any]]:
    return [_account(asked, tree, member) for member in members]


def _describe_account(asked: Asked, tree: Tree) -> Mapping[str, Any]:
    return {"Account": _account(asked, tree, tree.member(asked.params["AccountId"]))}


def _roots(_: Asked, tree: Tree) -> list[dict[str, Any]]:
    kinds = [{"Type": kind, "Status": "ENABLED"} for kind in tree.enabled_types(_kinds())]
    root = tree.declared.root
    return [{"Id": root, "Arn": tree.target_arn("/"), "Name": "Root", "PolicyTypes": kinds}]


def _kinds() -> tuple[str, ...]:
    """Every type of policy that botocore's model knows."""
    return tuple(get_service_model("organizations").shape_for("PolicyType").enum)


def _units(asked: Asked, tree: Tree) -> list[dict[str, Any]]:
    parent = tree.parent(asked.params["ParentId"])
    return [tree.unit(path) for path in tree.units_in(parent)]


def _describe_unit(asked: Asked, tree: Tree) -> Mapping[str, Any]:
    for path in tree.declared.units:
        if tree.target_id(path) == asked.params["OrganizationalUnitId"]:
            return {"OrganizationalUnit": tree.unit(path)}
    raise Refused("OrganizationalUnitNotFoundException", "You specified an OU that doesn't exist.")


def _accounts_for_parent(asked: Asked, tree: Tree) -> list[dict[str, Any]]:
    parent = tree.parent(asked.params["ParentId"])
    return _accounts(asked, tree, (m for m in tree.declared.members if m.unit == parent))


def _children(asked: Asked, tree: Tree) -> list[dict[str, Any]]:
    parent, kind = tree.parent(asked.params["ParentId"]), asked.params["ChildType"]
    if kind == "ACCOUNT":
        return [{"Id": m.id, "Type": kind} for m in tree.declared.members if m.unit == parent]
    return [{"Id": tree.target_id(path), "Type": kind} for path in tree.units_in(parent)]


def _parents(asked: Asked, tree: Tree) -> list[dict[str, Any]]:
    path = tree.parent_of(asked.params["ChildId"])
    kind = "ROOT" if path == "/" else "ORGANIZATIONAL_UNIT"
    return [{"Id": tree.target_id(path), "Type": kind}]


def _policies(asked: Asked, tree: Tree) -> list[dict[str, Any]]:
    return [policy.summary for policy in tree.policies() if policy.kind == asked.params["Filter"]]


def _policies_for_target(asked: Asked, tree: Tree) -> list[dict[str, Any]]:
    target = tree.target(asked.params["TargetId"])
    return [
        policy.summary
        for policy in tree.policies()
        if policy.kind == asked.params["Filter"] and target in policy.targets
    ]


def _describe_policy(asked: Asked, tree: Tree) -> Mapping[str, Any]:
    policy = tree.policy(asked.params["PolicyId"])
    return {"Policy": {"PolicySummary": policy.summary, "Content": policy.content}}


def _targets(asked: Asked, tree: Tree) -> list[dict[str, Any]]:
    policy = tree.policy(asked.params["PolicyId"])
    return [tree.target_said(target) for target in policy.targets]


def _effective(asked: Asked) -> Mapping[str, Any]:
    """Any account may ask about itself, a manager about all.

    https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeEffectivePolicy.html
    """
    tree, own = _tree(asked), asked.state.account
    target = asked.params.get("TargetId") or own
    if target != own and own not in tree.managers:
        raise Refused(
            "AccessDeniedException", "You don't have permissions to access this resource."
        )
    found = _declared_effective(tree, asked.params["PolicyType"], target)
    return {
        "EffectivePolicy": {
            "PolicyContent": found.content,
            "LastUpdatedTimestamp": _ago(asked, found.updated),
            "TargetId": target,
            "PolicyType": found.type,
        }
    }


def _declared_effective(tree: Tree, kind: str, account: str) -> EffectivePolicy:
    for one in tree.declared.effective:
        if (one.account, one.type) == (account, kind):
            return one
    raise Refused(
        "EffectivePolicyNotFoundException",
        "If you ran this action on the management account, this policy type is not enabled. "
        "If you ran the action on a member account, the account doesn't have an effective policy "
        "of this type.",
    )


def _invalid(asked: Asked, tree: Tree) -> Mapping[str, Any]:
    kind = asked.params["PolicyType"]
    wrong = {one.account for one in tree.declared.effective if one.type == kind and one.errors}
    members = [member for member in tree.declared.members if member.id in wrong]
    items, more = asked.page(_accounts(asked, tree, members), SIZE)
    return {"Accounts": items, "PolicyType": kind, **more}


def _effective_errors(asked: Asked, tree: Tree) -> Mapping[str, Any]:
    account, kind = asked.params["AccountId"], asked.params["PolicyType"]
    found = _declared_effective(tree, kind, account)
    items, more = asked.page(found.errors, SIZE)
    return {
        "AccountId": account,
        "PolicyType": kind,
        "Path": tree.path_of(tree.member(account)),
        "EvaluationTimestamp": _ago(asked, found.updated),
        "EffectivePolicyValidationErrors": items,
        **more,
    }


def _deputies(asked: Asked, tree: Tree) -> list[dict[str, Any]]:
    wanted, found = asked.params.get("ServicePrincipal"), []
    for one in tree.declared.delegated:
        if wanted is None or wanted in one.services:
            said = _account(asked, tree, tree.member(one.account))
            del said["Paths"]
            found.append(said | {"DelegationEnabledDate": _ago(asked, one.since)})
    return found


def _delegated_services(asked: Asked, tree: Tree) -> list[dict[str, Any]]:
    account = tree.member(asked.params["AccountId"]).id
    for one in tree.declared.delegated:
        if one.account == account:
            since = _ago(asked, one.since)
            return [
                {"ServicePrincipal": name, "DelegationEnabledDate": since} for name in one.services
            ]
    raise Refused(
        "AccountNotRegisteredException",
        "The specified account is not a delegated administrator for this service.",
    )


def _trusted_access(asked: Asked, tree: Tree) -> list[dict[str, Any]]:
    return [
        {"ServicePrincipal": one.service, "DateEnabled": _ago(asked, one.since)}
        for one in tree.declared.trusted_access
    ]


def _handshakes(asked: Asked, tree: Tree) -> list[Mapping[str, Any]]:
    """Those that the organisation sent: a handshake's ARN names the sender's management account."""
    kind = (asked.params.get("Filter") or {}).get("ActionType")
    sent = f":organizations::{tree.declared.management}:"
    return [
        one
        for one in tree.declared.handshakes
        if sent in one["Arn"] and kind in {None, one["Action"]}
    ]


def _handshakes_of_account(asked: Asked) -> Mapping[str, Any]:
    """Those that the account itself is a party of."""
    organization = asked.world.estate.organization
    found = [
        one
        for one in (organization.handshakes if organization else ())
        if asked.state.account in {party["Id"] for party in one["Parties"]}
    ]
    items, more = asked.page(found, SIZE)
    return {"Handshakes": items, **more}


def _resource_policy(_: Asked, tree: Tree) -> Mapping[str, Any]:
    content = tree.declared.resource_policy
    if content is None:
        raise Refused("ResourcePolicyNotFoundException", "We can't find a resource policy request.")
    name = f"rp-{tree.declared.id.removeprefix('o-')[:8]}"
    summary = {"Id": name, "Arn": tree.arn("resourcepolicy", f"{tree.declared.id}/{name}")}
    return {"ResourcePolicy": {"ResourcePolicySummary": summary, "Content": content}}


def _tags(asked: Asked, tree: Tree) -> list[dict[str, str]]:
    target = tree.target(asked.params["ResourceId"])
    tags = (
        tree.declared.unit_tags.get(target, {})
        if target.startswith("/")
        else tree.member(target).tags
    )
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _ago(asked: Asked, days: float) -> Any:  # noqa: ANN401 a time
    return (asked.world.began - timedelta(days=days)).replace(microsecond=0)


OPERATIONS: Table = {
    "DescribeAccount": _managed(_describe_account),
    "DescribeEffectivePolicy": _effective,
    "DescribeOrganization": _describe_organization,
    "DescribeOrganizationalUnit": _managed(_describe_unit),
    "DescribePolicy": _managed(_describe_policy),
    "DescribeResourcePolicy": _managed(_resource_policy),
    "ListAWSServiceAccessForOrganization": _listed("EnabledServicePrincipals", _trusted_access),
    "ListAccounts": _listed("Accounts", lambda a, t: _accounts(a, t, t.declared.members)),
    "ListAccountsForParent": _listed("Accounts", _accounts_for_parent),
    "ListAccountsWithInvalidEffectivePolicy": _managed(_invalid),
    "ListChildren": _listed("Children", _children),
    "ListDelegatedAdministrators": _listed("DelegatedAdministrators", _deputies),
    "ListDelegatedServicesForAccount": _listed("DelegatedServices", _delegated_services),
    "ListEffectivePolicyValidationErrors": _managed(_effective_errors),
    "ListHandshakesForAccount": _handshakes_of_account,
    "ListHandshakesForOrganization": _listed("Handshakes", _handshakes),
    "ListOrganizationalUnitsForParent": _listed("OrganizationalUnits", _units),
    "ListParents": _listed("Parents", _parents),
    "ListPolicies": _listed("Policies", _policies),
    "ListPoliciesForTarget": _listed("Policies", _policies_for_target),
    "ListRoots": _listed("Roots", _roots),
    "ListTagsForResource": _listed("Tags", _tags),
    "ListTargetsForPolicy": _listed("Targets", _targets),
}
