"""QUIC: the server name in the first packets of a client, as other programs send it and in pieces."""

from __future__ import annotations

import struct
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.protocols import quic
from sekisho.analyzers.capture.protocols.quic import MAX_DATAGRAMS, QuicReader, client_keys
from sekisho.model.flow import DataCategory, NameSource, Protection
from tests.analyzers.capture.build import (
    PHONE,
    SERVER,
    analyze,
    bytes_at,
    flows,
    hello_message,
    pcap,
    properties,
    sized,
    udp,
)

REAL = Path(__file__).parents[1] / "real"
CONNECTION = bytes.fromhex("8394c8f03e515708")
VERSION_1, VERSION_2, DRAFT_22, DRAFT_27, DRAFT_29 = (
    1,
    0x6B3343CF,
    0xFF000016,
    0xFF00001B,
    0xFF00001D,
)
SALTS = {
    VERSION_1: quic._V1,
    VERSION_2: quic._V2,
    DRAFT_22: quic._DRAFT_22,
    DRAFT_27: quic._DRAFT_23,
    DRAFT_29: quic._DRAFT_29,
    0xFACEB002: quic._DRAFT_23,
    0xFACEB00E: quic._DRAFT_29,
}
HELLO = hello_message()


def number(value: int) -> bytes:
    """In the shortest form (RFC 9000, 16)."""
    for width, mark in ((1, 0x00), (2, 0x40), (4, 0x80), (8, 0xC0)):
        if value < 1 << (8 * width - 2):
            data = bytearray(value.to_bytes(width, "big"))
            data[0] |= mark
            return bytes(data)
    raise ValueError(value)


def crypto(offset: int, data: bytes, kind: int = 6) -> bytes:
    return bytes((kind,)) + number(offset) + number(len(data)) + data


def initial(
    frames: bytes,
    *,
    version: int = VERSION_1,
    keyed: bytes = CONNECTION,
    to: bytes = CONNECTION,
    count: int = 0,
    token: bytes = b"",
    salt: bytes | None = None,
) -> bytes:
    """An Initial packet of a client, sealed (RFC 9001, 5)."""
    keys = client_keys(keyed, salt or SALTS[version], is_version_2=version == VERSION_2)
    frames = frames.ljust(32, b"\0")
    kind = 0xD0 if version == VERSION_2 else 0xC0
    head = bytes((kind | 1,)) + struct.pack(">I", version) + sized(to, 1) + sized(b"scid", 1)
    head += number(len(token)) + token + number(2 + len(frames) + 16)
    plain = head + struct.pack(">H", count)
    nonce = int.from_bytes(keys.iv, "big") ^ count
    sealed = AESGCM(keys.key).encrypt(nonce.to_bytes(12, "big"), frames, plain)
    mask = Cipher(AES128(keys.header), modes.ECB()).encryptor().update(sealed[2:18])
    hidden = bytearray(plain)
    hidden[0] ^= mask[0] & 0x0F
    hidden[-2] ^= mask[1]
    hidden[-1] ^= mask[2]
    return bytes(hidden) + sealed


def name_in(*datagrams: bytes) -> str | None:
    reader = QuicReader()
    for datagram in datagrams:
        hello = reader.take(datagram)
        if hello is not None:
            return hello.server_name
    return None


def chlo(name: bytes, count: int = 2) -> bytes:
    """A CHLO message with two tags (QUIC Crypto)."""
    values = b"-" * 7 + name
    tags = b"PAD\0" + struct.pack("<I", 7) + b"SNI\0" + struct.pack("<I", len(values))
    return b"CHLO" + struct.pack("<HH", count, 0) + tags + values


def test_the_keys_are_those_of_the_standards() -> None:
    """RFC 9001, A.1, and RFC 9369, A.1."""
    first = client_keys(CONNECTION, quic._V1)
    assert first.key.hex() == "1f369613dd76d5467730efcbe3b1a22d"
    assert first.iv.hex() == "fa044b2f42a3fd3b46fb255c"
    assert first.header.hex() == "9f50449e04a0e810283a1e9933adedd2"
    second = client_keys(CONNECTION, quic._V2, is_version_2=True)
    assert second.key.hex() == "8b1a0bc121284290a29e0971b5cd045d"
    assert second.iv.hex() == "91f73e2351d8fa91660e909f"
    assert second.header.hex() == "45b95e15235d6f45a6b19cbcb0294ba9"


@pytest.mark.parametrize("name", ["quic-v1.bin", "quic-v2.bin"])
def test_what_another_program_sends_is_read(name: str) -> None:
    hello = QuicReader().take((REAL / name).read_bytes())
    assert hello is not None
    assert (hello.server_name, hello.name_at) == ("gcs.police.example", -1)
    assert hello.application_protocols == ("h3",)


@pytest.mark.parametrize("version", SALTS)
def test_versions_differ_in_their_salts(version: int) -> None:
    assert name_in(initial(crypto(0, HELLO), version=version)) == "gcs.police.example"


def test_of_unknown_versions_nothing_is_read() -> None:
    packet = initial(crypto(0, HELLO), version=0x0A0A0A0A, salt=quic._V1)
    assert name_in(packet) is None
    assert name_in(initial(crypto(0, HELLO), salt=quic._V2)) is None


@given(
    st.lists(st.integers(1, len(HELLO) - 1), max_size=6, unique=True),
    st.randoms(use_true_random=False),
    st.integers(1, 4),
)
def test_pieces_come_in_any_order(cuts: list[int], order: object, packets: int) -> None:
    """In one packet or several, with padding, pings and acknowledgements between them."""
    ends = [0, *sorted(cuts), len(HELLO)]
    frames = [crypto(a, HELLO[a:b]) + b"\1\0\2\5\0\1\3\2\2" for a, b in pairwise(ends)]
    order.shuffle(frames)  # type: ignore[attr-defined]
    parts = [b"".join(frames[i::packets]) for i in range(packets)]
    sent = [initial(part, count=i) for i, part in enumerate(parts)]
    assert name_in(*sent) == "gcs.police.example"
    assert name_in(b"".join(sent)) == "gcs.police.example"


def test_a_hello_with_a_gap_is_not_whole() -> None:
    first, last = crypto(0, HELLO[:40]), crypto(41, HELLO[41:])
    reader = QuicReader()
    assert reader.take(initial(first + last)) is None
    assert reader.wants_more
    hello = reader.take(initial(crypto(30, HELLO[30:50]), count=1))
    assert hello is not None
    assert hello.server_name == "gcs.police.example"


def test_after_the_answer_the_keys_stay_and_after_a_retry_they_change() -> None:
    half, rest = crypto(0, HELLO[:50]), crypto(50, HELLO[50:])
    assert name_in(initial(half), initial(rest, to=b"chosen", count=1)) == "gcs.police.example"
    retried = initial(crypto(0, HELLO), keyed=b"chosen", to=b"chosen", token=b"t" * 70)
    assert name_in(initial(half), retried) == "gcs.police.example"


def test_packets_before_it_in_the_datagram_are_passed_over() -> None:
    handshake = bytes((0xE0,)) + struct.pack(">I", 1) + sized(CONNECTION, 1) + sized(b"", 1)
    handshake += number(60) + b"h" * 60
    assert name_in(handshake + initial(crypto(0, HELLO))) == "gcs.police.example"
    assert name_in(initial(b"\0") + initial(crypto(0, HELLO), count=1)) == "gcs.police.example"


def test_frames_that_have_no_place_there_end_the_packet() -> None:
    assert name_in(initial(b"\x1c" + crypto(0, HELLO))) is None
    assert name_in(initial(crypto(0, HELLO) + b"\x1c")) == "gcs.police.example"
    too_long = b"\6\0" + number(len(HELLO) + 200) + HELLO
    assert name_in(initial(too_long)) is None
    assert name_in(initial(crypto(quic.MAX_CRYPTO, HELLO))) is None


def test_no_more_than_some_datagrams_are_looked_at() -> None:
    reader = QuicReader()
    for _ in range(MAX_DATAGRAMS):
        assert reader.wants_more
        assert reader.take(b"\xc0nothing that could be read") is None
    assert not reader.wants_more
    reader = QuicReader()
    for i in range(quic.MAX_CRYPTO // 8192):
        assert reader.wants_more
        assert reader.take(initial(crypto(8192 * i, b"x" * 8192), count=i)) is None
    assert not reader.wants_more
    scattered = b"".join(crypto(2 * i, b"x") for i in range(quic.MAX_PIECES + 1))
    reader = QuicReader()
    assert reader.take(initial(scattered)) is None
    assert not reader.wants_more


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_a_datagram_cut_off_is_no_hello(cut: int) -> None:
    whole = initial(crypto(0, HELLO))
    assert name_in(whole[: min(cut, len(whole) - 1)]) is None


@given(st.binary(max_size=300), st.integers(0, 1199), st.integers(0, 255))
def test_no_bytes_do_harm(noise: bytes, at: int, value: int) -> None:
    sent = bytearray((REAL / "quic-v1.bin").read_bytes())
    sent[at] = value
    reader = QuicReader()
    for datagram in (noise, b"\xc1\0\0\0\1" + noise, b"\x09" * 9 + b"Q043" + noise, bytes(sent)):
        reader.take(datagram)


def test_google_quic_says_the_name_in_clear() -> None:
    message = chlo(b"GCS.police.example")
    old = b"\x0d" + b"c" * 8 + b"Q043" + b"\1" + b"h" * 12 + b"\x80\1" + message
    for datagram in (old, b"\xc3Q046\x50" + b"c" * 8 + b"\0" * 16 + message):
        hello = QuicReader().take(datagram)
        assert hello is not None
        assert hello.server_name == "gcs.police.example"
        assert datagram[hello.name_at :].startswith(b"GCS.police.example")


@pytest.mark.parametrize("version", [b"Q050", b"T050", b"T051"])
def test_the_last_of_google_are_sealed_as_the_drafts_are(version: bytes) -> None:
    code = int.from_bytes(version, "big")
    salt = quic._SALTS[code][0]
    assert name_in(initial(crypto(0, HELLO, 8), version=code, salt=salt)) == "gcs.police.example"
    said = initial(crypto(0, chlo(b"a.example"), 8), version=code, salt=salt)
    assert name_in(said) == "a.example"


@pytest.mark.parametrize(
    "message",
    [
        b"CHLO",
        b"CHLO" + b"\xff\xff\0\0" + b"x" * 40,
        chlo(b"name")[:-1],
        chlo(b"name", 3),
        chlo(b"name").replace(struct.pack("<I", 7), struct.pack("<I", 70)),
    ],
)
def test_a_broken_google_message_is_none(message: bytes) -> None:
    assert name_in(b"\x0d" + b"c" * 8 + b"Q043\1" + b"h" * 12 + message) is None


def test_a_google_message_may_have_no_name() -> None:
    hello = QuicReader().take(
        b"\x0d" + b"c" * 8 + b"Q043\1" + chlo(b"").replace(b"SNI\0", b"XYZ\0")
    )
    assert hello is not None
    assert (hello.server_name, hello.name_at) == (None, -1)


def test_a_flow_is_named_by_its_first_datagrams(tmp_path: Path) -> None:
    here, there = (PHONE, 50000, SERVER, 443), (SERVER, 443, PHONE, 50000)
    first, second = initial(crypto(60, HELLO[60:])), initial(crypto(0, HELLO[:60]), count=1)
    frames = [udp(*here, first), udp(*there, b"\xc0" + bytes(60)), udp(*here, second)]
    frames += [udp(*here, b"\x40" + bytes(90)), udp(*there, b"\x40" + bytes(900))]
    content = pcap(frames)
    findings = analyze(tmp_path, content)
    (flow,) = flows(findings)
    assert (flow.protocol, flow.protection) == ("quic", Protection.PROTECTED)
    assert flow.categories == (DataCategory.UNKNOWN,)
    assert flow.recipient.host == "gcs.police.example"
    assert flow.recipient.host_learnt_from is NameSource.TLS_SNI
    assert second in bytes_at(content, flow)
    (session,) = properties(findings, "tls_session")
    assert (session.value, session.details["host"]) == ("TLS 1.3", "gcs.police.example")
    assert session.details["ja4"].startswith("q")


def test_a_flow_of_google_quic_points_at_the_name(tmp_path: Path) -> None:
    datagram = b"\x0d" + b"c" * 8 + b"Q043" + b"\1" + b"h" * 12 + chlo(b"gcs.police.example")
    content = pcap([udp(PHONE, 50000, SERVER, 443, datagram)])
    findings = analyze(tmp_path, content)
    (flow,) = flows(findings)
    assert (flow.protocol, flow.recipient.host) == ("quic", "gcs.police.example")
    assert b"gcs.police.example" in bytes_at(content, flow)
    assert properties(findings, "tls_session") == []


def test_a_flow_of_quic_without_a_hello_has_no_name(tmp_path: Path) -> None:
    junk = b"\xc0\0\0\0\1" + sized(CONNECTION, 1) + bytes(60)
    frames = [udp(PHONE, 50000, SERVER, 443, junk)] * (MAX_DATAGRAMS + 4)
    (flow,) = flows(analyze(tmp_path, pcap(frames)))
    assert (flow.protocol, flow.recipient.host) == ("quic", None)
    assert flow.volume is not None
    assert flow.volume.packets == MAX_DATAGRAMS + 4
