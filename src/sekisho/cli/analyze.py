"""`sekisho analyze`: what is seen in single files, without a case."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from sekisho.cli.options import AsJson, InLanguage, NoCache, opened_store
from sekisho.cli.progress import ShownProgress
from sekisho.errors import ExitCode
from sekisho.model.problem import CoverageStatus
from sekisho.model.words import Language
from sekisho.report.catalog import load_catalog
from sekisho.report.terminal import render_findings
from sekisho.service.analyze import analyze_files
from sekisho.service.assess import know_recipient_of
from sekisho.service.clock import system_clock


def analyze(
    files: Annotated[list[Path], typer.Argument(show_default=False)],
    as_json: AsJson = False,
    lang: InLanguage = Language.EN,
    no_cache: NoCache = False,
    flows: Annotated[
        Path | None,
        typer.Option(help="Write every connection of a capture to this Parquet file."),
    ] = None,
) -> None:
    """Show what is seen in files of any kind: observations, problems, coverage.

    The exit code is 20 when a file could not be read, else 0.
    """
    with opened_store() as store, ShownProgress() as progress:
        analyzed = analyze_files(
            files,
            store=store,
            clock=system_clock,
            progress=progress,
            use_cache=not no_cache,
            flows=flows,
        )
    console = Console()
    catalog = load_catalog()
    for item in analyzed:
        if as_json:
            sys.stdout.buffer.write(msgspec.json.encode(item, order="deterministic") + b"\n")
        else:
            view = render_findings(item.evidence, item.findings, lang, catalog, know_recipient_of)
            console.print(view)
    failed = any(
        coverage.status is CoverageStatus.FAILED
        for item in analyzed
        for coverage in item.findings.coverage
    )
    raise typer.Exit(ExitCode.EVIDENCE if failed else ExitCode.PERMITTED)
