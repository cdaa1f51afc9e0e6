"""Amazon Resource Names."""

from typing import Self

from msgspec import Struct

_FIELDS = 6


class Arn(Struct, frozen=True):
    """`arn:partition:service:region:account:resource`, split.

    `region` and `account` are empty where AWS leaves them out; `resource` keeps its own colons
    and slashes.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises `ValueError` for what is not an ARN."""
        fields = text.split(":", _FIELDS - 1)
        if len(fields) != _FIELDS or fields[0] != "arn" or not fields[1] or not fields[2]:
            raise ValueError(f"not an ARN: {text!r}")
        return cls(*fields[1:])

    def __str__(self) -> str:
        where = f"{self.partition}:{self.service}:{self.region}:{self.account}"
        return f"arn:{where}:{self.resource}"
