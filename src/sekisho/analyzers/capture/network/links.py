"""From the link layer to the network layer: where in a frame the IP header begins.

References: the link-layer header types of tcpdump.org, IEEE 802.3, 802.1Q and 802.1ad,
RFC 2516 (PPPoE), RFC 1661 (PPP), RFC 1547 (Cisco HDLC),
RFC 3032 (MPLS).
"""

from __future__ import annotations

from enum import IntEnum

from sekisho.analyzers.capture.file import octets
from sekisho.analyzers.capture.network import bluetooth, wifi

_IPV4, _IPV6, _ETHERNET = 0x0800, 0x86DD, 1
_PPPOE, _MPLS, _MPLS_GROUP = 0x8864, 0x8847, 0x8848
_VLAN, _VLAN_OUTER, _VLAN_OLD = 0x8100, 0x88A8, 0x9100
_MAX_TAGS = 8
_PPP_IPV4, _PPP_IPV6 = 0x0021, 0x0057
_FIRST_ETHERTYPE = 0x0600
_SNAP = 0xAAAA03
# Address resolution and management of the link; such frames are never passed on by a router.
_LINK_ONLY = frozenset((0x0806, 0x8035, 0x8808, 0x8809, 0x88CC, 0x888E, 0x8863, 0x9000, 0x8902))
_IP_ONLY = frozenset((12, 14, 228, 229))
_LOOPBACK = frozenset((0, 108))
_CISCO_ADDRESSES = b"\x0f\x8f"
_PPP_SERIAL = 50
_PPP, _COOKED, _COOKED_2, _RAW, _CISCO, _PER_PACKET = 9, 113, 276, 101, 104, 192


class NotIp(IntEnum):
    """Why a frame has no IP header to read; all below zero, to stand beside offsets."""

    LINK_ONLY = -1
    LINK_TYPE = -2
    NETWORK = -3
    SHORT = -4
    PROTECTED = -5


# the same as plain numbers, which loops read faster
_NOT_LINK_TYPE, _NOT_NETWORK, _TOO_SHORT, _ONLY_LINK = -2, -3, -4, -1


class LinkReader:
    """Finds the IP header of a frame; `lan` is the virtual LAN that the frame belongs to, or 0."""

    def __init__(self) -> None:
        """Begin outside any virtual LAN."""
        self.lan = 0

    def locate(self, link_type: int, data: bytes, at: int, end: int) -> int:
        """The offset in `data` of the IP header of the frame from `at` to `end`, or a `NotIp`."""
        self.lan = 0
        if link_type == _ETHERNET:
            return self.after_ethernet(data, at, end)
        if link_type == _RAW or link_type in _IP_ONLY:
            return _by_version(data, at, end)
        if link_type in _LOOPBACK:
            # BSD loopback: a 4-byte address family in the capturing host's byte order
            return _by_version(data, at + 4, end)
        if link_type == _COOKED:
            return self._after_type(data, at + 14, at + 16, end)
        if link_type == _COOKED_2:
            return self._after_type(data, at, at + 20, end)
        return _after_other_link(link_type, data, at, end)

    def after_ethernet(self, data: bytes, at: int, end: int) -> int:
        """The offset of the IP header in an Ethernet frame, or a `NotIp`."""
        return self._after_type(data, at + 12, at + 14, end)

    def _after_type(self, data: bytes, type_at: int, at: int, end: int) -> int:
        """After a type that stands at `type_at`, with the rest of the frame at `at`."""
        if at > end:
            return _TOO_SHORT
        ethertype = octets.u16(data, type_at)
        for _ in range(_MAX_TAGS):
            if ethertype in (_IPV4, _IPV6):
                return at
            if ethertype not in (_VLAN, _VLAN_OUTER, _VLAN_OLD):
                break
            if at + 4 > end:
                return _TOO_SHORT
            self.lan = (self.lan << 12 | octets.u16(data, at) & 0x0FFF) & 0xFFFFFF
            ethertype = octets.u16(data, at + 2)
            at += 4
        return _after_other_type(data, ethertype, at, end)


def _after_other_type(data: bytes, ethertype: int, at: int, end: int) -> int:
    if ethertype in (_IPV4, _IPV6):
        return at
    if ethertype == _PPPOE:
        return _after_ppp(data, at + 6, end)
    if ethertype in (_MPLS, _MPLS_GROUP):
        return _after_labels(data, at, end)
    if ethertype < _FIRST_ETHERTYPE:
        return _after_llc(data, at, end)
    return _ONLY_LINK if ethertype in _LINK_ONLY else _NOT_NETWORK


def _by_version(data: bytes, at: int, end: int) -> int:
    """For links that carry IP only: the version nibble says which, or that it is not IP."""
    if at >= end:
        return _TOO_SHORT
    return at if data[at] >> 4 in (4, 6) else _NOT_NETWORK


def _after_llc(data: bytes, at: int, end: int) -> int:
    """IEEE 802.3 with a length instead of a type: IP only inside SNAP (RFC 1042)."""
    if (
        at + 8 > end
        or octets.u32(data, at) >> 8 != _SNAP
        or data[at + 3]
        or octets.u16(data, at + 4)
    ):
        return _ONLY_LINK
    return at + 8 if octets.u16(data, at + 6) in (_IPV4, _IPV6) else _ONLY_LINK


def _after_ppp(data: bytes, at: int, end: int) -> int:
    if at + 2 <= end and octets.u16(data, at) == 0xFF03:
        at += 2
    if at + 2 > end:
        return _ONLY_LINK
    return at + 2 if octets.u16(data, at) in (_PPP_IPV4, _PPP_IPV6) else _ONLY_LINK


def _after_cisco(data: bytes, at: int, end: int) -> int:
    """HDLC of Cisco (RFC 1547, 4.3.1): address, control, then an Ethernet type."""
    if at + 4 > end:
        return _TOO_SHORT
    return _after_other_type(data, octets.u16(data, at + 2), at + 4, end)


def _after_labels(data: bytes, at: int, end: int) -> int:
    for _ in range(_MAX_TAGS):
        if at + 4 > end:
            return _TOO_SHORT
        at += 4
        if data[at - 2] & 1:
            return _by_version(data, at, end)
    return _NOT_NETWORK


def _after_other_link(link_type: int, data: bytes, at: int, end: int) -> int:
    """PPP, and Wi-Fi and Bluetooth as heard by a radio."""
    if link_type in (_PPP, _PPP_SERIAL, _CISCO):
        # on serial lines the same type stands for both, told apart by the first byte
        is_cisco = link_type == _CISCO or (at < end and data[at] in _CISCO_ADDRESSES)
        return (_after_cisco if is_cisco else _after_ppp)(data, at, end)
    if link_type in bluetooth.LINK_TYPES:
        # advertisements carry no network; what connections carry is not read
        heard = bluetooth.is_advertising(data[at:end])
        return _ONLY_LINK if heard else _NOT_NETWORK
    if link_type == _PER_PACKET:
        return _after_information(data, at, end)
    if link_type not in (wifi.WIFI, wifi.RADIOTAP):
        return _NOT_LINK_TYPE
    return _after_wifi(link_type, data, at, end)


def _after_wifi(link_type: int, data: bytes, at: int, end: int) -> int:
    frame = data[at:end]
    header_at = wifi.locate_header(link_type, frame)
    if frame[header_at : header_at + 1] and frame[header_at] & 3:
        # in tunnels of some access points the two bytes that say what it is are exchanged
        control = frame[header_at + 1 : header_at + 2] + frame[header_at : header_at + 1]
        frame = frame[:header_at] + control + frame[header_at + 2 :]
    llc_at = wifi.locate_llc(frame, header_at)
    if llc_at < 0:
        return _NO_DATA[wifi.NoData(llc_at)]
    return _after_llc(data, at + llc_at, end)


def _after_information(data: bytes, at: int, end: int) -> int:
    """Per-packet information (PPI): its length, and the type of the link that follows it."""
    if at + 8 > end:
        return _TOO_SHORT
    link_type = int.from_bytes(data[at + 4 : at + 8], "little")
    inner_at = at + int.from_bytes(data[at + 2 : at + 4], "little")
    if link_type == _PER_PACKET or inner_at < at + 8:
        return _NOT_NETWORK
    return LinkReader().locate(link_type, data, inner_at, end)


_NO_DATA = {
    wifi.NoData.MANAGEMENT: NotIp.LINK_ONLY,
    wifi.NoData.PROTECTED: NotIp.PROTECTED,
    wifi.NoData.UNKNOWN: NotIp.NETWORK,
    wifi.NoData.SHORT: NotIp.SHORT,
}
