"""What waits in a spool comes back as it went in, whether it is little or much."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw, Struct

from full_disk import files_of_at_most
from idkeep.errors import IdkeepError
from idkeep.model import Fact, Finding, Severity, Status, SubjectRef, Verdict
from idkeep.store import Spool


class Line(Struct, frozen=True):
    text: str
    number: int = 0


LINES = st.lists(st.builds(Line, st.text(), st.integers(-(2**53), 2**53)), max_size=40)


@given(LINES, LINES)
def test_tapes_of_one_spool_keep_to_themselves(first: list[Line], second: list[Line]) -> None:
    spool = Spool()
    one, other = spool.tape(Line), spool.tape(Line)
    for line in first:
        one.append(line)
    for line in second:
        other.append(line)
    assert list(one) == first
    assert list(other) == second
    assert (one == other) is (first == second)
    assert list(one) == first


@given(LINES, st.slices(40))
def test_a_tape_is_a_sequence(lines: list[Line], some: slice) -> None:
    tape = Spool().tape(Line)
    for line in lines:
        tape.append(line)
    assert len(tape) == len(lines)
    assert tuple(tape[some]) == tuple(lines[some])
    assert [tape[place] for place in range(-len(lines), len(lines))] == lines * 2
    with pytest.raises(IndexError):
        tape[len(lines)]


def test_what_is_appended_after_reading_is_there_too() -> None:
    tape = Spool().tape(Line)
    tape.append(Line("one"))
    assert list(tape) == [Line("one")]
    tape.append(Line("two"))
    assert list(tape) == [Line("one"), Line("two")]


def test_half_of_a_surrogate_pair_comes_back_in_its_place() -> None:
    tape = Spool().tape(str)
    for text in ("a", "\ud800", "b\n"):
        tape.append(text)
    assert list(tape) == ["a", "\ud800", "b\n"]


def test_a_verdict_comes_back_with_its_evidence() -> None:
    verdict = Verdict(
        subject=SubjectRef(kind="User", name="ana", arn="a", id="i", account="1" * 12),
        status=Status.FAIL,
        findings=(Finding(id="f" * 16, severity=Severity.HIGH, message="has an old key"),),
        evidence=(
            Fact(
                name="access_keys",
                value=Raw(b'[{"rotated":"2024-01-01T00:00:00.000001Z"}]'),
                action="iam:GetCredentialReport",
                as_of=datetime(2026, 11, 1, 12, 0, 0, 5, tzinfo=UTC),
            ),
        ),
    )
    tape = Spool().tape(Verdict)
    tape.append(verdict)
    [found] = tape
    assert found == verdict


def test_more_than_memory_takes_is_in_a_file() -> None:
    """Numbers that do not pack well: some megabytes of them."""
    tape = Spool().tape(str)
    texts = [str(pow(3, number, 10**200)) for number in range(1, 30_001)]
    for text in texts:
        tape.append(text)
    assert list(tape) == texts


def test_a_full_disk_is_said_in_a_sentence() -> None:
    tape = Spool().tape(str)

    def fill() -> None:
        for number in range(1, 100_000):
            tape.append(str(pow(3, number, 10**200)))

    with files_of_at_most(100_000), pytest.raises(IdkeepError, match="there is no room in /"):
        fill()
