"""How a test hands bytes to an analyzer."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TypeVar

from sekisho.analyzers.interface import Analyzer, Context, Source
from sekisho.model.evidence import Evidence, EvidenceKind
from sekisho.model.observation import Observation
from sekisho.model.problem import Problem
from sekisho.model.review import Findings
from sekisho.model.units import Bytes, EvidenceId, Sha256

T = TypeVar("T", bound=Observation)


def source_of(data: bytes, kind: EvidenceKind, folder: Path, path: str) -> Source:
    digest = hashlib.sha256(data).hexdigest()
    content = folder / digest
    content.write_bytes(data)
    evidence = Evidence(id=EvidenceId(Sha256(digest)), path=path, size=Bytes(len(data)), kind=kind)
    return Source(evidence=evidence, content=content)


def read(analyzer: Analyzer, data: bytes | str, kind: EvidenceKind, path: str = "file") -> Findings:
    whole = data.encode() if isinstance(data, str) else data
    with tempfile.TemporaryDirectory() as folder:
        return analyzer.analyze(source_of(whole, kind, Path(folder), path), Context())


def seen(findings: Findings, kind: type[T]) -> list[T]:
    return [one for one in findings.observations if isinstance(one, kind)]


def codes(findings: Findings) -> list[str]:
    return [problem.code for problem in findings.problems]


def problem_of(findings: Findings, code: str) -> Problem:
    return next(problem for problem in findings.problems if problem.code == code)
