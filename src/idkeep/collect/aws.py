"""One account's AWS API: asks, pages, waits, counts."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from threading import BoundedSemaphore, Event, Lock
from typing import Any

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.handlers import json_decode_policies

from idkeep.collect import failures
from idkeep.collect.declare import Answer, AnyCollector, Prepare, Reading
from idkeep.collect.endpoint import FORGETFUL, honoured
from idkeep.collect.paging import paging
from idkeep.collect.rate import PUBLISHED, USUAL, Bucket, Rate
from idkeep.errors import AwsUnreachable
from idkeep.model import EXPIRED, Call, Gap, partitions

logger = logging.getLogger("idkeep.collect")

# IAM, STS and Organizations answer for a whole partition; this region only picks the partition.
DEFAULT_REGION = partitions.home(partitions.USUAL)
_IDENTITY_ATTEMPTS = 2
_ATTEMPTS = 8
_POLLS = 12
_LONGEST_WAIT = 8.0
# Whoever waits longer is told why. The SDK's own pauses reach that with the third retry.
_ANNOUNCED = 2.0
_LONG_RETRY = 3
# Seconds for an answer: at home IAM may take long over a large account; a closed region never ends.
_PATIENCE = 60
_PATIENCE_ELSEWHERE = 20
# Requests under way at a time, in all of an account's services and regions.
_UNDER_WAY = 8
# Clients kept of an account, three times those in use at once. Each takes a third of a MB, and
# every service in every region would be some five hundred.
_MOST_CLIENTS = 24


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a client asks. `attempts` is how often it tries."""

    service: str
    region: str
    attempts: int = _ATTEMPTS


@dataclass(slots=True)
class Aws:
    """The API as one set of credentials sees it. Safe to use from several threads.

    `announce` is told of pauses that a person would wonder about. `usual` is how fast a service is
    asked whose own rate AWS does not publish. `renew` gets credentials that AWS says have ended
    anew, and says whether it could; without one they cannot be had anew. `profile` is the caller's
    in the AWS configuration, None for the usual one. `last_date` is the time AWS told last, as in
    HTTP, "" before the first answer.
    """

    session: boto3.Session
    region: str
    announce: Callable[[str], None] = lambda _: None
    usual: Rate = USUAL
    profile: str | None = None
    renew: Callable[[], bool] = lambda: False
    last_date: str = field(default="", init=False)
    _renewals: int = 0
    _clients: dict[_Place, Any] = field(default_factory=dict)
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)
    _unreached: dict[tuple[str, str], Exception] = field(default_factory=dict)
    _closed: dict[str, Exception] = field(default_factory=dict)
    _reached: set[tuple[str, str]] = field(default_factory=set)
    _calls: Counter[str] = field(default_factory=Counter)
    _requests: Counter[str] = field(default_factory=Counter)
    _actions: dict[tuple[str, str], str] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _renewing: Lock = field(default_factory=Lock)
    _stopped: Event = field(default_factory=Event)
    _under_way: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(_UNDER_WAY))

    @property
    def live(self) -> bool:
        return True

    @property
    def main_region(self) -> str:
        """Where the partition-wide settings of regional services are kept."""
        of = self.session.get_partition_for_region
        return DEFAULT_REGION if of(self.region) == of(DEFAULT_REGION) else self.region

    def has_endpoint(self, service: str, region: str) -> bool:
        """Whether the service may be in the region, as far as botocore knows its regions."""
        everywhere = self.session.get_available_regions(service)
        partition = self.session.get_partition_for_region(region)
        here = self.session.get_available_regions(service, partition_name=partition)
        return not everywhere or region in here

    def knows_regions(self, service: str) -> bool:
        """Whether botocore has a list of them."""
        return bool(self.session.get_available_regions(service))

    def operation(self, service: str, name: str) -> Any:  # noqa: ANN401 -- botocore's
        """An operation as botocore models it."""
        client = self._client(_Place(service, self.region))
        return client.meta.service_model.operation_model(name)

    def read(
        self,
        collector: AnyCollector,
        params: Mapping[str, Any] | None = None,
        *,
        region: str | None = None,
    ) -> Reading:
        """Every page of a collector's operation; a failure ends it and is kept as a gap.

        `params` are those of this call besides the collector's own. `region` is where a regional
        one is asked, without it the scan's own; one that is not regional takes none.
        """
        if region is not None and not collector.regional:
            raise ValueError(f"{collector.action} is not asked in a region")
        todo = {**collector.params, **(params or {})}
        place = _Place(collector.service, region or self.region)
        if not collector.prepare:
            return self._read(collector, place, todo)
        unprepared = self._prepared(collector, collector.prepare, place)
        # There may still be a report that somebody else had made.
        reading = self._read(collector, place, todo)
        gap = unprepared if reading.gap else None
        return replace(reading, unprepared=unprepared, gap=gap or reading.gap)

    def identity(self) -> Answer:
        """`sts:GetCallerIdentity`; raises `IdkeepError` where AWS can't be asked at all."""
        place = _Place("sts", self.region, _IDENTITY_ATTEMPTS)
        try:
            return self._ask(place, "GetCallerIdentity", {}, "sts:GetCallerIdentity")
        except Exception as error:  # from a broken endpoint or credential process, anything
            raise failures.unreachable(error, region=self.region) from error

    def calls(self) -> tuple[Call, ...]:
        """What was asked so far, by IAM action."""
        return tuple(
            Call(action=action, calls=count, requests=self._requests[action])
            for action, count in sorted(self._calls.items())
        )

    def stop(self) -> None:
        """Ask nothing more, from any thread."""
        self._stopped.set()

    def pause(self, seconds: float) -> None:
        """Wait, unless told to stop."""
        self._stopped.wait(seconds)

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def _read(self, collector: AnyCollector, place: _Place, params: Mapping[str, Any]) -> Reading:
        pages: list[Answer] = []
        where = place.region if collector.regional else ""
        try:
            pages.extend(self._pages(collector, place, params))
        except Exception as error:  # noqa: BLE001 -- whatever it is, it costs this one fact
            word = failures.code(error)
            if word and word in {*collector.absent, *collector.answers}:
                return Reading(collector, code=word, region=where)
            gap = _gap(collector.action, error, region=where)
            return Reading(collector, tuple(pages), gap, region=where)
        return Reading(collector, tuple(pages), region=where)

    def _pages(
        self, collector: AnyCollector, place: _Place, params: Mapping[str, Any]
    ) -> Iterator[Answer]:
        """AWS's own paging: what ends one answer begins the next request."""
        model = self._client(place).meta.service_model.operation_model(collector.operation)
        pages = paging(collector.service, model)
        seen: set[tuple[Any, ...]] = set()
        more: Mapping[str, Any] = {}
        for number in count(1):
            answer = self._ask(
                place, collector.operation, {**params, **more}, action=collector.action
            )
            pages.check(answer)
            yield answer
            more = pages.next(answer)
            if not more or number == collector.most_pages:
                return
            tokens = tuple(more.values())
            if tokens in seen:
                raise failures.NotAws("its pages do not lead on")
            seen.add(tokens)

    def _prepared(self, collector: AnyCollector, prepare: Prepare, place: _Place) -> Gap | None:
        """Ask until ready, waiting longer each time; the gap where it can't be made."""
        action = f"{collector.service}:{prepare.operation}"
        wait = 0.25
        for _ in range(_POLLS):
            try:
                if prepare.is_ready(self._ask(place, prepare.operation, {}, action)):
                    return None
            except Exception as error:  # noqa: BLE001 -- as above
                return _gap(action, error)
            self._stopped.wait(wait)
            wait = min(wait * 2, _LONGEST_WAIT)
        return Gap(action, f"{failures.NOT_READY}a minute")

    def _ask(self, place: _Place, operation: str, params: Mapping[str, Any], action: str) -> Answer:
        where = (place.service, place.region)
        if closed := self._unreached.get(where) or self._closed.get(place.region):
            raise closed
        self._wait_for_token(where)
        with self._under_way:
            if self._stopped.is_set():
                raise failures.Stopped
            client = self._client(place)
            with self._lock:
                self._calls[action] += 1
                self._actions[place.service, operation] = action
            logger.info("%s", action)
            method: Callable[..., Answer] = getattr(client, xform_name(operation))
            before = self._renewals
            try:
                try:
                    answer = method(**params)
                except Exception as error:
                    if failures.code(error) not in EXPIRED or not self._renewed(before):
                        raise
                    answer = method(**params)
            except Exception as error:
                if failures.is_unreached(error) and where not in self._reached:
                    self._unreached[where] = error
                    self._suspect(place.region, error)
                elif failures.code(error):  # a refusal is an answer
                    self._reached.add(where)
                raise
        self._reached.add(where)
        self.last_date = _date(answer) or self.last_date
        return answer

    def _suspect(self, region: str, error: Exception) -> None:
        """A region where no service answered and one let us wait will let us wait for each."""
        answers = any(reached == region for _, reached in tuple(self._reached))
        if region != self.region and failures.is_timed_out(error) and not answers:
            self._closed[region] = error

    def _renewed(self, before: int) -> bool:
        """Whether there are other credentials than those that were there `before`."""
        with self._renewing:
            if self._renewals == before and self.renew():
                self._renewals += 1
            return self._renewals != before

    def _wait_for_token(self, where: tuple[str, str]) -> None:
        with self._lock:
            bucket = self._buckets.get(where)
            if bucket is None:
                bucket = self._buckets[where] = Bucket(PUBLISHED.get(where[0], self.usual))
        seconds = bucket.take()
        if seconds > _ANNOUNCED:
            self.announce(f"{where[0]}: waiting {seconds:.0f} s, so as not to be throttled")
        if seconds:
            self._stopped.wait(seconds)

    def _client(self, place: _Place) -> Any:  # noqa: ANN401 -- boto3 makes it
        with self._lock:
            made = self._clients.pop(place, None) or self._made(place)
            self._clients[place] = made  # the one used last stands last
            if len(self._clients) > _MOST_CLIENTS:
                # A call under way keeps its client and connection until it is answered.
                self._clients.pop(next(iter(self._clients))).close()
            return made

    def _made(self, place: _Place) -> Any:  # noqa: ANN401 -- as above
        made = self.session.client(
            place.service,
            region_name=place.region,
            config=Config(
                retries={"mode": "adaptive", "max_attempts": place.attempts},
                connect_timeout=5,
                read_timeout=_PATIENCE if place.region == self.region else _PATIENCE_ELSEWHERE,
                user_agent_appid="idkeep",
            ),
        )
        events = made.meta.events
        name = made.meta.service_model.service_id.hyphenize()
        # botocore parses policy documents into dicts; what AWS wrote is what we keep.
        events.unregister("after-call.iam", json_decode_policies)

        if place.service in FORGETFUL:
            honoured(made, addresses_only=FORGETFUL[place.service])

        def counted(event_name: str, **_: object) -> None:
            with self._lock:
                self._requests[self._actions[place.service, event_name.rpartition(".")[2]]] += 1

        def retrying(
            caught_exception: Exception | None,
            response: tuple[object, Mapping[str, Any]] | None,
            attempts: int,
            **_: object,
        ) -> None:
            """Announces and forbids; whether to try again else is botocore's to decide."""
            where = (place.service, place.region)
            if caught_exception is not None and failures.is_unreached(caught_exception):
                # A region that is closed costs one time-out. At home the network may be shaky.
                if place.region != self.region and where not in self._reached:
                    raise caught_exception
            elif response is not None and attempts >= _LONG_RETRY:
                word = str(response[1].get("Error", {}).get("Code", ""))
                if word in failures.THROTTLED:
                    self.announce(f"{place.service}: AWS throttles this account, waiting")

        events.register(f"before-send.{name}", counted)
        events.register_first(f"needs-retry.{name}", retrying)
        return made


def connect(
    *,
    profile: str | None = None,
    region: str | None = None,
    announce: Callable[[str], None] = lambda _: None,
) -> Aws:
    """AWS by the default credential chain. Raises `IdkeepError` for a profile that is not there."""
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        chosen = session.region_name or DEFAULT_REGION
        if not _is_region(session, chosen):
            raise AwsUnreachable(
                f"{chosen!r} is not a region of AWS",
                hint=f"name one like {DEFAULT_REGION} with --region; IAM answers the same in each",
            )
        return Aws(session, chosen, announce, profile=profile)
    except BotoCoreError as error:
        raise failures.unreachable(error, region=region or DEFAULT_REGION) from error


def _date(answer: Answer) -> str:
    headers: Mapping[str, str] = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return headers.get("date", "")


def _is_region(session: boto3.Session, name: str) -> bool:
    try:
        session.get_partition_for_region(name)
    except (BotoCoreError, ValueError):
        return False
    return True


def _gap(action: str, error: Exception, *, region: str = "") -> Gap:
    """What a failure leaves, as the log tells it too; to be told to stop is no failure."""
    gap = failures.gap(action, error, region=region)
    if not isinstance(error, failures.Stopped):
        logger.warning("%s", gap)
    return gap
