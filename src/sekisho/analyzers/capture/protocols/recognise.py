"""Which protocol payload belongs to, told by its bytes; a port alone never suffices.

References: RFC 4253 (SSH), RFC 7826 (RTSP), RFC 3261 (SIP), RFC 8489 (STUN), RFC 5905 (NTP),
RFC 2131 (DHCP), RFC 1002 (NetBIOS names), RFC 8415 (DHCPv6), RFC 9000 and 9369 (QUIC), RFC 9147 (DTLS), RFC 7296 (IKE),
MQTT 3.1.1 and 5, WireGuard (whitepaper of 2020), OpenVPN protocol (its documentation, 2.6), MAVLink 1
and 2.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sekisho.analyzers.capture.protocols import (
    dns,
    duml,
    gquic,
    http,
    http2,
    mail,
    mavlink,
    mqtt,
    socks,
    tls,
)
from sekisho.model.flow import DataCategory

PROTECTED_PROTOCOLS = frozenset(("dtls", "ike", "ipsec", "openvpn", "quic", "ssh", "wireguard"))
"""Protocols that protect what they carry; TLS is judged by its handshake instead."""

CATEGORIES = {
    "dns": DataCategory.NAME_LOOKUP,
    "mdns": DataCategory.NAME_LOOKUP,
    "llmnr": DataCategory.NAME_LOOKUP,
    "netbios-ns": DataCategory.NAME_LOOKUP,
    "ntp": DataCategory.TIME,
    "mavlink": DataCategory.FLIGHT_RECORD,
    "duml": DataCategory.FLIGHT_RECORD,
}
"""The category that a protocol alone says."""

# Protocols of the local network and its management, whose fields are known: nothing of the
# article's user stands in them.
_HOUSEKEEPING = frozenset(("dhcp", "dhcpv6", "icmp", "icmpv6", "igmp", "ssdp", "stun"))
_RTSP = re.compile(rb"(?:RTSP/1\.0|RTSP/2\.0|[A-Z_]{3,16} rtsp://)")
_SIP = re.compile(rb"(?:SIP/2\.0 |[A-Z]{3,12} sips?:)")
_SSDP = re.compile(rb"(?:M-SEARCH|NOTIFY) \* HTTP/1\.1\r\n|HTTP/1\.1 200 OK\r\n")
_QUIC_VERSION = re.compile(
    rb"\x00\x00\x00[\x00\x01]|\x6b\x33\x43\xcf|\xff\x00\x00[\x10-\x30]|\xfa\xce\xb0[\x00-\x0f]"
    rb"|[QT]0[0-9][0-9]|\x51\x30[0-9][0-9]",
    re.DOTALL,
)
_DNS_PORT = 53
_STUN_COOKIE = b"\x21\x12\xa4\x42"
_DHCP_COOKIE = b"\x63\x82\x53\x63"
_DTLS_TYPES = range(20, 24)
_MAVLINK = frozenset((0xFD, 0xFE))
_DUML = 0x55
_SOCKS = frozenset((4, 5))
_OPENVPN_RESET, _OPENVPN_SHORTEST = 0x38, 14
_OPENVPN_SIGNED = frozenset(_OPENVPN_SHORTEST + 8 + digest for digest in (16, 20, 32, 64))
_DTLS_VERSIONS = (b"\xfe\xff", b"\xfe\xfd", b"\xfe\xfc", b"\x01\x00")
_WIREGUARD_LENGTHS = {1: 148, 2: 92, 3: 64}
_SAMPLE = 1024


def is_text(data: bytes | bytearray) -> bool:
    """Whether at least nine of ten characters are printable UTF-8."""
    sample = bytes(data[:_SAMPLE])
    odd = foreign = 0
    most = len(sample) // 10
    for byte in sample:
        if byte >= 0x80:
            foreign += 1
        elif (byte < 0x20 and byte not in (0x09, 0x0A, 0x0D)) or byte == 0x7F:
            odd += 1
            if odd > most:
                return False
    if not sample:
        return False
    if not foreign:
        return True
    decoded = sample.decode("utf-8", "replace")
    return (decoded.count("\ufffd") + odd) * 10 <= len(decoded)


def is_understood(protocol: str) -> bool:
    """Whether everything that moves in the protocol is known by its definition."""
    return protocol in _HOUSEKEEPING or protocol in CATEGORIES


def recognise_stream(data: bytes | bytearray, server_port: int) -> str | None:
    """The protocol of a TCP stream by the first bytes of one direction, or None."""
    if not data:
        return None
    if tls.is_record(data):
        return "tls"
    if _is_upper(data[0]):
        named = [name for name, begins in _WORDED_STREAMS if begins(data)]
        if named:
            return named[0]
    if mqtt.begins_mqtt(data):
        return "mqtt"
    if data[0] in _MAVLINK and mavlink.begins_mavlink(data):
        return "mavlink"
    return _recognise_by_port(data, server_port)


def _recognise_by_port(data: bytes | bytearray, server_port: int) -> str | None:
    """Protocols that a word and the port tell together, and what is asked of a proxy."""
    if server_port == _DNS_PORT and dns.read_message(bytes(data[2:])) is not None:
        return "dns"
    if data[0] in _SOCKS and socks.read_target(data) is not None:
        return "socks"
    return mail.protocol_of_greeting(data, server_port) or mail.protocol_of_command(
        data, server_port
    )


def _is_upper(byte: int) -> bool:
    return 0x41 <= byte <= 0x5A


_WORDED_STREAMS: tuple[tuple[str, Callable[[bytes | bytearray], bool]], ...] = (
    ("http", http.begins_request),
    ("http", http.begins_answer),
    ("ssh", lambda data: data.startswith(b"SSH-")),
    ("rtsp", lambda data: _RTSP.match(data) is not None),
    ("sip", lambda data: _SIP.match(data) is not None),
    ("http2", http2.begins_http2),
)


def recognise_datagram(data: bytes, source_port: int, to_port: int) -> str | None:
    """The protocol of a UDP datagram between two ports, or None."""
    for port in (source_port, to_port):
        service = _SERVICES.get(port)
        if service is not None and service[1](data):
            return service[0]
    return _recognise_anywhere(data) if data else None


def _recognise_anywhere(data: bytes) -> str | None:
    """Protocols whose bytes are sure on any port."""
    first, name = data[0], None
    if first < 4 and _is_stun(data):
        name = "stun"
    elif dns.is_plain_query(data):
        name = "dns"
    elif _is_quic(data):
        name = "quic"
    elif first in _DTLS_TYPES and _is_dtls(data):
        name = "dtls"
    elif _is_upper(first) and _SIP.match(data) is not None:
        name = "sip"
    elif first < 4 and _is_wireguard(data):
        name = "wireguard"
    if name is None and _is_openvpn(data):
        name = "openvpn"
    return name or recognise_aircraft(data)


def _is_openvpn(data: bytes) -> bool:
    """The first packet of a client: a reset that acknowledges nothing and is number 0.

    A signature (tls-auth) stands between the session and a repeated number with a time.
    """
    if data[0] != _OPENVPN_RESET or len(data) < _OPENVPN_SHORTEST:
        return False
    plain = len(data) == _OPENVPN_SHORTEST and data[9:] == b"\0" * 5
    return plain or (len(data) in _OPENVPN_SIGNED and data[-5:] == b"\0" * 5)


def recognise_aircraft(data: bytes) -> str | None:
    """What aircraft and their controllers speak, told by right checksums."""
    if data[0] in _MAVLINK and mavlink.begins_mavlink(data):
        return "mavlink"
    return "duml" if data[0] == _DUML and duml.is_duml(data) else None


def _is_names(data: bytes) -> bool:
    return dns.read_message(data) is not None


def _is_netbios_names(data: bytes) -> bool:
    """One encoded name of 32 letters after the header (RFC 1002)."""
    return len(data) >= 50 and data[12:13] == b"\x20" and data[13:45].isalpha()


def _is_ntp(data: bytes) -> bool:
    return len(data) >= 48 and 1 <= data[0] >> 3 & 7 <= 4


def _is_dhcp(data: bytes) -> bool:
    return data[236:240] == _DHCP_COOKIE


def _is_dhcpv6(data: bytes) -> bool:
    """A client or server message whose options fill it exactly."""
    if len(data) < 4 or not 1 <= data[0] <= 11:
        return False
    at = 4
    while at + 4 <= len(data):
        at += 4 + (data[at + 2] << 8 | data[at + 3])
    return at == len(data)


def _is_ssdp(data: bytes) -> bool:
    return _SSDP.match(data) is not None


def _is_ike(data: bytes) -> bool:
    length = len(data).to_bytes(4, "big")
    return len(data) >= 28 and data[17] in (0x10, 0x20) and data[24:28] == length


def _is_ike_beside_esp(data: bytes) -> bool:
    return data[:4] == b"\0\0\0\0" and _is_ike(data[4:])


# Protocols whose bytes are sure only on their own port.
_SERVICES: dict[int, tuple[str, Callable[[bytes], bool]]] = {
    53: ("dns", _is_names),
    67: ("dhcp", _is_dhcp),
    68: ("dhcp", _is_dhcp),
    123: ("ntp", _is_ntp),
    137: ("netbios-ns", _is_netbios_names),
    500: ("ike", _is_ike),
    546: ("dhcpv6", _is_dhcpv6),
    547: ("dhcpv6", _is_dhcpv6),
    1900: ("ssdp", _is_ssdp),
    4500: ("ike", _is_ike_beside_esp),
    5353: ("mdns", _is_names),
    5355: ("llmnr", _is_names),
}


def _is_stun(data: bytes) -> bool:
    length = len(data) - 20
    return data[4:8] == _STUN_COOKIE and data[0] < 4 and data[2] << 8 | data[3] == length


def _is_wireguard(data: bytes) -> bool:
    """A handshake message: type, three zero bytes, and exactly the type's length."""
    return data[1:4] == b"\0\0\0" and len(data) == _WIREGUARD_LENGTHS.get(data[0])


def _is_quic(data: bytes) -> bool:
    """A long header of a known version, with connection identifiers of permitted length."""
    if gquic.is_public_header(data):
        return True
    if len(data) < 20 or data[0] & 0x80 == 0 or not _QUIC_VERSION.match(data, 1):
        return False
    return data[5] <= 20 or data[1:2] in b"QT"


def _is_dtls(data: bytes) -> bool:
    if len(data) < 13 or not 20 <= data[0] <= 23 or data[1:3] not in _DTLS_VERSIONS:
        return False
    return 13 + (data[11] << 8 | data[12]) <= len(data)
