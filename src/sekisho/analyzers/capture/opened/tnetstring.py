"""Typed netstrings: values that say their length, their bytes, and then what they are.

Reference: tnetstrings.org (`LENGTH:BYTES` and a letter of the type), with `;` for text in UTF-8 as
mitmproxy writes it. Nothing is unpacked ahead: an element is two places in the data, and what
stands in a dictionary or a list is walked through when it is asked for. So the depth of the data
does not matter, and every place is one in the file.
"""

from __future__ import annotations

from math import isfinite
from typing import NamedTuple

MAX_DIGITS = 12
"""Digits that a length may have, as in the program that writes these files."""

MAX_ELEMENTS = 1_000_000
"""Elements that are read of one dictionary or list."""

MAX_TEXT = 255
"""Bytes of a text that is asked for as a short one."""

MAX_NUMBER = 64
"""Digits of a number; a longer one is none."""

TEXT, BYTES, INTEGER, FLOAT, FLAG, NOTHING, LIST, DICTIONARY = b";,#^!~]}"
_TYPES = frozenset((TEXT, BYTES, INTEGER, FLOAT, FLAG, NOTHING, LIST, DICTIONARY))
_COLON, _ZERO, _NINE = 0x3A, 0x30, 0x39


class Element(NamedTuple):
    """One value: the letter of its type, and where its bytes begin and end."""

    kind: int
    start: int
    end: int


def element_at(data: bytes, at: int, end: int) -> Element | None:
    """The element that begins at `at` and ends before `end`; `None` when none does."""
    stop = min(at + MAX_DIGITS, end)
    colon = at
    while colon < stop and _ZERO <= data[colon] <= _NINE:
        colon += 1
    if colon == at or colon >= end or data[colon] != _COLON:
        return None
    start = colon + 1
    last = start + int(data[at:colon])
    if last >= end or data[last] not in _TYPES:
        return None
    return Element(data[last], start, last)


def elements(data: bytes, outer: Element | None) -> list[Element] | None:
    """What stands in a dictionary (names and values in turn) or a list; `None` when it is broken."""
    if outer is None or outer.kind not in (LIST, DICTIONARY):
        return None
    found: list[Element] = []
    at = outer.start
    while at < outer.end:
        element = element_at(data, at, outer.end)
        if element is None or len(found) >= MAX_ELEMENTS:
            return None
        found.append(element)
        at = element.end + 1
    return found


def members(data: bytes, outer: Element | None) -> dict[bytes, Element] | None:
    """The values of a dictionary by name; of a name that stands twice, the last counts.

    Gives `None` when it is none, or broken.
    """
    if outer is None or outer.kind != DICTIONARY:
        return None
    found = elements(data, outer)
    if found is None or len(found) % 2:
        return None
    names = (data[name.start : name.end] for name in found[::2])
    return dict(zip(names, found[1::2], strict=True))


def plain(data: bytes, element: Element | None) -> bytes | None:
    """The bytes of a text or of bytes; `None` when it is neither."""
    if element is None or element.kind not in (TEXT, BYTES):
        return None
    return data[element.start : element.end]


def number(data: bytes, element: Element | None) -> float | None:
    """An integer or a finite float; `None` when it is none."""
    if element is None or element.kind not in (INTEGER, FLOAT):
        return None
    if element.end - element.start > MAX_NUMBER:
        return None
    try:
        value = float(data[element.start : element.end])
    except ValueError:
        return None
    return value if isfinite(value) else None


def is_true(data: bytes, element: Element | None) -> bool:
    """Whether it is the flag `true`."""
    return (
        element is not None
        and element.kind == FLAG
        and data[element.start : element.end] == b"true"
    )


def is_nothing(element: Element | None) -> bool:
    """Whether there is nothing: no element, or the one that says so."""
    return element is None or element.kind == NOTHING


class Netstrings:
    """What elements of the data say; `is_broken` once one was not what should stand there."""

    def __init__(self, data: bytes) -> None:
        """Read these data."""
        self.data = data
        self.is_broken = False

    def members(self, element: Element | None) -> dict[bytes, Element]:
        """The values of a dictionary by name; none where there is nothing."""
        found = members(self.data, element)
        self.is_broken |= found is None and not is_nothing(element)
        return found or {}

    def items(self, element: Element | None) -> list[Element]:
        """What stands in a list; none where there is nothing."""
        found = elements(self.data, element)
        self.is_broken |= found is None and not is_nothing(element)
        return found or []

    def pairs(self, element: Element | None) -> list[tuple[Element, Element]]:
        """The pairs that a list holds."""
        found = [self.items(pair) for pair in self.items(element)]
        self.is_broken |= any(len(pair) != 2 for pair in found)
        return [(pair[0], pair[1]) for pair in found if len(pair) == 2]

    def plain(self, element: Element | None) -> bytes:
        """The bytes of a text or of bytes; none where there is neither."""
        return plain(self.data, element) or b""

    def text(self, element: Element | None) -> str:
        """A short text, such as a name."""
        return self.plain(element)[:MAX_TEXT].decode("utf-8", "replace")

    def integer(self, element: Element | None) -> int:
        """A number without its fraction; 0 where there is none."""
        return int(number(self.data, element) or 0)
