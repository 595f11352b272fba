from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.protocols.http import MAX_HEAD, Message, MessageReader, decoded_body
from tests.analyzers.capture.build import post


def read(*pieces: bytes) -> tuple[list[Message], MessageReader]:
    reader, data, messages = MessageReader(), bytearray(), []
    for piece in pieces:
        data += piece
        messages += reader.read(data)
    return messages, reader


def test_request_line_host_and_body_are_read() -> None:
    data = post(b"a=1", path="/v1/x?sn=1", headers="Content-Type: Text/Plain; charset=x\r\n")
    (message,), _ = read(data)
    assert (message.method, message.target, message.host) == ("POST", "/v1/x?sn=1", "cloud.example")
    assert message.content_type == "text/plain"
    assert data[message.host_at :].startswith(b"cloud.example")
    assert (data[message.body_at :], message.body_length) == (b"a=1", 3)


def test_a_head_in_pieces_is_put_together() -> None:
    data = post(b"abc")
    messages, _ = read(*(data[i : i + 7] for i in range(0, len(data), 7)))
    assert [message.host for message in messages] == ["cloud.example"]


def test_a_body_that_looks_like_a_request_is_not_one() -> None:
    fake = b"GET / HTTP/1.1\r\nHost: fake.example\r\n\r\n"
    messages, _ = read(post(fake), post(b"", host="second.example"))
    assert [message.host for message in messages] == ["cloud.example", "second.example"]


def test_chunks_are_passed_over_wherever_they_are_cut() -> None:
    head = b"POST /c HTTP/1.1\r\nHost: c.example\r\nTransfer-Encoding: chunked\r\n\r\n"
    data = head + b"5;x=y\r\nabcde\r\n2\r\nfg\r\n0\r\nX: y\r\n\r\n" + post(b"", host="next.example")
    for step in (1, 5, len(data)):
        pieces = [data[i : i + step] for i in range(0, len(data), step)]
        messages, reader = read(*pieces)
        assert [message.host for message in messages] == ["c.example", "next.example"], step
        assert messages[0].body_length is None
        assert not reader.lost


def test_broken_chunks_lose_the_framing() -> None:
    head = b"POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    _, reader = read(head + b"zz" * 200)
    assert reader.lost
    _, reader = read(head + b"0\r\n" + b"z" * MAX_HEAD)
    assert reader.lost


def test_answers_are_read_with_what_their_bodies_are() -> None:
    first = b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n"
    second = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG.."
    messages, reader = read(first, second, b"HTTP/1.1 200 OK\r\n\r\n")
    assert [(m.method, m.body_length) for m in messages] == [("", 0), ("", None)]
    assert messages[1].content_type == "image/png"
    assert not reader.lost


def test_a_request_without_length_has_no_body() -> None:
    messages, _ = read(b"GET /a HTTP/1.0\n\n", b"GET /b HTTP/1.1\r\n\r\n")
    assert [(m.target, m.host, m.body_length) for m in messages] == [
        ("/a", None, 0),
        ("/b", None, 0),
    ]


def test_an_unprintable_host_is_escaped() -> None:
    (message,), _ = read(b"GET / HTTP/1.1\r\nHost: a\0b\xff\r\n\r\n")
    assert message.host == "a\\x00b\\\\xff"


@pytest.mark.parametrize("data", [b"\0\1\2\3\r\n\r\n", b"x" * (MAX_HEAD + 1)])
def test_what_is_no_head_loses_the_framing(data: bytes) -> None:
    messages, reader = read(data, post(b""))
    assert (messages, reader.lost) == ([], True)


def test_the_place_is_kept_when_the_text_is_dropped() -> None:
    reader, data = MessageReader(), bytearray(post(b"abcdef")[:-3])
    assert len(reader.read(data)) == 1
    reader.drop(len(data))
    assert [m.host for m in reader.read(bytearray(b"def" + post(b"", host="n.example")))] == [
        "n.example"
    ]
    reader.drop(10_000)
    assert reader.lost


def test_compressed_bodies_are_unpacked_within_bounds() -> None:
    plain = b"imei=490154203237518"
    assert decoded_body(gzip.compress(plain, mtime=0), "gzip") == plain
    assert decoded_body(zlib.compress(plain), "deflate") == plain
    raw = zlib.compressobj(wbits=-15)
    assert decoded_body(raw.compress(plain) + raw.flush(), "deflate") == plain
    bomb = decoded_body(zlib.compress(b"\0" * (8 << 20)), "deflate")
    assert bomb is not None
    assert len(bomb) == 4 << 20


def test_what_cannot_be_unpacked_is_none() -> None:
    assert decoded_body(b"nonsense", "gzip") is None
    assert decoded_body(b"nonsense", "br") is None


@given(st.binary(max_size=200), st.integers(0, 120))
def test_any_bytes_are_read_without_end(data: bytes, at: int) -> None:
    mutated = bytearray(post(b"a=1") + post(b"b=2"))
    mutated[at : at + len(data) // 4] = data
    read(bytes(mutated), data)
