"""TAR archives (POSIX.1-2017 pax, ustar, GNU, V7) read entry by entry; nothing is written.

Header blocks are decoded by the standard library; the walk is our own, because the library reads
extended headers whole, by a length that the archive itself states.
"""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from sekisho.intake.compressed import Compression, inflated
from sekisho.intake.entries import Doorkeeper, Entries, Entry, Refusal, cut_short
from sekisho.intake.limit import BROKEN, Meters, NotReadError, Reach, describe, metered

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BLOCK = 512

_MAX_EXTENDED = 1 << 20
_SKIP = 1 << 16
_SPARSE = "GNU.sparse"
_FILES = frozenset({tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE})
_LINKS = frozenset(
    {
        tarfile.LNKTYPE,
        tarfile.SYMTYPE,
        tarfile.CHRTYPE,
        tarfile.BLKTYPE,
        tarfile.FIFOTYPE,
    }
)
_PAX = frozenset({tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE})


def header_of(block: bytes) -> tarfile.TarInfo | None:
    """The header that a block of 512 bytes is, or `None`: its checksum must be right."""
    try:
        header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError):
        return None
    return header if header.size >= 0 else None


def is_tar(head: bytes) -> bool:
    """Whether the first bytes of a stream are the header of a TAR."""
    block = head[:BLOCK]
    return len(block) == BLOCK and bool(block.strip(b"\0")) and header_of(block) is not None


def compressed_tar(path: Path, compression: Compression) -> bool:
    """Whether a compressed file holds a TAR."""
    with path.open("rb") as file:
        try:
            return is_tar(inflated(file, compression).read(BLOCK))
        except BROKEN:
            return False


class _Section(io.RawIOBase):
    """The data of one entry: the next `size` bytes of the archive."""

    def __init__(self, source: BinaryIO, size: int) -> None:
        super().__init__()
        self._source = source
        self.left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        data = self._source.read(min(len(view), self.left))
        if not data and self.left and len(view):
            msg = "the archive is cut off"
            raise EOFError(msg)
        self.left -= len(data)
        view[: len(data)] = data
        return len(data)

    def skip_rest(self) -> None:
        """Read what nobody read."""
        while self.left:
            self.read(min(self.left, _SKIP))


class TarEntries:
    """The walk through one TAR stream."""

    def __init__(self, source: BinaryIO) -> None:
        """Start at the first block."""
        self._source = source
        self._door = Doorkeeper()
        self._stated: dict[str, str] = {}
        self._for_all: dict[str, str] = {}

    def entries(self, meters: Meters) -> Entries:
        """The files in it, in order; each is counted by fresh meters."""
        try:
            while header := self._next_header():
                yield from self._entry(header, meters)
        except NotReadError as reason:
            whole = reason.reach > Reach.ENTRY
            yield Refusal("", reason) if whole else cut_short(reason.details["reason"])
        except BROKEN as error:
            yield cut_short(describe(error))

    def _next_header(self) -> tarfile.TarInfo | None:
        """The next header; `None` at the end of the archive."""
        block = self._source.read(BLOCK)
        if not block.strip(b"\0"):
            self._finish(block)
            return None
        header = header_of(block)
        if header is None:
            msg = "a header is broken" if len(block) == BLOCK else "the archive is cut off"
            raise ValueError(msg)
        return header

    def _finish(self, block: bytes) -> None:
        """Make sure that what follows the end of the archive is padding."""
        if len(block) < BLOCK:
            msg = "the archive is cut off: its end mark is missing"
            raise EOFError(msg)
        while padding := self._source.read(_SKIP):
            if padding.strip(b"\0"):
                msg = "other data follows the end of the archive"
                raise ValueError(msg)

    def _entry(self, header: tarfile.TarInfo, meters: Meters) -> Entries:
        if header.type in _PAX or header.type in (
            tarfile.XGLTYPE,
            tarfile.GNUTYPE_LONGNAME,
            tarfile.GNUTYPE_LONGLINK,
        ):
            self._read_extended(header)
            return
        stated = {**self._for_all, **self._stated}
        self._stated = {}
        section = _Section(self._source, _data_size(header, stated))
        padding = -section.left % BLOCK
        name = stated.get("path", header.name)
        if not header.isdir():
            yield self._admitted(name, header, stated, section, meters)
        section.skip_rest()
        _Section(self._source, padding).skip_rest()

    def _admitted(
        self,
        name: str,
        header: tarfile.TarInfo,
        stated: dict[str, str],
        section: _Section,
        meters: Meters,
    ) -> Entry | Refusal:
        try:
            safe = self._door.admit(name)
            _refuse_unreadable(header, stated)
        except NotReadError as reason:
            return Refusal(name, reason)
        return Entry(safe, metered(cast(BinaryIO, section), *meters()))

    def _read_extended(self, header: tarfile.TarInfo) -> None:
        """Take in a header that speaks of the next entry, or of all that follow."""
        if header.size > _MAX_EXTENDED:
            msg = "an extended header is too large"
            raise ValueError(msg)
        data = self._source.read(header.size)
        _Section(self._source, -header.size % BLOCK).skip_rest()
        if len(data) < header.size:
            msg = "the archive is cut off"
            raise EOFError(msg)
        if header.type == tarfile.GNUTYPE_LONGNAME:
            self._stated["path"] = data.rstrip(b"\0").decode("utf-8", "surrogateescape")
        elif header.type == tarfile.XGLTYPE:
            self._for_all.update(_pax_records(data))
        elif header.type in _PAX:
            self._stated.update(_pax_records(data))


def _data_size(header: tarfile.TarInfo, stated: dict[str, str]) -> int:
    """How many bytes of data follow a header.

    Links, devices and folders have none, whatever size their header gives.

    Raises:
        ValueError: when the size is not a number, or below zero.
    """
    if not header.isreg() and header.type in tarfile.SUPPORTED_TYPES:
        return 0
    size = int(stated.get("size", header.size))
    if size < 0:
        msg = "a header is broken"
        raise ValueError(msg)
    return size


def _refuse_unreadable(header: tarfile.TarInfo, stated: dict[str, str]) -> None:
    """Raise for what is not read although its name is in order.

    Raises:
        NotReadError: for links, devices, sparse and rare entries.
    """
    if header.type in _LINKS:
        raise NotReadError("SEK-P102")
    if header.type not in _FILES or _SPARSE in stated:
        raise NotReadError("SEK-P112", format="TAR, sparse or rare entry")


def _pax_records(data: bytes) -> dict[str, str]:
    r"""The records of an extended header: `length key=value\n`, the length counting itself.

    Only what bears on reading is kept: `path`, `size`, and whether the entry is sparse.

    Raises:
        ValueError: when they are not of that form.
    """
    records: dict[str, str] = {}
    at = 0
    while at < len(data) and data[at] != 0:
        digits, space, _ = data[at : at + 20].partition(b" ")
        length = int(digits) if digits.isdigit() and space else 0
        record = data[at : at + length]
        key, equals, value = record[len(digits) + 1 : -1].partition(b"=")
        if len(record) != length or not record.endswith(b"\n") or not equals:
            msg = "an extended header is broken"
            raise ValueError(msg)
        if key in (b"path", b"size"):
            records[key.decode("ascii")] = value.decode("utf-8", "surrogateescape")
        elif key.startswith(_SPARSE.encode("ascii")):
            records[_SPARSE] = ""
        at += length
    return records
