"""What a way to settle an answer asks of the facts of a case: what to show, and what to change.

Each quantifier in a way is replaced by ways to give it its value through the members of this case:
those known, and one not seen so far (`?`), which may exist while the collection is not complete.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable
from functools import partial
from itertools import product

import msgspec

from sekisho.law.atoms import TRUE, UNKNOWN, Literal, MemberKind, Quantified, Vector
from sekisho.law.evaluate import holds
from sekisho.law.factbase import FactBase, Row, complete_key, member_key
from sekisho.law.groups import possible_values
from sekisho.law.inforce import RegimeInForce
from sekisho.law.syntax import All, Any, Relation, Test
from sekisho.law.vocabulary import FactEntry, Vocabulary
from sekisho.law.ways import MOST_WAYS, NOTHING, Way, Ways
from sekisho.model.determination import Alteration, Change, Need
from sekisho.model.units import FactKey

MOST_SHOWN = 6
UNSEEN = "?"
"""The name of a member that nobody has seen so far."""

_COST_OF_UNSEEN = 50
"""Added for a member that may not exist: what is known to be there is asked for first."""


class Demand(msgspec.Struct, frozen=True, order=True, cache_hash=True):
    """That a fact stand in a relation to some values."""

    fact: FactKey
    relation: Relation
    operands: tuple[str, ...]


Demands = frozenset[Demand]
_NO_DEMANDS: tuple[Demands, ...] = (frozenset(),)


class FactSearch:
    """The same ways as demands on the facts of one case."""

    def __init__(
        self, law: RegimeInForce, facts: FactBase, vocabulary: Vocabulary, *, changing: bool = False
    ) -> None:
        """Keep what is searched."""
        self.law = law
        self.facts = facts
        self.vocabulary = vocabulary
        self.changing = changing
        self._of_quantifiers: dict[tuple[int, int, bool], Collection[Demands]] = {}
        self._opened: dict[Demand, bool] = {}
        self._costs: dict[FactKey, int] = {}
        self._costs_of_ways: dict[Demands, int] = {}

    def least(self, ways: Iterable[Way]) -> list[Demands]:
        """The least demands that make one of the ways, cheapest first."""
        found = {demands for way in ways for demands in self._demands_of(way)}
        if len(found) <= 1:
            return list(found)
        kept: list[Demands] = []
        for demands in sorted(found, key=len):
            if not any(smaller <= demands for smaller in kept):
                kept.append(demands)
        return sorted(kept, key=lambda one: (self.cost(one), len(one), sorted(one)))

    def cost(self, demands: Demands) -> int:
        """What it costs to show, or to change, what is demanded and not so already."""
        cost = self._costs_of_ways.get(demands)
        if cost is None:
            facts = {one.fact for one in demands if self._is_open(one)}
            cost = self._costs_of_ways[demands] = sum(map(self._cost, facts))
        return cost

    def _is_open(self, demand: Demand) -> bool:
        found = self._opened.get(demand)
        if found is None:
            value = self.facts.value(demand.fact)
            found = value is None or not holds(value, demand.relation, demand.operands)
            self._opened[demand] = found
        return found

    def _cost(self, fact: FactKey) -> int:
        cost = self._costs.get(fact)
        if cost is None:
            entry = self.vocabulary.find(fact)
            known = self.facts.value(fact) is not None
            if known and entry is not None and entry.change is not None:
                cost = entry.change.cost
            else:
                unseen = _COST_OF_UNSEEN if f"[{UNSEEN}]" in fact else 0
                cost = self.vocabulary.cost_to_show(fact) + unseen
            self._costs[fact] = cost
        return cost

    def _demands_of(self, way: Way) -> Collection[Demands]:
        """All demands that a way comes to; several, where members can meet it in several ways."""
        found: Collection[Demands] = _NO_DEMANDS
        for place, wanted in sorted(way, key=self._members_last):
            leaf = self.law.atoms.leaves[place]
            unions = {
                one | other
                for one in found
                for other in (
                    [frozenset({_demand(FactKey(leaf.fact), leaf, wanted)})]
                    if isinstance(leaf, Test)
                    else self._of_quantifier(place, wanted, one)
                )
            }
            found = self._capped({one for one in unions if self._possible(one)})
        return found

    def _members_last(self, literal: Literal) -> tuple[int, int]:
        """Tests first, then what one member may show, then what holds of every member."""
        leaf = self.law.atoms.leaves[literal[0]]
        if isinstance(leaf, Test):
            return 0, literal[0]
        return 1 + _is_of_every(self.law.atoms.quantified[literal[0]], literal[1]), literal[0]

    def _capped(self, ways: set[Demands]) -> Collection[Demands]:
        """The ways, in no order; the cheapest of them, where they are too many."""
        if len(ways) <= MOST_WAYS:
            return ways
        return sorted(ways, key=lambda way: (self.cost(way), sorted(way)))[:MOST_WAYS]

    def _of_quantifier(self, place: int, wanted: int, so_far: Demands) -> Collection[Demands]:
        """Ways through the members; a member not seen so far has to fit what was asked of it."""
        one = self.law.atoms.quantified[place]
        of_every = _is_of_every(one, wanted)
        asked_for = f"{one.collection}[{UNSEEN}]."
        unseen = of_every and any(demand.fact.startswith(asked_for) for demand in so_far)
        key = place, wanted, unseen
        found = self._of_quantifiers.get(key)
        if found is None:
            found = (
                self._of_every(one, wanted, unseen=unseen)
                if of_every
                else self._of_some(one, wanted)
            )
            self._of_quantifiers[key] = found
        return found

    def _of_some(self, one: Quantified, wanted: int) -> list[Demands]:
        rows = self.facts.members(one.collection)
        if self.facts.values.get(complete_key(one.collection)) != "true":
            rows.append((UNSEEN, {}))
        return [way for name, row in rows for way in self._of_member(one, name, row, wanted)]

    def _of_every(self, one: Quantified, wanted: int, *, unseen: bool) -> Collection[Demands]:
        complete = self.facts.values.get(complete_key(one.collection))
        if complete == "false":
            return ()
        whole = Demand(complete_key(one.collection), Relation.IS, ("true",))
        rows = self.facts.members(one.collection)
        if unseen:
            rows.append((UNSEEN, {}))
        found: Collection[Demands] = (frozenset() if complete else frozenset({whole}),)
        for name, row in rows:
            options = self._of_member(one, name, row, wanted)
            if options != _NO_DEMANDS:
                found = self._capped({way | other for way, other in product(found, options)})
        return found

    def _of_member(self, one: Quantified, name: str, row: Row, wanted: int) -> tuple[Demands, ...]:
        kind = one.kind_of(row)
        return _demands_on_member(one, name, kind, wanted, self.vocabulary, changing=self.changing)

    def _possible(self, demands: Demands) -> bool:
        """Whether each fact has a value that meets all demands on it."""
        if len({demand.fact for demand in demands}) == len(demands):
            return True
        on: dict[FactKey, list[Demand]] = {}
        for demand in demands:
            on.setdefault(demand.fact, []).append(demand)
        return all(
            len(asked) == 1 or witness(fact, asked, self.vocabulary) is not None
            for fact, asked in on.items()
        )

    def need_of(self, demand: Demand) -> Need:
        """A demand as a question to a person."""
        return _need(demand, self.vocabulary, self._cost(demand.fact))

    def needs_of(self, ways: Iterable[Way]) -> tuple[tuple[Need, ...], ...]:
        """The least sets of needs, at most `MOST_SHOWN`."""
        least = [demands for demands in self.least(ways) if demands][:MOST_SHOWN]
        return tuple(tuple(self.need_of(one) for one in sorted(demands)) for demands in least)

    def change_of(self, ways: Iterable[Way]) -> Change | None:
        """The cheapest of the ways, as what to alter and what to show besides."""
        least = self.least(ways)
        if not least:
            return None
        asked = sorted(filter(self._is_open, least[0]))
        changed = {one.fact for one in asked if self.facts.value(one.fact) is not None}
        # what a fact is already and must stay belongs to what it has to become
        altered = sorted(one for one in least[0] if one.fact in changed)
        return Change(
            alterations=tuple(map(self._alteration, altered)),
            needs=tuple(self.need_of(one) for one in asked if one.fact not in changed),
            cost=self.cost(least[0]),
        )

    def _alteration(self, demand: Demand) -> Alteration:
        entry = self.vocabulary.find(demand.fact)
        value = self.facts.value(demand.fact)
        assert entry is not None  # the grammar admits no other facts
        assert entry.change is not None  # others are not in a way
        assert value is not None  # the caller took the known ones
        return Alteration(
            fact=demand.fact,
            value=value,
            relation=demand.relation.value,
            operands=demand.operands,
            words=entry.change.words,
            cost=entry.change.cost,
        )


@functools.lru_cache(maxsize=1 << 14)
def _need(demand: Demand, vocabulary: Vocabulary, cost: int) -> Need:
    entry = vocabulary.find(demand.fact)
    assert entry is not None  # the grammar admits no other facts
    return Need(
        fact=demand.fact,
        relation=demand.relation.value,
        operands=demand.operands,
        question=entry.question,
        shown_by=tuple(sorted(entry.shown_by, key=vocabulary.cost_of)),
        decided_by=entry.decided_by,
        cost=cost,
    )


@functools.lru_cache(maxsize=1 << 14)
def _demands_on_member(
    one: Quantified,
    name: str,
    kind: MemberKind,
    wanted: int,
    vocabulary: Vocabulary,
    *,
    changing: bool,
) -> tuple[Demands, ...]:
    """What a member of which so much is known would have to be."""
    return tuple(
        frozenset(
            _demand(member_key(one.collection, name, test.fact), test, sign) for test, sign in way
        )
        for way in _ways_of_member(one, one.vector(kind), wanted, vocabulary, changing=changing)
    )


@functools.lru_cache(maxsize=1 << 12)
def _ways_of_member(
    one: Quantified, vector: Vector, wanted: int, vocabulary: Vocabulary, *, changing: bool
) -> tuple[tuple[tuple[Test, int], ...], ...]:
    """Ways for a member of which so much is known; the same for all members alike."""
    search = _MemberSearch(one, vector, vocabulary, changing=changing)
    return tuple(
        tuple((one.tests[place], sign) for place, sign in way) for way in search.found(wanted)
    )


class _MemberSearch:
    """Ways for one member to give the body of a quantifier a value, as literals on its tests."""

    def __init__(
        self, one: Quantified, vector: Vector, vocabulary: Vocabulary, *, changing: bool
    ) -> None:
        self.one = one
        self.vector = vector
        self.entries = {
            entry.key: entry for entry in vocabulary.collections[one.collection].attributes
        }
        self.changing = changing
        self.ways = Ways(
            partial(_one_each, vector), lambda way: _fits_a_member(one, way, vocabulary)
        )

    def found(self, wanted: int) -> list[Way]:
        return self.ways.of_rule(self.one.rule.body, wanted, self._of_leaf)

    def _of_leaf(self, leaf: Test | Any | All, wanted: int) -> list[Way]:
        assert isinstance(leaf, Test)  # no quantifier stands inside another
        place = self.one.tests.index(leaf)
        value = self.vector[place]
        if value == UNKNOWN or (self.changing and self.entries[leaf.fact].change):
            return self.ways.of_one((place, wanted))
        return [NOTHING] if value == wanted else []


@functools.lru_cache(maxsize=1 << 12)
def _fits_a_member(one: Quantified, way: Way, vocabulary: Vocabulary) -> bool:
    """Whether a member can be as asked."""
    asked: dict[str, list[tuple[Test, int]]] = {}
    for place, sign in way:
        asked.setdefault(one.tests[place].fact, []).append((one.tests[place], sign))
    collection = vocabulary.collections[one.collection]
    return all(_fits(collection.attribute(fact), tests) for fact, tests in asked.items())


def _fits(entry: FactEntry | None, tests: list[tuple[Test, int]]) -> bool:
    assert entry is not None  # the grammar admits no other attributes
    operands = [operand for test, _ in tests for operand in test.operands]
    return any(
        all(holds(value, t.relation, t.operands) is (sign == TRUE) for t, sign in tests)
        for value in possible_values(entry, operands)
    )


def _is_of_every(one: Quantified, wanted: int) -> bool:
    """Whether every member, and not one alone, has to give the quantifier the value."""
    return one.universal is (wanted == TRUE)


def _one_each(vector: Vector, literal: Literal) -> int:
    return int(vector[literal[0]] != literal[1])


@functools.lru_cache(maxsize=1 << 14)
def _demand(fact: FactKey, test: Test, wanted: int) -> Demand:
    """A literal as a demand; for a yes-or-no fact "is no" rather than "is not yes"."""
    relation = test.relation if wanted == TRUE else test.relation.opposite
    if relation is Relation.IS_NOT and test.operands in (("true",), ("false",)):
        return Demand(fact, Relation.IS, ("false" if test.operands == ("true",) else "true",))
    return Demand(fact, relation, test.operands)


def witness(fact: FactKey, demands: Iterable[Demand], vocabulary: Vocabulary) -> str | None:
    """Some value of the fact that meets all demands on it; `None` when there is none."""
    return _witness(fact, tuple(demands), vocabulary)


@functools.lru_cache(maxsize=1 << 12)
def _witness(fact: FactKey, asked: tuple[Demand, ...], vocabulary: Vocabulary) -> str | None:
    entry = vocabulary.find(fact)
    if entry is None:
        return None
    for value in possible_values(entry, (o for demand in asked for o in demand.operands)):
        if all(holds(value, demand.relation, demand.operands) for demand in asked):
            return value
    return None
