"""Scans of many accounts in the store: what each set out to read, and which accounts are done.

An account's snapshot and its line in the run are written in one transaction, so whatever ends a
worker, an account is done or it is not. Workers of several processes fill one store: each takes
the lock for as long as one account is written.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import zstandard

from idkeep.errors import IdkeepError
from idkeep.model.run import Run, RunPlan, RunResult
from idkeep.model.snapshot import FORMAT, Snapshot
from idkeep.store import encoding
from idkeep.store.sqlite import Kept, SqliteStore, insert

_ENCODER = msgspec.msgpack.Encoder()
_RUN = msgspec.msgpack.Decoder(Run)
_RESULT = msgspec.msgpack.Decoder(RunResult)
_PLAN = msgspec.json.Encoder(order="sorted")


@dataclass(slots=True)
class Runs:
    """The runs of a store; made with it when first written to."""

    store: SqliteStore

    def join(
        self, plan: RunPlan, shard: int, new: Callable[[], Run], *, resume: bool
    ) -> tuple[Run, bool]:
        """The run that this worker belongs to, and whether there was one.

        Of the runs with the same plan: with `resume` the newest, else the newest that no worker of
        this `shard` (from 1) has joined; a `new` one where there is none. Raises `IdkeepError`.
        """
        found = self._joined(plan, shard, resume=resume)
        if found is not None:
            return found, True
        if resume:
            raise IdkeepError(
                "there is no scan of this organisation to resume",
                hint="a resumed scan is told the same as before; leave --resume out for a new one",
            )
        made = new()
        with self.store.opened(make=True) as db:
            db.execute("begin immediate")
            with db:
                # Another worker may have begun it while this one listed the accounts.
                other = _open_run(db, plan, shard, resume=False) if plan.shards > 1 else None
                if other is None:
                    db.execute(
                        "insert into run values (?, ?, ?, ?, ?)",
                        (made.id, made.begun.isoformat(), FORMAT, _key(plan), _packed(made)),
                    )
                db.execute("insert into run_shard values (?, ?)", (other or made.id, shard))
        return (self.get(other), True) if other else (made, False)

    def put(self, run: str, result: RunResult, snapshot: Snapshot | None = None) -> Kept | None:
        """An account is done: its snapshot is kept, or why there is none."""
        packed = encoding.pack(snapshot) if snapshot else None
        done = msgspec.structs.replace(result, snapshot=packed.sha256 if packed else "")
        with self.store.opened(make=True) as db:
            db.execute("begin immediate")
            with db:
                kept = insert(db, snapshot, packed) if snapshot and packed else None
                db.execute(
                    "insert or replace into run_account values (?, ?, ?, ?)",
                    (run, done.account, done.snapshot, _ENCODER.encode(done)),
                )
        return kept

    def results(self, run: str) -> dict[str, RunResult]:
        """What became of the accounts so far, by account."""
        with self.store.opened() as db:
            rows = db.execute(
                "select account, result from run_account where run = ?", (run,)
            ).fetchall()
        try:
            return {str(account): _RESULT.decode(result) for account, result in rows}
        except (msgspec.DecodeError, TypeError) as error:
            raise self._damaged(run, error) from error

    def get(self, wanted: str) -> Run:
        """By id, by its beginning, or "latest". Raises `IdkeepError`."""
        rows: list[tuple[Any, ...]] = []
        if self.store.has_runs():
            with self.store.opened() as db:
                rows = db.execute("select id, format from run order by begun, id").fetchall()
        matching = [row for row in rows if str(row[0]).startswith(wanted)]
        chosen = rows[-1:] if wanted == "latest" else matching
        if len(chosen) != 1:
            what = "more than one run begins with" if chosen else "no run is called"
            raise IdkeepError(f"{what} {wanted!r}", hint="`idkeep scan --org` makes one")
        [(ident, form)] = chosen
        if form != FORMAT:
            raise IdkeepError(
                f"run {ident} has format {form}; this idkeep reads format {FORMAT}",
                hint="read it with the idkeep that made it, or scan again",
            )
        with self.store.opened() as db:
            row = db.execute("select payload from run where id = ?", (ident,)).fetchone()
        try:
            return _RUN.decode(encoding.unpack(row[0])[1])
        except (msgspec.DecodeError, encoding.NotASnapshot, TypeError) as error:
            raise self._damaged(ident, error) from error

    def _joined(self, plan: RunPlan, shard: int, *, resume: bool) -> Run | None:
        with self.store.opened(make=True) as db:
            db.execute("begin immediate")
            with db:
                found = _open_run(db, plan, shard, resume=resume)
                if found is None:
                    return None
                db.execute("insert or ignore into run_shard values (?, ?)", (found, shard))
        return self.get(found)

    def _damaged(self, run: str, why: Exception) -> IdkeepError:
        return IdkeepError(f"run {run} in {self.store.path} is damaged: {why}")


def _open_run(db: sqlite3.Connection, plan: RunPlan, shard: int, *, resume: bool) -> str | None:
    newest = "select id from run where plan = ? and format = ? order by begun desc limit 1"
    row = db.execute(newest, (_key(plan), FORMAT)).fetchone()
    if row is None or resume:
        return str(row[0]) if row else None
    joined = "select 1 from run_shard where run = ? and shard = ?"
    return None if db.execute(joined, (row[0], shard)).fetchone() else str(row[0])


def _key(plan: RunPlan) -> str:
    return _PLAN.encode(plan).decode()


def _packed(run: Run) -> bytes:
    return zstandard.compress(_ENCODER.encode(run), level=10)


def new_id(begun: datetime, taken: str) -> str:
    """A run's id: when it began, and a few characters that no other has."""
    return f"{begun:%Y%m%d-%H%M%S}-{taken}"
