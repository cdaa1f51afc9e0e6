"""What is kept comes back, whole or not at all, and nobody else can read it."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from idkeep.checks.samples import NOW, snapshot_of
from idkeep.errors import IdkeepError, Unreadable
from idkeep.model import Gap
from idkeep.store import Damaged, SqliteStore
from laws_profile import examples
from strategies import FIELDS, PLAIN, gaps

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
    assert store.list() == (kept,)
    assert (kept.users, kept.gaps, kept.taken) == (1, 1, NOW)


@examples(40)
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


def test_every_directory_made_for_it_is_the_owners_alone(store: SqliteStore) -> None:
    store.put(snapshot_of())
    for made in (store.path.parent, store.path.parent.parent):
        assert made.stat().st_mode & 0o777 == 0o700


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


def edited(store: SqliteStore, *statements: str) -> None:
    with sqlite3.connect(store.path) as db:
        for statement in statements:
            db.execute(statement)
    db.close()


@pytest.mark.parametrize(
    "change",
    ["account = '999999999999'", "taken = '2020-01-01T00:00:00Z'", "users = 7", "gaps = 9"],
)
def test_a_list_that_says_other_than_the_snapshot_is_found_out(
    store: SqliteStore, change: str
) -> None:
    kept = store.put(snapshot_of())
    edited(store, f"update snapshot set {change}")
    with pytest.raises(IdkeepError, match="was altered"):
        store.get(kept.id)


@pytest.mark.parametrize(
    "change",
    [
        "taken = 'yesterday'",
        "taken = '2026-01-01T00:00:00'",
        "taken = cast(x'ff' as text)",
        "users = -1",
        "sha256 = 'zz' || sha256",
    ],
)
def test_a_row_that_idkeep_never_wrote_is_listed_as_damaged_beside_the_others(
    store: SqliteStore, change: str
) -> None:
    store.put(snapshot_of())
    edited(store, f"update snapshot set {change}")
    whole = store.put(replace(snapshot_of(), region="eu-west-1"))
    damaged, listed = store.list()
    assert isinstance(damaged, Damaged)
    assert listed == whole
    assert store.find("latest") == whole
    with pytest.raises(IdkeepError, match="is damaged"):
        store.get(damaged.id)


def test_a_table_that_is_not_strict_is_no_way_in(store: SqliteStore) -> None:
    kept = store.put(snapshot_of())
    edited(
        store,
        "alter table snapshot rename to old",
        "create table snapshot as select * from old",
        "update snapshot set payload = 'text', users = 'many'",
    )
    [damaged] = store.list()
    assert isinstance(damaged, Damaged)
    edited(store, "update snapshot set users = 0")
    with pytest.raises(IdkeepError, match="is damaged"):
        store.get(kept.id)


@pytest.mark.parametrize("size", [None, 1 << 40])
def test_a_payload_that_claims_an_absurd_size_is_not_unpacked(
    store: SqliteStore, size: int | None
) -> None:
    kept = store.put(snapshot_of())
    if size is None:
        packed = zstandard.ZstdCompressor(write_content_size=False).compress(b"x")
    else:
        # https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1: an 8-byte size, one empty block.
        packed = b"\x28\xb5\x2f\xfd\xe0" + size.to_bytes(8, "little") + b"\x01\0\0"
    edited(store, f"update snapshot set payload = x'{packed.hex()}'")
    with pytest.raises(IdkeepError, match="is damaged: its size"):
        store.get(kept.id)


def test_an_id_is_the_beginning_of_the_whole_hash(store: SqliteStore) -> None:
    kept = store.put(snapshot_of())
    assert len(kept.sha256) == 64
    assert kept.id == kept.sha256[:12]
    assert store.find(kept.sha256) == store.find(kept.sha256[:20]) == kept


def test_two_that_begin_alike_are_both_kept_and_told_apart_by_more(store: SqliteStore) -> None:
    kept = store.put(snapshot_of())
    alike = kept.sha256[:12] + "0" * 52
    edited(
        store,
        "create temp table t as select * from snapshot",
        f"update t set sha256 = '{alike}'",
        "insert into snapshot select * from t",
    )
    with pytest.raises(IdkeepError, match="more than one"):
        store.find(kept.id)
    assert store.get(kept.sha256) == snapshot_of()


def test_keeping_a_damaged_one_again_makes_it_whole(store: SqliteStore) -> None:
    kept = store.put(snapshot_of())
    edited(store, "update snapshot set payload = x'00', users = 5")
    assert store.put(snapshot_of()) == kept
    assert store.get(kept.id) == snapshot_of()


def letter(path: Path) -> None:
    path.write_text("Dear auditor, " * 100)


def short_note(path: Path) -> None:
    path.write_text("hi")


def anothers_database(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("create table bookmarks (url text)")
    db.close()


@pytest.mark.parametrize("made", [letter, short_note, anothers_database])
def test_a_file_that_is_no_store_is_said_and_left_alone(
    tmp_path: Path, made: Callable[[Path], None]
) -> None:
    path = tmp_path / "theirs"
    made(path)
    path.chmod(0o644)
    before = path.read_bytes()
    store = SqliteStore(path)
    for act in (store.list, store.prepare, lambda: store.put(snapshot_of())):
        with pytest.raises(Unreadable, match="theirs: is not a store"):
            act()
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(tmp_path.iterdir()) == [path]


def test_a_table_of_another_shape_is_not_a_store_of_ours(store: SqliteStore) -> None:
    store.put(snapshot_of())
    edited(store, "alter table snapshot add column more text")
    with pytest.raises(Unreadable, match="as this idkeep makes them"):
        store.put(snapshot_of())
    edited(store, "drop table snapshot", "create view snapshot as select 1 as sha256")
    assert store.list() == ()
    with pytest.raises(Unreadable):
        store.put(snapshot_of())


def test_what_is_no_regular_file_is_not_even_opened(tmp_path: Path) -> None:
    pipe, link, real = tmp_path / "pipe", tmp_path / "link", tmp_path / "real"
    os.mkfifo(pipe, 0o644)
    real.touch(0o644)
    link.symlink_to(real)
    for path in (pipe, link, tmp_path):
        mode = path.stat().st_mode
        for act in (SqliteStore(path).list, SqliteStore(path).prepare):
            with pytest.raises(Unreadable, match=r"regular file|symbolic link"):
                act()
        assert path.stat().st_mode == mode


def test_preparing_writes_nothing_of_a_snapshot_and_leaves_what_is_kept(
    store: SqliteStore,
) -> None:
    store.prepare()
    assert store.list() == ()
    kept = store.put(snapshot_of())
    store.prepare()
    assert store.list() == (kept,)


KILLED_WHILE_WRITING = """
import os, signal, sys
from idkeep.store import sqlite

store = sqlite.SqliteStore(sqlite.Path(sys.argv[1]))
# The row is in the journal and the transaction still open when the process dies.
with store.opened(make=True) as db:
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
