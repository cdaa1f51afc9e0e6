"""Keep snapshots, whole or not at all."""

from idkeep.store.sqlite import Kept, SqliteStore

__all__ = ["Kept", "SqliteStore"]
