"""MQTT 3.1, 3.1.1 and 5: who connects under which names, and which topics are written and read.

References: MQTT 3.1 (IBM and Eurotech, 2010), MQTT 3.1.1 and MQTT 5.0 (OASIS). A topic that version
5 replaces by a number (topic alias) is told where it is spelt out, and not again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sekisho.analyzers.capture.protocols.said import Said, gathered, worded
from sekisho.model.flow import DataCategory

MAX_PACKETS = 4096
CONNECT, CONNACK, PUBLISH, SUBSCRIBE = 1, 2, 3, 8
_VERSIONS = {3: "MQTT 3.1", 4: "MQTT 3.1.1", 5: "MQTT 5"}
_VERSION_5 = 5
# The flags that a kind of packet must have; those of PUBLISH vary.
_FLAGS = {6: 2, 8: 2, 10: 2}
_KINDS = range(1, 16)
_WILL, _PASSWORD, _USER = 0x04, 0x40, 0x80
_LONGEST_CLIENT_ID = 128


class Packet(NamedTuple):
    """A control packet: its kind and flags, and where it, its body and its payload stand.

    `end` is where it ends as it says, be its last bytes there or not. Only a PUBLISH has a topic,
    which stands at `topic_at`, and a payload, which reaches from `payload_at` to `end`; both
    offsets are -1 in others.
    """

    kind: int
    flags: int
    at: int
    body_at: int
    end: int
    topic: str = ""
    topic_at: int = -1
    topic_length: int = 0
    payload_at: int = -1


class _Field(NamedTuple):
    """Bytes with their length before them: where they begin and end."""

    start: int
    end: int


class _Connect(NamedTuple):
    """Where the fields of a CONNECT stand; None for those that are not there."""

    level: int
    name: _Field
    client_id: _Field
    will_topic: _Field | None
    user_name: _Field | None
    password: _Field | None


def begins_mqtt(data: bytes | bytearray) -> bool:
    """Whether a CONNECT of a known version stands at the beginning."""
    if not data or data[0] != CONNECT << 4:
        return False
    length, at = _variable(data, 1)
    return length >= 10 and _level(data, at) > 0


def read_packets(data: bytes | bytearray, level: int | None = None) -> list[Packet]:
    """The packets of one direction, up to the first byte that begins none.

    `level` is the protocol level that the other direction told (5 for MQTT 5). The last packet
    may end beyond the data.
    """
    packets: list[Packet] = []
    for packet, _ in _packets(data, level):
        packets.append(packet)
        if len(packets) >= MAX_PACKETS:
            break
    return packets


def level_of(data: bytes | bytearray) -> int | None:
    """The protocol level that a CONNECT or CONNACK at the beginning tells: 3, 4 or 5."""
    length, at = _variable(data, 1)
    kind = data[0] >> 4 if data else 0
    if kind == CONNECT:
        return _level(data, at) or None
    if kind == CONNACK and length > 0:
        return 4 if length == 2 else _VERSION_5
    return None


def read_mqtt(data: bytes, level: int | None = None) -> list[Said]:
    """What one direction says: version, client, user, that a password is there, topics."""
    return gathered(_said(data, level))


def _packets(data: bytes | bytearray, level: int | None) -> Iterator[tuple[Packet, int]]:
    """The packets, each with the level that holds for it."""
    at, level = 0, level or level_of(data) or 4
    while at < len(data):
        kind, flags = data[at] >> 4, data[at] & 15
        length, body_at = _variable(data, at + 1)
        if kind not in _KINDS or length < 0:
            return
        packet = Packet(kind, flags, at, body_at, body_at + length)
        if kind == PUBLISH:
            packet = _publish(data, packet, level)
            if flags & 6 == 6 or packet.topic_at < 0:
                return
        elif flags != _FLAGS.get(kind, 0):
            return
        elif kind == CONNECT:
            level = _level(data, body_at) or level
        yield packet, level
        at = packet.end


def _variable(data: bytes | bytearray, at: int) -> tuple[int, int]:
    """A number of up to four bytes of seven bits, and where it ends; -1 when it is not whole."""
    value = 0
    for i in range(4):
        if at + i >= len(data):
            break
        value |= (data[at + i] & 0x7F) << 7 * i
        if data[at + i] < 0x80:
            return value, at + i + 1
    return -1, at


def _level(data: bytes | bytearray, at: int) -> int:
    """The protocol level of a CONNECT whose body is at `at`; 0 for what is none.

    The highest bit marks a bridge between servers.
    """
    name_end = at + 2 + (6 if data[at + 1 : at + 2] == b"\6" else 4)
    if name_end + 2 > len(data) or data[name_end + 1] & 1 or data[name_end + 1] & 0x18 == 0x18:
        return 0
    level = data[name_end] & 0x7F
    expected = b"\0\6MQIsdp" if level == 3 else b"\0\4MQTT"
    return level if level in _VERSIONS and data[at:name_end] == expected else 0


def _field(data: bytes | bytearray, at: int, end: int) -> _Field | None:
    """Bytes with their length before them, if they are there before `end`."""
    if at + 2 > min(end, len(data)):
        return None
    stop = at + 2 + (data[at] << 8 | data[at + 1])
    return _Field(at + 2, stop) if stop <= min(end, len(data)) else None


def _publish(data: bytes | bytearray, packet: Packet, level: int) -> Packet:
    """The packet with topic and payload; without them when they do not fit."""
    topic = _field(data, packet.body_at, packet.end)
    if topic is None:
        return packet
    at = topic.end + (2 if packet.flags & 6 else 0)
    at = _after_properties(data, at, level)
    if at > packet.end:
        return packet
    return packet._replace(
        topic=worded(data[topic.start : topic.end]),
        topic_at=topic.start,
        topic_length=topic.end - topic.start,
        payload_at=at,
    )


def _said(data: bytes, level: int | None) -> Iterator[Said]:
    for packet, said_level in _packets(data, level):
        if packet.kind == CONNECT:
            yield from _said_connect(data, packet)
        elif packet.kind == PUBLISH and packet.topic_length:
            yield Said("topic", packet.topic, packet.topic_at, packet.topic_length, None)
        elif packet.kind == SUBSCRIBE:
            yield from _said_subscribe(data, packet, said_level)


def _said_connect(data: bytes, packet: Packet) -> Iterator[Said]:
    connect = _read_connect(data, packet)
    if connect is None:
        return
    start, end = connect.name
    yield Said("version", _VERSIONS[connect.level], start, end - start, None)
    for name, field, category in (
        ("client_id", connect.client_id, DataCategory.DEVICE_IDENTIFIER),
        ("will_topic", connect.will_topic, None),
        ("user_name", connect.user_name, DataCategory.PERSON_IDENTIFIER),
        ("password", connect.password, DataCategory.CREDENTIAL),
    ):
        if field is not None and field.end > field.start:
            value = "" if name == "password" else worded(data[field.start : field.end])
            yield Said(name, value, field.start, field.end - field.start, category)


def _read_connect(data: bytes, packet: Packet) -> _Connect | None:
    """Where the fields of a CONNECT stand, as far as they are there."""
    name, level = _field(data, packet.body_at, packet.end), _level(data, packet.body_at)
    if name is None or not level:
        return None
    flags, at = data[name.end + 1], _after_properties(data, name.end + 4, level)
    client = _field(data, at, packet.end)
    if client is None:
        return None
    at, will_topic = client.end, None
    if flags & _WILL:
        will_topic = _field(data, _after_properties(data, at, level), packet.end)
        message = will_topic and _field(data, will_topic.end, packet.end)
        at = message.end if message is not None else len(data)
    user = _field(data, at, packet.end) if flags & _USER else None
    if flags & _USER:
        at = user.end if user is not None else len(data)
    password = _field(data, at, packet.end) if flags & _PASSWORD else None
    return _Connect(level, name, client, will_topic, user, password)


def _after_properties(data: bytes | bytearray, at: int, level: int) -> int:
    """Where the properties of version 5 end that begin at `at`."""
    if level != _VERSION_5:
        return at
    length, after = _variable(data, at)
    return after + length if length >= 0 else len(data) + 1


def _said_subscribe(data: bytes, packet: Packet, level: int) -> Iterator[Said]:
    at = _after_properties(data, packet.body_at + 2, level)
    while (topic := _field(data, at, packet.end)) is not None:
        value = worded(data[topic.start : topic.end])
        yield Said("topic_filter", value, topic.start, topic.end - topic.start, None)
        at = topic.end + 1
