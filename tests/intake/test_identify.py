"""Kinds are known by content; what is broken is judged by what its beginning shows."""

from __future__ import annotations

import bz2
import codecs
import gzip
import lzma
from pathlib import Path

import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekisho.intake.identify import HEAD, identify_file
from sekisho.model.evidence import EvidenceKind as Kind
from tests.intake.build import tarred, zipped

SPACES = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PNG = b"\x89PNG\r\n\x1a\n"


def kind_of(tmp_path: Path, content: bytes) -> Kind:
    file = tmp_path / "x"
    file.write_bytes(content)
    return identify_file(file)


def sheet(*rows: str) -> bytes:
    body = "".join(f"<row>{row}</row>" for row in rows)
    return f'<worksheet xmlns="{SPACES}"><sheetData>{body}</sheetData></worksheet>'.encode()


def inline(*words: str) -> str:
    return "".join(f'<c t="inlineStr"><is><t>{word}</t></is></c>' for word in words)


def workbook(*sheets: bytes, strings: bytes = b"") -> bytes:
    parts = {f"xl/worksheets/sheet{i}.xml": data for i, data in enumerate(sheets)}
    return zipped({"xl/workbook.xml": b"<w/>", "xl/sharedStrings.xml": strings, **parts})


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xd4\xc3\xb2\xa1", Kind.PCAP),
        (b"\x4d\x3c\xb2\xa1", Kind.PCAP),
        (b"\xa1\xb2\xc3\xd4", Kind.PCAP),
        (b"\n\r\r\n\x1c\0\0\0\x1a\x2b\x3c\x4d", Kind.PCAPNG),
        (b"\n\r\r\n\x1c\0\0\0\0\0\0\0", Kind.UNKNOWN),
        (b"RIFF\x10\0\0\0WEBPVP8 ", Kind.IMAGE),
        (b"RIFF\x10\0\0\0WAVEfmt ", Kind.UNKNOWN),
        (b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0" + bytes(30), Kind.IMAGE),
        (b"BMW is a maker of cars", Kind.TEXT),
        (b"\0\0\0\x18ftypheic\0\0\0\0", Kind.IMAGE),
        (b"\xff\xd8\xff\xe0", Kind.IMAGE),
        (b"PK\x05\x06" + bytes(18), Kind.ZIP),
        (zipped({"AndroidManifest.xml": b"x"}), Kind.APK),
        (zipped({"app/AndroidManifest.xml": b"x"}), Kind.ZIP),
        (zipped({"AndroidManifest.xml": b"x" * 99, "y": b""})[:-30], Kind.APK),
        (zipped({"app/AndroidManifest.xml": b"x" * 99})[:-30], Kind.ZIP),
        (b"PK\x03\x04AndroidManifest.xml AndroidManifest.xml", Kind.ZIP),
        (tarred({"a": b"x"}), Kind.TAR),
        (bz2.compress(tarred({"a": b"x"})), Kind.TAR),
        (lzma.compress(tarred({"a": b"x"})), Kind.TAR),
        (gzip.compress(tarred({"a": b"x"}), mtime=0), Kind.TAR),
        (bz2.compress(b"x"), Kind.BZIP2),
        (lzma.compress(b"x"), Kind.XZ),
        (zstd.compress(b"x"), Kind.ZSTANDARD),
        (zstd.compress(tarred({"a": b"x"})), Kind.TAR),
        (gzip.compress(b"x", mtime=0)[:12], Kind.GZIP),
        (b"BZh is how bzip2 begins", Kind.TEXT),
        (bytes(1024), Kind.UNKNOWN),
    ],
)
def test_binary_kinds(tmp_path: Path, content: bytes, kind: Kind) -> None:
    assert kind_of(tmp_path, content) is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"metadata": {"x": [1, 2]}, "bomFormat": "CycloneDX"}', Kind.CYCLONEDX_JSON),
        ('{"bomFormat": "CycloneDX", "components": [', Kind.CYCLONEDX_JSON),
        ('{"spdxVersion": "SPDX-2.3", "packages": [', Kind.SPDX_JSON),
        ('{"packages": [], "spdxVersion": "SPDX-2.3"}', Kind.SPDX_JSON),
        ('{"inner": {"bomFormat": "CycloneDX"}}', Kind.JSON),
        ('[{"bomFormat": "Other"}]', Kind.JSON),
        ('{"a": ' + "[" * 100_000, Kind.JSON),
        ("{ this is no JSON }", Kind.TEXT),
        ("<?xml version='1.0'?><!-- a > b --><a/>", Kind.XML),
        ("<!DOCTYPE bom [<!ENTITY x '>'>]>\n<bom/>", Kind.XML),
        (
            '<!-- c -->\n<x:bom xmlns:x="http://cyclonedx.org/schema/bom/1.4" version="1">',
            Kind.CYCLONEDX_XML,
        ),
        ('<other xmlns="http://cyclonedx.org/schema/bom/1.4"/>', Kind.XML),
        ("<!DOCTYPE html><html><body>x</body></html>", Kind.TEXT),
        ("<!-- never closed", Kind.TEXT),
        ("< 5 volts", Kind.TEXT),
        ("sekisho: 1\narticle: [broken", Kind.DOSSIER),
        ("# a comment\nother: 1\nsekisho: 1\n", Kind.DOSSIER),
        ("note: see sekisho: 1\n", Kind.TEXT),
        ("outer:\n  sekisho: 1\nx: 2\n", Kind.YAML),
        ("a: 1\nb: [x, y]\n", Kind.YAML),
        ("---\na: 1\n", Kind.YAML),
        ("Dear Sir: hello\nYours truly: me\n", Kind.TEXT),
        ("? [a, b]\n: c\nd: e\n", Kind.TEXT),
        ("a: 1\nb: [1, 2\n", Kind.TEXT),
        ("- a\n- b\n", Kind.TEXT),
        ("[" * 5000, Kind.JSON),
        ("a: " + "[" * 60_000, Kind.TEXT),
        ("a: 1\nb: " + "[" * 60_000, Kind.YAML),
        ("x,y,z\n1,2,3\n", Kind.TABLE),
        ("x\ty\n1\t2\n3\t4\n", Kind.TABLE),
        ("x,y\n1,2\n", Kind.TEXT),
        ("x,x,y\n1,2,3\n", Kind.TEXT),
        ("One, two, three.\nFour, five.\n", Kind.TEXT),
        ("Parts of X1\n\nname;made in\nmotor;JP\n", Kind.PARTS_TABLE),
        ("owner,owned,share\n", Kind.OWNERSHIP_TABLE),
        ('"' + "x" * 200_000 + '",b\n', Kind.TEXT),
        ("x,y\n1," + '"' + "y" * 140_000, Kind.TEXT),
    ],
)
def test_kinds_of_text(tmp_path: Path, text: str, kind: Kind) -> None:
    assert kind_of(tmp_path, text.encode()) is kind


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
        (b"", "cp932"),
    ],
)
def test_tables_are_known_in_each_encoding(tmp_path: Path, mark: bytes, encoding: str) -> None:
    text = "name,manufacturer,国 of x\r\nabc,def,ghi\r\nabc,def,ghi\r\n"
    assert kind_of(tmp_path, mark + text.encode(encoding)) is Kind.PARTS_TABLE


def test_json_in_utf16_is_judged_by_its_beginning(tmp_path: Path) -> None:
    text = '{"bomFormat": "CycloneDX"}'
    assert kind_of(tmp_path, text.encode("utf-16")) is Kind.CYCLONEDX_JSON


def test_a_character_cut_at_the_end_of_the_head_does_no_harm(tmp_path: Path) -> None:
    for shift in range(3):
        assert kind_of(tmp_path, b"x" * shift + "あ".encode() * HEAD) is Kind.TEXT
    assert kind_of(tmp_path, b"a" * (HEAD - 100) + b"\x85\x20" + b"a" * 200) is Kind.UNKNOWN


def test_a_long_table_is_known_by_its_first_rows(tmp_path: Path) -> None:
    assert kind_of(tmp_path, b"a,b\n" + b"1,2\n" * HEAD) is Kind.TABLE
    assert kind_of(tmp_path, b"a,b\n1,2\n3,4\n" + b"5," + b"x" * HEAD) is Kind.TABLE


def test_a_large_json_is_judged_by_its_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = b'{"filler": "' + b"x" * HEAD + b'", "bomFormat": "CycloneDX"}'
    assert kind_of(tmp_path, text) is Kind.CYCLONEDX_JSON
    monkeypatch.setattr("sekisho.intake.identify.WHOLE_JSON", 10)
    assert kind_of(tmp_path, text) is Kind.JSON


def test_a_parts_list_in_a_workbook_is_known_on_any_sheet(tmp_path: Path) -> None:
    parts = sheet(inline("Parts of X1"), "", inline("Name", "Made in"))
    assert kind_of(tmp_path, workbook(sheet(inline("notes")), parts)) is Kind.PARTS_TABLE
    owners = sheet(inline("owner", "owned"))
    assert kind_of(tmp_path, workbook(owners)) is Kind.OWNERSHIP_TABLE
    assert kind_of(tmp_path, workbook(sheet(inline("x")))) is Kind.SPREADSHEET


def test_cells_of_a_workbook_are_read_by_reference_and_from_shared_strings(tmp_path: Path) -> None:
    strings = f'<sst xmlns="{SPACES}"><si/><si><r><t>Na</t></r><r><t>me</t></r></si></sst>'.encode()
    cells = (
        '<c r="AB3" t="s"><v>1</v></c><c r="D3" t="inlineStr"><is><t>Origin</t></is></c>'
        '<c r="ZZZ3"><v>5</v></c><c r="?" t="s"><v>999</v></c><c t="s"><v>x</v></c>'
    )
    assert kind_of(tmp_path, workbook(sheet(cells), strings=strings)) is Kind.PARTS_TABLE


def test_headers_too_far_down_a_workbook_are_not_looked_for(tmp_path: Path) -> None:
    rows = [inline("x")] * 12 + [inline("Name", "Made in")]
    assert kind_of(tmp_path, workbook(sheet(*rows))) is Kind.SPREADSHEET


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"<worksheet><row>",
        b"not xml",
        b"<!DOCTYPE a [<!ENTITY x 'y'>]><worksheet><row><c><v>&x;</v></c></row></worksheet>",
        b"<?xml version='1.0' encoding='no-such'?><a/>",
        b"<a>" * 50_000,
    ],
)
def test_a_broken_sheet_leaves_a_spreadsheet(tmp_path: Path, broken: bytes) -> None:
    assert kind_of(tmp_path, workbook(broken)) is Kind.SPREADSHEET
    shared = sheet('<c t="s"><v>0</v></c>')
    assert kind_of(tmp_path, workbook(shared, strings=broken)) is Kind.SPREADSHEET


def test_an_encrypted_or_missing_part_leaves_a_spreadsheet(tmp_path: Path) -> None:
    data = bytearray(workbook(sheet(inline("Name", "Made in"))))
    at = 0
    while (at := data.find(b"PK\x01\x02", at + 1)) > 0:
        data[at + 8] |= 1
    assert kind_of(tmp_path, bytes(data)) is Kind.SPREADSHEET
    lone = zipped(
        {
            "xl/workbook.xml": b"",
            "xl/worksheets/s.xml": sheet('<c t="s"><v>0</v></c>'),
        }
    )
    assert kind_of(tmp_path, lone) is Kind.SPREADSHEET


def test_an_empty_file_is_empty_and_an_absent_one_an_error(tmp_path: Path) -> None:
    assert kind_of(tmp_path, b"") is Kind.EMPTY
    with pytest.raises(OSError, match="No such file"):
        identify_file(tmp_path / "nothing")


def test_the_name_of_a_file_plays_no_part(tmp_path: Path) -> None:
    for name in ("a.apk", "dossier.yaml", "b.csv"):
        (tmp_path / name).write_bytes(PNG)
        assert identify_file(tmp_path / name) is Kind.IMAGE


SAMPLES = [
    tarred({"a": b"x"}),
    workbook(sheet(inline("Name", "Made in")), strings=b"<sst><si><t>x</t></si></sst>"),
    b'{"bomFormat": "CycloneDX", "components": [{"name": "x"}]}',
    b'<?xml version="1.0"?><!DOCTYPE x [ ]><bom xmlns="http://cyclonedx.org/schema/bom/1.5"/>',
    b"sekisho: 1\narticle: {kind: uas}\n? [a, &b *b]\n: !!c d\n",
    b"name,made in\nmotor,JP\n",
    gzip.compress(b"x" * 50, mtime=0),
    PNG,
]


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.one_of(st.just(b""), *map(st.just, SAMPLES)),
    st.lists(st.tuples(st.integers(0, 1 << 16), st.binary(min_size=1, max_size=4)), max_size=6),
    st.binary(max_size=40),
)
def test_any_bytes_have_a_kind(
    tmp_path: Path, sample: bytes, changes: list[tuple[int, bytes]], tail: bytes
) -> None:
    data = bytearray(sample + tail)
    for at, new in changes:
        start = at % (len(data) + 1)
        data[start : start + len(new)] = new
    assert isinstance(kind_of(tmp_path, bytes(data)), Kind)
