"""Snapshots in one SQLite file, readable by its owner alone.

A snapshot is one row, written in one transaction: after a crash it is there or it is not. Its key
is the SHA-256 of its content, so a row that was altered is found out when it is read. What a row
says is never believed before it was looked at: the file may come from somebody else.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import Meta, Struct

from idkeep.errors import IdkeepError, Unreadable
from idkeep.model import Snapshot
from idkeep.model.snapshot import FORMAT
from idkeep.store import encoding, file
from idkeep.store.encoding import NotASnapshot

_SCHEMA = """
create table if not exists snapshot (
    sha256 text primary key not null,
    account text not null,
    taken text not null,
    format integer not null,
    users integer not null,
    roles integer not null,
    gaps integer not null,
    payload blob not null
) strict
"""
# Runs came with version 2 of the store (1 has 0 in its header), the history of findings with 3;
# an older one only lacks their tables.
_VERSION = 3
_WITH_RUNS = 2
_LATER = (
    """
    create table if not exists run (
        id text primary key not null,
        begun text not null,
        format integer not null,
        plan text not null,
        payload blob not null
    ) strict
    """,
    """
    create table if not exists run_shard (
        run text not null, shard integer not null, primary key (run, shard)
    ) strict
    """,
    """
    create table if not exists run_account (
        run text not null,
        account text not null,
        snapshot text not null,
        result blob not null,
        primary key (run, account)
    ) strict
    """,
    """
    create table if not exists seen (
        account text not null, id text not null, payload blob not null, primary key (account, id)
    ) strict
    """,
    """
    create table if not exists seen_until (
        account text primary key not null, until text not null
    ) strict
    """,
)
_FORGOTTEN = """
select id from run where exists (
    select 1 from run_account where run = id and snapshot != ''
) and not exists (
    select 1 from run_account join snapshot on snapshot = sha256 where run = id
)
"""
_COLUMNS = ["sha256", "account", "taken", "format", "users", "roles", "gaps", "payload"]
_TABLE = """
select c.name from sqlite_schema t, pragma_table_info(t.name) c
where t.type = 'table' and t.name = 'snapshot' order by c.cid
"""
_ROWS = "select sha256, account, taken, users, roles, gaps, length(payload) as size from snapshot"
_LIST = f"{_ROWS} order by taken, sha256"
_ONE = f"{_ROWS} where sha256 = ?"
_WHOLE_KEY = 64
_KEEP = "insert or replace into snapshot values (?, ?, ?, ?, ?, ?, ?, ?)"
_SHORTEST_PREFIX = 4
_BUSY_SECONDS = 30

_Count = Annotated[int, Meta(ge=0)]


class Kept(Struct, frozen=True, kw_only=True):
    """A kept snapshot as a list shows it. `size` is in bytes, compressed.

    `id` is how `sha256` begins: short for people, and found again as any beginning of it is.
    """

    id: str
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    account: str
    taken: Annotated[datetime, Meta(tz=True)]
    users: _Count
    roles: _Count
    gaps: _Count
    size: _Count


class Damaged(Struct, frozen=True, kw_only=True):
    """A row that cannot be one that idkeep wrote."""

    id: str
    damaged: str


Row: TypeAlias = Kept | Damaged


@dataclass(slots=True)
class SqliteStore:
    """A store in one file, made with its directory when first written to."""

    path: Path

    def prepare(self) -> None:
        """Make the file, or see that it is ours and can be written. Raises `IdkeepError`."""
        with self.opened(make=True) as db:
            db.execute("begin immediate")
            # SQLite asks for its journal, and so for the directory, only where a page changes.
            db.execute(f"pragma user_version = {_VERSION + 1}")
            db.execute("rollback")

    def put(self, snapshot: Snapshot) -> Kept:
        """Keep a snapshot. The same one twice is kept once, and is whole then."""
        packed = encoding.pack(snapshot)
        with self.opened(make=True) as db, db:
            return insert(db, snapshot, packed)

    def list(self) -> tuple[Row, ...]:
        """Every row, the damaged ones first, then from old to new; none where nothing was kept."""
        if not file.exists(self.path):
            return ()
        with self.opened() as db:
            rows = tuple(_row(row) for row in db.execute(_LIST)) if _columns(db) else ()
        return tuple(sorted(rows, key=lambda row: isinstance(row, Kept)))

    def has_runs(self) -> bool:
        """Whether a scan of many accounts may be kept here."""
        if not file.exists(self.path):
            return False
        with self.opened() as db:
            [version] = db.execute("pragma user_version").fetchone()
        return bool(version >= _WITH_RUNS)

    def find(self, wanted: str) -> Kept:
        """By id, by the beginning of its SHA-256, "latest", or "previous".

        "previous" is the one before the latest of the same account. Raises `IdkeepError`.
        """
        every = self._whole(wanted) or self.list()
        kept = [one for one in every if isinstance(one, Kept)]
        if wanted == "latest" and kept:
            return kept[-1]
        if wanted == "previous" and kept:
            return _previous(kept)
        long_enough = len(wanted) >= _SHORTEST_PREFIX
        matching = [one for one in every if long_enough and _key(one).startswith(wanted)]
        if len(matching) != 1:
            what = "more than one snapshot begins with" if matching else "no snapshot is called"
            raise IdkeepError(f"{what} {wanted!r}", hint="`idkeep snapshots` lists them")
        [found] = matching
        if isinstance(found, Damaged):
            raise self._damaged(found.id, found.damaged)
        return found

    def _whole(self, digest: str) -> tuple[Row, ...]:
        """The row of a whole key: a run asks for thousands, among the rows of many runs."""
        if len(digest) != _WHOLE_KEY or not file.exists(self.path):
            return ()
        with self.opened() as db:
            return tuple(_row(row) for row in db.execute(_ONE, (digest,))) if _columns(db) else ()

    def get(self, wanted: str) -> Snapshot:
        """As `find`; `IdkeepError` too for one that is altered, damaged or of another format."""
        found = self.find(wanted)
        with self.opened() as db:
            [packed, form] = db.execute(
                "select payload, format from snapshot where sha256 = ?", (found.sha256,)
            ).fetchone()
        if form != FORMAT:
            raise IdkeepError(
                f"snapshot {found.id} has format {form}; this idkeep reads format {FORMAT}",
                hint="read it with the idkeep that made it, or scan again",
            )
        try:
            digest, payload = encoding.unpack(packed)
            if digest != found.sha256:
                raise self._altered(found)
            snapshot = encoding.decode(payload)
            said = _summary(snapshot, found.sha256, len(packed))
        except (NotASnapshot, OverflowError) as error:  # a time may be none in UTC
            raise self._damaged(found.id, str(error)) from error
        if said != found or snapshot.format != form:
            raise self._altered(found)
        return snapshot

    def remove(self, kept: Iterable[Kept]) -> None:
        """Delete snapshots, all or none, and give their bytes back to the disk."""
        with self.opened(make=True) as db:
            db.execute("pragma secure_delete = on")
            with db:
                db.executemany(
                    "delete from snapshot where sha256 = ?", [(one.sha256,) for one in kept]
                )
                for (run,) in db.execute(_FORGOTTEN).fetchall():
                    for table, key in (("run", "id"), ("run_shard", "run"), ("run_account", "run")):
                        db.execute(f"delete from {table} where {key} = ?", (run,))  # noqa: S608
            with suppress(sqlite3.Error):  # it needs room for a copy; without, the file stays long
                db.execute("vacuum")

    def _damaged(self, ident: str, why: str) -> IdkeepError:
        return IdkeepError(f"snapshot {ident} in {self.path} is damaged: {why}")

    def _altered(self, found: Kept) -> IdkeepError:
        return IdkeepError(f"snapshot {found.id} in {self.path} was altered")

    @contextmanager
    def opened(self, *, make: bool = False) -> Iterator[sqlite3.Connection]:
        """A connection to the file; what goes wrong in the block is an `IdkeepError`."""
        if make:
            file.make(self.path)
        uri = f"{self.path.absolute().as_uri()}?mode=rw"
        try:
            db = sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS)
        except sqlite3.Error as error:
            raise Unreadable(str(self.path), f"can't be opened: {error}") from error
        try:
            db.text_factory = _text
            [version] = db.execute("pragma user_version").fetchone()
            if version > _VERSION:
                raise Unreadable(
                    str(self.path),
                    f"is a store of version {version}; this idkeep knows version {_VERSION}",
                    hint="use the idkeep that made it",
                )
            if make and (version < _VERSION or not _columns(db)):
                _make_tables(db)
            if _columns(db) not in ([], _COLUMNS):
                raise Unreadable(
                    str(self.path), "is not a store of snapshots as this idkeep makes them"
                )
            yield db
        except sqlite3.Error as error:
            raise Unreadable(str(self.path), f"can't be used as a store: {error}") from error
        finally:
            db.close()


def insert(db: sqlite3.Connection, snapshot: Snapshot, packed: encoding.Packed) -> Kept:
    """A snapshot's row; whoever calls has the transaction."""
    kept = _summary(snapshot, packed.sha256, len(packed.data))
    row = (
        kept.sha256,
        kept.account,
        kept.taken.isoformat(),
        snapshot.format,
        kept.users,
        kept.roles,
        kept.gaps,
        packed.data,
    )
    db.execute(_KEEP, row)
    return kept


def _make_tables(db: sqlite3.Connection) -> None:
    """In one transaction, so that no crash leaves a file of nobody's."""
    if _columns(db) not in ([], _COLUMNS):
        return
    db.execute("begin immediate")
    with db:
        db.execute(f"pragma application_id = {file.APPLICATION_ID}")
        db.execute(_SCHEMA)
        for table in _LATER:
            db.execute(table)
        db.execute(f"pragma user_version = {_VERSION}")


def _columns(db: sqlite3.Connection) -> list[str]:
    return [name for (name,) in db.execute(_TABLE)]


def _previous(kept: list[Kept]) -> Kept:
    account = kept[-1].account
    same = [one for one in kept if one.account == account]
    if len(same) == 1:
        raise IdkeepError(
            f"of account {account} only one snapshot is kept: there is no previous one",
            hint="`idkeep scan` keeps another",
        )
    return same[-2]


def _summary(snapshot: Snapshot, digest: str, size: int) -> Kept:
    return Kept(
        id=encoding.short_id(digest),
        sha256=digest,
        account=snapshot.account.id,
        taken=snapshot.taken.astimezone(UTC),
        users=len(snapshot.users),
        roles=len(snapshot.roles),
        gaps=len(snapshot.gaps),
        size=size,
    )


def _row(row: tuple[Any, ...]) -> Row:
    digest, account, taken, users, roles, gaps, size = row
    ident = encoding.short_id(str(digest))
    said = {
        "id": ident,
        "sha256": digest,
        "account": account,
        "taken": taken,
        "users": users,
        "roles": roles,
        "gaps": gaps,
        "size": size,
    }
    try:
        return msgspec.convert(said, Kept)
    except msgspec.ValidationError as error:
        return Damaged(id=ident, damaged=str(error))


def _key(row: Row) -> str:
    return row.sha256 if isinstance(row, Kept) else row.id


def _text(raw: bytes) -> str:
    """No text is so odd that the rest can't be listed."""
    return raw.decode(errors="backslashreplace")
