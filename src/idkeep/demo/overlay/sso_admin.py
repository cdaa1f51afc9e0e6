"""Identity Center: its instance, permission sets and who has them where.

https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_Operations.html
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from idkeep.demo.overlay.center_view import CenterView, absent, is_here, manages, views
from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Asked, Operation, Table

# https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListPermissionSets.html: at
# most a hundred, and as many where the caller does not say.
SIZE = 100
LATEST = "LATEST_PERMISSION_SET_PROVISIONED"
DENIED = "User is not authorized to perform this operation"


def _view(asked: Asked) -> CenterView:
    """The instance that is asked about. Raises AWS's refusals."""
    given = asked.params.get("InstanceArn")
    for view in views(asked):
        if is_here(view, asked.call.region) and given in {None, view.arn}:
            if manages(asked, view.declared):
                return view
            raise Refused("AccessDeniedException", DENIED)
    if given is None:
        raise absent("Instance")
    raise Refused("AccessDeniedException", DENIED)


def _said(answer: Callable[[Asked, CenterView], Mapping[str, Any]]) -> Operation:
    return lambda asked: answer(asked, _view(asked))


def _listed(into: str, found: Callable[[Asked, CenterView], Sequence[Any]]) -> Operation:
    def answer(asked: Asked) -> Mapping[str, Any]:
        items, more = asked.page(found(asked, _view(asked)), SIZE)
        return {into: items, **more}

    return answer


def _instances(asked: Asked) -> Mapping[str, Any]:
    """Of the region asked alone, unless `RegionScope` says otherwise."""
    everywhere = asked.params.get("RegionScope") == "ALL_REGIONS"
    found = [
        _instance(view) for view in views(asked) if everywhere or is_here(view, asked.call.region)
    ]
    items, more = asked.page(found, SIZE)
    return {"Instances": items, **more}


def _instance(view: CenterView) -> dict[str, Any]:
    center = view.declared
    return {
        "InstanceArn": view.arn,
        "IdentityStoreId": center.store,
        "IdentityStoreArn": view.store_arn,
        "OwnerAccountId": center.owner,
        "Name": center.name,
        "CreatedDate": view.ago(center.created),
        "Status": center.status,
        "PrimaryRegion": center.region,
        "Regions": view.regions(),
    }


def _describe_instance(_: Asked, view: CenterView) -> Mapping[str, Any]:
    center = view.declared
    key = {"KeyType": "AWS_OWNED_KMS_KEY", "EncryptionStatus": center.key_status}
    if center.key:
        key |= {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": center.key}
    return {
        **_instance(view),
        "EncryptionConfigurationDetails": key,
        "NetworkConfigurationDetails": center.network,
        "PermissionSetsEnabled": center.permission_sets_enabled,
    }


def _permission_sets(_: Asked, view: CenterView) -> list[str]:
    return [view.set_arn(one.name) for one in view.declared.permission_sets]


def _describe_permission_set(asked: Asked, view: CenterView) -> Mapping[str, Any]:
    one = view.permission_set(asked.params["PermissionSetArn"])
    said = {
        "Name": one.name,
        "PermissionSetArn": view.set_arn(one.name),
        "Description": one.description or None,
        "CreatedDate": view.ago(one.created),
        "SessionDuration": one.session,
        "RelayState": one.relay_state,
    }
    return {"PermissionSet": {name: value for name, value in said.items() if value is not None}}


def _inline(asked: Asked, view: CenterView) -> Mapping[str, Any]:
    """Empty text where there is none."""
    return {"InlinePolicy": view.permission_set(asked.params["PermissionSetArn"]).inline}


def _managed(asked: Asked, view: CenterView) -> list[dict[str, str]]:
    one = view.permission_set(asked.params["PermissionSetArn"])
    start = f"arn:{view.partition}:iam::aws:policy/"
    return [{"Name": name.rpartition("/")[2], "Arn": start + name} for name in one.managed]


def _customer(asked: Asked, view: CenterView) -> list[dict[str, str]]:
    one = view.permission_set(asked.params["PermissionSetArn"])
    return [{"Name": name, "Path": "/"} for name in one.customer]


def _boundary(asked: Asked, view: CenterView) -> Mapping[str, Any]:
    boundary = view.permission_set(asked.params["PermissionSetArn"]).boundary
    if boundary is None:
        raise absent("PermissionsBoundary")
    if boundary.startswith("arn:"):
        return {"PermissionsBoundary": {"ManagedPolicyArn": boundary}}
    reference = {"Name": boundary, "Path": "/"}
    return {"PermissionsBoundary": {"CustomerManagedPolicyReference": reference}}


def _accounts(asked: Asked, view: CenterView) -> list[str]:
    one = view.permission_set(asked.params["PermissionSetArn"])
    wanted = asked.params.get("ProvisioningStatus")
    return [
        account
        for account in view.provisioned(one.name)
        if wanted is None or (wanted == LATEST) == (account not in one.stale)
    ]


def _sets_of_account(asked: Asked, view: CenterView) -> list[str]:
    account, wanted = asked.params["AccountId"], asked.params.get("ProvisioningStatus")
    return [
        view.set_arn(one.name)
        for one in view.declared.permission_sets
        if account in view.provisioned(one.name)
        and (wanted is None or (wanted == LATEST) == (account not in one.stale))
    ]


def _assignments(asked: Asked, view: CenterView) -> list[dict[str, str]]:
    wanted = {name: asked.params[name] for name in ("AccountId", "PermissionSetArn")}
    view.permission_set(wanted["PermissionSetArn"])
    return [one for one in view.assignments() if wanted.items() <= one.items()]


def _assignments_of(asked: Asked, view: CenterView) -> list[dict[str, str]]:
    """A user's through groups too.

    https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListAccountAssignmentsForPrincipal.html
    """
    principal, kind = asked.params["PrincipalId"], asked.params["PrincipalType"]
    account = (asked.params.get("Filter") or {}).get("AccountId")
    holders = {principal}
    if kind == "USER":
        name = view.user(principal).name
        holders |= {
            view.resource_id("group", group.name)
            for group in view.declared.groups
            if name in group.members
        }
    return [
        one
        for one in view.assignments()
        if one["PrincipalId"] in holders and account in {None, one["AccountId"]}
    ]


def _token_issuers(_: Asked, view: CenterView) -> list[dict[str, Any]]:
    words = ("TrustedTokenIssuerArn", "Name", "TrustedTokenIssuerType")
    return [{word: one[word] for word in words} for one in view.declared.token_issuers]


def _token_issuer(asked: Asked, view: CenterView) -> Mapping[str, Any]:
    for one in view.declared.token_issuers:
        if one["TrustedTokenIssuerArn"] == asked.params["TrustedTokenIssuerArn"]:
            return one
    raise absent("TrustedTokenIssuer")


def _applications(_: Asked, view: CenterView) -> list[dict[str, Any]]:
    """Each without what other operations tell."""
    return [
        {name: value for name, value in one.items() if name not in _TOLD_APART}
        for one in view.declared.applications
    ]


# Members of a declared application that are no members of AWS's list of them.
_TOLD_APART = frozenset({"Scopes", "AssignmentRequired", "Assigned", "BackgroundSessions"})


def _asked_about(asked: Asked, view: CenterView) -> Mapping[str, Any]:
    for one in view.declared.applications:
        if one["ApplicationArn"] == asked.params["ApplicationArn"]:
            return one
    raise absent("Application")


def _scopes(asked: Asked, view: CenterView) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _asked_about(asked, view).get("Scopes", [])
    return found


def _assignment_required(asked: Asked, view: CenterView) -> Mapping[str, Any]:
    return {"AssignmentRequired": _asked_about(asked, view).get("AssignmentRequired", True)}


def _application_assignments(asked: Asked, view: CenterView) -> list[dict[str, str]]:
    """Groups by name, as the estate declares them."""
    one = _asked_about(asked, view)
    return [
        {
            "ApplicationArn": one["ApplicationArn"],
            "PrincipalId": view.resource_id("group", name),
            "PrincipalType": "GROUP",
        }
        for name in one.get("Assigned", [])
    ]


def _application_sessions(asked: Asked, view: CenterView) -> Mapping[str, Any]:
    status = _asked_about(asked, view).get("BackgroundSessions", "DISABLED")
    return {"UserBackgroundSessionApplicationStatus": status}


def _attributes(_: Asked, view: CenterView) -> Mapping[str, Any]:
    if view.declared.attributes is None:
        raise absent("InstanceAccessControlAttributeConfiguration")
    return view.declared.attributes


def _tags(asked: Asked, view: CenterView) -> list[dict[str, str]]:
    arn = asked.params["ResourceArn"]
    tags = {} if arn == view.arn else view.permission_set(arn).tags
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _region(asked: Asked, view: CenterView) -> Mapping[str, Any]:
    for one in view.regions():
        if one["RegionName"] == asked.params["RegionName"]:
            return one
    raise absent("Region")


def _provisioning(_: Asked, __: CenterView) -> Mapping[str, Any]:
    """AWS forgets a provisioning after a while; none is declared."""
    raise absent("ProvisioningStatus")


OPERATIONS: Table = {
    "DescribeInstance": _said(_describe_instance),
    "DescribeInstanceAccessControlAttributeConfiguration": _said(_attributes),
    "DescribePermissionSet": _said(_describe_permission_set),
    "DescribePermissionSetProvisioningStatus": _said(_provisioning),
    "DescribeRegion": _said(_region),
    "DescribeTrustedTokenIssuer": _said(_token_issuer),
    "GetApplicationAssignmentConfiguration": _said(_assignment_required),
    "GetApplicationSessionConfiguration": _said(_application_sessions),
    "GetInlinePolicyForPermissionSet": _said(_inline),
    "GetPermissionsBoundaryForPermissionSet": _said(_boundary),
    "ListAccountAssignments": _listed("AccountAssignments", _assignments),
    "ListAccountAssignmentsForPrincipal": _listed("AccountAssignments", _assignments_of),
    "ListAccountsForProvisionedPermissionSet": _listed("AccountIds", _accounts),
    "ListApplicationAccessScopes": _listed("Scopes", _scopes),
    "ListApplicationAssignments": _listed("ApplicationAssignments", _application_assignments),
    "ListApplications": _listed("Applications", _applications),
    "ListCustomerManagedPolicyReferencesInPermissionSet": _listed(
        "CustomerManagedPolicyReferences", _customer
    ),
    "ListInstances": _instances,
    "ListManagedPoliciesInPermissionSet": _listed("AttachedManagedPolicies", _managed),
    "ListPermissionSetProvisioningStatus": _listed(
        "PermissionSetsProvisioningStatus", lambda _, __: []
    ),
    "ListPermissionSets": _listed("PermissionSets", _permission_sets),
    "ListPermissionSetsProvisionedToAccount": _listed("PermissionSets", _sets_of_account),
    "ListRegions": _listed("Regions", lambda _, view: view.regions()),
    "ListTagsForResource": _listed("Tags", _tags),
    "ListTrustedTokenIssuers": _listed("TrustedTokenIssuers", _token_issuers),
}
