"""Nobody but a program that signs its requests gets an answer, and nobody but us sets faults."""

from collections.abc import Mapping
from http.client import HTTPConnection
from typing import NamedTuple

import pytest

from idkeep.demo import DemoServer, running

from .conftest import Connect

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
SUMMARY = b"Action=GetAccountSummary&Version=2010-05-08"


class Answered(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def ask(
    server: DemoServer,
    path: str = "/",
    headers: Mapping[str, str] = FORM,
    *,
    method: str = "POST",
    body: bytes = SUMMARY,
) -> Answered:
    """Send this as it is, and see that no web page would be let read the answer."""
    host, _, port = server.endpoint.removeprefix("http://").partition(":")
    connection = HTTPConnection(host, int(port), timeout=120)
    try:
        connection.request(method, path, body=body, headers=dict(headers))
        answer = connection.getresponse()
        said = {name.lower(): value for name, value in answer.getheaders()}
        assert not [name for name in said if name.startswith("access-control-")]
        return Answered(answer.status, said, answer.read())
    finally:
        connection.close()


def signed(server: DemoServer, service: str = "iam") -> dict[str, str]:
    """The headers of a signed request; the server does not check the signature itself."""
    said = server.environment()
    key = said["AWS_ACCESS_KEY_ID"]
    scope = f"{key}/20260101/us-east-1/{service}/aws4_request"
    signature = f"SignedHeaders=host;x-amz-date, Signature={'0' * 64}"
    return FORM | {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, {signature}",
        "X-Amz-Security-Token": said["AWS_SESSION_TOKEN"],
    }


def test_a_signed_request_is_answered(demo: DemoServer) -> None:
    answer = ask(demo, headers=signed(demo))
    assert answer.status == 200
    assert b"<GetAccountSummaryResult>" in answer.body
    port = demo.endpoint.rpartition(":")[2]
    by_name = ask(demo, headers=signed(demo) | {"Host": f"localhost:{port}"})
    assert by_name.status == 200


@pytest.mark.parametrize(
    "headers",
    [
        FORM,
        FORM | {"Authorization": "Basic YTpi"},
        FORM
        | {"Authorization": "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/iam/aws4_request"},
    ],
)
def test_an_unsigned_request_is_refused_in_aws_words(
    demo: DemoServer, headers: dict[str, str]
) -> None:
    answer = ask(demo, headers=headers)
    assert answer.status == 403
    assert b"<Code>MissingAuthenticationToken</Code>" in answer.body
    assert ask(demo, "/bucket", {}, method="GET", body=b"").status == 403
    assert demo.requests() == []


def test_an_unsigned_request_in_json_is_refused_in_json(demo: DemoServer) -> None:
    answer = ask(demo, "/getContactInformation", JSON, body=b"{}")
    assert answer.status == 403
    assert answer.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"


@pytest.mark.parametrize("path", ["/moto-api/", "/moto-api/data.json", "/moto-api/reset"])
def test_moto_s_own_pages_are_not_there(demo: DemoServer, connect: Connect, path: str) -> None:
    for headers in (FORM, signed(demo)):
        assert ask(demo, path, headers).status == 404
    assert connect(demo, "iam").get_account_summary()["SummaryMap"]["Users"] == 12


def test_the_instance_s_metadata_is_not_there(demo: DemoServer) -> None:
    path = "/latest/meta-data/iam/security-credentials/"
    assert ask(demo, path, {}, method="GET", body=b"").status == 404


@pytest.mark.parametrize("origin", ["https://example.com", "null", ""])
def test_a_web_page_is_refused(demo: DemoServer, origin: str) -> None:
    for method in ("POST", "OPTIONS", "GET"):
        answer = ask(demo, headers=signed(demo) | {"Origin": origin}, method=method)
        assert answer.status == 403
    path = f"{demo._control_path}/faults"
    assert ask(demo, path, {"Origin": origin}, body=b"{}").status == 403
    assert demo.requests() == []


@pytest.mark.parametrize("host", ["example.com", "example.com:{port}", "127.0.0.1", "127.0.0.1:1"])
def test_another_name_for_this_address_is_refused(demo: DemoServer, host: str) -> None:
    port = demo.endpoint.rpartition(":")[2]
    headers = {"Host": host.format(port=port)}
    assert ask(demo, headers=signed(demo) | headers).status == 403
    assert ask(demo, f"{demo._control_path}/requests", headers, method="GET").status == 403


def test_faults_are_set_by_who_was_told_the_path(demo: DemoServer, connect: Connect) -> None:
    path = demo._control_path
    for guess in ("/idkeep-demo", "/idkeep-demo-", path[:-1], f"{path}x", f"/é{path}"):
        for headers in (JSON, signed(demo)):
            answer = ask(
                demo, f"{guess}/faults".replace("é", "%C3%A9"), headers, body=b'{"deny":["*"]}'
            )
            assert answer.status != 200
    assert connect(demo, "iam").get_account_summary()
    assert ask(demo, f"{path}/faults", JSON, body=b'{"deny":["iam:*"]}').status == 200
    assert ask(demo, headers=signed(demo)).status == 403
    assert path not in repr(demo)


def test_the_path_is_another_at_every_start(demo: DemoServer) -> None:
    with running() as other:
        assert other._control_path != demo._control_path
        assert len(other._control_path) > 40
        assert ask(other, f"{demo._control_path}/requests", {}, method="GET").status == 403


def test_a_service_that_botocore_does_not_know_is_not_moto_s_to_guess(demo: DemoServer) -> None:
    assert ask(demo, headers=signed(demo, "moto_api")).status == 501
    assert ask(demo, headers=signed(demo, "motoapi")).status == 501


def test_a_path_that_no_service_has_is_refused(demo: DemoServer) -> None:
    assert ask(demo, "/nowhere", signed(demo, "account"), body=b"").status == 501
    assert ask(demo, headers=signed(demo), body=b"").status == 501
