"""What the server does wrong when told to, as AWS and the networks before it do."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from idkeep.demo import DemoServer
from idkeep.demo.faults import Faults, Where
from idkeep.errors import IdkeepError

from .conftest import Connect, client_for


def code_of(call: Any, **arguments: Any) -> tuple[str, int]:
    """The error's code and HTTP status; ("", 200) where the call works."""
    try:
        call(**arguments)
    except ClientError as error:
        return (
            error.response["Error"]["Code"],
            error.response["ResponseMetadata"]["HTTPStatusCode"],
        )
    return "", 200


def test_a_denied_action_is_refused_in_aws_words(demo: DemoServer, connect: Connect) -> None:
    demo.faults(deny=["iam:GetAccountSummary"])
    with pytest.raises(ClientError) as refused:
        connect(demo, "iam").get_account_summary()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert refused.value.response["Error"] == {
        "Type": "Sender",
        "Code": "AccessDenied",
        "Message": (
            "User: arn:aws:sts::111122223333:assumed-role/idkeep-auditor/idkeep is not authorized "
            "to perform: iam:GetAccountSummary on resource: * because no identity-based policy "
            "allows the iam:GetAccountSummary action"
        ),
    }
    assert code_of(connect(demo, "iam").get_account_password_policy) == ("", 200)


def test_a_json_service_has_its_own_codes(demo: DemoServer, connect: Connect) -> None:
    call = connect(demo, "account").get_contact_information
    demo.faults(deny=["account:*"])
    assert code_of(call) == ("AccessDeniedException", 403)
    demo.faults(throttle={"account:GetContactInformation": 1})
    assert code_of(call) == ("TooManyRequestsException", 429)
    assert code_of(call) == ("", 200)
    demo.faults(expire_after=0)
    assert code_of(call) == ("ExpiredTokenException", 403)


def test_throttling_ends_after_so_many_calls(demo: DemoServer, connect: Connect) -> None:
    call = connect(demo, "iam").get_account_summary
    demo.faults(throttle={"iam:GetAccountSummary": 2})
    assert [code_of(call) for _ in range(3)] == [("Throttling", 400)] * 2 + [("", 200)]
    demo.faults(throttle={"*": 1})
    assert code_of(call) == ("Throttling", 400)
    assert code_of(connect(demo, "iam").get_account_password_policy) == ("", 200)


def test_a_session_may_have_ended_for_so_many_calls(demo: DemoServer, connect: Connect) -> None:
    demo.faults(ended={"iam:GetAccountSummary": 1})
    iam = connect(demo, "iam")
    with pytest.raises(ClientError) as caught:
        iam.get_account_summary()
    assert caught.value.response["Error"]["Code"] == "ExpiredToken"
    assert iam.get_account_summary()["SummaryMap"]


def test_a_page_of_html_comes_in_the_answer_s_place(demo: DemoServer, connect: Connect) -> None:
    calls = (
        connect(demo, "iam").get_account_summary,
        connect(demo, "account").get_contact_information,
    )
    demo.faults(broken=["*"])
    for call in calls:
        with pytest.raises((BotoCoreError, ClientError)):
            call()


def test_a_page_of_html_with_status_200_fools_boto3(demo: DemoServer, connect: Connect) -> None:
    """Why a collector must look at what it got: a bare KeyError, and an answer with nothing."""
    demo.faults(broken=["*"], broken_status=200)
    with pytest.raises(KeyError):
        connect(demo, "iam").get_account_summary()
    answer = connect(demo, "account").get_contact_information()
    assert set(answer) == {"ResponseMetadata"}


def test_a_session_expires_in_the_middle(demo: DemoServer, connect: Connect) -> None:
    demo.faults(expire_after=2)
    call = connect(demo, "iam").get_account_summary
    assert [code_of(call)[0] for _ in range(4)] == ["", "", "ExpiredToken", "ExpiredToken"]
    demo.faults()
    assert code_of(call) == ("", 200)


def test_paging_is_refused_after_the_first_page(demo: DemoServer, connect: Connect) -> None:
    demo.faults(deny_next_pages=["iam:GetAccountAuthorizationDetails"])
    call = connect(demo, "iam").get_account_authorization_details
    page = call(MaxItems=5)
    assert len(page["UserDetailList"]) == 5
    assert code_of(call, Marker=page["Marker"]) == ("AccessDenied", 403)


def test_one_object_can_come_spoilt(demo: DemoServer, connect: Connect) -> None:
    demo.faults(spoil=["user:li.na:Arn", "role:github-deploy:AssumeRolePolicyDocument"])
    page = connect(demo, "iam").get_account_authorization_details()
    assert [u["UserName"] for u in page["UserDetailList"] if "Arn" not in u] == ["li.na"]
    roles = [r["RoleName"] for r in page["RoleDetailList"] if "AssumeRolePolicyDocument" not in r]
    assert roles == ["github-deploy"]


def test_the_credential_report_is_rewritten_under_its_base64(
    demo: DemoServer, connect: Connect
) -> None:
    iam = connect(demo, "iam")
    while iam.generate_credential_report()["State"] != "COMPLETE":
        pass
    whole = iam.get_credential_report()["Content"].decode()
    demo.faults(
        rewrite={
            "iam:GetCredentialReport": (
                (r"^user,arn", "user,ärn"),
                (r"\nli\.na,.*", r"\nli.na,cut short"),
                ("cut short", "cut shorter"),
            )
        }
    )
    answer = iam.get_credential_report()
    start = whole.partition("\nli.na,")[0].replace("user,arn", "user,ärn", 1)
    assert answer["Content"].decode() == f"{start}\nli.na,cut shorter"
    assert answer["ReportFormat"] == "text/csv"
    demo.faults()
    assert iam.get_credential_report()["Content"].decode() == whole


def test_any_answer_can_be_rewritten(demo: DemoServer, connect: Connect) -> None:
    demo.faults(
        rewrite={
            "iam:GetAccountSummary": [("(<key>Users</key>.*?<value>)\\d+", r"\g<1>many")],
            "account:*": [("Solberg", "Solbergsdóttir-with-a-longer-name")],
        }
    )
    with pytest.raises(ValueError, match="many"):
        connect(demo, "iam").get_account_summary()
    contact = connect(demo, "account").get_contact_information()["ContactInformation"]
    assert contact["FullName"] == "Ingrid Solbergsdóttir-with-a-longer-name"
    assert connect(demo, "iam").get_account_password_policy()["PasswordPolicy"]


@pytest.mark.parametrize("pair", [("(", ""), ("a", r"\1"), ("a", r"\g<b>"), "ab", ("a",)])
def test_a_misspelt_pattern_is_refused_when_set(demo: DemoServer, pair: Any) -> None:
    with pytest.raises(ValueError, match=r"a rewrite is \(regular expression, replacement\), not"):
        demo.faults(rewrite={"iam:GetAccountSummary": (pair,)})


def test_a_slow_action_answers_late_and_delays_no_other(demo: DemoServer, connect: Connect) -> None:
    demo.faults(slow={"iam:GetAccountSummary": 0.5}, deny=["iam:GetAccountSummary"])
    start = time.monotonic()
    assert code_of(connect(demo, "iam").get_account_summary) == ("AccessDenied", 403)
    assert time.monotonic() - start >= 0.5
    demo.faults(slow={"iam:GetAccountSummary": 60})
    with ThreadPoolExecutor() as other:
        waits = other.submit(connect(demo, "iam").get_account_summary)
        while demo.requests()[-1] != "iam:GetAccountSummary":
            time.sleep(0.02)
        assert code_of(connect(demo, "iam").get_account_password_policy) == ("", 200)
        assert not waits.done()
        demo.faults()  # which ends the wait
        assert waits.result(timeout=30)["SummaryMap"]


def test_no_wait_is_longer_than_a_minute() -> None:
    assert Faults(slow={"iam:*": 1e9}).wait(Where("iam:GetUser")) == 60


@pytest.mark.parametrize(
    "wrong",
    [
        {"deny": ["GetUser"]},
        {"spoil": ["li.na:Arn"]},
        {"throttle": {"GetUser": 1}},
        {"rewrite": {"GetUser": ()}},
        {"slow": {"GetUser": 1}},
        {"slow": {"iam:GetUser": -1}},
        {"slow": {"iam:GetUser": float("nan")}},
    ],
)
def test_a_misspelt_fault_is_not_taken_for_none(demo: DemoServer, wrong: Any) -> None:
    with pytest.raises(ValueError, match="not '"):
        demo.faults(**wrong)


def test_requests_are_listed_as_they_came(demo: DemoServer, connect: Connect) -> None:
    demo.faults(deny=["iam:GetAccountSummary"])
    code_of(connect(demo, "iam").get_account_summary)
    connect(demo, "account").get_contact_information()
    connect(demo, "sts").get_caller_identity()
    assert demo.requests() == [
        "iam:GetAccountSummary",
        "account:GetContactInformation",
        "sts:GetCallerIdentity",
    ]
    demo.forget()
    assert demo.requests() == []


def test_an_operation_that_nobody_built_is_not_retried(demo: DemoServer, connect: Connect) -> None:
    call = connect(demo, "iam").list_policies_granting_service_access
    asked = {"Arn": "arn:aws:iam::111122223333:user/li.na", "ServiceNamespaces": ["s3"]}
    assert code_of(call, **asked) == ("NotImplemented", 501)


def test_only_live_keys_are_let_in(demo: DemoServer, connect: Connect) -> None:
    iam = connect(demo, "iam")
    name = {"UserName": "crm-export"}
    made = iam.create_access_key(**name)["AccessKey"]["AccessKeyId"]
    said = demo.environment() | {"AWS_ACCESS_KEY_ID": made, "AWS_SESSION_TOKEN": ""}
    client = client_for(said, "sts")
    try:
        assert client.get_caller_identity()["Arn"].endswith(":user/service/crm-export")
        iam.update_access_key(**name, AccessKeyId=made, Status="Inactive")
        assert code_of(client.get_caller_identity) == ("InvalidClientTokenId", 403)
    finally:
        iam.delete_access_key(**name, AccessKeyId=made)
        client.close()
    with pytest.raises(IdkeepError, match="no credentials for 'nobody'"):
        demo.environment("nobody")
