"""What a capture file consists of: frames, and the place where reading had to stop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

MAX_FRAME = 1 << 20
"""Longest frame read, in bytes; longer than any link's frame, so that a longer one is damage."""


class ByteStream(Protocol):
    """Where bytes come from: `read` gives fewer than asked for only at the end."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size`."""
        ...


class Frame(NamedTuple):
    """One captured frame.

    `number` is 1-based as in Wireshark; `time_ns` counts nanoseconds since 1970-01-01T00:00Z and
    is `None` where the file gives no time; `offset` is where `data` begins in the file;
    `original` is the length on the wire, of which `data` may hold only the beginning.
    """

    number: int
    time_ns: int | None
    link_type: int
    offset: int
    original: int
    data: bytes


class Break(NamedTuple):
    """Why and where reading stopped early: a message code, the next frame's number, the offset."""

    code: str
    frame: int
    offset: int


CUT_SHORT = "SEK-P301"
DAMAGED = "SEK-P302"


class FrameReader(Protocol):
    """Frames of one capture file; `broken` is set when iteration ended before the file did."""

    broken: Break | None

    def __iter__(self) -> Iterator[Frame]:
        """Frames in the order of the file."""
        ...
