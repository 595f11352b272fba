from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import sekisho.leakage
import sekisho.origin
from sekisho.data.files import pack_text

ROOMS = {
    "leakage": Path(sekisho.leakage.__file__).parent,
    "origin": Path(sekisho.origin.__file__).parent,
}


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_every_message_has_words_in_both_languages_with_the_same_blanks(room: str) -> None:
    pack = yaml.safe_load(pack_text(f"messages/{room}.yaml"))
    code = "".join(path.read_text(encoding="utf-8") for path in ROOMS[room].glob("*.py"))
    used = set(re.findall(r"SEK-P\d{3}", code))
    assert used == set(pack["messages"])
    for entry in pack["messages"].values():
        for words in entry.values():
            blanks = [sorted(re.findall(r"\{\w+\}", words[language])) for language in ("en", "ja")]
            assert blanks[0] == blanks[1]
    for words in pack["labels"].values():
        assert set(words) == {"en", "ja"}
