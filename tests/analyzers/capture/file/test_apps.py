"""Which app a conversation is of, where the capturing tool says so."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tests.analyzers.capture.build import (
    PHONE,
    SERVER,
    analyze,
    block,
    enhanced,
    flows,
    interface,
    option,
    pcap,
    section,
    udp,
)


def with_trailer(frame: bytes, user: int, name: bytes, number: int = 0x01072021) -> bytes:
    padded = frame + b"\0" * (-len(frame) % 4)
    return padded + struct.pack(">Ii20sI", number, user, name, 0)


def remarked(frame: bytes, remark: bytes) -> bytes:
    """An enhanced packet block with a comment."""
    plain = enhanced(frame)
    return block(6, plain[8:-4] + option(1, remark))


def apps(folder: Path, content: bytes) -> list[tuple[str | None, int]]:
    return [(flow.app, flow.volume.sent) for flow in flows(analyze(folder, content))]


@pytest.mark.parametrize(
    ("user", "name", "expected"),
    [
        (10_123, b"Kaze Pilot", "Kaze Pilot"),
        (10_123, "風パイロット".encode(), "風パイロット"),
        (10_123, b"", "uid 10123"),
        (-1, b"\x1b[2J", "uid -1"),
    ],
)
def test_a_trailer_names_the_app(tmp_path: Path, user: int, name: bytes, expected: str) -> None:
    frames = [with_trailer(udp(PHONE, 5000, SERVER, 9, b"words"), user, name)] * 2
    assert apps(tmp_path, pcap(frames)) == [(expected, 10)]


def test_another_trailer_names_nobody(tmp_path: Path) -> None:
    frame = with_trailer(udp(PHONE, 5000, SERVER, 9, b"words"), 1, b"app", number=0x01072022)
    assert apps(tmp_path, pcap([frame])) == [(None, 5)]


def test_apps_with_the_same_recipient_are_kept_apart(tmp_path: Path) -> None:
    frames = [
        with_trailer(udp(PHONE, 5000, SERVER, 9, b"words"), 1, b"one"),
        with_trailer(udp(PHONE, 5001, SERVER, 9, b"other words"), 2, b"two"),
        with_trailer(udp(PHONE, 5002, SERVER, 9, b"words"), 1, b"one"),
    ]
    assert apps(tmp_path, pcap(frames)) == [("one", 10), ("two", 11)]


@pytest.mark.parametrize(
    ("remark", "expected"),
    [
        (b"u-10123", "uid 10123"),
        (b"u-", None),
        (b"u-12345678901", None),
        (b"seen by hand", None),
    ],
)
def test_a_remark_tells_the_user_id(tmp_path: Path, remark: bytes, expected: str | None) -> None:
    frame = remarked(udp(PHONE, 5000, SERVER, 9, b"words"), remark)
    assert apps(tmp_path, section() + interface() + frame) == [(expected, 5)]


def test_broken_options_do_no_harm(tmp_path: Path) -> None:
    frame = udp(PHONE, 5000, SERVER, 9, b"words")
    for options in (b"\1\0\xff\xff", b"\1\0", b"\1\0\0\0", b"\0\0\0\0u-12"):
        content = section() + interface() + block(6, enhanced(frame)[8:-4] + options)
        assert apps(tmp_path, content) == [(None, 5)]
