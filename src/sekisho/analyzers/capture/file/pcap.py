"""Classic pcap: a file header, then a record for each frame.

Reference: draft-ietf-opsawg-pcap. Both byte orders, microseconds and nanoseconds.
"""

from __future__ import annotations

from sekisho.analyzers.capture.file import octets
from sekisho.analyzers.capture.file.frames import (
    CUT_SHORT,
    DAMAGED,
    MAX_FRAME,
    ByteStream,
    FrameReader,
)
from sekisho.errors import EvidenceError

_FILE_HEADER = 24
_RECORD_HEADER = 16
_NANOSECONDS = 1_000_000_000
_MAX_FRAME = MAX_FRAME
# Whether the numbers are big-endian, and the nanoseconds of a unit of time.
_ORDER_AND_UNIT = {
    b"\xd4\xc3\xb2\xa1": (False, 1000),
    b"\xa1\xb2\xc3\xd4": (True, 1000),
    b"\x4d\x3c\xb2\xa1": (False, 1),
    b"\xa1\xb2\x3c\x4d": (True, 1),
}
_LINK_TYPE_MASK = 0x03FF_FFFF  # the bits above tell the length of a frame check sequence


class PcapReader(FrameReader):
    """The frames of a classic pcap file, one at a time."""

    def __init__(self, stream: ByteStream) -> None:
        """Read the file header.

        Raises:
            EvidenceError: when it is not the header of a pcap file.
        """
        super().__init__(stream)
        whole = self.has(_FILE_HEADER)
        order = _ORDER_AND_UNIT.get(self.buffer[:4])
        if order is None or not whole:
            raise EvidenceError(
                "SEK-E231",
                "This file cannot be read as a pcap capture.",
                why="its first 24 bytes are not the file header of the format",
                next_step="Ask for the capture again, unpacked and as the capturing tool wrote it.",
            )
        self._big, self._unit_ns = order
        self.link_type = octets.u32_in_order(self.buffer, 20, self._big) & _LINK_TYPE_MASK
        self.timed = True
        self.at = _FILE_HEADER

    def advance(self) -> bool:
        """Go to the next frame; `broken` tells where the file ended early."""
        if self.broken is not None or not self.has(1):
            return False
        self.number += 1
        if not self.has(_RECORD_HEADER):
            return self.stop(CUT_SHORT, self.base + self.at)
        captured = octets.u32_in_order(self.buffer, self.at + 8, self._big)
        if captured > _MAX_FRAME:
            return self.stop(DAMAGED, self.base + self.at)
        whole = self.has(_RECORD_HEADER + captured)
        data, at, big = self.buffer, self.at, self._big
        seconds, fraction = (
            octets.u32_in_order(data, at, big),
            octets.u32_in_order(data, at + 4, big),
        )
        self.time_ns = seconds * _NANOSECONDS + fraction * self._unit_ns
        self.original = max(octets.u32_in_order(data, at + 12, big), captured)
        self.start = at + _RECORD_HEADER
        self.end = self.at = min(self.start + captured, len(data))
        if whole:
            return True
        self.stop(CUT_SHORT, self.base + at)
        return self.end > self.start
