"""What a family of resources costs, told before it is read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from idkeep.collect.ask import Ask
from idkeep.collect.resources.kind import AnyKind, Found, Place
from idkeep.model import Gap
from idkeep.model.gap import Unlisted

T_co = TypeVar("T_co", covariant=True)
Listed: TypeAlias = tuple[tuple[AnyKind, Found[Any]], ...]


@dataclass(frozen=True, slots=True)
class Plan(Generic[T_co]):
    """What is still to be asked: about `calls` more, made by `read`."""

    calls: int
    read: Callable[[], T_co]


def listed(ask: Ask, kinds: tuple[AnyKind, ...]) -> Listed:
    """What there is of each kind."""
    told = ask.each(kinds, lambda kind: kind.lists(ask))
    return tuple(
        (kind, Found(gaps=(one,)) if isinstance(one, Gap) else one)
        for kind, one in zip(kinds, told, strict=True)
    )


def estimate(found: Iterable[tuple[AnyKind, Found[Any]]]) -> int:
    """How many calls reading these costs at most; further pages come on top."""
    return sum(kind.calls(item) for kind, listed in found for _, item in listed.items)


@dataclass(frozen=True, slots=True)
class Read:
    """The resources of a kind, and why there may be more."""

    items: tuple[Any, ...]
    unlisted: tuple[Unlisted, ...]


def read_each(ask: Ask, found: Listed) -> tuple[Read, ...]:
    """In the order of the kinds."""
    told = ask.each(found, lambda one: _kind(ask, *one))
    return tuple(_read(kind, found, one) for (kind, found), one in zip(found, told, strict=True))


def _read(kind: AnyKind, found: Found[Any], told: tuple[Any, ...] | Gap) -> Read:
    items = (told,) if isinstance(told, Gap) else told
    gaps = (*found.gaps, *(one for one in items if isinstance(one, Gap)))
    return Read(
        items=tuple(one for one in items if not isinstance(one, Gap)),
        unlisted=tuple(Unlisted(kind.model.__name__, gap) for gap in dict.fromkeys(gaps)),
    )


def _kind(ask: Ask, kind: AnyKind, found: Found[Any]) -> tuple[Any, ...]:
    def one(at: tuple[str, Any]) -> object:
        region, item = at
        return kind.read(ask, Place(ask.partition, region, ask.account), item)

    return ask.each(found.items, one)
