from __future__ import annotations

import io
import struct

import pytest

from sekisho.analyzers.capture.file.frames import CUT_SHORT, DAMAGED, Frame
from sekisho.analyzers.capture.file.pcapng import MAX_BLOCK, PcapngReader
from sekisho.errors import EvidenceError
from tests.analyzers.capture.build import block, enhanced, frames_of, interface, option, section


def read(content: bytes) -> tuple[list[Frame], PcapngReader]:
    reader = PcapngReader(io.BytesIO(content))
    return frames_of(reader), reader


@pytest.mark.parametrize("order", ["<", ">"])
def test_both_byte_orders_are_read(order: str) -> None:
    content = (
        section(order) + interface(order=order) + enhanced(b"abcde", at=3_000_001, order=order)
    )
    frames, reader = read(content)
    assert reader.broken is None
    assert (frames[0].number, frames[0].time_ns, frames[0].data) == (1, 3_000_001_000, b"abcde")
    assert content[frames[0].offset :].startswith(b"abcde")


def test_sections_have_their_own_order_and_interfaces() -> None:
    first = section() + interface(link=1) + enhanced(b"one")
    second = section(">") + interface(link=101, order=">") + enhanced(b"two", order=">")
    frames, _ = read(first + second)
    assert [(f.number, f.link_type, f.data) for f in frames] == [(1, 1, b"one"), (2, 101, b"two")]


def test_interfaces_of_a_section_are_told_apart() -> None:
    content = section() + interface(link=1) + interface(link=113) + enhanced(b"x", index=1)
    assert read(content)[0][0].link_type == 113


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (option(9, b"\x09"), 1500),
        (option(9, b"\x83"), 1500 * 10**9 // 8),
        (option(9, b"\x03"), 1500 * 10**6),
        (option(1, b"comment") + option(9, b"\x09"), 1500),
        (option(14, struct.pack("<q", 10)), 10 * 10**9 + 1_500_000),
        (option(0, b"") + option(9, b"\x09"), 1_500_000),
        (option(9, b"\x09\x09") + option(14, b"\x01"), 1_500_000),
    ],
)
def test_time_follows_the_interface_options(options: bytes, expected: int) -> None:
    content = section() + interface(options=options) + enhanced(b"x", at=1500)
    assert read(content)[0][0].time_ns == expected


def test_simple_packets_have_no_time_and_are_cut_at_the_snap_length() -> None:
    simple = block(3, struct.pack("<I", 6) + b"abcd")
    frames, _ = read(section() + interface(snap=4) + simple)
    assert (frames[0].time_ns, frames[0].data, frames[0].original) == (None, b"abcd", 6)


def test_obsolete_packet_blocks_are_read() -> None:
    old = block(2, struct.pack("<HHIIII", 0, 0, 0, 7, 3, 3) + b"abc")
    frames, _ = read(section() + interface() + old)
    assert (frames[0].data, frames[0].time_ns) == (b"abc", 7000)


def test_other_blocks_are_passed_over_and_not_counted() -> None:
    names = block(4, b"\1\0\4\0\x7f\0\0\1")
    content = section() + names + interface() + block(5, b"\0" * 12) + enhanced(b"x")
    frames, reader = read(content)
    assert ([f.number for f in frames], reader.broken) == ([1], None)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\r\r\n",
        section()[:20],
        b"\x1f\x8b" + b"\0" * 40,
        b"\n\r\r\n\x1c\0\0\0zzzz" + b"\0" * 16,
        block(1, b"\0" * 16),
    ],
)
def test_what_does_not_begin_with_a_section_is_an_evidence_error(content: bytes) -> None:
    with pytest.raises(EvidenceError, match="SEK-E232"):
        PcapngReader(io.BytesIO(content))


GOOD = section() + interface() + enhanced(b"good")


@pytest.mark.parametrize(
    "bad",
    [
        struct.pack("<II", 6, 0) + b"\0" * 32,
        struct.pack("<II", 6, 13) + b"\0" * 32,
        struct.pack("<II", 6, MAX_BLOCK + 4) + b"\0" * 32,
        struct.pack("<II", 6, 16) + b"\0" * 4 + struct.pack("<I", 20),
        block(6, b"\0" * 8),
        block(3, b""),
        block(2, b"\0" * 8),
        block(1, b"\0" * 4),
        enhanced(b"x", index=7),
        block(6, struct.pack("<IIIII", 0, 0, 0, 999, 999) + b"abc"),
        b"\n\r\r\n\x1c\0\0\0????" + b"\0" * 16,
    ],
)
def test_a_damaged_block_stops_the_reading_and_says_where(bad: bytes) -> None:
    frames, reader = read(GOOD + bad + enhanced(b"lost"))
    assert [frame.data for frame in frames] == [b"good"]
    assert reader.broken == (DAMAGED, 2, len(GOOD))


def test_a_simple_packet_needs_an_interface() -> None:
    _, reader = read(section() + block(3, struct.pack("<I", 1) + b"a"))
    assert reader.broken == (DAMAGED, 1, len(section()))


@pytest.mark.parametrize("cut", [1, 4, 30, 35])
def test_a_file_cut_in_a_block_keeps_what_was_read(cut: int) -> None:
    frames, reader = read((GOOD + enhanced(b"lost"))[:-cut])
    assert [frame.data for frame in frames] == [b"good"]
    assert reader.broken == (CUT_SHORT, 2, len(GOOD))


def test_too_many_interfaces_are_damage() -> None:
    _, reader = read(section() + interface() * 4097)
    assert reader.broken is not None
    assert reader.broken.code == DAMAGED


@pytest.mark.parametrize("order", ["<", ">"])
def test_what_the_tool_says_it_lost_is_counted_for_each_interface(order: str) -> None:
    def said(index: int, dropped: int) -> bytes:
        head = struct.pack(order + "III", index, 0, 0)
        return block(5, head + option(5, struct.pack(order + "Q", dropped), order), order=order)

    content = section(order) + interface(order=order) * 2 + said(0, 3) + said(1, 4) + said(0, 5)
    frames, reader = read(content)
    assert (frames, reader.broken, reader.dropped) == ([], None, 9)


def test_names_that_the_tool_looked_up_and_its_secrets_are_news() -> None:
    record = struct.pack("<HH", 1, 14) + bytes((93, 184, 216, 34)) + b"A.example\0\0\0"
    key_log = b"CLIENT_RANDOM ..."
    secrets = block(10, struct.pack("<II", 0x544C534B, len(key_log)) + key_log)
    content = section() + block(4, record + b"\0\0\0\0") + secrets + interface() + enhanced(b"x")
    reader = PcapngReader(io.BytesIO(content))
    assert reader.advance()
    assert reader.news
    assert reader.resolved == [(bytes((93, 184, 216, 34)), "a.example")]
    assert reader.secrets == [key_log]
