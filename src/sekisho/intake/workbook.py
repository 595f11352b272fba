"""Rows of a spreadsheet (ECMA-376, Office Open XML, `.xlsx`).

The steps: (1) the archive is weighed before anything is unpacked, (2) every XML part is searched
for a document type, (3) the sheets are read as values, at most `MAX_ROWS` by `MAX_COLUMNS` cells
each. Formulas are not computed: the value last saved counts, and one without a value is told.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from sekisho.errors import EvidenceError
from sekisho.intake.csv_rows import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, Row

MAX_UNPACKED = 128 << 20
MAX_RATIO = 200
MAX_ENTRIES = 2_000
MAX_SHEETS = 64

_RATIO_FLOOR = 1 << 20
_ENCRYPTED = 0x1
_XML_ENDINGS = (".xml", ".rels", ".vml")
_DOCUMENT_TYPES = tuple(
    mark.encode(encoding)
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
_FORMULAS = (b"<f>", b"<f ", b"<f/")


class SheetRows(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of one sheet.

    `ends_at` is the first row beyond `MAX_ROWS`; `unvalued` are the places of formulas that were
    saved without a value, e.g. `B7`.
    """

    name: str
    rows: tuple[Row, ...]
    ends_at: int | None = None
    unvalued: tuple[str, ...] = ()


def read_workbook(data: bytes) -> tuple[SheetRows, ...]:
    """The sheets of a workbook in their order, hidden ones too.

    Raises:
        EvidenceError: SEK-E241 when it is damaged, encrypted, too large, unpacks to too much, or
            carries a document type.
    """
    has_formulas = _weigh(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on styles and extensions, which are not read
            sheets = _read_values(data)
            places = _read_unvalued(data, sheets) if has_formulas else {}
    except EvidenceError:
        raise
    except Exception as error:
        # the library lets through whatever a damaged part makes Python raise
        raise _unreadable(
            f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        ) from error
    return tuple(
        msgspec.structs.replace(sheet, unvalued=places.get(number, ()))
        for number, sheet in enumerate(sheets)
    )


def _weigh(data: bytes) -> bool:
    """Refuse what is too heavy or not what it seems; say whether there are formulas."""
    if len(data) > MAX_BYTES:
        raise _unreadable(f"it has {len(data)} bytes; {MAX_BYTES} are read at most")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _weigh_entries(archive.infolist(), len(data))
            return _search_parts(archive)
    except EvidenceError:
        raise
    except Exception as error:
        # zlib, lzma and struct have errors of their own, without a common parent
        why = f"its archive is damaged ({type(error).__name__}: {str(error)[:200]})"
        raise _unreadable(why) from error


def _weigh_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    allowed = min(MAX_UNPACKED, max(_RATIO_FLOOR, size * MAX_RATIO))
    if unpacked > allowed:
        raise _unreadable(f"it unpacks to {unpacked} bytes; {allowed} are read at most")
    if len(entries) > MAX_ENTRIES:
        raise _unreadable(f"it has {len(entries)} parts; {MAX_ENTRIES} are read at most")
    if len({entry.filename for entry in entries}) != len(entries):
        raise _unreadable("two of its parts have the same name")
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise _unreadable("it is encrypted")


def _search_parts(archive: zipfile.ZipFile) -> bool:
    """Refuse document types, which could make a part mean more than it shows."""
    has_formulas = False
    for entry in archive.infolist():
        if entry.filename.lower().endswith(_XML_ENDINGS):
            part = archive.read(entry)
            if any(mark in part for mark in _DOCUMENT_TYPES):
                raise _unreadable(f"its part {entry.filename[:100]!r} carries a document type")
            has_formulas = has_formulas or any(mark in part for mark in _FORMULAS)
    return has_formulas


def _load(data: io.BytesIO, **options: bool) -> Any:
    import openpyxl  # noqa: PLC0415 - slow to load, and most dossiers hold no workbook

    return openpyxl.load_workbook(data, **options)


def _read_values(data: bytes) -> list[SheetRows]:
    book = _load(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        if len(book.worksheets) > MAX_SHEETS:
            raise _unreadable(
                f"it has {len(book.worksheets)} sheets; {MAX_SHEETS} are read at most"
            )
        return [_sheet_rows(sheet) for sheet in book.worksheets]
    finally:
        book.close()


def _sheet_rows(sheet: Any) -> SheetRows:
    rows = [
        Row(number, _filled_cells(cells)) for number, cells in enumerate(_bounded_rows(sheet), 1)
    ]
    ends_at = MAX_ROWS + 1 if len(rows) > MAX_ROWS else None
    return SheetRows(name=str(sheet.title), rows=tuple(rows[:MAX_ROWS]), ends_at=ends_at)


def _filled_cells(cells: Sequence[Any]) -> tuple[str, ...]:
    """The texts up to the last cell that has one; rows come padded to the cap on columns."""
    width = len(cells)
    while width and cells[width - 1].value is None:
        width -= 1
    return tuple(map(_cell_text, cells[:width]))


def _bounded_rows(sheet: Any) -> Iterator[Any]:
    """The rows within the caps; the size that the sheet claims to have is not believed."""
    sheet.reset_dimensions()
    rows: Iterator[Any] = sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS)
    return rows


def _read_unvalued(data: bytes, sheets: list[SheetRows]) -> dict[int, tuple[str, ...]]:
    """The places of formulas that have no value, by the number of the sheet."""
    book = _load(io.BytesIO(data), read_only=True, keep_links=False)
    try:
        return {
            number: tuple(_unvalued(sheet, sheets[number]))
            for number, sheet in enumerate(book.worksheets)
        }
    finally:
        book.close()


def _unvalued(sheet: Any, values: SheetRows) -> Iterator[str]:
    for row, cells in zip(values.rows, _bounded_rows(sheet), strict=False):
        for place, cell in enumerate(cells):
            if cell.data_type == "f" and (place >= len(row.cells) or not row.cells[place]):
                yield str(cell.coordinate)


def _cell_text(cell: Any) -> str:
    """The value as a person reads it in the cell."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        whole_day = value.time() == datetime.min.time()
        return value.date().isoformat() if whole_day else value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        percent = "%" in str(cell.number_format)
        return f"{_number_text(value * 100)}%" if percent else _number_text(value)
    return str(value)


def _number_text(number: float) -> str:
    """The number in the fifteen digits that a spreadsheet keeps, without a needless point."""
    if isinstance(number, int):
        return str(number)
    return f"{number:.15g}"


def _unreadable(why: str) -> EvidenceError:
    return EvidenceError(
        "SEK-E241",
        "the workbook cannot be read",
        why=why,
        next_step="ask for it saved again as XLSX without a password, or as CSV in UTF-8",
    )
