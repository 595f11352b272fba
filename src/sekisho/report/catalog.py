"""The message catalogue: codes and names to words, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TypeVar

import msgspec

from sekisho.data.files import VOCABULARY, facts_sections, pack_names, pack_text
from sekisho.errors import PackError
from sekisho.model.problem import Message, Problem
from sekisho.model.words import Language, Words
from sekisho.strict_yaml import decode

T = TypeVar("T")

LIST_MARKS = {Language.EN: ", ", Language.JA: "、"}
_BLANK = re.compile(r"\{(\w+)\}")


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of a code: what happened, and what to do next where there is something to do."""

    what: Words
    next: Words | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    messages: dict[str, Entry] = {}
    labels: dict[str, Words] = {}


class _Attribute(msgspec.Struct, frozen=True):
    key: str
    question: Words
    values: dict[str, Words] = {}


class _Collection(msgspec.Struct, frozen=True):
    name: str
    attributes: tuple[_Attribute, ...]


class _Vocabulary(msgspec.Struct, frozen=True):
    """Of the vocabulary of the law, the words for values."""

    facts: tuple[_Attribute, ...]
    collections: tuple[_Collection, ...]


class _Facts(msgspec.Struct, frozen=True):
    """The facts of one regime."""

    facts: tuple[_Attribute, ...]


class Catalog(msgspec.Struct, frozen=True):
    """All messages by code, and all labels by name."""

    messages: dict[str, Entry]
    labels: dict[str, Words]

    def say(self, message: Message | Problem, language: Language) -> str:
        """What happened, with the blanks filled; a code without words is shown as it is."""
        entry = self.messages.get(message.code)
        if entry is None:
            details = ", ".join(f"{key}={value}" for key, value in sorted(message.details.items()))
            return f"{message.code}: {details}" if details else message.code
        return self.fill(entry.what.in_language(language), message.details, language)

    def next_step(self, message: Message | Problem, language: Language) -> str:
        """What to do next; empty where there is nothing."""
        entry = self.messages.get(message.code)
        if entry is None or entry.next is None:
            return ""
        return self.fill(entry.next.in_language(language), message.details, language)

    def label(self, name: str, language: Language) -> str:
        """The words for a name; the name itself, readable, where there are none."""
        words = self.labels.get(name)
        return words.in_language(language) if words else name.replace("_", " ")

    def fill(self, text: str, details: Mapping[str, str], language: Language) -> str:
        """Put details into the blanks of a text.

        Only whole words in braces are replaced, once: details are hostile, and a format string
        would let them reach into objects. Details that are known names are put into words.
        """

        def put(found: re.Match[str]) -> str:
            value = details.get(found[1])
            if value is None:
                return found[0]
            words = value.split(", ")
            if all(word in self.labels for word in words):
                return LIST_MARKS[language].join(self.label(word, language) for word in words)
            return value

        return _BLANK.sub(put, text)


@cache
def load_catalog() -> Catalog:
    """The catalogue of all rooms.

    Raises:
        PackError: when a file is broken, or two files say the same code or label differently.
    """
    messages: dict[str, Entry] = {}
    labels: dict[str, Words] = {}
    for name in pack_names("messages"):
        file = decode(pack_text(name), _File, file=name, error=PackError, code="SEK-E360")
        _join(messages, file.messages, name)
        _join(labels, file.labels, name)
    facts = {**_shared_facts(), **_facts_of_regimes()}
    values = {
        f"{key}={value}": words
        for key, entry in facts.items()
        for value, words in entry.values.items()
    }
    _join(labels, values, VOCABULARY)
    # a fact without a short name is called by the question that asks for it
    questions = {key: entry.question for key, entry in facts.items()}
    return Catalog(messages, questions | labels)


def _shared_facts() -> dict[str, _Attribute]:
    vocabulary = decode(
        pack_text(VOCABULARY), _Vocabulary, file=VOCABULARY, error=PackError, code="SEK-E360"
    )
    of_members = {
        f"{collection.name}.{entry.key}": entry
        for collection in vocabulary.collections
        for entry in collection.attributes
    }
    return {entry.key: entry for entry in vocabulary.facts} | of_members


def _facts_of_regimes() -> dict[str, _Attribute]:
    """The facts that regimes define for themselves; the rest of their files is not read."""
    found: dict[str, _Attribute] = {}
    for name, section in facts_sections():
        file = decode(section, _Facts, file=name, error=PackError, code="SEK-E360")
        found.update((entry.key, entry) for entry in file.facts)
    return found


def _join(known: dict[str, T], more: Mapping[str, T], file: str) -> None:
    for key, value in more.items():
        if known.setdefault(key, value) != value:
            raise PackError(
                "SEK-E361",
                f"'{key}' has two meanings in the message catalogue",
                why="a reader would see whichever was read first",
                next_step="rename one of them, or make them equal",
                where=file,
            )
