"""The key logs among the evidence: what opens the captures beside them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sekisho.model.evidence import Evidence, EvidenceKind
from sekisho.model.units import EvidenceId

MOST_BYTES = 16 << 20
"""Bytes of key logs handed to each analysis; a secret takes some 200."""


def load_key_logs(evidence: Iterable[Evidence], contents: dict[EvidenceId, Path]) -> bytes:
    """All key logs, one after another, in the order of their digests; cut at the cap."""
    logs = sorted({item.id for item in evidence if item.kind is EvidenceKind.KEY_LOG})
    joined = bytearray()
    for log in logs:
        with contents[log].open("rb") as file:
            joined += file.read(MOST_BYTES - len(joined)) + b"\n"
        if len(joined) >= MOST_BYTES:
            break
    return bytes(joined)
