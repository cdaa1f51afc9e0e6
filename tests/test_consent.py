"""A scan that would take many calls: what it does without being told, and what a person decides."""

import os
import pty
import subprocess
import sys

import pytest

from idkeep.cli.options import Progress, consent
from idkeep.model import Family

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
    ours, theirs = pty.openpty()
    try:
        os.write(ours, answer.encode())
        done = subprocess.run(
            [sys.executable, "-c", ASK],
            stdin=theirs,
            stderr=theirs,
            stdout=subprocess.PIPE,
            check=True,
            timeout=60,
        )
        shown = os.read(ours, 4096).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.stdout.decode().strip() == goes_on
    assert "resources needs about 11 calls. Go on?" in shown
