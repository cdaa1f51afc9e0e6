"""Keep snapshots, whole or not at all."""

from idkeep.store.sqlite import Damaged, Kept, Row, SqliteStore

__all__ = ["Damaged", "Kept", "Row", "SqliteStore"]
