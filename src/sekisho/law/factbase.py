"""The facts of one case, laid out for evaluation."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from datetime import date
from functools import cached_property, lru_cache
from typing import TypeAlias

import msgspec

from sekisho.law.vocabulary import parse_member_key
from sekisho.model.case import Case
from sekisho.model.fact import Fact
from sekisho.model.truth import Truth
from sekisho.model.units import FactKey

Row: TypeAlias = dict[str, str]
_Members: TypeAlias = tuple[tuple[str, tuple[tuple[str, FactKey], ...]], ...]

_ON, _ACT, _TASK, _BODY, _ACQUIRED = map(FactKey, ("on", "act", "task", "body", "acquired"))

ARTICLE = "article"
"""In tables of cases, the column that says which article a row is about."""


class Member(msgspec.Struct, frozen=True):
    """A known member of a collection, of which a quantifier speaks."""

    collection: str
    name: str

    def key(self, attribute: str) -> FactKey:
        """The key of the fact on one of its attributes."""
        return member_key(self.collection, self.name, attribute)


class FactBase:
    """Known values by fact key, the members of each collection by name, and the law date.

    A fact without a value is not known, but its member is: members of a collection stay members
    even when all that is known of them is forgotten.
    """

    def __init__(self, facts: Iterable[Fact], case: Case, on: date) -> None:
        """Lay out facts, each key once, and the parts of the case that are known."""
        self.on = on
        self._facts = {fact.key: fact for fact in facts}
        self._given = _given(case, on)
        self.values: dict[str, str] = dict(self._given)
        self.values |= {
            key: value for key, fact in self._facts.items() if (value := fact.value) is not None
        }

    @cached_property
    def rows(self) -> dict[str, dict[str, Row]]:
        """By collection and name, what is known of each member by attribute."""
        known = self.values.get
        return {
            collection: {
                name: {
                    attribute: value
                    for attribute, key in attributes
                    if (value := known(key)) is not None
                }
                for name, attributes in members
            }
            for collection, members in _members_in(tuple(self._facts))
        }

    def fact(self, key: FactKey) -> Fact:
        """A fact that is stated, or that comes with the case."""
        return self._facts.get(key) or Fact(key=key, value=self._given[key])

    @property
    def disputed(self) -> list[FactKey]:
        """The facts that are disputed."""
        return [key for key, fact in self._facts.items() if fact.disputed]

    def members(self, collection: str) -> list[tuple[str, Row]]:
        """The known members of a collection and what is known of each; by name, in any case."""
        return sorted(self.rows.get(collection, {}).items())

    def keeping(self, keys: Iterable[FactKey]) -> FactBase:
        """The same case with nothing known but these facts; members stay members."""
        other = copy(self)
        other.values = {key: self.values[key] for key in keys}
        other.__dict__.pop("rows", None)
        return other

    def value(self, key: str) -> str | None:
        """The value of a fact; `None` when it is not known."""
        return self.values.get(key)

    def complete(self, collection: str) -> Truth:
        """Whether the known members of a collection are all there are."""
        value = self.value(complete_key(collection))
        return Truth.UNKNOWN if value is None else Truth(value)


def member_key(collection: str, name: str, attribute: str) -> FactKey:
    """The key of the fact on an attribute of a member."""
    return FactKey(f"{collection}[{name}].{attribute}")


def complete_key(collection: str) -> FactKey:
    """The key of the fact that a collection has no further members."""
    return FactKey(f"{collection}.complete")


@lru_cache(maxsize=256)
def _members_in(keys: tuple[FactKey, ...]) -> tuple[tuple[str, _Members], ...]:
    """The members that keys speak of. Cases about one article share it, so each is kept."""
    found: dict[str, dict[str, list[tuple[str, FactKey]]]] = {}
    for key in keys:
        if "[" in key and (parsed := parse_member_key(key)):
            collection, name, attribute = parsed
            found.setdefault(collection, {}).setdefault(name, []).append((attribute, key))
    return tuple(
        (collection, tuple((name, tuple(keys)) for name, keys in members.items()))
        for collection, members in found.items()
    )


def _given(case: Case, on: date) -> dict[str, str]:
    """The parts of the case that are known, as facts; for speed, written out one by one."""
    given: dict[str, str] = {_ON: on.isoformat()}
    if case.act is not None:
        given[_ACT] = case.act
    if case.task is not None:
        given[_TASK] = case.task
    if case.body is not None:
        given[_BODY] = case.body
    if case.acquired is not None:
        given[_ACQUIRED] = case.acquired.isoformat()
    return given
