"""Captures of real programs over loopback, from `real/loopback`: what was planted is found there."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from sekisho.analyzers.capture.analyzer import CaptureAnalyzer
from sekisho.analyzers.interface import Context
from sekisho.model.evidence import EvidenceKind
from sekisho.model.flow import DataCategory, KnownValue, NameSource
from sekisho.model.locus import PcapFrame
from sekisho.model.observation import Flow
from sekisho.model.problem import CoverageStatus
from sekisho.model.review import Findings
from tests.analyzers.capture.build import bytes_at, flows, properties
from tests.analyzers.reading import codes, source_of

LOOPBACK = Path(__file__).parent / "real" / "loopback"
FILES = sorted(path.name for path in LOOPBACK.glob("*.pcap*"))
KEY_LOGS = sorted(path.name.removesuffix(".keys.txt") for path in LOOPBACK.glob("*.keys.txt"))
DEVICE, PERSON = DataCategory.DEVICE_IDENTIFIER, DataCategory.PERSON_IDENTIFIER
POSITION, UNKNOWN = DataCategory.POSITION, DataCategory.UNKNOWN
SNI, HOST = NameSource.TLS_SNI, NameSource.HTTP_HOST
SERIAL, IMEI, MAIL = b"KZX1-LB-000731", b"490154203237518", b"tanaka.pilot@example.jp"
PLANTED = (
    KnownValue(category=DEVICE, name="serial", value=SERIAL.decode()),
    KnownValue(category=DEVICE, name="imei", value=IMEI.decode()),
    KnownValue(category=PERSON, name="email", value=MAIL.decode()),
    KnownValue(category=POSITION, name="place", value="35.6586, 139.7454"),
)
NOT_PLANTED = (
    KnownValue(category=DEVICE, name="serial", value="KZX1-LB-000732"),
    KnownValue(category=DEVICE, name="part", value="LB-00073"),
    KnownValue(category=DEVICE, name="imei", value="490154203237526"),
    KnownValue(category=PERSON, name="email", value="pilot@example.jp.example"),
    KnownValue(category=POSITION, name="place", value="35.6587, 139.7454"),
)


def read(
    tmp_path: Path, name: str, keys: str = "", known: tuple[KnownValue, ...] = PLANTED
) -> tuple[bytes, Findings]:
    content = (LOOPBACK / name).read_bytes()
    kind = EvidenceKind.PCAPNG if name.endswith("pcapng") else EvidenceKind.PCAP
    log = (LOOPBACK / f"{keys}.keys.txt").read_bytes() if keys else b""
    source = source_of(content, kind, tmp_path, name)
    context = Context(known_values=known, key_log=log)
    return content, CaptureAnalyzer().analyze(source, context)


def told(flow: Flow) -> str:
    """What moved: to whom, in how many connections, bytes sent and received, packets, values."""
    far, moved = flow.recipient, flow.volume
    ends = f"{flow.protocol} {flow.protection.value} {far.address} {far.port}"
    amounts = f"{flow.connections}x {moved.sent}/{moved.received} in {moved.packets}"
    return f"{ends} {amounts}: {' '.join(flow.carried)}".rstrip()


def frames(content: bytes) -> Iterator[tuple[int, int]]:
    """Where each frame of a pcap begins and ends."""
    at = 24
    while at < len(content):
        (length,) = struct.unpack_from("<I", content, at + 8)
        yield at + 16, at + 16 + length
        at += 16 + length


# Bytes and packets are those that tshark counts.
FLOWS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("connect-tls", ("tls protected 127.0.0.2 3128 1x 1032/1636 in 22:",)),
    (
        "dns",
        (
            "dns clear 127.0.0.2 53 6x 361/414 in 20: serial",
            "mqtt clear 127.0.0.9 1883 1x 41/4 in 12:",
        ),
    ),
    ("dot", ("dot protected 127.0.0.2 853 1x 433/863 in 12:",)),
    ("dtls12", ("dtls protected 127.0.0.2 4444 1x 646/1154 in 12:",)),
    (
        "ftp",
        (
            "ftp clear 127.0.0.2 21 1x 87/281 in 25: serial",
            "tcp/50025 clear 127.0.0.2 50025 1x 46/0 in 8: imei",
        ),
    ),
    ("http1", ("http clear 127.0.0.2 8080 1x 341/320 in 17: email imei serial",)),
    ("http1-gzip", ("http clear 127.0.0.2 8080 1x 243/160 in 12: serial",)),
    ("http1-ipv6-cooked", ("http clear ::1 8080 1x 100/160 in 12: serial",)),
    ("http2-clear", ("http2 clear 127.0.0.2 8080 1x 281/112 in 17: email imei serial",)),
    ("https-tls12", ("tls protected 127.0.0.2 8443 1x 634/959 in 18:",)),
    ("https-tls13", ("tls protected 127.0.0.2 8443 1x 903/1565 in 18:",)),
    ("mavlink2-signed", ("mavlink clear 127.0.0.2 14550 1x 402/0 in 9: place serial",)),
    ("mavlink2-unsigned", ("mavlink clear 127.0.0.2 14550 1x 285/0 in 9: place serial",)),
    ("mqtt", ("mqtt clear 127.0.0.2 1883 1x 148/8 in 13: imei serial",)),
    ("mqtt5", ("mqtt clear 127.0.0.2 1883 2x 170/117 in 28: email imei serial",)),
    ("ntp", ("ntp clear 127.0.0.2 123 3x 144/144 in 6:",)),
    ("openvpn", ("openvpn protected 127.0.0.2 1194 1x 1389/1469 in 9:",)),
    ("proxy-http", ("http clear 127.0.0.2 3128 1x 323/160 in 22: email imei serial",)),
    ("quic", ("quic protected 127.0.0.2 4433 1x 2514/1489 in 9:",)),
    ("rtsp-tcp", ("rtsp clear 127.0.0.2 8554 1x 6612/387 in 62: serial",)),
    ("sip", ("sip clear 127.0.0.2 5060 1x 390/358 in 2: serial",)),
    ("smtp-clear", ("smtp clear 127.0.0.2 25 1x 210/172 in 29: email serial",)),
    ("smtp-starttls", ("tls protected 127.0.0.2 587 1x 1015/1887 in 47:",)),
    ("smtp-starttls-name", ("tls clear 127.0.0.2 587 1x 1045/1887 in 49: serial",)),
    ("socks5-http", ("http clear 127.0.0.2 1080 1x 291/172 in 17: email imei serial",)),
    ("socks5-tls", ("tls protected 127.0.0.2 1080 1x 934/1576 in 24:",)),
    ("ssh", ("ssh protected 127.0.0.2 2222 1x 2937/2813 in 23:",)),
    ("stun", ("stun clear 127.0.0.2 3478 1x 20/80 in 2:",)),
    ("turn", ("turn clear 127.0.0.2 3478 1x 1384/1364 in 24:",)),
    (
        "http1-chunked",
        ("http clear 127.0.0.2 8080 1x 220/160 in 18: imei serial",),
    ),
    (
        "http2-head",
        ("http2 clear 127.0.0.2 8080 1x 158/112 in 14: imei serial",),
    ),
    (
        "mqtt-qos0",
        ("mqtt clear 127.0.0.2 1883 1x 47/4 in 12: serial",),
    ),
    (
        "rtp-h264",
        ("rtcp clear 127.0.0.2 5005 1x 28/0 in 1:", "rtp clear 127.0.0.2 5004 1x 5565/0 in 20:"),
    ),
    (
        "rtsp-udp",
        (
            "rtsp clear 127.0.0.2 8554 1x 977/453 in 21: serial",
            "rtcp clear 127.0.0.2 5001 1x 28/0 in 1:",
            "rtp clear 127.0.0.2 5000 1x 5531/0 in 20:",
        ),
    ),
)


@pytest.mark.parametrize(("name", "lines"), FLOWS)
def test_the_flows_are_those_that_were_made(
    tmp_path: Path, name: str, lines: tuple[str, ...]
) -> None:
    assert tuple(map(told, flows(read(tmp_path, f"{name}.pcap")[1]))) == lines


@pytest.mark.parametrize("name", FILES)
def test_every_frame_is_read_and_no_name_is_of_other_values(tmp_path: Path, name: str) -> None:
    findings = read(tmp_path, name, known=NOT_PLANTED)[1]
    (coverage,) = findings.coverage
    assert coverage.status is CoverageStatus.LOOKED
    for measure in ("lost_bytes", "unread_frames", "truncated_frames", "dropped_frames"):
        assert coverage.measures[measure] == 0
    assert [flow.carried for flow in flows(findings)] == [()] * len(flows(findings))
    assert f"`{name}`" in (LOOPBACK / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        *(name for name in FILES if name != "mqtt-qos0.pcap"),
        ("mqtt-qos0.pcap"),
    ],
)
def test_planted_words_are_found_wherever_they_stand_in_clear(tmp_path: Path, name: str) -> None:
    content, findings = read(tmp_path, name)
    places: defaultdict[bytes, set[int]] = defaultdict(set)
    for place in (place for flow in flows(findings) for place in flow.loci):
        assert isinstance(place, PcapFrame)
        places[content[place.offset : place.offset + place.length]].add(place.offset)
    for word in (SERIAL, IMEI, MAIL):
        stands = {at for at in range(len(content)) if content.startswith(word, at)}
        assert places[word] == stands


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".pcap")])
def test_places_stand_within_the_frames_they_name(tmp_path: Path, name: str) -> None:
    content, findings = read(tmp_path, name)
    within = list(frames(content))
    for seen in findings.observations:
        assert seen.loci
        for place in seen.loci:
            assert isinstance(place, PcapFrame)
            begin, end = within[place.frame - 1]
            assert begin <= place.offset < place.offset + place.length <= end


@pytest.mark.parametrize(
    ("name", "at", "expected"),
    [
        ("http1", 0, ("cloud.example", HOST)),
        ("http1-ipv6-cooked", 0, (None, NameSource.NONE)),
        ("https-tls12", 0, ("cloud.example", SNI)),
        ("https-tls13", 0, ("cloud.example", SNI)),
        ("smtp-starttls", 0, ("mail.example", SNI)),
        ("quic", 0, ("cloud.example", SNI)),
        ("dtls12", 0, ("cloud.example", SNI)),
        ("dot", 0, ("dns.example", SNI)),
        ("connect-tls", 0, ("cloud.example", SNI)),
        ("proxy-http", 0, ("cloud.example", HOST)),
        ("socks5-tls", 0, ("cloud.example", SNI)),
        ("socks5-http", 0, ("cloud.example", HOST)),
        ("dns", 1, ("telemetry.maker.example", NameSource.DNS_ANSWER)),
        (*("http2-clear", 0, ("cloud.example", HOST)),),
    ],
)
def test_the_recipient_bears_the_name_that_was_asked_for(
    tmp_path: Path, name: str, at: int, expected: tuple[str | None, NameSource]
) -> None:
    recipient = flows(read(tmp_path, f"{name}.pcap")[1])[at].recipient
    assert (recipient.host, recipient.host_learnt_from) == expected


@pytest.mark.parametrize(
    ("name", "at", "categories"),
    [
        ("http1", 0, {POSITION, DEVICE, PERSON}),
        ("http1-gzip", 0, {POSITION, DEVICE}),
        ("socks5-http", 0, {POSITION, DEVICE, PERSON}),
        ("mavlink2-signed", 0, {POSITION, DEVICE, DataCategory.FLIGHT_RECORD}),
        ("mavlink2-unsigned", 0, {POSITION, DEVICE, DataCategory.FLIGHT_RECORD}),
        ("mqtt", 0, {DEVICE, PERSON, DataCategory.CREDENTIAL}),
        ("ftp", 0, {DEVICE, PERSON, DataCategory.CREDENTIAL}),
        ("ftp", 1, {POSITION, DEVICE}),
        ("smtp-clear", 0, {DEVICE, PERSON}),
        ("dns", 0, {DEVICE, DataCategory.NAME_LOOKUP}),
        ("dot", 0, {DataCategory.NAME_LOOKUP, UNKNOWN}),
        ("ntp", 0, {DataCategory.TIME}),
        ("rtsp-tcp", 0, {DataCategory.IMAGERY, DEVICE}),
        ("rtp-h264", 1, {DataCategory.IMAGERY}),
        ("turn", 0, {PERSON}),
        ("mqtt", 0, {POSITION}),
        ("http2-clear", 0, {POSITION}),
        ("turn", 0, {UNKNOWN}),
    ],
)
def test_what_moves_is_of_these_kinds(
    tmp_path: Path, name: str, at: int, categories: set[DataCategory]
) -> None:
    assert categories <= set(flows(read(tmp_path, f"{name}.pcap")[1])[at].categories)


FILE, PLACE = "flight-KZX1-LB-000731.txt", struct.pack("<ii", 356586000, 1397454000)


@pytest.mark.parametrize(
    ("name", "what", "value", "found"),
    [
        ("mqtt", "mqtt client_id", "drone-KZX1-LB-000731", b"drone-KZX1-LB-000731"),
        ("mqtt", "mqtt password", "-", b"s3cret-w0rd"),
        ("mqtt5", "mqtt version", "MQTT 5", b"MQTT"),
        ("mqtt5", "mqtt topic_filter", "drones/+/telemetry", b"drones/+/telemetry"),
        ("mavlink2-signed", "mavlink signature", "signed", b"\x01"),
        ("mavlink2-unsigned", "mavlink signature", "unsigned", b"\0"),
        ("mavlink2-signed", "mavlink position", "35.6586000, 139.7454000", PLACE),
        ("ftp", "ftp user_name", "pilot", b"pilot"),
        ("ftp", "ftp password", "-", b"s3cret-w0rd"),
        ("ftp", "ftp stored_file", FILE, FILE.encode()),
        ("smtp-clear", "smtp mail_sender", MAIL.decode(), MAIL),
        ("smtp-clear", "smtp client_name", "drone.example", b"drone.example"),
        ("rtsp-tcp", "rtsp codec", "H264", b"H264"),
        ("stun", "stun mapped_address", "127.0.0.1:56551", b"\0\1\xfd\xf5\x5e\x12\xa4\x43"),
        ("turn", "stun user_name", "pilot", b"pilot"),
        ("turn", "stun realm", "maker.example", b"maker.example"),
        ("socks5-tls", "socks target", "127.0.0.3:8443", b"\x7f\0\0\3"),
        ("sip", "sip software", "sipsak 0.9.8.1", b"sipsak 0.9.8.1"),
        (
            "smtp-starttls",
            *("smtp client_name", "drone.example", b"drone.example"),
        ),
    ],
)
def test_protocols_in_clear_say_what_their_clients_said(
    tmp_path: Path, name: str, what: str, value: str, found: bytes
) -> None:
    content, findings = read(tmp_path, f"{name}.pcap")
    said = {
        (f"{one.details['protocol']} {one.details['what']}", one.value): one
        for one in properties(findings, "said_in_clear")
    }
    assert (what, value) in said
    assert bytes_at(content, said[what, value]) == [found]
    assert not any("s3cret-w0rd" in one.value for one in said.values())


def test_names_looked_up_are_told_with_their_answers(tmp_path: Path) -> None:
    asked = {
        (one.value, one.details["type"], one.details.get("addresses"))
        for one in properties(read(tmp_path, "dns.pcap")[1], "dns_lookup")
    }
    assert asked == {
        ("cloud.example", "A", "198.51.100.7"),
        ("cloud.example", "AAAA", "2001:db8::7"),
        ("cdn.example", "A", "198.51.100.7"),
        ("missing.example", "TXT", None),
        ("kzx1-lb-000731.telemetry.maker.example", "A", "127.0.0.9"),
        ("telemetry.maker.example", "A", "127.0.0.9"),
    }


def test_a_look_up_over_tcp_stands_where_its_name_stands(tmp_path: Path) -> None:
    content, findings = read(tmp_path, "dns.pcap")
    (one,) = [seen for seen in properties(findings, "dns_lookup") if seen.value == "cdn.example"]
    assert b"\3cdn\7example\0" in b"".join(bytes_at(content, one))


@pytest.mark.parametrize("name", ["socks5-http.pcap", "socks5-tls.pcap"])
def test_one_name_behind_a_proxy_is_not_several(tmp_path: Path, name: str) -> None:
    assert codes(read(tmp_path, name)[1]) == []


@pytest.mark.parametrize(
    ("name", "session"),
    [
        ("https-tls12", ("TLS 1.2", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "http/1.1")),
        ("https-tls13", ("TLS 1.3", "TLS_AES_256_GCM_SHA384", "http/1.1")),
        ("smtp-starttls", ("TLS 1.3", "TLS_AES_256_GCM_SHA384", None)),
        ("dot", ("TLS 1.3", "TLS_AES_256_GCM_SHA384", "dot")),
        ("quic", ("TLS 1.3", None, "h3")),
        ("dtls12", ("DTLS", None, None)),
    ],
)
def test_sessions_are_told(
    tmp_path: Path, name: str, session: tuple[str, str | None, str | None]
) -> None:
    (one,) = properties(read(tmp_path, f"{name}.pcap")[1], "tls_session")
    assert (one.value, one.details.get("suite"), one.details.get("offered_protocols")) == session


OPENED = (
    ("https-tls12.pcap", "https-tls12", "email imei serial", {POSITION}),
    ("https-tls13.pcap", "https-tls13", "email imei serial", {POSITION}),
    ("https-tls13-secrets.pcapng", "", "email imei serial", {POSITION}),
    ("http2-tls-secrets.pcapng", "", "email imei serial", {DEVICE, PERSON}),
    ("connect-tls.pcap", "connect-tls", "email imei serial", {POSITION}),
    ("smtp-starttls.pcap", "smtp-starttls", "email serial", {DEVICE, PERSON}),
)


@pytest.mark.parametrize(("name", "keys", "carried", "categories"), OPENED)
def test_with_its_key_log_what_tls_carries_is_found(
    tmp_path: Path, name: str, keys: str, carried: str, categories: set[DataCategory]
) -> None:
    content, findings = read(tmp_path, name, keys)
    (flow,) = flows(findings)
    assert (flow.protocol, flow.protection.value) == ("tls", "protected")
    assert " ".join(flow.carried) == carried
    assert categories <= set(flow.categories)
    assert findings.coverage[0].measures["opened_bytes"] > 0
    records = [found for found in bytes_at(content, flow) if found[:3] == b"\x17\x03\x03"]
    assert records
    assert all(len(record) == 5 + int.from_bytes(record[3:5], "big") for record in records)


@pytest.mark.parametrize("other", ["", "connect-tls"])
@pytest.mark.parametrize("name", [*(name for name in KEY_LOGS if name != "connect-tls"), "quic"])
def test_without_its_key_log_nothing_of_tls_is_found(tmp_path: Path, name: str, other: str) -> None:
    content, findings = read(tmp_path, f"{name}.pcap", other)
    (flow,) = flows(findings)
    assert "email" not in flow.carried
    assert MAIL not in content
    assert findings.coverage[0].measures["opened_bytes"] == 0
    if name != "smtp-starttls-name":
        assert (flow.protection.value, flow.carried) == ("protected", ())
        assert UNKNOWN in flow.categories


def test_what_was_said_before_tls_stays_in_clear_with_keys(tmp_path: Path) -> None:
    content, findings = read(tmp_path, "smtp-starttls-name.pcap", "smtp-starttls-name")
    (flow,) = flows(findings)
    assert SERIAL in bytes_at(content, flow)
    assert flow.protection.value == "clear"
