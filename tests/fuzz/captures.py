"""`python -m tests.fuzz.captures -runs=N [CORPUS]`: coverage-guided fuzzing of the capture readers.

Needs atheris, which is no dependency. The first byte chooses the reader, the rest is its input. A
whole capture may end in an `EvidenceError` and in nothing else; every other reader takes any bytes.
"""

from __future__ import annotations

import io
import sys

import atheris  # type: ignore[import-untyped]

with atheris.instrument_imports(include=["sekisho.analyzers.capture"]):
    from sekisho.analyzers.capture.analyzer import open_frames
    from sekisho.analyzers.capture.content.categories import load_data_categories
    from sekisho.analyzers.capture.content.keyed import NamedValueFinder
    from sekisho.analyzers.capture.content.known import KnownValues
    from sekisho.analyzers.capture.flows.flow_table import FlowTable
    from sekisho.analyzers.capture.flows.gathering import Gathering
    from sekisho.analyzers.capture.flows.names import NameBook
    from sekisho.analyzers.capture.flows.tally import Tally, Totals
    from sekisho.analyzers.capture.keys.key_log import KeyLog
    from sekisho.analyzers.capture.protocols import certificates, dns, gquic, http, recognise, tls
    from sekisho.analyzers.capture.protocols.dtls import DtlsReader
    from sekisho.analyzers.capture.protocols.quic import QuicReader
    from sekisho.analyzers.capture.protocols.remote_id import RemoteIds
    from sekisho.analyzers.capture.protocols.tls_handshake import messages_in_clear
    from sekisho.analyzers.capture.reading.clear import ClearReader
    from sekisho.analyzers.capture.reading.inspection import Inspector
    from sekisho.analyzers.capture.reading.scan import Scan

from sekisho.errors import EvidenceError
from sekisho.model.evidence import EvidenceKind
from sekisho.model.flow import DataCategory, KnownValue

PACK = load_data_categories()
NAMED = NamedValueFinder(PACK)
KNOWN = KnownValues(
    (KnownValue(category=DataCategory.DEVICE_IDENTIFIER, name="serial", value="KZX1-000123"),)
)


def read_capture(data: bytes, kind: EvidenceKind) -> None:
    """A whole capture, all the way to its flows."""
    try:
        reader = open_frames(io.BytesIO(data), kind)
    except EvidenceError:
        return
    gathering = Gathering(Totals())
    inspector = Inspector(ClearReader(KNOWN, PACK), NameBook(), KeyLog())
    Scan(Tally(), inspector, RemoteIds(), FlowTable(64), gathering.add).read(reader)
    assert all(flow.connections > 0 for flow in gathering.flows)


def read_pcap(data: bytes) -> None:
    """The rest of a pcap file, one frame of Ethernet for each 200 bytes."""
    head = b"\xd4\xc3\xb2\xa1\2\0\4\0" + b"\0" * 8 + b"\0\0\4\0\1\0\0\0"
    frames = [data[at : at + 200] for at in range(0, len(data), 200)]
    records = [
        b"\0" * 8 + len(frame).to_bytes(4, "little") * 2 + b"\2" * 12 + b"\x08\0" + frame[14:]
        for frame in frames
        if len(frame) > 14
    ]
    read_capture(head + b"".join(records), EvidenceKind.PCAP)


READERS = (
    lambda data: read_capture(data, EvidenceKind.PCAP),
    lambda data: read_capture(data, EvidenceKind.PCAPNG),
    read_pcap,
    dns.read_message,
    tls.read_client_hello,
    tls.read_server_hello,
    lambda data: QuicReader().take(data),
    lambda data: DtlsReader().take(data),
    gquic.read_client_hello,
    lambda data: http.MessageReader().read(bytearray(data)),
    lambda data: recognise.recognise_datagram(data, 5353, 443),
    lambda data: recognise.recognise_stream(data, 53),
    NAMED.find,
    lambda data: certificates.read_certificates(messages_in_clear(data), tls13=False),
    KeyLog.read,
)


def take(data: bytes) -> None:
    """One run."""
    if data:
        READERS[data[0] % len(READERS)](data[1:])


if __name__ == "__main__":
    atheris.Setup(sys.argv, take)
    atheris.Fuzz()
