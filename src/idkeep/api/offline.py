"""The saved answers of AWS, in a folder or a zip, in the place of AWS."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from idkeep.api.judging import Judging
from idkeep.api.scan import keep_and_judge
from idkeep.collect.offline import Offline, Taken, collect_offline, commands, files
from idkeep.config import Settings
from idkeep.errors import IdkeepError
from idkeep.model import DEFAULT_FAMILIES, Family
from idkeep.report import ScanReport
from idkeep.store import SqliteStore


def parse_taken(text: str) -> Taken:
    """A date, which is all of that day, or a time; in UTC unless it says otherwise.

    Raises `IdkeepError`.
    """
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise IdkeepError(
            f"--taken {text!r} is no date", hint="write it as 2026-05-31 or 2026-05-31T14:30Z"
        ) from None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    is_date = "T" not in text.upper() and " " not in text and when.time() == time()
    latest = when + timedelta(days=1, microseconds=-1) if is_date else when
    return Taken(when.astimezone(UTC), latest.astimezone(UTC))


def export_script() -> str:
    """A shell script of AWS CLI commands that saves an account's answers in a folder."""
    return commands()


def answer_files() -> tuple[tuple[str, str, str], ...]:
    """Every file that is read: its name, the command that makes it, and its family of facts."""
    return tuple(files())


def read_folder(
    path: Path,
    *,
    account: str | None = None,
    taken: Taken | None = None,
    families: Iterable[Family] = DEFAULT_FAMILIES,
    progress: Callable[[str], None] = lambda _: None,
) -> Offline:
    """The account whose answers are saved there, without AWS. `account` is the one it must be.

    What the folder lacks is a gap. Raises `IdkeepError` where nothing in it can be read.
    """
    return collect_offline(
        path,
        now=datetime.now(UTC),
        expected=account,
        taken=taken,
        families=families,
        progress=progress,
    )


def scan_folder(  # noqa: PLR0913 -- what a scan may be told, all by name
    path: Path,
    *,
    account: str | None = None,
    taken: Taken | None = None,
    families: Iterable[Family] = DEFAULT_FAMILIES,
    settings: Settings | None = None,
    store: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
    note: Callable[[str], None] = lambda _: None,
    judging: Judging | None = None,
) -> ScanReport:
    """Judge the account whose answers are saved there, and keep its snapshot.

    `note` is told what a person should know of the folder: files that were not used, and what was
    taken for granted. Raises `IdkeepError`, and `NotKept` as `scan` does.
    """
    keeper = SqliteStore(store) if store else None
    if keeper:
        keeper.prepare()
    found = read_folder(path, account=account, taken=taken, families=families, progress=progress)
    for one in found.told():
        note(one)
    return keep_and_judge(found.snapshot, keeper, settings or Settings(), judging=judging)
