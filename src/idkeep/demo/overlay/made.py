"""Plays the declared calls to moto inside the process, as boto3 would make them."""

from collections.abc import Mapping
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from werkzeug.test import Client

from idkeep.demo.declared.account import AccountEstate, Made

QUIET = Config(
    retries={"total_max_attempts": 1}, inject_host_prefix=False, s3={"addressing_style": "path"}
)


def make(estate: AccountEstate, service: str, moto: Any) -> None:  # noqa: ANN401 a WSGI application
    """Every call of this service, in the order of the declaration."""
    calls = [made for made in estate.made if made.call.partition(":")[0] == service]
    if not calls:
        return
    session = botocore.session.get_session()
    clients: dict[str, Any] = {}
    kept: dict[str, Any] = {}
    for made in calls:
        region = made.region or estate.account.region
        if region not in clients:
            clients[region] = _client(session, service, region, (estate.account.id, moto))
        operation = xform_name(made.call.partition(":")[2])
        answer = getattr(clients[region], operation)(**_given(made, kept))
        kept |= {f"{{{word}}}": _part(path, answer) for word, path in made.keep.items()}
    for client in clients.values():
        client.close()


def _part(path: str, answer: Any) -> Any:  # noqa: ANN401 a member at some depth
    for name in path.split("."):
        answer = answer[name]
    return answer


def _given(made: Made, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The declared parameters; a Lambda function needs some code, and none is declared."""
    given: dict[str, Any] = _filled(made.given, kept)
    if made.call == "lambda:CreateFunction":
        given["Code"] = {"ZipFile": b"none"}
    return given


def _filled(value: Any, kept: Mapping[str, Any]) -> Any:  # noqa: ANN401 parameters of any shape
    match value:
        case dict():
            return {name: _filled(part, kept) for name, part in value.items()}
        case list():
            return [_filled(part, kept) for part in value]
        case str():
            return kept.get(value, value)
        case _:
            return value


def _client(session: Any, service: str, region: str, where: tuple[str, Any]) -> Any:  # noqa: ANN401
    client = session.create_client(
        service,
        region_name=region,
        endpoint_url="http://127.0.0.1",
        aws_access_key_id="demo",
        aws_secret_access_key="demo",  # noqa: S106 nobody checks it
        config=QUIET,
    )
    account, moto = where
    door = Client(moto)

    def straight_to_moto(request: Any, **_: Any) -> AWSResponse:  # noqa: ANN401
        headers = [(name, _text(value)) for name, value in request.headers.items()]
        said = door.open(
            request.url.removeprefix("http://127.0.0.1"),
            base_url="http://127.0.0.1",
            method=request.method,
            data=request.body,
            # A body of nothing has a length too; moto asks for it.
            headers=[*headers, ("x-moto-account-id", account)],
            content_length=len(request.body or b""),
        )
        return AWSResponse(request.url, said.status_code, dict(said.headers), _Raw(said.data))

    client.meta.events.register("before-send", straight_to_moto)
    return client


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


class _Raw:
    """What botocore expects of urllib3: a body that can be streamed."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Any:  # noqa: ANN401
        yield self._body
