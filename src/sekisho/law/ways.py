"""Ways to make a rule hold: least sets of literals, found through the parts of the rule.

Ways of a conjunction are unions of one way for each part, ways of a disjunction are the ways of
its parts; negation exchanges the two. Ways that contain another, or that ask a fact for two things
at once, are dropped. The number carried along is capped, cheapest first, so the list may be
shorter than all there is.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from itertools import product
from typing import TypeAlias

from sekisho.law.atoms import TRUE, Literal
from sekisho.law.syntax import All, And, Any, Not, Or, Rule, Test

Way: TypeAlias = frozenset[Literal]

NOTHING: Way = frozenset()
MOST_WAYS = 24


class Ways:
    """How ways are put together: what a literal costs, and which literals go together."""

    def __init__(self, price: Callable[[Literal], int], possible: Callable[[Way], bool]) -> None:
        """Keep the two."""
        self._price = functools.cache(price)
        self._possible = possible

    def of_rule(
        self, rule: Rule, wanted: int, of_leaf: Callable[[Test | Any | All, int], list[Way]]
    ) -> list[Way]:
        """The least ways to give a rule a value; that of doing nothing, when it has it."""
        match rule:
            case Test() | Any() | All():
                return of_leaf(rule, wanted)
            case Not(part):
                return self.of_rule(part, TRUE - wanted, of_leaf)
            case And(parts) | Or(parts):
                each = (self.of_rule(part, wanted, of_leaf) for part in parts)
                together = isinstance(rule, And) is (wanted == TRUE)
                return self.joined(each) if together else self.either(each)

    def of_one(self, literal: Literal) -> list[Way]:
        """The way of one literal, if it can be."""
        way = frozenset({literal})
        return [way] if self._possible(way) else []

    def joined(self, each: Iterable[list[Way]]) -> list[Way]:
        """One way for each part, taken together; kept small after every part."""
        found = [NOTHING]
        for ways in each:
            if not ways:
                return []
            if ways != [NOTHING]:
                unions = {one | other for one, other in product(found, ways)}
                found = self.least(way for way in unions if self._possible(way))
        return found

    def either(self, each: Iterable[list[Way]]) -> list[Way]:
        """The ways of any part."""
        return self.least(way for ways in each for way in ways)

    def cost(self, way: Way) -> int:
        """What a way costs."""
        return sum(map(self._price, way))

    def least(self, ways: Iterable[Way]) -> list[Way]:
        """The ways that contain no other, cheapest first, at most `MOST_WAYS`."""
        different = set(ways)
        if len(different) <= 1:
            return list(different)
        kept: list[Way] = []
        for way in sorted(different, key=lambda way: (self.cost(way), *_order(way))):
            if not any(smaller <= way for smaller in kept):
                kept.append(way)
            if len(kept) == MOST_WAYS:
                break
        return kept


@functools.lru_cache(maxsize=1 << 15)
def _order(way: Way) -> tuple[int, list[Literal]]:
    """Of two ways that cost the same, the smaller comes first, then that of the earlier atoms."""
    return len(way), sorted(way)
