"""`sekisho decide`: the law alone, on stated facts."""

from __future__ import annotations

import sys

import msgspec
import typer
from rich.console import Console

from sekisho.cli.options import EXIT_CODES, AsJson, Given, InLanguage, OwnPacks, read_text
from sekisho.model.determination import strictest
from sekisho.model.words import Language
from sekisho.report.catalog import load_catalog
from sekisho.report.terminal import render_decisions
from sekisho.service.decide import decide_cases, load_cases
from sekisho.service.packs import load_law, with_packs


def decide(
    cases: Given,
    as_json: AsJson = False,
    lang: InLanguage = Language.EN,
    pack: OwnPacks = None,
) -> None:
    """Decide the cases of a YAML file under the regimes they name, or under all.

    The exit code is that of the strictest outcome; guidance does not count.
    """
    packs = with_packs(load_law(), pack or [])
    loaded = load_cases(read_text(cases), cases.name, packs)
    decisions = list(decide_cases(loaded, packs))
    if as_json:
        for decision in decisions:
            sys.stdout.buffer.write(msgspec.json.encode(decision) + b"\n")
    else:
        pairs = [(decision.case, decision.determination) for decision in decisions]
        Console().print(render_decisions(pairs, lang, load_catalog()))
    binding = (one.determination for one in decisions if not one.determination.advisory)
    outcome = strictest(found.outcome for found in binding)
    raise typer.Exit(EXIT_CODES[outcome])
