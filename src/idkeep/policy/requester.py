"""Who makes a request, by the form of the ARN, and what the context says of them for that alone.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
and reference_policies_condition-keys.html ("Properties of the principal").
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Self

from msgspec import Struct

from idkeep.model import Arn

_SERVICE_LINKED = "AWSServiceRoleFor"
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_PERMISSION_SET = re.compile(r"AWSReservedSSO_.+_[0-9a-f]{16}", re.ASCII)
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3-oai.html
_ORIGIN_ACCESS_IDENTITY = re.compile(
    r"arn:[^:]+:iam::cloudfront:user/CloudFront Origin Access Identity \w+", re.ASCII
)
# Providers of web identities that IAM knows without an OIDC provider of the account's own:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
# Cognito has another name in GovCloud and in China:
# https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html
WEB_PROVIDERS = frozenset(
    {
        "accounts.google.com",
        "cognito-identity-us-gov.amazonaws.com",
        "cognito-identity.amazonaws.com",
        "cognito-identity.cn-north-1.amazonaws.com.cn",
        "graph.facebook.com",
        "www.amazon.com",
    }
)


class RequesterKind(StrEnum):
    ROOT = "root"
    USER = "user"
    ROLE = "role"
    ROLE_SESSION = "role session"
    FEDERATED_USER = "federated user"
    FEDERATED = "federated"
    SERVICE = "service"
    ORIGIN_ACCESS_IDENTITY = "CloudFront origin access identity"
    ANONYMOUS = "anonymous"


# They have no policies of their own, and no account whose SCPs would hold.
WITHOUT_ACCOUNT = frozenset(
    {
        RequesterKind.ANONYMOUS,
        RequesterKind.FEDERATED,
        RequesterKind.ORIGIN_ACCESS_IDENTITY,
        RequesterKind.SERVICE,
    }
)


# The value of aws:PrincipalType.
_TYPES = {
    RequesterKind.ROOT: "Account",
    RequesterKind.USER: "User",
    RequesterKind.ROLE: "AssumedRole",
    RequesterKind.ROLE_SESSION: "AssumedRole",
    RequesterKind.FEDERATED_USER: "FederatedUser",
    RequesterKind.ANONYMOUS: "Anonymous",
}


class Requester(Struct, frozen=True):
    """A caller. `name` is an ARN, a service's name, an identity provider, or "" for nobody.

    `ROLE` is a session of that role whose name is not told.
    """

    kind: RequesterKind
    name: str
    account: str = ""
    partition: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """From an ARN, `*` (anonymous) or a service's name. Raises `ValueError`."""
        if text == "*":
            return cls(RequesterKind.ANONYMOUS, "")
        if not text.startswith("arn:"):
            if text in WEB_PROVIDERS:
                return cls(RequesterKind.FEDERATED, text)
            if "." not in text:
                raise ValueError(f"neither an ARN nor a service: {text!r}")
            return cls(RequesterKind.SERVICE, text)
        arn = Arn.parse(text)
        if _ORIGIN_ACCESS_IDENTITY.fullmatch(text):
            return cls(RequesterKind.ORIGIN_ACCESS_IDENTITY, text)
        if not _ACCOUNT.fullmatch(arn.account):
            raise ValueError(f"no account: {text!r}")
        return cls(_kind(arn), text, arn.account, arn.partition)

    @property
    def role_name(self) -> str:
        """Of a role or its session; unique in an account whatever its path. "" for others."""
        match self.kind:
            case RequesterKind.ROLE:
                return self.name.rpartition("/")[2]
            case RequesterKind.ROLE_SESSION:
                return self.name.split("/")[1]
            case _:
                return ""

    @property
    def is_service_linked(self) -> bool:
        """A role that belongs to an AWS service, which no organisation policy limits.

        A session's ARN has no path: there the reserved name tells.
        """
        if self.kind is RequesterKind.ROLE:
            return ":role/aws-service-role/" in self.name
        return self.role_name.startswith(_SERVICE_LINKED)

    def derived(self) -> dict[str, str]:
        """The context keys that follow from who it is."""
        return dict(_derived(self))

    @property
    def fixed_path(self) -> str | None:
        """Where the roles of such a session's name always live, a part of the path being open.

        None for every other requester. Sources: singlesignon/latest/userguide/
        referencingpermissionsets.html ("…/aws-reserved/sso.amazonaws.com/", with the region of
        the instance unless that is us-east-1) and
        IAM/latest/UserGuide/id_roles_create-service-linked-role.html.
        """
        if self.kind is not RequesterKind.ROLE_SESSION:
            return None
        if _PERMISSION_SET.fullmatch(self.role_name):
            return "aws-reserved/sso.amazonaws.com/"
        return "aws-service-role/" if self.is_service_linked else None

    def possible_arns(self, texts: Iterable[str]) -> tuple[str, ...]:
        """The role ARNs that such a session may have, as far as policies in `texts` tell apart."""
        path = self.fixed_path or ""
        named = re.compile(rf"{re.escape(path)}([\w.-]+)/")
        parts = {f"{one}/" for text in texts for one in named.findall(text)}
        # What no policy names stands for every other region, or service.
        parts |= {"", "elsewhere/"} if "sso" in path else {"other.amazonaws.com/"}
        head = f"arn:{self.partition}:iam::{self.account}:role/{path}"
        return tuple(f"{head}{part}{self.role_name}" for part in sorted(parts))


# The same principals ask again and again.
@lru_cache(maxsize=16_384)
def _derived(who: Requester) -> dict[str, str]:
    keys = {"aws:PrincipalType": _TYPES.get(who.kind, "")}
    if who.kind is RequesterKind.SERVICE:
        keys["aws:PrincipalServiceName"] = who.name
        keys["aws:PrincipalIsAWSService"] = "true"
    elif who.kind not in WITHOUT_ACCOUNT:
        keys["aws:PrincipalAccount"] = who.account
        keys["aws:PrincipalIsAWSService"] = "false"
        if who.fixed_path is None:
            keys["aws:PrincipalArn"] = _principal_arn(who)
    if who.kind is RequesterKind.ANONYMOUS:
        keys["aws:userid"] = "anonymous"
    if who.kind is RequesterKind.ROOT:
        keys["aws:userid"] = who.account
    if who.kind is RequesterKind.FEDERATED_USER:
        keys["aws:userid"] = f"{who.account}:{who.name.partition('/')[2]}"
    if who.kind is RequesterKind.USER:
        keys["aws:username"] = who.name.rpartition("/")[2]
    return {key: value for key, value in keys.items() if value}


def _principal_arn(who: Requester) -> str:
    """A role session's is the role's; its path is not in the session's ARN."""
    if who.kind is RequesterKind.ROLE_SESSION:
        return f"arn:{who.partition}:iam::{who.account}:role/{who.role_name}"
    return who.name


_BY_PREFIX = (
    ("user/", RequesterKind.USER),
    ("role/", RequesterKind.ROLE),
    ("oidc-provider/", RequesterKind.FEDERATED),
    ("saml-provider/", RequesterKind.FEDERATED),
)


def _kind(arn: Arn) -> RequesterKind:
    """Raises `ValueError` for an ARN that can't make a request."""
    if arn.service == "iam":
        if arn.resource == "root":
            return RequesterKind.ROOT
        for prefix, kind in _BY_PREFIX:
            if arn.resource.startswith(prefix) and not arn.resource.endswith("/"):
                return kind
    if arn.service == "sts":
        parts = arn.resource.split("/")
        if parts[0] == "assumed-role" and len(parts) >= 3 and all(parts):  # noqa: PLR2004 -- role and session
            return RequesterKind.ROLE_SESSION
        if parts[0] == "federated-user" and all(parts[1:]):
            return RequesterKind.FEDERATED_USER
    raise ValueError(f"no principal makes requests as {arn}")
