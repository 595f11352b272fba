"""pcapng: blocks in sections, each section with its byte order and its interfaces.

Reference: draft-ietf-opsawg-pcapng. Enhanced, simple and obsolete packet blocks are read; name
resolution, statistics, comments and unknown blocks are passed over by their length.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

from sekisho.analyzers.capture.frames import (
    CUT_SHORT,
    DAMAGED,
    MAX_FRAME,
    Break,
    ByteStream,
    Frame,
)
from sekisho.errors import EvidenceError

MAX_BLOCK = 16 << 20
_MAX_INTERFACES = 4096
_SECTION, _INTERFACE, _OBSOLETE, _SIMPLE, _ENHANCED = 0x0A0D0D0A, 1, 2, 3, 6
_PACKET_BLOCKS = frozenset((_OBSOLETE, _SIMPLE, _ENHANCED))
_ORDER_MAGIC = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
_OPTION_END, _OPTION_RESOLUTION, _OPTION_OFFSET = 0, 9, 14
_BLOCK_HEADER = 8
_TICKS_PER_SECOND = 1_000_000


class _DamagedBlockError(Exception):
    """A block does not fit the format."""


class _Interface(NamedTuple):
    link_type: int
    snap_length: int
    ticks_per_second: int = _TICKS_PER_SECOND
    offset_s: int = 0

    def time_ns(self, high: int, low: int) -> int:
        ticks = high << 32 | low
        return ticks * 1_000_000_000 // self.ticks_per_second + self.offset_s * 1_000_000_000


class _Layouts:
    """The structures of a section in its byte order."""

    def __init__(self, order: str) -> None:
        self.block = Struct(order + "II")
        self.length = Struct(order + "I")
        self.interface = Struct(order + "HHI")
        self.option = Struct(order + "HH")
        self.seconds = Struct(order + "q")
        self.enhanced = Struct(order + "IIIII")
        self.obsolete = Struct(order + "HHIIII")


class PcapngReader:
    """The frames of a pcapng file, read one block at a time."""

    def __init__(self, stream: ByteStream) -> None:
        """Read the first section header.

        Raises:
            EvidenceError: when the file does not begin with one.
        """
        self.broken: Break | None = None
        self._stream = stream
        self._interfaces: list[_Interface] = []
        self._offset = 0
        self._layouts = _Layouts("<")
        try:
            whole = self._block(stream.read(_BLOCK_HEADER))
        except _DamagedBlockError:
            whole = None
        if whole is None or whole[0] != _SECTION:
            raise EvidenceError(
                "SEK-E232",
                "This file cannot be read as a pcapng capture.",
                why="it does not begin with a whole section header block",
                next_step="Ask for the capture again, unpacked and as the capturing tool wrote it.",
            )

    def __iter__(self) -> Iterator[Frame]:
        """Frames in the order of the file; `broken` tells where that ended early."""
        number = 1
        while header := self._stream.read(_BLOCK_HEADER):
            start = self._offset
            try:
                block = self._block(header)
                if block is None:
                    self.broken = Break(CUT_SHORT, number, start)
                    return
                if block[0] in _PACKET_BLOCKS:
                    yield self._frame(number, start + _BLOCK_HEADER, *block)
                    number += 1
                elif block[0] == _INTERFACE:
                    self._add_interface(block[1])
            except _DamagedBlockError:
                self.broken = Break(DAMAGED, number, start)
                return

    def _block(self, header: bytes) -> tuple[int, bytes] | None:
        """Type and body of the block that begins with `header`; None when the file ends in it."""
        if len(header) < _BLOCK_HEADER:
            return None
        begun = b""
        if header[:4] == b"\x0a\x0d\x0d\x0a":
            begun = self._stream.read(4)
            self._begin_section(begun)
        kind, length = self._layouts.block.unpack(header)
        if length % 4 or not 12 + len(begun) <= length <= MAX_BLOCK:
            raise _DamagedBlockError
        wanted = length - _BLOCK_HEADER - len(begun)
        rest = self._stream.read(wanted)
        if len(rest) < wanted:
            return None
        if self._layouts.length.unpack(rest[-4:])[0] != length:
            raise _DamagedBlockError
        self._offset += length
        return kind, begun + rest[:-4]

    def _begin_section(self, magic: bytes) -> None:
        order = _ORDER_MAGIC.get(magic)
        if order is None:
            raise _DamagedBlockError
        self._layouts = _Layouts(order)
        self._interfaces = []

    def _add_interface(self, body: bytes) -> None:
        if len(body) < _BLOCK_HEADER or len(self._interfaces) >= _MAX_INTERFACES:
            raise _DamagedBlockError
        link_type, _, snap_length = self._layouts.interface.unpack_from(body)
        ticks, offset_s = _TICKS_PER_SECOND, 0
        for code, value in self._options(body[_BLOCK_HEADER:]):
            if code == _OPTION_RESOLUTION and len(value) == 1:
                power = value[0] & 0x7F
                ticks = 1 << power if value[0] & 0x80 else 10**power
            elif code == _OPTION_OFFSET and len(value) == self._layouts.seconds.size:
                offset_s = self._layouts.seconds.unpack(value)[0]
        self._interfaces.append(_Interface(link_type, snap_length, ticks, offset_s))

    def _options(self, body: bytes) -> Iterator[tuple[int, bytes]]:
        at = 0
        while at + 4 <= len(body):
            code, length = self._layouts.option.unpack_from(body, at)
            if code == _OPTION_END:
                return
            yield code, body[at + 4 : at + 4 + length]
            at += 4 + length + (-length % 4)

    def _frame(self, number: int, offset: int, kind: int, body: bytes) -> Frame:
        """The frame of a packet block whose body begins at `offset` of the file."""
        if kind == _SIMPLE:
            return self._simple_frame(number, offset, body)
        layout = self._layouts.enhanced if kind == _ENHANCED else self._layouts.obsolete
        if len(body) < layout.size:
            raise _DamagedBlockError
        values = layout.unpack_from(body)
        high, low, captured, original = values[-4:]
        interface = self._interface(values[0])
        data = body[layout.size : layout.size + captured]
        if len(data) < captured or captured > MAX_FRAME:
            raise _DamagedBlockError
        time_ns = interface.time_ns(high, low)
        at = offset + layout.size
        return Frame(number, time_ns, interface.link_type, at, max(original, captured), data)

    def _simple_frame(self, number: int, offset: int, body: bytes) -> Frame:
        interface = self._interface(0)
        if len(body) < self._layouts.length.size:
            raise _DamagedBlockError
        original = self._layouts.length.unpack_from(body)[0]
        captured = min(original, interface.snap_length or original, MAX_FRAME)
        data = body[4 : 4 + captured]
        return Frame(number, None, interface.link_type, offset + 4, original, data)

    def _interface(self, index: int) -> _Interface:
        if index >= len(self._interfaces):
            raise _DamagedBlockError
        return self._interfaces[index]
