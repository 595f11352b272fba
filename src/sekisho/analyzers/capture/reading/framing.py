"""What is said under the framing of a protocol: bodies without seams, payloads apart, heads unpacked.

Text that is searched as it was sent hides a value that a chunk divides, that stands right behind
another field, or that a head of HTTP/2 spells in its own letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sekisho.analyzers.capture.protocols import http2, mqtt

_SEAM = re.compile(rb"\r\n([0-9A-Fa-f]{1,8})[^\r\n]{0,64}\r\n")
_SIGN_OF_CHUNKS = b"hunked"


class Spot(NamedTuple):
    """Where a run of the text stands in the window: the same bytes, or all of it for each byte."""

    text_at: int
    at: int
    length: int
    is_same: bool = True


class Piece(NamedTuple):
    """A text under the framing, with where its runs stand in the window."""

    text: bytes
    spots: tuple[Spot, ...]

    def stands(self, start: int, length: int) -> tuple[int, int]:
        """Where bytes of the text begin in the window, and how long they and what is between are."""
        end = start + length
        met = [spot for spot in self.spots if spot.text_at < end]
        first = next(spot for spot in reversed(met) if spot.text_at <= start)
        last = met[-1]
        begin = first.at + (start - first.text_at if first.is_same else 0)
        stop = last.at + (end - last.text_at if last.is_same else last.length)
        return begin, stop - begin


def pieces_of(protocol: str | None, window: bytes) -> Iterator[Piece]:
    """The texts under the framing of a protocol; none where it has no framing that hides."""
    reader = _READERS.get(protocol or "")
    return reader(window) if reader is not None else iter(())


def hosts_asked(protocol: str | None, window: bytes) -> Iterator[tuple[str, int, int]]:
    """The hosts that a client asks for in heads that are packed, with where the heads stand."""
    if protocol == "http2":
        for head in http2.read_requests(window):
            if head.authority:
                yield head.authority, head.start, head.length


def _joined_chunks(window: bytes) -> Iterator[Piece]:
    """A chunked body (RFC 9112, 7.1) as one text; a size that does not fit is part of it."""
    if _SIGN_OF_CHUNKS not in window:
        return
    spots: list[Spot] = []
    text, begin = bytearray(), 0
    for seam in _SEAM.finditer(window):
        after = seam.end() + int(seam[1], 16)
        if seam.start() >= begin and (after >= len(window) or window[after : after + 2] == b"\r\n"):
            spots.append(Spot(len(text), begin, seam.start() - begin))
            text += window[begin : seam.start()]
            begin = seam.end()
    if spots:
        spots.append(Spot(len(text), begin, len(window) - begin))
        yield Piece(bytes(text + window[begin:]), tuple(spots))


def _payloads(window: bytes) -> Iterator[Piece]:
    """What MQTT publishes, without topic and packet number before it."""
    for packet in mqtt.read_packets(window):
        if 0 <= packet.payload_at < min(packet.end, len(window)):
            text = window[packet.payload_at : packet.end]
            yield Piece(text, (Spot(0, packet.payload_at, len(text)),))


def _heads_and_bodies(window: bytes) -> Iterator[Piece]:
    """The fields of each head of HTTP/2, and the bodies, each of one stream."""
    bodies: dict[int, list[http2.Piece]] = {}
    for part in http2.read_parts(window):
        if isinstance(part, http2.Head):
            text = b"".join(b"%b: %b\r\n" % field for field in part.fields)
            yield Piece(text, (Spot(0, part.start, part.length, is_same=False),))
        else:
            bodies.setdefault(part.stream, []).append(part)
    for parts in bodies.values():
        spots, body = [], bytearray()
        for part in parts:
            spots.append(Spot(len(body), part.start, part.length))
            body += window[part.start : part.start + part.length]
        yield Piece(bytes(body), tuple(spots))


_READERS: dict[str, Callable[[bytes], Iterator[Piece]]] = {
    "http": _joined_chunks,
    "http2": _heads_and_bodies,
    "mqtt": _payloads,
}
