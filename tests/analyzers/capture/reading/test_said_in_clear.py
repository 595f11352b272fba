"""Protocols that speak in clear, from the frame to the observation."""

from __future__ import annotations

import struct
from pathlib import Path

from sekisho.model.flow import DataCategory, Protection
from sekisho.model.locus import PcapFrame
from sekisho.model.review import Findings
from tests.analyzers.capture.build import (
    PHONE,
    SERVER,
    analyze,
    bytes_at,
    codes,
    flows,
    pcap,
    properties,
    talk,
    udp,
)

CONNECT = b"\x10\x27\0\4MQTT\4\xc2\0\x3c" + b"\0\x0cdrone-000123" + b"\0\5pilot" + b"\0\6secret"
RTSP = (
    b"DESCRIBE rtsp://cam.example/live RTSP/1.0\r\nCSeq: 1\r\n"
    b"Authorization: Basic cGlsb3Q6c2VjcmV0\r\n\r\n"
)


def said(findings: Findings) -> dict[tuple[str, str], str]:
    return {
        (one.details["protocol"], one.details["what"]): one.value
        for one in properties(findings, "said_in_clear")
    }


def mavlink(message: int, payload: bytes, extra: int) -> bytes:
    """A frame of MAVLink 1 with its checksum (CRC-16/MCRF4XX)."""
    body = bytes((len(payload), 0, 1, 1, message)) + payload
    value = 0xFFFF
    for byte in (*body, extra):
        mixed = (byte ^ value) & 0xFF
        mixed = (mixed ^ mixed << 4) & 0xFF
        value = (value >> 8 ^ mixed << 8 ^ mixed << 3 ^ mixed >> 4) & 0xFFFF
    return b"\xfe" + body + struct.pack("<H", value)


def test_mqtt_tells_who_connects_and_keeps_no_password(tmp_path: Path) -> None:
    content = pcap(talk(CONNECT, port=1883))
    findings = analyze(tmp_path, content)
    (flow,) = flows(findings)
    assert (flow.protocol, flow.protection) == ("mqtt", Protection.CLEAR)
    assert DataCategory.CREDENTIAL in flow.categories
    told = said(findings)
    assert told["mqtt", "client_id"] == "drone-000123"
    assert told["mqtt", "user_name"] == "pilot"
    assert told["mqtt", "password"] == "-"
    assert not any("secret" in one.value for one in properties(findings, "said_in_clear"))
    place = next(
        one.loci[0]
        for one in properties(findings, "said_in_clear")
        if one.details["what"] == "client_id"
    )
    assert isinstance(place, PcapFrame)
    assert content[place.offset : place.offset + place.length] == b"drone-000123"


def test_what_is_said_over_several_segments_is_read(tmp_path: Path) -> None:
    pieces = [CONNECT[i : i + 5] for i in range(0, len(CONNECT), 5)]
    assert said(analyze(tmp_path, pcap(talk(pieces, port=1883))))["mqtt", "user_name"] == "pilot"


def test_rtsp_tells_its_address_and_user(tmp_path: Path) -> None:
    findings = analyze(tmp_path, pcap(talk(RTSP, port=554)))
    assert flows(findings)[0].protocol == "rtsp"
    assert said(findings)["rtsp", "url"] == "rtsp://cam.example/live"
    assert said(findings)["rtsp", "user_name"] == "pilot"


def test_a_position_in_mavlink_is_found_at_its_bytes(tmp_path: Path) -> None:
    # GLOBAL_POSITION_INT, whose checksum is seeded with 104
    place = struct.pack("<Iiiiihhhh", 1, 356812000, 1397671000, 40_000, 30_000, 0, 0, 0, 0)
    content = pcap([udp(PHONE, 14550, SERVER, 14550, mavlink(33, place[:28], 104))])
    findings = analyze(tmp_path, content)
    (flow,) = flows(findings)
    assert flow.protocol == "mavlink"
    assert {DataCategory.POSITION, DataCategory.FLIGHT_RECORD} <= set(flow.categories)
    assert said(findings)["mavlink", "position"].startswith("35.6812")
    assert struct.pack("<i", 356812000) in b"".join(
        content[locus.offset : locus.offset + locus.length]
        for locus in flow.loci[1:]
        if isinstance(locus, PcapFrame)
    )


def test_video_over_rtp_is_imagery(tmp_path: Path) -> None:
    def packet(number: int) -> bytes:
        head = struct.pack(">BBHII", 0x80, 96, number, number * 3000, 77)
        return head + (b"\x67\x42\0\x1e" if number == 0 else b"\x65\x88") + b"\xa5" * 40

    frames = [udp(PHONE, 40000, SERVER, 5004, packet(number)) for number in range(16)]
    (flow,) = flows(analyze(tmp_path, pcap(frames)))
    assert (flow.protocol, DataCategory.IMAGERY in flow.categories) == ("rtp", True)


def test_noise_of_the_same_first_byte_is_not_rtp(tmp_path: Path) -> None:
    frames = [
        udp(
            PHONE,
            40000,
            SERVER,
            5004,
            bytes((0x80, 96, (n * 37) & 255, n * 11 & 255)) + b"\xff" * 40,
        )
        for n in range(40)
    ]
    (flow,) = flows(analyze(tmp_path, pcap(frames)))
    assert (flow.protocol, flow.protection) == ("udp/5004", Protection.OPAQUE)


def test_media_that_no_codec_fits_is_opaque(tmp_path: Path) -> None:
    def packet(number: int) -> bytes:
        head = struct.pack(">BBHII", 0x80, 96, number, number * 3331 % 65521, 77)
        return head + bytes((number * 89 + i * i * 57 + 13) & 255 for i in range(60))

    frames = [udp(PHONE, 40000, SERVER, 5004, packet(number)) for number in range(40)]
    (flow,) = flows(analyze(tmp_path, pcap(frames)))
    assert (flow.protocol, flow.protection) == ("rtp", Protection.OPAQUE)
    assert DataCategory.UNKNOWN in flow.categories


def test_an_aircrafts_own_line_is_overheard(tmp_path: Path) -> None:
    position = struct.pack("<Iiii", 1, 356_000_000, 1_397_000_000, 0) + bytes(12)
    frames = [mavlink(0, bytes(9), 50), mavlink(33, position, 104)]
    content = pcap(frames, link=147)
    findings = analyze(tmp_path, content)
    assert (flows(findings), codes(findings)) == ([], [])
    assert findings.coverage[0].measures["link_only_frames"] == 2
    (told,) = [
        one for one in properties(findings, "said_in_clear") if "position" in one.details["what"]
    ]
    assert told.details["protocol"] == "mavlink"
    assert told.loci[0].frame == 2  # type: ignore[union-attr]
    assert bytes_at(content, told)[0] in frames[1]


def test_other_frames_of_an_own_line_are_told(tmp_path: Path) -> None:
    findings = analyze(tmp_path, pcap([b"nobody knows", b""], link=162))
    assert codes(findings) == ["SEK-P303"]
    assert codes(analyze(tmp_path, pcap([mavlink(0, bytes(9), 50)], link=163))) == ["SEK-P303"]
