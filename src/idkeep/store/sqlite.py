"""Snapshots in one SQLite file, readable by its owner alone.

A snapshot is one row, written in one transaction: after a crash it is there or it is not. Its key
is the SHA-256 of its content, so a row that was altered is found out when it is read. What a row
says is never believed before it was looked at: the file may come from somebody else.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import msgspec
import zstandard
from msgspec import Meta, Struct

from idkeep.errors import IdkeepError, Unreadable
from idkeep.model import Snapshot
from idkeep.model.snapshot import FORMAT
from idkeep.store import file

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
_COLUMNS = ["sha256", "account", "taken", "format", "users", "roles", "gaps", "payload"]
_TABLE = """
select c.name from sqlite_schema t, pragma_table_info(t.name) c
where t.type = 'table' and t.name = 'snapshot' order by c.cid
"""
_LIST = """
select sha256, account, taken, users, roles, gaps, length(payload) as size from snapshot
order by taken, sha256
"""
_KEEP = "insert or replace into snapshot values (?, ?, ?, ?, ?, ?, ?, ?)"
_ID_LENGTH = 12
_SHORTEST_PREFIX = 4
_BUSY_SECONDS = 30
# An account of IAM's greatest sizes is far below; a header that claims more would fill the memory.
_LARGEST = 1 << 30

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
    _encode: msgspec.msgpack.Encoder = field(default_factory=msgspec.msgpack.Encoder)
    _decode: msgspec.msgpack.Decoder[Snapshot] = field(
        default_factory=lambda: msgspec.msgpack.Decoder(Snapshot)
    )

    def prepare(self) -> None:
        """Make the file, or see that it is ours and can be written. Raises `IdkeepError`."""
        with self._open(make=True) as db:
            db.execute("begin immediate")
            # SQLite asks for its journal, and so for the directory, only where a page changes.
            db.execute("pragma user_version = 1")
            db.execute("rollback")

    def put(self, snapshot: Snapshot) -> Kept:
        """Keep a snapshot. The same one twice is kept once, and is whole then."""
        payload = self._encode.encode(snapshot)
        if len(payload) > _LARGEST:
            raise IdkeepError(f"the snapshot is too large to be kept: {len(payload):,} bytes")
        packed = zstandard.compress(payload, level=10)
        kept = _summary(snapshot, _digest(payload), len(packed))
        row = (
            kept.sha256,
            kept.account,
            kept.taken.isoformat(),
            snapshot.format,
            kept.users,
            kept.roles,
            kept.gaps,
            packed,
        )
        with self._open(make=True) as db, db:
            db.execute(_KEEP, row)
        return kept

    def list(self) -> tuple[Row, ...]:
        """Every row, the damaged ones first, then from old to new; none where nothing was kept."""
        if not file.exists(self.path):
            return ()
        with self._open() as db:
            rows = tuple(_row(row) for row in db.execute(_LIST)) if _columns(db) else ()
        return tuple(sorted(rows, key=lambda row: isinstance(row, Kept)))

    def find(self, wanted: str) -> Kept:
        """By id, by the beginning of its SHA-256, or "latest". Raises `IdkeepError`."""
        every = self.list()
        kept = [one for one in every if isinstance(one, Kept)]
        if wanted == "latest" and kept:
            return kept[-1]
        long_enough = len(wanted) >= _SHORTEST_PREFIX
        matching = [one for one in every if long_enough and _key(one).startswith(wanted)]
        if len(matching) != 1:
            what = "more than one snapshot begins with" if matching else "no snapshot is called"
            raise IdkeepError(f"{what} {wanted!r}", hint="`idkeep snapshots` lists them")
        [found] = matching
        if isinstance(found, Damaged):
            raise self._damaged(found.id, found.damaged)
        return found

    def get(self, wanted: str) -> Snapshot:
        """As `find`; `IdkeepError` too for one that is altered, damaged or of another format."""
        found = self.find(wanted)
        with self._open() as db:
            [packed, form] = db.execute(
                "select payload, format from snapshot where sha256 = ?", (found.sha256,)
            ).fetchone()
        if form != FORMAT:
            raise IdkeepError(
                f"snapshot {found.id} has format {form}; this idkeep reads format {FORMAT}",
                hint="read it with the idkeep that made it, or scan again",
            )
        try:
            payload = _unpacked(packed)
            if _digest(payload) != found.sha256:
                raise self._altered(found)
            snapshot = self._decode.decode(payload)
            said = _summary(snapshot, found.sha256, len(packed))
        # Bytes that idkeep never wrote may nest too deep, or name a time that is none in UTC.
        except (zstandard.ZstdError, ValueError, RecursionError, OverflowError) as error:
            raise self._damaged(found.id, str(error)) from error
        if said != found or snapshot.format != form:
            raise self._altered(found)
        return snapshot

    def _damaged(self, ident: str, why: str) -> IdkeepError:
        return IdkeepError(f"snapshot {ident} in {self.path} is damaged: {why}")

    def _altered(self, found: Kept) -> IdkeepError:
        return IdkeepError(f"snapshot {found.id} in {self.path} was altered")

    @contextmanager
    def _open(self, *, make: bool = False) -> Iterator[sqlite3.Connection]:
        if make:
            file.make(self.path)
        uri = f"{self.path.absolute().as_uri()}?mode=rw"
        try:
            db = sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS)
        except sqlite3.Error as error:
            raise Unreadable(str(self.path), f"can't be opened: {error}") from error
        try:
            db.text_factory = _text
            if make:
                _make_table(db)
            if _columns(db) not in ([], _COLUMNS):
                raise Unreadable(
                    str(self.path), "is not a store of snapshots as this idkeep makes them"
                )
            yield db
        except sqlite3.Error as error:
            raise Unreadable(str(self.path), f"can't be used as a store: {error}") from error
        finally:
            db.close()


def _make_table(db: sqlite3.Connection) -> None:
    """In one transaction, so that no crash leaves a file of nobody's."""
    if _columns(db):
        return
    db.execute("begin immediate")
    with db:
        db.execute(f"pragma application_id = {file.APPLICATION_ID}")
        db.execute(_SCHEMA)


def _columns(db: sqlite3.Connection) -> list[str]:
    return [name for (name,) in db.execute(_TABLE)]


def _digest(payload: bytes) -> str:
    return sha256(payload).hexdigest()


def _unpacked(packed: object) -> bytes:
    if not isinstance(packed, bytes):
        raise ValueError("it holds no bytes")  # noqa: TRY004 -- a fault of the data, not of types
    size = zstandard.get_frame_parameters(packed).content_size
    if size > _LARGEST:  # one that is not told is the largest number
        raise ValueError("its size is not told, or absurd")
    return zstandard.ZstdDecompressor().decompress(packed)


def _summary(snapshot: Snapshot, digest: str, size: int) -> Kept:
    return Kept(
        id=digest[:_ID_LENGTH],
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
    ident = str(digest)[:_ID_LENGTH]
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
