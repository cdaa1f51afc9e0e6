"""Sessions that STS hands out: of a user with a code, of a member's root user for one task."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from idkeep.demo import DemoServer

from .conftest import MANAGEMENT, PRODUCTION, SANDBOX, SECURITY, Connect, client_for

AUDIT = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
UNLOCK = "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"


def as_(server: DemoServer, answer: dict[str, Any], service: str) -> Any:
    keys = answer["Credentials"]
    said = server.environment() | {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }
    return client_for(said, service)


def code_of(call: Any, **given: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(**given)
    return str(refused.value.response["Error"]["Code"])


@contextmanager
def key_of(demo: DemoServer, connect: Connect, user: str) -> Iterator[Any]:
    """STS as a user of the sandbox with a key made for this."""
    iam = connect(demo, "iam", account=SANDBOX)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    said = demo.environment(account=SANDBOX) | {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        "AWS_SESSION_TOKEN": "",
    }
    try:
        yield client_for(said, "sts")
    finally:
        iam.delete_access_key(UserName=user, AccessKeyId=key["AccessKeyId"])


def test_a_session_token_is_the_user_for_twelve_hours(demo: DemoServer, connect: Connect) -> None:
    sts = connect(demo, "sts", "bot-metrics", account=SANDBOX)
    answer = sts.get_session_token()
    left = answer["Credentials"]["Expiration"] - datetime.now(UTC)
    assert left == pytest.approx(timedelta(hours=12), abs=timedelta(minutes=10))
    arn = as_(demo, answer, "sts").get_caller_identity()["Arn"]
    assert arn == f"arn:aws:iam::{SANDBOX}:user/service/bot-metrics"
    assert code_of(as_(demo, answer, "sts").get_session_token) == "AccessDenied"


def test_a_role_s_session_gets_no_session_token(demo: DemoServer, connect: Connect) -> None:
    assert code_of(connect(demo, "sts").get_session_token) == "AccessDenied"


def test_a_code_is_taken_from_the_caller_s_own_device(demo: DemoServer, connect: Connect) -> None:
    device = f"arn:aws:iam::{SANDBOX}:mfa/tomas.lindqvist"
    other = f"arn:aws:iam::{SANDBOX}:mfa/li.na"
    with key_of(demo, connect, "tomas.lindqvist") as sts:
        ask = sts.get_session_token
        assert ask(SerialNumber=device, TokenCode="123456")["Credentials"]
        assert code_of(ask, SerialNumber=other, TokenCode="123456") == "AccessDenied"
        assert code_of(ask, SerialNumber=device, TokenCode="000000") == "AccessDenied"
        assert code_of(ask, SerialNumber=device) == "AccessDenied"


def test_a_role_that_asks_for_mfa_takes_a_session_with_a_code(
    demo: DemoServer, connect: Connect
) -> None:
    role = {"RoleArn": f"arn:aws:iam::{PRODUCTION}:role/role-maker", "RoleSessionName": "test"}
    iam = connect(demo, "iam", account=PRODUCTION)
    key = iam.create_access_key(UserName="amara.okafor")["AccessKey"]
    device = next(
        one["SerialNumber"]
        for one in iam.list_mfa_devices(UserName="amara.okafor")["MFADevices"]
        if ":u2f/" not in one["SerialNumber"]
    )
    own = {"Credentials": {**key, "SessionToken": ""}}
    try:
        plain = as_(demo, own, "sts")
        assert code_of(plain.assume_role, **role) == "AccessDenied"
        bare = plain.get_session_token()
        assert code_of(as_(demo, bare, "sts").assume_role, **role) == "AccessDenied"
        strong = plain.get_session_token(SerialNumber=device, TokenCode="123456")
        answer = as_(demo, strong, "sts").assume_role(**role)
        assert answer["AssumedRoleUser"]["Arn"].endswith(":assumed-role/role-maker/test")
    finally:
        iam.delete_access_key(UserName="amara.okafor", AccessKeyId=key["AccessKeyId"])


def test_management_becomes_a_member_s_root_for_one_task(
    demo: DemoServer, connect: Connect
) -> None:
    sts = connect(demo, "sts", "org-robot", account=MANAGEMENT)
    answer = sts.assume_root(TargetPrincipal=SANDBOX, TaskPolicyArn={"arn": AUDIT})
    left = answer["Credentials"]["Expiration"] - datetime.now(UTC)
    assert left < timedelta(minutes=16)
    assert as_(demo, answer, "sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{SANDBOX}:root"
    iam = as_(demo, answer, "iam")
    assert iam.get_login_profile()["LoginProfile"]["CreateDate"]
    assert iam.list_access_keys()["AccessKeyMetadata"] == []
    (device,) = iam.list_mfa_devices()["MFADevices"]
    assert ":u2f/" in device["SerialNumber"]
    assert code_of(iam.list_users) == "AccessDenied"
    none = sts.assume_root(TargetPrincipal=SECURITY, TaskPolicyArn={"arn": AUDIT})
    assert code_of(as_(demo, none, "iam").get_login_profile) == "NoSuchEntity"


def test_root_s_keys_are_told_to_root(demo: DemoServer, connect: Connect) -> None:
    iam = connect(demo, "iam", "root", account=MANAGEMENT)
    (key,) = iam.list_access_keys()["AccessKeyMetadata"]
    assert (key["Status"], key["AccessKeyId"][:4]) == ("Active", "AKIA")
    (certificate,) = iam.list_signing_certificates()["Certificates"]
    assert certificate["Status"] == "Active"


@pytest.mark.parametrize(
    ("principal", "account", "target", "task"),
    [
        pytest.param("auditor", MANAGEMENT, SANDBOX, AUDIT, id="no permission"),
        pytest.param("root", MANAGEMENT, SANDBOX, AUDIT, id="a root user"),
        pytest.param("bot-terraform", SANDBOX, SECURITY, AUDIT, id="a member"),
        pytest.param("org-robot", MANAGEMENT, MANAGEMENT, AUDIT, id="management's own root"),
        pytest.param("org-robot", MANAGEMENT, "999900001111", AUDIT, id="a suspended account"),
        pytest.param("org-robot", MANAGEMENT, SANDBOX, UNLOCK, id="root sessions are off"),
    ],
)
def test_nobody_else_becomes_root(
    demo: DemoServer, connect: Connect, *, principal: str, account: str, target: str, task: str
) -> None:
    sts = connect(demo, "sts", principal, account=account)
    refused = code_of(sts.assume_root, TargetPrincipal=target, TaskPolicyArn={"arn": task})
    assert refused == "AccessDenied"
