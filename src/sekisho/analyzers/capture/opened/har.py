"""HTTP Archive: the exchanges that a browser or a proxy recorded, as JSON.

References: HTTP Archive (HAR) 1.2, RFC 8259 (JSON), RFC 3986 (URL), RFC 4648 (base64); what
Chromium adds: `_webSocketMessages`, `_transferSize`, `_fromCache`, `_error`. The text is walked
through token by token, so that every value has its place and a file that was cut off is read up
to there. Commas and colons are not checked. Of an object that says a name twice two readers see
two things, so that an entry with such an object is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypeAlias

from sekisho.analyzers.capture.opened.exchanges import (
    MAX_HOST,
    ORIGIN,
    Body,
    Exchange,
    Piece,
    Place,
    SetAside,
    Side,
    Text,
    Written,
    address_of,
    body_of,
    host_of,
    is_refusal,
    json_string,
    recipient_of,
    request_of,
)
from sekisho.errors import EvidenceError
from sekisho.model.flow import Protection, Recipient
from sekisho.model.units import UtcInstant

MAX_DEPTH = 64
MAX_VALUES = 1_000_000
"""Values of one entry."""

_TOKEN = re.compile(
    rb'[\s,:]*+(?:([{\[])|([}\]])|("[^"\\]*+(?:\\.[^"\\]*+)*+")|([^\s{}\[\],:"]++))', re.DOTALL
)
_OPEN, _CLOSE, _STRING = 1, 2, 3
_URL = re.compile(
    rb"(?:(https?|wss?)://)?(?:[^/?#\s]*@)?(\[[0-9A-Fa-f:.%]{2,64}\]|[^/?#:\s\[\]]{1,255})"
    rb"(?::(\d{1,5}))?([/?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
_NO_NETWORK = re.compile(rb"(?:data|blob|about|file|chrome|chrome-extension|moz-extension):")
_PORTS = {b"http": 80, b"ws": 80, b"https": 443, b"wss": 443, b"": 443}
_CLEAR = frozenset((b"http", b"ws"))
_QUOTE = 0x22
_BINARY_OPCODE = 2
_MAX_DIGITS = 64
_MAX_PORT = 65535
_MAX_SIZE = 1 << 50
_MILLISECONDS_A_YEAR = 366 * 86_400_000


class Scalar(NamedTuple):
    """A string (with its quotes), number or word: where it begins and ends."""

    start: int
    end: int


Value: TypeAlias = "dict[bytes, Value] | list[Value] | Scalar"


class _Tree:
    """One value being built of tokens; `is_sound` ends where it is too large or says a name twice."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.depth = self.count = 0
        self.is_sound = True
        self.root: Value | None = None
        self._holders: list[dict[bytes, Value] | list[Value]] = []
        self._names: list[bytes | None] = []

    def open(self, sign: bytes) -> None:
        holder: dict[bytes, Value] | list[Value] = {} if sign == b"{" else []
        self.put(holder)
        self.depth += 1
        self.is_sound &= self.depth <= MAX_DEPTH
        if self.is_sound:
            self._holders.append(holder)
            self._names.append(None)

    def close(self, sign: bytes) -> None:
        self.depth -= 1
        if self.is_sound and self._holders:
            holder = self._holders.pop()
            self.is_sound = self._names.pop() is None and isinstance(holder, dict) == (sign == b"}")

    def put(self, value: Value) -> None:
        """Take a value: as a name where a dictionary waits for one."""
        self.count += 1
        self.is_sound &= self.count <= MAX_VALUES
        if not self.is_sound:
            return
        if not self._holders:
            self.root = value
            return
        holder, name = self._holders[-1], self._names[-1]
        if isinstance(holder, list):
            holder.append(value)
        elif name is not None:
            holder[name] = value
            self._names[-1] = None
        else:
            text = self._data[value.start : value.end] if isinstance(value, Scalar) else b""
            self.is_sound = text[:1] == b'"' and text[1:-1] not in holder
            self._names[-1] = text[1:-1]


class HarReader:
    """Reads the entries of one archive, in their order."""

    def __init__(self, data: bytes) -> None:
        """Find the entries.

        Raises:
            EvidenceError: SEK-E236 when there is no `log` with `entries`.
        """
        self.aside = SetAside()
        self._data = data
        self._line, self._counted = 1, 0
        at = self._inside(3 if data.startswith(b"\xef\xbb\xbf") else 0, b"{")
        at = self._inside(self._member(at, b"log"), b"{")
        self._at = self._inside(self._member(at, b"entries"), b"[")
        if self._at < 0:
            raise EvidenceError(
                "SEK-E236",
                "This file cannot be read as an HTTP archive.",
                why="it has no object 'log' with a list 'entries'",
                next_step="Ask for the archive again, as the browser or proxy saved it.",
            )

    def exchanges(self) -> Iterator[Exchange]:
        """Each entry that went over a network."""
        at = self._at
        while (token := _TOKEN.match(self._data, at)) is not None:
            start = token.start(token.lastindex or 0)
            if token.lastindex == _CLOSE:
                self._finish(token.end())
                return
            value, at = self._value(start)
            if at < 0:
                self._break(start)
                return
            pointer = f"/log/entries/{self.aside.entries}"
            self.aside.entries += 1
            place = Place(start, at - start, pointer, self._line_at(start))
            exchange = self._exchange(_members(value), place)
            if exchange is not None:
                yield exchange
        self._break(at)

    def _break(self, at: int) -> None:
        self.aside.broken = Place(min(at, len(self._data)), 0)

    def _finish(self, at: int) -> None:
        """Go through what stands behind the entries, where the file may end early."""
        for name in (b"entries", b"log"):
            found = self._member(at, name)
            if found >= 0:
                self.aside.miss(Place(found, 0))
                return
            if self._closed < 0:
                self._break(len(self._data))
                return
            at = self._closed

    def _inside(self, at: int, sign: bytes) -> int:
        """Where the content of the object or list at `at` begins, or -1."""
        token = _TOKEN.match(self._data, at) if at >= 0 else None
        return token.end() if token is not None and token[1] == sign else -1

    def _member(self, at: int, name: bytes) -> int:
        """Where the value of a name stands in the object whose content is at `at`, or -1.

        `_closed` then tells where the object ends, or is -1 when it does not.
        """
        self._closed = -1
        while at >= 0 and (token := _TOKEN.match(self._data, at)) is not None:
            if token.lastindex == _CLOSE:
                self._closed = token.end()
                break
            if token.lastindex != _STRING:
                break
            if token[3][1:-1] == name:
                return token.end()
            at = self._value(token.end())[1]
        return -1

    def _value(self, at: int) -> tuple[Value | None, int]:
        """The value at `at` and where it ends: -1 when it does not, `None` when it is not read."""
        tree = _Tree(self._data)
        while (token := _TOKEN.match(self._data, at)) is not None:
            kind, at = token.lastindex or 0, token.end()
            if kind == _OPEN:
                tree.open(token[1])
            elif kind == _CLOSE:
                tree.close(token[2])
            else:
                tree.put(Scalar(token.start(kind), at))
            if tree.depth <= 0:
                return (tree.root if tree.is_sound else None), (at if tree.depth == 0 else -1)
        return None, -1

    def _line_at(self, at: int) -> int:
        """The line (1-based) of a place behind the last one asked for."""
        self._line += self._data.count(b"\n", self._counted, at)
        self._counted = at
        return self._line

    def _exchange(self, entry: dict[bytes, Value], place: Place) -> Exchange | None:
        """The exchange of an entry; without one, `aside` says why."""
        read = _Entry(self._data, entry)
        url = read.plain(read.request.get(b"url"))
        if _NO_NETWORK.match(url) or read.plain(entry.get(b"_fromCache")):
            self.aside.unmoved += 1
            return None
        target = _URL.fullmatch(url)
        if target is not None and is_refusal(read.plain(read.response.get(b"_error"))):
            self.aside.refuse(target[2].decode("ascii", "replace"), place)
            return None
        exchange = read.exchange(target, place) if target is not None else None
        if exchange is None:
            self.aside.miss(place)
        return exchange


class _Entry:
    """One entry: its values as text, numbers and places."""

    def __init__(self, data: bytes, entry: dict[bytes, Value]) -> None:
        self._data = data
        self._entry = entry
        self.request = _members(entry.get(b"request"))
        self.response = _members(entry.get(b"response"))

    def exchange(self, url: re.Match[bytes], place: Place) -> Exchange | None:
        """The exchange; `None` when method, scheme or recipient cannot be made out."""
        method = self.plain(self.request.get(b"method"))
        sent_frames, received_frames = self._frames()
        is_tunnel = method.upper() == b"CONNECT" and not sent_frames and not received_frames
        scheme = (url[1] or b"").lower()
        recipient, hosts = self._recipient(url)
        if not method or not recipient or not (scheme or is_tunnel):
            return None
        first, last = self._times()
        is_clear = scheme in _CLEAR
        return Exchange(
            place=place,
            origin=ORIGIN,
            recipient=recipient,
            hosts=hosts,
            protocol="http" if is_clear else "https",
            protection=Protection.CLEAR if is_clear else Protection.PROTECTED,
            sent=self._sent(method, sent_frames),
            received=self._received(received_frames),
            first=first,
            last=last,
            request=None if is_tunnel else request_of(method, recipient.host, url[4] or b"/"),
            is_tunnel=is_tunnel,
            connection=self.plain(self._entry.get(b"connection"))[:64],
        )

    def plain(self, value: Value | None) -> bytes:
        """The bytes of a string; none when it is none."""
        found = self._string(value)
        return found[0] if found is not None else b""

    def _recipient(self, url: re.Match[bytes]) -> tuple[Recipient | None, tuple[str, ...]]:
        """The far end and all its names; the URL's comes first."""
        named = url[2].decode("utf-8", "replace")
        fields = self._named(self.request.get(b"headers"))
        asked = [said[0] for name, said in fields if name[0].lower() in (b"host", b":authority")]
        said = (named, *(host[:MAX_HOST].decode("utf-8", "replace") for host in asked))
        hosts = tuple(dict.fromkeys(host for name in said if (host := host_of(name))))
        stated = self.plain(self._entry.get(b"serverIPAddress")).decode("ascii", "replace")
        address = address_of(stated) or address_of(named)
        port = int(url[3] or 0) or _PORTS[(url[1] or b"").lower()]
        if port > _MAX_PORT or not (hosts or address):
            return None, ()
        return recipient_of(hosts, address, port), hosts

    def _sent(self, method: bytes, frames: list[Text]) -> Side:
        head = Text().add(method[:20] + b" ")
        url = self._string(self.request.get(b"url"))
        if url is not None:
            head.add(*url)
        head.add(b" HTTP/1.1\r\n")
        media_type, length = self._add_fields(head, self.request)
        post = _members(self.request.get(b"postData"))
        body = self._body(post)
        if not body.text.size:
            body = body._replace(text=self._parameters(post))
        declared = self._number(self.request.get(b"bodySize")) or length
        stated = self.plain(post.get(b"mimeType")).decode("ascii", "replace")
        size = self._number(self.request.get(b"headersSize")) or head.size
        return body.side(head, frames, stated or media_type, declared, size)

    def _received(self, frames: list[Text]) -> Side:
        head = Text()
        media_type, length = self._add_fields(head, self.response)
        content = _members(self.response.get(b"content"))
        body = self._body(content)
        size = self._number(self.response.get(b"headersSize")) or head.size
        whole = self._number(self.response.get(b"_transferSize"))
        moved = self._number(self.response.get(b"bodySize")) or max(whole - size, 0)
        declared = moved or self._number(content.get(b"size")) or length
        stated = self.plain(content.get(b"mimeType")).decode("ascii", "replace")
        return body.side(head, frames, stated or media_type, declared, size)

    def _add_fields(self, head: Text, message: dict[bytes, Value]) -> tuple[str, int]:
        """Put the fields into the head; the media type and the length of a body they state."""
        media_type, length = "", 0
        for name, value in self._named(message.get(b"headers")):
            head.add(*name).add(b": ").add(*value).add(b"\r\n")
            match name[0].lower():
                case b"content-type":
                    media_type = value[0][:MAX_HOST].decode("ascii", "replace")
                case b"content-length" if value[0].isdigit() and len(value[0]) < 16:
                    length = int(value[0])
        return media_type, length

    def _named(self, value: Value | None) -> Iterator[tuple[Piece, Piece]]:
        """The names and values of a list of them."""
        for one in value if isinstance(value, list) else ():
            members = _members(one)
            name, said = self._string(members.get(b"name")), self._string(members.get(b"value"))
            if name is not None:
                yield name, said or (b"", Written(0, 0))

    def _parameters(self, post: dict[bytes, Value]) -> Text:
        """A body that is given by its parameters only, as a form would say them."""
        text = Text()
        for name, value in self._named(post.get(b"params")):
            text.add(*name).add(b"=").add(*value).add(b"&")
        return text

    def _frames(self) -> tuple[list[Text], list[Text]]:
        """The messages of a WebSocket that the client sent, and received (server events, too)."""
        sent: list[Text] = []
        received: list[Text] = []
        for name in (b"_webSocketMessages", b"_eventSourceMessages"):
            messages = self._entry.get(name)
            for one in messages if isinstance(messages, list) else ():
                message = _members(one)
                is_binary = self._number(message.get(b"opcode")) == _BINARY_OPCODE
                body = body_of(self._string(message.get(b"data")), is_base64=is_binary)
                by_client = self.plain(message.get(b"type")) == b"send"
                (sent if by_client else received).append(body.text)
        return sent, received

    def _body(self, holder: dict[bytes, Value]) -> Body:
        is_base64 = self.plain(holder.get(b"encoding")).lower() == b"base64"
        return body_of(self._string(holder.get(b"text")), is_base64=is_base64)

    def _string(self, value: Value | None) -> Piece | None:
        """The bytes of a string and how they are written; `None` when it is none."""
        if not isinstance(value, Scalar) or self._data[value.start] != _QUOTE:
            return None
        return json_string(self._data, value.start + 1, value.end - 1)

    def _number(self, value: Value | None) -> int:
        """A size or a count; 0 when it is none, or not known (-1)."""
        if not isinstance(value, Scalar) or value.end - value.start > _MAX_DIGITS:
            return 0
        try:
            number = float(self._data[value.start : value.end])
        except ValueError:
            return 0
        return int(number) if 0 < number < _MAX_SIZE else 0

    def _times(self) -> tuple[UtcInstant | None, UtcInstant | None]:
        """When it began and ended; a time without its zone is none."""
        stated = self.plain(self._entry.get(b"startedDateTime"))[:_MAX_DIGITS]
        lasted = min(self._number(self._entry.get(b"time")), _MILLISECONDS_A_YEAR)
        try:
            first = datetime.fromisoformat(stated.decode("ascii", "replace"))
            last = first + timedelta(milliseconds=lasted)
            if first.tzinfo is not None:
                return UtcInstant(first.astimezone(UTC)), UtcInstant(last.astimezone(UTC))
        except (ValueError, OverflowError):
            pass
        return None, None


def _members(value: Value | None) -> dict[bytes, Value]:
    return value if isinstance(value, dict) else {}
