from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.protocols.recognise import (
    CATEGORIES,
    is_text,
    is_understood,
    recognise_datagram,
    recognise_stream,
)
from sekisho.model.flow import DataCategory
from tests.analyzers.capture.build import client_hello, query

IKE = b"I" * 16 + b"\x21\x20\x22\x08" + b"\0" * 4 + struct.pack(">I", 28)
HEARTBEAT_2 = bytes.fromhex("fd09000000010100000004000000020c510403")
HEARTBEAT_1 = bytes.fromhex("fe0900010100") + bytes.fromhex("04000000020c510403")


def with_crc(frame: bytes) -> bytes:
    value = 0xFFFF
    for byte in (*frame[1:], 50):
        mixed = (byte ^ value) & 0xFF
        mixed ^= (mixed << 4) & 0xFF
        value = (value >> 8) ^ (mixed << 8) ^ (mixed << 3) ^ (mixed >> 4)
    return frame + (value & 0xFFFF).to_bytes(2, "little")


@pytest.mark.parametrize(
    ("data", "port", "name"),
    [
        (client_hello(), 8443, "tls"),
        (b"GET / HTTP/1.1\r\n", 9999, "http"),
        (b"HTTP/1.1 200 OK\r\n", 80, "http"),
        (b"SSH-2.0-x\r\n", 2222, "ssh"),
        (b"DESCRIBE rtsp://10.0.0.1/live RTSP/1.0\r\n", 554, "rtsp"),
        (b"RTSP/1.0 200 OK\r\n", 554, "rtsp"),
        (b"INVITE sip:a@b SIP/2.0\r\n", 5060, "sip"),
        (b"\x10\x0c\0\4MQTT\4\2\0\x3c\0\0", 1883, "mqtt"),
        (b"\x10\x0e\0\6MQIsdp\3\2\0\x3c\0\0", 1883, "mqtt"),
        (b"\0\x1b" + query("a.example"), 53, "dns"),
        (b"220 ready\r\n", 21, "ftp"),
        (b"220 ready\r\n", 8021, None),
        (b"\0\x1b" + query("a.example"), 54, None),
        (b"\x10\x20whatever", 1883, None),
        (b"\0\1\2\3", 443, None),
    ],
)
def test_streams_are_named_by_their_bytes(data: bytes, port: int, name: str | None) -> None:
    assert recognise_stream(data, port) == name


@pytest.mark.parametrize(
    ("data", "port", "name"),
    [
        (query("a.example"), 53, "dns"),
        (query("a.example"), 443, "dns"),
        (query("a.local"), 5353, "mdns"),
        (query("a"), 5355, "llmnr"),
        (b"\0" * 12 + b"\x20" + b"A" * 32 + b"\0\0\x20\0\1", 137, "netbios-ns"),
        (b"\x23" + b"\0" * 47, 123, "ntp"),
        (b"\1" + b"\0" * 235 + b"\x63\x82\x53\x63", 67, "dhcp"),
        (b"\1abc\0\1\0\2xx", 547, "dhcpv6"),
        (b"M-SEARCH * HTTP/1.1\r\n", 1900, "ssdp"),
        (IKE, 500, "ike"),
        (b"\0\0\0\0" + IKE, 4500, "ike"),
        (b"\0\1\0\0\x21\x12\xa4\x42" + b"t" * 12, 3478, "stun"),
        (b"\xc3\0\0\0\1\x08" + b"c" * 40, 443, "quic"),
        (b"\xd3\x6b\x33\x43\xcf\x08" + b"c" * 40, 443, "quic"),
        (b"\xc3Q046\x50" + b"c" * 40, 443, "quic"),
        (b"\x16\xfe\xfd" + b"\0" * 8 + b"\0\2ab", 4433, "dtls"),
        (b"INVITE sip:a@b SIP/2.0", 5060, "sip"),
        (b"\1\0\0\0" + b"w" * 144, 51820, "wireguard"),
        (with_crc(HEARTBEAT_2), 14550, "mavlink"),
        (with_crc(HEARTBEAT_1), 14550, "mavlink"),
        # on the right port, with the wrong bytes
        (b"hello", 53, None),
        (b"hello" * 20, 123, None),
        (b"\0" * 60, 137, None),
        (b"\1" + b"\0" * 300, 67, None),
        (b"\1abc\0\1\0\x20xx", 547, None),
        (b"\1ab", 547, None),
        (b"\x63abc", 547, None),
        (b"GET / HTTP/1.1\r\n", 1900, None),
        (IKE[:-1] + b"\x09", 500, None),
        (b"esp-like payload, long enough", 4500, None),
        # nearly the right bytes
        (b"\0\1\0\7\x21\x12\xa4\x42" + b"t" * 12, 3478, None),
        (b"\xc3\0\0\0\1\x30" + b"c" * 40, 443, None),
        (b"\xc3\x0a\0\0\1\x08" + b"c" * 40, 443, None),
        (b"\x16\xfe\xfd" + b"\0" * 8 + b"\1\0ab", 4433, None),
        (b"\1\0\0\0" + b"w" * 145, 51820, None),
        (HEARTBEAT_2 + b"\0\0", 14550, None),
        (HEARTBEAT_2[:-1], 14550, None),
        (b"", 1, None),
    ],
)
def test_datagrams_are_named_by_their_bytes(data: bytes, port: int, name: str | None) -> None:
    assert recognise_datagram(data, 40000, port) == name


@given(st.binary(max_size=300), st.integers(0, 65535))
def test_any_bytes_are_named_or_not(data: bytes, port: int) -> None:
    recognise_stream(data, port)
    recognise_datagram(data, port, 1)


def test_text_is_told_from_binary() -> None:
    assert is_text("経路 plain text\r\n".encode())
    assert not is_text(bytes(range(256)))
    assert not is_text(b"")


def test_what_a_protocol_says_by_itself() -> None:
    assert CATEGORIES["mdns"] is DataCategory.NAME_LOOKUP
    assert "http" not in CATEGORIES
    assert is_understood("dhcp")
    assert not is_understood("http")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x38" + b"session!" + b"\0" * 5, "openvpn"),
        (b"\x38" + b"session!" + b"h" * 20 + b"\0\0\0\1time" + b"\0" * 5, "openvpn"),
        (b"\x38" + b"session!" + b"\0\0\0\0\1", None),
        (b"\x38" + b"session!" + b"h" * 19 + b"\0" * 5, None),
    ],
)
def test_a_reset_of_openvpn_is_its_form(data: bytes, name: str | None) -> None:
    assert recognise_datagram(data, 40000, 1194) == name
