"""DUML: frames that are publicly known, frames made here, and what is none."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.protocols.duml import Frame, is_duml, read_duml, read_frames
from sekisho.model.flow import DataCategory

# Published by those who control a remote over USB and by the o-gs project.
KNOWN = [
    "550d04330a06eb344006017424",
    "550e04660a06eb3440062401d9ec",
    "550d04332a2835124000002ae4",
    "550d04332ac344314003391f79",
    "550e04662a000b3440000105814d",
    "550d04330a0e0300400601f44a",
    "551204c7022899e54000b70101000c0094e0",
]


def reflected(value: int, data: bytes, polynomial: int) -> int:
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (polynomial if value & 1 else 0)
    return value


def frame_of(
    command_set: int = 3,
    command: int = 0x43,
    payload: bytes = b"",
    *,
    flags: int = 0,
    version: int = 1,
    length: int | None = None,
) -> bytes:
    size = 13 + len(payload) if length is None else length
    head = b"\x55" + (size | version << 10).to_bytes(2, "little")
    head += bytes((reflected(0x77, head, 0x8C),))
    body = head + bytes((0x03, 0x22, 1, 2, flags, command_set, command)) + payload
    return body + reflected(0x3692, body, 0x8408).to_bytes(2, "little")


def radians(latitude: float, longitude: float) -> bytes:
    return struct.pack("<dd", math.radians(longitude), math.radians(latitude))


def told(data: bytes) -> list[tuple[str, str]]:
    return [(thing.name, thing.value) for thing in read_duml(data)]


@pytest.mark.parametrize("known", KNOWN)
def test_frames_that_are_publicly_known_are_read(known: str) -> None:
    data = bytes.fromhex(known)
    assert is_duml(data)
    assert is_duml(bytearray(data))
    (frame,) = read_frames(data)
    assert (frame.at, frame.end) == (0, len(data))
    assert frame.payload_length == len(data) - 13


def test_a_frame_tells_its_parts() -> None:
    (frame,) = read_frames(bytes.fromhex(KNOWN[2]))
    assert frame == Frame(
        sender=10,
        sender_index=1,
        receiver=8,
        receiver_index=1,
        sequence=0x1235,
        is_response=False,
        encryption=0,
        command_set=0,
        command=0,
        payload_at=11,
        payload_length=0,
        at=0,
        end=13,
    )
    (answer,) = read_frames(frame_of(flags=0x83))
    assert (answer.is_response, answer.encryption) == (True, 3)
    assert (answer.sender, answer.sender_index) == (3, 0)
    assert (answer.receiver, answer.receiver_index, answer.sequence) == (2, 1, 0x0201)


def test_who_commands_whom_is_told() -> None:
    data = bytes.fromhex(KNOWN[0])
    assert told(data) == [("route", "pc to remote_control"), ("command", "remote_control 0x01")]
    assert [data[thing.start : thing.start + thing.length] for thing in read_duml(data)] == [
        b"\x0a\x06",
        b"\x06\x01",
    ]
    assert told(frame_of(200, 0xFF))[1] == ("command", "200 0xff")


@pytest.mark.parametrize(("command", "name"), [(0x43, "position"), (0x44, "home_position")])
def test_positions_are_told(command: int, name: str) -> None:
    data = frame_of(3, command, radians(35.6812, 139.7671) + bytes(34))
    *_, place = read_duml(b"wifi header" + data)
    assert (place.name, place.value) == (name, "35.6812000, 139.7671000")
    assert (place.start, place.length, place.category) == (22, 16, DataCategory.POSITION)


def test_a_place_may_lie_on_the_equator() -> None:
    assert told(frame_of(3, 0x43, radians(0, 9)))[2] == ("position", "0.0000000, 9.0000000")


@pytest.mark.parametrize(
    "data",
    [
        frame_of(3, 0x43, radians(0, 0)),
        frame_of(3, 0x43, radians(91, 1)),
        frame_of(3, 0x43, struct.pack("<dd", math.nan, 1)),
        frame_of(3, 0x43, struct.pack("<dd", math.inf, -math.inf)),
        frame_of(3, 0x43, radians(35, 139)[:15]),
        frame_of(2, 0x43, radians(35, 139)),
        frame_of(3, 0x45, radians(35, 139)),
    ],
)
def test_what_is_no_position_is_not_told(data: bytes) -> None:
    assert [name for name, _ in told(data)] == ["route", "command"]


def test_what_is_encrypted_is_told_and_not_read() -> None:
    said = read_duml(frame_of(payload=radians(35, 139), flags=1))
    assert [thing.name for thing in said] == ["route", "command", "encryption"]
    assert said[2][1:4] == ("1", 8, 1)


def test_frames_are_found_among_other_bytes() -> None:
    parts = [bytes.fromhex(known) for known in KNOWN]
    data = b"\x55\x55\x0d\x04".join(parts)
    assert [data[frame.at : frame.end] for frame in read_frames(data)] == parts
    assert is_duml(b"\x55" * 40 + parts[0])
    assert not is_duml(bytes(64) + parts[0])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x55",
        frame_of(version=2),
        frame_of(length=12),
        frame_of(length=14),
        b"\x56" + frame_of()[1:],
    ],
)
def test_what_is_no_frame_is_none(data: bytes) -> None:
    assert not is_duml(data)
    assert read_duml(data) == []


def test_cut_or_changed_anywhere_it_is_none() -> None:
    data = frame_of(payload=radians(35, 139))
    assert is_duml(data)
    for cut in range(len(data)):
        assert not is_duml(data[:cut])
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 0x21
        assert not is_duml(changed)


@given(st.binary(max_size=300), st.integers(0, 255), st.integers(0, 255))
def test_no_bytes_do_harm(noise: bytes, command_set: int, command: int) -> None:
    is_duml(noise)
    for data in (noise, noise + frame_of(command_set, command, noise), b"\x55" * 300):
        for thing in read_duml(data):
            assert thing.start + thing.length <= len(data)
