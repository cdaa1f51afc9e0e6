"""What each kind of policy must, may and must not hold."""

from enum import Enum

from msgspec import Struct

from idkeep.policy.diagnostics import Rule
from idkeep.policy.document import PolicyKind


class Presence(Enum):
    REQUIRED = "required"
    OPTIONAL = "optional"
    FORBIDDEN = "forbidden"


class Grammar(Struct, frozen=True, kw_only=True):
    """`written_to_iam`: IAM itself takes the document, and so its own refusals are known.

    Elsewhere the service that takes it has rules of its own; what IAM would refuse is a note.
    """

    principal: Presence
    resource: Presence
    missing_resource: Rule = Rule.RESOURCE_REQUIRED
    written_to_iam: bool = False
    current_version_only: bool = False


# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html: the
# principal of an identity-based policy is the identity it is attached to. Boundaries and session
# policies, and the inline policy of a permission set, are written in the same language:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html
_IDENTITY = Grammar(principal=Presence.FORBIDDEN, resource=Presence.REQUIRED, written_to_iam=True)

GRAMMARS: dict[PolicyKind, Grammar] = {
    PolicyKind.IDENTITY: _IDENTITY,
    PolicyKind.BOUNDARY: _IDENTITY,
    PolicyKind.SESSION: _IDENTITY,
    PolicyKind.PERMISSION_SET_INLINE: _IDENTITY,
    # IAM: "Has prohibited field Resource". The role it stands on is the resource:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    PolicyKind.TRUST: Grammar(
        principal=Presence.REQUIRED, resource=Presence.FORBIDDEN, written_to_iam=True
    ),
    # Some services' own policies name no resource (ECR repositories, Secrets Manager's examples
    # name "*"): https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html
    PolicyKind.RESOURCE: Grammar(principal=Presence.REQUIRED, resource=Presence.OPTIONAL),
    # "It must contain a Principal element":
    # https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    PolicyKind.VPC_ENDPOINT: Grammar(principal=Presence.REQUIRED, resource=Presence.OPTIONAL),
    # https://docs.aws.amazon.com/signin/latest/APIReference/API_PolicyStatement.html
    PolicyKind.SIGNIN_RESOURCE: Grammar(principal=Presence.REQUIRED, resource=Presence.OPTIONAL),
    # The full language since 2025-09-19, but for principals; Resource or NotResource in every
    # statement since 2026-06-23:
    # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
    PolicyKind.SCP: Grammar(
        principal=Presence.FORBIDDEN,
        resource=Presence.REQUIRED,
        missing_resource=Rule.SCP_RESOURCE,
        current_version_only=True,
    ),
    # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
    PolicyKind.RCP: Grammar(
        principal=Presence.REQUIRED, resource=Presence.REQUIRED, current_version_only=True
    ),
}
