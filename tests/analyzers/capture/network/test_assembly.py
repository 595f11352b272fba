from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.network.assembly import (
    HELD_BYTES,
    HELD_SEGMENTS,
    Assembler,
    Place,
    Text,
)


def assembled(*segments: tuple[int, bytes], begin: int | None = 0) -> Assembler:
    assembler = Assembler(Text())
    if begin is not None:
        assembler.begin(begin)
    for frame, (sequence, data) in enumerate(segments, 1):
        assembler.add(sequence % 2**32, data, len(data), frame, frame * 1000)
    return assembler


def test_places_lead_back_to_the_frames_even_across_them() -> None:
    text = Text()
    text.append(b"abc", 1, 100)
    text.append(b"\n", 1, -1)
    text.append(b"defg", 2, 200)
    assert text.places(1, 5) == [Place(1, 101, 2), Place(2, 200, 2)]
    assert text.places(20, 1) == []


def test_places_stay_right_when_the_beginning_is_dropped() -> None:
    text = Text()
    text.append(b"abc", 1, 100)
    text.append(b"defg", 2, 200)
    text.searched = 5
    text.drop(4)
    assert (bytes(text.data), text.searched, text.seen) == (b"efg", 1, 7)
    assert text.places(0, 3) == [Place(2, 201, 3)]
    text.append(b"hi", 3, 300)
    assert text.places(2, 2) == [Place(2, 203, 1), Place(3, 300, 1)]
    text.drop(0)
    text.drop(99)
    assert (bytes(text.data), text.places(0, 9)) == (b"", [])


def test_a_drop_may_cut_into_bytes_that_are_not_of_the_file() -> None:
    text = Text()
    text.append(b"\n\n", 1, -1)
    text.append(b"abc", 2, 200)
    text.drop(1)
    assert text.places(0, 4) == [Place(2, 200, 3)]


def test_text_can_be_cut_off_and_cleared() -> None:
    text = Text()
    text.append(b"abc", 1, 100)
    text.append(b"defg", 2, 200)
    text.cut_off(2)
    assert (bytes(text.data), text.places(0, 9)) == (b"ab", [Place(1, 100, 2)])
    text.cut_off(0)
    assert text.weight() == 0
    text.append(b"x", 3, 300)
    text.clear()
    assert text.weight() == 0


@given(st.lists(st.integers(1, 5), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_any_order_of_segments_gives_the_same_text(sizes: list[int], order: object) -> None:
    whole = bytes(range(sum(sizes)))
    segments, at = [], 0
    for size in sizes:
        segments.append((2**32 - 7 + at, whole[at : at + size]))
        at += size
    order.shuffle(segments)  # type: ignore[attr-defined]  # hypothesis hands over a Random
    assembler = assembled(*segments, begin=2**32 - 7)
    assert (bytes(assembler.text.data), assembler.gaps) == (whole, 0)


def test_the_earliest_copy_of_an_overlap_counts() -> None:
    assembler = assembled((0, b"abcd"), (2, b"XXef"), (0, b"YYYYYYgh"), (1, b"ZZ"))
    assert bytes(assembler.text.data) == b"abcdefgh"
    assert assembler.text.places(4, 4) == [Place(2, 2002, 2), Place(3, 3006, 2)]
    assert assembler.conflicts == 3


def test_repeating_the_same_bytes_and_keeping_alive_are_no_conflict() -> None:
    assembler = assembled((0, b"abcd"), (2, b"cdef"), (0, b"abcdef"), (5, b"?"))
    assert (bytes(assembler.text.data), assembler.conflicts) == (b"abcdef", 0)


def test_bytes_that_are_gone_cannot_be_contradicted() -> None:
    assembler = assembled((0, b"abcdef"))
    assembler.text.drop(4)
    assembler.add(0, b"XXXX", 4, 9, 9000)
    assert assembler.conflicts == 0


def test_a_gap_is_given_up_at_the_end_and_counted() -> None:
    assembler = assembled((0, b"ab"), (10, b"kl"), (20, b"uv"))
    assert bytes(assembler.text.data) == b"ab"
    assembler.flush()
    assert (bytes(assembler.text.data), assembler.gaps) == (b"abkluv", 2)


def test_waiting_is_bounded_in_number() -> None:
    segments = [(2 * i, b"x") for i in range(1, HELD_SEGMENTS + 2)]
    assembler = assembled((0, b"a"), *segments)
    assert assembler.gaps == 1
    assert assembler.held_weight() > 0


def test_waiting_is_bounded_in_bytes() -> None:
    assembler = assembled((0, b"a"), (10, b"x" * HELD_BYTES), (10 + 2 * HELD_BYTES, b"yy"))
    assert assembler.gaps == 1
    assert assembler.text.seen == 1 + HELD_BYTES
    assert assembler.held_bytes == 2


def test_the_beginning_may_come_late_when_no_syn_was_seen() -> None:
    assembler = assembled((100, b"later"), (90, b"first"), begin=None)
    assert bytes(assembler.text.data) == b"laterfirst"


def test_retransmissions_add_nothing() -> None:
    assembler = assembled((0, b"abc"), (0, b"abc"), (0, b""), (1, b"bc"))
    assert bytes(assembler.text.data) == b"abc"


def test_a_new_connection_on_the_same_ports_begins_anew() -> None:
    assembler = assembled((0, b"one"), (9, b"held"))
    assembler.begin(5_000_000)
    assembler.begin(5_000_000)
    assembler.add(5_000_000, b"two", 3, 9, 9000)
    assert (bytes(assembler.text.data), assembler.gaps) == (b"oneheldtwo", 1)


def test_bytes_that_the_capture_cut_off_are_no_gap() -> None:
    assembler = assembled()
    assembler.add(0, b"ab", 10, 1, 100)
    assembler.add(10, b"kl", 2, 2, 200)
    assembler.add(5, b"f", 8, 3, 300)
    assert (bytes(assembler.text.data), assembler.gaps) == (b"abkl", 0)
