"""What a capture file consists of: frames, one after another, and where reading had to stop.

A reader goes through the file in one bounded buffer and shows one frame at a time through its own
attributes, so that nothing is made for a frame that nobody looks at closer.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

MAX_FRAME = 1 << 20
"""Longest frame read, in bytes; longer than any link's frame, so that a longer one is damage."""

CHUNK = 32 << 10
"""Bytes read from the file at once: few enough to stay in the cache, and to be taken from memory that
was in use before rather than from fresh pages."""

_CHUNK = CHUNK

CUT_SHORT = "SEK-P301"
DAMAGED = "SEK-P302"


class ByteStream(Protocol):
    """A file: `read` may give fewer bytes than asked for, and gives none only at the end."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size`."""
        ...

    def seek(self, offset: int, /) -> int:
        """Go to an offset from the beginning."""
        ...


class Frame(NamedTuple):
    """One captured frame, taken out of its reader.

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


class FrameReader:
    """Goes through a capture file frame by frame; a format says what a frame is.

    The present frame: `number`, `link_type`, `original` as in `Frame`; `time_ns`, which counts only
    where `timed`; its bytes are `buffer` from `start` to `end`, and `base + start` is their
    offset in the file. `broken` is set when the frames ended before the file did.

    `dropped` are frames that the capturing tool says it lost, as far as it told.

    What the capturing tool said beside the frames since `news` was last set to false: `resolved`
    are addresses (packed) and the names it gave them, `secrets` what it kept to open TLS with.
    """

    def __init__(self, stream: ByteStream) -> None:
        """Begin before the first byte."""
        self.broken: Break | None = None
        self.buffer = b""
        self.base = 0
        self.start = 0
        self.end = 0
        self.number = 0
        self.time_ns = 0
        self.timed = False
        self.link_type = 0
        self.original = 0
        self.at = 0
        self.news = False
        self.dropped = 0
        self.resolved: list[tuple[bytes, str]] = []
        self.secrets: list[bytes] = []
        self._stream = stream

    def advance(self) -> bool:
        """Go to the next frame; False when there is none."""
        raise NotImplementedError

    def frame(self) -> Frame:
        """The present frame, to keep."""
        time_ns = self.time_ns if self.timed else None
        data = self.buffer[self.start : self.end]
        offset = self.base + self.start
        return Frame(self.number, time_ns, self.link_type, offset, self.original, data)

    def remark(self) -> bytes:
        """What the capturing tool remarks on the present frame; empty where it does not."""
        return b""

    def has(self, count: int) -> bool:
        """Whether `count` bytes stand in the buffer after `at`, reading on where needed."""
        return len(self.buffer) - self.at >= count or self._fill(count)

    def _fill(self, count: int) -> bool:
        """Have the buffer begin at `at`.

        The little that was there of the present frame is read again: cheaper than putting it before
        the rest, for which all would be copied.
        """
        self.base += self.at
        self.at = 0
        self._stream.seek(self.base)
        self.buffer = self._stream.read(max(_CHUNK, count))
        while len(self.buffer) < count:
            more = self._stream.read(count - len(self.buffer))
            if not more:
                return False
            self.buffer += more
        return True

    def stop(self, code: str, offset: int) -> bool:
        """Note why and where the frames end early; False, for `advance` to return."""
        self.broken = Break(code, self.number, offset)
        return False
