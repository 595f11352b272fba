"""The facts of one case, laid out for evaluation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sekisho.law.vocabulary import parse_member_key
from sekisho.model.case import Case
from sekisho.model.fact import Fact
from sekisho.model.truth import Truth
from sekisho.model.units import FactKey


class FactBase:
    """Known values by fact key, the members of each collection, and the law date.

    A fact can be hidden, which makes it unknown; members of a collection stay members even when
    all that is known of them is hidden, so that hiding only ever takes knowledge away.
    """

    def __init__(self, facts: Iterable[Fact], case: Case, on: date) -> None:
        """Lay out facts and the parts of the case that are known."""
        self.on = on
        self.facts: dict[FactKey, Fact] = {fact.key: fact for fact in facts}
        for key, value in _given(case, on):
            self.facts[key] = Fact(key=key, value=value)
        self.hidden: frozenset[FactKey] = frozenset()
        rosters: dict[str, list[str]] = {}
        for key in self.facts:
            if parsed := parse_member_key(key):
                members = rosters.setdefault(parsed[0], [])
                if parsed[1] not in members:
                    members.append(parsed[1])
        self.members = {name: tuple(members) for name, members in rosters.items()}

    def hide(self, keys: frozenset[FactKey]) -> FactBase:
        """The same case with (exactly) these facts unknown."""
        other = object.__new__(FactBase)
        other.on = self.on
        other.facts = self.facts
        other.members = self.members
        other.hidden = keys
        return other

    def value(self, key: str) -> str | None:
        """The value of a fact; `None` when it is not known."""
        fact = self.facts.get(FactKey(key))
        return None if fact is None or fact.key in self.hidden else fact.value

    def complete(self, collection: str) -> Truth:
        """Whether the known members of a collection are all there are."""
        value = self.value(f"{collection}.complete")
        return Truth.UNKNOWN if value is None else Truth(value)

    def known(self) -> tuple[FactKey, ...]:
        """The keys of all facts that have a value, hidden ones left out."""
        return tuple(
            key
            for key, fact in self.facts.items()
            if fact.value is not None and key not in self.hidden
        )


def member_key(collection: str, member: str, attribute: str) -> FactKey:
    """The key of an attribute of a member."""
    return FactKey(f"{collection}[{member}].{attribute}")


def _given(case: Case, on: date) -> list[tuple[FactKey, str]]:
    given = {
        "act": case.act,
        "task": case.task,
        "body": case.body,
        "acquired": case.acquired.isoformat() if case.acquired else None,
        "on": on.isoformat(),
    }
    return [(FactKey(key), value) for key, value in given.items() if value is not None]
