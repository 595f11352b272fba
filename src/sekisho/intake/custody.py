"""What the manifest says of each file, what it leaves open, and what it lists that is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from sekisho.intake.collect import INSIDE, Occurrence, Taken, intake_problem
from sekisho.intake.manifest import EvidenceEntry, Manifest, file_names
from sekisho.intake.names import compared_name, shown_name
from sekisho.model.evidence import CaptureConditions, Custody, Evidence, EvidenceKind
from sekisho.model.problem import Problem
from sekisho.model.units import EvidenceId

_CAPTURES = frozenset({EvidenceKind.PCAP, EvidenceKind.PCAPNG})

_PROMISES: Mapping[str, frozenset[EvidenceKind]] = {
    "apk": frozenset({EvidenceKind.APK}),
    "cap": _CAPTURES,
    "pcap": _CAPTURES,
    "pcapng": _CAPTURES,
    "pdf": frozenset({EvidenceKind.PDF}),
    "xlsx": frozenset(
        {
            EvidenceKind.SPREADSHEET,
            EvidenceKind.PARTS_TABLE,
            EvidenceKind.OWNERSHIP_TABLE,
        }
    ),
    "zip": frozenset({EvidenceKind.ZIP}),
}
"""What a file's name promises by its suffix; other suffixes promise nothing that is checked."""

_LOST = frozenset({EvidenceKind.TEXT, EvidenceKind.UNKNOWN, EvidenceKind.ZIP})
"""Kinds behind which the promised content is not to be found (a broken package reads as a ZIP)."""


class Found:
    """The files of a dossier by their names relative to its root."""

    def __init__(
        self,
        taken: Mapping[EvidenceId, Taken],
        occurrences: Mapping[EvidenceId, tuple[Occurrence, ...]],
        *,
        container: EvidenceId | None = None,
    ) -> None:
        """Keep the files.

        Args:
            taken: the files in the order they were found.
            occurrences: where each was found, at least once.
            container: the archive that the dossier came in; it is not a file of it.
        """
        self.taken = taken
        self.occurrences = occurrences
        self.container = container
        self.by_name = {
            compared_name(one.name): evidence
            for evidence, found in occurrences.items()
            for one in found
            if evidence != container
        }


class Custodian:
    """Joins the files with what the manifest says of them."""

    def __init__(self, found: Found, manifest: Manifest | None) -> None:
        """Look up what the manifest lists; without one, nothing is stated."""
        self._found = found
        self._manifest = manifest
        self._entries: dict[str, EvidenceEntry] = {}
        self._documents: dict[str, str] = {}
        self._absent: list[Problem] = []
        if manifest is not None:
            self._look_up(manifest)

    def _look_up(self, manifest: Manifest) -> None:
        names = self._found.by_name.keys()
        for entry in manifest.evidence:
            name = _name_of(entry.file, names)
            if name is None:
                self._absent.append(intake_problem("SEK-P130", entry.file))
            else:
                self._entries[name] = entry
        for statement in manifest.statements:
            if statement.document is None:
                continue
            name = _name_of(statement.document, names)
            if name is None:
                by = shown_name(statement.by)
                self._absent.append(
                    intake_problem("SEK-P133", statement.document, details={"by": by})
                )
            else:
                self._documents.setdefault(name, statement.by)

    def evidence(self) -> tuple[Evidence, ...]:
        """Every file as evidence, with custody and conditions, in the order it was found."""
        return tuple(map(self._as_evidence, self._found.taken.values()))

    def _as_evidence(self, taken: Taken) -> Evidence:
        chosen = self._chosen(taken.id)
        custody, conditions = self._stated(taken.id)
        return Evidence(
            id=taken.id,
            path=shown_name(chosen.name),
            size=taken.size,
            kind=taken.kind,
            parent=chosen.parent,
            custody=custody,
            conditions=conditions,
        )

    def _chosen(self, evidence: EvidenceId) -> Occurrence:
        """Where a file counts as found: outside archives as the manifest lists it, else first."""
        found = self._found.occurrences[evidence]
        listed = (one for one in found if INSIDE not in one.name and self._entry(one) is not None)
        return next(listed, found[0])

    def _entry(self, occurrence: Occurrence) -> EvidenceEntry | None:
        return self._entries.get(compared_name(occurrence.name))

    def _stated(self, evidence: EvidenceId) -> tuple[Custody, CaptureConditions]:
        """What is stated of a file, or else of the archive that it came in.

        The way up ends: an archive was found before what is in it.
        """
        chosen = self._chosen(evidence)
        entry = self._entry(chosen)
        if entry is not None:
            return entry.custody(), entry.capture_conditions()
        declared_by = self._documents.get(compared_name(chosen.name))
        if declared_by is not None:
            return Custody(obtained_from=declared_by), CaptureConditions()
        if chosen.parent is not None:
            return self._stated(chosen.parent)
        return Custody(), CaptureConditions()

    def problems(self, manifest: EvidenceId | None) -> Iterator[Problem]:
        """What does not fit: files absent, twice, empty, misnamed, or without custody.

        Args:
            manifest: the evidence that is the manifest itself, if any.
        """
        yield from self._absent
        for taken in self._found.taken.values():
            chosen = self._chosen(taken.id)
            for one in self._found.occurrences[taken.id]:
                if one is not chosen:
                    yield _about("SEK-P125", taken, one, first=shown_name(chosen.name))
            if taken.id not in (manifest, self._found.container):
                yield from self._oddities(taken, chosen)

    def _oddities(self, taken: Taken, chosen: Occurrence) -> Iterator[Problem]:
        """What is odd about one file, other than the manifest."""
        submitted_itself = INSIDE not in chosen.name
        if taken.kind is EvidenceKind.EMPTY and submitted_itself:
            yield _about("SEK-P124", taken, chosen)
        if taken.kind is EvidenceKind.DOSSIER:
            yield _about("SEK-P135", taken, chosen)
        promised = _PROMISES.get(chosen.name.rpartition(".")[2].lower())
        if promised is not None and taken.kind not in promised | {EvidenceKind.EMPTY}:
            code = "SEK-P127" if taken.kind in _LOST else "SEK-P126"
            yield _about(code, taken, chosen, kind=taken.kind.value)
        if self._manifest is not None and submitted_itself:
            custody, _ = self._stated(taken.id)
            if custody == Custody():
                yield _about("SEK-P131", taken, chosen)


def _about(code: str, taken: Taken, occurrence: Occurrence, **details: str) -> Problem:
    return intake_problem(
        code, occurrence.name, evidence=taken.id, parent=occurrence.parent, details=details
    )


def _name_of(stated: str, names: AbstractSet[str]) -> str | None:
    """The name in the dossier that a stated file has, or `None` when there is no such file."""
    return next((name for name in file_names(stated) if name in names), None)
