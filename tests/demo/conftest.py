"""One server for all tests, and boto3 clients that speak to it and to nothing else."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

from idkeep.demo import DemoServer, running

ONE_TRY = Config(retries={"total_max_attempts": 1}, connect_timeout=30, read_timeout=120)


MANAGEMENT, SECURITY = "555566667777", "666677778888"
PRODUCTION, SANDBOX, SUSPENDED = "111122223333", "888899990000", "999900001111"
HOME = "eu-north-1"


class Connect(Protocol):
    def __call__(
        self,
        server: DemoServer,
        service: str,
        principal: str = "auditor",
        *,
        account: str | None = None,
        region: str | None = None,
    ) -> Any: ...


def client_for(said: Mapping[str, str], service: str) -> Any:
    """A client that stands where this environment would put it."""
    session = boto3.Session(
        aws_access_key_id=said["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=said["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=said["AWS_SESSION_TOKEN"] or None,
        region_name=said["AWS_REGION"],
    )
    client = session.client(service, endpoint_url=said["AWS_ENDPOINT_URL"], config=ONE_TRY)
    address = urlsplit(said["AWS_ENDPOINT_URL"])

    def stay_here(request: Any, **_: Any) -> None:
        # Whatever botocore's rules make of the endpoint: s3control puts the account before it,
        # signin goes to AWS itself.
        request.url = (
            urlsplit(request.url)._replace(scheme=address.scheme, netloc=address.netloc).geturl()
        )

    client.meta.events.register("before-send", stay_here)
    return client


@contextmanager
def clients() -> Iterator[Connect]:
    """Make clients, each kind once, and close them in the end."""
    made: dict[tuple[Any, ...], Any] = {}
    with ExitStack() as stack:

        def connect(
            server: DemoServer,
            service: str,
            principal: str = "auditor",
            *,
            account: str | None = None,
            region: str | None = None,
        ) -> Any:
            kind = (server.endpoint, service, principal, account, region)
            if kind not in made:
                said = server.environment(principal, account=account)
                said |= {"AWS_REGION": region or server.region}
                made[kind] = client_for(said, service)
                stack.callback(made[kind].close)
            return made[kind]

        yield connect


@pytest.fixture(scope="session")
def connect() -> Iterator[Connect]:
    with clients() as made:
        yield made


@pytest.fixture(scope="session")
def shared_server() -> Iterator[DemoServer]:
    with running() as server:
        yield server


@pytest.fixture
def demo(shared_server: DemoServer) -> Iterator[DemoServer]:
    """The example estate's server, without faults and with an empty log of requests."""
    shared_server.faults()
    shared_server.forget()
    yield shared_server
    shared_server.faults()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("estates")


@pytest.fixture(scope="session")
def crowded(folder: Path) -> Iterator[DemoServer]:
    """250 users, 120 roles, a member account without root credentials or a password policy.

    Its credential report is an hour old.
    """
    path = folder / "crowd.toml"
    path.write_text(
        """
        unassigned_mfa = ["spare-phone"]
        [account]
        id = "000000000042"
        created = 10
        [root]
        password = false
        [report]
        age_hours = 1
        [crowd]
        users = 249
        roles = 120
        [[users]]
        name = "newcomer"
        created = 5
        keys = [{ created = 4, last_used = 0.001 }, { created = 0.01 }]
        """,
        encoding="utf-8",
    )
    with running(path) as server:
        yield server


@pytest.fixture(scope="session")
def odd(folder: Path) -> Iterator[DemoServer]:
    """GovCloud, with names, paths and tags that are legal and rarely thought of."""
    path = folder / "odd.toml"
    path.write_text(
        """
        [account]
        id = "999999999999"
        partition = "aws-us-gov"
        [account.contact]
        full_name = "\u202eIngrid & \u200fRón <b>"
        address = ["1 & 2 <Street>"]
        city = "Zürich"
        postal_code = "8000"
        country_code = "CH"
        phone = "+41 1"
        [[users]]
        name = "=cmd+1@x.y,-_"
        path = "/<script>alert(1)</script>/"
        tags = { "Ключ" = "\u202ervalue\u200f", empty = "" }
        boundary = "aws:ReadOnlyAccess"
        [users.inline]
        "a=b" = '{"Version": "2012-10-17", "Statement": [], "Id": "50%/é & <x>"}'
        [[roles]]
        name = "plain"
        trust = '{"Version": "2012-10-17", "Statement": []}'
        """,
        encoding="utf-8",
    )
    with running(path) as server:
        yield server
