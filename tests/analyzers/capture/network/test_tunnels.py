"""Tunnels are opened, and their own ends are recipients, too."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tests.analyzers.capture.build import (
    PHONE,
    SERVER,
    analyze,
    codes,
    ethernet,
    flows,
    ip,
    pcap,
    udp,
)

NEAR, FAR = "10.0.0.1", "198.51.100.9"
INSIDE = ip(PHONE, SERVER, 17, struct.pack(">HHHH", 5000, 7000, 13, 0) + b"hello")
INSIDE_6 = ip("fe80::1", "2600::2", 17, struct.pack(">HHHH", 5000, 7000, 13, 0) + b"hello")
FRAME = ethernet(INSIDE)
WIFI = b"\x08\x01" + b"\0" * 22 + b"\xaa\xaa\3\0\0\0\x08\0" + INSIDE
SWAPPED = b"\x01\x08" + WIFI[2:]
NATIVE = 4 << 19 | 1 << 8


def gre(kind: int, inside: bytes, flags: int = 0, optional: bytes = b"") -> bytes:
    return ethernet(ip(NEAR, FAR, 47, struct.pack(">HH", flags, kind) + optional + inside))


def capwap(inside: bytes, header: int) -> bytes:
    return udp(NEAR, 40000, FAR, 5247, struct.pack(">I", header) + b"\0" * 12 + inside)


@pytest.mark.parametrize(
    ("frame", "tunnel"),
    [
        (ethernet(ip(NEAR, FAR, 4, INSIDE)), "ip-in-ip"),
        (ethernet(ip(NEAR, FAR, 41, INSIDE_6)), "ip-in-ip"),
        (gre(0x0800, INSIDE), "gre"),
        (gre(0x86DD, INSIDE_6, 0xB000, b"\0" * 12), "gre"),
        (gre(0x6558, FRAME, 0x2000, b"key!"), "gre"),
        (gre(0x880B, b"\xff\3\0\x21" + INSIDE, 0x3081, b"\0\0\0\0" + b"\0" * 8), "gre"),
        (udp(NEAR, 2152, FAR, 2152, b"\x30\xff\0\0\0\0\0\1" + INSIDE), "gtp-u"),
        (udp(NEAR, 2152, FAR, 2152, b"\x34\xff\0\0\0\0\0\1\0\0\0\x85\1\0\0\0" + INSIDE), "gtp-u"),
        (udp(NEAR, 4000, FAR, 4789, b"\x08\0\0\0\0\0\x2a\0" + FRAME), "vxlan"),
        (udp(NEAR, 4000, FAR, 6081, b"\1\0\x65\x58\0\0\x2a\0optn" + FRAME), "geneve"),
        (capwap(WIFI, NATIVE), "capwap"),
        (capwap(SWAPPED, NATIVE), "capwap"),
        (capwap(FRAME, 4 << 19), "capwap"),
    ],
)
def test_what_a_tunnel_carries_is_read(tmp_path: Path, frame: bytes, tunnel: str) -> None:
    findings = analyze(tmp_path, pcap([frame]))
    outer, inner = flows(findings)
    assert (outer.protocol, outer.recipient.address) == (tunnel, FAR)
    assert (inner.protocol, inner.recipient.port, inner.volume.sent) == ("udp/7000", 7000, 5)
    assert inner.recipient.address in (SERVER, "2600::2")
    assert codes(findings) == []


@pytest.mark.parametrize(
    "frame",
    [
        udp(NEAR, 4000, FAR, 4789, b"\0" * 8 + FRAME),
        udp(NEAR, 4000, FAR, 6081, b"\1\0\x08\0\0\0\x2a\0" + INSIDE),
        udp(NEAR, 2152, FAR, 2152, b"\x30\x01\0\0\0\0\0\1" + INSIDE),
        capwap(WIFI, NATIVE | 1 << 7),
        capwap(WIFI, NATIVE | 1 << 24),
        gre(0x1234, INSIDE),
        gre(0x0800, b"", 0x0002),
    ],
)
def test_what_is_no_such_tunnel_is_one_flow(tmp_path: Path, frame: bytes) -> None:
    assert len(flows(analyze(tmp_path, pcap([frame])))) == 1


@pytest.mark.parametrize("cut", range(1, 60))
def test_a_tunnel_cut_short_is_told(tmp_path: Path, cut: int) -> None:
    whole = udp(NEAR, 4000, FAR, 4789, b"\x08\0\0\0\0\0\x2a\0" + FRAME)
    findings = analyze(tmp_path, pcap([whole], snap=len(whole) - cut))
    assert findings.coverage[0].measures["truncated_frames"] == 1
    assert set(codes(findings)) & {"SEK-P305", "SEK-P309"}


def test_endless_tunnels_are_given_up_and_told(tmp_path: Path) -> None:
    packet = INSIDE
    for _ in range(30):
        packet = ip(NEAR, FAR, 4, packet)
    findings = analyze(tmp_path, pcap([ethernet(packet)]))
    assert codes(findings) == ["SEK-P309"]


def test_equal_addresses_in_different_networks_are_different_conversations(tmp_path: Path) -> None:
    frames = [
        udp(NEAR, 4000, FAR, 4789, struct.pack(">II", 0x08000000, network << 8) + FRAME)
        for network in (1, 2, 2)
    ]
    frames += [ethernet(struct.pack(">HH", lan, 0x0800) + INSIDE, 0x8100) for lan in (7, 7, 9)]
    inner = flows(analyze(tmp_path, pcap(frames)))[1]
    assert (inner.connections, inner.volume.packets) == (4, 6)
