"""API Gateway: the listing of REST APIs has their policies. HTTP and WebSocket APIs have none.

Source: https://docs.aws.amazon.com/apigateway/latest/api/API_GetRestApis.html
"""

import json

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.resources.kind import AnyKind, Kind, Place, costing, in_regions
from idkeep.model.resources import RestApi


def _apis(pages: Pages) -> tuple[Answer, ...]:
    """An answer without APIs may leave the list out."""
    return tuple(one for page in pages for one in page.get("items", ()))


REST_APIS = Collector(
    service="apigateway",
    operation="GetRestApis",
    action="apigateway:GET",
    params={"limit": 500},
    build=_apis,
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (REST_APIS,)


def _unescaped(text: str) -> str:
    r"""The policy. AWS answers it as the inside of a JSON string: `{\"Version\": …`."""
    if not text.lstrip().startswith('{\\"'):
        return text
    policy: str = json.loads(f'"{text}"', strict=False)
    return policy


def _api(ask: Ask, place: Place, told: Answer) -> RestApi:
    policy = told.get("policy")
    endpoint: Answer = told.get("endpointConfiguration") or {}
    arn = f"arn:{place.partition}:apigateway:{place.region}::/restapis/{told['id']}"
    return RestApi(
        **place.here(arn),
        endpoint_types=tuple(endpoint.get("types", ())),
        vpc_endpoints=tuple(endpoint.get("vpcEndpointIds", ())),
        default_endpoint_off=told.get("disableExecuteApiEndpoint", False),
        policy=ask.keep(_unescaped(policy)) if policy else None,
    )


KINDS: tuple[AnyKind, ...] = (
    Kind(
        field="rest_apis",
        model=RestApi,
        lists=lambda ask: in_regions(ask, REST_APIS),
        calls=costing(0),
        read=_api,
    ),
)
