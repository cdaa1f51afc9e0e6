"""The words of the generated cases: who asks, for what, and what conditions look at.

`ANYTHING` is for engines that are told a request, `CALLABLE` for one that is really called.

Values of a key are few, so that policies and requests meet often.
"""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

HOME = "111122223333"
AWAY = "444455556666"
ANA = f"arn:aws:iam::{HOME}:user/ana"
APP = f"arn:aws:iam::{HOME}:role/app"
APP_ONE = f"arn:aws:sts::{HOME}:assumed-role/app/one"
EVE = f"arn:aws:iam::{AWAY}:user/eve"
OPS = f"arn:aws:sts::{AWAY}:assumed-role/ops/two"
FAY = f"arn:aws:sts::{HOME}:federated-user/fay"
ROOT = f"arn:aws:iam::{HOME}:root"
LINKED = f"arn:aws:sts::{HOME}:assumed-role/AWSServiceRoleForSupport/s"
SERVICES = ("events.amazonaws.com", "lambda.amazonaws.com")

# Each asker as often as it stands here.
_ASKERS = (
    *(ANA,) * 6, *(APP_ONE,) * 6, *(EVE,) * 3, *(OPS,) * 3, *(APP,) * 2, *(FAY,) * 2,
    ROOT, LINKED, *SERVICES, "*",
)  # fmt: skip
_NAMED = (
    "*", {"AWS": "*"}, {"AWS": HOME}, {"AWS": ROOT}, {"AWS": ANA}, {"AWS": APP}, {"AWS": APP_ONE},
    {"AWS": FAY}, {"AWS": [f"arn:aws:iam::{AWAY}:root", ANA]}, {"AWS": EVE}, {"AWS": [APP, EVE]},
    {"AWS": f"arn:aws:iam::{AWAY}:role/ops"}, {"Service": list(SERVICES)},
    {"Service": SERVICES[0], "AWS": OPS},
)  # fmt: skip
_SPARED = (
    {"AWS": [ANA, ROOT]}, {"AWS": ANA}, {"AWS": [APP, ROOT]}, {"AWS": [APP_ONE, APP, ROOT]},
    {"AWS": [APP_ONE, ROOT]}, {"AWS": ROOT}, {"Service": SERVICES[0]}, {"AWS": [EVE, AWAY]},
)  # fmt: skip


class Target(Struct, frozen=True):
    """`own_policy`: how often the resource has one of its own. `trust`: that is a trust policy."""

    action: str
    resource: str
    own_policy: float = 0.6
    trust: bool = False

    @property
    def service(self) -> str:
        """Every action of the service, as a pattern."""
        return f"{self.action.partition(':')[0]}:*"


_ROLE = f"arn:aws:iam::{HOME}:role/target"
_TARGETS = (
    Target("s3:GetObject", "arn:aws:s3:::bucket/ana/x.txt"),
    Target("s3:PutObject", "arn:aws:s3:::bucket/y"),
    Target("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{HOME}:queue"),
    Target("sns:Publish", f"arn:aws:sns:eu-west-1:{HOME}:topic"),
    Target("kms:Decrypt", f"arn:aws:kms:eu-west-1:{HOME}:key/1", 0.97),
    Target("sts:AssumeRole", _ROLE, 0.97, trust=True),
    Target("iam:PassRole", _ROLE, 0),
    Target("iam:GetUser", ANA, 0),
    Target("dynamodb:GetItem", f"arn:aws:dynamodb:eu-west-1:{HOME}:table/t"),
    Target(
        "secretsmanager:GetSecretValue",
        f"arn:aws:secretsmanager:eu-west-1:{HOME}:secret:s-AbCdEf",
    ),
)
_ACTIONS = (
    "*", "s3:*", "s3:Get*", "S3:getobject", "s3:GetObject", "s3:?utObject", "sqs:*", "sns:Publish",
    "kms:Decrypt", "sts:AssumeRole", "iam:*", "iam:Get*", "dynamodb:*Item", "secretsmanager:*Value",
    "ec2:*",
)  # fmt: skip
_RESOURCES = (
    "*", "arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/${aws:username}/*", "arn:aws:s3:::b?cket/a*",
    f"arn:aws:*:*:{HOME}:*", f"arn:aws:iam::{HOME}:role/*",
    f"arn:aws:iam::{HOME}:user/${{aws:username}}", f"arn:aws:sqs:eu-west-1:{HOME}:queue",
    f"arn:aws:kms:*:{HOME}:key/*", f"arn:aws:sns:*:{HOME}:t*",
    "arn:aws:s3:::bucket/${aws:PrincipalTag/team, 'ana'}/*", f"arn:aws:dynamodb:*:{HOME}:table/?",
    f"arn:aws:secretsmanager:*:{HOME}:secret:s-??????",
)  # fmt: skip


class Key(Struct, frozen=True):
    """A context key: what a request holds, what policies compare it with, by which operators."""

    name: str
    operators: tuple[str, ...]
    given: tuple[str, ...]
    written: tuple[str, ...] = ()
    several: bool = False


_STRING = (
    "StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
)  # fmt: skip
_ARN = ("ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals")
_ORDER = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
_DATE = tuple(f"Date{end}" for end in _ORDER)
_NUMBER = tuple(f"Numeric{end}" for end in _ORDER)
_DAYS = ("2026-01-01T00:00:00Z", "2026-06-01T12:00:00Z")

_KEYS = (
    Key("aws:username", _STRING, (), ("ana", "Ana", "a*", "e?e")),
    Key(
        "aws:PrincipalTag/team", _STRING, ("red", "Red", "blue"), ("r?d", "red*", "${aws:username}")
    ),
    Key("aws:PrincipalOrgID", _STRING, ("o-1", "o-2"), ("O-1", "o-*")),
    Key("aws:TagKeys", _STRING, ("team", "cost", "Team"), ("t*",), several=True),
    Key(
        "aws:PrincipalOrgPaths",
        _STRING,
        ("o-1/r-1/ou-1/", "o-1/r-1/ou-2/"),
        ("o-1/*",),
        several=True,
    ),
    Key("aws:PrincipalAccount", _STRING, (), (HOME, AWAY)),
    Key("aws:ResourceAccount", _STRING, (), (HOME, "${aws:PrincipalAccount}")),
    Key("aws:RequestedRegion", _STRING, ("eu-west-1", "us-east-1"), ("eu-*",)),
    Key(
        "aws:PrincipalArn",
        (*_ARN, *_STRING),
        (),
        (ANA, APP, f"arn:aws:iam::{HOME}:*", "arn:aws:iam::*:user/*"),
    ),
    Key(
        "aws:SourceArn",
        _ARN,
        ("arn:aws:s3:::b", f"arn:aws:sns:eu-west-1:{HOME}:t"),
        (f"arn:aws:sns:*:{HOME}:*",),
    ),
    Key(
        "aws:SourceIp",
        ("IpAddress", "NotIpAddress"),
        ("203.0.113.9", "198.51.100.1", "2001:db8::1"),
        ("203.0.113.0/24", "2001:db8::/32"),
    ),
    Key("aws:CurrentTime", _DATE, _DAYS, ("2026-06-01T12:00:00+00:00", "2026-03-01")),
    Key("aws:MultiFactorAuthAge", _NUMBER, ("10", "3600"), ("3600.0", "60")),
    Key("aws:MultiFactorAuthPresent", ("Bool",), ("true", "false")),
    Key("aws:SecureTransport", ("Bool",), ("true", "false")),
    Key("aws:PrincipalIsAWSService", ("Bool",), (), ("true", "false")),
)


_ROLES = f"arn:aws:sts::{HOME}:assumed-role"
# Principals of whole accounts, of every kind there is.
CALLERS = (
    ANA, APP, APP_ONE, EVE, OPS, FAY, ROOT, LINKED, *SERVICES, "*",
    f"arn:aws:iam::{HOME}:user/team/bo", f"arn:aws:iam::{HOME}:user/e1e",
    f"arn:aws:iam::{HOME}:role/deep/path/build", f"{_ROLES}/app/two", f"{_ROLES}/build/one",
    f"{_ROLES}/AWSReservedSSO_Admin_0123456789abcdef/ana",
    f"arn:aws:iam::{HOME}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
    f"arn:aws:iam::{AWAY}:root", f"arn:aws:iam::{AWAY}:role/ops",
    f"arn:aws:iam::{HOME}:saml-provider/corp", "accounts.google.com",
    f"arn:aws-cn:iam::{AWAY}:user/cai",
    "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
)  # fmt: skip
# What holds for a principal in every request.
KEYS_OF_CALLERS = {
    "aws:PrincipalTag/team": ("red", "blue", "ana"),
    "aws:PrincipalOrgID": ("o-1",),
    "aws:PrincipalOrgPaths": (("o-1/r-1/ou-1/",), ("o-1/r-1/ou-1/", "o-1/r-1/ou-2/")),
    "aws:userid": ("AIDAAAAAAAAAAAAAAAAAA", "AROAAAAAAAAAAAAAAAAAA:one"),
    "aws:PrincipalArn": (ANA, APP),
    "aws:SourceIdentity": ("ana",),
}
# Those that have rules of their own, and one that no catalog has.
MORE_ACTIONS = (
    "sts:GetCallerIdentity", "sts:GetSessionToken", "sts:GetFederationToken", "sts:AssumeRoot",
    "sts:TagSession", "sts:SetSourceIdentity", "sts:AssumeRoleWithSAML", "signin:Authenticate",
    "lambda:InvokeFunctionUrl", "iam:AcquireRole", "s3:PutBucketPolicy", "s3:ListBucket",
    "ec2:RunInstances", "kms:DescribeKey", "iam:DeleteUser", "new:Action",
)  # fmt: skip


class World(Struct, frozen=True, kw_only=True):
    """`context` is what every request holds; the values that keys are given come on top.

    `odd` is how often a document, statement, condition or key is such as few are: of the old
    version, an empty list, one of many conditions, of several values or none. `spares`: how often
    a resource's Deny has a NotPrincipal.
    """

    askers: tuple[str, ...]
    named: tuple[Any, ...]
    spared: tuple[Any, ...]
    targets: tuple[Target, ...]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    keys: tuple[Key, ...]
    context: dict[str, str] = {}
    organization: bool = True
    odd: float = 0
    spares: float = 0.3


ANYTHING = World(
    askers=_ASKERS,
    named=_NAMED,
    spared=_SPARED,
    targets=_TARGETS,
    actions=_ACTIONS,
    resources=_RESOURCES,
    keys=_KEYS,
)

# Principals, resources and keys that name what other engines are not told or read otherwise.
ESTATES = replace(
    ANYTHING,
    named=(
        *_NAMED, {"AWS": "AIDAAAAAAAAAAAAAAAAAA"}, {"AWS": ["AROAAAAAAAAAAAAAAAAAA", EVE]},
        {"CanonicalUser": "0" * 64}, {"Federated": [f"arn:aws:iam::{HOME}:saml-provider/corp"]},
        {"Federated": "accounts.google.com"}, {"AWS": f"{_ROLES}/app/two"},
        {"AWS": [f"arn:aws:iam::{HOME}:role/deep/path/build", AWAY]},
        {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"},
        {"AWS": [ROOT, f"arn:aws:iam::{AWAY}:root", LINKED]}, {"AWS": ["*", ANA]},
    ),
    spared=(
        *_SPARED, {"AWS": ["AIDAAAAAAAAAAAAAAAAAA", ROOT]}, {"AWS": "*"},
        {"AWS": [f"{_ROLES}/app/two", APP, ROOT]}, {"CanonicalUser": "0" * 64},
        {"AWS": [FAY, ROOT]}, {"AWS": [OPS, f"arn:aws:iam::{AWAY}:role/ops", AWAY]},
        {"AWS": [APP, APP_ONE, ANA, ROOT, EVE, AWAY]}, {"Federated": "accounts.google.com"},
    ),
    targets=(
        *_TARGETS,
        Target("kms:GenerateDataKey", f"arn:aws:kms:eu-west-1:{HOME}:key/1", 0.9),
        Target("kms:Decrypt", f"arn:aws:kms:eu-west-1:{AWAY}:key/2", 0.9),
        Target("s3:GetBucketPolicy", "arn:aws:s3:::bucket"),
        Target("s3:DeleteObject", "arn:aws:s3:::bucket/${x}/*?"),
        Target("sts:AssumeRole", f"arn:aws:iam::{AWAY}:role/target", 0.9, trust=True),
        Target("sts:AssumeRoleWithWebIdentity", _ROLE, 0.9, trust=True),
        Target("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{AWAY}:queue"),
        Target("lambda:InvokeFunctionUrl", f"arn:aws:lambda:eu-west-1:{HOME}:function:f"),
        Target("iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", 0),
        Target("ec2:DescribeInstances", "*", 0),
    ),
    actions=(*_ACTIONS, "kms:*e*y*", "sts:AssumeRole*", "new:Act?on"),
    odd=0.1,
    spares=0.5,
    resources=(
        *_RESOURCES, "arn:aws:s3:::bucket/${aws:PrincipalTag/team}*", "arn:aws:${aws:username}:::y",
        "arn:aws:s3:::bucket/${aws:userid}/${aws:username}/*", "arn:aws:s3:::b*/${aws:username}/*",
        f"arn:aws:iam::{HOME}:user/${{aws:username, 'ana'}}", "arn:aws:s3:::bucket/${s3:prefix}/*",
        "arn:aws:s3:::bucket/${aws:username}/${aws:PrincipalTag/team, 'x'}.txt",
        "arn:*", "arn:*t*a*",
        "arn:aws:s3:::bucket/${$}{x}/${*}${?}", "arn:aws:s3:::bucket/${", "arn:aws:*:bucket/?",
        "arn:aws:s3:::bucket/${aws:TagKeys}/*", "arn:aws:s3:::bucket/${aws:username, '*'}/*",
        f"arn:aws:*:*:{AWAY}:*", "arn:aws:iam::aws:policy/*", "arn:aws:s3:*:*:*/x.txt",
    ),
    keys=(
        *_KEYS,
        Key("aws:userid", _STRING, (), ("AIDAAAAAAAAAAAAAAAAAA", "*:one", "${aws:username}")),
        Key("aws:SourceIdentity", _STRING, (), ("ana", "${aws:username}")),
        Key("aws:PrincipalServiceName", _STRING, (), SERVICES),
        Key("kms:CallerAccount", _STRING, (), (HOME, AWAY)),
        Key("s3:ResourceAccount", _STRING, (), (HOME, "${aws:ResourceAccount}")),
        Key("aws:ResourceTag/team", _STRING, ("red", "blue"), ("${aws:PrincipalTag/team}",)),
        Key("s3:BucketTag/team", _STRING, ("red", "blue"), ("${aws:PrincipalTag/team}",)),
        Key(
            "aws:RequestTag/team", _STRING, ("red", "blue", ""),
            ("${aws:PrincipalTag/team}", "${aws:RequestTag/cost, 'red'}", "${aws:TagKeys}"),
        ),
        Key(
            "aws:PrincipalArn", _ARN, (),
            ("*", "arn:aws:iam::*", f"{_ROLES}/app/*", "arn:*:*:*:*:*"),
        ),
        Key("aws:SourceArn", _ARN, ("no ARN",), ("*", "${aws:PrincipalArn}", "arn:aws:s3:*:*:?")),
        Key("aws:SourceAccount", _STRING, (HOME, AWAY), ("${aws:PrincipalAccount}", "")),
        Key("aws:SourceIp", ("IpAddress", "NotIpAddress"), ("nowhere",), ("10.0.0.0/8",)),
        Key("aws:CurrentTime", _DATE, ("2026", "1780315200"), ("1767225600", "2026-06")),
        Key("aws:MultiFactorAuthAge", _NUMBER, ("ten",), ("1.5", "-0")),
        Key("aws:SecureTransport", (*_STRING, "Bool"), ("True", "yes"), ("${aws:username}",)),
        Key("sns:Octets", ("BinaryEquals",), ("cmVk", "no base64!"), ("Ymx1ZQ==",)),
        Key("kms:EncryptionContext:team", _STRING, ("red", "blue"), ("Red", "r*")),
        Key("kms:EncryptionContextKeys", _STRING, ("team", "Team"), ("te*",), several=True),
    ),
)  # fmt: skip

_SEEN = {
    "aws:SourceIp": "127.0.0.1",
    "aws:SecureTransport": "false",
    "aws:RequestedRegion": "eu-west-1",
    "aws:CurrentTime": "2026-06-01T12:00:00Z",
}
CALLABLE = World(
    askers=(ANA, APP_ONE),
    named=(
        "*",
        {"AWS": "*"},
        {"AWS": HOME},
        {"AWS": ROOT},
        {"AWS": ANA},
        {"AWS": APP},
        {"AWS": APP_ONE},
    ),
    spared=({"AWS": [ANA, ROOT]}, {"AWS": ANA}, {"AWS": [APP_ONE, APP, ROOT]}),
    targets=(
        Target("s3:GetObject", "arn:aws:s3:::bucket/ana/x.txt", 0.5),
        Target("s3:PutObject", "arn:aws:s3:::bucket/y", 0.5),
        Target("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{HOME}:queue", 0.5),
        Target("dynamodb:GetItem", f"arn:aws:dynamodb:eu-west-1:{HOME}:table/t", 0),
    ),
    actions=_ACTIONS,
    resources=_RESOURCES[:-1],
    keys=(
        Key("aws:username", _STRING, (), ("ana", "a*", "bo")),
        Key("aws:PrincipalOrgID", _STRING, (), ("o-1", "o-*")),
        Key(
            "aws:SourceIp",
            ("IpAddress", "NotIpAddress"),
            (),
            ("127.0.0.1", "127.0.0.0/8", "203.0.113.0/24"),
        ),
        Key("aws:SecureTransport", ("Bool",), (), ("true", "false")),
        Key("aws:MultiFactorAuthPresent", ("Bool",), (), ("true", "false")),
        Key("aws:RequestedRegion", _STRING, (), ("eu-west-1", "us-*", "eu-*")),
        Key("aws:CurrentTime", _DATE, (), ("2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z")),
        Key("aws:PrincipalAccount", _STRING, (), (HOME, AWAY)),
    ),
    context=_SEEN,
    organization=False,
)
