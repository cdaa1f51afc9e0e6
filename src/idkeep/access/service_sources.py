"""For whom a service acts when it takes a role: whether it says so, and whose word is enough.

AWS keeps no list of the services that send `aws:SourceAccount` and `aws:SourceArn` with
sts:AssumeRole. `SENDS` are services whose guides show a trust policy with them, `SENDS_NONE` those
for which that breaks the service; what is in neither table is not known.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html and the pages on the
confused deputy in the services' guides, such as
https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html.
"""

import re
from collections.abc import Iterable, Iterator

from idkeep.access.answer import Answer
from idkeep.access.engine import Engine
from idkeep.access.fitting import STRANGER, beginning, filled_account, filled_arn, is_wild
from idkeep.access.trust import STRANGERS_ORGANIZATION, Admitted, again, strangers_account
from idkeep.model import Arn, Role
from idkeep.policy import Policy, PolicyKind
from idkeep.policy.context import Given

_NUMBER = re.compile(r"(?<!\d)\d{12}(?!\d)", re.ASCII)

SENDS = frozenset(
    {
        "access-analyzer", "account-access", "airflow", "airflow-env", "appflow", "appsync", "aps",
        "autoscaling", "bedrock", "bedrock-agentcore", "chatbot", "cloudformation", "codebuild",
        "codepipeline", "cognito-idp", "comprehend", "config", "databrew", "datasync", "datazone",
        "dms", "ecs", "ecs-tasks", "eks", "elasticmapreduce", "emr-containers", "emr-serverless",
        "events", "export.rds", "firehose", "fis", "forecast", "frauddetector", "glue", "grafana",
        "healthlake", "iot", "iotevents", "iotsitewise", "kendra", "kinesisanalytics", "lambda",
        "lexv2", "logs", "lookoutequipment", "lookoutmetrics", "m2", "monitoring.rds", "omics",
        "osis-pipelines", "personalize", "pipes", "pods.eks", "qbusiness", "redshift",
        "rekognition", "rolesanywhere", "sagemaker", "scheduler", "ssm", "states",
        "streams.metrics.cloudwatch", "textract", "transfer", "translate", "vpc-flow-logs",
    }
)  # fmt: skip
"""The first part of the names of services that say for whom they act."""

SENDS_NONE = {
    "ec2": "an instance profile is given to instances of its own account alone",
    "cloudtrail": "a condition on it stops delivery to CloudWatch Logs",
    "elastictranscoder": "a condition on it stops the service",
}
"""Services that send none, and why that is so.

Of CloudTrail and Elastic Transcoder: https://github.com/prowler-cloud/prowler/issues/4714.
"""


SENDS_TO_RESOURCES = frozenset(
    {
        "apigateway", "budgets", "cloudfront", "cloudtrail", "cloudwatch", "cognito-idp", "config",
        "delivery.logs", "elasticloadbalancing", "es", "events", "guardduty", "iot", "lambda",
        "logging.s3", "logs", "route53", "s3", "scheduler", "ses", "sns", "states",
    }
)  # fmt: skip
"""The same of services that reach into resources by their policies."""


def sends_to_resources(service: str) -> bool:
    """Whether it is known that a service says for whom it reaches into a resource."""
    name = _plain(service)
    return name in SENDS_TO_RESOURCES or name.rpartition(".")[0] in SENDS_TO_RESOURCES


def sends_source(service: str) -> bool | None:
    """Whether a service says for whom it acts; None where nobody documents it."""
    name = _plain(service)
    if name in SENDS_NONE:
        return False
    return True if name in SENDS or name.rpartition(".")[0] in SENDS else None


def why_none(service: str) -> str:
    return SENDS_NONE.get(_plain(service), "")


def for_anybody(engine: Engine, role: Role, one: Admitted) -> Iterator[Answer]:
    """What the role says to a service that acts for somebody else's account."""
    read = engine.documents.policy(role.trust, PolicyKind.TRUST)
    policies = (read,) if isinstance(read, Policy) else ()
    for keys in foreign_sources(engine, policies, one.name):
        yield again(engine, role, one, keys)


def foreign_sources(
    engine: Engine, policies: Iterable[Policy], service: str
) -> Iterator[dict[str, Given]]:
    """What a service says where it acts for an account that the policies do not mean.

    The source is nothing in particular, then made to fit each pattern that they compare it with.
    The account is of an organisation that nobody means, then of none.
    """
    values = [
        (c.key.lower(), value)
        for policy in policies
        for one in policy.statements
        for c in one.conditions
        for value in c.values
    ]
    whole = {value for _, value in values if value.isdigit()}
    patterns = [value for key, value in values if key == "aws:sourceaccount" and is_wild(value)]
    numbers = [n for n in map(filled_account, patterns) if n and n != engine.account]
    sources = [value for key, value in values if key == "aws:sourcearn" and is_wild(value)]
    for account in dict.fromkeys((strangers_account(engine, whole), *numbers)):
        for arn in _arns(engine, service, account, sources):
            told: dict[str, Given] = {"aws:SourceArn": arn, "aws:SourceAccount": account}
            for organization in _ORGANIZATIONS:
                yield {**told, **organization}


_ORGANIZATIONS: tuple[dict[str, Given], ...] = (
    {
        "aws:SourceOrgID": STRANGERS_ORGANIZATION,
        "aws:SourceOrgPaths": (f"{STRANGERS_ORGANIZATION}/r-{STRANGER}/",),
    },
    {"aws:SourceOrgID": (), "aws:SourceOrgPaths": ()},
)


def _arns(engine: Engine, service: str, account: str, patterns: Iterable[str]) -> Iterable[str]:
    """Things of an account for which the service might act."""
    snapshot = engine.snapshot
    partition = snapshot.account.partition
    head = f"arn:{partition}:{_plain(service)}"
    found = {f"{head}:{snapshot.some_region}:{account}:{STRANGER}/{STRANGER}": None}
    for pattern in patterns:
        made = [filled_arn(pattern, account, partition)]
        for region in (snapshot.some_region, ""):
            made += [fit.value for fit in beginning(f"{head}:{region}:{account}:", pattern)]
        found |= {arn: None for arn in made if arn and _is_theirs(arn, account)}
    return found


def _is_theirs(arn: str, account: str) -> bool:
    """Not one that has another account's number within its name, as no service makes them."""
    parsed = Arn.parse(arn)
    return parsed.account in ("", account) and not _NUMBER.search(parsed.resource)


def _plain(service: str) -> str:
    """`codebuild` of codebuild.amazonaws.com, `ssm` of ssm.eu-west-1.amazonaws.com.cn."""
    return service.lower().partition(".amazonaws.")[0]
