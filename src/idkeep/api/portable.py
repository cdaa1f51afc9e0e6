"""Snapshots that travel: written to a file, under pseudonyms where that is asked."""

import secrets
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from idkeep.access import redact
from idkeep.access.redact import KEY_BYTES
from idkeep.api.catalog import load_catalog
from idkeep.api.files import read_bytes
from idkeep.api.snapshots import find_snapshot
from idkeep.errors import Unreadable
from idkeep.model import DEFAULT_FAMILIES, Family, Snapshot
from idkeep.model.snapshot import FORMAT
from idkeep.store import Head, snapshot_file

if TYPE_CHECKING:
    from idkeep.collect.offline import Taken

_LONGEST_KEY = 4096


class Written(Struct, frozen=True, kw_only=True):
    """A snapshot as it was written; `id` is the one it has in the file."""

    id: str
    snapshot: Snapshot


def check_writable(out: Path, *, force: bool = False) -> None:
    """Look before AWS is asked. Raises `IdkeepError`."""
    snapshot_file.check_writable(out, force=force)


def collect_to(  # noqa: PLR0913 -- what a scan may be told, and where to write, all by name
    out: Path,
    *,
    profile: str | None = None,
    region: str | None = None,
    account: str | None = None,
    families: Iterable[Family] = DEFAULT_FAMILIES,
    redaction_key: bytes | None = None,
    force: bool = False,
    progress: Callable[[str], None] = lambda _: None,
    may_ask: Callable[[Family, int], bool] = lambda _, __: True,
) -> Written:
    """Read an account, as `scan` does, into a snapshot file; nothing is kept or judged.

    With a `redaction_key` pseudonyms stand for accounts and names. A snapshot file is replaced,
    another one only with `force`. Raises `IdkeepError`, before AWS is asked where it can.
    """
    from idkeep.api.scan import read_account  # noqa: PLC0415 -- the AWS SDK, for those who need it

    check_writable(out, force=force)
    snapshot = read_account(
        profile=profile,
        region=region,
        account=account,
        families=families,
        progress=progress,
        may_ask=may_ask,
    )
    return _write(out, snapshot, redaction_key, force=force)


def collect_folder_to(  # noqa: PLR0913 -- as above
    out: Path,
    folder: Path,
    *,
    account: str | None = None,
    taken: "Taken | None" = None,
    families: Iterable[Family] = DEFAULT_FAMILIES,
    redaction_key: bytes | None = None,
    force: bool = False,
    progress: Callable[[str], None] = lambda _: None,
    note: Callable[[str], None] = lambda _: None,
) -> Written:
    """The same of the answers that are saved in a folder; as `scan_folder` otherwise."""
    from idkeep.api.offline import read_folder  # noqa: PLC0415 -- as above

    check_writable(out, force=force)
    found = read_folder(folder, account=account, taken=taken, families=families, progress=progress)
    for one in found.told():
        note(one)
    return _write(out, found.snapshot, redaction_key, force=force)


def export(
    wanted: str,
    out: Path,
    *,
    store: Path,
    redaction_key: bytes | None = None,
    force: bool = False,
) -> Written:
    """Write a kept snapshot, or one from a file, to another file. As `collect_to` otherwise."""
    check_writable(out, force=force)
    found = find_snapshot(wanted, store=store)
    return _write(out, found.snapshot, redaction_key, force=force)


def fresh_key() -> bytes:
    """For pseudonyms that nobody can lead back, once it is forgotten."""
    return secrets.token_bytes(KEY_BYTES * 2)


def read_key(path: Path) -> bytes:
    """A key that makes the same pseudonyms in every file. Raises `Unreadable`."""
    key = read_bytes(path, most=_LONGEST_KEY).strip()
    if len(key) < KEY_BYTES:
        raise Unreadable(
            str(path),
            f"is no redaction key: it holds {len(key)} bytes, at least {KEY_BYTES} are needed",
            hint=f"make one with `openssl rand -hex 32 > {path.name}`",
        )
    return key


def _write(out: Path, snapshot: Snapshot, key: bytes | None, *, force: bool) -> Written:
    shown = redact(snapshot, key=key, catalog=load_catalog()) if key else snapshot
    head = Head(format=FORMAT, idkeep=metadata.version("idkeep"), redacted=bool(key))
    return Written(id=snapshot_file.write(out, shown, head, force=force), snapshot=shown)
