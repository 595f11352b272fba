"""`sekisho law`: the packs."""

from __future__ import annotations

import sys

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from sekisho.cli.options import AsJson, InLanguage
from sekisho.model.words import Language
from sekisho.service.packs import load_law

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
