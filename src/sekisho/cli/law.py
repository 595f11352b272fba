"""`sekisho law`: the packs, listed, shown, proved, tried and compared."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from sekisho.cli.options import AsJson, InLanguage, ToFile, read_text, write_text
from sekisho.errors import ExitCode
from sekisho.law.format import format_regime
from sekisho.law.regime import Regime
from sekisho.law.schema import cases_schema, regime_schema
from sekisho.model.words import Language
from sekisho.report.catalog import load_catalog
from sekisho.report.law_checks import render_checks, render_differences, render_failures
from sekisho.report.law_list import render_law_list
from sekisho.report.law_page import render_law_page
from sekisho.report.law_terminal import render_law_terminal
from sekisho.service.law_cases import chosen_regimes, load_expected_of, run_expected
from sekisho.service.law_checks import check_packs, compare_packs, write_acceptance
from sekisho.service.packs import LawPacks, load_law, with_packs

Names = Annotated[
    list[str] | None,
    typer.Argument(help="Regimes by id, or YAML files; all that are shipped when none is named."),
]
Name = Annotated[str, typer.Argument(help="A regime by id, or a YAML file.", show_default=False)]

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
                "advisory": regime.advisory,
                "readings": regime.readings,
            }
            for regime in regimes
        ]
        _print_json(rows)
        return
    Console().print(render_law_list(regimes, lang))


@law.command("show")
def show(name: Name, html: ToFile = None, lang: InLanguage = Language.EN) -> None:
    """Show a regime clause by clause; with --html as a page in both languages."""
    packs, (regime,) = _chosen([name])
    catalog = load_catalog()
    if html is None:
        Console().print(render_law_terminal(regime, lang, catalog))
        return
    expected = load_expected_of(regime, packs)
    write_text(html, render_law_page(regime, expected, lang, catalog))


@law.command("check")
def check(names: Names = None, as_json: AsJson = False) -> None:
    """Prove regimes: no dead clause, no gap, no contradiction, theorems hold, cases suffice."""
    packs, regimes = _chosen(names or [])
    is_sound = True
    for found in check_packs(packs, regimes):
        is_sound &= found.is_sound
        _print_json(found) if as_json else Console().print(
            render_checks(found.regime, found.findings)
        )
    raise typer.Exit(ExitCode.PERMITTED if is_sound else ExitCode.PACK)


@law.command("test")
def run_cases(names: Names = None) -> None:
    """Decide the cases beside the packs, and show the answers that are not those expected."""
    packs, regimes = _chosen(names or [])
    passed = True
    for regime, cases, failures in run_expected(packs, [one.id for one in regimes]):
        passed &= not failures
        Console().print(render_failures(regime, cases, failures))
    raise typer.Exit(ExitCode.PERMITTED if passed else ExitCode.PACK)


@law.command("diff")
def diff(old: Name, new: Name, as_json: AsJson = False) -> None:
    """Show exactly where two versions of a regime differ, with an example of each difference."""
    _, (one,) = _chosen([old])
    _, (other,) = _chosen([new])
    for difference in compare_packs(one, other):
        _print_json(difference) if as_json else Console().print(
            render_differences(
                (difference.old, difference.new), difference.reading, difference.regions
            )
        )


@law.command("cases")
def cases(name: Name) -> None:
    """Print the few cases by which a jurist accepts a regime, as a case file."""
    _, (regime,) = _chosen([name])
    print(write_acceptance(regime), end="")


@law.command("sql")
def sql(name: Name) -> None:
    """Print a regime as a query for a database of cases."""
    from sekisho.law.sql import write_sql  # noqa: PLC0415 - the other commands do without it

    _, (regime,) = _chosen([name])
    for read in regime.in_each_reading():
        print(write_sql(read))


@law.command("schema")
def schema(
    of_cases: Annotated[bool, typer.Option("--cases", help="Of case files.")] = False,
) -> None:
    """Print the JSON Schema of regime files, for editors."""
    _print_json(cases_schema() if of_cases else regime_schema())


@law.command("format")
def format_file(
    files: Annotated[list[Path], typer.Argument(show_default=False)],
    check_only: Annotated[
        bool, typer.Option("--check", help="Change nothing; say which files would change.")
    ] = False,
) -> None:
    """Write regime files in their canonical form."""
    changed = False
    for file in files:
        text = read_text(file)
        wanted = format_regime(text, file.name)
        if text != wanted:
            changed = True
            print(f"{file}: {'would change' if check_only else 'changed'}")
            if not check_only:
                write_text(file, wanted)
    raise typer.Exit(ExitCode.PACK if changed and check_only else ExitCode.PERMITTED)


def _chosen(names: Sequence[str]) -> tuple[LawPacks, tuple[Regime, ...]]:
    """The regimes named by id or by file."""
    files = [Path(name) for name in names if name.endswith((".yaml", ".yml"))]
    packs = with_packs(load_law(), files)
    ids = list(packs.beside)
    ids += [name for name in names if not name.endswith((".yaml", ".yml"))]
    return packs, chosen_regimes(packs, ids)


def _print_json(document: object) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(document) + b"\n")
    sys.stdout.buffer.flush()
