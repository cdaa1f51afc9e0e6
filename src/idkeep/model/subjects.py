"""Where in a snapshot the things stand that checks judge, and what each is called."""

from functools import cache
from typing import Any

from msgspec import Struct

from idkeep.model import resources
from idkeep.model.account import Account
from idkeep.model.arn import Arn
from idkeep.model.center import (
    CenterApplication,
    CenterGroup,
    CenterInstance,
    CenterUser,
    Entitlement,
    PermissionSet,
    TrustedTokenIssuer,
)
from idkeep.model.federation import OidcProvider, SamlProvider, ServerCertificate
from idkeep.model.finding import SubjectRef
from idkeep.model.gap import Gap, NotAsked, Unlisted, Unread, all_read_by
from idkeep.model.logging import Logging, RegionAlarms, Trail, TrailBucket
from idkeep.model.organization import MemberAccount, Organization, OrganizationPolicy
from idkeep.model.other_resources import MoreResources, OtherResource
from idkeep.model.principals import Group, InstanceProfile, ManagedPolicy, Role, Root, User
from idkeep.model.services import RegionServices, Services
from idkeep.model.workloads import (
    Activation,
    AgentGateway,
    AgentRuntime,
    CredentialProvider,
    EksCluster,
    IdentityPool,
    RolesAnywhereProfile,
    TrustAnchor,
    WorkloadIdentity,
)

_RESOURCES: dict[type[Struct], str] = {
    resources.Bucket: "buckets",
    resources.AccessPoint: "access_points",
    resources.KmsKey: "keys",
    resources.Queue: "queues",
    resources.Topic: "topics",
    resources.LambdaFunction: "functions",
    resources.Secret: "secrets",
    resources.Repository: "repositories",
    resources.RegistryPolicy: "registry_policies",
    resources.Table: "tables",
    resources.EventBus: "event_buses",
    resources.RestApi: "rest_apis",
    resources.LogPolicy: "log_policies",
    resources.LogGroup: "log_groups",
    resources.ResourceShare: "shares",
    TrustAnchor: "trust_anchors",
    RolesAnywhereProfile: "profiles",
    EksCluster: "clusters",
    IdentityPool: "identity_pools",
    Activation: "activations",
    WorkloadIdentity: "workload_identities",
    CredentialProvider: "credential_providers",
    AgentGateway: "gateways",
    AgentRuntime: "runtimes",
}

PLACES: dict[type[Struct], str] = {
    Account: "account",
    Root: "root",
    User: "users",
    Group: "groups",
    Role: "roles",
    ManagedPolicy: "policies",
    InstanceProfile: "instance_profiles",
    OidcProvider: "providers.oidc",
    SamlProvider: "providers.saml",
    ServerCertificate: "server_certificates",
    Organization: "organization",
    MemberAccount: "organization.accounts",
    OrganizationPolicy: "organization.policy_types.policies",
    CenterInstance: "center.instances",
    PermissionSet: "center.instances.permission_sets",
    CenterUser: "center.instances.users",
    CenterGroup: "center.instances.groups",
    CenterApplication: "center.instances.applications",
    TrustedTokenIssuer: "center.instances.token_issuers",
    Entitlement: "center.account_access.entitlements",
    Logging: "logging",
    Trail: "logging.trails",
    TrailBucket: "logging.buckets",
    RegionAlarms: "logging.alarms",
    Services: "services",
    RegionServices: "services.regions",
    resources.Resources: "resources",
    OtherResource: "more_resources.others",
    **{kind: f"resources.{name}" for kind, name in _RESOURCES.items()},
}
"""The kinds that checks may judge, and the fields that lead to them; a tuple means each of it."""


def subjects_of(snapshot: Struct, kind: type[Struct]) -> tuple[tuple[Any, ...], tuple[Unread, ...]]:
    """Every subject of `kind` that was read, and why others may be missing.

    Raises `KeyError` for a kind that no check may judge.
    """
    found: list[Any] = [snapshot]
    unlisted: list[Unlisted] = []
    gaps: list[Unread] = []
    for step in PLACES[kind].split("."):
        unlisted.extend(one for part in found for one in getattr(part, "unlisted", ()))
        if step == "trails":
            gaps.extend(gap for part in found for gap in part.unlisted_trails)
        values = [one for part in found for one in _each(getattr(part, step))]
        gaps.extend(one for one in values if isinstance(one, Gap | NotAsked))
        found = [one for one in values if not isinstance(one, Gap | NotAsked)]
    gaps.extend(one.gap for one in unlisted if one.kind == kind.__name__)
    subjects = tuple(one for one in found if isinstance(one, kind))
    return subjects, tuple(dict.fromkeys(gaps))


def _each(value: Any) -> tuple[Any, ...]:  # noqa: ANN401 -- a fact of any kind
    if isinstance(value, tuple):
        return value
    return () if value is None else (value,)


@cache
def listed_by(kind: type[Struct]) -> tuple[str, ...]:
    """The actions that list the subjects of a kind; none for the account and its root."""
    if told := getattr(kind, "LISTED_BY", ""):
        return (str(told),)
    if kind in _RESOURCES:
        return all_read_by(resources.Resources, _RESOURCES[kind])
    if kind is OtherResource:
        return all_read_by(MoreResources, "others")
    return (_LISTED_BY[kind],) if kind in _LISTED_BY else ()


_LISTED_BY: dict[type[Struct], str] = {
    OidcProvider: "iam:ListOpenIDConnectProviders",
    SamlProvider: "iam:ListSAMLProviders",
    ServerCertificate: "iam:ListServerCertificates",
    Organization: "organizations:DescribeOrganization",
    MemberAccount: "organizations:ListAccounts",
    OrganizationPolicy: "organizations:ListPolicies",
    CenterInstance: "sso:ListInstances",
    PermissionSet: "sso:ListPermissionSets",
    CenterUser: "identitystore:ListUsers",
    CenterGroup: "identitystore:ListGroups",
    CenterApplication: "sso:ListApplications",
    TrustedTokenIssuer: "sso:ListTrustedTokenIssuers",
    Entitlement: "account-access:ListEntitlements",
    Logging: "cloudtrail:DescribeTrails",
    Trail: "cloudtrail:DescribeTrails",
    TrailBucket: "s3:ListAllMyBuckets",
    RegionAlarms: "cloudwatch:DescribeAlarms",
    Services: "account:ListRegions",
    RegionServices: "account:ListRegions",
}


def reference(subject: Struct, account: str) -> SubjectRef:
    """How a report names it. What has no id is known by its ARN, what has none by its kind."""
    kind = type(subject).__name__
    arn = str(getattr(subject, "arn", ""))
    region = str(getattr(subject, "region", ""))
    own = str(getattr(subject, "id", ""))
    name = str(getattr(subject, "name", "")) or _last(arn) or own
    return SubjectRef(
        kind=kind,
        name=name or region or _CALLED.get(kind, kind),
        arn=arn,
        id=own or arn or "/".join(part for part in (kind, region, name) if part),
        account=account,
        region=region or _region_of(arn),
    )


# What an account has one of, and no name for.
_CALLED = {"Logging": "logging", "Services": "security services"}


def _last(arn: str) -> str:
    return Arn.parse(arn).resource.rpartition("/")[2] if arn else ""


def _region_of(arn: str) -> str:
    return (Arn.parse(arn).region if arn else "") or "global"
