"""The examples in the public documentation run."""

import doctest
from types import ModuleType

import pytest

import idkeep.policy
import idkeep.policy.minimise
import idkeep.policy.symbolic


@pytest.mark.parametrize(
    "package",
    [idkeep.policy, idkeep.policy.minimise, idkeep.policy.symbolic],
    ids=lambda m: m.__name__,
)
def test_the_example_of_the_package_runs(package: ModuleType) -> None:
    found = doctest.testmod(package)
    assert found.attempted > 0
    assert found.failed == 0
