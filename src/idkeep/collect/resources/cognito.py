"""Cognito identity pools: who gets an identity, and with it which role.

Source: https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_Operations.html
"""

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.resources.kind import AnyKind, Kind, Place, costing, in_regions
from idkeep.model.workloads import IdentityPool, PoolDetails, PoolRoles, RoleMapping, RoleRule


def _pools(pages: Pages) -> tuple[tuple[str, str], ...]:
    """Id and name."""
    return tuple(
        (one["IdentityPoolId"], one["IdentityPoolName"])
        for page in pages
        for one in page["IdentityPools"]
    )


POOLS = Collector(
    service="cognito-identity",
    operation="ListIdentityPools",
    params={"MaxResults": 60},
    build=_pools,
    regional=True,
)


def _details(pages: Pages) -> PoolDetails:
    [answer] = pages
    return PoolDetails(
        unauthenticated=answer["AllowUnauthenticatedIdentities"],
        classic_flow=answer.get("AllowClassicFlow"),
        login_providers=tuple(answer.get("SupportedLoginProviders", ())),
        developer_provider=answer.get("DeveloperProviderName", ""),
        oidc_providers=tuple(answer.get("OpenIdConnectProviderARNs", ())),
        saml_providers=tuple(answer.get("SamlProviderARNs", ())),
        user_pools=tuple(one["ProviderName"] for one in answer.get("CognitoIdentityProviders", ())),
    )


POOL = Collector(
    service="cognito-identity", operation="DescribeIdentityPool", build=_details, regional=True
)


def _roles(pages: Pages) -> PoolRoles:
    [answer] = pages
    if "IdentityPoolId" not in answer:
        raise KeyError("IdentityPoolId")
    roles: Answer = answer.get("Roles") or {}
    return PoolRoles(
        authenticated=roles.get("authenticated", ""),
        unauthenticated=roles.get("unauthenticated", ""),
        mappings=tuple(
            _mapping(provider, told)
            for provider, told in (answer.get("RoleMappings") or {}).items()
        ),
    )


def _mapping(provider: str, told: Answer) -> RoleMapping:
    return RoleMapping(
        provider=provider,
        type=told["Type"],
        otherwise=told.get("AmbiguousRoleResolution", ""),
        rules=tuple(
            RoleRule(
                claim=one["Claim"],
                match=one["MatchType"],
                value=one["Value"],
                role=one["RoleARN"],
            )
            for one in (told.get("RulesConfiguration") or {}).get("Rules", ())
        ),
    )


POOL_ROLES = Collector(
    service="cognito-identity", operation="GetIdentityPoolRoles", build=_roles, regional=True
)

COLLECTORS: tuple[AnyCollector, ...] = (POOLS, POOL, POOL_ROLES)


def _pool(ask: Ask, place: Place, told: tuple[str, str]) -> IdentityPool:
    pool, name = told
    return IdentityPool(
        **place.here(place.arn("cognito-identity", f"identitypool/{pool}")),
        name=name,
        details=ask.sure(POOL, region=place.region, IdentityPoolId=pool),
        roles=ask.sure(POOL_ROLES, region=place.region, IdentityPoolId=pool),
    )


KINDS: tuple[AnyKind, ...] = (
    Kind(
        field="identity_pools",
        model=IdentityPool,
        lists=lambda ask: in_regions(ask, POOLS),
        calls=costing(2),
        read=_pool,
    ),
)
