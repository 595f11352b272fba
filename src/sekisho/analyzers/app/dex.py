"""The string, type, method and class tables of a DEX file.

Reads the header and id tables of DEX versions 035 to 041, with every offset checked against the
file. Strings keep the offset they stand at.

Reference: Android Open Source Project, "Dalvik Executable format".
Cannot: read code (instructions), annotations and debug information.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

HEADER = struct.Struct("<8sI20s20I")
LITTLE_ENDIAN = 0x12345678
_MAGIC = re.compile(rb"dex\n0(35|36|37|38|39|40|41)\0")
CLASS_DEF_SIZE = 32
METHOD_ID_SIZE = 8
MAX_TYPES = 0xFFFF
"""The format gives types, and so classes, indexes of sixteen bits."""
MAX_NAME = 2_000
"""Bytes of a name that are read: a file of one long string must not be read for each name."""


class DexError(Exception):
    """The DEX file is damaged; the message says how."""


class Dex:
    """One DEX file."""

    def __init__(self, data: bytes) -> None:
        """Check the header and the bounds of the tables.

        Raises:
            DexError: when the file is no DEX, is cut off, or a table lies outside it.
        """
        if len(data) < HEADER.size:
            raise DexError("shorter than a header")
        if not _MAGIC.match(data):
            raise DexError("no DEX of a known version")
        fields = HEADER.unpack_from(data)
        file_size, _, endian = fields[3:6]
        if endian != LITTLE_ENDIAN:
            raise DexError("not little-endian")
        if file_size > len(data):
            raise DexError(f"cut off: {len(data)} of {file_size} bytes")
        self.data = data
        self.strings = self._table("string", fields[9], fields[10], 4)
        if max(fields[11], fields[19]) > MAX_TYPES:
            raise DexError(f"more than {MAX_TYPES} types or classes")
        self.types = self._table("type", fields[11], fields[12], 4)
        self.methods = self._table("method", fields[17], fields[18], METHOD_ID_SIZE)
        self.methods_offset: int = fields[18]
        self.classes = self._table("class", fields[19], fields[20], CLASS_DEF_SIZE)

    def _table(self, name: str, count: int, offset: int, width: int) -> memoryview:
        """A table as unsigned 32-bit words.

        Raises:
            DexError: when it does not lie inside the file.
        """
        end = offset + count * width
        if end > len(self.data):
            raise DexError(f"the {name} table ({count} entries at {offset:#x}) leaves the file")
        return memoryview(self.data)[offset:end].cast("I")

    def string(self, index: int) -> tuple[str, int]:
        """A string and the offset of its first byte; empty when the index leads nowhere.

        Modified UTF-8 that is none is replaced character by character; what goes beyond
        `MAX_NAME` bytes is cut.
        """
        if index >= len(self.strings):
            return "", 0
        start = self.strings[index]
        for _ in range(5):  # the length before the text is a ULEB128 of at most five bytes
            if start >= len(self.data):
                return "", 0
            start += 1
            if self.data[start - 1] < 0x80:
                break
        end = self.data.find(b"\0", start, start + MAX_NAME)
        text = self.data[start : end if end >= 0 else start + MAX_NAME]
        return text.decode("utf-8", "replace"), start

    def type_name(self, index: int) -> tuple[str, int]:
        """A type in Java's dotted spelling, with the offset of its descriptor."""
        if index >= len(self.types):
            return "", 0
        descriptor, offset = self.string(self.types[index])
        return dotted(descriptor), offset

    def type_names(self) -> Iterator[tuple[str, int]]:
        """Every type that the code speaks of."""
        return (self.type_name(index) for index in range(len(self.types)))

    def class_names(self) -> Iterator[tuple[str, int]]:
        """Every class that is defined here."""
        step = CLASS_DEF_SIZE // 4
        return (self.type_name(self.classes[i]) for i in range(0, len(self.classes), step))

    def methods_of(self, classes: frozenset[str]) -> Iterator[tuple[int, str, str]]:
        """The methods of some classes (dotted) that the code speaks of: index, class, name."""
        named = {
            index: name for index, (name, _) in enumerate(self.type_names()) if name in classes
        }
        if not named:
            return
        for index in range(len(self.methods) // 2):
            class_name = named.get(self.methods[2 * index] & 0xFFFF)
            if class_name is not None:
                yield index, class_name, self.string(self.methods[2 * index + 1])[0]


def dotted(descriptor: str) -> str:
    """`Lcom/example/Name;` as `com.example.Name`; other descriptors as they are."""
    if descriptor.startswith("L") and descriptor.endswith(";"):
        return descriptor[1:-1].replace("/", ".")
    return descriptor
