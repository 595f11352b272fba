"""The documents of the sample dossiers are read whole, and say what the samples are about."""

from pathlib import Path

from examples.build.parts.build_parts import differing

from sekisho.analyzers.bom.cyclonedx import CycloneDxAnalyzer
from sekisho.analyzers.bom.table import PartsTableAnalyzer
from sekisho.analyzers.declaration.analyzer import DeclarationAnalyzer
from sekisho.analyzers.interface import Analyzer
from sekisho.analyzers.ownership.analyzer import OwnershipAnalyzer
from sekisho.model.evidence import EvidenceKind
from sekisho.model.observation import Claim, Component, Ownership, PartKind, PartsListing
from sekisho.model.problem import CoverageStatus
from sekisho.model.review import Findings
from tests.analyzers.reading import read, seen

EXAMPLES = Path(__file__).parents[2] / "examples"
READERS: dict[str, tuple[Analyzer, EvidenceKind]] = {
    "parts.csv": (PartsTableAnalyzer(), EvidenceKind.PARTS_TABLE),
    "parts.xlsx": (PartsTableAnalyzer(), EvidenceKind.PARTS_TABLE),
    "bom.cdx.json": (CycloneDxAnalyzer(), EvidenceKind.CYCLONEDX_JSON),
    "owners.csv": (OwnershipAnalyzer(), EvidenceKind.OWNERSHIP_TABLE),
    "dossier.yaml": (DeclarationAnalyzer(), EvidenceKind.DOSSIER),
}


def of(name: str) -> Findings:
    path = EXAMPLES / name
    analyzer, kind = READERS[path.name]
    return read(analyzer, path.read_bytes(), kind, name)


def claims(name: str) -> dict[str, str]:
    return {claim.fact: claim.value for claim in seen(of(name), Claim)}


def test_every_document_is_read_without_a_problem() -> None:
    names = sorted(
        str(path.relative_to(EXAMPLES)) for path in EXAMPLES.rglob("*") if path.name in READERS
    )
    assert len(names) == 10
    for name in names:
        findings = of(name)
        assert findings.problems == (), name
        assert findings.coverage[0].status is CoverageStatus.LOOKED, name


def test_kaze_has_a_foreign_flight_controller_and_owner() -> None:
    parts = {part.kind: part for part in seen(of("kaze-x1/evidence/parts/parts.csv"), Component)}
    assert parts[PartKind.FLIGHT_CONTROLLER].made_in == "NL"
    assert parts[PartKind.GROUND_CONTROL_SYSTEM].maker == "Foehn Dynamics B.V."
    assert parts[PartKind.CAMERA].made_in == "CN"
    owner = seen(of("kaze-x1/evidence/ownership/owners.csv"), Ownership)[-1]
    assert (owner.owner, owner.share, owner.owner_country) == ("Foehn Dynamics B.V.", 1.0, "NL")
    assert claims("kaze-x1/dossier.yaml")["article.made_in"] == "JP"


def test_mizu_lists_everything_with_its_origin() -> None:
    findings = of("mizu-s2/evidence/parts/parts.xlsx")
    (listing,) = seen(findings, PartsListing)
    assert (listing.scope, listing.says_complete) == ("article", True)
    assert {part.made_in for part in seen(findings, Component)} == {"JP", "TW", "DE"}
    assert all(part.kind for part in seen(findings, Component))
    owners = seen(of("mizu-s2/evidence/ownership/owners.csv"), Ownership)
    assert sum(owner.share or 0.0 for owner in owners) == 1.0
    assert claims("mizu-s2/dossier.yaml")["supply_chain.risk_found"] == "false"


def test_hoshi_leaves_origins_unknown() -> None:
    parts = seen(of("hoshi-m3/evidence/parts/parts.csv"), Component)
    assert sum(part.made_in is None for part in parts) == 3


def test_every_file_that_a_manifest_lists_as_a_statement_is_there() -> None:
    for manifest in sorted(EXAMPLES.glob("*/dossier.yaml")):
        lines = manifest.read_text(encoding="utf-8").splitlines()
        stated = {line.split()[-1] for line in lines if "document: " in line}
        assert stated
        assert all((manifest.parent / name).is_file() for name in stated)


def test_the_workbook_is_what_its_script_writes() -> None:
    assert differing() == []
