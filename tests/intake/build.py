"""Archives and dossiers made for tests of intake."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

from sekisho.intake.dossier import Intake, open_dossier
from sekisho.model.evidence import Evidence, Limits
from sekisho.record.evidence_store import EvidenceStore


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of entries by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


def tarred(entries: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """A TAR of entries by name."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def folder(target: Path, files: dict[str, bytes]) -> Path:
    """A folder of files by name."""
    for name, content in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return target


def take(source: Path, store: Path, limits: Limits | None = None) -> Intake:
    """The dossier at a path, kept in a store."""
    return open_dossier(source, keep=EvidenceStore(store).keep, limits=limits or Limits())


def codes(intake: Intake) -> list[str]:
    """The codes of all problems."""
    return [problem.code for problem in intake.problems]


def by_path(intake: Intake) -> dict[str, Evidence]:
    """The evidence by its path."""
    return {item.path: item for item in intake.dossier.evidence}
