"""What has a role, as far as a snapshot tells."""

from collections.abc import Iterator

from idkeep.model import Role, Snapshot
from idkeep.model.resources import Resources
from idkeep.model.workloads import (
    AgentDetails,
    AgentGateway,
    AgentRuntime,
    ClusterDetails,
    EksCluster,
    PodIdentity,
    PodIdentityDetails,
    PoolRoles,
)


def attached_to(snapshot: Snapshot, role: Role) -> tuple[str, ...]:
    """Names of what runs with the role or hands it out; what was not read is not among them."""
    found = [f"instance profile {_last(one)}" for one in role.instance_profiles]
    if isinstance(snapshot.resources, Resources):
        found += _of_resources(snapshot.resources, role)
    return tuple(found)


def _of_resources(resources: Resources, role: Role) -> Iterator[str]:
    for function in resources.functions:
        if function.role == role.arn:
            yield f"function {_last(function.arn)}"
    for profile in resources.profiles:
        if role.arn in profile.roles:
            yield f"profile {profile.name} of Roles Anywhere"
    for activation in resources.activations:
        if activation.role == role.name:
            yield f"activation {activation.id}"
    for cluster in resources.clusters:
        yield from _of_cluster(cluster, role)
    yield from (
        f"identity pool {pool.name}"
        for pool in resources.identity_pools
        if isinstance(pool.roles, PoolRoles)
        and role.arn in (pool.roles.authenticated, pool.roles.unauthenticated)
    )
    agents: tuple[AgentGateway | AgentRuntime, ...] = (*resources.gateways, *resources.runtimes)
    yield from (
        f"agent {_last(one.arn)}"
        for one in agents
        if isinstance(one.details, AgentDetails) and one.details.role == role.arn
    )


def _of_cluster(cluster: EksCluster, role: Role) -> Iterator[str]:
    name = _last(cluster.arn)
    if isinstance(cluster.details, ClusterDetails) and cluster.details.role == role.arn:
        yield f"cluster {name}"
    pods = cluster.pod_identities if isinstance(cluster.pod_identities, tuple) else ()
    for one in pods:
        if not isinstance(one, PodIdentity) or not isinstance(one.details, PodIdentityDetails):
            continue
        if role.arn in (one.details.role, one.details.target_role):
            yield f"service account {one.namespace}/{one.service_account} of {name}"


def _last(name: str) -> str:
    return name.rpartition("/")[2].rpartition(":")[2]
