"""Names given by others are refused, shown or compared; never opened."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.intake.names import MAX_NAME, compared_name, safe_name, shown_name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/",
        ".",
        "./",
        "..",
        "a/../b",
        "../a",
        "/a",
        "//a",
        "C:a",
        "c:/a",
        "a\\b",
        "a\0b",
        "~" * 2000,
    ],
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    assert safe_name(name) is None


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a", "a"),
        ("a/b", "a/b"),
        ("./a//b/", "a/b"),
        ("..a/b..", "..a/b.."),
        ("資料/表", "資料/表"),
    ],
)
def test_other_names_are_relative_paths(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text())
def test_a_safe_name_stays_inside_and_is_stable(name: str) -> None:
    safe = safe_name(name)
    if safe is not None:
        assert not {"", ".", ".."} & set(safe.split("/"))
        assert safe_name(safe) == safe
        assert len(safe) <= MAX_NAME


def test_what_does_not_show_is_escaped() -> None:
    assert shown_name("a\x1b[2Jb\u202ec\ud800") == "a\\u{1b}[2Jb\\u{202e}c\\u{d800}"
    assert shown_name(b"a\xff".decode("utf-8", "surrogateescape")) == "a\\xff"
    assert shown_name("表 1.txt") == "表 1.txt"


@given(st.text(st.characters(exclude_categories=[])))
def test_a_shown_name_can_be_written_as_json(name: str) -> None:
    assert msgspec.json.decode(msgspec.json.encode(shown_name(name))) == shown_name(name)


def test_composed_and_decomposed_names_compare_equal() -> None:
    assert compared_name("か\u3099") == compared_name("が")
