"""Bedrock AgentCore: identities of agents, gateways, runtimes.

Source: https://docs.aws.amazon.com/bedrock-agentcore-control/latest/APIReference/API_Operations.html
"""

from dataclasses import replace

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.failures import COULD_NOT_CONNECT
from idkeep.collect.resources.kind import AnyKind, Found, Kind, Place, costing, in_regions, kept
from idkeep.model.workloads import (
    AgentDetails,
    AgentGateway,
    AgentRuntime,
    JwtAuthorizer,
    WorkloadIdentity,
)

_SERVICE = "bedrock-agentcore-control"
_PREFIX = "bedrock-agentcore"


def _identities(pages: Pages) -> tuple[tuple[str, str], ...]:
    """ARN and name."""
    return tuple(
        (one["workloadIdentityArn"], one["name"])
        for page in pages
        for one in page["workloadIdentities"]
    )


IDENTITIES = Collector(
    service=_SERVICE,
    operation="ListWorkloadIdentities",
    action=f"{_PREFIX}:ListWorkloadIdentities",
    build=_identities,
    regional=True,
)


def _gateways(pages: Pages) -> tuple[tuple[str, str], ...]:
    """Id and authorizer."""
    return tuple(
        (one["gatewayId"], one["authorizerType"]) for page in pages for one in page["items"]
    )


GATEWAYS = Collector(
    service=_SERVICE,
    operation="ListGateways",
    action=f"{_PREFIX}:ListGateways",
    build=_gateways,
    regional=True,
)


def _runtimes(pages: Pages) -> tuple[tuple[str, str], ...]:
    """ARN and id."""
    return tuple(
        (one["agentRuntimeArn"], one["agentRuntimeId"])
        for page in pages
        for one in page["agentRuntimes"]
    )


RUNTIMES = Collector(
    service=_SERVICE,
    operation="ListAgentRuntimes",
    action=f"{_PREFIX}:ListAgentRuntimes",
    build=_runtimes,
    regional=True,
)


def _details(pages: Pages) -> AgentDetails:
    """A runtime's environment variables go no further."""
    [answer] = pages
    jwt: Answer | None = (answer.get("authorizerConfiguration") or {}).get("customJWTAuthorizer")
    return AgentDetails(
        role=answer.get("roleArn", ""),
        jwt=_jwt(jwt) if jwt else None,
        workload_identity=(answer.get("workloadIdentityDetails") or {}).get(
            "workloadIdentityArn", ""
        ),
    )


def _jwt(told: Answer) -> JwtAuthorizer:
    return JwtAuthorizer(
        discovery_url=told["discoveryUrl"],
        audiences=tuple(told.get("allowedAudience", ())),
        clients=tuple(told.get("allowedClients", ())),
        scopes=tuple(told.get("allowedScopes", ())),
        claims=tuple(one["inboundTokenClaimName"] for one in told.get("customClaims", ())),
    )


GATEWAY = Collector(
    service=_SERVICE,
    operation="GetGateway",
    action=f"{_PREFIX}:GetGateway",
    build=_details,
    regional=True,
)
RUNTIME = Collector(
    service=_SERVICE,
    operation="GetAgentRuntime",
    action=f"{_PREFIX}:GetAgentRuntime",
    build=_details,
    regional=True,
)


def _policy(pages: Pages) -> str:
    [answer] = pages
    policy: str = answer.get("policy", "")
    return policy


# The resource was listed a moment ago: what is not found is its policy.
POLICY = Collector(
    service=_SERVICE,
    operation="GetResourcePolicy",
    action=f"{_PREFIX}:GetResourcePolicy",
    build=_policy,
    absent=frozenset({"ResourceNotFoundException"}),
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (
    IDENTITIES,
    GATEWAYS,
    RUNTIMES,
    GATEWAY,
    RUNTIME,
    POLICY,
)


def _listed(ask: Ask, collector: Collector[tuple[tuple[str, str], ...]]) -> Found[tuple[str, str]]:
    """Where some regions answer, those that can't be reached are taken to be without the service.

    There is no telling otherwise: botocore does not know which regions have it.
    """
    found = in_regions(ask, collector)
    unreached = tuple(one for one in found.gaps if one.error == COULD_NOT_CONNECT)
    if len(unreached) == found.regions:
        return found
    return replace(found, gaps=tuple(one for one in found.gaps if one not in unreached))


def _identity(_: Ask, place: Place, told: tuple[str, str]) -> WorkloadIdentity:
    arn, name = told
    return WorkloadIdentity(**place.here(arn), name=name)


def _gateway(ask: Ask, place: Place, told: tuple[str, str]) -> AgentGateway:
    gateway, authorizer = told
    arn = place.arn(_PREFIX, f"gateway/{gateway}")
    return AgentGateway(
        **place.here(arn),
        authorizer=authorizer,
        details=ask.sure(GATEWAY, region=place.region, gatewayIdentifier=gateway),
        policy=kept(ask, ask(POLICY, region=place.region, resourceArn=arn)),
    )


def _runtime(ask: Ask, place: Place, told: tuple[str, str]) -> AgentRuntime:
    arn, runtime = told
    return AgentRuntime(
        **place.here(arn),
        details=ask.sure(RUNTIME, region=place.region, agentRuntimeId=runtime),
        policy=kept(ask, ask(POLICY, region=place.region, resourceArn=arn)),
    )


KINDS: tuple[AnyKind, ...] = (
    Kind(
        field="workload_identities",
        model=WorkloadIdentity,
        lists=lambda ask: _listed(ask, IDENTITIES),
        calls=costing(0),
        read=_identity,
    ),
    Kind(
        field="gateways",
        model=AgentGateway,
        lists=lambda ask: _listed(ask, GATEWAYS),
        calls=costing(2),
        read=_gateway,
    ),
    Kind(
        field="runtimes",
        model=AgentRuntime,
        lists=lambda ask: _listed(ask, RUNTIMES),
        calls=costing(2),
        read=_runtime,
    ),
)
