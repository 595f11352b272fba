"""From what is known of the atoms to an outcome, and to what the body may do today."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from itertools import chain, product
from math import prod

import msgspec

from sekisho.law.atoms import FALSE, TRUE, UNKNOWN, Literal, Vector
from sekisho.law.groups import Group
from sekisho.law.inforce import RegimeInForce, Values
from sekisho.law.regime import Burden
from sekisho.model.determination import Effect, Outcome

MOST_TRIALS = 256
"""Combinations of values tried where Kleene's logic may ask too much; beyond, it stays open."""


class Answer(msgspec.Struct, frozen=True):
    """The two layers of an answer: what the law says, and what may be done today."""

    outcome: Outcome
    effect: Effect


def answer_vector(law: RegimeInForce, mixed: Sequence[Group], vector: Vector) -> Answer:
    """The answer of a regime for what is known.

    The outcome is monotone in knowledge: once settled it stays, whatever more comes to be known.
    The effect of an open outcome is not: who has to wait may change with every fact.
    """
    values = law.values(vector)
    outcome = _outcome(values)
    if outcome is Outcome.UNDETERMINED:
        outcome = outcome_of_all(law, mixed, vector)
    return Answer(outcome, _EFFECTS.get(outcome) or _effect_while_open(law, values))


def outcome_of(law: RegimeInForce, mixed: Sequence[Group], vector: Vector) -> Outcome:
    """The outcome alone."""
    outcome = _outcome(law.values(vector))
    if outcome is not Outcome.UNDETERMINED:
        return outcome
    return outcome_of_all(law, mixed, vector)


def _outcome(values: Values) -> Outcome:
    if values.binds == FALSE:
        return Outcome.NOT_APPLICABLE
    if values.binds == TRUE and values.breached == TRUE:
        return Outcome.PROHIBITED
    if UNKNOWN in (values.binds, values.breached):
        return Outcome.UNDETERMINED
    return _OUTCOMES[values.kept]


_OUTCOMES = (Outcome.PERMITTED, Outcome.UNDETERMINED, Outcome.CONDITIONAL)

_EFFECTS = {
    Outcome.NOT_APPLICABLE: Effect.MAY,
    Outcome.PERMITTED: Effect.MAY,
    Outcome.PROHIBITED: Effect.MAY_NOT,
    Outcome.CONDITIONAL: Effect.MAY_UNDER_CONDITIONS,
}


def outcome_of_all(law: RegimeInForce, mixed: Sequence[Group], vector: Vector) -> Outcome:
    """The outcome on which every kind of value of the open mixed facts agrees."""
    open_groups = tuple(group for group in mixed if group.is_open(vector))
    found: Outcome | None = None
    for trial in _trials(open_groups):
        tried = bytearray(vector)
        for place, sign in trial:
            tried[place] = sign
        outcome = _outcome(law.values(bytes(tried)))
        if outcome is Outcome.UNDETERMINED or outcome is not (found or outcome):
            return Outcome.UNDETERMINED
        found = outcome
    return found or Outcome.UNDETERMINED


@functools.lru_cache(maxsize=1024)
def _trials(groups: tuple[Group, ...]) -> tuple[tuple[Literal, ...], ...]:
    """Every combination of kinds of value, as what each atom would be; none where too many."""
    if not groups or prod(len(group.kinds) for group in groups) > MOST_TRIALS:
        return ()
    each = [
        [tuple(zip(group.places, kind.signs, strict=True)) for kind in group.kinds]
        for group in groups
    ]
    # the two ends first: where they differ, nothing between matters
    first, *between = product(*each)
    ordered = [first, *reversed(between)]
    return tuple(tuple(chain.from_iterable(one)) for one in ordered)


def _effect_while_open(law: RegimeInForce, values: Values) -> Effect:
    if values.breached != FALSE:
        waits = next(clauses_awaiting_body(law, values), None) is not None
        return Effect.MAY_NOT_UNTIL_SHOWN if waits else Effect.UNSETTLED
    return Effect.MAY if values.kept == FALSE else Effect.MAY_UNDER_CONDITIONS


def clauses_awaiting_body(law: RegimeInForce, values: Values) -> Iterator[int]:
    """The clauses that may stand against the act until the body has shown something.

    The body has to show what a clause puts on it, and any exception that it invokes.
    """
    for i in law.against:
        has_burden = law.clauses[i].clause.burden is Burden.BODY
        if values.clauses[i] != FALSE and (has_burden or values.unexcused[i] == TRUE):
            yield i
