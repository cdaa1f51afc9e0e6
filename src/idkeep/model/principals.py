"""Root, users, groups, roles and the policies attached to them."""

from datetime import datetime
from typing import Annotated, ClassVar, TypeAlias

from msgspec import Struct

from idkeep.model.arn import Arn
from idkeep.model.credentials import (
    AccessKey,
    CertificateSlot,
    IdentifiedKey,
    MfaDevice,
    Password,
    ServiceAccess,
    ServiceCredential,
    SigningCertificate,
    SshKey,
    VirtualMfa,
)
from idkeep.model.facts import Family
from idkeep.model.gap import NotAsked, ReadBy, Unread

_REPORT = ReadBy("iam:GetCredentialReport")
_SUMMARY = ReadBy("iam:GetAccountSummary")
_VIRTUAL = ReadBy("iam:ListVirtualMFADevices")
_DETAILS = ReadBy("iam:GetAccountAuthorizationDetails")
_ROLES = ReadBy("iam:ListRoles")
_LAST = ReadBy("iam:GetServiceLastAccessedDetails")
_NO_IDENTITY = NotAsked(Family.IDENTITY)
_NO_CREDENTIALS = NotAsked(Family.CREDENTIALS)
_NO_LAST = NotAsked(Family.LAST_ACCESSED)

Tags: TypeAlias = dict[str, str]


class Root(Struct, frozen=True, kw_only=True):
    """The root user. Keys and last use are as old as the credential report, the rest is live."""

    arn: str
    has_mfa: Annotated[bool | Unread, _SUMMARY]
    has_access_keys: Annotated[bool | Unread, _SUMMARY]
    has_password: Annotated[bool | Unread, _SUMMARY]
    has_certificates: Annotated[bool | Unread, _SUMMARY]
    virtual_mfa: Annotated[tuple[VirtualMfa, ...] | Unread, _VIRTUAL]
    access_keys: Annotated[tuple[AccessKey, ...] | Unread, _REPORT]
    password_last_used: Annotated[datetime | Unread | None, _REPORT]

    @property
    def id(self) -> str:
        """The account's number, which is root's unique id too."""
        return Arn.parse(self.arn).account

    @property
    def name(self) -> str:
        return "root"

    @property
    def partition(self) -> str:
        return Arn.parse(self.arn).partition


class InlinePolicy(Struct, frozen=True):
    """`document` is the digest of a text in `Snapshot.documents`."""

    name: str
    document: str


class AttachedPolicy(Struct, frozen=True):
    name: str
    arn: str


class PolicyVersion(Struct, frozen=True, kw_only=True):
    """`document` is the digest of a text in `Snapshot.documents`."""

    id: str
    document: str
    is_default: bool
    created: datetime


class User(Struct, frozen=True, kw_only=True):
    """An IAM user. `id` is AWS's unique id (AIDA…), which outlives a rename.

    `password` is None for a user who has none. `mfa_active` covers every kind of device: the
    report's word, which may be hours old, unless `virtual_mfa`, the live list of authenticator
    apps, has one.
    `mfa_devices` are all devices of a user without such an app; beside one, others are listed where
    the family `credentials` was asked for.
    For a user younger than the report, all of these are live. `certificates` is the report's word
    on the `signing_certificates`.
    """

    LISTED_BY: ClassVar = _DETAILS.action

    arn: str
    id: str
    name: str
    created: datetime
    groups: tuple[str, ...] = ()
    inline_policies: tuple[InlinePolicy, ...] = ()
    attached_policies: tuple[AttachedPolicy, ...] = ()
    boundary: str | None = None
    tags: Tags = {}
    password: Annotated[Password | Unread | None, _REPORT]
    mfa_active: Annotated[bool | Unread, _REPORT]
    access_keys: Annotated[tuple[AccessKey, ...] | Unread, _REPORT]
    virtual_mfa: Annotated[tuple[VirtualMfa, ...] | Unread, _VIRTUAL]
    mfa_devices: Annotated[tuple[MfaDevice, ...] | Unread, ReadBy("iam:ListMFADevices")] = (
        _NO_IDENTITY
    )
    certificates: Annotated[tuple[CertificateSlot, ...] | Unread, _REPORT] = _NO_IDENTITY
    service_credentials: Annotated[
        tuple[ServiceCredential, ...] | Unread, ReadBy("iam:ListServiceSpecificCredentials")
    ] = _NO_IDENTITY
    identified_keys: Annotated[tuple[IdentifiedKey, ...] | Unread, ReadBy("iam:ListAccessKeys")] = (
        _NO_CREDENTIALS
    )
    ssh_keys: Annotated[tuple[SshKey, ...] | Unread, ReadBy("iam:ListSSHPublicKeys")] = (
        _NO_CREDENTIALS
    )
    signing_certificates: Annotated[
        tuple[SigningCertificate, ...] | Unread, ReadBy("iam:ListSigningCertificates")
    ] = _NO_CREDENTIALS
    last_accessed: Annotated[tuple[ServiceAccess, ...] | Unread, _LAST] = _NO_LAST


class Group(Struct, frozen=True, kw_only=True):
    LISTED_BY: ClassVar = _DETAILS.action

    arn: str
    id: str
    name: str
    created: datetime
    inline_policies: tuple[InlinePolicy, ...] = ()
    attached_policies: tuple[AttachedPolicy, ...] = ()


class RoleTemplate(Struct, frozen=True, kw_only=True, tag=True):
    """The template that Role Manager made a role from."""

    arn: str
    minor_version: int


class Role(Struct, frozen=True, kw_only=True):
    """`trust` is the digest of a text in `Snapshot.documents`.

    `last_used` is None where AWS has no use on record in its tracking period of 400 days.
    `template` is None for a role that was made by hand or by a service.
    """

    LISTED_BY: ClassVar = _DETAILS.action

    arn: str
    id: str
    name: str
    created: datetime
    trust: str
    inline_policies: tuple[InlinePolicy, ...] = ()
    attached_policies: tuple[AttachedPolicy, ...] = ()
    boundary: str | None = None
    last_used: datetime | None = None
    last_used_region: str | None = None
    instance_profiles: tuple[str, ...] = ()
    tags: Tags = {}
    template: Annotated[RoleTemplate | Unread | None, _ROLES] = _NO_IDENTITY
    max_session_seconds: Annotated[int | Unread, _ROLES] = _NO_IDENTITY
    last_accessed: Annotated[tuple[ServiceAccess, ...] | Unread, _LAST] = _NO_LAST


class PolicyTags(Struct, frozen=True, kw_only=True, tag=True):
    """All tags of a managed policy."""

    entries: Tags = {}


class ManagedPolicy(Struct, frozen=True, kw_only=True):
    """A managed policy: every customer-managed one, and AWS-managed ones that are in use.

    `tags` is None where the listing of what is tagged leaves it out: by AWS's word it has none.
    """

    LISTED_BY: ClassVar = _DETAILS.action

    arn: str
    id: str
    name: str
    created: datetime
    default_version: str
    versions: tuple[PolicyVersion, ...] = ()
    attachments: int = 0
    boundary_uses: int = 0
    tags: Annotated[PolicyTags | Unread | None, ReadBy("tag:GetResources")] = _NO_IDENTITY


class InstanceProfile(Struct, frozen=True, kw_only=True):
    """What an EC2 instance is given to have a role; it hands on the one that is in it.

    `roles` are ARNs; AWS lets in one at most.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html
    """

    LISTED_BY: ClassVar = "iam:ListInstanceProfiles"

    arn: str
    id: str
    name: str
    created: datetime
    roles: tuple[str, ...] = ()
