"""Streams of gzip (RFC 1952), bzip2, xz and Zstandard (RFC 8878), unpacked piece by piece within a bound of memory."""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from enum import Enum
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from backports import zstd

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK = 1 << 16
MAX_MEMBERS = 1 << 18
"""Members of one stream; blocked gzip, which has the most, fills each with 64 KiB."""

_PIECE = 1 << 13
"""Compressed bytes read at once; what a member leaves of them is copied for the next."""

XZ_MEMORY = 256 << 20
"""Bytes that an xz stream may ask for; its header could ask for gigabytes."""

ZSTANDARD_WINDOW = 27
"""Binary logarithm of the bytes that a Zstandard stream may refer back to, which are kept."""

_SKIPPED = b"\x2a\x4d\x18"
"""What follows the first byte (0x50 to 0x5f) of a Zstandard frame that holds no data."""


class Compression(Enum):
    """How a stream is compressed; the value is its magic number."""

    GZIP = b"\x1f\x8b\x08"
    BZIP2 = b"BZh"
    XZ = b"\xfd7zXZ\0"
    ZSTANDARD = b"\x28\xb5\x2f\xfd"

    def begins(self, head: bytes) -> bool:
        """Whether a stream or a member of it begins so."""
        is_skipped = self is Compression.ZSTANDARD and head[1:4] == _SKIPPED and head[0] >> 4 == 5
        return head.startswith(self.value) or is_skipped


def compression_of(head: bytes) -> Compression | None:
    """The compression that the first bytes of a file show."""
    found = next((kind for kind in Compression if kind.begins(head)), None)
    # "BZh" could begin a text; the level and the magic of the first block cannot
    if found is Compression.BZIP2 and head[4:10] not in (b"1AY&SY", b"\x17rE8P\x90"):
        return None
    return found


class _Decompressor(Protocol):
    """What the decompressors share."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gunzip:
    """zlib's decompressor in the manner of the others: it keeps what it did not yet consume."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)


def _decompressor(kind: Compression) -> _Decompressor:
    match kind:
        case Compression.GZIP:
            return _Gunzip()
        case Compression.BZIP2:
            return bz2.BZ2Decompressor()
        case Compression.XZ:
            return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=XZ_MEMORY)
        case Compression.ZSTANDARD:
            longest = {int(zstd.DecompressionParameter.window_log_max): ZSTANDARD_WINDOW}
            return zstd.ZstdDecompressor(options=longest)


class InflatedStream(io.RawIOBase):
    """The uncompressed bytes of a compressed stream; its members follow one another."""

    def __init__(self, source: BinaryIO, kind: Compression) -> None:
        """Read from the start of the compressed stream."""
        super().__init__()
        self._source = source
        self._kind = kind
        self._member: _Decompressor | None = _decompressor(kind)
        self._members = 1

    def readable(self) -> bool:
        """It is for reading only."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill a buffer as far as the next piece goes.

        Raises:
            EOFError: when the stream ends before its time.
            ValueError: when other bytes follow its end, or too many members.
            OSError, lzma.LZMAError, zlib.error, zstd.ZstdError: when it is broken.
        """
        view = memoryview(buffer).cast("B")
        fresh = b""
        while self._member is not None and len(view):
            # at its end a member must not be asked again
            data = b"" if self._member.eof else self._member.decompress(fresh, len(view))
            if data:
                view[: len(data)] = data
                return len(data)
            fresh = self._next_piece()
        return 0

    def _next_piece(self) -> bytes:
        """More compressed bytes, from the next member when one has ended."""
        assert self._member is not None  # the caller asks while there is one
        if self._member.eof:
            return self._next_member(self._member.unused_data)
        piece = self._source.read(_PIECE)
        if not piece:
            msg = "the compressed data is cut off"
            raise EOFError(msg)
        return piece

    def _next_member(self, rest: bytes) -> bytes:
        """Begin the member after the one that ended; zeros are padding."""
        rest = rest.lstrip(b"\0")
        while len(rest) < len(self._kind.value) and (piece := self._source.read(_PIECE)):
            rest = (rest + piece).lstrip(b"\0")
        if not rest:
            self._member = None
            return b""
        if not self._kind.begins(rest):
            msg = "other data follows the end of the compressed data"
            raise ValueError(msg)
        self._members += 1
        if self._members > MAX_MEMBERS:
            msg = "the compressed data has too many members"
            raise ValueError(msg)
        self._member = _decompressor(self._kind)
        return rest


def inflated(source: BinaryIO, kind: Compression) -> BinaryIO:
    """The uncompressed stream, buffered, so that small reads stay cheap."""
    # BufferedReader has every method of BinaryIO that a reader calls
    return cast(BinaryIO, io.BufferedReader(InflatedStream(source, kind), CHUNK))
