"""`idkeep compare`, from the command line."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from test_cli import idkeep

READ = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}
ALL = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}
ODD = {**ALL, "Condition": {"DateLessThan": {"aws:CurrentTime": "tomorrow"}}}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "read": document(READ),
        "all": document(ALL),
        "odd": document(ODD),
        "set": [document(READ), document(ALL)],
        "bucket": document({**READ, "Principal": "*"}),
        "broken": document({**READ, "Effect": "Permit"}),
    }
    for name, content in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    return tmp_path


def ask(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return idkeep("compare", *arguments, cwd=folder)


@pytest.mark.parametrize(
    ("arguments", "relation", "code"),
    [
        (["read.json", "all.json"], "NARROWER", 0),
        (["all.json", "read.json"], "BROADER", 1),
        (["all.json", "set.json"], "EQUIVALENT", 0),
        (["odd.json", "read.json"], "UNKNOWN", 3),
        (["read.json", "all.json", "--expect", "equivalent"], "NARROWER", 1),
        (["all.json", "read.json", "--expect", "broader", "--expect", "equivalent"], "BROADER", 0),
        (["read.json", "all.json", "--kind", "scp"], "NARROWER", 0),
    ],
)
def test_the_relation_comes_first_and_decides_the_exit_code(
    folder: Path, arguments: list[str], relation: str, code: int
) -> None:
    done = ask(folder, *arguments)
    assert (done.stdout.split()[0], done.returncode) == (relation, code)


def test_a_request_tells_what_only_one_of_them_allows(folder: Path) -> None:
    out = ask(folder, "read.json", "all.json").stdout
    assert "Only all.json allows, for one:\n    s3:x on arn:aws:s3:::b/x\n" in out
    assert "Only read.json" not in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["read.json"], "two files are compared"),
        (["read.json", "none.json"], "none.json"),
        (["read.json", "broken.json"], "broken.json:1:"),
        (["read.json", "bucket.json"], "names principals"),
        (["--jsonl", "--json"], "--jsonl takes one file or none"),
    ],
)
def test_what_can_not_be_compared_is_said_in_a_line(
    folder: Path, arguments: list[str], words: str
) -> None:
    done = ask(folder, *arguments)
    assert done.returncode == 2
    assert words in done.stderr


def test_pairs_come_line_by_line_and_each_is_answered(folder: Path) -> None:
    cases = [
        {"id": 1, "a": document(READ), "b": document(ALL)},
        {"id": ["x"], "a": [document(READ)], "b": [document(READ), document(READ)]},
        {
            "id": 3,
            "a": document({**READ, "Principal": "*"}),
            "b": document({**ALL, "Principal": "*"}),
        },
        {"id": 4, "a": document(READ)},
        {"id": 5, "a": document(ODD), "b": document(READ), "kind": "boundary"},
    ]
    lines = "\n".join([*(json.dumps(one) for one in cases), "", "no JSON"]) + "\n"
    (folder / "cases.jsonl").write_text(lines)
    done = ask(folder, "--jsonl", "cases.jsonl")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["id"], one["relation"]) for one in answers] == [
        (1, "narrower"),
        (["x"], "equivalent"),
        (3, "narrower"),
        (4, "invalid"),
        (5, "unknown"),
        (None, "invalid"),
    ]
    assert done.returncode == 0
    first = answers[0]
    assert first["only_a"] is None
    assert first["only_b"]["action"] == "s3:x"
    assert all(one["why"] for one in answers[3:])
    piped = subprocess.run(
        [sys.executable, "-m", "idkeep", "compare", "--jsonl"],
        input=lines, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert piped.stdout == done.stdout


def test_a_witness_is_a_request_that_decide_takes(folder: Path) -> None:
    org = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
    a, b = document({**ALL, "Condition": org}), document(READ)
    (folder / "a.json").write_text(json.dumps(a))
    found = json.loads(ask(folder, "a.json", "read.json", "--json").stdout)
    assert found["relation"] == "incomparable"
    assert found["only_a"]["context"] == {"aws:PrincipalOrgID": "o-1"}
    cases = [
        {"request": found[side], "policies": {"identity": [policy]}}
        for side in ("only_a", "only_b")
        for policy in (a, b)
    ]
    (folder / "cases.jsonl").write_text("\n".join(map(json.dumps, cases)))
    done = idkeep("decide", "--jsonl", "cases.jsonl", cwd=folder)
    decided = [json.loads(line)["decision"] for line in done.stdout.splitlines()]
    assert decided == ["Allowed", "ImplicitlyDenied", "ImplicitlyDenied", "Allowed"]
