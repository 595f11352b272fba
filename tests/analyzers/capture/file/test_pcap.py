from __future__ import annotations

import io
import struct

import pytest

from sekisho.analyzers.capture.file.frames import CUT_SHORT, DAMAGED, Frame
from sekisho.analyzers.capture.file.pcap import PcapReader
from sekisho.errors import EvidenceError
from tests.analyzers.capture.build import frames_of, pcap


def read(content: bytes) -> tuple[list[Frame], PcapReader]:
    reader = PcapReader(io.BytesIO(content))
    return frames_of(reader), reader


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("nanoseconds", "fraction"), [(False, 5000), (True, 5)])
def test_both_byte_orders_and_both_units_are_read(
    order: str, *, nanoseconds: bool, fraction: int
) -> None:
    frames, reader = read(pcap([b"abc", b"de"], order=order, nanoseconds=nanoseconds))
    assert reader.broken is None
    assert frames[0] == Frame(1, 1_700_000_000 * 10**9 + fraction, 1, 40, 3, b"abc")
    assert (frames[1].number, frames[1].data) == (2, b"de")


def test_offset_is_where_the_bytes_stand_in_the_file() -> None:
    content = pcap([b"abc", b"defg"])
    for frame in read(content)[0]:
        assert content[frame.offset : frame.offset + len(frame.data)] == frame.data


def test_a_frame_cut_by_the_snap_length_keeps_its_original_length() -> None:
    frames, reader = read(pcap([b"abcdef"], snap=2))
    assert (frames[0].data, frames[0].original, reader.broken) == (b"ab", 6, None)


def test_flags_above_the_link_type_are_not_part_of_it() -> None:
    content = bytearray(pcap([b"x"]))
    content[20:24] = struct.pack("<I", 0x4400_0001)
    assert read(bytes(content))[0][0].link_type == 1


@pytest.mark.parametrize("content", [b"", b"\xd4\xc3\xb2\xa1", b"\x1f\x8b" + b"\0" * 40])
def test_what_is_not_a_pcap_is_an_evidence_error(content: bytes) -> None:
    with pytest.raises(EvidenceError, match="SEK-E231"):
        PcapReader(io.BytesIO(content))


def test_a_file_with_no_frames_is_whole() -> None:
    frames, reader = read(pcap([]))
    assert (frames, reader.broken) == ([], None)


@pytest.mark.parametrize("cut", range(1, 19))
def test_a_file_cut_in_a_frame_keeps_what_was_read_and_says_where(cut: int) -> None:
    content = pcap([b"abc", b"def"])
    frames, reader = read(content[:-cut])
    assert frames[0].data == b"abc"
    assert reader.broken is not None
    assert reader.broken == (CUT_SHORT, 2, 43)


def test_an_impossible_length_stops_the_reading() -> None:
    content = pcap([b"abc"]) + struct.pack("<IIII", 0, 0, 0xFFFF_FFFF, 3) + b"abc"
    frames, reader = read(content)
    assert len(frames) == 1
    assert reader.broken == (DAMAGED, 2, 43)


def test_a_frame_of_no_bytes_is_a_frame() -> None:
    frames, reader = read(pcap([b"", b"a"]))
    assert ([frame.data for frame in frames], reader.broken) == ([b"", b"a"], None)
