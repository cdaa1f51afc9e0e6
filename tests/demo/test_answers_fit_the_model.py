"""Every answer of the overlay is one that AWS's own service model describes."""

import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from botocore import xform_name
from botocore.parsers import create_parser
from botocore.validate import ParamValidator

from idkeep.demo import DemoServer

from .conftest import Connect

ARGUMENTS = {"account:GetAlternateContact": {"AlternateContactType": "BILLING"}}

# AWS's answers break its own model here; recorded answers of real accounts show them.
AS_AWS_DOES = {
    # The root user has no name and no path, and for an id the account's twelve digits.
    "Invalid length for parameter VirtualMFADevices[].User.UserId, value: 12, valid min length: 16",
    'Missing required parameter in VirtualMFADevices[].User: "Path"',
    'Missing required parameter in VirtualMFADevices[].User: "UserName"',
    # The model's only value is PermissionsBoundaryPolicy, AWS sends Policy.
    "PermissionsBoundaryType is 'Policy', not one of ['PermissionsBoundaryPolicy']",
    # AWSSupportServiceRolePolicy, in every account, is longer than the model allows.
    "Document is too long: '%7B%22Version%22%3A%222012-10-17%22%2C%2'",
}


def test_every_overlaid_operation_answers_what_its_model_describes(
    demo: DemoServer, connect: Connect
) -> None:
    connect(demo, "iam").generate_credential_report()
    connect(demo, "iam").generate_credential_report()
    checked = []
    for action in demo.overlaid():
        service, _, operation = action.partition(":")
        client = connect(demo, service)
        model = client.meta.service_model.operation_model(operation)
        raw = raw_answer(client, operation, ARGUMENTS.get(action, {}))
        protocol = client.meta.service_model.metadata["protocol"]
        parsed = create_parser(protocol).parse(
            {"status_code": 200, "headers": {}, "body": raw}, model.output_shape
        )
        parsed.pop("ResponseMetadata")
        complaints = ParamValidator().validate(parsed, model.output_shape).generate_report()
        problems = {
            *(re.sub(r"\[\d+\]", "[]", line) for line in complaints.splitlines() if line),
            *out_of_bounds(parsed, model.output_shape),
            *unknown_elements(raw, model.output_shape, protocol),
        }
        assert problems <= AS_AWS_DOES, action
        assert parsed, action
        checked.append(action)
    assert len(checked) >= 9


def test_a_strange_element_would_be_noticed(connect: Connect, demo: DemoServer) -> None:
    shape = (
        connect(demo, "iam").meta.service_model.operation_model("GetAccountSummary").output_shape
    )
    raw = b"<R xmlns='x'><GetAccountSummaryResult><Sum/></GetAccountSummaryResult></R>"
    assert set(unknown_elements(raw, shape, "query")) == {"unknown: Sum"}


def raw_answer(client: Any, operation: str, arguments: dict[str, Any]) -> bytes:
    heard: list[bytes] = []

    def listen(http_response: Any, **_: Any) -> None:
        heard.append(http_response.content)

    client.meta.events.register("after-call", listen)
    try:
        getattr(client, xform_name(operation))(**arguments)
    finally:
        client.meta.events.unregister("after-call", listen)
    return heard[0]


def out_of_bounds(value: Any, shape: Any, name: str = "") -> Iterator[str]:
    """Enumerations and upper limits, which botocore's validator leaves to the server."""
    for part, part_shape, part_name in parts(value, shape):
        yield from out_of_bounds(part, part_shape, part_name or name)
    if shape.type_name == "string" and shape.enum and value not in shape.enum:
        yield f"{name} is {value!r}, not one of {list(shape.enum)}"
    if shape.type_name == "string" and len(value) > shape.metadata.get("max", len(value)):
        yield f"{name} is too long: {value[:40]!r}"
    if shape.type_name == "integer" and value > shape.metadata.get("max", value):
        yield f"{name} is too large: {value}"


def parts(value: Any, shape: Any) -> Iterator[tuple[Any, Any, str]]:
    match shape.type_name:
        case "structure":
            yield from ((value[name], shape.members[name], name) for name in value)
        case "list":
            yield from ((item, shape.member, "") for item in value)
        case "map":
            yield from ((key, shape.key, "key") for key in value)
            yield from ((item, shape.value, key) for key, item in value.items())
        case _:
            pass


def unknown_elements(raw: bytes, shape: Any, protocol: str) -> Iterator[str]:
    if protocol != "query":
        yield from unknown_keys(json.loads(raw), shape)
        return
    root = ET.fromstring(raw)
    for part in root:
        if tag(part) == shape.serialization.get("resultWrapper", tag(part)) and tag(part).endswith(
            "Result"
        ):
            yield from unknown_tags(part, shape)


def unknown_tags(element: Any, shape: Any) -> Iterator[str]:
    if shape.type_name == "structure":
        known = {member.serialization.get("name", n): member for n, member in shape.members.items()}
        for child in element:
            if tag(child) in known:
                yield from unknown_tags(child, known[tag(child)])
            else:
                yield f"unknown: {tag(child)}"
    elif shape.type_name == "list":
        for child in element:
            if tag(child) != "member":
                yield f"unknown: {tag(child)}"
            yield from unknown_tags(child, shape.member)
    elif shape.type_name == "map":
        for entry in element:
            if [tag(part) for part in entry] != ["key", "value"]:
                yield f"unknown: {tag(entry)}"


def unknown_keys(value: Any, shape: Any) -> Iterator[str]:
    for key, member in value.items():
        if key not in shape.members:
            yield f"unknown: {key}"
        elif shape.members[key].type_name == "structure":
            yield from unknown_keys(member, shape.members[key])


def tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
