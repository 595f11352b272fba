from pathlib import Path

from sekisho.analyzers.notes import MAX_ALIKE, Notes
from sekisho.model.evidence import EvidenceKind
from sekisho.model.problem import CoverageStatus
from sekisho.model.units import AnalyzerId
from tests.analyzers.reading import source_of

ID = AnalyzerId("test.notes/1")


def notes(folder: Path) -> Notes:
    return Notes(source_of(b"x", EvidenceKind.TABLE, folder, "a.csv"), ID)


def test_a_problem_names_evidence_path_and_analyzer(tmp_path: Path) -> None:
    book = notes(tmp_path)
    book.note_problem("SEK-P401", {"row": "3"})
    (problem,) = book.conclude({}, more="SEK-P570").problems
    assert (problem.path, problem.analyzer, problem.evidence) == ("a.csv", ID, book.evidence.id)


def test_nothing_amiss_counts_as_looked(tmp_path: Path) -> None:
    book = notes(tmp_path)
    book.note_problem("SEK-P405", {})
    (coverage,) = book.conclude({"parts": 1.0}, more="SEK-P570").coverage
    assert coverage.status is CoverageStatus.LOOKED
    assert coverage.measures == {"parts": 1.0}


def test_something_unread_counts_as_partly_looked(tmp_path: Path) -> None:
    book = notes(tmp_path)
    book.note_problem("SEK-P401", {}, blocks_clean=True)
    assert book.conclude({}, more="SEK-P570").coverage[0].status is CoverageStatus.PARTLY


def test_problems_beyond_the_cap_are_counted_and_still_block(tmp_path: Path) -> None:
    book = notes(tmp_path)
    for _ in range(MAX_ALIKE):
        book.note_problem("SEK-P401", {})
    for _ in range(3):
        book.note_problem("SEK-P401", {}, blocks_clean=True)
    findings = book.conclude({}, more="SEK-P570")
    assert len(findings.problems) == MAX_ALIKE
    (coverage,) = findings.coverage
    assert coverage.status is CoverageStatus.PARTLY
    assert coverage.unseen[0].details == {"count": "3", "problem": "SEK-P401"}
