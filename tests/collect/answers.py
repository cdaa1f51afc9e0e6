"""An account that answers from a table: botocore's clients with no network under them.

Every answer is held to the operation's own shape, so that a sample can't be one AWS never sends.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Lock, local
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.validate import validate_parameters

from idkeep.collect.ask import Ask
from idkeep.collect.aws import Aws
from idkeep.collect.rate import Rate
from idkeep.model import Caller

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ACCOUNT = "111122223333"
CALLER = Caller(arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/auditor/scan", user_id="AROAX:scan")
REGION = "eu-west-1"
_SESSION = boto3.Session("AKIDEXAMPLE", "not-a-secret")


@dataclass(frozen=True)
class Error:
    """AWS refuses, with this code."""

    code: str
    message: str = "no"


Answer = Mapping[str, Any] | Error | Callable[[Mapping[str, Any]], Any]


@dataclass
class Answers:
    """By `service:Operation`, or `service:Operation@region` where one region differs.

    A tuple holds the answers to one call after the other.
    """

    table: dict[str, Answer | tuple[Answer, ...]]
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _turn: dict[str, int] = field(default_factory=dict)

    def client(self, service: str, *, region_name: str, config: Any) -> Any:
        """A client costs more than a test's calls: there is one for each place, ever."""
        key = (service, region_name)
        if key not in _CLIENTS:
            _CLIENTS[key] = _SESSION.client(service, region_name=region_name, config=config)
            _CLIENTS[key].meta.events.register("provide-client-params.*", partial(_hear, key))
            _CLIENTS[key].meta.events.register("before-call.*", partial(_answer, key))
        _PLAYING[key] = self
        return _CLIENTS[key]

    def get_partition_for_region(self, region: str) -> str:
        return _SESSION.get_partition_for_region(region)  # type: ignore[no-any-return]

    def get_available_regions(self, service: str, partition_name: str = "aws") -> list[str]:
        return _SESSION.get_available_regions(  # type: ignore[no-any-return]
            service, partition_name
        )

    def actions(self) -> list[str]:
        return [action for action, _, _ in self.asked]

    def params(self, action: str) -> list[dict[str, Any]]:
        return [params for name, _, params in self.asked if name == action]

    def hear(self, action: str, region: str, params: Mapping[str, Any]) -> None:
        with self._lock:
            self.asked.append((action, region, dict(params)))

    def answer(self, action: str, region: str, model: Any) -> Any:
        with self._lock:
            here = f"{action}@{region}"
            key = here if here in self.table else action
            found = self.table[key]
            if isinstance(found, tuple):
                turn = self._turn[key] = self._turn.get(key, -1) + 1
                found = found[turn]
        if callable(found):
            found = found(_HEARD.params)
        if isinstance(found, Exception):
            raise found
        if isinstance(found, Error):
            status = 400
            body: Any = {"Error": {"Code": found.code, "Message": found.message}}
        else:
            status, body = 200, dict(found)
            if model.output_shape is not None:
                validate_parameters(body, model.output_shape)
        body["ResponseMetadata"] = {"HTTPStatusCode": status}
        return AWSResponse("", status, {}, None), body


_CLIENTS: dict[tuple[str, str], Any] = {}
_PLAYING: dict[tuple[str, str], Answers] = {}
_HEARD = local()


def _hear(key: tuple[str, str], params: Mapping[str, Any], model: Any, **_: object) -> None:
    # botocore tells what was asked and wants the answer in one thread; others ask meanwhile.
    _HEARD.params = dict(params)
    _PLAYING[key].hear(f"{key[0]}:{model.name}", key[1], params)


def _answer(key: tuple[str, str], model: Any, **_: object) -> Any:
    return _PLAYING[key].answer(f"{key[0]}:{model.name}", key[1], model)


def ask_of(table: Mapping[str, Any], **known: Any) -> tuple[Ask, Answers]:
    """The public way in, with these answers beneath."""
    answers = Answers(dict(table))
    return Ask(aws_of(answers), CALLER, ACCOUNT, lambda: NOW, **known), answers


def aws_of(answers: Answers) -> Aws:
    return Aws(answers, REGION, usual=Rate(a_second=10_000, burst=10_000))


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)
