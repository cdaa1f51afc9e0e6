"""What a fuzzer has made so far, run through the laws that it tests: `make fuzz` adds to it."""

from pathlib import Path

import pytest

from policy.laws import LAWS

CORPUS = Path(__file__).parent / "corpus"
INPUTS = sorted((path.parent.name, path) for path in CORPUS.glob("*/*"))


@pytest.mark.parametrize(
    ("law", "path"), INPUTS, ids=[f"{law}-{path.name}" for law, path in INPUTS]
)
def test_the_law_holds(law: str, path: Path) -> None:
    LAWS[law](path.read_bytes())


def test_each_law_has_inputs_and_each_input_a_law() -> None:
    assert {law for law, _ in INPUTS} == set(LAWS)
