"""The evidence store: files named by the SHA-256 of their bytes, written once, read-only.

A file is written under a temporary name, synced, made read-only and only then moved to its place,
so that a crash leaves either the whole file or none.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, BinaryIO

import msgspec

from sekisho.errors import StoreError
from sekisho.model.units import Bytes, EvidenceId, Sha256

CHUNK = 1 << 20


class TooLargeError(Exception):
    """A file has more bytes than its limit; nothing of it was kept."""


class Kept(msgspec.Struct, frozen=True):
    """A file in the store: its name, its size, and where its bytes can be read."""

    id: EvidenceId
    size: Bytes
    path: Path


class EvidenceStore:
    """Evidence below a folder, as `ab/abcdef...`."""

    def __init__(self, folder: Path) -> None:
        """Use the folder, making it where it does not exist.

        Raises:
            StoreError: when it cannot be made or written.
        """
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(folder, error) from error

    def keep(self, stream: BinaryIO, limit: int) -> Kept:
        """Read a stream to its end and keep what it holds; equal content is kept once.

        Raises:
            TooLargeError: when the stream has more than `limit` bytes.
            StoreError: when the store cannot be written.
        """
        try:
            with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as target:
                waiting = Path(target.name)
                try:
                    name, size = _copy(stream, target, limit)
                    place = self._place(waiting, name)
                finally:
                    waiting.unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(self.folder, error) from error
        return Kept(name, size, place)

    def path_of(self, name: EvidenceId) -> Path:
        """Where the bytes of a piece of evidence are."""
        return self.folder / name[:2] / name

    def is_intact(self, name: EvidenceId) -> bool:
        """Whether the bytes in the store still are those of the name."""
        digest = hashlib.sha256()
        try:
            with self.path_of(name).open("rb") as stream:
                while chunk := stream.read(CHUNK):
                    digest.update(chunk)
        except OSError:
            return False
        return digest.hexdigest() == name

    def _place(self, waiting: Path, name: EvidenceId) -> Path:
        """Move a finished file to its name, unless the very bytes are there already."""
        place = self.path_of(name)
        if not self.is_intact(name):
            place.parent.mkdir(exist_ok=True)
            waiting.chmod(0o444)
            waiting.replace(place)
            _sync_folder(place.parent)
        return place


def _copy(stream: BinaryIO, target: IO[bytes], limit: int) -> tuple[EvidenceId, Bytes]:
    digest = hashlib.sha256()
    size = 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise TooLargeError
        digest.update(chunk)
        target.write(chunk)
    target.flush()
    os.fsync(target.fileno())
    return EvidenceId(Sha256(digest.hexdigest())), Bytes(size)


def _sync_folder(folder: Path) -> None:
    """Make a rename durable where the file system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def unwritable(folder: Path, error: OSError) -> StoreError:
    """The error that says that a folder of the store cannot be written."""
    return StoreError(
        "SEK-E401",
        "the evidence store cannot be written",
        why=error.strerror or str(error),
        next_step="free space or mend the permissions, or set SEKISHO_HOME to another folder",
        where=str(folder),
    )
