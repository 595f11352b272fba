"""STUN and TURN: which addresses two ends find out of themselves, and what is relayed.

References: RFC 8489 (STUN), RFC 8656 (TURN), RFC 8445 (ICE). Messages of RFC 3489, which lack the
cookie, and TURN's short form for channels (ChannelData) are not read.
"""

from __future__ import annotations

import ipaddress
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from sekisho.analyzers.capture.protocols.said import Said, gathered, worded
from sekisho.model.flow import DataCategory

_COOKIE = b"\x21\x12\xa4\x42"
_HEAD = 20
_MOST_ATTRIBUTES = 64
_FINGERPRINT, _FINGERPRINT_MASK = 0x8028, 0x5354554E
_INDICATION, _SEND, _DATA_METHOD = 1, 6, 7
_METHODS = {
    1: "binding",
    3: "allocate",
    4: "refresh",
    6: "send",
    7: "data",
    8: "create_permission",
    9: "channel_bind",
    10: "connect",
    11: "connection_bind",
    12: "connection_attempt",
}
_CLASSES = ("request", "indication", "success", "error")
_ADDRESSES = {
    0x0001: "mapped_address",
    0x0012: "peer_address",
    0x0016: "relayed_address",
    0x0020: "mapped_address",
}
_PLAIN_ADDRESS, _USER, _DATA, _REALM, _SOFTWARE = 0x0001, 0x0006, 0x0013, 0x0014, 0x8022


class Attribute(NamedTuple):
    """An attribute: its type, and where its value stands."""

    kind: int
    start: int
    end: int


class Message(NamedTuple):
    """A message: method and class as numbers, and its attributes."""

    method: int
    of_class: int
    attributes: tuple[Attribute, ...]


def is_stun(data: bytes | bytearray) -> bool:
    """Whether the bytes are one whole message and nothing else."""
    return read_message(data) is not None


def read_message(data: bytes | bytearray) -> Message | None:
    """Read a message; None when the bytes are not exactly one.

    Its length and those of its attributes must fit, and its fingerprint be right, if it has one.
    """
    if len(data) < _HEAD or data[0] >= 0x40 or data[4:8] != _COOKIE:
        return None
    if data[2] << 8 | data[3] != len(data) - _HEAD or len(data) % 4:
        return None
    kind = data[0] << 8 | data[1]
    method = (kind & 0x0F) | (kind & 0xE0) >> 1 | (kind & 0x3E00) >> 2
    attributes = _attributes(data)
    if method not in _METHODS or attributes is None:
        return None
    return Message(method, (kind >> 4 & 1) | (kind >> 7 & 2), tuple(attributes))


def read_stun(data: bytes) -> list[Said]:
    """What a message says: method, software, user, addresses, that it carries data of others."""
    message = read_message(data)
    return [] if message is None else gathered(_said(data, message))


def relays_data(data: bytes | bytearray) -> bool:
    """Whether a datagram between a client and its relay carries data of others (RFC 8656, 11, 12)."""
    if data and 0x40 <= data[0] < 0x80:
        return True
    message = read_message(data)
    if message is None:
        return False
    return any(attribute.kind == _DATA for attribute in message.attributes)


def _attributes(data: bytes | bytearray) -> list[Attribute] | None:
    """The attributes up to the end; None when they do not end there. All are words of four bytes."""
    found: list[Attribute] = []
    at = _HEAD
    while at < len(data):
        if len(found) >= _MOST_ATTRIBUTES:
            return None
        kind, length = data[at] << 8 | data[at + 1], data[at + 2] << 8 | data[at + 3]
        end = at + 4 + length
        if end + -length % 4 > len(data):
            return None
        if kind == _FINGERPRINT and not _is_fingerprint(data, at, end):
            return None
        found.append(Attribute(kind, at + 4, end))
        at = end + -length % 4
    return found


def _is_fingerprint(data: bytes | bytearray, at: int, end: int) -> bool:
    """Whether the attribute at `at` is the last, and right for what is before it."""
    said = int.from_bytes(data[at + 4 : end], "big")
    is_last = end - at == 8 and end == len(data)
    return is_last and zlib.crc32(data[:at]) ^ _FINGERPRINT_MASK == said


def _said(data: bytes, message: Message) -> Iterator[Said]:
    value = f"{_METHODS[message.method]} {_CLASSES[message.of_class]}"
    yield Said("method", value, 0, 2, None)
    for attribute in message.attributes:
        kind, start, end = attribute
        length = end - start
        if kind in _ADDRESSES:
            value = _address(data, attribute)
            if value:
                yield Said(_ADDRESSES[kind], value, start, length, None)
        elif kind in (_SOFTWARE, _REALM, _USER):
            name = {_SOFTWARE: "software", _REALM: "realm", _USER: "user_name"}[kind]
            category = DataCategory.PERSON_IDENTIFIER if _is_account(message, kind) else None
            yield Said(name, worded(data[start:end]), start, length, category)
        elif kind == _DATA and message.of_class == _INDICATION:
            yield Said("relayed_data", f"{length} bytes", start, length, None)


def _is_account(message: Message, kind: int) -> bool:
    """Whether a user name is that of an account, not a word that ICE made for the occasion."""
    return kind == _USER and any(other.kind == _REALM for other in message.attributes)


def _address(data: bytes, attribute: Attribute) -> str:
    """Address and port, mixed with cookie and transaction but in MAPPED-ADDRESS; or nothing."""
    raw = data[attribute.start : attribute.end]
    size = {1: 4, 2: 16}.get(raw[1] if len(raw) > 4 else 0)
    if size is None or len(raw) != 4 + size:
        return ""
    mask = bytes(20) if attribute.kind == _PLAIN_ADDRESS else data[4:_HEAD]
    port = int.from_bytes(raw[2:4], "big") ^ int.from_bytes(mask[:2], "big")
    packed = bytes(a ^ b for a, b in zip(raw[4:], mask, strict=False))
    address = ipaddress.ip_address(packed)
    return f"[{address}]:{port}" if size == 16 else f"{address}:{port}"
