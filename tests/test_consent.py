"""A scan that would take many calls: what it does without being told, and what a person decides."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from idkeep.cli.options import Progress, consent
from idkeep.cli.organization import above
from idkeep.model import Family
from idkeep.model.run import RunAccount
from surroundings import PATIENCE

ACCOUNTS = [RunAccount(id=str(one) * 12, name="n", state="ACTIVE") for one in (1, 2, 3)]
ASK_FOR_ALL = (
    "from test_consent import ACCOUNTS; from idkeep.cli.organization import above; "
    "from idkeep.model import Family; may = above(10); "
    "print(*(may(one, Family.RESOURCES, 11) for one in ACCOUNTS))"
)
ASK = (
    "from idkeep.cli.options import Progress, consent; from idkeep.model import Family; "
    "print(consent(Progress(None), max_calls=10, yes=False)(Family.RESOURCES, 11))"
)


@pytest.mark.parametrize(("calls", "yes"), [(10, False), (11, True), (0, False)])
def test_within_the_limit_or_once_agreed_nothing_is_asked(
    *, calls: int, yes: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert consent(Progress(None), max_calls=10, yes=yes)(Family.RESOURCES, calls)
    assert capsys.readouterr().err == ""


def test_above_the_limit_without_a_terminal_it_is_left_out_and_said() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK], stdin=subprocess.DEVNULL, capture_output=True, check=True
    )
    assert done.stdout == b"False\n"
    assert b"resources needs about 11 calls: not read (--max-calls 10" in done.stderr


@pytest.mark.parametrize(
    ("answer", "goes_on"), [("y\n", "True"), ("n\n", "False"), ("\n", "False")]
)
def test_above_the_limit_a_person_is_asked(answer: str, goes_on: str) -> None:
    said, shown = at_a_terminal(ASK, answer)
    assert said == goes_on
    assert "resources needs about 11 calls. Go on?" in shown


def at_a_terminal(code: str, answers: str) -> tuple[str, str]:
    """What it prints, and what the person sees."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, answers.encode())
        done = subprocess.run(
            [sys.executable, "-c", code],
            stdin=theirs,
            stderr=theirs,
            stdout=subprocess.PIPE,
            check=True,
            timeout=PATIENCE,
            cwd=Path(__file__).parent,
        )
    finally:
        os.close(theirs)
        shown = b"".join(until_it_is_closed(ours)).decode()
        os.close(ours)
    return done.stdout.decode().strip(), shown


def until_it_is_closed(terminal: int) -> Iterator[bytes]:
    """What was written comes in pieces of any size; then there is nobody at the other end."""
    with suppress(OSError):
        while piece := os.read(terminal, 8192):
            yield piece


@pytest.mark.parametrize(
    ("answers", "read", "questions"),
    [
        ("yes\nno\nyes\n", "True False True", 3),
        ("all\n", "True True True", 1),
        ("no\nnone\n", "False False False", 2),
    ],
)
def test_of_many_accounts_a_person_is_asked_until_it_is_for_all(
    answers: str, read: str, questions: int
) -> None:
    said, shown = at_a_terminal(ASK_FOR_ALL, answers)
    assert said == read
    assert shown.count("resources needs about 11 calls. Read them?") == questions


def test_of_many_accounts_without_a_terminal_each_one_left_out_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    may = above(10)
    assert not any(may(one, Family.RESOURCES, 11) for one in ACCOUNTS)
    said = capsys.readouterr().err.splitlines()
    assert len(said) == len(ACCOUNTS)
    assert "222222222222 n: resources needs about 11 calls: not read (--max-calls 10" in said[1]
