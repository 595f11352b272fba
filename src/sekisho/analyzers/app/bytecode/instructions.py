"""The instruction streams of a DEX file: what each method calls, creates, names and touches.

Plain loops over bytes, compiled where a C compiler is there. Every offset is checked against the
file; a stream that leaves its bounds ends there and is counted.

Reference: Android Open Source Project, "Dalvik executable instruction formats" and "Dalvik
bytecode format", "Dalvik Executable format" (class_data_item, code_item).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

VIRTUAL, SUPER, DIRECT, STATIC, INTERFACE, POLYMORPHIC = range(1, 7)
"""Ways to call: by the object's class, its superclass, exactly this method, ..."""

NEW, CLASS, STATIC_FIELD, STRING = range(7, 11)
"""An object is made, a class is named, a static field touched, a string loaded."""

CODE_HEADER = 16
MOST_SHARED = 4
"""How often the bytes of a file may be read as code: methods alike may share theirs."""

MAX_MEMBERS = 1 << 17
"""Fields or methods of one class: twice what sixteen-bit indexes can name."""

Columns = npt.NDArray[np.uint32]


def _widths() -> bytes:
    """Code units (of two bytes) that each opcode's instruction takes."""
    widths = bytearray(b"\x01" * 256)
    for width, ranges in (
        (2, ((0x13, 0x13), (0x15, 0x16), (0x19, 0x1A), (0x1C, 0x1C), (0x1F, 0x20), (0x22, 0x23))),
        (2, ((0x02, 0x02), (0x05, 0x05), (0x08, 0x08), (0x29, 0x29), (0x2D, 0x3D), (0x44, 0x6D))),
        (2, ((0x90, 0xAF), (0xD0, 0xE2), (0xFE, 0xFF))),
        (3, ((0x03, 0x03), (0x06, 0x06), (0x09, 0x09), (0x14, 0x14), (0x17, 0x17), (0x1B, 0x1B))),
        (3, ((0x24, 0x26), (0x2A, 0x2C), (0x6E, 0x72), (0x74, 0x78), (0xFC, 0xFD))),
        (4, ((0xFA, 0xFB),)),
        (5, ((0x18, 0x18),)),
    ):
        for first, last in ranges:
            for opcode in range(first, last + 1):
                widths[opcode] = width
    return bytes(widths)


def _kinds() -> bytes:
    """What each opcode refers to; 0 for what is not followed."""
    kinds = bytearray(256)
    for offset, kind in enumerate((VIRTUAL, SUPER, DIRECT, STATIC, INTERFACE)):
        kinds[0x6E + offset] = kinds[0x74 + offset] = kind
    kinds[0xFA] = kinds[0xFB] = POLYMORPHIC
    kinds[0x1A] = kinds[0x1B] = STRING
    kinds[0x1C] = CLASS
    kinds[0x22] = NEW
    for opcode in range(0x60, 0x6E):
        kinds[opcode] = STATIC_FIELD
    return bytes(kinds)


_WIDTHS, _KINDS = _widths(), _kinds()
_JUMBO = 0x1B
_PACKED, _SPARSE, _ARRAY = 1, 2, 3


class Members(NamedTuple):
    """The methods that the classes of a file define: one row each.

    `code` is the offset of the code, 0 where there is none; `owners` the index of the class
    definition. `broken` counts classes whose list could not be read to its end.
    """

    methods: Columns
    flags: Columns
    code: Columns
    owners: Columns
    broken: int


class References(NamedTuple):
    """What instructions refer to: one row each.

    `kinds` says what (see above), `refs` is the index in the table of that kind, `owners` the
    method it stands in, `sites` the offset of the instruction in the file. `instructions` counts
    all, `broken` the methods whose code could not be read to its end.
    """

    kinds: npt.NDArray[np.uint8]
    refs: Columns
    owners: Columns
    sites: Columns
    instructions: int
    broken: int


def read_members(data: bytes, class_data: Columns, most: int) -> Members:
    """The methods in the lists of class data at some offsets (0 for none), at most `most`."""
    reader = MemberReader(data, most)
    for owner, at in enumerate(class_data.tolist()):
        if at:
            reader.read(owner, at)
    methods, flags, code, owners = (column[: reader.count] for column in reader.columns)
    return Members(methods, flags, code, owners, reader.broken)


def read_references(data: bytes, methods: Columns, code: Columns) -> References:
    """What the instructions of methods refer to, given where the code of each stands."""
    reader = ReferenceReader(data, count_units(data, code) // 2 + 1)
    for owner, at in zip(methods.tolist(), code.tolist(), strict=True):
        if at:
            reader.read(owner, at)
    refs, owners, sites = (column[: reader.count] for column in reader.columns)
    kinds = reader.kinds[: reader.count]
    return References(kinds, refs, owners, sites, reader.instructions, reader.broken)


class MemberReader:
    """Reads the lists of members of one class after another into columns."""

    def __init__(self, data: bytes, most: int) -> None:
        """Make room for `most` methods."""
        self.columns = tuple(np.zeros(most, np.uint32) for _ in range(4))
        self.count = self.broken = 0
        self._data = data
        self._most = most
        self._at = 0
        self._methods, self._flags, self._code, self._owners = self.columns

    def read(self, owner: int, at: int) -> None:
        """Read the list of the class definition `owner` that stands at an offset."""
        self._at = at
        static_fields, fields = self._number(), self._number()
        direct, virtual = self._number(), self._number()
        if static_fields + fields + direct + virtual > MAX_MEMBERS:
            self._at = -1
        for _ in range(2 * (static_fields + fields)):
            if self._at < 0:
                break
            self._number()
        self._read_methods(owner, direct)
        self._read_methods(owner, virtual)
        self.broken += self._at < 0

    def _read_methods(self, owner: int, listed: int) -> None:
        """Methods are told by the step from the one before."""
        method = 0
        for _ in range(listed):
            step, flags, code = self._number(), self._number(), self._number()
            if self._at < 0 or self.count >= self._most:
                return
            method = (method + step) & 0xFFFF_FFFF
            self._methods[self.count] = method
            self._flags[self.count] = flags
            self._code[self.count] = code
            self._owners[self.count] = owner
            self.count += 1

    def _number(self) -> int:
        """The next unsigned LEB128, of at most five bytes; 0 once they have left the file."""
        value = shift = 0
        at, size = self._at, len(self._data)
        while 0 <= at < size and shift < 35:
            byte = self._data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                self._at = at
                return value & 0xFFFF_FFFF
            shift += 7
        self._at = -1
        return 0


class ReferenceReader:
    """Reads the instructions of one method after another into columns."""

    def __init__(self, data: bytes, most: int) -> None:
        """Make room for `most` references."""
        self.kinds = np.zeros(most, np.uint8)
        self.columns = tuple(np.zeros(most, np.uint32) for _ in range(3))
        self.count = self.instructions = self.broken = 0
        self._data = data
        self._most = most
        self._left = MOST_SHARED * len(data)
        self._kinds = self.kinds
        self._refs, self._owners, self._sites = self.columns

    def read(self, owner: int, code: int) -> None:
        """Read the code item of a method that stands at an offset."""
        size = len(self._data)
        at = code + CODE_HEADER
        if at > size:
            self.broken += 1
            return
        end = at + 2 * _u32(self._data, code + 12)
        if end > size or end - at > self._left:
            self.broken += 1
            return
        self._left -= end - at
        self.broken += self._read_code(owner, at, end) != end

    def _read_code(self, owner: int, at: int, end: int) -> int:
        """Read instructions; where they end, which is `end` unless they are broken."""
        data = self._data
        while at < end:
            opcode = data[at]
            self.instructions += 1
            if opcode == 0 and data[at + 1]:
                at += 2 * _payload_units(data, at, end)
                continue
            width = 2 * _WIDTHS[opcode]
            if at + width > end:
                return at
            kind = _KINDS[opcode]
            if kind:
                ref = data[at + 2] | data[at + 3] << 8
                if opcode == _JUMBO:
                    ref |= (data[at + 4] | data[at + 5] << 8) << 16
                self._note(kind, ref, owner, at)
            at += width
        return at

    def _note(self, kind: int, ref: int, owner: int, at: int) -> None:
        if self.count >= self._most:
            return
        self._kinds[self.count] = kind
        self._refs[self.count] = ref
        self._owners[self.count] = owner
        self._sites[self.count] = at
        self.count += 1


def count_units(data: bytes, code: Columns) -> int:
    """Code units of all methods, as far as they lie in the file."""
    total = 0
    size = len(data)
    for i in range(len(code)):
        at = int(code[i])
        if at and at + CODE_HEADER <= size:
            total += min(_u32(data, at + 12), (size - at - CODE_HEADER) // 2)
    return min(total, MOST_SHARED * size // 2)


def _payload_units(data: bytes, at: int, end: int) -> int:
    """Units of the table of a switch or an array that stands among the instructions."""
    kind = data[at + 1]
    if at + 8 > end and not (kind != _ARRAY and at + 4 <= end):
        return 1
    count = data[at + 2] | data[at + 3] << 8
    if kind == _PACKED:
        return 4 + 2 * count
    if kind == _SPARSE:
        return 2 + 4 * count
    if kind == _ARRAY:
        return 4 + (_u32(data, at + 4) * count + 1) // 2
    return 1


def _u32(data: bytes, at: int) -> int:
    low, high = data[at] | data[at + 1] << 8, data[at + 2] | data[at + 3] << 8
    return low | high << 16
