"""The table of all conversations of a capture, one row each (one for each phase).

Where flows gather what went to one recipient, the table keeps each connection apart, for whoever
wants to count or compare. Rows leave memory while the capture is read, one line of JSON each;
whoever asked for them makes a table of them, outside the confinement of an analysis.
"""

from __future__ import annotations

from pathlib import Path
from typing import IO

import msgspec

from sekisho.analyzers.capture.flows.conversation import Conversation
from sekisho.analyzers.capture.flows.judgement import name_of, protection_of
from sekisho.analyzers.capture.network import addresses
from sekisho.analyzers.capture.network.packets import TCP, UDP
from sekisho.model.evidence import Phase
from sekisho.model.flow import NameSource

ROWS_AT_ONCE = 10_000
_TRANSPORTS = {TCP: "tcp", UDP: "udp"}
_NANOSECONDS_OF_MS = 1_000_000


class Connection(msgspec.Struct, frozen=True):
    """A row: what a conversation was; `sent` is what the initiator says, times are in nanoseconds."""

    transport: str
    application: str | None
    source: str
    source_port: int
    to: str
    to_port: int
    host: str | None
    host_learnt_from: str
    dns_queries: tuple[str, ...]
    ja4: str | None
    protection: str
    packets_sent: int
    packets_received: int
    payload_sent: int
    payload_received: int
    payload_repeated: int
    payload_lost: int
    round_trip_ms: float | None
    first_seen: int | None
    last_seen: int | None
    frame: int
    offset: int
    length: int
    phase: Phase | None
    app: str | None


class FlowLog:
    """Writes the rows to one file."""

    def __init__(self, path: Path) -> None:
        """Write to `path`, replacing what is there."""
        self._file: IO[bytes] = path.open("wb")
        self._rows: list[Connection] = []

    def add(self, conversation: Conversation, phase: Phase | None) -> None:
        """Take a conversation that is over, or what was said in it in a phase."""
        self._rows.append(row_of(conversation, phase))
        if len(self._rows) >= ROWS_AT_ONCE:
            self._write()

    def finish(self) -> None:
        """Write what is left."""
        self._write()
        self._file.close()

    def _write(self) -> None:
        self._file.write(msgspec.json.Encoder().encode_lines(self._rows))
        self._rows = []


def row_of(conversation: Conversation, phase: Phase | None) -> Connection:
    """The row of a conversation."""
    host, learnt, _ = name_of(conversation)
    # whoever asks for an address by its number names nobody, but that is what was asked for
    if conversation.hosts and learnt not in (NameSource.TLS_SNI, NameSource.HTTP_HOST):
        host = next(iter(conversation.hosts))
    hello = conversation.client_hello
    forth, back = conversation.forth, conversation.back
    round_trip = conversation.round_trip_ns
    transport = _TRANSPORTS.get(conversation.protocol, f"ip/{conversation.protocol}")
    place = conversation.first_place
    return Connection(
        transport=transport,
        application=conversation.name,
        source=addresses.address_text(conversation.initiator[0]),
        source_port=conversation.initiator[1],
        to=addresses.address_text(conversation.responder[0]),
        to_port=conversation.responder[1],
        host=host,
        host_learnt_from=learnt.value,
        dns_queries=conversation.asked,
        ja4=hello.ja4 if hello is not None else None,
        protection=protection_of(conversation).value,
        packets_sent=forth.packets,
        packets_received=back.packets,
        payload_sent=forth.payload,
        payload_received=back.payload,
        payload_repeated=forth.repeated + back.repeated,
        payload_lost=forth.lost + back.lost,
        round_trip_ms=round_trip / _NANOSECONDS_OF_MS if round_trip >= 0 else None,
        first_seen=conversation.first_ns if conversation.first_ns >= 0 else None,
        last_seen=conversation.last_ns if conversation.last_ns >= 0 else None,
        frame=place.frame,
        offset=place.offset,
        length=place.length,
        phase=phase,
        app=conversation.app,
    )
