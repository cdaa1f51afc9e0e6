"""`idkeep why` for an error's message, a decoded message, and a CloudTrail event."""

import json
import subprocess
from pathlib import Path

import pytest

from test_can_snapshot import ANA, LEAVE, PROD, write
from test_cli import idkeep

HOME = "111122223333"
LEFT = (
    f"User: {ANA.arn} is not authorized to perform: organizations:LeaveOrganization "
    "with an explicit deny in a service control policy"
)
DELETED = f"User: {ANA.arn} is not authorized to perform: iam:DeleteUser on resource: user anna"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "prod.snapshot", PROD)
    return tmp_path


def why(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return idkeep("why", *arguments, "--snapshot", "prod.snapshot", cwd=folder)


@pytest.mark.parametrize(
    ("message", "verdict", "code"),
    [
        (f"{LEFT}: {LEAVE.arn}", "AGREE", 0),
        (f"An error occurred (AccessDenied) when calling X: {LEFT}", "AGREE", 0),
        (LEFT.replace("service control policy", "permissions boundary"), "DIFFER", 1),
        (
            f"{DELETED} because no identity-based policy allows the iam:DeleteUser action",
            "UNKNOWN",
            3,
        ),
        (
            f"{DELETED.replace('ana is', 'anna is')} because no identity-based policy allows it",
            "AGREE",
            0,
        ),
        (
            f"User: {ANA.arn} is not authorized to perform: organizations:DescribeOrganization",
            "DIFFER",
            1,
        ),
        (f"{LEFT.replace('service control', 'session')}", "UNKNOWN", 3),
        (f"User: {ANA.arn} is not authorized to perform: sts:AssumeRole", "UNKNOWN", 3),
        (f"User: {ANA.arn}x is not authorized to perform: iam:ListRoles", "UNKNOWN", 3),
    ],
)
def test_the_message_is_held_beside_the_snapshot(
    folder: Path, message: str, verdict: str, code: int
) -> None:
    done = why(folder, message)
    assert done.stdout.startswith(verdict), done.stdout + done.stderr
    assert done.returncode == code


def test_the_statement_and_what_would_change_it_are_told(folder: Path) -> None:
    out = why(folder, f"{LEFT}: {LEAVE.arn}").stdout
    assert f"AWS     denied explicitly by a service control policy, {LEAVE.arn}\n" in out
    assert "Deny   SCP DenyLeave (p-12345678) on OU Workloads, statement 0, 1:38  Stay\n" in out
    assert "no longer denying it in SCP DenyLeave" in out


def test_another_policy_than_awss_is_said(folder: Path) -> None:
    out = why(folder, f"{LEFT}: {LEAVE.arn}x").stdout
    assert f"AWS names {LEAVE.arn}x, and the snapshot finds another" in out


def test_a_resource_that_aws_left_out_can_be_told(folder: Path) -> None:
    message = f"User: {ANA.arn} is not authorized to perform: sts:AssumeRole"
    done = why(folder, message, "--resource", "role/deployer")
    assert done.stdout.startswith("DIFFER")
    assert "the snapshot allows it" in done.stdout


def test_without_a_snapshot_it_tells_what_the_message_says(tmp_path: Path) -> None:
    done = idkeep("why", LEFT, "--store", "none.db", cwd=tmp_path)
    assert done.returncode == 3
    assert "AWS     denied explicitly by a service control policy" in done.stdout
    assert "no snapshot of the account is here" in done.stdout


def test_an_encoded_message_has_to_be_decoded_first(folder: Path) -> None:
    done = why(folder, "You are not authorized. Encoded authorization failure message: s3cr3t")
    assert done.returncode == 2
    assert "sts:DecodeAuthorizationMessage" in done.stderr
    assert "s3cr3t" not in done.stderr


def test_a_decoded_message_is_read_as_aws_prints_it(folder: Path) -> None:
    decoded = {
        "allowed": False,
        "explicitDeny": False,
        "context": {
            "principal": {"arn": ANA.arn},
            "action": "iam:DeleteUser",
            "resource": f"arn:aws:iam::{HOME}:user/anna",
            "conditions": {
                "items": [
                    {
                        "key": "aws:MultiFactorAuthPresent",
                        "values": {"items": [{"value": "false"}]},
                    }
                ]
            },
        },
    }
    done = why(folder, json.dumps({"DecodedMessage": json.dumps(decoded)}))
    assert done.stdout.startswith("AGREE"), done.stdout + done.stderr


def event(name: str = "DeleteUser", *, error: str = "", **more: object) -> dict[str, object]:
    made: dict[str, object] = {
        "userIdentity": {
            "type": "IAMUser",
            "arn": ANA.arn,
            "accountId": HOME,
            "accessKeyId": "AKIASECRETSECRET",
            "sessionContext": {"attributes": {"mfaAuthenticated": "true"}},
        },
        "eventSource": "iam.amazonaws.com",
        "eventName": name,
        "eventTime": "2026-11-01T00:00:00Z",
        "sourceIPAddress": "198.51.100.7",
        "requestParameters": {"userName": "anna", "password": "hunter2"},
        "recipientAccountId": HOME,
        **more,
    }
    return made | ({"errorCode": error} if error else {})


@pytest.mark.parametrize(
    ("told", "verdict", "code"),
    [
        (event(), "AGREE", 0),
        (event(error="AccessDenied"), "DIFFER", 1),
        (event("CreateUser"), "DIFFER", 1),
        (event("CreateUser", error="AccessDenied"), "AGREE", 0),
        (event(error="NoSuchEntityException"), "UNKNOWN", 3),
        (event("NoSuchEvent"), "UNKNOWN", 3),
        (event(userIdentity={"type": "AWSAccount", "accountId": HOME}), "UNKNOWN", 3),
        ({"Records": [event(), event("CreateUser")]}, "AGREE", 1),
        ({"Events": [{"CloudTrailEvent": json.dumps(event())}]}, "AGREE", 0),
        ({"detail-type": "AWS API Call via CloudTrail", "detail": event()}, "AGREE", 0),
    ],
)
def test_an_event_is_held_beside_the_snapshot(
    folder: Path, told: dict[str, object], verdict: str, code: int
) -> None:
    (folder / "event.json").write_text(json.dumps(told))
    done = why(folder, "--event", "event.json")
    assert done.stdout.startswith(verdict), done.stdout + done.stderr
    assert done.returncode == code


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_secrets_of_an_event_are_not_shown(folder: Path, form: list[str]) -> None:
    (folder / "event.json").write_text(json.dumps(event(error="AccessDenied")))
    done = why(folder, "--event", "event.json", *form)
    assert "hunter2" not in done.stdout + done.stderr
    assert "AKIA" not in done.stdout + done.stderr


def test_machines_get_every_request(folder: Path) -> None:
    (folder / "event.json").write_text(json.dumps({"Records": [event(), event("CreateUser")]}))
    told = json.loads(why(folder, "--event", "event.json", "--json").stdout)
    assert told["format"] == "idkeep.why-denied/1"
    assert [one["verdict"] for one in told["requests"]] == ["agree", "differ"]
    assert told["requests"][0]["answer"]["decision"] == "Allowed"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Access Denied"], "no denial in a wording that AWS uses"),
        (["{}"], "no CloudTrail event"),
        (["{"], "the message"),
        (["x", "--event", "event.json"], "not both"),
        (["--record", "r.json", "--account", HOME], "--record stands alone"),
    ],
)
def test_wrong_uses_are_told_what_is_wrong(
    folder: Path, arguments: list[str], message: str
) -> None:
    done = idkeep("why", *arguments, cwd=folder)
    assert done.returncode == 2
    assert message in done.stderr


@pytest.mark.parametrize(
    "text",
    ["{", "", "Access Denied", "{}", '{"Events": [{"CloudTrailEvent": "{"}]}'],
)
def test_an_event_that_tells_nothing_names_its_file(folder: Path, text: str) -> None:
    (folder / "event.json").write_text(text)
    done = why(folder, "--event", "event.json")
    assert done.returncode == 2
    assert done.stderr.startswith("idkeep: event.json: "), done.stderr
