"""What stands in the way of calling an article clean, though nothing was seen to leak."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sekisho.leakage.testplan import Looked
from sekisho.model.assessment import JudgedFlow, Judgement, OwedTest
from sekisho.model.evidence import Evidence, EvidenceKind
from sekisho.model.problem import CoverageStatus, Message, Problem

_DOCUMENTS = frozenset(
    {
        EvidenceKind.CYCLONEDX_JSON,
        EvidenceKind.CYCLONEDX_XML,
        EvidenceKind.SPDX_JSON,
        EvidenceKind.PARTS_TABLE,
        EvidenceKind.OWNERSHIP_TABLE,
        EvidenceKind.DOSSIER,
        EvidenceKind.PDF,
        EvidenceKind.IMAGE,
        EvidenceKind.JSON,
        EvidenceKind.XML,
        EvidenceKind.YAML,
        EvidenceKind.TABLE,
        EvidenceKind.SPREADSHEET,
        EvidenceKind.TEXT,
        EvidenceKind.EMPTY,
    }
)
"""Kinds that say something about the article, but do not move data; all others may."""

_CONTAINERS = frozenset({EvidenceKind.ZIP, EvidenceKind.TAR, EvidenceKind.GZIP})
"""What is in them is evidence of its own; intake tells of what it could not take out."""


def determine_hindrances(
    looked: Looked,
    problems: Iterable[Problem],
    flows: Sequence[JudgedFlow],
    tests: Sequence[OwedTest],
) -> tuple[Message, ...]:
    """Everything that keeps the answer from "no leak", without repetition, in a fixed order."""
    found = [
        *_from_problems(looked, problems),
        *_from_coverage(looked),
        *_from_behaviours(looked),
        *_from_flows(flows),
        *_from_tests(tests),
    ]
    once = {(message.code, *sorted(message.details.items())): message for message in found}
    return tuple(once.values())


def _matters(evidence: Evidence | None) -> bool:
    """Whether the evidence could show a movement of data; what is not known could."""
    return evidence is None or evidence.kind not in _DOCUMENTS


def _from_problems(looked: Looked, problems: Iterable[Problem]) -> Iterable[Message]:
    for problem in problems:
        evidence = looked.evidence.get(problem.evidence) if problem.evidence else None
        if problem.blocks_clean and _matters(evidence):
            path = problem.path or looked.path(problem.evidence)
            yield Message("SEK-P840", {"problem": problem.code, "path": path})


def _from_coverage(looked: Looked) -> Iterable[Message]:
    for item in looked.evidence.values():
        if _matters(item):
            yield from _unlooked(item, looked)


def _unlooked(item: Evidence, looked: Looked) -> Iterable[Message]:
    told = looked.coverage.get(item.id, ())
    statuses = {one.status for one in told}
    for one in told:
        details = {"path": item.path, "analyzer": one.analyzer or ""}
        if one.status is CoverageStatus.FAILED:
            yield Message("SEK-P841", details)
        elif one.status is CoverageStatus.PARTLY:
            yield Message("SEK-P842", details)
    if statuses <= {CoverageStatus.NOT_LOOKED} and item.kind not in _CONTAINERS:
        yield Message("SEK-P843", {"path": item.path})


def _from_behaviours(looked: Looked) -> Iterable[Message]:
    for behaviour in looked.blocking:
        path = looked.path(behaviour.loci[0].evidence) if behaviour.loci else ""
        yield Message("SEK-P844", {"behaviour": behaviour.name, "path": path})


def _from_flows(flows: Sequence[JudgedFlow]) -> Iterable[Message]:
    undecided = sum(judged.judgement is Judgement.UNDECIDED for judged in flows)
    if undecided:
        yield Message("SEK-P845", {"flows": str(undecided)})


def _from_tests(tests: Sequence[OwedTest]) -> Iterable[Message]:
    owed = sum(test.owed for test in tests)
    if owed:
        yield Message("SEK-P846", {"owed": str(owed), "tests": str(len(tests))})
