"""Read an account, keep what was read, judge it."""

from collections.abc import Callable
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from time import monotonic
from typing import Any

import platformdirs

from idkeep import checks, collect, config, report
from idkeep.access import Estate
from idkeep.config import Settings
from idkeep.errors import Unreadable
from idkeep.model import Snapshot
from idkeep.store import Kept, SqliteStore

SETTINGS_FILE = Path("idkeep.toml")


def version() -> str:
    return metadata.version("idkeep")


def scan(
    *,
    profile: str | None = None,
    region: str | None = None,
    account: str | None = None,
    settings: Settings | None = None,
    store: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> report.ScanReport:
    """Scan the account that the credentials belong to, over the API.

    `account` is the one it must be (12 digits); `store` is where the snapshot is kept, None for
    nowhere; `progress` is told each IAM action that was asked. What could not be read is a gap
    in the report. Raises `IdkeepError` where AWS can't be asked at all or it is another account.
    """
    begun = monotonic()
    aws = collect.connect(profile=profile, region=region)
    try:
        snapshot = collect.collect(aws, now=_now, expected=account, progress=progress)
    finally:
        aws.close()
    seconds = monotonic() - begun
    kept = SqliteStore(store).put(snapshot).id if store else ""
    return _judged(snapshot, settings or Settings(), kept_as=kept, seconds=seconds)


def rejudge(wanted: str, *, store: Path, settings: Settings | None = None) -> report.ScanReport:
    """Judge a kept snapshot by today's checks; `wanted` is its id, its beginning, or "latest"."""
    keeper = SqliteStore(store)
    kept = keeper.find(wanted)
    return _judged(keeper.get(kept.id), settings or Settings(), kept_as=kept.id)


def kept_snapshots(store: Path) -> tuple[Kept, ...]:
    """What is kept, newest last."""
    return SqliteStore(store).list()


def scanner_policy() -> dict[str, Any]:
    """The IAM policy that a scan needs."""
    return collect.scanner_policy()


def default_store() -> Path:
    """The platform's place for a user's data."""
    return platformdirs.user_data_path("idkeep", appauthor=False) / "snapshots.db"


def load_settings(path: Path | None) -> Settings:
    """From a TOML file; without one, from `idkeep.toml` here, if there is one.

    Raises `Unreadable` with line and column.
    """
    if path is None:
        if not SETTINGS_FILE.exists():
            return Settings()
        path = SETTINGS_FILE
    try:
        return config.parse(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise Unreadable(str(path), error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise Unreadable(str(path), f"is not UTF-8 text: {error.reason}") from error


def _judged(
    snapshot: Snapshot, settings: Settings, *, kept_as: str, seconds: float = 0.0
) -> report.ScanReport:
    return report.scan_report(
        snapshot=snapshot,
        checks=checks.ALL,
        outcomes=checks.run(checks.ALL, Estate(snapshot, settings)),
        settings=settings,
        version=version(),
        kept_as=kept_as,
        seconds=seconds,
    )


def _now() -> datetime:
    return datetime.now(UTC)
