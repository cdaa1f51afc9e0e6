"""The examples in the public documentation run."""

import doctest

import idkeep.policy


def test_the_example_of_the_package_runs() -> None:
    found = doctest.testmod(idkeep.policy)
    assert found.attempted > 0
    assert found.failed == 0
