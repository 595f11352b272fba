"""The shared words of the law: facts with type, question, evidence, and whose word settles them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

import msgspec

from sekisho.errors import PackError, did_you_mean
from sekisho.law.refusal import Refusal
from sekisho.model.observation import Voice
from sekisho.model.words import Words
from sekisho.strict_yaml import decode_placed

UNNAMED_COST = 100
"""Of a fact for which the vocabulary names no kind of evidence."""

RESERVED = frozenset({"and", "or", "not", "any", "all", "where", "in"})
"""The words of the language of rules, which can name nothing."""

_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_KEY = re.compile(rf"{_NAME.pattern}(\.{_NAME.pattern})*", re.ASCII)
_MEMBER_KEY = re.compile(r"(?P<collection>\w+)\[(?P<member>[^\]]+)\]\.(?P<attribute>[\w.]+)")
_COUNTRY = re.compile(r"[A-Z]{2}")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)


class FactType(StrEnum):
    """What values a fact can have, and how they are written."""

    TRUTH = "truth"
    WORD = "word"
    COUNTRY = "country"
    DATE = "date"
    NUMBER = "number"
    TEXT = "text"

    @property
    def is_ordered(self) -> bool:
        """Whether values can be compared by `<` and the like."""
        return self in (FactType.DATE, FactType.NUMBER)


class EvidenceCost(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A kind of evidence, and what one of it costs to have, in days of work."""

    cost: int
    words: Words


class ChangeEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What would make a fact otherwise, and at what cost relative to other changes."""

    cost: int
    words: Words


class _Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    question: Words
    shown_by: tuple[str, ...] = ()
    settled_by: tuple[Voice, ...] = ()


class FactEntry(_Asked, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One fact of the vocabulary; for an attribute, of any member of its collection.

    `given` is `case` for facts that come with the question itself. `decided_by` names who
    assesses a fact that is a matter of discretion. `change` is there when the fact is the body's
    to change.
    """

    key: str
    type: FactType
    values: dict[str, Words] = {}
    given: str | None = None
    decided_by: Words | None = None
    change: ChangeEntry | None = None

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
                return is_date(value)
            case FactType.NUMBER:
                return _NUMBER.fullmatch(value) is not None
            case FactType.TEXT:
                return True

    def permitted(self) -> str:
        """In words, what a value may be."""
        return {
            FactType.TRUTH: "true or false",
            FactType.WORD: "one of " + ", ".join(self.values),
            FactType.COUNTRY: "a country code of two capital letters (ISO 3166-1)",
            FactType.DATE: "a date as YYYY-MM-DD",
            FactType.NUMBER: "a number such as 150 or 0.5",
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
    evidence: dict[str, EvidenceCost] = {}


class Vocabulary:
    """All words, found by fact key."""

    def __init__(
        self,
        facts: Iterable[FactEntry],
        collections: Iterable[Collection],
        evidence: Mapping[str, EvidenceCost] | None = None,
    ) -> None:
        """Index the words."""
        self.facts = {entry.key: entry for entry in facts}
        self.collections = {collection.name: collection for collection in collections}
        self.evidence = dict(evidence or {})
        self._attributes = {
            (collection.name, entry.key): entry
            for collection in self.collections.values()
            for entry in collection.attributes
        }

    def with_facts(self, facts: Iterable[FactEntry]) -> Vocabulary:
        """The same words, and further facts that one regime alone speaks of."""
        more = [*self.facts.values(), *facts]
        return Vocabulary(more, self.collections.values(), self.evidence)

    def cost_to_show(self, key: str) -> int:
        """What the cheapest evidence for a fact costs, in days of work; dear when none is named."""
        entry = self.find(key)
        return min(map(self.cost_of, entry.shown_by if entry else ()), default=UNNAMED_COST)

    def cost_of(self, kind: str) -> int:
        """What a kind of evidence costs to have, in days of work."""
        known = self.evidence.get(kind)
        return known.cost if known else UNNAMED_COST

    def find(self, key: str) -> FactEntry | None:
        """The entry for a fact key; `None` when the vocabulary has no such fact."""
        if key in self.facts:
            return self.facts[key]
        if member := parse_member_key(key):
            return self._attributes.get((member[0], member[2]))
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
        return None

    @property
    def keys(self) -> list[str]:
        """What a rule may speak of outside members."""
        return [*self.facts, *(f"{name}.complete" for name in self.collections)]


@functools.lru_cache(maxsize=65_536)
def parse_member_key(key: str) -> tuple[str, str, str] | None:
    """Collection, member and attribute of a key like `component[camera-1].made_in`."""
    found = _MEMBER_KEY.fullmatch(key)
    return (found["collection"], found["member"], found["attribute"]) if found else None


def load_vocabulary(text: str, file: str = "vocabulary.yaml") -> Vocabulary:
    """Read the vocabulary pack.

    Raises:
        PackError: when it is not what it should be, a name stands twice, or a word could never
            be used.
    """
    pack, places = decode_placed(text, _VocabularyFile, file=file, error=PackError, code="SEK-E301")
    refusal = Refusal(places, "SEK-E302")
    refusal.check_complete()
    evidence = pack.evidence
    seen: set[str] = set()
    for i, entry in enumerate(pack.facts):
        check_fact(entry, ("facts", i), evidence, refusal)
        _check_new(seen, entry.key, ("facts", i, "key"), refusal)
    for i, collection in enumerate(pack.collections):
        here = ("collections", i)
        _check_collection(collection, here, evidence, refusal)
        _check_new(seen, collection.name, (*here, "name"), refusal)
        _check_new(seen, f"{collection.name}.complete", (*here, "name"), refusal)
    return Vocabulary(pack.facts, pack.collections, pack.evidence)


def check_fact(
    entry: FactEntry,
    path: tuple[str | int, ...],
    evidence: Mapping[str, EvidenceCost],
    refusal: Refusal,
) -> None:
    """Refuse a fact that no rule could speak of, or that could never be shown.

    Args:
        entry: the fact, or an attribute of the members of a collection.
        path: where it stands.
        evidence: the kinds of evidence that have a cost; when there are none, any will do.
        refusal: of the pack that it stands in.

    Raises:
        PackError: naming the place.
    """
    if not _KEY.fullmatch(entry.key):
        refusal.fail(
            f"'{entry.key}' is not the name of a fact",
            why="rules could not speak of it",
            next_step="write lower-case words joined by dots, such as waiver.us_848",
            path=(*path, "key"),
        )
    if entry.key in RESERVED:
        refusal.fail(
            f"no fact can be called '{entry.key}'",
            why="rules use the word themselves, so they could not speak of it",
            next_step="give it another name",
            path=(*path, "key"),
        )
    if entry.type is FactType.WORD and not entry.values:
        refusal.fail(
            f"the fact '{entry.key}' has no values",
            why="a word is one of a list of values",
            next_step="add 'values:'",
            path=path,
        )
    _check_evidence(entry.shown_by, (*path, "shown_by"), evidence, refusal)


def _check_collection(
    collection: Collection,
    path: tuple[str | int, ...],
    evidence: Mapping[str, EvidenceCost],
    refusal: Refusal,
) -> None:
    if not _NAME.fullmatch(collection.name) or collection.name in RESERVED:
        refusal.fail(
            f"'{collection.name}' is not the name of a collection",
            why="rules could not speak of it",
            next_step="write one lower-case word, such as component",
            path=(*path, "name"),
        )
    _check_evidence(
        collection.complete.shown_by, (*path, "complete", "shown_by"), evidence, refusal
    )
    seen: set[str] = set()
    for i, entry in enumerate(collection.attributes):
        here = (*path, "attributes", i)
        check_fact(entry, here, evidence, refusal)
        _check_new(seen, entry.key, (*here, "key"), refusal)


def _check_new(seen: set[str], name: str, path: tuple[str | int, ...], refusal: Refusal) -> None:
    if name in seen:
        refusal.fail(
            f"the vocabulary defines '{name}' twice",
            why="only one of the two could count",
            next_step="remove one, or rename it",
            path=path,
        )
    seen.add(name)


def _check_evidence(
    kinds: Iterable[str],
    path: tuple[str | int, ...],
    evidence: Mapping[str, EvidenceCost],
    refusal: Refusal,
) -> None:
    for i, kind in enumerate(kinds):
        if evidence and kind not in evidence:
            refusal.fail(
                f"'{kind}' is not a kind of evidence",
                why="'evidence' of the vocabulary names them all, with what each costs",
                next_step=did_you_mean(kind, evidence, "add it there"),
                path=(*path, i),
            )


def is_date(value: str) -> bool:
    """Whether a text is a day of the calendar as YYYY-MM-DD; Python alone reads more forms."""
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
