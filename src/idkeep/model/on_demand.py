"""Long rows of values that never stand in memory whole."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar, overload

T = TypeVar("T")


class OnDemand(Sequence[T]):
    """A sequence whose values are made anew each time somebody goes through it.

    It equals any sequence of equal values. A slice is a tuple.
    """

    @abstractmethod
    def __iter__(self) -> Iterator[T]: ...

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        places = range(len(self))[place]
        if isinstance(places, int):
            return self._at(places)
        if places.step < 0:
            return tuple(self)[place]
        return tuple(islice(self, places.start, places.stop, places.step))

    def _at(self, place: int) -> T:
        """The value at a place that there is."""
        return next(islice(self, place, None))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(self) != len(other):
            return False
        return all(one == same for one, same in zip(self, other, strict=True))

    # As long as a list, and as little a key.
    __hash__ = None  # type: ignore[assignment]


class Made(OnDemand[T]):
    """What `make` gives, `length` values each time."""

    def __init__(self, make: Callable[[], Iterator[T]], length: int) -> None:
        self._make = make
        self._length = length

    def __iter__(self) -> Iterator[T]:
        return self._make()

    def __len__(self) -> int:
        return self._length
