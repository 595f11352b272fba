"""Classic pcap: a file header, then a record for each frame.

Reference: draft-ietf-opsawg-pcap. Both byte orders, microseconds and nanoseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct

from sekisho.analyzers.capture.frames import (
    CUT_SHORT,
    DAMAGED,
    MAX_FRAME,
    Break,
    ByteStream,
    Frame,
)
from sekisho.errors import EvidenceError

_FILE_HEADER = 24
_RECORD_HEADER = 16
_NANOSECONDS_OF_UNIT = {
    b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
    b"\xa1\xb2\x3c\x4d": (">", 1),
}
_LINK_TYPE_MASK = 0x03FF_FFFF  # the bits above tell the length of a frame check sequence


class PcapReader:
    """The frames of a classic pcap file, read one at a time."""

    def __init__(self, stream: ByteStream) -> None:
        """Read the file header.

        Raises:
            EvidenceError: when it is not the header of a pcap file.
        """
        self.broken: Break | None = None
        self._stream = stream
        header = stream.read(_FILE_HEADER)
        order = _NANOSECONDS_OF_UNIT.get(header[:4])
        if order is None or len(header) < _FILE_HEADER:
            raise EvidenceError(
                "SEK-E231",
                "This file cannot be read as a pcap capture.",
                why="its first 24 bytes are not the file header of the format",
                next_step="Ask for the capture again, unpacked and as the capturing tool wrote it.",
            )
        self._order, self._unit_ns = order
        self._link_type = Struct(self._order + "I").unpack_from(header, 20)[0] & _LINK_TYPE_MASK

    def __iter__(self) -> Iterator[Frame]:
        """Frames in the order of the file; `broken` tells where that ended early."""
        read = self._stream.read
        fields = Struct(self._order + "IIII").unpack
        link_type, unit_ns = self._link_type, self._unit_ns
        number, offset = 1, _FILE_HEADER
        while header := read(_RECORD_HEADER):
            if len(header) < _RECORD_HEADER:
                self.broken = Break(CUT_SHORT, number, offset)
                return
            seconds, fraction, captured, original = fields(header)
            if captured > MAX_FRAME:
                self.broken = Break(DAMAGED, number, offset)
                return
            data = read(captured)
            time_ns = seconds * 1_000_000_000 + fraction * unit_ns
            at = offset + _RECORD_HEADER
            if data or not captured:
                yield Frame(number, time_ns, link_type, at, max(original, captured), data)
            if len(data) < captured:
                self.broken = Break(CUT_SHORT, number, offset)
                return
            number += 1
            offset = at + captured
