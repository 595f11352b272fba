"""A TLS connection opened with the secrets that one of its ends wrote down, record by record.

References: RFC 5246 (TLS 1.2: 6.2 records, 7.1 ChangeCipherSpec), RFC 5746 (renegotiation), RFC 8446
(TLS 1.3; appendix D.4 for ChangeCipherSpec). Nothing is broken into: without the secret, or where a
record is not authentic, nothing is opened.
"""

from __future__ import annotations

from typing import NamedTuple

from sekisho.analyzers.capture.keys import key_log
from sekisho.analyzers.capture.keys.key_log import KeyLog
from sekisho.analyzers.capture.keys.tls_keys import TLS10, TLS12, TLS13, master_keys, suite_of
from sekisho.analyzers.capture.keys.tls_records import Plain, RecordKeys, record_keys
from sekisho.analyzers.capture.keys.tls_stages import Stages, State
from sekisho.analyzers.capture.protocols import tls
from sekisho.analyzers.capture.protocols.tls_handshake import (
    ALERT,
    APPLICATION,
    CHANGE_CIPHER,
    CLIENT_HELLO,
    HANDSHAKE,
    SERVER_HELLO,
    Hello,
    Messages,
    read_hello,
)

MAX_HELD = 256 << 10
"""Bytes of one end that are kept until the hello of the other is there."""

MAX_CHANGES = 64
"""Renegotiations of one connection that are followed."""

_HEADER = 5
_CLOSE_NOTIFY = b"\0"


class Opened(NamedTuple):
    """What a protected record says.

    `record_at` is where its header stands in the stream of its end, `record_length` the length of
    header and body; `content_type` is that inside (21 alert, 22 handshake, 23 application data).
    """

    record_at: int
    record_length: int
    content_type: int
    plain: bytes
    by_client: bool


class _End:
    """What one end sends: bytes not read yet, handshake messages begun, the keys in use.

    `keys` are those up to TLS 1.2, `stages` those of 1.3; `changes` counts the ChangeCipherSpec before
    1.3, and `hellos` are those said before each.
    """

    def __init__(self, *, by_client: bool) -> None:
        self.by_client = by_client
        self.held = bytearray()
        self.at = 0
        self.messages = Messages()
        self.hellos: dict[int, Hello] = {}
        self.keys: RecordKeys | None = None
        self.stages: Stages | None = None
        self.changes = 0
        self.has_stopped = False
        self.is_broken = False

    def record(self) -> bytes | None:
        """The next record, if it is whole; what is no record ends everything."""
        held = self.held
        if len(held) < _HEADER:
            return None
        if not tls.is_record(held):
            self.break_off()
            return None
        end = _HEADER + (held[3] << 8 | held[4])
        return bytes(held[:end]) if end <= len(held) else None

    def drop(self, count: int) -> int:
        """Go on behind the first bytes; where they began in the stream."""
        begin = self.at
        self.at += count
        del self.held[:count]
        return begin

    def stop(self) -> None:
        """Read nothing of this end any more."""
        self.has_stopped = True
        self.held.clear()
        self.keys = None
        self.stages = None

    def break_off(self) -> None:
        """Stop because what it sends cannot be followed."""
        self.is_broken = True
        self.stop()


class TlsOpener:
    """Opens the records of one connection, from the bytes of each end in order from its first.

    `missing_keys` says that a secret it needs is not logged, `is_unsupported` that its version or
    suite is none of those opened here, `skipped` counts the records of TLS 1.3 passed over (early
    data that was refused, or what no secret is logged for).
    """

    def __init__(self, log: KeyLog) -> None:
        """Begin before the first byte of both ends."""
        self.missing_keys = False
        self.is_unsupported = False
        self.skipped = 0
        self._log = log
        self._ends = {by_client: _End(by_client=by_client) for by_client in (True, False)}
        self._heard = 0
        self._was_retried = False

    @property
    def broken(self) -> bool:
        """Whether an end was given up: bytes that are no record, not authentic, or too many held."""
        return any(end.is_broken for end in self._ends.values())

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will be opened, of either end."""
        return all(end.has_stopped for end in self._ends.values())

    def take(self, data: bytes, by_client: bool) -> list[Opened]:  # noqa: FBT001 - as in Opened
        """Read on; what could be opened now, of both ends where one had waited for the other."""
        opened: list[Opened] = []
        end, other = self._ends[by_client], self._ends[not by_client]
        if end.has_stopped:
            return opened
        end.held += data
        while self._read(end, opened):
            end, other = other, end
        for each in (end, other):
            if len(each.held) > MAX_HELD:
                each.break_off()
        return opened

    def _read(self, end: _End, opened: list[Opened]) -> bool:
        """Read the whole records of an end; whether its hello may let the other one go on."""
        heard = self._heard
        while (record := end.record()) is not None:
            if self._must_wait(end, record[0]):
                break
            begin = end.drop(len(record))
            plain = self._open(end, record[:_HEADER], record[_HEADER:])
            if plain is not None:
                opened.append(Opened(begin, len(record), *plain, end.by_client))
        return heard != self._heard

    def _must_wait(self, end: _End, kind: int) -> bool:
        """Whether the record needs keys that a hello still to come decides."""
        if kind == CHANGE_CIPHER:
            is_free = self._is_13()
        else:
            is_free = kind != APPLICATION or end.keys is not None
        return not is_free and self._agreed(end.changes) is None

    def _agreed(self, change: int) -> tuple[Hello, Hello] | None:
        """The hellos of client and server before a change of keys; None until both are there."""
        client, server = self._ends[True].hellos.get(change), self._ends[False].hellos.get(change)
        return None if client is None or server is None else (client, server)

    def _is_13(self) -> bool:
        """Whether the server chose TLS 1.3, be it by asking for another hello."""
        server = self._ends[False].hellos.get(0)
        return self._was_retried or (server is not None and server.version == TLS13)

    def _open(self, end: _End, header: bytes, body: bytes) -> Plain | None:
        """What a record protects; None for one in clear, or that is not opened."""
        if end.stages is None and end.keys is None:
            if header[0] != APPLICATION:
                self._take_clear(end, header[0], body)
                return None
            self._begin_stages(end)
        plain = None
        if end.stages is not None:
            plain = self._open_staged(end, end.stages, header, body)
        elif end.keys is not None:
            plain = self._open_keyed(end, end.keys, header, body)
        if plain is not None and plain.content_type == ALERT and plain.content[1:] == _CLOSE_NOTIFY:
            end.stop()
        return plain

    def _take_clear(self, end: _End, kind: int, body: bytes) -> None:
        if kind == HANDSHAKE:
            self._hear(end, body)
        elif kind == CHANGE_CIPHER and not self._is_13():
            self._change_cipher(end)

    def _hear(self, end: _End, piece: bytes) -> None:
        """Take the hellos of an end out of its handshake messages: the first, and each new one."""
        for kind, body in end.messages.take(piece):
            hello = read_hello(kind, body)
            if hello is None or kind != (CLIENT_HELLO if end.by_client else SERVER_HELLO):
                continue
            self._heard += 1
            if hello.is_retry:
                self._was_retried = True
            else:
                end.hellos[end.changes] = hello

    def _change_cipher(self, end: _End) -> None:
        """The keys up to TLS 1.2, of the hellos said before."""
        agreed = self._agreed(end.changes)
        if agreed is None or end.changes >= MAX_CHANGES:
            end.break_off()
            return
        client, server = agreed
        suite = suite_of(server.suite)
        if suite is None or server.is_packed or not TLS10 <= server.version <= TLS12:
            self._refuse(end)
            return
        master = self._log.secret(client.random, key_log.MASTER)
        if master is None:
            self._miss(end)
            return
        keys = master_keys(server.version, suite, master, client.random, server.random)
        end.changes += 1
        end.keys = record_keys(
            suite,
            keys[0 if end.by_client else 1],
            server.version,
            encrypted_first=server.encrypted_first,
        )

    def _open_keyed(self, end: _End, keys: RecordKeys, header: bytes, body: bytes) -> Plain | None:
        plain = keys.open(header, body)
        if plain is None:
            end.break_off()
        elif plain.content_type == HANDSHAKE:
            self._hear(end, plain.content)
        elif plain.content_type == CHANGE_CIPHER:
            self._change_cipher(end)
        return plain

    def _begin_stages(self, end: _End) -> None:
        """Find the keys of TLS 1.3, at the first record that is protected."""
        agreed = self._agreed(end.changes)
        if agreed is None or agreed[1].version <= TLS12:
            end.break_off()
            return
        client, server = agreed
        suite = suite_of(server.suite)
        if suite is None or not suite.is_sealed or server.version != TLS13:
            self._refuse(end)
            return
        end.stages = Stages(suite, client, self._log, by_client=end.by_client)

    def _open_staged(self, end: _End, stages: Stages, header: bytes, body: bytes) -> Plain | None:
        skipped = stages.skipped
        plain = stages.open(header, body)
        self.skipped += stages.skipped - skipped
        if stages.state is State.MISSING:
            self._miss(end)
        elif stages.state is State.BROKEN:
            end.break_off()
        return plain

    def _miss(self, end: _End) -> None:
        self.missing_keys = True
        end.stop()

    def _refuse(self, end: _End) -> None:
        self.is_unsupported = True
        end.stop()
