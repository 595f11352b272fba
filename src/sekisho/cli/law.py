"""`sekisho law`: the packs."""

from __future__ import annotations

import sys
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from sekisho.cli.options import AsJson, InLanguage
from sekisho.model.words import Language
from sekisho.service.law_cases import run_expected
from sekisho.service.packs import load_law

Names = Annotated[list[str] | None, typer.Argument(help="Regimes; all when none is named.")]

law = typer.Typer(help="The regimes Sekisho knows.", no_args_is_help=True)


@law.callback()
def _packs() -> None:
    """The regimes Sekisho knows."""


@law.command("list")
def list_regimes(as_json: AsJson = False, lang: InLanguage = Language.EN) -> None:
    """List the regimes, with what is known of their texts and what is not."""
    regimes = list(load_law().regimes.values())
    if as_json:
        rows = [
            {
                "id": regime.id,
                "title": regime.title,
                "jurisdiction": regime.jurisdiction,
                "clauses": len(regime.clauses),
                "citation": regime.citation,
                "gaps": regime.gaps,
                "digest": regime.digest,
            }
            for regime in regimes
        ]
        sys.stdout.buffer.write(msgspec.json.encode(rows) + b"\n")
        return
    table = Table("id", "title", "clauses", "citation")
    for regime in regimes:
        table.add_row(
            regime.id,
            regime.title.in_language(lang),
            str(len(regime.clauses)),
            f"{regime.citation.text} ({regime.citation.confidence})",
        )
    Console().print(table)


@law.command("test")
def run_cases(regimes: Names = None) -> None:
    """Decide the cases beside the packs, and show the answers that are not those expected."""
    failed = 0
    for regime, cases, failures in run_expected(load_law(), regimes or []):
        print(f"{regime}: {cases} cases, {len(failures)} fail")
        for failure in failures:
            reading = f" [{failure.reading}]" if failure.reading else ""
            print(f"  {failure.case}{reading}: {'; '.join(failure.differences)}")
        failed += len(failures)
    raise typer.Exit(1 if failed else 0)
