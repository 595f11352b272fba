"""What framing hides is found, and points to the bytes it stands in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.reading.framing import hosts_asked, pieces_of

HEAD = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
PARTS = st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=6)


def chunked(parts: list[bytes]) -> bytes:
    return b"".join(b"%x;a=b\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@given(PARTS)
def test_a_chunked_body_is_one_text(parts: list[bytes]) -> None:
    # letters beyond ASCII cannot be mistaken for the size of a chunk
    parts = [bytes(byte | 0x80 for byte in part) for part in parts]
    window = HEAD + chunked(parts)
    (piece,) = pieces_of("http", window)
    body = b"".join(parts)
    assert body in piece.text
    first = piece.text.index(body)
    at, length = piece.stands(first, len(body))
    assert window[at : at + 1] == body[:1]
    assert window[at + length - 1 : at + length] == body[-1:]
    for i in range(len(body)):
        at, length = piece.stands(first + i, 1)
        assert window[at : at + length] == body[i : i + 1]


def test_a_size_that_does_not_fit_is_text() -> None:
    assert list(pieces_of("http", HEAD + b"\r\n5\r\nno chunk follows here")) == []
    assert list(pieces_of("http", b"text\r\n3\r\nabc\r\n")) == []


@given(st.binary(max_size=120), st.sampled_from(["http", "http2", "mqtt", "smtp", None]))
def test_any_bytes_have_sound_places(noise: bytes, protocol: str | None) -> None:
    heads = {"http": HEAD, "http2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "mqtt": b"\x30\5\0\1ab"}
    window = heads.get(protocol or "", b"") + noise
    for piece in pieces_of(protocol, window):
        for start in range(len(piece.text)):
            at, length = piece.stands(start, min(3, len(piece.text) - start))
            assert 0 <= at <= at + length <= len(window)
    for _, at, length in hosts_asked(protocol, window):
        assert 0 <= at < at + length <= len(window)


def test_what_is_published_stands_without_its_topic() -> None:
    window = b"\x30\x0b\0\6statusKZ1" + b"\x32\x09\0\1t\0\7KZ22" + b"\xe0\0"
    assert [piece.text for piece in pieces_of("mqtt", window)] == [b"KZ1", b"KZ22"]
    for piece in pieces_of("mqtt", window):
        at, length = piece.stands(0, 2)
        assert window[at : at + length] == b"KZ"
