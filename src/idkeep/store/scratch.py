"""A file without a name, for its maker alone, that stays in memory while it is small."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from tempfile import TemporaryFile, gettempdir
from typing import IO

from idkeep.errors import IdkeepError

_IN_MEMORY = 2_000_000
_PIECE = 1 << 20


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise IdkeepError(
            f"there is no room in {gettempdir()} for what was found: {error.strerror or error}",
            hint="make room, or name another place with the variable TMPDIR",
        ) from error


class Scratch:
    """Whatever writes or moves raises `IdkeepError` where there is no room.

    It may be called again then; Python's own spooled file may not.
    """

    def __init__(self, in_memory: int = _IN_MEMORY) -> None:
        self._file: IO[bytes] = BytesIO()
        self._most = in_memory
        self._is_small = True

    def write(self, data: bytes, /) -> int:
        with _room():
            if self._is_small and self._file.tell() + len(data) > self._most:
                self._file = self._moved()
                self._is_small = False
            return self._file.write(data)

    def read(self, size: int = -1, /) -> bytes:
        return self._file.read(size)

    def seek(self, place: int, whence: int = 0, /) -> int:
        with _room():
            return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()

    def flush(self) -> None:
        with _room():
            self._file.flush()

    def close(self) -> None:
        """What had no room has none now, and is not missed."""
        with suppress(OSError):
            self._file.close()

    def pieces(self) -> Iterator[bytes]:
        """From its beginning to its end."""
        self.seek(0)
        while piece := self.read(_PIECE):
            yield piece

    def _moved(self) -> IO[bytes]:
        place = self._file.tell()
        self._file.seek(0)
        file: IO[bytes] = TemporaryFile()  # noqa: SIM115 -- as long as we are
        try:
            file.write(self._file.read())
            file.flush()
            file.seek(place)
        except BaseException:
            with suppress(OSError):
                file.close()
            raise
        finally:
            self._file.seek(place)
        return file
