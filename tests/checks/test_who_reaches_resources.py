"""Policies of resources that let in more, or fewer, than they seem to."""

from typing import Any

import pytest

from idkeep.access import Estate
from idkeep.access.engine import Engine
from idkeep.access.openings import openings
from idkeep.checks import run
from idkeep.checks.policies.resource_kinds import KINDS, ResourceKind, bucket
from idkeep.checks.samples import ACCOUNT, ORGANIZATION, allow, deny, snapshot_of, text
from idkeep.checks.trust.samples import PARTNER
from idkeep.config import Settings
from idkeep.model import NotAsked, Severity, Status, Verdict
from idkeep.model.facts import Family
from idkeep.model.resources import Resources

from .judging import BY_ID, CATALOG, judged, messages

OWN = ACCOUNT.id
BY_NAME = {one.name: one for one in KINDS}
OPEN, UNKNOWN, SERVES = "open-to-anybody", "open-to-unknown-accounts", "serves-any-account"


def asked(
    check: str, *statements: dict[str, object], kind: str = "queue", **around: Any
) -> Verdict:
    if kind == "bucket":
        around |= {"resources": Resources(account_public_access_block=None)}
    made = BY_NAME[kind].make(text(*statements))
    return judged(f"{kind.replace('_', '-')}-{check}", made, **around)


def lets(
    principal: object, condition: object = None, action: object = "", kind: str = "queue"
) -> dict[str, object]:
    more = {"Condition": condition} if condition else {}
    one = BY_NAME[kind]
    return allow(action or one.action, one.resource, Principal=principal, **more)


def asks(operator: str, key: str, *values: str) -> dict[str, object]:
    return {operator: {key: list(values)}}


@pytest.mark.parametrize("action", ["*", "{}:*"])
@pytest.mark.parametrize("kind", [one for one in KINDS if one.name != "access_point"])
def test_all_actions_are_more_than_one_of_them(kind: ResourceKind, action: str) -> None:
    """Some that a service honours at home alone do not stand for those that it honours abroad."""
    every = action.format(kind.service)
    made = kind.make(text(lets({"AWS": PARTNER}, action=every, kind=kind.name)))
    around = {"resources": Resources(account_public_access_block=None)}
    engine = Engine(snapshot_of(made, **around if kind.name == "bucket" else {}), CATALOG)
    [found] = openings(engine, engine.site(made), (kind.service,))
    assert kind.action in found.actions


def test_a_perimeter_that_spares_services_keeps_out_who_does_not_sign_in() -> None:
    ours = asks("StringNotEquals", "aws:PrincipalOrgID", ORGANIZATION.id)
    spared = {**ours, **asks("BoolIfExists", "aws:PrincipalIsAWSService", "false")}
    held = (lets("*"), deny("*", "*", Principal="*", Condition=spared))
    assert asked(OPEN, *held, organization=ORGANIZATION).status is Status.PASS
    # Without IfExists the denial is silent about them.
    leaky = {**ours, **asks("Bool", "aws:PrincipalIsAWSService", "false")}
    held = (lets("*"), deny("*", "*", Principal="*", Condition=leaky))
    assert messages(asked(OPEN, *held, organization=ORGANIZATION))[0].startswith("lets anybody do")


@pytest.mark.parametrize(
    "condition",
    [
        asks("Bool", "aws:MultiFactorAuthPresent", "true"),
        asks("StringEquals", "aws:PrincipalTag/team", "shop"),
        asks("Null", "aws:PrincipalIsAWSService", "false"),
    ],
)
def test_what_is_told_of_people_who_sign_in_is_not_told_of_others(condition: object) -> None:
    [found] = asked(OPEN, lets("*", condition)).findings
    assert found.message.startswith("lets anybody with an AWS account do")


def test_what_an_account_of_ones_own_lets_people_do_besides_is_told() -> None:
    signed = asks("Null", "aws:PrincipalAccount", "false")
    both = asked(OPEN, lets("*"), lets("*", signed, "sqs:ReceiveMessage"))
    assert messages(both) == (
        "lets anybody do sqs:SendMessage",
        "lets anybody with an AWS account do sqs:ReceiveMessage, sqs:SendMessage",
    )
    assert len({one.id for one in both.findings}) == 2
    assert len(asked(OPEN, lets("*", action="sqs:*")).findings) == 1


@pytest.mark.parametrize(
    ("condition", "severity"),
    [
        (asks("IpAddress", "aws:SourceIp", "0.0.0.0/0"), Severity.HIGH),
        (asks("IpAddress", "aws:SourceIp", "0.0.0.0/1", "128.0.0.0/1"), Severity.HIGH),
        (asks("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"), Severity.HIGH),
        (asks("StringLike", "aws:SourceVpce", "*"), Severity.HIGH),
        (asks("IpAddress", "aws:SourceIp", "203.0.113.0/24"), Severity.MEDIUM),
        (asks("StringEquals", "aws:SourceVpce", "vpce-1a2b3c4d"), Severity.MEDIUM),
    ],
)
def test_a_place_that_is_everywhere_narrows_nothing(condition: object, severity: Severity) -> None:
    [found] = asked(OPEN, lets("*", condition)).findings
    assert found.severity is severity


def test_somebody_may_have_a_service_ask() -> None:
    through = asks("Bool", "aws:ViaAWSService", "true")
    assert messages(asked(OPEN, lets("*", through))) == (
        "lets anybody with an AWS account do sqs:SendMessage",
    )
    by = asks("ForAnyValue:StringEquals", "aws:CalledVia", "athena.amazonaws.com")
    assert asked(OPEN, lets("*", by)).status is Status.FAIL


@pytest.mark.parametrize(
    ("condition", "service"),
    [
        (asks("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:*"), "sns"),
        (asks("StringEquals", "aws:PrincipalServiceName", "sns.amazonaws.com"), "sns"),
        (asks("Bool", "aws:PrincipalIsAWSService", "true"), "lambda"),
    ],
)
def test_a_service_that_a_condition_lets_in_for_anybody(condition: object, service: str) -> None:
    assert asked(OPEN, lets("*", condition)).status is Status.PASS
    assert messages(asked(SERVES, lets("*", condition))) == (
        f"lets {service}.amazonaws.com do sqs:SendMessage for any account",
    )


def test_a_service_that_a_condition_lets_in_for_this_account() -> None:
    for held in (
        asks("ArnLike", "aws:SourceArn", f"arn:aws:sns:*:{OWN}:*"),
        asks("StringEquals", "aws:SourceAccount", OWN),
    ):
        assert asked(SERVES, lets("*", held)).status is Status.PASS
        assert asked(OPEN, lets("*", held)).status is Status.PASS


def test_a_service_that_acts_for_a_strangers_account_or_organisation_is_told() -> None:
    """With whatever else is asked of it; each stranger is a finding, and a known one none."""
    both = asks("StringEquals", "aws:SourceAccount", "444455556666", "777788889999", OWN)
    assert messages(asked(SERVES, lets({"Service": "sns.amazonaws.com"}, both))) == (
        "lets sns.amazonaws.com do sqs:SendMessage for account 444455556666",
        "lets sns.amazonaws.com do sqs:SendMessage for account 777788889999",
    )
    theirs = asks("ArnLike", "aws:SourceArn", "arn:aws:sns:*:444455556666:orders")
    assert asked(SERVES, lets("*", theirs)).status is Status.FAIL
    ours = asks("StringEquals", "aws:SourceOrgID", ORGANIZATION.id)
    held = lets({"Service": "sns.amazonaws.com"}, {**theirs, **ours})
    assert asked(SERVES, held, organization=ORGANIZATION).status is Status.PASS
    units = asks("ForAnyValue:StringLike", "aws:SourceOrgPaths", "o-otherorg123/r-1/ou-2/*")
    assert messages(asked(SERVES, lets({"Service": "sns.amazonaws.com"}, units))) == (
        "lets sns.amazonaws.com do sqs:SendMessage for the whole organisation o-otherorg123",
    )


def test_a_bucket_that_is_named_after_its_owner_is_still_the_owners() -> None:
    named = {
        **asks("StringEquals", "aws:SourceAccount", "444455556666"),
        **asks("ArnEquals", "aws:SourceArn", "arn:aws:s3:::logs-444455556666"),
    }
    assert messages(asked(SERVES, lets({"Service": "s3.amazonaws.com"}, named))) == (
        "lets s3.amazonaws.com do sqs:SendMessage for account 444455556666",
    )
    mine = {**named, **asks("StringEquals", "aws:SourceAccount", OWN)}
    assert asked(SERVES, lets({"Service": "s3.amazonaws.com"}, mine)).status is Status.PASS


def test_what_is_denied_to_a_strangers_service_is_no_finding() -> None:
    theirs = asks("StringEquals", "aws:SourceAccount", "444455556666")
    held = (lets({"Service": "sns.amazonaws.com"}, theirs), deny("*", Principal="*"))
    assert asked(SERVES, *held).status is Status.PASS


def test_what_can_not_be_told_is_not_a_pass() -> None:
    odd = asks("Bool", "aws:SecureTransport", "${aws:username}")
    assert asked(OPEN, lets("*", odd)).status is Status.UNKNOWN
    assert asked(UNKNOWN, lets({"AWS": PARTNER}, odd)).status is Status.UNKNOWN
    assert asked(SERVES, lets({"Service": "sns.amazonaws.com"}, odd)).status is Status.UNKNOWN
    assert asked(UNKNOWN, lets({"CanonicalUser": "a" * 64})).status is Status.UNKNOWN


def test_another_organisation_is_another_whoever_is_in_ours() -> None:
    theirs = asks("StringEquals", "aws:PrincipalOrgID", "o-otherorg123")
    one = asked(UNKNOWN, lets("*", theirs), organization=ORGANIZATION)
    assert one.status is Status.FAIL
    assert one.unknown == ()


@pytest.mark.parametrize("path", ["??", "${aws:PrincipalAccount}/*", "report-?.csv"])
def test_a_part_of_a_bucket_is_open(path: str) -> None:
    one = allow("s3:GetObject", f"arn:aws:s3:::larkfield/{path}", Principal={"AWS": PARTNER})
    assert asked(UNKNOWN, one, kind="bucket").status is Status.FAIL


def test_who_rules_a_bucket_is_told_where_nobody_knows_whether_it_is_a_stranger() -> None:
    """A part is left to the check on the whole only where that one finds something."""
    policy = text(allow("s3:PutObjectAcl", "arn:aws:s3:::larkfield/*", Principal={"AWS": PARTNER}))
    around = {"resources": Resources(account_public_access_block=None)}
    checks = [BY_ID["bucket-ruled-from-outside"], BY_ID["bucket-open-to-unknown-accounts"]]

    def both(organization: object) -> list[Status]:
        snapshot = snapshot_of(bucket(policy), organization=organization, **around)
        estate = Estate(snapshot, Settings(), CATALOG)
        return [outcome.verdicts[0].status for outcome in run(checks, estate)]

    assert both(None) == [Status.NOT_APPLICABLE, Status.FAIL]
    assert both(NotAsked(Family.ORGANIZATION)) == [Status.FAIL, Status.UNKNOWN]
