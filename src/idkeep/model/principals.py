"""Root, users, groups, roles and the policies attached to them."""

from datetime import datetime
from typing import Annotated, ClassVar, TypeAlias

from msgspec import Struct

from idkeep.model.arn import Arn
from idkeep.model.credentials import AccessKey, Password, VirtualMfa
from idkeep.model.gap import Gap, ReadBy

_REPORT = ReadBy("iam:GetCredentialReport")
_SUMMARY = ReadBy("iam:GetAccountSummary")
_VIRTUAL = ReadBy("iam:ListVirtualMFADevices")
_DETAILS = ReadBy("iam:GetAccountAuthorizationDetails")

Tags: TypeAlias = dict[str, str]


class Root(Struct, frozen=True, kw_only=True):
    """The root user. Keys and last use are as old as the credential report, the rest is live."""

    arn: str
    has_mfa: Annotated[bool | Gap, _SUMMARY]
    has_access_keys: Annotated[bool | Gap, _SUMMARY]
    has_password: Annotated[bool | Gap, _SUMMARY]
    has_certificates: Annotated[bool | Gap, _SUMMARY]
    virtual_mfa: Annotated[tuple[VirtualMfa, ...] | Gap, _VIRTUAL]
    access_keys: Annotated[tuple[AccessKey, ...] | Gap, _REPORT]
    password_last_used: Annotated[datetime | Gap | None, _REPORT]

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

    `password` is None for a user who has none. `mfa_active` covers every kind of device;
    `virtual_mfa` only authenticator apps, but it is live where the report may be hours old.
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
    password: Annotated[Password | Gap | None, _REPORT]
    mfa_active: Annotated[bool | Gap, _REPORT]
    access_keys: Annotated[tuple[AccessKey, ...] | Gap, _REPORT]
    virtual_mfa: Annotated[tuple[VirtualMfa, ...] | Gap, _VIRTUAL]


class Group(Struct, frozen=True, kw_only=True):
    LISTED_BY: ClassVar = _DETAILS.action

    arn: str
    id: str
    name: str
    created: datetime
    inline_policies: tuple[InlinePolicy, ...] = ()
    attached_policies: tuple[AttachedPolicy, ...] = ()


class Role(Struct, frozen=True, kw_only=True):
    """`trust` is the digest of a text in `Snapshot.documents`.

    `last_used` is None where AWS has no use on record in its tracking period of 400 days.
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


class ManagedPolicy(Struct, frozen=True, kw_only=True):
    """A managed policy: every customer-managed one, and AWS-managed ones that are in use."""

    LISTED_BY: ClassVar = _DETAILS.action

    arn: str
    id: str
    name: str
    created: datetime
    default_version: str
    versions: tuple[PolicyVersion, ...] = ()
    attachments: int = 0
    boundary_uses: int = 0
