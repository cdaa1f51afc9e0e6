"""Places for what is too long for memory: a report is told by those who go through it again."""

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from idkeep.model.on_demand import Made

T = TypeVar("T")


class Waiting(Protocol[T]):
    """What was appended, in that order, any number of times."""

    def append(self, value: T, /) -> None: ...

    def __iter__(self) -> Iterator[T]: ...

    def __len__(self) -> int: ...

    def __getitem__(self, place: int, /) -> T: ...


class Aside(Protocol):
    """Gives an empty place for values of a type that msgspec reads and writes."""

    def __call__(self, kind: type[T], /) -> Waiting[T]: ...


def in_memory(_: type[T], /) -> Waiting[T]:
    """For what is short."""
    return []


def as_sequence(waiting: Waiting[T]) -> Sequence[T]:
    """What waits there, for whoever reads it: a tuple of what is in memory."""
    if isinstance(waiting, list):
        return tuple(waiting)
    return Made(waiting.__iter__, len(waiting))
