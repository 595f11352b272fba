"""YAML read strictly: nothing means more than it shows, and each mistake has a line."""

from __future__ import annotations

import contextlib
from datetime import date
from enum import StrEnum

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.errors import UsageError
from sekisho.strict_yaml import MAX_CHARACTERS, decode, decode_placed, explain_date


class Colour(StrEnum):
    RED = "red"


class Part(msgspec.Struct, forbid_unknown_fields=True):
    made_on: date
    maker: str | None = None
    colour: Colour | None = None
    number: int = 0


class Whole(msgspec.Struct, forbid_unknown_fields=True):
    parts: list[Part]
    by_name: dict[str, Part] = {}
    other: Part | None = None


def read(text: str) -> Whole:
    return decode(text, Whole, file="f.yaml", error=UsageError, code="SEK-E001")


def refusal(text: str) -> UsageError:
    with pytest.raises(UsageError) as caught:
        read(text)
    return caught.value


def test_values_take_the_type_asked_for() -> None:
    whole = read("parts:\n  - {made_on: 2021-04-01, maker: no, number: '5', colour: red}\n")
    assert whole.parts == [Part(date(2021, 4, 1), "no", Colour.RED, 5)]


@pytest.mark.parametrize("nothing", ["", "~", "null"])
def test_nothing_written_is_nothing(nothing: str) -> None:
    assert read(f"parts: []\nother: {nothing}\n").other is None


def test_quoted_words_stay_words() -> None:
    assert read("parts:\n  - {made_on: 2021-04-01, maker: 'null'}\n").parts[0].maker == "null"


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        ("parts:\n  - made_on: 2021-04-01\n    makr: x\n", "'makr' is not known", "f.yaml:3:5"),
        ("parts: []\nzzz: 1\n", "'zzz' is not known", "f.yaml:2:1"),
        ("by_name: {}\n", "'parts' is missing", "f.yaml:1:1"),
        ("parts:\n  - {maker: x}\n", "'made_on' is missing", "f.yaml:2:5"),
        ("parts: 5\n", "'parts' cannot be used", "f.yaml:1:1"),
        ("parts:\n  - {made_on: 2021-13-01}\n", "'parts.0.made_on' cannot", "f.yaml:2:6"),
        ("parts:\n  - {made_on: 2021-04-01, colour: blue}\n", "colour' cannot", "f.yaml:2:27"),
        ("parts: []\nparts: []\n", "stands here twice", "f.yaml:2:1"),
        ("parts: &a []\nother: *a\n", "anchors, aliases and tags", "f.yaml:1:8"),
        ("parts: !!python/name:os.system\n", "anchors, aliases and tags", "f.yaml:1:8"),
        ("parts:\n\t- x\n", "not YAML", "f.yaml:2:1"),
        ("parts: [\n", "not YAML", "f.yaml:2:1"),
        ("? [a, b]\n: c\n", "not a plain word", "f.yaml:1:3"),
        ("parts: []\n---\nparts: []\n", "not YAML", "f.yaml:2:1"),
        ("[" * 60 + "]" * 60, "nested too deeply", "f.yaml:1:"),
        ("- 1\n", "'the document' cannot be used", "f.yaml:1:1"),
    ],
)
def test_each_mistake_is_told_at_its_place(text: str, what: str, where: str) -> None:
    error = refusal(text)
    assert what in error.what
    assert error.where.startswith(where)


def test_an_unknown_key_names_the_nearest_or_all() -> None:
    nearest = refusal("parts:\n  - {made_on: 2021-04-01, makr: x}\n")
    assert nearest.next_step == "did you mean 'maker'?"
    assert "by_name, other, parts" in refusal("parts: []\nqqq: 1\n").next_step


def test_the_nearest_key_is_found_below_a_mapping_and_an_option() -> None:
    assert "maker" in refusal("parts: []\nby_name: {x: {made_on: 2021-04-01, makr: y}}\n").next_step
    assert "maker" in refusal("parts: []\nother: {made_on: 2021-04-01, makr: y}\n").next_step


def test_a_wrong_value_below_some_key_is_told_at_its_key() -> None:
    assert refusal("parts: []\nby_name: {x: 5}\n").where == "f.yaml:2:11"


def test_a_document_over_the_cap_is_refused() -> None:
    assert "too large" in refusal("#" * (MAX_CHARACTERS + 1)).what


def test_half_a_surrogate_pair_is_no_text() -> None:
    assert "not YAML" in refusal("parts: \ud800\n").what


def test_an_empty_document_is_refused() -> None:
    assert "cannot be used" in refusal("").what


@pytest.mark.parametrize(
    "text", ["令和3年4月1日", "令和元年5月1日", "R3.4.1", "R3年4月1日", "H30-01-02"]
)
def test_dates_of_the_japanese_calendar_are_explained(text: str) -> None:
    why, next_step = explain_date(text)
    assert "Japanese calendar" in why
    assert "2021-04-01" in next_step


@pytest.mark.parametrize("text", ["14/09/2020", "20201-01-01", "yesterday", None])
def test_what_is_no_date_is_said_to_be_none(text: str | None) -> None:
    assert "not a calendar date" in explain_date(text)[0]


def test_places_are_told_for_later_errors() -> None:
    _, places = decode_placed(
        "parts:\n  - made_on: 2021-04-01\n",
        Whole,
        file="f.yaml",
        error=UsageError,
        code="SEK-E001",
    )
    assert places.where("parts", 0, "made_on") == "f.yaml:2:5"
    assert places.where("parts", 9) == "f.yaml:1:1"


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(UsageError):
        assert read(text).parts is not None
