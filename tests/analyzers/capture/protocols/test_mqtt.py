"""MQTT: what a client of each version sends, cut and changed, and what only resembles it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.protocols.mqtt import (
    MAX_PACKETS,
    begins_mqtt,
    level_of,
    read_mqtt,
    read_packets,
)
from sekisho.model.flow import DataCategory

CLIENT, TOPIC = "drone-1581F5BKD223Q00A", "thing/product/1581F5BKD223Q00A/osd"
NAMES = {3: "MQTT 3.1", 4: "MQTT 3.1.1", 5: "MQTT 5"}

# By protocol level, made by paho-mqtt 2.2: CONNECT, two PUBLISH, SUBSCRIBE, DISCONNECT.
SENT = {
    3: bytes.fromhex(
        "104a00064d514973647003ce003c001664726f6e652d313538314635424b4432323351303041000b6472"
        "6f6e652f737461746500076f66666c696e65000670696c6f74370006733363726574303600227468696e"
        "672f70726f647563742f313538314635424b44323233513030412f6f73647b226c61746974756465223a"
        "33352e36387d32d801000c7468696e672f6576656e74730002"
    )
    + b"x" * 200
    + bytes.fromhex(
        "8224000300107468696e672f73657276696365732f2301000c7379732f2b2f73746174757300e000"
    ),
    4: bytes.fromhex(
        "104800044d51545404ce003c001664726f6e652d313538314635424b4432323351303041000b64726f6e"
        "652f737461746500076f66666c696e65000670696c6f74370006733363726574303600227468696e672f"
        "70726f647563742f313538314635424b44323233513030412f6f73647b226c61746974756465223a3335"
        "2e36387d32d801000c7468696e672f6576656e74730002"
    )
    + b"x" * 200
    + bytes.fromhex(
        "8224000300107468696e672f73657276696365732f2301000c7379732f2b2f73746174757300e000"
    ),
    5: bytes.fromhex(
        "104a00044d51545405ce003c00001664726f6e652d313538314635424b443232335130304100000b6472"
        "6f6e652f737461746500076f66666c696e65000670696c6f74370006733363726574303700227468696e"
        "672f70726f647563742f313538314635424b44323233513030412f6f7364007b226c6174697475646522"
        "3a33352e36387d32d901000c7468696e672f6576656e7473000200"
    )
    + b"x" * 200
    + bytes.fromhex(
        "822500030000107468696e672f73657276696365732f2301000c7379732f2b2f73746174757300e000"
    ),
}


def text(value: str) -> bytes:
    return len(value).to_bytes(2, "big") + value.encode()


def packet(kind: int, body: bytes) -> bytes:
    length = bytearray()
    left = len(body)
    while True:
        length.append(left & 0x7F | (0x80 if left > 0x7F else 0))
        left >>= 7
        if not left:
            return bytes((kind,)) + bytes(length) + body


def connect(
    body: bytes = text("c"), *, level: int = 4, flags: int = 2, name: str = "MQTT"
) -> bytes:
    return packet(0x10, text(name) + bytes((level, flags, 0, 60)) + body)


@pytest.mark.parametrize("level", SENT)
def test_what_another_program_sends_is_read(level: int) -> None:
    assert begins_mqtt(SENT[level])
    assert begins_mqtt(bytearray(SENT[level][:30]))
    said = read_mqtt(SENT[level])
    assert [(thing.name, thing.value, thing.category) for thing in said] == [
        ("version", NAMES[level], None),
        ("client_id", CLIENT, DataCategory.DEVICE_IDENTIFIER),
        ("will_topic", "drone/state", None),
        ("user_name", "pilot7", DataCategory.PERSON_IDENTIFIER),
        ("password", "", DataCategory.CREDENTIAL),
        ("topic", TOPIC, None),
        ("topic", "thing/events", None),
        ("topic_filter", "thing/services/#", None),
        ("topic_filter", "sys/+/status", None),
    ]
    for thing in said[1:]:
        told = SENT[level][thing.start : thing.start + thing.length].decode()
        assert told == (thing.value or "s3cret")


@pytest.mark.parametrize("level", SENT)
def test_packets_tell_where_payloads_stand(level: int) -> None:
    packets = read_packets(SENT[level])
    assert [packet.kind for packet in packets] == [1, 3, 3, 8, 14]
    first, second = packets[1:3]
    assert (first.topic, second.topic) == (TOPIC, "thing/events")
    assert SENT[level][first.payload_at : first.end] == b'{"latitude":35.68}'
    assert SENT[level][second.payload_at : second.end] == b"x" * 200
    assert packets[-1].end == len(SENT[level])


def test_without_its_beginning_the_version_must_be_told() -> None:
    later = SENT[5][read_packets(SENT[5])[1].at :]
    first = read_packets(later, 5)[0]
    assert later[first.payload_at : first.end] == b'{"latitude":35.68}'
    assert [thing.value for thing in read_mqtt(later, 5) if thing.name == "topic_filter"] == [
        "thing/services/#",
        "sys/+/status",
    ]


def test_the_answer_of_a_server_tells_the_version() -> None:
    published = packet(0x30, text("a/b") + b"\x05\x0b\1\x0b\2\x01{}")
    for answer, level, payload in (
        (b"\x20\2\0\0", 4, b"\x05\x0b\1\x0b\2\x01{}"),
        (b"\x20\3\0\0\0", 5, b"{}"),
    ):
        assert level_of(answer) == level
        last = read_packets(answer + published)[-1]
        assert (answer + published)[last.payload_at : last.end] == payload


def test_the_last_packet_may_be_cut() -> None:
    whole = packet(0x30, text("video/frame") + b"p" * 5000)
    (cut,) = read_packets(connect() + whole[:100])[1:]
    assert cut.topic == "video/frame"
    assert cut.end == len(connect()) + len(whole)
    assert read_packets(whole[:10]) == []


def test_a_payload_may_be_empty_and_a_topic_given_up() -> None:
    data = connect() + packet(0x31, text("a/b")) + packet(0xA2, b"\0\1" + text("a/b"))
    packets = read_packets(data)
    assert [packet.kind for packet in packets] == [1, 3, 10]
    assert packets[1].payload_at == packets[1].end
    assert len(read_packets(connect() + packet(0xA0, b"\0\1" + text("a/b")))) == 1
    assert level_of(b"") is None
    assert level_of(b"\x30\1a") is None


def test_a_bridge_is_a_client_too() -> None:
    assert begins_mqtt(connect(level=0x84))
    assert read_mqtt(connect(level=0x84))[0].value == "MQTT 3.1.1"


def test_a_client_may_be_nameless_and_a_user_without_password() -> None:
    said = read_mqtt(connect(text("") + text("u"), flags=0x82))
    assert [thing.name for thing in said] == ["version", "user_name"]


def test_a_topic_that_is_a_number_is_not_told_again() -> None:
    numbered = packet(0x30, text("a/b") + b"\3\x23\0\1{}") + packet(
        0x30, text("") + b"\3\x23\0\1{}"
    )
    data = connect(b"\0" + text("c"), level=5) + numbered
    assert [thing.value for thing in read_mqtt(data) if thing.name == "topic"] == ["a/b"]
    assert [packet.topic for packet in read_packets(data)[1:]] == ["a/b", ""]
    assert [data[packet.payload_at : packet.end] for packet in read_packets(data)[1:]] == [
        b"{}"
    ] * 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x10",
        b"\x10\x0c",
        connect(level=6),
        connect(level=3),
        connect(flags=3),
        connect(flags=0x1E),
        connect(name="MQTX"),
        connect(name="MQIsdp", level=4),
        b"\x11" + connect()[1:],
        b"\x10\xff\xff\xff\xff\x0c" + connect()[2:],
    ],
)
def test_what_only_resembles_a_connect_is_none(data: bytes) -> None:
    assert not begins_mqtt(data)


@pytest.mark.parametrize(
    "lost",
    [
        b"\0\0",
        packet(0x36, text("a") + b"\0\1"),
        packet(0x80, b"\0\1" + text("a") + b"\0"),
        packet(0x30, b"\0\x09a"),
        packet(0x32, text("a") + b"\1"),
        b"\xc0\xff\xff\xff\xff\1",
    ],
)
def test_reading_ends_where_the_framing_is_lost(lost: bytes) -> None:
    after = packet(0x30, text("never") + b"x")
    assert [packet.kind for packet in read_packets(connect() + lost + after)] == [1]


def test_the_number_of_packets_is_capped() -> None:
    assert len(read_packets(b"\xc0\0" * (MAX_PACKETS + 9))) == MAX_PACKETS


@pytest.mark.parametrize("level", SENT)
def test_cut_or_changed_it_does_no_harm(level: int) -> None:
    whole = read_mqtt(SENT[level])
    for cut in range(len(SENT[level])):
        said = read_mqtt(SENT[level][:cut])
        assert said == whole[: len(said)]
    for at in range(len(SENT[level])):
        for mask in (0x01, 0x80, 0xFF):
            changed = bytearray(SENT[level])
            changed[at] ^= mask
            read_mqtt(bytes(changed))
            read_packets(changed)


@given(st.binary(max_size=200), st.sampled_from((None, 3, 4, 5)), st.integers(0, 255))
def test_no_bytes_do_harm(noise: bytes, level: int | None, kind: int) -> None:
    begins_mqtt(noise)
    for data in (
        noise,
        connect() + noise,
        connect(noise, level=5, flags=0xC6),
        packet(kind, noise),
    ):
        read_packets(data, level)
        for thing in read_mqtt(data, level):
            assert 0 <= thing.start <= thing.start + thing.length <= len(data)
            assert thing.value.isprintable()
