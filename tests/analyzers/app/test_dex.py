"""The tables of DEX files."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.app.dex import Dex, DexError, dotted
from tests.analyzers.app.build import KAZE, dex_of, entries_of

SAMPLE = dex_of(["com.example.Main", "com.example.Other"], [b"https://a.example/x"])


def patched(offset: int, word: int, data: bytes = SAMPLE) -> bytes:
    return data[:offset] + struct.pack("<I", word) + data[offset + 4 :]


def test_classes_are_named_with_the_place_of_their_descriptor() -> None:
    names = list(Dex(SAMPLE).class_names())
    assert [name for name, _ in names] == ["com.example.Main", "com.example.Other"]
    for name, offset in names:
        assert SAMPLE[offset:].startswith(b"L" + name.replace(".", "/").encode() + b";\0")


def test_strings_stand_where_they_are_said_to() -> None:
    text, offset = Dex(SAMPLE).string(2)
    assert SAMPLE[offset : offset + len(text)] == text.encode() == b"https://a.example/x"


@pytest.mark.parametrize("version", [b"035", b"037", b"038", b"039", b"040", b"041"])
def test_known_versions_are_read(version: bytes) -> None:
    assert len(Dex(dex_of(["a.B"], version=version)).classes) == 8


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "shorter"),
        (b"dex\n035\0", "shorter"),
        (dex_of(["a.B"], version=b"034"), "known version"),
        (b"\x7fELF" + SAMPLE[4:], "known version"),
        (patched(0x28, 0x78563412), "little-endian"),
        (SAMPLE[:-10], "cut off"),
        (patched(0x38, 0x3FFFFFFF), "string table"),
        (patched(0x3C, 0xFFFFFFF0), "string table"),
        (patched(0x40, 0x3FFFFFFF), "65535 types"),
        (patched(0x60, 0x07FFFFFF), "65535 types"),
        (patched(0x40, 0xFFFF), "type table"),
        (patched(0x60, 0xFFFF), "class table"),
    ],
)
def test_a_damaged_file_says_how(data: bytes, why: str) -> None:
    with pytest.raises(DexError, match=why):
        Dex(data)


def test_indexes_and_offsets_that_lead_nowhere_give_nothing() -> None:
    dex = Dex(SAMPLE)
    assert dex.string(99) == ("", 0)
    assert dex.type_name(99) == ("", 0)
    assert Dex(patched(0x70, 0xFFFFFFFF)).string(0) == ("", 0)


def test_bad_modified_utf8_is_replaced() -> None:
    text, _ = Dex(dex_of([], [b"a\xc0\x80\xffz"])).string(0)
    assert text.startswith("a")
    assert text.endswith("z")


def test_a_string_without_end_goes_to_the_end_of_the_file() -> None:
    data = dex_of([], [b"abc"])[:-1]
    data = data[:0x20] + struct.pack("<I", len(data)) + data[0x24:]
    assert Dex(data).string(0)[0] == "abc"


def test_a_name_beyond_all_measure_is_cut() -> None:
    assert len(Dex(dex_of([], [b"a" * 9_000])).string(0)[0]) <= 2_000


def test_only_class_descriptors_are_dotted() -> None:
    assert dotted("Ljava/lang/String;") == "java.lang.String"
    assert dotted("[I") == "[I"


def test_the_sample_app_has_the_classes_of_its_sources() -> None:
    names = {name for name, _ in Dex(entries_of(KAZE)["classes.dex"]).class_names()}
    assert names == {
        "com.foehn.flight.ReportService",
        "com.foehn.flight.Telemetry",
        "com.umeng.analytics.MobclickAgent",
        "jp.example.kaze.pilot.MainActivity",
    }


@given(st.data())
def test_mutated_files_are_read_or_refused(data: st.DataObject) -> None:
    raw = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place] = data.draw(st.integers(0, 255))
    try:
        dex = Dex(bytes(raw))
    except DexError:
        return
    assert all(offset <= len(raw) for _, offset in [*dex.class_names(), *dex.type_names()])
