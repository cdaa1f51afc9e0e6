"""A snapshot file comes back whole or is refused in one line, and spares what is not its own."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from idkeep.api.portable import export, fresh_key, read_key
from idkeep.api.snapshots import find_snapshot, prune, rejudge
from idkeep.checks.samples import ACCOUNT, ANA, NOW, snapshot_of
from idkeep.demo import DemoServer
from idkeep.errors import IdkeepError, Unreadable
from idkeep.model.snapshot import FORMAT
from idkeep.store import Head, Kept, SqliteStore, snapshot_file
from test_cli import idkeep

HEAD = Head(format=FORMAT, idkeep="0.1.0")
SNAPSHOT = snapshot_of(ANA)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "account.snapshot"
    snapshot_file.write(made, SNAPSHOT, HEAD)
    return made


def sealed(body: bytes) -> bytes:
    return body + sha256(body).digest()


def test_a_snapshot_comes_back_as_it_was_with_the_id_a_store_would_give(path: Path) -> None:
    read = snapshot_file.read(path)
    assert (read.snapshot, read.head) == (SNAPSHOT, HEAD)
    assert read.id == SqliteStore(path.with_name("s.db")).put(SNAPSHOT).id


def test_only_the_owner_may_read_it_and_nothing_half_written_is_left(path: Path) -> None:
    path.chmod(0o644)
    snapshot_file.write(path, SNAPSHOT, HEAD)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


@given(data=st.data())
def test_a_file_changed_or_cut_anywhere_is_refused(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("f") / "x"
    snapshot_file.write(path, SNAPSHOT, HEAD)
    whole = path.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    flipped = (
        whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1 :]
    )
    path.write_bytes(data.draw(st.sampled_from([flipped, whole[:place]])))
    with pytest.raises(Unreadable):
        snapshot_file.read(path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is not a snapshot file"),
        (b"Dear auditor", "is not a snapshot file"),
        (b"idkeep snapshot 2\n{}", "of version 2; this idkeep reads version 1"),
        (b"idkeep snapshot 1\n{}\n", "checksum does not agree"),
        (sealed(b'idkeep snapshot 1\n{"format":99,"idkeep":"9"}\n'), "of format 99; this idkeep"),
        (sealed(b'idkeep snapshot 1\n{"format":%d,"idkeep":"9"}\nzstd?' % FORMAT), "is damaged"),
        (sealed(b"idkeep snapshot 1\n[]\n"), "is damaged"),
    ],
)
def test_what_is_no_snapshot_of_this_idkeeps_is_one_line(
    tmp_path: Path, content: bytes, why: str
) -> None:
    path = tmp_path / "x.snapshot"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=why):
        snapshot_file.read(path)
    done = idkeep("scan", "--snapshot", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert why in done.stderr.splitlines()[0]


def test_nothing_foreign_is_overwritten_without_force(tmp_path: Path) -> None:
    letter, store, link = tmp_path / "letter", tmp_path / "s.db", tmp_path / "link"
    letter.write_text("Dear auditor")
    SqliteStore(store).put(SNAPSHOT)
    link.symlink_to(letter)
    before = store.read_bytes()
    with pytest.raises(Unreadable, match="left alone"):
        snapshot_file.write(letter, SNAPSHOT, HEAD)
    for path in (store, link, tmp_path):
        with pytest.raises(Unreadable):
            snapshot_file.write(path, SNAPSHOT, HEAD, force=True)
    assert (letter.read_text(), store.read_bytes()) == ("Dear auditor", before)
    snapshot_file.write(letter, SNAPSHOT, HEAD, force=True)
    assert snapshot_file.read(letter).snapshot == SNAPSHOT


def test_a_place_that_takes_nothing_is_said(tmp_path: Path) -> None:
    with pytest.raises(IdkeepError, match="can't be written"):
        snapshot_file.write(tmp_path / "nowhere" / "x", SNAPSHOT, HEAD)


def test_a_file_and_a_kept_one_are_found_by_what_they_are_called(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    store = path.with_name("s.db")
    late = SqliteStore(store).put(replace(SNAPSHOT, region="eu-west-1"))
    Path("latest").write_bytes(path.read_bytes())
    assert find_snapshot("latest", store=store).id == late.id
    assert find_snapshot("./latest", store=store).snapshot == SNAPSHOT
    assert find_snapshot(path.name, store=store).file == path.name
    assert rejudge(str(path), store=store).snapshot == ""
    assert rejudge(late.id, store=store).snapshot == late.id


def test_previous_is_the_one_before_the_latest_of_its_account(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "s.db")
    first = store.put(SNAPSHOT)
    with pytest.raises(IdkeepError, match="only one snapshot"):
        store.find("previous")
    other = replace(SNAPSHOT, taken=NOW + timedelta(days=1), account=replace(ACCOUNT, id="9" * 12))
    store.put(other)
    store.put(replace(SNAPSHOT, taken=NOW + timedelta(days=2)))
    assert store.find("previous") == first


@pytest.fixture
def filled(tmp_path: Path) -> tuple[Path, list[Kept]]:
    """Of one account five, a day apart, and an old one of another."""
    store = SqliteStore(tmp_path / "s.db")
    other = replace(ACCOUNT, id="999988887777")
    store.put(replace(SNAPSHOT, account=other, taken=NOW - timedelta(days=400)))
    ages = (4, 3, 2, 1, 0)
    return store.path, [store.put(replace(SNAPSHOT, taken=NOW - timedelta(days=n))) for n in ages]


@pytest.mark.parametrize(
    ("last", "days", "left"),
    [(2, None, 2), (None, 2, 3), (1, 3, 4), (4, 1, 4), (None, 0, 1), (9, None, 5)],
)
def test_pruning_keeps_what_either_rule_keeps_and_every_accounts_newest(
    filled: tuple[Path, list[Kept]], last: int | None, days: int | None, left: int
) -> None:
    store, kept = filled
    found = prune(store, keep_last=last, keep_days=days, now=NOW)
    assert [one.id for one in found] == [one.id for one in kept[: 5 - left]]
    assert len(SqliteStore(store).list()) == 6, "without `delete` nothing goes"
    prune(store, keep_last=last, keep_days=days, now=NOW, delete=True)
    assert len(SqliteStore(store).list()) == left + 1


def test_what_is_pruned_leaves_no_trace_in_the_file(filled: tuple[Path, list[Kept]]) -> None:
    store, kept = filled
    size = store.stat().st_size
    digest = kept[0].sha256.encode()
    assert digest in store.read_bytes()
    prune(store, keep_last=1, account="111122223333", now=NOW, delete=True)
    assert digest not in store.read_bytes()
    assert store.stat().st_size <= size


def test_prune_lists_first_and_deletes_when_told(filled: tuple[Path, list[Kept]]) -> None:
    store, kept = filled
    assert idkeep("snapshots", "prune", "--store", str(store)).returncode == 2
    rule = ("prune", "--keep-last", "1")
    done = idkeep("snapshots", "--store", str(store), *rule)
    assert (kept[0].id in done.stdout, "4 would be deleted" in done.stderr) == (True, True)
    assert "deleted 4" in idkeep("snapshots", *rule, "--yes", "--store", str(store)).stderr
    assert "Nothing" in idkeep("snapshots", *rule, "--store", str(store)).stderr


def test_a_key_file_makes_pseudonyms_that_agree_across_files(path: Path) -> None:
    key_file = path.with_name("key")
    key_file.write_text("0123456789abcdef0123\n")
    outs = [path.with_name(name) for name in ("a", "b", "c")]
    keys = (read_key(key_file), read_key(key_file), fresh_key())
    for out, key in zip(outs, keys, strict=True):
        export(str(path), out, store=path, redaction_key=key)
    first, second, third = (snapshot_file.read(out) for out in outs)
    assert first.head.redacted
    assert first.snapshot == second.snapshot != third.snapshot
    key_file.write_text("short\n")
    with pytest.raises(Unreadable, match="no redaction key"):
        read_key(key_file)


def test_collect_writes_a_file_that_scan_judges_without_aws(
    server: DemoServer, tmp_path: Path
) -> None:
    out = tmp_path / "demo.snapshot"
    done = idkeep("collect", "--out", str(out), "--redact", env=server.environment())
    assert done.returncode in (0, 3), done.stderr
    assert f"wrote {out}" in done.stderr
    judged = idkeep("scan", "--snapshot", str(out))
    assert judged.returncode == 1, judged.stderr
    assert "The root user has an access key." in judged.stdout
    assert "111122223333" not in judged.stdout + done.stderr


def test_collect_looks_at_its_output_before_it_asks_aws(tmp_path: Path) -> None:
    letter = tmp_path / "letter"
    letter.write_text("Dear auditor")
    done = idkeep("collect", "--out", str(letter))
    assert (done.returncode, letter.read_text()) == (2, "Dear auditor")
    assert "--force" in done.stderr
    done = idkeep("collect", "--out", str(tmp_path / "x"), "--redact-key-file", str(letter))
    assert "goes with --redact" in done.stderr
