"""From the network layer to the payload: IPv4, IPv6, TCP and UDP headers, and tunnels.

References: RFC 791, RFC 8200, RFC 9293, RFC 768; of tunnels RFC 2003 and RFC 4213 (IP inside IP),
RFC 2784 and RFC 2890 (GRE), RFC 2637 (PPTP), 3GPP TS 29.281 (GTP-U), RFC 7348 (VXLAN), RFC 8926
(Geneve), RFC 5415 (CAPWAP). Checksums are not held against a packet: network cards fill them in after the capture.
"""

from __future__ import annotations

from enum import IntEnum

from sekisho.analyzers.capture.file import octets

ICMP, IGMP, IP_IN_IP, TCP, UDP, IPV6_IN_IP, GRE, ESP, ICMPV6 = 1, 2, 4, 6, 17, 41, 47, 50, 58
_TCP, _UDP, _GRE, _IP_IN_IP, _IPV6_IN_IP = 6, 17, 47, 4, 41
_FRAGMENT, _AUTHENTICATION = 44, 51
_EXTENSIONS = frozenset((0, 43, 60, 135, 139, 140))
_MAX_HEADERS = 12
_V4_HEADER, _V6_HEADER, _TCP_HEADER, _UDP_HEADER = 20, 40, 20, 8
_IPV4_TYPE, _IPV6_TYPE, _BRIDGED, _PPP_TYPE = 0x0800, 0x86DD, 0x6558, 0x880B
_GTP_PORT, _VXLAN_PORT, _GENEVE_PORT, _CAPWAP_PORT = 2152, 4789, 6081, 5247

FIN, SYN, RST, ACK = 0x01, 0x02, 0x04, 0x10


class Unread(IntEnum):
    """Why an IP packet was not read down to its payload; 0 when it was."""

    FRAGMENT = 1
    SHORT = 2
    MALFORMED = 3


_IS_FRAGMENT, _IS_SHORT, _IS_MALFORMED = 1, 2, 3


class Inside(IntEnum):
    """What stands in the payload of a packet that carries another one."""

    NOTHING = 0
    IP = 1
    ETHERNET = 2
    WIFI = 3


_NO_PACKET, _IP_PACKET, _ETHERNET_FRAME, _WIFI_FRAME = 0, 1, 2, 3

TUNNELS = ("", "ip-in-ip", "gre", "gtp-u", "vxlan", "geneve", "capwap")
"""Names of tunnels, by their number in `Packet.tunnel`."""

_IP_TUNNEL, _GRE_TUNNEL, _GTP_TUNNEL, _VXLAN_TUNNEL, _GENEVE_TUNNEL, _CAPWAP_TUNNEL = (
    1,
    2,
    3,
    4,
    5,
    6,
)


class Packet:
    """One IP packet down to its payload; read anew for each packet.

    In the bytes read, the addresses stand at `ends_at`, first the source, each of `size` (4 or
    16); the ports of TCP and UDP at `ports_at`. The payload is `start` to `end`, and was `length`
    bytes long on the wire. `sequence` and `flags` are TCP's, else 0. `fragmented` is true for the
    first fragment of several: its payload goes on elsewhere. `inside` tells of a packet that
    carries another one at `inner_at`, through a tunnel of the kind `tunnel`, numbered `network`.
    """

    def __init__(self) -> None:
        """Begin with nothing read."""
        self.protocol = 0
        self.ends_at = self.size = self.ports_at = 0
        self.source_port = self.to_port = 0
        self.start = self.end = self.length = 0
        self.sequence = self.flags = 0
        self.fragmented = False
        self.inside = _NO_PACKET
        self.inner_at = 0
        self.network = 0
        self.tunnel = 0
        self._wire_end = 0

    def read(self, data: bytes, at: int, end: int, wire_end: int) -> int:
        """Read the packet whose IP header begins at `at`; 0, or why not (`Unread`).

        Args:
            data: bytes that hold the frame.
            at: where the IP header begins.
            end: where the captured bytes of the frame end.
            wire_end: where the frame would end, had all of it been captured.
        """
        self.fragmented = False
        self.inside = _NO_PACKET
        if at >= end:
            return _IS_SHORT
        version = data[at] >> 4
        if version == 4:
            unread = self._read_v4(data, at, end, wire_end)
        elif version == 6:
            unread = self._read_v6(data, at, end, wire_end)
        else:
            return _IS_MALFORMED
        return unread or self._read_transport(data, end)

    def _read_v4(self, data: bytes, at: int, end: int, wire_end: int) -> int:
        if end < at + _V4_HEADER:
            return _IS_SHORT
        header = (data[at] & 0x0F) * 4
        if header < _V4_HEADER:
            return _IS_MALFORMED
        fragment = octets.u16(data, at + 6)
        if fragment & 0x1FFF:
            return _IS_FRAGMENT
        # A total of 0 stands in captures of packets that the network card cuts up later.
        total = octets.u16(data, at + 2)
        last = at + total if total else wire_end
        if last < at + header:
            return _IS_MALFORMED
        self.protocol = data[at + 9]
        self.ends_at, self.size = at + 12, 4
        self.start = at + header
        self._wire_end = min(last, wire_end)
        self.fragmented = fragment & 0x2000 != 0
        return 0

    def _read_v6(self, data: bytes, at: int, end: int, wire_end: int) -> int:
        if end < at + _V6_HEADER:
            return _IS_SHORT
        length, following = octets.u16(data, at + 4), data[at + 6]
        self.ends_at, self.size = at + 8, 16
        self._wire_end = min(at + _V6_HEADER + length, wire_end) if length else wire_end
        at += _V6_HEADER
        for _ in range(_MAX_HEADERS):
            if following in (_TCP, _UDP) or not _is_extension(following):
                self.protocol, self.start = following, at
                return 0
            if end < at + 8:
                return _IS_SHORT
            if following == _FRAGMENT:
                if octets.u16(data, at + 2) & 0xFFF8:
                    return _IS_FRAGMENT
                self.fragmented = data[at + 3] & 1 != 0
            units = data[at + 1]
            step = 8 if following == _FRAGMENT else (units + 1) * 8
            following, at = data[at], at + (4 * units + 8 if following == _AUTHENTICATION else step)
        return _IS_MALFORMED

    def _read_transport(self, data: bytes, end: int) -> int:
        at, last = self.start, self._wire_end
        have = min(end, last)
        self.sequence = self.flags = self.source_port = self.to_port = 0
        if self.protocol == _TCP:
            return self._read_tcp(data, at, have, end)
        if self.protocol == _UDP:
            return self._read_udp(data, at, have, end)
        self.start, self.end = min(at, have), have
        self.length = max(last - at, 0)
        if not self.fragmented:
            self._look_inside(data)
        return 0

    def _read_tcp(self, data: bytes, at: int, have: int, end: int) -> int:
        if have < at + _TCP_HEADER:
            return _IS_SHORT if end < at + _TCP_HEADER else _IS_MALFORMED
        start = at + (data[at + 12] >> 4) * 4
        if start < at + _TCP_HEADER or start > self._wire_end:
            return _IS_MALFORMED
        self.ports_at = at
        self.source_port, self.to_port = octets.u16(data, at), octets.u16(data, at + 2)
        self.sequence = octets.u32(data, at + 4)
        self.flags = data[at + 13]
        self.start, self.end = min(start, have), have
        self.length = self._wire_end - start
        return 0

    def _read_udp(self, data: bytes, at: int, have: int, end: int) -> int:
        if have < at + _UDP_HEADER:
            return _IS_SHORT if end < at + _UDP_HEADER else _IS_MALFORMED
        self.ports_at = at
        self.source_port, self.to_port = octets.u16(data, at), octets.u16(data, at + 2)
        length, last = octets.u16(data, at + 4), self._wire_end
        if length >= _UDP_HEADER and not self.fragmented:
            last = min(last, at + length)
        self.start = at + _UDP_HEADER
        self.end = min(have, max(last, self.start))
        self.length = max(last - self.start, 0)
        if not self.fragmented and self.end >= self.start + 8:
            self._look_inside_udp(data, self.start, self.end)
        return 0

    def _look_inside(self, data: bytes) -> None:
        """See whether the payload of an IP packet is another packet."""
        if self.protocol in (_IP_IN_IP, _IPV6_IN_IP):
            self._enter(_IP_TUNNEL, _IP_PACKET, self.start, 0)
        elif self.protocol == _GRE:
            self._enter_gre(data, self.start, self.end)

    def _look_inside_udp(self, data: bytes, at: int, end: int) -> None:
        """See whether the payload of a datagram is another packet, by the tunnel's own header."""
        port = self.to_port
        if port == _GTP_PORT:
            self._enter_gtp(data, at, end)
        elif port == _VXLAN_PORT:
            if data[at] == 0x08 and not octets.u16(data, at + 1):
                number = octets.u32(data, at + 4) >> 8
                self._enter(_VXLAN_TUNNEL, _ETHERNET_FRAME, at + 8, number)
        elif port == _GENEVE_PORT:
            if data[at] >> 6 == 0 and octets.u16(data, at + 2) == _BRIDGED:
                inner_at, number = at + 8 + (data[at] & 0x3F) * 4, octets.u32(data, at + 4) >> 8
                self._enter(_GENEVE_TUNNEL, _ETHERNET_FRAME, inner_at, number)
        elif _CAPWAP_PORT in (port, self.source_port):
            self._enter_capwap(data, at)

    def _enter(self, tunnel: int, inside: int, at: int, network: int) -> None:
        self.tunnel, self.inside, self.inner_at, self.network = tunnel, inside, at, network

    def _enter_gre(self, data: bytes, at: int, end: int) -> None:
        """Version 0 with its optional fields, and version 1 of PPTP."""
        if end < at + 8:
            return
        flags, kind = octets.u16(data, at), octets.u16(data, at + 2)
        at += 4
        if flags & 7 == 1:
            # key with the payload's length, then sequence and acknowledgement where flagged
            at += 4 + (4 if flags & 0x1000 else 0) + (4 if flags & 0x0080 else 0)
            if at + 4 <= end and kind == _PPP_TYPE:
                at += 2 if octets.u16(data, at) == 0xFF03 else 0
                if octets.u16(data, at) in (0x0021, 0x0057):
                    self._enter(_GRE_TUNNEL, _IP_PACKET, at + 2, 0)
            return
        at += (4 if flags & 0x8000 else 0) + (4 if flags & 0x2000 else 0)
        at += 4 if flags & 0x1000 else 0
        if kind in (_IPV4_TYPE, _IPV6_TYPE):
            self._enter(_GRE_TUNNEL, _IP_PACKET, at, 0)
        elif kind == _BRIDGED:
            self._enter(_GRE_TUNNEL, _ETHERNET_FRAME, at, 0)

    def _enter_capwap(self, data: bytes, at: int) -> None:
        """A data packet in clear, not cut up (RFC 5415, 4.3); inside is Wi-Fi or Ethernet."""
        fields = octets.u32(data, at)
        header, is_native, is_fragment = (fields >> 19 & 0x1F) * 4, fields >> 8 & 1, fields >> 7 & 1
        if fields >> 24 == 0 and header >= 8 and not is_fragment and not fields & 0x08:
            inside = _WIFI_FRAME if is_native else _ETHERNET_FRAME
            self._enter(_CAPWAP_TUNNEL, inside, at + header, 0)

    def _enter_gtp(self, data: bytes, at: int, end: int) -> None:
        """Version 1, a user's packet, after its extension headers (TS 29.281, 5)."""
        flags, kind = data[at], data[at + 1]
        if flags >> 4 != 3 or kind != 0xFF:
            return
        at += 8
        if flags & 7:
            at += 4
            for _ in range(_MAX_HEADERS):
                if at > end or not flags & 4 or not data[at - 1]:
                    break
                at += max(data[at] if at < end else 0, 1) * 4
        if at < end and data[at] >> 4 in (4, 6):
            self._enter(_GTP_TUNNEL, _IP_PACKET, at, 0)


def _is_extension(kind: int) -> bool:
    return kind in (_FRAGMENT, _AUTHENTICATION) or kind in _EXTENSIONS
