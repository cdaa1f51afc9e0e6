"""Requests that AWS checks as several permissions, each of which has to be allowed.

Sources: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html ("Permissions required to add
session tags"), id_credentials_temp_control-access_monitor.html ("Permissions required to set a
source identity") and id_roles_create_role-manager_enable-use.html.
"""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from idkeep.policy.context import Context
from idkeep.policy.expression import Open, Truth
from idkeep.policy.request import Request

_ASSUMES = frozenset({"sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity"})
# Every action that is checked as more than one permission.
_SEVERAL = _ASSUMES | {"sts:getfederationtoken", "lambda:invokefunctionurl", "iam:acquirerole"}


class Carries(Struct, frozen=True):
    """Whether a request carries something, as the keys under these names tell."""

    what: str
    heads: tuple[str, ...]

    def evaluate(self, context: Context) -> Truth:
        if any(context.given_under(head) for head in self.heads):
            return True
        return Open(self) if any(context.may_hold(head) for head in self.heads) else False

    def __str__(self) -> str:
        return f"the request carries {self.what}"


_TAGS = Carries("session tags", ("aws:requesttag/", "aws:tagkeys", "sts:transitivetagkeys"))
# The caller's own source identity goes on with it into the next role.
_SOURCE_IDENTITY = Carries("a source identity", ("sts:sourceidentity", "aws:sourceidentity"))


def parts_of(request: Request) -> tuple[Request, ...]:
    """The single permissions behind a request; itself alone for most."""
    if request.action.lower() not in _SEVERAL:
        return (request,)
    return (*_always(request), *(part for part, truth in _carried(request) if truth is True))


def possible_parts(request: Request) -> tuple[tuple[Request, Open], ...]:
    """Permissions that it takes besides if it carries what nobody told."""
    if request.action.lower() not in _SEVERAL:
        return ()
    return tuple((part, truth) for part, truth in _carried(request) if isinstance(truth, Open))


def _always(request: Request) -> tuple[Request, ...]:
    match request.action.lower():
        case "lambda:invokefunctionurl":
            # New function URLs since October 2025, all since 2026-11-01.
            via_url = request.context.completed({"lambda:InvokedViaFunctionUrl": "true"})
            return (request, replace(request, action="lambda:InvokeFunction", context=via_url))
        case "iam:acquirerole":
            # No permission has this name. A role of the template that is there already takes
            # iam:GetRole instead, one with inline policies iam:PutRolePolicy too.
            return (
                replace(request, action="iam:CreateRole"),
                replace(request, action="iam:AttachRolePolicy"),
            )
        case _:
            return (request,)


def _carried(request: Request) -> Iterator[tuple[Request, Truth]]:
    action = request.action.lower()
    if action in _ASSUMES or action == "sts:getfederationtoken":
        yield replace(request, action="sts:TagSession"), _TAGS.evaluate(request.context)
    if action in _ASSUMES:
        carried = _SOURCE_IDENTITY.evaluate(request.context)
        yield replace(request, action="sts:SetSourceIdentity"), carried
