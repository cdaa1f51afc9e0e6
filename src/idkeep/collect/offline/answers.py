"""An answer as the AWS CLI prints it, turned back into what botocore gives.

Times come as ISO strings or, from the CLI's version 1, as numbers; bytes as base64; IAM's policy
documents as objects where the CLI decoded them, or URL-encoded as the API sends them.
"""

from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from botocore.utils import parse_timestamp

from idkeep.collect.declare import Answer


def from_cli(shape: Any, value: Any) -> Any:  # noqa: ANN401 -- botocore's, and JSON
    """`value` by its shape. What does not fit stays as it is: whoever builds with it will see.

    Raises `ValueError` for what can't be a time or base64.
    """
    convert = _BY_TYPE.get((shape.type_name, type(value)))
    return value if convert is None else convert(shape, value)


def answer(shape: Any, value: Answer) -> Answer:  # noqa: ANN401 -- botocore's
    """The same of a whole answer; a member that does not convert is left as it is."""
    found = {}
    for name, one in value.items():
        member = shape.members.get(name) if shape is not None else None
        try:
            found[name] = one if member is None else from_cli(member, one)
        except ValueError:
            found[name] = one
    return found


def time(value: str | float) -> datetime:
    """In UTC; one without a zone is UTC, as AWS's times are. Raises `ValueError`."""
    if isinstance(value, str):
        try:
            when = datetime.fromisoformat(value)
        except ValueError:
            when = parse_timestamp(value)
    else:
        when = datetime.fromtimestamp(value, UTC)
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def _structure(shape: Any, value: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 -- botocore's
    return {
        name: from_cli(shape.members[name], one) if name in shape.members else one
        for name, one in value.items()
    }


def _document(shape: Any, text: str) -> str:  # noqa: ANN401 -- botocore's
    """IAM's policy documents are URL-encoded; of a text, only `%` must be to read the same."""
    return text.replace("%", "%25") if shape.name == "policyDocumentType" else text


def _text(shape: Any, value: str) -> str:  # noqa: ANN401 -- botocore's
    return _document(shape, value) if value.lstrip().startswith("{") else value


def _object(shape: Any, value: object) -> str:  # noqa: ANN401 -- botocore's
    return _document(shape, msgspec.json.encode(value).decode())


_BY_TYPE: Mapping[tuple[str, type], Callable[[Any, Any], Any]] = {
    ("structure", dict): _structure,
    ("list", list): lambda shape, value: [from_cli(shape.member, one) for one in value],
    ("map", dict): lambda shape, value: {
        name: from_cli(shape.value, one) for name, one in value.items()
    },
    ("timestamp", str): lambda _, value: time(value),
    ("timestamp", int): lambda _, value: time(value),
    ("timestamp", float): lambda _, value: time(value),
    ("blob", str): lambda _, value: b64decode(value, validate=True),
    ("string", str): _text,
    ("string", dict): _object,
    ("string", list): _object,
}
