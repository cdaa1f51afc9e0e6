"""An operation that the overlay knows: its request read, answered and written by AWS's model."""

import io
from collections.abc import Mapping
from http import HTTPStatus
from importlib import import_module
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model

from idkeep.demo.call import Call, Environ, body_of
from idkeep.demo.overlay import others
from idkeep.demo.overlay.ages import aged
from idkeep.demo.overlay.tables import Asked, Operation, Table
from idkeep.demo.overlay.world import World
from idkeep.demo.principals import Principal
from idkeep.demo.refusals import Answer

# Services as boto3 names them, and the module of each.
MODULES = {
    "accessanalyzer": "accessanalyzer",
    "account": "account",
    "account-access": "account_access",
    "apigateway": "apigateway",
    "bedrock-agentcore-control": "agentcore",
    "cloudtrail": "cloudtrail",
    "cognito-identity": "cognito_identity",
    "config": "config",
    "ec2": "ec2",
    "eks": "eks",
    "fms": "fms",
    "guardduty": "guardduty",
    "iam": "iam",
    "identitystore": "identitystore",
    "kms": "kms",
    "lambda": "lambda_",
    "logs": "logs",
    "mpa": "mpa",
    "organizations": "organizations",
    "ram": "ram",
    "resourcegroupstaggingapi": "tagging",
    "rolesanywhere": "rolesanywhere",
    "s3": "s3",
    "s3control": "s3control",
    "secretsmanager": "secretsmanager",
    "securityhub": "securityhub",
    "shield": "shield",
    "signin": "signin",
    "ssm": "ssm",
    "sso-admin": "sso_admin",
    "sts": "sts",
    "support": "support",
    "supportauthz": "supportauthz",
    "trustedadvisor": "trustedadvisor",
}


_SERVICES = tuple(dict.fromkeys((*MODULES, *others.SERVICES)))


def table(service: str) -> Table:
    """The operations of a service that the overlay answers; none for one that is moto's alone."""
    name = MODULES.get(service)
    if name is None:
        return others.operations(service)
    found: Table = import_module(f"idkeep.demo.overlay.{name}").OPERATIONS
    return {**others.operations(service), **found}


def operations() -> tuple[str, ...]:
    """All of them: `iam:GetAccountSummary`, …, with boto3's name of the service."""
    return tuple(f"{service}:{name}" for service in _SERVICES for name in table(service))


def answered(world: World, call: Call, who: Principal, environ: Environ) -> Answer | None:
    """The answer, or AWS's refusal; None for what is left to moto."""
    operation = table(call.service).get(call.operation)
    if operation is None:
        return None
    # The body is read here, and moto may have to read it again.
    request = Request({**environ, "wsgi.input": io.BytesIO(body_of(environ))})
    service = get_service_model(call.service)
    model = service.operation_model(call.operation)
    protocol = determine_request_protocol(service, request.content_type)
    params = _parsed(call, request, model, protocol)
    asked = Asked(world, world.account(who.account), call, who, params, model)
    result = _result(operation, asked)
    if result is None:
        return None
    serializer = get_serializer_class(service.service_name, protocol)(operation_model=model)
    written = serializer.serialize(result)
    body = written["body"]
    # Common to all query services, and so in no model.
    # https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
    is_denied = protocol == "query" and getattr(result, "code", "") == "AccessDenied"
    return Answer(
        HTTPStatus.FORBIDDEN if is_denied else int(written["status_code"]),
        {name: str(value) for name, value in written["headers"].items()},
        body.encode() if isinstance(body, str) else body,
    )


def _result(operation: Operation, asked: Asked) -> Mapping[str, Any] | ServiceException | None:
    """What is said, in AWS's types; None for what is left to moto."""
    try:
        found = operation(asked)
    except ServiceException as refusal:
        return refusal
    if found is None:
        return None
    # moto's serializers write what is None as an empty element.
    said = {name: part for name, part in found.items() if part is not None}
    shape = asked.model.output_shape
    return said if shape is None else dict(aged(said, shape, asked.world.began))


def _parsed(call: Call, request: Request, model: Any, protocol: str) -> dict[str, Any]:  # noqa: ANN401
    if model.input_shape is None:
        return {}
    _, in_path = get_service_router(call.service).match(request)
    parsed: dict[str, Any] = PROTOCOL_PARSERS[protocol](model).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.data,
            "url_path": request.path,
            "url_params": in_path,
        }
    )
    return parsed
