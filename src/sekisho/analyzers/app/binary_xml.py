"""Android's binary XML: elements with their attributes and text, as `aapt` writes them.

Every offset is checked; what does not fit ends the reading with what came before.

Reference: Android Open Source Project, `ResourceTypes.h` (ResXMLTree, ResStringPool).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_DOCUMENT, _STRINGS, _START, _END, _TEXT = 0x0003, 0x0001, 0x0102, 0x0103, 0x0104
_HEADER, _NODE = 8, 16
_UTF8 = 1 << 8
_NONE = 0xFFFF_FFFF
_STRING_VALUE, _BOOLEAN_VALUE = 0x03, 0x12
_ATTRIBUTE = struct.Struct("<3IHBBI")
MAX_NODES = 100_000
MAX_STRINGS = 100_000
MAX_DEPTH = 200
_LONGEST_CLASS = 255


class Element(NamedTuple):
    """An element when it begins: its name, its depth (0 for the root), its attributes, its offset."""

    name: str
    depth: int
    attributes: dict[str, str]
    offset: int


class Text(NamedTuple):
    """Text inside the element that began last at `depth`, and where its node stands."""

    text: str
    depth: int
    offset: int


def is_binary_xml(data: bytes) -> bool:
    """Whether a document of Android's binary XML begins."""
    return len(data) > _HEADER and struct.unpack_from("<HH", data) == (_DOCUMENT, _HEADER)


def read_nodes(data: bytes) -> Iterator[Element | Text]:
    """The elements and texts of a document in their order, as far as it can be read."""
    if not is_binary_xml(data):
        return
    strings: list[str] = []
    depth = -1
    for kind, at, end in _chunks(data):
        if kind == _STRINGS and not strings:
            strings = _read_strings(data, at, end)
        elif kind == _START and depth < MAX_DEPTH:
            depth += 1
            element = _element(data, at, end, strings)
            if element is not None:
                yield element._replace(depth=depth)
        elif kind == _END:
            depth -= 1
        elif kind == _TEXT and at + _NODE + 4 <= end:
            text = _string(strings, struct.unpack_from("<I", data, at + _NODE)[0])
            yield Text(text, depth, at)


def names_in(nodes: Iterable[Element | Text]) -> Iterator[str]:
    """Names of elements and values of attributes that could be those of classes in packages."""
    for node in nodes:
        if isinstance(node, Element):
            yield from (
                word for word in (node.name, *node.attributes.values()) if _may_be_class(word)
            )


def _may_be_class(word: str) -> bool:
    return "." in word and len(word) <= _LONGEST_CLASS and word.replace(".", "").isidentifier()


def _chunks(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Kind, begin and end of each chunk of the document."""
    at = _HEADER
    for _ in range(MAX_NODES):
        if at + _HEADER > len(data):
            return
        kind, _, size = struct.unpack_from("<HHI", data, at)
        if size < _HEADER or at + size > len(data):
            return
        yield kind, at, at + size
        at += size


def _element(data: bytes, at: int, end: int, strings: list[str]) -> Element | None:
    if at + _NODE + 20 > end:
        return None
    name, begin, size, count = struct.unpack_from("<IHHH", data, at + _NODE + 4)
    attributes: dict[str, str] = {}
    first = at + _NODE + begin
    for i in range(count):
        here = first + i * max(size, _ATTRIBUTE.size)
        if here + _ATTRIBUTE.size > end:
            break
        _, key, raw, _, _, kind, value = _ATTRIBUTE.unpack_from(data, here)
        attributes.setdefault(_string(strings, key), _value(strings, raw, kind, value))
    return Element(_string(strings, name), 0, attributes, at)


def _value(strings: list[str], raw: int, kind: int, value: int) -> str:
    """The value of an attribute as text: `true` and `false`, a string, else a number."""
    if kind == _BOOLEAN_VALUE:
        return "true" if value else "false"
    if kind == _STRING_VALUE or raw != _NONE:
        return _string(strings, value if kind == _STRING_VALUE else raw)
    return str(value)


def _string(strings: list[str], index: int) -> str:
    return strings[index] if index < len(strings) else ""


def _read_strings(data: bytes, at: int, end: int) -> list[str]:
    if at + 28 > end:
        return []
    count, _, flags, start = struct.unpack_from("<4I", data, at + _HEADER)
    header = struct.unpack_from("<H", data, at + 2)[0]
    if at + header > end:
        return []
    count = min(count, MAX_STRINGS, max(end - at - header, 0) // 4)
    offsets = struct.unpack_from(f"<{count}I", data, at + header)
    read = _utf8 if flags & _UTF8 else _utf16
    return [read(data, at + start + offset, end) for offset in offsets]


def _utf8(data: bytes, at: int, end: int) -> str:
    """Two lengths (characters, bytes) of one or two bytes each, then the bytes."""
    length = 0
    for _ in range(2):
        if at + 2 > end:
            return ""
        length, wide = data[at], data[at] & 0x80
        if wide:
            length = (length & 0x7F) << 8 | data[at + 1]
        at += 2 if wide else 1
    return data[at : min(at + length, end)].decode("utf-8", "replace")


def _utf16(data: bytes, at: int, end: int) -> str:
    if at + 4 > end:
        return ""
    length = struct.unpack_from("<H", data, at)[0]
    at += 2
    if length & 0x8000:
        length = (length & 0x7FFF) << 16 | struct.unpack_from("<H", data, at)[0]
        at += 2
    return data[at : min(at + 2 * length, end)].decode("utf-16-le", "replace")
