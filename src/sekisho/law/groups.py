"""Which atoms belong together, and which facts make Kleene's logic ask too much.

The tests of one fact move together: `place = CN` and `place in [CN, RU]` are not independent. Of
each fact there are but a few kinds of value, told apart by the tests of the regime. Kleene's
logic says "unknown" exactly where the facts leave it open, if no fact both helps and hurts; for
the facts that do, the answer has to be tried for each kind of value (`answer`).
"""

from __future__ import annotations

import functools
import itertools
import string
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from decimal import Decimal

import msgspec

from sekisho.law.atoms import FALSE, TRUE, UNKNOWN, Literal, Vector
from sekisho.law.evaluate import holds
from sekisho.law.inforce import RegimeInForce
from sekisho.law.syntax import LAW_DATE, All, And, Any, Not, Or, Rule, Test
from sekisho.law.vocabulary import FactEntry, FactType, Vocabulary

ANY_OTHER = "XX"
"""A country that no rule names (a code that ISO 3166-1 leaves to users)."""

# the codes of ISO 3166-1 that are left to users come first
_UNNAMED_COUNTRIES = (ANY_OTHER, *map("".join, itertools.product(string.ascii_uppercase, repeat=2)))
_FINEST = Decimal("0.000001")


class Kind(msgspec.Struct, frozen=True, cache_hash=True):
    """One kind of value of a fact: what its tests say of it, and a value that stands for it.

    For a quantifier `value` is `None`.
    """

    signs: tuple[int, ...]
    value: str | None


class Group(msgspec.Struct, frozen=True, cache_hash=True):
    """The atoms of one fact or quantifier, and its kinds of value. `fact` is `None` for the latter."""

    fact: str | None
    places: tuple[int, ...]
    kinds: tuple[Kind, ...]

    def is_open(self, vector: Vector) -> bool:
        """Whether nothing is known of it; what one of its tests says, all of them do."""
        return vector[self.places[0]] == UNKNOWN

    def fits(self, literals: Iterable[Literal]) -> Kind | None:
        """A kind of value on which the atoms of this group are as asked; `None` when none is."""
        wanted = [(place, value) for place, value in literals if place in self.places]
        for kind in self.kinds:
            signs = dict(zip(self.places, kind.signs, strict=True))
            if all(signs[place] == value for place, value in wanted):
                return kind
        return None


@functools.lru_cache(maxsize=4096)
def group_atoms(law: RegimeInForce) -> tuple[Group, ...]:
    """The groups of a regime's atoms, in the order the clauses speak of them."""
    vocabulary = law.regime.vocabulary
    places: dict[str, list[int]] = {}
    groups: list[tuple[str | None, list[int]]] = []
    for place, leaf in enumerate(law.atoms.leaves):
        own = [place]
        if not isinstance(leaf, Test) or leaf.operands == (LAW_DATE,):
            groups.append((None, own))
        elif leaf.fact in places:
            places[leaf.fact].append(place)
        else:
            groups.append((leaf.fact, own))
            places[leaf.fact] = own
    return tuple(_group(fact, own, law, vocabulary) for fact, own in groups)


def _group(
    fact: str | None, places: list[int], law: RegimeInForce, vocabulary: Vocabulary
) -> Group:
    entry = vocabulary.find(fact) if fact is not None else None
    if entry is None:
        # a quantifier, or what nobody can know
        kinds = () if fact is not None else (Kind((FALSE,), None), Kind((TRUE,), None))
        return Group(fact, tuple(places), kinds)
    tests = [leaf for place in places if isinstance(leaf := law.atoms.leaves[place], Test)]
    found: dict[tuple[int, ...], str] = {}
    for value in possible_values(entry, (o for test in tests for o in test.operands)):
        signs = tuple(TRUE if holds(value, t.relation, t.operands) else FALSE for t in tests)
        found.setdefault(signs, value)
    return Group(fact, tuple(places), tuple(Kind(*one) for one in found.items()))


def possible_values(entry: FactEntry, operands: Iterable[str]) -> Iterable[str]:
    """Values of a fact, one at least of every kind that comparisons with the operands tell apart."""
    named = dict.fromkeys(operands)
    match entry.type:
        case FactType.TRUTH:
            return ("true", "false")
        case FactType.WORD:
            return entry.values
        case FactType.COUNTRY:
            return (*named, _not_named(named, _UNNAMED_COUNTRIES))
        case FactType.TEXT:
            return (*named, _not_named(named, _unnamed_texts()))
        case FactType.DATE:
            return [value for operand in named for value in _days_around(operand)]
        case FactType.NUMBER:
            return [value for operand in named for value in _numbers_around(operand)]


def _not_named(named: Collection[str], candidates: Iterable[str]) -> str:
    """A value that no comparison names; there are always more candidates than names."""
    return next(value for value in candidates if value not in named)


def _unnamed_texts() -> Iterator[str]:
    return (" " * length for length in itertools.count())


def _days_around(operand: str) -> Iterator[str]:
    """The day itself, the day before and the day after; none beyond the calendar."""
    day = date.fromisoformat(operand).toordinal()
    for ordinal in (day, day - 1, day + 1):
        if date.min.toordinal() <= ordinal <= date.max.toordinal():
            yield date.fromordinal(ordinal).isoformat()


def _numbers_around(operand: str) -> Iterator[str]:
    """The number itself, and one as near as numbers are written on either side."""
    number = Decimal(operand)
    yield from (f"{number + step:f}" for step in (0, -_FINEST, _FINEST))


@functools.lru_cache(maxsize=4096)
def mixed_groups(law: RegimeInForce) -> tuple[Group, ...]:
    """The groups for which Kleene's logic may leave an outcome open that is settled.

    A conjunction is true when each part is, whatever they share; a disjunction may be true
    although no part is known to be, where the parts share a fact. So what has to be looked at are
    disjunctions: one asks no more than it must if each fact has some kind of value that makes all
    its occurrences there false at once.
    """
    disjunctions = _outcome_disjunctions(law)
    return tuple(
        group
        for group in group_atoms(law)
        if group.kinds and any(_is_mixed(group, literals) for literals in disjunctions)
    )


def _is_mixed(group: Group, literals: frozenset[Literal]) -> bool:
    own = [(place, TRUE - value) for place, value in literals if place in group.places]
    return group.fits(own) is None


def _outcome_disjunctions(law: RegimeInForce) -> set[frozenset[Literal]]:
    """The disjunctions that the rules of the outcomes are conjunctions of."""
    reader = _Disjunctions(law)
    return {
        *reader.of_some(law.scopes),
        *reader.of_some(law.against),
        *(one for i in (*law.scopes, *law.against) for one in reader.of_clause(i, FALSE)),
        reader.of_conditions_kept(),
        *reader.of_conditions_free(),
    }


class _Disjunctions:
    """The literals of clauses, exceptions counted in, by the disjunction they stand in."""

    def __init__(self, law: RegimeInForce) -> None:
        self.law = law
        self._literals: dict[Literal, frozenset[Literal]] = {}

    def of_some(self, places: tuple[int, ...]) -> Iterator[frozenset[Literal]]:
        """That some of the clauses holds."""
        if len(places) == 1:
            yield from self.of_clause(places[0], TRUE)
        else:
            yield frozenset().union(*(self.literals(i, TRUE) for i in places))

    def of_clause(self, i: int, value: int) -> Iterator[frozenset[Literal]]:
        one = self.law.clauses[i]
        if value == TRUE:
            yield from self.of_rule(one.rule, TRUE)
            for j in one.lifted_by:
                yield from self.of_clause(j, FALSE)
        elif one.lifted_by:
            yield self.literals(i, FALSE)
        else:
            yield from self.of_rule(one.rule, FALSE)

    def of_rule(self, rule: Rule, value: int) -> Iterator[frozenset[Literal]]:
        match rule:
            case Not(part):
                yield from self.of_rule(part, TRUE - value)
            case And(parts) if value == TRUE:
                yield from (one for part in parts for one in self.of_rule(part, value))
            case Or(parts) if value == FALSE:
                yield from (one for part in parts for one in self.of_rule(part, value))
            case _:
                yield frozenset(self.literals_of(rule, value))

    def of_conditions_kept(self) -> frozenset[Literal]:
        """That some condition is to be kept."""
        found: frozenset[Literal] = frozenset()
        return found.union(*(self._of_condition(i, TRUE) for i in self.law.conditioned))

    def of_conditions_free(self) -> Iterator[frozenset[Literal]]:
        """That no condition is to be kept: of each, that it does not apply or lifts nothing."""
        return (self._of_condition(i, FALSE) for i in self.law.conditioned)

    def _of_condition(self, i: int, value: int) -> frozenset[Literal]:
        lifted = (
            self.literals_of(self.law.clauses[j].rule, value) for j in self.law.clauses[i].lifts
        )
        return self.literals(i, value).union(*lifted)

    def literals(self, i: int, value: int) -> frozenset[Literal]:
        known = self._literals.get((i, value))
        if known is None:
            one = self.law.clauses[i]
            known = frozenset(self.literals_of(one.rule, value)).union(
                *(self.literals(j, TRUE - value) for j in one.lifted_by)
            )
            self._literals[i, value] = known
        return known

    def literals_of(self, rule: Rule, value: int) -> Iterator[Literal]:
        match rule:
            case Test() | Any() | All():
                yield self.law.atoms.index(rule), value
            case Not(part):
                yield from self.literals_of(part, TRUE - value)
            case And(parts) | Or(parts):
                for part in parts:
                    yield from self.literals_of(part, value)
