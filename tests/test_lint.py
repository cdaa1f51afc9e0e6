"""`idkeep lint` and `idkeep expand` on the command line."""

import json
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import ValidationError

from sarif_schema import check_sarif
from test_cli import idkeep

BAD = """{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObjekt",
    "Resource": "*"
  }
}
"""
GOOD = BAD.replace("Objekt", "Object")
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:Foo"}],
}
POLICY = json.loads(GOOD)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bad.json").write_text(BAD)
    (tmp_path / "good.json").write_text(GOOD)
    return tmp_path


def write(path: Path, value: Any) -> None:
    path.write_text(value if isinstance(value, str) else json.dumps(value))


def linted(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    policies: list[dict[str, Any]] = json.loads(
        idkeep("lint", "--json", *arguments, cwd=folder).stdout
    )["policies"]
    return policies


def test_a_finding_is_shown_as_a_compiler_would(folder: Path) -> None:
    done = idkeep("lint", "bad.json", cwd=folder)
    assert done.returncode == 1
    head, _, rest = done.stdout.partition("\n")
    assert head == (
        "ERROR[INVALID_ACTION]: there is no action s3:GetObjekt; did you mean s3:GetObject?"
    )
    assert rest.startswith(
        " --> bad.json:5:15\n"
        "  |\n"
        '5 |     "Action": "s3:GetObjekt",\n'
        "  |               ^^^^^^^^^^^^^^\n"
        "  = https://docs.aws.amazon.com/"
    )
    assert "1 policy: 1 ERROR (catalog of 20" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_good_policy_is_said_to_be_good(folder: Path) -> None:
    done = idkeep("lint", "good.json", cwd=folder)
    assert done.returncode == 0
    assert done.stdout.startswith("1 policy: nothing found")
    assert "taken for an identity policy" in done.stderr


def test_a_long_line_is_cut_around_the_place(folder: Path) -> None:
    actions = [f"s3:Get{'x' * 40}{n}" for n in range(9)] + ["s3:GetObjekt"]
    write(
        folder / "long.json", {"Statement": {"Effect": "Allow", "Action": actions, "Resource": "*"}}
    )
    out = idkeep("lint", "long.json", cwd=folder).stdout
    shown = next(line for line in out.split("\n") if '"s3:GetObjekt"' in line)
    assert len(shown) < 120
    under = out.split("\n")[out.split("\n").index(shown) + 1]
    assert shown[under.index("^") : under.rindex("^") + 1] == '"s3:GetObjekt"'


def test_terminal_escapes_in_a_policy_do_not_act(folder: Path) -> None:
    write(folder / "evil.json", BAD.replace("Objekt", "\x9b31m\u202eObjekt"))
    out = idkeep("lint", "evil.json", cwd=folder).stdout
    assert "\x9b" not in out
    assert "\u202e" not in out


@pytest.mark.parametrize(
    ("fail_on", "code"), [("error", 1), ("note", 1), ("never", 0), ("ERROR", 1)]
)
def test_the_least_category_that_fails_is_chosen(folder: Path, fail_on: str, code: int) -> None:
    assert idkeep("lint", "--fail-on", fail_on, "bad.json", cwd=folder).returncode == code


def test_a_note_does_not_fail_by_default(folder: Path) -> None:
    write(folder / "new.json", GOOD.replace("GetObject", "PaintObjectsBlue"))
    done = idkeep("lint", "new.json", cwd=folder)
    assert "NOTE[INVALID_ACTION]" in done.stdout
    assert done.returncode == 0


def test_a_code_can_be_suppressed_and_an_unknown_one_is_refused(folder: Path) -> None:
    done = idkeep("lint", "--suppress", "invalid-action", "bad.json", cwd=folder)
    assert (done.returncode, "INVALID_ACTION" in done.stdout) == (0, False)
    wrong = idkeep("lint", "--suppress", "INVALID_ACTON", "bad.json", cwd=folder)
    assert wrong.returncode == 2
    assert "INVALID_ACTON" in wrong.stderr


def test_directories_are_walked_and_files_without_a_policy_passed_over(folder: Path) -> None:
    (folder / "deep" / "er").mkdir(parents=True)
    write(folder / "deep" / "er" / "p.json", BAD)
    write(folder / "package.json", {"name": "x"})
    write(folder / "note.txt", BAD)
    files = {one["file"] for one in linted(folder, ".")}
    assert files == {"bad.json", "good.json", "deep/er/p.json"}


def test_a_named_file_is_a_policy_unless_told_otherwise(folder: Path) -> None:
    write(folder / "package.json", {"name": "x"})
    [one] = linted(folder, "package.json")
    assert {found["code"] for found in one["findings"]} >= {"MISSING_STATEMENT"}
    assert linted(folder, "--skip-others", "package.json") == []


def test_a_broken_file_in_a_directory_is_an_error_and_no_silence(folder: Path) -> None:
    write(folder / "broken.json", BAD[:-4])
    done = idkeep("lint", ".", cwd=folder)
    assert "ERROR[JSON_SYNTAX_ERROR]" in done.stdout
    assert done.returncode == 1


def test_standard_input_is_read(folder: Path) -> None:
    done = idkeep("lint", "-", cwd=folder)
    assert "JSON_SYNTAX_ERROR" in done.stdout  # nothing stood there
    assert " --> <stdin>:1:1" in done.stdout


@pytest.mark.parametrize(
    ("answer", "at", "kind"),
    [
        ([POLICY, TRUST], ["0", "1"], ["identity", "trust"]),
        ({"PolicyVersion": {"Document": POLICY}}, ["PolicyVersion.Document"], ["identity"]),
        (
            {"Role": {"AssumeRolePolicyDocument": TRUST}},
            ["Role.AssumeRolePolicyDocument"],
            ["trust"],
        ),
        ({"Policy": json.dumps(TRUST)}, ["Policy"], ["trust"]),
        ({"PolicyDocument": "%7B%22Statement%22%3A%5B%5D%7D"}, ["PolicyDocument"], ["identity"]),
        (
            {
                "Policy": {
                    "PolicySummary": {"Type": "SERVICE_CONTROL_POLICY"},
                    "Content": json.dumps(POLICY),
                }
            },
            ["Policy.Content"],
            ["scp"],
        ),
        (
            {"RoleDetailList": [{"RolePolicyList": [{"PolicyDocument": POLICY}]}]},
            ["RoleDetailList.0.RolePolicyList.0.PolicyDocument"],
            ["identity"],
        ),
    ],
)
def test_policies_are_found_in_the_answers_of_aws(
    folder: Path, answer: Any, at: list[str], kind: list[str]
) -> None:
    write(folder / "answer.json", answer)
    found = linted(folder, "answer.json")
    assert [one["at"] for one in found] == at
    assert [one["kind"] for one in found] == kind


@pytest.mark.parametrize(
    "inline",
    [
        lambda trust: {"Resources": {"R": {"Properties": {"AssumeRolePolicyDocument": trust}}}},
        lambda trust: {"values": {"assume_role_policy": json.dumps(trust)}},
        lambda trust: {"resource": {"aws_iam_role": {"r": {"assume_role_policy": trust}}}},
    ],
    ids=["CloudFormation", "Terraform plan", "Terraform JSON"],
)
def test_wrong_verdict_51_a_trust_policy_within_a_template_is_examined_as_one_by_itself(
    folder: Path, inline: Callable[[object], object]
) -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    write(folder / "alone.json", trust)
    write(folder / "template.json", inline(trust))
    said = [
        [(policy["kind"], [found["code"] for found in policy["findings"]])]
        for name in ("alone.json", "template.json")
        for policy in linted(folder, name)
    ]
    assert said == [[("trust", ["ROLE_TRUSTS_ANYONE"])]] * 2


def test_lines_count_in_the_file_for_a_policy_within_it(folder: Path) -> None:
    write(folder / "answer.json", '{"RoleName": "a",\n "PolicyDocument": ' + BAD + "}")
    [one] = linted(folder, "answer.json")
    [found] = one["findings"]
    assert (found["line"], found["column"]) == (6, 15)


def test_the_kind_is_what_is_said(folder: Path) -> None:
    [one] = linted(folder, "--kind", "rcp", "good.json")
    assert (one["kind"], one["kind_guessed"]) == ("rcp", False)
    assert "MISSING_PRINCIPAL" in {found["code"] for found in one["findings"]}


def test_the_sarif_log_keeps_to_the_standard(folder: Path) -> None:
    write(folder / "a b.json", {"Policy": json.dumps(TRUST)})
    done = idkeep("lint", "--sarif", "bad.json", "a b.json", cwd=folder)
    log = json.loads(done.stdout)
    check_sarif(log)
    [run] = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[one["ruleIndex"]] == one["ruleId"] for one in run["results"])
    first, second = run["results"][0], run["results"][-1]
    region = first["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 5, "startColumn": 15, "endColumn": 29}
    place = second["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "a%20b.json"}}


@pytest.mark.parametrize(
    "content",
    [GOOD, {"no": "policy"}, BAD.replace("Objekt", "Ünïcödé 日本語 🔑"), BAD[:-4], ""],
    ids=["nothing found", "no policy", "unicode", "broken", "empty"],
)
def test_every_sarif_log_keeps_to_the_standard(folder: Path, content: Any) -> None:
    write(folder / "Ünïcödé 🔑.json", content)
    done = idkeep("lint", "--sarif", "Ünïcödé 🔑.json", cwd=folder)
    check_sarif(json.loads(done.stdout))


def test_the_published_schema_refuses_what_is_no_sarif(folder: Path) -> None:
    log = json.loads(idkeep("lint", "--sarif", "bad.json", cwd=folder).stdout)
    log["runs"][0]["results"][0]["level"] = "loud"
    with pytest.raises(ValidationError):
        check_sarif(log)


def test_json_and_sarif_exclude_each_other(folder: Path) -> None:
    assert idkeep("lint", "--json", "--sarif", "bad.json", cwd=folder).returncode == 2


def test_fix_writes_what_means_the_same_keeps_the_mode_and_says_so(folder: Path) -> None:
    path = folder / "good.json"
    write(path, GOOD.replace('"s3:GetObject"', '["s3:getobject", "s3:Get*"]'))
    path.chmod(0o640)
    (folder / "link.json").symlink_to("good.json")
    done = idkeep("lint", "--fix", "link.json", cwd=folder)
    assert path.read_text() == GOOD.replace('"s3:GetObject"', '["s3:Get*"]')
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert (folder / "link.json").is_symlink()
    assert "fixed link.json: statement 0 Action: removed s3:getobject" in done.stderr
    assert sorted(one.name for one in folder.iterdir()) == ["bad.json", "good.json", "link.json"]


def test_fix_leaves_alone_what_needs_nothing(folder: Path) -> None:
    before = (folder / "bad.json").stat()
    idkeep("lint", "--fix", "bad.json", cwd=folder)
    after = (folder / "bad.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_fix_tidies_each_policy_of_an_answer_and_nothing_else(folder: Path) -> None:
    double = {**POLICY, "Statement": {**POLICY["Statement"], "Action": ["s3:*", "s3:Get*"]}}
    write(folder / "answer.json", {"A": [{"Document": double}], "Action": ["x", "x"]})
    idkeep("lint", "--fix", "answer.json", cwd=folder)
    double["Statement"]["Action"] = ["s3:*"]
    assert json.loads((folder / "answer.json").read_text()) == {
        "A": [{"Document": double}],
        "Action": ["x", "x"],
    }


def test_fix_needs_a_file(folder: Path) -> None:
    assert idkeep("lint", "--fix", "-", cwd=folder).returncode == 2


def test_a_file_that_is_not_there_is_wrong_use(folder: Path) -> None:
    assert idkeep("lint", "nothing.json", cwd=folder).returncode == 2


def test_a_file_that_is_no_text_is_unreadable(folder: Path) -> None:
    (folder / "bytes.json").write_bytes(b"\xff\xfe")
    done = idkeep("lint", "bytes.json", cwd=folder)
    assert done.returncode == 2
    assert "bytes.json" in done.stderr


def test_the_hook_for_pre_commit_runs_what_there_is() -> None:
    hook = (Path(__file__).parent.parent / ".pre-commit-hooks.yaml").read_text()
    assert "entry: idkeep lint --skip-others\n" in hook
    assert "- id: idkeep-lint\n" in hook


def test_expand_lists_each_action_once() -> None:
    done = idkeep("expand", "sts:Get*Token", "STS:GetSessionToken")
    actions = done.stdout.split()
    assert "sts:GetSessionToken" in actions
    assert len(actions) == len(set(actions))
    assert done.returncode == 0


def test_expand_says_what_means_nothing() -> None:
    done = idkeep("expand", "sts:GetSessionToken", "sts:Frobnicate*")
    assert done.stdout == "sts:GetSessionToken\n"
    assert "sts:Frobnicate*: no action in the catalog of 20" in done.stderr
    assert done.returncode == 1


def test_expand_as_json_is_by_pattern() -> None:
    told = json.loads(idkeep("expand", "--json", "sts:GetSessionToken").stdout)
    assert told["format"] == "idkeep.expand/1"
    assert told["actions"] == {"sts:GetSessionToken": ["sts:GetSessionToken"]}


def test_expand_writes_out_the_actions_of_a_document(folder: Path) -> None:
    statement = {
        "Effect": "Allow",
        "Action": ["sts:GetSession*", "new:Thing"],
        "Resource": "*",
        "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": 3600}},
    }
    denies = {"Effect": "Deny", "NotAction": "sts:*", "Resource": "*"}
    write(folder / "p.json", {"Statement": [statement, denies]})
    done = idkeep("expand", "p.json", cwd=folder)
    written = json.loads(done.stdout)
    statement["Action"] = ["sts:GetSessionToken", "new:Thing"]
    assert written == {"Statement": [statement, denies]}
    assert "new:Thing" in done.stderr


def test_expand_says_where_a_document_is_broken(folder: Path) -> None:
    write(folder / "p.json", '{\n"Statement": }')
    done = idkeep("expand", "p.json", cwd=folder)
    assert done.returncode == 2
    assert "p.json:2:14" in done.stderr


def test_neither_verb_loads_the_sdk() -> None:
    code = "import sys, idkeep.cli.lint, idkeep.cli.expand; sys.exit('boto3' in sys.modules)"
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", code]) == 0


def test_a_mark_at_the_beginning_is_no_part_of_the_policy(tmp_path: Path) -> None:
    text = '{"Version": "2012-10-17", "Statement": []}'
    (tmp_path / "marked.json").write_text(f"\ufeff{text}", encoding="utf-8")
    done = idkeep("lint", "marked.json", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
