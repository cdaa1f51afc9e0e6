"""Requests that AWS checks as several permissions, each of which has to be allowed.

Sources: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html ("Permissions required to add
session tags"), id_credentials_temp_control-access_monitor.html ("Permissions required to set a
source identity") and id_roles_create_role-manager_enable-use.html.
"""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from idkeep.policy.context import Given
from idkeep.policy.request import Request

_ASSUMES = frozenset({"sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity"})
_TAGS = ("aws:requesttag/", "aws:tagkeys", "sts:transitivetagkeys")
# The caller's own source identity goes on with it into the next role.
_SOURCE_IDENTITY = ("sts:sourceidentity", "aws:sourceidentity")


def parts_of(request: Request) -> tuple[Request, ...]:
    """The single permissions behind a request; itself alone for most."""
    match request.action.lower():
        case "lambda:invokefunctionurl":
            # New function URLs since October 2025, all since 2026-11-01.
            via_url = {"lambda:InvokedViaFunctionUrl": "true"}
            return (request, _also(request, "lambda:InvokeFunction", via_url))
        case "iam:acquirerole":
            # No permission has this name. A role of the template that is there already takes
            # iam:GetRole instead, one with inline policies iam:PutRolePolicy too.
            return (
                replace(request, action="iam:CreateRole"),
                replace(request, action="iam:AttachRolePolicy"),
            )
        case action if action in _ASSUMES or action == "sts:getfederationtoken":
            return (request, *_session_parts(request, action))
        case _:
            return (request,)


def _session_parts(request: Request, action: str) -> Iterator[Request]:
    given = request.context.given
    if any(key.startswith(_TAGS) for key in given):
        yield replace(request, action="sts:TagSession")
    if action in _ASSUMES and any(key in _SOURCE_IDENTITY for key in given):
        yield replace(request, action="sts:SetSourceIdentity")


def _also(request: Request, action: str, known: Mapping[str, Given]) -> Request:
    missing = {k: v for k, v in known.items() if request.context.get(k) == ()}
    return replace(request, action=action, context=request.context.told(missing))
