"""Rows of a table of values in text (RFC 4180, and what spreadsheets make of it).

Reads UTF-8, UTF-16 and Shift_JIS (Windows code page 932), with comma, semicolon or tab. What a
damaged row hides is told; nothing is passed over in silence.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

MAX_BYTES = 64 << 20
MAX_ROWS = 200_000
MAX_COLUMNS = 256

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_DELIMITERS = ",;\t"
_SAMPLE_BYTES = 4096
_SAMPLE_LINES = 50
_REPLACED = "\ufffd"
_UTF_8_KANA_OR_KANJI = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}")


class Row(NamedTuple):
    """A row with its 1-based number (title and header rows count) and its cells."""

    number: int
    cells: tuple[str, ...]


class CsvRows(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of a text, and what was not read of it.

    `broken` are the numbers of rows whose quotation marks do not match; `ends_at` is the first
    row that was not reached, because such a row swallowed what follows it or because there are
    more than `MAX_ROWS`. `replaced` counts characters that no known encoding explains.
    `cut_bytes` are those beyond `MAX_BYTES`.
    """

    rows: tuple[Row, ...]
    encoding: str
    delimiter: str
    replaced: int = 0
    broken: tuple[int, ...] = ()
    ends_at: int | None = None
    cut_bytes: int = 0

    def is_whole(self) -> bool:
        """Whether every row of the text was read."""
        return not (self.replaced or self.broken or self.cut_bytes) and self.ends_at is None


def read_csv_rows(data: bytes) -> CsvRows:
    """Read a table in text; never raises, whatever the bytes are.

    Args:
        data: the whole file.
    """
    text, encoding = decode_table(data[:MAX_BYTES])
    delimiter = _find_delimiter(text)
    rows, broken, ends_at = _read_rows(text, delimiter)
    return CsvRows(
        rows=rows,
        encoding=encoding,
        delimiter=delimiter,
        replaced=text.count(_REPLACED),
        broken=broken,
        ends_at=ends_at,
        cut_bytes=max(len(data) - MAX_BYTES, 0),
    )


def decode_table(data: bytes) -> tuple[str, str]:
    """The text of a table, and the name of the encoding that it was read in.

    Tried in order: a byte order mark; UTF-16 by its zero bytes; UTF-8; code page 932. Where none
    fits, code page 932 or UTF-8 is used, whichever explains more, and U+FFFD stands for the rest;
    where lines of both are mixed, UTF-8.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace"), encoding
    wide = _utf_16_without_mark(data[:_SAMPLE_BYTES])
    if wide is not None:
        return data.decode(wide, "replace"), wide
    with contextlib.suppress(UnicodeDecodeError):
        return data.decode("utf-8"), "utf-8"
    guesses = [(data.decode(encoding, "replace"), encoding) for encoding in ("cp932", "utf-8")]
    if any(map(_is_japanese_utf_8, data.split(b"\n"))):
        return guesses[1]
    return min(guesses, key=lambda guess: guess[0].count(_REPLACED))


def _is_japanese_utf_8(line: bytes) -> bool:
    """Whether a line is surely UTF-8: kana or kanji in it, and nothing that is not.

    One such line among others means that two encodings were mixed. Code page 932 would take its
    bytes for other kanji without a word, so that the text is better read with gaps.
    """
    if not _UTF_8_KANA_OR_KANJI.search(line):
        return False
    with contextlib.suppress(UnicodeDecodeError):
        line.decode("utf-8")
        return True
    return False


def _utf_16_without_mark(sample: bytes) -> str | None:
    """UTF-16 where most of the even or of the odd bytes are zero, as in text with ASCII signs."""
    pairs = len(sample) // 2
    if sample[0::2].count(0) * 2 > pairs > 0:
        return "utf-16-be"
    return "utf-16-le" if sample[1::2].count(0) * 2 > pairs > 0 else None


def _find_delimiter(text: str) -> str:
    """The delimiter that makes most cells of the first lines; the comma where none does."""
    head = "".join(line for line, _ in zip(_lines(text), range(_SAMPLE_LINES), strict=False))

    def most_cells(delimiter: str) -> int:
        rows, _, _ = _read_rows(head, delimiter)
        return max((len(row.cells) for row in rows), default=0)

    return max(_DELIMITERS, key=most_cells)


def _lines(text: str) -> Iterator[str]:
    return iter(io.StringIO(text, newline=""))


def _read_rows(text: str, delimiter: str) -> tuple[tuple[Row, ...], tuple[int, ...], int | None]:
    """The rows that could be read, the numbers of those that could not, and where reading ended.

    A quotation mark that closes on its own line spoils that row only. One that does not may have
    swallowed whole rows, so that nothing after it can be trusted to start where it seems to.
    """
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    broken: list[int] = []
    number = 0
    while True:
        number += 1
        line = reader.line_num
        cells: list[str] | None = None
        try:
            cells = next(reader)
        except StopIteration:
            return tuple(rows), tuple(broken), None
        except csv.Error:
            pass  # which rows are broken is noted below, as far as rows are read at all
        if number > MAX_ROWS:
            return tuple(rows), tuple(broken), number
        if cells is not None:
            rows.append(Row(number, tuple(cells[:MAX_COLUMNS])))
            continue
        broken.append(number)
        if reader.line_num > line + 1:
            return tuple(rows), tuple(broken), number + 1
