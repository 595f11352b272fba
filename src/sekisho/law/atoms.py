"""The atoms of a regime, and what is known of them: a short vector of truth values.

An atom is a test of a fact, or a whole quantifier (what stands after "where" speaks of members
alone, so a quantifier has one value for an article). All rules of a regime become formulas over
its atoms, and everything an answer depends on is one vector, a byte for each atom: 0 false,
1 unknown, 2 true. Kleene's connectives are then minimum, maximum and `2 - x`.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from operator import itemgetter
from typing import TypeAlias

from sekisho.law.evaluate import holds
from sekisho.law.factbase import FactBase, Row, complete_key
from sekisho.law.kept import Kept
from sekisho.law.syntax import All, And, Any, Not, Or, Rule, Test
from sekisho.model.truth import Truth

FALSE, UNKNOWN, TRUE = 0, 1, 2
TRUTHS = (Truth.FALSE, Truth.UNKNOWN, Truth.TRUE)

Vector: TypeAlias = bytes
Formula: TypeAlias = Callable[[Vector], int]
Literal: TypeAlias = tuple[int, int]
"""An atom, and its value or one asked of it."""

MemberKind: TypeAlias = tuple[str | None, ...]


class Atoms:
    """The atoms met so far, in order, and how each is read from facts."""

    def __init__(self) -> None:
        """Begin without atoms."""
        self.leaves: list[Test | Any | All] = []
        self._nothing_known: Vector = b""
        self._index: dict[Rule, int] = {}
        self.quantified: dict[int, Quantified] = {}
        self._tests: list[tuple[int, str, _Judged]] = []
        self._collections: dict[str, _Members] = {}

    def index(self, leaf: Test | Any | All) -> int:
        """The place of an atom in the vector; a new one gets the next."""
        place = self._index.get(leaf)
        if place is None:
            place = self._index[leaf] = len(self.leaves)
            self.leaves.append(leaf)
            self._nothing_known += bytes([UNKNOWN])
            if isinstance(leaf, Test):
                self._tests.append((place, leaf.fact, _Judged(leaf)))
            else:
                quantified = self.quantified[place] = Quantified(leaf)
                members = self._collections.setdefault(leaf.collection, _Members(leaf.collection))
                members.add(place, quantified)
        return place

    @property
    def tests(self) -> list[Test]:
        """The atoms that are tests: all of them after "where", as no quantifier stands there."""
        return [leaf for leaf in self.leaves if isinstance(leaf, Test)]

    def formula(self, rule: Rule) -> Formula:
        """The function that gives a rule's value for a vector; each value is worked out once."""
        places = tuple(dict.fromkeys(self.places(rule)))
        if not places:
            return self._compiled(rule)
        known, state_of = _Valued(self._compiled(rule), places), itemgetter(*places)
        return lambda vector: known[state_of(vector)]

    def places(self, rule: Rule) -> Iterator[int]:
        """The places of a rule's atoms, as often as it speaks of them."""
        match rule:
            case Test() | Any() | All():
                yield self.index(rule)
            case Not(part):
                yield from self.places(part)
            case And(parts) | Or(parts):
                for part in parts:
                    yield from self.places(part)

    def _compiled(self, rule: Rule) -> Formula:
        match rule:
            case Test() | Any() | All():
                return itemgetter(self.index(rule))
            case Not(part):
                opposite = self._compiled(part)
                return lambda vector: TRUE - opposite(vector)
            case And(parts):
                return every([self._compiled(part) for part in parts])
            case Or(parts):
                return some([self._compiled(part) for part in parts])

    def read(self, facts: FactBase) -> Vector:
        """What the facts of a case say on each atom."""
        vector = bytearray(self.read_tests(facts))
        for members in self._collections.values():
            for place, found in members.values(facts):
                vector[place] = found
        return bytes(vector)

    def read_tests(self, facts: FactBase) -> Vector:
        """What they say on the atoms that are tests; quantifiers are left open."""
        values = facts.values
        vector = bytearray(self._nothing_known)
        for place, key, judged in self._tests:
            value = values.get(key)
            if value is not None:
                vector[place] = judged[value]
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


class _Valued(Kept[int | tuple[int, ...], int]):
    """The values of a rule, by what is known of its own atoms."""

    def __init__(self, formula: Formula, places: tuple[int, ...]) -> None:
        super().__init__()
        self._formula = formula
        self._places = places

    def __missing__(self, state: int | tuple[int, ...]) -> int:
        vector = bytearray(max(self._places) + 1)
        for place, value in zip(
            self._places, state if isinstance(state, tuple) else (state,), strict=True
        ):
            vector[place] = value
        return self.keep(state, self._formula(bytes(vector)))


class _Judged(Kept[str, int]):
    """Whether values pass a test; each value met is compared once."""

    def __init__(self, test: Test) -> None:
        super().__init__()
        self.test = test

    def __missing__(self, value: str) -> int:
        passed = holds(value, self.test.relation, self.test.operands)
        return self.keep(value, TRUE if passed else FALSE)


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
        self._judged: Kept[MemberKind, int] = Kept()

    def of_all(self, found: Container[int], *, whole: bool) -> int:
        """The value, from those of the body for all known members, which may be the whole.

        It is open while a member not seen could decide it.
        """
        decisive = FALSE if self.universal else TRUE
        if decisive in found:
            return decisive
        return TRUE - decisive if whole and UNKNOWN not in found else UNKNOWN

    def of_member(self, row: Row) -> int:
        """The value of the body for one member."""
        kind = self.kind_of(row)
        found = self._judged.get(kind)
        if found is None:
            found = self._judged.keep(kind, self.body(self.vector(kind)))
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


class _Members:
    """All quantifiers over one collection, read together."""

    def __init__(self, collection: str) -> None:
        self._collection = collection
        self._complete = complete_key(collection)
        self._quantified: list[tuple[int, Quantified]] = []
        self._attributes: tuple[str, ...] = ()
        self._judged: Kept[MemberKind, bytes] = Kept()
        self._values: Kept[tuple[bool, frozenset[bytes]], tuple[Literal, ...]] = Kept()

    def add(self, place: int, quantified: Quantified) -> None:
        self._quantified.append((place, quantified))
        self._attributes = tuple(dict.fromkeys((*self._attributes, *quantified.attributes)))

    def values(self, facts: FactBase) -> tuple[Literal, ...]:
        """The place and the value of each quantifier."""
        judged, attributes = self._judged, self._attributes
        seen: set[bytes] = set()
        for row in facts.rows.get(self._collection, {}).values():
            kind = tuple(map(row.get, attributes))
            seen.add(judged.get(kind) or self._judge(kind, row))
        state = facts.values.get(self._complete) == "true", frozenset(seen)
        return self._values.get(state) or self._work_out(*state)

    def _judge(self, kind: MemberKind, row: Row) -> bytes:
        return self._judged.keep(kind, bytes(one.of_member(row) for _, one in self._quantified))

    def _work_out(
        self,
        whole: bool,  # noqa: FBT001 - half of a state
        seen: frozenset[bytes],
    ) -> tuple[Literal, ...]:
        found = (
            (place, one.of_all({judged[i] for judged in seen}, whole=whole))
            for i, (place, one) in enumerate(self._quantified)
        )
        return self._values.keep((whole, seen), tuple(found))
