"""One truth for each of many at once, three-valued as in `idkeep.policy.expression`.

A lane is one of the many: a principal of an account, or an action of the catalog. Sets of lanes are
plain integers, lane n being bit n.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from typing import TypeVar

from msgspec import Struct

from idkeep.policy.expression import Open, Truth

T = TypeVar("T")
# A digit of a binary number as the number that it is.
_DIGITS = bytes.maketrans(b"01", b"\0\1")


class Lanes(Struct, frozen=True, gc=False):
    """`yes`: true there; `open`: not decided there. No lane is in both; elsewhere it is false."""

    yes: int = 0
    open: int = 0

    @property
    def possible(self) -> int:
        """Where it is not false."""
        return self.yes | self.open


NOWHERE = Lanes()


def same(truth: Truth, everywhere: int) -> Lanes:
    """The same truth in all these lanes."""
    if truth is True:
        return Lanes(everywhere)
    return Lanes(0, everywhere) if isinstance(truth, Open) else NOWHERE


def both(one: Lanes, other: Lanes) -> Lanes:
    yes = one.yes & other.yes
    return Lanes(yes, ((one.yes | one.open) & (other.yes | other.open)) ^ yes)


def either(one: Lanes, other: Lanes) -> Lanes:
    yes = one.yes | other.yes
    return Lanes(yes, (one.open | other.open) & ~yes)


def negated(one: Lanes, everywhere: int) -> Lanes:
    return Lanes(everywhere & ~(one.yes | one.open), one.open)


def within(one: Lanes, lanes: int) -> Lanes:
    """False outside of these lanes."""
    return Lanes(one.yes & lanes, one.open & lanes)


def set_of(lanes: Iterable[int], count: int) -> int:
    """The set of these lanes, of `count` there are; in time linear in both."""
    octets = bytearray((count + 7) // 8)
    for lane in lanes:
        octets[lane >> 3] |= 1 << (lane & 7)
    return int.from_bytes(octets, "little")


def first(lanes: int) -> int:
    """The first lane of a set that has one."""
    return (lanes & -lanes).bit_length() - 1


def members(lanes: int) -> Iterator[int]:
    """Each lane of the set, in order."""
    digits = f"{lanes:b}"[::-1]
    at = digits.find("1")
    while at >= 0:
        yield at
        at = digits.find("1", at + 1)


def chosen(every: Sequence[T], lanes: int) -> tuple[T, ...]:
    """Those of `every` whose lane is in the set."""
    digits = f"{lanes:b}"[::-1].encode().translate(_DIGITS)
    return tuple(compress(every, digits))
