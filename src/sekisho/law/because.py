"""The proof of an answer: a least set of facts that suffices for it.

Every answer stands on a ground: something that holds of what is known. What holds goes on holding
whatever more comes to be known, so facts on which the ground holds give the same answer alone,
together with all the others, and with any of the others.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from sekisho.law.answer import Answer, clauses_awaiting_body
from sekisho.law.atoms import FALSE, TRUE, UNKNOWN, MemberKind, Quantified, Vector
from sekisho.law.factbase import FactBase, Row, complete_key, member_key
from sekisho.law.groups import Group
from sekisho.law.inforce import RegimeInForce, Values
from sekisho.law.regime import Burden
from sekisho.law.syntax import Test
from sekisho.model.determination import Effect, Outcome
from sekisho.model.units import FactKey

Ground: TypeAlias = Callable[[Vector], bool]


def ground_of(
    law: RegimeInForce, outcome_of: Callable[[Vector], Outcome], answer: Answer, values: Values
) -> Ground:
    """What the answer stands on, as a test of what is known."""
    if answer.outcome is not Outcome.UNDETERMINED:
        return lambda vector: outcome_of(vector) is answer.outcome
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
    that suffices. What can be given up together can be given up one by one, so they are tried in
    halves (Junker 2004, "QuickXplain").
    """
    known = [group for group in groups if not group.is_open(vector)]
    rest = bytearray(vector)

    def needed(part: list[Group]) -> Iterator[Group]:
        """Those of a part, the last first, that cannot be given up; the others are."""
        for group in part:
            for place in group.places:
                rest[place] = UNKNOWN
        if stands(bytes(rest)):
            return
        for group in part:
            for place in group.places:
                rest[place] = vector[place]
        if len(part) == 1:
            yield part[0]
            return
        half = len(part) // 2
        yield from needed(part[half:])
        yield from needed(part[:half])

    return tuple(reversed([*needed(known)])) if known else ()


def facts_behind(
    law: RegimeInForce, groups: Sequence[Group], vector: Vector, facts: FactBase
) -> tuple[FactKey, ...]:
    """The facts that give these groups their values: for a quantifier, facts on its members."""
    found: dict[FactKey, None] = {}
    asked: dict[str, list[int]] = {}
    for group in groups:
        if group.fact is not None:
            found[FactKey(group.fact)] = None
        else:
            (place,) = group.places
            asked.setdefault(law.atoms.quantified[place].collection, []).append(place)
    for places in asked.values():
        found |= dict.fromkeys(_facts_on_members(law, places, vector, facts))
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
    others = _places_touched(law, groups) - spoken
    if not others:
        return found
    vector = law.atoms.read(facts.keeping(found))
    if all(vector[place] == UNKNOWN for place in others):
        return found
    ground = stands()
    return _least(found, lambda kept: ground(law.atoms.read(facts.keeping(kept))))


def _places_touched(law: RegimeInForce, groups: Sequence[Group]) -> set[int]:
    """The places of what facts on members, or that they are all, may settle."""
    collections = {
        law.atoms.quantified[group.places[0]].collection for group in groups if group.fact is None
    }
    facts = {group.fact for group in groups}
    complete = {complete_key(collection) for collection in collections}
    return {
        place
        for place, leaf in enumerate(law.atoms.leaves)
        if (
            leaf.fact in complete
            if isinstance(leaf, Test)
            else leaf.collection in collections or complete_key(leaf.collection) in facts
        )
    }


def _facts_on_members(
    law: RegimeInForce, places: Sequence[int], vector: Vector, facts: FactBase
) -> tuple[FactKey, ...]:
    """A least set of facts on members that gives the quantifiers at these places their values."""
    asked = [(law.atoms.quantified[place], vector[place]) for place in places]
    for_each = tuple(one for one, value in asked if (value == TRUE) is one.universal)
    for_some = [(one, value) for one, value in asked if (value == TRUE) is not one.universal]
    collection = asked[0][0].collection
    rows = facts.members(collection)
    found: dict[FactKey, None] = {}
    for name, row in rows if for_each else ():
        for attribute in _needed(for_each, row):
            found[member_key(collection, name, attribute)] = None
    for one, value in for_some:
        name, row = next((name, row) for name, row in rows if one.of_member(row) == value)
        for attribute in _needed((one,), row):
            found[member_key(collection, name, attribute)] = None
    if for_each:
        found[complete_key(collection)] = None
    # one witness alone, or nothing but what holds of every member, is least already
    if len(asked) == 1 or not for_some:
        return tuple(found)

    def suffice(kept: Iterable[FactKey]) -> bool:
        known = law.atoms.read(facts.keeping(kept))
        return all(known[place] == vector[place] for place in places)

    return _least(tuple(found), suffice)


def _least(
    found: tuple[FactKey, ...], suffice: Callable[[Iterable[FactKey]], bool]
) -> tuple[FactKey, ...]:
    """Facts that still suffice when none of them can be left out any more."""
    kept = dict.fromkeys(found)
    for key in reversed(found):
        del kept[key]
        if not suffice(kept):
            kept[key] = None
    return tuple(key for key in found if key in kept)


def _needed(quantifiers: tuple[Quantified, ...], row: Row) -> tuple[str, ...]:
    """The attributes of a member that the bodies cannot do without for the values they have."""
    return _needed_of_kind(quantifiers, tuple(one.kind_of(row) for one in quantifiers))


@functools.lru_cache(maxsize=1 << 14)
def _needed_of_kind(
    quantifiers: tuple[Quantified, ...], kinds: tuple[MemberKind, ...]
) -> tuple[str, ...]:
    """The same for all members of which so much is known."""
    row: Row = {
        attribute: value
        for one, kind in zip(quantifiers, kinds, strict=True)
        for attribute, value in zip(one.attributes, kind, strict=True)
        if value is not None
    }
    wanted = [one.of_member(row) for one in quantifiers]
    spoken = tuple(dict.fromkeys(name for one in quantifiers for name in one.attributes))
    for attribute in reversed(spoken):
        if attribute in row:
            value = row.pop(attribute)
            if [one.of_member(row) for one in quantifiers] != wanted:
                row[attribute] = value
    return tuple(attribute for attribute in spoken if attribute in row)
