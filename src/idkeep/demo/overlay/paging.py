"""Pages as IAM cuts them: `MaxItems` items, then a marker that only we can read."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeVar

from moto.iam.exceptions import ValidationError

T = TypeVar("T")
_MARK = "idkeep-demo:"


def page(items: Sequence[T], marker: str | None, size: int) -> tuple[Sequence[T], dict[str, Any]]:
    """The items of this page, and the members of the answer that tell of the next."""
    start = _start(marker) if marker else 0
    end = start + size
    if end >= len(items):
        return items[start:], {"IsTruncated": False}
    token = base64.b64encode(f"{_MARK}{end}".encode()).decode()
    return items[start:end], {"IsTruncated": True, "Marker": token}


def _start(marker: str) -> int:
    try:
        text = base64.b64decode(marker, validate=True).decode()
        return int(text.removeprefix(_MARK))
    except (binascii.Error, ValueError) as error:
        raise ValidationError("Invalid Marker.") from error
