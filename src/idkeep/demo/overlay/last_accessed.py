"""Service-last-accessed: a job is asked for, and read once it is done.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html and
API_GetServiceLastAccessedDetails.html. Groups and policies are not declared with what they used.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from moto.iam.exceptions import NoSuchEntity

from idkeep.demo.declared.account import Role, User
from idkeep.demo.identifiers import guid
from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Asked

# The names of the service authorization reference, of those that are declared.
NAMES = {
    "cloudformation": "AWS CloudFormation",
    "cloudfront": "Amazon CloudFront",
    "dynamodb": "Amazon DynamoDB",
    "ec2": "Amazon EC2",
    "iam": "AWS Identity and Access Management",
    "kms": "AWS Key Management Service",
    "lambda": "AWS Lambda",
    "logs": "Amazon CloudWatch Logs",
    "organizations": "AWS Organizations",
    "s3": "Amazon S3",
    "secretsmanager": "AWS Secrets Manager",
    "sns": "Amazon SNS",
    "sqs": "Amazon SQS",
    "sts": "AWS Security Token Service",
}


def generate(asked: Asked) -> Mapping[str, Any]:
    """The job's id; a second job about the same principal is the same one."""
    arn = asked.params["Arn"]
    _used(asked, arn)
    job = guid(f"last-accessed:{arn}")
    asked.state.jobs[job] = (asked.state.clock(), arn)
    return {"JobId": job}


def details(asked: Asked) -> Mapping[str, Any]:
    """Each service that the principal may use, with the last time if there was one."""
    job = asked.state.jobs.get(asked.params["JobId"])
    if job is None:
        raise NoSuchEntity("No job found with the given id.")
    since, arn = job
    used = _used(asked, arn)
    items, more = asked.page(sorted(used.items()), 100)
    services = [_service(asked, arn, namespace, age) for namespace, age in items]
    return {
        "JobStatus": "COMPLETED",
        "JobType": "SERVICE_LEVEL",
        "JobCreationDate": since,
        "JobCompletionDate": since,
        "ServicesLastAccessed": services,
        **more,
    }


def _service(asked: Asked, arn: str, namespace: str, age: float | str) -> dict[str, Any]:
    said = {"ServiceName": NAMES.get(namespace, namespace), "ServiceNamespace": namespace}
    if isinstance(age, str):
        return {**said, "TotalAuthenticatedEntities": 0}
    when = (asked.world.began - timedelta(days=age)).replace(microsecond=0)
    return {
        **said,
        "LastAuthenticated": when,
        "LastAuthenticatedEntity": arn,
        "LastAuthenticatedRegion": asked.state.declared.account.region,
        "TotalAuthenticatedEntities": 1,
    }


def _used(asked: Asked, arn: str) -> Mapping[str, float | str]:
    name = arn.rpartition("/")[2]
    for holder in _holders(asked, arn):
        if holder.name == name:
            return holder.accessed
    if ":group/" in arn or ":policy/" in arn:
        return {}
    raise Refused("NoSuchEntity", f"The entity with ARN {arn} cannot be found.")


def _holders(asked: Asked, arn: str) -> tuple[User | Role, ...]:
    declared = asked.state.declared
    if ":user/" in arn:
        return declared.users
    return declared.roles if ":role/" in arn else ()
