"""The same surroundings everywhere, and the example account's server with no faults left over."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import laws_profile
import surroundings
from idkeep.demo import DemoServer, running

surroundings.settle(os.environ)
surroundings.hear_ctrl_c()
laws_profile.set_up()

ESTATES = Path(__file__).parent / "estates"


@pytest.fixture(scope="session")
def _demo_server() -> Iterator[DemoServer]:
    with running() as server:
        yield server


@pytest.fixture
def server(_demo_server: DemoServer) -> Iterator[DemoServer]:
    """The account that `idkeep demo` shows."""
    _demo_server.faults()
    _demo_server.forget()
    yield _demo_server
    _demo_server.faults()


@pytest.fixture(scope="session")
def odd_server() -> Iterator[DemoServer]:
    """An account of odd but legal names."""
    with running(ESTATES / "odd.toml") as made:
        yield made


@pytest.fixture(scope="session")
def _crowd_server() -> Iterator[DemoServer]:
    with running(ESTATES / "crowd.toml") as made:
        yield made


@pytest.fixture
def crowd_server(_crowd_server: DemoServer) -> Iterator[DemoServer]:
    """250 users and 120 roles in a member account whose root has no credentials."""
    _crowd_server.faults()
    yield _crowd_server
    _crowd_server.faults()


@pytest.fixture(scope="session")
def _small_organization() -> Iterator[DemoServer]:
    with running(ESTATES / "small_organization" / "organization.toml") as made:
        yield made


@pytest.fixture
def small(_small_organization: DemoServer) -> Iterator[DemoServer]:
    """The demo's accounts with next to nothing in them."""
    _small_organization.faults()
    _small_organization.forget()
    yield _small_organization
    _small_organization.faults()
