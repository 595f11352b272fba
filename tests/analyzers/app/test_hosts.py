"""Host names without a scheme, in the strings of code."""

from __future__ import annotations

import struct

import pytest

from sekisho.analyzers.app.analyzer import AppAnalyzer
from sekisho.analyzers.app.dex import Dex
from sekisho.analyzers.app.hosts import find_hosts
from sekisho.model.evidence import EvidenceKind
from sekisho.model.flow import NameSource
from sekisho.model.locus import ZipEntry
from sekisho.model.observation import Flow, Property
from sekisho.model.review import Findings
from tests.analyzers.app.build import dex_of_strings, kaze_with
from tests.analyzers.reading import problem_of, read, seen


def hosts_of(*texts: bytes) -> list[str]:
    return [host for host, _ in find_hosts(Dex(dex_of_strings(*texts)))]


def app(data: bytes) -> Findings:
    return read(AppAnalyzer(), data, EvidenceKind.APK, "app.apk")


@pytest.mark.parametrize(
    "text",
    [b"api.weibo.cn", b"www.google-analytics.com", b"mqtt.maker.co.jp:8883", b"a-b.example.org"],
)
def test_a_string_that_is_a_host_name_is_found(text: bytes) -> None:
    assert hosts_of(text) == [text.decode()]


@pytest.mark.parametrize(
    "text",
    [
        b"com.umeng.analytics",
        b"androidx.core.app",
        b"os.name",
        b"junit.properties",
        b"Main.java",
        b"api.weibo.cn/path",
        b"see api.weibo.cn",
        b"API.WEIBO.CN",
        b"-a.weibo.cn",
        b"a..weibo.cn",
        b"field.value",
        b"co.jp",
        b"1.2.3.4",
        b".",
        b"",
        b"a" * 140 + b".weibo.cn",
    ],
)
def test_other_dotted_words_are_not(text: bytes) -> None:
    assert hosts_of(text) == []


def test_string_offsets_that_lead_nowhere_are_passed_over() -> None:
    data = bytearray(dex_of_strings(b"api.weibo.cn"))
    struct.pack_into("<I", data, 0x70, 0xFFFFFFF0)
    assert [host for host, _ in find_hosts(Dex(bytes(data)))] == ["api.weibo.cn"]


def test_a_host_name_is_a_property_that_points_to_its_bytes_and_no_flow() -> None:
    code = dex_of_strings(b"api.weibo.cn")
    found = app(kaze_with(classes_dot_dex=code))
    (host,) = [one for one in seen(found, Property) if one.name == "host_literal"]
    (locus,) = host.loci
    assert isinstance(locus, ZipEntry)
    assert code[locus.offset : locus.offset + locus.length] == b"api.weibo.cn"
    assert "api.weibo.cn" not in {one.recipient.host for one in seen(found, Flow)}


def test_more_host_names_than_the_cap_are_counted() -> None:
    code = dex_of_strings(*(b"h%d.example.com" % i for i in range(5_003)))
    found = app(kaze_with(classes_dot_dex=code))
    assert problem_of(found, "SEK-P207").details == {"count": "3"}


@pytest.mark.parametrize("host", ["localhost", "api.localhost"])
def test_the_device_itself_is_no_far_end(host: str) -> None:
    found = app(kaze_with(assets__a=f"http://{host}:4723/".encode()))
    (flow,) = [one for one in seen(found, Flow) if one.recipient.host == host]
    assert flow.recipient.address == "127.0.0.1"
    assert flow.recipient.host_learnt_from is NameSource.CODE
    assert flow.recipient.port == 4723


def test_addresses_are_looked_for_in_code_under_any_name() -> None:
    found = app(kaze_with(assets__blob=dex_of_strings(b"47.91.161.230")))
    assert [o.value for o in seen(found, Property) if o.name == "address_literal"] == [
        "47.91.161.230"
    ]
