"""Remote ID: what an aircraft tells everyone within radio range of itself and its operator.

References: ASTM F3411-22a, 5.4 (messages, Wi-Fi beacon and NAN, Bluetooth), ANSI/CTA-2063-A (serial numbers).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sekisho.analyzers.capture.file.frames import Frame
from sekisho.analyzers.capture.network import bluetooth, wifi
from sekisho.analyzers.capture.network.assembly import Place

MAX_AIRCRAFT = 1000
_APPLICATION = b"\x0d"
"""What stands for Remote ID among the uses of ASTM's numbers; a message counter follows."""

_PREFIX = b"\xfa\x0b\xbc" + _APPLICATION
"""Of a vendor element of Wi-Fi: the organisation of ASTM, and the use."""

_SERVICE = 0xFFFA
"""The service of ASTM in Bluetooth."""

_NAN_SERVICE = bytes.fromhex("8869199d9209")
"""The service of ASTM in NAN: the first bytes of the SHA-256 of `org.opendroneid.remoteid`."""

_MESSAGE = 25
_PACK = 15
_MOST_IN_PACK = 9
_ID_TYPES = {1: "serial_number", 2: "registration", 3: "utm_assigned", 4: "session"}
IDENTIFIERS = tuple(_ID_TYPES.values())
"""Names of what identifies an aircraft, the most lasting first."""

_UNIT = 10_000_000
_POLE, _DATE_LINE = 90, 180


class Said(NamedTuple):
    """One thing an aircraft said first and where, and what it said of it last."""

    first: str
    place: Place
    last: str


class Aircraft:
    """What one transmitter said, by name: `serial_number`, `position`, `operator_position`, ..."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self.said: dict[str, Said] = {}
        self.messages = 0

    def hear(self, name: str, value: str, place: Place) -> None:
        """Keep the first and the last of each thing."""
        before = self.said.get(name)
        self.said[name] = (
            Said(value, place, value) if before is None else before._replace(last=value)
        )


class RemoteIds:
    """The aircraft heard in a capture, by the address of their radio; `omitted` beyond a cap."""

    def __init__(self) -> None:
        """Begin with none."""
        self.aircraft: dict[str, Aircraft] = {}
        self.omitted = 0

    def take(self, frame: Frame) -> None:
        """Hear a frame of Wi-Fi or Bluetooth."""
        if frame.link_type in bluetooth.LINK_TYPES:
            self._take_bluetooth(frame)
        else:
            self._take_wifi(frame)

    def _take_bluetooth(self, frame: Frame) -> None:
        data = frame.data
        said = bluetooth.read_advertisement(frame.link_type, data)
        if said is None:
            return
        for start, end in bluetooth.service_data(data, said, _SERVICE):
            if data[start : start + 1] == _APPLICATION:
                self._hear(said.advertiser.hex(":"), frame, start + len(_APPLICATION) + 1, end)

    def _take_wifi(self, frame: Frame) -> None:
        data = frame.data
        at = wifi.locate_header(frame.link_type, data)
        transmitter = wifi.transmitter_of(data, at).hex(":")
        for start, end in wifi.vendor_elements(data, at):
            if data.startswith(_PREFIX, start):
                self._hear(transmitter, frame, start + len(_PREFIX) + 1, end)
        for start, end in wifi.service_information(data, at, _NAN_SERVICE):
            self._hear(transmitter, frame, start + 1, end)

    def _hear(self, transmitter: str, frame: Frame, start: int, end: int) -> None:
        aircraft = self.aircraft.get(transmitter)
        if aircraft is None:
            if len(self.aircraft) >= MAX_AIRCRAFT:
                self.omitted += 1
                return
            aircraft = self.aircraft[transmitter] = Aircraft()
        for at in _messages(frame.data, start, end):
            message = frame.data[at : at + _MESSAGE]
            aircraft.messages += 1
            for name, value in _read(message):
                aircraft.hear(name, value, Place(frame.number, frame.offset + at, _MESSAGE))


def _messages(data: bytes, start: int, end: int) -> Iterator[int]:
    """Where each whole message begins, one alone or several in a pack."""
    count = 1
    if start + 3 <= end and data[start] >> 4 == _PACK:
        if data[start + 1] != _MESSAGE:
            return
        count, start = min(data[start + 2], _MOST_IN_PACK), start + 3
    for at in range(start, start + count * _MESSAGE, _MESSAGE):
        if at + _MESSAGE <= end:
            yield at


def _read(message: bytes) -> Iterator[tuple[str, str]]:
    match message[0] >> 4:
        case 0:
            name = _ID_TYPES.get(message[1] >> 4)
            if name is not None:
                yield from _worded(name, message[2:22])
        case 1:
            yield from _position("position", message[5:13])
        case 3:
            yield from _worded("description", message[2:25])
        case 4:
            yield from _position("operator_position", message[2:10])
        case 5:
            yield from _worded("operator_id", message[2:22])


def _worded(name: str, raw: bytes) -> Iterator[tuple[str, str]]:
    """A text, if there is one; a session's number is no text and is told in hexadecimal."""
    raw = raw.rstrip(b"\0 ")
    if raw:
        is_text = name not in ("utm_assigned", "session") and raw.isascii()
        text = raw.decode("ascii") if is_text else ""
        yield name, text if text.isprintable() and text else raw.hex()


def _position(name: str, raw: bytes) -> Iterator[tuple[str, str]]:
    """Degrees of latitude and longitude; zero and what lies off the globe stands for unknown."""
    latitude, longitude = (
        int.from_bytes(raw[i : i + 4], "little", signed=True) / _UNIT for i in (0, 4)
    )
    known = abs(latitude) <= _POLE and abs(longitude) <= _DATE_LINE
    if known and (latitude or longitude):
        yield name, f"{latitude:.7f}, {longitude:.7f}"
