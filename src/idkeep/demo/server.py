"""`python -m idkeep.demo.server ESTATE PORT`: one line of JSON when ready, gone when stdin ends."""

import json
import os
import secrets
import signal
import sys
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from idkeep.demo.crowd import with_crowd
from idkeep.demo.estate_file import load
from idkeep.demo.gate import Gate
from idkeep.demo.overlay import install, operations, seeded
from idkeep.demo.principals import principals
from idkeep.errors import IdkeepError


class Quiet(MotoRequestHandler):  # type: ignore[misc]
    """The demo's terminal belongs to idkeep."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 werkzeug's name
        """Say nothing of single requests."""


def main(estate_path: str, port: str) -> None:
    estate = with_crowd(load(Path(estate_path)))
    account = estate.account
    state = seeded(estate, _now)
    install(state)
    control = f"/idkeep-demo-{secrets.token_urlsafe(24)}"
    gate = Gate(
        DomainDispatcherApplication(create_backend_app),
        state=state,
        principals=principals(estate),
        operations=operations,
        control=control,
    )
    server = make_server("127.0.0.1", int(port), gate, threaded=True, request_handler=Quiet)
    threading.Thread(target=_follow_parent, daemon=True).start()
    _say(
        port=server.server_port,
        account=account.id,
        partition=account.partition,
        region=account.region,
        control=control,
        principals={p.name: (p.access_key, p.token) for p in principals(estate)},
    )
    server.serve_forever()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def _follow_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def _say(**words: Any) -> None:  # noqa: ANN401
    print(json.dumps(words), flush=True)  # noqa: T201


def _run(arguments: Iterable[str]) -> None:
    # Ctrl-C reaches the whole terminal; ours to end is when the parent goes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        main(*arguments)
    except IdkeepError as error:
        _say(error=error.message, hint=error.hint)
    except OSError as error:
        _say(error=f"the demo server could not listen: {error.strerror}")


if __name__ == "__main__":
    _run(sys.argv[1:])
