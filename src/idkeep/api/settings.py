"""Settings from a file."""

from pathlib import Path

from idkeep import config
from idkeep.api.files import read_text
from idkeep.config import Settings
from idkeep.errors import IdkeepError

SETTINGS_FILE = Path("idkeep.toml")


def load_settings(path: Path | None) -> Settings:
    """From a TOML file; without one, from `idkeep.toml` here, if there is one.

    Raises `Unreadable` with line and column.
    """
    if path is None:
        if not SETTINGS_FILE.exists():
            return Settings()
        path = SETTINGS_FILE
    settings = config.parse(read_text(path), str(path))
    _refuse_unknown_gaps(settings, path)
    return settings


def _refuse_unknown_gaps(settings: Settings, path: Path) -> None:
    """A misspelt action would accept nothing, and nobody would see why."""
    if not settings.accept_gaps:
        return
    from idkeep.collect import actions  # noqa: PLC0415 -- the AWS SDK, for those who need it

    if unknown := sorted(set(settings.accept_gaps) - set(actions())):
        raise IdkeepError(
            f"{path}: accept_gaps names what no scan asks: {', '.join(unknown)}",
            hint="`idkeep permissions` lists what a scan asks",
        )
