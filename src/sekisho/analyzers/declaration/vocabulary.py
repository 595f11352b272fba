"""The keys and types of the facts that can be claimed, and nothing more of the law.

Analyzers do not know the law; they share its words. `data/regimes/vocabulary.yaml` is read for the
spelling of facts and the kind of value each has.
"""

from __future__ import annotations

import difflib
import re
from datetime import date
from functools import cache
from typing import Literal

import msgspec

from sekisho.data.files import VOCABULARY, facts_sections, pack_text
from sekisho.errors import PackError
from sekisho.intake.countries import identify_country
from sekisho.strict_yaml import decode

_MEMBER = re.compile(r"(?P<name>[^\[\]]+)\[(?P<member>[^\[\]]+)\]\.(?P<attribute>[^\[\]]+)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)
_NEAR = 0.6

FactType = Literal["truth", "word", "country", "date", "number", "text"]


class KnownFact(msgspec.Struct, frozen=True):
    """A fact's type, and its words where it has some; `given` ones come from the case."""

    type: FactType
    values: tuple[str, ...] = ()
    is_given: bool = False


class _Entry(msgspec.Struct, frozen=True):
    key: str
    type: FactType
    values: dict[str, object] = {}
    given: str | None = None

    def known(self) -> KnownFact:
        return KnownFact(self.type, tuple(self.values), self.given is not None)


class _Collection(msgspec.Struct, frozen=True):
    name: str
    attributes: tuple[_Entry, ...]


class _Pack(msgspec.Struct, frozen=True):
    facts: tuple[_Entry, ...]
    collections: tuple[_Collection, ...] = ()


class ClaimableFacts:
    """The facts by key; those of a collection's members by `collection[].attribute`."""

    def __init__(self, facts: dict[str, KnownFact]) -> None:
        """Keep the facts."""
        self._facts = facts

    def find(self, key: str) -> KnownFact | None:
        """The fact of a key such as `data.leaks`, `component.complete`, `component[x].made_in`."""
        found = _MEMBER.fullmatch(key)
        return self._facts.get(f"{found['name']}[].{found['attribute']}" if found else key)

    def nearest(self, key: str) -> str | None:
        """The known key that is spelt most alike; a member's name is kept."""
        found = _MEMBER.fullmatch(key)
        sought = f"{found['name']}[].{found['attribute']}" if found else key
        near = difflib.get_close_matches(sought[:200], sorted(self._facts), n=1, cutoff=_NEAR)
        member = found["member"] if found else "…"
        return near[0].replace("[]", f"[{member}]") if near else None


@cache
def load_claimable_facts() -> ClaimableFacts:
    """The facts of the vocabulary, and those that regimes define for themselves.

    Raises:
        PackError: when the vocabulary is broken.
    """
    pack = decode(pack_text(VOCABULARY), _Pack, file=VOCABULARY, error=PackError, code="SEK-E360")
    facts = {entry.key: entry.known() for entry in pack.facts}
    for collection in pack.collections:
        facts[f"{collection.name}.complete"] = KnownFact("truth")
        for entry in collection.attributes:
            facts[f"{collection.name}[].{entry.key}"] = entry.known()
    for name, section in facts_sections():
        own = decode(section, _Pack, file=name, error=PackError, code="SEK-E360")
        facts.update((entry.key, entry.known()) for entry in own.facts)
    return ClaimableFacts(facts)


def canonical_value(text: str, fact: KnownFact) -> str | None:
    """The value in the canonical spelling of the fact's type; `None` when it does not fit.

    Truths are `true` and `false`, words are the vocabulary's own, countries become ISO 3166-1
    alpha-2, dates are `YYYY-MM-DD`.
    """
    value = text.strip()
    if fact.type == "truth":
        return value.lower() if value.lower() in ("true", "false") else None
    if fact.type == "word":
        return value if value in fact.values else None
    if fact.type == "country":
        return identify_country(value)
    if fact.type == "date":
        return value if _is_date(value) else None
    if fact.type == "number":
        return value if _NUMBER.fullmatch(value) else None
    return value or None


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text)) and date.fromisoformat(text) is not None
    except ValueError:
        return False
