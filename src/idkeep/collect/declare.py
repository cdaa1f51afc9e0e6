"""How a read of AWS is written down, and what comes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from idkeep.model import Gap

T = TypeVar("T")
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

    `build` gets every page; how the operation pages is botocore's to know. `absent` names the
    error codes by which AWS says that there is no such thing: the value is then None. `answers`
    are values that AWS gives by an error code, such as "this is off". Where AWS refuses, the value
    is a `Gap`. `service` is botocore's name of it, `params` are those of every call. `action` is
    the IAM action that the read needs, where it is not named as the operation of that service.
    `regional` ones are asked in a region; the others answer for a partition. `most_pages` ends a
    listing of which the first pages are enough; 0 is all of them.
    """

    service: str
    operation: str
    build: Callable[[Pages], T_co]
    params: Mapping[str, Any] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    answers: Mapping[str, T_co] = field(default_factory=dict)
    action: str = ""
    regional: bool = False
    most_pages: int = 0
    prepare: Prepare | None = None

    def __post_init__(self) -> None:
        if not self.action:
            object.__setattr__(self, "action", f"{self.service}:{self.operation}")

    @property
    def actions(self) -> tuple[str, ...]:
        before = (f"{self.service}:{self.prepare.operation}",) if self.prepare else ()
        return (*before, self.action)


AnyCollector: TypeAlias = Collector[Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """The pages that came, and why no more did; `code` is an error code that is an answer.

    `unprepared` is why AWS would not begin the work; what somebody else began may still be there.
    """

    collector: AnyCollector
    pages: Pages = ()
    gap: Gap | None = None
    code: str = ""
    unprepared: Gap | None = None
    region: str = ""


def fact(reading: Reading, collector: Collector[T_co]) -> T_co | Gap | None:
    """The value of a reading that must be whole to mean anything. None is an absent thing."""
    if reading.gap is not None:
        return reading.gap
    if reading.code:
        return collector.answers.get(reading.code)
    return built(collector, reading.pages, region=reading.region)


def built(collector: Collector[T_co], pages: Pages, *, region: str = "") -> T_co | Gap:
    """The value, or the gap of an answer that is not of the shape AWS documents."""
    try:
        return collector.build(pages)
    except Exception as odd:  # noqa: BLE001 -- whatever AWS sent, it costs this one fact
        return Gap(collector.action, f"the answer {not_understood(odd)}", region=region)


def salvaged(
    collector: Collector[tuple[T, ...]], pages: Pages, *, region: str = ""
) -> tuple[tuple[T, ...], tuple[Gap, ...]]:
    """What of a list is understood, and the gaps of what is not: an odd item costs itself."""
    whole = built(collector, pages, region=region)
    if not isinstance(whole, Gap):
        return whole, ()
    parts = [built(collector, (one,), region=region) for page in pages for one in _singly(page)]
    gaps = tuple(one for one in parts if isinstance(one, Gap))
    # Where the items by themselves are all right, what is odd is the answer around them.
    return (
        tuple(item for part in parts if not isinstance(part, Gap) for item in part),
        gaps or (whole,),
    )


def _singly(page: Answer) -> tuple[Answer, ...]:
    """The page once for each item of its list; a page with more or fewer lists stays as it is."""
    lists = [name for name, value in page.items() if isinstance(value, list)]
    if len(lists) != 1:
        return (page,)
    [name] = lists
    return tuple({**page, name: [item]} for item in page[name])


def not_understood(odd: Exception) -> str:
    """What is odd about an answer, in a few words that follow its name."""
    if isinstance(odd, KeyError):
        return f"lacks {odd.args[0]}"
    if isinstance(odd, ValueError):
        return f"is not understood: {odd}"
    return f"is not understood: {type(odd).__name__}: {odd}"
