"""Frames as they stand on the wire, and the capture file they are kept in.

Ethernet II, ARP (RFC 826), IPv4 (RFC 791), UDP (RFC 768) and TCP (RFC 9293) with correct
checksums; pcapng with one section and one interface (draft-ietf-opsawg-pcapng).
"""

from __future__ import annotations

import hashlib
import ipaddress
import struct
from dataclasses import dataclass

MAX_SEGMENT = 1400
SYN, ACK, PSH, FIN = 0x02, 0x10, 0x08, 0x01
MILLISECOND = 1_000_000
SECOND = 1_000_000_000


def noise(label: str, length: int) -> bytes:
    """Bytes that look random and are the same in every build."""
    blocks = (length + 31) // 32
    stream = b"".join(hashlib.sha256(f"{label}/{i}".encode()).digest() for i in range(blocks))
    return stream[:length]


@dataclass(frozen=True)
class Station:
    """A machine on the captured network."""

    mac: str
    address: str

    @property
    def mac_bytes(self) -> bytes:
        return bytes.fromhex(self.mac.replace(":", ""))

    @property
    def address_bytes(self) -> bytes:
        return ipaddress.IPv4Address(self.address).packed


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def arp(source: Station, target: Station, *, reply: bool) -> bytes:
    """A question for, or an answer with, a hardware address."""
    destination = target.mac_bytes if reply else b"\xff" * 6
    asked = target.mac_bytes if reply else b"\0" * 6
    body = struct.pack(">HHBBH", 1, 0x0800, 6, 4, 2 if reply else 1)
    body += source.mac_bytes + source.address_bytes + asked + target.address_bytes
    return destination + source.mac_bytes + b"\x08\x06" + body.ljust(46, b"\0")


class Capture:
    """Frames with their times, written as pcapng."""

    def __init__(self, started_ns: int) -> None:
        self.started_ns = started_ns
        self._frames: list[tuple[int, bytes]] = []
        self._identification = 0x1A2B

    def add(self, at_ns: int, frame: bytes) -> None:
        """Keep a frame seen `at_ns` after the start."""
        self._frames.append((self.started_ns + at_ns, frame))

    def add_ipv4(self, at_ns: int, source: Station, to: Station, kind: int, body: bytes) -> None:
        """Wrap a transport unit (protocol number `kind`) in IPv4 and Ethernet, and keep it."""
        self._identification = (self._identification + 1) & 0xFFFF
        head = struct.pack(
            ">BBHHHBBH", 0x45, 0, 20 + len(body), self._identification, 0x4000, 64, kind, 0
        )
        head += source.address_bytes + to.address_bytes
        head = head[:10] + struct.pack(">H", checksum(head)) + head[12:]
        self.add(at_ns, to.mac_bytes + source.mac_bytes + b"\x08\x00" + head + body)

    def add_udp(
        self, at_ns: int, source: Station, to: Station, *, ports: tuple[int, int], data: bytes
    ) -> None:
        """Keep a UDP datagram."""
        length = 8 + len(data)
        pseudo = source.address_bytes + to.address_bytes + struct.pack(">BBH", 0, 17, length)
        head = struct.pack(">HHHH", *ports, length, 0)
        total = checksum(pseudo + head + data) or 0xFFFF
        self.add_ipv4(at_ns, source, to, 17, head[:6] + struct.pack(">H", total) + data)

    def pcapng(self) -> bytes:
        """The file: section header, interface, and the frames in order of time."""
        out = [_block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))]
        resolution = struct.pack("<HHB3xHH", 9, 1, 9, 0, 0)
        out.append(_block(1, struct.pack("<HHI", 1, 0, 262_144) + resolution))
        for at, frame in sorted(self._frames, key=lambda item: item[0]):
            size = len(frame)
            head = struct.pack("<IIIII", 0, at >> 32, at & 0xFFFFFFFF, size, size)
            out.append(_block(6, head + frame + b"\0" * (-size % 4)))
        return b"".join(out)


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + length + body + length


class Conversation:
    """One TCP connection: opened, written to by both ends, closed."""

    def __init__(
        self, capture: Capture, client: Station, port: int, server: Station, to_port: int
    ) -> None:
        self._capture = capture
        self._ends = (client, server)
        self._ports = (port, to_port)
        label = f"{client.address}:{port}-{server.address}:{to_port}"
        seeds = noise(label, 8)
        self._next = [int.from_bytes(seeds[:4], "big"), int.from_bytes(seeds[4:], "big")]

    def open(self, at_ns: int) -> int:
        """Shake hands; the time afterwards."""
        self._segment(at_ns, 0, SYN)
        self._segment(at_ns + 18 * MILLISECOND, 1, SYN | ACK)
        self._segment(at_ns + 19 * MILLISECOND, 0, ACK)
        return at_ns + 20 * MILLISECOND

    def say(self, at_ns: int, data: bytes) -> int:
        """The client sends; the time after the acknowledgement."""
        return self._send(at_ns, 0, data)

    def answer(self, at_ns: int, data: bytes) -> int:
        """The server sends; the time after the acknowledgement."""
        return self._send(at_ns, 1, data)

    def close(self, at_ns: int) -> int:
        """Both ends finish; the time afterwards."""
        self._segment(at_ns, 0, FIN | ACK)
        self._segment(at_ns + 18 * MILLISECOND, 1, FIN | ACK)
        self._segment(at_ns + 19 * MILLISECOND, 0, ACK)
        return at_ns + 20 * MILLISECOND

    def _send(self, at_ns: int, end: int, data: bytes) -> int:
        for start in range(0, len(data), MAX_SEGMENT):
            self._segment(at_ns, end, PSH | ACK, data[start : start + MAX_SEGMENT])
            at_ns += MILLISECOND
        self._segment(at_ns + 17 * MILLISECOND, 1 - end, ACK)
        return at_ns + 18 * MILLISECOND

    def _segment(self, at_ns: int, end: int, flags: int, data: bytes = b"") -> None:
        source, to = self._ends[end], self._ends[1 - end]
        acknowledged = self._next[1 - end] if flags & ACK else 0
        options = struct.pack(">BBHBBBB", 2, 4, 1460, 1, 1, 4, 2) if flags & SYN else b""
        head = struct.pack(
            ">HHIIBBHHH",
            self._ports[end],
            self._ports[1 - end],
            self._next[end],
            acknowledged,
            (20 + len(options)) << 2,
            flags,
            64240,
            0,
            0,
        )
        unit = head + options + data
        pseudo = source.address_bytes + to.address_bytes + struct.pack(">BBH", 0, 6, len(unit))
        total = struct.pack(">H", checksum(pseudo + unit))
        self._capture.add_ipv4(at_ns, source, to, 6, unit[:16] + total + unit[18:])
        counted = len(data) + (1 if flags & (SYN | FIN) else 0)
        self._next[end] = (self._next[end] + counted) & 0xFFFFFFFF
