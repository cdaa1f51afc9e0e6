"""IAM's credential report: one CSV row for root and for each user.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
"""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any, TypeAlias, TypeVar

from idkeep.collect.declare import Collector, Pages, Prepare
from idkeep.model import AccessKey, CertificateSlot, Gap, Password

T = TypeVar("T")
Row: TypeAlias = Mapping[str, str]

ACTION = "iam:GetCredentialReport"
ROOT = "<root_account>"
_TWICE = Gap(ACTION, "the report has two rows for it")
_NONE = "N/A"
# A password that AWS has no use of on record; of other columns the word says nothing.
_NEVER = "no_information"
# AWS makes a new report when the last is four hours old; local clocks may be a little off.
_OLDEST = timedelta(hours=4, minutes=15)
_SKEW = timedelta(minutes=5)
_SLOTS = (1, 2)
_TIMES = ("_time", "_used", "_changed", "_rotated", "_date")


@dataclass(frozen=True, slots=True)
class CredentialReport:
    """Rows by ARN, root's by `ROOT`; `generated` may lie four hours back."""

    generated: datetime
    rows: Mapping[str, Row | Gap]

    def is_older(self, created: datetime) -> bool:
        """Than a user: then it can't know that one, whatever it says of the name."""
        return created > self.generated

    def row(self, arn: str, created: datetime) -> Row | Gap:
        """A user's row, if it is of this user and not of an earlier one of that name."""
        row = self.rows.get(arn)
        if row is None:
            made = f"the report of {self.generated:%Y-%m-%d %H:%M} UTC"
            younger = created > self.generated
            return Gap(
                ACTION, f"the user is younger than {made}" if younger else f"no row in {made}"
            )
        if isinstance(row, Gap):
            return row
        try:
            if abs((created - _when(row, "user_creation_time")).total_seconds()) > 1:
                return Gap(ACTION, "the report's row is of an earlier user with this name")
        except (KeyError, ValueError) as odd:
            return _odd(odd)
        return row


def _build(pages: Pages) -> CredentialReport:
    [answer] = pages
    generated = answer["GeneratedTime"].astimezone(UTC)
    try:
        lines = list(csv.DictReader(StringIO(answer["Content"].decode()), strict=True))
    except csv.Error as error:
        raise ValueError(str(error)) from error
    rows: dict[str, Row | Gap] = {}
    for line in lines:
        owner = ROOT if line["user"] == ROOT else line["arn"]
        rows[owner] = _TWICE if owner in rows else _row(line, generated)
    return CredentialReport(generated=generated, rows=rows)


def _row(line: dict[str | Any, str | Any], generated: datetime) -> Row | Gap:
    """A line that breaks off has no value in its last columns: they are missing, not empty."""
    if None in line:
        return Gap(ACTION, "the report's row has more cells than columns")
    row = {column: cell for column, cell in line.items() if cell is not None}
    late = [
        column for column in row if column.endswith(_TIMES) and _is_after(row, column, generated)
    ]
    return Gap(ACTION, f"{late[0]} lies after the report itself") if late else row


def _is_after(row: Row, column: str, generated: datetime) -> bool:
    """A time in the future would make what is old look young."""
    try:
        return _when(row, column) > generated + _SKEW
    except ValueError:
        return False  # no time at all: whoever needs the cell will see


def untimely(generated: datetime, taken: datetime) -> Gap | None:
    """Why a report of that time can't be AWS's latest at the time of the snapshot."""
    if -_SKEW <= taken - generated <= _OLDEST:
        return None
    when = f"{generated:%Y-%m-%d %H:%M} UTC"
    return Gap(ACTION, f"the report is of {when}, which is not within the last four hours")


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
    changed = _maybe(row, "password_last_changed", _NONE, "not_supported")
    return Password(
        last_used=password_last_used(row),
        changed=changed or Gap(ACTION, "no date for the password's last change"),
    )


def has_root_password(row: Row) -> bool:
    """Reports that say nothing of it are from before root could be without one.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
    """
    column = "password_enabled"
    return row[column] == "not_supported" or _flag(row, column)


def password_last_used(row: Row) -> datetime | None:
    return _maybe(row, "password_last_used", _NONE, _NEVER)


def mfa_active(row: Row) -> bool:
    return _flag(row, "mfa_active")


def access_keys(row: Row) -> tuple[AccessKey, ...]:
    return tuple(key for slot in _SLOTS if (key := _access_key(row, slot)))


def certificates(row: Row) -> tuple[CertificateSlot, ...]:
    found = []
    for slot in _SLOTS:
        active = _flag(row, f"cert_{slot}_active")
        rotated = _maybe(row, f"cert_{slot}_last_rotated")
        if active or rotated:
            found.append(CertificateSlot(slot=slot, active=active, rotated=rotated))
    return tuple(found)


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
    return None if row[column] == _NONE else row[column]


def _maybe(row: Row, column: str, *nothing: str) -> datetime | None:
    """None for the words by which AWS says that there is none in this column."""
    return None if row[column] in (nothing or (_NONE,)) else _when(row, column)


def _when(row: Row, column: str) -> datetime:
    try:
        when = datetime.fromisoformat(row[column])
        utc = when.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{column} is {row[column]!r}") from error
    if when.tzinfo is None:
        raise ValueError(f"{column} has no time zone: {row[column]!r}")
    return utc


def _odd(error: KeyError | ValueError) -> Gap:
    if isinstance(error, KeyError):
        return Gap(ACTION, f"the report has no column {error.args[0]}")
    return Gap(ACTION, f"the report is not understood: {error}")
