"""Bedrock AgentCore: identities of agents, the credentials kept for them, gateways, runtimes.

Source: https://docs.aws.amazon.com/bedrock-agentcore-control/latest/APIReference/API_Operations.html
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.resources.kind import AnyKind, Found, Kind, Place, costing, kept, where_it_is
from idkeep.model import Arn
from idkeep.model.workloads import (
    AgentDetails,
    AgentGateway,
    AgentRuntime,
    CredentialProvider,
    JwtAuthorizer,
    TokenVault,
    WorkloadIdentity,
)

T = TypeVar("T")
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


@dataclass(frozen=True, slots=True)
class _Provider:
    """As a listing tells of it; `kind` is which of the two."""

    arn: str
    name: str
    kind: str
    vendor: str


def _providers(kind: str) -> Callable[[Pages], tuple[_Provider, ...]]:
    return lambda pages: tuple(
        _Provider(
            one["credentialProviderArn"],
            one["name"],
            kind,
            one.get("credentialProviderVendor", ""),
        )
        for page in pages
        for one in page["credentialProviders"]
    )


OAUTH2_PROVIDERS, KEY_PROVIDERS = (
    Collector(
        service=_SERVICE,
        operation=f"List{word}CredentialProviders",
        action=f"{_PREFIX}:List{word}CredentialProviders",
        build=_providers(kind),
        regional=True,
    )
    for word, kind in (("Oauth2", "oauth2"), ("ApiKey", "api-key"))
)


def _vault(pages: Pages) -> TokenVault:
    [answer] = pages
    told: Answer = answer["kmsConfiguration"]
    return TokenVault(key_type=told["keyType"], key=told.get("kmsKeyArn", ""))


VAULT = Collector(
    service=_SERVICE,
    operation="GetTokenVault",
    action=f"{_PREFIX}:GetTokenVault",
    build=_vault,
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
    OAUTH2_PROVIDERS,
    KEY_PROVIDERS,
    VAULT,
    GATEWAYS,
    RUNTIMES,
    GATEWAY,
    RUNTIME,
    POLICY,
)


def _identity(_: Ask, place: Place, told: tuple[str, str]) -> WorkloadIdentity:
    arn, name = told
    return WorkloadIdentity(**place.here(arn), name=name)


def _all_providers(ask: Ask) -> Found[_Provider]:
    oauth2, keys = where_it_is(ask, OAUTH2_PROVIDERS), where_it_is(ask, KEY_PROVIDERS)
    return Found((*oauth2.items, *keys.items), (*oauth2.gaps, *keys.gaps), oauth2.regions)


def _provider(ask: Ask, place: Place, told: _Provider) -> CredentialProvider:
    """The vault is named in the ARN: token-vault/default/oauth2credentialprovider/github."""
    vault = Arn.parse(told.arn).resource.split("/")[1]
    return CredentialProvider(
        **place.here(told.arn),
        name=told.name,
        kind=told.kind,
        vendor=told.vendor,
        vault=ask.sure(VAULT, region=place.region, tokenVaultId=vault),
    )


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
        lists=lambda ask: where_it_is(ask, IDENTITIES),
        calls=costing(0),
        read=_identity,
    ),
    Kind(
        field="credential_providers",
        model=CredentialProvider,
        lists=_all_providers,
        calls=costing(1),
        read=_provider,
    ),
    Kind(
        field="gateways",
        model=AgentGateway,
        lists=lambda ask: where_it_is(ask, GATEWAYS),
        calls=costing(2),
        read=_gateway,
    ),
    Kind(
        field="runtimes",
        model=AgentRuntime,
        lists=lambda ask: where_it_is(ask, RUNTIMES),
        calls=costing(2),
        read=_runtime,
    ),
)
