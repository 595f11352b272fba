"""`sekisho review`: the main job, from a dossier to determinations and a report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from sekisho.cli.options import (
    EXIT_CODES,
    AsJson,
    Given,
    InLanguage,
    NoCache,
    date_of,
    opened_store,
)
from sekisho.cli.progress import ShownProgress
from sekisho.model.case import Case
from sekisho.model.words import Language
from sekisho.report.catalog import load_catalog
from sekisho.report.terminal import render_terminal
from sekisho.service.clock import system_clock
from sekisho.service.review import ReviewRequest, review_dossier
from sekisho.service.write import write_reports


def review(
    dossier: Given,
    act: Annotated[str | None, typer.Option(help="What the body wants to do.")] = None,
    task: Annotated[str | None, typer.Option(help="For which task.")] = None,
    body: Annotated[str | None, typer.Option(help="The class of the body that acts.")] = None,
    on: Annotated[str | None, typer.Option(help="The law date, YYYY-MM-DD.")] = None,
    known_on: Annotated[
        str | None, typer.Option(help="Answer as of what was known on this day, YYYY-MM-DD.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder for the report.")] = Path("sekisho-out"),
    as_json: AsJson = False,
    lang: InLanguage = Language.EN,
    no_cache: NoCache = False,
) -> None:
    """Review a dossier: a folder or archive of evidence, with or without a dossier.yaml.

    Options override what the dossier says of the case. The exit code is that of the strictest
    outcome: 0 permitted or not applicable, 10 conditional, 11 prohibited, 12 undetermined.
    """
    case = Case(act=act, task=task, body=body, on=date_of(on, "--on"))
    case = msgspec.structs.replace(case, known_on=date_of(known_on, "--known-on"))
    request = ReviewRequest(source=dossier, case=case, use_cache=not no_cache)
    with opened_store() as store, ShownProgress() as progress:
        done = review_dossier(request, store=store, clock=system_clock, progress=progress)
        paths = write_reports(done.review, out, lang)
    if as_json:
        sys.stdout.buffer.write(msgspec.json.encode(done.review, order="deterministic") + b"\n")
    else:
        console = Console()
        console.print(render_terminal(done.review, lang, load_catalog()))
        for line in (*done.notes(), *(f"report: {path}" for path in paths)):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(EXIT_CODES[done.review.outcome])
