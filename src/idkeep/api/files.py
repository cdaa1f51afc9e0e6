"""Files that a person names."""

import os
from pathlib import Path
from shutil import copymode

from idkeep.errors import Unreadable


def read_text(path: Path) -> str:
    """The whole of a UTF-8 file, without the mark that some editors begin it with.

    Raises `Unreadable`.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Unreadable(str(path), error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise Unreadable(str(path), f"is not UTF-8 text: {error.reason}") from error


def read_bytes(path: Path, *, most: int) -> bytes:
    """The whole of a file that holds at most so many bytes. Raises `Unreadable`."""
    try:
        with path.open("rb") as opened:
            data = opened.read(most + 1)
    except OSError as error:
        raise Unreadable(str(path), error.strerror or str(error)) from error
    if len(data) > most:
        raise Unreadable(str(path), f"holds more than {most} bytes")
    return data


def write_bytes(path: Path, data: bytes) -> None:
    """Write it whole or not at all; a file that is there keeps its mode, and a link its place.

    Raises `Unreadable`.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not target.is_file():  # a pipe or a device
            target.write_bytes(data)
        else:
            _replace(target, data)
    except OSError as error:
        raise Unreadable(str(path), f"can't be written: {error.strerror or error}") from error


def _replace(target: Path, data: bytes) -> None:
    half = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        half.write_bytes(data)
        if target.exists():
            copymode(target, half)
        half.replace(target)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
