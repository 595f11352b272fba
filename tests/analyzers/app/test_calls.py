"""Listed methods that the code can call."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from sekisho.analyzers.app.analyzer import AppAnalyzer
from sekisho.analyzers.app.bytecode import hierarchy
from sekisho.analyzers.app.calls import MAX_LOCI, Calls
from sekisho.analyzers.app.dex import Dex, DexError
from sekisho.analyzers.app.running import SHOWN_STEPS, RunningCode
from sekisho.analyzers.notes import Notes
from sekisho.model.evidence import EvidenceKind
from sekisho.model.locus import ZipEntry
from sekisho.model.observation import Behaviour, Flow, Property
from sekisho.model.units import AnalyzerId
from tests.analyzers.app.assemble import STATIC, Class, Method, dex_with
from tests.analyzers.app.build import KAZE, MIZU, dex_of, entries_of, kaze_with
from tests.analyzers.reading import problem_of, read, seen, source_of

REAL = Path(__file__).parent / "real"
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
    notes = Notes(source_of(b"app", EvidenceKind.APK, folder, "app.apk"), AnalyzerId("app.apk/2"))
    calls = Calls(notes)
    calls.scan("classes.dex", Dex(data))
    calls.observe(RunningCode(notes))
    return [one for one in notes.observations if isinstance(one, Behaviour)]


def test_what_the_sample_app_reads_is_named() -> None:
    found = behaviours(KAZE)
    where = "android.location.LocationManager.getLastKnownLocation"
    service = "com.foehn.flight.ReportService.onStartCommand → com.foehn.flight.Telemetry.report"
    for behaviour, call in (
        ("reads_device_identifiers", f"{TELEPHONY}.getDeviceId"),
        ("reads_position", where),
    ):
        assert found[behaviour].details == {
            "calls": call,
            "reachable_calls": call,
            "way": f"{service} → {call}",
        }


def test_a_call_points_to_its_instruction() -> None:
    (locus,) = behaviours(KAZE)["reads_device_identifiers"].loci
    assert isinstance(locus, ZipEntry)
    assert locus.entry == "classes.dex"
    data = entries_of(KAZE)["classes.dex"]
    assert data[locus.offset] == 0x6E  # invoke-virtual
    (method,) = struct.unpack_from("<H", data, locus.offset + 2)
    dex = Dex(data)
    assert dex.string(dex.methods[2 * method + 1])[0] == "getDeviceId"


def test_a_method_that_no_code_calls_points_to_its_row_of_the_method_table(tmp_path: Path) -> None:
    data = dex_with_methods([(0, 1)], [b"getDeviceId"])
    (found,) = behaviours_of(data, tmp_path)
    assert found.details == {"calls": f"{TELEPHONY}.getDeviceId"}
    (locus,) = found.loci
    assert isinstance(locus, ZipEntry)
    assert struct.unpack_from("<HHI", data, locus.offset) == (0, 0, 1)


def activity(name: str, *code: str) -> Class:
    create = Method("onCreate", "(Landroid/os/Bundle;)V", code=code)
    return Class(name, above="Landroid/app/Activity;", methods=(create,))


ASKS = f"invoke-virtual L{TELEPHONY.replace('.', '/')}; getDeviceId ()Ljava/lang/String;"
MAIN = "Ljp/example/kaze/pilot/MainActivity;"
ELSEWHERE = activity("Ljp/example/kaze/pilot/Elsewhere;", ASKS)


@pytest.mark.parametrize(
    ("main", "way"),
    [
        (
            activity(MAIN, ASKS),
            f"{MAIN[1:-1].replace('/', '.')}.onCreate → {TELEPHONY}.getDeviceId",
        ),
        (activity(MAIN), None),
        (activity(MAIN, f"const-class {ELSEWHERE.name}"), "MainActivity.onCreate → "),
    ],
)
def test_a_way_from_a_component_to_the_call_is_shown(main: Class, way: str | None) -> None:
    """A call that nothing leads to is present; one that a component leads to is reachable."""
    data = kaze_with(classes_dot_dex=dex_with(main, ELSEWHERE))
    found = read(AppAnalyzer(), data, EvidenceKind.APK, "app.apk")
    (behaviour,) = [one for one in seen(found, Behaviour) if "calls" in one.details]
    assert behaviour.details["calls"] == f"{TELEPHONY}.getDeviceId"
    assert ("reachable_calls" in behaviour.details) is (way is not None)
    if way is not None:
        assert way in behaviour.details["way"]
    assert found.coverage[0].measures["methods"] == 2


def test_a_loader_of_further_code_is_reached_or_only_there() -> None:
    loader = "Ldalvik/system/DexClassLoader;"
    loads = (f"new-instance {loader}", f"invoke-direct {loader} <init> (Ljava/lang/String;)V")
    elsewhere = activity("Ljp/example/kaze/pilot/Elsewhere;", *loads)
    for main, reached in ((activity(MAIN, *loads), True), (activity(MAIN), False)):
        data = dex_with(main, elsewhere)
        findings = read(AppAnalyzer(), kaze_with(classes_dot_dex=data), EvidenceKind.APK, "app.apk")
        (found,) = [one for one in seen(findings, Behaviour) if one.name == "code_loading"]
        assert ("way" in found.details) is reached
        (first, *_) = found.loci
        assert isinstance(first, ZipEntry)
        assert data[first.offset] == 0x70  # invoke-direct


def test_of_a_long_way_the_ends_are_shown() -> None:
    steps = [
        Class(
            f"La/C{i};",
            methods=(Method("m", flags=STATIC, code=(f"invoke-static La/C{i + 1}; m ()V",)),),
        )
        for i in range(20)
    ]
    last = Class("La/C20;", methods=(Method("m", flags=STATIC, code=(ASKS,)),))
    data = kaze_with(
        classes_dot_dex=dex_with(activity(MAIN, "invoke-static La/C0; m ()V"), *steps, last)
    )
    found = read(AppAnalyzer(), data, EvidenceKind.APK, "app.apk")
    (behaviour,) = [one for one in seen(found, Behaviour) if "calls" in one.details]
    shown = behaviour.details["way"].split(" → ")
    assert len(shown) == SHOWN_STEPS + 1
    assert (shown[0][-8:], shown[6], shown[-1]) == ("onCreate", "…", f"{TELEPHONY}.getDeviceId")


def test_code_that_cannot_be_followed_is_told() -> None:
    broken = Class(MAIN, methods=(Method("m", code=(b"\x18\0",)),))
    found = read(AppAnalyzer(), kaze_with(classes_dot_dex=dex_with(broken)), EvidenceKind.APK, "a")
    assert problem_of(found, "SEK-P241").blocks_clean
    outside = bytearray(dex_with(broken))
    outside[0x4C:0x50] = b"\xff\xff\xff\x0f"  # where the table of prototypes begins
    outside[0x48:0x4C] = b"\1\0\0\0"
    found = read(AppAnalyzer(), kaze_with(classes_dot_dex=bytes(outside)), EvidenceKind.APK, "a")
    assert problem_of(found, "SEK-P240").details["entry"] == "classes.dex"


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


def test_a_view_that_a_layout_names_can_run() -> None:
    draw = Method("onDraw", "(Landroid/graphics/Canvas;)V", code=(ASKS,))
    dial = Class("Lcom/example/sekisho/Dial;", above="Landroid/view/View;", methods=(draw,))
    code = dex_with(activity(MAIN), dial)
    layout = (REAL / "layout.bin").read_bytes()
    for entries, reached in (({}, False), ({"res__layout__a_dot_xml": layout}, True)):
        data = kaze_with(classes_dot_dex=code, **entries)
        findings = read(AppAnalyzer(), data, EvidenceKind.APK, "app.apk")
        (found,) = [one for one in seen(findings, Behaviour) if "calls" in one.details]
        assert ("way" in found.details) is reached


def test_an_app_too_entangled_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hierarchy, "MOST_STEPS", -1)
    data = kaze_with(
        classes_dot_dex=dex_with(
            activity(MAIN, f"invoke-virtual {MAIN} onCreate (Landroid/os/Bundle;)V")
        )
    )
    found = read(AppAnalyzer(), data, EvidenceKind.APK, "app.apk")
    assert problem_of(found, "SEK-P242").blocks_clean


def test_code_that_can_run_and_names_an_endpoint_is_told() -> None:
    url, host = "https://collect.kaze.example/v1", "api.kaze-cloud.com"
    elsewhere = activity("Ljp/example/kaze/pilot/Elsewhere;", "const-string https://dead.example/x")
    main = activity(MAIN, f"const-string {url}", f"const-string {host}")
    data = kaze_with(classes_dot_dex=dex_with(main, elsewhere))
    found = read(AppAnalyzer(), data, EvidenceKind.APK, "app.apk")
    ways = {one.recipient.host: one.way for one in seen(found, Flow)}
    here = "jp.example.kaze.pilot.MainActivity.onCreate"
    assert ways["collect.kaze.example"] == (f"{here}(Landroid/os/Bundle;)V",)
    assert ways["dead.example"] == ()
    (literal,) = [one for one in seen(found, Property) if one.name == "host_literal"]
    assert (literal.value, literal.details) == (host, {"way": here})
