"""The credential report, row by row: what AWS's words mean, and what a strange cell costs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idkeep.collect import credential_report as report
from idkeep.collect.credential_report import CREDENTIAL_REPORT, CredentialReport
from idkeep.collect.declare import built
from idkeep.model import Gap

HEADER = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"
    "password_next_rotation,mfa_active,"
    "access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_1_last_used_region,access_key_1_last_used_service,"
    "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,"
    "cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
)
ROW: dict[str, str] = {
    "user": "ana",
    "arn": "arn:aws:iam::111122223333:user/ana",
    "user_creation_time": "2024-01-01T00:00:00+00:00",
    "password_enabled": "true",
    "password_last_used": "no_information",
    "password_last_changed": "2024-02-01T00:00:00+00:00",
    "mfa_active": "false",
    **{f"access_key_{n}_active": "false" for n in (1, 2)},
    **{f"access_key_{n}_last_{w}": "N/A" for n in (1, 2) for w in ("rotated", "used_date")},
    **{f"access_key_{n}_last_used_{w}": "N/A" for n in (1, 2) for w in ("region", "service")},
}
KEY_2 = {
    "access_key_2_active": "true",
    "access_key_2_last_rotated": "2020-01-01T00:00:00+00:00",
    "access_key_2_last_used_date": "2026-01-01T00:00:00Z",
    "access_key_2_last_used_region": "eu-west-1",
    "access_key_2_last_used_service": "s3",
}
GENERATED = datetime(2026, 11, 1, tzinfo=UTC)


def parsed(*rows: dict[str, str], header: str = HEADER) -> CredentialReport | Gap:
    columns = header.split(",")
    lines = [header, *(",".join(row.get(one, "N/A") for one in columns) for row in rows)]
    answer = {"Content": "\n".join(lines).encode(), "GeneratedTime": GENERATED}
    return built(CREDENTIAL_REPORT, (answer,))


def test_a_password_never_used_is_not_a_password_never_set() -> None:
    password = report.password(ROW)
    assert password is not None
    assert password.last_used is None
    assert password.changed == datetime(2024, 2, 1, tzinfo=UTC)
    assert report.password({**ROW, "password_enabled": "false"}) is None


def test_a_leftover_last_use_is_no_password() -> None:
    gone = {**ROW, "password_enabled": "false", "password_last_used": "2025-01-01T00:00:00+00:00"}
    assert report.password(gone) is None


def test_each_key_has_its_own_dates() -> None:
    [key] = report.access_keys({**ROW, **KEY_2})
    assert (key.slot, key.rotated.year, key.last_used_service) == (2, 2020, "s3")


def test_an_inactive_key_with_a_date_is_a_key() -> None:
    [key] = report.access_keys({**ROW, **KEY_2, "access_key_2_active": "false"})
    assert not key.active


@pytest.mark.parametrize("word", ["TRUE", "true", "True"])
def test_booleans_come_in_any_case(word: str) -> None:
    assert report.mfa_active({**ROW, "mfa_active": word})


@pytest.mark.parametrize(
    ("cell", "value", "tell"),
    [
        ("mfa_active", "not_supported", report.mfa_active),
        ("password_enabled", "", report.password),
        ("password_last_changed", "yesterday", report.password),
        ("access_key_1_active", "maybe", report.access_keys),
    ],
)
def test_a_strange_cell_is_a_gap_for_that_fact_alone(cell: str, value: str, tell: Any) -> None:
    found = report.told({**ROW, cell: value}, tell)
    assert isinstance(found, Gap)
    assert found.action == "iam:GetCredentialReport"
    assert cell in found.error


def test_a_missing_column_is_a_gap_and_not_a_default() -> None:
    row = {name: value for name, value in ROW.items() if name != "mfa_active"}
    assert report.told(row, report.mfa_active) == Gap(
        "iam:GetCredentialReport", "the report has no column mfa_active"
    )
    assert report.told(row, report.password) is not None


def test_a_line_that_breaks_off_is_a_gap_and_not_a_key_never_used() -> None:
    header = HEADER.split(",")
    cells = [{**ROW, **KEY_2}.get(one, "N/A") for one in header]
    cut = ",".join(cells[: header.index("access_key_2_last_used_date")])
    answer = {"Content": f"{HEADER}\n{cut}".encode(), "GeneratedTime": GENERATED}
    found = built(CREDENTIAL_REPORT, (answer,))
    assert isinstance(found, CredentialReport)
    assert isinstance(report.told(found.rows[ROW["arn"]], report.access_keys), Gap)
    assert report.told(found.rows[ROW["arn"]], report.mfa_active) is False


def test_a_password_without_a_date_is_a_password_whose_age_is_not_known() -> None:
    password = report.password({**ROW, "password_last_changed": "N/A"})
    assert password is not None
    assert isinstance(password.changed, Gap)


def test_a_user_is_found_by_arn_and_root_by_its_own_name() -> None:
    found = parsed(ROW, {**ROW, "user": "<root_account>", "arn": "arn:aws:iam::1:root"})
    assert isinstance(found, CredentialReport)
    created = datetime(2024, 1, 1, tzinfo=UTC)
    assert not isinstance(found.row(ROW["arn"], created), Gap)
    root = found.rows[report.ROOT]
    assert not isinstance(root, Gap)
    assert root["user"] == "<root_account>"


def test_a_row_of_an_earlier_user_with_the_same_name_is_not_taken_for_this_one() -> None:
    found = parsed(ROW)
    assert isinstance(found, CredentialReport)
    later = datetime(2026, 10, 31, tzinfo=UTC)
    assert "earlier user" in str(found.row(ROW["arn"], later))


def test_a_user_that_the_report_lacks_is_unknown_with_the_reason() -> None:
    found = parsed()
    assert isinstance(found, CredentialReport)
    assert "is younger than the report" in str(found.row("x", GENERATED + timedelta(minutes=5)))
    assert "no row in the report" in str(found.row("x", GENERATED - timedelta(days=5)))


@pytest.mark.parametrize(
    ("age", "told"),
    [
        (timedelta(0), "believed"),
        (timedelta(hours=4), "believed"),
        (timedelta(hours=5), "too old"),
        (timedelta(minutes=-4), "believed"),
        (timedelta(hours=-1), "of the future"),
    ],
)
def test_a_report_that_is_not_of_the_last_four_hours_is_a_gap(age: timedelta, told: str) -> None:
    found = report.untimely(GENERATED, GENERATED + age)
    assert (found is None) == (told == "believed")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"<html>", b"", b'a,"b\n'])
def test_what_is_no_report_is_a_gap(content: bytes) -> None:
    answer = {"Content": content, "GeneratedTime": GENERATED}
    found = built(CREDENTIAL_REPORT, (answer,))
    assert isinstance(found, Gap) or not found.rows


CELLS = st.text(max_size=30) | st.sampled_from(
    (
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2099-01-01T00:00:00+00:00",
        "2020-01-01T00:00:00",
        "20200101",
        "N/A",
        "no_information",
        "not_supported",
        "true",
    )
)


@given(st.dictionaries(st.sampled_from(sorted({**ROW, **KEY_2})), CELLS))
def test_no_row_is_too_strange(changes: dict[str, str]) -> None:
    row = {**ROW, **changes}
    for tell in (report.password, report.mfa_active, report.access_keys):
        report.told(row, tell)  # a value or a gap, never an exception
    found = parsed(row)
    assert isinstance(found, CredentialReport | Gap)
    if isinstance(found, CredentialReport):
        for one in found.rows.values():
            for key in () if isinstance(one, Gap) else _keys(one):
                assert key.rotated <= GENERATED + timedelta(minutes=5)


def _keys(row: Any) -> Any:
    keys = report.told(row, report.access_keys)
    return () if isinstance(keys, Gap) else keys
