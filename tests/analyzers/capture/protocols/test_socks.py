from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.protocols.socks import read_target, said_of
from sekisho.model.flow import DataCategory, NameSource, Protection
from tests.analyzers.capture.build import (
    PHONE,
    SERIAL,
    SERVER,
    analyze,
    bytes_at,
    client_hello,
    flows,
    pcap,
    properties,
    record,
    server_hello,
    talk,
    tcp,
)

GREETING = b"\5\1\0"
SIGN_IN = b"\5\2\0\2" + b"\1\4user\6secret"
NAMED = b"\5\1\0\3\x0dcloud.example\x01\xbb"


@pytest.mark.parametrize(
    ("data", "host", "port"),
    [
        (GREETING + NAMED, "cloud.example", 443),
        (SIGN_IN + NAMED, "cloud.example", 443),
        (GREETING + NAMED.replace(b"cloud", b"CLOUD") + b"more", "cloud.example", 443),
        (GREETING + b"\5\1\0\1\x5d\xb8\xd8\x22\0\x50", "93.184.216.34", 80),
        (GREETING + b"\5\3\0\4" + b"\x20\1\x0d\xb8" + bytes(11) + b"\1\0\x35", "2001:db8::1", 53),
        (b"\4\1\0\x50\x5d\xb8\xd8\x22user\0", "93.184.216.34", 80),
        (b"\4\1\1\xbb\0\0\0\1\0cloud.example\0", "cloud.example", 443),
    ],
)
def test_whom_a_client_asks_for(data: bytes, host: str, port: int) -> None:
    target = read_target(bytearray(data))
    assert target is not None
    assert (target.host, target.port) == (host, port)
    stands = data[target.host_at : target.host_at + target.host_length]
    assert stands.lower() == host.encode() or len(stands) in (4, 16)


def test_the_user_is_told_and_the_password_never() -> None:
    data = SIGN_IN + NAMED
    target = read_target(data)
    assert target is not None
    said = said_of(target, data)
    assert [(one.name, one.value) for one in said] == [
        ("target", "cloud.example:443"),
        ("user", "user"),
    ]
    assert data[said[1].start : said[1].start + said[1].length] == b"user"
    assert said[1].category is DataCategory.PERSON_IDENTIFIER


@pytest.mark.parametrize(
    "data",
    [
        b"",
        GREETING,
        b"\5\0" + NAMED,
        (GREETING + NAMED)[:-1],
        GREETING + b"\5\4\0\3\1a\0\1",
        GREETING + b"\5\1\1\3\1a\0\1",
        GREETING + b"\5\1\0\2\1a\0\1",
        GREETING + b"\5\1\0\3\0\0\1",
        GREETING + b"\5\1\0\3\2\xff\xfe\0\1",
        b"\4\1\0\0\x5d\xb8\xd8\x22\0",
        b"\4\1\0\x50\x5d\xb8\xd8\x22user",
        b"\4\1\0\x50\x5d\xb8\xd8\x22\1\2\0",
        b"\4\1\0\x50\0\0\0\0\0",
        b"\4\1\1\xbb\0\0\0\1\0\0",
        b"\4\1\1\xbb\0\0\0\1\0cloud.example",
        b"\6" + NAMED,
    ],
)
def test_what_is_no_request(data: bytes) -> None:
    assert read_target(data) is None


@given(st.binary(max_size=300), st.sampled_from([b"", b"\4\1", b"\5", GREETING, SIGN_IN, NAMED]))
def test_no_bytes_do_harm(noise: bytes, head: bytes) -> None:
    target = read_target(head + noise)
    assert target is None or target.host


def through_proxy(*said: bytes) -> list[bytes]:
    frames = talk(GREETING, b"\5\0", port=1080)
    at = 1000 + len(GREETING)
    for data in (NAMED, *said):
        frames.append(tcp(PHONE, 40000, SERVER, 1080, seq=at, data=data))
        at += len(data)
    return frames


def test_the_far_end_beyond_a_proxy_is_the_recipient(tmp_path: Path) -> None:
    words = b"plain words of some length, said to the far end, with serial " + SERIAL.value.encode()
    content = pcap(through_proxy(words))
    (flow,) = flows(analyze(tmp_path, content, SERIAL))
    assert (flow.recipient.host, flow.recipient.address) == ("cloud.example", SERVER)
    assert flow.recipient.host_learnt_from is NameSource.PROXY_REQUEST
    assert (flow.protocol, flow.carried) == ("socks", (SERIAL.name,))
    assert SERIAL.value.encode() in bytes_at(content, flow)
    (target,) = properties(analyze(tmp_path, content), "said_in_clear")
    assert (target.value, target.details["what"]) == ("cloud.example:443", "target")
    assert bytes_at(content, target) == [b"cloud.example"]


def test_tls_through_a_proxy_is_tls_to_its_far_end(tmp_path: Path) -> None:
    frames = through_proxy(client_hello("cloud.example"))
    answer = server_hello() + record(23, b"x" * 40)
    frames.append(tcp(SERVER, 1080, PHONE, 40000, seq=5002, data=answer))
    findings = analyze(tmp_path, pcap(frames))
    (flow,) = flows(findings)
    assert (flow.protocol, flow.protection) == ("tls", Protection.PROTECTED)
    assert flow.recipient.host_learnt_from is NameSource.TLS_SNI
    (target,) = properties(findings, "said_in_clear")
    assert (target.details["protocol"], target.value) == ("socks", "cloud.example:443")


def test_what_cannot_be_read_through_a_proxy_is_opaque(tmp_path: Path) -> None:
    noise = bytes(range(128, 256)) * 20
    (flow,) = flows(analyze(tmp_path, pcap(through_proxy(noise))))
    assert flow.protection is Protection.OPAQUE
    assert DataCategory.UNKNOWN in flow.categories
