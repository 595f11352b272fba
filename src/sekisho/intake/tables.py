"""The header rows by which a parts list and an ownership record are known.

The spellings stand in `data/signatures/table_headers.yaml`. Intake identifies a table by them, and
the analyzers of parts and ownership read its columns by the same words, so that what one calls a
parts list the other can read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

import msgspec

from sekisho.data.files import pack_text
from sekisho.errors import PackError
from sekisho.strict_yaml import decode

PACK = "signatures/table_headers.yaml"

HEADER_ROWS = 10
"""The header row is looked for in so many rows: titles and notes may stand above it."""

_BRACKETED = re.compile(r"[(\[{<【「][^)\]}>】」]*[)\]}>】」]")
_PUNCTUATION = re.compile(r"[\W_]+")
_MAX_CELL = 200


class HeaderWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The columns of one sort of table, and what a table must have to be of that sort.

    `columns` maps the canonical name of a column to its accepted spellings, preferred one first.
    """

    columns: dict[str, tuple[str, ...]]
    needs: tuple[str, ...]
    needs_one_of: tuple[str, ...] = ()


class TableHeaders(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The sorts of table that are known by their header."""

    parts_table: HeaderWords
    ownership_table: HeaderWords


class _Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tables: TableHeaders


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """A header row found: its 0-based row, and the 0-based index of each canonical column."""

    row: int
    columns: dict[str, int]


@cache
def load_table_headers() -> TableHeaders:
    """The header words shipped with Sekisho.

    Raises:
        PackError: when the pack is broken.
    """
    pack = decode(pack_text(PACK), _Pack, file=PACK, error=PackError, code="SEK-E350")
    return pack.tables


def match_headers(cells: Sequence[str], table: HeaderWords) -> dict[str, int]:
    """The canonical columns that a row of cells names, each with the index of its cell.

    Where two cells name the same column, the spelling that stands first in the pack wins, then
    the cell further left. A cell serves one column only.
    """
    places: dict[str, int] = {}
    for index, cell in enumerate(cells):
        places.setdefault(canonical_spelling(cell), index)
    found: dict[str, int] = {}
    for column, spellings in table.columns.items():
        for spelling in spellings:
            place = places.get(canonical_spelling(spelling))
            if place is not None and place not in found.values():
                found[column] = place
                break
    return found


def is_header(columns: dict[str, int], table: HeaderWords) -> bool:
    """Whether the columns found are those that a table of this sort must have."""
    has_one = not table.needs_one_of or any(column in columns for column in table.needs_one_of)
    return has_one and all(column in columns for column in table.needs)


def find_header(rows: Iterable[Sequence[str]], table: HeaderWords) -> Header | None:
    """The header row among the first `HEADER_ROWS` rows, or `None` when there is none."""
    for number, cells in enumerate(rows):
        if number >= HEADER_ROWS:
            break
        columns = match_headers(cells, table)
        if is_header(columns, table):
            return Header(row=number, columns=columns)
    return None


def canonical_spelling(cell: str) -> str:
    """A header cell as it is compared: NFKC, lower case, no brackets, punctuation as spaces."""
    if len(cell) > _MAX_CELL:
        return ""
    text = unicodedata.normalize("NFKC", cell).casefold().strip().removeprefix("\ufeff")
    bare = _PUNCTUATION.sub(" ", _BRACKETED.sub(" ", text)).strip()
    return bare or text
