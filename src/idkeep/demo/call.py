"""One HTTP request, read as far as the gate must know it."""

import io
import re
from typing import Any
from urllib.parse import parse_qs

from moto.core.request import Request
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from msgspec import Struct

from idkeep.demo.faults import Where
from idkeep.demo.refusals import Answer, Refusal, refused

Environ = dict[str, Any]
# The order is that of the SDKs. The signature itself is not checked.
SIGNED = re.compile(
    r"AWS4-HMAC-SHA256\s+Credential=(\w+)/\d{8}/([\w-]+)/([\w.-]+)/aws4_request,\s*"
    r"SignedHeaders=[\w;-]+,\s*Signature=[0-9a-f]{64}",
    re.ASCII,
)
NEXT_PAGE = ("Marker", "NextToken", "nextToken")
# boto3's name of a service where requests are signed with another one.
SERVICES = {
    "access-analyzer": "accessanalyzer",
    "aps": "amp",
    "bedrock-agentcore": "bedrock-agentcore-control",
    "codeguru-profiler": "codeguruprofiler",
    "elasticfilesystem": "efs",
    "lex": "lexv2-models",
    "monitoring": "cloudwatch",
    "sso": "sso-admin",
    "tagging": "resourcegroupstaggingapi",
}
# Two services under one signing name, told apart by their paths.
BY_PATH: dict[str, tuple[tuple[str, ...], str]] = {
    "apigateway": (("/v2/",), "apigatewayv2"),
    "bedrock": (("/knowledgebases/", "/resourcepolicy/"), "bedrock-agent"),
    "es": (("/2021-01-01/",), "opensearch"),
    "s3": (("/v20180820/",), "s3control"),
    "ses": (("/v2/",), "sesv2"),
}
# The prefix in policies where it is not the signing name.
PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}
# Operations whose action has another name: the Service Authorization Reference's pages of both.
ACTIONS = {
    ("s3", "ListBuckets"): "s3:ListAllMyBuckets",
    ("s3", "GetPublicAccessBlock"): "s3:GetBucketPublicAccessBlock",
    ("s3control", "GetPublicAccessBlock"): "s3:GetAccountPublicAccessBlock",
    ("apigateway", "GetRestApis"): "apigateway:GET",
}


class Call(Struct, frozen=True):
    """One request to AWS; `service` is boto3's name, `prefix` that of its actions in policies."""

    access_key: str
    token: str
    region: str
    service: str
    prefix: str
    operation: str
    protocol: str
    namespace: str
    next_page: bool

    @property
    def action(self) -> str:
        """As policies write it."""
        named = ACTIONS.get((self.service, self.operation))
        return named or f"{self.prefix}:{self.operation}"

    def where(self, account: str) -> Where:
        """For `Faults`: this call made in that account."""
        return Where(self.action, account, self.region)


def body_of(environ: Environ) -> bytes:
    """The body, which can be read again."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def call_of(environ: Environ) -> Call | Answer:
    """The call in a signed request, or the refusal of one that no AWS client sends."""
    found = SIGNED.fullmatch(environ.get("HTTP_AUTHORIZATION", "").strip())
    if found is None:
        is_json = "json" in environ.get("CONTENT_TYPE", "")
        return refused(Refusal.UNSIGNED, "rest-json" if is_json else "query")
    access_key, region, signed_for = found.groups()
    service = _service(signed_for, environ["PATH_INFO"])
    body = body_of(environ)
    try:
        model = get_service_model(service)
    except Exception:  # noqa: BLE001 botocore's own error for a service it does not know
        return refused(
            Refusal.NOT_BUILT, "json", f"the demo server does not know the service {service}"
        )
    protocol = str(model.protocol)
    form = parse_qs(body.decode("utf-8", errors="replace"))
    operation = _operation(environ, form, service)
    if operation is None:
        sentence = f"the demo server does not know such a request to {service}"
        return refused(Refusal.NOT_BUILT, protocol, sentence)
    query = parse_qs(environ.get("QUERY_STRING", ""))
    return Call(
        access_key=access_key,
        token=environ.get("HTTP_X_AMZ_SECURITY_TOKEN", ""),
        region=region,
        service=service,
        prefix=PREFIXES.get(signed_for, signed_for),
        operation=operation,
        protocol=protocol,
        namespace=str(model.metadata.get("xmlNamespace", "")),
        next_page=any(
            word in form or word in query or f'"{word}"'.encode() in body for word in NEXT_PAGE
        ),
    )


def _service(signed_for: str, path: str) -> str:
    starts, other = BY_PATH.get(signed_for, (("/",), signed_for))
    return SERVICES.get(signed_for, other if path.startswith(starts) else signed_for)


def _operation(environ: Environ, form: dict[str, list[str]], service: str) -> str | None:
    if "Action" in form:
        return form["Action"][0]
    if "HTTP_X_AMZ_TARGET" in environ:
        return str(environ["HTTP_X_AMZ_TARGET"]).rpartition(".")[2]
    try:
        return str(get_service_router(service).match(Request(environ.copy()))[0].name)
    except Exception:  # noqa: BLE001 moto's errors for a path or a method that nobody has
        return None
