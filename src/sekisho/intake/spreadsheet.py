"""The first rows of a spreadsheet (ECMA-376 XLSX), read only as far as to know its header."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from defusedxml.ElementTree import ParseError, iterparse

from sekisho.intake.limit import NotReadError
from sekisho.intake.tables import HEADER_ROWS
from sekisho.intake.zipped import ZipEntries

WORKBOOK = "xl/workbook.xml"

_STRINGS = "xl/sharedStrings.xml"
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_COLUMN = re.compile(r"([A-Z]{1,3})[0-9]+")
_MAX_SHEETS = 8
_MAX_SHEET_HEAD = 1 << 20
_MAX_STRINGS = 8 << 20
_MAX_COLUMNS = 256


def first_rows(archive: ZipEntries) -> Iterator[list[list[str]]]:
    """The first rows of each of the first sheets; what cannot be read is left out.

    Only the start of each part is unpacked. A header whose words lie beyond the bounds is not
    seen, and the table then counts as a spreadsheet of unknown purpose.
    """
    sheets = sorted(name for name in archive.names() if _SHEET.fullmatch(name))[:_MAX_SHEETS]
    tables = [list(_rows(_part(archive, name, _MAX_SHEET_HEAD))) for name in sheets]
    wanted = {cell for rows in tables for row in rows for cell in row if isinstance(cell, int)}
    strings = _shared_strings(_part(archive, _STRINGS, _MAX_STRINGS), wanted) if wanted else {}
    for rows in tables:
        yield [
            [strings.get(cell, "") if isinstance(cell, int) else cell for cell in row]
            for row in rows
        ]


def _part(archive: ZipEntries, name: str, most: int) -> bytes:
    try:
        return archive.bounded(name, most)
    except NotReadError:
        return b""


def _ended(data: bytes, tag: str) -> Iterator[Any]:
    """The elements of a tag, each when it is complete; ends quietly where the XML does."""
    root: Any = None
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            root = element if root is None else root
            if event == "end" and _local(element) == tag:
                yield element
                root.clear()
    except (ParseError, ValueError, LookupError):
        # cut at the bound, or broken, or with entities: what came before it stands
        return


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _rows(data: bytes) -> Iterator[list[str | int]]:
    """The first rows of a sheet; an integer is the index of a shared string."""
    for number, row in enumerate(_ended(data, "row")):
        if number >= HEADER_ROWS:
            return
        cells: dict[int, str | int] = {}
        place = -1
        for cell in row:
            place = _column(cell.get("r", ""), place + 1)
            if place < _MAX_COLUMNS:
                cells[place] = _cell(cell)
        yield [cells.get(place, "") for place in range(max(cells, default=-1) + 1)]


def _cell(cell: Any) -> str | int:
    parts = {"v", "t"}
    text = "".join(part.text or "" for part in cell.iter() if _local(part) in parts)
    shared = cell.get("t") == "s" and text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if shared else text


def _column(reference: str, otherwise: int) -> int:
    """The 0-based column of a cell reference such as `AB12`."""
    letters = _COLUMN.fullmatch(reference)
    if letters is None:
        return otherwise
    number = 0
    for letter in letters[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _shared_strings(data: bytes, wanted: set[int]) -> dict[int, str]:
    last = max(wanted)
    found: dict[int, str] = {}
    for index, item in enumerate(_ended(data, "si")):
        if index > last:
            break
        if index in wanted:
            found[index] = "".join(part.text or "" for part in item.iter() if _local(part) == "t")
    return found
