"""Who a `Principal` or `NotPrincipal` element names, as it was written.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

import re
from typing import TypeAlias

from msgspec import Struct

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_ACCOUNT_ARN = re.compile(r"arn:([^:*?]+):iam::(\d{12}):root", re.ASCII)
_UNIQUE_ID = re.compile(r"A[A-Z]{3}[A-Z0-9]{12,}", re.ASCII)


class Everyone(Struct, frozen=True, tag=True):
    """`"Principal": "*"`."""

    def __str__(self) -> str:
        return "*"


class EveryAws(Struct, frozen=True, tag=True):
    """`{"AWS": "*"}`: the same as `"*"`."""

    def __str__(self) -> str:
        return "AWS:*"


class AwsAccount(Struct, frozen=True, tag=True):
    """An account, by its 12 digits or the ARN of its root; "" is the partition of bare digits."""

    account: str
    partition: str = ""

    def __str__(self) -> str:
        arn = f"arn:{self.partition}:iam::{self.account}:root" if self.partition else self.account
        return f"AWS:{arn}"


class AwsArn(Struct, frozen=True, tag=True):
    """A user, a role, a role session or a federated user. Nothing in it is a wildcard."""

    arn: str

    def __str__(self) -> str:
        return f"AWS:{self.arn}"


class AwsUniqueId(Struct, frozen=True, tag=True):
    """`AROA…`, `AIDA…`: what AWS shows in place of the ARN once the principal is deleted."""

    id: str

    def __str__(self) -> str:
        return f"AWS:{self.id}"


class Service(Struct, frozen=True, tag=True):
    name: str

    def __str__(self) -> str:
        return f"Service:{self.name}"


class Federated(Struct, frozen=True, tag=True):
    """A SAML or OIDC provider's ARN, or the domain of one that AWS has built in."""

    provider: str

    def __str__(self) -> str:
        return f"Federated:{self.provider}"


class CanonicalUser(Struct, frozen=True, tag=True):
    """S3's own number of an account."""

    id: str

    def __str__(self) -> str:
        return f"CanonicalUser:{self.id}"


NamedPrincipal: TypeAlias = (
    Everyone | EveryAws | AwsAccount | AwsArn | AwsUniqueId | Service | Federated | CanonicalUser
)

TYPES = ("AWS", "Service", "Federated", "CanonicalUser")


def named(kind: str, text: str) -> NamedPrincipal | None:
    """The principal that `{kind: text}` names; None where the text has none of the known forms."""
    match kind:
        case "Service":
            return Service(text)
        case "Federated":
            return Federated(text)
        case "CanonicalUser":
            return CanonicalUser(text)
        case _:
            return _aws(text)


def _aws(text: str) -> NamedPrincipal | None:
    if text == "*":
        return EveryAws()
    if _ACCOUNT.fullmatch(text):
        return AwsAccount(text)
    if found := _ACCOUNT_ARN.fullmatch(text):
        return AwsAccount(found[2], found[1])
    if text.startswith("arn:"):
        return AwsArn(text)
    return AwsUniqueId(text) if _UNIQUE_ID.fullmatch(text) else None
