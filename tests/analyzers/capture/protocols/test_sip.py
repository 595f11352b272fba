"""SIP: who calls whom, by the head of a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.protocols.sip import MAX_HEAD, is_sip, read_sip
from sekisho.model.flow import DataCategory

PERSON = DataCategory.PERSON_IDENTIFIER

# After RFC 3261, 24.2.
INVITE = (
    b"INVITE sip:bob@biloxi.example SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bK776asdhds\r\n"
    b"Max-Forwards: 70\r\n"
    b"To: Bob <sip:bob@biloxi.example>\r\n"
    b"From: Alice <sip:alice@atlanta.example>;tag=1928301774\r\n"
    b"Call-ID: a84b4c76e66710\r\n"
    b"Contact: <sip:alice:secret@pc33.atlanta.example>\r\n"
    b"User-Agent: Pilot 2\r\n"
    b'Proxy-Authorization: Digest username="alice", realm="atlanta.example", response="0"\r\n'
    b"Content-Length: 6\r\n\r\nTo: x\r\n"
)


def test_a_request_tells_its_ends() -> None:
    assert is_sip(INVITE)
    assert is_sip(bytearray(INVITE))
    said = read_sip(INVITE)
    assert [(thing.name, thing.value, thing.category) for thing in said] == [
        ("method", "INVITE", None),
        ("url", "sip:bob@biloxi.example", None),
        ("to", "Bob <sip:bob@biloxi.example>", PERSON),
        ("from", "Alice <sip:alice@atlanta.example>;tag=1928301774", PERSON),
        ("contact", "<sip:alice@pc33.atlanta.example>", PERSON),
        ("software", "Pilot 2", None),
        ("user_name", "alice", PERSON),
    ]
    for thing in said:
        if thing.name != "contact":
            assert INVITE[thing.start : thing.start + thing.length].decode() == thing.value


def test_names_of_fields_may_be_short() -> None:
    data = b"SIP/2.0 180 Ringing\r\nf: <sip:a@x>\r\nt:<tel:+8112>\r\nm: <sip:b@y>\r\nServer: pbx\r\n\r\n"
    assert [(thing.name, thing.value) for thing in read_sip(data)] == [
        ("status", "180"),
        ("from", "<sip:a@x>"),
        ("to", "<tel:+8112>"),
        ("contact", "<sip:b@y>"),
        ("software", "pbx"),
    ]


def test_what_comes_after_the_head_is_not_read() -> None:
    long = INVITE[:39] + b"x: y\r\n" * MAX_HEAD + b"To: far\r\n\r\n"
    assert [thing.name for thing in read_sip(long)] == ["method", "url"]
    assert [thing.name for thing in read_sip(INVITE[:39] + b"\r\nTo: x\r\n")] == ["method", "url"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"INVITE http://a SIP/2.0\r\n",
        b"INVITE sip:a SIP/3.0\r\n",
        b"INVITE sip:a SIP/2.0",
        b"CALL sip:a SIP/2.0\r\n",
        b"SIP/2.0 700 No\r\n",
        b"GET / HTTP/1.1\r\n",
    ],
)
def test_what_only_resembles_it_is_none(data: bytes) -> None:
    assert not is_sip(data)
    assert read_sip(data) == []


def test_cut_or_changed_it_does_no_harm() -> None:
    for cut in range(len(INVITE)):
        read_sip(INVITE[:cut])
    for at in range(len(INVITE)):
        for mask in (0x01, 0x20, 0x80):
            changed = bytearray(INVITE)
            changed[at] ^= mask
            read_sip(bytes(changed))


@given(st.binary(max_size=200))
def test_no_bytes_do_harm(noise: bytes) -> None:
    for data in (noise, INVITE[:39] + noise, INVITE[:39] + b"From:" + noise):
        is_sip(data)
        for thing in read_sip(data):
            assert thing.start + thing.length <= len(data)
            assert thing.value.isprintable()
