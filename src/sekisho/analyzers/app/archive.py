"""The entries of an APK, read one at a time within caps.

Reference: PKWARE APPNOTE 6.3.10 (ZIP). Nothing is written to disk and no name is used as a path.
Cannot: read archives that only Android's own reader accepts.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from sekisho.analyzers.notes import Notes
from sekisho.errors import EvidenceError
from sekisho.model.evidence import Limits
from sekisho.model.locus import ZipEntry

UNREADABLE = "SEK-P201"
TOO_LARGE = "SEK-P202"
TWICE = "SEK-P203"
ENCRYPTED = "SEK-P204"

_ENCRYPTED_FLAG = 0x1


class Archive:
    """An opened APK."""

    def __init__(self, file: Path, limits: Limits) -> None:
        """Open it.

        Raises:
            EvidenceError: when it is no ZIP archive, or has more entries than the cap.
        """
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise _unreadable(str(error) or type(error).__name__) from error
        self.entries = self._zip.infolist()
        self._limits = limits
        if len(self.entries) > limits.files:
            raise _unreadable(
                f"it has {len(self.entries)} entries; {limits.files} are read at most"
            )

    def names(self) -> list[str]:
        """The names of all entries, in the order of the archive."""
        return [entry.filename for entry in self.entries]

    def contents(self, notes: Notes) -> Iterator[tuple[str, bytes]]:
        """Each entry that can be read; of each other, a problem."""
        seen: set[str] = set()
        left: int = self._limits.total_size
        for entry in self.entries:
            if entry.is_dir():
                continue
            locus = ZipEntry(notes.evidence.id, entry.filename)
            if entry.filename in seen:
                notes.note_problem(TWICE, {"entry": entry.filename}, locus, blocks_clean=True)
            seen.add(entry.filename)
            data = self._read(entry, left, notes, locus)
            if data is not None:
                left -= len(data)
                yield entry.filename, data

    def _read(
        self, entry: zipfile.ZipInfo, left: int, notes: Notes, locus: ZipEntry
    ) -> bytes | None:
        name = {"entry": entry.filename}
        if entry.flag_bits & _ENCRYPTED_FLAG:
            notes.note_problem(ENCRYPTED, name, locus, blocks_clean=True)
            return None
        ratio_cap = max(1 << 20, entry.compress_size * self._limits.expansion_ratio)
        cap = min(self._limits.file_size, left, ratio_cap)
        try:
            with self._zip.open(entry) as stream:
                data = stream.read(cap + 1)
        except (
            zipfile.BadZipFile,
            OSError,
            EOFError,
            ValueError,
            RuntimeError,
            zlib.error,
        ) as error:
            why = str(error)[:200] or type(error).__name__
            notes.note_problem(UNREADABLE, {**name, "why": why}, locus, blocks_clean=True)
            return None
        if len(data) > cap:
            notes.note_problem(TOO_LARGE, {**name, "cap": str(cap)}, locus, blocks_clean=True)
            return None
        return data

    def close(self) -> None:
        """Give the file back."""
        self._zip.close()


def _unreadable(why: str) -> EvidenceError:
    return EvidenceError(
        "SEK-E201",
        "the app cannot be opened",
        why=why,
        next_step="ask for an undamaged APK",
    )
