"""The server as a process of its own: started, asked, ended."""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import IO

import msgspec

from idkeep.demo.estate_file import load
from idkeep.demo.faults import Faults, Where
from idkeep.demo.principals import SECRET
from idkeep.errors import IdkeepError

ESTATE = Path(__file__).parent / "estate" / "organization.toml"
NEEDED = ("moto", "flask", "flask_cors")


@dataclass(frozen=True)
class DemoServer:
    """A running server on 127.0.0.1. `account` is the estate's first.

    Others on this machine can ask it what the example account holds, as any AWS client could;
    faults are set, and requests read, only by who holds this object. Web pages get nothing.
    """

    endpoint: str
    account: str
    partition: str
    region: str
    _keys: Mapping[str, Mapping[str, tuple[str, str]]] = field(repr=False)
    _control_path: str = field(repr=False)

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that are declared, the suspended ones too."""
        return tuple(self._keys)

    @property
    def principals(self) -> tuple[str, ...]:
        """The names that `environment` knows in the first account."""
        return tuple(self._keys[self.account])

    def environment(
        self, principal: str = "auditor", *, account: str | None = None
    ) -> dict[str, str]:
        """What to set so that boto3 and the aws command speak to this server.

        Drop every other AWS_* variable first: the caller's own AWS_ENDPOINT_URL_IAM would win over
        the endpoint, and AWS_PROFILE over the credentials.

        `auditor` is a session of the role idkeep-auditor, `root` one of the root user; a user
        with an active key goes by the user's name. `account` absent: the estate's first.
        """
        keys = self._keys.get(account or self.account, {})
        if principal not in keys:
            raise IdkeepError(
                f"the demo has no credentials for {principal!r}",
                hint="one of " + ", ".join(keys or self._keys),
            )
        access_key, token = keys[principal]
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
            "AWS_ACCESS_KEY_ID": access_key,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            # Empty means none, and hides one that the caller's own environment may hold.
            "AWS_SESSION_TOKEN": token,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            # An address has no names under it, as 111122223333.127.0.0.1 would be.
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }

    def faults(  # noqa: PLR0913 each is one fault
        self,
        *,
        deny: Iterable[str] = (),
        deny_by_scp: Iterable[str] = (),
        deny_next_pages: Iterable[str] = (),
        empty_pages: Iterable[str] = (),
        throttle: Mapping[str, int] | None = None,
        broken: Iterable[str] = (),
        broken_status: int = 503,
        expire_after: int | None = None,
        ended: Mapping[str, int] | None = None,
        spoil: Iterable[str] = (),
        rewrite: Mapping[str, Iterable[tuple[str, str]]] | None = None,
        slow: Mapping[str, float] | None = None,
    ) -> None:
        """Replace all faults by these; `faults()` clears them. The words are those of `Faults`."""
        wanted = Faults(
            deny=tuple(deny),
            deny_by_scp=tuple(deny_by_scp),
            deny_next_pages=tuple(deny_next_pages),
            empty_pages=tuple(empty_pages),
            throttle=dict(throttle or {}),
            broken=tuple(broken),
            broken_status=broken_status,
            expire_after=expire_after,
            ended=dict(ended or {}),
            spoil=tuple(spoil),
            rewrite={action: tuple(pairs) for action, pairs in (rewrite or {}).items()},
            slow=dict(slow or {}),
        )
        self._control("POST", "faults", msgspec.json.encode(wanted))

    def requests(self) -> list[str]:
        """What was asked since the last `forget`, in order, refused calls and retries among it."""
        return [call.action for call in self.calls()]

    def calls(self) -> list[Where]:
        """The same with account and region; no account where nobody knows the key."""
        return msgspec.json.decode(self._control("GET", "requests"), type=list[Where])

    def forget(self) -> None:
        """Begin the list of requests anew."""
        self._control("DELETE", "requests")

    def overlaid(self) -> list[str]:
        """The operations that our overlay answers itself, the rest being moto's."""
        return msgspec.json.decode(self._control("GET", "operations"), type=list[str])

    def _control(self, method: str, what: str, body: bytes = b"") -> bytes:
        host, _, port = self.endpoint.removeprefix("http://").partition(":")
        connection = HTTPConnection(host, int(port), timeout=60)
        try:
            connection.request(method, f"{self._control_path}/{what}", body=body)
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        if response.status != 200:  # noqa: PLR2004
            raise IdkeepError(f"the demo server refused {what}: {answer.decode()}")
        return answer


@contextmanager
def running(
    estate: Path | None = None, *, port: int = 0, users: int = 0, accounts: int = 0
) -> Iterator[DemoServer]:
    """A server on 127.0.0.1 filled from this file (ours by default), ended on the way out.

    Port 0 takes a free one. For benchmarks: so many `users` more in the first account, with two
    roles and one policy for every three; so many small `accounts` more in the organisation, which
    are filled when they are first asked (`idkeep.demo.crowd.scaled`). Raises `IdkeepError` where
    moto is missing, the file is wrong, or a lone account is to have more accounts.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise IdkeepError("the demo needs moto", hint="pip install 'idkeep[demo]'")
    path = estate or ESTATE
    load(path)  # what is wrong in the file is said here, with its place
    said = (str(path), str(port), str(users), str(accounts))
    arguments = [sys.executable, "-P", "-m", "idkeep.demo.server", *said]
    # MOTO_* settings of the user's own would change what our overlay stands on.
    environment = {name: v for name, v in os.environ.items() if not name.startswith("MOTO_")}
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(  # noqa: S603
            arguments,
            stdin=subprocess.PIPE,  # its end tells the server that we are gone
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=environment,
        )
        try:
            yield _ready(process, complaints)
        finally:
            _end(process)


def _ready(process: subprocess.Popen[bytes], complaints: IO[bytes]) -> DemoServer:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        process.wait()
        complaints.seek(0)
        last = complaints.read().decode(errors="replace").strip().splitlines()[-1:]
        raise IdkeepError(f"the demo server did not start: {' '.join(last) or 'no word from it'}")
    said = json.loads(line)
    if "error" in said:
        raise IdkeepError(said["error"], hint=said.get("hint", ""))
    return DemoServer(
        endpoint=f"http://127.0.0.1:{said['port']}",
        account=said["account"],
        partition=said["partition"],
        region=said["region"],
        _keys={
            account: {name: (key, token) for name, (key, token) in named.items()}
            for account, named in said["principals"].items()
        },
        _control_path=said["control"],
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
