"""The form of a regime file: what may stand in it, before any name is linked.

Editors check a file against the JSON Schema of `RegimeFile` (`sekisho law schema`).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec

from sekisho.law.regime import Burden
from sekisho.law.vocabulary import FactEntry
from sekisho.model.determination import Citation, Outcome
from sekisho.model.words import Text, Words

MOST_CLAUSES = 500
MOST_DEFINITIONS = 500

_Id = Annotated[
    str,
    msgspec.Meta(
        # Without the last group a block text with its line break would pass.
        pattern=r"^[a-z0-9][A-Za-z0-9.-]*$(?!\n)",
        description="a name of letters, digits, dots and hyphens that begins with a small letter "
        "or a digit, such as us-848.a1A",
    ),
]


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of what the file may hold: unknown keys are errors."""


class VersionEntry(_Strict, frozen=True):
    """The values of a parameter in one period."""

    values: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
    cite: Citation
    since: date | None = None
    until: date | None = None


class ClauseEntry(_Strict, frozen=True):
    """One clause. It does one thing: the key that says which holds its rule.

    `scope`, `prohibit` and `require` are rules; `except_to` names the clauses lifted `when` a
    rule holds; `oblige` says what must be done and `due` until when (a date, or a date fact and a
    term, as in `acquired + 2 years`); a clause with `condition` alone says what must be kept.
    `since` is the first day in force, `until` the first day no longer in force. A clause with
    `reading` stands in that reading of the instrument only.
    """

    id: _Id
    words: Words
    cite: Citation
    scope: Text | None = None
    prohibit: Text | None = None
    require: Text | None = None
    except_to: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)] | None = None
    oblige: Words | None = None
    due: Text | None = None
    condition: Words | None = None
    when: Text | None = None
    burden: Burden | None = None
    since: date | None = None
    until: date | None = None
    reading: str | None = None


class TheoremEntry(_Strict, frozen=True):
    """What the author claims of the regime: where `when` holds, the answer is one of `outcome`.

    It is claimed of every day from `since` to before `until`, and proved by `sekisho law check`.
    """

    says: Words
    when: Text
    outcome: Annotated[tuple[Outcome, ...], msgspec.Meta(min_length=1)]
    since: date | None = None
    until: date | None = None
    reading: str | None = None


class RegimeFile(_Strict, frozen=True):
    """One legal instrument.

    `advisory` marks guidance that binds nobody; `readings` names the ways the instrument is
    understood where its sources conflict; `facts` are words that this instrument alone uses;
    `gaps` say what is not known of its text.
    """

    regime: _Id
    title: Words
    jurisdiction: Text
    force: Words
    cite: Citation
    clauses: Annotated[tuple[ClauseEntry, ...], msgspec.Meta(max_length=MOST_CLAUSES)]
    advisory: bool = False
    readings: dict[str, Words] = {}
    facts: tuple[FactEntry, ...] = ()
    parameters: dict[str, Annotated[tuple[VersionEntry, ...], msgspec.Meta(min_length=1)]] = {}
    definitions: Annotated[dict[str, Text], msgspec.Meta(max_length=MOST_DEFINITIONS)] = {}
    theorems: tuple[TheoremEntry, ...] = ()
    gaps: tuple[Words, ...] = ()
