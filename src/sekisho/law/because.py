"""The proof of an answer: a least set of facts that suffices for it.

Every answer stands on a ground: something that holds of what is known. What holds goes on holding
whatever more comes to be known, so facts on which the ground holds give the same answer alone,
together with all the others, and with any of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from sekisho.law.answer import Answer, clauses_awaiting_body, outcome_of
from sekisho.law.atoms import FALSE, TRUE, UNKNOWN, Quantified, Row, Vector
from sekisho.law.factbase import FactBase, Member, complete_key
from sekisho.law.groups import Group
from sekisho.law.inforce import RegimeInForce, Values
from sekisho.law.regime import Burden
from sekisho.law.syntax import All, Any
from sekisho.model.determination import Effect, Outcome
from sekisho.model.units import FactKey

Ground: TypeAlias = Callable[[Vector], bool]


def ground_of(law: RegimeInForce, mixed: Sequence[Group], answer: Answer, values: Values) -> Ground:
    """What the answer stands on, as a test of what is known."""
    if answer.outcome is not Outcome.UNDETERMINED:
        return lambda vector: outcome_of(law, mixed, vector) is answer.outcome
    match answer.effect:
        case Effect.MAY:
            return lambda vector: _is_clear(law.values(vector), kept=FALSE)
        case Effect.MAY_UNDER_CONDITIONS:
            return lambda vector: law.values(vector).breached == FALSE
        case _:
            return _ground_while_open(law, values)


def _is_clear(values: Values, *, kept: int) -> bool:
    return values.breached == FALSE and values.kept == kept


def _ground_while_open(law: RegimeInForce, values: Values) -> Ground:
    """Why the body waits, or why it does not: nothing at all where it has to show the clause."""
    awaiting = tuple(clauses_awaiting_body(law, values))
    if any(law.clauses[i].clause.burden is Burden.BODY for i in awaiting):
        return lambda _: True
    if awaiting:
        return lambda vector: any(law.values(vector).unexcused[i] == TRUE for i in awaiting)
    settled = [
        i
        for i in law.against
        if law.clauses[i].clause.burden is Burden.BODY or values.unexcused[i] == TRUE
    ]
    return lambda vector: all(law.values(vector).clauses[i] == FALSE for i in settled)


def least_groups(groups: Sequence[Group], vector: Vector, stands: Ground) -> tuple[Group, ...]:
    """The known groups that the ground cannot do without, in the order the clauses speak of them.

    Groups of later clauses are given up first, so that the reasons come from the first clause
    that suffices.
    """
    known = [group for group in groups if not group.is_open(vector)]
    rest = bytearray(vector)
    kept: list[Group] = []
    for group in reversed(known):
        held = [rest[place] for place in group.places]
        for place in group.places:
            rest[place] = UNKNOWN
        if not stands(bytes(rest)):
            for place, value in zip(group.places, held, strict=True):
                rest[place] = value
            kept.append(group)
    return tuple(reversed(kept))


def facts_behind(
    law: RegimeInForce, groups: Sequence[Group], vector: Vector, facts: FactBase
) -> tuple[FactKey, ...]:
    """The facts that give these groups their values: for a quantifier, facts on its members."""
    found: dict[FactKey, None] = {}
    asked: dict[str, dict[Quantified, int]] = {}
    for group in groups:
        leaf = law.atoms.leaves[group.places[0]]
        if isinstance(leaf, Any | All):
            quantified = law.quantified(leaf)
            asked.setdefault(leaf.collection, {})[quantified] = vector[group.places[0]]
        else:
            assert group.fact is not None  # a test fixed on a day has a fact
            found[FactKey(group.fact)] = None
    for collection, wanted in asked.items():
        found |= dict.fromkeys(_facts_on_members(collection, wanted, facts))
    return tuple(found)


def without_needless(
    law: RegimeInForce,
    groups: Sequence[Group],
    found: tuple[FactKey, ...],
    facts: FactBase,
    stands: Callable[[], Ground],
) -> tuple[FactKey, ...]:
    """The facts found, less those that others make needless.

    Facts on members that are kept for one quantifier may settle another, too, and so stand in for
    a fact that seemed to be needed. Where they settle none, nothing is needless.
    """
    spoken = {place for group in groups for place in group.places}
    vector = law.atoms.read(facts.keeping(found))
    if all(value == UNKNOWN or place in spoken for place, value in enumerate(vector)):
        return found
    kept = dict.fromkeys(found)
    ground = stands()
    for key in reversed(found):
        del kept[key]
        if not ground(law.atoms.read(facts.keeping(kept))):
            kept[key] = None
    return tuple(key for key in found if key in kept)


def _facts_on_members(
    collection: str, wanted: dict[Quantified, int], facts: FactBase
) -> tuple[FactKey, ...]:
    """A least set of facts on members that gives each quantifier the value it has."""
    rows = facts.members(collection)
    for_each = [one for one, value in wanted.items() if (value == TRUE) is one.universal]
    for_some = [one for one in wanted if one not in for_each]
    found: dict[FactKey, None] = {}
    for name, row in rows:
        for attribute in _needed(for_each, row):
            found[Member(collection, name).key(attribute)] = None
    for one in for_some:
        name, row = next((name, row) for name, row in rows if one.of_member(row) == wanted[one])
        for attribute in _needed([one], row):
            found[Member(collection, name).key(attribute)] = None
    if for_each:
        found[complete_key(collection)] = None
    # one witness alone, or nothing but what holds of every member, is least already
    if len(for_some) > 1 or (for_some and for_each):
        return tuple(_without_needless(collection, wanted, found, facts))
    return tuple(found)


def _needed(quantifiers: Sequence[Quantified], row: Row) -> Iterator[str]:
    """The attributes of a member that the bodies cannot do without for the values they have."""
    rest = dict(row)
    wanted = [one.of_member(row) for one in quantifiers]
    spoken = dict.fromkeys(name for one in quantifiers for name in one.attributes)
    for attribute in reversed(spoken):
        if attribute in row:
            del rest[attribute]
            if [one.of_member(rest) for one in quantifiers] != wanted:
                rest[attribute] = row[attribute]
    return (attribute for attribute in spoken if attribute in rest)


def _without_needless(
    collection: str, wanted: dict[Quantified, int], found: dict[FactKey, None], facts: FactBase
) -> Iterator[FactKey]:
    """The facts found, less those for which another quantifier's facts stand in."""
    kept = dict(found)
    for key in reversed(found):
        del kept[key]
        rest = facts.only(collection, kept)
        if any(one.value(rest) != value for one, value in wanted.items()):
            kept[key] = None
    return (key for key in found if key in kept)
