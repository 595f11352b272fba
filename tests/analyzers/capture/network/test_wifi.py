"""Wi-Fi on the air: what is in clear is read, what is enciphered is told, beacons are heard."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.file.frames import Frame
from sekisho.analyzers.capture.network.links import NotIp
from sekisho.analyzers.capture.network.wifi import RADIOTAP, WIFI, vendor_elements
from sekisho.analyzers.capture.protocols import remote_id
from sekisho.analyzers.capture.protocols.remote_id import RemoteIds
from tests.analyzers.capture.build import (
    PHONE,
    SERVER,
    analyze,
    bytes_at,
    codes,
    flows,
    ip,
    locate_ip,
    pcap,
    properties,
    query,
    sized,
)

RADIO = b"\0\0\x0a\0\0\0\0\0\0\0"
MAC = bytes.fromhex("60601f0a0b0c")
LLC = b"\xaa\xaa\x03\0\0\0"
IP = LLC + b"\x08\0"
PACKET = ip(PHONE, SERVER, 17, struct.pack(">HHHH", 5000, 53, 8 + len(query("a.example")), 0) + query("a.example"))  # fmt: skip
SERIAL = "1581F5BKD223Q00A520F"
DISCOVERY = b"\4\x09\x50\x6f\x9a\x13"
ASTM = bytes.fromhex("8869199d9209")


def frame_of(control: int, flags: int, body: bytes, *, address4: bool = False) -> bytes:
    head = bytes((control, flags)) + bytes(2) + b"\xff" * 6 + MAC + b"\x01" * 6 + bytes(2)
    return head + (b"\x02" * 6 if address4 else b"") + body


def beacon(*elements: bytes, control: int = 0x80, flags: int = 0) -> bytes:
    order = bytes(4) if flags & 0x80 else b""
    return frame_of(control, flags, order + bytes(12) + b"".join(elements))


def element(content: bytes, kind: int = 221) -> bytes:
    return bytes((kind,)) + sized(content, 1)


def announced(*messages: bytes, size: int = 25) -> bytes:
    pack = bytes((0xF2, size, len(messages))) + b"".join(messages)
    return element(b"\xfa\x0b\xbc\x0d\x07" + pack)


def message(kind: int, body: bytes) -> bytes:
    return bytes((kind << 4 | 2,)) + body.ljust(24, b"\0")


def basic(name: str = SERIAL, kind: int = 1) -> bytes:
    return message(0, bytes((kind << 4 | 2,)) + name.encode())


def degrees(latitude: float, longitude: float) -> bytes:
    return struct.pack("<ii", round(latitude * 1e7), round(longitude * 1e7))


def location(latitude: float, longitude: float) -> bytes:
    return message(1, bytes(4) + degrees(latitude, longitude))


def system(latitude: float, longitude: float) -> bytes:
    return message(4, bytes(1) + degrees(latitude, longitude))


def heard(*frames: bytes, link: int = WIFI) -> RemoteIds:
    found = RemoteIds()
    for i, data in enumerate(frames, start=1):
        found.take(Frame(i, None, link, 1000 * i, len(data), data))
    return found


@pytest.mark.parametrize(
    ("data", "at"),
    [
        (frame_of(0x08, 0x01, IP + PACKET), 32),
        (frame_of(0x08, 0x02, IP + PACKET), 32),
        (frame_of(0x88, 0x01, b"\0\0" + IP + PACKET), 34),
        (frame_of(0x88, 0x81, bytes(6) + IP + PACKET), 38),
        (frame_of(0x08, 0x03, IP + PACKET, address4=True), 38),
        (frame_of(0x88, 0x03, b"\0\0" + IP + PACKET, address4=True), 40),
        (frame_of(0x08, 0x41, b"cipher" * 9), NotIp.PROTECTED),
        (frame_of(0x88, 0x01, b"\x80\0" + IP + PACKET), NotIp.NETWORK),
        (frame_of(0x48, 0x01, b""), NotIp.LINK_ONLY),
        (frame_of(0xC8, 0x01, b"\0\0"), NotIp.LINK_ONLY),
        (frame_of(0x08, 0x01, LLC + b"\x88\x8e" + b"key"), NotIp.LINK_ONLY),
        (beacon(), NotIp.LINK_ONLY),
        (frame_of(0xB4, 0, b""), NotIp.LINK_ONLY),
        (b"\xd4\0" + bytes(8), NotIp.LINK_ONLY),
        (frame_of(0x09, 0x01, IP + PACKET), NotIp.NETWORK),
        (frame_of(0x0C, 0x00, IP + PACKET), NotIp.NETWORK),
        (b"\x08\x01" + bytes(20), NotIp.SHORT),
        (b"", NotIp.SHORT),
    ],
)
def test_where_the_packet_of_a_frame_begins(data: bytes, at: int) -> None:
    assert locate_ip(WIFI, data) == at
    assert locate_ip(RADIOTAP, RADIO + data) == (at + len(RADIO) if at >= 0 else at)


def test_a_radio_header_longer_than_the_frame_leaves_nothing() -> None:
    assert locate_ip(RADIOTAP, b"\0\0\xff\xff" + beacon()) == NotIp.SHORT
    assert locate_ip(RADIOTAP, b"\0\0") == NotIp.SHORT


def test_vendor_elements_are_found_among_others() -> None:
    data = beacon(element(b"name", 0), element(b"one"), element(b"", 1), element(b"two"))
    assert [data[a:b] for a, b in vendor_elements(data, 0)] == [b"one", b"two"]
    answered = beacon(element(b"one"), control=0x50, flags=0x80)
    assert [answered[a:b] for a, b in vendor_elements(answered, 0)] == [b"one"]
    assert [*vendor_elements(data[:-1], 0)] == [*vendor_elements(data, 0)][:1]
    for other in (beacon(element(b"x"), control=0x40), beacon(element(b"x"), flags=0x40)):
        assert [*vendor_elements(other, 0)] == []
    assert [*vendor_elements(frame_of(0x88, 1, bytes(20)), 0)] == []


def discovered(*attributes: bytes, flags: int = 0, head: bytes = DISCOVERY) -> bytes:
    return frame_of(0xD0, flags, head + b"".join(attributes))


def attribute(kind: int, body: bytes) -> bytes:
    return bytes((kind,)) + len(body).to_bytes(2, "little") + body


def service(said: bytes, *, control: int = 0x10, before: bytes = b"", name: bytes = ASTM) -> bytes:
    return attribute(3, name + b"\1\0" + bytes((control,)) + before + bytes((len(said),)) + said)


@pytest.mark.parametrize(
    "said",
    [
        service(b"\7" + basic()),
        attribute(0, b"other") + service(b"\7" + basic()),
        service(b"\7" + basic(), control=0x5C, before=b"\1\2" + b"\3abc" + b"\1x"),
        service(b"\7" + b"\xf2\x19\2" + basic() + location(35.5, 139.5)),
    ],
)
def test_remote_id_is_heard_in_neighbour_awareness(said: bytes) -> None:
    for data in (discovered(said), frame_of(0xD0, 0x80, bytes(4) + DISCOVERY + said)):
        (aircraft,) = heard(data).aircraft.values()
        first = aircraft.said["serial_number"]
        assert first.first == SERIAL
        at = first.place.offset - 1000
        assert SERIAL.encode() in data[at : at + first.place.length]


@pytest.mark.parametrize(
    "frame",
    [
        discovered(),
        discovered(service(b"\7" + basic(), name=b"others")),
        discovered(service(b"\7" + basic(), control=0)),
        discovered(service(b"\7" + basic()), flags=0x40),
        discovered(service(b"\7" + basic()), head=b"\4\x09\x50\x6f\x9a\x14"),
        discovered(service(b"\7" + basic())[:38]),
        discovered(attribute(3, ASTM + b"\1\0\x10")),
        discovered(attribute(3, ASTM + b"\1")),
        discovered(attribute(3, ASTM + b"\1\0\x14\xff")),
        frame_of(0xC0, 0, DISCOVERY + service(b"\7" + basic())),
    ],
)
def test_other_discoveries_say_nothing(frame: bytes) -> None:
    assert heard(frame).aircraft == {}


@given(st.binary(max_size=200), st.integers(0, 255))
def test_no_discovery_does_harm(noise: bytes, flags: int) -> None:
    heard(discovered(noise, flags=flags), discovered(attribute(3, ASTM + noise[:60])))


def test_traffic_in_clear_is_read_and_enciphered_traffic_is_told(tmp_path: Path) -> None:
    sent = [RADIO + frame_of(0x08, 0x01, IP + PACKET), RADIO + frame_of(0x08, 0x41, b"c" * 60)]
    findings = analyze(tmp_path, pcap(sent, link=RADIOTAP))
    (flow,) = flows(findings)
    assert (flow.protocol, flow.recipient.address) == ("dns", SERVER)
    assert codes(findings) == ["SEK-P315"]


def test_an_aircraft_is_heard_with_its_operator(tmp_path: Path) -> None:
    first = announced(basic(), location(35.6812362, 139.7671248), system(35.68, 139.76))
    later = announced(basic(), location(35.7, 139.8), system(35.68, 139.76))
    content = pcap([RADIO + beacon(one) for one in (first, later)], link=RADIOTAP)
    findings = analyze(tmp_path, content)
    (seen,) = properties(findings, "remote_id")
    assert seen.value == SERIAL
    assert seen.details == {
        "transmitter": "60:60:1f:0a:0b:0c",
        "messages": "6",
        "serial_number": SERIAL,
        "position": "35.6812362, 139.7671248",
        "last_position": "35.7000000, 139.8000000",
        "operator_position": "35.6800000, 139.7600000",
    }
    assert bytes_at(content, seen) == [
        basic(),
        location(35.6812362, 139.7671248),
        system(35.68, 139.76),
    ]
    assert codes(findings) == []


def test_what_else_it_says_is_kept() -> None:
    one = heard(
        beacon(
            announced(
                basic("JU123456789ABC", 2),
                basic("\x01\x02", 4),
                message(3, b"\0Survey of the dam"),
                message(5, b"\0JP-OP-0042"),
                message(2, b"authentication"),
            )
        )
    ).aircraft["60:60:1f:0a:0b:0c"]
    assert {name: said.first for name, said in one.said.items()} == {
        "registration": "JU123456789ABC",
        "session": "0102",
        "description": "Survey of the dam",
        "operator_id": "JP-OP-0042",
    }
    assert one.messages == 5


def test_a_message_may_come_alone() -> None:
    alone = heard(beacon(element(b"\xfa\x0b\xbc\x0d\x01" + basic())))
    assert alone.aircraft["60:60:1f:0a:0b:0c"].said["serial_number"].first == SERIAL


@pytest.mark.parametrize(
    "content",
    [
        announced(basic(), size=24),
        element(b"\xfa\x0b\xbc\x0e\x07\xf2\x19\x01" + basic()),
        element(b"\xfa\x0b\xbc\x0d\x07\xf2\x19\x01" + basic()[:-1]),
        element(b"\xfa\x0b\xbc\x0d"),
        element(b"\xfa\x0b\xbc\x0d\x07\xf2"),
        announced(basic(""), basic(kind=9), location(0, 0), location(91, 5), system(5, 181)),
    ],
)
def test_what_is_broken_or_unknown_says_nothing(content: bytes) -> None:
    assert not any(one.said for one in heard(beacon(content)).aircraft.values())


def test_text_that_is_none_is_told_by_its_bytes() -> None:
    odd = heard(beacon(announced(basic("caf\xe9"), message(3, b"\0\x1b[31m"))))
    said = odd.aircraft["60:60:1f:0a:0b:0c"].said
    assert said["serial_number"].first == "caf\xe9".encode().hex()
    assert said["description"].first == "1b5b33316d"


def test_radios_beyond_the_cap_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_id, "MAX_AIRCRAFT", 1)
    one, other = beacon(announced(basic())), beacon(announced(basic("OTHER")))
    other = other[:10] + b"\x07" * 6 + other[16:]
    findings = analyze(tmp_path, pcap([one, other, one, other], link=WIFI))
    (seen,) = properties(findings, "remote_id")
    assert (seen.value, seen.details["messages"]) == (SERIAL, "2")
    assert "SEK-P326" in [told.code for told in findings.coverage[0].unseen]


@given(st.binary(max_size=200), st.sampled_from((WIFI, RADIOTAP)))
def test_no_bytes_do_harm(data: bytes, link: int) -> None:
    for whole in (data, beacon(data), beacon(element(b"\xfa\x0b\xbc\x0d" + data[:200]))):
        locate_ip(link, whole)
        heard(whole, link=link)
