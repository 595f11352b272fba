"""The table of all conversations of a capture, one row each (one for each phase), written while the capture is read.

Where flows gather what went to one recipient, the table keeps each connection apart, for whoever
wants to count or compare. Rows leave memory in parts, so that its use stays bounded.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sekisho.analyzers.capture.flows.conversation import Conversation
from sekisho.analyzers.capture.flows.judgement import name_of, protection_of
from sekisho.analyzers.capture.network import addresses
from sekisho.analyzers.capture.network.packets import TCP, UDP
from sekisho.model.evidence import Phase
from sekisho.model.flow import NameSource

if TYPE_CHECKING:
    import polars as pl

ROWS_OF_PART = 50_000
_TRANSPORTS = {TCP: "tcp", UDP: "udp"}
_NANOSECONDS_OF_MS = 1_000_000


class FlowLog:
    """Writes the rows to one Parquet file."""

    def __init__(self, path: Path) -> None:
        """Write to `path`, replacing what is there when all is done."""
        self._path = path
        self._rows: list[tuple[object, ...]] = []
        self._parts: list[Path] = []

    def add(self, conversation: Conversation, phase: Phase | None) -> None:
        """Take a conversation that is over, or what was said in it in a phase."""
        self._rows.append((*row_of(conversation), phase.value if phase is not None else None))
        if len(self._rows) >= ROWS_OF_PART:
            self._spill()

    def finish(self) -> None:
        """Write what is left, and join the parts."""
        import polars as pl  # noqa: PLC0415 - a tenth of a second that only this table needs

        self._spill()
        pl.scan_parquet(self._parts).sink_parquet(self._path, compression="zstd")
        for part in self._parts:
            part.unlink()

    def _spill(self) -> None:
        import polars as pl  # noqa: PLC0415 - see above

        part = self._path.with_name(f"{self._path.name}.part{len(self._parts)}")
        frame = pl.DataFrame(self._rows, schema=_schema(), orient="row")
        frame.write_parquet(part, compression="zstd", compression_level=1)
        self._parts.append(part)
        self._rows = []


def row_of(conversation: Conversation) -> tuple[object, ...]:
    """The columns of a conversation, in the order of the schema."""
    host, learnt, _ = name_of(conversation)
    # whoever asks for an address by its number names nobody, but that is what was asked for
    if conversation.hosts and learnt not in (NameSource.TLS_SNI, NameSource.HTTP_HOST):
        host = next(iter(conversation.hosts))
    hello = conversation.client_hello
    forth, back = conversation.forth, conversation.back
    round_trip = conversation.round_trip_ns
    transport = _TRANSPORTS.get(conversation.protocol, f"ip/{conversation.protocol}")
    return (
        transport,
        conversation.name,
        addresses.address_text(conversation.initiator[0]),
        conversation.initiator[1],
        addresses.address_text(conversation.responder[0]),
        conversation.responder[1],
        host,
        learnt.value,
        list(conversation.asked),
        hello.ja4 if hello is not None else None,
        protection_of(conversation).value,
        forth.packets,
        back.packets,
        forth.payload,
        back.payload,
        forth.repeated + back.repeated,
        forth.lost + back.lost,
        round_trip / _NANOSECONDS_OF_MS if round_trip >= 0 else None,
        conversation.first_ns if conversation.first_ns >= 0 else None,
        conversation.last_ns if conversation.last_ns >= 0 else None,
        *conversation.first_place,
    )


def _schema() -> dict[str, pl.DataType]:
    """Names and types of the columns; `sent` is what the initiator says."""
    import polars as pl  # noqa: PLC0415 - see above

    text, number, time = pl.String(), pl.Int64(), pl.Datetime("ns", "UTC")
    return {
        "transport": text,
        "application": text,
        "source": text,
        "source_port": pl.UInt16(),
        "to": text,
        "to_port": pl.UInt16(),
        "host": text,
        "host_learnt_from": text,
        "dns_queries": pl.List(text),
        "ja4": text,
        "protection": text,
        "packets_sent": number,
        "packets_received": number,
        "payload_sent": number,
        "payload_received": number,
        "payload_repeated": number,
        "payload_lost": number,
        "round_trip_ms": pl.Float64(),
        "first_seen": time,
        "last_seen": time,
        "frame": number,
        "offset": number,
        "length": number,
        "phase": text,
    }
