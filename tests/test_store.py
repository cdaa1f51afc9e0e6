"""What is kept comes back, whole or not at all, and nobody else can read it."""

import os
import signal
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from idkeep.checks.samples import NOW
from idkeep.errors import IdkeepError, Unreadable
from idkeep.model import Gap
from idkeep.store import SqliteStore
from strategies import FIELDS, PLAIN, gaps
from test_checks import snapshot_of

GAP = Gap("iam:GetAccountSummary", "AccessDenied", "explicit deny in a policy")


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path / "deep" / "down" / "snapshots.db")


def test_an_empty_store_lists_nothing_and_makes_no_file(store: SqliteStore) -> None:
    assert store.list() == ()
    assert not store.path.exists()


def test_a_snapshot_comes_back_as_it_was(store: SqliteStore) -> None:
    snapshot = snapshot_of(PLAIN["User"], gaps=(GAP,), documents={"0" * 64: "{\n}"})
    kept = store.put(snapshot)
    assert store.get(kept.id) == store.get("latest") == store.get(kept.id[:4]) == snapshot
    [listed] = store.list()
    assert listed == kept
    assert (listed.users, listed.gaps, listed.taken) == (1, 1, NOW)


@settings(max_examples=40)
@given(data=st.data())
def test_every_kind_of_fact_and_gap_comes_back(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def drawn(kind: str) -> dict[str, Any]:
        fields = FIELDS[kind].items()
        return {name: data.draw(value | gaps) for name, value in fields if name != "caller"}

    user, root = replace(PLAIN["User"], **drawn("User")), replace(PLAIN["Root"], **drawn("Root"))
    store = SqliteStore(tmp_path_factory.mktemp("s") / "s.db")
    snapshot = snapshot_of(user, root)
    assert store.get(store.put(snapshot).id) == snapshot


def test_the_same_snapshot_is_kept_once_and_the_newest_is_last(store: SqliteStore) -> None:
    late = snapshot_of()
    early = replace(late, taken=NOW - timedelta(days=1))
    ids = [store.put(one).id for one in (late, early, late)]
    assert ids[0] == ids[2]
    assert [kept.id for kept in store.list()] == [ids[1], ids[0]]


def test_only_the_owner_may_read_it(store: SqliteStore) -> None:
    store.path.parent.mkdir(parents=True)
    store.path.touch(mode=0o644)
    store.put(snapshot_of())
    assert store.path.stat().st_mode & 0o777 == 0o600
    fresh = SqliteStore(store.path.parent / "new" / "s.db")
    fresh.put(snapshot_of())
    assert fresh.path.parent.stat().st_mode & 0o777 == 0o700


def test_an_unknown_or_ambiguous_id_is_an_error(store: SqliteStore) -> None:
    store.put(snapshot_of())
    for wanted in ("nope", "", "abc"):
        with pytest.raises(IdkeepError, match="no snapshot is called"):
            store.get(wanted)


def test_an_altered_snapshot_is_found_out(store: SqliteStore) -> None:
    kept = store.put(snapshot_of())
    other = SqliteStore(store.path.with_name("other.db"))
    other.put(replace(snapshot_of(), region="eu-west-1"))
    with sqlite3.connect(store.path) as db:
        db.execute("attach ? as other", (str(other.path),))
        db.execute("update snapshot set payload = (select payload from other.snapshot)")
    db.close()
    with pytest.raises(IdkeepError, match="was altered"):
        store.get(kept.id)


def test_a_damaged_snapshot_and_a_newer_format_are_told_apart(store: SqliteStore) -> None:
    kept = store.put(snapshot_of())
    with sqlite3.connect(store.path) as db:
        db.execute("update snapshot set payload = x'00'")
    db.close()
    with pytest.raises(IdkeepError, match="is damaged"):
        store.get(kept.id)
    with sqlite3.connect(store.path) as db:
        db.execute("update snapshot set format = 99")
    db.close()
    with pytest.raises(IdkeepError, match="has format 99"):
        store.get(kept.id)


def test_a_file_that_is_no_store_is_said_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear auditor, " * 100)
    with pytest.raises(Unreadable, match=r"letter\.txt: is not a store"):
        SqliteStore(path).list()
    with pytest.raises(Unreadable):
        SqliteStore(path).put(snapshot_of())
    assert path.read_text().startswith("Dear auditor")


KILLED_WHILE_WRITING = """
import os, signal, sys
from idkeep.store import sqlite
from test_checks import snapshot_of

store = sqlite.SqliteStore(sqlite.Path(sys.argv[1]))
# The row is in the journal and the transaction still open when the process dies.
with store._open(make=True) as db:
    db.execute("begin immediate")
    db.execute("insert into snapshot values ('half', 'a', 't', 1, 0, 0, 0, zeroblob(9000000))")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_crash_while_writing_leaves_the_earlier_ones_and_no_half_one(store: SqliteStore) -> None:
    whole = store.put(snapshot_of())
    done = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE_WRITING, str(store.path)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert [kept.id for kept in store.list()] == [whole.id]
    assert store.get("latest") == snapshot_of()
