"""Settings: what is accepted, by whom, until when; a mistake is told with its place."""

from datetime import date
from pathlib import Path

import pytest

from idkeep.access.acceptance import acceptances, is_accepted
from idkeep.api.settings import load_settings
from idkeep.config import AcceptedGap, Settings, parse
from idkeep.errors import IdkeepError, Unreadable
from idkeep.model import Gap

LINE = """\
max_password_age = 90

[[accepted_gaps]]
action = "guardduty:*"
account = "1111*"
region = "me-south-1"
reason = "closed by an SCP"
owner = "platform@example.com"
expires = 2027-01-31

[[accepted_gaps]]
action = "sts:AssumeRole"
account = "444455556666"
reason = "the auditors' own"
owner = "ana"
expires = 2026-12-31
"""
CLOSED = Gap("guardduty:ListDetectors", "AccessDeniedException", "", "me-south-1")
OURS = "111122223333"


def test_a_line_names_its_gap_until_its_day_is_over() -> None:
    settings = parse(LINE)
    assert settings.max_password_age == 90
    assert is_accepted(CLOSED, OURS, settings, date(2027, 1, 31))
    assert not is_accepted(CLOSED, OURS, settings, date(2027, 2, 1))


@pytest.mark.parametrize(
    ("gap", "account"),
    [
        (Gap("guardduty:ListDetectors", "x", "", "eu-west-1"), OURS),
        (Gap("guardduty:ListDetectors", "x"), OURS),
        (Gap("iam:ListRoles", "x", "", "me-south-1"), OURS),
        (CLOSED, "222233334444"),
        (Gap("sts:AssumeRole", "x"), OURS),
    ],
)
def test_another_action_account_or_region_is_not_accepted(gap: Gap, account: str) -> None:
    assert not is_accepted(gap, account, parse(LINE), date(2026, 6, 1))


def test_each_line_is_told_with_what_it_names() -> None:
    found = acceptances([(OURS, CLOSED), (OURS, CLOSED)], parse(LINE), date(2027, 1, 15))
    assert [(one.gaps, one.expired) for one in found] == [(2, False), (0, True)]
    assert str(found[0]) == (
        "guardduty:* in me-south-1 of account 1111* (closed by an SCP; platform@example.com, "
        "until 2027-01-31)"
    )


@pytest.mark.parametrize(
    ("before", "after", "place", "words"),
    [
        ('owner = "ana"\n', "", "11:1", "missing required field `owner`"),
        ('owner = "ana"', 'owner = ""', "15:1", "length >= 1"),
        ("expires = 2026-12-31", 'expires = "soon"', "16:1", "date"),
        ('action = "sts:AssumeRole"', 'action = "sts AssumeRole"', "12:1", "matching regex"),
        ('reason = "the', 'because = "the', "14:1", "unknown field `because`"),
        ("max_password_age = 90", "max_password_age = -1", "1:1", ">= 0"),
    ],
)
def test_a_mistake_is_told_with_its_place(before: str, after: str, place: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words) as wrong:
        parse(LINE.replace(before, after))
    assert wrong.value.message.startswith(f"idkeep.toml:{place}: ")


def test_an_action_that_no_scan_asks_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "idkeep.toml"
    path.write_text(LINE.replace("guardduty:*", "guardduti:*"))
    with pytest.raises(IdkeepError, match=r"names what no scan asks: guardduti:\*"):
        load_settings(path)
    path.write_text(LINE)
    assert len(load_settings(path).accepted_gaps) == 2


def test_nothing_is_accepted_unless_it_is_said() -> None:
    assert not is_accepted(CLOSED, OURS, Settings(), date(2026, 6, 1))
    everywhere = AcceptedGap(action="*", reason="r", owner="o", expires=date(2026, 6, 1))
    assert is_accepted(CLOSED, OURS, Settings(accepted_gaps=(everywhere,)), date(2026, 6, 1))
