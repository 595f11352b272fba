"""Known values as programs put them in binary formats: numbers, coordinates, digests.

Numbers: 64 bits of either byte order, packed decimals (also with swapped halves, as GSM writes an
IMEI). Coordinates: degrees as 32-bit integers of 1e-7, as floats and as doubles, of either order.
Digests: MD5, SHA-1 and SHA-256 of the text, raw and in hexadecimal.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

SHORTEST_NUMBER = 10
"""Digits that a number must have: a shorter one would fill too few bytes to be no chance."""

SHORTEST_HASHED = 6
NEAR = 24
"""Bytes within which both coordinates of a place must stand."""

_COORDINATES = re.compile(r"\s*(-?\d{1,3}\.\d{3,16})\s*[,; ]\s*(-?\d{1,3}\.\d{3,16})\s*")
_MOST_IN_64_BITS = 1 << 64
_UNIT = 10_000_000


class Pattern(NamedTuple):
    """Bytes to find; where there is a `partner`, it must stand near, before or after."""

    needle: bytes
    partner: bytes = b""


def spell_binary(value: str) -> Iterator[Pattern]:
    """All binary forms of a value."""
    place = _COORDINATES.fullmatch(value)
    if place is not None:
        yield from _spell_place(float(place[1]), float(place[2]))
    if value.isascii() and value.isdigit() and len(value) >= SHORTEST_NUMBER:
        yield from _spell_number(value)
    if len(value) >= SHORTEST_HASHED:
        for digest in _digests(value.encode()):
            yield Pattern(digest)


def hexadecimal_digests(value: str) -> Iterator[bytes]:
    """The digests of a value as text, in small letters."""
    if len(value) >= SHORTEST_HASHED:
        for digest in _digests(value.encode()):
            yield digest.hex().encode()


def _digests(data: bytes) -> Iterator[bytes]:
    for name in ("md5", "sha1", "sha256"):
        yield hashlib.new(name, data, usedforsecurity=False).digest()


def _spell_number(digits: str) -> Iterator[Pattern]:
    number = int(digits)
    if number < _MOST_IN_64_BITS:
        yield Pattern(number.to_bytes(8, "little"))
        yield Pattern(number.to_bytes(8, "big"))
    even = digits + "f" * (len(digits) % 2)
    yield Pattern(bytes.fromhex(even))
    yield Pattern(bytes.fromhex("".join(even[i + 1] + even[i] for i in range(0, len(even), 2))))


def _spell_place(latitude: float, longitude: float) -> Iterator[Pattern]:
    for layout in ("<i", ">i"):
        pair = [struct.pack(layout, round(one * _UNIT)) for one in (latitude, longitude)]
        yield Pattern(*pair)
    for layout in ("<f", ">f", "<d", ">d"):
        pair = [struct.pack(layout, one) for one in (latitude, longitude)]
        yield Pattern(*pair)


def is_near(data: bytes, at: int, pattern: Pattern) -> bool:
    """Whether the partner of a pattern found at `at` stands near, or none is asked for."""
    if not pattern.partner:
        return True
    end = at + len(pattern.needle)
    before = data.find(pattern.partner, max(at - NEAR, 0), at)
    return before >= 0 or data.find(pattern.partner, end, end + NEAR) >= 0
