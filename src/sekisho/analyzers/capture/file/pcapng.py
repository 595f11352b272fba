"""pcapng: blocks in sections, each section with its byte order and its interfaces.

Reference: draft-ietf-opsawg-pcapng. Enhanced, simple and obsolete packet blocks are read, and what
the capturing tool says beside them: names of addresses, secrets of TLS, frames lost. Journal,
custom and unknown blocks are passed over by their length.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

from sekisho.analyzers.capture.file import octets
from sekisho.analyzers.capture.file.frames import (
    CUT_SHORT,
    DAMAGED,
    MAX_FRAME,
    ByteStream,
    FrameReader,
)
from sekisho.errors import EvidenceError

MAX_BLOCK = 16 << 20
_MAX_INTERFACES = 4096
_SECTION, _INTERFACE, _OBSOLETE, _SIMPLE, _ENHANCED = 0x0A0D0D0A, 1, 2, 3, 6
_NAMES, _STATISTICS, _SECRETS = 4, 5, 10
_TLS_KEY_LOG = 0x544C534B
_ORDER_MAGIC = {b"\x4d\x3c\x2b\x1a": False, b"\x1a\x2b\x3c\x4d": True}
_OPTION_END, _OPTION_COMMENT, _OPTION_RESOLUTION, _OPTION_OFFSET = 0, 1, 9, 14
_OPTION_DROPPED, _OPTION_SYSTEM_DROPPED, _COUNTER = 5, 7, 8
_STATISTICS_HEADER = 12
_MOST_DROPPED = 1 << 40
_HEADER, _TRAILER, _PACKET_HEADER = 8, 4, 20
_SHORTEST = _HEADER + _TRAILER
_SHORTEST_SECTION = _SHORTEST + 16
_TICKS_PER_SECOND = 1_000_000
_NANOSECONDS = 1_000_000_000
_LATEST_NS = 1 << 62
_MAX_BLOCK, _MAX_FRAME = MAX_BLOCK, MAX_FRAME
_MAX_NAME_RECORDS = 10_000


class DamagedBlockError(Exception):
    """A block does not fit the format."""


class _Interface(NamedTuple):
    link_type: int
    snap_length: int
    ticks_per_second: int = _TICKS_PER_SECOND
    offset_s: int = 0


class _Layouts:
    """The structures of a section in its byte order."""

    def __init__(self, *, big: bool) -> None:
        order = ">" if big else "<"
        self.interface = Struct(order + "HHI")
        self.option = Struct(order + "HH")
        self.seconds = Struct(order + "q")
        self.pair = Struct(order + "II")


class PcapngReader(FrameReader):
    """The frames of a pcapng file, one block at a time."""

    def __init__(self, stream: ByteStream) -> None:
        """Read the first section header.

        Raises:
            EvidenceError: when the file does not begin with one.
        """
        super().__init__(stream)
        self._interfaces: list[_Interface] = []
        self._big = False
        self._next = 0
        self._dropped_by: dict[int, int] = {}
        self._layouts = _Layouts(big=False)
        try:
            whole = self.has(_HEADER) and self._open_block() == _SECTION
        except DamagedBlockError:
            whole = False
        if not whole:
            raise EvidenceError(
                "SEK-E232",
                "This file cannot be read as a pcapng capture.",
                why="it does not begin with a whole section header block",
                next_step="Ask for the capture again, unpacked and as the capturing tool wrote it.",
            )
        self.at = self._next

    def advance(self) -> bool:
        """Go to the next frame; `broken` tells where the file ended early."""
        if self.broken is not None:
            return False
        while self.has(1):
            try:
                kind = self._open_block()
                if kind < 0:
                    self.number += 1
                    return self.stop(CUT_SHORT, self.base + self.at)
                found = self._read_block(kind)
            except DamagedBlockError:
                self.number += 1
                return self.stop(DAMAGED, self.base + self.at)
            self.at = self._next
            if found:
                self.number += 1
                return True
        return False

    def remark(self) -> bytes:
        """The first comment among the options of the present frame."""
        at = self.end + (self.start - self.end) % 4
        body = self.buffer[at : self.at - _TRAILER]
        for code, start, end in self._options(body, 0):
            if code == _OPTION_COMMENT:
                return body[start:end]
        return b""

    def _open_block(self) -> int:
        """Type of the block at `at`, which is whole in the buffer; -1 when the file ends in it."""
        if not self.has(_SHORTEST):
            return -1
        if octets.u32_in_order(self.buffer, self.at, False) == _SECTION:  # noqa: FBT003 - the same both ways
            self._begin_section(self.buffer[self.at + _HEADER : self.at + _SHORTEST])
        big = self._big
        kind = octets.u32_in_order(self.buffer, self.at, big)
        length = octets.u32_in_order(self.buffer, self.at + 4, big)
        shortest = _SHORTEST_SECTION if kind == _SECTION else _SHORTEST
        if length & 3 or length < shortest or length > _MAX_BLOCK:
            raise DamagedBlockError
        if not self.has(length):
            return -1
        self._next = self.at + length
        if octets.u32_in_order(self.buffer, self._next - _TRAILER, big) != length:
            raise DamagedBlockError
        return kind

    def _read_block(self, kind: int) -> bool:
        """Read the open block; whether it is a frame."""
        if kind in (_ENHANCED, _OBSOLETE):
            self._read_packet(is_obsolete=kind == _OBSOLETE)
            return True
        if kind == _SIMPLE:
            self._read_simple()
            return True
        if kind in (_INTERFACE, _NAMES, _STATISTICS, _SECRETS):
            body = self.buffer[self.at + _HEADER : self._next - _TRAILER]
            if kind == _INTERFACE:
                self._add_interface(body)
            elif kind == _NAMES:
                self._resolve(body)
            elif kind == _SECRETS:
                self._keep_secrets(body)
            else:
                self._count_dropped(body)
            self.news |= kind in (_NAMES, _SECRETS)
        return False

    def _begin_section(self, magic: bytes) -> None:
        big = _ORDER_MAGIC.get(magic)
        if big is None:
            raise DamagedBlockError
        self._big = big
        self._layouts = _Layouts(big=big)
        self._interfaces = []

    def _add_interface(self, body: bytes) -> None:
        if len(body) < _HEADER or len(self._interfaces) >= _MAX_INTERFACES:
            raise DamagedBlockError
        link_type, _, snap_length = self._layouts.interface.unpack_from(body)
        ticks, offset_s = _TICKS_PER_SECOND, 0
        for code, start, end in self._options(body, _HEADER):
            value = body[start:end]
            if code == _OPTION_RESOLUTION and len(value) == 1:
                power = value[0] & 0x7F
                ticks = 1 << power if value[0] & 0x80 else 10**power
            elif code == _OPTION_OFFSET and len(value) == self._layouts.seconds.size:
                offset_s = self._layouts.seconds.unpack(value)[0]
        self._interfaces.append(_Interface(link_type, snap_length, ticks, offset_s))

    def _options(self, body: bytes, at: int) -> Iterator[tuple[int, int, int]]:
        """Code, start and end of each option or record: both are laid out alike."""
        for _ in range(_MAX_NAME_RECORDS):
            if at + 4 > len(body):
                return
            code, length = self._layouts.option.unpack_from(body, at)
            if code == _OPTION_END:
                return
            yield code, at + 4, min(at + 4 + length, len(body))
            at += 4 + length + (-length % 4)

    def _resolve(self, body: bytes) -> None:
        """Names that the capturing tool looked up (4.5): an address, then names, each ended by 0."""
        for kind, start, end in self._options(body, 0):
            size = {1: 4, 2: 16}.get(kind, 0)
            address, names = body[start : start + size], body[start + size : end]
            name = names.split(b"\0")[0].decode("ascii", "backslashreplace").lower()
            if size and name and name.isprintable() and len(self.resolved) < _MAX_NAME_RECORDS:
                self.resolved.append((address, name))

    def _count_dropped(self, body: bytes) -> None:
        """What an interface says at the end of its frames (4.6): how many it or the system lost."""
        if len(body) < _STATISTICS_HEADER:
            raise DamagedBlockError
        number = self._layouts.pair.unpack_from(body)[0]
        lost = 0
        for code, start, end in self._options(body, _STATISTICS_HEADER):
            if code in (_OPTION_DROPPED, _OPTION_SYSTEM_DROPPED) and end - start == _COUNTER:
                lost += int.from_bytes(body[start:end], "big" if self._big else "little")
        self._dropped_by[number] = min(lost, _MOST_DROPPED)
        self.dropped = sum(self._dropped_by.values())

    def _keep_secrets(self, body: bytes) -> None:
        if len(body) < self._layouts.pair.size:
            raise DamagedBlockError
        kind, length = self._layouts.pair.unpack_from(body)
        if kind == _TLS_KEY_LOG:
            self.secrets.append(body[_HEADER : _HEADER + length])

    def _read_packet(self, *, is_obsolete: bool) -> None:
        """An enhanced packet block, or the obsolete one, whose interface has but two bytes."""
        data, at, big = self.buffer, self.at + _HEADER, self._big
        if self._next - at < _PACKET_HEADER + _TRAILER:
            raise DamagedBlockError
        number = octets.u32_in_order(data, at, big)
        if is_obsolete:
            number = number >> 16 if big else number & 0xFFFF
        interface = self._interface(number)
        captured = octets.u32_in_order(data, at + 12, big)
        start = at + _PACKET_HEADER
        if captured > _MAX_FRAME or start + captured > self._next - _TRAILER:
            raise DamagedBlockError
        self._set_time(
            octets.u32_in_order(data, at + 4, big),
            octets.u32_in_order(data, at + 8, big),
            interface,
        )
        self.link_type = interface.link_type
        self.original = max(octets.u32_in_order(data, at + 16, big), captured)
        self.start, self.end = start, start + captured

    def _set_time(self, high: int, low: int, interface: _Interface) -> None:
        ticks = interface.ticks_per_second
        unit_ns = 1000 if ticks == _TICKS_PER_SECOND else 1 if ticks == _NANOSECONDS else 0
        if unit_ns and high < 1 << 19 and not interface.offset_s:
            self.time_ns, self.timed = (high << 32 | low) * unit_ns, True
            return
        time_ns = _exact_time(high, low, interface)
        self.timed = 0 <= time_ns < _LATEST_NS
        self.time_ns = time_ns if self.timed else 0

    def _read_simple(self) -> None:
        interface = self._interface(0)
        start = self.at + _HEADER + 4
        if start > self._next - _TRAILER:
            raise DamagedBlockError
        self.original = octets.u32_in_order(self.buffer, start - 4, self._big)
        captured = min(self.original, interface.snap_length or self.original, MAX_FRAME)
        self.start, self.end = start, min(start + captured, self._next - _TRAILER)
        self.time_ns, self.timed = 0, False
        self.link_type = interface.link_type

    def _interface(self, index: int) -> _Interface:
        if index >= len(self._interfaces):
            raise DamagedBlockError
        return self._interfaces[index]


def _exact_time(high: int, low: int, interface: _Interface) -> int:
    """Nanoseconds in whatever unit, of any size."""
    ticks: int = int(high) << 32 | int(low)
    return ticks * _NANOSECONDS // interface.ticks_per_second + interface.offset_s * _NANOSECONDS
