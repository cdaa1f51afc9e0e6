"""The findings of each account from scan to scan."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from idkeep.errors import IdkeepError
from idkeep.model.history import Seen
from idkeep.store import file
from idkeep.store.sqlite import SqliteStore

_SEEN = msgspec.msgpack.Decoder(Seen)
_ENCODER = msgspec.msgpack.Encoder()
_TABLES = """
select count(*) from sqlite_schema where type = 'table' and name in ('seen', 'seen_until')
"""


@dataclass(slots=True)
class History:
    """What a store knows of findings; a scan older than the last that it saw teaches nothing."""

    store: SqliteStore

    def of(self, account: str) -> tuple[dict[str, Seen], datetime | None]:
        """Every finding ever found by id, and the time of the last scan; none where none was."""
        if not file.exists(self.store.path):
            return {}, None
        with self.store.opened() as db:
            [tables] = db.execute(_TABLES).fetchone()
            if not tables:
                return {}, None
            rows = db.execute("select payload from seen where account = ?", (account,)).fetchall()
            until = db.execute(
                "select until from seen_until where account = ?", (account,)
            ).fetchone()
        try:
            found = [_SEEN.decode(payload) for (payload,) in rows]
            last = datetime.fromisoformat(until[0]) if until else None
        except (msgspec.DecodeError, TypeError, ValueError) as error:
            raise IdkeepError(
                f"the history of account {account} in {self.store.path} is damaged: {error}"
            ) from error
        return {one.id: one for one in found}, last

    def put(self, account: str, seen: dict[str, Seen], until: datetime) -> None:
        """In one transaction, unless a newer scan has come between."""
        with self.store.opened(make=True) as db:
            db.execute("begin immediate")
            with db:
                row = db.execute(
                    "select until from seen_until where account = ?", (account,)
                ).fetchone()
                if row and datetime.fromisoformat(row[0]) > until:
                    return
                db.executemany(
                    "insert or replace into seen values (?, ?, ?)",
                    [(account, one.id, _ENCODER.encode(one)) for one in seen.values()],
                )
                db.execute(
                    "insert or replace into seen_until values (?, ?)",
                    (account, until.isoformat()),
                )
