import pytest

from sekisho.intake.tables import (
    HEADER_ROWS,
    TableHeaders,
    canonical_spelling,
    find_header,
    is_header,
    load_table_headers,
    match_headers,
)


@pytest.fixture(name="headers")
def _headers() -> TableHeaders:
    return load_table_headers()


def test_the_columns_are_those_agreed_with_the_analyzers(headers: TableHeaders) -> None:
    assert list(headers.parts_table.columns) == [
        "ref",
        "name",
        "kind",
        "version",
        "maker",
        "made_in",
        "maker_domicile",
        "part_number",
        "quantity",
        "complete",
    ]
    assert list(headers.ownership_table.columns) == [
        "owner",
        "owned",
        "share",
        "from",
        "to",
        "source",
        "owner_country",
        "owned_country",
    ]


def test_no_spelling_names_two_columns_of_one_table(headers: TableHeaders) -> None:
    for table in (headers.parts_table, headers.ownership_table):
        spelt = [canonical_spelling(word) for words in table.columns.values() for word in words]
        assert sorted(set(spelt)) == sorted(spelt)


def test_canonical_names_are_accepted_as_they_are(headers: TableHeaders) -> None:
    for table in (headers.parts_table, headers.ownership_table):
        cells = list(table.columns)
        assert match_headers(cells, table) == {name: i for i, name in enumerate(cells)}


def test_english_hbom_headers_are_matched(headers: TableHeaders) -> None:
    cells = ["Component Name", "Component Type", "Manufacturer", "Country of Origin (COO)", "MPN"]
    assert match_headers(cells, headers.parts_table) == {
        "name": 0,
        "kind": 1,
        "maker": 2,
        "made_in": 3,
        "part_number": 4,
    }


def test_japanese_headers_are_matched_in_full_and_half_width(headers: TableHeaders) -> None:
    cells = ["項番", "部品名", "メーカー", "原産国(製造国)", "数量"]
    columns = match_headers(cells, headers.parts_table)
    assert columns == {"ref": 0, "name": 1, "maker": 2, "made_in": 3, "quantity": 4}
    owners = match_headers(["株主名", "会社名", "持株比率(%)"], headers.ownership_table)
    assert owners == {"owner": 0, "owned": 1, "share": 2}


def test_the_preferred_spelling_wins_over_one_further_left(headers: TableHeaders) -> None:
    cells = ["Description", "Part Name", "Supplier", "Manufacturer"]
    columns = match_headers(cells, headers.parts_table)
    assert columns["name"] == 1
    assert columns["maker"] == 3


def test_a_header_below_title_lines_is_found(headers: TableHeaders) -> None:
    rows = [["Parts of Kaze X1"], [], ["Name", "Made in"], ["motor", "JP"]]
    header = find_header(rows, headers.parts_table)
    assert header is not None
    assert header.row == 2


def test_a_header_too_far_down_is_not_looked_for(headers: TableHeaders) -> None:
    rows = [["title"]] * HEADER_ROWS + [["Name", "Made in"]]
    assert find_header(rows, headers.parts_table) is None


def test_a_name_alone_does_not_make_a_parts_list(headers: TableHeaders) -> None:
    assert not is_header(
        match_headers(["name", "version"], headers.parts_table), headers.parts_table
    )
    assert find_header([["owner", "colour"]], headers.ownership_table) is None


def test_an_overlong_cell_matches_nothing(headers: TableHeaders) -> None:
    assert match_headers(["name" + " " * 500], headers.parts_table) == {}
    assert canonical_spelling("#") == "#"
