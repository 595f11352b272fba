"""Errors for people: four parts, and one exit code for each class."""

from __future__ import annotations

import pytest

from sekisho.errors import (
    EvidenceError,
    ExitCode,
    PackError,
    SekishoError,
    StoreError,
    UsageError,
    did_you_mean,
)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (SekishoError, ExitCode.BUG),
        (UsageError, ExitCode.USAGE),
        (EvidenceError, ExitCode.EVIDENCE),
        (PackError, ExitCode.PACK),
        (StoreError, ExitCode.STORE),
    ],
)
def test_each_class_has_its_exit_code(kind: type[SekishoError], code: ExitCode) -> None:
    assert kind("SEK-E1", "it broke", why="w", next_step="n").exit_code is code


def test_an_error_tells_where_what_why_and_what_next() -> None:
    error = PackError("SEK-E303", "a key is unknown", why="lost", next_step="mend", where="f:1:2")
    assert str(error) == "f:1:2: a key is unknown [SEK-E303]\n  why:  lost\n  next: mend"


def test_an_error_without_a_place_begins_with_what_happened() -> None:
    assert str(UsageError("SEK-E001", "no", why="w", next_step="n")).startswith("no [SEK-E001]")


def test_found_and_failed_are_never_the_same_number() -> None:
    found = {ExitCode.PERMITTED, ExitCode.CONDITIONAL, ExitCode.PROHIBITED, ExitCode.UNDETERMINED}
    classes = (UsageError, EvidenceError, PackError, StoreError, SekishoError)
    assert not found & {kind.exit_code for kind in classes}
    assert len({kind.exit_code for kind in classes}) == len(classes)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("par.complete", "did you mean 'part.complete'?"),
        ("qqqqqq", "see the list"),
        ("", "see the list"),
    ],
)
def test_the_known_word_spelt_most_alike_is_offered(word: str, said: str) -> None:
    assert did_you_mean(word, ("body", "part.complete", "apart"), "see the list") == said
    assert did_you_mean(word, (), "see the list") == "see the list"
