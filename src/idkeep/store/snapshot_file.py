r"""One snapshot in a file that travels.

`idkeep snapshot 1\n`, a line of JSON (`Head`), the snapshot as `encoding` packs it, and the
SHA-256 of all that stands before it. `1` is the version of this layout; the head's `format` is the
snapshot's own.
"""

import os
import stat
import tempfile
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from idkeep.errors import IdkeepError, Unreadable
from idkeep.model import Snapshot
from idkeep.model.snapshot import FORMAT
from idkeep.store import encoding, file

_MAGIC = b"idkeep snapshot "
_LAYOUT = b"1"
_CHECKSUM = 32
_LONGEST_HEAD = 4096


class Head(Struct, frozen=True, kw_only=True):
    """`format` is the snapshot's, `idkeep` the version that wrote the file.

    `redacted` says that pseudonyms stand for accounts and names.
    """

    format: int
    idkeep: str
    redacted: bool = False


class SnapshotFile(Struct, frozen=True, kw_only=True):
    """What a file holds; `sha256` is the snapshot's, as a store would know it."""

    head: Head
    sha256: str
    snapshot: Snapshot

    @property
    def id(self) -> str:
        return encoding.short_id(self.sha256)


def read(path: Path) -> SnapshotFile:
    """Raises `Unreadable` for what is not whole, not idkeep's, or newer than this idkeep."""
    try:
        with path.open("rb") as opened:
            data = opened.read(encoding.LARGEST + 1)
    except OSError as error:
        raise Unreadable(str(path), f"can't be read: {error.strerror or error}") from error
    if not data.startswith(_MAGIC):
        raise Unreadable(str(path), "is not a snapshot file of idkeep's")
    layout, _, rest = data[len(_MAGIC) : _LONGEST_HEAD].partition(b"\n")
    if layout.isdigit() and layout != _LAYOUT:
        raise Unreadable(
            str(path),
            f"is a snapshot file of version {layout.decode()[:9]}; this idkeep reads version 1",
            hint="read it with the idkeep that made it",
        )
    body, checksum = data[:-_CHECKSUM], data[-_CHECKSUM:]
    if sha256(body).digest() != checksum:
        raise Unreadable(str(path), "is damaged or not whole: its checksum does not agree")
    line, _, _ = rest.partition(b"\n")
    return _opened(path, line, body[len(_MAGIC) + len(layout) + len(line) + 2 :])


def _opened(path: Path, line: bytes, packed: bytes) -> SnapshotFile:
    try:
        head = msgspec.json.decode(line, type=Head)
        if head.format != FORMAT:
            raise Unreadable(
                str(path),
                f"holds a snapshot of format {head.format}; this idkeep reads format {FORMAT}",
                hint="read it with the idkeep that made it, or collect again",
            )
        digest, payload = encoding.unpack(packed)
        snapshot = encoding.decode(payload)
    except (msgspec.DecodeError, encoding.NotASnapshot) as error:
        raise Unreadable(str(path), f"is damaged: {error}") from error
    return SnapshotFile(head=head, sha256=digest, snapshot=snapshot)


def check_writable(path: Path, *, force: bool = False) -> None:
    """See that a snapshot may be written there. Raises `IdkeepError`.

    A snapshot file is replaced; any other that holds something only with `force`, and a store, a
    link or what is no regular file never.
    """
    try:
        if _is_there(path):
            _check_replaceable(path, force=force)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise _unwritten(path, error) from error


def write(path: Path, snapshot: Snapshot, head: Head, *, force: bool = False) -> str:
    """Write it whole or not at all, for the owner alone, and give its id. Raises `IdkeepError`."""
    packed = encoding.pack(snapshot)
    body = b"%b%b\n%b\n%b" % (_MAGIC, _LAYOUT, msgspec.json.encode(head), packed.data)
    check_writable(path, force=force)
    try:
        _replace(path, body + sha256(body).digest())
    except OSError as error:
        raise _unwritten(path, error) from error
    return encoding.short_id(packed.sha256)


def _is_there(path: Path) -> bool:
    """Of the name itself, wherever it leads."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    return True


def _check_replaceable(path: Path, *, force: bool) -> None:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        raise Unreadable(str(path), "is a symbolic link; name the file itself")
    if not stat.S_ISREG(mode):
        raise Unreadable(str(path), "is not a regular file; it was left alone")
    with path.open("rb") as opened:
        begins = opened.read(file.HEADER)
    if file.is_store(begins):
        raise Unreadable(str(path), "is a store of snapshots; it was left alone")
    if begins and not begins.startswith(_MAGIC) and not force:
        raise Unreadable(
            str(path),
            "is there and is not a snapshot file; it was left alone",
            hint="name another file, or --force to overwrite this one",
        )
    if not os.access(path, os.W_OK):
        raise IdkeepError(f"{path} can't be written: it is read-only")


def _replace(path: Path, content: bytes) -> None:
    """`mkstemp` makes the new file with mode 0600, and so it stays."""
    handle, half = tempfile.mkstemp(dir=path.parent, prefix=".idkeep-")
    try:
        with open(handle, "wb") as opened:  # noqa: PTH123 -- a handle with its own mode
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        Path(half).replace(path)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise


def _unwritten(path: Path, error: OSError) -> IdkeepError:
    return IdkeepError(f"{path} can't be written: {error.strerror or error}")
