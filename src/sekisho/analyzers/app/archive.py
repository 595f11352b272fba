"""The entries of an APK, and of archives within it, read one at a time within caps.

An entry of an archive within the app is named as Java does: `assets/more.jar!/classes.dex`.

Reference: PKWARE APPNOTE 6.3.10 (ZIP). Nothing is written to disk and no name is used as a path.
Cannot: read archives that only Android's own reader accepts.
"""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from sekisho.analyzers.app.signing_block import find_end
from sekisho.analyzers.notes import Notes
from sekisho.errors import EvidenceError
from sekisho.model.evidence import Limits
from sekisho.model.locus import ZipEntry

UNREADABLE = "SEK-P201"
TOO_LARGE = "SEK-P202"
TWICE = "SEK-P203"
ENCRYPTED = "SEK-P204"
UNOPENED = "SEK-P214"
TOO_DEEP = "SEK-P215"
TOO_MANY = "SEK-P216"
ONLY_MARKED = "SEK-P231"
TWO_READINGS = "SEK-P232"

ZIP_MAGIC = b"PK\x03\x04"

_ENCRYPTED_FLAG = 0x1
_PIECE = 1 << 20
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    ArithmeticError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What Python's reader raises on damaged archives."""


class Archive:
    """An opened APK; `unread` names the entries met so far that could not be read."""

    def __init__(self, file: Path, limits: Limits) -> None:
        """Open it.

        Raises:
            EvidenceError: when it is no ZIP archive, or has more entries than the cap.
        """
        try:
            self._zip = zipfile.ZipFile(file)
        except _BROKEN as error:
            raise _unreadable(_why(error)) from error
        self.entries = self._zip.infolist()
        if len(self.entries) > limits.files:
            raise _unreadable(
                f"it has {len(self.entries)} entries; {limits.files} are read at most"
            )
        self.unread: list[str] = []
        self._file = file
        self._size = file.stat().st_size
        self._limits = limits
        self._bytes_left: int = limits.total_size
        self._entries_left = limits.files

    def names(self) -> list[str]:
        """The names of all entries, in the order of the archive."""
        return [entry.filename for entry in self.entries]

    def misstated(self, contents: Mapping[str, bytes]) -> list[str]:
        """The entries among some that are not as large as the directory of the archive says.

        Args:
            contents: by name, what was read of each entry; what could not be read is left out.
        """
        return [
            entry.filename
            for entry in self.entries
            if entry.filename in contents
            and (
                entry.file_size != len(contents[entry.filename]) or entry.compress_size > self._size
            )
        ]

    def contents(self, notes: Notes) -> Iterator[tuple[str, bytes]]:
        """Each entry that can be read, with those of archives within; of each other, a problem."""
        if not self._is_read_alike():
            notes.note_problem(TWO_READINGS, {}, blocks_clean=True)
        return self._walk(self._zip, "", 1, notes)

    def _is_read_alike(self) -> bool:
        """Whether Android finds the same directory as we do.

        Python looks for the directory right before the record that ends the archive, Android at
        the offset which that record states: a file can show each of them another app.
        """
        with self._file.open("rb") as stream:
            end = find_end(stream)
        return end is not None and end.directory == self._zip.start_dir

    def _walk(
        self, archive: zipfile.ZipFile, within: str, depth: int, notes: Notes
    ) -> Iterator[tuple[str, bytes]]:
        seen: set[str] = set()
        for entry in archive.infolist():
            if entry.filename.endswith("/"):
                continue
            name = within + entry.filename
            if name in seen:
                locus = ZipEntry(notes.evidence.id, name)
                notes.note_problem(TWICE, {"entry": name}, locus, blocks_clean=True)
            seen.add(name)
            data = self._read(archive, entry, name, notes)
            if data is not None:
                yield name, data
                if data.startswith(ZIP_MAGIC):
                    yield from self._walk_within(name, data, depth, notes)

    def _walk_within(
        self, name: str, data: bytes, depth: int, notes: Notes
    ) -> Iterator[tuple[str, bytes]]:
        if depth >= self._limits.depth:
            self._leave(TOO_DEEP, name, notes, cap=str(self._limits.depth))
            return
        try:
            inner = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            self._leave(UNOPENED, name, notes, why=_why(error))
            return
        with inner:
            yield from self._walk(inner, f"{name}!/", depth + 1, notes)

    def _read(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, notes: Notes
    ) -> bytes | None:
        if self._entries_left == 0:
            self._leave(TOO_MANY, name, notes, cap=str(self._limits.files))
            return None
        self._entries_left -= 1
        return self._unpack(archive, entry, name, notes)

    def _unpack(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, notes: Notes
    ) -> bytes | None:
        marked = bool(entry.flag_bits & _ENCRYPTED_FLAG)
        entry.flag_bits &= ~_ENCRYPTED_FLAG  # Android runs what is only marked as encrypted
        ratio_cap = max(1 << 20, entry.compress_size * self._limits.expansion_ratio)
        cap = min(self._limits.file_size, self._bytes_left, ratio_cap)
        try:
            with archive.open(entry) as stream:
                data = _read_at_most(stream, cap + 1)
        except _BROKEN as error:
            self._leave(ENCRYPTED if marked else UNREADABLE, name, notes, why=_why(error))
            return None
        if marked:
            locus = ZipEntry(notes.evidence.id, name)
            notes.note_problem(ONLY_MARKED, {"entry": name}, locus)
        self._bytes_left -= min(len(data), cap)
        if len(data) > cap:
            self._leave(TOO_LARGE, name, notes, cap=str(cap))
            return None
        return data

    def _leave(self, code: str, name: str, notes: Notes, **details: str) -> None:
        """Note that an entry stays unread."""
        self.unread.append(name)
        locus = ZipEntry(notes.evidence.id, name)
        notes.note_problem(code, {"entry": name, **details}, locus, blocks_clean=True)

    def close(self) -> None:
        """Give the file back."""
        self._zip.close()


def _read_at_most(stream: IO[bytes], size: int) -> bytes:
    """Read in pieces: a forged size must not make Python set the memory aside at once."""
    pieces: list[bytes] = []
    while size > 0 and (piece := stream.read(min(_PIECE, size))):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _why(error: Exception) -> str:
    return str(error)[:200] or type(error).__name__


def _unreadable(why: str) -> EvidenceError:
    return EvidenceError(
        "SEK-E201",
        "the app cannot be opened",
        why=why,
        next_step="ask for an undamaged APK",
    )
