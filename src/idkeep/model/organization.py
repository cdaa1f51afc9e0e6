"""The organisation that an account is in: its tree, its accounts, and the policies over them.

Which features of central root access are on stands in `Account.root_features`.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Struct

from idkeep.model.approval import MultiPartyApproval
from idkeep.model.facts import Family
from idkeep.model.gap import Gap, NotAsked, ReadBy, Unread
from idkeep.model.handshakes import Handshake
from idkeep.model.logging import NotOffered

_NOT_ASKED = NotAsked(Family.ORGANIZATION)
_ACCOUNTS = ReadBy("organizations:ListAccounts")


class OrganizationRoot(Struct, frozen=True, kw_only=True):
    """The top of the tree; `id` begins with `r-`."""

    id: str
    arn: str
    name: str = ""


class OrganizationalUnit(Struct, frozen=True, kw_only=True, tag=True):
    """An OU. `path` are the ids from the root down to what holds it."""

    id: str
    arn: str
    name: str
    path: tuple[str, ...] = ()


class OrganizationTags(Struct, frozen=True, kw_only=True, tag=True):
    """Tags of an account, as the organisation has them."""

    entries: dict[str, str] = {}


class MemberAccount(Struct, frozen=True, kw_only=True):
    """An account of the organisation, the management account too.

    `state` is ACTIVE, SUSPENDED, PENDING_ACTIVATION, PENDING_CLOSURE or CLOSED. `path` are the ids
    from the root down to the root or OU that holds it. `joined_method` is INVITED or CREATED.
    Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
    """

    id: str
    arn: str
    name: str
    email: str
    state: str
    joined_method: str = ""
    joined: datetime | None = None
    path: Annotated[tuple[str, ...] | Unread, _ACCOUNTS]
    tags: Annotated[OrganizationTags | Unread, ReadBy("tag:GetResources")] = _NOT_ASKED


class OrganizationPolicy(Struct, frozen=True, kw_only=True):
    """A policy of the organisation. `document` is the digest of a text in `Snapshot.documents`.

    `targets` are the ids of the roots, OUs and accounts that it is attached to.
    """

    id: str
    arn: str
    name: str
    aws_managed: bool = False
    description: str = ""
    document: Annotated[str | Unread, ReadBy("organizations:DescribePolicy")] = _NOT_ASKED
    targets: Annotated[tuple[str, ...] | Unread, ReadBy("organizations:ListTargetsForPolicy")] = (
        _NOT_ASKED
    )


class NotEnabled(Struct, frozen=True, tag=True):
    """The root does not have this type of policy on, so none of it is attached to anything."""


class PolicyError(Struct, frozen=True, kw_only=True):
    """What is wrong in an effective policy, where in it, and by which policies' ids.

    Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_EffectivePolicyValidationError.html
    """

    code: str
    message: str = ""
    at: str = ""
    policies: tuple[str, ...] = ()


class InvalidEffectivePolicy(Struct, frozen=True, kw_only=True):
    """An account where the effective policy of a type is not fully enforced."""

    account: str
    errors: Annotated[
        tuple[PolicyError, ...] | Unread,
        ReadBy("organizations:ListEffectivePolicyValidationErrors"),
    ]


class PolicyType(Struct, frozen=True, kw_only=True):
    """Every policy of a type, as SERVICE_CONTROL_POLICY; types that idkeep does not know too.

    `status` is ENABLED, PENDING_ENABLE or PENDING_DISABLE, "" where the root does not have it on.
    `invalid` is None for a type that has no effective policy (SCPs and RCPs), or is not on.
    """

    name: str
    status: str = ""
    policies: Annotated[
        tuple[OrganizationPolicy, ...] | NotEnabled | Unread, ReadBy("organizations:ListPolicies")
    ]
    invalid: Annotated[
        tuple[InvalidEffectivePolicy, ...] | Unread | None,
        ReadBy("organizations:ListAccountsWithInvalidEffectivePolicy"),
    ] = None


class EffectivePolicy(Struct, frozen=True, kw_only=True, tag=True):
    """What the policies of a type come to for the account that was scanned.

    `document` is the digest of a text in `Snapshot.documents`.
    """

    document: str
    updated: datetime | None = None


class OwnEffectivePolicy(Struct, frozen=True, kw_only=True):
    """The scanned account's effective policy of a type; None where it has none."""

    type: str
    policy: Annotated[
        EffectivePolicy | Unread | None, ReadBy("organizations:DescribeEffectivePolicy")
    ]


class DelegatedService(Struct, frozen=True, kw_only=True):
    """A service, by its principal, that an account administers for the organisation."""

    principal: str
    since: datetime | None = None


class DelegatedAdministrator(Struct, frozen=True, kw_only=True):
    """An account that administers services for the organisation."""

    account: str
    since: datetime | None = None
    services: Annotated[
        tuple[DelegatedService, ...] | Unread,
        ReadBy("organizations:ListDelegatedServicesForAccount"),
    ] = _NOT_ASKED


class TrustedAccess(Struct, frozen=True, kw_only=True):
    """A service, by its principal, that may act in every account of the organisation."""

    principal: str
    since: datetime | None = None


class Organization(Struct, frozen=True, kw_only=True, tag=True):
    """The organisation, as the scanned account is let see it.

    Every account may read the first five fields and `effective_policies`. What the scanned account
    was sent itself stands in `Account.received_handshakes`.
    `feature_set` is ALL or CONSOLIDATED_BILLING. A gap in the place of an OU stands for those
    below one parent. `resource_policy` is the digest of the delegation policy in
    `Snapshot.documents`, None where there is none. `concerns` is the account that this part of the
    facts is cut out for, "" where they are as AWS told them.
    """

    id: str
    arn: str
    feature_set: str
    management_account: str
    management_email: str = ""
    concerns: str = ""
    roots: Annotated[tuple[OrganizationRoot, ...] | Unread, ReadBy("organizations:ListRoots")] = (
        _NOT_ASKED
    )
    units: Annotated[
        tuple[OrganizationalUnit | Gap, ...] | Unread,
        ReadBy("organizations:ListOrganizationalUnitsForParent"),
    ] = _NOT_ASKED
    accounts: Annotated[tuple[MemberAccount, ...] | Unread, _ACCOUNTS] = _NOT_ASKED
    policy_types: Annotated[tuple[PolicyType, ...] | Unread, ReadBy("organizations:ListRoots")] = (
        _NOT_ASKED
    )
    effective_policies: Annotated[
        tuple[OwnEffectivePolicy, ...] | Unread, ReadBy("organizations:DescribeEffectivePolicy")
    ] = _NOT_ASKED
    delegated_administrators: Annotated[
        tuple[DelegatedAdministrator, ...] | Unread,
        ReadBy("organizations:ListDelegatedAdministrators"),
    ] = _NOT_ASKED
    trusted_access: Annotated[
        tuple[TrustedAccess, ...] | Unread,
        ReadBy("organizations:ListAWSServiceAccessForOrganization"),
    ] = _NOT_ASKED
    sent_handshakes: Annotated[
        tuple[Handshake, ...] | Unread, ReadBy("organizations:ListHandshakesForOrganization")
    ] = _NOT_ASKED
    resource_policy: Annotated[
        str | Unread | None, ReadBy("organizations:DescribeResourcePolicy")
    ] = _NOT_ASKED
    approval: Annotated[
        MultiPartyApproval | NotOffered | Unread, ReadBy("mpa:ListApprovalTeams")
    ] = _NOT_ASKED


class PolicyLevel(Struct, frozen=True, kw_only=True):
    """A root, OU or account, and the digests of the policies of one type attached to it."""

    target: str
    documents: tuple[str, ...] = ()


def policy_levels(
    organization: Organization, account: str, policy_type: str
) -> tuple[PolicyLevel, ...] | Unread | None:
    """The levels of a type of policy over an account, from the root down to the account itself.

    None where the type is not on: nothing of it limits anybody. A level without documents allows
    nothing, which is for the engine to say; so is that SCPs do not reach the management account.
    Unread where a policy might stand on the way that is not known, or the way is not.
    Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
    """
    policies = _enabled(organization, policy_type)
    if not isinstance(policies, tuple):
        return policies
    path = _path(organization, account)
    if not isinstance(path, tuple):
        return path
    targets = (*path, account)
    documents: dict[str, list[str]] = {target: [] for target in targets}
    for policy in policies:
        if not isinstance(policy.targets, tuple):
            return policy.targets
        for target in documents.keys() & set(policy.targets):
            if not isinstance(policy.document, str):
                return policy.document
            documents[target].append(policy.document)
    return tuple(
        PolicyLevel(target=target, documents=tuple(documents[target])) for target in targets
    )


def _enabled(
    organization: Organization, policy_type: str
) -> tuple[OrganizationPolicy, ...] | Unread | None:
    """The policies of a type; None where it is not on."""
    types = organization.policy_types
    if not isinstance(types, tuple):
        return types
    found = next((one for one in types if one.name == policy_type), None)
    if found is None or isinstance(found.policies, NotEnabled):
        return None
    if found.status != "ENABLED":
        # AWS does not say what holds while a type is being switched on or off.
        return Gap("organizations:ListRoots", f"{policy_type} is {found.status}")
    return found.policies


def _path(organization: Organization, account: str) -> tuple[str, ...] | Unread:
    accounts = organization.accounts
    if not isinstance(accounts, tuple):
        return accounts
    for one in accounts:
        if one.id == account:
            return one.path
    return Gap(_ACCOUNTS.action, f"does not list {account}")
