"""Country words and codes of documents as ISO 3166-1 alpha-2, by exact spelling.

The spellings stand in `data/signatures/countries.csv`. A word that is not there, or that could
mean two countries ("Korea", "JP/CN"), is not a country: nothing is guessed.
"""

from __future__ import annotations

import csv
import io
import re
from functools import cache

from sekisho.data.files import pack_text
from sekisho.errors import PackError
from sekisho.intake.plain_text import MAX_TEXT, folded_word
from sekisho.model.units import CountryCode

PACK = "signatures/countries.csv"

COLUMNS = ("alpha_2", "alpha_3", "english", "japanese", "variants")

_ALPHA_2 = re.compile(r"[A-Z]{2}")
_BETWEEN = re.compile(r"[()\[\]:;/,、・]|\s[-–—]\s")
_MADE_IN = re.compile(r"made in |product of ")
_MADE = re.compile(r"(?<=.)[製産]")
_MOST_PARTS = 4


def identify_country(word: str) -> CountryCode | None:
    """The country that a word or code means; `None` when it means none, or more than one.

    Read are alpha-2 and alpha-3 codes, English and Japanese names and usual variants, "made in
    X" and "X製", and a name beside its own code, e.g. "Japan (JP)". "No" is a word, "NO" a code.
    """
    if len(word) > MAX_TEXT or word.strip() in ("No", "no"):
        return None
    whole = _find_word(word)
    if whole is not None:
        return whole
    parts = [part for part in _BETWEEN.split(folded_word(word)) if part.strip()]
    if not 1 < len(parts) <= _MOST_PARTS:
        return None
    meant = {_find_word(part) for part in parts}
    return meant.pop() if len(meant) == 1 else None


@cache
def load_countries() -> dict[str, CountryCode]:
    """Every known spelling, folded, with its country.

    Raises:
        PackError: when the pack is broken.
    """
    known: dict[str, CountryCode] = {}
    rows = csv.reader(io.StringIO(pack_text(PACK)), strict=True)
    for line, row in enumerate(rows, 1):
        if line == 1:
            _require(tuple(row) == COLUMNS, line, f"the columns are {', '.join(COLUMNS)}")
            continue
        _require(len(row) == len(COLUMNS), line, f"a row has {len(COLUMNS)} cells")
        _require(_ALPHA_2.fullmatch(row[0]) is not None, line, "alpha_2 is two capital letters")
        for spelling in (*row[:4], *row[4].split("|")):
            if spelling:
                code = known.setdefault(_folded(spelling), CountryCode(row[0]))
                _require(code == row[0], line, f"'{spelling}' already stands for {code}")
    return known


def _require(holds: bool, line: int, why: str) -> None:  # noqa: FBT001 - the condition is all
    if not holds:
        raise PackError(
            "SEK-E358",
            "the table of countries cannot be used",
            why=why,
            next_step="mend the line",
            where=f"{PACK}:{line}",
        )


def _find_word(word: str) -> CountryCode | None:
    known = load_countries()
    folded = _folded(word)
    bare = _MADE_IN.sub("", folded) if folded.startswith(("made in ", "product of ")) else folded
    return known.get(bare) or known.get(_MADE.sub("", bare) if bare.endswith(("製", "産")) else "")


def _folded(word: str) -> str:
    return folded_word(word).replace(".", "").replace("’", "'").replace("&", "and")
