"""Apps as a whole: what is seen, what is not, and that no file breaks the analyzer."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekisho.analyzers.app.analyzer import AppAnalyzer
from sekisho.analyzers.interface import Context
from sekisho.errors import EvidenceError
from sekisho.model.evidence import EvidenceKind, Limits
from sekisho.model.flow import Modality, Protection
from sekisho.model.locus import ZipEntry
from sekisho.model.observation import Behaviour, Component, Flow, Property
from sekisho.model.problem import CoverageStatus
from sekisho.model.review import Findings
from sekisho.model.units import Bytes
from tests.analyzers.app.build import HOSHI, KAZE, MIZU, dex_of, entries_of, kaze_with, zip_of
from tests.analyzers.reading import codes, problem_of, read, seen, source_of


def app(data: bytes | Path) -> Findings:
    raw = data.read_bytes() if isinstance(data, Path) else data
    return read(AppAnalyzer(), raw, EvidenceKind.APK, "app.apk")


def values(findings: Findings, name: str) -> list[str]:
    return [one.value for one in seen(findings, Property) if one.name == name]


def behaviours(findings: Findings) -> set[str]:
    return {one.name for one in seen(findings, Behaviour)}


def hosts(findings: Findings) -> set[str | None]:
    return {one.recipient.host for one in seen(findings, Flow)}


def test_the_manifest_is_read() -> None:
    found = app(KAZE)
    assert values(found, "package") == ["jp.example.kaze.pilot"]
    assert values(found, "version_name") == ["1.4.2"]
    assert values(found, "permission") == [
        "android.permission.ACCESS_FINE_LOCATION",
        "android.permission.INTERNET",
        "android.permission.READ_PHONE_STATE",
        "android.permission.REQUEST_INSTALL_PACKAGES",
    ]
    assert values(found, "component") == [
        "jp.example.kaze.pilot.MainActivity",
        "com.foehn.flight.ReportService",
    ]
    assert values(found, "uses_cleartext_traffic") == ["true"]


def test_the_signer_is_named_whatever_the_maker_says() -> None:
    found = app(KAZE)
    assert values(found, "signer_subject") == ["CN=Foehn Flight Apps,O=Foehn Dynamics B.V.,C=NL"]
    assert values(found, "signature_scheme") == ["v1", "v2", "v3"]


def test_endpoints_are_possible_flows_that_point_to_their_bytes() -> None:
    flows = seen(app(KAZE), Flow)
    by_host = {one.recipient.host: one for one in flows}
    clear = by_host["telemetry.foehn-cloud.example"]
    assert clear.modality is Modality.POSSIBLE
    assert clear.protection is Protection.CLEAR
    assert by_host["update.foehn-cloud.example"].protection is Protection.PROTECTED
    (locus,) = clear.loci
    assert isinstance(locus, ZipEntry)
    stored = entries_of(KAZE)[locus.entry][locus.offset : locus.offset + locus.length]
    assert stored == b"http://telemetry.foehn-cloud.example/v1/report"


def test_a_known_sdk_is_named_and_an_unverified_owner_gives_no_country() -> None:
    (sdk,) = seen(app(KAZE), Component)
    assert sdk.name == "Umeng Analytics"
    assert sdk.maker_domicile is None
    assert "unverified" in sdk.identifiers["owner_country"]


def test_a_package_that_only_begins_alike_is_no_sdk() -> None:
    lookalike = kaze_with(classes_dot_dex=dex_of(["com.umeng.analyticsfree.Main"]))
    assert seen(app(lookalike), Component) == []


def test_a_clean_app_talks_to_its_one_host_and_hides_nothing() -> None:
    found = app(MIZU)
    assert hosts(found) == {"gcs.police.example"}
    assert behaviours(found) == set()
    assert codes(found) == []
    assert found.coverage[0].status is CoverageStatus.LOOKED


def test_a_packed_app_is_not_determinable() -> None:
    found = app(HOSHI)
    assert "packed_code" in behaviours(found)
    assert codes(found) == ["SEK-P220", "SEK-P208", "SEK-P218"]
    assert all(problem.blocks_clean for problem in found.problems)
    assert problem_of(found, "SEK-P220").details == {"entry": "assets/classes0.jar"}
    assert found.coverage[0].status is CoverageStatus.PARTLY
    assert {message.code for message in found.coverage[0].unseen} == {"SEK-P212", "SEK-P213"}


def test_an_unpacked_app_with_a_library_of_another_name_is_not_packed() -> None:
    found = app(kaze_with(lib__arm64__libDexHelper2_dot_so=b"\x7fELF" + bytes(60)))
    assert "packed_code" not in behaviours(found)


def test_classes_that_are_not_there_show_packing_without_a_known_packer() -> None:
    found = app(kaze_with(classes_dot_dex=dex_of(["com.shell.Stub"])))
    assert "packed_code" in behaviours(found)


def test_means_to_load_and_install_code_are_named() -> None:
    code = dex_of(
        [
            "jp.example.kaze.pilot.MainActivity",
            "com.foehn.flight.ReportService",
            "dalvik.system.DexClassLoader",
            "android.content.pm.PackageInstaller",
        ]
    )
    assert behaviours(app(kaze_with(classes_dot_dex=code))) == {
        "code_loading",
        "installs_packages",
        "self_update",
    }


def test_code_is_known_by_content_wherever_it_stands() -> None:
    found = app(kaze_with(assets__more=dex_of(["com.crashlytics.Late"])))
    assert {one.name for one in seen(found, Component)} == {
        "Crashlytics (Fabric)",
        "Umeng Analytics",
    }


def test_identifiers_that_look_like_urls_are_no_endpoints() -> None:
    text = b"http://schemas.android.com/apk/res/android http://www.w3.org/2001/XMLSchema"
    found = app(kaze_with(assets__a=text))
    assert hosts(found) == hosts(app(KAZE))
    more = (
        found.coverage[0].measures["namespace_urls"]
        - app(KAZE).coverage[0].measures["namespace_urls"]
    )
    assert more == 2


@pytest.mark.parametrize(
    ("text", "host", "address"),
    [
        (b"see HTTPS://Api.Example.com:8443/x", "api.example.com", None),
        (b"wss://stream.example.net/", "stream.example.net", None),
        (b"http://203.0.113.9/upload", None, "203.0.113.9"),
        (b"http://[2001:db8::1]/upload", None, "2001:db8::1"),
        (b"http://later.example.com:%d/up", "later.example.com", None),
        (b"https://user:word@login.example.com/", "login.example.com", None),
        ("http://wide.example.org/a".encode("utf-16-le"), "wide.example.org", None),
    ],
)
def test_urls_are_found_in_any_entry(text: bytes, host: str | None, address: str | None) -> None:
    found = app(kaze_with(res__strings_dot_xml=text))
    far_ends = {(one.recipient.host, one.recipient.address) for one in seen(found, Flow)}
    assert (host, address) in far_ends


@pytest.mark.parametrize(
    "text",
    [
        b"http://",
        b"http:///path",
        b"http://host",
        b"http://host1/",
        "a://wide.example.org/".encode("utf-16-le"),
        b"http://[::1",
        b"http://a..b/",
        b"xhttp ://a.b/",
    ],
)
def test_what_only_resembles_a_url_is_left(text: bytes) -> None:
    assert hosts(app(kaze_with(assets__a_dot_xml=text))) == hosts(app(KAZE))


def test_public_addresses_in_code_are_noted_and_version_numbers_are_not() -> None:
    code = dex_of(["jp.example.kaze.pilot.MainActivity"], [b"47.91.161.230:8080", b"1.2.3.4.5"])
    found = app(kaze_with(classes_dot_dex=code))
    assert values(found, "address_literal") == ["47.91.161.230:8080"]


def test_more_endpoints_than_the_cap_are_counted() -> None:
    many = b" ".join(b"http://h%d.example.com/" % i for i in range(5_010))
    found = app(kaze_with(assets__many=many))
    (problem,) = [one for one in found.problems if one.code == "SEK-P207"]
    assert problem.details == {"count": "12"}


def test_of_one_endpoint_the_first_places_are_named() -> None:
    found = app(kaze_with(assets__a=b"ftp://often.example.com/ " * 30))
    (flow,) = [one for one in seen(found, Flow) if one.recipient.host == "often.example.com"]
    assert len(flow.loci) == 8


def test_a_scheme_that_says_nothing_of_protection_is_opaque() -> None:
    found = app(kaze_with(assets__a=b"tcp://raw.example.com:9000"))
    (flow,) = [one for one in seen(found, Flow) if one.recipient.host == "raw.example.com"]
    assert flow.protection is Protection.OPAQUE
    assert flow.recipient.port == 9000


def test_far_beyond_the_cap_the_rest_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sekisho.analyzers.app.endpoints.MAX_ENDPOINTS", 5)
    monkeypatch.setattr("sekisho.analyzers.app.endpoints.MAX_LEFT_OUT", 7)
    many = b" ".join(b"http://h%d.example.com/" % i for i in range(50))
    assert problem_of(app(kaze_with(assets__a=many)), "SEK-P207").details == {"count": "7"}


def test_an_app_without_code_or_manifest_is_said_to_have_none() -> None:
    found = app(zip_of({"readme.txt": b"nothing"}))
    assert {"SEK-P205", "SEK-P210"} <= set(codes(found))
    assert found.coverage[0].status is CoverageStatus.PARTLY


def test_broken_code_is_a_problem_and_the_rest_is_read() -> None:
    found = app(kaze_with(classes2_dot_dex=b"dex\n035\0 cut"))
    assert "SEK-P209" in codes(found)
    assert values(found, "package") == ["jp.example.kaze.pilot"]


def test_unsigned_apps_are_said_to_be() -> None:
    entries = {k: v for k, v in entries_of(KAZE).items() if not k.startswith("META-INF")}
    assert "SEK-P206" in codes(app(zip_of(entries)))


def test_a_bomb_in_an_app_is_not_unpacked(tmp_path: Path) -> None:
    raw = kaze_with(assets__bomb=bytes(8 << 20))
    source = source_of(raw, EvidenceKind.APK, tmp_path, "app.apk")
    found = AppAnalyzer().analyze(source, Context(limits=Limits(file_size=Bytes(1 << 20))))
    assert codes(found) == ["SEK-P202"]
    assert found.problems[0].blocks_clean


def test_more_entries_than_the_cap_are_refused(tmp_path: Path) -> None:
    source = source_of(KAZE.read_bytes(), EvidenceKind.APK, tmp_path, "app.apk")
    with pytest.raises(EvidenceError, match="entries"):
        AppAnalyzer().analyze(source, Context(limits=Limits(files=2)))


def marked_as_encrypted(entry: bytes) -> bytearray:
    raw = bytearray(KAZE.read_bytes())
    raw[raw.index(entry, raw.index(b"PK\x01\x02")) - 46 + 8] |= 1
    return raw


def test_an_encrypted_entry_is_said_and_the_rest_is_read() -> None:
    raw = marked_as_encrypted(b"classes.dex")
    start = raw.index(b"classes.dex") + len(b"classes.dex")
    raw[start : start + 12] = bytes(12)
    found = app(bytes(raw))
    assert problem_of(found, "SEK-P204").blocks_clean
    assert values(found, "package")


def test_what_is_only_marked_as_encrypted_is_read_as_android_does() -> None:
    found = app(bytes(marked_as_encrypted(b"classes.dex")))
    assert not problem_of(found, "SEK-P231").blocks_clean
    assert hosts(found) == hosts(app(KAZE))


def test_a_name_that_stands_twice_is_said() -> None:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in entries_of(KAZE).items():
            archive.writestr(name, data)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("classes.dex", dex_of(["a.B"]))
    assert "SEK-P203" in codes(app(target.getvalue()))


def test_a_damaged_entry_is_a_problem() -> None:
    raw = bytearray(KAZE.read_bytes())
    with zipfile.ZipFile(KAZE) as archive:
        info = archive.getinfo("classes.dex")
    start = info.header_offset + 30 + len("classes.dex")
    raw[start + 40 : start + 60] = bytes(20)
    assert "SEK-P201" in codes(app(bytes(raw)))


@pytest.mark.parametrize("data", [b"", b"PK\3\4", b"not an app", KAZE.read_bytes()[:6_000]])
def test_what_is_no_archive_is_an_error(data: bytes) -> None:
    with pytest.raises(EvidenceError):
        app(data)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_mutated_apps_end_in_findings_or_an_error(data: st.DataObject) -> None:
    raw = bytearray(MIZU.read_bytes())
    for _ in range(data.draw(st.integers(1, 12))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = app(bytes(raw))
    except EvidenceError:
        return
    assert found.coverage
