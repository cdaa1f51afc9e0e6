"""Values that are too many for memory, in a file without a name that goes with its last reader.

The file holds blocks of JSON, a value a line, packed by zstd: a million verdicts of one account
take some 20 MB. It is readable by its owner alone, and what is small never leaves memory.
"""

from bisect import bisect_right
from collections.abc import Iterator
from typing import TypeVar
from weakref import finalize

import msgspec
import zstandard

from idkeep.model.on_demand import OnDemand
from idkeep.store.scratch import Scratch

T = TypeVar("T")

# Bytes of a block before it is packed.
_BLOCK = 128_000
_ENCODER = msgspec.json.Encoder()


class Spool:
    """One file for any number of tapes. Not for use by several threads at a time.

    Each tape holds up to a `block` of bytes in memory: where there are hundreds, it is small.
    """

    def __init__(self, block: int = _BLOCK) -> None:
        self.block = block
        self._file = Scratch()
        self._end = 0
        finalize(self, self._file.close)

    def tape(self, kind: type[T], /) -> "Tape[T]":
        """An empty one for values of that type, which msgspec reads and writes."""
        return Tape(self, msgspec.json.Decoder(kind))

    def write(self, block: bytes) -> tuple[int, int]:
        """The place of the block: where it begins, how many bytes. Raises `IdkeepError`."""
        packed = zstandard.compress(block, level=1)
        place = self._end, len(packed)
        self._file.seek(self._end)
        self._file.write(packed)
        self._end += len(packed)
        return place

    def read(self, place: tuple[int, int]) -> bytes:
        begin, length = place
        self._file.seek(begin)
        return zstandard.decompress(self._file.read(length))


class Tape(OnDemand[T]):
    """Values in the order they were appended; each reader gets values of its own."""

    def __init__(self, spool: Spool, decoder: msgspec.json.Decoder[T]) -> None:
        self._spool = spool
        self._decoder = decoder
        # A block's place; or a value as it is, where it holds half of a surrogate pair, which JSON
        # in UTF-8 can't have.
        self._parts: list[tuple[int, int] | list[T]] = []
        # How many values there are up to the end of each part.
        self._ends: list[int] = []
        self._open = bytearray()
        self._length = 0

    def append(self, value: T) -> None:
        """Raises `IdkeepError` where there is no room."""
        try:
            self._open += _ENCODER.encode(value)
            self._open += b"\n"
            self._length += 1
        except UnicodeEncodeError:
            self._close()
            self._length += 1
            self._put([value])
        if len(self._open) >= self._spool.block:
            self._close()

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[T]:
        self._close()
        for part in tuple(self._parts):
            if isinstance(part, list):
                yield from part
                continue
            for line in self._spool.read(part).splitlines():
                yield self._decoder.decode(line)

    def _at(self, place: int) -> T:
        """Of the part that it is in alone."""
        self._close()
        number = bisect_right(self._ends, place)
        part = self._parts[number]
        if isinstance(part, list):
            return part[0]
        begin = self._ends[number - 1] if number else 0
        return self._decoder.decode(self._spool.read(part).splitlines()[place - begin])

    def _close(self) -> None:
        if self._open:
            self._put(self._spool.write(bytes(self._open)))
            self._open = bytearray()

    def _put(self, part: tuple[int, int] | list[T]) -> None:
        self._parts.append(part)
        self._ends.append(self._length)
