"""`idkeep shrink`, `minimise` and `prove`, from the command line."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from test_cli import idkeep

READ = {"Sid": "A", "Effect": "Allow", "Action": ["s3:GetObject", "s3:Get*"], "Resource": "*"}
TAGS = {"Sid": "B", "Effect": "Allow", "Action": "s3:GetObjectTagging", "Resource": "*"}
ITEMS = {
    "Sid": "D",
    "Effect": "Allow",
    "Action": ["dynamodb:GetItem", "dynamodb:BatchGetItem"],
    "Resource": "arn:aws:dynamodb:*:*:table/a",
}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "p.json").write_text(json.dumps(document(READ, TAGS, ITEMS)))
    (tmp_path / "broken.json").write_text('{"Version":')
    (tmp_path / "none.json").write_text("[]")
    return tmp_path


def test_shrink_writes_fewer_actions_and_leaves_the_rest(folder: Path) -> None:
    done = idkeep("shrink", "p.json", cwd=folder)
    assert done.returncode == 0
    first, *others = json.loads(done.stdout)["Statement"]
    assert first == {**READ, "Action": ["s3:Get*"]}
    assert others == [TAGS, ITEMS]
    assert "s3:GetObject is within s3:Get*" in done.stderr


def test_minimise_leaves_out_what_others_say_and_says_so(folder: Path) -> None:
    done = idkeep("minimise", "p.json", "--compact", "--drop-sids", cwd=folder)
    assert done.returncode == 0
    assert "\n" not in done.stdout.strip()
    assert [one["Action"] for one in json.loads(done.stdout)["Statement"]] == [
        "s3:Get*",
        ITEMS["Action"],
    ]
    assert "Sid" not in done.stdout
    assert "statement 1 (B): left out" in done.stderr


def test_what_it_printed_compares_as_equivalent(folder: Path) -> None:
    (folder / "q.json").write_text(idkeep("minimise", "p.json", cwd=folder).stdout)
    assert "EQUIVALENT" in idkeep("compare", "p.json", "q.json", cwd=folder).stdout


def test_split_prints_policies_that_are_short_enough_and_equivalent_together(folder: Path) -> None:
    done = idkeep("minimise", "p.json", "--split", "--max-size", "170", cwd=folder)
    assert done.returncode == 0
    assert len(json.loads(done.stdout)) == 2
    (folder / "q.json").write_text(done.stdout)
    assert "EQUIVALENT" in idkeep("compare", "p.json", "q.json", cwd=folder).stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("minimise", "p.json", "--max-size", "20"), 1, "more than 20"),
        (("minimise", "p.json", "--split", "--max-size", "20"), 1, "too long by itself"),
        (
            ("minimise", "p.json", "--split", "--max-size", "170", "--attachments", "1"),
            1,
            "takes 2",
        ),
        (("minimise", "p.json", "--attachments", "1"), 2, "--attachments is about --split"),
        (("minimise", "p.json", "--split", "--kind", "boundary"), 2, "not in force as one"),
        (("minimise", "broken.json"), 2, "broken.json:1:12"),
        (("shrink", "none.json"), 2, "a policy is a JSON object"),
        (("prove", "broken.json", "--never", "s3:*"), 2, "broken.json:1:12"),
        (("prove", "none.json", "--never", "s3:*"), 2, "there is no policy"),
        (("prove", "p.json", "--never", "Get"), 2, "service:Action"),
    ],
)
def test_where_nothing_can_be_printed_the_reason_is_one_line(
    folder: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = idkeep(*arguments, cwd=folder)
    assert done.returncode == code
    assert said in done.stderr
    assert not done.stdout


def test_stdin_is_a_file_too(folder: Path) -> None:
    piped = subprocess.run(
        [sys.executable, "-m", "idkeep", "minimise", "-", "--kind", "identity"],
        input=(folder / "p.json").read_text(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(piped.stdout)


def test_prove_proves_or_shows_a_request(folder: Path) -> None:
    proven = idkeep("prove", "p.json", "--never", "s3:Put*", cwd=folder)
    assert (proven.returncode, proven.stdout.split()[0]) == (0, "NEVER")
    asked = ("--never", "dynamodb:*", "--on", "arn:aws:dynamodb:*:*:table/*", "--json")
    shown = idkeep("prove", "p.json", *asked, cwd=folder)
    assert shown.returncode == 1
    told = json.loads(shown.stdout)
    assert told["answer"] == "allowed"
    assert told["request"]["action"] in ITEMS["Action"]


def test_a_misspelt_action_is_said_since_it_proves_nothing(folder: Path) -> None:
    done = idkeep("prove", "p.json", "--never", "s3:PutObjct", cwd=folder)
    assert "no action in the catalog" in done.stdout
    assert "s3:PutObjct" in done.stdout
