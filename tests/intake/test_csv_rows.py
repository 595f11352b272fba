import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.intake import csv_rows
from sekisho.intake.csv_rows import MAX_COLUMNS, Row, decode_table, read_csv_rows

TEXT = "部品名,原産国\nモーター,日本\n"


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("cp932", "cp932"),
        ("shift_jis", "cp932"),
    ],
)
def test_the_encodings_of_japanese_offices_are_read(encoding: str, told: str) -> None:
    read = read_csv_rows(TEXT.encode(encoding))
    assert read.encoding == told
    assert read.rows == (Row(1, ("部品名", "原産国")), Row(2, ("モーター", "日本")))
    assert read.is_whole()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_known_by_its_zero_bytes(encoding: str) -> None:
    assert decode_table("name,made in\nx,JP\n".encode(encoding)) == (
        "name,made in\nx,JP\n",
        encoding,
    )


def test_a_big_endian_mark_is_known() -> None:
    assert decode_table(b"\xfe\xff" + "a,b".encode("utf-16-be")) == ("a,b", "utf-16-be")


def test_mixed_encodings_are_told() -> None:
    read = read_csv_rows("部品,日本\n".encode() + "電池,中国\n".encode("cp932"))
    assert read.replaced > 0
    assert not read.is_whole()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = f"title\nname{delimiter}made in\nmotor{delimiter}JP\n"
    read = read_csv_rows(text.encode())
    assert read.delimiter == delimiter
    assert read.rows[2].cells == ("motor", "JP")


def test_line_breaks_inside_quotes_make_no_row() -> None:
    read = read_csv_rows(b'name,note\n"a","two\r\nlines"\r\nb,c\n')
    assert read.rows == (
        Row(1, ("name", "note")),
        Row(2, ("a", "two\r\nlines")),
        Row(3, ("b", "c")),
    )


def test_a_row_with_a_stray_quotation_mark_is_lost_alone() -> None:
    read = read_csv_rows(b'name,maker\n"a"b,c\nd,e\n')
    assert read.rows == (Row(1, ("name", "maker")), Row(3, ("d", "e")))
    assert read.broken == (2,)
    assert read.ends_at is None
    assert not read.is_whole()


def test_an_unclosed_quotation_mark_ends_the_reading_and_is_told() -> None:
    read = read_csv_rows(b'name,maker\na,b\n"c,d\ne,f\ng,h\n')
    assert read.rows == (Row(1, ("name", "maker")), Row(2, ("a", "b")))
    assert read.broken == (3,)
    assert read.ends_at == 4


def test_more_rows_than_the_cap_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "MAX_ROWS", 3)
    read = read_csv_rows(b"a,b\n" * 5)
    assert len(read.rows) == 3
    assert read.ends_at == 4


def test_bytes_beyond_the_cap_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "MAX_BYTES", 8)
    read = read_csv_rows(b"a,b\nc,d\ne,f\n")
    assert read.cut_bytes == 4
    assert not read.is_whole()


def test_columns_are_capped() -> None:
    read = read_csv_rows(b"," * 1_000)
    assert len(read.rows[0].cells) == MAX_COLUMNS


def test_an_empty_file_has_no_rows() -> None:
    assert read_csv_rows(b"").rows == ()


def test_empty_lines_keep_the_numbers_of_the_rows() -> None:
    assert [row.number for row in read_csv_rows(b"a,b\n\nc,d\n").rows if row.cells] == [1, 3]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    read = read_csv_rows(data)
    numbers = [row.number for row in read.rows]
    assert numbers == sorted(set(numbers))


@given(st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=4), max_size=6))
def test_what_a_writer_writes_is_read_back(rows: list[list[str]]) -> None:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""').replace("\ufeff", "") + '"'

    wanted = [[cell.replace("\ufeff", "").replace("\ufffd", "") for cell in row] for row in rows]
    text = "".join(",".join(map(quoted, row)) + "\n" for row in wanted)
    try:
        data = b"\xef\xbb\xbf" + text.encode()
    except UnicodeEncodeError:
        return
    read = read_csv_rows(data)
    if read.delimiter == ",":
        assert [list(row.cells) for row in read.rows] == wanted
        assert read.is_whole()
