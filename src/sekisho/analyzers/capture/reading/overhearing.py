"""Frames from an aircraft's own line (serial, radio), which have no addresses: what is said on it."""

from __future__ import annotations

from sekisho.analyzers.capture.file.frames import FrameReader
from sekisho.analyzers.capture.network.assembly import Place
from sekisho.analyzers.capture.protocols.readers import DATAGRAM_READERS
from sekisho.analyzers.capture.protocols.recognise import recognise_aircraft
from sekisho.analyzers.capture.reading.clear import ClearReader


def overhear(frame: FrameReader, clear: ClearReader) -> bool:
    """Read MAVLink and DUML; whether the frame is one of them."""
    data = frame.buffer[frame.start : frame.end]
    name = recognise_aircraft(data) if data else None
    if name is None:
        return False
    for said in DATAGRAM_READERS[name](data):
        place = Place(frame.number, frame.base + frame.start + said.start, said.length)
        clear.note_alone(name, said, [place])
    return True
