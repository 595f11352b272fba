"""TLS conversations of other programs, opened with the key log of one end."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from sekisho.model.flow import DataCategory, KnownValue, NameSource, Protection
from sekisho.model.locus import PcapFrame
from sekisho.model.observation import Flow
from sekisho.model.problem import CoverageStatus
from sekisho.model.review import Findings
from tests.analyzers.capture.build import (
    ACK,
    PHONE,
    PSH,
    SERVER,
    SYN,
    analyze,
    block,
    enhanced,
    flows,
    interface,
    pcap,
    properties,
    section,
    tcp,
)
from tests.analyzers.capture.recorded import Recorded, recorded

SERIAL = KnownValue(
    category=DataCategory.DEVICE_IDENTIFIER, name="serial", value="1581F5BKD223Q00A520F"
)
PLACE = KnownValue(category=DataCategory.POSITION, name="place", value="35.6812, 139.7671")
OPENED = (
    "tls10-aes256-cbc-sha", "tls12-aes128-cbc-sha-etm", "tls12-chacha20", "tls12-resumed",
    "tls13-aes128-gcm", "tls13-key-update", "tls13-python", "tls13-retried", "go-tls13",
)  # fmt: skip


def frames_of(connection: Recorded, *, port: int = 443, piece: int = 1000) -> list[bytes]:
    """The connection as it would have been captured."""
    here, there = (PHONE, 40000, SERVER, port), (SERVER, port, PHONE, 40000)
    frames = [tcp(*here, seq=999, flags=SYN), tcp(*there, seq=4999, flags=SYN | ACK)]
    numbers = {True: 1000, False: 5000}
    for by_client, data in connection.sent:
        for at in range(0, len(data), piece):
            part = data[at : at + piece]
            ends = here if by_client else there
            frames.append(tcp(*ends, part, seq=numbers[by_client], flags=ACK | PSH))
            numbers[by_client] += len(part)
    return frames


def with_secrets(frames: list[bytes], keys: bytes) -> bytes:
    secrets = block(10, struct.pack("<II", 0x544C534B, len(keys)) + keys)
    blocks = [enhanced(frame, at=(1_700_000_000 + i) * 10**6) for i, frame in enumerate(frames)]
    return section() + interface() + secrets + b"".join(blocks)


def only_flow(findings: Findings) -> Flow:
    (flow,) = flows(findings)
    return flow


@pytest.mark.parametrize("name", OPENED)
@pytest.mark.parametrize("piece", [7, 1000])
def test_what_was_said_is_searched_and_stays_protected(
    tmp_path: Path, name: str, piece: int
) -> None:
    connection = recorded(name)
    content = with_secrets(frames_of(connection, piece=piece), connection.keys)
    findings = analyze(tmp_path, content, SERIAL, PLACE)
    flow = only_flow(findings)
    assert (flow.protocol, flow.protection) == ("tls", Protection.PROTECTED)
    assert flow.carried == ("place", "serial")
    assert {DataCategory.DEVICE_IDENTIFIER, DataCategory.POSITION} <= set(flow.categories)
    assert DataCategory.UNKNOWN not in flow.categories
    assert findings.coverage[0].status is CoverageStatus.LOOKED
    assert findings.coverage[0].measures["opened_bytes"] > 0
    assert findings.problems == ()


def test_the_place_is_the_record_in_the_file(tmp_path: Path) -> None:
    connection = recorded("tls13-aes128-gcm")
    content = with_secrets(frames_of(connection), connection.keys)
    flow = only_flow(analyze(tmp_path, content, SERIAL))
    places = [locus for locus in flow.loci[1:] if isinstance(locus, PcapFrame)]
    found = [content[place.offset : place.offset + place.length] for place in places]
    assert any(data[:3] == b"\x17\x03\x03" for data in found)
    assert all(data in connection.stream(by_client=True) for data in found)


@pytest.mark.parametrize("name", ["tls12-chacha20", "tls13-aes128-gcm"])
def test_without_keys_or_with_false_ones_nothing_is_opened(tmp_path: Path, name: str) -> None:
    connection = recorded(name)
    frames = frames_of(connection)
    digits = connection.keys.strip()
    false = digits[:-1] + (b"0" if digits[-1:] != b"0" else b"1")
    for content in (pcap(frames), with_secrets(frames, b""), with_secrets(frames, false)):
        flow = only_flow(analyze(tmp_path, content, SERIAL, PLACE))
        assert flow.protection is Protection.PROTECTED
        assert DataCategory.UNKNOWN in flow.categories


def test_a_certificate_in_clear_names_the_server_and_its_faults(tmp_path: Path) -> None:
    connection = recorded("tls12-ecdhe-rsa-aes128-gcm")
    findings = analyze(tmp_path, pcap(frames_of(connection, piece=100)))
    (shown,) = properties(findings, "tls_certificate")
    assert shown.details["faults"].split()[0] == "self_signed"
    assert len(shown.details["sha256"]) == 64
    flow = only_flow(findings)
    learnt = flow.recipient.host_learnt_from
    assert learnt in (NameSource.TLS_SNI, NameSource.CERTIFICATE, NameSource.NONE)


def test_weak_suites_are_told(tmp_path: Path) -> None:
    findings = analyze(tmp_path, pcap(frames_of(recorded("tls10-aes256-cbc-sha"))))
    (session,) = properties(findings, "tls_session")
    assert session.value == "TLS 1.0"
    assert {"tls10", "cbc_sha1"} <= set(session.details["weaknesses"].split())
