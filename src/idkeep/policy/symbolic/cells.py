"""What one dimension of a request may be, as far as statements tell apart.

A dimension is the action, the resource, the principal, or one condition key. Its values fall into
disjoint cells: within one, each statement asks the same of all. Statements are numbered, and a
set of them is the bits of an integer.
"""

from collections.abc import Iterable
from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Cell(Struct, Generic[T], frozen=True):
    """`holds`: the statements whose element this dimension's value satisfies.

    `sure` is False where AWS does not document it, or where it hangs on a policy variable: then
    the cell is one way in which that may turn out.
    """

    holds: int
    example: T
    sure: bool = True


def sparest(cells: Iterable[Cell[T]], needed: int, against: int) -> list[Cell[T]]:
    """Of the cells that satisfy all of `needed`, those that satisfy the least of `against`.

    A cell goes where another satisfies no more, and is as sure: a request that the first makes
    possible is possible with the second. What satisfies less comes first.
    """
    best: dict[tuple[int, bool], Cell[T]] = {}
    for cell in cells:
        if not needed & ~cell.holds:
            best.setdefault((cell.holds & against, cell.sure), cell)
    kept: list[Cell[T]] = []
    ordered = sorted(best.items(), key=lambda one: (one[0][0].bit_count(), not one[0][1]))
    for (held, sure), cell in ordered:
        beaten = any(
            not (other.holds & against) & ~held and (other.sure or not sure) for other in kept
        )
        if not beaten:
            kept.append(cell)
    return kept


def bits(mask: int) -> Iterable[int]:
    """The numbers in a set."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
