"""Each account is its own, and who may enter another one is judged as AWS judges it."""

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from idkeep.demo import DemoServer, running
from idkeep.errors import IdkeepError

from .conftest import (
    HOME,
    MANAGEMENT,
    PRODUCTION,
    SANDBOX,
    SECURITY,
    SUSPENDED,
    Connect,
    client_for,
    clients,
)

EXTERNAL = {"ExternalId": "larkfield-audit"}


def role(account: str, name: str = "idkeep-auditor") -> dict[str, str]:
    return {"RoleArn": f"arn:aws:iam::{account}:role/{name}", "RoleSessionName": "scan"}


def as_(server: DemoServer, answer: dict[str, Any], service: str) -> Any:
    given = answer["Credentials"]
    said = server.environment() | {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }
    return client_for(said, service)


@pytest.fixture
def sts(demo: DemoServer, connect: Connect) -> Any:
    return connect(demo, "sts", account=MANAGEMENT)


def test_a_session_is_in_the_account_of_its_role(demo: DemoServer, sts: Any) -> None:
    for account, users in ((PRODUCTION, 12), (SECURITY, 3), (SANDBOX, 46)):
        answer = sts.assume_role(**role(account), **EXTERNAL)
        who = as_(demo, answer, "sts").get_caller_identity()
        assert who["Account"] == account
        assert who["Arn"] == f"arn:aws:sts::{account}:assumed-role/idkeep-auditor/scan"
        summary = as_(demo, answer, "iam").get_account_summary()["SummaryMap"]
        assert summary["Users"] == users


@pytest.mark.parametrize(
    ("account", "name", "given"),
    [
        (PRODUCTION, "idkeep-auditor", {}),
        (PRODUCTION, "idkeep-auditor", {"ExternalId": "guessed"}),
        (PRODUCTION, "shop-server", {}),
        (SANDBOX, "closed", {}),
        # The role trusts everybody, but our own policy does not let us.
        (SANDBOX, "forgotten-demo", {}),
        (SANDBOX, "not-there", {}),
        (SUSPENDED, "idkeep-auditor", EXTERNAL),
        ("123456789012", "idkeep-auditor", {}),
    ],
)
def test_a_role_that_does_not_let_us_in_is_refused_in_one_sentence(
    sts: Any, account: str, name: str, given: dict[str, str]
) -> None:
    with pytest.raises(ClientError) as refused:
        sts.assume_role(**role(account, name), **given)
    error = refused.value.response["Error"]
    assert error["Code"] == "AccessDenied"
    assert error["Message"] == (
        f"User: arn:aws:sts::{MANAGEMENT}:assumed-role/idkeep-auditor/idkeep is not authorized to "
        f"perform: sts:AssumeRole on resource: arn:aws:iam::{account}:role/{name}"
    )
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_member_does_not_enter_another_member(demo: DemoServer, connect: Connect) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        connect(demo, "sts", account=SECURITY).assume_role(**role(SANDBOX))


def test_root_and_long_sessions_are_refused(demo: DemoServer, connect: Connect, sts: Any) -> None:
    with pytest.raises(ClientError, match="may not be assumed by root"):
        connect(demo, "sts", "root", account=MANAGEMENT).assume_role(**role(SANDBOX))
    with pytest.raises(ClientError, match="exceeds the MaxSessionDuration"):
        sts.assume_role(**role(SANDBOX), DurationSeconds=7200)


def test_a_session_s_key_without_its_token_is_nobody_s(demo: DemoServer, sts: Any) -> None:
    answer = sts.assume_role(**role(SANDBOX))
    answer["Credentials"]["SessionToken"] = "another"
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        as_(demo, answer, "sts").get_caller_identity()


def test_what_is_made_in_one_account_is_in_no_other(demo: DemoServer, connect: Connect) -> None:
    sandbox = connect(demo, "iam", account=SANDBOX)
    sandbox.create_user(UserName="only-here")
    try:
        assert sandbox.get_user(UserName="only-here")["User"]["Arn"].startswith(
            f"arn:aws:iam::{SANDBOX}:"
        )
        with pytest.raises(ClientError, match="NoSuchEntity"):
            connect(demo, "iam", account=PRODUCTION).get_user(UserName="only-here")
    finally:
        sandbox.delete_user(UserName="only-here")
    buckets = connect(demo, "s3", account=SANDBOX).list_buckets()["Buckets"]
    names = {bucket["Name"] for bucket in buckets}
    assert names >= {"larkfield-lab", "larkfield-lab-old"}
    elsewhere = connect(demo, "s3", account=PRODUCTION).list_buckets()["Buckets"]
    assert names.isdisjoint(bucket["Name"] for bucket in elsewhere)


def test_faults_strike_one_account_or_one_region(demo: DemoServer, connect: Connect) -> None:
    demo.faults(
        deny=[f"iam:*@{SANDBOX}"],
        deny_by_scp=[f"guardduty:*@*/{HOME}"],
        slow={f"sts:*@{SANDBOX}": 0.4},
    )
    assert connect(demo, "iam", account=PRODUCTION).get_account_summary()
    with pytest.raises(ClientError, match="no identity-based policy allows"):
        connect(demo, "iam", account=SANDBOX).get_account_summary()
    with pytest.raises(ClientError, match="explicit deny in a service control policy"):
        connect(demo, "guardduty", account=SECURITY, region=HOME).list_detectors()
    assert "DetectorIds" in connect(demo, "guardduty", account=SECURITY).list_detectors()
    start = time.monotonic()
    connect(demo, "sts", account=SANDBOX).get_caller_identity()
    assert time.monotonic() - start >= 0.4
    assert {(call.account, call.region) for call in demo.calls()} == {
        (PRODUCTION, "us-east-1"),
        (SANDBOX, "us-east-1"),
        (SECURITY, HOME),
        (SECURITY, "us-east-1"),
    }


def test_a_region_that_was_opted_out_of_knows_no_credentials(
    demo: DemoServer, connect: Connect
) -> None:
    regions = connect(demo, "account", account=SANDBOX).list_regions(
        RegionOptStatusContains=["ENABLED"]
    )["Regions"]
    assert [one["RegionName"] for one in regions] == ["eu-south-1"]
    with pytest.raises(ClientError, match="security token included in the request is invalid"):
        connect(demo, "sts", account=SANDBOX, region="me-south-1").get_caller_identity()


def test_an_account_that_is_not_declared_has_no_credentials(demo: DemoServer) -> None:
    assert set(demo.accounts) == {MANAGEMENT, SECURITY, PRODUCTION, SANDBOX}
    with pytest.raises(IdkeepError, match="no credentials"):
        demo.environment(account=SUSPENDED)


def test_three_hundred_accounts_are_there_and_filled_when_asked() -> None:
    with running(users=20, accounts=300) as server, clients() as connect:
        organizations = connect(server, "organizations", account=MANAGEMENT)
        pages = organizations.get_paginator("list_accounts").paginate()
        found = [account for page in pages for account in page["Accounts"]]
        assert len(found) == 305
        assert server.requests() == ["organizations:ListAccounts"] * 16
        sts = connect(server, "sts", account=MANAGEMENT)
        answer = sts.assume_role(**role("600000000300"))
        summary = as_(server, answer, "iam").get_account_summary()["SummaryMap"]
        assert summary["Users"] == 8
        first = connect(server, "iam").get_account_summary()["SummaryMap"]
        assert first["Users"] == 32


def test_more_accounts_need_an_organisation(tmp_path: Any) -> None:
    path = tmp_path / "estate.toml"
    path.write_text('[account]\nid = "111111111111"\n', encoding="utf-8")
    with pytest.raises(IdkeepError, match="no organisation"):
        running(path, accounts=1).__enter__()
