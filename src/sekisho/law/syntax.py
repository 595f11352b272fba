"""The syntax tree of a rule: what the words of a clause say, with every name already resolved."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

import msgspec

_NUMERIC = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


class Relation(StrEnum):
    """How a test compares a fact with its operands."""

    IS = "is"
    IS_NOT = "is not"
    IN = "in"
    NOT_IN = "not in"
    BEFORE = "<"
    UNTIL = "<="
    AFTER = ">"
    FROM = ">="

    @property
    def is_ordering(self) -> bool:
        """Whether it compares by size."""
        return self in _ORDERINGS

    @property
    def opposite(self) -> Relation:
        """The relation that holds exactly where this one does not."""
        return _OPPOSITES[self]


_ORDERINGS = frozenset({Relation.BEFORE, Relation.UNTIL, Relation.AFTER, Relation.FROM})
_OPPOSITES = {
    Relation.IS: Relation.IS_NOT,
    Relation.IS_NOT: Relation.IS,
    Relation.IN: Relation.NOT_IN,
    Relation.NOT_IN: Relation.IN,
    Relation.BEFORE: Relation.FROM,
    Relation.FROM: Relation.BEFORE,
    Relation.AFTER: Relation.UNTIL,
    Relation.UNTIL: Relation.AFTER,
}


class Test(msgspec.Struct, frozen=True, cache_hash=True):
    """A fact compared with words, dates, or a dated parameter of the regime.

    `fact` is a scalar fact, or an attribute of the member that the innermost quantifier speaks
    of (`of_member`). Operands are canonical text; `parameter` stands in for them when given.
    """

    __test__ = False  # not a test case, whatever pytest makes of the name

    fact: str
    relation: Relation
    operands: tuple[str, ...] = ()
    parameter: str | None = None
    of_member: bool = False


class Not(msgspec.Struct, frozen=True, cache_hash=True):
    """The part does not hold."""

    part: Rule


class And(msgspec.Struct, frozen=True, cache_hash=True):
    """Every part holds."""

    parts: tuple[Rule, ...]


class Or(msgspec.Struct, frozen=True, cache_hash=True):
    """Some part holds."""

    parts: tuple[Rule, ...]


class Any(msgspec.Struct, frozen=True, cache_hash=True):
    """The body holds of some member of an open collection."""

    collection: str
    body: Rule


class All(msgspec.Struct, frozen=True, cache_hash=True):
    """The body holds of every member of an open collection."""

    collection: str
    body: Rule


Rule: TypeAlias = Test | Not | And | Or | Any | All

ALWAYS = And(())
"""The rule that holds in every case."""

NEVER = Or(())
"""The rule that holds in no case."""

LAW_DATE = "on"
"""The fact that is the law date; as an operand it stands for it."""


def is_number(operand: str) -> bool:
    """Whether an operand is ordered as a number rather than as the text of a date."""
    return _NUMERIC.fullmatch(operand) is not None


def parameters_of(rule: Rule) -> tuple[str, ...]:
    """The dated parameters that a rule speaks of, each once."""
    found: dict[str, None] = {}

    def note(test: Test) -> Test:
        if test.parameter is not None:
            found[test.parameter] = None
        return test

    map_tests(rule, note)
    return tuple(found)


def map_tests(rule: Rule, change: Callable[[Test], Rule]) -> Rule:
    """The rule with every test of it exchanged."""
    match rule:
        case Test():
            return change(rule)
        case Not(part):
            return Not(map_tests(part, change))
        case And(parts):
            return And(tuple(map_tests(part, change) for part in parts))
        case Or(parts):
            return Or(tuple(map_tests(part, change) for part in parts))
        case Any(collection, body):
            return Any(collection, map_tests(body, change))
        case All(collection, body):
            return All(collection, map_tests(body, change))
