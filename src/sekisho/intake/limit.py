"""The caps on hostile input, counted while bytes are read; what a header promises is not believed."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, BinaryIO, cast

from backports import zstd

from sekisho.model.evidence import Limits

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

RATIO_FLOOR = 1 << 20
"""Bytes that any archive may unpack to; a small file of zeros is not yet a bomb."""

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    zstd.ZstdError,
    lzma.LZMAError,
    struct.error,
    EOFError,
    IndexError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What the readers of archives raise on bytes that are not what they claim to be."""


class Reach(IntEnum):
    """How much is lost when something is not read."""

    ENTRY = 0
    ARCHIVE = 1
    DOSSIER = 2


class NotReadError(Exception):
    """Something is not read: why (a code of the catalogue with its details), and how much.

    It never derives from `OSError`, so that a writer of files does not take a reader's trouble
    for its own.
    """

    def __init__(self, code: str, reach: Reach = Reach.ENTRY, /, **details: str) -> None:
        """Keep code, reach and details."""
        super().__init__(code, details)
        self.code = code
        self.reach = reach
        self.details = details


Meter = Callable[[int], None]
"""Takes a number of bytes that were read; raises `NotReadError` when they are too many."""

Meters = Callable[[], Sequence[Meter]]
"""Gives the meters for the next file of an archive."""


def ratio_meter(limits: Limits, archive_size: int) -> Meter:
    """A meter of what one archive unpacks to, against its own size in bytes."""
    allowed = max(RATIO_FLOOR, archive_size * limits.expansion_ratio)
    return _counter(allowed, "SEK-P109", Reach.ARCHIVE, ratio=str(limits.expansion_ratio))


def _counter(allowed: int, code: str, reach: Reach, **details: str) -> Meter:
    total = 0

    def count(length: int) -> None:
        nonlocal total
        total += length
        if total > allowed:
            raise NotReadError(code, reach, **details)

    return count


class Ledger:
    """What the limits still allow in one dossier: bytes in all, and files in all."""

    def __init__(self, limits: Limits) -> None:
        """Start with nothing taken."""
        self.limits = limits
        self._bytes = 0
        self._files = 0

    def meters(self) -> tuple[Meter, ...]:
        """What counts the bytes of one file: its own size first, then the dossier's."""
        size = self.limits.file_size
        return (_counter(size, "SEK-P105", Reach.ENTRY, limit=str(size)), self.count_bytes)

    def count_bytes(self, length: int) -> None:
        """Count bytes read (a `Meter`).

        Raises:
            NotReadError: when the dossier is larger than `total_size`.
        """
        self._bytes += length
        if self._bytes > self.limits.total_size:
            limit = str(self.limits.total_size)
            raise NotReadError("SEK-P106", Reach.DOSSIER, limit=limit)

    def count_file(self) -> None:
        """Count one file or one entry of an archive, read or refused.

        Raises:
            NotReadError: when the dossier has more than `files` of them.
        """
        self._files += 1
        if self._files > self.limits.files:
            raise NotReadError("SEK-P107", Reach.DOSSIER, limit=str(self.limits.files))


class MeteredStream(io.RawIOBase):
    """A stream whose bytes are counted as they are read, and whose breakage is told apart."""

    def __init__(self, source: BinaryIO, meters: Sequence[Meter]) -> None:
        """Read from a source, telling every meter of each read."""
        super().__init__()
        self._source = source
        self._meters = tuple(meters)

    def readable(self) -> bool:
        """It is for reading only."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill a buffer.

        Raises:
            NotReadError: when a meter says so, or the source is broken (`SEK-P110`).
        """
        view = memoryview(buffer).cast("B")
        try:
            data = self._source.read(len(view))
        except BROKEN as error:
            raise NotReadError("SEK-P110", reason=describe(error)) from error
        for meter in self._meters:
            meter(len(data))
        view[: len(data)] = data
        return len(data)


def metered(source: BinaryIO, *meters: Meter) -> BinaryIO:
    """A stream of the same bytes, counted."""
    # RawIOBase has every method of BinaryIO that a reader calls
    return cast(BinaryIO, MeteredStream(source, meters))


def describe(error: BaseException) -> str:
    """What an error of the standard library says, on one line and not for ever."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join((text or type(error).__name__).split())[:200]
