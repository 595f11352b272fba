"""Bluetooth Low Energy as heard on the air: what advertisements announce.

References: Bluetooth Core Specification 5.4, volume 6, part B, 2.3 (advertising), volume 3, part C,
11 (data); link-layer header types of tcpdump.org; nRF Sniffer for Bluetooth LE (Nordic).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

BLUETOOTH, BLUETOOTH_WITH_RADIO, NORDIC = 251, 256, 272
LINK_TYPES = frozenset((BLUETOOTH, BLUETOOTH_WITH_RADIO, NORDIC))
_ADVERTISING = b"\xd6\xbe\x89\x8e"
"""The access address of all advertising, as it stands on the air."""

_LONGEST_RADIO_HEADER = 32
_LEGACY = frozenset((0, 2, 6))
_EXTENDED = 7
_ADDRESS = 6
_SERVICE_DATA = 0x16
_MAX_PARTS = 64
# What may stand in an extended header, by its flags from the lowest: the advertiser's address,
# the target's, and others before the power of the radio.
_FIELDS = (_ADDRESS, 6, 1, 2, 3, 18, 1)


class Advertisement(NamedTuple):
    """The address of a radio, and where its data stand in the frame."""

    advertiser: bytes
    start: int
    end: int


def is_advertising(data: bytes) -> bool:
    """Whether a frame is heard by everyone: no connection is needed to hear it."""
    return data.find(_ADVERTISING, 0, _LONGEST_RADIO_HEADER) >= 0


def read_advertisement(link_type: int, data: bytes) -> Advertisement | None:
    """The advertisement in a frame; None where it says nothing, or is none."""
    at = data.find(_ADVERTISING, 0, _LONGEST_RADIO_HEADER) + len(_ADVERTISING)
    if at < len(_ADVERTISING) or at + 2 > len(data):
        return None
    kind = data[at] & 0x0F
    # the sniffer of Nordic puts a byte between the header and what follows it
    start = at + (3 if link_type == NORDIC else 2)
    end = start + data[at + 1]
    if end > len(data):
        return None
    if kind in _LEGACY and end - start >= _ADDRESS:
        return Advertisement(data[start : start + _ADDRESS][::-1], start + _ADDRESS, end)
    return _extended(data, start, end) if kind == _EXTENDED and start < end else None


def _extended(data: bytes, start: int, end: int) -> Advertisement | None:
    header_end = start + 1 + (data[start] & 0x3F)
    if header_end > end or header_end < start + 2:
        return None
    flags, at = data[start + 1], start + 2
    address = data[at : at + _ADDRESS][::-1] if flags & 1 else b""
    needed = sum(size for i, size in enumerate(_FIELDS) if flags >> i & 1)
    return Advertisement(address, header_end, end) if at + needed <= header_end else None


def service_data(data: bytes, said: Advertisement, service: int) -> Iterator[tuple[int, int]]:
    """Start and end of what an advertisement says of a service, after the service's number."""
    at = said.start
    for _ in range(_MAX_PARTS):
        if at + 2 > said.end or not data[at]:
            return
        end = at + 1 + data[at]
        if end > said.end:
            return
        number = int.from_bytes(data[at + 2 : at + 4], "little")
        if data[at + 1] == _SERVICE_DATA and end >= at + 4 and number == service:
            yield at + 4, end
        at = end
