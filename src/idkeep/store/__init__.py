"""Keep snapshots, whole or not at all: in a store, or in a file that travels.

A `Spool` keeps for a while what memory should not hold.
"""

from idkeep.store.history import History
from idkeep.store.runs import Runs, new_id
from idkeep.store.scratch import Scratch
from idkeep.store.snapshot_file import Head, SnapshotFile
from idkeep.store.spool import Spool
from idkeep.store.sqlite import Damaged, Kept, Row, SqliteStore

__all__ = [
    "Damaged",
    "Head",
    "History",
    "Kept",
    "Row",
    "Runs",
    "Scratch",
    "SnapshotFile",
    "Spool",
    "SqliteStore",
    "new_id",
]
