"""Which resource's policies speak of an ARN that a request names.

Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/ (the resource types of
each service), https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-examples.html,
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
"""

from msgspec import Struct

from idkeep.model import Arn, Role
from idkeep.model.other_resources import OtherResource
from idkeep.model.other_type import OtherType
from idkeep.model.other_types import OTHER_TYPES
from idkeep.model.resources import (
    AccessPoint,
    Bucket,
    EventBus,
    KmsKey,
    LambdaFunction,
    LogGroup,
    LogPolicy,
    Queue,
    RegistryPolicy,
    Repository,
    RestApi,
    Secret,
    Table,
    Topic,
)
from idkeep.model.workloads import AgentGateway, AgentRuntime

# Where a resource's own ARN ends within an ARN that names a part of it: after how many of the
# resource's words, by what parts them.
_PARTS: dict[tuple[str, str], tuple[str, int, type[Struct]]] = {
    ("s3", "accesspoint"): ("/", 2, AccessPoint),
    ("kms", "key"): ("/", 2, KmsKey),
    ("lambda", "function"): (":", 3, LambdaFunction),
    ("secretsmanager", "secret"): (":", 2, Secret),
    ("ecr", "repository"): ("", 0, Repository),
    ("dynamodb", "table"): ("/", 2, Table),
    ("events", "event-bus"): ("/", 2, EventBus),
    ("logs", "log-group"): (":", 2, LogGroup),
    ("iam", "role"): ("", 0, Role),
    ("bedrock-agentcore", "gateway"): ("/", 2, AgentGateway),
    ("bedrock-agentcore", "runtime"): ("/", 2, AgentRuntime),
}
# Services whose every ARN with an account is of one kind, or of a part of one.
_WHOLE: dict[str, type[Struct]] = {
    "events": EventBus,
    "execute-api": RestApi,
    "sns": Topic,
    "sqs": Queue,
}
KINDS_OF: dict[str, tuple[type[Struct], ...]] = {
    "s3": (Bucket, AccessPoint),
    "logs": (LogGroup, LogPolicy),
    "ecr": (Repository, RegistryPolicy),
    "bedrock-agentcore": (AgentGateway, AgentRuntime),
    **{service: (kind,) for service, kind in _WHOLE.items()},
    **{
        service: (kind,)
        for (service, _), (_, _, kind) in _PARTS.items()
        if service in {"kms", "lambda", "secretsmanager", "dynamodb"}
    },
    "sts": (Role,),
}
"""By an action's prefix: the kinds whose own policies may allow it."""
_OTHERS = {
    prefix: tuple(one for one in OTHER_TYPES.values() if one.prefix == prefix)
    for prefix in {one.prefix for one in OTHER_TYPES.values()}
}
# `rule/BUS/NAME`; on the default bus it is `rule/NAME`.
_EVENT_RULE = 3


def parsed(resource: str) -> Arn | None:
    try:
        return Arn.parse(resource)
    except ValueError:
        return None


def kind_of(arn: Arn) -> type[Struct] | None:
    """The kind of the model whose policies speak of the ARN; None for what has no kind there."""
    if arn.service == "s3" and not arn.account and not arn.region:
        return Bucket
    head = _head(arn)
    found = _PARTS.get((arn.service, head))
    if found is None and type_of(arn) is not None:
        return OtherResource
    return found[2] if found else _WHOLE.get(arn.service)


def type_of(arn: Arn) -> OtherType | None:
    """Of `OTHER_TYPES` the one whose policies speak of the ARN."""
    return next((one for one in _OTHERS.get(arn.service, ()) if one.standing(arn)), None)


def speaking_of(service: str) -> tuple[OtherType, ...]:
    """Those whose policies may allow actions with the prefix."""
    return tuple(one for one in OTHER_TYPES.values() if service in one.services)


def owner_of(arn: Arn) -> str:
    """The account in the ARN; "" where there is none, or AWS's own word in its place."""
    return arn.account if arn.account.isdigit() else ""


def standing_arn(arn: Arn) -> str:
    """The ARN of the resource whose policies speak of this one; often itself."""
    if arn.service == "s3" and not arn.account and not arn.region:
        return _with(arn, arn.resource.partition("/")[0])
    if arn.service == "execute-api":
        api = arn.resource.partition("/")[0]
        return f"arn:{arn.partition}:apigateway:{arn.region}::/restapis/{api}"
    if arn.service == "events" and arn.resource.startswith("rule/"):
        parts = arn.resource.split("/")
        return _with(arn, f"event-bus/{parts[1] if len(parts) == _EVENT_RULE else 'default'}")
    if kind_of(arn) is OtherResource and (other := type_of(arn)):
        return _with(arn, other.standing(arn))
    separator, words = _separator(arn)
    return _with(arn, separator.join(arn.resource.split(separator)[:words])) if words else str(arn)


def _separator(arn: Arn) -> tuple[str, int]:
    """What parts the resource's own words from the rest, and how many they are; 0 for all."""
    if arn.service == "sns":
        # A subscription's ARN is its topic's and an id.
        return ":", 1
    if "/stream/" in arn.resource:
        # A table's stream has a policy of its own.
        return "", 0
    separator, words, _ = _PARTS.get((arn.service, _head(arn)), ("", 0, None))
    return separator, words


def _head(arn: Arn) -> str:
    return arn.resource.replace("/", ":").partition(":")[0]


def _with(arn: Arn, resource: str) -> str:
    return f"arn:{arn.partition}:{arn.service}:{arn.region}:{arn.account}:{resource}"
