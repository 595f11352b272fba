"""What a rule means: its strong Kleene value on the facts of a case, read off the syntax tree.

This is the definition. Answers to many cases go through `atoms`, batches through `columns`; tests
hold them to it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial

from sekisho.law.factbase import FactBase, Member
from sekisho.law.syntax import LAW_DATE, All, And, Any, Not, Or, Relation, Rule, Test, is_number
from sekisho.model.openset import OpenSet
from sekisho.model.truth import Truth, all_of, any_of


def evaluate_rule(rule: Rule, facts: FactBase, member: Member | None = None) -> Truth:
    """The value of a rule; after "where", for one member of the collection."""
    match rule:
        case Test():
            return _evaluate_test(rule, facts, member)
        case Not(part):
            return ~evaluate_rule(part, facts, member)
        case And(parts):
            return all_of(evaluate_rule(part, facts, member) for part in parts)
        case Or(parts):
            return any_of(evaluate_rule(part, facts, member) for part in parts)
        case Any(collection, body):
            return _open_members(collection, facts).any(partial(evaluate_rule, body, facts))
        case All(collection, body):
            return _open_members(collection, facts).all(partial(evaluate_rule, body, facts))


def holds(value: str, relation: Relation, operands: tuple[str, ...]) -> bool:
    """Whether a known value stands in the relation. ISO dates order as their text does."""
    if not relation.is_ordering:
        return (value in operands) is (relation in (Relation.IS, Relation.IN))
    limit, compare = operands[0], _COMPARISONS[relation]
    if is_number(limit):
        return compare(float(value), float(limit))
    return compare(value, limit)


_COMPARISONS: dict[Relation, Callable[[str | float, str | float], bool]] = {
    Relation.BEFORE: operator.lt,
    Relation.UNTIL: operator.le,
    Relation.AFTER: operator.gt,
    Relation.FROM: operator.ge,
}


def _evaluate_test(test: Test, facts: FactBase, member: Member | None) -> Truth:
    """Unknown when the fact is, or when its parameter has no value on the law date."""
    value = facts.value(member.key(test.fact) if member and test.of_member else test.fact)
    if value is None or test.parameter is not None:
        return Truth.UNKNOWN
    operands = (facts.on.isoformat(),) if test.operands == (LAW_DATE,) else test.operands
    return Truth.of(holds(value, test.relation, operands))


def _open_members(collection: str, facts: FactBase) -> OpenSet[Member]:
    """The members of a collection that are known, and whether they are all."""
    members = (Member(collection, name) for name in facts.rows.get(collection, {}))
    return OpenSet(tuple(members), facts.complete(collection))
