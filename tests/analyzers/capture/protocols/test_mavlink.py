"""MAVLink: frames that another program made, alone, in a row, with damage between them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.protocols.mavlink import (
    Frame,
    begins_mavlink,
    payload_of,
    read_frames,
    read_mavlink,
)
from sekisho.analyzers.capture.protocols.mavlink_crcs import MESSAGES
from sekisho.analyzers.capture.protocols.said import MAX_OF_NAME, Said
from sekisho.model.flow import DataCategory

REAL = Path(__file__).parents[1] / "real"
PLACE = "35.6812360, 139.7671250"
POSITION, DEVICE = DataCategory.POSITION, DataCategory.DEVICE_IDENTIFIER
PERSON, SECRET = DataCategory.PERSON_IDENTIFIER, DataCategory.CREDENTIAL

VECTORS = {
    name: bytes.fromhex(frame)
    for name, frame in map(str.split, (REAL / "mavlink.txt").read_text("ascii").splitlines())
}
"""Made by pymavlink 2.4.50."""


def checksum(data: bytes) -> bytes:
    """CRC-16/MCRF4XX, bit by bit."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x8408 if value & 1 else 0)
    return value.to_bytes(2, "little")


def frame_of(message: int, payload: bytes, *, flags: int = 0, extra: int | None = None) -> bytes:
    body = bytes((len(payload), flags, 0, 1, 7, 1)) + message.to_bytes(3, "little") + payload
    extra = MESSAGES[message][0] if extra is None else extra
    return b"\xfd" + body + checksum(body + bytes((extra,)))


def beyond_header(data: bytes) -> list[tuple[str, str, DataCategory | None]]:
    said = read_mavlink(data)
    assert [thing.name for thing in said[:2]] == ["system_id", "signature"]
    return [(thing.name, thing.value, thing.category) for thing in said[2:]]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("heartbeat_1", []),
        ("heartbeat", []),
        ("heartbeat_signed", []),
        ("gps_raw", [("position", PLACE, POSITION)]),
        ("global_position_1", [("position", PLACE, POSITION)]),
        ("no_fix", []),
        ("home", [("home_position", PLACE, POSITION)]),
        ("origin", [("origin", PLACE, POSITION)]),
        ("camera_feedback", [("image_position", PLACE, POSITION)]),
        (
            "image_captured",
            [
                ("image_position", PLACE, POSITION),
                ("image_url", "http://192.168.42.1/a.jpg", DataCategory.IMAGERY),
            ],
        ),
        ("hil_gps", [("position", PLACE, POSITION)]),
        ("drone_location", [("position", PLACE, POSITION)]),
        ("drone_system", [("operator_position", PLACE, POSITION)]),
        ("basic_id", [("serial_number", "1581F5BKD223Q00A520F", DEVICE)]),
        ("session_id", [("session", "0102030405060708090a0b0c0d0e0f10", DEVICE)]),
        ("operator_id", [("operator_id", "JPN-87astrdge12k8", PERSON)]),
        ("self_id", [("description", "survey", None)]),
        (
            "version",
            [
                ("uid", "1122334455667788", DEVICE),
                ("uid2", "0102030405060708090a0b0c0d0e0f101112", DEVICE),
            ],
        ),
        ("version_blank", []),
        ("statustext", [("status_text", "PreArm: GPS 1: Bad fix", None)]),
        ("log_data", [("log_data", "log 5, 90 bytes from 900", DataCategory.FLIGHT_RECORD)]),
        ("log_entry", [("log_entry", "log 5, 123456 bytes", DataCategory.FLIGHT_RECORD)]),
        ("ftp", [("file_name", "/APM/LOGS/00000001.BIN", DataCategory.FLIGHT_RECORD)]),
        ("wifi", [("network_name", "DRONE-1", None), ("password", "", SECRET)]),
        ("video", [("video_url", "rtsp://192.168.42.1:8554/live", DataCategory.IMAGERY)]),
        ("follow", [("operator_position", PLACE, POSITION)]),
        ("mission_global", [("waypoint", PLACE, POSITION)]),
        ("mission_local", []),
        ("setup_signing", [("password", "", SECRET)]),
        ("gps2", [("position", PLACE, POSITION)]),
        ("ahrs2", [("position", PLACE, POSITION)]),
        ("gps_input", [("position", PLACE, POSITION)]),
        ("set_home", [("home_position", PLACE, POSITION)]),
        ("set_origin", [("origin", PLACE, POSITION)]),
        ("position_cov", [("position", PLACE, POSITION)]),
        ("set_target", [("target", PLACE, POSITION)]),
        ("target", [("target", PLACE, POSITION)]),
        ("rally", [("waypoint", PLACE, POSITION)]),
        ("system_update", [("operator_position", PLACE, POSITION)]),
        (
            "pack",
            [
                ("serial_number", "1581F5BKD223Q00A520F", DEVICE),
                ("position", PLACE, POSITION),
                ("operator_position", "35.6812361, 139.7671250", POSITION),
                ("operator_id", "JPN-87astrdge12k8", PERSON),
            ],
        ),
    ],
)
def test_what_another_program_sends_is_read(
    name: str, expected: list[tuple[str, str, DataCategory | None]]
) -> None:
    assert begins_mavlink(VECTORS[name])
    assert beyond_header(VECTORS[name]) == expected


def test_every_vector_is_checked() -> None:
    checked = test_what_another_program_sends_is_read.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {name for name, _ in checked} == set(VECTORS)


def test_a_frame_tells_its_parts() -> None:
    first, second, signed = (
        next(read_frames(VECTORS[name]))
        for name in ("heartbeat_1", "heartbeat", "heartbeat_signed")
    )
    assert first == Frame(1, 7, 1, 0, 6, 9, signed=False, at=0, end=17)
    assert second == Frame(2, 7, 1, 0, 10, 9, signed=False, at=0, end=21)
    assert signed == Frame(2, 7, 1, 0, 10, 9, signed=True, at=0, end=34)


def test_places_are_those_of_the_bytes() -> None:
    data = b"junk\xfd\xfe" + VECTORS["basic_id"] + VECTORS["statustext"]
    at = {
        thing.name: data[thing.start : thing.start + thing.length] for thing in read_mavlink(data)
    }
    assert at["serial_number"] == b"1581F5BKD223Q00A520F"
    assert at["status_text"] == b"PreArm: GPS 1: Bad fix"
    assert at["system_id"] == b"\7\1"
    assert at["signature"] == b"\0"


def test_waypoints_are_places_only_in_frames_of_the_globe() -> None:
    place = VECTORS["origin"][10:18]
    frames = [frame_of(73, bytes(16) + place + bytes(10) + bytes((i, 0, 1))) for i in range(13)]
    said = [i for i, data in enumerate(frames) if beyond_header(data)]
    assert said == [0, 3, 5, 6, 10, 11]


def test_a_name_and_a_password_end_where_their_fields_end() -> None:
    said = read_mavlink(frame_of(299, b"n" * 32 + b"p" * 64 + b"\1"))[2:]
    assert [(thing.start, thing.length) for thing in said] == [(10, 32), (42, 64)]
    assert said[0].value == "n" * 32


def test_signed_or_not_is_told() -> None:
    said = read_mavlink(VECTORS["heartbeat_signed"] + VECTORS["heartbeat"])
    assert [thing.value for thing in said if thing.name == "signature"] == ["signed", "unsigned"]


def test_zeros_left_out_at_the_end_are_there_again() -> None:
    short = VECTORS["origin"]
    frame = next(read_frames(short))
    assert frame.payload_length < 20
    assert payload_of(short, frame, 20) == short[10 : 10 + frame.payload_length].ljust(20, b"\0")
    assert payload_of(short, frame, 4) == short[10:14]
    cut = frame_of(33, VECTORS["global_position_1"][6:14] + b"\x00\x00\x54")
    assert beyond_header(cut) == [("position", "35.6812360, 0.5505024", POSITION)]
    said = [thing for thing in read_mavlink(cut) if thing.name == "position"]
    assert [(thing.start, thing.length) for thing in said] == [(14, 7)]


def test_frames_follow_each_other_with_anything_between() -> None:
    data = b"".join(b"\xfe\xfd\0" + VECTORS[name] for name in VECTORS)
    frames = list(read_frames(data))
    assert len(frames) == len(VECTORS)
    assert [data[frame.at : frame.end] for frame in frames] == list(VECTORS.values())


def test_of_one_name_only_some_are_kept() -> None:
    places = [frame_of(49, i.to_bytes(4, "little") * 2) for i in range(1, 100)]
    said = read_mavlink(b"".join(places) + VECTORS["statustext"])
    assert sum(thing.name == "origin" for thing in said) == MAX_OF_NAME
    assert said[-1].name == "status_text"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xfd",
        frame_of(33, bytes(28), extra=0),
        frame_of(0xABCDEF, bytes(9), extra=50),
        frame_of(0, bytes(9), flags=2),
        frame_of(0, bytes(9), flags=1),
        VECTORS["heartbeat"] + b"x",
        b"x" + VECTORS["heartbeat"],
    ],
)
def test_what_is_no_frame_is_not_taken_for_one(data: bytes) -> None:
    assert not begins_mavlink(data)


def test_in_the_first_version_a_payload_is_whole() -> None:
    body = bytes((8, 0, 7, 1, 0)) + bytes(8)
    data = b"\xfe" + body + checksum(body + b"\x32")
    assert list(read_frames(data)) == []


@pytest.mark.parametrize(
    ("message", "payload"),
    [
        (7, bytes(32)),
        (253, b"\6\0text after an end"),
        (12900, bytes(22) + b"\0\2" + b"A" * 20),
        (12900, bytes(22) + b"\1\2" + b" " * 20),
        (12915, bytes(22) + b"\x18\1" + b"\x02\x12" + b"A" * 20),
        (12915, bytes(22) + b"\x19\0" + b"\x02\x12" + b"A" * 20),
        (12915, bytes(22) + b"\x19\2" + b"\x52".ljust(25, b"\0") + b"\x32x".ljust(25, b"\0")),
        (110, bytes(6) + b"\5\3" + bytes(7) + b"abc"),
        (110, bytes(6) + b"\4\0" + bytes(7) + b"abc"),
    ],
)
def test_what_is_not_there_is_not_told(message: int, payload: bytes) -> None:
    assert beyond_header(frame_of(message, payload)) == []


@pytest.mark.parametrize(
    ("message", "payload", "expected"),
    [
        (12900, bytes(22) + b"\2\2JA.UAS01", ("registration", "JA.UAS01", DEVICE)),
        (12900, bytes(22) + b"\3\2" + b"A" * 16, ("utm_assigned", "41" * 16, DEVICE)),
        (12900, bytes(22) + b"\1\2\xff\1", ("serial_number", "ff01", DEVICE)),
        (110, bytes(6) + b"\x0b\5" + bytes(7) + b"a.txt", ("file_name", "a.txt", None)),
        (
            110,
            bytes(6) + b"\4\5" + bytes(7) + b"1.ulg",
            ("file_name", "1.ulg", DataCategory.FLIGHT_RECORD),
        ),
    ],
)
def test_kinds_of_identifiers_and_files_are_told(
    message: int, payload: bytes, expected: tuple[str, str, DataCategory | None]
) -> None:
    assert beyond_header(frame_of(message, payload)) == [expected]


@pytest.mark.parametrize("place", [(91, 0), (0, 181), (-91, 0), (0, 0)])
def test_what_is_no_place_on_the_globe_is_unknown(place: tuple[int, int]) -> None:
    raw = b"".join((degrees * 10_000_000).to_bytes(4, "little", signed=True) for degrees in place)
    assert beyond_header(frame_of(49, raw + b"\1")) == []


def test_passwords_are_not_kept() -> None:
    said = read_mavlink(
        VECTORS["wifi"] + frame_of(7, b"secretkey") + frame_of(5, b"\1\0\0secretkey")
    )
    assert not any("secret" in thing.value for thing in said)
    assert Said("password", "", 42, 10, SECRET) in said
    url = b"rtsp://admin:secret@10.0.0.1/live"
    (thing,) = (
        thing for thing in read_mavlink(frame_of(269, bytes(53) + url)) if thing.name == "video_url"
    )
    assert thing.value == "rtsp://admin@10.0.0.1/live"


@pytest.mark.parametrize("name", ["heartbeat_1", "heartbeat_signed", "pack", "version"])
def test_cut_or_changed_anywhere_it_is_no_frame(name: str) -> None:
    data = VECTORS[name]
    for cut in range(len(data)):
        assert list(read_frames(data[:cut])) == []
    covered = len(data) - (13 if name == "heartbeat_signed" else 0)
    for at in range(covered):
        changed = bytearray(data)
        changed[at] ^= 0x11
        assert all(frame.at for frame in read_frames(bytes(changed)))


@given(st.binary(max_size=400), st.sampled_from(sorted(MESSAGES)), st.binary(max_size=255))
def test_no_bytes_do_harm(noise: bytes, message: int, payload: bytes) -> None:
    begins_mavlink(noise)
    for data in (noise, noise + frame_of(message, payload), b"\xfd" * 300, b"\xfe" * 300):
        for thing in read_mavlink(data):
            assert thing.start + thing.length <= len(data)
            assert thing.value.isprintable()
