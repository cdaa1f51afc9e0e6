"""Kept snapshots: which there are, and what today's checks say of them."""

from importlib import metadata
from pathlib import Path

import platformdirs

from idkeep import checks, report
from idkeep.access import Estate
from idkeep.config import Settings
from idkeep.model import Snapshot
from idkeep.store import Row, SqliteStore


def default_store() -> Path:
    """The platform's place for a user's data."""
    return platformdirs.user_data_path("idkeep", appauthor=False) / "snapshots.db"


def kept_snapshots(store: Path) -> tuple[Row, ...]:
    """What is kept, newest last; before it, what is damaged."""
    return SqliteStore(store).list()


def rejudge(wanted: str, *, store: Path, settings: Settings | None = None) -> report.ScanReport:
    """Judge a kept snapshot by today's checks; `wanted` is its id, its beginning, or "latest"."""
    keeper = SqliteStore(store)
    kept = keeper.find(wanted)
    return judge(keeper.get(kept.sha256), settings or Settings(), kept_as=kept.id)


def judge(
    snapshot: Snapshot, settings: Settings, *, kept_as: str = "", seconds: float = 0.0
) -> report.ScanReport:
    """Every check on one snapshot; `kept_as` and `seconds` are for the report to tell."""
    return report.scan_report(
        snapshot=snapshot,
        checks=checks.ALL,
        outcomes=checks.run(checks.ALL, Estate(snapshot, settings)),
        settings=settings,
        version=metadata.version("idkeep"),
        kept_as=kept_as,
        seconds=seconds,
    )
