"""`python -m idkeep.demo.server ESTATE PORT [USERS ACCOUNTS]`.

One line of JSON when ready, gone when stdin ends.
"""

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

from idkeep.demo.crowd import scaled
from idkeep.demo.estate_file import load
from idkeep.demo.gate import Gate
from idkeep.demo.overlay.world import World
from idkeep.demo.principals import principals
from idkeep.errors import IdkeepError


class Quiet(MotoRequestHandler):  # type: ignore[misc]
    """The demo's terminal belongs to idkeep."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 werkzeug's name
        """Say nothing of single requests."""


def main(estate_path: str, port: str, users: str = "0", accounts: str = "0") -> None:
    """Serve this estate, with so many more users and accounts."""
    estate = scaled(load(Path(estate_path)), users=int(users), accounts=int(accounts))
    world = World(estate, _now)
    control = f"/idkeep-demo-{secrets.token_urlsafe(24)}"
    gate = Gate(DomainDispatcherApplication(create_backend_app), world=world, control=control)
    server = make_server("127.0.0.1", int(port), gate, threaded=True, request_handler=Quiet)
    threading.Thread(target=_follow_parent, daemon=True).start()
    first = world.estate.one.account
    _say(
        port=server.server_port,
        account=first.id,
        partition=first.partition,
        region=first.region,
        control=control,
        principals={
            account: {p.name: (p.access_key, p.token) for p in principals(declared)}
            for account, declared in world.estate.accounts.items()
        },
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
