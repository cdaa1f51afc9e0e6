"""How a family of facts asks AWS: one question at a time, or one for each item, side by side."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from queue import Empty, SimpleQueue
from threading import Lock, Thread, local
from typing import Any, Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from idkeep.collect.bulk import NOTHING, Listed, Told
from idkeep.collect.declare import (
    AnyCollector,
    Collector,
    Reading,
    fact,
    not_understood,
    salvaged,
)
from idkeep.collect.regions import DISABLED, REGIONS, REGIONS_OF_EC2
from idkeep.model import Arn, Call, Caller, Gap, ToldElsewhere, Unlisted

T = TypeVar("T")
Item = TypeVar("Item")
R = TypeVar("R")

_AT_ONCE = 4


class Api(Protocol):
    """What answers: AWS over the network, or what was saved of its answers."""

    @property
    def region(self) -> str: ...

    @property
    def main_region(self) -> str: ...

    @property
    def live(self) -> bool: ...

    def read(
        self,
        collector: AnyCollector,
        params: Mapping[str, Any] | None = None,
        *,
        region: str | None = None,
    ) -> Reading: ...

    def operation(self, service: str, name: str) -> Any: ...  # noqa: ANN401 -- botocore's

    def has_endpoint(self, service: str, region: str) -> bool: ...

    def knows_regions(self, service: str) -> bool: ...

    def calls(self) -> tuple[Call, ...]: ...

    def pause(self, seconds: float) -> None: ...


@dataclass(slots=True)
class Ask:
    """The account in hand, as the families ask it. Safe to use from several threads.

    `caller` is who asks, `account` the number of the account, `now` the clock. `partition` is the
    caller's, where none is given. `progress` is told each action that is done. `documents` are
    the policy texts that were kept, by digest. `told` is what other accounts told of this one.
    """

    aws: Api
    caller: Caller | Gap
    account: str
    now: Callable[[], datetime]
    progress: Callable[[str], None] = lambda _: None
    documents: dict[str, str] = field(default_factory=dict)
    partition: str = ""
    told: Told = NOTHING
    _last: local = field(default_factory=local)
    _lock: Lock = field(default_factory=Lock)
    _regions: list[Mapping[str, str] | Gap] = field(default_factory=list)
    _unprepared: list[Gap] = field(default_factory=list)
    _unlisted: list[Unlisted] = field(default_factory=list)
    _elsewhere: dict[str, ToldElsewhere] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.partition and isinstance(self.caller, Caller):
            self.partition = Arn.parse(self.caller.arn).partition

    @property
    def region(self) -> str:
        """The scan's own region."""
        return self.aws.region

    def __call__(
        self, collector: Collector[T], *, region: str | None = None, **params: object
    ) -> T | Gap | None:
        """The value, whole; None where AWS says that there is no such thing.

        `params` are the operation's own, named as AWS names them.
        """
        return fact(self.reading(collector, region=region, **params), collector)

    def sure(
        self, collector: Collector[T], *, region: str | None = None, **params: object
    ) -> T | Gap:
        """The same of an operation that never says "there is none"."""
        found = self(collector, region=region, **params)
        return Gap(collector.action, "no answer", region=region or "") if found is None else found

    def those(
        self,
        collector: Collector[tuple[T, ...]],
        kind: type[Struct],
        *,
        region: str | None = None,
        **params: object,
    ) -> tuple[T, ...] | Gap:
        """A list of things that are judged one by one: an odd one costs itself.

        What it may have been is noted, as a `kind` that is not in the list.
        """
        found = self.reading(collector, region=region, **params)
        return self.stand_alone(found, collector, kind)

    def stand_alone(
        self, reading: Reading, collector: Collector[tuple[T, ...]], kind: type[Struct]
    ) -> tuple[T, ...] | Gap:
        """The same of a reading that is there."""
        if reading.gap is not None:
            return reading.gap
        items, odd = salvaged(collector, reading.pages, region=reading.region)
        if odd and not items:
            return odd[0]
        with self._lock:
            self._unlisted.extend(Unlisted(kind.__name__, gap) for gap in odd)
        return items

    def unlisted(self) -> tuple[Unlisted, ...]:
        """The odd ones that were left out of a list, in an order that no thread decides."""
        return tuple(sorted(set(self._unlisted), key=lambda one: (one.kind, repr(one.gap))))

    def reading(
        self, collector: AnyCollector, *, region: str | None = None, **params: object
    ) -> Reading:
        """What came, for who can use the part of it that came before a failure."""
        self._last.action = collector.action
        reading = self.aws.read(collector, params, region=region)
        if reading.unprepared:
            self._unprepared.append(reading.unprepared)
        self.progress(collector.action)
        return reading

    def unprepared(self) -> tuple[Gap, ...]:
        """Why AWS would not begin some work whose earlier result it gave."""
        return tuple(sorted(self._unprepared, key=repr))

    def elsewhere(self, action: str, by: str, listed: Listed[Any]) -> None:
        """Note that the action was not asked, for another account's listing told the same."""
        used = ToldElsewhere(action=action, by=by, account=listed.account, taken=listed.taken)
        with self._lock:
            before = self._elsewhere.setdefault(action, used)
            self._elsewhere[action] = min(before, used, key=lambda one: one.taken)

    def told_elsewhere(self) -> tuple[ToldElsewhere, ...]:
        """What other accounts told, by the action that was not asked for it; the oldest of each."""
        asked = {one.action for one in self.aws.calls()}
        return tuple(
            replace(one, mixed=action in asked) for action, one in sorted(self._elsewhere.items())
        )

    def each(self, items: Iterable[Item], function: Callable[[Item], R]) -> tuple[R | Gap, ...]:
        """What the function says of each item, in their order; a few at a time.

        Where it fails for one, the others stay: the gap names the action asked last.
        """
        numbered = list(enumerate(items))
        answers: list[R | Gap] = [Gap("", "not asked")] * len(numbered)

        def work(todo: "SimpleQueue[tuple[int, Item]]", done: "SimpleQueue[int]") -> None:
            with suppress(Empty):
                while True:
                    number, item = todo.get_nowait()
                    answers[number] = self._answer(function, item)
                    done.put(number)

        todo: SimpleQueue[tuple[int, Item]] = SimpleQueue()
        done: SimpleQueue[int] = SimpleQueue()
        for one in numbered:
            todo.put(one)
        # The threads are daemons, so that an interrupted scan waits for none of them.
        for _ in range(min(_AT_ONCE, len(numbered))):
            Thread(target=work, args=(todo, done), name="idkeep-collect", daemon=True).start()
        for _ in numbered:
            done.get()
        return tuple(answers)

    def together(self, collectors: Iterable[AnyCollector]) -> "Readings":
        """A reading of each collector, side by side."""
        todo = tuple(collectors)
        done = self.each(todo, self.reading)
        return Readings(
            {
                id(one): Reading(one, gap=found) if isinstance(found, Gap) else found
                for one, found in zip(todo, done, strict=True)
            }
        )

    def pause(self, seconds: float) -> None:
        """Wait, unless the scan is told to stop."""
        self.aws.pause(seconds)

    def keep(self, text: str) -> str:
        """Keep a policy text as AWS returned it; its digest stands for it in the model."""
        digest = sha256(text.encode()).hexdigest()
        self.documents[digest] = text
        return digest

    def regions(self) -> Mapping[str, str] | Gap:
        """Every region of the account and whether it is opted in, asked for once.

        Where neither service tells, the gap is the first one's.
        """
        with self._lock:
            if not self._regions:
                found = self.sure(REGIONS)
                if isinstance(found, Gap):
                    second = self.sure(REGIONS_OF_EC2)
                    found = found if isinstance(second, Gap) else second
                self._regions.append(found)
            return self._regions[0]

    def in_regions(self, function: Callable[[str], R]) -> dict[str, R | Gap] | Gap:
        """What the function says of each region that is not disabled; a gap where none is known."""
        known = self.regions()
        if isinstance(known, Gap):
            return known
        names = [name for name, status in known.items() if status != DISABLED]
        return dict(zip(names, self.each(names, function), strict=True))

    def _answer(self, function: Callable[[Item], R], item: Item) -> R | Gap:
        try:
            return function(item)
        except Exception as odd:  # noqa: BLE001 -- whatever it is, it costs this one item
            action = getattr(self._last, "action", "")
            return Gap(action, f"the answer {not_understood(odd)}")


@dataclass(frozen=True, slots=True)
class Readings:
    """Readings by their collector, and the facts in them."""

    _by_collector: Mapping[int, Reading]

    def of(self, collector: AnyCollector) -> Reading:
        return self._by_collector[id(collector)]

    def sure(self, collector: Collector[T]) -> T | Gap:
        """For an operation that never says "there is none"."""
        found = self.maybe(collector)
        return Gap(collector.action, "no answer") if found is None else found

    def maybe(self, collector: Collector[T]) -> T | Gap | None:
        return fact(self.of(collector), collector)
