"""What is told of a document that does not have the form asked for."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.yaml_faults import Fault, explain, explain_date

NAME = Annotated[str, msgspec.Meta(pattern="^[a-z]+$", description="small letters, such as abc")]
TEXT = Annotated[str, msgspec.Meta(pattern=r"\S")]


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Leaf(msgspec.Struct, forbid_unknown_fields=True):
    number: int = 0
    colour: Colour | None = None
    side: Literal["left", "right"] = "left"
    by_word: dict[str, int] = {}


class Tree(msgspec.Struct, forbid_unknown_fields=True):
    name: NAME
    text: TEXT | None = None
    day: date | None = None
    leaves: dict[str, Leaf] = {}
    rows: dict[str, list[Leaf]] = {}
    either: dict[str, int] | list[str] = {}
    few: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=2)] = ("a",)
    updated: Colour | None = None
    size: Annotated[int, msgspec.Meta(ge=1)] = 1
    half: float = 0.5
    sure: bool = True


def fault_of(document: Any, kind: Any = Tree) -> Fault:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(document, kind, strict=False)
    return explain(str(caught.value), document, kind)


def tree(**more: Any) -> dict[str, Any]:
    return {"name": "a", **more}


@pytest.mark.parametrize(
    ("document", "path", "why", "next_step"),
    [
        ({"name": "A b"}, ("name",), "'A b' does not have the form", "small letters, such as abc"),
        ({"name": " "}, ("name",), "nothing is written here", "write it"),
        ({"name": ["a"]}, ("name",), "a word or text is expected here, not a list", "write"),
        (tree(text=""), ("text",), "nothing is written here", "write it"),
        (tree(day="soon"), ("day",), "'soon' is not a calendar date", "YYYY-MM-DD"),
        (tree(day=["x"]), ("day",), "a list is not a calendar date", "YYYY-MM-DD"),
        (tree(few=[]), ("few",), "it is empty", "name at least one"),
        (tree(few=["a"] * 3), ("few",), "it holds more than 2", "shorten"),
        (tree(few="a"), ("few",), "a list is expected here, not a word", "[a, b]"),
        (tree(updated="rd"), ("updated",), "'rd' is not one of", "did you mean 'red'?"),
        (tree(updated="update"), ("updated",), "'update' is not one of", "write one of: red, blue"),
        (tree(updated={}), ("updated",), "a mapping is not one of", "write one of: red, blue"),
        (tree(size="0"), ("size",), "it is not >= 1", "write a number >= 1"),
        (tree(half="x"), ("half",), "a number is expected here, not a word", "0.5"),
        (tree(sure=None), ("sure",), "true or false is expected here, not an empty value", "true"),
        (tree(leaves="x"), ("leaves",), "keys with values is expected here, not a word", "{a: b}"),
        (
            tree(leaves={"a": {}, "b": {"number": "x"}, "c": {"number": "y"}}),
            ("leaves", "b", "number"),
            "a whole number is expected here, not a word",
            "digits",
        ),
        (
            tree(leaves={"a": {"side": "lft"}}),
            ("leaves", "a", "side"),
            "'lft' is not one of",
            "did you mean 'left'?",
        ),
        (
            tree(leaves={"a": {}, "b": {"by_word": {"x": "1", "[...]": "z"}}}),
            ("leaves", "b", "by_word", "[...]"),
            "a whole number is expected here",
            "digits",
        ),
        (
            tree(rows={"a": [{}], "b": [{}, {"colour": "x"}]}),
            ("rows", "b", 1, "colour"),
            "'x' is not one of",
            "red, blue",
        ),
        (tree(either={"a": "1", "b": "x"}), ("either", "b"), "a whole number is expected", ""),
    ],
)
def test_a_value_is_told_by_its_key(
    document: Any, path: tuple[str | int, ...], why: str, next_step: str
) -> None:
    fault = fault_of(document)
    assert fault.path == path
    assert fault.what == f"the value of '{'.'.join(map(str, path))}' cannot be used"
    assert why in fault.why
    assert next_step in fault.next_step


def test_an_unknown_key_below_some_key_is_told_where_it_stands() -> None:
    fault = fault_of(tree(leaves={"a": {}, "b": {"numbr": "1"}, "c": {"numbr": "1"}}))
    assert fault.path == ("leaves", "b", "numbr")
    assert fault.next_step == "did you mean 'number'?"


def test_an_unknown_key_of_nothing_that_has_keys_is_to_be_removed() -> None:
    class Bare(msgspec.Struct, forbid_unknown_fields=True):
        pass

    assert fault_of({"x": "1"}, Bare).next_step == "remove it"


def test_a_key_that_does_not_fit_is_told_as_the_machine_does() -> None:
    """None of our files has such keys: the message is plain all the same."""
    assert fault_of({"x": "1"}, dict[int, int]).what


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (None, "it is empty"),
        ([], "it is a list, not keys with values"),
        ("x", "it is a word, not keys with values"),
    ],
)
def test_a_document_is_told_the_keys_it_needs(document: Any, why: str) -> None:
    assert fault_of(document) == Fault(
        (), "'the document' cannot be used", why, "begin with its keys: name"
    )


def test_a_document_that_needs_no_key_is_told_the_form() -> None:
    assert fault_of([], Leaf).next_step == "write keys with values"


def test_a_list_of_many_words_is_not_read_out() -> None:
    many: Any = Literal[tuple(f"word-{i:02}" for i in range(20))]
    fault = fault_of({"a": "zzz"}, dict[str, many])
    assert fault.next_step == "see the reference for them"


def test_a_date_left_empty_is_told_in_words() -> None:
    assert explain_date(None)[0] == "an empty value is not a calendar date"
    assert explain_date("")[0] == "an empty value is not a calendar date"


@given(
    st.dictionaries(st.text(max_size=3), st.sampled_from(["1", "2", "x", ""]), max_size=12).filter(
        lambda entries: any(not value.isdigit() for value in entries.values())
    )
)
def test_the_first_key_with_a_bad_value_is_told(entries: dict[str, str]) -> None:
    first = next(key for key, value in entries.items() if not value.isdigit())
    assert fault_of(tree(leaves={"a": {"by_word": entries}})).path[-1] == first
