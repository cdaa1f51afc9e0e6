"""IAM's credential report: one CSV row for root and for each user.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
"""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from typing import TypeAlias, TypeVar

from idkeep.collect.declare import Collector, Pages, Prepare
from idkeep.model import AccessKey, Gap, Password

T = TypeVar("T")
Row: TypeAlias = Mapping[str, str]

ACTION = "iam:GetCredentialReport"
ROOT = "<root_account>"
# AWS's words for "there is none", "never, as far as is known" and "not told of root".
_NOTHING = frozenset({"N/A", "no_information", "not_supported"})
_SLOTS = (1, 2)


@dataclass(frozen=True, slots=True)
class CredentialReport:
    """Rows by ARN, root's by `ROOT`; `generated` may lie four hours back."""

    generated: datetime
    rows: Mapping[str, Row]

    def row(self, arn: str, created: datetime) -> Row | Gap:
        """A user's row, if it is of this user and not of an earlier one of that name."""
        row = self.rows.get(arn)
        if row is None:
            when = "after" if created > self.generated else "but is not in"
            return Gap(ACTION, f"the user was made {when} the report of {self.generated:%H:%M} UTC")
        try:
            if abs((created - _when(row, "user_creation_time")).total_seconds()) > 1:
                return Gap(ACTION, "the report's row is of an earlier user with this name")
        except (KeyError, ValueError) as odd:
            return _odd(odd)
        return row


def _build(pages: Pages) -> CredentialReport:
    [answer] = pages
    try:
        rows = list(csv.DictReader(StringIO(answer["Content"].decode()), strict=True))
    except csv.Error as error:
        raise ValueError(str(error)) from error
    return CredentialReport(
        generated=answer["GeneratedTime"].astimezone(UTC),
        rows={ROOT if row["user"] == ROOT else row["arn"]: _whole(row) for row in rows},
    )


def _whole(row: Mapping[str, str | None]) -> Row:
    """A line that breaks off has no value in its last columns: they are missing, not empty."""
    return {column: cell for column, cell in row.items() if cell is not None}


CREDENTIAL_REPORT = Collector(
    service="iam",
    operation="GetCredentialReport",
    build=_build,
    prepare=Prepare(
        operation="GenerateCredentialReport",
        is_ready=lambda answer: answer.get("State") == "COMPLETE",
    ),
)


def password(row: Row) -> Password | None:
    if not _flag(row, "password_enabled"):
        return None
    changed = _maybe(row, "password_last_changed")
    return Password(
        last_used=_maybe(row, "password_last_used"),
        changed=changed or Gap(ACTION, "no date for the password's last change"),
    )


def password_last_used(row: Row) -> datetime | None:
    return _maybe(row, "password_last_used")


def mfa_active(row: Row) -> bool:
    return _flag(row, "mfa_active")


def access_keys(row: Row) -> tuple[AccessKey, ...]:
    return tuple(key for slot in _SLOTS if (key := _access_key(row, slot)))


def told(row: Row | Gap, tell: Callable[[Row], T]) -> T | Gap:
    """What a row tells; a cell that is missing or odd leaves a gap for this user alone."""
    if isinstance(row, Gap):
        return row
    try:
        return tell(row)
    except (KeyError, ValueError) as odd:
        return _odd(odd)


def _access_key(row: Row, slot: int) -> AccessKey | None:
    """An inactive key keeps its date; a slot without a date holds no key."""
    active = _flag(row, f"access_key_{slot}_active")
    if not active and _maybe(row, f"access_key_{slot}_last_rotated") is None:
        return None
    return AccessKey(
        slot=slot,
        active=active,
        rotated=_when(row, f"access_key_{slot}_last_rotated"),
        last_used=_maybe(row, f"access_key_{slot}_last_used_date"),
        last_used_service=_word(row, f"access_key_{slot}_last_used_service"),
        last_used_region=_word(row, f"access_key_{slot}_last_used_region"),
    )


def _flag(row: Row, column: str) -> bool:
    match row[column].lower():
        case "true":
            return True
        case "false":
            return False
        case other:
            raise ValueError(f"{column} is {other!r}")


def _word(row: Row, column: str) -> str | None:
    return None if row[column] in _NOTHING else row[column]


def _maybe(row: Row, column: str) -> datetime | None:
    return None if row[column] in _NOTHING else _when(row, column)


def _when(row: Row, column: str) -> datetime:
    try:
        return datetime.fromisoformat(row[column]).astimezone(UTC)
    except ValueError as error:
        raise ValueError(f"{column} is {row[column]!r}") from error


def _odd(error: KeyError | ValueError) -> Gap:
    if isinstance(error, KeyError):
        return Gap(ACTION, f"the report has no column {error.args[0]}")
    return Gap(ACTION, f"the report is not understood: {error}")
