"""Invitations and the like: those that the organisation sent, and those that an account received.

An account in no organisation is told of its own too, which is how one accepts.
Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListHandshakesForAccount.html
"""

from collections.abc import Iterator

from idkeep.collect.declare import Answer, Collector, Pages
from idkeep.collect.times import maybe_utc
from idkeep.model import Handshake, HandshakePart

_SIZE = {"MaxResults": 20}


def _handshakes(pages: Pages) -> tuple[Handshake, ...]:
    return tuple(_handshake(one) for page in pages for one in page["Handshakes"])


def _handshake(told: Answer) -> Handshake:
    return Handshake(
        id=told["Id"],
        arn=told["Arn"],
        action=told["Action"],
        state=told["State"],
        requested=maybe_utc(told.get("RequestedTimestamp")),
        expires=maybe_utc(told.get("ExpirationTimestamp")),
        parties=tuple(
            HandshakePart(type=one["Type"], value=one["Id"]) for one in told.get("Parties", ())
        ),
        resources=tuple(_resources(told)),
    )


def _resources(told: Answer) -> Iterator[HandshakePart]:
    """Those within others too; one that only holds others has no value of its own."""
    for one in told.get("Resources", ()):
        if "Value" in one:
            yield HandshakePart(type=one["Type"], value=one["Value"])
        yield from _resources(one)


SENT_HANDSHAKES = Collector(
    service="organizations",
    operation="ListHandshakesForOrganization",
    build=_handshakes,
    params=_SIZE,
)
RECEIVED_HANDSHAKES = Collector(
    service="organizations",
    operation="ListHandshakesForAccount",
    build=_handshakes,
    params=_SIZE,
)
