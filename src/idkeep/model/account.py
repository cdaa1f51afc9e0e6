"""The account itself: who asks, whom AWS may call, what it lets in."""

from datetime import datetime
from typing import Annotated

from msgspec import Struct

from idkeep.model.facts import Family
from idkeep.model.gap import Gap, NotAsked, ReadBy, Unread
from idkeep.model.handshakes import Handshake

_CONTACT = ReadBy("account:GetContactInformation")
_ALTERNATE = ReadBy("account:GetAlternateContact")
_NO_IDENTITY = NotAsked(Family.IDENTITY)


class Caller(Struct, frozen=True, kw_only=True, tag=True):
    """Whose credentials took the snapshot, as `sts:GetCallerIdentity` tells."""

    arn: str
    user_id: str


class Contact(Struct, frozen=True, kw_only=True, tag=True):
    """The primary contact; its address stays with AWS.

    `verification` is that of the phone number: PENDING, VERIFIED, UNVERIFIED or NOT_SUPPORTED,
    None where AWS does not tell.
    """

    name: str
    company: str | None = None
    phone: str | None = None
    verification: str | None = None


class AlternateContact(Struct, frozen=True, kw_only=True, tag=True):
    """Whom AWS tells besides the root user's mailbox."""

    name: str
    email: str
    phone: str | None = None
    title: str | None = None


class PasswordPolicy(Struct, frozen=True, kw_only=True, tag=True):
    """The account's rules for IAM users' passwords.

    `max_age_days` and `remembered` are None where passwords don't expire and may be used again.
    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PasswordPolicy.html
    """

    min_length: int
    requires_symbols: bool = False
    requires_numbers: bool = False
    requires_uppercase: bool = False
    requires_lowercase: bool = False
    users_may_change: bool = False
    max_age_days: int | None = None
    remembered: int | None = None
    hard_expiry: bool = False


class AccountQuotas(Struct, frozen=True, kw_only=True, tag=True):
    """IAM's account summary: how much there is and may be of each kind, in AWS's names.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
    """

    entries: dict[str, int]


class AccountProperties(Struct, frozen=True, kw_only=True, tag=True):
    """IAM's settings of the account, as `RoleManager/Enabled`.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountProperties.html
    """

    entries: dict[str, str]


class Region(Struct, frozen=True, kw_only=True):
    """A region and whether the account has opted in (ENABLED_BY_DEFAULT, DISABLED, …)."""

    name: str
    status: str


class OutboundFederation(Struct, frozen=True, kw_only=True, tag=True):
    """Whether principals may have tokens made for services elsewhere, and under which issuer.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOutboundWebIdentityFederationInfo.html
    """

    enabled: bool
    issuer: str | None = None


class RootFeatures(Struct, frozen=True, kw_only=True, tag=True):
    """The organisation's features of central root access that are on.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOrganizationsFeatures.html
    """

    organization: str
    enabled: tuple[str, ...] = ()


class NotToldHere(Struct, frozen=True, kw_only=True, tag=True):
    """AWS tells this only in another account, or in an organisation set up otherwise.

    `code` is AWS's word for why.
    """

    code: str


class DelegationRequest(Struct, frozen=True, kw_only=True):
    """A product provider's request for temporary access.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DelegationRequest.html
    """

    id: str
    state: str
    requestor: str | None = None
    requestor_name: str | None = None
    approver: str | None = None
    template: str | None = None
    permissions: str | None = None
    created: datetime | None = None
    expires: datetime | None = None
    session_seconds: int | None = None


class ConsoleAuthorization(Struct, frozen=True, kw_only=True, tag=True):
    """Whether sign-in asks the sign-in resource policy; without that the policy does nothing.

    `scope` is whether the setting is the account's or the organisation's, in AWS's words.
    """

    enabled: bool
    scope: str


class SupportPermit(Struct, frozen=True, kw_only=True):
    """What AWS Support may do in a region. Empty `actions` or `resources`: all of them.

    `windows` are the times it may be used in, each end None where it is open; none: any time.
    Source: https://docs.aws.amazon.com/awssupport/latest/user/support-authorization-concepts.html
    """

    arn: str
    name: str
    status: str
    created: datetime
    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    windows: tuple[tuple[datetime | None, datetime | None], ...] = ()


class Account(Struct, frozen=True, kw_only=True):
    """Contacts are None where the account has none; so are `password_policy` and `alias`.

    Contacts are gaps `elsewhere` where AWS keeps them (`is_project`).
    `root_features` is None outside an organisation. `signin_policy` is the digest of a text in
    `Snapshot.documents`, None where there is none. `console_authorization` is None where it was
    never set. `support_permits` are those of the region that was asked;
    `Services` has those of the others.
    """

    id: str
    partition: str
    caller: Annotated[Caller | Gap, ReadBy("sts:GetCallerIdentity")]
    password_policy: Annotated[
        PasswordPolicy | Unread | None, ReadBy("iam:GetAccountPasswordPolicy")
    ]
    contact: Annotated[Contact | Unread | None, _CONTACT]
    security_contact: Annotated[AlternateContact | Unread | None, _ALTERNATE]
    billing_contact: Annotated[AlternateContact | Unread | None, _ALTERNATE]
    operations_contact: Annotated[AlternateContact | Unread | None, _ALTERNATE]
    alias: Annotated[str | Unread | None, ReadBy("iam:ListAccountAliases")] = _NO_IDENTITY
    quotas: Annotated[AccountQuotas | Unread, ReadBy("iam:GetAccountSummary")] = _NO_IDENTITY
    properties: Annotated[AccountProperties | Unread, ReadBy("iam:GetAccountProperties")] = (
        _NO_IDENTITY
    )
    delegation_requests: Annotated[
        tuple[DelegationRequest, ...] | Unread, ReadBy("iam:ListDelegationRequests")
    ] = _NO_IDENTITY
    outbound_federation: Annotated[
        OutboundFederation | Unread, ReadBy("iam:GetOutboundWebIdentityFederationInfo")
    ] = _NO_IDENTITY
    root_features: Annotated[
        RootFeatures | NotToldHere | Unread | None, ReadBy("iam:ListOrganizationsFeatures")
    ] = _NO_IDENTITY
    regions: Annotated[tuple[Region, ...] | Unread, ReadBy("account:ListRegions")] = _NO_IDENTITY
    signin_policy: Annotated[str | Unread | None, ReadBy("signin:GetResourcePolicy")] = _NO_IDENTITY
    console_authorization: Annotated[
        ConsoleAuthorization | Unread | None, ReadBy("signin:GetConsoleAuthorizationConfiguration")
    ] = _NO_IDENTITY
    support_permits: Annotated[
        tuple[SupportPermit, ...] | Unread, ReadBy("supportauthz:ListSupportPermits")
    ] = _NO_IDENTITY
    received_handshakes: Annotated[
        tuple[Handshake, ...] | Unread, ReadBy("organizations:ListHandshakesForAccount")
    ] = _NO_IDENTITY

    @property
    def arn(self) -> str:
        """The account as a principal, which is how IAM names it."""
        return f"arn:{self.partition}:iam::{self.id}:root"

    @property
    def is_project(self) -> bool:
        """AWS runs the organisation that it is in, and keeps its contacts, roles and limits.

        Source: https://docs.aws.amazon.com/accounts/latest/reference/scps-and-rcps-for-projects.html
        """
        return isinstance(self.contact, Gap) and self.contact.elsewhere

    @property
    def name(self) -> str:
        return self.id
