"""Archives: what is in them comes out whole or is told, and nothing reaches beyond its limits."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekisho.intake.archive import is_archive, unread_format, walk_archive
from sekisho.intake.compressed import MAX_MEMBERS, ZSTANDARD_WINDOW, Compression, inflated
from sekisho.intake.entries import Entry
from sekisho.intake.limit import Ledger, NotReadError
from sekisho.model.evidence import Limits
from sekisho.model.units import Bytes
from tests.intake.build import by_path, codes, folder, take, tarred, zipped

COMPRESS = [gzip.compress, bz2.compress, lzma.compress, zstd.compress]

Walked = tuple[dict[str, bytes], list[tuple[str, str]]]


def walk(path: Path, data: bytes, limits: Limits | None = None) -> Walked:
    """The contents by name, and the name and code of what was not read."""
    path.write_bytes(data)
    read: dict[str, bytes] = {}
    refused: list[tuple[str, str]] = []
    for item in walk_archive(path, name=path.name, ledger=Ledger(limits or Limits())):
        if not isinstance(item, Entry):
            refused.append((item.name, item.reason.code))
            continue
        try:
            read[item.name] = b"".join(iter(lambda: item.stream.read(1000), b""))  # noqa: B023
        except NotReadError as reason:
            refused.append((item.name, reason.code))
    return read, refused


FILES = {"a.txt": b"alpha" * 300, "b/c.txt": b"", "d": bytes(range(256)) * 20}


@pytest.mark.parametrize(
    "pack",
    [
        lambda: zipped(FILES),
        lambda: zipped(FILES, zipfile.ZIP_STORED),
        lambda: tarred(FILES),
        lambda: tarred(FILES, tarfile.GNU_FORMAT),
        lambda: tarred(FILES, tarfile.USTAR_FORMAT),
        lambda: gzip.compress(tarred(FILES)),
        lambda: bz2.compress(tarred(FILES)),
        lambda: lzma.compress(tarred(FILES)),
        lambda: zstd.compress(tarred(FILES)),
    ],
)
def test_every_form_gives_what_was_packed(tmp_path: Path, pack: Callable[[], bytes]) -> None:
    path = tmp_path / "x"
    assert walk(path, pack()) == (FILES, [])
    assert is_archive(path)
    assert unread_format(path) is None


@pytest.mark.parametrize("compress", COMPRESS)
@pytest.mark.parametrize("suffix", ["gz", "BZ2", "xz", "zst"])
def test_a_compressed_file_gives_one_file_of_the_stem(
    tmp_path: Path, compress: Callable[[bytes], bytes], suffix: str
) -> None:
    read, refused = walk(tmp_path / f"x.pcap.{suffix}", compress(b"hello") + compress(b" world"))
    assert read == {"x.pcap": b"hello world"}
    assert not refused


def test_a_compressed_file_without_a_telling_name_gives_content(tmp_path: Path) -> None:
    assert walk(tmp_path / "capture.bin", gzip.compress(b"x"))[0] == {"content": b"x"}
    assert walk(tmp_path / "gz", gzip.compress(b"x"))[0] == {"content": b"x"}


@pytest.mark.parametrize("compress", COMPRESS)
def test_padding_after_a_stream_is_accepted_and_other_data_is_not(
    tmp_path: Path, compress: Callable[[bytes], bytes]
) -> None:
    assert walk(tmp_path / "x", compress(b"hello") + bytes(100_000))[0] == {"content": b"hello"}
    read, refused = walk(tmp_path / "x", compress(b"hello") + b"hidden")
    assert not read
    assert refused == [("content", "SEK-P110")]


@pytest.mark.parametrize("compress", COMPRESS)
def test_a_cut_stream_is_told(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    data = compress(bytes(range(256)) * 400)
    assert walk(tmp_path / "x", data[: len(data) // 2])[1] == [("content", "SEK-P110")]
    tar = compress(tarred(FILES))
    assert walk(tmp_path / "x", tar[: len(tar) - 20])[1][-1][1] in {"SEK-P110", "SEK-P111"}


def test_frames_of_zstandard_without_data_are_passed_over(tmp_path: Path) -> None:
    skipped = b"\x5a\x2a\x4d\x18" + (9).to_bytes(4, "little") + bytes(9)
    data = skipped + zstd.compress(b"hello") + skipped + zstd.compress(b" world") + skipped
    assert walk(tmp_path / "x", data)[0] == {"content": b"hello world"}
    assert is_archive(tmp_path / "x")


def test_zstandard_that_refers_back_too_far_is_refused(tmp_path: Path) -> None:
    def frame(window: int) -> bytes:
        block = (1 << 3 | 1).to_bytes(3, "little") + b"x"
        return Compression.ZSTANDARD.value + bytes((0, (window - 10) << 3)) + block

    assert walk(tmp_path / "x", frame(ZSTANDARD_WINDOW))[0] == {"content": b"x"}
    data = frame(ZSTANDARD_WINDOW + 1)
    assert walk(tmp_path / "x", data)[1] == [("content", "SEK-P110")]


def test_endlessly_many_members_are_refused(tmp_path: Path) -> None:
    empty = gzip.compress(b"", mtime=0)
    assert walk(tmp_path / "x", empty * 1000)[0] == {"content": b""}
    assert walk(tmp_path / "x", empty * (MAX_MEMBERS + 1))[1] == [("content", "SEK-P110")]


def test_an_inflated_stream_of_nothing_is_empty() -> None:
    assert inflated(io.BytesIO(gzip.compress(b"")), Compression.GZIP).read() == b""
    with pytest.raises(EOFError):
        inflated(io.BytesIO(b""), Compression.GZIP).read()


def test_a_cut_tar_gives_what_came_before(tmp_path: Path) -> None:
    data = tarred({"first": b"1" * 600, "second": b"2" * 6000})
    read, refused = walk(tmp_path / "x", data[: 512 + 1024 + 512 + 1000])
    assert read == {"first": b"1" * 600}
    assert [code for _, code in refused] == ["SEK-P110", "SEK-P111"]
    for end in (1536, 1536 + 100):
        read, refused = walk(tmp_path / "x", data[:end])
        assert read == {"first": b"1" * 600}
        assert refused == [("", "SEK-P111")]


def test_data_after_the_end_of_a_tar_is_told(tmp_path: Path) -> None:
    assert walk(tmp_path / "x", tarred(FILES) + b"hidden")[1] == [("", "SEK-P111")]


def test_a_broken_header_ends_a_tar(tmp_path: Path) -> None:
    data = bytearray(tarred({"a": b"1", "b": b"2"}))
    data[1024 + 5] ^= 0xFF
    assert walk(tmp_path / "x", bytes(data)) == ({"a": b"1"}, [("", "SEK-P111")])


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_and_foreign_names_are_read(tmp_path: Path, form: int) -> None:
    files = {"深い/" * 60 + "長い名前.txt": b"x", "plain": b"y"}
    assert walk(tmp_path / "x", tarred(files, form)) == (files, [])


def _header(name: str, kind: bytes, size: int) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.type, entry.size = kind, size
    return entry.tobuf(tarfile.USTAR_FORMAT)


def _pax(records: bytes, kind: bytes = tarfile.XHDTYPE) -> bytes:
    return _header("pax", kind, len(records)) + records + bytes(-len(records) % 512)


def _file(name: str, content: bytes) -> bytes:
    return _header(name, tarfile.REGTYPE, len(content)) + content + bytes(-len(content) % 512)


END = bytes(1024)


def test_a_link_with_a_size_has_no_data(tmp_path: Path) -> None:
    data = _header("link", tarfile.SYMTYPE, 5000) + _file("after", b"x") + END
    assert walk(tmp_path / "x", data) == ({"after": b"x"}, [("link", "SEK-P102")])


def test_a_global_header_names_what_follows(tmp_path: Path) -> None:
    data = _pax(b"13 path=here\n", tarfile.XGLTYPE) + _file("a", b"x") + END
    assert walk(tmp_path / "x", data) == ({"here": b"x"}, [])


@pytest.mark.parametrize(
    "records",
    [b"x path=a\n", b"99 path=a\n", b"9 path=ab\n", b"7 patha\n", b"11 size=-5\n"],
)
def test_broken_extended_headers_end_the_archive(tmp_path: Path, records: bytes) -> None:
    data = _pax(records) + _file("a", b"x") + END
    assert walk(tmp_path / "x", data) == ({}, [("", "SEK-P111")])


def test_an_extended_header_that_asks_for_much_is_refused(tmp_path: Path) -> None:
    data = _header("pax", tarfile.XHDTYPE, 1 << 30) + bytes(4096)
    assert walk(tmp_path / "x", data) == ({}, [("", "SEK-P111")])
    for size in (5000, 5120):
        cut = _header("pax", tarfile.XHDTYPE, size) + bytes(600)
        assert walk(tmp_path / "x", cut) == ({}, [("", "SEK-P111")])


def test_sparse_and_rare_entries_are_refused_and_the_rest_read(tmp_path: Path) -> None:
    data = (
        _pax(b"22 GNU.sparse.major=1\n")
        + _file("sparse", b"data")
        + _header("volume", b"V", 0)
        + _header("folder/", tarfile.DIRTYPE, 0)
        + _pax(b"12 mtime=10\n")
        + _file("plain", b"x")
        + END
    )
    refused = [("sparse", "SEK-P112"), ("volume", "SEK-P112")]
    assert walk(tmp_path / "x", data) == ({"plain": b"x"}, refused)


def test_an_entry_without_a_name_does_not_hide_the_others(tmp_path: Path) -> None:
    data = zipped({"": b"x", "other": b"y"})
    assert walk(tmp_path / "x", data) == ({"other": b"y"}, [("", "SEK-P101")])
    intake = take(folder(tmp_path / "d", {"a.zip": data}), tmp_path / "s")
    assert "a.zip!/other" in by_path(intake)
    assert "SEK-P101" in codes(intake)


def test_names_that_stand_twice_are_told(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", b"first")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a", b"second")
        archive.writestr("./a", b"third")
    read, refused = walk(tmp_path / "x", buffer.getvalue())
    assert read == {"a": b"first"}
    assert refused == [("a", "SEK-P104"), ("./a", "SEK-P104")]


def test_links_and_rare_methods_in_a_zip_are_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr(zipfile.ZipInfo("rare"), b"x" * 50, zipfile.ZIP_LZMA)
        archive.mkdir("folder")
        archive.writestr("plain", b"y")
    refused = [("link", "SEK-P102"), ("rare", "SEK-P112")]
    assert walk(tmp_path / "x", buffer.getvalue()) == ({"plain": b"y"}, refused)


@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
def test_names_in_the_encodings_of_japanese_systems_are_read(tmp_path: Path, encoding: str) -> None:
    # the second byte of ソ in Shift_JIS is a backslash, which is no reason to refuse it
    name = "ソフト/表.txt".encode(encoding)
    data = zipped({"N" * len(name): b"x"}).replace(b"N" * len(name), name)
    assert walk(tmp_path / "x", data) == ({"ソフト/表.txt": b"x"}, [])


def test_a_name_of_no_known_encoding_is_kept_as_it_is_shown(tmp_path: Path) -> None:
    data = zipped({"NNN": b"x"}).replace(b"NNN", b"a\x85 ")
    assert list(walk(tmp_path / "x", data)[0].values()) == [b"x"]


def test_a_damaged_entry_is_told_and_the_rest_read(tmp_path: Path) -> None:
    data = bytearray(zipped({"bad": b"B" * 40, "good": b"g"}, zipfile.ZIP_STORED))
    data[data.index(b"BBBB")] = 0
    assert walk(tmp_path / "x", bytes(data)) == ({"good": b"g"}, [("bad", "SEK-P110")])
    data = bytearray(zipped({"bad": b"x", "good": b"g"}))
    data[:2] = b"PK"
    data[2] ^= 0xFF
    data[30:33] = b"BAD"
    assert walk(tmp_path / "y", b"PK\x03\x04" + bytes(data))[1][0][1] == "SEK-P110"


@pytest.mark.parametrize("cut", [5, 30, 60])
def test_a_zip_without_its_end_is_told(tmp_path: Path, cut: int) -> None:
    data = zipped({"a": b"x" * 100})
    assert walk(tmp_path / "x", data[:-cut]) == ({}, [("", "SEK-P111")])


def test_a_directory_beyond_its_bounds_is_not_read(tmp_path: Path) -> None:
    data = bytearray(zipped({"a": b"x"}))
    filled = bytearray(data[:-22]) + bytes(3 << 20) + data[-22:]
    struct.pack_into("<I", filled, len(filled) - 22 + 12, 3 << 20)
    assert walk(tmp_path / "x", bytes(filled), Limits(files=3)) == ({}, [("", "SEK-P111")])


def test_a_bomb_in_a_compressed_tar_is_left(tmp_path: Path) -> None:
    data = gzip.compress(tarred({"zeros": bytes(16 << 20), "after": b"x"}))
    read, refused = walk(tmp_path / "x", data)
    assert not read
    assert ("zeros", "SEK-P109") in refused
    intake = take(folder(tmp_path / "d", {"a": data}), tmp_path / "s")
    assert codes(intake).count("SEK-P109") == 1
    assert list(by_path(intake)) == ["a"]
    # the same where the bomb is in a header that no entry's reading passes
    many = gzip.compress(b"".join(_pax(b"12 mtime=10\n" * 80_000) for _ in range(20)) + END)
    assert walk(tmp_path / "x", many)[1] == [("", "SEK-P109")]


def test_a_small_file_of_zeros_is_no_bomb(tmp_path: Path) -> None:
    assert walk(tmp_path / "x", zipped({"z": bytes(1 << 20)}))[0] == {"z": bytes(1 << 20)}


def test_one_large_entry_is_left_out_and_the_rest_read(tmp_path: Path) -> None:
    limits = Limits(file_size=Bytes(1000))
    files = {"large": b"x" * 5000, "small": b"y"}
    for data in (zipped(files), tarred(files), gzip.compress(tarred(files))):
        read, refused = walk(tmp_path / "x", data, limits)
        assert (read, refused) == ({"small": b"y"}, [("large", "SEK-P105")])


@pytest.mark.parametrize(
    ("magic", "form"),
    [(b"7z\xbc\xaf\x27\x1c", "7-Zip"), (b"Rar!\x1a\x07\x01", "RAR"), (b"MSCF\0\0\0\0", "CAB")],
)
def test_archives_that_are_not_read_are_told(tmp_path: Path, magic: bytes, form: str) -> None:
    intake = take(folder(tmp_path / "d", {"x": magic + bytes(50)}), tmp_path / "s")
    problem = next(one for one in intake.problems if one.code == "SEK-P112")
    assert problem.details["format"] == form
    assert problem.blocks_clean


SAMPLES = [zipped(FILES), tarred(FILES), gzip.compress(tarred(FILES)), lzma.compress(b"x" * 99)]
SAMPLES += [zstd.compress(b"x" * 99), zstd.compress(tarred(FILES))]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=8),
    st.integers(0, 1 << 20),
)
def test_mutated_and_cut_archives_end(
    tmp_path: Path, sample: bytes, changes: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(sample)
    for at, value in changes:
        data[at % len(data)] = value
    walk(tmp_path / "x", bytes(data[: max(cut % (2 * len(data)), 1)]))
