"""TLS from outside: the server name a client asks for, version and application protocol.

References: RFC 8446 and RFC 5246 (handshake), RFC 6066 (server name), RFC 7301 (ALPN),
RFC 9325 (suites without encryption). Nothing is decrypted.
"""

from __future__ import annotations

from typing import NamedTuple

from sekisho.analyzers.capture.file import octets
from sekisho.analyzers.capture.protocols.ja4 import ja4_of

_CHANGE_CIPHER, _HANDSHAKE, _APPLICATION, _HEARTBEAT = 20, 22, 23, 24
_CLIENT_HELLO, _SERVER_HELLO, _CERTIFICATE = 1, 2, 11
_SERVER_NAME, _ALPN, _VERSIONS, _HIDDEN_HELLO = 0, 16, 43, 0xFE0D
MAX_RECORD = (1 << 14) + 2048
MAX_HELLO = 64 << 10
_LONGEST_RECORD, _LONGEST_HELLO = MAX_RECORD, MAX_HELLO
MAX_NAME = 255
_VERSION_NAMES = {
    0x0300: "SSL 3.0",
    0x0301: "TLS 1.0",
    0x0302: "TLS 1.1",
    0x0303: "TLS 1.2",
    0x0304: "TLS 1.3",
}
# Suites that authenticate but do not encrypt (NULL), by the IANA registry.
_WITHOUT_ENCRYPTION = frozenset(
    (0x0000, 0x0001, 0x0002, 0x002C, 0x002D, 0x002E, 0x003B, 0x00B0, 0x00B1, 0x00B4, 0x00B5,
     0x00B8, 0x00B9, 0xC001, 0xC006, 0xC00B, 0xC010, 0xC015, 0xC039, 0xC03A, 0xC03B, 0xC0B4,
     0xC0B5)
)  # fmt: skip


class ClientHello(NamedTuple):
    """What a client says in clear.

    `name_at` is where the server name stands in the stream (its bytes may be split over records,
    then only its first byte is certain); -1 without a name. `ja4` is empty for what is not TLS.
    `offers_hidden` tells that it offers to hide the real name (ECH), be it for show only.
    """

    server_name: str | None
    name_at: int
    application_protocols: tuple[str, ...]
    ja4: str = ""
    offers_hidden: bool = False


class ServerHello(NamedTuple):
    """What a server chose: the version in words and as a number, the suite by its number."""

    version: str
    encrypts: bool
    number: int = 0
    suite: int = 0


def is_record(data: bytes | bytearray, at: int = 0) -> bool:
    """Whether a TLS record header stands at `at`."""
    if len(data) < at + 5 or not _CHANGE_CIPHER <= data[at] <= _HEARTBEAT:
        return False
    if data[at + 1] != 3 or data[at + 2] > 4:
        return False
    return 0 < (data[at + 3] << 8 | data[at + 4]) <= _LONGEST_RECORD


def is_handshake(data: bytes | bytearray, at: int = 0) -> bool:
    """Whether a handshake record stands at `at`, or may when more bytes come."""
    return len(data) < at + 5 or (is_record(data, at) and data[at] == _HANDSHAKE)


def begins_hello(data: bytes | bytearray) -> bool:
    """Whether the bytes begin with a record that begins with a ClientHello or ServerHello."""
    return len(data) > 5 and data[0] == _HANDSHAKE and data[5] in (1, 2) and is_record(data)


def has_encrypted_record(data: bytes | bytearray, at: int = 0) -> bool:
    """Whether application data follow in whole records from `at`."""
    while is_record(data, at):
        if data[at] == _APPLICATION:
            return True
        at += 5 + (data[at + 3] << 8 | data[at + 4])
    return False


def is_only_handshake(data: bytes | bytearray, at: int = 0) -> bool:
    """Whether nothing but handshake records stand from `at` on, as far as they are there."""
    while is_record(data, at):
        if data[at] != _HANDSHAKE:
            return False
        at += 5 + (data[at + 3] << 8 | data[at + 4])
    return len(data) < at + 5


def shows_certificate(data: bytes | bytearray, at: int = 0) -> bool:
    """Whether a whole Certificate message stands among the handshake messages from `at` on."""
    stream = bytearray()
    while is_record(data, at) and data[at] == _HANDSHAKE and len(stream) <= _LONGEST_HELLO:
        length = data[at + 3] << 8 | data[at + 4]
        stream += data[at + 5 : at + 5 + length]
        at += 5 + length
    begin = 0
    while begin + 4 <= len(stream):
        end = begin + 4 + (stream[begin + 1] << 16 | stream[begin + 2] << 8 | stream[begin + 3])
        if stream[begin] == _CERTIFICATE:
            return end <= len(stream)
        begin = end
    return False


def read_client_hello(data: bytes | bytearray, at: int = 0) -> ClientHello | None:
    """The ClientHello whose record begins at `at`; None when it is not whole, or not one."""
    body, places = _first_message(data, at, _CLIENT_HELLO)
    return None if body is None else _client_hello(body, places, "t")


def read_hello_message(message: bytes) -> ClientHello | None:
    """The ClientHello that a handshake message without records is, as in QUIC (RFC 9001, 4)."""
    size = int.from_bytes(message[1:4], "big")
    if message[:1] != bytes((_CLIENT_HELLO,)) or len(message) < 4 + size:
        return None
    return _client_hello(message[4 : 4 + size], [(-4, 0)], "q")


def _client_hello(body: bytes, places: list[tuple[int, int]], transport: str) -> ClientHello:
    name: str | None = None
    name_at = -1
    protocols: tuple[str, ...] = ()
    suites, at = _suites(body)
    extensions = _extensions(body, at)
    for kind, start, value in extensions:
        if kind == _SERVER_NAME and name is None:
            name, inside = _server_name(value)
            name_at = _stream_offset(places, start + inside) if name is not None else -1
        elif kind == _ALPN:
            protocols = _protocols(value)
    version = int.from_bytes(body[:2], "big")
    said = [(kind, value) for kind, _, value in extensions]
    ja4 = ja4_of(transport, version, suites, said)
    hidden = any(kind == _HIDDEN_HELLO for kind, _ in said)
    return ClientHello(name, name_at, protocols, ja4, hidden)


def read_server_hello(data: bytes | bytearray, at: int = 0) -> ServerHello | None:
    """The ServerHello whose record begins at `at`; None when it is not whole, or not one."""
    body, _ = _first_message(data, at, _SERVER_HELLO)
    if body is None or len(body) < 38:
        return None
    version = body[0] << 8 | body[1]
    suite_at = 35 + body[34]
    suite = int.from_bytes(body[suite_at : suite_at + 2], "big")
    for kind, _, value in _extensions(body, suite_at + 3):
        if kind == _VERSIONS and len(value) == 2:
            version = value[0] << 8 | value[1]
    name = _VERSION_NAMES.get(version, f"{version:#06x}")
    return ServerHello(name, suite not in _WITHOUT_ENCRYPTION, version, suite)


def _first_message(
    data: bytes | bytearray, at: int, wanted: int
) -> tuple[bytes | None, list[tuple[int, int]]]:
    """The body of the first handshake message, put together from its records.

    The second value maps offsets of the body to offsets of the stream, ascending.
    """
    message = bytearray()
    places: list[tuple[int, int]] = []
    if len(data) > at + 5 and data[at] == _HANDSHAKE and data[at + 5] != wanted:
        return None, places
    while is_record(data, at) and data[at] == _HANDSHAKE and len(message) <= _LONGEST_HELLO:
        length = data[at + 3] << 8 | data[at + 4]
        places.append((len(message) - 4, at + 5))
        message += data[at + 5 : at + 5 + length]
        if len(message) >= 4 and message[0] != wanted:
            return None, places
        size = int.from_bytes(message[1:4], "big")
        if len(message) >= 4 + size and len(message) >= 4:
            return bytes(message[4 : 4 + size]), places
        at += 5 + length
    return None, places


def _stream_offset(places: list[tuple[int, int]], inside: int) -> int:
    begin, offset = [place for place in places if place[0] <= inside][-1]
    return offset + inside - begin


def _suites(body: bytes) -> tuple[bytes, int]:
    """The cipher suites of a ClientHello, and where the length of its extensions stands."""
    suites_at = 35 + int.from_bytes(body[34:35], "big")
    after = suites_at + 2 + int.from_bytes(body[suites_at : suites_at + 2], "big")
    compression = int.from_bytes(body[after : after + 1], "big")
    return body[suites_at + 2 : after], after + 1 + compression


def _extensions(body: bytes, at: int) -> list[tuple[int, int, bytes]]:
    """Type, offset in the body and value of each whole extension."""
    found: list[tuple[int, int, bytes]] = []
    if at + 2 > len(body):
        return found
    end = min(at + 2 + octets.u16(body, at), len(body))
    at += 2
    while at + 4 <= end:
        kind, length = octets.u16(body, at), octets.u16(body, at + 2)
        at += 4
        if at + length > end:
            break
        found.append((kind, at, body[at : at + length]))
        at += length
    return found


def _server_name(value: bytes) -> tuple[str | None, int]:
    """The host name of the extension and where in it the name stands."""
    length = int.from_bytes(value[3:5], "big")
    raw = value[5 : 5 + length]
    if value[2:3] != b"\0" or len(raw) < length:
        return None, 0
    name = printable_name(raw)
    return name, 0 if name is None else 5


def printable_name(raw: bytes) -> str | None:
    """A host name in lower case, with signs that are none told by their codes; None when empty."""
    if not 0 < len(raw) <= MAX_NAME:
        return None
    name = raw.decode("ascii", "backslashreplace").lower()
    return name if name.isprintable() else ascii(name)[1:-1]


def _protocols(value: bytes) -> tuple[str, ...]:
    at = 2
    found: list[str] = []
    while at < len(value) and len(found) < 32:
        size = value[at]
        found.append(ascii(value[at + 1 : at + 1 + size].decode("latin-1"))[1:-1])
        at += 1 + size
    return tuple(found)
