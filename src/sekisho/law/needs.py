"""What a way to settle an answer asks of the facts of a case: what to show, and what to change.

Each quantifier in a way is replaced by ways to give it its value through the members of this case:
those known, and one not seen so far (`?`), which may exist while the collection is not complete.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import product

import msgspec

from sekisho.law.atoms import TRUE, UNKNOWN, Literal, MemberKind, Quantified, Vector
from sekisho.law.evaluate import holds
from sekisho.law.factbase import FactBase, Member, Row, complete_key
from sekisho.law.groups import possible_values
from sekisho.law.inforce import RegimeInForce
from sekisho.law.syntax import All, Any, Relation, Test
from sekisho.law.vocabulary import Vocabulary
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
        self._cost_of_fact: dict[FactKey, int] = {}
        self._cost_of_way: dict[Demands, int] = {}

    def least(self, ways: Iterable[Way]) -> list[Demands]:
        """The least demands that make one of the ways, cheapest first."""
        found = {demands for way in ways for demands in self._demands_of(way)}
        kept: list[Demands] = []
        for demands in sorted(found, key=lambda one: (len(one), sorted(one))):
            if not any(smaller <= demands for smaller in kept):
                kept.append(demands)
        return sorted(kept, key=lambda one: (self.cost(one), len(one), sorted(one)))

    def cost(self, demands: Demands) -> int:
        """What it costs to show, or to change, what is demanded and not so already."""
        cost = self._cost_of_way.get(demands)
        if cost is None:
            facts = {one.fact for one in self._open(demands)}
            cost = self._cost_of_way[demands] = sum(map(self._cost, facts))
        return cost

    def _open(self, demands: Demands) -> Iterator[Demand]:
        for one in demands:
            value = self.facts.value(one.fact)
            if value is None or not holds(value, one.relation, one.operands):
                yield one

    def _cost(self, fact: FactKey) -> int:
        cost = self._cost_of_fact.get(fact)
        if cost is None:
            entry = self.vocabulary.find(fact)
            known = self.facts.value(fact) is not None
            if known and entry is not None and entry.change is not None:
                cost = entry.change.cost
            else:
                unseen = _COST_OF_UNSEEN if f"[{UNSEEN}]" in fact else 0
                cost = self.vocabulary.cost_to_show(fact) + unseen
            self._cost_of_fact[fact] = cost
        return cost

    def _demands_of(self, way: Way) -> list[Demands]:
        """All demands that a way comes to; several, where members can meet it in several ways."""
        found: list[Demands] = [frozenset()]
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
            found = self._cheapest(one for one in unions if self._possible(one))
        return found

    def _members_last(self, literal: Literal) -> tuple[int, int]:
        """Tests first, then what one member may show, then what holds of every member."""
        leaf = self.law.atoms.leaves[literal[0]]
        if isinstance(leaf, Test):
            return 0, literal[0]
        return 1 + _is_of_every(self.law.atoms.quantified[literal[0]], literal[1]), literal[0]

    def _cheapest(self, ways: Iterable[Demands]) -> list[Demands]:
        return sorted(ways, key=lambda way: (self.cost(way), sorted(way)))[:MOST_WAYS]

    def _of_quantifier(self, place: int, wanted: int, so_far: Demands) -> list[Demands]:
        """Ways through the members; a member not seen so far has to fit what was asked of it."""
        one = self.law.atoms.quantified[place]
        rows = self.facts.members(one.collection)
        complete = self.facts.values.get(complete_key(one.collection))
        if not _is_of_every(one, wanted):
            if complete != "true":
                rows.append((UNSEEN, {}))
            return [way for name, row in rows for way in self._of_member(one, name, row, wanted)]
        if complete == "false":
            return []
        whole = Demand(complete_key(one.collection), Relation.IS, ("true",))
        asked_for = f"{one.collection}[{UNSEEN}]."
        if any(demand.fact.startswith(asked_for) for demand in so_far):
            rows.append((UNSEEN, {}))
        found: list[Demands] = [frozenset() if complete else frozenset({whole})]
        for name, row in rows:
            options = self._of_member(one, name, row, wanted)
            if options == [frozenset()]:
                continue
            found = self._cheapest({way | other for way, other in product(found, options)})
        return found

    def _of_member(self, one: Quantified, name: str, row: Row, wanted: int) -> list[Demands]:
        kind = one.kind_of(row)
        member = Member(one.collection, name)
        return [
            frozenset(_demand(member.key(test.fact), test, sign) for test, sign in way)
            for way in _ways_of_member(one, kind, wanted, self.vocabulary, changing=self.changing)
        ]

    def _possible(self, demands: Demands) -> bool:
        """Whether each fact has a value that meets all demands on it."""
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
        asked = sorted(self._open(least[0]))
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
def _ways_of_member(
    one: Quantified, kind: MemberKind, wanted: int, vocabulary: Vocabulary, *, changing: bool
) -> tuple[tuple[tuple[Test, int], ...], ...]:
    """Ways for a member of which so much is known; the same for all members alike."""
    search = _MemberSearch(one, one.vector(kind), vocabulary, changing=changing)
    return tuple(
        tuple((one.tests[place], sign) for place, sign in sorted(way))
        for way in search.found(wanted)
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
        self.ways = Ways(partial(_one_each, self.vector), self._possible)

    def found(self, wanted: int) -> list[Way]:
        return self.ways.of_rule(self.one.rule.body, wanted, self._of_leaf)

    def _of_leaf(self, leaf: Test | Any | All, wanted: int) -> list[Way]:
        assert isinstance(leaf, Test)  # no quantifier stands inside another
        place = self.one.tests.index(leaf)
        value = self.vector[place]
        if value == UNKNOWN or (self.changing and self.entries[leaf.fact].change):
            return self.ways.of_one((place, wanted))
        return [NOTHING] if value == wanted else []

    def _possible(self, way: Way) -> bool:
        asked: dict[str, list[tuple[Test, int]]] = {}
        for place, sign in way:
            test = self.one.tests[place]
            asked.setdefault(test.fact, []).append((test, sign))
        return all(self._fits(fact, tests) for fact, tests in asked.items())

    def _fits(self, fact: str, tests: list[tuple[Test, int]]) -> bool:
        operands = [operand for test, _ in tests for operand in test.operands]
        return any(
            all(holds(value, t.relation, t.operands) is (sign == TRUE) for t, sign in tests)
            for value in possible_values(self.entries[fact], operands)
        )


def _is_of_every(one: Quantified, wanted: int) -> bool:
    """Whether every member, and not one alone, has to give the quantifier the value."""
    return one.universal is (wanted == TRUE)


def _one_each(vector: Vector, literal: Literal) -> int:
    return int(vector[literal[0]] != literal[1])


def _demand(fact: FactKey, test: Test, wanted: int) -> Demand:
    """A literal as a demand; for a yes-or-no fact "is no" rather than "is not yes"."""
    relation = test.relation if wanted == TRUE else test.relation.opposite
    if relation is Relation.IS_NOT and test.operands in (("true",), ("false",)):
        return Demand(fact, Relation.IS, ("false" if test.operands == ("true",) else "true",))
    return Demand(fact, relation, test.operands)


def witness(fact: FactKey, demands: Iterable[Demand], vocabulary: Vocabulary) -> str | None:
    """Some value of the fact that meets all demands on it; `None` when there is none."""
    entry = vocabulary.find(fact)
    if entry is None:
        return None
    asked = list(demands)
    for value in possible_values(entry, (o for demand in asked for o in demand.operands)):
        if all(holds(value, demand.relation, demand.operands) for demand in asked):
            return value
    return None
