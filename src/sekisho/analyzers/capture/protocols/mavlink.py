"""MAVLink 1 and 2: frames with a right checksum, and what they say of aircraft and operator.

References: the MAVLink guide ("Packet Serialization", "Message Signing", "Open Drone ID") and the
message definitions for the places of fields. Frames of messages that are not in the table of
checksums are passed over. What is in a mission's items with local coordinates is not told.
"""

from __future__ import annotations

import re
from binascii import crc_hqx
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sekisho.analyzers.capture.protocols.mavlink_crcs import MESSAGES
from sekisho.analyzers.capture.protocols.said import Said, gathered, without_secrets, worded
from sekisho.model.flow import DataCategory

_FIRST, _SECOND = 0xFE, 0xFD
_START = re.compile(rb"[\xfd\xfe]")
_SIGNED = 1
_SIGNATURE = 13
_REFLECTED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))

_MISSION_ITEM, _FILE_TRANSFER, _LOG_ENTRY, _LOG_DATA, _BASIC_ID, _PACK = (
    73,
    110,
    118,
    120,
    12900,
    12915,
)
_MISSION_FRAME_AT = 34
_GLOBAL_FRAMES = frozenset((0, 3, 5, 6, 10, 11))
_OPENS_FILE = frozenset((4, 6, 8, 11))
_ID_TYPES = {1: "serial_number", 2: "registration", 3: "utm_assigned", 4: "session"}
_UNIT = 10_000_000
_POLE, _DATE_LINE = 90, 180
_REMOTE_ID = 25
_MOST_IN_PACK = 9

# Latitude and longitude in ten millionths of a degree, one after the other: name and offset.
_POSITIONS = {
    24: ("position", 8),
    33: ("position", 4),
    48: ("origin", 0),
    49: ("origin", 0),
    63: ("position", 8),
    73: ("waypoint", 16),
    86: ("target", 4),
    87: ("target", 4),
    113: ("position", 8),
    124: ("position", 8),
    144: ("operator_position", 16),
    175: ("waypoint", 0),
    178: ("position", 16),
    180: ("image_position", 8),
    232: ("position", 12),
    242: ("home_position", 0),
    243: ("home_position", 0),
    263: ("image_position", 12),
    12901: ("position", 0),
    12904: ("operator_position", 0),
    12919: ("operator_position", 0),
}


class _Field(NamedTuple):
    """A field of a payload: what it says, where and how long it is."""

    name: str
    offset: int
    size: int
    category: DataCategory | None = None


_FIELDS = {
    5: (_Field("password", 3, 25, DataCategory.CREDENTIAL),),
    7: (_Field("password", 0, 32, DataCategory.CREDENTIAL),),
    148: (
        _Field("uid", 8, 8, DataCategory.DEVICE_IDENTIFIER),
        _Field("uid2", 60, 18, DataCategory.DEVICE_IDENTIFIER),
    ),
    253: (_Field("status_text", 1, 50),),
    256: (_Field("password", 10, 32, DataCategory.CREDENTIAL),),
    263: (_Field("image_url", 50, 205, DataCategory.IMAGERY),),
    269: (_Field("video_url", 53, 160, DataCategory.IMAGERY),),
    299: (_Field("network_name", 0, 32), _Field("password", 32, 64, DataCategory.CREDENTIAL)),
    12903: (_Field("description", 23, 23),),
    12905: (_Field("operator_id", 23, 20, DataCategory.PERSON_IDENTIFIER),),
}
_NUMBERS = frozenset(("uid", "uid2"))


class Frame(NamedTuple):
    """A frame with a right checksum: who sent which message, where its payload and it stand.

    `payload_length` is that of the bytes sent: zeros at the end are left out in MAVLink 2.
    """

    version: int
    system: int
    component: int
    message: int
    payload_at: int
    payload_length: int
    signed: bool
    at: int
    end: int


def read_frames(data: bytes) -> Iterator[Frame]:
    """The frames in a datagram or a stream; bytes between them are passed over."""
    at = 0
    while (start := _START.search(data, at)) is not None:
        frame = _frame(data, start.start())
        if frame is None:
            at = start.end()
            continue
        yield frame
        at = frame.end


def begins_mavlink(data: bytes | bytearray) -> bool:
    """Whether a frame stands at the beginning, and after it nothing or what may be another."""
    frame = _frame(data, 0)
    return frame is not None and (frame.end == len(data) or data[frame.end] in (_FIRST, _SECOND))


def payload_of(data: bytes, frame: Frame, size: int) -> bytes:
    """The first `size` bytes of a payload, with the zeros that were left out."""
    length = min(frame.payload_length, size)
    return bytes(data[frame.payload_at : frame.payload_at + length]).ljust(size, b"\0")


def read_mavlink(data: bytes) -> list[Said]:
    """What the frames say: who speaks, signed or not, positions, identifiers, texts, logs."""
    return gathered(_said(data))


def _frame(data: bytes | bytearray, at: int) -> Frame | None:
    """The frame at `at`, if a whole one with a right checksum stands there."""
    if len(data) < at + 8:
        return None
    size = data[at + 1]
    if data[at] == _FIRST:
        system, component, message = data[at + 3], data[at + 4], data[at + 5]
        head, flags = 6, 0
    elif data[at] == _SECOND and len(data) >= at + 12:
        system, component, flags = data[at + 5], data[at + 6], data[at + 2]
        message = data[at + 7] | data[at + 8] << 8 | data[at + 9] << 16
        head = 10
    else:
        return None
    known = MESSAGES.get(message)
    body_end = at + head + size
    end = body_end + 2 + (_SIGNATURE if flags else 0)
    if known is None or flags & ~_SIGNED or end > len(data):
        return None
    extra, least = known
    if (head == 6 and size < least) or not _is_right(data, at + 1, body_end, extra):
        return None
    version = 1 if head == 6 else 2
    return Frame(version, system, component, message, at + head, size, flags != 0, at, end)


def _is_right(data: bytes | bytearray, start: int, end: int, extra: int) -> bool:
    """Whether the checksum at `end` is that of the bytes before it and of `extra`.

    CRC-16/MCRF4XX is the CRC of `crc_hqx` with the bits of every byte reversed; over a message
    and its own checksum it is zero.
    """
    checked = bytes(data[start:end]) + bytes((extra,)) + bytes(data[end : end + 2])
    return crc_hqx(checked.translate(_REFLECTED), 0xFFFF) == 0


def _said(data: bytes) -> Iterator[Said]:
    for frame in read_frames(data):
        yield from _by_header(frame)
        if frame.message in _POSITIONS:
            yield from _by_position(data, frame)
        for field in _FIELDS.get(frame.message, ()):
            yield from _by_field(data, frame, field)
        reader = _READERS.get(frame.message)
        if reader is not None:
            yield from reader(data, frame)


def _by_header(frame: Frame) -> Iterator[Said]:
    sender_at = frame.at + (3 if frame.version == 1 else 5)
    yield Said("system_id", f"{frame.system}:{frame.component}", sender_at, 2, None)
    mark = frame.at + (0 if frame.version == 1 else 2)
    yield Said("signature", "signed" if frame.signed else "unsigned", mark, 1, None)


def _place(frame: Frame, field: _Field, value: str) -> Said:
    """A thing said in the payload, as far as its bytes were sent."""
    length = max(min(field.size, frame.payload_length - field.offset), 0)
    return Said(field.name, value, frame.payload_at + field.offset, length, field.category)


def _by_position(data: bytes, frame: Frame) -> Iterator[Said]:
    name, offset = _POSITIONS[frame.message]
    body = payload_of(data, frame, max(offset + 8, _MISSION_FRAME_AT + 1))
    if frame.message != _MISSION_ITEM or body[_MISSION_FRAME_AT] in _GLOBAL_FRAMES:
        yield from _degrees(frame, name, body, offset)


def _degrees(frame: Frame, name: str, body: bytes, at: int) -> Iterator[Said]:
    """Degrees of latitude and longitude; zero and what lies off the globe stands for unknown."""
    latitude, longitude = (
        int.from_bytes(body[i : i + 4], "little", signed=True) / _UNIT for i in (at, at + 4)
    )
    known = abs(latitude) <= _POLE and abs(longitude) <= _DATE_LINE
    if known and (latitude or longitude):
        field = _Field(name, at, 8, DataCategory.POSITION)
        yield _place(frame, field, f"{latitude:.7f}, {longitude:.7f}")


def _by_field(data: bytes, frame: Frame, field: _Field) -> Iterator[Said]:
    raw = payload_of(data, frame, field.offset + field.size)[field.offset :]
    if field.name in _NUMBERS:
        if any(raw):
            yield _place(frame, field, (raw[::-1] if field.name == "uid" else raw).hex())
    elif field.category is DataCategory.CREDENTIAL:
        if any(raw):
            yield _place(frame, field, "")
    elif text := raw.partition(b"\0")[0]:
        is_url = field.category is DataCategory.IMAGERY
        value = worded(without_secrets(text) if is_url else text)
        yield _place(frame, field._replace(size=len(text)), value)


def _by_log(data: bytes, frame: Frame) -> Iterator[Said]:
    """A piece of a log, or an entry of the list of logs."""
    body = payload_of(data, frame, 12)
    first, second = int.from_bytes(body[:4], "little"), int.from_bytes(body[4:8], "little")
    if frame.message == _LOG_DATA:
        value = f"log {second & 0xFFFF}, {body[6]} bytes from {first}"
        yield _place(frame, _Field("log_data", 0, 97, DataCategory.FLIGHT_RECORD), value)
    else:
        value = f"log {body[8] | body[9] << 8}, {second} bytes"
        yield _place(frame, _Field("log_entry", 0, 14, DataCategory.FLIGHT_RECORD), value)


def _by_file(data: bytes, frame: Frame) -> Iterator[Said]:
    """The path of a file that is opened, made or removed (MAVLink FTP)."""
    body = payload_of(data, frame, 254)
    path = body[15 : 15 + body[7]].partition(b"\0")[0]
    if body[6] in _OPENS_FILE and path:
        is_log = b"log" in path.lower() or path.endswith(b".ulg")
        category = DataCategory.FLIGHT_RECORD if is_log else None
        yield _place(frame, _Field("file_name", 15, len(path), category), worded(path))


def _by_identity(data: bytes, frame: Frame) -> Iterator[Said]:
    body = payload_of(data, frame, 44)
    yield from _identity(frame, body[22], body, 24)


def _identity(frame: Frame, kind: int, body: bytes, at: int) -> Iterator[Said]:
    """An identifier of 20 bytes; what is no text is told in hexadecimal."""
    name, raw = _ID_TYPES.get(kind), body[at : at + 20].rstrip(b"\0 ")
    if name is None or not raw:
        return
    is_text = kind < 3 and raw.isascii() and raw.decode("ascii").isprintable()
    value = raw.decode("ascii") if is_text else raw.hex()
    yield _place(frame, _Field(name, at, len(raw), DataCategory.DEVICE_IDENTIFIER), value)


def _by_pack(data: bytes, frame: Frame) -> Iterator[Said]:
    """Several messages of Remote ID as they go on the air (ASTM F3411-22a, 5.4)."""
    body = payload_of(data, frame, 24 + _MOST_IN_PACK * _REMOTE_ID)
    if body[22] != _REMOTE_ID:
        return
    for at in range(24, 24 + min(body[23], _MOST_IN_PACK) * _REMOTE_ID, _REMOTE_ID):
        match body[at] >> 4:
            case 0:
                yield from _identity(frame, body[at + 1] >> 4, body, at + 2)
            case 1:
                yield from _degrees(frame, "position", body, at + 5)
            case 4:
                yield from _degrees(frame, "operator_position", body, at + 2)
            case 5:
                raw = body[at + 2 : at + 22].rstrip(b"\0 ")
                field = _Field("operator_id", at + 2, len(raw), DataCategory.PERSON_IDENTIFIER)
                if raw:
                    yield _place(frame, field, worded(raw))


_READERS: dict[int, Callable[[bytes, Frame], Iterator[Said]]] = {
    _FILE_TRANSFER: _by_file,
    _LOG_ENTRY: _by_log,
    _LOG_DATA: _by_log,
    _BASIC_ID: _by_identity,
    _PACK: _by_pack,
}
