"""Roles with trust policies that the worked examples about trust share."""

from msgspec.structs import replace

from idkeep.checks.policies.samples import HEAD, role
from idkeep.checks.samples import allow, text
from idkeep.config import Settings, TrustedAccount
from idkeep.model import Role

PARTNER = "arn:aws:iam::444455556666:root"
GITHUB = "token.actions.githubusercontent.com"
EKS = "oidc.eks.eu-north-1.amazonaws.com/id/0A1B2C3D4E5F60718293A4B5C6D7E8F9"
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
EXTERNAL_ID = {"StringEquals": {"sts:ExternalId": "larkfield-7f3a9c"}}
VENDOR = Settings(trusted_accounts=(TrustedAccount(id="444455556666", name="Vendor", vendor=True),))
TRUSTED = Settings(trusted_accounts=(TrustedAccount(id="444455556666", name="Partner"),))
LOST_TRUST = "0" * 64
LOST_TRUST_WHY = ": the snapshot lacks the policy's text"
LINKED_ARN = f"{HEAD}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"


def trusts(principal: object, condition: object = None, action: str = "") -> dict[str, object]:
    """A statement of a trust policy, for the action that fits the principal."""
    federated = isinstance(principal, dict) and "Federated" in principal
    saml = federated and "saml-provider" in str(principal)
    ending = "WithSAML" if saml else "WithWebIdentity" if federated else ""
    more = {"Condition": condition} if condition else {}
    return allow(action or f"sts:AssumeRole{ending}", None, Principal=principal, **more)


def trusting(name: str, *statements: dict[str, object], **facts: object) -> Role:
    """A role whose trust policy has these statements; its own policies come with `facts`."""
    return replace(role(name), **{"trust": text(*statements), **facts})


def from_github(condition: object = None) -> dict[str, object]:
    return trusts({"Federated": f"{HEAD}:oidc-provider/{GITHUB}"}, condition)


def linked(made: Role) -> Role:
    """The same as a role that belongs to a service."""
    return replace(made, arn=LINKED_ARN)
