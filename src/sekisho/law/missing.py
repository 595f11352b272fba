"""What is not known and would settle the answer: least sets of facts, both ways.

A way to make a rule true (or false) is a set of demands on facts that are not known. Ways of a
conjunction are unions of one way for each part, ways of a disjunction are the ways of its parts;
negation exchanges the two. What is known asks for nothing, or cannot be had. Ways that ask a fact for two things at once are dropped. The number
of ways carried along is capped, smallest first, so the list may be shorter than all there is.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, product
from typing import TypeAlias

import msgspec

from sekisho.law.evaluate import evaluate_rule, holds, key_of, open_members
from sekisho.law.factbase import FactBase, Member
from sekisho.law.inforce import RegimeInForce
from sekisho.law.syntax import All, And, Any, Not, Or, Relation, Rule, Test
from sekisho.law.vocabulary import FactType, Vocabulary
from sekisho.model.determination import Missing, Need
from sekisho.model.truth import Truth
from sekisho.model.units import FactKey

MOST_WAYS = 24
MOST_SHOWN = 6


class Demand(msgspec.Struct, frozen=True, order=True):
    """That a fact, not known so far, stand in a relation to some values."""

    fact: FactKey
    relation: Relation
    operands: tuple[str, ...]


Way: TypeAlias = frozenset[Demand]
_NOTHING: Way = frozenset()


def determine_missing(law: RegimeInForce, facts: FactBase, vocabulary: Vocabulary) -> Missing:
    """The least sets of facts that would permit, and that would prohibit."""
    prohibiting = And((law.binds, law.breached))
    permitting = Not(law.breached)
    if evaluate_rule(law.breached, facts) is Truth.FALSE:
        permitting = Not(law.kept)
    search = _Search(facts, vocabulary)
    return Missing(
        to_permit=search.shown(permitting),
        to_prohibit=search.shown(prohibiting),
    )


class _Search:
    """The ways to settle rules on one set of facts."""

    def __init__(self, facts: FactBase, vocabulary: Vocabulary) -> None:
        self.facts = facts
        self.vocabulary = vocabulary

    def shown(self, rule: Rule) -> tuple[tuple[Need, ...], ...]:
        ways = [way for way in self.ways(rule, Truth.TRUE, None) if way]
        return tuple(
            tuple(self.need(demand) for demand in sorted(way)) for way in ways[:MOST_SHOWN]
        )

    def need(self, demand: Demand) -> Need:
        entry = self.vocabulary.find(demand.fact)
        assert entry is not None  # the grammar admits no other facts
        return Need(
            fact=demand.fact,
            relation=demand.relation.value,
            operands=demand.operands,
            question=entry.question,
            shown_by=entry.shown_by,
        )

    def ways(self, rule: Rule, wanted: Truth, member: Member | None) -> list[Way]:
        """The least ways to give the rule a value; that of doing nothing, when it has it."""
        match rule:
            case Test():
                return self.ways_of_test(rule, wanted, member)
            case Not(part):
                return self.ways(part, ~wanted, member)
            case And(parts) | Or(parts):
                each = (self.ways(part, wanted, member) for part in parts)
                together = isinstance(rule, And) is (wanted is Truth.TRUE)
                return self.joined(each) if together else _least(_flatten(each))
            case Any(collection, body) | All(collection, body):
                universal = isinstance(rule, All) is (wanted is Truth.TRUE)
                return self.ways_of_members(collection, body, wanted, universal=universal)

    def ways_of_test(self, test: Test, wanted: Truth, member: Member | None) -> list[Way]:
        if test.parameter is not None:
            return []  # the regime itself has a gap on this day: no fact would close it
        relation = test.relation if wanted is Truth.TRUE else test.relation.opposite
        key = key_of(test, member)
        value = self.facts.value(key)
        if value is not None:
            return [_NOTHING] if holds(value, relation, test.operands) else []
        way = frozenset({_positive(Demand(key, relation, test.operands))})
        return [way] if self.satisfiable(way) else []

    def ways_of_members(
        self, collection: str, body: Rule, wanted: Truth, *, universal: bool
    ) -> list[Way]:
        members = open_members(collection, self.facts)
        each = (self.ways(body, wanted, member) for member in members)
        if not universal:
            return _least(_flatten(each))
        complete = Test(f"{collection}.complete", Relation.IS, ("true",))
        return self.joined(chain([self.ways(complete, Truth.TRUE, None)], each))

    def joined(self, each: Iterable[list[Way]]) -> list[Way]:
        """One way for each part, taken together; kept small after every part."""
        found = [_NOTHING]
        for ways in each:
            if not ways:
                return []
            if ways != [_NOTHING]:
                unions = (one | other for one, other in product(found, ways))
                found = _least(way for way in unions if self.satisfiable(way))
        return found

    def satisfiable(self, way: Way) -> bool:
        """Whether each fact has a value that meets all demands on it."""
        demands: dict[FactKey, list[Demand]] = {}
        for demand in way:
            demands.setdefault(demand.fact, []).append(demand)
        return all(witness(fact, on, self.vocabulary) is not None for fact, on in demands.items())


def witness(fact: FactKey, demands: list[Demand], vocabulary: Vocabulary) -> str | None:
    """Some value of the fact that meets all demands on it; `None` when there is none."""
    entry = vocabulary.find(fact)
    if entry is None:
        return None
    named = [operand for demand in demands for operand in demand.operands]
    candidates = {
        FactType.TRUTH: ["true", "false"],
        FactType.WORD: list(entry.values),
        FactType.COUNTRY: [*named, "XX"],
        FactType.DATE: [*named, "0001-01-01", "9999-12-31"],
        FactType.TEXT: [*named, ""],
    }[entry.type]
    for value in candidates:
        if all(holds(value, demand.relation, demand.operands) for demand in demands):
            return value
    return None


def _positive(demand: Demand) -> Demand:
    """For a yes-or-no fact, "is no" rather than "is not yes"."""
    if demand.relation is not Relation.IS_NOT or demand.operands not in (("true",), ("false",)):
        return demand
    other = "false" if demand.operands == ("true",) else "true"
    return Demand(demand.fact, Relation.IS, (other,))


def _flatten(each: Iterable[list[Way]]) -> Iterable[Way]:
    return (way for ways in each for way in ways)


def _least(ways: Iterable[Way]) -> list[Way]:
    """The ways that contain no other, smallest first, at most `MOST_WAYS`."""
    kept: list[Way] = []
    for way in sorted(set(ways), key=lambda way: (len(way), sorted(way))):
        if not any(smaller <= way for smaller in kept):
            kept.append(way)
        if len(kept) == MOST_WAYS:
            break
    return kept
