"""AWS's own refusals, in the words and the wire form of each protocol.

Query services answer XML, the others JSON; common codes:
https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and
https://docs.aws.amazon.com/accounts/latest/reference/API_GetContactInformation.html#API_GetContactInformation_Errors
"""

import json
from enum import Enum
from typing import NamedTuple
from xml.sax.saxutils import escape


class Refusal(Enum):
    """A reason not to answer, with its code and status: query, rest-json, json."""

    DENIED = (("AccessDenied", 403), ("AccessDeniedException", 403), ("AccessDeniedException", 400))
    THROTTLED = (
        ("Throttling", 400),
        ("TooManyRequestsException", 429),
        ("ThrottlingException", 400),
    )
    EXPIRED = (
        ("ExpiredToken", 403),
        ("ExpiredTokenException", 403),
        ("ExpiredTokenException", 400),
    )
    UNKNOWN_KEY = (
        ("InvalidClientTokenId", 403),
        ("UnrecognizedClientException", 403),
        ("UnrecognizedClientException", 400),
    )
    UNSIGNED = (
        ("MissingAuthenticationToken", 403),
        ("MissingAuthenticationTokenException", 403),
        ("MissingAuthenticationTokenException", 403),
    )
    NOT_BUILT = (("NotImplemented", 501), ("NotImplemented", 501), ("NotImplemented", 501))


SENTENCES = {
    Refusal.THROTTLED: "Rate exceeded",
    Refusal.EXPIRED: "The security token included in the request is expired",
    Refusal.UNKNOWN_KEY: "The security token included in the request is invalid",
    Refusal.UNSIGNED: "Request is missing Authentication Token",
}

HTML = b"""<!DOCTYPE html>
<html><head><title>Sign in</title></head>
<body><h1>Please sign in to the network to go on.</h1></body></html>
"""


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def refused(why: Refusal, protocol: str, sentence: str = "", *, namespace: str = "") -> Answer:
    """What AWS would have sent."""
    index = {"query": 0, "ec2": 0, "rest-xml": 0, "rest-json": 1}.get(protocol, 2)
    code, status = why.value[index]
    sentence = sentence or SENTENCES[why]
    if index == 0:
        body = (
            f'<ErrorResponse xmlns="{namespace}">\n  <Error>\n    <Type>Sender</Type>\n'
            f"    <Code>{code}</Code>\n    <Message>{escape(sentence)}</Message>\n  </Error>\n"
            "  <RequestId>00000000-demo-demo-demo-000000000000</RequestId>\n</ErrorResponse>\n"
        )
        return Answer(status, {"Content-Type": "text/xml"}, body.encode())
    body = json.dumps({"__type": code, "message": sentence})
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": code}
    return Answer(status, headers, body.encode())


def denial(arn: str, action: str, resource: str) -> str:
    """The sentence of an implicit denial by identity policies.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """
    return (
        f"User: {arn} is not authorized to perform: {action} on resource: {resource} "
        f"because no identity-based policy allows the {action} action"
    )


def scp_denial(arn: str, action: str, resource: str) -> str:
    """The sentence of an explicit denial by a service control policy, from the same page."""
    return (
        f"User: {arn} is not authorized to perform: {action} on resource: {resource} "
        "with an explicit deny in a service control policy"
    )


def web_page(status: int) -> Answer:
    """What a proxy or a captive portal puts in AWS's place."""
    return Answer(status, {"Content-Type": "text/html"}, HTML)
