"""Archives within apps, and what the caps keep out."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from sekisho.analyzers.app.analyzer import AppAnalyzer
from sekisho.analyzers.interface import Context
from sekisho.model.evidence import EvidenceKind, Limits
from sekisho.model.locus import DexMethod, ZipEntry
from sekisho.model.observation import Component, Flow, Property
from sekisho.model.review import Findings
from sekisho.model.units import Bytes
from tests.analyzers.app.build import (
    KAZE,
    MIZU,
    dex_of,
    dex_of_strings,
    entries_of,
    kaze_with,
    zip_of,
)
from tests.analyzers.reading import codes, problem_of, read, seen, source_of


def app(data: bytes) -> Findings:
    return read(AppAnalyzer(), data, EvidenceKind.APK, "app.apk")


def app_within(data: bytes, limits: Limits, folder: Path) -> Findings:
    source = source_of(data, EvidenceKind.APK, folder, "app.apk")
    return AppAnalyzer().analyze(source, Context(limits=limits))


def nested(data: bytes, depth: int) -> bytes:
    for _ in range(depth):
        data = zip_of({"in.zip": data})
    return data


def test_code_in_an_archive_within_is_read_and_named_with_its_way() -> None:
    jar = zip_of({"classes.dex": dex_of(["com.tencent.bugly.Late"])})
    found = app(kaze_with(assets__more_dot_jar=jar))
    (bugly,) = [one for one in seen(found, Component) if one.name == "Bugly"]
    (locus,) = bugly.loci
    assert isinstance(locus, DexMethod)
    assert locus.entry == "assets/more.jar!/classes.dex"
    assert codes(found) == []


def test_urls_in_an_archive_within_are_found() -> None:
    inner = zip_of({"a.json": b'{"up": "https://late.example.net/x"}'})
    hosts = {one.recipient.host: one for one in seen(app(kaze_with(assets__z=inner)), Flow)}
    (locus,) = hosts["late.example.net"].loci
    assert locus == ZipEntry(hosts["late.example.net"].loci[0].evidence, "assets/z!/a.json", 8, 26)


def test_an_archive_within_that_cannot_be_opened_is_said() -> None:
    found = app(kaze_with(assets__z=b"PK\x03\x04 and no more"))
    assert problem_of(found, "SEK-P214").blocks_clean


def test_archives_deeper_than_the_cap_are_not_opened(tmp_path: Path) -> None:
    deep = kaze_with(assets__z=nested(b"x", 6))
    found = app_within(deep, Limits(depth=3), tmp_path)
    assert codes(found) == ["SEK-P215"]
    assert problem_of(found, "SEK-P215").details["entry"] == "assets/z!/in.zip!/in.zip"


def test_entries_of_archives_within_count_against_the_cap(tmp_path: Path) -> None:
    many = zip_of({f"f{i}": b"" for i in range(20)})
    found = app_within(kaze_with(assets__z=many), Limits(files=12), tmp_path)
    assert "SEK-P216" in codes(found)
    assert problem_of(found, "SEK-P216").details["cap"] == "12"


def test_a_manifest_larger_than_the_caps_is_not_handed_on(tmp_path: Path) -> None:
    raw = entries_of(KAZE)["AndroidManifest.xml"]
    bomb = kaze_with(AndroidManifest_dot_xml=raw + bytes(8 << 20))
    found = app_within(bomb, Limits(file_size=Bytes(1 << 20)), tmp_path)
    assert codes(found) == ["SEK-P202", "SEK-P205"]
    assert not [one for one in seen(found, Property) if one.name == "package"]


def test_total_size_is_shared_by_all_entries(tmp_path: Path) -> None:
    raw = kaze_with(assets__a=bytes(1 << 19), assets__b=bytes(1 << 19))
    found = app_within(raw, Limits(total_size=Bytes((1 << 19) + 50_000)), tmp_path)
    assert "SEK-P202" in codes(found)


def test_folders_are_no_entries() -> None:
    target = io.BytesIO(KAZE.read_bytes())
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("assets/", b"")
    count = app(KAZE.read_bytes()).coverage[0].measures["entries"]
    assert app(target.getvalue()).coverage[0].measures["entries"] == count


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_damage_under_other_methods_is_a_problem(method: int) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in entries_of(KAZE).items():
            archive.writestr(name, data)
    raw = bytearray(target.getvalue())
    start = raw.index(b"classes.dex") + len("classes.dex")
    raw[start : start + 300] = bytes(b ^ 0x5A for b in raw[start : start + 300])
    assert "SEK-P201" in codes(app(bytes(raw)))


@pytest.mark.parametrize("offset", [0x7FFFFFFF, 0xFFFFFFF0])
def test_an_entry_that_is_said_to_stand_nowhere_is_a_problem(offset: int) -> None:
    raw = bytearray(KAZE.read_bytes())
    struct.pack_into("<I", raw, raw.rindex(b"PK\x01\x02") + 42, offset)
    assert "SEK-P201" in codes(app(bytes(raw)))


def test_damaged_code_is_not_called_packed() -> None:
    whole = entries_of(KAZE)["classes.dex"]
    found = app(kaze_with(classes_dot_dex=whole[:-50]))
    assert codes(found) == ["SEK-P209"]


def test_an_entry_named_as_code_that_holds_none_is_said() -> None:
    found = app(kaze_with(assets__core_dot_dex=b"\x9a\x11 enciphered", assets__empty_dot_jar=b""))
    assert codes(found) == ["SEK-P220"]
    assert problem_of(found, "SEK-P220").details == {"entry": "assets/core.dex"}


def test_an_app_whose_strings_are_few_is_no_less_an_app() -> None:
    assert codes(app(kaze_with(classes_dot_dex=dex_of_strings()))) == []


def test_an_entry_without_a_name_is_no_crash() -> None:
    raw = bytearray(KAZE.read_bytes())
    at = raw.index(b"PK\x01\x02")
    raw[at + 46] = 0  # Python's reader ends names at a zero byte
    found = app(bytes(raw))
    assert found.problems[0].code == "SEK-P201"
    assert found.problems[0].details["entry"] == ""
    assert seen(found, Flow)


def test_a_forged_size_sets_no_memory_aside(tmp_path: Path) -> None:
    raw = bytearray(KAZE.read_bytes())
    at = raw.index(b"PK\x01\x02")
    struct.pack_into("<2I", raw, at + 20, 0xFFFFFFF0, 0xFFFFFFF0)
    tracemalloc.start()
    found = app_within(bytes(raw), Limits(), tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.coverage
    assert peak < 64 << 20


def shown_to_python(other: bytes, shown: bytes) -> bytes:
    """A file in which Python finds the app `shown`, and Android the app `other`.

    Both directories are of one size here, so that one record can stand for either.
    """
    end, own_end = other.rindex(b"PK\5\6"), shown.rindex(b"PK\5\6")
    size, directory = struct.unpack_from("<2I", other, end + 12)
    own_size, own_directory = struct.unpack_from("<2I", shown, own_end + 12)
    assert size == own_size
    entries = bytearray(shown[own_directory : own_directory + own_size])
    at = entries.find(b"PK\1\2")
    while at >= 0:
        (offset,) = struct.unpack_from("<I", entries, at + 42)
        struct.pack_into("<I", entries, at + 42, offset + directory - own_directory)
        at = entries.find(b"PK\1\2", at + 46)
    return other + shown[:own_directory] + bytes(entries) + other[end : end + 22]


def test_an_archive_that_android_reads_otherwise_is_never_clean() -> None:
    found = app(shown_to_python(KAZE.read_bytes(), MIZU.read_bytes()))
    assert {one.recipient.host for one in seen(found, Flow)} == {"gcs.police.example"}
    assert problem_of(found, "SEK-P232").blocks_clean


def test_an_archive_after_other_bytes_is_one_that_android_reads_otherwise() -> None:
    assert "SEK-P232" in codes(app(b"prefix" + KAZE.read_bytes()))


def test_bytes_after_an_archive_are_said() -> None:
    assert "SEK-P232" in codes(app(zip_of(entries_of(KAZE)) + b"more"))
