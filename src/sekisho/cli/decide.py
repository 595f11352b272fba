"""`sekisho decide`: the law alone, on stated facts."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import typer
from rich.console import Console

from sekisho.cli.options import EXIT_CODES, AsJson, Given, InLanguage
from sekisho.errors import UsageError
from sekisho.model.determination import strictest
from sekisho.model.words import Language
from sekisho.report.catalog import load_catalog
from sekisho.report.terminal import render_decisions
from sekisho.service.decide import decide_cases, load_cases
from sekisho.service.packs import load_law


def decide(cases: Given, as_json: AsJson = False, lang: InLanguage = Language.EN) -> None:
    """Decide the cases of a YAML file under the regimes they name, or under all.

    The exit code is that of the strictest outcome.
    """
    packs = load_law()
    loaded = load_cases(read_text(cases), cases.name, packs)
    decisions = list(decide_cases(loaded, packs))
    if as_json:
        for decision in decisions:
            sys.stdout.buffer.write(msgspec.json.encode(decision) + b"\n")
    else:
        pairs = [(decision.case, decision.determination) for decision in decisions]
        Console().print(render_decisions(pairs, lang, load_catalog()))
    outcome = strictest(decision.determination.outcome for decision in decisions)
    raise typer.Exit(EXIT_CODES[outcome])


def read_text(file: Path) -> str:
    """The text of a file that the user named.

    Raises:
        UsageError: when it cannot be read, or is not UTF-8.
    """
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(
            "SEK-E006",
            f"'{file.name}' cannot be read",
            why=why or str(error),
            next_step="name a readable YAML file",
            where=str(file),
        ) from error
