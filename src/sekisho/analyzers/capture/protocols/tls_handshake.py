"""Handshake messages of TLS, one by one, and of the two hellos what keys depend on.

References: RFC 5246 and RFC 8446 (messages), RFC 7366 (encrypt-then-MAC), RFC 8446, 4.1.3 (the random
number that makes a ServerHello a HelloRetryRequest).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sekisho.analyzers.capture.protocols import tls

CLIENT_HELLO, SERVER_HELLO = 1, 2
END_OF_EARLY_DATA, FINISHED, KEY_UPDATE = 5, 20, 24
CHANGE_CIPHER, ALERT, HANDSHAKE, APPLICATION = 20, 21, 22, 23
"""Content types of records."""

MAX_HELLO = 64 << 10
MAX_EXTENSIONS = 256
MAX_CLEAR = 2 << 20
_ENCRYPT_THEN_MAC, _EARLY_DATA, _VERSIONS = 22, 42, 43
_RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
_HEADER = 4
_RECORD_HEADER = 5


class Hello(NamedTuple):
    """What both hellos say: of a ClientHello only the random number and `has_early_data` count.

    `is_retry` marks a HelloRetryRequest, `is_packed` a connection that compresses its records.
    """

    random: bytes
    version: int
    suite: int
    is_retry: bool
    is_packed: bool
    encrypted_first: bool
    has_early_data: bool


class Messages:
    """Puts the messages of one end together from pieces; only hellos keep their body."""

    def __init__(self) -> None:
        """Begin between two messages."""
        self._begun = bytearray()
        self._passed = 0

    def take(self, piece: bytes) -> list[tuple[int, bytes]]:
        """Type and body of each message that is whole now; the body is empty if it is not kept."""
        found: list[tuple[int, bytes]] = []
        begun, at = self._begun, 0
        begun += piece
        while at + _HEADER <= len(begun):
            kind, length = begun[at], int.from_bytes(begun[at + 1 : at + _HEADER], "big")
            is_kept = kind in (CLIENT_HELLO, SERVER_HELLO) and length <= MAX_HELLO
            end = at + _HEADER + length - self._passed
            if end > len(begun):
                if not is_kept:
                    self._passed += len(begun) - at - _HEADER
                    del begun[at + _HEADER :]
                break
            found.append((kind, bytes(begun[at + _HEADER : end]) if is_kept else b""))
            self._passed = 0
            at = end
        del begun[:at]
        return found


def messages_in_clear(stream: bytes | bytearray, at: int = 0) -> bytes:
    """What an end of TLS says before it encrypts: its messages, without the records from `at` on."""
    messages = bytearray()
    while tls.is_record(stream, at) and stream[at] == HANDSHAKE and len(messages) < MAX_CLEAR:
        end = at + _RECORD_HEADER + (stream[at + 3] << 8 | stream[at + 4])
        messages += stream[at + _RECORD_HEADER : end]
        at = end
    return bytes(messages)


def read_hello(kind: int, body: bytes) -> Hello | None:
    """Read the body of a ClientHello or ServerHello; None when it is cut short."""
    session_end = 35 + (body[34] if len(body) > 34 else 0)
    if kind == SERVER_HELLO:
        suite_at, compression_at, end = session_end, session_end + 2, session_end + 3
    else:
        suite_at = compression_at = session_end
        end = _end_of_offers(body, session_end)
    if len(body) < max(end, 38):
        return None
    said = dict(_extensions(body, end))
    chosen = said.get(_VERSIONS, b"") if kind == SERVER_HELLO else b""
    return Hello(
        random=body[2:34],
        version=int.from_bytes(chosen if len(chosen) == 2 else body[:2], "big"),
        suite=int.from_bytes(body[suite_at : suite_at + 2], "big"),
        is_retry=kind == SERVER_HELLO and body[2:34] == _RETRY,
        is_packed=kind == SERVER_HELLO and body[compression_at] != 0,
        encrypted_first=_ENCRYPT_THEN_MAC in said,
        has_early_data=_EARLY_DATA in said,
    )


def _end_of_offers(body: bytes, at: int) -> int:
    """Where the suites and the compression methods of a ClientHello end."""
    at += 2 + int.from_bytes(body[at : at + 2], "big")
    return at + 1 + (body[at] if at < len(body) else 0)


def _extensions(body: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Type and value of each whole extension."""
    end = min(at + 2 + int.from_bytes(body[at : at + 2], "big"), len(body))
    at += 2
    for _ in range(MAX_EXTENSIONS):
        length = int.from_bytes(body[at + 2 : at + 4], "big")
        if at + 4 + length > end:
            return
        yield int.from_bytes(body[at : at + 2], "big"), body[at + 4 : at + 4 + length]
        at += 4 + length
