"""The shared words of the law: facts with type, question, evidence, and whose word settles them."""

from __future__ import annotations

import difflib
import re
from datetime import date
from enum import StrEnum

import msgspec

from sekisho.errors import PackError
from sekisho.model.observation import Voice
from sekisho.model.words import Words
from sekisho.strict_yaml import decode

_MEMBER_KEY = re.compile(r"(?P<collection>\w+)\[(?P<member>[^\]]+)\]\.(?P<attribute>[\w.]+)")
_COUNTRY = re.compile(r"[A-Z]{2}")


class FactType(StrEnum):
    """What values a fact can have, and how they are written."""

    TRUTH = "truth"
    WORD = "word"
    COUNTRY = "country"
    DATE = "date"
    TEXT = "text"

    @property
    def is_ordered(self) -> bool:
        """Whether values can be compared by `<` and the like."""
        return self is FactType.DATE


class _Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    question: Words
    shown_by: tuple[str, ...] = ()
    settled_by: tuple[Voice, ...] = ()


class FactEntry(_Asked, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One fact of the vocabulary; for an attribute, of any member of its collection.

    `given` is `case` for facts that come with the question itself.
    """

    key: str
    type: FactType
    values: dict[str, Words] = {}
    given: str | None = None

    def accepts(self, value: str) -> bool:
        """Whether a canonical text is a value of this fact's type."""
        match self.type:
            case FactType.TRUTH:
                return value in ("true", "false")
            case FactType.WORD:
                return value in self.values
            case FactType.COUNTRY:
                return _COUNTRY.fullmatch(value) is not None
            case FactType.DATE:
                return _is_date(value)
            case FactType.TEXT:
                return True

    def permitted(self) -> str:
        """In words, what a value may be."""
        return {
            FactType.TRUTH: "true or false",
            FactType.WORD: "one of " + ", ".join(self.values),
            FactType.COUNTRY: "a country code of two capital letters (ISO 3166-1)",
            FactType.DATE: "a date as YYYY-MM-DD",
            FactType.TEXT: "any text",
        }[self.type]


class Collection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An open collection: members that are known, attributes of each, and whether it is complete."""

    name: str
    words: Words
    complete: _Asked
    attributes: tuple[FactEntry, ...]

    def attribute(self, name: str) -> FactEntry | None:
        """The attribute of that name."""
        return next((entry for entry in self.attributes if entry.key == name), None)


class _VocabularyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    facts: tuple[FactEntry, ...]
    collections: tuple[Collection, ...]


class Vocabulary:
    """All words, found by fact key."""

    def __init__(self, facts: tuple[FactEntry, ...], collections: tuple[Collection, ...]) -> None:
        """Index the words."""
        self.facts = {entry.key: entry for entry in facts}
        self.collections = {collection.name: collection for collection in collections}

    def find(self, key: str) -> FactEntry | None:
        """The entry for a fact key; `None` when the vocabulary has no such fact."""
        if key in self.facts:
            return self.facts[key]
        collection_name, _, rest = key.partition(".")
        collection = self.collections.get(collection_name)
        if collection and rest == "complete":
            return FactEntry(
                key=key,
                type=FactType.TRUTH,
                question=collection.complete.question,
                shown_by=collection.complete.shown_by,
                settled_by=collection.complete.settled_by,
            )
        if member := parse_member_key(key):
            owner = self.collections.get(member[0])
            return owner.attribute(member[2]) if owner else None
        return None

    def nearest(self, key: str) -> str | None:
        """The known fact whose key looks most like this one."""
        known = [*self.facts, *(f"{name}.complete" for name in self.collections)]
        return next(iter(difflib.get_close_matches(key, known, n=1, cutoff=0.5)), None)


def parse_member_key(key: str) -> tuple[str, str, str] | None:
    """Collection, member and attribute of a key like `component[camera-1].made_in`."""
    found = _MEMBER_KEY.fullmatch(key)
    return (found["collection"], found["member"], found["attribute"]) if found else None


def load_vocabulary(text: str, file: str = "vocabulary.yaml") -> Vocabulary:
    """Read the vocabulary pack.

    Raises:
        PackError: when it is not what it should be, or a key stands twice.
    """
    pack = decode(text, _VocabularyFile, file=file, error=PackError, code="SEK-E301")
    keys = [entry.key for entry in pack.facts] + [entry.name for entry in pack.collections]
    for key in keys:
        if keys.count(key) > 1:
            raise PackError(
                "SEK-E302",
                f"the vocabulary defines '{key}' twice",
                why="only one of the two could count",
                next_step="remove one",
                where=file,
            )
    return Vocabulary(pack.facts, pack.collections)


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
