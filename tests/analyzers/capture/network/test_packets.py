from __future__ import annotations

import struct

import pytest

from sekisho.analyzers.capture.network.links import NotIp
from sekisho.analyzers.capture.network.packets import Inside, Packet, Unread
from tests.analyzers.capture.build import ethernet, ip, locate_ip, read_packet, tcp, udp

V4 = ip("10.0.0.1", "10.0.0.2", 17, struct.pack(">HHHH", 1, 2, 8, 0))
V6 = ip("fe80::1", "fe80::2", 17, struct.pack(">HHHH", 1, 2, 8, 0))
PPP_V4 = b"\x00\x21" + V4


@pytest.mark.parametrize(
    ("link", "frame", "at"),
    [
        (1, ethernet(V4), 14),
        (1, ethernet(V6, 0x86DD), 14),
        (1, ethernet(b"\0\1\x08\0" + V4, 0x8100), 18),
        (1, ethernet(b"\0\1\x81\0\0\2\x86\xdd" + V6, 0x88A8), 22),
        (1, ethernet(b"\x11\0\0\1\0\x20" + PPP_V4, 0x8864), 22),
        (1, ethernet(b"\0\1\0\xff\0\1\1\xff" + V4, 0x8847), 22),
        (1, ethernet(b"\xaa\xaa\3\0\0\0\x08\0" + V4, 60), 22),
        (0, b"\2\0\0\0" + V4, 4),
        (108, b"\0\0\0\x1e" + V6, 4),
        (9, b"\xff\3" + PPP_V4, 4),
        (9, PPP_V4, 2),
        *((link, V4, 0) for link in (12, 14, 101, 228)),
        (229, V6, 0),
        (113, b"\0" * 14 + b"\x08\0" + V4, 16),
        (276, b"\x86\xdd" + b"\0" * 18 + V6, 20),
    ],
)
def test_the_ip_header_is_found_behind_each_link_header(link: int, frame: bytes, at: int) -> None:
    assert locate_ip(link, frame) == at
    packet = read_packet(frame, at, len(frame))
    assert isinstance(packet, Packet)
    assert (packet.source_port, packet.to_port, packet.length) == (1, 2, 0)


@pytest.mark.parametrize(
    ("link", "frame", "why"),
    [
        (147, V4, NotIp.LINK_TYPE),
        (1, b"short", NotIp.SHORT),
        (113, b"short", NotIp.SHORT),
        (276, b"short", NotIp.SHORT),
        (0, b"\2\0\0\0", NotIp.SHORT),
        (101, b"\x20" + V4[1:], NotIp.NETWORK),
        (1, ethernet(b"\0" * 28, 0x0806), NotIp.LINK_ONLY),
        (1, ethernet(b"\0" * 28, 0x88CC), NotIp.LINK_ONLY),
        (1, ethernet(b"\x42\x42\3" + b"\0" * 35, 38), NotIp.LINK_ONLY),
        (1, ethernet(b"\xaa\xaa\3\0\0\0\x20\0" + b"\0" * 20, 40), NotIp.LINK_ONLY),
        (1, ethernet(b"\x11\0\0\1\0\x20\xc0\x21" + b"\0" * 8, 0x8864), NotIp.LINK_ONLY),
        (1, ethernet(b"\0" * 20, 0x1234), NotIp.NETWORK),
        (1, ethernet(b"\0\1\x81\0" * 12, 0x8100), NotIp.NETWORK),
        (1, ethernet(b"\0\1\0\xff", 0x8847), NotIp.SHORT),
        (1, ethernet(b"\0\1\0\xff" * 9, 0x8847), NotIp.NETWORK),
    ],
)
def test_frames_without_ip_say_why(link: int, frame: bytes, why: NotIp) -> None:
    assert locate_ip(link, frame) == why


def read(frame: bytes, original: int = 0) -> Packet | Unread:
    return read_packet(frame, 14, original or len(frame))


def payload(frame: bytes) -> bytes:
    packet = read(frame)
    assert isinstance(packet, Packet)
    return frame[packet.start : packet.end]


def test_payload_ends_where_ip_says_not_where_the_frame_is_padded() -> None:
    assert payload(udp("10.0.0.1", 1, "10.0.0.2", 2, b"hi") + b"\0" * 16) == b"hi"
    assert payload(tcp("10.0.0.1", 1, "10.0.0.2", 2, b"hi") + b"\0" * 4) == b"hi"
    assert payload(tcp("fe80::1", 1, "fe80::2", 2, b"hi") + b"\0" * 4) == b"hi"


def test_a_total_length_of_zero_means_the_whole_frame() -> None:
    frame = bytearray(tcp("10.0.0.1", 1, "10.0.0.2", 2, b"offloaded"))
    frame[16:18] = b"\0\0"
    assert payload(bytes(frame)) == b"offloaded"
    v6 = bytearray(tcp("fe80::1", 1, "fe80::2", 2, b"offloaded"))
    v6[18:20] = b"\0\0"
    assert payload(bytes(v6)) == b"offloaded"


def test_what_the_capture_cut_off_counts_in_the_length() -> None:
    frame = tcp("10.0.0.1", 1, "10.0.0.2", 2, b"0123456789")
    packet = read(frame[:-4], len(frame))
    assert isinstance(packet, Packet)
    assert (packet.end - packet.start, packet.length) == (6, 10)


def test_sequence_and_flags_are_tcp_s() -> None:
    packet = read(tcp("10.0.0.1", 1, "10.0.0.2", 2, seq=77, flags=0x12))
    assert isinstance(packet, Packet)
    assert (packet.sequence, packet.flags) == (77, 0x12)


def test_ip_inside_ip_is_seen() -> None:
    inner = ip("10.1.0.1", "10.1.0.2", 17, struct.pack(">HHHH", 5, 6, 10, 0) + b"in")
    for outer in (ip("10.0.0.1", "10.0.0.2", 4, inner), ip("10.0.0.1", "10.0.0.2", 41, inner)):
        packet = read(ethernet(outer))
        assert isinstance(packet, Packet)
        assert (packet.inside, packet.inner_at) == (Inside.IP, 34)


def test_extension_headers_are_passed() -> None:
    transport = struct.pack(">HHHH", 5, 6, 10, 0) + b"in"
    body = b"\x3c\0" + b"\0" * 6 + b"\x33\0" + b"\0" * 6 + b"\x11\1" + b"\0" * 10 + transport
    packet = read(ethernet(ip("fe80::1", "fe80::2", 0, body), 0x86DD))
    assert isinstance(packet, Packet)
    assert (packet.source_port, packet.length) == (5, 2)


def test_only_the_first_fragment_is_read() -> None:
    transport = struct.pack(">HHHH", 5, 6, 100, 0) + b"in"
    first = read(ethernet(ip("10.0.0.1", "10.0.0.2", 17, transport, fragment=0x2000)))
    assert isinstance(first, Packet)
    assert (first.fragmented, first.length) == (True, 2)
    later = ip("10.0.0.1", "10.0.0.2", 17, transport, fragment=0x0010)
    assert read(ethernet(later)) is Unread.FRAGMENT
    head = b"\x11\0\0\x01\0\0\0\1"
    first_v6 = read(ethernet(ip("fe80::1", "fe80::2", 44, head + transport), 0x86DD))
    assert isinstance(first_v6, Packet)
    assert first_v6.fragmented
    head = b"\x11\0\0\x10\0\0\0\1"
    assert read(ethernet(ip("fe80::1", "fe80::2", 44, head + transport), 0x86DD)) is Unread.FRAGMENT


def test_other_protocols_keep_their_number_and_body() -> None:
    packet = read(ethernet(ip("10.0.0.1", "10.0.0.2", 47, b"body")))
    assert isinstance(packet, Packet)
    assert (packet.protocol, packet.source_port, packet.length) == (47, 0, 4)


def extension_chain(count: int) -> bytes:
    return ip("fe80::1", "fe80::2", 60, b"\x3c\0\0\0\0\0\0\0" * count)


@pytest.mark.parametrize(
    ("packet", "why"),
    [
        (b"", Unread.SHORT),
        (b"\x50" + b"\0" * 30, Unread.MALFORMED),
        (V4[:12], Unread.SHORT),
        (V6[:30], Unread.SHORT),
        (b"\x44" + V4[1:], Unread.MALFORMED),
        (V4[:2] + b"\0\x05" + V4[4:], Unread.MALFORMED),
        (ip("10.0.0.1", "10.0.0.2", 6, b"\0" * 10), Unread.SHORT),
        (ip("10.0.0.1", "10.0.0.2", 17, b"\0" * 4), Unread.SHORT),
        (ip("10.0.0.1", "10.0.0.2", 6, b"\0" * 10) + b"\0" * 40, Unread.MALFORMED),
        (ip("10.0.0.1", "10.0.0.2", 17, b"\0" * 4) + b"\0" * 40, Unread.MALFORMED),
        (ip("10.0.0.1", "10.0.0.2", 6, b"\0" * 12 + b"\x20\0" + b"\0" * 6), Unread.MALFORMED),
        (ip("10.0.0.1", "10.0.0.2", 6, b"\0" * 12 + b"\xf0\0" + b"\0" * 6), Unread.MALFORMED),
        (ip("fe80::1", "fe80::2", 60, b"\x3c\0"), Unread.SHORT),
        (extension_chain(20), Unread.MALFORMED),
    ],
)
def test_broken_packets_say_why(packet: bytes, why: Unread) -> None:
    assert read(ethernet(packet)) is why
