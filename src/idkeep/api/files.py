"""Files that a person names."""

from pathlib import Path

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
