"""The strong Kleene value of a rule on the facts of a case.

A rule is turned into a function once and then asked as often as needed: the proof of an answer
asks the same rules for many states of knowledge.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from sekisho.law.factbase import FactBase, Member
from sekisho.law.syntax import All, And, Any, Not, Or, Relation, Rule, Test
from sekisho.model.openset import OpenSet
from sekisho.model.truth import Truth
from sekisho.model.units import FactKey

_TRUE, _FALSE, _UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN

Evaluate: TypeAlias = Callable[[FactBase, Member | None], Truth]
"""The value of a rule on facts; inside a quantifier, for one member of its collection."""


def evaluate_rule(rule: Rule, facts: FactBase, member: Member | None = None) -> Truth:
    """The value of a rule; inside a quantifier, for one member of its collection."""
    return compile_rule(rule)(facts, member)


def compile_rule(rule: Rule) -> Evaluate:
    """The function that gives a rule's value."""
    match rule:
        case Test():
            return _compile_test(rule)
        case Not(part):
            evaluate = compile_rule(part)
            return lambda facts, member: ~evaluate(facts, member)
        case And(parts):
            return _every([compile_rule(part) for part in parts])
        case Or(parts):
            return _some([compile_rule(part) for part in parts])
        case Any(collection, body):
            of_one = compile_rule(body)
            return lambda facts, _: open_members(collection, facts).any(partial(of_one, facts))
        case All(collection, body):
            of_each = compile_rule(body)
            return lambda facts, _: open_members(collection, facts).all(partial(of_each, facts))


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


# The loops below are `all_of` and `any_of` written out: they are where the time goes, and a
# generator for every part would double it.


def _every(parts: list[Evaluate]) -> Evaluate:
    def evaluate(facts: FactBase, member: Member | None) -> Truth:
        found = _TRUE
        for part in parts:
            value = part(facts, member)
            if value is _FALSE:
                return value
            if value is _UNKNOWN:
                found = value
        return found

    return evaluate


def _some(parts: list[Evaluate]) -> Evaluate:
    def evaluate(facts: FactBase, member: Member | None) -> Truth:
        found = _FALSE
        for part in parts:
            value = part(facts, member)
            if value is _TRUE:
                return value
            if value is _UNKNOWN:
                found = value
        return found

    return evaluate


def _compile_test(test: Test) -> Evaluate:
    """Unknown when the fact is, or when its parameter has no value on the law date."""
    if test.parameter is not None:
        return lambda *_: _UNKNOWN
    compare, operands, key = _HOLDS[test.relation], test.operands, test.fact

    def of_fact(facts: FactBase, member: Member | None) -> Truth:
        value = facts.values.get(key if member is None else member.key(key))
        if value is None:
            return _UNKNOWN
        return _TRUE if compare(value, operands) else _FALSE

    if test.of_member:
        return of_fact
    return lambda facts, _: of_fact(facts, None)
