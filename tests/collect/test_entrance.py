"""Into an account and back: sessions that are had anew, and callers whose own credentials end."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from idkeep.collect.aws import Aws
from idkeep.collect.declare import Collector, Pages, fact
from idkeep.collect.entrance import AssumedRole, Entrance, with_code
from idkeep.collect.failures import Ended, NotEntered
from idkeep.model import Gap

from .answers import NOW, Answers, Error, ask_of

ROLE = AssumedRole(name="audit/idkeep", external_id="x-1", source_identity="ana")
OTHER = "444455556666"


def _summary(pages: Pages) -> int:
    [page] = pages
    users: int = page["SummaryMap"]["Users"]
    return users


SUMMARY = Collector(service="iam", operation="GetAccountSummary", build=_summary)
USERS = {"SummaryMap": {"Users": 3}}


def keys(number: int, ends: datetime = NOW + timedelta(hours=1)) -> dict[str, Any]:
    return {
        "Credentials": {
            "AccessKeyId": f"ASIAEXAMPLE00000{number}",
            "SecretAccessKey": f"secret-{number}",
            "SessionToken": f"token-{number}",
            "Expiration": ends,
        }
    }


def entrance(*sessions: Any) -> tuple[Entrance, Answers, list[datetime]]:
    ask, answers = ask_of({"sts:AssumeRole": sessions})
    assert isinstance(ask.aws, Aws)
    clock = [NOW]
    return Entrance(ask.aws, ROLE, "aws", lambda: clock[0]), answers, clock


def token(aws: Aws) -> str:
    found: str = aws.session.get_credentials().get_frozen_credentials().token
    return found


def test_the_role_is_asked_for_in_the_callers_partition_with_all_that_was_said() -> None:
    into, answers, _ = entrance(keys(1))
    assert token(into.enter(OTHER)) == "token-1"
    [(_, _, params)] = answers.asked
    assert params == {
        "RoleArn": f"arn:aws:iam::{OTHER}:role/audit/idkeep",
        "RoleSessionName": "idkeep",
        "ExternalId": "x-1",
        "SourceIdentity": "ana",
    }


def test_a_session_is_had_anew_before_it_ends() -> None:
    into, answers, clock = entrance(keys(1), keys(2, NOW + timedelta(hours=2)))
    aws = into.enter(OTHER)
    clock[0] = NOW + timedelta(minutes=54)
    assert token(aws) == "token-1"
    clock[0] = NOW + timedelta(minutes=56)
    assert token(aws) == token(aws) == "token-2"
    assert len(answers.asked) == 2


def test_a_call_that_is_told_of_an_ended_session_is_made_again_with_a_new_one() -> None:
    ask, answers = ask_of({"iam:GetAccountSummary": (Error("ExpiredToken"), USERS, USERS)})
    assert isinstance(ask.aws, Aws)
    renewed: list[int] = []

    def renew() -> bool:
        renewed.append(1)
        return True

    ask.aws.renew = renew
    assert fact(ask.aws.read(SUMMARY), SUMMARY) == 3
    assert fact(ask.aws.read(SUMMARY), SUMMARY) == 3
    assert len(renewed) == 1
    assert len(answers.asked) == 3


def test_a_session_that_ends_again_at_once_is_a_gap_and_no_endless_loop() -> None:
    ask, answers = ask_of({"iam:GetAccountSummary": Error("ExpiredToken")})
    assert isinstance(ask.aws, Aws)
    ask.aws.renew = lambda: True
    found = fact(ask.aws.read(SUMMARY), SUMMARY)
    assert isinstance(found, Gap)
    assert found.error == "ExpiredToken"
    assert len(answers.asked) == 2


def test_whoever_has_no_way_to_renew_is_told_once() -> None:
    ask, answers = ask_of({"iam:GetAccountSummary": Error("ExpiredToken")})
    assert isinstance(ask.aws, Aws)
    assert isinstance(fact(ask.aws.read(SUMMARY), SUMMARY), Gap)
    assert len(answers.asked) == 1


def test_a_refusal_keeps_us_out_of_that_account_alone() -> None:
    into, _, _ = entrance(Error("AccessDenied"), keys(1))
    with pytest.raises(NotEntered) as refused:
        into.enter(OTHER)
    assert refused.value.gap == Gap("sts:AssumeRole", "AccessDenied", "no")
    assert token(into.enter(OTHER)) == "token-1"
    assert not into.has_ended


def test_a_caller_whose_credentials_have_ended_enters_nothing_more() -> None:
    into, answers, _ = entrance(Error("ExpiredToken"))
    for _ in range(3):
        with pytest.raises(Ended):
            into.enter(OTHER)
    assert into.has_ended
    assert len(answers.asked) == 1


def test_a_code_of_an_mfa_device_gives_a_session_that_enters_accounts() -> None:
    ask, answers = ask_of({"sts:GetSessionToken": keys(7)})
    assert isinstance(ask.aws, Aws)
    serial = "arn:aws:iam::111122223333:mfa/ana"
    assert token(with_code(ask.aws, serial, "123456")) == "token-7"
    [(_, _, params)] = answers.asked
    assert params == {"SerialNumber": serial, "TokenCode": "123456"}


def test_no_secret_is_shown_by_what_holds_it() -> None:
    into, _, _ = entrance(keys(1))
    aws = into.enter(OTHER)
    for shown in (repr(aws), repr(aws.session.get_credentials())):
        assert "secret-1" not in shown
        assert "token-1" not in shown
