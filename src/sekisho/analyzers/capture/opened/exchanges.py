"""One exchange as whoever recorded it had opened it: what each end said, and where it is written.

A recording writes what was said byte for byte, as a JSON string, in base64, or packed as it went
over the wire. `Text` holds the plain bytes with the way they are written, so that what is found in
them has a place in the file.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from binascii import Error
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from enum import Enum
from ipaddress import IPv6Address, ip_address
from itertools import islice
from typing import NamedTuple, Protocol, TypeAlias

from sekisho.analyzers.capture.reading.clear import Request
from sekisho.intake.plain_text import plain_text
from sekisho.model.evidence import Evidence
from sekisho.model.flow import NameSource, Protection, Recipient
from sekisho.model.locus import ByteRange, JsonPointer
from sekisho.model.units import UtcInstant

MAX_BODY = 64 << 20
"""Bytes of one JSON string that are unpacked."""

ORIGIN = "client"
"""By whom an exchange was begun, where the recording says no address."""

MAX_HOST, MAX_TARGET, MAX_REFUSED, MAX_PLACES = 255, 512, 1_000, 16
_HEX = rb"[0-9A-Fa-f]"
_PAIR = rb"u[Dd][89ABab]%b{2}\\u[Dd][C-Fc-f]%b{2}" % (_HEX, _HEX)
_IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"\0\0\0\1\x67")
_IMAGE_HEAD = 12
_ESCAPE = re.compile(rb"\\(?:%b|u%b{4}|.)" % (_PAIR, _HEX), re.DOTALL)
_ONE_UNIT = len(r"\u0000")
_HOST = re.compile(r"[A-Za-z0-9_.-]{1,255}")
_REFUSALS = (
    "client tls handshake failed",
    "cannot establish tls with client",
    "not trust the proxy's certificate",
    "the client disconnected during the handshake",
    "client and mitmproxy cannot agree",
    "err_cert_",
    "err_ssl_",
)
"""Words of mitmproxy (4 to 12) and Chromium for a TLS connection that the client broke off."""


class Place(NamedTuple):
    """Bytes of the file; `pointer` (RFC 6901) and `line` where they are a whole JSON value."""

    offset: int
    length: int
    pointer: str = ""
    line: int | None = None

    def locus(self, evidence: Evidence) -> ByteRange | JsonPointer:
        """The typed place in a piece of evidence."""
        if self.pointer:
            return JsonPointer(evidence.id, self.pointer, self.line)
        return ByteRange(evidence.id, self.offset, self.length)


class Writing(Enum):
    """How plain bytes are written in the file."""

    PLAIN = 1
    JSON = 2
    BASE64 = 3
    PACKED = 4


class Written(NamedTuple):
    """Where bytes are written and how; `raw` is the JSON text between the quotes, if it is that."""

    offset: int
    length: int
    writing: Writing = Writing.PLAIN
    raw: bytes = b""

    def place(self, start: int, length: int) -> Place:
        """Where some of the plain bytes stand; all of the writing where they cannot be told apart."""
        if self.writing is Writing.PLAIN:
            return Place(self.offset + start, length)
        if self.writing is Writing.BASE64:
            first, last = start * 4 // 3, -(-(start + length) * 4 // 3)
            return Place(self.offset + first, last - first)
        if self.writing is Writing.JSON:
            first, last = _in_escaped(self.raw, start, length)
            return Place(self.offset + first, last - first)
        return Place(self.offset, self.length)


Piece: TypeAlias = tuple[bytes, Written]
"""Plain bytes and how they are written."""


class _Part(NamedTuple):
    start: int
    size: int
    written: Written


class Text:
    """Plain bytes put together of parts, each with where it is written."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._pieces: list[bytes] = []
        self._parts: list[_Part] = []
        self._joined: bytes | None = b""
        self.size = 0

    def add(self, data: bytes, written: Written | None = None) -> Text:
        """Put further bytes behind; without `written`, they only join what others said."""
        if written is not None:
            self._parts.append(_Part(self.size, len(data), written))
        self._pieces.append(data)
        self._joined = None
        self.size += len(data)
        return self

    def join(self, other: Text) -> Text:
        """Put all parts of another text behind."""
        for start, size, written in other._parts:
            self._parts.append(_Part(self.size + start, size, written))
        return self.add(other.data)

    @property
    def beginning(self) -> Place | None:
        """Where the first part that is written in the file stands."""
        return Place(*self._parts[0].written[:2]) if self._parts else None

    @property
    def is_image(self) -> bool:
        """Whether JPEG, PNG, GIF, H.264, WebP or MP4 begins."""
        data = self.data[:_IMAGE_HEAD]
        is_webp = data.startswith(b"RIFF") and data.endswith(b"WEBP")
        return data.startswith(_IMAGES) or data[4:8] == b"ftyp" or is_webp

    @property
    def data(self) -> bytes:
        """All of the bytes."""
        if self._joined is None:
            self._joined = b"".join(self._pieces)
            self._pieces = [self._joined]
        return self._joined

    def places(self, start: int, length: int) -> list[Place]:
        """Where some of the bytes are written: one place in each part that they stand in."""
        end, found = start + length, []
        index = bisect_right(self._parts, start, key=lambda part: part.start) - 1
        for begin, size, written in islice(self._parts, max(index, 0), None):
            first, last = max(start - begin, 0), min(end - begin, size)
            if begin >= end:
                break
            if first < last:
                found.append(written.place(first, last - first))
        return found


class Side(NamedTuple):
    """What one end said in an exchange.

    `size` is in bytes, as on the wire where that is told. `is_missing` says that the recording leaves
    the body out, `is_unread` that it could not be unpacked to its end.
    """

    head: Text
    bodies: tuple[Text, ...] = ()
    media_type: str = ""
    size: int = 0
    is_missing: bool = False
    is_unread: bool = False


class Body(NamedTuple):
    """A body as far as it could be had."""

    text: Text
    is_unread: bool = False

    def side(
        self, head: Text, frames: list[Text], media_type: str, declared: int, head_size: int
    ) -> Side:
        """What an end said: its head, this body and messages; `declared` is the length of the body."""
        bodies = tuple(text for text in (self.text, *frames) if text.size)
        moved = (declared or self.text.size) + sum(frame.size for frame in frames)
        return Side(
            head=head,
            bodies=bodies,
            media_type=media_type.partition(";")[0].strip().lower(),
            size=head_size + moved,
            is_missing=declared > 0 and not self.text.size,
            is_unread=self.is_unread,
        )


class Handshake(NamedTuple):
    """How the client spoke TLS: the version agreed, the host asked for, the protocols offered."""

    version: str
    host: str
    offered: str


class Lookup(NamedTuple):
    """A name looked up (DNS): its type, the addresses answered, and where it is asked for."""

    name: str
    kind: str
    addresses: tuple[str, ...]
    place: Place


class Exchange(NamedTuple):
    """One request and what came back, or one connection of a protocol other than HTTP.

    `hosts` are all names of the recipient. A tunnel is a `CONNECT`; what went through it is not held.
    """

    place: Place
    origin: str
    recipient: Recipient
    hosts: tuple[str, ...]
    protocol: str
    protection: Protection
    sent: Side
    received: Side
    first: UtcInstant | None = None
    last: UtcInstant | None = None
    request: Request | None = None
    is_tunnel: bool = False
    connection: bytes = b""
    handshake: Handshake | None = None
    lookups: tuple[Lookup, ...] = ()

    @property
    def far_end(self) -> tuple[str | None, int | None]:
        """The recipient as a client asks for it: by name, else by address, and the port."""
        return self.recipient.host or self.recipient.address, self.recipient.port

    def without_words(self) -> Exchange:
        """The same without what was said, which may be large."""
        return self._replace(sent=Side(Text()), received=Side(Text()), lookups=())


class SetAside:
    """What of a recording did not become an exchange.

    `unread` counts entries not read, `unmoved` those that went over no network; `broken` is where
    the file ends early or is damaged, after `entries` entries.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.entries = self.unread = self.unmoved = self.refusals = 0
        self.first_unread: Place | None = None
        self.broken: Place | None = None
        self.refused: dict[str, list[Place]] = {}
        self.attempts: Counter[str] = Counter()

    def miss(self, place: Place) -> None:
        """Count an entry that could not be read."""
        self.unread += 1
        self.first_unread = self.first_unread or place

    def refuse(self, host: str, place: Place) -> None:
        """Note that the client broke off TLS towards a host, so that nothing of it is recorded."""
        host = plain_text(host) or "?"
        self.refusals += 1
        if host in self.refused or len(self.refused) < MAX_REFUSED:
            self.attempts[host] += 1
            if self.attempts[host] <= MAX_PLACES:
                self.refused.setdefault(host, []).append(place)


class ExchangeReader(Protocol):
    """Reads the exchanges of one file, in its order; afterwards `aside` is complete."""

    aside: SetAside

    def exchanges(self) -> Iterator[Exchange]:
        """Each exchange."""


def is_refusal(error: bytes) -> bool:
    """Whether an error says that the client broke off TLS, as one does that pins certificates."""
    said = error[:MAX_TARGET].decode("utf-8", "replace").lower()
    return any(words in said for words in _REFUSALS)


def address_of(text: str) -> str | None:
    """An IP address in its usual spelling (IPv4 in IPv6 as IPv4); `None` when it is none."""
    try:
        address = ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def host_of(text: str) -> str | None:
    """A host name (with or without a port) as names are compared; `None` when it is none."""
    host, _, port = text.rpartition(":")
    name = (host if port.isdigit() and host else text).strip().rstrip(".").lower()
    is_name = _HOST.fullmatch(name) and not name.isdigit() and address_of(name) is None
    return name if is_name else None


def recipient_of(
    hosts: tuple[str, ...], address: str | None, port: int | None, *, asked: str | None = None
) -> Recipient:
    """The far end: by its first name, the address, and the port; `asked` is the name TLS asked for."""
    name = hosts[0] if hosts else None
    learnt = NameSource.TLS_SNI if name is not None and name == asked else NameSource.HTTP_HOST
    learnt = learnt if name else NameSource.NONE
    return Recipient(host=name, host_learnt_from=learnt, address=address, port=port)


def request_of(method: bytes, host: str | None, target: bytes) -> Request:
    """A request as it is listed: without its query, and safe to show."""
    path = target.split(b"?", 1)[0].split(b"#", 1)[0][: MAX_TARGET * 4]
    shown = plain_text(path.decode("utf-8", "replace"))[:MAX_TARGET] or "/"
    return Request(plain_text(method[:20].decode("utf-8", "replace")), host or "", shown)


def json_string(data: bytes, start: int, end: int) -> Piece:
    """The string between two quotes, as it is written when it is too long, or no JSON.

    Half a pair is the byte that mitmproxy writes so.
    """
    raw = data[start:end]
    written = Written(start, len(raw))
    if b"\\" not in raw or len(raw) > MAX_BODY:
        return raw, written
    try:
        text: str = json.loads(f'"{raw.decode("utf-8", "surrogateescape")}"', strict=False)
    except ValueError:
        return raw, written
    try:
        plain = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        plain = text.encode("utf-8", "replace")
    return plain, Written(start, len(raw), Writing.JSON, raw)


def body_of(piece: Piece | None, *, is_base64: bool) -> Body:
    """The body that a string stands for."""
    if piece is None:
        return Body(Text())
    data, written = piece
    if not is_base64:
        is_cut = written.length > MAX_BODY and b"\\" in data
        return Body(Text().add(data, written), is_unread=is_cut)
    digits = data.translate(None, b"\r\n\t ")
    kept = digits[:MAX_BODY]
    try:
        plain = b64decode(kept + b"=" * (-len(kept) % 4), validate=True)
    except Error:
        return Body(Text().add(data, written), is_unread=True)
    is_even = written.writing is Writing.PLAIN and len(digits) == len(data)
    writing = Writing.BASE64 if is_even else Writing.PACKED
    placed = Written(written.offset, written.length, writing)
    return Body(Text().add(plain, placed), is_unread=len(kept) < len(digits))


def _in_escaped(raw: bytes, start: int, length: int) -> tuple[int, int]:
    """Where bytes of a decoded JSON string stand in its text with escapes (RFC 8259, 7)."""
    end, first = start + length, -1
    plain = at = 0
    for escape in _ESCAPE.finditer(raw):
        until = plain + escape.start() - at
        if first < 0 and start < until:
            first = at + start - plain
        if end <= until:
            return first, at + end - plain
        plain, at = until + _escaped_size(escape[0]), escape.end()
        if first < 0 and start < plain:
            first = escape.start()
        if end <= plain:
            return first, at
    return (first if first >= 0 else at + start - plain), min(at + end - plain, len(raw))


def _escaped_size(escape: bytes) -> int:
    """Bytes of UTF-8 that an escape stands for; half a pair alone is read as one byte."""
    if len(escape) != _ONE_UNIT:
        return 4 if len(escape) > _ONE_UNIT else 1
    code = int(escape[-4:], 16)
    if code < 0x80 or 0xD800 <= code < 0xE000:
        return 1
    return 2 if code < 0x800 else 3
