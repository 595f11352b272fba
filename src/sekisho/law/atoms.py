"""The atoms of a regime, and what is known of them: a short vector of truth values.

An atom is a test of a fact, or a whole quantifier (what stands after "where" speaks of members
alone, so a quantifier has one value for an article). All rules of a regime become formulas over
its atoms, and everything an answer depends on is one vector, a byte for each atom: 0 false,
1 unknown, 2 true. Kleene's connectives are then minimum, maximum and `2 - x`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import TypeAlias

from sekisho.law.evaluate import holds
from sekisho.law.factbase import FactBase, complete_key
from sekisho.law.syntax import All, And, Any, Not, Or, Rule, Test
from sekisho.model.truth import Truth

FALSE, UNKNOWN, TRUE = 0, 1, 2
TRUTHS = (Truth.FALSE, Truth.UNKNOWN, Truth.TRUE)

Vector: TypeAlias = bytes
Formula: TypeAlias = Callable[[Vector], int]
Row: TypeAlias = dict[str, str]
MemberKind: TypeAlias = tuple[str | None, ...]

_MOST_REMEMBERED = 4096


class Atoms:
    """The atoms met so far, in order, and how each is read from facts."""

    def __init__(self) -> None:
        """Begin without atoms."""
        self.leaves: list[Test | Any | All] = []
        self.quantified: dict[Rule, Quantified] = {}
        self._index: dict[Rule, int] = {}
        self._tests: list[tuple[int, str, _Judged]] = []
        self._quantifiers: list[tuple[int, Quantified]] = []

    def index(self, leaf: Test | Any | All) -> int:
        """The place of an atom in the vector; a new one gets the next."""
        place = self._index.get(leaf)
        if place is None:
            place = self._index[leaf] = len(self.leaves)
            self.leaves.append(leaf)
            if isinstance(leaf, Test):
                self._tests.append((place, leaf.fact, _Judged(leaf)))
            else:
                self.quantified[leaf] = Quantified(leaf)
                self._quantifiers.append((place, self.quantified[leaf]))
        return place

    @property
    def tests(self) -> list[Test]:
        """The atoms, where all are tests: no quantifier stands inside another."""
        return [leaf for leaf in self.leaves if isinstance(leaf, Test)]

    def formula(self, rule: Rule) -> Formula:
        """The function that gives a rule's value for a vector."""
        match rule:
            case Test() | Any() | All():
                return itemgetter(self.index(rule))
            case Not(part):
                opposite = self.formula(part)
                return lambda vector: TRUE - opposite(vector)
            case And(parts):
                return every([self.formula(part) for part in parts])
            case Or(parts):
                return some([self.formula(part) for part in parts])

    def read(self, facts: FactBase) -> Vector:
        """What the facts of a case say on each atom."""
        values = facts.values
        vector = bytearray(len(self.leaves))
        for place, key, judged in self._tests:
            value = values.get(key)
            vector[place] = UNKNOWN if value is None else judged[value]
        for place, quantified in self._quantifiers:
            vector[place] = quantified.value(facts)
        return bytes(vector)


def every(formulas: Iterable[Formula]) -> Formula:
    """The conjunction of formulas."""
    parts = tuple(formulas)

    def evaluate(vector: Vector) -> int:
        found = TRUE
        for part in parts:
            value = part(vector)
            if value == FALSE:
                return FALSE
            found = min(found, value)
        return found

    return evaluate


def some(formulas: Iterable[Formula]) -> Formula:
    """The disjunction of formulas."""
    parts = tuple(formulas)

    def evaluate(vector: Vector) -> int:
        found = FALSE
        for part in parts:
            value = part(vector)
            if value == TRUE:
                return TRUE
            found = max(found, value)
        return found

    return evaluate


class _Judged(dict[str, int]):
    """Whether values pass a test; each value met is compared once."""

    def __init__(self, test: Test) -> None:
        super().__init__()
        self.test = test

    def __missing__(self, value: str) -> int:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        found = TRUE if holds(value, self.test.relation, self.test.operands) else FALSE
        self[value] = found
        return found


class Quantified:
    """A quantifier over the members of a collection; each kind of member is judged once."""

    def __init__(self, rule: Any | All) -> None:
        """Compile what stands after "where"."""
        self.rule = rule
        self.collection = rule.collection
        self.universal = isinstance(rule, All)
        atoms = Atoms()
        self.body = atoms.formula(rule.body)
        self.tests = tuple(atoms.tests)
        self.attributes = tuple(dict.fromkeys(test.fact for test in self.tests))
        self._complete = complete_key(rule.collection)
        self._judged: dict[MemberKind, int] = {}

    def value(self, facts: FactBase) -> int:
        """The value of the quantifier: open while a member not seen could decide it."""
        decisive = FALSE if self.universal else TRUE
        found = TRUE - decisive
        judged, attributes = self._judged, self.attributes
        for row in facts.rows.get(self.collection, {}).values():
            value = judged.get(tuple(map(row.get, attributes)))
            if value is None:
                value = self.of_member(row)
            if value == decisive:
                return decisive
            if value == UNKNOWN:
                found = UNKNOWN
        return found if facts.values.get(self._complete) == "true" else UNKNOWN

    def of_member(self, row: Row) -> int:
        """The value of the body for one member."""
        kind = self.kind_of(row)
        found = self._judged.get(kind)
        if found is None:
            if len(self._judged) >= _MOST_REMEMBERED:
                self._judged.clear()
            found = self._judged[kind] = self.body(self.vector(kind))
        return found

    def kind_of(self, row: Row) -> MemberKind:
        """What is known of the attributes that the body speaks of."""
        return tuple(map(row.get, self.attributes))

    def vector(self, kind: MemberKind) -> Vector:
        """What a member's attributes say on the tests of the body."""
        row = dict(zip(self.attributes, kind, strict=True))
        return bytes(
            UNKNOWN
            if (value := row.get(test.fact)) is None
            else TRUE
            if holds(value, test.relation, test.operands)
            else FALSE
            for test in self.tests
        )
