"""ZIP archives (PKWARE APPNOTE 6.3.10) read entry by entry; nothing is written by their names.

Stored and deflated entries are read, which is what every common tool writes. Other methods,
encryption, links and devices are refused, each with its reason.
"""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path
from typing import IO, BinaryIO, Self, cast

from sekisho.intake.entries import Doorkeeper, Entries, Entry, Refusal
from sekisho.intake.limit import BROKEN, Meters, NotReadError, Reach, describe, metered
from sekisho.model.evidence import Limits

MAGICS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

_DIRECTORY_FLOOR = 1 << 20
_DIRECTORY_PER_FILE = 256
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8 = 0x800
_UNIX = 3
_METHODS = {
    9: "Deflate64",
    12: "bzip2",
    14: "LZMA",
    93: "Zstandard",
    95: "XZ",
    98: "PPMd",
    99: "AES",
}


class _BoundedFile(io.FileIO):
    """A file that refuses to be read in one great piece.

    `zipfile` reads the central directory whole, by a length that the archive itself states.
    """

    def __init__(self, path: Path, most: int) -> None:
        super().__init__(path, "rb")
        self._most = most

    def read(self, size: int | None = -1, /) -> bytes:
        """As of any file; without a size (how the end record is looked for) up to the bound.

        Raises:
            ValueError: when more is asked for than a directory may have.
        """
        wanted = self._most if size is None or size < 0 else size
        if wanted > self._most:
            msg = "its directory is too large"
            raise ValueError(msg)
        return super().read(wanted) or b""


class ZipEntries:
    """A ZIP opened for reading; a context manager."""

    def __init__(self, path: Path, limits: Limits) -> None:
        """Read the directory.

        Raises:
            NotReadError: when there is none that can be read.
        """
        most = _DIRECTORY_FLOOR + limits.files * _DIRECTORY_PER_FILE
        try:
            # closed by close(), which outlives this method
            self._file = _BoundedFile(path, most)
        except OSError as error:
            raise NotReadError("SEK-P111", Reach.ARCHIVE, reason=describe(error)) from error
        try:
            self._zip = zipfile.ZipFile(cast(IO[bytes], self._file))
        except BROKEN as error:
            self._file.close()
            raise NotReadError("SEK-P111", Reach.ARCHIVE, reason=describe(error)) from error

    def __enter__(self) -> Self:
        """The opened archive."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._zip.close()
        self._file.close()

    def names(self) -> frozenset[str]:
        """The names of all entries."""
        return frozenset(map(_name, self._zip.infolist()))

    def bounded(self, name: str, most: int) -> bytes:
        """Up to `most` bytes of the entry of that name, for a look at its kind.

        Raises:
            NotReadError: when there is no such entry or it cannot be read.
        """
        info = next((info for info in self._zip.infolist() if _name(info) == name), None)
        if info is None:
            raise NotReadError("SEK-P110", reason="no such entry")
        _refuse_unreadable(info)
        with self._open(info) as stream:
            return metered(stream).read(most)

    def entries(self, meters: Meters) -> Entries:
        """The files in it, in the order of the directory; each is counted by fresh meters."""
        door = Doorkeeper()
        for info in self._zip.infolist():
            name = _name(info)
            if name.endswith("/") and info.file_size == 0:
                continue
            try:
                safe = door.admit(name)
                _refuse_unreadable(info)
                stream = self._open(info)
            except NotReadError as reason:
                yield Refusal(name, reason)
                continue
            with stream:
                yield Entry(safe, metered(stream, *meters()))

    def _open(self, info: zipfile.ZipInfo) -> BinaryIO:
        try:
            return cast(BinaryIO, self._zip.open(info))
        except BROKEN as error:
            raise NotReadError("SEK-P110", reason=describe(error)) from error


def _refuse_unreadable(info: zipfile.ZipInfo) -> None:
    """Raise for what is not read although its name is in order.

    Raises:
        NotReadError: for links, devices, encryption and rare methods.
    """
    mode = info.external_attr >> 16
    if info.create_system == _UNIX and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise NotReadError("SEK-P102")
    if info.flag_bits & _ENCRYPTED:
        raise NotReadError("SEK-P103")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        method = _METHODS.get(info.compress_type, str(info.compress_type))
        raise NotReadError("SEK-P112", format=f"ZIP, {method}")


def _name(info: zipfile.ZipInfo) -> str:
    """The name as it was meant.

    Without the flag for UTF-8 the encoding is not stated: tools of Japanese systems write
    Shift_JIS there, others UTF-8, and `zipfile` reads code page 437.
    """
    if info.flag_bits & _UTF8:
        return info.orig_filename
    raw = info.orig_filename.encode("cp437", "replace")
    for encoding in ("utf-8", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.orig_filename
