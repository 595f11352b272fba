from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.content.needles import Needles

BYTES = st.binary(min_size=1, max_size=6)
FEW = st.text("aAbB\0.\xff", min_size=1, max_size=4).map(lambda text: text.encode("latin-1"))


def sought(needle: bytes, data: bytes) -> list[int]:
    return [at for at in range(len(data)) if data.startswith(needle, at)]


@given(st.lists(FEW | BYTES, unique=True, max_size=8), st.lists(FEW, max_size=4), st.binary())
def test_every_needle_is_found_wherever_it_stands(
    exact: list[bytes], folded: list[bytes], noise: bytes
) -> None:
    data = noise + b"".join(exact) + noise.join([*exact, *folded]) + b"AbaBAB\0\xff.aab"
    expected = [sought(needle, data) for needle in exact]
    expected += [sought(needle.lower(), data.lower()) for needle in folded]
    found = Needles(exact, folded).find(data)
    assert found == {number: places for number, places in enumerate(expected) if places}
    assert list(found) == sorted(found)


def test_nothing_is_found_of_nothing() -> None:
    assert Needles([]).find(b"text") == {}
    assert Needles([b"text"]).find(b"") == {}


def test_needles_may_overlap_themselves_and_each_other() -> None:
    assert Needles([b"aa", b"aaa"]).find(b"aaaa") == {0: [0, 1, 2], 1: [0, 1]}


def test_letters_beyond_ascii_have_no_case() -> None:
    assert Needles([], [b"\xe4"]).find(b"\xc4\xe4") == {0: [1]}
