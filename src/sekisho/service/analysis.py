"""Every analyzer on every piece of evidence that it reads; what was seen before is not seen anew."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from sekisho import __version__
from sekisho.analyzers.interface import Analyzer, Context, Source
from sekisho.analyzers.registry import ANALYZERS
from sekisho.data.files import pack_digest
from sekisho.model.evidence import Evidence
from sekisho.model.problem import Coverage, CoverageStatus, Message
from sekisho.model.review import Findings
from sekisho.model.units import EvidenceId, Sha256
from sekisho.record.store import Store
from sekisho.service.clock import Clock
from sekisho.service.confinement import Run, analyze_confined
from sekisho.service.progress import Progress

NOT_READ = "SEK-P605"


class Analysis(msgspec.Struct, frozen=True):
    """The findings on a dossier, and how many analyses were taken from the cache."""

    findings: Findings
    analyses: int
    cached: int


class _Job(msgspec.Struct, frozen=True):
    analyzer: Analyzer
    source: Source
    key: Sha256


def analyze_evidence(
    evidence: Iterable[Evidence],
    contents: dict[EvidenceId, Path],
    context: Context,
    *,
    store: Store,
    clock: Clock,
    progress: Progress,
    use_cache: bool = True,
    run: Run = analyze_confined,
) -> Analysis:
    """Analyze all evidence, two pieces at a time, in an order that does not matter.

    Args:
        evidence: what to look at.
        contents: where the bytes of each are.
        context: what analyzers are told besides.
        store: keeps the cache.
        clock: for the date of a cache entry.
        progress: told of each analysis.
        use_cache: whether findings kept from before may be used.
        run: how one analysis is run.
    """
    items = tuple(evidence)
    jobs = [job for item in items for job in _jobs(item, contents, context)]
    known = {job.key: store.load_findings(job.key) for job in jobs} if use_cache else {}
    fresh = [job for job in jobs if known.get(job.key) is None]
    progress.begin("analyze", len(fresh))

    def look(job: _Job) -> Findings:
        return run(job.analyzer, job.source, context)

    found: dict[tuple[str, Sha256], Findings] = {}
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as workers:
        for job, findings in zip(fresh, workers.map(look, fresh), strict=True):
            found[job.source.evidence.path, job.key] = findings
            if _may_be_kept(findings):
                store.save_findings(
                    job.key, job.source.evidence.id, job.analyzer.id, findings, clock()
                )
            progress.step(job.source.evidence.path)
    total = Findings()
    for job in jobs:
        total += found.get((job.source.evidence.path, job.key)) or known[job.key] or Findings()
    return Analysis(total + _not_read(items), len(jobs), len(jobs) - len(fresh))


def _jobs(item: Evidence, contents: dict[EvidenceId, Path], context: Context) -> list[_Job]:
    source = Source(evidence=item, content=contents[item.id])
    return [
        _Job(analyzer, source, _key(analyzer, item, context))
        for analyzer in ANALYZERS
        if item.kind in analyzer.kinds
    ]


def _key(analyzer: Analyzer, item: Evidence, context: Context) -> Sha256:
    """Everything that the findings are a function of."""
    packs = [pack_digest(name) for name in analyzer.packs]
    parts = msgspec.json.encode([__version__, analyzer.id, packs, item, context])
    return Sha256(hashlib.sha256(parts).hexdigest())


def _may_be_kept(findings: Findings) -> bool:
    """Failures are looked at again: a busy machine may have caused them."""
    return all(item.status is not CoverageStatus.FAILED for item in findings.coverage)


def _not_read(items: tuple[Evidence, ...]) -> Findings:
    """Coverage for evidence that no analyzer reads: not looked at, and said so."""
    return Findings(
        coverage=tuple(
            Coverage(
                evidence=item.id,
                analyzer=None,
                status=CoverageStatus.NOT_LOOKED,
                unseen=(Message(NOT_READ, {"kind": item.kind.value}),),
            )
            for item in items
            if not any(item.kind in analyzer.kinds for analyzer in ANALYZERS)
        )
    )
