"""SPDX 2.3 bills of materials in JSON.

Reads packages: name, version, originator (else supplier) as the maker, package URL, CPE, checksums.
Relationships are counted, and those that describe the document name what it is about.

Cannot: say that a list is complete or where a part was made (the format has no such fields), or
read files, snippets, licences and what the relationships mean. SPDX 3 is another format.
"""

from __future__ import annotations

from typing import Any

from sekisho.analyzers.bom.documents import load_json, read_document, unreadable
from sekisho.analyzers.bom.node import JsonNode, Misfit
from sekisho.analyzers.bom.parts import ListedPart, PartsWriter
from sekisho.analyzers.interface import AnalyzerDoc, Context, Source
from sekisho.analyzers.notes import Notes
from sekisho.intake.plain_text import folded_word
from sekisho.model.evidence import EvidenceKind
from sekisho.model.observation import PartKind
from sekisho.model.review import Findings
from sekisho.model.units import AnalyzerId
from sekisho.model.words import Words

MORE_ALIKE = "SEK-P418"
NAMELESS = "SEK-P421"
MISFIT = "SEK-P426"
UNKNOWN_VERSION = "SEK-P431"

_AGENTS = ("Organization:", "Person:")
_OTHER_SOFTWARE = frozenset({"LIBRARY", "FRAMEWORK", "FILE"})
_REFERENCES = {"purl": "purl", "cpe22Type": "cpe", "cpe23Type": "cpe"}
_UNSAID = frozenset({"noassertion", "none"})


class SpdxAnalyzer:
    """SPDX 2.3 in JSON."""

    id = AnalyzerId("bom.spdx/1")
    kinds = frozenset({EvidenceKind.SPDX_JSON})
    packs: tuple[str, ...] = ()
    doc = AnalyzerDoc(
        title=Words("SPDX bill of materials", "SPDX部品表"),
        reads="SPDX 2.3 in JSON",
        observes=("component", "parts_listing", "party component_maker, supplier"),
        references=("SPDX Specification 2.3", "RFC 8259 (JSON)", "RFC 6901 (JSON Pointer)"),
        limitations=(
            Words(
                "The format states neither a country of origin nor that a list is complete.",
                "この形式では、原産国も、一覧が完全であることも記載できません。",
            ),
            Words(
                "Files, snippets, licences and what relationships mean are not read.",
                "ファイル、スニペット、ライセンス及び関係の意味は読み取りません。",
            ),
        ),
    )

    def analyze(self, source: Source, context: Context) -> Findings:
        """Observe the packages.

        Raises:
            EvidenceError: when the document is not well-formed, too large, or no SPDX 2.
        """
        del context  # nothing of it bears on a document
        notes = Notes(source, self.id)
        value, twice = load_json(read_document(source))
        misfits: list[Misfit] = []
        root = JsonNode(value, source.evidence.id, misfits)
        version = root.text("spdxVersion") or ""
        if not version.startswith("SPDX-2"):
            raise unreadable("its 'spdxVersion' is not one of SPDX 2")
        if version not in ("SPDX-2.2", "SPDX-2.3"):
            notes.note_problem(UNKNOWN_VERSION, {"version": version}, root.locus)
        if twice:
            keys = ", ".join(key[:40] for key in twice[:8])
            misfits.append(Misfit(root.locus, f"unique keys ({keys})"))
        writer = PartsWriter(notes)
        for package in root.items("packages", "package"):
            if not writer.has_room(package.locus):
                break
            _observe(package, writer)
        for misfit in dict.fromkeys(misfits):
            details = {"place": misfit.locus.address(), "expected": misfit.expected}
            notes.note_problem(MISFIT, details, misfit.locus, blocks_clean=True)
        writer.conclude(_scope(root), root.locus, says_complete=None)
        relationships = _length(value.get("relationships"))
        measures = {"parts": float(writer.parts), "relationships": float(relationships)}
        return notes.conclude(measures, more=MORE_ALIKE)


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list) else 0


def _scope(root: JsonNode) -> str:
    name = root.text("name")
    return f"component {name}" if name else "document"


def _observe(package: JsonNode, writer: PartsWriter) -> None:
    name = package.text("name")
    if not name:
        writer.skip(NAMELESS, {"place": package.locus.address()}, package.locus)
        return
    originator, supplier = (_agent(package.text(key)) for key in ("originator", "supplier"))
    purpose = package.text("primaryPackagePurpose")
    writer.take(
        ListedPart(
            ref=package.text("SPDXID") or package.locus.address(),
            name=name,
            version=_said(package.text("versionInfo")),
            maker=originator or supplier,
            maker_role="component_maker" if originator else "supplier",
            identifiers=_identifiers(package),
            plain_kind=PartKind.SOFTWARE if purpose in _OTHER_SOFTWARE else None,
        ),
        package.locus,
    )


def _agent(words: str | None) -> str:
    """The name of an agent, `Organization: NAME (mail)`; empty for `NOASSERTION` and tools."""
    for lead in _AGENTS:
        if words is not None and words.startswith(lead):
            name = words.removeprefix(lead).strip()
            return name.rpartition(" (")[0] if name.endswith(")") and "@" in name else name
    return ""


def _said(text: str | None) -> str:
    return "" if text is None or folded_word(text) in _UNSAID else text


def _identifiers(package: JsonNode) -> dict[str, str]:
    """Package URL, CPE, and checksums by algorithm."""
    found: dict[str, str] = {}
    for one in package.items("checksums", "checksum"):
        algorithm = (one.text("algorithm") or "").lower()
        if algorithm:
            found[algorithm] = one.text("checksumValue") or ""
    for one in package.items("externalRefs", "externalRef"):
        kind = _REFERENCES.get(one.text("referenceType") or "")
        if kind is not None:
            found.setdefault(kind, one.text("referenceLocator") or "")
    return found
