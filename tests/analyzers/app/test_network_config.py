"""Network security configurations, and the binary XML they are written in."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.app import network_config
from sekisho.analyzers.app.analyzer import AppAnalyzer
from sekisho.analyzers.app.binary_xml import Element, is_binary_xml, names_in, read_nodes
from sekisho.analyzers.app.network_config import read_settings
from sekisho.model.evidence import EvidenceKind
from sekisho.model.locus import ZipEntry
from sekisho.model.observation import Property
from tests.analyzers.app.build import kaze_with
from tests.analyzers.reading import read, seen

REAL = Path(__file__).parent / "real"
CONFIG, OTHER = (REAL / "network.bin").read_bytes(), (REAL / "other.bin").read_bytes()
SETTINGS = [
    ("cleartext_refused", "*"),
    ("certificate_pinned", "pinned.telemetry.example"),
    ("cleartext_allowed", "telemetry.example"),
    ("trusts_user_certificates", "telemetry.example"),
    ("cleartext_allowed", "10.0.0.5"),
    ("trusts_user_certificates", "10.0.0.5"),
]


def properties_of(**entries: bytes) -> list[Property]:
    found = read(AppAnalyzer(), kaze_with(**entries), EvidenceKind.APK, "app.apk")
    names = {name for name, _ in SETTINGS}
    return [one for one in seen(found, Property) if one.name in names]


def test_what_a_configuration_allows_is_told_where_it_stands() -> None:
    found = properties_of(res__xml__a1_dot_xml=CONFIG)
    assert [(one.name, one.value) for one in found] == SETTINGS
    assert found[1].details == {"pins": "2", "expires": "2027-01-01"}
    (locus,) = found[0].loci
    assert isinstance(locus, ZipEntry)
    assert locus.entry == "res/xml/a1.xml"
    # a node that begins an element
    assert struct.unpack_from("<H", CONFIG, locus.offset) == (0x0102,)


def test_other_documents_say_nothing() -> None:
    assert properties_of(res__xml__a1_dot_xml=OTHER, assets__network_dot_xml=CONFIG) == []
    assert properties_of(res__xml__a1_dot_xml=(REAL / "network.xml").read_bytes()) == []


def test_elements_have_their_attributes_and_depth() -> None:
    assert list(read_nodes(OTHER)) == [
        Element("PreferenceScreen", 0, {}, 320),
        Element("Preference", 1, {"title": "名前", "key": "k"}, 356),
    ]


def test_settings_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_config, "MAX_SETTINGS", 2)
    assert len(properties_of(res__xml__a1_dot_xml=CONFIG)) == 2


def test_strings_may_be_of_either_width() -> None:
    """The real files are in UTF-16; the same document in UTF-8 says the same."""
    pool = struct.unpack_from("<I", CONFIG, 12)[0]
    count = struct.unpack_from("<I", CONFIG, 16)[0]
    texts = [
        CONFIG[8 + 28 + 4 * count :][offset:]
        for offset in struct.unpack_from(f"<{count}I", CONFIG, 8 + 28)
    ]
    words = [
        text[2 : 2 + 2 * struct.unpack_from("<H", text)[0]].decode("utf-16-le") for text in texts
    ]
    body, offsets = b"", []
    for word in words:
        offsets.append(len(body))
        raw = word.encode()
        body += bytes((len(word), len(raw))) + raw + b"\0"
    body += b"\0" * (-len(body) % 4)
    size = 28 + 4 * count + len(body)
    narrow = struct.pack("<HHIIIIII", 1, 28, size, count, 0, 1 << 8, 28 + 4 * count, 0)
    narrow += struct.pack(f"<{count}I", *offsets) + body
    document = CONFIG[:8] + narrow + CONFIG[8 + pool :]
    assert [(one.name, one.host) for one in read_settings(read_nodes(document))] == SETTINGS


@given(st.lists(st.tuples(st.integers(8, len(CONFIG) - 1), st.integers(0, 255)), max_size=10))
def test_no_change_of_bytes_does_harm(changes: list[tuple[int, int]]) -> None:
    data = bytearray(CONFIG)
    for at, value in changes:
        data[at] = value
    list(read_settings(read_nodes(bytes(data))))


@given(st.binary(max_size=200), st.sampled_from([b"", CONFIG[:8], CONFIG[:40], CONFIG[:930]]))
def test_no_bytes_do_harm(noise: bytes, head: bytes) -> None:
    list(read_nodes(head + noise))


def test_a_document_cut_anywhere_is_read_as_far_as_it_is_there() -> None:
    whole = list(read_nodes(CONFIG))
    for end in range(0, len(CONFIG), 7):
        nodes = list(read_nodes(CONFIG[:end]))
        assert nodes == whole[: len(nodes)]
    assert not is_binary_xml(CONFIG[:7])


def test_names_of_classes_stand_in_elements_and_attributes() -> None:
    nodes = list(read_nodes((REAL / "layout.bin").read_bytes()))
    assert list(names_in(nodes)) == ["com.example.sekisho.Dial", "com.example.sekisho.MapFragment"]
