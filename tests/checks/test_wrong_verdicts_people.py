"""Verdicts about root, MFA, keys and passwords that scanners got wrong, each by its number."""

import csv
from collections.abc import Mapping
from io import StringIO
from typing import Any

import pytest
from msgspec.structs import replace

from collect.an_account import ANSWERS, SUMMARY, arn, report
from collect.answers import NOW, Answers, aws_of
from collect.answers import ago as before
from idkeep.access import Estate
from idkeep.checks import ALL, run
from idkeep.checks.root import GOVCLOUD
from idkeep.checks.samples import (
    ACCOUNT,
    ANA,
    APP,
    NO_SUMMARY,
    ORGANIZATION,
    ROOT,
    ago,
    key,
    password,
)
from idkeep.collect import collect
from idkeep.config import RootRegister, Settings
from idkeep.model import (
    Family,
    MfaDevice,
    MfaKind,
    NotToldHere,
    Outcome,
    PasswordPolicy,
    Root,
    RootFeatures,
    Snapshot,
    Status,
)

from .judging import BY_ID, CATALOG, judged, messages, status

PASSKEY = MfaDevice(serial="arn:aws:iam::111122223333:u2f/user/ana/one", kind=MfaKind.FIDO)
ROOT_ROW = "<root_account>"


def scanned(
    cells: Mapping[str, Mapping[str, str]] | None = None, summary: Mapping[str, int] | None = None
) -> Snapshot:
    """An account as it is read from AWS's answers, with other cells in its credential report."""
    lines = list(csv.DictReader(StringIO(report().decode())))
    out = StringIO()
    writer = csv.DictWriter(out, lines[0])
    writer.writeheader()
    for line in lines:
        writer.writerow({**line, **(cells or {}).get(line["user"], {})})
    answers = {
        **ANSWERS,
        "iam:GetCredentialReport": {
            "Content": out.getvalue().encode(),
            "GeneratedTime": before(1 / 24),
        },
        "iam:GetAccountSummary": {"SummaryMap": SUMMARY | dict(summary or {})},
    }
    return collect(aws_of(Answers(answers)), now=lambda: NOW, families={Family.IDENTITY})


def outcome(check: str, snapshot: Snapshot) -> Outcome:
    [one] = run([BY_ID[check]], Estate(snapshot, Settings(), CATALOG))
    return one


def said(check: str, snapshot: Snapshot, name: str) -> Status:
    [one] = [one for one in outcome(check, snapshot).verdicts if one.subject.name == name]
    return one.status


def with_root(**facts: Any) -> Root:
    return replace(ROOT, **facts)


def test_wrong_verdict_1_an_authenticator_app_is_no_hardware() -> None:
    assert status("root-mfa-can-be-phished", with_root(virtual_mfa=(APP,))) is Status.FAIL


def test_wrong_verdict_2_an_app_beside_a_security_key_is_mfa_and_a_fact_of_its_own() -> None:
    both = with_root(has_mfa=True, virtual_mfa=(APP,))
    assert status("root-without-mfa", both) is Status.PASS
    assert messages(judged("root-mfa-can-be-phished", both)) == (
        "accepts a code from an authenticator app as second factor",
    )
    entry = RootRegister(
        account=ACCOUNT.id, people=("Ana",), owner="Security", reviewed=NOW.date(), mfa_devices=2
    )
    recorded = Settings(root_register=(entry,))
    assert judged("root-has-one-mfa-device", both, recorded).status is Status.PASS
    assert status("root-mfa-can-be-phished", with_root(has_mfa=True, virtual_mfa=())) is Status.PASS


@pytest.mark.parametrize(("live", "verdict"), [(1, Status.PASS), (0, Status.FAIL)])
def test_wrong_verdict_3_the_live_summary_counts_and_not_an_older_report(
    live: int, verdict: Status
) -> None:
    contrary = {ROOT_ROW: {"mfa_active": "false" if live else "true"}}
    snapshot = scanned(contrary, {"AccountMFAEnabled": live})
    [one] = outcome("root-without-mfa", snapshot).verdicts
    assert one.status is verdict
    [fact] = [each for each in one.evidence if each.name == "has_mfa"]
    assert (fact.action, fact.as_of) == ("iam:GetAccountSummary", NOW)
    assert snapshot.credential_report_generated == before(1 / 24)


GONE = with_root(has_mfa=False, has_password=False, has_certificates=False)
# A member's view: whether root access is managed centrally is told in the management account.
MEMBER = replace(
    ACCOUNT,
    root_features=NotToldHere(code="AccountNotManagementOrDelegatedAdministratorException"),
)
CENTRAL = replace(
    ACCOUNT,
    root_features=RootFeatures(
        organization=ORGANIZATION.id, enabled=("RootCredentialsManagement", "RootSessions")
    ),
)


def test_wrong_verdict_4_root_without_credentials_has_no_mfa_to_miss() -> None:
    around: dict[str, Any] = {"organization": ORGANIZATION, "account": MEMBER}
    one = judged("root-without-mfa", GONE, **around)
    assert one.status is Status.NOT_APPLICABLE
    assert "no password" in one.not_applicable
    assert status("root-mfa-can-be-phished", GONE, **around) is Status.NOT_APPLICABLE
    assert status("root-has-one-mfa-device", GONE, **around) is Status.NOT_APPLICABLE
    assert status("root-credentials-in-member", GONE, **around) is Status.PASS


@pytest.mark.parametrize("account", [MEMBER, CENTRAL])
def test_wrong_verdict_5_a_key_that_is_there_counts_whatever_is_switched_on(account: Any) -> None:
    around: dict[str, Any] = {"organization": ORGANIZATION, "account": account}
    kept = replace(GONE, has_access_keys=True)
    for check in ("root-access-key", "root-credentials-in-member"):
        assert status(check, kept, **around) is Status.FAIL
        assert status(check, replace(GONE, has_access_keys=NO_SUMMARY), **around) is Status.UNKNOWN


@pytest.mark.parametrize(
    "check", ["root-without-mfa", "root-mfa-can-be-phished", "root-has-one-mfa-device"]
)
def test_wrong_verdict_6_root_of_a_govcloud_account_has_no_sign_in_to_protect(check: str) -> None:
    one = judged(check, GOVCLOUD)
    assert one.status is Status.NOT_APPLICABLE
    assert "GovCloud" in one.not_applicable


@pytest.mark.parametrize(("days", "said"), [(90, Status.FAIL), (91, Status.PASS)])
def test_wrong_verdict_7_root_was_used_lately_and_not_long_ago(days: int, said: Status) -> None:
    assert status("root-password-used-lately", with_root(password_last_used=ago(days))) is said


def test_wrong_verdict_8_roots_row_in_the_report_is_no_user() -> None:
    signs_in = {"password_enabled": "true", "mfa_active": "false"}
    snapshot = scanned({ROOT_ROW: signs_in, "plain": signs_in})
    assert {one.name for one in snapshot.users} == {"app", "keyed", "token", "plain", "newcomer"}
    assert said("console-user-without-mfa", snapshot, "plain") is Status.FAIL
    for one in run(ALL, Estate(snapshot, Settings(), CATALOG)):
        kinds = {each.subject.kind for each in one.verdicts}
        if kinds == {"User"}:
            assert not [each for each in one.verdicts if each.subject.arn.endswith(":root")]
            assert len(one.verdicts) == len(snapshot.users)


def test_wrong_verdict_9_no_password_needs_no_console_mfa() -> None:
    assert status("console-user-without-mfa", ANA) is Status.NOT_APPLICABLE


def test_wrong_verdict_10_a_passkey_is_mfa() -> None:
    keyed = replace(ANA, password=password(), mfa_active=True, mfa_devices=(PASSKEY,))
    assert status("console-user-without-mfa", keyed) is Status.PASS


def test_wrong_verdict_11_each_key_has_its_own_age() -> None:
    keys = {
        f"access_key_{slot}_{column}": value
        for slot, days in ((1, 10), (2, 200))
        for column, value in (
            ("active", "true"),
            ("last_rotated", before(days).isoformat()),
            ("last_used_date", before(1).isoformat()),
        )
    }
    verdicts = outcome("old-access-key", scanned({"plain": keys})).verdicts
    [finding] = next(one for one in verdicts if one.subject.arn == arn("user", "plain")).findings
    assert "access key 2" in finding.message
    assert "200 days old" in finding.message


def test_wrong_verdict_12_two_stale_keys_are_two_findings() -> None:
    two = replace(ANA, access_keys=(key(1, age=300), key(2, age=200)))
    found = judged("old-access-key", two).findings
    assert len({one.id for one in found}) == 2


def test_wrong_verdict_13_an_inactive_key_need_not_be_rotated() -> None:
    off = replace(ANA, access_keys=(key(age=400, used=90, active=False),))
    assert status("old-access-key", off) is Status.PASS
    assert status("inactive-key-left", off) is Status.FAIL


def test_wrong_verdict_14_a_date_that_a_password_left_is_no_unused_password() -> None:
    left = {"password_enabled": "false", "password_last_used": before(300).isoformat()}
    snapshot = scanned({"plain": left})
    for check in ("unused-password", "never-used-password", "console-user-without-mfa"):
        assert said(check, snapshot, "plain") is Status.NOT_APPLICABLE
    still = {
        **left,
        "password_enabled": "true",
        "password_last_changed": before(500).isoformat(),
    }
    assert said("unused-password", scanned({"plain": still}), "plain") is Status.FAIL


def test_wrong_verdict_15_a_key_of_today_is_not_unused() -> None:
    fresh = replace(ANA, access_keys=(key(age=0.01, used=None),))
    assert status("never-used-access-key", fresh) is Status.PASS


def test_wrong_verdict_16_keys_are_judged_beside_the_password() -> None:
    idle = replace(ANA, password=password(), access_keys=(key(age=300, used=200),))
    assert status("unused-access-key", idle) is Status.FAIL


def test_wrong_verdict_17_an_old_key_that_nobody_uses_is_found() -> None:
    old = replace(ANA, access_keys=(key(age=300, used=90),))
    assert status("unused-access-key", old) is Status.FAIL


def test_wrong_verdict_18_old_and_unused_are_two_rules() -> None:
    busy = replace(ANA, access_keys=(key(age=400, used=1),))
    assert status("old-access-key", busy) is Status.FAIL
    assert status("unused-access-key", busy) is Status.PASS


def test_wrong_verdict_19_more_than_asked_for_is_enough() -> None:
    strict = replace(ACCOUNT, password_policy=PasswordPolicy(min_length=20, remembered=24))
    assert status("short-passwords", strict) is Status.PASS
    assert status("reused-passwords", strict) is Status.PASS
    signs_in = replace(ANA, password=password())
    ninety = Settings(max_password_age=90)
    for days, verdict in ((30, Status.PASS), (90, Status.PASS), (91, Status.FAIL)):
        account = replace(ACCOUNT, password_policy=PasswordPolicy(min_length=14, max_age_days=days))
        one = judged("passwords-never-expire", account, ninety, users=(signs_in,))
        assert one.status is verdict


def test_wrong_verdict_20_expiry_means_nothing_where_nobody_has_a_password() -> None:
    check, lax = "passwords-never-expire", replace(ACCOUNT, password_policy=None)
    assert status(check, lax, users=(ANA,)) is Status.NOT_APPLICABLE
    assert status(check, lax, users=(ANA, replace(ANA, password=password()))) is Status.FAIL
