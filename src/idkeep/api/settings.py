"""Settings from a file."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path

from idkeep import config
from idkeep.access.acceptance import is_accepted
from idkeep.api.files import read_text, write_bytes
from idkeep.config import Settings
from idkeep.config.template import TEMPLATE
from idkeep.errors import IdkeepError, Unreadable, meant
from idkeep.model import Family, Gap, Snapshot

SETTINGS_FILE = Path("idkeep.toml")
PYPROJECT = Path("pyproject.toml")


def load_settings(path: Path | None) -> Settings:
    """From a TOML file; without one, from what is here.

    That is `idkeep.toml`, or else the table `tool.idkeep` of `pyproject.toml`.
    Raises `Unreadable` with line and column, `IdkeepError` for a name that nothing has.
    """
    path = settings_file(path)
    if path is None:
        return Settings()
    text = read_text(path)
    if path.name == PYPROJECT.name:
        settings = config.parse_pyproject(text, str(path)) or Settings()
    else:
        settings = config.parse(text, str(path))
    _refuse_unknown_gaps(settings, path)
    _refuse_unknown_checks(settings, path)
    _refuse_changed_evidence(settings, path)
    return settings


def settings_file(named: Path | None) -> Path | None:
    """The file that settings are read from: the one named, or the one that is here."""
    return named or next((one for one in (SETTINGS_FILE, PYPROJECT) if one.exists()), None)


def write_settings(path: Path, *, force: bool = False) -> None:
    """A commented file to begin with. Raises `IdkeepError` where there is one, or no room."""
    if path.exists() and not force:
        raise IdkeepError(f"{path} is there already", hint="--force writes over it")
    write_bytes(path, TEMPLATE.encode())


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
    if unknown := _strange((one.action for one in settings.accepted_gaps), asked):
        raise IdkeepError(
            f"{path}: accepted_gaps names what no scan asks: {', '.join(unknown)}",
            hint="`idkeep permissions` lists what a scan asks",
        )


def _refuse_unknown_checks(settings: Settings, path: Path) -> None:
    if not (settings.suppressions or settings.severities):
        return
    from idkeep.api.checks import all_checks  # noqa: PLC0415 -- every check, for those who need it

    known = [one.id for one in all_checks()]
    for table, lines in (
        ("suppressions", settings.suppressions),
        ("severities", settings.severities),
    ):
        if unknown := _strange((one.check for one in lines), known):
            raise IdkeepError(
                f"{path}: {table} names no check: {', '.join(unknown)}",
                hint=meant(unknown[0], known, "`idkeep checks` lists them"),
            )


def _refuse_changed_evidence(settings: Settings, path: Path) -> None:
    """A file that was hashed must be there, and be what it was."""
    for one in settings.evidence:
        if not one.sha256:
            continue
        file = path.parent / one.file
        try:
            found = sha256(file.read_bytes()).hexdigest()
        except OSError as error:
            raise Unreadable(str(file), error.strerror or str(error)) from error
        if found != one.sha256:
            raise IdkeepError(
                f"{path}: the evidence for {one.framework} {one.control} has changed: {file}",
                hint=f"look at it again, and note its new hash: {found}",
            )


def _strange(patterns: Iterable[str], names: Iterable[str]) -> list[str]:
    """The patterns that no name fits."""
    known = tuple(names)
    return sorted({one for one in patterns if not any(fnmatchcase(name, one) for name in known)})
