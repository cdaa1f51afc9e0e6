"""What somebody should be told of, as events: those an alarm must catch, and near misses.

The fifteen families are those of the CIS benchmark's chapter on monitoring, 3.0 to 7.0. An event
is what CloudTrail writes; a near miss is one that looks like it and that no alarm needs.
Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
and https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from idkeep.access.logged import Happened
from idkeep.access.news import Sample
from idkeep.model import Severity

_ACCOUNT = "111122223333"
_EC2 = "ec2.amazonaws.com"
_SIGN_IN = "signin.amazonaws.com"
USER: Mapping[str, Any] = {
    "type": "IAMUser",
    "principalId": "AIDAEXAMPLEANA",
    "arn": f"arn:aws:iam::{_ACCOUNT}:user/ana",
    "accountId": _ACCOUNT,
    "accessKeyId": "AKIAEXAMPLEEXAMPLE00",
    "userName": "ana",
}
ROLE: Mapping[str, Any] = {
    "type": "AssumedRole",
    "principalId": "AROAEXAMPLEDEPLOY:ana",
    "arn": f"arn:aws:sts::{_ACCOUNT}:assumed-role/deploy/ana",
    "accountId": _ACCOUNT,
    "accessKeyId": "ASIAEXAMPLEEXAMPLE00",
    "sessionContext": {
        "sessionIssuer": {
            "type": "Role",
            "principalId": "AROAEXAMPLEDEPLOY",
            "arn": f"arn:aws:iam::{_ACCOUNT}:role/deploy",
            "accountId": _ACCOUNT,
            "userName": "deploy",
        },
        "attributes": {"creationDate": "2026-11-01T11:00:00Z", "mfaAuthenticated": "false"},
    },
}
ROOT: Mapping[str, Any] = {
    "type": "Root",
    "principalId": _ACCOUNT,
    "arn": f"arn:aws:iam::{_ACCOUNT}:root",
    "accountId": _ACCOUNT,
    "accessKeyId": "",
}


def event(  # noqa: PLR0913 -- the parts of an event, all by name
    source: str,
    name: str,
    *,
    who: Mapping[str, Any] = ROLE,
    read_only: bool = False,
    kind: str = "AwsApiCall",
    label: str = "",
    several: bool = False,
    **more: Any,  # noqa: ANN401 -- fields of the event
) -> Sample:
    """An event by `who`; `label` is what a report calls it, where not by its name."""
    return Sample(
        name=label or name,
        seen=Happened(source=source, name=name, read_only=read_only),
        several=several,
        json={
            "eventVersion": "1.11",
            "userIdentity": who,
            "eventTime": "2026-11-01T11:30:00Z",
            "eventSource": source,
            "eventName": name,
            "awsRegion": "us-east-1",
            "sourceIPAddress": "198.51.100.7",
            "userAgent": "aws-cli/2.31.0",
            "requestParameters": None,
            "responseElements": None,
            "requestID": "00000000-0000-4000-8000-000000000001",
            "eventID": "00000000-0000-4000-8000-000000000002",
            "readOnly": read_only,
            "eventType": kind,
            "managementEvent": True,
            "recipientAccountId": _ACCOUNT,
            "eventCategory": "Management",
            **more,
        },
    )


def sign_in(result: str, *, who: Mapping[str, Any] = USER, mfa: str = "No", **more: Any) -> Sample:  # noqa: ANN401
    return event(
        _SIGN_IN,
        "ConsoleLogin",
        who=who,
        kind="AwsConsoleSignIn",
        responseElements={"ConsoleLogin": result},
        additionalEventData={"MFAUsed": mfa, "MobileVersion": "No"},
        **more,
    )


class Watched(Struct, frozen=True, kw_only=True):
    """A family of events. `name` ends the check's id, `words` its title.

    `required` must each be caught, `near` are its near misses. `pattern` catches what is required
    and no near miss.
    """

    name: str
    words: str
    why: str
    severity: Severity = Severity.MEDIUM
    required: tuple[Sample, ...]
    near: tuple[Sample, ...] = ()
    pattern: str


def calls(source: str, names: str) -> tuple[Sample, ...]:
    """Each call once by a user and once by a role."""
    return tuple(event(source, name, who=who) for name in names.split() for who in (USER, ROLE))


def _named(source: str, names: str) -> str:
    either = " || ".join(f"($.eventName = {name})" for name in names.split())
    return f'{{ ($.eventSource = "{source}") && ({either}) }}'


def _family(  # noqa: PLR0913 -- a row of the table
    name: str,
    words: str,
    why: str,
    source: str,
    names: str,
    *,
    severity: Severity = Severity.MEDIUM,
    near: tuple[Sample, ...] = (),
) -> Watched:
    """A family that is a list of calls of one service."""
    return Watched(
        name=name,
        words=words,
        why=why,
        severity=severity,
        required=calls(source, names),
        near=near,
        pattern=_named(source, names),
    )


def _denied(code: str, source: str, name: str, **more: Any) -> Sample:  # noqa: ANN401
    return event(source, name, label=f"{name} ({code})", errorCode=code, several=True, **more)


WATCHED = (
    Watched(
        name="denied_calls",
        words="calls that were denied",
        why="Who tries keys or permissions out is denied many times before something works.",
        severity=Severity.LOW,
        required=(
            _denied("AccessDenied", "iam.amazonaws.com", "CreateUser"),
            _denied("AccessDenied", "iam.amazonaws.com", "ListUsers", read_only=True, who=USER),
            _denied("AccessDeniedException", "secretsmanager.amazonaws.com", "CreateSecret"),
            _denied("Client.UnauthorizedOperation", _EC2, "RunInstances"),
            _denied("Client.UnauthorizedOperation", _EC2, "DescribeInstances", read_only=True),
        ),
        near=(
            _denied(
                "AccessDenied",
                "s3.amazonaws.com",
                "PutObject",
                sourceIPAddress="delivery.logs.amazonaws.com",
            ),
            event("iam.amazonaws.com", "CreateUser"),
            event("iam.amazonaws.com", "CreateUser", errorCode="EntityAlreadyExistsException"),
        ),
        pattern='{ (($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*"))'
        ' && ($.sourceIPAddress != "delivery.logs.amazonaws.com") }',
    ),
    Watched(
        name="sign_in_without_mfa",
        words="users who sign in to the console without MFA",
        why="A password alone opened the console: the MFA of one user is missing or was taken off.",
        required=(sign_in("Success"),),
        near=(
            sign_in("Success", mfa="Yes"),
            sign_in("Success", who=ROLE),
            sign_in("Failure", errorMessage="Failed authentication"),
        ),
        pattern='{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes")'
        ' && ($.userIdentity.type = "IAMUser")'
        ' && ($.responseElements.ConsoleLogin = "Success") }',
    ),
    Watched(
        name="root_use",
        words="the root user's acts",
        why="Root can do everything and is hardly ever needed, so each of its acts is news.",
        severity=Severity.HIGH,
        required=(
            sign_in("Success", who=ROOT, mfa="Yes"),
            event("iam.amazonaws.com", "CreateAccessKey", who=ROOT),
            event("s3.amazonaws.com", "ListBuckets", who=ROOT, read_only=True),
        ),
        near=(
            event(
                "kms.amazonaws.com",
                "CreateGrant",
                who={**ROOT, "invokedBy": "backup.amazonaws.com"},
            ),
            event("iam.amazonaws.com", "CreateRole", who=ROOT, kind="AwsServiceEvent"),
            event("iam.amazonaws.com", "CreateAccessKey"),
        ),
        pattern='{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS)'
        ' && ($.eventType != "AwsServiceEvent") }',
    ),
    _family(
        "policy_changes",
        "changes of IAM policies",
        "An intruder gives themselves more, and it is a policy that says so.",
        "iam.amazonaws.com",
        "CreatePolicy DeletePolicy CreatePolicyVersion DeletePolicyVersion "
        "PutGroupPolicy PutRolePolicy PutUserPolicy "
        "DeleteGroupPolicy DeleteRolePolicy DeleteUserPolicy "
        "AttachGroupPolicy AttachRolePolicy AttachUserPolicy "
        "DetachGroupPolicy DetachRolePolicy DetachUserPolicy",
        near=(event("iam.amazonaws.com", "GetPolicy", read_only=True),),
    ),
    _family(
        "trail_changes",
        "changes of trails",
        "Whoever wants not to be seen stops the trail first.",
        "cloudtrail.amazonaws.com",
        "CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging",
        severity=Severity.HIGH,
        near=(event("cloudtrail.amazonaws.com", "DescribeTrails", read_only=True),),
    ),
    Watched(
        name="failed_sign_ins",
        words="failed sign-ins to the console",
        why="Many of them are somebody who tries passwords out.",
        severity=Severity.LOW,
        required=(
            sign_in("Failure", errorMessage="Failed authentication", several=True),
            sign_in("Failure", errorMessage="Failed authentication", several=True, who=ROOT),
        ),
        near=(sign_in("Success"),),
        pattern='{ ($.eventName = "ConsoleLogin") && ($.errorMessage = "Failed authentication") }',
    ),
    _family(
        "disabled_keys",
        "KMS keys that are disabled or due for deletion",
        "What a key encrypted is lost with it; that is how data is held to ransom.",
        "kms.amazonaws.com",
        "DisableKey ScheduleKeyDeletion",
        near=(event("kms.amazonaws.com", "Decrypt", read_only=True),),
    ),
    _family(
        "bucket_policy_changes",
        "changes of buckets' policies",
        "One statement opens a bucket to everybody, and data leaves within minutes.",
        "s3.amazonaws.com",
        "PutBucketAcl PutBucketPolicy PutBucketCors PutBucketLifecycle PutBucketReplication "
        "DeleteBucketPolicy DeleteBucketCors DeleteBucketLifecycle DeleteBucketReplication",
        near=(event("s3.amazonaws.com", "GetBucketPolicy", read_only=True),),
    ),
    _family(
        "config_changes",
        "changes of AWS Config's own settings",
        "A recorder that is stopped tells of no change any more.",
        "config.amazonaws.com",
        "StopConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel "
        "PutConfigurationRecorder",
        near=(event("config.amazonaws.com", "PutConfigRule"),),
    ),
    _family(
        "security_group_changes",
        "changes of security groups",
        "A rule that is opened by mistake is found by scanners of the internet in minutes.",
        _EC2,
        "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress "
        "RevokeSecurityGroupIngress RevokeSecurityGroupEgress "
        "CreateSecurityGroup DeleteSecurityGroup",
        severity=Severity.LOW,
    ),
    _family(
        "network_acl_changes",
        "changes of network ACLs",
        "They are the second fence around subnets.",
        _EC2,
        "CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry "
        "ReplaceNetworkAclEntry ReplaceNetworkAclAssociation",
        severity=Severity.LOW,
    ),
    _family(
        "gateway_changes",
        "changes of network gateways",
        "A new gateway is a new way out of a network that had none.",
        _EC2,
        "CreateCustomerGateway DeleteCustomerGateway AttachInternetGateway "
        "CreateInternetGateway DeleteInternetGateway DetachInternetGateway",
        severity=Severity.LOW,
    ),
    _family(
        "route_changes",
        "changes of route tables",
        "A route that is turned sends traffic past whoever inspects it.",
        _EC2,
        "CreateRoute CreateRouteTable ReplaceRoute ReplaceRouteTableAssociation "
        "DeleteRouteTable DeleteRoute DisassociateRouteTable",
        severity=Severity.LOW,
    ),
    _family(
        "vpc_changes",
        "changes of VPCs",
        "A peering joins two networks that were kept apart.",
        _EC2,
        "CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection "
        "CreateVpcPeeringConnection DeleteVpcPeeringConnection RejectVpcPeeringConnection",
        severity=Severity.LOW,
    ),
    _family(
        "organization_changes",
        "changes of the organisation",
        "An account that leaves, or a policy that is detached, undoes every guardrail below it.",
        "organizations.amazonaws.com",
        "AcceptHandshake AttachPolicy CreateAccount CreateOrganizationalUnit CreatePolicy "
        "DeclineHandshake DeleteOrganization DeleteOrganizationalUnit DeletePolicy DetachPolicy "
        "DisablePolicyType EnablePolicyType InviteAccountToOrganization LeaveOrganization "
        "MoveAccount RemoveAccountFromOrganization UpdateOrganizationalUnit UpdatePolicy",
        near=(event("organizations.amazonaws.com", "ListAccounts", read_only=True),),
    ),
)
