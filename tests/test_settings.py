"""Settings: what is accepted, by whom, until when; a mistake is told with its place."""

import re
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.acceptance import acceptances, is_accepted
from idkeep.api.catalog import load_catalog
from idkeep.api.settings import load_settings
from idkeep.checks import ALL, SuppressionTally, run, settle
from idkeep.checks.samples import ANA, key, snapshot_of
from idkeep.config import AcceptedGap, Settings, parse
from idkeep.config.template import TEMPLATE
from idkeep.errors import IdkeepError, Unreadable
from idkeep.model import Gap, Severity, Status, Verdict

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
        ('reason = "the', 'because = "the', "14:1", "there is no setting `because`"),
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


SUPPRESSED = """
[[suppressions]]
check = "old-access-key"
resource = "arn:aws:iam::*:user/ana"
reason = "the supplier rotates in March"
owner = "platform"
expires = 2026-12-31

[[severities]]
check = "two-active-*"
severity = "critical"
reason = "our rule"
"""


def judged(settings: Settings, on: date) -> dict[str, Verdict]:
    """Of a user with two old keys, by check."""
    user = replace(ANA, access_keys=(key(1, age=400), key(2, age=500)))
    outcomes = run(ALL, Estate(snapshot_of(user), settings, load_catalog()))
    return {
        outcome.check: verdict
        for outcome in settle(outcomes, settings, on)
        for verdict in outcome.verdicts
        if verdict.subject.name == "ana"
    }


def test_a_suppressed_finding_stays_with_who_agreed_to_it() -> None:
    one = judged(parse(SUPPRESSED), date(2026, 12, 31))["old-access-key"]
    assert one.status is Status.SUPPRESSED
    assert len(one.findings) == 2
    assert {f.suppressed.owner for f in one.findings if f.suppressed} == {"platform"}


def test_a_suppression_that_has_expired_suppresses_nothing() -> None:
    one = judged(parse(SUPPRESSED), date(2027, 1, 1))["old-access-key"]
    assert one.status is Status.FAIL
    assert not any(finding.suppressed for finding in one.findings)


def test_one_finding_of_two_can_be_suppressed_alone() -> None:
    first = judged(Settings(), date(2026, 6, 1))["old-access-key"].findings[0]
    line = (
        f'[[suppressions]]\nfinding = "{first.id}"\nreason = "r"\nowner = "o"\nexpires = 2027-01-01'
    )
    one = judged(parse(line), date(2026, 6, 1))["old-access-key"]
    assert one.status is Status.FAIL
    assert [bool(finding.suppressed) for finding in one.findings] == [True, False]
    assert one.open == one.findings[1:]


def test_a_severity_of_the_settings_says_that_it_is_theirs() -> None:
    [finding] = judged(parse(SUPPRESSED), date(2026, 6, 1))["two-active-access-keys"].findings
    assert finding.severity is Severity.CRITICAL
    assert finding.because == "settings: our rule"


def test_every_suppression_is_told_with_what_it_names() -> None:
    settings = parse(
        SUPPRESSED + SUPPRESSED.split("[[sev", maxsplit=1)[0].replace("user/ana", "user/nobody")
    )
    user = replace(ANA, access_keys=(key(1, age=400),))
    outcomes = run(ALL, Estate(snapshot_of(user), settings, load_catalog()))
    tally = SuppressionTally(settings, date(2027, 6, 1))
    for outcome in outcomes:
        for verdict in outcome.verdicts:
            for finding in verdict.findings:
                tally.add(outcome.check, verdict.subject, finding)
    uses = tally.uses()
    assert [(one.findings, one.expired) for one in uses] == [(1, True), (0, True)]


def test_a_suppression_of_no_check_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "idkeep.toml"
    path.write_text(SUPPRESSED.replace("old-access-key", "old-access-kye"))
    with pytest.raises(IdkeepError, match="suppressions names no check: old-access-kye"):
        load_settings(path)


def test_a_profile_sets_what_the_file_does_not() -> None:
    nist = parse('profile = "nist-800-63b-4"\nmin_password_length = 20')
    assert (nist.min_password_length, nist.max_password_age) == (20, None)
    assert not nist.password_composition


def test_a_table_of_pyproject_serves_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text('[project]\nname = "x"\n\n[tool.idkeep]\nunused_after = 7\n')
    assert load_settings(None).unused_after == 7
    Path("pyproject.toml").write_text("[tool.other]\nx = 1\n\n[tool.idkeep]\nunused_afte = 7\n")
    with pytest.raises(Unreadable, match=r"pyproject.toml:5:1: .*unused_afte"):
        load_settings(None)
    Path("idkeep.toml").write_text("unused_after = 8")
    assert load_settings(None).unused_after == 8


def test_evidence_that_has_changed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "review.pdf").write_bytes(b"as it was")
    path = tmp_path / "idkeep.toml"
    lines = '[[evidence]]\nframework = "cis-7.0"\ncontrol = "2.1.4"\npassed = true\nwho = "ana"\n'
    digest = sha256(b"as it was").hexdigest()
    path.write_text(f'{lines}when = 2026-10-12\nfile = "review.pdf"\nsha256 = "{digest}"')
    assert load_settings(path).evidence[0].sha256 == digest
    (tmp_path / "review.pdf").write_bytes(b"as it is")
    with pytest.raises(IdkeepError, match=r"cis-7\.0 2\.1\.4 has changed"):
        load_settings(path)


def test_the_file_of_init_changes_nothing_and_each_line_of_it_is_true() -> None:
    assert parse(TEMPLATE) == Settings()
    uncommented = re.sub(r"(?m)^# (?=[a-z_]+ = |\[\[)", "", TEMPLATE)
    told = parse(uncommented)
    assert told.root_register
    assert told.evidence
    names = set(Settings.__struct_fields__)
    assert names == {name for name in names if re.search(rf"(?m)^(\[\[)?{name}\b", uncommented)}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[[suppressions]]\ncheck = "root-*"\nreason = "x"\n', "1:1"),
        ('# a\nunused_after = 3\n[[suppressions]] # one\ncheck = "x"\n  owner = 3\n', "5:3"),
        ('[[suppressions]]\ncheck = "A B"\n[[suppressions]]\ncheck = "ok"\n', "2:1"),
        ('unused_after = 1\nsuppressions = [{check = "a"}]\n', "2:1"),
        ("[[suppressions]\n", "1:15"),
        ("unused_after = 1\nmax_acess_key_age = 1\n", "2:1"),
    ],
)
def test_every_mistake_is_told_with_its_line_and_column(text: str, place: str) -> None:
    with pytest.raises(Unreadable, match=f"^idkeep.toml:{place}: "):
        parse(text)
