"""Big captures made of many small ones: deterministic, with flows that differ in each repetition.

In repetition k the second byte of every IPv4 source and destination is moved by k, and so is the
sixth byte of every IPv6 address: flows differ, answers of DNS stay those of the first one. Checksums
are left as they were (no tool here holds them against a packet). Times go on, an hour a repetition.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from sekisho.analyzers.capture.analyzer import open_frames
from sekisho.errors import EvidenceError
from sekisho.intake.identify import identify_file
from sekisho.model.evidence import EvidenceKind

GIGABYTE = 1_000_000_000
_ETHERNET = 1
_HOUR = 3600
_FIRST_SECOND = 1_700_000_000
_BULK_MEAN, _BULK_FRAMES = 650, 150
"""Captures whose frames are as long as this in the mean, and as many, make the bulky file."""


class Original(NamedTuple):
    """The frames of one small capture: nanoseconds since its first, length on the wire, bytes."""

    frames: list[tuple[int, int, bytes]]

    @property
    def mean(self) -> float:
        """Bytes of a frame in the mean."""
        return sum(original for _, original, _ in self.frames) / len(self.frames)


def read_originals(folder: Path) -> list[Original]:
    """All Ethernet captures of a folder that can be read."""
    found = []
    for path in sorted(folder.iterdir()):
        kind = identify_file(path)
        if kind not in (EvidenceKind.PCAP, EvidenceKind.PCAPNG):
            continue
        frames = []
        with path.open("rb", buffering=0) as stream:
            try:
                reader = open_frames(stream, kind)
            except EvidenceError:
                continue
            while reader.advance():
                if reader.link_type == _ETHERNET and reader.timed:
                    data = reader.buffer[reader.start : reader.end]
                    frames.append((reader.time_ns, reader.original, data))
        if frames:
            first = frames[0][0]
            found.append(Original([(max(time - first, 0), *rest) for time, *rest in frames]))  # type: ignore[misc]
    return found


def bulky(originals: list[Original]) -> list[Original]:
    """Those that move much in long frames."""
    return [one for one in originals if one.mean > _BULK_MEAN and len(one.frames) > _BULK_FRAMES]


def write_capture(path: Path, originals: list[Original], size: int) -> None:
    """Repeat the originals until the file has `size` bytes."""
    with path.open("wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, _ETHERNET))
        repetition = 0
        while out.tell() < size:
            _write_once(out, originals, repetition, size)
            repetition += 1


def _write_once(out: BinaryIO, originals: list[Original], repetition: int, size: int) -> None:
    start = (_FIRST_SECOND + repetition * _HOUR) * 1_000_000
    for original in originals:
        out.write(b"".join(_records(original, repetition, start)))
        if out.tell() >= size:
            return


def _records(original: Original, repetition: int, start: int) -> Iterator[bytes]:
    for time, length, data in original.frames:
        seconds, microseconds = divmod(start + time // 1000, 1_000_000)
        head = struct.pack("<IIII", seconds & 0xFFFFFFFF, microseconds, len(data), length)
        yield head + _moved(data, repetition)


def _moved(data: bytes, by: int) -> bytes:
    at, kind = 14, data[12:14]
    while kind in (b"\x81\x00", b"\x88\xa8") and len(data) >= at + 4:
        at, kind = at + 4, data[at + 2 : at + 4]
    if kind == b"\x08\x00" and len(data) >= at + 20:
        places = (at + 13, at + 17)
    elif kind == b"\x86\xdd" and len(data) >= at + 40:
        places = (at + 13, at + 29)
    else:
        return data
    changed = bytearray(data)
    for place in places:
        changed[place] = (changed[place] + by) & 0xFF
    return bytes(changed)
