"""Options that several commands share, and what they stand for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from sekisho.errors import ExitCode, UsageError
from sekisho.model.determination import Outcome
from sekisho.model.words import Language
from sekisho.record.home import home_folder
from sekisho.record.store import Store
from sekisho.strict_yaml import explain_date

AsJson: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print JSON documents, one a line.")
]
InLanguage: TypeAlias = Annotated[
    Language, typer.Option("--lang", help="The language of tables and reports.")
]
NoCache: TypeAlias = Annotated[
    bool, typer.Option("--no-cache", help="Analyze anew what was analyzed before.")
]
ToFile: TypeAlias = Annotated[
    Path | None, typer.Option("--html", help="Write a page to this file.", show_default=False)
]
OwnPacks: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option(
        "--pack", help="A regime file of your own; may be given again.", show_default=False
    ),
]
Given: TypeAlias = Annotated[Path, typer.Argument(show_default=False)]

EXIT_CODES = {
    Outcome.PERMITTED: ExitCode.PERMITTED,
    Outcome.NOT_APPLICABLE: ExitCode.PERMITTED,
    Outcome.CONDITIONAL: ExitCode.CONDITIONAL,
    Outcome.PROHIBITED: ExitCode.PROHIBITED,
    Outcome.UNDETERMINED: ExitCode.UNDETERMINED,
}


@contextmanager
def opened_store() -> Iterator[Store]:
    """The store of this user's Sekisho home.

    Raises:
        StoreError: when it cannot be opened.
    """
    store = Store(home_folder(os.environ))
    try:
        yield store
    finally:
        store.close()


def date_of(text: str | None, option: str) -> date | None:
    """The date an option gives.

    Raises:
        UsageError: when it is not a date of the Gregorian calendar as YYYY-MM-DD.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        why, next_step = explain_date(text)
        raise UsageError(
            "SEK-E005", f"{option} is not a date", why=why, next_step=next_step, where=option
        ) from error


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


def write_text(file: Path, text: str) -> None:
    """Write a file that the user named; what was there stays until the new text is whole.

    Raises:
        UsageError: when it cannot be written.
    """
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise UsageError(
            "SEK-E010",
            f"'{file.name}' cannot be written",
            why=error.strerror or str(error),
            next_step="name a file in a folder that you may write to",
            where=str(file),
        ) from error
