"""One DEX file as columns: its id tables as numpy views, its names read on demand.

Reference: Android Open Source Project, "Dalvik Executable format" (string_id_item to class_def_item).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sekisho.analyzers.app.bytecode.instructions import (
    Columns,
    Members,
    References,
    read_members,
    read_references,
)
from sekisho.analyzers.app.bytecode.names import read_prototypes, read_texts, read_types
from sekisho.analyzers.app.dex import HEADER, Dex, DexError

_FIELD_ID, _METHOD_ID, _PROTO_ID, _CLASS_DEF = 8, 8, 12, 32
NO_INDEX = 0xFFFF_FFFF


class Tables:
    """The id tables of a DEX file; every index and offset in them is still to be checked.

    `strings` and `types` are columns of offsets and of string indexes; `method_class`,
    `method_proto`, `method_name` and `field_class` are columns by method and field; `classes` has a
    row for each definition: type, flags, superclass, interfaces (offset), source file, annotations
    (offset), class data (offset), static values (offset).
    """

    def __init__(self, dex: Dex) -> None:
        """Read the tables of a file whose header was checked.

        Raises:
            DexError: when one of them lies outside the file.
        """
        self.data = dex.data
        self.strings: Columns = np.frombuffer(dex.strings, "<u4")
        self.types: Columns = np.frombuffer(dex.types, "<u4")
        self.classes = np.frombuffer(dex.classes, "<u4").reshape(-1, _CLASS_DEF // 4)
        fields = HEADER.unpack_from(dex.data)
        self.protos = self._flat("prototype", fields[13], fields[14], _PROTO_ID)
        packed = self._flat("field", fields[15], fields[16], _FIELD_ID).reshape(-1, 2)
        self.field_class = _low(packed[:, 0])
        packed = np.frombuffer(dex.methods, "<u4").reshape(-1, _METHOD_ID // 4)
        self.method_class, self.method_proto = _low(packed[:, 0]), packed[:, 0] >> 16
        self.method_name = packed[:, 1]

    def members(self) -> Members:
        """The methods that the classes define."""
        # a method is listed once by the class that defines it
        return read_members(self.data, self._column(6), len(self.method_name) + 1)

    def references(self, members: Members) -> References:
        """What the code of the methods refers to."""
        return read_references(self.data, members.methods, members.code)

    def texts(self, wanted: Columns) -> list[bytes]:
        """The strings of some indexes (modified UTF-8, cut at `MAX_NAME`); empty where there is none."""
        return read_texts(self.data, self.strings, np.ascontiguousarray(wanted, np.uint32))

    def descriptors(self) -> list[bytes]:
        """The descriptor of each type, e.g. `Ljava/lang/String;`."""
        return self.texts(self.types)

    def prototypes(self, descriptors: list[bytes]) -> list[bytes]:
        """Each prototype as `(ILjava/lang/String;)V`."""
        return read_prototypes(self.data, self.protos, descriptors)

    def interfaces(self, offset: int) -> list[int]:
        """The type indexes of the interfaces listed at an offset."""
        return read_types(self.data, offset)

    def _column(self, number: int) -> Columns:
        return np.ascontiguousarray(self.classes[:, number])

    def _flat(self, name: str, count: int, offset: int, width: int) -> Columns:
        if offset + count * width > len(self.data):
            msg = f"the {name} table ({count} entries at {offset:#x}) leaves the file"
            raise DexError(msg)
        return np.frombuffer(self.data, "<u4", count * width // 4, offset)


def _low(column: npt.NDArray[np.uint32]) -> Columns:
    return np.ascontiguousarray(column & 0xFFFF)
