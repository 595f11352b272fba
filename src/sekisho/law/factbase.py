"""The facts of one case, laid out for evaluation."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from copy import copy
from datetime import date

import msgspec

from sekisho.law.vocabulary import parse_member_key
from sekisho.model.case import Case
from sekisho.model.fact import Fact
from sekisho.model.truth import Truth
from sekisho.model.units import FactKey


class Member(msgspec.Struct, frozen=True):
    """A known member of a collection, of which a quantifier speaks."""

    collection: str
    name: str

    def key(self, attribute: str) -> FactKey:
        """The key of the fact on one of its attributes."""
        return FactKey(f"{self.collection}[{self.name}].{attribute}")


class FactBase:
    """Known values by fact key, the members of each collection, and the law date.

    Facts can be forgotten, which makes them unknown; members of a collection stay members even
    when all that is known of them is forgotten, so that this only ever takes knowledge away.
    """

    def __init__(self, facts: Iterable[Fact], case: Case, on: date) -> None:
        """Lay out facts and the parts of the case that are known."""
        self.on = on
        self.facts: dict[FactKey, Fact] = {fact.key: fact for fact in facts}
        for key, value in _given(case, on):
            self.facts[key] = Fact(key=key, value=value)
        self.values: dict[str, str] = {
            key: fact.value for key, fact in self.facts.items() if fact.value is not None
        }
        self.members = _members_of(self.facts)

    def only(self, keys: Collection[FactKey]) -> FactBase:
        """The same case with no facts known but these."""
        other = copy(self)
        other.values = {key: self.values[key] for key in keys if key in self.values}
        return other

    def value(self, key: str) -> str | None:
        """The value of a fact; `None` when it is not known."""
        return self.values.get(key)

    def complete(self, collection: str) -> Truth:
        """Whether the known members of a collection are all there are."""
        value = self.value(f"{collection}.complete")
        return Truth.UNKNOWN if value is None else Truth(value)


def _members_of(keys: Iterable[FactKey]) -> dict[str, tuple[Member, ...]]:
    """The members that facts speak of, by collection; sorted, as facts come in any order."""
    rosters: dict[str, dict[Member, None]] = {}
    for key in sorted(keys):
        if parsed := parse_member_key(key):
            rosters.setdefault(parsed[0], {})[Member(parsed[0], parsed[1])] = None
    return {collection: tuple(members) for collection, members in rosters.items()}


def _given(case: Case, on: date) -> list[tuple[FactKey, str]]:
    given = {
        "act": case.act,
        "task": case.task,
        "body": case.body,
        "acquired": case.acquired.isoformat() if case.acquired else None,
        "on": on.isoformat(),
    }
    return [(FactKey(key), value) for key, value in given.items() if value is not None]
