from __future__ import annotations

import re
from pathlib import Path

import yaml

from sekisho.analyzers import capture
from sekisho.data.files import pack_text

CATALOGUE = yaml.safe_load(pack_text("messages/capture.yaml"))


def test_every_code_told_has_words_in_both_languages_and_no_word_is_idle() -> None:
    folder = Path(capture.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py")))
    assert set(re.findall(r"SEK-P3\d\d", source)) == set(CATALOGUE["messages"])


def test_both_languages_fill_the_same_blanks() -> None:
    for code, message in CATALOGUE["messages"].items():
        for words in message.values():
            assert set(words) == {"en", "ja"}, code
            blanks = [sorted(re.findall(r"\{(\w+)\}", words[lang])) for lang in ("en", "ja")]
            assert blanks[0] == blanks[1], code
