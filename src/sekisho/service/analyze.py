"""Single files of any kind: what is seen in them, without a case."""

from __future__ import annotations

from pathlib import Path

import msgspec

from sekisho.analyzers.interface import Context
from sekisho.intake.dossier import open_files
from sekisho.model.evidence import Evidence, Limits
from sekisho.model.review import Findings
from sekisho.record.store import Store
from sekisho.service.analysis import analyze_evidence
from sekisho.service.clock import Clock
from sekisho.service.key_logs import load_key_logs
from sekisho.service.progress import Progress


class AnalyzedFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file, or one file out of an archive, with what was seen in it."""

    evidence: Evidence
    findings: Findings


def analyze_files(
    files: list[Path],
    *,
    store: Store,
    clock: Clock,
    progress: Progress,
    use_cache: bool = True,
    flows: Path | None = None,
) -> tuple[AnalyzedFile, ...]:
    """Analyze files; archives are opened, and what is in them is analyzed.

    Every conversation of a capture goes to `flows`, a Parquet file; with several captures, those of
    the last one written.

    Raises:
        EvidenceError: when a file does not exist or cannot be opened.
        StoreError: when the store cannot be written.
    """
    limits = Limits()
    taken = open_files(files, keep=store.evidence.keep, limits=limits)
    analysis = analyze_evidence(
        taken.dossier.evidence,
        taken.contents,
        Context(
            limits=limits,
            key_log=load_key_logs(taken.dossier.evidence, taken.contents),
            flows=str(flows.absolute()) if flows is not None else None,
        ),
        store=store,
        clock=clock,
        progress=progress,
        use_cache=use_cache and flows is None,
    )
    everything = Findings(problems=taken.problems) + analysis.findings
    return tuple(
        AnalyzedFile(evidence=item, findings=_about(item, everything))
        for item in taken.dossier.evidence
    )


def _about(item: Evidence, findings: Findings) -> Findings:
    """The findings that concern one piece of evidence."""
    return Findings(
        observations=tuple(
            one
            for one in findings.observations
            if any(locus.evidence == item.id for locus in one.loci)
        ),
        problems=tuple(one for one in findings.problems if item.id in (one.evidence, one.parent)),
        coverage=tuple(one for one in findings.coverage if one.evidence == item.id),
    )
