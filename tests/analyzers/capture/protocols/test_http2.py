"""HTTP/2 without TLS: what another program sends, in windows of any size, cut and changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.protocols.http2 import (
    MAX_BLOCK,
    MAX_PATH,
    MAX_REQUESTS,
    PREFACE,
    Head,
    Http2Reader,
    Piece,
    begins_http2,
    read_frames,
    read_http2,
    read_requests,
)
from sekisho.model.flow import DataCategory

PERSON, SECRET = DataCategory.PERSON_IDENTIFIER, DataCategory.CREDENTIAL

# Made by h2 4.4: three requests of a client, and an answer of a server.
CLIENT = bytes.fromhex(
    "505249202a20485454502f322e300d0a0d0a534d0d0a0d0a00002a0400000000000001000010000002000000"
    "0100040000ffff00050000400000080000000000030000006400060001000000004801050000000182419198"
    "885eb3d0621572f91d35d05b8f01e07f8644956075998ee16283cc6abfcb505b201fc24fd4b5411f7a87acd4"
    "1d2c0970ff1f0890ba34188a1315088d9d8e105c7a129e2000001d01040000000383c086448d62dae838e462"
    "b9ce93afd2b9bfbf5f88352398ac74acb37f00004500090000000305ffd8ff70707070707070707070707070"
    "7070707070707070707070707070707070707070707070707070707070707070707070707070707070707070"
    "707070000000000000003e01040000000583c286448a62dae838e461360c9d7fc15f961d75d0620d263d4c74"
    "41eafb50938ec415305a99567b1f118641a4802265af1f088aba51d85b141c645e42cb000190000100000005"
    "7b22736e223a224b5a58312d303030313233227d7b22736e223a224b5a58312d303030313233227d7b22736e"
    "223a224b5a58312d303030313233227d7b22736e223a224b5a58312d303030313233227d7b22736e223a224b"
    "5a58312d303030313233227d7b22736e223a224b5a58312d303030313233227d7b22736e223a224b5a58312d"
    "303030313233227d7b22736e223a224b5a58312d303030313233227d7b22736e223a224b5a58312d30303031"
    "3233227d7b22736e223a224b5a58312d303030313233227d7b22736e223a224b5a58312d303030313233227d"
    "7b22736e223a224b5a58312d303030313233227d7b22736e223a224b5a58312d303030313233227d7b22736e"
    "223a224b5a58312d303030313233227d7b22736e223a224b5a58312d303030313233227d7b22736e223a224b"
    "5a58312d303030313233227d7b22736e223a224b5a58312d303030313233227d7b22736e223a224b5a58312d"
    "303030313233227d7b22736e223a224b5a58312d303030313233227d7b22736e223a224b5a58312d30303031"
    "3233227d"
)
SERVER = bytes.fromhex(
    "00002a04000000000000010000100000020000000000040000ffff0005000040000008000000000003000000"
    "64000600010000000000040100000000000011010400000001885f88352398ac74acb37f76849888603f0000"
    "04000100000001ffd8ff78"
)
HOST = "gcs.police.example:8080"
GET = b"\x82\x86\x84"


def frame(kind: int, flags: int, stream: int, body: bytes = b"") -> bytes:
    return len(body).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + body


def heads(data: bytes) -> list[Head]:
    return [part for part in Http2Reader().read(data) if isinstance(part, Head)]


def bodies(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for part in Http2Reader().read(data):
        if isinstance(part, Piece):
            found[part.stream] = found.get(part.stream, b"") + data[part.start :][: part.length]
    return found


def test_what_another_program_asks_is_read() -> None:
    assert begins_http2(CLIENT)
    assert begins_http2(bytearray(CLIENT))
    requests = read_requests(CLIENT)
    assert [(head.stream, head.method, head.authority, head.path) for head in requests] == [
        (1, "GET", HOST, "/api/v1/login?user=a&token=b"),
        (3, "POST", HOST, "/upload/photo.jpg"),
        (5, "POST", HOST, "/upload/track"),
    ]
    assert [head.content_type for head in requests] == ["", "image/jpeg", "application/json"]
    assert (b"user-agent", b"pilot/2.1") in requests[2].fields
    framed = {frame.at: frame.end for frame in read_frames(CLIENT, len(PREFACE))}
    assert all(framed[head.start] == head.start + head.length for head in requests)


def test_bodies_stand_without_padding() -> None:
    assert bodies(CLIENT) == {3: b"\xff\xd8\xff" + b"p" * 60, 5: b'{"sn":"KZX1-000123"}' * 20}


def test_what_another_program_answers_is_read() -> None:
    (head,) = heads(SERVER)
    assert (head.status, head.method, head.content_type) == ("200", "", "image/jpeg")
    assert bodies(SERVER) == {1: b"\xff\xd8\xffx"}
    assert read_requests(SERVER) == []
    assert [(thing.name, thing.value) for thing in read_http2(SERVER)] == [
        ("status", "200"),
        ("content_type", "image/jpeg"),
        ("software", "gcs/1"),
    ]


def test_what_requests_say_is_told_without_secrets() -> None:
    said = read_http2(CLIENT)
    assert [(thing.name, thing.value, thing.category) for thing in said] == [
        ("method", "GET", None),
        ("host", HOST, None),
        ("path", "/api/v1/login", None),
        ("software", "pilot/2.1", None),
        ("user_name", "pilot", PERSON),
        ("password", "", SECRET),
        ("method", "POST", None),
        ("path", "/upload/photo.jpg", None),
        ("content_type", "image/jpeg", None),
        ("path", "/upload/track", None),
        ("content_type", "application/json", None),
        ("cookie", "", SECRET),
        ("token", "", SECRET),
    ]


@pytest.mark.parametrize("step", [1, 7, 60, 1000])
def test_windows_change_nothing(step: int) -> None:
    for data in (CLIENT, SERVER):
        reader, text = Http2Reader(), bytearray()
        found: list[Head | Piece] = []
        body: dict[int, bytes] = {}
        for at in range(0, len(data), step):
            text += data[at : at + step]
            for part in reader.read(text):
                found.append(part)
                if isinstance(part, Piece):
                    piece = bytes(text[part.start : part.start + part.length])
                    body[part.stream] = body.get(part.stream, b"") + piece
            reader.drop(cut := reader.cursor)
            del text[:cut]
        assert not reader.lost
        assert body == bodies(data)
        names = [(head.stream, head.path, head.status) for head in heads(data)]
        read = [part for part in found if isinstance(part, Head)]
        assert [(head.stream, head.path, head.status) for head in read] == names


def test_what_was_dropped_unread_is_lost() -> None:
    reader = Http2Reader()
    reader.drop(1)
    assert reader.lost
    assert reader.read(CLIENT) == []


def test_a_head_may_come_in_several_frames() -> None:
    block = GET + b"\x41\x01a\x5f\x09" + b"video/mp4"
    data = PREFACE + frame(4, 0, 0)
    data += frame(1, 0x28, 1, b"\x03" + b"prior" + block[:2] + b"\0\0\0")
    data += frame(9, 0, 1, block[2:9]) + frame(9, 4, 1, block[9:])
    (head,) = read_requests(data)
    assert (head.method, head.authority, head.content_type) == ("GET", "a", "video/mp4")
    assert (head.start, head.start + head.length) == (len(PREFACE) + 9, len(data))


def test_a_promise_is_no_request_but_counts_for_the_fields() -> None:
    promise = frame(5, 4, 1, b"\0\0\0\2" + b"\x41\x01a" + GET)
    data = frame(4, 0, 0) + promise + frame(1, 4, 1, b"\x88\xbe") + frame(1, 5, 1, b"\xbe")
    (head,) = heads(data)
    assert (head.status, head.authority) == ("200", "a")


def test_a_body_may_be_long() -> None:
    body = bytes(range(256)) * 300
    assert bodies(frame(4, 0, 0) + frame(0, 1, 1, body)) == {1: body}


def test_a_padded_head_without_anything_does_no_harm() -> None:
    reader = Http2Reader()
    assert reader.read(PREFACE + frame(1, 0x0C, 1)) == []
    assert reader.lost


def test_after_an_upgrade_it_begins_later() -> None:
    asked = b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n"
    changed = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"
    assert len(read_requests(asked + CLIENT)) == 3
    assert read_http2(changed + SERVER)[0].value == "200"
    assert read_http2(changed[:-2] + SERVER) == []


@pytest.mark.parametrize(
    "broken",
    [
        frame(9, 4, 1, GET),
        frame(1, 0, 1, GET) + frame(9, 4, 3, GET),
        frame(1, 0, 1, GET) + frame(0, 0, 1),
        frame(1, 4, 0, GET),
        frame(0, 0, 0),
        frame(2, 0, 0, bytes(5)),
        frame(3, 0, 0, bytes(4)),
        frame(5, 4, 0, b"\0\0\0\2"),
        frame(2, 0, 1, bytes(4)),
        frame(8, 0, 0, bytes(5)),
        frame(6, 0, 1, bytes(8)),
        frame(6, 0, 0, bytes(7)),
        frame(4, 0, 0, bytes(5)),
        frame(1, 0x0C, 1, b"\x09" + GET),
        frame(1, 0x0C, 1),
        frame(0, 8, 1, b"\x09ab"),
        frame(1, 4, 1, b"\xff"),
        (MAX_BLOCK + 1).to_bytes(3, "big") + b"\1\4\0\0\0\1",
    ],
)
def test_what_breaks_the_rules_is_not_followed(broken: bytes) -> None:
    reader = Http2Reader()
    found = reader.read(PREFACE + broken + frame(1, 4, 5, GET))
    assert reader.lost
    assert [part for part in found if isinstance(part, Head)] == []


def test_a_head_over_many_frames_is_capped() -> None:
    reader = Http2Reader()
    piece = frame(9, 0, 1, bytes(16 << 10))
    assert reader.read(PREFACE + frame(1, 0, 1) + piece * 3) == []
    assert not reader.lost
    reader = Http2Reader()
    assert reader.read(PREFACE + frame(1, 0, 1) + piece * 5) == []
    assert reader.lost


@pytest.mark.parametrize(
    "data", [b"", PREFACE[:-1], b"PRI * HTTP/2.1\r\n\r\nSM\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"]
)
def test_what_only_resembles_a_preface_is_none(data: bytes) -> None:
    assert not begins_http2(data)
    assert read_requests(data) == []


def test_long_and_odd_paths_are_told_within_bounds() -> None:
    path = b"/\xff\n" + b"x" * 9000
    size = len(path) - 127
    coded = b"\x04\x7f" + bytes((size & 0x7F | 0x80, size >> 7)) + path
    (head,) = read_requests(PREFACE + frame(1, 4, 1, b"\x82" + coded))
    assert head.path.startswith("/\\\\xff\\n")
    assert head.path.isprintable()
    assert len(head.path) <= MAX_PATH + 10


def test_the_number_of_requests_is_capped() -> None:
    data = PREFACE + frame(1, 5, 1, GET) * (MAX_REQUESTS + 5)
    assert len(read_requests(data)) == MAX_REQUESTS


@pytest.mark.parametrize("data", [CLIENT, SERVER])
def test_cut_or_changed_it_does_no_harm(data: bytes) -> None:
    whole = read_http2(data)
    for cut in range(len(data)):
        said = read_http2(data[:cut])
        assert said == whole[: len(said)]
    for at in range(len(data)):
        for mask in (0x01, 0x80):
            changed = bytearray(data)
            changed[at] ^= mask
            read_http2(bytes(changed))


@given(st.binary(max_size=200), st.integers(0, 12), st.integers(0, 255), st.integers(0, 2))
def test_no_bytes_do_harm(noise: bytes, kind: int, flags: int, stream: int) -> None:
    begins_http2(noise)
    framed = frame(4, 0, 0) + frame(kind, flags, stream, noise) + frame(0, 0, 1, noise)
    for data in (noise, PREFACE + noise, framed, CLIENT + noise, PREFACE + framed + CLIENT):
        for thing in read_http2(data):
            assert 0 <= thing.start <= thing.start + thing.length <= len(data)
            assert thing.value.isprintable()
