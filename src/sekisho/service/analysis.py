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
from sekisho.model.evidence import Evidence, EvidenceKind
from sekisho.model.problem import Coverage, CoverageStatus, Message
from sekisho.model.review import Findings
from sekisho.model.units import EvidenceId, Sha256
from sekisho.record.flow_tables import FlowTables
from sekisho.record.store import Store
from sekisho.service.clock import Clock
from sekisho.service.confinement import Run, analyze_confined
from sekisho.service.progress import Progress

NOT_READ = "SEK-P605"
CAPTURES = frozenset((EvidenceKind.PCAP, EvidenceKind.PCAPNG))
"""Evidence of which a table of connections is kept."""


class Analysis(msgspec.Struct, frozen=True):
    """The findings on a dossier, and how many analyses were taken from the cache.

    `flow_tables` are the tables of connections, with the path of the capture each is of.
    """

    findings: Findings
    analyses: int
    cached: int
    flow_tables: tuple[tuple[str, Path], ...] = ()


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
    tables = store.flow_tables
    fresh = [job for job in jobs if known.get(job.key) is None or _lacks_table(job, tables)]
    progress.begin("analyze", len(fresh))

    def look(job: _Job) -> Findings:
        if not _has_table(job):
            return run(job.analyzer, job.source, context)
        rows = str(tables.rows_path(job.key))
        return run(job.analyzer, job.source, msgspec.structs.replace(context, flows=rows))

    found: dict[tuple[str, Sha256], Findings] = {}
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as workers:
        for job, findings in zip(fresh, workers.map(look, fresh), strict=True):
            found[job.source.evidence.path, job.key] = findings
            if _has_table(job):
                _keep_table(job, tables, findings)
            if _may_be_kept(findings):
                store.save_findings(
                    job.key, job.source.evidence.id, job.analyzer.id, findings, clock()
                )
            progress.step(job.source.evidence.path)
    total = Findings()
    for job in jobs:
        total += found.get((job.source.evidence.path, job.key)) or known[job.key] or Findings()
    return Analysis(
        total + _not_read(items),
        len(jobs),
        len(jobs) - len(fresh),
        tuple(
            (job.source.evidence.path, tables.path(job.key))
            for job in jobs
            if _has_table(job) and not _lacks_table(job, tables)
        ),
    )


def _lacks_table(job: _Job, tables: FlowTables) -> bool:
    return _has_table(job) and not tables.path(job.key).exists()


def _keep_table(job: _Job, tables: FlowTables, findings: Findings) -> None:
    """Keep what a whole analysis wrote; of one that was stopped, nothing."""
    if _may_be_kept(findings) and tables.rows_path(job.key).exists():
        tables.keep(job.key)
    else:
        tables.forget(job.key)


def _has_table(job: _Job) -> bool:
    return job.source.evidence.kind in CAPTURES


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
