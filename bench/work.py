"""The work that is timed: the same task for Sekisho and for a peer, as Python statements.

The peers do less in each case (no names for recipients, no coverage, no proof): read the ratios
as what a user gets for the time, not as equal work.
"""

from __future__ import annotations

import struct
from pathlib import Path

from bench.measure import Contest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
APK = EXAMPLES / "kaze-x1/evidence/app/kaze-pilot.apk"

_READ = """
import hashlib, sys
from pathlib import Path
from sekisho.analyzers.interface import Context, Source
from sekisho.model.evidence import Evidence, EvidenceKind
path = Path(sys.argv[1])
item = Evidence(id=hashlib.sha256(path.read_bytes()).hexdigest(), path=path.name,
                size=path.stat().st_size, kind=EvidenceKind("{kind}"))
from sekisho.analyzers.{module} import {analyzer}
{analyzer}().analyze(Source(evidence=item, content=path), Context())
"""

_DPKT = """
import dpkt, sys
flows = {}
with open(sys.argv[1], "rb") as file:
    for _, data in dpkt.pcap.Reader(file):
        packet = dpkt.ethernet.Ethernet(data).data
        if isinstance(packet, dpkt.ip.IP) and isinstance(packet.data, (dpkt.tcp.TCP, dpkt.udp.UDP)):
            key = packet.src, packet.dst, packet.data.sport, packet.data.dport, packet.p
            count, size = flows.get(key, (0, 0))
            flows[key] = count + 1, size + len(packet.data.data)
"""

_ANDROGUARD = """
import sys
from loguru import logger
logger.remove()
from androguard.misc import AnalyzeAPK
AnalyzeAPK(sys.argv[1])
"""


def reading(kind: str, module: str, analyzer: str) -> str:
    """Statements that run one analyzer on the file named by the first argument."""
    return _READ.format(kind=kind, module=module, analyzer=analyzer)


CONTESTS = (
    Contest(
        name="capture, flows and names",
        ours=reading("pcap", "capture.analyzer", "CaptureAnalyzer"),
        peer_name="dpkt (flow table only)",
        module="dpkt",
        peer=_DPKT,
    ),
    Contest(
        name="app, sample",
        ours=reading("apk", "app.analyzer", "AppAnalyzer"),
        peer_name="androguard",
        module="androguard",
        peer=_ANDROGUARD,
        argument=str(APK),
    ),
)


def capture_of(size: int) -> bytes:
    """A pcap of about so many bytes: HTTP-like traffic of 400 conversations, always the same."""
    parts = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)]
    body = b"POST /v1 HTTP/1.1\r\nHost: host.example\r\nContent-Length: 900\r\n\r\n" + b"a" * 900
    total, number = 0, 0
    while total < size:
        client = number % 400
        frame = _frame(10_000 + client, number // 400, body)
        parts.append(
            struct.pack("<IIII", 1_790_000_000 + number // 1000, 0, len(frame), len(frame))
        )
        parts.append(frame)
        total += len(frame) + 16
        number += 1
    return b"".join(parts)


def _frame(port: int, turn: int, body: bytes) -> bytes:
    """One TCP segment from the client of a conversation."""
    tcp = struct.pack(">HHIIBBHHH", port, 80, 1 + turn * len(body), 1, 0x50, 0x18, 8192, 0, 0)
    length = 20 + len(tcp) + len(body)
    addresses = bytes([10, 0, 0, 5]), bytes([192, 0, 2, 9])
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, length, 1, 0, 64, 6, 0, *addresses)
    return bytes(12) + b"\x08\x00" + ip + tcp + body
