"""From the network layer to the payload: IPv4, IPv6, TCP and UDP headers.

References: RFC 791, RFC 8200, RFC 9293, RFC 768, RFC 2003 and RFC 4213 (IP inside IP).
Checksums are not held against a packet: network cards fill them in after the capture.
"""

from __future__ import annotations

from enum import IntEnum
from struct import Struct
from typing import NamedTuple

ICMP, IGMP, IP_IN_IP, TCP, UDP, IPV6_IN_IP, ESP, ICMPV6 = 1, 2, 4, 6, 17, 41, 50, 58
_FRAGMENT, _AUTHENTICATION, _NO_NEXT = 44, 51, 59
_EXTENSIONS = frozenset((0, 43, 60, 135, 139, 140))
_MAX_HEADERS = 12

SYN, ACK = 0x02, 0x10

_V4 = Struct(">xxHxxHxB").unpack_from
_V6 = Struct(">4xHB").unpack_from
_TCP = Struct(">HHI4xBB").unpack_from
_UDP = Struct(">HHH").unpack_from


class Packet(NamedTuple):
    """One IP packet down to its payload.

    `source` and `to` are packed addresses (4 or 16 bytes); the payload is `start` to `end` of the
    frame, and was `length` bytes long on the wire. `sequence` and `flags` are TCP's, else 0.
    `fragmented` is true for the first fragment of several: its payload goes on elsewhere.
    """

    protocol: int
    source: bytes
    to: bytes
    source_port: int
    to_port: int
    start: int
    end: int
    length: int
    sequence: int = 0
    flags: int = 0
    fragmented: bool = False


class Unread(IntEnum):
    """Why an IP packet was not read down to its payload."""

    FRAGMENT = 1
    SHORT = 2
    MALFORMED = 3


class _Network(NamedTuple):
    """An IP header: what follows it, from where to where on the wire."""

    protocol: int
    source: bytes
    to: bytes
    start: int
    end: int
    fragmented: bool


def read_packet(data: bytes, at: int, original: int) -> Packet | Unread:
    """Read the packet whose IP header begins at `at` of a frame.

    Args:
        data: the captured bytes of the frame.
        at: where the IP header begins.
        original: the length of the frame on the wire.
    """
    for _ in range(_MAX_HEADERS):
        if at >= len(data):
            return Unread.SHORT
        version = data[at] >> 4
        if version not in (4, 6):
            return Unread.MALFORMED
        network = _read_v4(data, at, original) if version == 4 else _read_v6(data, at, original)
        if isinstance(network, Unread):
            return network
        if network.protocol not in (IP_IN_IP, IPV6_IN_IP) or network.fragmented:
            return _read_transport(data, network)
        at = network.start
    return Unread.MALFORMED


def _read_v4(data: bytes, at: int, original: int) -> _Network | Unread:
    if len(data) < at + 20:
        return Unread.SHORT
    total, fragment, protocol = _V4(data, at)
    header = (data[at] & 0x0F) * 4
    if header < 20:
        return Unread.MALFORMED
    if fragment & 0x1FFF:
        return Unread.FRAGMENT
    # A total of 0 stands in captures of packets that the network card cuts up later.
    end = at + total if total else original
    if end < at + header:
        return Unread.MALFORMED
    source, to = data[at + 12 : at + 16], data[at + 16 : at + 20]
    more = bool(fragment & 0x2000)
    return _Network(protocol, source, to, at + header, min(end, original), more)


def _read_v6(data: bytes, at: int, original: int) -> _Network | Unread:
    if len(data) < at + 40:
        return Unread.SHORT
    length, following = _V6(data, at)
    source, to = data[at + 8 : at + 24], data[at + 24 : at + 40]
    end = min(at + 40 + length, original) if length else original
    at += 40
    fragmented = False
    for _ in range(_MAX_HEADERS):
        if following not in _EXTENSIONS and following not in (_FRAGMENT, _AUTHENTICATION):
            return _Network(following, source, to, at, end, fragmented)
        if len(data) < at + 8:
            return Unread.SHORT
        if following == _FRAGMENT:
            if data[at + 2] << 8 | data[at + 3] & 0xF8:
                return Unread.FRAGMENT
            fragmented = bool(data[at + 3] & 1)
        following, at = data[at], at + _extension_length(following, data[at + 1])
    return Unread.MALFORMED


def _extension_length(kind: int, units: int) -> int:
    if kind == _FRAGMENT:
        return 8
    return (units + 2) * 4 if kind == _AUTHENTICATION else (units + 1) * 8


def _read_transport(data: bytes, network: _Network) -> Packet | Unread:
    protocol, source, to, at, end, fragmented = network
    have = min(len(data), end)
    if protocol == TCP:
        if have < at + 20:
            return Unread.SHORT if len(data) < at + 20 else Unread.MALFORMED
        source_port, to_port, sequence, offset, flags = _TCP(data, at)
        start = at + (offset >> 4) * 4
        if start < at + 20 or start > end:
            return Unread.MALFORMED
        return Packet(
            protocol, source, to, source_port, to_port, min(start, have), have, end - start,
            sequence, flags, fragmented,
        )  # fmt: skip
    if protocol == UDP:
        if have < at + 8:
            return Unread.SHORT if len(data) < at + 8 else Unread.MALFORMED
        source_port, to_port, length = _UDP(data, at)
        if length >= 8 and not fragmented:
            end = min(end, at + length)
        start, have = at + 8, min(have, max(end, at + 8))
        length = max(end - start, 0)
        return Packet(
            protocol, source, to, source_port, to_port, start, have, length, 0, 0, fragmented
        )
    length = max(end - at, 0)
    return Packet(protocol, source, to, 0, 0, min(at, have), have, length, 0, 0, fragmented)
