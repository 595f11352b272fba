"""The strong Kleene value of a rule on the facts of a case."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sekisho.law.factbase import FactBase, Member
from sekisho.law.syntax import All, And, Any, Not, Or, Relation, Rule, Test
from sekisho.model.openset import OpenSet
from sekisho.model.truth import Truth, all_of, any_of
from sekisho.model.units import FactKey


def evaluate_rule(rule: Rule, facts: FactBase, member: Member | None = None) -> Truth:
    """The value of a rule; inside a quantifier, for one member of its collection."""
    match rule:
        case Test():
            return _evaluate_test(rule, facts, member)
        case And(parts):
            return all_of(evaluate_rule(part, facts, member) for part in parts)
        case Or(parts):
            return any_of(evaluate_rule(part, facts, member) for part in parts)
        case Not(part):
            return ~evaluate_rule(part, facts, member)
        case Any(collection, body):
            return open_members(collection, facts).any(partial(_evaluate_body, body, facts))
        case All(collection, body):
            return open_members(collection, facts).all(partial(_evaluate_body, body, facts))


def open_members(collection: str, facts: FactBase) -> OpenSet[Member]:
    """The members of a collection that are known, and whether they are all."""
    return OpenSet(facts.members.get(collection, ()), facts.complete(collection))


def key_of(test: Test, member: Member | None) -> FactKey:
    """The key of the fact that a test is about."""
    if test.of_member and member is not None:
        return member.key(test.fact)
    return FactKey(test.fact)


def holds(value: str, relation: Relation, operands: tuple[str, ...]) -> bool:
    """Whether a known value stands in the relation. ISO dates order as their text does."""
    return _HOLDS[relation](value, operands)


_HOLDS: dict[Relation, Callable[[str, tuple[str, ...]], bool]] = {
    Relation.IS: lambda value, operands: value in operands,
    Relation.IN: lambda value, operands: value in operands,
    Relation.IS_NOT: lambda value, operands: value not in operands,
    Relation.NOT_IN: lambda value, operands: value not in operands,
    Relation.BEFORE: lambda value, operands: value < operands[0],
    Relation.UNTIL: lambda value, operands: value <= operands[0],
    Relation.AFTER: lambda value, operands: value > operands[0],
    Relation.FROM: lambda value, operands: value >= operands[0],
}


def _evaluate_test(test: Test, facts: FactBase, member: Member | None) -> Truth:
    """Unknown when the fact is, or when its parameter has no value on the law date."""
    value = facts.values.get(key_of(test, member))
    if value is None or test.parameter is not None:
        return Truth.UNKNOWN
    return Truth.TRUE if _HOLDS[test.relation](value, test.operands) else Truth.FALSE


def _evaluate_body(body: Rule, facts: FactBase, member: Member) -> Truth:
    return evaluate_rule(body, facts, member)
