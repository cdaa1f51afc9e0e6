"""How a read of AWS is written down, and what comes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from idkeep.model import Gap

T_co = TypeVar("T_co", covariant=True)
Answer: TypeAlias = Mapping[str, Any]
Pages: TypeAlias = tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepare:
    """An operation that starts the work, asked again until its answer is ready."""

    operation: str
    is_ready: Callable[[Answer], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector(Generic[T_co]):
    """One operation, and how its answers become a value.

    `build` gets every page. `absent` names the error codes by which AWS says that there is no
    such thing: the value is then None. Where AWS refuses, the value is a `Gap`. `paged` ones
    say in every answer whether there is more.
    """

    service: str
    operation: str
    build: Callable[[Pages], T_co]
    params: Mapping[str, str] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    paged: bool = False
    prepare: Prepare | None = None

    @property
    def action(self) -> str:
        """The IAM action that the read needs; for these services it is named as the operation."""
        return f"{self.service}:{self.operation}"

    @property
    def actions(self) -> tuple[str, ...]:
        before = (f"{self.service}:{self.prepare.operation}",) if self.prepare else ()
        return (*before, self.action)


AnyCollector: TypeAlias = Collector[Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """The pages that came, and why no more did; `absent` where AWS says there is no such thing.

    `unprepared` is why AWS would not begin the work; what somebody else began may still be there.
    """

    collector: AnyCollector
    pages: Pages = ()
    gap: Gap | None = None
    absent: bool = False
    unprepared: Gap | None = None


def fact(reading: Reading, collector: Collector[T_co]) -> T_co | Gap | None:
    """The value of a reading that must be whole to mean anything. None is an absent thing."""
    if reading.gap is not None:
        return reading.gap
    if reading.absent:
        return None
    return built(collector, reading.pages)


def built(collector: Collector[T_co], pages: Pages) -> T_co | Gap:
    """The value, or the gap of an answer that is not of the shape AWS documents."""
    try:
        return collector.build(pages)
    except Exception as odd:  # noqa: BLE001 -- whatever AWS sent, it costs this one fact
        return Gap(collector.action, f"the answer {not_understood(odd)}")


def not_understood(odd: Exception) -> str:
    """What is odd about an answer, in a few words that follow its name."""
    if isinstance(odd, KeyError):
        return f"lacks {odd.args[0]}"
    if isinstance(odd, ValueError):
        return f"is not understood: {odd}"
    return f"is not understood: {type(odd).__name__}: {odd}"
