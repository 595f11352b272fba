"""Tables of evidence, in text or in a workbook, from the header row on.

What parts lists and ownership records have in common: the file is decoded, the header found, the
rows below it handed out by column, and everything that could not be read is told.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from sekisho.analyzers.interface import Source
from sekisho.analyzers.notes import Notes
from sekisho.errors import EvidenceError
from sekisho.intake.csv_rows import MAX_BYTES, MAX_ROWS, CsvRows, Row, read_csv_rows
from sekisho.intake.plain_text import MAX_TEXT, plain_text
from sekisho.intake.tables import Header, HeaderWords, find_header
from sekisho.intake.workbook import SheetRows, read_workbook
from sekisho.model.locus import TableRow
from sekisho.model.problem import Message

MORE_ALIKE = "SEK-P570"
REPLACED = "SEK-P571"
BROKEN_ROW = "SEK-P572"
ROWS_SWALLOWED = "SEK-P573"
TOO_MANY_ROWS = "SEK-P574"
SHIFTED_ROW = "SEK-P575"
SHEET_WITHOUT_HEADER = "SEK-P576"
NO_SAVED_VALUE = "SEK-P577"
UNKNOWN_COLUMNS = "SEK-P578"
CUT_CELL = "SEK-P579"
TOO_LARGE = "SEK-P580"

_WORKBOOK_START = b"PK\x03\x04"
_SHOWN_COLUMNS = 12


class Record(msgspec.Struct, frozen=True):
    """One row below the header: its place, and its cells by canonical column.

    A cell is plain text on one line; a column that the table lacks, or that is empty, is "".
    """

    locus: TableRow
    cells: dict[str, str]

    def cell(self, column: str) -> str:
        """The cell of a canonical column."""
        return self.cells.get(column, "")


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One table: where its header stands, how that spells its columns, and its rows.

    `unread` counts rows with something in them that could not be read; it is at least 1 when
    there may be rows that were not reached.
    """

    locus: TableRow
    titles: dict[str, str]
    records: tuple[Record, ...]
    unread: int


class _Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """Rows with what is known of their damage; `narrow` says that cells may have shifted."""

    name: str
    rows: tuple[Row, ...]
    unread: int
    narrow: bool


def read_tables(
    source: Source, words: HeaderWords, notes: Notes
) -> tuple[tuple[Table, ...], tuple[Message, ...]]:
    """The tables of one sort in a file, and what of the file was not looked at.

    Args:
        source: the file.
        words: the header of the sort.
        notes: takes the problems.

    Raises:
        EvidenceError: SEK-E240 when no sheet has such a header, SEK-E241 when a workbook cannot
            be read.
    """
    with source.content.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if data.startswith(_WORKBOOK_START):
        sheets = [_of_workbook(sheet, notes) for sheet in read_workbook(data)]
    else:
        sheets = [_of_text(read_csv_rows(data), notes)]
    headers = [find_header([row.cells for row in sheet.rows], words) for sheet in sheets]
    pairs = list(zip(sheets, headers, strict=True))
    tables = tuple(_table(sheet, header, notes) for sheet, header in pairs if header is not None)
    if not tables:
        raise _headless(words)
    unseen = [
        Message(SHEET_WITHOUT_HEADER, {"sheet": plain_text(sheet.name)})
        for sheet, header in pairs
        if header is None and any(_filled(sheet.rows))
    ]
    unseen += [
        message
        for sheet, header in pairs
        if header is not None
        for message in _unknown_columns(sheet, header)
    ]
    return tables, tuple(unseen)


def _of_text(text: CsvRows, notes: Notes) -> _Sheet:
    if text.cut_bytes:
        details = {"limit": str(MAX_BYTES >> 20)}
        notes.note_problem(TOO_LARGE, details, blocks_clean=True)
    if text.replaced:
        details = {"count": str(text.replaced), "encoding": text.encoding}
        notes.note_problem(REPLACED, details, blocks_clean=True)
    for row in text.broken:
        locus = TableRow(notes.evidence.id, row)
        notes.note_problem(BROKEN_ROW, {"row": str(row)}, locus, blocks_clean=True)
    if text.ends_at is not None:
        _note_end(text.ends_at, notes, "")
    lost = (text.ends_at is not None) + bool(text.cut_bytes)
    return _Sheet(name="", rows=text.rows, unread=len(text.broken) + lost, narrow=True)


def _of_workbook(sheet: SheetRows, notes: Notes) -> _Sheet:
    name = plain_text(sheet.name)
    if sheet.ends_at is not None:
        _note_end(sheet.ends_at, notes, name)
    if sheet.unvalued:
        places = ", ".join(sheet.unvalued[:_SHOWN_COLUMNS])
        details = {"sheet": name, "count": str(len(sheet.unvalued)), "places": places}
        notes.note_problem(NO_SAVED_VALUE, details, blocks_clean=True)
    lost = int(sheet.ends_at is not None)
    return _Sheet(name=name, rows=sheet.rows, unread=lost, narrow=False)


def _note_end(row: int, notes: Notes, sheet: str) -> None:
    code = TOO_MANY_ROWS if row > MAX_ROWS else ROWS_SWALLOWED
    details = {"row": str(row), "limit": str(MAX_ROWS)}
    notes.note_problem(code, details, TableRow(notes.evidence.id, row, sheet), blocks_clean=True)


def _table(sheet: _Sheet, header: Header, notes: Notes) -> Table:
    top = sheet.rows[header.row]
    width = len(top.cells) if sheet.narrow else None
    records: list[Record] = []
    shifted = 0
    for row in _filled(sheet.rows[header.row + 1 :]):
        locus = TableRow(notes.evidence.id, row.number, sheet.name)
        if width is not None and any(cell.strip() for cell in row.cells[width:]):
            details = {"row": str(row.number), "cells": str(len(row.cells)), "columns": str(width)}
            notes.note_problem(SHIFTED_ROW, details, locus, blocks_clean=True)
            shifted += 1
        else:
            records.append(_record(row, header, locus, notes))
    return Table(
        locus=TableRow(notes.evidence.id, top.number, sheet.name),
        titles={name: plain_text(top.cells[place]) for name, place in header.columns.items()},
        records=tuple(records),
        unread=sheet.unread + shifted,
    )


def _record(row: Row, header: Header, locus: TableRow, notes: Notes) -> Record:
    cells: dict[str, str] = {}
    for column, place in header.columns.items():
        cell = row.cells[place] if place < len(row.cells) else ""
        if len(cell) > MAX_TEXT:
            details = {"row": str(row.number), "column": column, "limit": str(MAX_TEXT)}
            notes.note_problem(CUT_CELL, details, locus, blocks_clean=True)
        cells[column] = plain_text(cell)
    return Record(locus, cells)


def _filled(rows: tuple[Row, ...]) -> Iterator[Row]:
    return (row for row in rows if any(cell.strip() for cell in row.cells))


def _unknown_columns(sheet: _Sheet, header: Header) -> Iterator[Message]:
    """The titled columns that are not read: somebody may have put there what matters."""
    known = set(header.columns.values())
    titles = [
        plain_text(cell)[:80]
        for place, cell in enumerate(sheet.rows[header.row].cells)
        if place not in known and cell.strip()
    ]
    if titles:
        yield Message(UNKNOWN_COLUMNS, {"columns": ", ".join(titles[:_SHOWN_COLUMNS])})


def _headless(words: HeaderWords) -> EvidenceError:
    return EvidenceError(
        "SEK-E240",
        "the table cannot be read",
        why=f"none of its first rows names the columns that it needs: {', '.join(words.needs)}",
        next_step="name the columns in a header row; the reference lists the spellings",
    )
