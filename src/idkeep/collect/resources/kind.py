"""A kind of resource: listed first, so that its cost is known, then read one by one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeAlias, TypeVar

from msgspec import Struct

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Collector, salvaged
from idkeep.collect.failures import COULD_NOT_CONNECT
from idkeep.collect.services.refusals import offered
from idkeep.model import Arn, Gap

T = TypeVar("T")
R = TypeVar("R", bound=Struct)


@dataclass(frozen=True, slots=True)
class Place:
    """Whose and where a resource is, and how its ARN is made."""

    partition: str
    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        return str(Arn(self.partition, service, self.region, self.account, resource))

    def here(self, arn: str) -> Mapping[str, str]:
        """The fields that every resource begins with."""
        return {"arn": arn, "account": self.account, "region": self.region}


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What the list calls told, with its region, and why there may be more.

    `regions` is in how many it was asked.
    """

    items: tuple[tuple[str, T], ...] = ()
    gaps: tuple[Gap, ...] = ()
    regions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[T, R]):
    """Resources that become the field `field` of `Resources`, as values of `model`.

    `lists` asks what there is. `calls` is how many an item costs at most; `read` makes them.
    """

    field: str
    model: type[R]
    lists: Callable[[Ask], Found[T]]
    calls: Callable[[T], int]
    read: Callable[[Ask, Place, T], R]


AnyKind: TypeAlias = Kind[Any, Any]


def costing(calls: int) -> Callable[[object], int]:
    """The same for every item."""
    return lambda _: calls


def in_regions(ask: Ask, collector: Collector[tuple[T, ...]], **params: object) -> Found[T]:
    """A list call in every region; what came before one failed is kept, and what stands beside odd.

    A region that is without the service has nothing of it.
    """
    return gathered(ask.in_regions(lambda name: in_region(ask, collector, name, **params)))


def in_region(
    ask: Ask, collector: Collector[tuple[T, ...]], name: str, **params: object
) -> tuple[tuple[T, ...], tuple[Gap, ...]]:
    """The same in one region."""
    reading = ask.reading(collector, region=name, **params)
    items, odd = salvaged(collector, reading.pages, region=name) if reading.pages else ((), ())
    gap = offered(ask, collector.service, name, reading.gap)
    return items, (*odd, gap) if isinstance(gap, Gap) else odd


def where_it_is(ask: Ask, collector: Collector[tuple[T, ...]]) -> Found[T]:
    """In every region, also of a service whose regions botocore does not know.

    Where some regions answer, those that can't be reached are taken to be without such a service:
    there is no telling otherwise.
    """
    found = in_regions(ask, collector)
    if ask.aws.knows_regions(collector.service):
        return found
    unreached = tuple(one for one in found.gaps if one.error == COULD_NOT_CONNECT)
    if len(unreached) == found.regions:
        return found
    return replace(found, gaps=tuple(one for one in found.gaps if one not in unreached))


def gathered(told: Mapping[str, tuple[Iterable[T], Iterable[Gap]] | Gap] | Gap) -> Found[T]:
    """Items of every region, and the gaps."""
    if isinstance(told, Gap):
        return Found(gaps=(told,))
    items: list[tuple[str, T]] = []
    gaps: list[Gap] = []
    for region, one in told.items():
        if isinstance(one, Gap):
            gaps.append(one)
            continue
        items += [(region, item) for item in one[0]]
        gaps += one[1]
    return Found(tuple(items), tuple(gaps), len(told))


def kept(ask: Ask, text: str | Gap | None) -> str | Gap | None:
    """The digest of a policy's text; "" is how some services say that there is none."""
    return text if isinstance(text, Gap) or text is None else ask.keep(text) if text else None
