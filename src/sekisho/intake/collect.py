"""Files are taken in: counted, kept by their hash, identified, and unpacked where they hold more."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Protocol

import msgspec

from sekisho.intake.archive import unread_format, walk_archive
from sekisho.intake.entries import Entry, Refusal
from sekisho.intake.folder import PassedBy, open_regular, walk_folder
from sekisho.intake.identify import identify_file
from sekisho.intake.limit import Ledger, NotReadError, Reach, metered
from sekisho.intake.names import shown_name
from sekisho.model.evidence import EvidenceKind, Limits
from sekisho.model.problem import Problem
from sekisho.model.units import Bytes, EvidenceId

INSIDE = "!/"
"""Stands between the name of an archive and the name of what is in it."""

UNPACKED = frozenset(
    {
        EvidenceKind.ZIP,
        EvidenceKind.TAR,
        EvidenceKind.GZIP,
        EvidenceKind.BZIP2,
        EvidenceKind.XZ,
        EvidenceKind.ZSTANDARD,
    }
)

_UNMARKED = frozenset({EvidenceKind.TEXT, EvidenceKind.UNKNOWN})

_NOTES = frozenset(
    {
        "SEK-P123",
        "SEK-P125",
        "SEK-P126",
        "SEK-P131",
        "SEK-P133",
        "SEK-P134",
        "SEK-P135",
    }
)
"""Problems that leave nothing unread; every other one stands in the way of "clean"."""


class Kept(Protocol):
    """A file in the evidence store."""

    @property
    def id(self) -> EvidenceId:
        """The SHA-256 of its bytes."""
        ...

    @property
    def size(self) -> Bytes:
        """How many bytes it has."""
        ...

    @property
    def path(self) -> Path:
        """Where they can be read, under a name of the store's own."""
        ...


class Keep(Protocol):
    """How the evidence store takes a file in."""

    def __call__(self, stream: BinaryIO, limit: int, /) -> Kept:
        """Read a stream to its end with `read(n)`, hash it and keep it, read-only.

        What the stream raises is passed on, and nothing of the file is kept then. The stream
        itself ends with `NotReadError` when it has more than `limit` bytes.
        """
        ...


class Occurrence(msgspec.Struct, frozen=True):
    """Where a file was found: its name in the dossier, and the archive it came out of."""

    name: str
    parent: EvidenceId | None


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A file taken in, and everywhere it was found; `depth` counts the archives around it."""

    id: EvidenceId
    size: Bytes
    kind: EvidenceKind
    path: Path
    depth: int
    occurrences: list[Occurrence]

    @property
    def name(self) -> str:
        """The name it was first found under."""
        return self.occurrences[0].name


def intake_problem(
    code: str,
    name: str,
    *,
    evidence: EvidenceId | None = None,
    parent: EvidenceId | None = None,
    details: Mapping[str, str] = MappingProxyType({}),
) -> Problem:
    """A problem of intake; `name` is what it concerns, under its name in the dossier."""
    shown = shown_name(name)
    return Problem(
        code=code,
        details={"name": shown, **details},
        evidence=evidence,
        path=shown,
        parent=parent,
        blocks_clean=code not in _NOTES,
    )


class _FullError(Exception):
    """A limit on the whole dossier is reached; the problem was noted."""


class Collector:
    """Takes files in, within the limits on one dossier."""

    def __init__(self, keep: Keep, limits: Limits) -> None:
        """Begin with nothing taken."""
        self.taken: dict[EvidenceId, Taken] = {}
        self.problems: list[Problem] = []
        self.passed_by: set[str] = set()
        self._keep = keep
        self._limits = limits
        self._ledger = Ledger(limits)

    def take_folder(self, root: Path) -> None:
        """Take everything below a folder.

        Raises:
            StoreError: when the store cannot be written.
        """
        try:
            for found in walk_folder(root):
                if isinstance(found, PassedBy):
                    self._count(found.name)
                    self._note(found.reason, found.name, None)
                else:
                    self._take_found(found.name, found.path)
        except _FullError:
            return

    def take_file(self, name: str, path: Path, *, names_inside: str | None = None) -> EvidenceId:
        """Take one file, and what is in it.

        `names_inside` goes before the names of what is in it; default is the file's own name.

        Raises:
            NotReadError: when the file itself cannot be taken.
            StoreError: when the store cannot be written.
        """
        with open_regular(path) as file:
            self._ledger.count_file()
            taken = self._kept(Occurrence(name, None), file, 0)
        with suppress(_FullError):
            self._look_into(taken, f"{name}{INSIDE}" if names_inside is None else names_inside)
        return taken.id

    def _take_found(self, name: str, path: Path) -> None:
        self._count(name)
        try:
            with open_regular(path) as file:
                taken = self._kept(Occurrence(name, None), file, 0)
        except NotReadError as reason:
            self._note(reason, name, None)
            return
        self._look_into(taken, f"{name}{INSIDE}")

    def _count(self, name: str) -> None:
        try:
            self._ledger.count_file()
        except NotReadError as reason:
            self._note(reason, name, None)

    def _note(self, reason: NotReadError, name: str, parent: EvidenceId | None) -> None:
        """Tell that something is not read; leave the dossier when the whole is concerned."""
        self.passed_by.add(name)
        self.problems.append(
            intake_problem(reason.code, name, parent=parent, details=reason.details)
        )
        if reason.reach is Reach.DOSSIER:
            raise _FullError

    def _kept(self, occurrence: Occurrence, stream: BinaryIO, depth: int) -> Taken:
        """The file, kept and identified, or the same bytes taken before."""
        kept = self._keep(metered(stream, *self._ledger.meters()), self._limits.file_size)
        known = self.taken.get(kept.id)
        if known is not None:
            known.occurrences.append(occurrence)
            return known
        taken = Taken(
            id=kept.id,
            size=kept.size,
            kind=identify_file(kept.path),
            path=kept.path,
            depth=depth,
            occurrences=[occurrence],
        )
        self.taken[kept.id] = taken
        return taken

    def _look_into(self, taken: Taken, prefix: str) -> None:
        """Take what is in an archive; the same bytes are not opened twice."""
        if len(taken.occurrences) > 1:
            return
        unread = unread_format(taken.path)
        if unread is not None and taken.kind in _UNMARKED:
            self._note_archive(NotReadError("SEK-P112", format=unread), taken)
        if taken.kind not in UNPACKED:
            return
        if taken.depth >= self._limits.depth:
            self._note_archive(NotReadError("SEK-P108", limit=str(self._limits.depth)), taken)
            return
        with closing(walk_archive(taken.path, name=taken.name, ledger=self._ledger)) as entries:
            for entry in entries:
                if not self._take_entry(entry, taken, prefix):
                    break

    def _take_entry(self, entry: Entry | Refusal, archive: Taken, prefix: str) -> bool:
        """Take one entry; says whether the archive can be read on."""
        if isinstance(entry, Refusal) and entry.reason.reach is Reach.ARCHIVE:
            self._note_archive(entry.reason, archive)
            return False
        name = f"{prefix}{entry.name}"
        self._count(name)
        try:
            if isinstance(entry, Refusal):
                raise entry.reason
            taken = self._kept(Occurrence(name, archive.id), entry.stream, archive.depth + 1)
        except NotReadError as reason:
            self._note(reason, name, archive.id)
            return reason.reach is Reach.ENTRY
        self._look_into(taken, f"{name}{INSIDE}")
        return True

    def _note_archive(self, reason: NotReadError, archive: Taken) -> None:
        """Tell that an archive, or the rest of it, is not read."""
        self.problems.append(
            intake_problem(
                reason.code,
                archive.name,
                evidence=archive.id,
                parent=archive.occurrences[0].parent,
                details=reason.details,
            )
        )
