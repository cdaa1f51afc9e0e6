"""Settings from a file."""

from fnmatch import fnmatchcase
from pathlib import Path

from idkeep import config
from idkeep.access.acceptance import is_accepted
from idkeep.api.files import read_text
from idkeep.config import Settings
from idkeep.errors import IdkeepError
from idkeep.model import Family, Gap, Snapshot

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


def unaccepted(snapshot: Snapshot, settings: Settings) -> tuple[Gap, ...]:
    """The gaps that make the scan incomplete."""
    account, day = snapshot.account.id, snapshot.taken.date()
    return tuple(one for one in snapshot.gaps if not is_accepted(one, account, settings, day))


def _refuse_unknown_gaps(settings: Settings, path: Path) -> None:
    """A misspelt action would accept nothing, and nobody would see why."""
    if not settings.accepted_gaps:
        return
    from idkeep.collect import ENTER, actions  # noqa: PLC0415 -- the AWS SDK, for those who need it

    asked = (*actions(Family), ENTER)
    patterns = {one.action for one in settings.accepted_gaps}
    if unknown := sorted(one for one in patterns if not any(fnmatchcase(a, one) for a in asked)):
        raise IdkeepError(
            f"{path}: accepted_gaps names what no scan asks: {', '.join(unknown)}",
            hint="`idkeep permissions` lists what a scan asks",
        )
