"""Single files of any kind: what is seen in them, without a case."""

from __future__ import annotations

from pathlib import Path

import msgspec

from sekisho.analyzers.interface import Context
from sekisho.errors import UsageError
from sekisho.intake.dossier import open_files
from sekisho.model.evidence import Evidence, Limits
from sekisho.model.review import Findings
from sekisho.record.store import Store
from sekisho.service.analysis import Analysis, analyze_evidence
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

    The connections of all captures go to `flows`, a Parquet file.

    Raises:
        UsageError: when `flows` cannot be written.
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
        ),
        store=store,
        clock=clock,
        progress=progress,
        use_cache=use_cache,
    )
    if flows is not None:
        _write_flows(analysis, flows)
    everything = Findings(problems=taken.problems) + analysis.findings
    return tuple(
        AnalyzedFile(evidence=item, findings=_about(item, everything))
        for item in taken.dossier.evidence
    )


def _write_flows(analysis: Analysis, to: Path) -> None:
    """Join the tables of connections, each row with the path of its capture.

    Raises:
        UsageError: when there is no capture, or the file cannot be written.
    """
    import polars as pl  # noqa: PLC0415 - a tenth of a second that only this needs

    tables = [
        pl.scan_parquet(table).select(pl.lit(path).alias("capture"), pl.all())
        for path, table in analysis.flow_tables
    ]
    if not tables:
        raise UsageError(
            "SEK-E013",
            "there is no capture whose connections could be written",
            why="none of the files is a pcap or pcapng capture that was read",
            next_step="give a capture, or leave out --flows",
        )
    try:
        pl.concat(tables).sink_parquet(to, compression="zstd")
    except OSError as error:
        raise UsageError(
            "SEK-E014",
            f"the connections cannot be written to {to}",
            why=str(error),
            next_step="give --flows a file in a folder that can be written",
        ) from error


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
