"""`idkeep why`: AWS's record of a denied request beside our answer, on the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from test_cli import idkeep

RECORDS = Path(__file__).parent / "policy" / "records"
ANA = "arn:aws:iam::111122223333:user/ana"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
READS = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Reads", "Effect": "Allow", "Action": "iam:Get*", "Resource": "*"}],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in RECORDS.glob("*.json"):
        (tmp_path / path.name).write_text(path.read_text())
    return tmp_path


def write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value))


@pytest.mark.parametrize(
    ("record", "verdict", "code"),
    [
        ("identity_deny", "AGREE", 0),
        ("handed_over_too_late", "DIFFER", 1),
        ("missing_document", "UNKNOWN", 3),
        ("nobody_told", "UNKNOWN", 3),
    ],
)
def test_the_verdict_comes_first_and_is_the_exit_code(
    folder: Path, record: str, verdict: str, code: int
) -> None:
    done = idkeep("why", "--record", f"{record}.json", cwd=folder)
    assert done.stdout.startswith(verdict)
    assert done.returncode == code, done.stderr


def test_both_sides_stand_side_by_side_with_the_place_of_each_statement(folder: Path) -> None:
    out = idkeep("why", "--record", "scp_second_level.json", cwd=folder).stdout
    assert "AWS     EXPLICIT_DENY\n         idkeep  EXPLICIT_DENY" in out
    assert "SERVICE_CONTROL_POLICY   EXPLICIT_DENY  EXPLICIT_DENY\n" in out
    assert "Deny    scp_second_level.json:123:11  NoUsers\n" in out
    assert "differs" not in out


def test_a_difference_is_marked_in_words(folder: Path) -> None:
    out = idkeep("why", "--record", "handed_over_too_late.json", cwd=folder).stdout
    assert "PRINCIPAL                IMPLICIT_DENY  ALLOW           differs\n" in out
    assert "AddedSince  (idkeep alone)\n" in out


def test_that_documents_may_be_cut_is_said(folder: Path) -> None:
    out = idkeep("why", "--record", "identity_deny.json", cwd=folder).stdout
    assert "may leave out actions of services other than the one that was asked" in out


@pytest.mark.parametrize("held", [READS, {"policyDocument": READS}], ids=["bare", "held"])
def test_a_document_can_be_handed_over_by_its_uri(folder: Path, held: Any) -> None:
    write(folder / "a=b.json", held)
    asked = ("--record", "missing_document.json", "--policy", f"{READ_ONLY}=a=b.json")
    done = idkeep("why", *asked, cwd=folder)
    assert (done.returncode, done.stdout[:5]) == (0, "AGREE"), done.stdout


def test_pages_come_in_several_files(folder: Path) -> None:
    page = json.loads((folder / "identity_deny.json").read_text())
    write(folder / "1.json", {**page, "nextToken": "t"})
    write(folder / "2.json", page)
    first = idkeep("why", "--record", "1.json", cwd=folder)
    assert first.returncode == 3
    assert "UNKNOWN  the record goes on: its last page is missing" in first.stdout
    both = idkeep("why", "--record", "1.json", "--record", "2.json", cwd=folder)
    assert (both.returncode, both.stdout.count("AGREE")) == (0, 2)


def test_a_difference_wins_over_what_is_unknown(folder: Path) -> None:
    page = json.loads((folder / "handed_over_too_late.json").read_text())
    write(folder / "1.json", {**page, "nextToken": "t"})
    assert idkeep("why", "--record", "1.json", cwd=folder).returncode == 1


def test_a_record_without_evaluations_is_no_agreement(folder: Path) -> None:
    write(folder / "none.json", {"requestContext": {}, "evaluations": [], "policies": []})
    done = idkeep("why", "--record", "none.json", cwd=folder)
    assert (done.returncode, done.stdout) == (3, "UNKNOWN  the record has no evaluation\n")


def test_machines_get_json(folder: Path) -> None:
    done = idkeep("why", "--json", "--record", "handed_over_too_late.json", cwd=folder)
    told = json.loads(done.stdout)
    assert (told["format"], told["verdict"], done.returncode) == ("idkeep.why/1", "differ", 1)
    (one,) = told["evaluations"]
    assert (one["aws"], one["ours"]) == ("IMPLICIT_DENY", "ALLOW")
    assert {"what": "PRINCIPAL", "aws": "IMPLICIT_DENY", "ours": "ALLOW"} in one["differences"]


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_hostile_names_do_not_reach_the_terminal(folder: Path, form: tuple[str, ...]) -> None:
    evil = "\x1b[2J\u202e"
    evaluation = {
        "action": f"iam:GetUser{evil}",
        "resource": f"{ANA}{evil}",
        "evaluatedEffect": f"IMPLICIT_DENY{evil}",
        "checks": [
            {
                "checkType": f"NEW{evil}",
                "evaluatedEffect": f"NO{evil}",
                "targetArn": evil,
                "matchedPolicies": [
                    {"uri": evil, "matchedStatements": [{"sid": evil, "evaluatedEffect": evil}]}
                ],
            }
        ],
    }
    policies = [{"type": f"NEW{evil}", "uri": evil, evil: evil}]
    context = {"aws:PrincipalArn": f"{ANA}{evil}"}
    page = {"requestContext": context, "evaluations": [evaluation], "policies": policies}
    write(folder / "evil.json", page)
    done = idkeep("why", "--record", "evil.json", *form, cwd=folder)
    assert done.returncode == 3, done.stderr
    assert not {"\x1b", "\u202e"} & set(done.stdout)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "there is no message"),
        (["--record", "none.json"], "none.json: No such file"),
        (["--record", "half.json"], "half.json:1:"),
        (["--record", "cut.json"], "--no-paginate"),
        (["--record", "identity_deny.json", "--policy", "x"], "is not URI=FILE"),
        (["--record", "identity_deny.json", "--policy", "x=y"], "the record has no policy x"),
        (["--record", "missing_document.json", "--policy", f"{READ_ONLY}=half.json"], "half.json"),
    ],
)
def test_what_cannot_be_read_is_said_and_exits_with_2(
    folder: Path, arguments: list[str], message: str
) -> None:
    (folder / "half.json").write_text('{"requestContext": ')
    write(folder / "cut.json", {"evaluations": []})
    done = idkeep("why", *arguments, cwd=folder)
    assert done.returncode == 2
    assert message in done.stderr
