"""HTTP/2 without TLS: the requests and answers of a connection, and where their bodies stand.

References: RFC 9113 (frames, 3.3 for the beginning without TLS), RFC 7540, 3.2 (upgrade from
HTTP/1.1). The reader keeps its place over several windows of text, as that of HTTP/1 does; it must
see a direction from its beginning, for the compression of fields refers to what came before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sekisho.analyzers.capture.protocols.hpack import Decoder
from sekisho.analyzers.capture.protocols.said import Said, authorization, gathered, worded
from sekisho.model.flow import DataCategory

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
MAX_BLOCK = 64 << 10
"""The most bytes of one compressed head, over all its frames."""

MAX_REQUESTS = 4096
_HEAD = 9
_DATA, _HEADERS, _SETTINGS, _PROMISE, _CONTINUATION = 0, 1, 4, 5, 9
_END_HEADERS, _PADDED, _PRIORITY = 4, 8, 0x20
_OF_CONNECTION = frozenset((4, 6))
_OF_STREAM = frozenset((0, 1, 2, 3, 5, 9))
_FIXED_LENGTHS = {2: 5, 3: 4, 6: 8, 8: 4}
_OF_HEADS = frozenset((_HEADERS, _PROMISE, _CONTINUATION))
_LONGEST_UPGRADE = 64 << 10
MAX_PATH = 8192
_SOFTWARE = frozenset((b"user-agent", b"server"))
_AUTHORIZATION = frozenset((b"authorization", b"proxy-authorization"))
_COOKIES = frozenset((b"cookie", b"set-cookie"))


class Frame(NamedTuple):
    """A frame: type, flags, stream, and where it, its payload and its end stand.

    `end` is where it ends as it says, be its last bytes there or not.
    """

    kind: int
    flags: int
    stream: int
    at: int
    body_at: int
    end: int


class Head(NamedTuple):
    """The head of a request or an answer, and where its frames stand.

    `method`, `authority` and `path` are empty for an answer, `status` is for a request. `fields`
    are all fields in their order.
    """

    stream: int
    method: str
    authority: str
    path: str
    status: str
    content_type: str
    start: int
    length: int
    fields: tuple[tuple[bytes, bytes], ...]


class Piece(NamedTuple):
    """A piece of the body of a stream, and where it stands without padding."""

    stream: int
    start: int
    length: int


def begins_http2(data: bytes | bytearray) -> bool:
    """Whether a client's preface stands at the beginning."""
    return data[: len(PREFACE)] == PREFACE


def read_frames(data: bytes | bytearray, at: int = 0) -> Iterator[Frame]:
    """The frames from `at` on, up to what is none; the last may end beyond the data."""
    while (frame := _frame(data, at)) is not None:
        yield frame
        at = frame.end


class Http2Reader:
    """Reads the heads and bodies of one direction, window after window.

    `cursor` is how far into the present text it has read; `lost` is true once it could not follow.
    """

    def __init__(self, cursor: int = 0) -> None:
        """Begin where the preface or the first frame should stand."""
        self.cursor = cursor
        self.lost = False
        self._decoder = Decoder()
        self._begun = False
        self._body_stream = self._body_left = self._padding_left = 0
        self._block = bytearray()
        self._opened: Frame | None = None
        self._opened_at = 0

    def read(self, data: bytes | bytearray) -> list[Head | Piece]:
        """Heads that are whole, and pieces of bodies as far as they are there, after the cursor."""
        found: list[Head | Piece] = []
        while not self.lost and self._advance(data, found):
            pass
        return found

    def drop(self, count: int) -> None:
        """The first `count` bytes of the text were dropped."""
        self.lost |= count > self.cursor
        self.cursor = max(self.cursor - count, 0)
        self._opened_at -= count

    def _advance(self, data: bytes | bytearray, found: list[Head | Piece]) -> bool:
        """One step; False when more bytes are needed."""
        there = len(data) - self.cursor
        if self._body_left or self._padding_left:
            return self._pass_body(there, found)
        if not self._begun:
            return self._pass_preface(data)
        return there >= _HEAD and self._pass_frame(data, found)

    def _pass_frame(self, data: bytes | bytearray, found: list[Head | Piece]) -> bool:
        frame = _frame(data, self.cursor)
        if frame is None or self._is_out_of_place(frame):
            self.lost = True
        elif frame.kind == _DATA:
            return self._begin_body(data, frame)
        elif frame.end > len(data):
            self.lost = frame.end - frame.body_at > MAX_BLOCK
        else:
            self.cursor = frame.end
            if frame.kind in _OF_HEADS:
                self._take_block(data, frame, found)
            return True
        return False

    def _is_out_of_place(self, frame: Frame) -> bool:
        """A head in several frames must not be interrupted."""
        if self._opened is None:
            return frame.kind == _CONTINUATION
        return frame.kind != _CONTINUATION or frame.stream != self._opened.stream

    def _pass_preface(self, data: bytes | bytearray) -> bool:
        """A client begins with the preface, a server with a frame."""
        beginning = data[self.cursor : self.cursor + len(PREFACE)]
        if beginning[:1] != PREFACE[:1]:
            self._begun = len(beginning) > 0
            return self._begun
        self.lost = not PREFACE.startswith(beginning)
        if self.lost or len(beginning) < len(PREFACE):
            return False
        self._begun = True
        self.cursor += len(PREFACE)
        return True

    def _begin_body(self, data: bytes | bytearray, frame: Frame) -> bool:
        padded = 1 if frame.flags & _PADDED else 0
        if len(data) < frame.body_at + padded:
            return False
        self._padding_left = data[frame.body_at] if padded else 0
        self._body_left = frame.end - frame.body_at - padded - self._padding_left
        self.lost = self._body_left < 0
        self._body_stream = frame.stream
        self.cursor = frame.body_at + padded
        return True

    def _pass_body(self, there: int, found: list[Head | Piece]) -> bool:
        step = min(self._body_left, there)
        if step > 0:
            found.append(Piece(self._body_stream, self.cursor, step))
            self._body_left -= step
        if not self._body_left:
            padding = min(self._padding_left, there - step)
            self._padding_left -= padding
            step += padding
        self.cursor += step
        return step > 0

    def _take_block(self, data: bytes | bytearray, frame: Frame, found: list[Head | Piece]) -> None:
        """Put a head together; open it when it is whole."""
        if frame.kind != _CONTINUATION:
            self._opened, self._opened_at = frame, frame.at
            self._block.clear()
        start, end = _fragment(data, frame)
        self._block += data[start:end]
        if start > end or len(self._block) > MAX_BLOCK:
            self.lost = True
        elif frame.flags & _END_HEADERS and self._opened is not None:
            fields = self._decoder.decode(bytes(self._block))
            is_promise = self._opened.kind == _PROMISE
            self._opened = None
            self.lost = fields is None
            start = max(self._opened_at, 0)
            head = _head(frame.stream, fields or [], start, self.cursor - start)
            if (head.method or head.status) and not is_promise:
                found.append(head)


def read_requests(data: bytes | bytearray) -> list[Head]:
    """The heads of the requests in one direction, from its beginning."""
    heads = [part for part in read_parts(data) if isinstance(part, Head) and part.method]
    return heads[:MAX_REQUESTS]


def read_parts(data: bytes | bytearray) -> list[Head | Piece]:
    """The heads and the pieces of bodies in one direction, from its beginning."""
    return Http2Reader(_beginning(data)).read(data)


def read_http2(data: bytes) -> list[Said]:
    """What the heads of one direction say: requests, hosts, software, credentials."""
    return gathered(_said(data))


def _frame(data: bytes | bytearray, at: int) -> Frame | None:
    """The frame at `at`; None when its header is not there, or contradicts the standard."""
    if len(data) < at + _HEAD:
        return None
    length = data[at] << 16 | data[at + 1] << 8 | data[at + 2]
    kind, stream = data[at + 3], int.from_bytes(data[at + 5 : at + 9], "big") & 0x7FFFFFFF
    if (kind in _OF_CONNECTION and stream) or (kind in _OF_STREAM and not stream):
        return None
    if _FIXED_LENGTHS.get(kind, length) != length or (kind == _SETTINGS and length % 6):
        return None
    return Frame(kind, data[at + 4], stream, at, at + _HEAD, at + _HEAD + length)


def _fragment(data: bytes | bytearray, frame: Frame) -> tuple[int, int]:
    """Where the compressed fields stand in a frame of a head; the begin is after the end if not."""
    start, end = frame.body_at, frame.end
    if frame.kind == _CONTINUATION:
        return start, end
    if frame.flags & _PADDED:
        end -= data[start] if start < end else 0
        start += 1
    if frame.kind == _PROMISE:
        start += 4
    elif frame.flags & _PRIORITY:
        start += 5
    return start, end


def _head(stream: int, fields: list[tuple[bytes, bytes]], start: int, length: int) -> Head:
    first: dict[bytes, bytes] = {}
    for name, value in fields:
        first.setdefault(name, value)
    authority = first.get(b":authority") or first.get(b"host", b"")
    return Head(
        stream=stream,
        method=worded(first.get(b":method", b"")),
        authority=worded(authority).lower(),
        path=_path(first.get(b":path", b"")),
        status=worded(first.get(b":status", b"")),
        content_type=worded(first.get(b"content-type", b"")).lower().split(";")[0].strip(),
        start=start,
        length=length,
        fields=tuple(fields),
    )


def _path(raw: bytes) -> str:
    text = raw[:MAX_PATH].decode("ascii", "backslashreplace")
    return text if text.isprintable() else ascii(text)[1:-1]


def _beginning(data: bytes | bytearray) -> int:
    """Where HTTP/2 begins: after a request or an answer of HTTP/1.1 that changes to it."""
    if data[:13] == b"HTTP/1.1 101 ":
        return max(data.find(b"\r\n\r\n", 0, _LONGEST_UPGRADE), -4) + 4
    return max(data.find(PREFACE, 0, _LONGEST_UPGRADE), 0)


def _said(data: bytes) -> Iterator[Said]:
    for part in read_parts(data):
        if not isinstance(part, Head):
            continue
        for name, value in (
            ("method", part.method),
            ("host", part.authority),
            ("path", part.path.partition("?")[0]),
            ("status", part.status),
            ("content_type", part.content_type),
        ):
            if value:
                yield Said(name, value, part.start, part.length, None)
        yield from _said_fields(part)


def _said_fields(head: Head) -> Iterator[Said]:
    """Software and credentials; they stand somewhere in the frames of the head."""
    place = (head.start, head.length)
    for name, value in head.fields:
        if name in _AUTHORIZATION:
            for said in authorization(value, 0):
                yield said._replace(start=head.start, length=head.length)
        elif name in _COOKIES:
            yield Said("cookie", "", *place, DataCategory.CREDENTIAL)
        elif name in _SOFTWARE:
            yield Said("software", worded(value), *place, None)
