"""One declared account, told in ages, so that it says the same tomorrow.

Every age is a number of days before the server's start (0.01 is about a quarter of an hour).
A managed policy is named `Deploy` where the estate declares it and `aws:ReadOnlyAccess` where
AWS does. A policy document is JSON text, and travels as it stands. A key that nobody reads is a
mistake, not a comment.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

# Names and paths as https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
Days = Annotated[float, Meta(ge=0)]
Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_+=,.@-]{1,128}$")]
PrincipalName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_+=,.@-]{1,64}$")]
EntityPath = Annotated[str, Meta(pattern=r"^(/|/[!-~]+/)$", max_length=512)]
PolicyRef = Annotated[str, Meta(pattern=r"^(aws:)?[A-Za-z0-9_+=,.@-]{1,128}$")]
Partition = Literal["aws", "aws-us-gov", "aws-cn"]
AccountId = Annotated[str, Meta(pattern=r"^\d{12}$")]
Mfa = Literal["virtual", "hardware", "passkey"]
# An answer, or a part of one, in AWS's own members; times as `idkeep.demo.overlay.ages` reads them.
Said = dict[str, Any]

REGIONS: dict[Partition, str] = {
    "aws": "us-east-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-cn": "cn-north-1",
}


class Key(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An access key. `last_used` absent: never used. `region` absent: the partition's first."""

    created: Days
    last_used: Days | None = None
    region: str | None = None
    service: str = "s3"
    active: bool = True


class ServiceCredential(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A service-specific credential, or the API key of a service such as Bedrock.

    `expires`: days from now, below zero where it is over; absent: it never ends. `alias`: its
    name where it has no user name of its own, as API keys.
    """

    service: str
    created: Days
    alias: str | None = None
    expires: float | None = None
    active: bool = True


class SshKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An SSH key for CodeCommit."""

    uploaded: Days
    active: bool = True


class Certificate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A signing certificate."""

    uploaded: Days
    active: bool = True


class Password(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A console password; not `enabled`: one that was used and then taken away.

    `changed` absent: as old as its user.
    """

    changed: Days | None = None
    last_used: Days | None = None
    enabled: bool = True


class User(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: PrincipalName
    path: EntityPath = "/"
    created: Days = 365
    password: Password | None = None
    mfa: Annotated[tuple[Mfa, ...], Meta(max_length=8)] = ()
    keys: Annotated[tuple[Key, ...], Meta(max_length=2)] = ()
    groups: tuple[Name, ...] = ()
    attached: tuple[PolicyRef, ...] = ()
    inline: dict[Name, str] = {}
    boundary: PolicyRef | None = None
    tags: dict[str, str] = {}
    service_credentials: tuple[ServiceCredential, ...] = ()
    ssh_keys: tuple[SshKey, ...] = ()
    certificates: Annotated[tuple[Certificate, ...], Meta(max_length=2)] = ()
    accessed: dict[str, Days | Literal["never"]] = {}


class Group(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name
    path: EntityPath = "/"
    created: Days = 365
    attached: tuple[PolicyRef, ...] = ()
    inline: dict[Name, str] = {}


class RoleTemplate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The role template that a role was made from."""

    arn: str
    minor_version: int = 1


class LastUsed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    age: Days
    region: str | None = None


class Role(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`service_linked` names the service whose role it is; the path then follows from it.

    `accessed`: services by namespace and how long ago, "never" for those allowed but not used.
    """

    name: PrincipalName
    trust: str
    path: EntityPath = "/"
    created: Days = 365
    description: str = ""
    max_session_hours: Annotated[int, Meta(ge=1, le=12)] = 1
    last_used: LastUsed | None = None
    service_linked: str | None = None
    instance_profile: bool = False
    template: RoleTemplate | None = None
    accessed: dict[str, Days | Literal["never"]] = {}
    attached: tuple[PolicyRef, ...] = ()
    inline: dict[Name, str] = {}
    boundary: PolicyRef | None = None
    tags: dict[str, str] = {}

    @property
    def where(self) -> str:
        """The path it lives under."""
        return f"/aws-service-role/{self.service_linked}/" if self.service_linked else self.path


class InstanceProfile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An instance profile without a role; `instance_profile` of a role makes the others."""

    name: Name
    path: EntityPath = "/"
    created: Days = 365


class Version(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    document: str
    created: Days


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer-managed policy; its versions are v1, v2, … and the last one is in force."""

    name: Name
    versions: Annotated[tuple[Version, ...], Meta(min_length=1, max_length=5)]
    path: EntityPath = "/"
    description: str = ""
    tags: dict[str, str] = {}


class Root(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The root user; `password = false`: a member account that AWS gave none."""

    password: bool = True
    password_last_used: Days | None = None
    mfa: Literal["none", "virtual", "hardware", "passkey"] = "none"
    keys: Annotated[tuple[Key, ...], Meta(max_length=2)] = ()
    certificates: Annotated[tuple[Certificate, ...], Meta(max_length=2)] = ()


class PasswordPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An absent `max_age` means that passwords do not expire."""

    min_length: Annotated[int, Meta(ge=6, le=128)] = 6
    symbols: bool = False
    numbers: bool = False
    uppercase: bool = False
    lowercase: bool = False
    users_may_change: bool = False
    max_age: Annotated[int, Meta(ge=1, le=1095)] | None = None
    reuse_prevention: Annotated[int, Meta(ge=1, le=24)] | None = None
    hard_expiry: bool = False


class Contact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The primary contact; AWS demands the six without a default."""

    full_name: str
    address: Annotated[tuple[str, ...], Meta(min_length=1, max_length=3)]
    city: str
    postal_code: str
    country_code: Annotated[str, Meta(min_length=2, max_length=2)]
    phone: str
    state: str | None = None
    company: str | None = None
    website: str | None = None


class AlternateContact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    title: str
    email: str
    phone: str


class OidcProvider(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An OpenID Connect provider; `url` without https://, as IAM keeps it."""

    url: str
    clients: tuple[str, ...] = ()
    thumbprints: tuple[str, ...] = ()
    created: Days = 365
    tags: dict[str, str] = {}


class SamlProvider(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A SAML provider. `expires`: days from now, below zero where its metadata is over.

    `metadata` absent: a document of nobody's. `encryption`: with one key of the account's own.
    """

    name: Name
    created: Days = 365
    expires: float = 365
    encryption: Literal["Required", "Allowed"] | None = None
    metadata: Annotated[str, Meta(min_length=1000)] | None = None
    tags: dict[str, str] = {}


class ServerCertificate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A TLS certificate in IAM. `expires`: days from now, below zero where it is over."""

    name: Name
    path: EntityPath = "/"
    uploaded: Days = 365
    expires: float = 365


class Report(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The credential report: one already there, and how many polls a new one takes to be ready."""

    age_hours: Annotated[float, Meta(ge=0)] | None = None
    polls: Annotated[int, Meta(ge=0)] = 0


class Crowd(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Generated users, roles and policies, for what shows only at scale.

    Where there are policies the roles share them, and so do groups, one for fifty users.
    """

    users: Annotated[int, Meta(ge=0)] = 0
    roles: Annotated[int, Meta(ge=0)] = 0
    policies: Annotated[int, Meta(ge=0)] = 0


class Account(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`regions`: those whose state is not that of a new account (opted in, or opted out of).

    `token_version`: 1 where tokens of the global STS endpoint hold in the default regions alone.
    """

    id: AccountId
    name: str = "Example"
    email: str = "aws@example.com"
    partition: Partition = "aws"
    created: Days = 1000
    alias: str | None = None
    contact: Contact | None = None
    contact_verified: Literal["PENDING", "VERIFIED", "UNVERIFIED", "NOT_SUPPORTED"] | None = None
    alternate_contacts: dict[Literal["BILLING", "OPERATIONS", "SECURITY"], AlternateContact] = {}
    regions: dict[str, Literal["ENABLED", "ENABLING", "DISABLING", "DISABLED"]] = {}
    token_version: Literal[1, 2] = 2
    properties: dict[str, str] = {}
    outbound_federation: str | None = None

    @property
    def region(self) -> str:
        """Where the partition keeps its global services."""
        return REGIONS[self.partition]


class Thing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that a service answers with, in the members that AWS gives it.

    `kind` is the word of the service's module under `idkeep.demo.overlay`. `region` absent: it is
    answered whichever region is asked.
    """

    kind: str
    says: Said
    region: str | None = None


class Made(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call that moto gets before the service is first asked: `sqs:CreateQueue`, `{...}`.

    `keep`: words for parts of the answer (`{ key = "KeyMetadata.KeyId" }`); a later call of the
    same service may have such a word in braces for a parameter (`"{key}"`).
    """

    call: Annotated[str, Meta(pattern=r"^[a-z0-9-]+:[A-Za-z0-9]+$")]
    given: Said = {}
    keep: dict[str, str] = {}
    region: str | None = None


class AccountEstate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account and what is in it. `things` by service, as boto3 names services."""

    account: Account
    root: Root = Root()
    users: tuple[User, ...] = ()
    groups: tuple[Group, ...] = ()
    roles: tuple[Role, ...] = ()
    policies: tuple[Policy, ...] = ()
    instance_profiles: tuple[InstanceProfile, ...] = ()
    password_policy: PasswordPolicy | None = None
    unassigned_mfa: tuple[PrincipalName, ...] = ()
    oidc_providers: tuple[OidcProvider, ...] = ()
    saml_providers: tuple[SamlProvider, ...] = ()
    server_certificates: tuple[ServerCertificate, ...] = ()
    report: Report = Report()
    crowd: Crowd = Crowd()
    things: dict[str, tuple[Thing, ...]] = {}
    made: tuple[Made, ...] = ()
