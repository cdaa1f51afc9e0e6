"""A snapshot as bytes: msgpack, packed by zstd, named by the SHA-256 of the msgpack.

The store's rows and the files that travel are both this. What bytes say is never believed before
it was looked at: they may come from somebody else.
"""

from hashlib import sha256

import msgspec
import zstandard
from msgspec import Struct

from idkeep.errors import IdkeepError
from idkeep.model import Snapshot

# An account of IAM's greatest sizes is far below; a header that claims more would fill the memory.
LARGEST = 1 << 30
_ID_LENGTH = 12
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Snapshot)


class NotASnapshot(Exception):
    """The bytes are none that idkeep wrote; the message says why."""


class Packed(Struct, frozen=True):
    """A snapshot's bytes, packed, and the digest (hex) of what they unpack to."""

    sha256: str
    data: bytes


def pack(snapshot: Snapshot) -> Packed:
    """Raises `IdkeepError` for one that `unpack` would refuse."""
    payload = _ENCODER.encode(snapshot)
    if len(payload) > LARGEST:
        raise IdkeepError(f"the snapshot is too large to be kept: {len(payload):,} bytes")
    return Packed(sha256(payload).hexdigest(), zstandard.compress(payload, level=10))


def unpack(packed: object) -> tuple[str, bytes]:
    """The digest and the payload. Raises `NotASnapshot`."""
    if not isinstance(packed, bytes):
        raise NotASnapshot("it holds no bytes")
    try:
        size = zstandard.get_frame_parameters(packed).content_size
        if size > LARGEST:  # one that is not told is the largest number
            raise NotASnapshot("its size is not told, or absurd")
        payload = zstandard.ZstdDecompressor().decompress(packed)
    except zstandard.ZstdError as error:
        raise NotASnapshot(str(error)) from error
    return sha256(payload).hexdigest(), payload


def decode(payload: bytes) -> Snapshot:
    """Raises `NotASnapshot`."""
    try:
        return _DECODER.decode(payload)
    # Bytes that idkeep never wrote may nest too deep, or name a time that is none in UTC.
    except (ValueError, RecursionError, OverflowError) as error:
        raise NotASnapshot(str(error)) from error


def short_id(digest: str) -> str:
    """How a snapshot is called among people."""
    return digest[:_ID_LENGTH]
