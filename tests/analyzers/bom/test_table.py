import io
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.analyzers import tables
from sekisho.analyzers.bom import parts
from sekisho.analyzers.bom.table import PartsTableAnalyzer
from sekisho.errors import EvidenceError
from sekisho.model.evidence import EvidenceKind
from sekisho.model.locus import TableRow
from sekisho.model.observation import Component, PartKind, PartsListing, Party
from sekisho.model.problem import CoverageStatus
from sekisho.model.review import Findings
from tests.analyzers.reading import codes, problem_of, read, seen

HEAD = "Ref,Component Name,Component Type,Manufacturer,Country of Origin,Manufacturer Country\n"


def parts_of(data: bytes | str) -> Findings:
    return read(PartsTableAnalyzer(), data, EvidenceKind.PARTS_TABLE, "parts/list.csv")


def listing(findings: Findings) -> PartsListing:
    (found,) = seen(findings, PartsListing)
    return found


def workbook(*sheets: list[list[Any]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made["Sheet"])
    for number, rows in enumerate(sheets, 1):
        sheet = made.create_sheet(f"表{number}")
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def test_a_row_becomes_a_component_with_its_place_and_maker() -> None:
    findings = parts_of(HEAD + "A-1,Main camera,camera,Kiyose Optical K.K.,Japan,JP\n")
    (component,) = seen(findings, Component)
    assert component.name == "Main camera"
    assert component.kind is PartKind.CAMERA
    assert component.maker == "Kiyose Optical K.K."
    assert (component.made_in, component.maker_domicile) == ("JP", "JP")
    assert component.ref == "A-1@parts/list.csv"
    assert component.loci == (TableRow(component.loci[0].evidence, 2),)
    (party,) = seen(findings, Party)
    assert (party.name, party.role, party.country) == (
        "Kiyose Optical K.K.",
        "component_maker",
        "JP",
    )
    assert listing(findings) == PartsListing(
        scope="article",
        parts=1,
        says_complete=None,
        loci=(TableRow(component.loci[0].evidence, 1),),
        analyzer=PartsTableAnalyzer.id,
    )
    assert codes(findings) == []
    assert findings.coverage[0].status is CoverageStatus.LOOKED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_japanese_lists_are_read_in_every_usual_encoding(encoding: str) -> None:
    text = (
        "部品表（２０２６年度）\n項番,部品名,種別,製造者,原産国,製造者所在国,数量\n"
        "１,飛行制御装置,フライトコントローラー,風工業,中国,日本,1\n"
    )
    (component,) = seen(parts_of(text.encode(encoding)), Component)
    assert component.kind is PartKind.FLIGHT_CONTROLLER
    assert (component.made_in, component.maker_domicile) == ("CN", "JP")
    assert component.identifiers == {"quantity": "1"}
    assert component.loci[0].address() == "row 3"


def test_what_is_stated_as_unknown_stays_unknown_without_a_problem() -> None:
    findings = parts_of(HEAD + "1,Camera,camera,unknown,不明,-\n")
    (component,) = seen(findings, Component)
    assert (component.maker, component.made_in, component.maker_domicile) == (None, None, None)
    assert codes(findings) == []
    assert seen(findings, Party) == []


def test_an_unknown_country_word_is_told_and_not_guessed() -> None:
    findings = parts_of(HEAD + "1,Camera,camera,X,Shenzhen,JP\n")
    (component,) = seen(findings, Component)
    assert component.made_in is None
    problem = problem_of(findings, "SEK-P402")
    assert problem.details == {
        "column": "Country of Origin",
        "word": "Shenzhen",
        "name": "Camera",
        "place": "#2",
    }
    assert problem.blocks_clean
    assert findings.coverage[0].status is CoverageStatus.PARTLY


def test_an_unknown_kind_is_told_and_not_guessed() -> None:
    findings = parts_of(HEAD + "1,Camera,software,X,JP,JP\n")
    assert seen(findings, Component)[0].kind is None
    assert problem_of(findings, "SEK-P403").details["word"] == "software"


def test_a_part_without_a_kind_has_none() -> None:
    findings = parts_of(HEAD + "1,Camera,,X,JP,JP\n")
    assert seen(findings, Component)[0].kind is None
    assert codes(findings) == []


def test_a_row_without_a_name_is_told_and_the_others_are_read() -> None:
    findings = parts_of(HEAD + "1,,camera,X,JP,JP\n2,Motor,motor,X,JP,JP\n")
    assert [part.name for part in seen(findings, Component)] == ["Motor"]
    assert problem_of(findings, "SEK-P401").details == {"row": "2"}


def test_a_row_with_shifted_cells_is_not_read() -> None:
    findings = parts_of(HEAD + "1,Camera, 4K,camera,X,JP,CN\n2,Motor,motor,X,JP,JP\n")
    assert [part.name for part in seen(findings, Component)] == ["Motor"]
    problem = problem_of(findings, "SEK-P575")
    assert problem.details == {"row": "2", "cells": "7", "columns": "6"}
    assert isinstance(problem.locus, TableRow)


def test_empty_trailing_cells_do_not_count_as_shifted() -> None:
    assert codes(parts_of(HEAD + "1,Camera,camera,X,JP,JP,,\n")) == []


def test_a_repeated_reference_is_told_and_the_parts_stay_two() -> None:
    findings = parts_of(HEAD + "1,Camera,camera,X,JP,JP\n1,Motor,motor,X,JP,JP\n")
    refs = [part.ref for part in seen(findings, Component)]
    assert refs == ["1@parts/list.csv", "1~2@parts/list.csv"]
    assert codes(findings) == ["SEK-P405"]


def test_a_part_without_a_reference_is_called_by_its_row() -> None:
    findings = parts_of("name,made in\nMotor,JP\n")
    assert seen(findings, Component)[0].ref == "row-2@parts/list.csv"


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (("yes", ""), True),
        (("はい", "○"), True),
        (("ＹＥＳ", "不明"), True),
        (("no", "no"), False),
        (("", ""), None),
    ],
)
def test_completeness_is_what_the_list_says(
    cells: tuple[str, str],
    says: bool | None,  # noqa: FBT001 - what a table of cases expects
) -> None:
    rows = "".join(f"part {i},JP,{cell}\n" for i, cell in enumerate(cells))
    findings = parts_of("name,made in,complete\n" + rows)
    assert listing(findings).says_complete is says
    assert codes(findings) == []


def test_a_list_that_says_both_says_nothing() -> None:
    findings = parts_of("name,made in,complete\na,JP,yes\nb,JP,no\n")
    assert listing(findings).says_complete is None
    assert problem_of(findings, "SEK-P407").details == {"yes": "2", "no": "3"}


def test_a_word_that_is_neither_yes_nor_no_leaves_completeness_open() -> None:
    findings = parts_of("name,made in,complete\na,JP,yes\nb,JP,mostly\n")
    assert listing(findings).says_complete is None
    assert problem_of(findings, "SEK-P406").details == {"row": "3", "word": "mostly"}


@pytest.mark.parametrize(
    "lost",
    [
        ",JP,\n",  # no name
        '"x"y,JP,\n',  # quotation marks that do not match
        "a,b,JP,yes\n",  # shifted
        '"never closed,JP,\n',
    ],
)
def test_a_list_with_an_unread_row_is_never_complete(lost: str) -> None:
    findings = parts_of("name,made in,complete\nmotor,JP,yes\n" + lost)
    assert listing(findings).says_complete is None
    assert problem_of(findings, "SEK-P408").blocks_clean
    assert len(seen(findings, Component)) == 1


def test_an_incomplete_list_stays_incomplete_whatever_was_unread() -> None:
    findings = parts_of("name,made in,complete\nmotor,JP,no\n,JP,\n")
    assert listing(findings).says_complete is False
    assert "SEK-P408" not in codes(findings)


def test_unreadable_characters_are_told() -> None:
    data = "部品,製造国\n部品,日本\n".encode() + "電池,中国\n".encode("cp932")
    problem = problem_of(parts_of(data), "SEK-P571")
    assert problem.blocks_clean


def test_a_swallowed_rest_is_told_with_its_row() -> None:
    findings = parts_of('name,made in\na,JP\n"b,JP\nc,CN\n')
    assert problem_of(findings, "SEK-P572").details == {"row": "3"}
    assert problem_of(findings, "SEK-P573").details["row"] == "4"


def test_columns_that_are_not_read_are_named_in_the_coverage() -> None:
    findings = parts_of("name,made in,colour,remarks\nmotor,JP,red,made by others\n")
    (message,) = findings.coverage[0].unseen
    assert (message.code, message.details) == ("SEK-P578", {"columns": "colour, remarks"})


def test_an_overlong_cell_is_cut_and_told() -> None:
    findings = parts_of(f"name,made in\n{'x' * 3_000},JP\n")
    assert len(seen(findings, Component)[0].name) == 1_000
    assert codes(findings) == ["SEK-P579"]


def test_a_file_beyond_the_cap_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_BYTES", 30)
    monkeypatch.setattr("sekisho.intake.csv_rows.MAX_BYTES", 30)
    findings = parts_of("name,made in,complete\na,JP,yes\nb,CN,\nc,CN,\n")
    assert "SEK-P580" in codes(findings)
    assert listing(findings).says_complete is None


def test_more_rows_than_the_cap_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 2)
    monkeypatch.setattr("sekisho.intake.csv_rows.MAX_ROWS", 2)
    findings = parts_of("name,made in\na,JP\nb,CN\nc,CN\n")
    assert problem_of(findings, "SEK-P574").details["row"] == "3"


def test_more_parts_than_the_cap_are_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MAX_PARTS", 1)
    findings = parts_of("name,made in,complete\na,JP,yes\nb,CN,\nc,CN,\n")
    assert codes(findings) == ["SEK-P427", "SEK-P408"]
    assert listing(findings).says_complete is None


def test_a_table_without_the_header_is_an_error() -> None:
    with pytest.raises(EvidenceError, match="SEK-E240"):
        parts_of("colour,size\nred,1\n")


def test_an_empty_file_is_an_error() -> None:
    with pytest.raises(EvidenceError, match="SEK-E240"):
        parts_of(b"")


def test_a_workbook_is_read_sheet_by_sheet() -> None:
    header = ["部品名", "原産国", "数量"]
    data = workbook(
        [["注意書き"], ["この表は見本"]],
        [["部品表"], header, ["モーター", "日本", 4], ["電池", "中国", 2]],
        [header, ["カメラ", "ドイツ", 1]],
    )
    findings = parts_of(data)
    components = seen(findings, Component)
    assert [part.made_in for part in components] == ["JP", "CN", "DE"]
    assert [part.loci[0].address() for part in components] == [
        "表2 row 3",
        "表2 row 4",
        "表3 row 2",
    ]
    assert len({part.ref for part in components}) == 3
    assert components[0].identifiers == {"quantity": "4"}
    assert [message.code for message in findings.coverage[0].unseen] == ["SEK-P576"]
    assert len(seen(findings, PartsListing)) == 2


def test_formulas_without_values_are_told() -> None:
    findings = parts_of(workbook([["name", "made in"], ["motor", "=A9"]]))
    assert problem_of(findings, "SEK-P577").details["places"] == "B2"
    assert seen(findings, Component)[0].made_in is None


def test_a_cell_beside_the_headings_of_a_sheet_shifts_nothing() -> None:
    findings = parts_of(workbook([["name", "made in"], ["motor", "JP", "a remark"]]))
    assert len(seen(findings, Component)) == 1


def test_too_many_rows_of_a_sheet_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 2)
    monkeypatch.setattr("sekisho.intake.workbook.MAX_ROWS", 2)
    findings = parts_of(workbook([["name", "made in"], ["a", "JP"], ["b", "CN"]]))
    assert problem_of(findings, "SEK-P574").details["row"] == "3"


def test_control_characters_do_not_reach_a_terminal() -> None:
    findings = parts_of("name,made in\n\x1b]0;owned\x07motor,JP\n")
    assert "\x1b" not in seen(findings, Component)[0].name


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_end_in_findings_or_an_error(data: bytes) -> None:
    try:
        findings = parts_of(b"name,made in,complete\n" + data)
    except EvidenceError:
        return
    for one in seen(findings, PartsListing):
        assert one.parts == len(seen(findings, Component))


CELL = st.sampled_from(["", "JP", "日本", "x", "yes", '"', "不明", "a,b", "=1"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELL, min_size=1, max_size=5), max_size=6))
def test_only_a_wholly_read_list_is_complete(rows: list[list[str]]) -> None:
    text = "name,made in,complete\n" + "".join(",".join(row) + "\n" for row in rows)
    findings = parts_of(text)
    unread = {"SEK-P401", "SEK-P571", "SEK-P572", "SEK-P573", "SEK-P574", "SEK-P575"}
    if listing(findings).says_complete:
        assert not unread & set(codes(findings))
