"""Bluetooth on the air: the Remote ID in advertisements, as three kinds of capture hold them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.network.bluetooth import (
    BLUETOOTH,
    BLUETOOTH_WITH_RADIO,
    LINK_TYPES,
    NORDIC,
    read_advertisement,
    service_data,
)
from sekisho.analyzers.capture.network.links import NotIp
from tests.analyzers.capture.build import (
    analyze,
    bytes_at,
    codes,
    locate_ip,
    pcap,
    properties,
    sized,
)
from tests.analyzers.capture.network.test_wifi import SERIAL, basic, heard, location, system

ON_AIR = b"\xd6\xbe\x89\x8e"
ADVERTISER = bytes.fromhex("60601f0a0b0c")
TRANSMITTER = "60:60:1f:0a:0b:0c"
BEFORE = {BLUETOOTH: b"", BLUETOOTH_WITH_RADIO: bytes(10), NORDIC: bytes(17)}


def part(kind: int, content: bytes) -> bytes:
    return sized(bytes((kind,)) + content, 1)


def remote_id(*messages: bytes) -> bytes:
    pack = (
        messages[0] if len(messages) == 1 else bytes((0xF2, 25, len(messages))) + b"".join(messages)
    )
    return part(0x16, b"\xfa\xff\x0d\x01" + pack)


def advertisement(*parts: bytes, kind: int = 0, link: int = BLUETOOTH) -> bytes:
    body = ADVERTISER[::-1] + b"".join(parts)
    return framed(kind, body, link)


def extended(
    *parts: bytes, flags: int = 1, fields: bytes = ADVERTISER[::-1], size: int | None = None
) -> bytes:
    header = bytes((flags,)) + fields
    length = len(header) if size is None else size
    return framed(7, bytes((length,)) + header + b"".join(parts), BLUETOOTH)


def framed(kind: int, body: bytes, link: int) -> bytes:
    padding = b"\0" if link == NORDIC else b""
    return BEFORE[link] + ON_AIR + bytes((kind, len(body))) + padding + body + b"crc"


@pytest.mark.parametrize("link", BEFORE)
def test_an_aircraft_is_heard_in_each_kind_of_capture(tmp_path: Path, link: int) -> None:
    said = (basic(), location(35.6812362, 139.7671248), system(35.68, 139.76))
    content = pcap([advertisement(remote_id(one), link=link) for one in said], link=link)
    findings = analyze(tmp_path, content)
    (seen,) = properties(findings, "remote_id")
    assert seen.value == SERIAL
    assert seen.details == {
        "transmitter": TRANSMITTER,
        "messages": "3",
        "serial_number": SERIAL,
        "position": "35.6812362, 139.7671248",
        "operator_position": "35.6800000, 139.7600000",
    }
    assert bytes_at(content, seen) == list(said)
    assert codes(findings) == []


def test_long_range_advertisements_hold_a_pack() -> None:
    pack = remote_id(basic(), location(35.6, 139.7))
    for frame in (
        extended(pack),
        extended(pack, flags=0x49, fields=ADVERTISER[::-1] + b"\0\0\x0c"),
    ):
        one = heard(frame, link=BLUETOOTH).aircraft[TRANSMITTER]
        assert one.said["serial_number"].first == SERIAL
        assert one.said["position"].first == "35.6000000, 139.7000000"
    assert heard(extended(pack, flags=0, fields=b""), link=BLUETOOTH).aircraft[""].messages == 2


@pytest.mark.parametrize("kind", [0, 2, 6])
def test_other_parts_are_passed_over(kind: int) -> None:
    parts = (part(1, b"\6"), part(9, b"kaze"), part(0x16, b"\x0a\x18\x0d\1x"), remote_id(basic()))
    assert TRANSMITTER in heard(advertisement(*parts, kind=kind), link=BLUETOOTH).aircraft


@pytest.mark.parametrize(
    "frame",
    [
        advertisement(remote_id(basic()), kind=5),
        advertisement(remote_id(basic()))[:-30],
        advertisement(b"\0" + remote_id(basic())),
        advertisement(b"\x40" + remote_id(basic())),
        advertisement(part(0x16, b"\xfa\xff")),
        advertisement(part(0x16, b"\xfa\xff\x0e\1" + basic())),
        framed(0, b"short", BLUETOOTH),
        framed(7, b"", BLUETOOTH),
        extended(remote_id(basic()), flags=0xFF),
        extended(remote_id(basic()), size=60),
        extended(remote_id(basic()), size=0),
        ON_AIR,
        b"",
        b"\x11\x22\x33\x44" + advertisement(remote_id(basic()))[4:],
    ],
)
def test_what_is_broken_or_other_says_nothing(frame: bytes) -> None:
    assert heard(frame, link=BLUETOOTH).aircraft == {}


def test_advertising_is_the_links_own_and_connections_are_not_read() -> None:
    for link, before in BEFORE.items():
        assert locate_ip(link, advertisement(link=link)) == NotIp.LINK_ONLY
        assert locate_ip(link, before + b"\x11\x22\x33\x44\2\5hello") == NotIp.NETWORK


@given(st.binary(max_size=120), st.sampled_from(sorted(LINK_TYPES)))
def test_no_bytes_do_harm(data: bytes, link: int) -> None:
    for whole in (data, ON_AIR + data, BEFORE[link] + ON_AIR + b"\0" + sized(data, 1)):
        locate_ip(link, whole)
        heard(whole, link=link)
        said = read_advertisement(link, whole)
        if said is not None:
            assert said.end <= len(whole)
            assert all(a <= b <= said.end for a, b in service_data(whole, said, 0xFFFA))
