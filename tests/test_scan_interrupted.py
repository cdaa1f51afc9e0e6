"""A scan of one account that is killed, or whose store takes nothing: what was kept stays whole."""

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from idkeep.demo import DemoServer
from idkeep.errors import Exit, IdkeepError
from idkeep.store import Kept, SqliteStore
from organization_scans import Scan, scanner
from surroundings import PATIENCE

LIBC = ctypes.CDLL(None, use_errno=True)
PR_CAPBSET_DROP = 24
WORDS = ("scan", "--facts", "identity", "--fail-on", "never", "--store")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "s.db"


def environment(server: DemoServer) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return own | server.environment()


def scanned(server: DemoServer, store: Path, room: int | None = None) -> tuple[int, str, str]:
    """Exit code, standard output and error; `room` is how long a file may become, in bytes."""

    def limit() -> None:
        keep_to_permissions()
        if room is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    done = subprocess.run(
        [sys.executable, "-m", "idkeep", *WORDS, str(store)],
        env=environment(server),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
    )
    return done.returncode, done.stdout, done.stderr


def keep_to_permissions() -> None:
    """Root may write what is read-only; the program that is run next goes without that right.

    The capabilities are CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH:
    https://man7.org/linux/man-pages/man7/capabilities.7.html
    """
    if os.geteuid() == 0:
        for capability in (1, 2):
            if LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "a right of root's could not be given up")


def kept(store: Path) -> list[str]:
    """The ids of what is in the store, each read whole."""
    keeper = SqliteStore(store)
    rows = keeper.list()
    assert all(isinstance(one, Kept) for one in rows)
    for one in rows:
        keeper.get(one.id)
    return [one.id for one in rows]


@pytest.mark.parametrize("requests", [1, 10, 25])
def test_a_killed_scan_leaves_the_store_as_it_was_and_the_next_one_is_whole(
    small: DemoServer, store: Path, requests: int
) -> None:
    assert scanned(small, store)[0] == Exit.OK
    before = kept(store)
    small.forget()
    words = [sys.executable, "-m", "idkeep", *WORDS, str(store)]
    with subprocess.Popen(words, env=environment(small), stderr=subprocess.DEVNULL) as running:
        until = time.monotonic() + PATIENCE
        while len(small.requests()) < requests and running.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.01)
        running.send_signal(signal.SIGKILL)
    after = kept(store)
    assert after[: len(before)] == before
    assert scanned(small, store)[0] == Exit.OK
    assert len(kept(store)) == len(after) + 1


def test_a_disk_that_is_full_loses_neither_the_report_nor_what_was_kept(
    small: DemoServer, store: Path
) -> None:
    assert scanned(small, store)[0] == Exit.OK
    before = kept(store)
    code, out, err = scanned(small, store, room=store.stat().st_size)
    assert code == Exit.USAGE
    assert "the snapshot was not kept" in err
    assert "bot" in out
    assert kept(store) == before
    assert scanned(small, store)[0] == Exit.OK


@pytest.fixture
def scan(small: DemoServer, store: Path, monkeypatch: pytest.MonkeyPatch) -> Scan:
    return scanner(small, Path("/proc/nowhere/s.db"), monkeypatch)


def test_an_organisation_is_not_asked_where_the_store_cannot_be_made(
    small: DemoServer, scan: Scan
) -> None:
    with pytest.raises(IdkeepError, match="can't be"):
        scan()
    assert small.calls() == []


def test_a_read_only_store_is_said_before_aws_is_asked(small: DemoServer, store: Path) -> None:
    assert scanned(small, store)[0] == Exit.OK
    small.forget()
    store.chmod(0o400)
    store.parent.chmod(0o500)
    try:
        code, _, err = scanned(small, store)
    finally:
        store.parent.chmod(0o700)
    assert code == Exit.USAGE
    assert str(store) in err
    assert small.calls() == []
