"""Identities of workloads: who gets AWS credentials without being a user of IAM."""

from datetime import datetime
from typing import Annotated

from msgspec import Struct

from idkeep.model.gap import ReadBy, Unread


class TrustAnchor(Struct, frozen=True, kw_only=True):
    """A certificate authority that IAM Roles Anywhere believes.

    `source` is AWS_ACM_PCA, CERTIFICATE_BUNDLE or SELF_SIGNED_REPOSITORY; `private_ca` is the ARN
    of the first kind. `checks_crl_points` is whether revocation is looked up where certificates
    say, None where AWS does not tell.
    Source: https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_TrustAnchorDetail.html
    """

    arn: str
    account: str
    region: str
    name: str
    enabled: bool
    source: str
    private_ca: str = ""
    checks_crl_points: bool | None = None


class RolesAnywhereProfile(Struct, frozen=True, kw_only=True):
    """Which roles certificates may assume, and what limits the session.

    `session_policy` is the digest of a policy's text, None where there is none. `duration` is in
    seconds, None where AWS does not tell.
    Source: https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_ProfileDetail.html
    """

    arn: str
    account: str
    region: str
    name: str
    enabled: bool
    roles: tuple[str, ...] = ()
    session_policy: Annotated[str | None, ReadBy("rolesanywhere:ListProfiles")] = None
    managed_policies: tuple[str, ...] = ()
    duration: int | None = None
    accepts_session_name: bool = False
    requires_instance_properties: bool = False


class CertificateRevocationList(Struct, frozen=True, kw_only=True):
    """`trust_anchor` is the ARN of the one whose certificates it revokes."""

    arn: str
    account: str
    region: str
    name: str
    enabled: bool
    trust_anchor: str = ""


class AccessScope(Struct, frozen=True, kw_only=True):
    """An EKS access policy and where it counts; `namespaces` is empty for the whole cluster."""

    policy: str
    type: str
    namespaces: tuple[str, ...] = ()


class EntryDetails(Struct, frozen=True, kw_only=True, tag=True):
    """`kind` is AWS's type: STANDARD, EC2_LINUX and so on; `groups` are of Kubernetes."""

    kind: str
    username: str = ""
    groups: tuple[str, ...] = ()


class AccessEntry(Struct, frozen=True, kw_only=True, tag=True):
    """An IAM principal that the cluster lets in.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
    """

    principal: str
    details: Annotated[EntryDetails | Unread, ReadBy("eks:DescribeAccessEntry")]
    policies: Annotated[
        tuple[AccessScope, ...] | Unread, ReadBy("eks:ListAssociatedAccessPolicies")
    ]


class PodIdentityDetails(Struct, frozen=True, kw_only=True, tag=True):
    """`role` is what the pods get; `target_role`, of any account, is assumed from there.

    `policy` is the digest of a policy that limits the session, None where there is none.
    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_PodIdentityAssociation.html
    """

    role: str
    target_role: str = ""
    session_tags_off: bool = False
    policy: Annotated[str | None, ReadBy("eks:DescribePodIdentityAssociation")] = None


class PodIdentity(Struct, frozen=True, kw_only=True, tag=True):
    """A service account of Kubernetes with a role. `owner` is the add-on it belongs to, "" if none.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html
    """

    arn: str
    namespace: str
    service_account: str
    owner: str = ""
    details: Annotated[PodIdentityDetails | Unread, ReadBy("eks:DescribePodIdentityAssociation")]


class ClusterDetails(Struct, frozen=True, kw_only=True, tag=True):
    """`authentication_mode` is API, API_AND_CONFIG_MAP or CONFIG_MAP, "" where AWS does not tell.

    Where it names the config map, what that lets in is the cluster's to tell. `issuer` is the URL
    of its OIDC provider, "" without one. A cluster that is only connected has no mode.
    Source: https://docs.aws.amazon.com/eks/latest/userguide/grant-k8s-access.html
    """

    role: str
    authentication_mode: str = ""
    issuer: str = ""
    public_endpoint: bool | None = None


class EksCluster(Struct, frozen=True, kw_only=True):
    """`entries` is None for a cluster whose mode is CONFIG_MAP: it can have none."""

    arn: str
    account: str
    region: str
    details: Annotated[ClusterDetails | Unread, ReadBy("eks:DescribeCluster")]
    entries: Annotated[
        tuple[AccessEntry | Unread, ...] | Unread | None, ReadBy("eks:ListAccessEntries")
    ]
    pod_identities: Annotated[
        tuple[PodIdentity | Unread, ...] | Unread, ReadBy("eks:ListPodIdentityAssociations")
    ]


class PoolDetails(Struct, frozen=True, kw_only=True, tag=True):
    """Who may get an identity of the pool. `classic_flow` lets the client choose the role.

    `login_providers` are names as `accounts.google.com`, `user_pools` those of Cognito.
    Source: https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_DescribeIdentityPool.html
    """

    unauthenticated: bool
    classic_flow: bool | None = None
    login_providers: tuple[str, ...] = ()
    developer_provider: str = ""
    oidc_providers: tuple[str, ...] = ()
    saml_providers: tuple[str, ...] = ()
    user_pools: tuple[str, ...] = ()


class RoleRule(Struct, frozen=True, kw_only=True):
    """`role` goes to whoever's `claim` fits; `match` is Equals, Contains, StartsWith, NotEqual."""

    claim: str
    match: str
    value: str
    role: str


class RoleMapping(Struct, frozen=True, kw_only=True):
    """How a provider's users get their role. `type` is Token or Rules.

    `otherwise` is AuthenticatedRole or Deny, "" where AWS does not tell.
    """

    provider: str
    type: str
    otherwise: str = ""
    rules: tuple[RoleRule, ...] = ()


class PoolRoles(Struct, frozen=True, kw_only=True, tag=True):
    """ARNs of the roles, "" where there is none.

    Source: https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetIdentityPoolRoles.html
    """

    authenticated: str = ""
    unauthenticated: str = ""
    mappings: tuple[RoleMapping, ...] = ()


class IdentityPool(Struct, frozen=True, kw_only=True):
    arn: str
    account: str
    region: str
    name: str
    details: Annotated[PoolDetails | Unread, ReadBy("cognito-identity:DescribeIdentityPool")]
    roles: Annotated[PoolRoles | Unread, ReadBy("cognito-identity:GetIdentityPoolRoles")]


class Activation(Struct, frozen=True, kw_only=True):
    """A code with which machines outside AWS register, up to `limit` of them. It has no ARN.

    `role` is the name of the role that they get.
    Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Activation.html
    """

    id: str
    account: str
    region: str
    role: str
    limit: int | None = None
    registered: int | None = None
    expires: datetime | None = None
    expired: bool | None = None


class WorkloadIdentity(Struct, frozen=True, kw_only=True):
    """An identity of Bedrock AgentCore."""

    arn: str
    account: str
    region: str
    name: str


class TokenVault(Struct, frozen=True, kw_only=True, tag=True):
    """How a vault of Bedrock AgentCore encrypts what it keeps. `key` is an ARN, "" for AWS's own.

    `key_type` is CustomerManagedKey or ServiceManagedKey.
    Source: https://docs.aws.amazon.com/bedrock-agentcore-control/latest/APIReference/API_GetTokenVault.html
    """

    key_type: str
    key: str = ""


class CredentialProvider(Struct, frozen=True, kw_only=True):
    """Credentials for a service elsewhere that Bedrock AgentCore keeps for agents.

    `kind` is `oauth2` or `api-key`; `vendor` is AWS's word for the former's issuer, "" for a key.
    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/identity-outbound-credential-provider.html
    """

    arn: str
    account: str
    region: str
    name: str
    kind: str
    vendor: str = ""
    vault: Annotated[TokenVault | Unread, ReadBy("bedrock-agentcore:GetTokenVault")]


class JwtAuthorizer(Struct, frozen=True, kw_only=True):
    """Whose tokens are taken, by the issuer's discovery URL; an empty tuple limits nothing."""

    discovery_url: str
    audiences: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()


class AgentDetails(Struct, frozen=True, kw_only=True, tag=True):
    """`role` is its own role; `jwt` is None where it takes no tokens."""

    role: str = ""
    jwt: JwtAuthorizer | None = None
    workload_identity: str = ""


class AgentGateway(Struct, frozen=True, kw_only=True):
    """A gateway of Bedrock AgentCore. `authorizer` is CUSTOM_JWT, AWS_IAM, AUTHENTICATE_ONLY, NONE.

    Source: https://docs.aws.amazon.com/bedrock-agentcore-control/latest/APIReference/API_GetGateway.html
    """

    arn: str
    account: str
    region: str
    authorizer: str
    details: Annotated[AgentDetails | Unread, ReadBy("bedrock-agentcore:GetGateway")]
    policy: Annotated[str | Unread | None, ReadBy("bedrock-agentcore:GetResourcePolicy")]


class AgentRuntime(Struct, frozen=True, kw_only=True):
    """A runtime of Bedrock AgentCore. The policies of its endpoints are not read.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/resource-based-policies.html
    """

    arn: str
    account: str
    region: str
    details: Annotated[AgentDetails | Unread, ReadBy("bedrock-agentcore:GetAgentRuntime")]
    policy: Annotated[str | Unread | None, ReadBy("bedrock-agentcore:GetResourcePolicy")]
