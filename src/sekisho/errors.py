"""Errors that stop the work, each told to a person: what, why, what to do next, and where.

There is one class a caller branches on per exit code (design: three channels). What goes wrong
without stopping the work is a `Problem`, not an error.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of every command. Found, and failed, are never the same number."""

    PERMITTED = 0
    USAGE = 2
    CONDITIONAL = 10
    PROHIBITED = 11
    UNDETERMINED = 12
    EVIDENCE = 20
    PACK = 21
    STORE = 22
    BUG = 70


class SekishoError(Exception):
    """The work cannot go on.

    Attributes:
        code: of the error's page in the reference, e.g. `SEK-E201`.
        what: happened, in one sentence.
        why: it happened, in one sentence.
        next_step: for the reader.
        where: file and line, or the option; empty when there is no place.
    """

    exit_code = ExitCode.BUG

    def __init__(self, code: str, what: str, *, why: str, next_step: str, where: str = "") -> None:
        """Keep the four parts; `str()` gives them as lines."""
        super().__init__(code, what, why, next_step, where)
        self.code = code
        self.what = what
        self.why = why
        self.next_step = next_step
        self.where = where

    def __str__(self) -> str:
        """The four parts, one a line."""
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.what} [{self.code}]\n  why:  {self.why}\n  next: {self.next_step}"


class UsageError(SekishoError):
    """The command was called with something it cannot work with."""

    exit_code = ExitCode.USAGE


class EvidenceError(SekishoError):
    """A dossier or a piece of evidence cannot be opened at all."""

    exit_code = ExitCode.EVIDENCE


class PackError(SekishoError):
    """A regime, vocabulary, need profile, list or signature pack is broken."""

    exit_code = ExitCode.PACK


class StoreError(SekishoError):
    """The store cannot be read or written, or was changed by somebody else."""

    exit_code = ExitCode.STORE


_ALIKE = 0.5
"""How much of a word has to agree for it to be offered: below, the offers are odd."""


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """The next step for a word that is not known: the known one spelt most alike, if any is."""
    nearest = difflib.get_close_matches(word, list(known), n=1, cutoff=_ALIKE)
    return f"did you mean '{nearest[0]}'?" if nearest else otherwise
