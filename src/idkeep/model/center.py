"""IAM Identity Center: who of a workforce may become what in which account.

Source: https://docs.aws.amazon.com/singlesignon/latest/APIReference/welcome.html
"""

from datetime import datetime
from typing import Annotated

from msgspec import Struct

from idkeep.model.facts import Family
from idkeep.model.gap import Gap, NotAsked, ReadBy, Unread
from idkeep.model.principals import AttachedPolicy

_NOT_ASKED = NotAsked(Family.CENTER)


class CenterRegion(Struct, frozen=True, kw_only=True):
    """A region that has the instance; `status` is ACTIVE, ADDING or REMOVING."""

    name: str
    status: str
    is_primary: bool = False
    added: datetime | None = None


class CenterEncryption(Struct, frozen=True, kw_only=True):
    """With which key the instance's data is encrypted, and whether that works.

    `key_type` is AWS_OWNED_KMS_KEY or CUSTOMER_MANAGED_KEY, `status` UPDATING, ENABLED or
    UPDATE_FAILED.
    """

    key_type: str
    key: str | None = None
    status: str = ""


class CenterNetwork(Struct, frozen=True, kw_only=True):
    """From where the instance and its applications may be used.

    `vpcs` empty: any of the organisation's; `ips` are let in besides.
    """

    vpc_endpoint_required: bool
    vpcs: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    excluded_applications: tuple[str, ...] = ()


class StoreNetwork(Struct, frozen=True, kw_only=True):
    """From where the identity store may be read and written; `scim_ips` for provisioning."""

    vpc_endpoint_required: bool
    vpcs: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    scim_ips: tuple[str, ...] = ()


class InstanceDetails(Struct, frozen=True, kw_only=True, tag=True):
    """`permission_sets_enabled` is None where AWS does not tell; `network` where none was set.

    Source: https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_DescribeInstance.html
    """

    permission_sets_enabled: bool | None = None
    encryption: CenterEncryption | None = None
    network: CenterNetwork | None = None


class PermissionSetsOff(Struct, frozen=True, tag=True):
    """The instance has no permission sets: they were never switched on in it."""


class PermissionSetDetails(Struct, frozen=True, kw_only=True, tag=True):
    """`session_seconds` is None where AWS does not tell."""

    name: str
    description: str = ""
    created: datetime | None = None
    session_seconds: int | None = None
    relay_state: str | None = None


class PolicyReference(Struct, frozen=True, kw_only=True):
    """A customer managed policy by name: each account has, or lacks, its own of that name."""

    name: str
    path: str = "/"


class PermissionSetBoundary(Struct, frozen=True, kw_only=True, tag=True):
    """Either an AWS managed policy's ARN, or the name of a policy in each account."""

    managed: str | None = None
    customer: PolicyReference | None = None


class PermissionSet(Struct, frozen=True, kw_only=True):
    """A permission set, and the accounts whose role is made from it.

    `inline_policy` is the digest of a text in `Snapshot.documents`, None where there is none.
    `provisioned` are the accounts that have it as it is now, `outdated` those whose role is still
    as the set was before an edit.
    """

    arn: str
    details: Annotated[PermissionSetDetails | Unread, ReadBy("sso:DescribePermissionSet")]
    inline_policy: Annotated[str | Unread | None, ReadBy("sso:GetInlinePolicyForPermissionSet")]
    managed_policies: Annotated[
        tuple[AttachedPolicy, ...] | Unread, ReadBy("sso:ListManagedPoliciesInPermissionSet")
    ]
    customer_policies: Annotated[
        tuple[PolicyReference, ...] | Unread,
        ReadBy("sso:ListCustomerManagedPolicyReferencesInPermissionSet"),
    ]
    boundary: Annotated[
        PermissionSetBoundary | Unread | None, ReadBy("sso:GetPermissionsBoundaryForPermissionSet")
    ]
    provisioned: Annotated[
        tuple[str, ...] | Unread, ReadBy("sso:ListAccountsForProvisionedPermissionSet")
    ]
    outdated: Annotated[
        tuple[str, ...] | Unread, ReadBy("sso:ListAccountsForProvisionedPermissionSet")
    ]

    @property
    def name(self) -> str:
        """Empty where it was not read."""
        return self.details.name if isinstance(self.details, PermissionSetDetails) else ""


class SetPolicy(Struct, frozen=True, kw_only=True):
    """A policy of AWS's own that permission sets name, which the account itself need not hold.

    `document` is the digest of the text in force, in `Snapshot.documents`.
    """

    arn: str
    document: Annotated[str | Unread, ReadBy("iam:GetPolicyVersion")]


class AccountAssignment(Struct, frozen=True, kw_only=True, tag=True):
    """A user or group of the identity store has a permission set in an account.

    `principal_type` is USER or GROUP.
    """

    account: str
    permission_set: str
    principal_type: str
    principal: str


class FailedProvisioning(Struct, frozen=True, kw_only=True, tag=True):
    """A permission set that could not be brought to an account."""

    id: str
    permission_set: str = ""
    account: str = ""
    reason: str = ""
    created: datetime | None = None


class TrustedTokenIssuerDetails(Struct, frozen=True, kw_only=True, tag=True):
    """Whose tokens stand for a user: the claim that must equal the store's attribute."""

    url: str
    claim: str
    attribute: str


class TrustedTokenIssuer(Struct, frozen=True, kw_only=True):
    """Whose tokens applications may bring for a user; `details` is None where it is not OIDC.

    Source: https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_DescribeTrustedTokenIssuer.html
    """

    arn: str
    name: str
    type: str
    details: Annotated[
        TrustedTokenIssuerDetails | Unread | None, ReadBy("sso:DescribeTrustedTokenIssuer")
    ] = _NOT_ASKED


class ApplicationScope(Struct, frozen=True, kw_only=True):
    """What an application may ask for in a user's name: `sso:account:access` are credentials.

    `targets` are ARNs of the applications that it is limited to; empty asks no limit.
    Source: https://docs.aws.amazon.com/singlesignon/latest/userguide/enable-account-access-customer-managed-apps.html
    """

    name: str
    targets: tuple[str, ...] = ()


class ApplicationAssignment(Struct, frozen=True, kw_only=True):
    """A user or group may use an application. `principal_type` is USER or GROUP."""

    principal_type: str
    principal: str


class CenterApplication(Struct, frozen=True, kw_only=True):
    """An application of the instance. `provider` is the ARN of what kind it is.

    `scopes` is None for one that is not the customer's own: AWS's say nothing of theirs.
    `assignment_required`: it is for those in `assigned`; else for every user of the directory.
    `background_sessions` is ENABLED where its jobs may run on for a user who signed out, else
    DISABLED, or None where AWS has nothing on it.
    Source: https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_Application.html
    """

    arn: str
    name: str
    provider: str
    account: str
    status: str
    scopes: Annotated[
        tuple[ApplicationScope, ...] | Unread | None, ReadBy("sso:ListApplicationAccessScopes")
    ] = None
    assignment_required: Annotated[
        bool | Unread, ReadBy("sso:GetApplicationAssignmentConfiguration")
    ] = _NOT_ASKED
    assigned: Annotated[
        tuple[ApplicationAssignment, ...] | Unread, ReadBy("sso:ListApplicationAssignments")
    ] = _NOT_ASKED
    background_sessions: Annotated[
        str | Unread | None, ReadBy("sso:GetApplicationSessionConfiguration")
    ] = _NOT_ASKED


class AccessAttribute(Struct, frozen=True, kw_only=True):
    """A session tag `key` that users' sessions carry, and what of the store it is made from."""

    key: str
    sources: tuple[str, ...] = ()


class CenterUser(Struct, frozen=True, kw_only=True):
    """A person of the identity store. `status` is ENABLED or DISABLED, "" where AWS does not tell.

    `issuers` are the identity providers that know the user under an id of theirs; `roles` are the
    directory's own, not IAM's.
    """

    id: str
    name: str
    display_name: str = ""
    email: str | None = None
    status: str = ""
    issuers: tuple[str, ...] = ()
    created: datetime | None = None
    created_by: str | None = None
    updated: datetime | None = None
    updated_by: str | None = None
    roles: tuple[str, ...] = ()


class CenterGroup(Struct, frozen=True, kw_only=True):
    """A group of the identity store; `members` are ids of users."""

    id: str
    name: str
    issuers: tuple[str, ...] = ()
    created: datetime | None = None
    created_by: str | None = None
    members: Annotated[tuple[str, ...] | Unread, ReadBy("identitystore:ListGroupMemberships")] = (
        _NOT_ASKED
    )


class IdentityStore(Struct, frozen=True, kw_only=True, tag=True):
    """`network` is None where none was set."""

    arn: str
    network: StoreNetwork | None = None


class CenterInstance(Struct, frozen=True, kw_only=True):
    """An instance, once however many regions it is in. `region` is its primary one.

    `owner` is the organisation's management account for an organisation instance, any account for
    an account instance. `access_attributes` is None where attributes for access control are off.
    A gap in the place of an assignment stands for those of one set, account or principal.
    `policies` are those of AWS's own that the permission sets name.
    """

    arn: str
    name: str = ""
    owner: str
    status: str
    region: str
    regions: tuple[CenterRegion, ...] = ()
    identity_store: str = ""
    created: datetime | None = None
    details: Annotated[InstanceDetails | Unread, ReadBy("sso:DescribeInstance")] = _NOT_ASKED
    permission_sets: Annotated[
        tuple[PermissionSet, ...] | PermissionSetsOff | Unread, ReadBy("sso:ListPermissionSets")
    ] = _NOT_ASKED
    policies: Annotated[
        tuple[SetPolicy, ...] | PermissionSetsOff | Unread, ReadBy("iam:GetPolicyVersion")
    ] = _NOT_ASKED
    assignments: Annotated[
        tuple[AccountAssignment | Gap, ...] | PermissionSetsOff | Unread,
        ReadBy("sso:ListAccountAssignments"),
    ] = _NOT_ASKED
    failed_provisionings: Annotated[
        tuple[FailedProvisioning | Gap, ...] | PermissionSetsOff | Unread,
        ReadBy("sso:ListPermissionSetProvisioningStatus"),
    ] = _NOT_ASKED
    token_issuers: Annotated[
        tuple[TrustedTokenIssuer, ...] | Unread, ReadBy("sso:ListTrustedTokenIssuers")
    ] = _NOT_ASKED
    applications: Annotated[
        tuple[CenterApplication, ...] | Unread, ReadBy("sso:ListApplications")
    ] = _NOT_ASKED
    access_attributes: Annotated[
        tuple[AccessAttribute, ...] | Unread | None,
        ReadBy("sso:DescribeInstanceAccessControlAttributeConfiguration"),
    ] = _NOT_ASKED
    store: Annotated[IdentityStore | Unread, ReadBy("identitystore:DescribeIdentityStore")] = (
        _NOT_ASKED
    )
    users: Annotated[tuple[CenterUser, ...] | Unread, ReadBy("identitystore:ListUsers")] = (
        _NOT_ASKED
    )
    groups: Annotated[tuple[CenterGroup, ...] | Unread, ReadBy("identitystore:ListGroups")] = (
        _NOT_ASKED
    )


class Entitlement(Struct, frozen=True, kw_only=True):
    """A user or group of the identity store may become an existing role in an account.

    `principal_type` is USER or GROUP; else AWS's word for something new, which has no `principal`.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/account-access-manager.html
    """

    id: str
    role: str
    account: str
    principal_type: str
    principal: str
    created: datetime | None = None

    @property
    def name(self) -> str:
        """The role's, for an entitlement has an id alone."""
        return f"role {self.role.rpartition('/')[2]}"


class AccountAccessDetails(Struct, frozen=True, kw_only=True, tag=True):
    """Which instance the principals are of, and the application's status."""

    instance: str
    status: str


class AccountAccess(Struct, frozen=True, kw_only=True, tag=True):
    """An application of account access manager, and whom it lets become which role."""

    arn: str
    region: str
    details: Annotated[AccountAccessDetails | Unread, ReadBy("account-access:GetApplication")]
    entitlements: Annotated[
        tuple[Entitlement, ...] | Unread, ReadBy("account-access:ListEntitlements")
    ]


class IdentityCenter(Struct, frozen=True, kw_only=True, tag=True):
    """Every instance that the account owns or is shared, in all regions.

    A gap in the place of an application stands for those of one region.
    """

    instances: Annotated[tuple[CenterInstance, ...] | Unread, ReadBy("sso:ListInstances")]
    account_access: Annotated[
        tuple[AccountAccess | Gap, ...] | Unread, ReadBy("account-access:ListApplications")
    ]
