"""The command line: commands, and how errors reach a person."""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import NoReturn

import typer
from rich.console import Console

from sekisho import __version__
from sekisho.cli import analyze, decide, law, review
from sekisho.errors import ExitCode, SekishoError

app = typer.Typer(
    name="sekisho",
    help="The checkpoint for government drones: what comes in, and what goes out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("review")(review.review)
app.command("analyze")(analyze.analyze)
app.command("decide")(decide.decide)
app.add_typer(law.law, name="law")


def _show_version(asked: bool) -> None:
    if asked:
        print(__version__)
        raise typer.Exit


@app.callback()
def sekisho(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Show the version."
    ),
) -> None:
    """The checkpoint for government drones: what comes in, and what goes out."""


def run() -> None:
    """Run the command line; errors end as text on standard error and an exit code."""
    try:
        app()
    except SekishoError as error:
        _show_error(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        _leave_quietly()
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)
    except Exception as error:
        _show_bug(error)
        sys.exit(ExitCode.BUG)


def _show_error(error: SekishoError) -> None:
    if "--json" in sys.argv:
        document = {
            "schema": "sekisho.error/1",
            "code": error.code,
            "what": error.what,
            "why": error.why,
            "next_step": error.next_step,
            "where": error.where,
        }
        print(json.dumps(document, ensure_ascii=False), file=sys.stderr)
        return
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    console.print(f"sekisho: {error}", style="red" if console.is_terminal else None)


def _show_bug(error: Exception) -> None:
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(place.filename)}:{place.lineno}"  # noqa: PTH119 - a name to show
    print(
        f"sekisho: this is a fault of Sekisho ({type(error).__name__} at {where}) [SEK-E900]\n"
        "  why:  something was not foreseen; nothing that was kept before is lost\n"
        "  next: report it with this line; SEKISHO_DEBUG=1 shows the details",
        file=sys.stderr,
    )
    if os.environ.get("SEKISHO_DEBUG"):
        traceback.print_exception(error)


def _leave_quietly() -> NoReturn:
    """The reader of our output went away: nothing to complain about."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)
