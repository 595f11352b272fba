"""The facts of one case, laid out for evaluation."""

from __future__ import annotations

from collections.abc import Container, Iterable
from copy import copy
from datetime import date

import msgspec

from sekisho.law.vocabulary import parse_member_key
from sekisho.model.case import Case
from sekisho.model.fact import Fact
from sekisho.model.truth import Truth
from sekisho.model.units import FactKey

ARTICLE = "article"
"""In tables of cases, the column that says which article a row is about."""


class Member(msgspec.Struct, frozen=True):
    """A known member of a collection, of which a quantifier speaks."""

    collection: str
    name: str

    def key(self, attribute: str) -> FactKey:
        """The key of the fact on one of its attributes."""
        return FactKey(f"{self.collection}[{self.name}].{attribute}")


class FactBase:
    """Known values by fact key, the members of each collection by name, and the law date.

    A fact without a value is not known, but its member is: members of a collection stay members
    even when all that is known of them is forgotten.
    """

    def __init__(self, facts: Iterable[Fact], case: Case, on: date) -> None:
        """Lay out facts and the parts of the case that are known."""
        self.on = on
        self._facts = tuple(facts)
        self._given = _given(case, on)
        self.values: dict[str, str] = dict(self._given.items())
        self.rows: dict[str, dict[str, dict[str, str]]] = {}
        # written for speed: every case of every regime comes through here
        values, rows = self.values, self.rows
        for fact in self._facts:
            key, value = fact.key, fact.value
            if value is not None:
                values[key] = value
            if "[" in key and (parsed := parse_member_key(key)):
                collection, name, attribute = parsed
                members = rows.get(collection)
                if members is None:
                    members = rows[collection] = {}
                row = members.get(name)
                if row is None:
                    row = members[name] = {}
                if value is not None:
                    row[attribute] = value

    @property
    def facts(self) -> dict[FactKey, Fact]:
        """The facts by key, those that come with the case among them."""
        found = {fact.key: fact for fact in self._facts}
        for key, value in self._given.items():
            found.setdefault(key, Fact(key=key, value=value))
        return found

    def members(self, collection: str) -> list[tuple[str, dict[str, str]]]:
        """The known members of a collection and what is known of each; by name, in any case."""
        return sorted(self.rows.get(collection, {}).items())

    def keeping(self, keys: Container[FactKey]) -> FactBase:
        """The same case with nothing known but these facts; members stay members."""
        other = copy(self)
        other.values = {key: value for key, value in self.values.items() if key in keys}
        other.rows = {name: self.only(name, keys).rows[name] for name in self.rows}
        return other

    def only(self, collection: str, keys: Container[FactKey]) -> FactBase:
        """The same members of a collection, with nothing known of them but these facts."""
        other = copy(self)
        other.values = {key: value for key, value in self.values.items() if key in keys}
        other.rows = {
            collection: {
                name: {
                    attribute: value
                    for attribute, value in row.items()
                    if Member(collection, name).key(attribute) in keys
                }
                for name, row in self.rows.get(collection, {}).items()
            }
        }
        return other

    def value(self, key: str) -> str | None:
        """The value of a fact; `None` when it is not known."""
        return self.values.get(key)

    def complete(self, collection: str) -> Truth:
        """Whether the known members of a collection are all there are."""
        value = self.value(complete_key(collection))
        return Truth.UNKNOWN if value is None else Truth(value)


def complete_key(collection: str) -> FactKey:
    """The key of the fact that a collection has no further members."""
    return FactKey(f"{collection}.complete")


def _given(case: Case, on: date) -> dict[FactKey, str]:
    given = {FactKey("on"): on.isoformat()}
    if case.act is not None:
        given[FactKey("act")] = case.act
    if case.task is not None:
        given[FactKey("task")] = case.task
    if case.body is not None:
        given[FactKey("body")] = case.body
    if case.acquired is not None:
        given[FactKey("acquired")] = case.acquired.isoformat()
    return given
