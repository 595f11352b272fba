"""RTP and RTCP: streams of another program and made here, and what only resembles them."""

from __future__ import annotations

import struct
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.protocols.rtp import (
    ENOUGH_IN_ORDER,
    MAX_SOURCES,
    Header,
    RtpSource,
    RtpStream,
    is_rtcp,
    read_header,
    read_rtcp,
)
from sekisho.model.flow import DataCategory

# The first bytes of packets made by FFmpeg 8; the first of each is whole.
AVC = [
    bytes.fromhex(
        "806009cc4a293bbd0fa843071800156742c00ada109a10000003001000000303c8f1226a000468ce0fc8"
    ),
    *map(
        bytes.fromhex,
        (
            "806009cd4a293bbd0fa843071c8605ffff42dc45",
            "806009ce4a293bbd0fa843071c06206d69786564",
            "806009cf4a293bbd0fa843071c467261696e6564",
            "806009d04a293bbd0fa843077c8588843a0c6000",
            "806009d14a293bbd0fa843077c059498ff9be8bb",
            "806009d24a293bbd0fa843077c0559a00e8da8b5",
            "806009d34a293bbd0fa843077c05aae584b33dbd",
            "806009d44a293bbd0fa843077c05ae1afed00168",
            "806009d54a293bbd0fa843077c052a11dd7bdb42",
            "806009d64a293bbd0fa843077c05d6190cf41970",
            "806009d74a293bbd0fa843077c05a63cbce6904f",
            "806009d84a293bbd0fa843077c05120025384219",
            "806009d94a293bbd0fa843077c05e4d04f982fc9",
            "806009da4a293bbd0fa843077c0553fe683805de",
            "806009db4a293bbd0fa843077c05410ba98e5692",
            "806009dc4a293bbd0fa843077c050187246d6714",
            "806009dd4a293bbd0fa843077c05e25cb9b4001f",
            "806009de4a293bbd0fa843077c051244fe6aff35",
            "806009df4a293bbd0fa843077c058468121614a8",
            "806009e04a293bbd0fa843077c0584be5c27486f",
            "806009e14a293bbd0fa843077c056036f04fee8d",
            "80e009e24a293bbd0fa843077c4558c682693da7",
            "806009e34a2947750fa843075c819a2052877000",
            "806009e44a2947750fa843075c01eb6a5ffaea06",
            "806009e54a2947750fa843075c01161aa272d7fc",
            "806009e64a2947750fa843075c01e97ff571435a",
            "806009e74a2947750fa843075c0107470051bb2a",
        ),
    ),
]
HEVC = [
    bytes.fromhex(
        "806000bf97a5229f26dd54226001001840010c01ffff01600000030090000003000003001eba02400027"
        "42010101600000030090000003000003001ea020810596e92930b9a020000003002000000303c1000644"
        "01c073c089"
    ),
    *map(
        bytes.fromhex,
        (
            "806000c097a5229f26dd54226201a705ffffffff",
            "806000c197a5229f26dd54226201273131313033",
            "806000c297a5229f26dd5422620127666f726d61",
            "806000c397a5229f26dd54226201276168656164",
            "806000c497a5229f26dd54226201272d7373696d",
            "806000c597a5229f26dd54226201276f2d776569",
            "806000c697a5229f26dd54226201273d302e3030",
            "806000c797a5229f26dd5422620127632d677261",
            "806000c897a5229f26dd5422620127696e666f20",
            "806000c997a5229f26dd54226201272d72657573",
            "806000ca97a5229f26dd5422620127732d747970",
            "806000cb97a5229f26dd54226201673d30206e6f",
            "806000cc97a5229f26dd5422620194ac218024ea",
            "806000cd97a5229f26dd5422620114a520647445",
        ),
    ),
]
SOUND = [
    bytes.fromhex(
        "800004f31748641e6f9ddde8a7b4d4b82c26633f3ec550d242ac374dcbcb2f5333403b221f39a82f3d30"
        "57dbbf3538b0394bd74e3851b34adfbd3c567d434747f6a53971c69dbe434d6bb0b9296eb743bfb3b528"
        "3e44bf363e"
    ),
    *map(
        bytes.fromhex,
        (
            "800004f4174864ee6f9ddde8c9f2323bc067b9b0",
            "800004f5174865be6f9ddde8ba50ec3046b46d52",
            "800004f61748668e6f9ddde82c2babe9b9abea3a",
            "800004f71748675e6f9ddde83e3ab95e533c32c0",
            "800004f8174867de6f9ddde8bfb0bbb6b741b79f",
            "800004f9174868ae6f9ddde8493db3b2c637dd2a",
            "800004fa1748697e6f9ddde8c9b3c2baa9fb7d38",
            "800004fb17486a4e6f9ddde857335b51423ed0e3",
            "800004fc17486b1e6f9ddde8cbd74b4a7dbb4641",
        ),
    ),
]


def packet(
    sequence: int,
    payload: bytes = b"payload",
    *,
    kind: int = 96,
    timestamp: int = 0,
    source: int = 7,
    first: int = 0x80,
) -> bytes:
    return struct.pack(">BBHII", first, kind, sequence & 0xFFFF, timestamp, source) + payload


def stream_of(packets: Iterable[bytes]) -> RtpStream:
    stream = RtpStream()
    for data in packets:
        stream.take(data)
    return stream


def source_of(packets: Iterable[bytes]) -> RtpSource:
    (source,) = stream_of(packets).sources
    return source


def description(*items: tuple[int, bytes], source: int = 7) -> bytes:
    chunk = struct.pack(">I", source)
    chunk += b"".join(bytes((kind, len(value))) + value for kind, value in items)
    chunk += bytes(4 - len(chunk) % 4)
    return struct.pack(">BBH", 0x81, 202, len(chunk) // 4) + chunk


REPORT = struct.pack(">BBHI", 0x80, 201, 1, 7)
SENDER = struct.pack(">BBHI", 0x80, 200, 6, 7) + bytes(20)


@pytest.mark.parametrize(
    ("packets", "media", "category"),
    [
        (AVC, "h264", DataCategory.IMAGERY),
        (HEVC, "h265", DataCategory.IMAGERY),
        (SOUND, "audio", None),
    ],
)
def test_what_another_program_sends_is_told(
    packets: list[bytes], media: str, category: DataCategory | None
) -> None:
    source = source_of(packets)
    assert (source.media, source.category) == (media, category)
    assert source.packets == source.in_order == len(packets)


def test_a_header_tells_where_the_payload_stands() -> None:
    assert read_header(packet(9, b"abc", timestamp=5)) == Header(
        payload_type=96,
        marker=False,
        sequence=9,
        timestamp=5,
        source=7,
        payload_at=12,
        payload_end=15,
    )
    full = packet(
        9, b"csrc" * 2 + b"\xbe\xde\0\1" + b"ext." + b"abc" + b"\0\0\3", first=0xB2, kind=0xE0
    )
    header = read_header(full)
    assert header is not None
    assert header.marker
    assert full[header.payload_at : header.payload_end] == b"abc"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        packet(1)[:11],
        packet(1, first=0x40),
        packet(1, first=0x8F),
        packet(1, b"", first=0x90),
        packet(1, b"\0\0\0\1", first=0x90),
        packet(1, b"abc\0", first=0xA0),
        packet(1, b"abc\5", first=0xA0),
        SENDER,
        REPORT + b"abcd",
    ],
)
def test_what_is_no_packet_has_no_header(data: bytes) -> None:
    assert read_header(data) is None


def test_enough_packets_in_order_are_needed() -> None:
    packets = [packet(65530 + i) for i in range(ENOUGH_IN_ORDER)]
    assert not stream_of(packets[:-1]).is_rtp
    assert stream_of(packets).is_rtp
    assert not stream_of(packet(1) for _ in range(50)).is_rtp
    assert not stream_of(packet(7 * i) for i in range(50)).is_rtp
    assert not stream_of(packet(i, source=i) for i in range(50)).is_rtp
    assert not stream_of(packet(i, kind=96 + i % 32) for i in range(50)).is_rtp


def test_some_loss_and_disorder_do_not_hide_a_stream() -> None:
    order = [i for i in range(60) if i % 9]
    order[20], order[21] = order[21], order[20]
    assert stream_of(packet(i) for i in order).is_rtp


def test_sound_and_video_may_share_a_port() -> None:
    mixed = [data for pair in zip(AVC, SOUND, strict=False) for data in (*pair, REPORT)]
    assert [source.media for source in stream_of(mixed).sources] == ["h264", "audio"]


def test_no_more_than_some_sources_are_followed() -> None:
    stream = stream_of(packet(1, source=i) for i in range(MAX_SOURCES))
    assert stream.take(packet(2, source=0)) is not None
    assert stream.take(packet(1, source=99)) is None


def test_sound_is_told_by_its_clock() -> None:
    steps = [packet(i, b"\xfcsound", kind=111, timestamp=960 * i) for i in range(20)]
    assert source_of(steps).media == "audio"
    video = [packet(i, b"\xfcvideo", kind=97, timestamp=3000 * i) for i in range(20)]
    assert source_of(video).media == "unknown"


@pytest.mark.parametrize(
    ("kind", "media"), [(0, "audio"), (26, "jpeg"), (33, "mpeg_ts"), (96, "unknown")]
)
def test_payload_types_may_be_fixed(kind: int, media: str) -> None:
    assert source_of(packet(i, b"\xff\xff\xff", kind=kind) for i in range(10)).media == media


def test_what_is_encrypted_cannot_be_told() -> None:
    """Bytes as random as those of a cipher."""
    value, packets = 1, []
    for i in range(400):
        value = value * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
        packets.append(packet(i, value.to_bytes(8, "big"), timestamp=3000 * i))
    assert source_of(packets).media == "unknown"


@pytest.mark.parametrize(
    ("payload", "media"),
    [
        (b"\x67\x42\x00\x1e", "h264"),
        (b"\x67\x43\x00\x1e", "unknown"),
        (b"\x78\x00\x02\x67\x42\x00\x01\x68", "h264"),
        (b"\x78\x00\x03\x67\x42\x00\x01\x68", "unknown"),
        (b"\x78\x00\x00\x00\x00", "unknown"),
        (b"\x7c\x85\x88", "h264"),
        (b"\x7c\xa5\x88", "unknown"),
        (b"\x7c\xc5\x88", "unknown"),
        (b"\x7c\x05\x88", "unknown"),
        (b"\x41\x9a", "unknown"),
        (b"\x40\x01\x0c", "h265"),
        (b"\x42\x01\x0c", "h265"),
        (b"\x44\x01\x0c", "h265"),
        (b"\x46\x01\x0c", "unknown"),
        (b"\x62\x01\x93", "h265"),
        (b"\x62\x01\xd3", "unknown"),
        (b"\x62\x01", "unknown"),
        (b"\x62\x00\x93", "unknown"),
        (b"\x62\x09\x93", "unknown"),
        (b"\x60\x01\x00\x02\x40\x01", "h265"),
        (b"\x60\x01\x00\x01\x40", "unknown"),
        (b"\x02\x01", "unknown"),
        (b"\xe7\x42", "unknown"),
        (b"\x67", "unknown"),
        (b"", "unknown"),
    ],
)
def test_the_kinds_of_units_tell_the_codec(payload: bytes, media: str) -> None:
    assert source_of(packet(i, payload, timestamp=9000 * i) for i in range(10)).media == media


def test_names_in_descriptions_are_told() -> None:
    items = ((1, b"pilot@192.168.1.5"), (2, b"Taro"), (5, b"35.68,139.76"), (6, b"gst"), (8, b"x"))
    data = SENDER + description(*items)
    assert is_rtcp(data)
    assert is_rtcp(bytearray(data))
    said = read_rtcp(data)
    assert [(thing.name, thing.value, thing.category) for thing in said] == [
        ("cname", "pilot@192.168.1.5", DataCategory.DEVICE_IDENTIFIER),
        ("name", "Taro", DataCategory.PERSON_IDENTIFIER),
        ("location", "35.68,139.76", DataCategory.POSITION),
        ("software", "gst", None),
    ]
    for thing in said:
        assert data[thing.start : thing.start + thing.length].decode() == thing.value


def test_reports_must_be_long_enough_for_their_blocks() -> None:
    for kind, head in ((200, 28), (201, 8)):
        for blocks in range(3):
            size = head + 24 * blocks
            whole = struct.pack(">BBH", 0x80 | blocks, kind, size // 4 - 1) + bytes(size - 4)
            assert is_rtcp(whole)
            assert not is_rtcp(bytes((whole[0] + 1,)) + whole[1:])


def test_several_sources_may_be_described() -> None:
    one, other = description((1, b"abc"))[4:], description((1, b"wxyz1"))[4:]
    both = struct.pack(">BBH", 0x82, 202, (len(one) + len(other)) // 4) + one + other
    assert [thing.value for thing in read_rtcp(REPORT + both)] == ["abc", "wxyz1"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        description((1, b"alone")),
        REPORT + b"\x80",
        REPORT[:-1],
        b"\x40" + REPORT[1:],
        b"\x81" + REPORT[1:],
        b"\x81" + SENDER[1:],
        REPORT + struct.pack(">BBH", 0x80, 199, 0),
        SENDER + description((1, b"abc"))[:-4],
    ],
)
def test_what_is_not_whole_reports_is_none(data: bytes) -> None:
    assert not is_rtcp(data)
    assert read_rtcp(data) == []


def test_an_item_longer_than_its_packet_ends_the_reading() -> None:
    broken = bytearray(REPORT + description((1, b"abc"), (2, b"defg")))
    broken[broken.index(b"defg") - 1] = 200
    assert [thing.value for thing in read_rtcp(bytes(broken))] == ["abc"]


def test_cut_or_changed_it_does_no_harm() -> None:
    data = SENDER + description((1, b"pilot@host"), (6, b"gst"))
    for cut in range(len(data)):
        read_rtcp(data[:cut])
        read_header(AVC[0][:cut])
    for at in range(len(data)):
        for mask in (0x01, 0x40, 0xFF):
            changed = bytearray(data)
            changed[at] ^= mask
            read_rtcp(bytes(changed))


@given(st.lists(st.binary(max_size=40), max_size=12), st.binary(max_size=60))
def test_no_bytes_do_harm(payloads: list[bytes], noise: bytes) -> None:
    stream = RtpStream()
    for i, payload in enumerate(payloads):
        stream.take(payload)
        stream.take(packet(i, payload, first=0x80 | noise[0] & 0x3F if noise else 0x80))
    for source in stream.sources:
        assert source.media
    for data in (noise, REPORT + noise, REPORT + description((1, noise))):
        for thing in read_rtcp(data):
            assert thing.start + thing.length <= len(data)
            assert thing.value.isprintable()
