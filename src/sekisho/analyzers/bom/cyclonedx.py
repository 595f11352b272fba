"""CycloneDX bills of materials, JSON and XML.

The procedure: (1) the document becomes one tree, whichever way it is written; (2) `metadata` says
what it is about; (3) components, nested ones too, become parts; (4) services become properties and
parties; (5) `compositions` say whether the list is complete.

What is taken from where:

- maker: `manufacturer` (from 1.6), else `supplier`, else `publisher`. A manufacturer's address
  (from 1.6) gives its country; a supplier's does not, since suppliers resell.
- made in: the format cannot state it. Accepted are properties of a component whose last word after
  a colon is `made_in`, `countryOfOrigin` or `countryOfManufacture` in any spelling of case, hyphens
  and underscores, e.g. `sekisho:made_in`; likewise `maker_domicile` and `countryOfManufacturer`.
- kind of part: the property `sekisho:kind`, in the words of the vocabulary. Libraries, frameworks
  and plain files are other software; of applications, firmware, devices and the rest the type alone
  does not say which named kind they are, so it stays unknown.
- scope: the property `sekisho:scope` of the metadata with the value `article` makes it the list of
  the whole article; otherwise it is the list of what `metadata.component` names.
- complete: when `compositions` call the whole document or its subject `complete` and nothing
  `incomplete`, and every component could be read.

Cannot: follow links to other documents, verify signatures, or read vulnerabilities, formulation
and attestations.
"""

from __future__ import annotations

import re

from sekisho.analyzers.bom.components import observe_components
from sekisho.analyzers.bom.compositions import says_complete
from sekisho.analyzers.bom.documents import load_json, load_xml, read_document, unreadable
from sekisho.analyzers.bom.kinds import PACK as KINDS_PACK
from sekisho.analyzers.bom.node import JsonNode, Misfit, Node, XmlNode, local_name
from sekisho.analyzers.bom.parts import ARTICLE, PartsWriter
from sekisho.analyzers.bom.services import observe_services
from sekisho.analyzers.interface import AnalyzerDoc, Context, Source
from sekisho.analyzers.notes import Notes
from sekisho.intake.countries import PACK as COUNTRIES_PACK
from sekisho.model.evidence import EvidenceKind
from sekisho.model.review import Findings
from sekisho.model.units import AnalyzerId
from sekisho.model.words import Words

MORE_ALIKE = "SEK-P418"
UNKNOWN_VERSION = "SEK-P431"
MISFIT = "SEK-P426"

VERSIONS = ("1.4", "1.5", "1.6", "1.7")
_NAMESPACE = re.compile(r"\{http://cyclonedx\.org/schema/bom/([0-9.]{1,8})\}")
_SCOPE = "sekisho:scope"


class CycloneDxAnalyzer:
    """CycloneDX 1.4 to 1.7."""

    id = AnalyzerId("bom.cyclonedx/1")
    kinds = frozenset({EvidenceKind.CYCLONEDX_JSON, EvidenceKind.CYCLONEDX_XML})
    packs: tuple[str, ...] = (COUNTRIES_PACK, KINDS_PACK)
    doc = AnalyzerDoc(
        title=Words("CycloneDX bill of materials", "CycloneDX部品表"),
        reads="CycloneDX 1.4 to 1.7 in JSON and XML",
        observes=(
            "component",
            "parts_listing",
            "party component_maker, supplier, service_provider",
            "property service",
        ),
        references=(
            "ECMA-424 (CycloneDX)",
            "RFC 6901 (JSON Pointer)",
            "RFC 8259 (JSON)",
            "ISO 3166-1 (codes of countries)",
        ),
        limitations=(
            Words(
                "The format cannot state a country of origin; only properties of the component "
                "such as sekisho:made_in and sekisho:maker_domicile are read for it.",
                "この形式では原産国を記載できないため、sekisho:made_in、sekisho:maker_domicileなどの"
                "プロパティだけを読み取ります。",
            ),
            Words(
                "The kind of a part is read from the property sekisho:kind only; libraries, "
                "frameworks and files count as other software.",
                "部品の種類はプロパティsekisho:kindからだけ読み取ります。ライブラリ、フレームワーク"
                "及びファイルはその他のソフトウェアとして扱います。",
            ),
            Words(
                "Links to other documents are not followed; signatures are not verified.",
                "他の文書への参照はたどらず、署名も検証しません。",
            ),
        ),
    )

    def analyze(self, source: Source, context: Context) -> Findings:
        """Observe components and services.

        Raises:
            EvidenceError: when the document is not well-formed, too large, or no CycloneDX.
        """
        del context  # nothing of it bears on a document
        notes = Notes(source, self.id)
        misfits: list[Misfit] = []
        root = _load(source, notes, misfits)
        writer = PartsWriter(notes)
        scope = _scope(root)
        observe_components(root, writer, with_subject=scope != ARTICLE)
        services = observe_services(root, writer, notes)
        complete = says_complete(root)
        for misfit in dict.fromkeys(misfits):
            details = {"place": misfit.locus.address(), "expected": misfit.expected}
            notes.note_problem(MISFIT, details, misfit.locus, blocks_clean=True)
        # A list of which something could not be made out is not known to be complete.
        writer.unread += len(misfits)
        writer.conclude(scope, root.locus, says_complete=complete)
        measures = {"parts": float(writer.parts), "services": float(services)}
        return notes.conclude(measures, more=MORE_ALIKE)


def _load(source: Source, notes: Notes, misfits: list[Misfit]) -> Node:
    """The tree of the document, its version looked at."""
    data = read_document(source)
    evidence = source.evidence.id
    if source.evidence.kind is EvidenceKind.CYCLONEDX_XML:
        element = load_xml(data)
        namespace = _NAMESPACE.match(str(element.tag))
        if namespace is None or local_name(element) != "bom":
            raise unreadable("its root is no 'bom' in a namespace of CycloneDX")
        version: str | None = namespace[1]
        root: Node = XmlNode(element, evidence, "/bom")
    else:
        value, twice = load_json(data)
        if value.get("bomFormat") != "CycloneDX":
            raise unreadable("its 'bomFormat' is not CycloneDX")
        if twice:
            keys = ", ".join(key[:40] for key in twice[:8])
            misfits.append(Misfit(JsonNode({}, evidence, []).locus, f"unique keys ({keys})"))
        root = JsonNode(value, evidence, misfits)
        version = root.text("specVersion")
    if version not in VERSIONS:
        notes.note_problem(UNKNOWN_VERSION, {"version": version or "?"}, root.locus)
    return root


def _scope(root: Node) -> str:
    """What the list is about, in the document's own words."""
    metadata = root.child("metadata")
    if metadata is None:
        return "document"
    for one in metadata.items("properties", "property"):
        if one.text("name") == _SCOPE and one.value("value") == ARTICLE:
            return ARTICLE
    subject = metadata.child("component")
    named = subject.text("name") if subject is not None else None
    # a part that calls itself "article" is still only a part
    return f"component {named}" if named else "document"
