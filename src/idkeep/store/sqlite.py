"""Snapshots in one SQLite file, readable by its owner alone.

A snapshot is one row, written in one transaction: after a crash it is there or it is not. Its id
is drawn from its content, so a row that was altered is found out when it is read.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import msgspec
import zstandard
from msgspec import Struct

from idkeep.errors import IdkeepError, Unreadable
from idkeep.model import Snapshot
from idkeep.model.snapshot import FORMAT

_SCHEMA = """
create table if not exists snapshot (
    id text primary key,
    account text not null,
    taken text not null,
    format integer not null,
    users integer not null,
    roles integer not null,
    gaps integer not null,
    payload blob not null
) strict
"""
_LIST = """
select id, account, taken, users, roles, gaps, length(payload) from snapshot order by taken, id
"""
_ID_LENGTH = 12
_SHORTEST_PREFIX = 4
_OWNER_FILE = 0o600
_OWNER_DIRECTORY = 0o700
_BUSY_SECONDS = 30


class Kept(Struct, frozen=True, kw_only=True):
    """A kept snapshot as a list shows it. `size` is in bytes, compressed."""

    id: str
    account: str
    taken: datetime
    users: int
    roles: int
    gaps: int
    size: int


@dataclass(slots=True)
class SqliteStore:
    """A store in one file, made with its directory when first written to."""

    path: Path
    _encode: msgspec.msgpack.Encoder = field(default_factory=msgspec.msgpack.Encoder)
    _decode: msgspec.msgpack.Decoder[Snapshot] = field(
        default_factory=lambda: msgspec.msgpack.Decoder(Snapshot)
    )

    def put(self, snapshot: Snapshot) -> Kept:
        """Keep a snapshot. The same one twice is kept once."""
        payload = self._encode.encode(snapshot)
        digest = _digest(payload)
        packed = zstandard.compress(payload, level=10)
        kept = Kept(
            id=digest,
            account=snapshot.account.id,
            taken=snapshot.taken.astimezone(UTC),
            users=len(snapshot.users),
            roles=len(snapshot.roles),
            gaps=len(snapshot.gaps),
            size=len(packed),
        )
        with self._open(make=True) as db, db:
            db.execute(
                "insert or ignore into snapshot values (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    kept.id,
                    kept.account,
                    kept.taken.isoformat(),
                    snapshot.format,
                    kept.users,
                    kept.roles,
                    kept.gaps,
                    packed,
                ),
            )
        return kept

    def list(self) -> tuple[Kept, ...]:
        """Every kept snapshot, newest last; none where nothing was ever kept."""
        if not self.path.exists():
            return ()
        with self._open() as db:
            rows = db.execute(_LIST).fetchall()
        return tuple(_kept(row) for row in rows)

    def find(self, wanted: str) -> Kept:
        """By id, by the first characters of one, or "latest". Raises `IdkeepError`."""
        every = self.list()
        if wanted == "latest" and every:
            return every[-1]
        long_enough = len(wanted) >= _SHORTEST_PREFIX
        matching = [one for one in every if long_enough and one.id.startswith(wanted)]
        if len(matching) != 1:
            what = "more than one snapshot begins with" if matching else "no snapshot is called"
            raise IdkeepError(f"{what} {wanted!r}", hint="`idkeep snapshots` lists them")
        return matching[0]

    def get(self, wanted: str) -> Snapshot:
        """As `find`; `IdkeepError` too for one that is altered, damaged or of another format."""
        found = self.find(wanted)
        with self._open() as db:
            [packed, form] = db.execute(
                "select payload, format from snapshot where id = ?", (found.id,)
            ).fetchone()
        if form != FORMAT:
            raise IdkeepError(
                f"snapshot {found.id} has format {form}; this idkeep reads format {FORMAT}",
                hint="read it with the idkeep that made it, or scan again",
            )
        try:
            payload = zstandard.ZstdDecompressor().decompress(packed)
            if _digest(payload) != found.id:
                raise IdkeepError(f"snapshot {found.id} in {self.path} was altered")
            return self._decode.decode(payload)
        except (zstandard.ZstdError, msgspec.DecodeError) as error:
            raise IdkeepError(f"snapshot {found.id} in {self.path} is damaged: {error}") from error

    @contextmanager
    def _open(self, *, make: bool = False) -> Iterator[sqlite3.Connection]:
        try:
            if make:
                self._make()
            db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS)
        except (OSError, sqlite3.Error) as error:
            raise Unreadable(str(self.path), f"can't be opened: {error}") from error
        try:
            if make:
                db.execute(_SCHEMA)
            yield db
        except sqlite3.Error as error:
            raise Unreadable(str(self.path), f"is not a store of snapshots: {error}") from error
        finally:
            db.close()

    def _make(self) -> None:
        """SQLite gives its journal the file's own mode, so the file must have it first."""
        self.path.parent.mkdir(mode=_OWNER_DIRECTORY, parents=True, exist_ok=True)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, _OWNER_FILE))
        self.path.chmod(_OWNER_FILE)


def _digest(payload: bytes) -> str:
    return sha256(payload).hexdigest()[:_ID_LENGTH]


def _kept(row: tuple[str, str, str, int, int, int, int]) -> Kept:
    ident, account, taken, users, roles, gaps, size = row
    return Kept(
        id=ident,
        account=account,
        taken=datetime.fromisoformat(taken),
        users=users,
        roles=roles,
        gaps=gaps,
        size=size,
    )
