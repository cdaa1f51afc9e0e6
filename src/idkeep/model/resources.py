"""Resources that policies stand on, and what else lets others reach them.

A policy is the digest of its text in `Snapshot.documents`, None where the resource has none. What
a service says of itself is here too where it changes what a policy means.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
"""

from typing import Annotated, TypeAlias

from msgspec import Struct

from idkeep.model.facts import Family
from idkeep.model.gap import NotAsked, ReadBy, Unlisted, Unread
from idkeep.model.logging import PublicAccessBlock
from idkeep.model.workloads import (
    Activation,
    AgentGateway,
    AgentRuntime,
    CertificateRevocationList,
    CredentialProvider,
    EksCluster,
    IdentityPool,
    RolesAnywhereProfile,
    TrustAnchor,
    WorkloadIdentity,
)

Digest: TypeAlias = str


class AclGrant(Struct, frozen=True, kw_only=True):
    """`grantee` is the URI of a group or the canonical id of an account; `permission` AWS's word.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
    """

    grantee: str
    permission: str


class Bucket(Struct, frozen=True, kw_only=True):
    """A general purpose bucket.

    `object_ownership` is BucketOwnerEnforced, BucketOwnerPreferred or ObjectWriter, None where
    none was set. `abac_status` is Enabled or Disabled, "" where AWS does not tell: tags count in
    policies where it is enabled.
    `acl` is None where ownership is BucketOwnerEnforced: ACLs are off then.
    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
    """

    arn: str
    account: str
    region: str
    policy: Annotated[Digest | Unread | None, ReadBy("s3:GetBucketPolicy")]
    public_access_block: Annotated[
        PublicAccessBlock | Unread | None, ReadBy("s3:GetBucketPublicAccessBlock")
    ]
    object_ownership: Annotated[str | Unread | None, ReadBy("s3:GetBucketOwnershipControls")]
    abac_status: Annotated[str | Unread, ReadBy("s3:GetBucketAbac")]
    acl: Annotated[tuple[AclGrant, ...] | Unread | None, ReadBy("s3:GetBucketAcl")]


class AccessPoint(Struct, frozen=True, kw_only=True):
    """An access point of S3. `network_origin` is Internet or VPC.

    `bucket_account` is whose the bucket is, "" where AWS does not tell; `data_source` is what it
    stands on where that is no bucket, "" else.
    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_AccessPoint.html
    """

    arn: str
    account: str
    region: str
    bucket: str
    bucket_account: str = ""
    data_source: str = ""
    network_origin: str
    policy: Annotated[Digest | Unread | None, ReadBy("s3:GetAccessPointPolicy")]
    public_access_block: Annotated[PublicAccessBlock | Unread | None, ReadBy("s3:GetAccessPoint")]


class GrantConstraints(Struct, frozen=True, kw_only=True, rename="pascal"):
    """What a request must carry for a grant to count; None and "" ask nothing.

    Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantConstraints.html
    """

    encryption_context_subset: dict[str, str] | None = None
    encryption_context_equals: dict[str, str] | None = None
    source_arn: str = ""


class KmsGrant(Struct, frozen=True, kw_only=True, rename="pascal"):
    """A grant, written with AWS's own names. `issuing_account` is an ARN or an account's id.

    Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantListEntry.html
    """

    grant_id: str
    grantee_principal: str = ""
    grantee_service_principal: str = ""
    retiring_principal: str = ""
    retiring_service_principal: str = ""
    issuing_account: str = ""
    operations: tuple[str, ...] = ()
    constraints: GrantConstraints = GrantConstraints()


class KeyDetails(Struct, frozen=True, kw_only=True, tag=True):
    """`manager` is AWS or CUSTOMER; `state` is Enabled, Disabled, PendingDeletion and so on.

    Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html
    """

    manager: str
    state: str
    multi_region: bool = False


class AwsManaged(Struct, frozen=True, kw_only=True, tag=True):
    """AWS owns this policy or grant, and nobody in the account can change it: it is not read.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key
    """


class KmsKey(Struct, frozen=True, kw_only=True):
    """A key of the account, or one that another account shares with it.

    `account` is whose key it is; only that account may read its policies, so they are None for a
    key that another one shares. `ram_policy` is what AWS RAM wrote for a key shared through it.
    Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
    """

    arn: str
    account: str
    region: str
    details: Annotated[KeyDetails | Unread, ReadBy("kms:DescribeKey")]
    policy: Annotated[Digest | AwsManaged | Unread | None, ReadBy("kms:GetKeyPolicy")]
    ram_policy: Annotated[Digest | AwsManaged | Unread | None, ReadBy("kms:GetKeyPolicy")]
    grants: Annotated[tuple[KmsGrant, ...] | AwsManaged | Unread | None, ReadBy("kms:ListGrants")]


class Queue(Struct, frozen=True, kw_only=True):
    arn: str
    account: str
    region: str
    policy: Annotated[Digest | Unread | None, ReadBy("sqs:GetQueueAttributes")]


class Topic(Struct, frozen=True, kw_only=True):
    arn: str
    account: str
    region: str
    policy: Annotated[Digest | Unread | None, ReadBy("sns:GetTopicAttributes")]


class FunctionUrl(Struct, frozen=True, kw_only=True):
    """An address at which a function answers. `auth_type` is AWS_IAM, or NONE for anybody.

    `function` is the ARN of the function or of one of its aliases; `policy` is that one's.
    Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    """

    function: str
    auth_type: str
    policy: Annotated[Digest | Unread | None, ReadBy("lambda:GetResourcePolicy")]


class LambdaFunction(Struct, frozen=True, kw_only=True):
    """A function; `role` is the ARN of its execution role.

    `policy` is that of the function itself. Each of its versions and aliases may have one of its
    own: those are read where a URL names them, and nothing is known of the others.
    Source: https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
    """

    arn: str
    account: str
    region: str
    role: Annotated[str | Unread, ReadBy("lambda:ListFunctions")]
    policy: Annotated[Digest | Unread | None, ReadBy("lambda:GetResourcePolicy")]
    urls: Annotated[tuple[FunctionUrl, ...] | Unread, ReadBy("lambda:ListFunctionUrlConfigs")]


class SecretPolicy(Struct, frozen=True, kw_only=True):
    """One of a secret's policies; the one named `default` is the customer's to edit.

    "" names those that may be there besides, where not all of them could be read.
    """

    name: str
    policy: Annotated[Digest | Unread | None, ReadBy("secretsmanager:GetResourcePolicy")]


class CrossAccountReplica(Struct, frozen=True, kw_only=True):
    """A copy in another account; `role` copies, "" where whoever updates the secret does."""

    arn: str
    role: str = ""


class SecretReplication(Struct, frozen=True, kw_only=True, tag=True):
    """Who gets copies. `primary` is the ARN of another account's secret that this one copies.

    Whether a replica must stay in the organisation is told when it is made, and by no read.
    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
    """

    replicas: tuple[CrossAccountReplica, ...] = ()
    primary: str = ""


class Secret(Struct, frozen=True, kw_only=True):
    """A secret: never its value. All of its policies count together; `owning_service` made it.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListResourcePolicies.html
    """

    arn: str
    account: str
    region: str
    owning_service: str = ""
    policies: Annotated[
        tuple[SecretPolicy, ...] | Unread, ReadBy("secretsmanager:ListResourcePolicies")
    ]
    replication: Annotated[SecretReplication | Unread, ReadBy("secretsmanager:DescribeSecret")]


class Repository(Struct, frozen=True, kw_only=True):
    """A private repository of ECR."""

    arn: str
    account: str
    region: str
    policy: Annotated[Digest | Unread | None, ReadBy("ecr:GetRepositoryPolicy")]


class RegistryPolicy(Struct, frozen=True, kw_only=True):
    """The policy of a region's private registry. A registry without one is not listed.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html
    """

    account: str
    region: str
    policy: Digest


class Table(Struct, frozen=True, kw_only=True):
    """A table of DynamoDB. The policy that its stream may have is not read."""

    arn: str
    account: str
    region: str
    policy: Annotated[Digest | Unread | None, ReadBy("dynamodb:GetResourcePolicy")]


class EventBus(Struct, frozen=True, kw_only=True):
    """An event bus of EventBridge. `managed_by` is the service that made it, "" for the user's."""

    arn: str
    account: str
    region: str
    managed_by: str = ""
    policy: Annotated[Digest | None, ReadBy("events:ListEventBuses")]


class RestApi(Struct, frozen=True, kw_only=True):
    """A REST API of API Gateway; its policy is told without the escapes AWS answers it with.

    `endpoint_types` are EDGE, REGIONAL, PRIVATE; a private one may name its VPC endpoints.
    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies.html
    """

    arn: str
    account: str
    region: str
    endpoint_types: tuple[str, ...] = ()
    vpc_endpoints: tuple[str, ...] = ()
    default_endpoint_off: bool = False
    policy: Annotated[Digest | None, ReadBy("apigateway:GET")]


class LogPolicy(Struct, frozen=True, kw_only=True):
    """A policy of CloudWatch Logs on what its statements name in the region.

    Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ResourcePolicy.html
    """

    account: str
    region: str
    name: str
    policy: Annotated[Digest, ReadBy("logs:DescribeResourcePolicies")]


class LogGroup(Struct, frozen=True, kw_only=True):
    """A log group, and the policy on it alone.

    `retention` is in days, None for ever. `kms_key` is the ARN of the customer's key, None where
    AWS's own encrypts. `data_protection` is ACTIVATED, DISABLED, ARCHIVED or DELETED, "" where
    there never was a policy of it.
    Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
    """

    arn: str
    account: str
    region: str
    retention: int | None = None
    kms_key: str | None = None
    data_protection: str = ""
    policy: Annotated[Digest | Unread | None, ReadBy("logs:DescribeResourcePolicies")]


class SharePrincipal(Struct, frozen=True, kw_only=True):
    """An account's id, or the ARN of an organisation, OU, user or role, or a service's name.

    `external` is AWS's flag. Its page words it both ways round, so the organisation's own list of
    accounts decides where it is known.
    Source: https://docs.aws.amazon.com/ram/latest/APIReference/API_Principal.html
    """

    id: str
    external: bool | None = None


class SharedResource(Struct, frozen=True, kw_only=True):
    """`type` is as in `ec2:Subnet`."""

    arn: str
    type: str


class ShareSource(Struct, frozen=True, kw_only=True):
    """For whom a service that a share names may use what is shared. `type` is AWS's word.

    Source: https://docs.aws.amazon.com/ram/latest/APIReference/API_AssociatedSource.html
    """

    id: str
    type: str = ""
    status: str = ""


class ResourceShare(Struct, frozen=True, kw_only=True):
    """A share of AWS RAM; `account` is whose it is. Of another's, only the share is told.

    `allows_external` is whether principals outside the organisation may be added;
    `retained_on_leave` is whether those who leave it keep what is shared, None where AWS does not
    tell. A deleted share stays listed for a while. `sources` is None where no service is among the
    principals.
    Source: https://docs.aws.amazon.com/ram/latest/APIReference/API_ResourceShare.html
    """

    arn: str
    account: str
    region: str
    status: str
    allows_external: bool
    retained_on_leave: bool | None = None
    principals: Annotated[
        tuple[SharePrincipal, ...] | Unread | None, ReadBy("ram:ListPrincipals")
    ] = None
    resources: Annotated[
        tuple[SharedResource, ...] | Unread | None, ReadBy("ram:ListResources")
    ] = None
    sources: Annotated[
        tuple[ShareSource, ...] | Unread | None, ReadBy("ram:ListSourceAssociations")
    ] = None


class Resources(Struct, frozen=True, kw_only=True, tag=True):
    """What the account has in every region. `missing` says where a list may not be whole.

    Of KMS, Lambda and the rest each kind's docstring tells what is left out.
    """

    account_public_access_block: Annotated[
        PublicAccessBlock | Unread | None, ReadBy("s3:GetAccountPublicAccessBlock")
    ] = NotAsked(Family.RESOURCES)
    buckets: Annotated[tuple[Bucket, ...], ReadBy("s3:ListAllMyBuckets")] = ()
    access_points: Annotated[tuple[AccessPoint, ...], ReadBy("s3:ListAccessPoints")] = ()
    keys: Annotated[tuple[KmsKey, ...], ReadBy("kms:ListKeys")] = ()
    queues: Annotated[tuple[Queue, ...], ReadBy("sqs:ListQueues")] = ()
    topics: Annotated[tuple[Topic, ...], ReadBy("sns:ListTopics")] = ()
    functions: Annotated[tuple[LambdaFunction, ...], ReadBy("lambda:ListFunctions")] = ()
    secrets: Annotated[tuple[Secret, ...], ReadBy("secretsmanager:ListSecrets")] = ()
    repositories: Annotated[tuple[Repository, ...], ReadBy("ecr:DescribeRepositories")] = ()
    registry_policies: Annotated[tuple[RegistryPolicy, ...], ReadBy("ecr:GetRegistryPolicy")] = ()
    tables: Annotated[tuple[Table, ...], ReadBy("dynamodb:ListTables")] = ()
    event_buses: Annotated[tuple[EventBus, ...], ReadBy("events:ListEventBuses")] = ()
    rest_apis: Annotated[tuple[RestApi, ...], ReadBy("apigateway:GET")] = ()
    log_policies: Annotated[tuple[LogPolicy, ...], ReadBy("logs:DescribeResourcePolicies")] = ()
    log_groups: Annotated[tuple[LogGroup, ...], ReadBy("logs:DescribeLogGroups")] = ()
    shares: Annotated[tuple[ResourceShare, ...], ReadBy("ram:GetResourceShares")] = ()
    trust_anchors: Annotated[tuple[TrustAnchor, ...], ReadBy("rolesanywhere:ListTrustAnchors")] = ()
    profiles: Annotated[tuple[RolesAnywhereProfile, ...], ReadBy("rolesanywhere:ListProfiles")] = ()
    crls: Annotated[tuple[CertificateRevocationList, ...], ReadBy("rolesanywhere:ListCrls")] = ()
    clusters: Annotated[tuple[EksCluster, ...], ReadBy("eks:ListClusters")] = ()
    identity_pools: Annotated[
        tuple[IdentityPool, ...], ReadBy("cognito-identity:ListIdentityPools")
    ] = ()
    activations: Annotated[tuple[Activation, ...], ReadBy("ssm:DescribeActivations")] = ()
    workload_identities: Annotated[
        tuple[WorkloadIdentity, ...], ReadBy("bedrock-agentcore:ListWorkloadIdentities")
    ] = ()
    credential_providers: Annotated[
        tuple[CredentialProvider, ...], ReadBy("bedrock-agentcore:ListOauth2CredentialProviders")
    ] = ()
    gateways: Annotated[tuple[AgentGateway, ...], ReadBy("bedrock-agentcore:ListGateways")] = ()
    runtimes: Annotated[
        tuple[AgentRuntime, ...], ReadBy("bedrock-agentcore:ListAgentRuntimes")
    ] = ()
    unlisted: tuple[Unlisted, ...] = ()

    def missing(self, kind: type[Struct]) -> tuple[Unread, ...]:
        """Why resources of `kind` may be missing; empty where the list is whole."""
        return tuple(one.gap for one in self.unlisted if one.kind == kind.__name__)
