"""A request as CloudTrail recorded it, put as a question to the engine.

Sources, under https://docs.aws.amazon.com/awscloudtrail/latest/userguide/:
cloudtrail-event-reference-record-contents.html, cloudtrail-event-reference-user-identity.html.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from idkeep.access.denials import Denial, denial_in
from idkeep.catalog import Catalog
from idkeep.policy.requester import Requester

# CloudTrail's name of a service, where it is not the prefix of its actions. Read 2026-11:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/logging_cw_api_calls.html,
# https://docs.aws.amazon.com/ses/latest/dg/logging-using-cloudtrail.html,
# https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/logging-using-cloudtrail.html
_PREFIXES = {"monitoring": "cloudwatch", "email": "ses", "tagging": "tag"}
# Operations whose permission has another name. Read 2026-11:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html and
# https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
_ACTIONS = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:DeleteBucketCors": "s3:PutBucketCORS",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketReplication": "s3:PutReplicationConfiguration",
    "s3:DeleteBucketTagging": "s3:PutBucketTagging",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketLifecycle": "s3:GetLifecycleConfiguration",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:ListObjects": "s3:ListBucket",
    "s3:ListParts": "s3:ListMultipartUploadParts",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:PutBucketReplication": "s3:PutReplicationConfiguration",
    "s3:UploadPart": "s3:PutObject",
}
# Lambda's events end in the date of the API's version: CreateFunction20150331.
_DATED = re.compile(r"(?P<name>[A-Za-z]+?)(?:20\d{6}(?:v\d+)?)")
_DENIED = re.compile(
    r"(?:Client\.)?(?:AccessDenied|Unauthorized|AuthorizationError|NotAuthorized)\w*"
)
_IP = re.compile(r"[0-9.]{7,15}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")
# What a request names, by the parameter that holds it: as `user/ana`, or as an ARN.
_NAMED = {"userName": "user", "roleName": "role", "groupName": "group"}
_ARN_IN = ("roleArn", "policyArn", "keyId", "secretId", "functionName", "topicArn", "resourceArn")


class Recorded(Struct, frozen=True, kw_only=True):
    """`principal` is an ARN or a service's name, "" with `why_not` where the event does not tell.

    So is `action`. `resources` are ARNs, or names of the account as `user/ana`. `denied` is None
    where the request failed for another reason. `via` is who acted in whose name, "" for nobody.
    No value of the event is kept that may be a secret: no access key, no parameter but names.
    """

    principal: str
    action: str
    resources: tuple[str, ...] = ()
    account: str = ""
    denied: bool | None
    error: str = ""
    denial: Denial | None = None
    encoded: bool = False
    time: str = ""
    via: str = ""
    context: dict[str, tuple[str, ...]] = {}
    why_not: tuple[str, ...] = ()


def recorded(event: Mapping[str, Any], catalog: Catalog) -> Recorded:
    """Raises `ValueError` for what is no CloudTrail event."""
    who, source, name = (
        _part(event, "userIdentity"),
        _text(event, "eventSource"),
        _text(event, "eventName"),
    )
    if not who or not source or not name:
        raise ValueError("no CloudTrail event: userIdentity, eventSource or eventName is missing")
    error, message = _text(event, "errorCode"), _text(event, "errorMessage")
    denied = bool(_DENIED.match(error)) if error else False
    denial = denial_in(message) if denied else None
    principal, why_principal = _principal(who, event)
    action = action_of(source, name, catalog)
    if denial:
        principal, why_principal = denial.principal, ""
        action = denial.action
    why_action = "" if action else f"which permission {source} {name} takes is not known"
    return Recorded(
        principal=principal,
        action=action,
        resources=tuple(dict.fromkeys(_resources(event, action, denial))),
        account=_text(event, "recipientAccountId") or _text(who, "accountId"),
        denied=denied if denied or not error else None,
        error=error,
        denial=denial,
        encoded="ncoded authorization failure" in message,
        time=_text(event, "eventTime"),
        via=_text(who, "invokedBy") if who.get("type") != "AWSService" else "",
        context=dict(_context(event, who)),
        why_not=tuple(why for why in (why_principal, why_action) if why),
    )


def action_of(source: str, name: str, catalog: Catalog) -> str:
    """The IAM action behind an event; "" where neither the catalog nor a page of AWS's knows it."""
    prefix = source.removesuffix(".amazonaws.com")
    prefix = _PREFIXES.get(prefix, prefix)
    dated = _DATED.fullmatch(name)
    for one in (name, dated["name"] if dated else ""):
        action = _ACTIONS.get(f"{prefix}:{one}", f"{prefix}:{one}")
        if one and (found := catalog.action(action)) and not found.retired:
            return action
    return ""


def _principal(who: Mapping[str, Any], event: Mapping[str, Any]) -> tuple[str, str]:
    """An ARN or a service, or why there is none."""
    kind = _text(who, "type")
    match kind:
        case "AWSService":
            name = _text(who, "invokedBy")
            return (name, "") if "." in name else ("", "the event does not tell which service")
        case "SAMLUser" | "WebIdentityUser":
            parameters = event.get("requestParameters")
            told = _text(who, "identityProvider")
            if kind == "SAMLUser" and isinstance(parameters, Mapping):
                told = _text(parameters, "principalArn") or told
            return _known(told, f"the event does not tell the provider of the {kind}")
        case "AWSAccount":
            return (
                "",
                f"somebody of account {_text(who, 'accountId')}, whom the event does not name",
            )
        case "IdentityCenterUser":
            return "", "a user of IAM Identity Center, whom no IAM policy is about"
        case _:
            return _known(
                _text(who, "arn"), f"the event does not name who asked ({kind or 'no type'})"
            )


def _known(name: str, why_not: str) -> tuple[str, str]:
    try:
        Requester.parse(name)
    except ValueError:
        return "", why_not
    return (name, "") if name and name != "*" else ("", why_not)


def _resources(event: Mapping[str, Any], action: str, denial: Denial | None) -> Iterator[str]:
    """What the message names, else the event's own list, else the parameters that name one."""
    if denial and denial.resource:
        yield denial.resource
        return
    listed = event.get("resources")
    arns = [
        arn
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, Mapping) and (arn := _text(one, "ARN") or _text(one, "arn"))
    ]
    service = action.partition(":")[0]
    # An event may list what else it touched, as the role that a session is of.
    own = [arn for arn in arns if arn.split(":")[2:3] == [service] or service == "sts"]
    if own:
        # An object's event lists its bucket too, and an action is about one of both.
        objects = [arn for arn in own if "/" in arn] if service == "s3" else []
        yield from objects or own
        return
    parameters = event.get("requestParameters")
    if isinstance(parameters, Mapping):
        yield from _named_in(parameters, service, _partition(event))


def _partition(event: Mapping[str, Any]) -> str:
    """That of who asked; AWS's services ask without an ARN."""
    arn = _text(_part(event, "userIdentity"), "arn")
    return arn.split(":")[1] if arn.startswith("arn:") and arn.count(":") > 1 else "aws"


def _named_in(parameters: Mapping[str, Any], service: str, partition: str) -> Iterator[str]:
    for key in _ARN_IN:
        if (value := _text(parameters, key)).startswith("arn:"):
            yield value
            return
    if service == "iam":
        named = (f"{kind}/{v}" for key, kind in _NAMED.items() if (v := _text(parameters, key)))
        yield from named
    if service == "s3" and (bucket := _text(parameters, "bucketName")):
        key = _text(parameters, "key")
        whole = f"arn:{partition}:s3:::{bucket}"
        yield f"{whole}/{key}" if key else whole


def _context(
    event: Mapping[str, Any], who: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The condition keys that the event tells of; every other stays open.

    A request through a VPC endpoint has its address under another key.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    address, endpoint = _text(event, "sourceIPAddress"), _text(event, "vpcEndpointId")
    if endpoint:
        yield "aws:SourceVpce", (endpoint,)
        yield "aws:SourceIp", ()
        yield "aws:VpcSourceIp", (address,) if _IP.fullmatch(address) else ()
    elif _IP.fullmatch(address):
        yield "aws:SourceIp", (address,)
    pairs = (
        ("aws:RequestedRegion", "awsRegion"),
        ("aws:CurrentTime", "eventTime"),
        ("aws:UserAgent", "userAgent"),
    )
    for key, field in pairs:
        if value := _text(event, field):
            yield key, (value,)
    if isinstance(event.get("tlsDetails"), Mapping):
        yield "aws:SecureTransport", ("true",)
    if _text(who, "principalId"):
        yield "aws:userid", (_text(who, "principalId"),)
    yield from _session(who)


def _session(who: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A user's own access key comes without a session, and so without its keys."""
    session = _part(who, "sessionContext")
    if not session and _text(who, "type") == "IAMUser":
        yield from (("aws:MultiFactorAuthPresent", ()), ("aws:TokenIssueTime", ()))
    attributes = _part(session, "attributes")
    if (mfa := _text(attributes, "mfaAuthenticated").lower()) in {"true", "false"}:
        yield "aws:MultiFactorAuthPresent", (mfa,)
    if since := _text(attributes, "creationDate"):
        yield "aws:TokenIssueTime", (since,)
    if source := _text(session, "sourceIdentity"):
        yield "aws:SourceIdentity", (source,)


def _part(told: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = told.get(key)
    return value if isinstance(value, Mapping) else {}


def _text(told: Mapping[str, Any], key: str) -> str:
    value = told.get(key)
    return value if isinstance(value, str) else ""
