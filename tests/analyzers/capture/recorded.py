"""Connections that other programs made, from `real/tls`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from sekisho.analyzers.capture.keys.key_log import KeyLog
from sekisho.analyzers.capture.keys.tls_opener import Opened, TlsOpener

REAL = Path(__file__).parent / "real"
RECORDED = sorted(path.stem for path in (REAL / "tls").glob("*.bin"))
CLIENT_SAYS = b"client says: serial 1581F5BKD223Q00A520F\n"
SERVER_SAYS = b"server says: position 35.6812, 139.7671\n"
APPLICATION, HANDSHAKE = 23, 22


class Recorded(NamedTuple):
    """A key log, and what was sent: by the client or not, in its order."""

    keys: bytes
    sent: list[tuple[bool, bytes]]

    def stream(self, *, by_client: bool) -> bytes:
        return b"".join(data for said, data in self.sent if said == by_client)


def recorded(name: str) -> Recorded:
    data = (REAL / "tls" / f"{name}.bin").read_bytes()
    chunks, at = [], 0
    while at < len(data):
        end = at + 5 + int.from_bytes(data[at + 1 : at + 5], "big")
        chunks.append((data[at : at + 1], data[at + 5 : end]))
        at = end
    return Recorded(chunks[0][1], [(letter == b"C", said) for letter, said in chunks[1:]])


def opened_by(keys: bytes, sent: Iterable[tuple[bool, bytes]]) -> tuple[TlsOpener, list[Opened]]:
    opener = TlsOpener(KeyLog.read(keys))
    opened: list[Opened] = []
    for by_client, data in sent:
        opened += opener.take(data, by_client)
    return opener, opened


def said_in(opened: Iterable[Opened], *, by_client: bool, kind: int = APPLICATION) -> bytes:
    """The content of one kind that an end sent, in its order."""
    of_end = sorted(o for o in opened if o.by_client == by_client and o.content_type == kind)
    return b"".join(each.plain for each in of_end)
