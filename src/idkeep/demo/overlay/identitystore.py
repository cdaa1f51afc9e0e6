"""The people and groups of an Identity Center.

https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_Operations.html
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from idkeep.demo.declared.center import CenterGroup, CenterUser
from idkeep.demo.overlay.center_view import CenterView, absent, is_here, manages, views
from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Asked, Operation, Table

SIZE = 100


def _view(asked: Asked) -> CenterView:
    """The store that is asked, by id or ARN. Raises AWS's refusals."""
    given = asked.params["IdentityStoreId"]
    for view in views(asked):
        if given in {view.declared.store, view.store_arn} and is_here(view, asked.call.region):
            if manages(asked, view.declared):
                return view
            raise Refused(
                "AccessDeniedException", "User is not authorized to perform this operation"
            )
    raise absent("IDENTITY_STORE")


def _said(answer: Callable[[Asked, CenterView], Mapping[str, Any]]) -> Operation:
    return lambda asked: answer(asked, _view(asked))


def _listed(into: str, found: Callable[[Asked, CenterView], Sequence[Any]]) -> Operation:
    def answer(asked: Asked) -> Mapping[str, Any]:
        items, more = asked.page(found(asked, _view(asked)), SIZE)
        return {into: items, **more}

    return answer


def _user(view: CenterView, user: CenterUser) -> dict[str, Any]:
    given, _, family = user.display.rpartition(" ")
    external = [{"Issuer": user.external, "Id": user.name}] if user.external else None
    said = {
        "IdentityStoreId": view.declared.store,
        "UserId": view.resource_id("user", user.name),
        "UserArn": view.resource_arn("user", user.name),
        "Revision": "1",
        "UserName": user.name,
        "ExternalIds": external,
        "Name": {"FamilyName": family, "GivenName": given},
        "DisplayName": user.display,
        "Emails": [{"Value": user.email, "Type": "work", "Primary": True}],
        "UserStatus": "ENABLED" if user.enabled else "DISABLED",
        "CreatedAt": view.ago(user.created),
        "UpdatedAt": view.ago(user.updated),
    }
    return {name: value for name, value in said.items() if value is not None}


def _group(view: CenterView, group: CenterGroup) -> dict[str, Any]:
    external = [{"Issuer": group.external, "Id": group.name}] if group.external else None
    said = {
        "IdentityStoreId": view.declared.store,
        "GroupId": view.resource_id("group", group.name),
        "GroupArn": view.resource_arn("group", group.name),
        "Revision": "1",
        "DisplayName": group.name,
        "ExternalIds": external,
        "Description": group.description or None,
        "CreatedAt": view.ago(group.created),
        "UpdatedAt": view.ago(group.created),
    }
    return {name: value for name, value in said.items() if value is not None}


def _membership(view: CenterView, group: CenterGroup, user: str) -> dict[str, Any]:
    name = f"{group.name}/{user}"
    return {
        "IdentityStoreId": view.declared.store,
        "MembershipId": view.resource_id("membership", name),
        "MembershipArn": view.resource_arn("membership", name),
        "GroupId": view.resource_id("group", group.name),
        "MemberId": {"UserId": view.resource_id("user", user)},
        "CreatedAt": view.ago(group.created),
        "UpdatedAt": view.ago(group.created),
    }


def _memberships(asked: Asked, view: CenterView) -> list[dict[str, Any]]:
    group = view.group(asked.params["GroupId"])
    return [_membership(view, group, user) for user in group.members]


def _memberships_of(asked: Asked, view: CenterView) -> list[dict[str, Any]]:
    user = view.user(asked.params["MemberId"]["UserId"]).name
    groups = (group for group in view.declared.groups if user in group.members)
    return [_membership(view, group, user) for group in groups]


def _store(_: Asked, view: CenterView) -> Mapping[str, Any]:
    return {
        "IdentityStoreId": view.declared.store,
        "IdentityStoreArn": view.store_arn,
        "NetworkConfiguration": view.declared.store_network,
    }


def _stores(asked: Asked) -> Mapping[str, Any]:
    found = [
        {"IdentityStoreId": view.declared.store, "IdentityStoreArn": view.store_arn}
        for view in views(asked)
        if is_here(view, asked.call.region) and manages(asked, view.declared)
    ]
    items, more = asked.page(found, SIZE)
    return {"IdentityStores": items, **more}


OPERATIONS: Table = {
    "DescribeGroup": _said(lambda asked, view: _group(view, view.group(asked.params["GroupId"]))),
    "DescribeIdentityStore": _said(_store),
    "DescribeUser": _said(lambda asked, view: _user(view, view.user(asked.params["UserId"]))),
    "ListGroupMemberships": _listed("GroupMemberships", _memberships),
    "ListGroupMembershipsForMember": _listed("GroupMemberships", _memberships_of),
    "ListGroups": _listed("Groups", lambda _, v: [_group(v, one) for one in v.declared.groups]),
    "ListIdentityStores": _stores,
    "ListUsers": _listed("Users", lambda _, v: [_user(v, one) for one in v.declared.users]),
}
