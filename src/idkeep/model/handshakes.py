"""What accounts and organisations ask of each other: invitations and the like."""

from datetime import datetime

from msgspec import Struct


class HandshakePart(Struct, frozen=True, kw_only=True):
    """A party to a handshake or a thing it is about, in AWS's words."""

    type: str
    value: str


class Handshake(Struct, frozen=True, kw_only=True):
    """An invitation and the like, open or ended in the last 30 days.

    Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Handshake.html
    """

    id: str
    arn: str
    action: str
    state: str
    requested: datetime | None = None
    expires: datetime | None = None
    parties: tuple[HandshakePart, ...] = ()
    resources: tuple[HandshakePart, ...] = ()
