"""Account access manager: who of Identity Center may become which role.

https://docs.aws.amazon.com/IAM/latest/UserGuide/account-access-manager.html; the members are those
of botocore's model. An application is there where entitlements are declared.
"""

from collections.abc import Mapping
from typing import Any

from idkeep.demo.declared.center import Entitlement
from idkeep.demo.identifiers import guid
from idkeep.demo.overlay.center_view import CenterView, absent, is_here, manages, views
from idkeep.demo.overlay.tables import Asked, Table

SIZE = 100


def _applications(asked: Asked) -> list[CenterView]:
    return [
        view
        for view in views(asked)
        if view.declared.entitlements
        and is_here(view, asked.call.region)
        and manages(asked, view.declared)
    ]


def _application(asked: Asked) -> CenterView:
    for view in _applications(asked):
        if view.application == asked.params["applicationArn"]:
            return view
    raise absent("Application")


def _list_applications(asked: Asked) -> Mapping[str, Any]:
    found = [{"applicationArn": view.application} | _times(view) for view in _applications(asked)]
    items, more = asked.page(found, SIZE)
    return {"applications": items, **more}


def _get_application(asked: Asked) -> Mapping[str, Any]:
    view = _application(asked)
    source = {"identityCenter": {"instanceArn": view.arn}}
    return {"identitySource": source, "status": "ACTIVE", **_times(view)}


def _times(view: CenterView) -> dict[str, Any]:
    since = view.ago(max(one.created for one in view.declared.entitlements))
    return {"createdAt": since, "updatedAt": since}


def _list_entitlements(asked: Asked) -> Mapping[str, Any]:
    view = _application(asked)
    wanted = asked.params["filter"].get("principalRole") or {}
    principal = (wanted.get("principal") or {}).get("identityCenter") or {}
    found = []
    for one in view.declared.entitlements:
        said = _principal_role(view, one)
        has = said["principal"]["identityCenter"]
        if (
            wanted.get("roleArn") in {None, said["roleArn"]}
            and wanted.get("account") in {None, said["account"]}
            and principal.items() <= has.items()
        ):
            found.append(
                {
                    "entitlementId": _id(one),
                    "entitlement": {"principalRole": said},
                    "createdAt": view.ago(one.created),
                }
            )
    items, more = asked.page(found, SIZE)
    return {"entitlements": items, **more}


def _get_entitlement(asked: Asked) -> Mapping[str, Any]:
    view = _application(asked)
    for one in view.declared.entitlements:
        if _id(one) == asked.params["entitlementId"]:
            return {
                "applicationArn": view.application,
                "entitlementId": _id(one),
                "entitlement": {"principalRole": _principal_role(view, one)},
                "createdAt": view.ago(one.created),
            }
    raise absent("Entitlement")


def _principal_role(view: CenterView, one: Entitlement) -> dict[str, Any]:
    kind, principal = view.principal(one)
    word = "groupId" if kind == "GROUP" else "userId"
    return {
        "principal": {"identityCenter": {word: principal}},
        "roleArn": one.role,
        "account": one.role.split(":")[4],
    }


def _id(one: Entitlement) -> str:
    return guid(f"entitlement:{one.role}:{one.group}:{one.user}")


OPERATIONS: Table = {
    "GetApplication": _get_application,
    "GetEntitlement": _get_entitlement,
    "ListApplications": _list_applications,
    "ListEntitlements": _list_entitlements,
}
