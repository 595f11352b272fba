import contextlib
import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.errors import EvidenceError
from sekisho.intake import workbook
from sekisho.intake.csv_rows import MAX_COLUMNS
from sekisho.intake.workbook import read_workbook

Fill = Callable[[Any], None]


def book(*sheets: list[list[Any]], fill: Fill | None = None) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made["Sheet"])
    for number, rows in enumerate(sheets, 1):
        sheet = made.create_sheet(f"S{number}")
        for row in rows:
            sheet.append(row)
        if fill is not None:
            fill(sheet)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def repacked(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            new.writestr(entry.filename, change(entry.filename, old.read(entry)))
    return buffer.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(EvidenceError) as raised:
        read_workbook(data)
    assert raised.value.code == "SEK-E241"
    return raised.value.why


def test_cells_are_read_as_a_person_reads_them() -> None:
    row = [
        "モーター",
        2,
        1.5,
        3.0,
        True,
        date(2024, 3, 1),
        datetime.fromisoformat("2024-03-01T09:30"),
        None,
    ]
    (sheet,) = read_workbook(book([row]))
    assert sheet.rows[0].cells[:7] == (
        "モーター",
        "2",
        "1.5",
        "3",
        "True",
        "2024-03-01",
        "2024-03-01T09:30:00",
    )


def test_a_cell_shown_in_per_cent_is_read_in_per_cent() -> None:
    def percent(sheet: Any) -> None:
        for column, form in (("A", "0%"), ("B", "0.00%"), ("C", "General")):
            sheet[f"{column}1"].number_format = form

    (sheet,) = read_workbook(book([[0.51, 0.3333, 0.51]], fill=percent))
    assert sheet.rows[0].cells == ("51%", "33.33%", "0.51")


def test_every_sheet_is_read_hidden_ones_too() -> None:
    def hide(sheet: Any) -> None:
        sheet.sheet_state = "hidden" if sheet.title == "S2" else "visible"

    names = [sheet.name for sheet in read_workbook(book([["a"]], [["b"]], fill=hide))]
    assert names == ["S1", "S2"]


def test_a_formula_without_a_saved_value_is_told() -> None:
    (sheet,) = read_workbook(book([["name", "made in"], ["motor", "=B9"]]))
    assert sheet.unvalued == ("B2",)


def test_a_formula_with_a_saved_value_counts_with_that() -> None:
    data = book([["name"], ["=A9"]])
    saved = repacked(
        data,
        lambda _, part: part.replace(b"<v></v>", b"<v>7</v>").replace(b"<v />", b"<v>7</v>"),
    )
    (sheet,) = read_workbook(saved)
    assert sheet.rows[1].cells[0] == "7"
    assert sheet.unvalued == ()


def test_a_claimed_size_is_not_believed() -> None:
    data = book([["a", "b"]])
    claimed = repacked(data, lambda _, part: part.replace(b'ref="A1:B1"', b'ref="A1:XFD1048576"'))
    (sheet,) = read_workbook(claimed)
    assert [row.cells for row in sheet.rows] == [("a", "b")]


def test_rows_far_below_end_at_the_cap_and_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 5)

    def far(sheet: Any) -> None:
        sheet["A900000"] = "hidden part"
        sheet["XFD1"] = "far right"

    (sheet,) = read_workbook(book([["a"]] * 8, fill=far))
    assert len(sheet.rows) == 5
    assert sheet.ends_at == 6
    assert len(sheet.rows[0].cells) <= MAX_COLUMNS


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    data = book([["a"]])
    bomb = repacked(data, lambda name, part: part + b" " * (40 << 20) if "sheet1" in name else part)
    assert "unpacks to" in refusal(bomb)


def test_too_many_parts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ENTRIES", 3)
    assert "parts" in refusal(book([["a"]]))


def test_too_many_sheets_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_SHEETS", 1)
    assert "sheets" in refusal(book([["a"]], [["b"]]))


def test_too_many_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_BYTES", 100)
    assert "bytes" in refusal(book([["a"]]))


@pytest.mark.parametrize("encoding", ["ascii", "utf-16-le"])
def test_a_document_type_is_refused(encoding: str) -> None:
    mark = '<!DOCTYPE x [<!ENTITY y "z">]>'.encode(encoding)
    data = repacked(
        book([["a"]]), lambda name, part: mark + part if name.endswith("sheet1.xml") else part
    )
    assert "document type" in refusal(data)


def test_an_encrypted_archive_is_refused() -> None:
    data = bytearray(book([["a"]]))
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    assert "encrypted" in refusal(bytes(data))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused() -> None:
    buffer = io.BytesIO(book([["a"]]))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/workbook.xml", "<other/>")
    assert "same name" in refusal(buffer.getvalue())


def test_what_is_no_archive_is_refused() -> None:
    assert "damaged" in refusal(b"PK\x03\x04" + b"\0" * 40)


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refusal(buffer.getvalue())


def test_broken_compression_is_refused() -> None:
    data = bytearray(book([["a"] * 50] * 50))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        entry = archive.getinfo("xl/worksheets/sheet1.xml")
    start = entry.header_offset + 30 + len(entry.filename)
    data[start : start + 20] = b"\xff" * 20
    assert "damaged" in refusal(bytes(data))


SMALL = book([["name", "made in"], ["motor", "JP"]])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(SMALL) - 1), st.binary(min_size=1, max_size=12))
def test_a_mutated_workbook_is_read_or_refused(at: int, patch: bytes) -> None:
    data = SMALL[:at] + patch + SMALL[at + len(patch) :]
    with contextlib.suppress(EvidenceError):
        assert isinstance(read_workbook(data), tuple)
