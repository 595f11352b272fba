"""What would settle an answer: ways to give the rules of a regime another value.

The search runs over the atoms of the regime. It depends on nothing but what is known of them, so
that it is done once for all cases alike; `needs` then says what a way asks of the facts of a case.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

from sekisho.law.atoms import FALSE, TRUE, UNKNOWN, Literal, Vector
from sekisho.law.factbase import complete_key
from sekisho.law.groups import Group
from sekisho.law.inforce import RegimeInForce
from sekisho.law.kept import Kept
from sekisho.law.syntax import All, Any, Test
from sekisho.law.ways import NOTHING, Way, Ways
from sekisho.model.determination import ClauseKind

_MOST_WAYS_KEPT = 1 << 15


class Shared:
    """What a regime's searches of one kind share, whatever is known.

    With `changing`, facts that are the body's to change may become otherwise; what they are
    already is then part of the way, so that a change never breaks what it rests on.
    """

    def __init__(
        self, law: RegimeInForce, groups: Iterable[Group], *, changing: bool = False
    ) -> None:
        """Begin with nothing found."""
        self.law = law
        self.vocabulary = law.regime.vocabulary
        self.changing = changing
        self.group_of = {place: group for group in groups for place in group.places}
        self.is_possible = functools.lru_cache(maxsize=_MOST_WAYS_KEPT)(self._is_possible)
        self.of_clause: Kept[tuple[int, int, tuple[int, ...]], list[Way]] = Kept()
        self._atoms_of: dict[int, tuple[int, ...]] = {}

    def _is_possible(self, way: Way) -> bool:
        """Whether each fact has some kind of value that is as asked."""
        groups = {self.group_of[place].places: self.group_of[place] for place, _ in way}
        return all(
            group.fits(literal for literal in way if literal[0] in places) is not None
            for places, group in groups.items()
        )

    def atoms_of(self, i: int) -> tuple[int, ...]:
        """The places of the atoms on which a clause depends, exceptions counted in."""
        found = self._atoms_of.get(i)
        if found is None:
            one = self.law.clauses[i]
            each = (self.law.atoms.places(one.rule), *map(self.atoms_of, one.lifted_by))
            found = self._atoms_of[i] = tuple(dict.fromkeys(place for one in each for place in one))
        return found

    @functools.cached_property
    def changeable(self) -> frozenset[int]:
        """The places of the atoms that are the body's to change."""
        return frozenset(filter(self._may_change, range(len(self.law.atoms.leaves))))

    def _may_change(self, place: int) -> bool:
        if not self.changing:
            return False
        leaf = self.law.atoms.leaves[place]
        if isinstance(leaf, Test):
            entry = self.vocabulary.find(leaf.fact)
            return entry is not None and entry.change is not None
        collection = self.vocabulary.collections[leaf.collection]
        spoken = self.law.atoms.quantified[place].attributes
        return any(one.change for one in collection.attributes if one.key in spoken)


class AtomSearch:
    """Ways over the atoms of a regime, for one state of knowledge."""

    def __init__(self, shared: Shared, vector: Vector) -> None:
        """Keep what is searched."""
        self.law = shared.law
        self.vector = vector
        self.shared = shared
        self.ways = Ways(self._price, shared.is_possible)

    def to_prohibit(self) -> list[Way]:
        """Ways to bring the case into scope and a clause to stand against it."""
        binds = self.ways.either(self.of_clause(i, TRUE) for i in self.law.scopes)
        breached = self.ways.either(self.of_clause(i, TRUE) for i in self.law.against)
        return self.ways.joined([binds, breached])

    def to_clear(self) -> list[Way]:
        """Ways for no clause to stand against the act."""
        return self.ways.joined(self.of_clause(i, FALSE) for i in self.law.against)

    def to_free(self) -> list[Way]:
        """Ways for no condition to be kept."""
        return self.ways.joined(map(self._free_of, self.law.conditioned))

    def _free_of(self, i: int) -> list[Way]:
        one = self.law.clauses[i]
        lifted = [self.of_clause(i, FALSE)]
        if one.clause.kind is ClauseKind.EXCEPT:
            rules = [self.law.clauses[j].rule for j in one.lifts]
            bare = [self.ways.of_rule(rule, FALSE, self._of_leaf) for rule in rules]
            lifted.append(self.ways.joined(bare))
        return self.ways.either(lifted)

    def of_clause(self, i: int, wanted: int) -> list[Way]:
        """The ways for a clause to hold or not, exceptions counted in."""
        key = i, wanted, tuple(self.vector[place] for place in self.shared.atoms_of(i))
        known = self.shared.of_clause.get(key)
        if known is None:
            one = self.law.clauses[i]
            each = [
                self.ways.of_rule(one.rule, wanted, self._of_leaf),
                *(self.of_clause(j, TRUE - wanted) for j in one.lifted_by),
            ]
            known = self.ways.joined(each) if wanted == TRUE else self.ways.either(each)
            self.shared.of_clause.keep(key, known)
        return known

    def _of_leaf(self, leaf: Test | Any | All, wanted: int) -> list[Way]:
        place = self.law.atoms.index(leaf)
        value = self.vector[place]
        if value == UNKNOWN or place in self.shared.changeable:
            return self.ways.of_one((place, wanted))
        return [NOTHING] if value == wanted else []

    def _price(self, literal: Literal) -> int:
        place, wanted = literal
        if self.vector[place] == wanted:
            return 0
        leaf, vocabulary = self.law.atoms.leaves[place], self.shared.vocabulary
        if not isinstance(leaf, Test):
            return vocabulary.cost_to_show(complete_key(leaf.collection))
        entry = vocabulary.find(leaf.fact)
        if self.vector[place] == UNKNOWN or entry is None or entry.change is None:
            return vocabulary.cost_to_show(leaf.fact)
        return entry.change.cost
