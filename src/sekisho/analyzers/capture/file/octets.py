"""Numbers of several bytes, as files and packets hold them."""

from __future__ import annotations


def u16(data: bytes, at: int) -> int:
    """Two bytes in network order."""
    return data[at] << 8 | data[at + 1]


def u32(data: bytes, at: int) -> int:
    """Four bytes in network order."""
    first = data[at]
    return first << 24 | data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3]


def u32_in_order(data: bytes, at: int, big: bool) -> int:  # noqa: FBT001 - a flag of the file
    """Four bytes in the byte order of a file."""
    if big:
        return u32(data, at)
    last = data[at + 3]
    return data[at] | data[at + 1] << 8 | data[at + 2] << 16 | last << 24
