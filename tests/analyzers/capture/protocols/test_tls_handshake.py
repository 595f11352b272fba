"""Handshake messages of TLS in pieces, and what is read of the hellos."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.protocols import tls_handshake
from sekisho.analyzers.capture.protocols.tls_handshake import (
    CLIENT_HELLO,
    FINISHED,
    MAX_EXTENSIONS,
    MAX_HELLO,
    SERVER_HELLO,
    Messages,
    messages_in_clear,
    read_hello,
)
from tests.analyzers.capture.build import extension, record, sized
from tests.analyzers.capture.recorded import recorded

RANDOM = bytes(range(32))


def client_body(*extensions: bytes) -> bytes:
    body = b"\3\3" + RANDOM + sized(b"session", 1) + sized(b"\x13\x01\xc0\x2f", 2) + sized(b"\0", 1)
    return body + (sized(b"".join(extensions), 2) if extensions else b"")


def server_body(*extensions: bytes, random: bytes = RANDOM, packed: int = 0) -> bytes:
    body = b"\3\3" + random + sized(b"session", 1) + b"\x13\x01" + bytes((packed,))
    return body + (sized(b"".join(extensions), 2) if extensions else b"")


def message(kind: int, body: bytes) -> bytes:
    return bytes((kind,)) + sized(body, 3)


def test_a_client_says_its_number_and_whether_it_sends_at_once() -> None:
    hello = read_hello(CLIENT_HELLO, client_body())
    assert hello is not None
    assert (hello.random, hello.has_early_data, hello.is_retry) == (RANDOM, False, False)
    early = read_hello(CLIENT_HELLO, client_body(extension(10, b"xx"), extension(42, b"")))
    assert early is not None
    assert early.has_early_data


def test_a_server_says_version_suite_and_what_changes_records() -> None:
    hello = read_hello(SERVER_HELLO, server_body())
    assert hello is not None
    assert (hello.random, hello.version, hello.suite) == (RANDOM, 0x0303, 0x1301)
    assert (hello.is_retry, hello.is_packed, hello.encrypted_first) == (False, False, False)
    later = read_hello(SERVER_HELLO, server_body(extension(43, b"\3\4"), extension(22, b"")))
    assert later is not None
    assert (later.version, later.encrypted_first) == (0x0304, True)
    packed = read_hello(SERVER_HELLO, server_body(packed=1))
    assert packed is not None
    assert packed.is_packed


def test_the_number_of_a_retry_is_known() -> None:
    first = recorded("tls13-retried").stream(by_client=False)
    hello = read_hello(SERVER_HELLO, first[9 : 9 + int.from_bytes(first[6:9], "big")])
    assert hello is not None
    assert (hello.is_retry, hello.version) == (True, 0x0304)


def test_the_shortest_hello_of_a_server_is_read() -> None:
    hello = read_hello(SERVER_HELLO, b"\3\1" + RANDOM + b"\0\0\x2f\0")
    assert hello is not None
    assert (hello.version, hello.suite) == (0x0301, 0x002F)


@pytest.mark.parametrize("kind", [CLIENT_HELLO, SERVER_HELLO])
def test_a_hello_cut_short_is_none(kind: int) -> None:
    whole = client_body() if kind == CLIENT_HELLO else server_body()
    assert read_hello(kind, whole) is not None
    for end in range(len(whole)):
        assert read_hello(kind, whole[:end]) is None


def test_an_extension_longer_than_the_hello_is_not_read() -> None:
    for length in (1, 4, 255):
        longer = read_hello(SERVER_HELLO, server_body(b"\0\x16\0" + bytes((length,))))
        assert longer is not None
        assert not longer.encrypted_first
    body = server_body(extension(22, b""), extension(43, b"\3\4"))
    hello = read_hello(SERVER_HELLO, body[:-1])
    assert hello is not None
    assert (hello.version, hello.encrypted_first) == (0x0303, True)


def test_only_so_many_extensions_are_read() -> None:
    many = [extension(0xFF00, b"")] * MAX_EXTENSIONS
    for others, encrypted_first in ((many[1:], True), (many, False)):
        hello = read_hello(SERVER_HELLO, server_body(*others, extension(22, b"")))
        assert hello is not None
        assert hello.encrypted_first == encrypted_first


@given(st.lists(st.integers(1, 400), max_size=8))
def test_messages_come_in_pieces(cuts: list[int]) -> None:
    sent = message(CLIENT_HELLO, client_body()) + message(FINISHED, b"f" * 48) + message(14, b"")
    sent += message(11, b"c" * 200) + message(SERVER_HELLO, server_body())
    ends = sorted({0, len(sent), *(min(cut, len(sent)) for cut in cuts)})
    messages = Messages()
    found = []
    for begin, end in pairwise(ends):
        found += messages.take(sent[begin:end])
    assert found == [
        (CLIENT_HELLO, client_body()),
        (FINISHED, b""),
        (14, b""),
        (11, b""),
        (SERVER_HELLO, server_body()),
    ]


def test_what_is_said_in_clear_ends_with_the_first_other_record() -> None:
    sent = message(SERVER_HELLO, server_body()) + message(14, b"")
    pieces = b"".join(record(22, sent[i : i + 20]) for i in range(0, len(sent), 20))
    assert messages_in_clear(pieces + record(20, b"\1") + record(22, b"sealed")) == sent
    assert messages_in_clear(b"prelude" + pieces, 7) == sent
    assert messages_in_clear(bytearray(pieces[:-1])) == sent[:-1]
    assert messages_in_clear(record(23, b"x")) == messages_in_clear(b"") == b""


def test_no_more_than_some_bytes_in_clear_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls_handshake, "MAX_CLEAR", 200)
    assert len(messages_in_clear(record(22, bytes(100)) * 9)) == 200


def test_a_message_is_told_when_it_is_whole_and_not_kept() -> None:
    messages = Messages()
    sent = message(11, bytes(1 << 20))
    assert messages.take(sent[:-1]) == []
    assert len(messages._begun) < 8
    assert messages.take(sent[-1:]) == [(11, b"")]


def test_a_hello_too_long_is_not_kept() -> None:
    messages = Messages()
    assert messages.take(message(CLIENT_HELLO, bytes(MAX_HELLO + 1))) == [(CLIENT_HELLO, b"")]
    assert read_hello(CLIENT_HELLO, b"") is None


@given(st.binary(max_size=300), st.integers(0, 120))
def test_no_bytes_do_harm(noise: bytes, at: int) -> None:
    for kind, whole in ((CLIENT_HELLO, client_body()), (SERVER_HELLO, server_body())):
        read_hello(kind, noise)
        read_hello(kind, whole[:at] + noise)
        messages = Messages()
        messages.take(noise)
        messages.take(whole)
        messages_in_clear(record(22, whole) + noise)
        messages_in_clear(noise)
