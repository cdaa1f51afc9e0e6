"""The kinds of resources that policies stand on, with an example of each, as a table."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from idkeep.model import Gap, Severity, Subject
from idkeep.model.other_resources import OtherResource, StandingPolicy
from idkeep.model.resources import (
    AccessPoint,
    Bucket,
    EventBus,
    KeyDetails,
    KmsKey,
    LambdaFunction,
    LogGroup,
    LogPolicy,
    Queue,
    RegistryPolicy,
    Repository,
    RestApi,
    Secret,
    SecretPolicy,
    SecretReplication,
    Table,
    Topic,
)
from idkeep.model.workloads import AgentDetails, AgentGateway, AgentRuntime

_OWN = {"account": "111122223333", "region": "us-east-1"}
_HEAD = "us-east-1:111122223333"


class ResourceKind(Struct, frozen=True, kw_only=True):
    """`name` begins the checks' ids, `words` their titles. `service` is the actions' prefix.

    Where the prefix hangs on the resource, it is the example's.
    `make` gives an example with a policy (a digest, or a gap); `action` and `resource` are what
    that policy may speak of. `edit` is what writes the policy, as commands of the AWS CLI; `by` who
    does where there is a command for each type.
    """

    kind: type[Subject]
    name: str
    words: str
    service: str
    reads: tuple[str, ...]
    make: Callable[[Any], Subject]
    action: str
    resource: str = "*"
    edit: str
    by: str = ""
    public: Severity = Severity.HIGH
    may_be_unread: bool = True


def bucket(policy: Any, **facts: Any) -> Bucket:  # noqa: ANN401 -- a digest or a gap
    made = {
        "arn": "arn:aws:s3:::larkfield",
        "policy": policy,
        "public_access_block": None,
        "object_ownership": "BucketOwnerEnforced",
        "abac_status": "Disabled",
        "acl": None,
        **_OWN,
        **facts,
    }
    return Bucket(**made)


def kms_key(policy: Any, **facts: Any) -> KmsKey:  # noqa: ANN401
    made = {
        "arn": f"arn:aws:kms:{_HEAD}:key/11112222-3333-4444-5555-666677778888",
        "details": KeyDetails(manager="CUSTOMER", state="Enabled"),
        "policy": policy,
        "ram_policy": None,
        "grants": (),
        **_OWN,
        **facts,
    }
    return KmsKey(**made)


def function(policy: Any, **facts: Any) -> LambdaFunction:  # noqa: ANN401
    made = {
        "arn": f"arn:aws:lambda:{_HEAD}:function:indexer",
        "role": "arn:aws:iam::111122223333:role/indexer",
        "policy": policy,
        "urls": (),
        **_OWN,
        **facts,
    }
    return LambdaFunction(**made)


def gateway(policy: Any, authorizer: str = "AWS_IAM") -> AgentGateway:  # noqa: ANN401
    return AgentGateway(
        arn=f"arn:aws:bedrock-agentcore:{_HEAD}:gateway/shop",
        authorizer=authorizer,
        details=AgentDetails(),
        policy=policy,
        **_OWN,
    )


def other(policy: Any, **facts: Any) -> OtherResource:  # noqa: ANN401
    made = {
        "type": "backup:backupVault",
        "arn": f"arn:aws:backup:{_HEAD}:backup-vault:shop",
        "policies": policy if isinstance(policy, Gap) else (StandingPolicy(policy=policy),),
        **_OWN,
        **facts,
    }
    return OtherResource(**made)


KINDS = (
    ResourceKind(
        kind=Bucket,
        name="bucket",
        words="A bucket's policy",
        service="s3",
        reads=("policy", "public_access_block"),
        make=bucket,
        action="s3:GetObject",
        resource="arn:aws:s3:::larkfield/*",
        edit=("`aws s3api put-bucket-policy --bucket BUCKET --policy file://policy.json`"),
    ),
    ResourceKind(
        kind=AccessPoint,
        name="access_point",
        words="The policy of an S3 access point",
        service="s3",
        reads=("policy",),
        make=lambda policy: AccessPoint(
            arn=f"arn:aws:s3:{_HEAD}:accesspoint/partner",
            bucket="larkfield",
            network_origin="Internet",
            policy=policy,
            public_access_block=None,
            **_OWN,
        ),
        action="s3:GetObject",
        resource=f"arn:aws:s3:{_HEAD}:accesspoint/partner/object/*",
        edit=(
            "`aws s3control put-access-point-policy --account-id ACCOUNT --name ACCESS_POINT "
            "--policy file://policy.json`"
        ),
    ),
    ResourceKind(
        kind=KmsKey,
        name="kms_key",
        words="A KMS key's policy or grant",
        service="kms",
        reads=("policy", "ram_policy", "grants"),
        make=kms_key,
        action="kms:Decrypt",
        edit=(
            "`aws kms put-key-policy --key-id KEY_ID --policy file://policy.json`, or for a "
            "grant `aws kms revoke-grant --key-id KEY_ID --grant-id GRANT_ID`"
        ),
    ),
    ResourceKind(
        kind=Queue,
        name="queue",
        words="The policy of an SQS queue",
        service="sqs",
        reads=("policy",),
        make=lambda policy: Queue(arn=f"arn:aws:sqs:{_HEAD}:orders", policy=policy, **_OWN),
        action="sqs:SendMessage",
        edit=(
            "`aws sqs set-queue-attributes --queue-url QUEUE_URL --attributes "
            "file://attributes.json`"
        ),
    ),
    ResourceKind(
        kind=Topic,
        name="topic",
        words="The policy of an SNS topic",
        service="sns",
        reads=("policy",),
        make=lambda policy: Topic(arn=f"arn:aws:sns:{_HEAD}:orders", policy=policy, **_OWN),
        action="sns:Subscribe",
        edit=(
            "`aws sns set-topic-attributes --topic-arn TOPIC_ARN --attribute-name Policy "
            "--attribute-value file://policy.json`"
        ),
    ),
    ResourceKind(
        kind=LambdaFunction,
        name="function",
        words="The policy of a Lambda function",
        service="lambda",
        reads=("policy",),
        make=function,
        action="lambda:InvokeFunction",
        edit=(
            "`aws lambda remove-permission --function-name FUNCTION --statement-id "
            "STATEMENT`, and what is meant anew with `aws lambda add-permission "
            "--function-name FUNCTION --statement-id STATEMENT --action lambda:InvokeFunction "
            "--principal PRINCIPAL`"
        ),
    ),
    ResourceKind(
        kind=Secret,
        name="secret",
        words="A policy of a secret",
        service="secretsmanager",
        reads=("policies",),
        make=lambda policy: Secret(
            arn=f"arn:aws:secretsmanager:{_HEAD}:secret:shop/payment-AbCdEf",
            policies=(SecretPolicy(name="default", policy=policy),),
            replication=SecretReplication(),
            **_OWN,
        ),
        action="secretsmanager:GetSecretValue",
        edit=(
            "`aws secretsmanager put-resource-policy --secret-id SECRET --resource-policy "
            "file://policy.json`"
        ),
        public=Severity.CRITICAL,
    ),
    ResourceKind(
        kind=Repository,
        name="repository",
        words="The policy of an ECR repository",
        service="ecr",
        reads=("policy",),
        make=lambda policy: Repository(
            arn=f"arn:aws:ecr:{_HEAD}:repository/shop", policy=policy, **_OWN
        ),
        action="ecr:BatchGetImage",
        edit=(
            "`aws ecr set-repository-policy --repository-name REPOSITORY --policy-text "
            "file://policy.json`"
        ),
    ),
    ResourceKind(
        kind=RegistryPolicy,
        name="registry",
        words="The policy of an ECR registry",
        service="ecr",
        reads=("policy",),
        make=lambda policy: RegistryPolicy(policy=policy, **_OWN),
        action="ecr:ReplicateImage",
        edit=("`aws ecr put-registry-policy --policy-text file://policy.json`"),
        may_be_unread=False,
    ),
    ResourceKind(
        kind=Table,
        name="table",
        words="The policy of a DynamoDB table",
        service="dynamodb",
        reads=("policy",),
        make=lambda policy: Table(
            arn=f"arn:aws:dynamodb:{_HEAD}:table/carts", policy=policy, **_OWN
        ),
        action="dynamodb:GetItem",
        edit=(
            "`aws dynamodb put-resource-policy --resource-arn TABLE_ARN --policy "
            "file://policy.json`"
        ),
    ),
    ResourceKind(
        kind=EventBus,
        name="event_bus",
        words="The policy of an event bus",
        service="events",
        reads=("policy",),
        make=lambda policy: EventBus(
            arn=f"arn:aws:events:{_HEAD}:event-bus/shop", policy=policy, **_OWN
        ),
        action="events:PutEvents",
        edit=("`aws events put-permission --event-bus-name BUS --policy file://policy.json`"),
        may_be_unread=False,
    ),
    ResourceKind(
        kind=RestApi,
        name="rest_api",
        words="The policy of a REST API",
        service="execute-api",
        reads=("policy",),
        make=lambda policy: RestApi(
            arn="arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5",
            account="111122223333",
            region="us-east-1",
            policy=policy,
        ),
        action="execute-api:Invoke",
        resource=f"arn:aws:execute-api:{_HEAD}:a1b2c3d4e5/*",
        edit=(
            "`aws apigateway update-rest-api --rest-api-id API_ID --patch-operations "
            "file://policy-patch.json`, and deploy it with `aws apigateway create-deployment "
            "--rest-api-id API_ID --stage-name STAGE`"
        ),
        public=Severity.MEDIUM,
        may_be_unread=False,
    ),
    ResourceKind(
        kind=LogPolicy,
        name="log_policy",
        words="A policy of CloudWatch Logs",
        service="logs",
        reads=("policy",),
        make=lambda policy: LogPolicy(name="es", policy=policy, **_OWN),
        action="logs:PutLogEvents",
        edit=(
            "`aws logs put-resource-policy --policy-name POLICY --policy-document "
            "file://policy.json`"
        ),
        may_be_unread=False,
    ),
    ResourceKind(
        kind=LogGroup,
        name="log_group",
        words="The policy of a log group",
        service="logs",
        reads=("policy",),
        make=lambda policy: LogGroup(
            arn=f"arn:aws:logs:{_HEAD}:log-group:/shop/web",
            account="111122223333",
            region="us-east-1",
            policy=policy,
        ),
        action="logs:GetLogEvents",
        edit=(
            "`aws logs put-resource-policy --resource-arn LOG_GROUP_ARN --policy-document "
            "file://policy.json`"
        ),
    ),
    ResourceKind(
        kind=AgentGateway,
        name="agent_gateway",
        words="The policy of an AgentCore gateway",
        service="bedrock-agentcore",
        reads=("policy",),
        make=gateway,
        action="bedrock-agentcore:InvokeGateway",
        edit=(
            "`aws bedrock-agentcore-control put-resource-policy --resource-arn ARN --policy "
            "file://policy.json`"
        ),
    ),
    ResourceKind(
        kind=AgentRuntime,
        name="agent_runtime",
        words="The policy of an AgentCore runtime",
        service="bedrock-agentcore",
        reads=("policy",),
        make=lambda policy: AgentRuntime(
            arn=f"arn:aws:bedrock-agentcore:{_HEAD}:runtime/shop",
            details=AgentDetails(),
            policy=policy,
            **_OWN,
        ),
        action="bedrock-agentcore:InvokeAgentRuntime",
        edit=(
            "`aws bedrock-agentcore-control put-resource-policy --resource-arn ARN --policy "
            "file://policy.json`"
        ),
    ),
    ResourceKind(
        kind=OtherResource,
        name="resource",
        words="The policy of a vault, a domain, a file system or another resource",
        service="backup",
        reads=("policies", "within_networks"),
        make=other,
        action="backup:CopyIntoBackupVault",
        edit=(
            "its service has a command for that beside the one that tells the policy, "
            "as `put-backup-vault-access-policy` beside `get-backup-vault-access-policy`"
        ),
        by="Whoever may write policies in the resource's service.",
    ),
)
