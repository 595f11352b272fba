"""Typed netstrings: what is read, where it stands, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.opened import tnetstring
from sekisho.analyzers.capture.opened.tnetstring import Element, Netstrings, element_at

SAMPLE = b"53:4:host;11:cloud.ex.at,4:port;3:443#4:tags;8:1:a,1:b,]}"


def whole(data: bytes) -> Element | None:
    return element_at(data, 0, len(data))


def test_an_element_tells_its_kind_and_place() -> None:
    data = b"##5:hello,##"
    assert element_at(data, 2, len(data)) == Element(tnetstring.BYTES, 4, 9)
    assert whole(b"0:~") == Element(tnetstring.NOTHING, 2, 2)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"5",
        b"5:",
        b":a,",
        b"5:hell,",
        b"5:hello",
        b"5:hello?",
        b"-1:a,",
        b" 1:a,",
        b"0000000000001:a,",
        b"9999999999999:a,",
        b"\xb2:ab,",
        b"1;a,",
    ],
)
def test_what_is_no_element(data: bytes) -> None:
    assert whole(data) is None


def test_an_element_ends_before_the_end_given() -> None:
    assert element_at(b"5:hello,", 0, 8) == Element(tnetstring.BYTES, 2, 7)
    assert element_at(b"5:hello,", 0, 7) is None


def test_a_dictionary_is_read_with_places() -> None:
    read = Netstrings(SAMPLE)
    parts = read.members(whole(SAMPLE))
    assert list(parts) == [b"host", b"port", b"tags"]
    assert read.plain(parts[b"host"]) == b"cloud.ex.at"
    assert SAMPLE[parts[b"host"].start : parts[b"host"].end] == b"cloud.ex.at"
    assert (read.text(parts[b"host"]), read.integer(parts[b"port"])) == ("cloud.ex.at", 443)
    assert [read.plain(item) for item in read.items(parts[b"tags"])] == [b"a", b"b"]
    assert not read.is_broken


def test_of_a_name_said_twice_the_last_counts() -> None:
    data = b"16:1:a,1:1#1:a,1:2#}"
    assert Netstrings(data).integer(Netstrings(data).members(whole(data))[b"a"]) == 2


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"3:443#", 443.0),
        (b"5:-12.5^", -12.5),
        (b"4:-1-2#", None),
        (b"3:nan^", None),
        (b"3:inf^", None),
        (b"1:x#", None),
        (b"0:#", None),
        (b"3:443,", None),
        (b"65:" + b"1" * 65 + b"#", None),
    ],
)
def test_numbers(data: bytes, value: float | None) -> None:
    assert tnetstring.number(data, whole(data)) == value


def test_flags_and_nothing() -> None:
    assert tnetstring.is_true(b"4:true!", whole(b"4:true!"))
    assert not tnetstring.is_true(b"5:false!", whole(b"5:false!"))
    assert not tnetstring.is_true(b"4:true,", whole(b"4:true,"))
    assert not tnetstring.is_true(b"", None)
    assert tnetstring.is_nothing(None)
    assert tnetstring.is_nothing(whole(b"0:~"))
    assert not tnetstring.is_nothing(whole(b"0:,"))


@pytest.mark.parametrize(
    "data", [b"4:1:a,}", b"3:1:a]", b"5:hello,", b"9:1:a,9:hel}", b"9:1:a,9:hel]"]
)
def test_a_broken_dictionary_or_list_is_told(data: bytes) -> None:
    read = Netstrings(data)
    assert read.members(whole(data)) == {}
    assert read.is_broken


def test_nothing_is_not_broken() -> None:
    read = Netstrings(b"0:~")
    assert (read.members(whole(b"0:~")), read.items(None), read.is_broken) == ({}, [], False)


def test_pairs_are_of_two() -> None:
    data = b"21:8:1:a,1:b,]4:1:c,]0:]]"
    read = Netstrings(data)
    pairs = read.pairs(whole(data))
    assert [(read.plain(one), read.plain(other)) for one, other in pairs] == [(b"a", b"b")]
    assert read.is_broken


def test_too_many_elements_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"12:1:a,1:b,1:c,]"
    assert len(tnetstring.elements(data, whole(data)) or ()) == 3
    monkeypatch.setattr(tnetstring, "MAX_ELEMENTS", 2)
    assert tnetstring.elements(data, whole(data)) is None


def test_depth_does_not_matter() -> None:
    data = b"0:]"
    for _ in range(2000):
        data = b"%d:%b]" % (len(data), data)
    read = Netstrings(data)
    element = whole(data)
    depth = 0
    while items := read.items(element):
        element, depth = items[0], depth + 1
    assert (depth, read.is_broken) == (2000, False)


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_not(data: bytes) -> None:
    element = whole(data)
    read = Netstrings(data)
    for value in (element, None):
        read.members(value)
        read.pairs(value)
        read.text(value)
        read.integer(value)
    assert element is None or element.end < len(data)
