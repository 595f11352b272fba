"""Listed methods that the code can call."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from sekisho.analyzers.app.analyzer import AppAnalyzer
from sekisho.analyzers.app.calls import MAX_LOCI, Calls
from sekisho.analyzers.app.dex import Dex, DexError
from sekisho.analyzers.notes import Notes
from sekisho.model.evidence import EvidenceKind
from sekisho.model.locus import ZipEntry
from sekisho.model.observation import Behaviour
from sekisho.model.units import AnalyzerId
from tests.analyzers.app.build import KAZE, MIZU, dex_of, entries_of
from tests.analyzers.reading import read, seen, source_of

TELEPHONY = "android.telephony.TelephonyManager"


def dex_with_methods(methods: list[tuple[int, int]], texts: list[bytes]) -> bytes:
    """A DEX file with one type, these strings after its name, and these (type, string) methods."""
    data = dex_of([TELEPHONY], texts)
    at = len(data) + -len(data) % 4
    table = b"".join(struct.pack("<HHI", owner, 0, name) for owner, name in methods)
    whole = bytearray(data.ljust(at, b"\0") + table)
    struct.pack_into("<I", whole, 0x20, len(whole))
    struct.pack_into("<2I", whole, 0x58, len(methods), at)
    return bytes(whole)


def behaviours(apk: Path) -> dict[str, Behaviour]:
    found = read(AppAnalyzer(), apk.read_bytes(), EvidenceKind.APK, "app.apk")
    return {one.name: one for one in seen(found, Behaviour)}


def behaviours_of(data: bytes, folder: Path) -> list[Behaviour]:
    notes = Notes(source_of(b"app", EvidenceKind.APK, folder, "app.apk"), AnalyzerId("app.apk/1"))
    calls = Calls(notes)
    calls.scan("classes.dex", Dex(data))
    calls.observe()
    return [one for one in notes.observations if isinstance(one, Behaviour)]


def test_what_the_sample_app_reads_is_named() -> None:
    found = behaviours(KAZE)
    assert found["reads_device_identifiers"].details == {"calls": f"{TELEPHONY}.getDeviceId"}
    assert found["reads_position"].details == {
        "calls": "android.location.LocationManager.getLastKnownLocation"
    }


def test_a_call_points_to_its_row_of_the_method_table() -> None:
    (locus,) = behaviours(KAZE)["reads_device_identifiers"].loci
    assert isinstance(locus, ZipEntry)
    assert locus.entry == "classes.dex"
    data = entries_of(KAZE)["classes.dex"]
    (name,) = struct.unpack_from("<I", data, locus.offset + 4)
    assert Dex(data).string(name)[0] == "getDeviceId"


def test_an_app_that_calls_nothing_listed_shows_nothing() -> None:
    assert behaviours(MIZU) == {}


def test_a_method_of_the_same_name_elsewhere_does_not_count(tmp_path: Path) -> None:
    data = dex_with_methods([(1, 1), (0, 2)], [b"getDeviceId", b"getNetworkType"])
    assert behaviours_of(data, tmp_path) == []


def test_indexes_that_lead_nowhere_are_passed_over(tmp_path: Path) -> None:
    data = dex_with_methods([(0, 0xFFFFFFFF), (0xFFFF, 1), (0, 1)], [b"getDeviceId"])
    (found,) = behaviours_of(data, tmp_path)
    assert len(found.loci) == 1


def test_the_places_named_are_limited(tmp_path: Path) -> None:
    data = dex_with_methods([(0, 1)] * 50, [b"getDeviceId"])
    assert len(behaviours_of(data, tmp_path)[0].loci) == MAX_LOCI


def test_a_method_table_that_leaves_the_file_is_damage() -> None:
    data = bytearray(dex_with_methods([(0, 1)], [b"getDeviceId"]))
    struct.pack_into("<I", data, 0x58, 0x0FFFFFFF)
    with pytest.raises(DexError, match="method table"):
        Dex(bytes(data))
