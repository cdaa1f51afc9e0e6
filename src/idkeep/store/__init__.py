"""Keep snapshots, whole or not at all: in a store, or in a file that travels."""

from idkeep.store.runs import Runs, new_id
from idkeep.store.snapshot_file import Head, SnapshotFile
from idkeep.store.sqlite import Damaged, Kept, Row, SqliteStore

__all__ = ["Damaged", "Head", "Kept", "Row", "Runs", "SnapshotFile", "SqliteStore", "new_id"]
