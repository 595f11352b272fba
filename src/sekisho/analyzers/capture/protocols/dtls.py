"""DTLS from outside: what a client says in clear in its first datagrams.

References: RFC 6347 (DTLS 1.2: records, fragments, cookie), RFC 4347 (1.0), RFC 9147 (1.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sekisho.analyzers.capture.protocols import tls

MAX_DATAGRAMS = 16
MAX_PIECES = 512
MAX_MESSAGES = 4
_HANDSHAKE, _CLIENT_HELLO = 22, 1
_VERSIONS = (b"\xfe\xff", b"\xfe\xfd", b"\xfe\xfc", b"\x01\x00")
"""DTLS 1.0, 1.2, 1.3, and what implementations said before 1.0 was agreed."""

_RECORD, _FRAGMENT = 13, 12


class _Fragment(NamedTuple):
    """A piece of a message: of which, its length, where in it and in the datagram the piece stands."""

    message: int
    length: int
    offset: int
    begin: int
    end: int


class _Begun:
    """A message in pieces, each by where in the message it begins."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.pieces: dict[int, bytes] = {}

    def whole(self) -> bytes | None:
        """The message, when nothing of it is missing."""
        body = bytearray()
        for offset, piece in sorted(self.pieces.items()):
            if offset > len(body):
                return None
            body += piece[len(body) - offset :]
        return bytes(body) if len(body) == self.length else None


class DtlsReader:
    """Puts the ClientHello of one conversation together, from its datagrams in any order."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._left = MAX_DATAGRAMS
        self._pieces = 0
        self._begun: dict[int, _Begun] = {}

    @property
    def wants_more(self) -> bool:
        """Whether another datagram may still bring the ClientHello."""
        return self._left > 0 and self._pieces < MAX_PIECES

    def take(self, datagram: bytes) -> tls.ClientHello | None:
        """Read a datagram of the client; its ClientHello, when it is whole.

        `name_at` of the hello is an offset in this datagram, and -1 where the name is not in it. Of
        the hello said twice, without a cookie and with it, the first that is whole is told.
        """
        self._left -= 1
        fragments = [
            fragment for fragment in _fragments(datagram) if self._keep(datagram, fragment)
        ]
        for number in {fragment.message: None for fragment in fragments}:
            hello, inside = _hello(self._begun[number].whole())
            if hello is not None:
                here = [each for each in fragments if each.message == number]
                return hello._replace(name_at=_place(here, inside))
        return None

    def _keep(self, datagram: bytes, fragment: _Fragment) -> bool:
        """Keep a piece, unless it is one too many or its message has another length."""
        begun = self._begun.get(fragment.message)
        if begun is None and len(self._begun) < MAX_MESSAGES:
            begun = self._begun[fragment.message] = _Begun(fragment.length)
        if begun is None or fragment.length != begun.length or self._pieces >= MAX_PIECES:
            return False
        piece = datagram[fragment.begin : fragment.end]
        self._pieces += 1
        if len(piece) >= len(begun.pieces.get(fragment.offset, b"")):
            begun.pieces[fragment.offset] = piece
        return True


def _fragments(datagram: bytes) -> Iterator[_Fragment]:
    """The pieces of ClientHellos in the records of a datagram that are not encrypted."""
    at = 0
    while at + _RECORD <= len(datagram) and datagram[at + 1 : at + 3] in _VERSIONS:
        begin = at + _RECORD
        at = begin + int.from_bytes(datagram[begin - 2 : begin], "big")
        is_clear = datagram[begin - 10 : begin - 8] == b"\0\0"
        if at > len(datagram) or datagram[begin - _RECORD] != _HANDSHAKE or not is_clear:
            return
        while begin + _FRAGMENT <= at:
            message = int.from_bytes(datagram[begin + 4 : begin + 6], "big")
            length, offset, size = (
                int.from_bytes(datagram[begin + i : begin + i + 3], "big") for i in (1, 6, 9)
            )
            end = begin + _FRAGMENT + size
            if end > at or offset + size > length or length > tls.MAX_HELLO:
                return
            if datagram[begin] == _CLIENT_HELLO:
                yield _Fragment(message, length, offset, begin + _FRAGMENT, end)
            begin = end


def _hello(body: bytes | None) -> tuple[tls.ClientHello | None, int]:
    """The hello that a body without its cookie would be in TLS, and where in the body its name is."""
    if body is None:
        return None, -1
    cookie_at = 35 + int.from_bytes(body[34:35], "big")
    after = cookie_at + 1 + int.from_bytes(body[cookie_at : cookie_at + 1], "big")
    shaped = body[:cookie_at] + body[after:]
    head = bytes((_CLIENT_HELLO,)) + len(shaped).to_bytes(3, "big")
    hello = tls.read_hello_message(head + shaped) if after <= len(body) else None
    if hello is None:
        return None, -1
    inside = hello.name_at - len(head) + after - cookie_at if hello.name_at >= 0 else -1
    return hello._replace(ja4="d" + hello.ja4[1:]), inside


def _place(fragments: list[_Fragment], inside: int) -> int:
    """Where in the datagram a byte of the message stands; -1 when it is in none of its pieces."""
    for fragment in fragments:
        if inside >= 0 and 0 <= inside - fragment.offset < fragment.end - fragment.begin:
            return fragment.begin + inside - fragment.offset
    return -1
