"""AWS's times, as botocore gives them, in UTC."""

from datetime import UTC, datetime


def utc(when: datetime) -> datetime:
    return when.astimezone(UTC)


def maybe_utc(when: datetime | None) -> datetime | None:
    return None if when is None else utc(when)
