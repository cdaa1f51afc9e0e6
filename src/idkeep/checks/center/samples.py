"""Things of an Identity Center for the examples of its checks."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from idkeep.checks.declare import Example
from idkeep.checks.samples import ACCOUNT, INSTANCE, allow, text
from idkeep.model import (
    AccountAssignment,
    AttachedPolicy,
    CenterGroup,
    CenterInstance,
    CenterUser,
    Gap,
    IdentityCenter,
    PermissionSet,
    PermissionSetDetails,
    SetPolicy,
)

HOUR = 3600
MANAGEMENT, SHOP, OTHER = INSTANCE.owner, ACCOUNT.id, "444455556666"
OFF = "has no permission sets: they are off"
IDP = "https://scim.example"
NO_DETAILS = Gap("sso:DescribePermissionSet", "AccessDeniedException")
NO_ASSIGNMENTS = Gap("sso:ListAccountAssignments", "AccessDeniedException")
NO_GROUPS = Gap("identitystore:ListGroups", "AccessDeniedException")
NO_MEMBERS = Gap("identitystore:ListGroupMemberships", "AccessDeniedException")
NO_ACCOUNTS = Gap("sso:ListAccountsForProvisionedPermissionSet", "AccessDeniedException")

ADMIN_ACCESS = AttachedPolicy("AdministratorAccess", "arn:aws:iam::aws:policy/AdministratorAccess")
ADMIN_TEXT = SetPolicy(arn=ADMIN_ACCESS.arn, document=text(allow("*")))

DEVELOPER = PermissionSet(
    arn="arn:aws:sso:::permissionSet/ssoins-example/ps-example",
    details=PermissionSetDetails(name="Developer", session_seconds=4 * HOUR),
    inline_policy=None,
    managed_policies=(),
    customer_policies=(),
    boundary=None,
    provisioned=(SHOP,),
    outdated=(),
)
ADMINISTRATOR = replace(
    DEVELOPER,
    arn="arn:aws:sso:::permissionSet/ssoins-example/ps-admin",
    details=PermissionSetDetails(name="Administrator", session_seconds=HOUR),
    managed_policies=(ADMIN_ACCESS,),
)

ADA = CenterUser(id="u-1", name="ada", status="ENABLED", issuers=(IDP,))
BO = CenterUser(id="u-2", name="bo", status="DISABLED", issuers=(IDP,))
PLATFORM = CenterGroup(id="g-1", name="Platform", issuers=(IDP,), members=("u-1", "u-2"))


def given(
    one: PermissionSet, to: CenterUser | CenterGroup, account: str = SHOP
) -> AccountAssignment:
    kind = "USER" if isinstance(to, CenterUser) else "GROUP"
    return AccountAssignment(
        account=account, permission_set=one.arn, principal_type=kind, principal=to.id
    )


def instance(*sets: PermissionSet, **facts: Any) -> CenterInstance:  # noqa: ANN401 -- any fact
    """The organisation's, with Ada and Bo in Platform, and nothing assigned."""
    told: dict[str, Any] = {
        "assignments": (),
        "policies": (ADMIN_TEXT,),
        "users": (ADA, BO),
        "groups": (PLATFORM,),
    }
    return replace(INSTANCE, permission_sets=sets, **(told | facts))


def center(*sets: PermissionSet, account_access: Any = (), **facts: Any) -> IdentityCenter:  # noqa: ANN401
    return IdentityCenter(instances=(instance(*sets, **facts),), account_access=account_access)


def of_instance(said: Callable[..., Example], *words: str, **facts: object) -> Example:
    """An example about an instance of these facts, which is the organisation's only one."""
    made = replace(INSTANCE, **facts)
    return said(made, *words, center=IdentityCenter(instances=(made,), account_access=()))
