"""Declared members as AWS's types: an age becomes the time that lies so far back.

A time is declared as a number of days before now, below zero for one to come. Where AWS's model
has text or milliseconds for a time, it is the text `@30` (thirty days ago).
"""

import re
from datetime import datetime, timedelta
from typing import Any

AGE = re.compile(r"@(-?\d+(?:\.\d+)?)")


def aged(value: Any, shape: Any, now: datetime) -> Any:  # noqa: ANN401, PLR0911 by its shape
    """The answer with its times. Raises `LookupError` for a member that the model does not have."""
    if value is None:
        return None
    match shape.type_name:
        case "structure":
            return {name: aged(part, shape.members[name], now) for name, part in value.items()}
        case "list":
            return [aged(part, shape.member, now) for part in value]
        case "map":
            return {name: aged(part, shape.value, now) for name, part in value.items()}
        case "timestamp" if isinstance(value, int | float):
            return _ago(now, value)
        case "string" if isinstance(value, str) and (found := AGE.fullmatch(value)):
            return f"{_ago(now, float(found[1])):%Y-%m-%dT%H:%M:%S.000Z}"
        case "long" if isinstance(value, str) and (found := AGE.fullmatch(value)):
            return int((_ago(now, float(found[1])) - datetime(1970, 1, 1)).total_seconds() * 1000)  # noqa: DTZ001
        case _:
            return value


def _ago(now: datetime, days: float) -> datetime:
    return (now - timedelta(days=days)).replace(microsecond=0)
