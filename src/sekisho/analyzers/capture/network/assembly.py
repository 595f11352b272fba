"""Payload put back in order, each byte with the place in the file it was captured at.

The earliest copy of a byte counts; a later, overlapping segment that says otherwise is counted.
Memory is bounded: segments that wait for a missing one are held up to a cap, then the gap is
given up and counted.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

HELD_SEGMENTS = 64
HELD_BYTES = 128 << 10
PIECE_WEIGHT = 160
"""Bytes of memory for the place of one piece, roughly."""

_PIECE_WEIGHT = PIECE_WEIGHT
_WRAP = 1 << 32
# Offsets from here downwards stand for records, by their number.
_FIRST_RECORD = -2
_HALF = 1 << 31


class Place(NamedTuple):
    """Bytes of one captured frame: its number, and where in the file they stand."""

    frame: int
    offset: int
    length: int


class Segment(NamedTuple):
    """Payload of one TCP packet.

    `length` is that on the wire, of which `data`, at `offset` of the file, may be the beginning.
    """

    sequence: int
    data: bytes
    length: int
    frame: int
    offset: int


class Text:
    """Payload bytes in order, with the place of each.

    `seen` counts the bytes that were once here, `searched` is how far into `data` a search has
    come (kept right when the beginning is dropped).
    """

    def __init__(self) -> None:
        """Begin empty."""
        self.data = bytearray()
        self.searched = 0
        self.seen = 0
        # for each piece: where it begins here, its frame, and where in the file it stands
        self._begins: list[int] = []
        self._frames: list[int] = []
        self._offsets: list[int] = []
        self._records: list[list[Place]] = []

    def append(self, data: bytes, frame: int, offset: int) -> None:
        """Add bytes captured in `frame` at `offset` of the file; offset -1: not of the file."""
        self._begins.append(len(self.data))
        self._frames.append(frame)
        self._offsets.append(offset)
        self.data += data
        self.seen += len(data)

    def append_record(self, data: bytes, places: list[Place]) -> None:
        """Add bytes that are not of the file themselves, but opened from what stands at `places`."""
        self._records.append(places)
        self.append(data, 0, _FIRST_RECORD - len(self._records) + 1)

    def places(self, start: int, length: int) -> list[Place]:
        """Where in the file the bytes from `start` stand: one place for each frame."""
        found: list[Place] = []
        index = max(bisect_right(self._begins, start) - 1, 0)
        end = start + length
        while index < len(self._begins) and self._begins[index] < end:
            begin, offset = self._begins[index], self._offsets[index]
            first, last = max(start, begin), min(end, self._end_of(index))
            if first < last and offset <= _FIRST_RECORD:
                found += self._records[_FIRST_RECORD - offset]
            elif first < last and offset >= 0:
                found.append(Place(self._frames[index], offset + first - begin, last - first))
            index += 1
        return found

    def drop(self, count: int) -> None:
        """Forget the first `count` bytes."""
        if count <= 0:
            return
        count = min(count, len(self.data))
        kept = max(bisect_right(self._begins, count) - 1, 0)
        begins, offsets = self._begins[kept:], self._offsets[kept:]
        if begins and offsets[0] >= 0:
            offsets[0] += count - begins[0]
        self._begins = [max(begin - count, 0) for begin in begins]
        self._frames, self._offsets = self._frames[kept:], offsets
        del self.data[:count]
        self.searched = max(self.searched - count, 0)

    def clear(self) -> None:
        """Forget everything."""
        if self._begins:
            self.data = bytearray()
            self._begins, self._frames, self._offsets = [], [], []
            self._records = []
        self.searched = 0

    def cut_off(self, start: int) -> None:
        """Forget what stands from `start` on."""
        kept = bisect_right(self._begins, start - 1)
        del self._begins[kept:], self._frames[kept:], self._offsets[kept:], self.data[start:]

    def _end_of(self, index: int) -> int:
        following = index + 1
        return self._begins[following] if following < len(self._begins) else len(self.data)

    def weight(self) -> int:
        """Roughly how many bytes of memory it takes."""
        return len(self.data) + _PIECE_WEIGHT * len(self._begins)


class Assembler:
    """One direction of a TCP connection, put in order into a `Text`.

    `gaps` counts the places where bytes were never captured and waiting for them was given up,
    `conflicts` the segments that say otherwise of bytes already there.
    """

    def __init__(self, text: Text) -> None:
        """Put what is in order into `text`."""
        self.text = text
        self.gaps = 0
        self.conflicts = 0
        self.held_bytes = 0
        self._exact = 0
        self._begun = False
        self._next = 0
        self._span = 0
        self._held: list[Segment] | None = None

    def begin(self, sequence: int) -> None:
        """The first byte will have this sequence number (a SYN was seen)."""
        if self._begun and self._next != sequence:
            self.flush()
        self._begun = True
        self._next = sequence
        self._span = self._exact = 0

    def add(self, sequence: int, data: bytes, length: int, frame: int, offset: int) -> None:
        """Take a segment (see `Segment`); whatever is in order now goes to the text."""
        if not self._begun:
            self._begun, self._next = True, sequence
        ahead = (sequence - self._next) & (_WRAP - 1)
        if ahead and ahead < _HALF:
            self._hold(Segment(sequence, data, length, frame, offset))
            return
        self._take(ahead, data, length, frame, offset)
        if self._held:
            self._release()

    def flush(self) -> None:
        """Give up every gap: what is held goes to the text."""
        while self._held:
            self._skip_gap()

    def held_weight(self) -> int:
        """Roughly how many bytes of memory the waiting segments take."""
        return self.held_bytes + _PIECE_WEIGHT * len(self._held) if self._held else 0

    def _take(self, ahead: int, data: bytes, length: int, frame: int, offset: int) -> None:
        """Append what is new of a segment that begins at or before the next byte."""
        known = (_WRAP - ahead) & (_WRAP - 1)
        if known and self._contradicts(known, data):
            self.conflicts += 1
        if known >= length:
            # From before the first byte seen, when the beginning was captured out of order.
            if known - length >= self._span and data:
                self.text.append(data, frame, offset)
                self._exact = 0
            return
        if known < len(data):
            self.text.append(data[known:] if known else data, frame, offset + known)
        self._exact = self._exact + length - known if length == len(data) else 0
        self._span += length - known
        self._next = (self._next + length - known) & (_WRAP - 1)

    def _contradicts(self, known: int, data: bytes) -> bool:
        """Whether a segment says otherwise of bytes that are still here (a keep-alive does not count)."""
        here = self.text.data
        if len(data) <= 1 or known > min(self._exact, len(here)):
            return False
        start = len(here) - known
        return here[start : start + len(data)] != data[:known]

    def _hold(self, segment: Segment) -> None:
        if self._held is None:
            self._held = []
        self._held.append(segment)
        self.held_bytes += len(segment.data)
        while len(self._held) > HELD_SEGMENTS or self.held_bytes > HELD_BYTES:
            self._skip_gap()

    def _distance(self, sequence: int) -> int:
        """How far after the next byte; negative when before it."""
        ahead = (sequence - self._next) & (_WRAP - 1)
        return ahead if ahead < _HALF else ahead - _WRAP

    def _order(self, segment: Segment) -> tuple[int, int]:
        return self._distance(segment.sequence), segment.frame

    def _skip_gap(self) -> None:
        assert self._held
        self.gaps += 1
        self._exact = 0
        self._next = min(self._held, key=self._order).sequence
        self._release()

    def _release(self) -> None:
        """Take, in order, the held segments that the next byte has reached."""
        held = self._held
        assert held is not None
        held.sort(key=self._order)
        while held and self._distance(held[0].sequence) <= 0:
            sequence, data, length, frame, offset = held.pop(0)
            self.held_bytes -= len(data)
            self._take((sequence - self._next) & (_WRAP - 1), data, length, frame, offset)
