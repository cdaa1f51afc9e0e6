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

from idkeep.access.answer import Answer, Says
from idkeep.access.engine import Engine
from idkeep.access.fitting import (
    STRANGER,
    beginning,
    filled,
    filled_account,
    filled_arn,
    is_wild,
)
from idkeep.access.trust import STRANGERS_ORGANIZATION, Admitted, again, strangers_account
from idkeep.model import Arn, Organization, Role
from idkeep.policy import Policy, PolicyKind
from idkeep.policy.context import Given

_ARN_FIELDS = 6
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


def for_named(engine: Engine, role: Role, one: Admitted) -> dict[str, Answer]:
    """The same for each other account and organisation that its trust policy names, by name.

    Those that it turns away are left out.
    """
    read = engine.documents.policy(role.trust, PolicyKind.TRUST)
    policies = (read,) if isinstance(read, Policy) else ()
    found: dict[str, Answer] = {}
    for name, keys in named_sources(engine, policies, one.name):
        if name in found and found[name].says is not Says.UNKNOWN:
            continue
        answer = again(engine, role, one, keys)
        if answer.says is not Says.NO:
            found[name] = answer
    return found


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


def named_sources(
    engine: Engine, policies: Iterable[Policy], service: str
) -> Iterator[tuple[str, dict[str, Given]]]:
    """Whom else the policies mean a service to act for, and what it says where it does.

    By the number of an account that is not this one, or the id of an organisation that is not its
    own. The account is of such an organisation, of one that nobody means, or of none.
    """
    values: dict[str, list[str]] = {}
    for policy in policies:
        for one in policy.statements:
            for c in one.conditions:
                values.setdefault(c.key.lower(), []).extend(c.values)
    sources = values.get("aws:sourcearn", [])
    paths = values.get("aws:sourceorgpaths", [])
    said = [*sources, *values.get("aws:sourceaccount", [])]
    accounts = dict.fromkeys(n for value in said for n in _NUMBER.findall(value))
    accounts.pop(engine.account, None)
    ids = [o for one in (*values.get("aws:sourceorgid", []), *paths) for o in _ORG.findall(one)]
    own = engine.snapshot.organization
    ours = own.id if isinstance(own, Organization) else ""
    others = (ident for ident in dict.fromkeys(ids) if ident != ours)
    named = {ident: tuple(_of_organization(ident, paths)) for ident in others}
    for account in accounts:
        for arn in _arns(engine, service, account, sources):
            told: dict[str, Given] = {"aws:SourceArn": arn, "aws:SourceAccount": account}
            for keys in (*_ORGANIZATIONS, *(keys for some in named.values() for keys in some)):
                yield account, {**told, **keys}
    somebody = strangers_account(engine, accounts)
    for ident, some in named.items():
        for arn in _arns(engine, service, somebody, sources):
            told = {"aws:SourceArn": arn, "aws:SourceAccount": somebody}
            for keys in some:
                yield ident, {**told, **keys}


def _of_organization(ident: str, paths: Iterable[str]) -> Iterator[dict[str, Given]]:
    """Somebody in an organisation, in each unit of it that the policies name."""
    units = [filled(one) for one in paths if ident in one] or [f"{ident}/r-{STRANGER}/"]
    for unit in units:
        yield {"aws:SourceOrgID": ident, "aws:SourceOrgPaths": (unit,)}


_ORG = re.compile(r"o-[a-z0-9]{10,32}", re.ASCII)
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
        if not is_wild(pattern):
            # A name may hold its owner's number, as names of buckets do.
            found |= {pattern: None} if _account_of(pattern) in ("", account) else {}
            continue
        made = [filled_arn(pattern, account, partition)]
        for region in (snapshot.some_region, ""):
            made += [fit.value for fit in beginning(f"{head}:{region}:{account}:", pattern)]
        found |= {arn: None for arn in made if arn and _is_theirs(arn, account)}
    return found


def _account_of(arn: str) -> str | None:
    """Whose a thing is, "" where its ARN does not say; None for what is no ARN."""
    fields = arn.split(":", _ARN_FIELDS - 1)
    return fields[4] if len(fields) == _ARN_FIELDS and fields[0] == "arn" else None


def _is_theirs(arn: str, account: str) -> bool:
    """Not one that has another account's number within its name, as no service makes them."""
    parsed = Arn.parse(arn)
    return parsed.account in ("", account) and not _NUMBER.search(parsed.resource)


def _plain(service: str) -> str:
    """`codebuild` of codebuild.amazonaws.com, `ssm` of ssm.eu-west-1.amazonaws.com.cn."""
    return service.lower().partition(".amazonaws.")[0]
