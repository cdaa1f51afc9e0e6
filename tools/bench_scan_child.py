"""One measured process of `bench_scan`: `python -m tools.bench_scan_child RESULT MODE …`.

Three modes: `idkeep WORDS…` is the command line as a user has it; `collect REQUESTS` reads the
identity facts of an account and writes down what it asked; `floor REQUESTS` asks the same with
boto3 alone and throws the answers away. RESULT gets a line of JSON.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.peak import peak_memory

MB = 1_000_000
# Whole pages come by paging on, as who uses boto3 would do it.
_TOKENS = ("Marker", "NextToken", "nextToken")


def main(result: str, mode: str, *words: str) -> None:
    modes: dict[str, Callable[..., dict[str, Any]]] = {
        "idkeep": command,
        "collect": collect,
        "floor": floor,
    }
    told = modes[mode](*words)
    Path(result).write_text(json.dumps(told), encoding="utf-8")


def measured(act: Callable[[], object]) -> dict[str, float]:
    """Seconds on the wall, seconds of this process's CPU, and the most memory it ever had."""
    begun, worked = time.perf_counter(), time.process_time()
    act()
    return {
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - worked,
        "peak": peak_memory() / MB,
    }


def command(*words: str) -> dict[str, Any]:
    def run() -> None:
        from idkeep.cli.main import main as idkeep  # noqa: PLC0415 -- the user pays for it too

        try:
            idkeep(words)
        except SystemExit as left:
            if left.code not in (0, 1):
                raise

    return measured(run)


def collect(requests: str) -> dict[str, Any]:
    from idkeep.collect import collect as read  # noqa: PLC0415 -- the floor goes without
    from idkeep.collect import connect  # noqa: PLC0415
    from idkeep.model import Family  # noqa: PLC0415

    asked: list[tuple[str, str, dict[str, Any]]] = []
    found = []

    def listen(params: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401 -- botocore's
        if not any(token in params for token in _TOKENS):
            asked.append((model.service_model.service_name, model.name, dict(params)))

    def run() -> None:
        aws = connect()
        aws.session.events.register("provide-client-params.*", listen)
        found.append(read(aws, now=lambda: datetime.now(UTC), families={Family.IDENTITY}))
        aws.close()

    told: dict[str, Any] = measured(run)
    [snapshot] = found
    Path(requests).write_text(json.dumps(asked), encoding="utf-8")
    return told | {
        "calls": sum(call.calls for call in snapshot.calls),
        "users": len(snapshot.users),
        "roles": len(snapshot.roles),
        "gaps": len(snapshot.gaps),
    }


def floor(requests: str) -> dict[str, Any]:
    """The same calls one after the other: clients, paging and parsing are botocore's."""
    import boto3  # noqa: PLC0415 -- what `collect` imports as well, before it is measured
    from botocore import xform_name  # noqa: PLC0415
    from botocore.exceptions import ClientError  # noqa: PLC0415

    from idkeep.collect.endpoint import FORGETFUL, honoured  # noqa: PLC0415 -- to reach the server

    asked = json.loads(Path(requests).read_text(encoding="utf-8"))
    calls = 0

    def run() -> None:
        nonlocal calls
        clients = {service: boto3.client(service) for service, _, _ in asked}
        for service in clients.keys() & FORGETFUL.keys():
            honoured(clients[service], addresses_only=FORGETFUL[service])
        for service, operation, params in asked:
            client, method = clients[service], xform_name(operation)
            try:
                if client.can_paginate(method):
                    calls += sum(1 for _ in client.get_paginator(method).paginate(**params))
                else:
                    calls += 1
                    getattr(client, method)(**params)
            except ClientError:  # "there is none" is an answer
                calls += client.can_paginate(method)

    return measured(run) | {"calls": calls}


if __name__ == "__main__":
    main(*sys.argv[1:])
