"""The store's one file: made for its owner alone, and nobody else's file ever touched."""

import os
import stat
from pathlib import Path

from idkeep.errors import Unreadable

# In the header of each SQLite file, where file(1) and we look for whose it is: "idkp".
APPLICATION_ID = 0x69646B70
HEADER = 100
_MAGIC = b"SQLite format 3\0"
_ID_AT = slice(68, 72)  # https://www.sqlite.org/fileformat.html#application_id
_OWNER_FILE = 0o600
_OWNER_DIRECTORY = 0o700


def make(path: Path) -> None:
    """See that there is a file of ours, or an empty one, for its owner alone.

    SQLite gives its journal the file's own mode, so the file must have it first. Raises
    `Unreadable`, and then nothing was changed but that directories may have been made.
    """
    try:
        _make_directories(path.parent)
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _OWNER_FILE)
        except FileExistsError:
            handle = _open(path)
        try:
            _check(handle, path)
            os.fchmod(handle, _OWNER_FILE)
        finally:
            os.close(handle)
    except OSError as error:
        raise _unopened(path, error) from error


def exists(path: Path) -> bool:
    """Whether there is a file of ours, or an empty one. Raises `Unreadable` for any other."""
    try:
        handle = _open(path)
        try:
            _check(handle, path)
        finally:
            os.close(handle)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _unopened(path, error) from error
    return True


def is_store(header: bytes) -> bool:
    """Whether a file that begins so is a store of ours; `HEADER` bytes tell."""
    return header.startswith(_MAGIC) and header[_ID_AT] == APPLICATION_ID.to_bytes(4, "big")


def _make_directories(path: Path) -> None:
    """Each that is missing with the mode; `Path.mkdir` gives it to the last one alone."""
    missing = [one for one in (path, *path.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=_OWNER_DIRECTORY, exist_ok=True)


def _open(path: Path) -> int:
    """Looks before it opens, for opening alone may wake a device or wait on a pipe."""
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        raise Unreadable(str(path), "is a symbolic link; name the file itself")
    _check_regular(mode, path)
    return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)


def _check(handle: int, path: Path) -> None:
    _check_regular(os.fstat(handle).st_mode, path)
    header = os.read(handle, HEADER)
    if header and not is_store(header):
        raise Unreadable(str(path), "is not a store of snapshots; it was left alone")


def _check_regular(mode: int, path: Path) -> None:
    if not stat.S_ISREG(mode):
        raise Unreadable(str(path), "is not a regular file; it was left alone")


def _unopened(path: Path, error: OSError) -> Unreadable:
    return Unreadable(str(path), f"can't be opened: {error.strerror or error}")
