"""The programs that read the same captures, each with what it decodes here."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import NamedTuple

_OURS = (
    "import sys; from pathlib import Path;"
    "from sekisho.analyzers.capture.analyzer import CaptureAnalyzer;"
    "from sekisho.analyzers.interface import Context, Source;"
    "from sekisho.model.evidence import Evidence, EvidenceKind;"
    "path = Path(sys.argv[1]);"
    "evidence = Evidence(id='0' * 64, path=path.name, size=path.stat().st_size,"
    " kind=EvidenceKind.PCAP);"
    "CaptureAnalyzer().analyze(Source(evidence=evidence, content=path), Context())"
)
_NFSTREAM = (
    "import sys, nfstream\n"
    "if __name__ == '__main__':\n"
    "    print(sum(1 for _ in nfstream.NFStreamer(source=sys.argv[1], n_meters=1)))"
)
_FIELDS = (
    "frame.number", "ip.src", "ip.dst", "tcp.stream", "udp.stream",
    "tls.handshake.extensions_server_name", "dns.qry.name", "dns.a", "http.host",
    "http.request.uri",
)  # fmt: skip


class Peer(NamedTuple):
    """A program: what it does with the file, and the command, or None where it is not installed."""

    name: str
    does: str
    command: tuple[str, ...] | None


def peers(capture: Path, nfstream_python: str | None) -> list[Peer]:
    """Ours first, then the others."""
    fields = tuple(word for field in _FIELDS for word in ("-e", field))
    file = str(capture)
    return [
        Peer("sekisho", "all of it, whole process", (sys.executable, "-c", _OURS, file)),
        _installed("tcpdump", "copies frames: the floor", "-r", file, "-w", "/dev/null"),
        _installed("softflowd", "flow table only", "-r", file, "-d", "-n", "127.0.0.1:9"),
        _installed("ndpiReader", "flows, names, protocols", "-q", "-i", file),
        Peer(
            "nfstream",
            "flows, names, protocols",
            (nfstream_python, "-c", _NFSTREAM, file) if nfstream_python else None,
        ),
        _installed("tshark", "the fields of evidence", "-r", file, "-T", "fields", *fields),
    ]


def _installed(name: str, does: str, *arguments: str) -> Peer:
    path = shutil.which(name)
    return Peer(name, does, (path, *arguments) if path else None)
