"""All cases there can be under some regimes, as combinations of a few kinds.

In a world everything is known. A fact is one of the kinds of value that the tests of the regimes
tell apart; a collection is one of the ways in which its quantifiers can come out together (which
follows from the kinds of member they tell apart). So questions about all cases become questions
about decision diagrams: does a clause ever hold, do two versions differ, and where.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import prod

import msgspec

from sekisho.law.atoms import TRUE, Atoms, Quantified
from sekisho.law.dated import UNKNOWN
from sekisho.law.diagram import Diagrams, Node, Path
from sekisho.law.evaluate import holds
from sekisho.law.factbase import complete_key
from sekisho.law.groups import possible_values
from sekisho.law.inforce import RegimeInForce
from sekisho.law.syntax import All, And, Any, Not, Or, Rule, Test
from sekisho.law.vocabulary import FactType, Vocabulary
from sekisho.model.determination import ClauseKind, Outcome

_MOST_MEMBER_KINDS = 4096
_LISTED = (FactType.TRUTH, FactType.WORD, FactType.COUNTRY)
GIVEN = "case"

Facts = dict[str, str]


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """A fact or a collection, with its kinds.

    `holds` gives for each kind the atoms that are true of it; `facts` facts that make it so;
    `values` for each kind all its values, where they can be listed. `plain` is the kind taken where
    nothing hangs on it.
    """

    name: str
    is_given: bool
    holds: tuple[frozenset[Rule], ...]
    facts: tuple[Facts, ...]
    values: tuple[tuple[str, ...], ...] = ()
    plain: int = 0

    def plainest(self, kinds: tuple[int, ...]) -> int:
        """Of some kinds the plain one, if it is among them."""
        return self.plain if self.plain in kinds else kinds[0]


class Worlds:
    """The worlds of some regimes on a day (or of versions of one), and diagrams over them."""

    def __init__(self, laws: Sequence[RegimeInForce], more: Iterable[Rule] = ()) -> None:
        """Collect the variables that the regimes and further rules speak of."""
        atoms = Atoms()
        for law in laws:
            for leaf in law.atoms.leaves:
                atoms.index(leaf)
        for rule in more:
            atoms.formula(rule)
        self.vocabulary = _joined_vocabulary(laws)
        self.variables = tuple(_variables(atoms, self.vocabulary))
        self.diagrams = Diagrams(tuple(len(one.holds) for one in self.variables))
        self._atoms: dict[Rule, Node] = {}
        for i, one in enumerate(self.variables):
            for atom in {atom for kind in one.holds for atom in kind}:
                self._atoms[atom] = self.diagrams.of(i, [atom in kind for kind in one.holds])

    def rule(self, rule: Rule) -> Node:
        """Where a rule holds."""
        match rule:
            case Test() | Any() | All():
                return self._atoms.get(rule, self.diagrams.false)
            case Not(part):
                return self.diagrams.opposite(self.rule(part))
            case And(parts):
                return self.diagrams.every(map(self.rule, parts))
            case Or(parts):
                return self.diagrams.some(map(self.rule, parts))

    def given(self) -> frozenset[int]:
        """The variables that come with the case: who does what, for which task."""
        return frozenset(i for i, one in enumerate(self.variables) if one.is_given)

    def facts_of(self, path: Path) -> Facts:
        """Facts of a world on a path; what the path leaves open is as plain as can be."""
        found: Facts = {}
        for i, one in enumerate(self.variables):
            found |= one.facts[one.plainest(path[i]) if i in path else one.plain]
        return found


class Clauses:
    """The clauses of a regime on a day as diagrams: where each holds, exceptions counted in."""

    def __init__(self, law: RegimeInForce, worlds: Worlds) -> None:
        """Work out every clause."""
        diagrams = worlds.diagrams
        self.law = law
        self.worlds = worlds
        self.bare = [worlds.rule(one.rule) for one in law.clauses]
        self.clauses = self.bare.copy()
        for i, lifting in law.lifted:
            lifted = diagrams.some(self.clauses[j] for j, _ in lifting)
            self.clauses[i] = diagrams.both(self.clauses[i], diagrams.opposite(lifted))
        self.binds = diagrams.some(self.clauses[i] for i in law.scopes)
        self.breached = diagrams.some(self.clauses[i] for i in law.against)
        self.kept = diagrams.some(self.keeps(i) for i in law.conditioned)

    def keeps(self, i: int) -> Node:
        """Where a clause's condition is to be kept."""
        one = self.law.clauses[i]
        if one.clause.kind is not ClauseKind.EXCEPT:
            return self.clauses[i]
        return self.worlds.diagrams.both(self.clauses[i], self.lifts_something(i))

    def lifts_something(self, i: int) -> Node:
        """Where one of the clauses that an exception lifts would hold."""
        return self.worlds.diagrams.some(self.bare[j] for j in self.law.clauses[i].lifts)

    def matters(self, i: int) -> Node:
        """Where a clause holds in a case that it makes a difference to."""
        both = self.worlds.diagrams.both
        kind = self.law.clauses[i].clause.kind
        if kind is ClauseKind.SCOPE:
            return self.clauses[i]
        if kind is not ClauseKind.EXCEPT:
            return both(self.clauses[i], self.binds)
        lifted = self.worlds.diagrams.some(
            # a scope that is lifted binds nobody, and still matters
            self.bare[j] if j in self.law.scopes else both(self.bare[j], self.binds)
            for j in self.law.clauses[i].lifts
        )
        return both(self.clauses[i], lifted)

    def outcome(self) -> Node:
        """The outcome everywhere."""
        diagrams = self.worlds.diagrams
        found = diagrams.mapped(
            self.kept, lambda kept: Outcome.CONDITIONAL if kept is True else Outcome.PERMITTED
        )
        found = diagrams.joined(
            self.breached, found, lambda so, rest: Outcome.PROHIBITED if so is True else rest
        )
        return diagrams.joined(
            self.binds, found, lambda so, rest: rest if so is True else Outcome.NOT_APPLICABLE
        )


def _joined_vocabulary(laws: Sequence[RegimeInForce]) -> Vocabulary:
    first = laws[0].regime.vocabulary
    more = [entry for law in laws[1:] for entry in law.regime.vocabulary.facts.values()]
    return first.with_facts(entry for entry in more if entry.key not in first.facts)


def _variables(atoms: Atoms, vocabulary: Vocabulary) -> Iterator[Variable]:
    """Given facts first: whole regions of cases that the law treats alike begin with them."""
    tests: dict[str, list[Test]] = {}
    quantifiers: dict[str, list[Any | All]] = {}
    for leaf in atoms.leaves:
        if isinstance(leaf, Test):
            tests.setdefault(leaf.fact, []).append(leaf)
        else:
            quantifiers.setdefault(leaf.collection, []).append(leaf)
    found = [_variable_of(fact, own, vocabulary) for fact, own in tests.items()]
    yield from sorted(found, key=lambda one: not one.is_given)
    for collection, rules in quantifiers.items():
        yield from _variables_of_members(collection, rules, atoms, vocabulary)


def _variable_of(fact: str, tests: list[Test], vocabulary: Vocabulary) -> Variable:
    entry = vocabulary.find(fact)
    if entry is None:
        # what nobody can know: it may turn out either way
        sides: tuple[frozenset[Rule], ...] = (frozenset(), frozenset({UNKNOWN}))
        return Variable(name="", is_given=False, holds=sides, facts=({}, {}))
    operands = [operand for test in tests for operand in test.operands]
    kinds: dict[frozenset[Rule], list[str]] = {}
    for value in possible_values(entry, operands):
        passed = frozenset(t for t in tests if holds(value, t.relation, t.operands))
        kinds.setdefault(passed, []).append(value)
    return Variable(
        name=fact,
        is_given=entry.given == GIVEN,
        holds=tuple(kinds),
        facts=tuple({fact: values[0]} for values in kinds.values()),
        values=tuple(map(tuple, kinds.values())) if entry.type in _LISTED else (),
        plain=len(kinds) - 1,
    )


def _variables_of_members(
    collection: str, rules: list[Any | All], atoms: Atoms, vocabulary: Vocabulary
) -> Iterator[Variable]:
    """One variable for all quantifiers of a collection; one for each, where there are too many."""
    quantified = [atoms.quantified[atoms.index(rule)] for rule in rules]
    members = _member_kinds(collection, quantified, vocabulary)
    if members is None:
        for rule in rules:
            sides: tuple[frozenset[Rule], ...] = (frozenset(), frozenset({rule}))
            yield Variable(name=collection, is_given=False, holds=sides, facts=({}, {}))
        return
    empty: frozenset[Rule] = frozenset(rule for rule in rules if isinstance(rule, All))
    reached: dict[frozenset[Rule], tuple[Facts, ...]] = {empty: ()}
    waiting = [empty]
    while waiting:
        state = waiting.pop(0)
        for passed, facts in members.items():
            after: frozenset[Rule] = frozenset(
                rule
                for rule in rules
                if (rule in state and rule in passed)
                or (isinstance(rule, Any) and (rule in state or rule in passed))
            )
            if after not in reached:
                reached[after] = (*reached[state], facts)
                waiting.append(after)
    yield Variable(
        name=collection,
        is_given=False,
        holds=tuple(reached),
        facts=tuple(_facts_of_members(collection, found) for found in reached.values()),
    )


def _member_kinds(
    collection: str, quantified: list[Quantified], vocabulary: Vocabulary
) -> dict[frozenset[Rule], Facts] | None:
    """The kinds of member that the bodies tell apart; `None` when there are too many."""
    operands: dict[str, list[str]] = {}
    for one in quantified:
        for test in one.tests:
            operands.setdefault(test.fact, []).extend(test.operands)
    entries = {entry.key: entry for entry in vocabulary.collections[collection].attributes}
    values = {key: list(possible_values(entries[key], named)) for key, named in operands.items()}
    if prod(map(len, values.values())) > _MOST_MEMBER_KINDS:
        return None
    found: dict[frozenset[Rule], Facts] = {}
    for chosen in product(*values.values()):
        row = dict(zip(values, chosen, strict=True))
        passed = frozenset(one.rule for one in quantified if one.of_member(row) == TRUE)
        found.setdefault(passed, row)
    return found


def _facts_of_members(collection: str, members: tuple[Facts, ...]) -> Facts:
    facts: Facts = {complete_key(collection): "true"}
    for i, row in enumerate(members, start=1):
        facts |= {f"{collection}[{i}].{key}": value for key, value in row.items()}
    return facts
