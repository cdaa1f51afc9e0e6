"""IAM Identity Center: its instances in all regions, permission sets, assignments and people.

Calls for an instance with S permission sets that are provisioned in N pairs of set and account and
name P policies of AWS's, G groups, U users, T token issuers, A applications of which O are the
customer's own, and F failed provisionings, a hundred a page: 10 + 7 * S + 2 * P + G + U / 100 + T +
3 * A + O + F, and the smaller of N and G + U for the assignments. There is no listing of all
assignments: AWS tells them for a pair, or, to the account that owns the instance, for a principal.
For account access manager: one in each region of the instances, and two for each of its
applications. Who is not let see an instance costs two calls.

An instance is asked in its primary region, where its permission sets are managed.
Sources: https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_Operations.html,
https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_Operations.html and
https://docs.aws.amazon.com/singlesignon/latest/userguide/use-cases-across-regions.html
"""

from typing import Any

from msgspec.structs import replace

from idkeep.collect import account_access, applications, set_policies
from idkeep.collect import identity_store as store
from idkeep.collect import permission_sets as sets
from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.membership import is_refused, not_from_here
from idkeep.collect.times import maybe_utc
from idkeep.model import (
    AccessAttribute,
    CenterEncryption,
    CenterInstance,
    CenterNetwork,
    CenterRegion,
    Gap,
    IdentityCenter,
    InstanceDetails,
    PermissionSetsOff,
    TrustedTokenIssuer,
    TrustedTokenIssuerDetails,
    Unread,
)

_SIZE = {"MaxResults": 100}


def _instances(pages: Pages) -> tuple[CenterInstance, ...]:
    return tuple(_instance(one) for page in pages for one in page["Instances"])


def _instance(told: Answer) -> CenterInstance:
    """`region` is "" where AWS does not tell the primary one."""
    regions = tuple(
        CenterRegion(
            name=one["RegionName"],
            status=one.get("Status", ""),
            is_primary=one.get("IsPrimaryRegion", False),
            added=maybe_utc(one.get("AddedDate")),
        )
        for one in told.get("Regions", ())
    )
    primary = next((one.name for one in regions if one.is_primary), "")
    return CenterInstance(
        arn=told["InstanceArn"],
        name=told.get("Name", ""),
        owner=told["OwnerAccountId"],
        status=told["Status"],
        region=told.get("PrimaryRegion") or primary,
        regions=regions,
        identity_store=told["IdentityStoreId"],
        created=maybe_utc(told.get("CreatedDate")),
    )


INSTANCES = Collector(
    service="sso-admin",
    operation="ListInstances",
    action="sso:ListInstances",
    build=_instances,
    params={**_SIZE, "RegionScope": "ALL_REGIONS"},
    regional=True,
)


def _details(pages: Pages) -> InstanceDetails:
    [answer] = pages
    return InstanceDetails(
        permission_sets_enabled=answer.get("PermissionSetsEnabled"),
        encryption=_encryption(answer.get("EncryptionConfigurationDetails")),
        network=_network(answer.get("NetworkConfigurationDetails")),
    )


def _encryption(told: Answer | None) -> CenterEncryption | None:
    if told is None:
        return None
    return CenterEncryption(
        key_type=told["KeyType"],
        key=told.get("KmsKeyArn"),
        status=told.get("EncryptionStatus", ""),
    )


def _network(told: Answer | None) -> CenterNetwork | None:
    if told is None:
        return None
    return CenterNetwork(
        vpc_endpoint_required=told["VpceAccessRequired"],
        vpcs=tuple(told.get("RestrictSourceVpcs", ())),
        ips=tuple(told.get("AllowSourceIps", ())),
        excluded_applications=tuple(told.get("ExcludeApplicationArns", ())),
    )


INSTANCE = Collector(
    service="sso-admin",
    operation="DescribeInstance",
    action="sso:DescribeInstance",
    build=_details,
    regional=True,
)


def _issuers(pages: Pages) -> tuple[TrustedTokenIssuer, ...]:
    return tuple(
        TrustedTokenIssuer(
            arn=one["TrustedTokenIssuerArn"],
            name=one.get("Name", ""),
            type=one["TrustedTokenIssuerType"],
        )
        for page in pages
        for one in page["TrustedTokenIssuers"]
    )


TOKEN_ISSUERS = Collector(
    service="sso-admin",
    operation="ListTrustedTokenIssuers",
    action="sso:ListTrustedTokenIssuers",
    build=_issuers,
    params=_SIZE,
    regional=True,
)


def _issuer(pages: Pages) -> TrustedTokenIssuerDetails | None:
    [answer] = pages
    told: Answer | None = answer["TrustedTokenIssuerConfiguration"].get("OidcJwtConfiguration")
    if told is None:
        return None
    return TrustedTokenIssuerDetails(
        url=told["IssuerUrl"],
        claim=told["ClaimAttributePath"],
        attribute=told["IdentityStoreAttributePath"],
    )


TOKEN_ISSUER = Collector(
    service="sso-admin",
    operation="DescribeTrustedTokenIssuer",
    action="sso:DescribeTrustedTokenIssuer",
    build=_issuer,
    regional=True,
)


def _attributes(pages: Pages) -> tuple[AccessAttribute, ...]:
    [answer] = pages
    told: Answer = answer["InstanceAccessControlAttributeConfiguration"]
    return tuple(
        AccessAttribute(key=one["Key"], sources=tuple(one["Value"]["Source"]))
        for one in told["AccessControlAttributes"]
    )


ACCESS_ATTRIBUTES = Collector(
    service="sso-admin",
    operation="DescribeInstanceAccessControlAttributeConfiguration",
    action="sso:DescribeInstanceAccessControlAttributeConfiguration",
    build=_attributes,
    absent=frozenset({"ResourceNotFoundException"}),
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (
    INSTANCES,
    INSTANCE,
    TOKEN_ISSUERS,
    TOKEN_ISSUER,
    ACCESS_ATTRIBUTES,
    *sets.COLLECTORS,
    *set_policies.COLLECTORS,
    *store.COLLECTORS,
    *applications.COLLECTORS,
    *account_access.COLLECTORS,
)


def read(ask: Ask) -> IdentityCenter:
    """Every instance that the account owns or is shared."""
    listed = ask.sure(INSTANCES, region=ask.region)
    if isinstance(listed, Gap):
        return IdentityCenter(instances=listed, account_access=listed)
    placed = tuple(replace(one, region=one.region or ask.region) for one in listed)
    found = ask.each(placed, lambda one: _read(ask, one))
    instances = tuple(
        _unread(one, read) if isinstance(read, Gap) else read
        for one, read in zip(placed, found, strict=True)
    )
    return IdentityCenter(instances=instances, account_access=account_access.read(ask, placed))


def _read(ask: Ask, instance: CenterInstance) -> CenterInstance:
    here: dict[str, Any] = {"region": instance.region, "InstanceArn": instance.arn}
    details = ask.sure(INSTANCE, **here)
    if instance.owner != ask.account and is_refused(details):
        # A member sees that the instance is there, and is told of nothing in it.
        return _unread(instance, not_from_here(details))
    people = store.read(ask, instance)
    off = isinstance(details, InstanceDetails) and details.permission_sets_enabled is False
    found = None if off else sets.read(ask, instance)
    return replace(
        instance,
        details=details,
        permission_sets=PermissionSetsOff() if found is None else found,
        policies=PermissionSetsOff() if found is None else set_policies.read(ask, found),
        assignments=(
            PermissionSetsOff() if found is None else sets.assignments(ask, instance, found, people)
        ),
        failed_provisionings=PermissionSetsOff() if off else sets.failures(ask, instance),
        token_issuers=_token_issuers(ask, instance),
        applications=applications.read(ask, instance),
        access_attributes=ask(ACCESS_ATTRIBUTES, **here),
        store=people.store,
        users=people.users,
        groups=people.groups,
    )


def _unread(instance: CenterInstance, gap: Gap) -> CenterInstance:
    return replace(
        instance,
        details=gap,
        permission_sets=gap,
        policies=gap,
        assignments=gap,
        failed_provisionings=gap,
        token_issuers=gap,
        applications=gap,
        access_attributes=gap,
        store=gap,
        users=gap,
        groups=gap,
    )


def _token_issuers(ask: Ask, instance: CenterInstance) -> tuple[TrustedTokenIssuer, ...] | Unread:
    region = instance.region
    listed = ask.sure(TOKEN_ISSUERS, region=region, InstanceArn=instance.arn)
    if isinstance(listed, Gap):
        return listed
    details = ask.each(
        listed, lambda one: ask(TOKEN_ISSUER, region=region, TrustedTokenIssuerArn=one.arn)
    )
    return tuple(replace(one, details=found) for one, found in zip(listed, details, strict=True))
