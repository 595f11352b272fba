"""What the machines say: DNS (RFC 1035), HTTP/1.1 (RFC 9112), and TLS 1.3 (RFC 8446) from outside.

The TLS handshake is well formed up to the ServerHello; what follows is noise in application data
records, as a third party sees it.
"""

from __future__ import annotations

import struct

from examples.build.captures.wire import (
    MILLISECOND,
    Capture,
    Conversation,
    Station,
    noise,
)


def look_up(
    capture: Capture, at_ns: int, asker: Station, resolver: Station, *, name: str, address: str
) -> int:
    """Ask for the IPv4 address of a name and get it; the time afterwards."""
    number = noise(f"dns/{name}/{at_ns}", 4)
    port = 49152 + int.from_bytes(number[2:], "big") % 16000
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
    question = labels + struct.pack(">HH", 1, 1)
    asked = number[:2] + struct.pack(">HHHHH", 0x0100, 1, 0, 0, 0) + question
    record = struct.pack(">HHHIH", 0xC00C, 1, 1, 300, 4) + Station("", address).address_bytes
    answered = number[:2] + struct.pack(">HHHHH", 0x8180, 1, 1, 0, 0) + question + record
    capture.add_udp(at_ns, asker, resolver, ports=(port, 53), data=asked)
    answered_ns = at_ns + 12 * MILLISECOND
    capture.add_udp(answered_ns, resolver, asker, ports=(53, port), data=answered)
    return at_ns + 15 * MILLISECOND


def http_post(host: str, path: str, kind: str, body: bytes) -> bytes:
    """A request in clear."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: FoehnFlight/3.2 (Android 13)\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def http_get(host: str, target: str) -> bytes:
    """A request in clear, without a body."""
    head = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: FoehnFlight/3.2 (Android 13)\r\n"
    return (head + "\r\n").encode()


def http_answer(body: bytes) -> bytes:
    """An answer in clear."""
    head = (
        "HTTP/1.1 200 OK\r\nServer: foehn-edge\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _extension(kind: int, body: bytes) -> bytes:
    return struct.pack(">HH", kind, len(body)) + body


def _sized(body: bytes, width: int) -> bytes:
    return len(body).to_bytes(width, "big") + body


def _handshake(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + _sized(body, 3)


def _record(kind: int, body: bytes, version: int = 0x0303) -> bytes:
    return struct.pack(">BHH", kind, version, len(body)) + body


def client_hello(host: str, label: str) -> bytes:
    """The record that opens TLS 1.3, naming the host."""
    ciphers = struct.pack(">HHHHH", 0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F)
    share = struct.pack(">H", 0x001D) + _sized(noise(label + "/share", 32), 2)
    extensions = b"".join(
        (
            _extension(0, _sized(b"\0" + _sized(host.encode(), 2), 2)),
            _extension(10, _sized(struct.pack(">HH", 0x001D, 0x0017), 2)),
            _extension(13, _sized(struct.pack(">HHHH", 0x0403, 0x0804, 0x0401, 0x0806), 2)),
            _extension(16, _sized(_sized(b"h2", 1) + _sized(b"http/1.1", 1), 2)),
            _extension(43, _sized(struct.pack(">HH", 0x0304, 0x0303), 1)),
            _extension(45, _sized(b"\x01", 1)),
            _extension(51, _sized(share, 2)),
        )
    )
    body = struct.pack(">H", 0x0303) + noise(label + "/random", 32)
    body += _sized(noise(label + "/session", 32), 1) + _sized(ciphers, 2) + _sized(b"\0", 1)
    return _record(22, _handshake(1, body + _sized(extensions, 2)), 0x0301)


def server_hello(label: str) -> bytes:
    """The answer: TLS 1.3 chosen, then everything under encryption."""
    share = struct.pack(">H", 0x001D) + _sized(noise(label + "/answer", 32), 2)
    extensions = _extension(43, struct.pack(">H", 0x0304)) + _extension(51, share)
    body = struct.pack(">H", 0x0303) + noise(label + "/server", 32)
    body += _sized(noise(label + "/session", 32), 1) + struct.pack(">HB", 0x1301, 0)
    hello = _record(22, _handshake(2, body + _sized(extensions, 2)))
    return hello + _record(20, b"\x01") + _record(23, noise(label + "/certificate", 1850))


class Secured:
    """A TLS 1.3 connection seen from outside."""

    def __init__(
        self, capture: Capture, client: Station, port: int, server: Station, host: str
    ) -> None:
        self._host = host
        self._label = f"tls/{host}/{port}/{capture.started_ns}"
        self._records = 0
        self._connection = Conversation(capture, client, port, server, 443)

    def open(self, at_ns: int) -> int:
        """Connect and shake hands; the time afterwards."""
        at_ns = self._connection.open(at_ns)
        at_ns = self._connection.say(at_ns, client_hello(self._host, self._label))
        at_ns = self._connection.answer(at_ns, server_hello(self._label))
        finished = _record(20, b"\x01") + _record(23, noise(self._label + "/finished", 53))
        return self._connection.say(at_ns, finished)

    def say(self, at_ns: int, length: int) -> int:
        """The client sends so many bytes of plain text, encrypted; the time afterwards."""
        return self._connection.say(at_ns, self._hidden(length))

    def answer(self, at_ns: int, length: int) -> int:
        """The server sends so many bytes of plain text, encrypted; the time afterwards."""
        return self._connection.answer(at_ns, self._hidden(length))

    def close(self, at_ns: int) -> int:
        """Close with an alert; the time afterwards."""
        return self._connection.close(self.say(at_ns, 2))

    def _hidden(self, length: int) -> bytes:
        self._records += 1
        return _record(23, noise(f"{self._label}/{self._records}", length + 17))
