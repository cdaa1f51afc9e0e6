"""One account's AWS API: asks, pages, waits, counts."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from threading import Event, Lock
from typing import Any

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.handlers import json_decode_policies

from idkeep.collect import failures
from idkeep.collect.declare import Answer, AnyCollector, Prepare, Reading
from idkeep.errors import AwsUnreachable
from idkeep.model import Call, Gap

logger = logging.getLogger("idkeep.collect")

# IAM, STS and Organizations answer for a whole partition; this region only picks the partition.
DEFAULT_REGION = "us-east-1"
_IDENTITY_ATTEMPTS = 2
_ATTEMPTS = 8
_POLLS = 12
_LONGEST_WAIT = 8.0


@dataclass(slots=True)
class Aws:
    """The API as one set of credentials sees it. Safe to use from several threads."""

    session: boto3.Session
    region: str
    _clients: dict[tuple[str, int], Any] = field(default_factory=dict)
    _calls: Counter[str] = field(default_factory=Counter)
    _requests: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)
    _stopped: Event = field(default_factory=Event)

    def read(self, collector: AnyCollector) -> Reading:
        """Every page of a collector's operation; a failure ends it and is kept as a gap."""
        if not collector.prepare:
            return self._read(collector)
        unprepared = self._prepared(collector, collector.prepare)
        # There may still be a report that somebody else had made.
        reading = self._read(collector)
        gap = unprepared if reading.gap else None
        return replace(reading, unprepared=unprepared, gap=gap or reading.gap)

    def identity(self) -> Answer:
        """`sts:GetCallerIdentity`; raises `IdkeepError` where AWS can't be asked at all."""
        try:
            return self._ask("sts", "GetCallerIdentity", {}, _IDENTITY_ATTEMPTS)
        except Exception as error:  # from a broken endpoint or credential process, anything
            raise failures.unreachable(error, region=self.region) from error

    def calls(self) -> tuple[Call, ...]:
        """What was asked so far, by name."""
        return tuple(
            Call(action=action, calls=count, requests=self._requests[action])
            for action, count in sorted(self._calls.items())
        )

    def stop(self) -> None:
        """Ask nothing more, from any thread."""
        self._stopped.set()

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def _read(self, collector: AnyCollector) -> Reading:
        pages: list[Answer] = []
        try:
            pages.extend(self._pages(collector))
        except Exception as error:  # noqa: BLE001 -- whatever it is, it costs this one fact
            if failures.code(error) in collector.absent:
                return Reading(collector, absent=True)
            gap = failures.gap(collector.action, error)
            logger.warning("%s", gap)
            return Reading(collector, tuple(pages), gap)
        return Reading(collector, tuple(pages))

    def _pages(self, collector: AnyCollector) -> Iterator[Answer]:
        """AWS's own paging: the answer's Marker goes into the next request."""
        params: dict[str, str] = dict(collector.params)
        markers: set[str] = set()
        while True:
            answer = self._ask(collector.service, collector.operation, params)
            if collector.paged and not isinstance(answer.get("IsTruncated"), bool):
                raise failures.NotAws("it does not say whether there is more")
            yield answer
            if not answer.get("IsTruncated"):
                return
            marker = answer.get("Marker")
            if not marker or marker in markers:
                raise failures.NotAws("its pages do not lead on")
            markers.add(marker)
            params["Marker"] = marker

    def _prepared(self, collector: AnyCollector, prepare: Prepare) -> Gap | None:
        """Ask until ready, waiting longer each time; the gap where it can't be made."""
        action = f"{collector.service}:{prepare.operation}"
        wait = 0.25
        for _ in range(_POLLS):
            try:
                if prepare.is_ready(self._ask(collector.service, prepare.operation, {})):
                    return None
            except Exception as error:  # noqa: BLE001 -- as above
                gap = failures.gap(action, error)
                logger.warning("%s", gap)
                return gap
            self._stopped.wait(wait)
            wait = min(wait * 2, _LONGEST_WAIT)
        return Gap(action, "still not ready after a minute")

    def _ask(
        self, service: str, operation: str, params: Mapping[str, str], attempts: int = _ATTEMPTS
    ) -> Answer:
        action = f"{service}:{operation}"
        if self._stopped.is_set():
            raise failures.Stopped
        with self._lock:
            client = self._client(service, attempts)
            self._calls[action] += 1
        logger.info("%s", action)
        method: Callable[..., Answer] = getattr(client, xform_name(operation))
        return method(**params)

    def _client(self, service: str, attempts: int) -> Any:  # noqa: ANN401 -- boto3 makes it
        made = self._clients.get((service, attempts))
        if made is None:
            made = self.session.client(
                service,
                region_name=self.region,
                config=Config(
                    retries={"mode": "adaptive", "max_attempts": attempts},
                    connect_timeout=5,
                    read_timeout=60,
                    user_agent_appid="idkeep",
                ),
            )
            # botocore parses policy documents into dicts; what AWS wrote is what we keep.
            made.meta.events.unregister("after-call.iam", json_decode_policies)
            made.meta.events.register(f"before-send.{service}", self._count)
            self._clients[service, attempts] = made
        return made

    def _count(self, request: Any, event_name: str, **_: object) -> None:  # noqa: ANN401, ARG002
        service, operation = event_name.split(".")[1:]
        with self._lock:
            self._requests[f"{service}:{operation}"] += 1


def connect(*, profile: str | None = None, region: str | None = None) -> Aws:
    """AWS by the default credential chain. Raises `IdkeepError` for a profile that is not there."""
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        chosen = session.region_name or DEFAULT_REGION
        if not _is_region(session, chosen):
            raise AwsUnreachable(
                f"{chosen!r} is not a region of AWS",
                hint="name one like us-east-1 with --region; IAM answers the same in each",
            )
        return Aws(session, chosen)
    except BotoCoreError as error:
        raise failures.unreachable(error, region=region or DEFAULT_REGION) from error


def _is_region(session: boto3.Session, name: str) -> bool:
    try:
        session.get_partition_for_region(name)
    except (BotoCoreError, ValueError):
        return False
    return True
