"""Requests that AWS answers by who asks for what, whatever the policies say.

Sources: https://docs.aws.amazon.com/STS/latest/APIReference/ (API_GetCallerIdentity.html,
API_AssumeRole.html, API_AssumeRoot.html, API_GetFederationToken.html, API_GetSessionToken.html),
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getsessiontoken.html
and id_roles_providers_outbound_cross_partition.html.
"""

from msgspec import Struct

from idkeep.policy.request import Actions, Request
from idkeep.policy.requester import WITHOUT_ACCOUNT, RequesterKind

_ROOT = RequesterKind.ROOT
_SESSIONS = frozenset({RequesterKind.ROLE, RequesterKind.ROLE_SESSION})


class Settled(Struct, frozen=True):
    """An answer that no policy changes."""

    allowed: bool
    why: str


def settled(request: Request, owner: str, own_account_only: Actions) -> Settled | None:
    """None for the many that policies decide.

    `owner` is the resource's account, "" for the requester's own.
    """
    who = request.principal
    if owner not in ("", who.account) and request.action.lower() in own_account_only:
        why = f"{request.action} is honoured only from the resource's own account"
        return Settled(allowed=False, why=why)
    if why := _always_denied(request):
        return Settled(allowed=False, why=why)
    if why := _always_allowed(request):
        return Settled(allowed=True, why=why)
    return None


def _always_allowed(request: Request) -> str:
    """Why no identity has to be allowed this, and none can be denied it; "" for most."""
    match request.action.lower():
        case "sts:getcalleridentity" if request.principal.kind not in WITHOUT_ACCOUNT:
            return "sts:GetCallerIdentity takes no permission, and no policy denies it"
        case "sts:getsessiontoken" if request.principal.kind in {RequesterKind.USER, _ROOT}:
            return "sts:GetSessionToken takes no permission: policies don't control it"
        case _:
            return ""


def _always_denied(request: Request) -> str:
    """Why nobody of this kind is ever allowed this; "" for most."""
    who, action = request.principal, request.action.lower()
    if who.partition and (partition := _partition(request)) not in ("", who.partition):
        return f"credentials of {who.partition} are not valid in {partition}"
    if who.kind is _ROOT and action in {"sts:assumerole", "sts:assumeroot"}:
        return f"the root user can't call {request.action}"
    if who.kind in _SESSIONS and action in {"sts:getfederationtoken", "sts:getsessiontoken"}:
        return f"a role's session can't call {request.action}"
    if who.kind is RequesterKind.FEDERATED_USER and action.startswith("sts:"):
        return "a federated user can call no operation of STS but GetCallerIdentity"
    return ""


def _partition(request: Request) -> str:
    """The resource's; empty for what is no ARN, or one for several partitions."""
    arn = request.arn
    return "" if arn is None or "*" in arn.partition else arn.partition
