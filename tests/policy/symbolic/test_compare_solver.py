"""`compare` and `intersects` beside z3, on random pairs of policies.

More pairs are for `make conformance`.
"""

from collections.abc import Callable

from policy.symbolic.beside_solver import compared

PAIRS = 200


def test_z3_says_the_same_of_random_pairs(record_property: Callable[[str, object], None]) -> None:
    found = compared(PAIRS, seed=1)
    record_property("decided", found.decided)
    assert not found.differences
    assert found.decided >= PAIRS * 0.99, f"z3 gave up {found.given_up}, idkeep {found.unknown}"
    assert all(count > PAIRS // 20 for count in found.by_relation.values())
