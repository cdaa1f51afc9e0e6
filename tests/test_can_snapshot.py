"""`idkeep can` on snapshots: names, role chains, organisations, and what was not read."""

import json
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

from access.small_accounts import AWAY, HOME, account, organization, policy, role, trusts, user
from idkeep.checks.samples import ACCOUNT, ROOT, allow, deny
from idkeep.demo import DemoServer
from idkeep.model import Gap, Snapshot
from idkeep.model.resources import Resources
from idkeep.model.snapshot import FORMAT
from idkeep.store import Head, SqliteStore, snapshot_file
from test_cli import idkeep

WITH_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
ANA = user(
    allow("sts:AssumeRole"),
    allow("organizations:*"),
    allow("iam:DeleteUser", Condition=WITH_MFA),
)
DEPLOYER = role(allow("dynamodb:*"), allow("sts:AssumeRole"))
LEAVE = policy("DenyLeave", "ou-work", deny("organizations:LeaveOrganization", Sid="Stay"))
PROD = account(
    ANA,
    user(name="anna"),
    DEPLOYER,
    user(allow("s3:ListAllMyBuckets"), name="ana.lind"),
    role(name="ana"),
    organization=organization(LEAVE),
    resources=Resources(),
)
SHARED = replace(
    account(
        role(
            allow("dynamodb:*"),
            name="reader",
            account=AWAY,
            trust=trusts({"AWS": DEPLOYER.arn}),
        ),
        resources=Resources(),
    ),
    account=replace(ACCOUNT, id=AWAY),
    root=replace(ROOT, arn=f"arn:aws:iam::{AWAY}:root"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, snapshot in (("prod", PROD), ("shared", SHARED)):
        write(tmp_path / f"{name}.snapshot", snapshot)
    return tmp_path


def write(path: Path, snapshot: Snapshot) -> None:
    snapshot_file.write(path, snapshot, Head(format=FORMAT, idkeep="0.1.0"))


def can(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return idkeep("can", "--snapshot", "prod.snapshot", *arguments, cwd=folder)


@pytest.mark.parametrize(
    ("arguments", "verdict", "code"),
    [
        (["user/ana", "organizations:DescribeOrganization"], "ALLOWED", 0),
        (["anna", "organizations:DescribeOrganization"], "DENIED", 1),
        (["user/ana", "organizations:LeaveOrganization"], "DENIED", 1),
        (["user/ana", "iam:DeleteUser"], "DEPENDS", 1),
        (["user/ana", "iam:DeleteUser", "--optimistic"], "DEPENDS", 0),
        (["user/ana", "iam:DeleteUser", "user/anna", "--mfa"], "ALLOWED", 0),
        (["user/ana", "iam:DeleteUser", "--strict"], "DENIED", 1),
        (["ana.lind", "s3:ListAllMyBuckets"], "ALLOWED", 0),
        (["root", "iam:DeleteUser"], "ALLOWED", 0),
        (["root", "organizations:LeaveOrganization"], "DENIED", 1),
        (["user/ana", "sts:AssumeRole", f"arn:aws:iam::{AWAY}:role/reader"], "UNKNOWN", 3),
        ([f"arn:aws:sts::{HOME}:assumed-role/deployer/ci", "dynamodb:ListTables"], "ALLOWED", 0),
        (["ec2.amazonaws.com", "sts:AssumeRole", "role/deployer"], "DENIED", 1),
    ],
)
def test_the_verdict_comes_first_and_is_the_exit_code(
    folder: Path, arguments: list[str], verdict: str, code: int
) -> None:
    done = can(folder, *arguments)
    assert done.stdout.startswith(verdict), done.stderr
    assert done.returncode == code


def test_the_policy_is_named_as_people_look_for_it(folder: Path) -> None:
    out = can(folder, "user/ana", "organizations:LeaveOrganization").stdout
    assert "Deny   SCP DenyLeave (p-12345678) on OU Workloads, statement 0, 1:38  Stay\n" in out
    assert "no longer denying it in SCP DenyLeave" in out
    assert "Allow  inline policy own, statement 1" in out


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ana", ["is the name of several: user/ana, role/ana", "say which"]),
        ("ana.lint", ["has no principal 'ana.lint'", "near it: user/ana.lind"]),
        ("deploier", ["has no principal 'deploier'", "near it: role/deployer"]),
        (f"arn:aws:iam::{HOME}:user/none", ["has no principal"]),
    ],
)
def test_a_name_that_does_not_name_one_is_one_line_with_what_is_near(
    folder: Path, name: str, words: list[str]
) -> None:
    done = can(folder, name, "iam:DeleteUser")
    assert done.returncode == 2
    assert all(word in done.stderr for word in words)


def test_a_chain_of_roles_is_decided_hop_by_hop_across_accounts(folder: Path) -> None:
    reader = f"arn:aws:iam::{AWAY}:role/reader"
    chain = ("--via", "deployer", "--via", reader, "--snapshot", "shared.snapshot")
    done = can(folder, "user/ana", "dynamodb:ListTables", *chain)
    assert done.returncode == 0, done.stdout + done.stderr
    heads = [line for line in done.stdout.splitlines() if line.startswith("ALLOWED")]
    assert [line.split()[1:] for line in heads] == [
        [ANA.arn, "sts:AssumeRole", DEPLOYER.arn],
        [DEPLOYER.arn, "sts:AssumeRole", reader],
        [reader, "dynamodb:ListTables", "*"],
    ]
    assert f"trust policy of {reader}" in done.stdout


def test_what_another_account_keeps_in_iam_takes_a_role_there(folder: Path) -> None:
    """No policy of a user or role lets others in, and so none is advised."""
    reader = f"arn:aws:iam::{AWAY}:role/reader"
    asked = ("user/ana", "iam:DeleteRole", reader, "--snapshot", "shared.snapshot")
    done = can(folder, *asked, "--via", "deployer")
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"assume a role of account {AWAY} that may: iam:DeleteRole" in done.stdout
    assert "resource's policy" not in done.stdout
    told = json.loads(can(folder, *asked, "--via", "deployer", "--json").stdout)
    assert told["changes"] == [
        [{"change": "AssumeRoleIn", "check": "", "layer": "", "action": "iam:DeleteRole",
          "account": AWAY, "statement": None}]
    ]  # fmt: skip


def test_a_chain_is_as_strong_as_its_weakest_hop(folder: Path) -> None:
    done = can(folder, "anna", "dynamodb:ListTables", "--via", "deployer")
    assert done.returncode == 1
    assert done.stdout.startswith("DENIED")
    assert "\nALLOWED" in done.stdout
    into_user = can(folder, "anna", "dynamodb:ListTables", "--via", "user/ana")
    assert "is no role" in into_user.stderr


def test_mfa_is_the_sign_ins_and_not_the_roles(tmp_path: Path) -> None:
    guarded = role(allow("dynamodb:*", Condition=WITH_MFA))
    write(tmp_path / "prod.snapshot", account(ANA, guarded, resources=Resources()))
    done = can(tmp_path, "user/ana", "dynamodb:ListTables", "--via", "deployer", "--mfa")
    assert "\nDEPENDS" in done.stdout
    assert done.returncode == 1


def test_a_session_policy_limits(folder: Path) -> None:
    (folder / "session.json").write_text(
        '{"Version": "2012-10-17", "Statement": [\n'
        ' {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
    )
    done = can(folder, "role/deployer", "dynamodb:ListTables", "--session-policy", "session.json")
    assert done.returncode == 1
    assert "SESSION                  IMPLICIT_DENY" in done.stdout


def test_what_was_not_read_is_named(tmp_path: Path) -> None:
    refused = Gap("organizations:ListPolicies", "AccessDeniedException")
    write(tmp_path / "prod.snapshot", account(ANA, organization=refused))
    done = can(tmp_path, "ana", "organizations:DescribeOrganization")
    assert done.returncode == 3
    assert "organizations:ListPolicies: AccessDeniedException" in done.stdout
    bucket = can(tmp_path, "root", "s3:GetObject", "arn:aws:s3:::b/k")
    assert "not read: --facts resources" in bucket.stdout


def test_without_a_resource_it_is_asked_whether_there_is_any(folder: Path) -> None:
    done = can(folder, "role/deployer", "dynamodb:DeleteTable")
    assert done.stdout.startswith("ALLOWED")
    assert "Note: asked about any resource, and answered for arn:aws:dynamodb:" in done.stdout
    assert can(folder, "role/deployer", "iam:DeleteUser").returncode == 1


def test_machines_get_the_form_of_decide_with_places(folder: Path) -> None:
    told = json.loads(can(folder, "user/ana", "organizations:LeaveOrganization", "--json").stdout)
    assert told["decision"] == "ExplicitlyDenied"
    assert told["principal"] == ANA.arn
    [place] = [one for one in told["places"] if one["document"] == "scp[1][1]"]
    assert place["policy"] == "SCP DenyLeave (p-12345678) on OU Workloads"
    assert (place["index"], place["line"]) == (0, 1)
    assert told["hops"] == []


def test_the_newest_kept_snapshots_answer_by_themselves(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "s.db")
    store.put(SHARED)
    store.put(replace(PROD, taken=SHARED.taken.replace(year=2027)))
    reader = f"arn:aws:iam::{AWAY}:role/reader"
    asked = ("can", "user/ana", "dynamodb:ListTables", "--via", "deployer", "--via", reader)
    assert idkeep(*asked, "--store", "s.db", cwd=tmp_path).returncode == 0
    of_away = idkeep(
        "can", "reader", "dynamodb:ListTables", "--account", AWAY, "--store", "s.db", cwd=tmp_path
    )
    assert of_away.stdout.startswith(f"ALLOWED  {reader}")
    none = idkeep(
        "can", "ana", "iam:DeleteUser", "--account", "1" * 12, "--store", "s.db", cwd=tmp_path
    )
    assert (none.returncode, "no snapshot of account" in none.stderr) == (2, True)


def test_without_any_snapshot_it_says_what_to_do(tmp_path: Path) -> None:
    done = idkeep("can", "ana", "iam:DeleteUser", "--store", "none.db", cwd=tmp_path)
    assert done.returncode == 2
    assert "idkeep scan" in done.stderr


def test_the_demo_account_is_asked_by_name(server: DemoServer, tmp_path: Path) -> None:
    kept = ("--store", str(tmp_path / "s.db"))
    scanned = idkeep("scan", "--facts", "identity", *kept, env=server.environment(), cwd=tmp_path)
    assert scanned.returncode in {0, 1, 3}, scanned.stderr
    done = idkeep("can", "root", "iam:CreateUser", "--json", *kept, cwd=tmp_path)
    assert json.loads(done.stdout)["decision"] in {"Allowed", "Unknown"}
