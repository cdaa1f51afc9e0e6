"""`idkeep can` and `idkeep decide`: questions to the engine from the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from surroundings import PATIENCE
from test_cli import idkeep

ANA = "arn:aws:iam::111122223333:user/ana"
OBJECT = "arn:aws:s3:::b/k"
IDENTITY = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*",
     "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
  ]
}"""
SCP = """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "*", "Resource": "*"},
  {"Sid": "NotFromThere", "Effect": "Deny", "Action": "*", "Resource": "*",
   "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}]}"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "identity.json").write_text(IDENTITY)
    (tmp_path / "scp.json").write_text(SCP)
    return tmp_path


def ask(folder: Path, *options: str, files: bool = True) -> subprocess.CompletedProcess[str]:
    given = ("--identity", "identity.json", "--scp", "scp.json") if files else ()
    return idkeep("can", ANA, "s3:GetObject", OBJECT, *given, *options, cwd=folder)


@pytest.mark.parametrize(
    ("options", "verdict", "code"),
    [
        (["--mfa"], "ALLOWED", 0),
        ([], "DENIED", 1),
        (["--mfa", "--from-ip", "203.0.113.7"], "DENIED", 1),
        (["--unknown", "aws:MultiFactorAuthPresent"], "DEPENDS", 1),
        (["--unknown", "*"], "DEPENDS", 1),
        (["--context", "aws:MultiFactorAuthPresent=true"], "ALLOWED", 0),
    ],
)
def test_the_verdict_comes_first_and_is_the_exit_code(
    folder: Path, options: list[str], verdict: str, code: int
) -> None:
    done = ask(folder, *options)
    assert done.stdout.startswith(verdict)
    assert done.returncode == code


def test_each_statement_is_named_with_its_place(folder: Path) -> None:
    out = ask(folder, "--mfa", "--from-ip", "203.0.113.7").stdout
    assert "SERVICE_CONTROL_POLICY   EXPLICIT_DENY" in out
    assert "Deny   scp.json:3:3  NotFromThere" in out
    assert "Allow  identity.json:4:5  Read" in out


def test_what_it_depends_on_is_said(folder: Path) -> None:
    out = ask(folder, "--unknown", "aws:MultiFactorAuthPresent").stdout
    assert "if Bool aws:MultiFactorAuthPresent true" in out


def test_machines_get_the_form_of_decide(folder: Path) -> None:
    told = json.loads(ask(folder, "--mfa", "--json").stdout)
    assert told["decision"] == "Allowed"
    assert [one["check"] for one in told["checks"]] == ["SERVICE_CONTROL_POLICY", "PRINCIPAL"]


def test_a_policy_that_aws_would_refuse_is_named_with_the_place(folder: Path) -> None:
    (folder / "identity.json").write_text(
        '{"Version": "2012-10-17",\n "Statement": [{"Efect": 1}]}'
    )
    done = ask(folder)
    assert done.returncode == 2
    assert done.stderr.startswith("idkeep: identity.json:2:")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ana", "s3:GetObject", "--unknown", "x"], "neither an ARN nor a service"),
        ([ANA, "s3:Get*"], "is not one action"),
        ([ANA, "s3:Get*", "--unknown", "x"], "is not one action"),
        ([ANA, "s3:GetObject", "--identity", "none.json"], "none.json: No such file"),
        ([ANA, "s3:GetObject", "--unknown", "x", "--via", "y"], "--via about snapshots"),
        ([ANA, "s3:GetObject", "--context", "x"], "takes KEY=VALUE"),
    ],
)
def test_wrong_questions_are_told_what_is_wrong(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    done = idkeep("can", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr


def test_decide_answers_line_by_line_and_goes_on_after_nonsense(tmp_path: Path) -> None:
    case = {"id": {"n": 1}, "request": {"principal": ANA, "action": "s3:GetObject"}}
    lines = [json.dumps(case), "nonsense", "", '{"id": 2}', json.dumps({**case, "id": "last"})]
    (tmp_path / "cases.jsonl").write_text("\n".join(lines))
    done = idkeep("decide", "--jsonl", "cases.jsonl", cwd=tmp_path)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["decision"] for one in answers] == [
        "ImplicitlyDenied",
        "Invalid",
        "Invalid",
        "ImplicitlyDenied",
    ]
    assert [one["id"] for one in answers] == [{"n": 1}, None, 2, "last"]
    assert "request" in answers[2]["why"]


def test_decide_leaves_no_layer_out_that_it_does_not_know(tmp_path: Path) -> None:
    request = {"principal": ANA, "action": "s3:GetObject"}
    layers: list[dict[str, object]] = [
        {"permissions_boundary": [{}]},
        {"permissions_boundary": []},
        {"resources": None},
    ]
    cases = [json.dumps({"request": request, "policies": one, "more": 1}) for one in layers]
    (tmp_path / "cases.jsonl").write_text("\n".join(cases))
    done = idkeep("decide", "--jsonl", "cases.jsonl", cwd=tmp_path)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["decision"] for one in answers] == ["Invalid", *["ImplicitlyDenied"] * 2]
    assert "there is no 'permissions_boundary', but identity, boundary" in answers[0]["why"]


def test_decide_answers_before_the_next_case_comes() -> None:
    case = json.dumps({"id": 1, "request": {"principal": "*", "action": "s3:GetObject"}})
    with subprocess.Popen(
        [sys.executable, "-m", "idkeep", "decide", "--jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdin
        assert running.stdout
        running.stdin.write(case + "\n")
        running.stdin.flush()
        assert json.loads(running.stdout.readline())["id"] == 1
        running.stdin.close()
        assert running.wait(timeout=PATIENCE) == 0


def test_a_service_is_judged_by_the_resources_policy(folder: Path) -> None:
    (folder / "trust.json").write_text(
        json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                    "Action": "s3:GetObject",
                    "Resource": "*",
                },
            }
        )
    )
    done = idkeep(
        "can", "lambda.amazonaws.com", "s3:GetObject", OBJECT,
        "--resource-policy", "trust.json", cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0
    assert "RESOURCE                 ALLOW" in done.stdout


def test_what_an_allow_hangs_on_is_named(folder: Path) -> None:
    out = ask(folder, "--mfa").stdout
    assert "Without any one of these it would not be allowed:\n    scp.json:2:3\n" in out
    assert "    identity.json:4:5\n" in out


def test_what_would_turn_a_denial_is_named(folder: Path) -> None:
    out = ask(folder, "--mfa", "--from-ip", "203.0.113.7").stdout
    assert "It would no longer be denied by:\n    no longer denying it in scp.json:3:3\n" in out
    out = ask(folder).stdout
    assert "    allow s3:GetObject: in the resource's policy, naming the requester\n" in out
    assert "  or by:\n    allow s3:GetObject: in a policy of the requester\n" in out


def test_machines_are_told_what_it_hangs_on(folder: Path) -> None:
    told = json.loads(ask(folder, "--mfa", "--json").stdout)
    assert [one["document"] for one in told["rests_on"]] == ["scp[0][0]", "identity[0]"]
    told = json.loads(ask(folder, "--mfa", "--from-ip", "203.0.113.7", "--json").stdout)
    [[change]] = told["changes"]
    assert change["change"] == "RemoveDeny"
    assert change["statement"]["sid"] == "NotFromThere"


@pytest.mark.parametrize(
    ("options", "verdict", "code"),
    [(["--strict"], "DENIED", 1), (["--optimistic"], "DEPENDS", 0)],
)
def test_an_unknown_key_may_be_read_either_way(
    folder: Path, options: list[str], verdict: str, code: int
) -> None:
    done = ask(folder, "--unknown", "aws:MultiFactorAuthPresent", *options)
    assert done.stdout.startswith(verdict)
    assert done.returncode == code


def test_a_name_that_the_catalog_lacks_is_said(folder: Path) -> None:
    done = idkeep("can", ANA, "s3:GetObjct", OBJECT, "--identity", "identity.json", cwd=folder)
    assert "lacks s3:GetObjct: matched as text" in done.stdout


KEY = "arn:aws:kms:eu-west-1:111122223333:key/k"


def test_a_keys_grants_are_read_as_aws_tells_them(folder: Path) -> None:
    grants = {"Grants": [{"GranteePrincipal": ANA, "Operations": ["Decrypt"], "GrantId": "g"}]}
    (folder / "grants.json").write_text(json.dumps(grants))
    done = idkeep("can", ANA, "kms:Decrypt", KEY, "--grants", "grants.json", cwd=folder)
    assert done.stdout.startswith("ALLOWED")
    assert "Allow  grant[0][0]" in done.stdout
    (folder / "grants.json").write_text('{"Grants": 3}')
    done = idkeep("can", ANA, "kms:Decrypt", KEY, "--grants", "grants.json", cwd=folder)
    assert done.returncode == 2
    assert "grants.json" in done.stderr


def test_a_buckets_settings_count(folder: Path) -> None:
    (folder / "public.json").write_text(
        json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "s3:GetObject",
                    "Resource": "*",
                },
            }
        )
    )
    (folder / "bucket.json").write_text('{"RestrictPublicBuckets": true}')
    asked = ("can", "*", "s3:GetObject", OBJECT, "--resource-policy", "public.json")
    assert idkeep(*asked, cwd=folder).stdout.startswith("ALLOWED")
    assert idkeep(*asked, "--bucket", "bucket.json", cwd=folder).stdout.startswith("DENIED")


def test_decide_explains_on_request(tmp_path: Path) -> None:
    case = {"id": 1, "request": {"principal": ANA, "action": "s3:GetObject"}}
    (tmp_path / "cases").write_text(json.dumps(case))
    plain = idkeep("decide", "--jsonl", "cases", cwd=tmp_path).stdout
    told = idkeep("decide", "--jsonl", "--explain", "cases", cwd=tmp_path).stdout
    assert "changes" not in json.loads(plain)
    assert len(json.loads(told)["changes"]) == 2


def test_a_level_may_have_several_policies(tmp_path: Path) -> None:
    documents = {
        "full": {"Effect": "Allow", "Action": "*", "Resource": "*"},
        "no-iam": {"Effect": "Deny", "Action": "iam:*", "Resource": "*"},
    }
    for name, statement in documents.items():
        told = {"Version": "2012-10-17", "Statement": [statement]}
        (tmp_path / f"{name}.json").write_text(json.dumps(told))
    asked = ("can", ANA, "s3:ListAllMyBuckets", "--identity", "full.json")
    one_level = idkeep(*asked, "--scp", "full.json,no-iam.json", cwd=tmp_path)
    two_levels = idkeep(*asked, "--scp", "full.json", "--scp", "no-iam.json", cwd=tmp_path)
    managing = (*asked, "--scp", "no-iam.json", "--management-account")
    assert one_level.stdout.startswith("ALLOWED")
    assert two_levels.stdout.startswith("DENIED")
    assert idkeep(*managing, cwd=tmp_path).stdout.startswith("ALLOWED")


def test_a_key_given_twice_has_two_values(tmp_path: Path) -> None:
    statement = {
        "Effect": "Allow",
        "Action": "*",
        "Resource": "*",
        "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["b"]}},
    }
    (tmp_path / "p.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": statement}))
    asked = ("can", ANA, "ec2:CreateTags", "--identity", "p.json", "--context", "aws:TagKeys=b")
    assert idkeep(*asked, cwd=tmp_path).stdout.startswith("ALLOWED")
    twice = idkeep(*asked, "--context", "aws:TagKeys=a", cwd=tmp_path)
    assert twice.stdout.startswith("DENIED")
