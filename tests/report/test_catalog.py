"""The message catalogue: both languages, the same blanks, safe filling."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sekisho.errors import PackError
from sekisho.model.problem import Message
from sekisho.model.words import Language, Words
from sekisho.report import catalog as module
from sekisho.report.catalog import Catalog, Entry, load_catalog

SOURCE = Path(module.__file__).parents[1]
BLANK = re.compile(r"\{(\w+)\}")
KANA_OR_KANJI = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
SMALL = Catalog(
    {
        "SEK-P1": Entry(
            Words("a {what} of {who}", "{who}の{what}"), Words("ask {who}", "{who}に聞く")
        )
    },
    {"flight": Words("flight", "飛行")},
)


def test_every_message_has_the_same_blanks_in_both_languages() -> None:
    for code, entry in load_catalog().messages.items():
        for words in (entry.what, entry.next):
            if words is not None:
                assert set(BLANK.findall(words.en)) == set(BLANK.findall(words.ja)), code


def test_every_message_is_in_japanese_where_it_says_so() -> None:
    for code, entry in load_catalog().messages.items():
        assert KANA_OR_KANJI.search(entry.what.ja), code


def test_every_code_in_the_program_has_words_and_every_word_a_use() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in SOURCE.rglob("*.py"))
    used = set(re.findall(r"SEK-P\d+", text))
    assert used == set(load_catalog().messages)


def test_details_fill_blanks_once_and_reach_nothing() -> None:
    message = Message("SEK-P1", {"what": "{who.__class__} {0}", "who": "{what}"})
    assert SMALL.say(message, Language.EN) == "a {who.__class__} {0} of {what}"


def test_known_names_in_details_are_put_into_words() -> None:
    message = Message("SEK-P1", {"what": "flight", "who": "flight, flight"})
    assert SMALL.say(message, Language.JA) == "飛行、飛行の飛行"
    assert SMALL.next_step(message, Language.JA) == "飛行、飛行に聞く"


def test_what_is_not_known_is_shown_as_it_is() -> None:
    assert SMALL.say(Message("SEK-P9", {"b": "2", "a": "1"}), Language.EN) == "SEK-P9: a=1, b=2"
    assert SMALL.say(Message("SEK-P9"), Language.EN) == "SEK-P9"
    assert SMALL.next_step(Message("SEK-P9"), Language.EN) == ""
    assert SMALL.say(Message("SEK-P1", {"what": "x"}), Language.EN) == "a x of {who}"
    assert SMALL.label("some_name", Language.JA) == "some name"


def test_a_name_with_two_meanings_is_refused() -> None:
    with pytest.raises(PackError, match="two meanings"):
        module._join({"a": 1}, {"a": 2}, "f.yaml")
