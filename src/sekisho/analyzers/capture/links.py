"""From the link layer to the network layer: where in a frame the IP header begins.

References: the link-layer header types of tcpdump.org, IEEE 802.3, 802.1Q and 802.1ad,
RFC 2516 (PPPoE), RFC 1661 (PPP), RFC 3032 (MPLS).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from sekisho.analyzers.capture import bluetooth, wifi

IPV4, IPV6 = 0x0800, 0x86DD
_PPPOE, _MPLS = 0x8864, 0x8847
_VLAN = frozenset((0x8100, 0x88A8, 0x9100))
_MAX_TAGS = 8
_PPP_NETWORKS = {0x0021: IPV4, 0x0057: IPV6}
_FIRST_ETHERTYPE = 0x0600
# Address resolution and management of the link; such frames are never passed on by a router.
_LINK_ONLY = frozenset((0x0806, 0x8035, 0x8808, 0x8809, 0x88CC, 0x888E, 0x8863, 0x9000, 0x8902))


class NotIp(IntEnum):
    """Why a frame has no IP header to read; all below zero, to stand beside offsets."""

    LINK_ONLY = -1
    LINK_TYPE = -2
    NETWORK = -3
    SHORT = -4
    PROTECTED = -5


def locate_ip(link_type: int, data: bytes) -> int:
    """The offset of the IP header in a frame, or a `NotIp` (below zero)."""
    find = _FINDERS.get(link_type)
    if find is None:
        return NotIp.LINK_TYPE
    return find(data)


def _by_version(data: bytes, at: int) -> int:
    """For links that carry IP only: the version nibble says which, or that it is not IP."""
    if at >= len(data):
        return NotIp.SHORT
    return at if data[at] >> 4 in (4, 6) else NotIp.NETWORK


def _after_ethertype(data: bytes, ethertype: int, at: int) -> int:
    for _ in range(_MAX_TAGS):
        if ethertype in (IPV4, IPV6):
            return at
        if ethertype not in _VLAN:
            break
        ethertype = int.from_bytes(data[at + 2 : at + 4], "big")
        at += 4
    if ethertype == _PPPOE:
        return _after_ppp(data, at + 6)
    if ethertype == _MPLS:
        return _after_labels(data, at)
    if ethertype < _FIRST_ETHERTYPE:
        return _after_llc(data, at)
    return NotIp.LINK_ONLY if ethertype in _LINK_ONLY else NotIp.NETWORK


def _after_llc(data: bytes, at: int) -> int:
    """IEEE 802.3 with a length instead of a type: IP only inside SNAP (RFC 1042)."""
    if data[at : at + 6] != b"\xaa\xaa\x03\x00\x00\x00":
        return NotIp.LINK_ONLY
    ethertype = int.from_bytes(data[at + 6 : at + 8], "big")
    return at + 8 if ethertype in (IPV4, IPV6) else NotIp.LINK_ONLY


def _after_ppp(data: bytes, at: int) -> int:
    if data[at : at + 2] == b"\xff\x03":
        at += 2
    network = _PPP_NETWORKS.get(int.from_bytes(data[at : at + 2], "big"))
    return NotIp.LINK_ONLY if network is None else at + 2


def _after_labels(data: bytes, at: int) -> int:
    for _ in range(_MAX_TAGS):
        if at + 4 > len(data):
            return NotIp.SHORT
        at += 4
        if data[at - 2] & 1:
            return _by_version(data, at)
    return NotIp.NETWORK


def _ethernet(data: bytes) -> int:
    if len(data) < 14:
        return NotIp.SHORT
    ethertype = data[12] << 8 | data[13]
    return 14 if ethertype == IPV4 else _after_ethertype(data, ethertype, 14)


def _raw(data: bytes) -> int:
    return _by_version(data, 0)


def _null(data: bytes) -> int:
    """BSD loopback: a 4-byte address family in the capturing host's byte order."""
    return _by_version(data, 4)


def _ppp(data: bytes) -> int:
    return _after_ppp(data, 0)


def _cooked(data: bytes) -> int:
    if len(data) < 16:
        return NotIp.SHORT
    return _after_ethertype(data, data[14] << 8 | data[15], 16)


def _cooked_v2(data: bytes) -> int:
    if len(data) < 20:
        return NotIp.SHORT
    return _after_ethertype(data, data[0] << 8 | data[1], 20)


def _wifi(data: bytes) -> int:
    return _after_wifi(data, wifi.locate_llc(data, 0))


def _radiotap(data: bytes) -> int:
    return _after_wifi(data, wifi.locate_llc(data, wifi.locate_header(wifi.RADIOTAP, data)))


def _after_wifi(data: bytes, at: int) -> int:
    if at >= 0:
        return _after_llc(data, at)
    return _NO_DATA[wifi.NoData(at)]


def _bluetooth(data: bytes) -> int:
    """Advertisements carry no network; what connections carry is not read."""
    return NotIp.LINK_ONLY if bluetooth.is_advertising(data) else NotIp.NETWORK


_NO_DATA = {
    wifi.NoData.MANAGEMENT: NotIp.LINK_ONLY,
    wifi.NoData.PROTECTED: NotIp.PROTECTED,
    wifi.NoData.UNKNOWN: NotIp.NETWORK,
    wifi.NoData.SHORT: NotIp.SHORT,
}

_FINDERS: dict[int, Callable[[bytes], int]] = {
    0: _null,
    1: _ethernet,
    9: _ppp,
    12: _raw,
    14: _raw,
    101: _raw,
    wifi.WIFI: _wifi,
    108: _null,
    113: _cooked,
    wifi.RADIOTAP: _radiotap,
    228: _raw,
    229: _raw,
    **dict.fromkeys(bluetooth.LINK_TYPES, _bluetooth),
    276: _cooked_v2,
}
