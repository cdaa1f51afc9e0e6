"""EKS: whom a cluster lets in, and which roles its pods get.

A cluster whose mode is CONFIG_MAP refuses to list access entries: it can have none.
Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_Operations.html
"""

from dataclasses import dataclass

from msgspec.structs import replace

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.resources.kind import AnyKind, Found, Kind, Place, in_regions, kept
from idkeep.model import Gap
from idkeep.model.workloads import (
    AccessEntry,
    AccessScope,
    ClusterDetails,
    EksCluster,
    EntryDetails,
    PodIdentity,
    PodIdentityDetails,
)

_CONFIG_MAP = "CONFIG_MAP"


def _names(pages: Pages) -> tuple[str, ...]:
    return tuple(one for page in pages for one in page["clusters"])


CLUSTERS = Collector(service="eks", operation="ListClusters", build=_names, regional=True)


def _cluster_details(pages: Pages) -> ClusterDetails:
    [answer] = pages
    told: Answer = answer["cluster"]
    network: Answer = told.get("resourcesVpcConfig") or {}
    return ClusterDetails(
        role=told.get("roleArn", ""),
        authentication_mode=told.get("accessConfig", {}).get("authenticationMode", ""),
        issuer=told.get("identity", {}).get("oidc", {}).get("issuer", ""),
        public_endpoint=network.get("endpointPublicAccess"),
    )


CLUSTER = Collector(
    service="eks", operation="DescribeCluster", build=_cluster_details, regional=True
)


def _principals(pages: Pages) -> tuple[str, ...]:
    return tuple(one for page in pages for one in page["accessEntries"])


ENTRIES = Collector(service="eks", operation="ListAccessEntries", build=_principals, regional=True)


def _entry_details(pages: Pages) -> EntryDetails:
    [answer] = pages
    told: Answer = answer["accessEntry"]
    return EntryDetails(
        kind=told["type"],
        username=told.get("username", ""),
        groups=tuple(told.get("kubernetesGroups", ())),
    )


ENTRY = Collector(
    service="eks", operation="DescribeAccessEntry", build=_entry_details, regional=True
)


def _scopes(pages: Pages) -> tuple[AccessScope, ...]:
    return tuple(
        AccessScope(
            policy=one["policyArn"],
            type=one["accessScope"]["type"],
            namespaces=tuple(one["accessScope"].get("namespaces", ())),
        )
        for page in pages
        for one in page["associatedAccessPolicies"]
    )


ENTRY_POLICIES = Collector(
    service="eks", operation="ListAssociatedAccessPolicies", build=_scopes, regional=True
)


def _associations(pages: Pages) -> tuple[Answer, ...]:
    return tuple(one for page in pages for one in page["associations"])


POD_IDENTITIES = Collector(
    service="eks", operation="ListPodIdentityAssociations", build=_associations, regional=True
)


def _association(pages: Pages) -> tuple[PodIdentityDetails, str]:
    """What is told of one, and the text of its policy, empty where it has none."""
    [answer] = pages
    told: Answer = answer["association"]
    return PodIdentityDetails(
        role=told["roleArn"],
        target_role=told.get("targetRoleArn", ""),
        session_tags_off=told.get("disableSessionTags", False),
    ), told.get("policy", "")


POD_IDENTITY = Collector(
    service="eks", operation="DescribePodIdentityAssociation", build=_association, regional=True
)

COLLECTORS: tuple[AnyCollector, ...] = (
    CLUSTERS,
    CLUSTER,
    ENTRIES,
    ENTRY,
    ENTRY_POLICIES,
    POD_IDENTITIES,
    POD_IDENTITY,
)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A cluster, with the principals that it lets in and its associations as they are listed."""

    name: str
    details: ClusterDetails | Gap
    principals: tuple[str, ...] | Gap | None
    associations: tuple[Answer, ...] | Gap

    @property
    def calls(self) -> int:
        principals = self.principals if isinstance(self.principals, tuple) else ()
        associations = self.associations if isinstance(self.associations, tuple) else ()
        return 2 * len(principals) + len(associations)


def _listed(ask: Ask) -> Found[_Listed]:
    names = in_regions(ask, CLUSTERS)
    found = ask.each(names.items, lambda at: (at[0], _list(ask, *at)))
    return Found(
        tuple(one for one in found if not isinstance(one, Gap)),
        (*names.gaps, *(one for one in found if isinstance(one, Gap))),
    )


def _list(ask: Ask, region: str, name: str) -> _Listed:
    details = ask.sure(CLUSTER, region=region, name=name)
    mode = "" if isinstance(details, Gap) else details.authentication_mode
    return _Listed(
        name,
        details,
        None if mode == _CONFIG_MAP else ask.sure(ENTRIES, region=region, clusterName=name),
        ask.sure(POD_IDENTITIES, region=region, clusterName=name),
    )


def _cluster(ask: Ask, place: Place, listed: _Listed) -> EksCluster:
    principals, associations = listed.principals, listed.associations
    return EksCluster(
        **place.here(place.arn("eks", f"cluster/{listed.name}")),
        details=listed.details,
        entries=ask.each(principals, lambda one: _entry(ask, place, listed.name, one))
        if isinstance(principals, tuple)
        else principals,
        pod_identities=ask.each(associations, lambda one: _pod(ask, place, listed.name, one))
        if isinstance(associations, tuple)
        else associations,
    )


def _entry(ask: Ask, place: Place, cluster: str, principal: str) -> AccessEntry:
    of = {"clusterName": cluster, "principalArn": principal}
    return AccessEntry(
        principal=principal,
        details=ask.sure(ENTRY, region=place.region, **of),
        policies=ask.sure(ENTRY_POLICIES, region=place.region, **of),
    )


def _pod(ask: Ask, place: Place, cluster: str, told: Answer) -> PodIdentity:
    whole = ask.sure(
        POD_IDENTITY,
        region=place.region,
        clusterName=cluster,
        associationId=told["associationId"],
    )
    return PodIdentity(
        arn=told["associationArn"],
        namespace=told["namespace"],
        service_account=told["serviceAccount"],
        owner=told.get("ownerArn", ""),
        details=whole if isinstance(whole, Gap) else replace(whole[0], policy=kept(ask, whole[1])),
    )


KINDS: tuple[AnyKind, ...] = (
    Kind(
        field="clusters",
        model=EksCluster,
        lists=_listed,
        calls=lambda one: one.calls,
        read=_cluster,
    ),
)
