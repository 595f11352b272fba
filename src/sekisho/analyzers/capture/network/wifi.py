"""Wi-Fi as heard on the air: what data frames carry in clear, and what beacons announce.

References: IEEE 802.11-2020, 9.2 (frames), 9.4.2.25 (vendor element) and 9.6.7 (public action);
Wi-Fi Alliance, Neighbor Awareness Networking 3.2, 9.5 (attributes); radiotap.org.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

WIFI, RADIOTAP = 105, 127
_MANAGEMENT, _DATA = 0, 2
_PROBE_RESPONSE, _BEACON = 5, 8
_TO_SYSTEM, _FROM_SYSTEM, _PROTECTED, _ORDER = 0x01, 0x02, 0x40, 0x80
_NO_DATA, _QUALITY = 0x04, 0x08
_AGGREGATED = 0x80
_HEADER, _FIXED, _SHORTEST_RADIOTAP = 24, 12, 4
_VENDOR = 221
_ACTION = 13
_DISCOVERY = b"\x04\x09\x50\x6f\x9a\x13"
"""A public action of a vendor, the Wi-Fi Alliance: what it is about is the discovery of services."""

_SERVICE, _SERVICE_HEADER = 3, 9
_FILTER, _RESPONSE_FILTER, _INFORMATION, _BITMAP = 0x04, 0x08, 0x10, 0x40
_MAX_ELEMENTS = 256


class NoData(IntEnum):
    """Why a frame carries no network packet that could be read."""

    MANAGEMENT = -1
    PROTECTED = -2
    UNKNOWN = -3
    SHORT = -4


def locate_header(link_type: int, data: bytes) -> int:
    """Where the 802.11 header begins: after the radio's own, where there is one."""
    if link_type != RADIOTAP:
        return 0
    return int.from_bytes(data[2:4], "little") if len(data) >= _SHORTEST_RADIOTAP else len(data)


def locate_llc(data: bytes, at: int) -> int:
    """Where the LLC header of a data frame begins, or a `NoData` (below zero)."""
    missing = _why_none(data, at)
    if missing is not None:
        return missing
    subtype, flags = data[at] >> 4, data[at + 1]
    start = at + _HEADER + (6 if flags & _TO_SYSTEM and flags & _FROM_SYSTEM else 0)
    if not subtype & _QUALITY:
        return start
    if data[start : start + 1] >= bytes((_AGGREGATED,)):
        return NoData.UNKNOWN
    return start + (6 if flags & _ORDER else 2)


def _why_none(data: bytes, at: int) -> NoData | None:
    if len(data) < at + 2:
        return NoData.SHORT
    version, kind, subtype = data[at] & 3, data[at] >> 2 & 3, data[at] >> 4
    if version or kind > _DATA:
        return NoData.UNKNOWN
    if kind != _DATA or subtype & _NO_DATA:
        return NoData.MANAGEMENT
    if len(data) < at + _HEADER:
        return NoData.SHORT
    return NoData.PROTECTED if data[at + 1] & _PROTECTED else None


def transmitter_of(data: bytes, at: int) -> bytes:
    """The address of the radio that sent a frame."""
    return data[at + 10 : at + 16]


def vendor_elements(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Start and end of each vendor element's content in a beacon or probe response."""
    if len(data) < at + _HEADER or data[at] >> 2 & 3 != _MANAGEMENT:
        return
    if data[at] >> 4 not in (_BEACON, _PROBE_RESPONSE) or data[at + 1] & _PROTECTED:
        return
    here = at + _HEADER + _FIXED + (4 if data[at + 1] & _ORDER else 0)
    for _ in range(_MAX_ELEMENTS):
        end = here + 2 + data[here + 1] if here + 2 <= len(data) else len(data) + 1
        if end > len(data):
            return
        if data[here] == _VENDOR:
            yield here + 2, end
        here = end


def service_information(data: bytes, at: int, service: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of what a discovery frame of NAN says of a service, known by its hashed name."""
    head = at + _HEADER
    if len(data) < head + len(_DISCOVERY) or data[at] >> 2 & 3 != _MANAGEMENT:
        return
    head += 4 if data[at + 1] & _ORDER else 0
    if data[at] >> 4 != _ACTION or data[at + 1] & _PROTECTED:
        return
    if not data.startswith(_DISCOVERY, head):
        return
    here = head + len(_DISCOVERY)
    for _ in range(_MAX_ELEMENTS):
        end = here + 3 + int.from_bytes(data[here + 1 : here + 3], "little")
        if here + 3 > len(data) or end > len(data):
            return
        if data[here] == _SERVICE and data.startswith(service, here + 3):
            start = _information_at(data, here + 3, end)
            if start >= 0:
                yield start + 1, min(start + 1 + data[start], end)
        here = end


def _information_at(data: bytes, at: int, end: int) -> int:
    """Where the length of the information stands in a service descriptor, or -1 without one."""
    here = at + _SERVICE_HEADER
    if here > end:
        return -1
    control = data[here - 1]
    if not control & _INFORMATION:
        return -1
    here += 2 if control & _BITMAP else 0
    for flag in (_FILTER, _RESPONSE_FILTER):
        if control & flag:
            here += 1 + (data[here] if here < end else 0)
    return here if here < end else -1
