"""The names in a DEX file: strings, descriptors of types, prototypes of methods, lists of types.

Plain loops over bytes, compiled where a C compiler is there; every offset is checked.

Reference: Android Open Source Project, "Dalvik Executable format" (string_data_item, proto_id_item,
type_list).
"""

from __future__ import annotations

from sekisho.analyzers.app.bytecode.instructions import Columns

MAX_NAME = 2_000
"""Bytes of a name that are read: a file of one long string must not be read for each name."""

MAX_PARAMETERS = 255
"""Parameters of a method: what the instruction formats can pass. Interfaces of a class, too."""

MAX_PROTOTYPE = 8_000
"""Bytes of a prototype that are kept."""

_MAX_NAME, _MAX_PARAMETERS, _MAX_PROTOTYPE = MAX_NAME, MAX_PARAMETERS, MAX_PROTOTYPE


def read_texts(data: bytes, strings: Columns, wanted: Columns) -> list[bytes]:
    """The strings of some indexes, in modified UTF-8; empty where there is none."""
    texts: list[bytes] = []
    for i in range(len(wanted)):
        index = int(wanted[i])
        at = text_at(data, int(strings[index])) if index < len(strings) else -1
        if at < 0:
            texts.append(b"")
            continue
        end = data.find(b"\0", at, at + _MAX_NAME)
        texts.append(data[at : end if end >= 0 else at + _MAX_NAME])
    return texts


def text_at(data: bytes, at: int) -> int:
    """Where the text of a string begins, after the number of its characters; -1 outside the file."""
    size = len(data)
    for _ in range(5):
        if at < 0 or at >= size:
            return -1
        at += 1
        if data[at - 1] < 0x80:
            return at
    return -1


def read_prototypes(data: bytes, protos: Columns, descriptors: list[bytes]) -> list[bytes]:
    """Each prototype as `(ILjava/lang/String;)V`; `protos` has three numbers for each."""
    texts: list[bytes] = []
    count = len(descriptors)
    for row in range(0, len(protos) - 2, 3):
        result = int(protos[row + 1])
        parts = [b"("]
        kinds = read_types(data, int(protos[row + 2]))
        parts += [descriptors[kind] for kind in kinds if kind < count]
        parts.append(b")")
        if result < count:
            parts.append(descriptors[result])
        texts.append(b"".join(parts)[:_MAX_PROTOTYPE])
    return texts


def read_types(data: bytes, offset: int) -> list[int]:
    """The type indexes of a list, at most `MAX_PARAMETERS`; none where it leaves the file."""
    size = len(data)
    types: list[int] = []
    if offset <= 0 or offset + 4 > size:
        return types
    count = data[offset] | data[offset + 1] << 8 | data[offset + 2] << 16
    count = min(count, _MAX_PARAMETERS, (size - offset - 4) // 2)
    for i in range(count):
        at = offset + 4 + 2 * i
        types.append(data[at] | data[at + 1] << 8)
    return types
