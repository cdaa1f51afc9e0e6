"""Files that a person names."""

from pathlib import Path

from idkeep.errors import Unreadable


def read_text(path: Path) -> str:
    """The whole of a UTF-8 file. Raises `Unreadable`."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise Unreadable(str(path), error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise Unreadable(str(path), f"is not UTF-8 text: {error.reason}") from error
