"""HTTP/1: the requests of a connection, with host, path and what their bodies are.

Reference: RFC 9112. The reader follows the framing (Content-Length, chunks), so that a body
that looks like a request is not taken for one. It keeps its place over several windows of text.
"""

from __future__ import annotations

import re
import zlib
from enum import Enum
from typing import NamedTuple, TypeAlias

MAX_HEAD = 32 << 10
MAX_DECODED = 4 << 20
_REQUEST = re.compile(rb"([A-Z][A-Z_-]{1,19}) (\S{1,8192}) HTTP/1\.[01]\r?\n")
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[^\r\n]{0,256}\r?\n")
_FIELDS = frozenset(
    (b"host", b"content-type", b"content-encoding", b"content-length", b"transfer-encoding")
)
_FIRST_LETTERS = b"hct"
_NO_FIELD = (b"", -1)
_Fields: TypeAlias = dict[bytes, tuple[bytes, int]]
_NO_BODY = frozenset((b"204", b"304"))


class Message(NamedTuple):
    """The head of a request or an answer.

    `method` and `target` are empty for an answer. `host_at` is where the host stands in the text
    read, -1 without one. `body_length` is None when the head does not tell it.
    """

    method: str
    target: str
    host: str | None
    host_at: int
    content_type: str
    content_encoding: str
    body_at: int
    body_length: int | None


class _State(Enum):
    HEAD = 1
    BODY = 2
    CHUNKS = 3
    TRAILER = 4
    LOST = 5


_HEAD = _State.HEAD


def begins_request(data: bytes | bytearray) -> bool:
    """Whether a request line stands at the beginning."""
    return len(data) > 0 and 0x41 <= data[0] <= 0x5A and _REQUEST.match(data) is not None


def begins_answer(data: bytes | bytearray) -> bool:
    """Whether a status line stands at the beginning."""
    return data[:5] == b"HTTP/" and _STATUS.match(data) is not None


def decoded_body(body: bytes, encoding: str) -> bytes | None:
    """A compressed body unpacked, at most `MAX_DECODED` bytes; None when that fails."""
    if encoding not in ("gzip", "x-gzip", "deflate"):
        return None
    bits = -zlib.MAX_WBITS if encoding == "deflate" and body[:1] != b"\x78" else 47
    try:
        return zlib.decompressobj(bits).decompress(body, MAX_DECODED)
    except zlib.error:
        return None


class MessageReader:
    """Reads the message heads of one direction, window after window.

    `cursor` is how far into the present text it has read; `lost` is true once the bytes were not
    HTTP where a head should stand.
    """

    def __init__(self, cursor: int = 0) -> None:
        """Begin where a head should stand."""
        self.cursor = cursor
        self._state = _State.HEAD
        self._skip = 0

    @property
    def lost(self) -> bool:
        """Whether the framing could not be followed any further."""
        return self._state is _State.LOST

    def read(self, data: bytearray) -> list[Message]:
        """The heads that stand whole in the text after the cursor."""
        messages: list[Message] = []
        while self._advance(data, messages):
            pass
        return messages

    def drop(self, count: int) -> None:
        """The first `count` bytes of the text were dropped."""
        if count > self.cursor:
            self._state = _State.LOST
        self.cursor = max(self.cursor - count, 0)

    def _advance(self, data: bytearray, messages: list[Message]) -> bool:
        """One step; False when more bytes are needed, or nothing more can be read."""
        if self._skip:
            step = min(self._skip, len(data) - self.cursor)
            self.cursor += step
            self._skip -= step
            return not self._skip
        if self._state is _HEAD:
            return self._read_head(data, messages)
        if self._state is _State.CHUNKS:
            return self._read_chunk(data)
        if self._state is _State.TRAILER:
            return self._read_trailer(data)
        return False

    def _read_head(self, data: bytearray, messages: list[Message]) -> bool:
        if self.cursor >= len(data):
            return False
        end = _end_of_head(data, self.cursor, min(self.cursor + MAX_HEAD, len(data)))
        if end < 0:
            if len(data) - self.cursor >= MAX_HEAD:
                self._state = _State.LOST
            return False
        message = self._message(data, self.cursor, end)
        if message is None:
            self._state = _State.LOST
            return False
        messages.append(message)
        self.cursor = end
        return True

    def _message(self, data: bytearray, start: int, end: int) -> Message | None:
        head = bytes(data[start:end])
        request, status = _REQUEST.match(head), _STATUS.match(head)
        if request is None and status is None:
            return None
        fields = _read_fields(head)
        host, host_at = fields.get(b"host", _NO_FIELD)
        bodiless = status is not None and (status[1] in _NO_BODY or status[1][:1] == b"1")
        length = 0 if bodiless else self._frame_body(fields, is_request=request is not None)
        return Message(
            method=request[1].decode() if request else "",
            target=_plain(request[2]) if request else "",
            host=_plain(host).lower() if host_at >= 0 else None,
            host_at=start + host_at if host_at >= 0 else -1,
            content_type=_value(fields, b"content-type").split(";")[0].strip(),
            content_encoding=_value(fields, b"content-encoding"),
            body_at=end,
            body_length=length,
        )

    def _frame_body(self, fields: _Fields, *, is_request: bool) -> int | None:
        """Set how the body is to be passed over; its length where the head tells it."""
        if "chunked" in _value(fields, b"transfer-encoding"):
            self._state = _State.CHUNKS
            return None
        length = _value(fields, b"content-length")
        if length.isascii() and length.isdigit() and len(length) < 16:
            self._skip = int(length)
            return self._skip
        if not is_request:
            # An answer without a length goes on until the connection closes (RFC 9112, 6.3).
            self._state = _State.BODY
            return None
        return 0

    def _read_chunk(self, data: bytearray) -> bool:
        if data[self.cursor : self.cursor + 2] == b"\r\n":
            self.cursor += 2
        size = _CHUNK.match(data, self.cursor)
        if size is None:
            if len(data) - self.cursor > 300:
                self._state = _State.LOST
            return False
        self.cursor = size.end()
        self._skip = int(size[1], 16)
        if not self._skip:
            self._state = _State.TRAILER
        return True

    def _read_trailer(self, data: bytearray) -> bool:
        """Pass over one line after the last chunk; an empty one ends the message."""
        end = data.find(b"\r\n", self.cursor, self.cursor + MAX_HEAD)
        if end < 0:
            if len(data) - self.cursor >= MAX_HEAD:
                self._state = _State.LOST
            return False
        if end == self.cursor:
            self._state = _State.HEAD
        self.cursor = end + 2
        return True


def _plain(raw: bytes) -> str:
    """Text with everything that is not printable ASCII escaped."""
    text = raw.decode("ascii", "backslashreplace").strip()
    return text if text.isprintable() else ascii(text)[1:-1]


def _end_of_head(data: bytearray, start: int, last: int) -> int:
    """Where the empty line after a head ends; -1 when it is not there before `last`."""
    at = data.find(b"\n", start, last)
    while at >= 0:
        if data[at + 1 : at + 2] == b"\n":
            return at + 2
        if data[at + 1 : at + 3] == b"\r\n":
            return at + 3
        at = data.find(b"\n", at + 1, last)
    return -1


def _read_fields(head: bytes) -> _Fields:
    """The fields that matter here, the last of each name: value, and where it stands."""
    fields: _Fields = {}
    at = head.find(b"\n") + 1
    while 0 < at < len(head):
        end = head.find(b"\n", at)
        if end < 0:
            break
        if head[at] | 0x20 in _FIRST_LETTERS:
            colon = head.find(b":", at, end)
            name = head[at:colon].lower() if colon > 0 else b""
            if name in _FIELDS:
                start = colon + 1
                while start < end and head[start] in b" \t":
                    start += 1
                fields[name] = (head[start:end].rstrip(b"\r"), start)
        at = end + 1
    return fields


def _value(fields: _Fields, name: bytes) -> str:
    field = fields.get(name)
    return _plain(field[0]).lower() if field else ""
