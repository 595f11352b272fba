"""`python -m bench.capture.truth FOLDER [--cases]`: our flows and names beside those of nDPI.

FOLDER holds `pcap/` and `result/default/` of the nDPI project's tests. Their word is a peer's opinion,
so each class says what is compared, and `--cases` shows every case in which the two differ:

- flows: the 5-tuples of their results that are among ours, in either direction;
- tls, quic, http: of flows with a host name to which they give that protocol, whose name is ours;
- dns: of their DNS flows with a name, whose name is among the first that we saw asked for.

Both sides are compared in lower case, without what is not printable (theirs `?`, ours `\\ddd`) and cut
like theirs.
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sekisho.analyzers.capture.analyzer import CaptureAnalyzer
from sekisho.analyzers.interface import Context, Source
from sekisho.errors import EvidenceError
from sekisho.intake.identify import identify_file
from sekisho.model.evidence import Evidence
from sekisho.model.units import Bytes, EvidenceId, Sha256

CUT = 79
_END = r"\[?([0-9a-f:.]+?)\]?(?::(\d+))?"
_FLOW = re.compile(
    rf"^\s+\d+\s+(\S+) {_END} (?:<->|->) {_END} (?:\[VLAN: \d+\])?\[proto: ([^\]]+)\]"
)
_NAME = re.compile(r"\[Hostname/SNI: ([^\]]*)\]")
_PROTOCOLS = {"TLS": "tls", "QUIC": "quic", "HTTP": "http", "DNS": "dns", "DTLS": "dtls"}
_ESCAPED = re.compile(r"\\\d{3}")
_KEPT = re.compile(r"[^a-z0-9.-]")

Ends = frozenset[tuple[str, int]]


@dataclass(frozen=True)
class Theirs:
    """A flow of nDPI: transport, both ends, the protocol under the application, its name."""

    transport: str
    ends: Ends
    protocol: str | None
    name: str | None


def their_flows(result: Path) -> Iterator[Theirs]:
    """The flows of a result file."""
    for line in result.read_text("utf-8", "replace").splitlines():
        match = _FLOW.match(line)
        if match is None:
            continue
        transport, one, its_port, other, other_port, protocol = match.groups()
        words = re.split(r"[/.]", protocol)
        known = next((_PROTOCOLS[word] for word in words if word in _PROTOCOLS), None)
        name = _NAME.search(line)
        ends = frozenset((_end(one, its_port), _end(other, other_port)))
        yield Theirs(transport.lower(), ends, known, name[1] if name else None)


def _end(address: str, port: str | None) -> tuple[str, int]:
    try:
        return str(ipaddress.ip_address(address)), int(port or 0)
    except ValueError:
        return address, int(port or 0)


def our_flows(capture: Path) -> list[dict[str, Any]]:
    """The rows of the table of conversations; none where the file is no capture to us."""
    evidence = Evidence(
        id=EvidenceId(Sha256("0" * 64)),
        path=capture.name,
        size=Bytes(capture.stat().st_size),
        kind=identify_file(capture),
    )
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "flows.jsonl"
        try:
            CaptureAnalyzer().analyze(
                Source(evidence=evidence, content=capture), Context(flows=str(rows))
            )
        except EvidenceError:
            return []
        return [json.loads(row) for row in rows.read_text(encoding="utf-8").splitlines()]


def plain(name: str | None) -> str:
    """A name as both sides can be expected to write it."""
    told = _ESCAPED.sub("", (name or "").lower().rstrip("."))
    return _KEPT.sub("", told)[: CUT - 10]


def compare(capture: Path, result: Path, counts: Counter[tuple[str, str]]) -> Iterator[str]:
    """Count agreement in each class; a line for each case that differs."""
    ours: dict[tuple[str, Ends], list[dict[str, Any]]] = {}
    for row in our_flows(capture):
        ends = frozenset(((row["source"], row["source_port"]), (row["to"], row["to_port"])))
        ours.setdefault((row["transport"], ends), []).append(row)
    for flow in their_flows(result):
        rows = ours.get((flow.transport, flow.ends), [])
        if flow.transport in ("tcp", "udp"):
            counts["flows", "equal" if rows else "missing"] += 1
            if not rows:
                yield f"flows  {capture.name}  {flow}"
        if flow.name and flow.protocol:
            if flow.protocol == "dns":
                names = {plain(name) for row in rows for name in row["dns_queries"]} - {""}
            else:
                names = {plain(row["host"]) for row in rows} - {""}
            verdict = "equal" if plain(flow.name) in names else "other" if names else "missing"
            counts[flow.protocol, verdict] += 1
            if verdict != "equal":
                yield f"{flow.protocol:<6} {capture.name}  {flow.name}  ours: {sorted(names)}"


def main() -> int:
    """Print the table, and the cases when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cases", action="store_true")
    asked = parser.parse_args()
    counts: Counter[tuple[str, str]] = Counter()
    for result in sorted((asked.folder / "result" / "default").glob("*.out")):
        capture = asked.folder / "pcap" / result.name.removesuffix(".out")
        if capture.exists():
            for case in compare(capture, result, counts):
                if asked.cases:
                    print(case)
    for kind in ("flows", "tls", "quic", "http", "dns", "dtls"):
        equal, other, missing = (counts[kind, word] for word in ("equal", "other", "missing"))
        total = equal + other + missing
        share = f"{equal / total:7.2%}" if total else "      –"
        print(
            f"{kind:<6} {total:6} compared  {equal:6} equal {other:4} other {missing:4} missing {share}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
