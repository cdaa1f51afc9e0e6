"""What could not be read, and which AWS action gives which fact."""

from dataclasses import dataclass
from typing import Annotated, get_args, get_origin, get_type_hints

from msgspec import Struct


class Gap(Struct, frozen=True, tag=True):
    """A fact that could not be read, standing in its place.

    `action` is the IAM action that the read needs, as `iam:GetAccountSummary`; `error` is AWS's
    error code, or a few words where the answer did not come from AWS or lacked the fact;
    `detail` is what AWS says of a refusal, which may name the policy that denies.
    """

    action: str
    error: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.action}: {self.error}"


@dataclass(frozen=True, slots=True)
class ReadBy:
    """Marks a field of the model with the IAM action whose answer gives it."""

    action: str


def read_by(kind: type[object], field: str) -> str:
    """The action that gives `field` of `kind`; "" for a field that is not marked."""
    hint = get_type_hints(kind, include_extras=True)[field]
    marks = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return next((mark.action for mark in marks if isinstance(mark, ReadBy)), "")
