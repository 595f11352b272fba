"""DUML, the protocol between the parts of DJI's aircraft, remote controls and apps.

Its maker does not publish it; frame, checksums, numbers of modules and command sets, and the two
commands whose positions are read here are facts from the public documentation of the o-gs project
(dji-firmware-tools). On Wi-Fi, frames stand inside datagrams with a header of their own, so that
they are sought anywhere. What is encrypted inside a frame is not read.
"""

from __future__ import annotations

import math
import struct
from binascii import crc_hqx
from collections.abc import Iterator
from typing import NamedTuple

from sekisho.analyzers.capture.protocols.said import Said, gathered
from sekisho.model.flow import DataCategory

_START = b"\x55"
_VERSION = 1
_LEAST, _HEAD, _TAIL = 13, 11, 2
_LONGEST_LEAD = 64
_HEAD_SEED = 0x77
_REFLECTED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_BODY_SEED = int(f"{0x3692:016b}"[::-1], 2)
_POSITIONS = {(3, 0x43): "position", (3, 0x44): "home_position"}
_POLE, _DATE_LINE = 90, 180

MODULES = {
    0: "any",
    1: "camera",
    2: "app",
    3: "flight_controller",
    4: "gimbal",
    5: "center_board",
    6: "remote_control",
    7: "wifi_air",
    8: "transcoder_air",
    9: "link_air",
    10: "pc",
    11: "battery",
    12: "motor_controller",
    13: "transcoder_ground",
    14: "link_ground",
    17: "monocular",
    18: "binocular",
    21: "simulator",
    22: "base_station",
    23: "onboard_computer",
    25: "imu",
    26: "gps",
    27: "wifi_ground",
}
"""Kinds of modules, as senders and receivers name them."""

COMMAND_SETS = {
    0: "general",
    1: "special",
    2: "camera",
    3: "flight_control",
    4: "gimbal",
    5: "center_board",
    6: "remote_control",
    7: "wifi",
    8: "transcoder",
    9: "link",
    10: "vision",
    11: "simulator",
    12: "motor_controller",
    13: "battery",
    14: "data_logger",
    15: "rtk",
    16: "automation",
    17: "adsb",
}


def _head_sums() -> bytes:
    """CRC-8 of Maxim (polynomial 0x31, reflected) of each byte."""
    sums = bytearray()
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (0x8C if value & 1 else 0)
        sums.append(value)
    return bytes(sums)


_HEAD_SUMS = _head_sums()


class Frame(NamedTuple):
    """A frame with both checksums right: who tells whom which command, and where it stands.

    Sender and receiver are kinds of modules (`MODULES`), the indices tell several of a kind apart.
    `encryption` is 0 for a payload in clear.
    """

    sender: int
    sender_index: int
    receiver: int
    receiver_index: int
    sequence: int
    is_response: bool
    encryption: int
    command_set: int
    command: int
    payload_at: int
    payload_length: int
    at: int
    end: int


def read_frames(data: bytes | bytearray) -> Iterator[Frame]:
    """The frames in a datagram or a stream; bytes between them are passed over."""
    at = data.find(_START)
    while at >= 0:
        frame = _frame(data, at)
        if frame is not None:
            yield frame
        at = data.find(_START, at + 1 if frame is None else frame.end)


def is_duml(data: bytes | bytearray) -> bool:
    """Whether a frame begins within the first bytes, where one may after another header."""
    at = data.find(_START, 0, _LONGEST_LEAD)
    while at >= 0:
        if _frame(data, at) is not None:
            return True
        at = data.find(_START, at + 1, _LONGEST_LEAD)
    return False


def read_duml(data: bytes) -> list[Said]:
    """What the frames say: which module commands which, positions of aircraft and home."""
    return gathered(_said(data))


def _frame(data: bytes | bytearray, at: int) -> Frame | None:
    """The frame at `at`, if a whole one with right checksums stands there."""
    if len(data) < at + _LEAST:
        return None
    length = data[at + 1] | (data[at + 2] & 3) << 8
    end = at + length
    if data[at + 2] >> 2 != _VERSION or not _LEAST <= length <= len(data) - at:
        return None
    value = _HEAD_SEED
    for byte in data[at : at + 3]:
        value = _HEAD_SUMS[value ^ byte]
    # The CRC of `crc_hqx` with the bits of every byte reversed; zero over bytes and checksum.
    if value != data[at + 3] or crc_hqx(data[at:end].translate(_REFLECTED), _BODY_SEED):
        return None
    return Frame(
        sender=data[at + 4] & 0x1F,
        sender_index=data[at + 4] >> 5,
        receiver=data[at + 5] & 0x1F,
        receiver_index=data[at + 5] >> 5,
        sequence=data[at + 6] | data[at + 7] << 8,
        is_response=data[at + 8] >= 0x80,
        encryption=data[at + 8] & 7,
        command_set=data[at + 9],
        command=data[at + 10],
        payload_at=at + _HEAD,
        payload_length=length - _HEAD - _TAIL,
        at=at,
        end=end,
    )


def _said(data: bytes) -> Iterator[Said]:
    for frame in read_frames(data):
        sender, receiver = _name(frame.sender, MODULES), _name(frame.receiver, MODULES)
        yield Said("route", f"{sender} to {receiver}", frame.at + 4, 2, None)
        command = f"{_name(frame.command_set, COMMAND_SETS)} {frame.command:#04x}"
        yield Said("command", command, frame.at + 9, 2, None)
        if frame.encryption:
            yield Said("encryption", str(frame.encryption), frame.at + 8, 1, None)
        else:
            yield from _said_position(data, frame)


def _name(number: int, names: dict[int, str]) -> str:
    return names.get(number, str(number))


def _said_position(data: bytes, frame: Frame) -> Iterator[Said]:
    """Longitude and latitude in radians at the beginning of some commands."""
    name = _POSITIONS.get((frame.command_set, frame.command))
    if name is None or frame.payload_length < 16:
        return
    longitude, latitude = (
        angle * 180 / math.pi for angle in struct.unpack_from("<dd", data, frame.payload_at)
    )
    known = abs(latitude) <= _POLE and abs(longitude) <= _DATE_LINE
    if known and (latitude or longitude):
        value = f"{latitude:.7f}, {longitude:.7f}"
        yield Said(name, value, frame.payload_at, 16, DataCategory.POSITION)
