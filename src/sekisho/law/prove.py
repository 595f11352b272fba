"""Answers with their proof, found once for each state of knowledge of a regime's atoms."""

from __future__ import annotations

import functools
from datetime import date

import msgspec

from sekisho.law.answer import Answer, answer_vector, outcome_of
from sekisho.law.atoms import FALSE, TRUE, TRUTHS, UNKNOWN, Vector
from sekisho.law.because import ground_of, least_groups
from sekisho.law.groups import Group, group_atoms, mixed_groups
from sekisho.law.inforce import RegimeInForce, Values, regime_in_force
from sekisho.law.missing import AtomSearch, Shared
from sekisho.law.regime import Regime
from sekisho.law.ways import Way
from sekisho.model.determination import (
    ClauseKind,
    ClauseValue,
    Effect,
    Outcome,
)
from sekisho.model.truth import Truth
from sekisho.model.words import Words

_MOST_PROOFS = 1 << 15


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """All of an answer that does not depend on who the members of a collection are.

    `reasons` are the groups of atoms the answer stands on. The ways settle it: `to_permit` and
    `to_prohibit` where it is open, `to_change` where it is a prohibition.
    """

    answer: Answer
    binds: Truth
    clauses: tuple[ClauseValue, ...]
    deciding: tuple[str, ...]
    reasons: tuple[Group, ...]
    conditions: tuple[Words, ...]
    obliging: tuple[tuple[int, Truth], ...]
    to_permit: tuple[Way, ...] = ()
    to_prohibit: tuple[Way, ...] = ()
    to_change: tuple[Way, ...] = ()


class Prover:
    """A regime on a day, with what is worked out once for all its cases."""

    def __init__(self, law: RegimeInForce) -> None:
        """Group the atoms and find the facts that need the exact method."""
        self.law = law
        self.groups = group_atoms(law)
        self.mixed = mixed_groups(law)
        self._to_show = Shared(law, self.groups)
        self._to_change = Shared(law, self.groups, changing=True)
        self.outcome = functools.lru_cache(maxsize=_MOST_PROOFS)(
            functools.partial(outcome_of, law, self.mixed)
        )
        self.answer = functools.lru_cache(maxsize=_MOST_PROOFS)(self._answer)
        self._clause_value = functools.cache(self._clause_value_of)
        self.prove = functools.lru_cache(maxsize=_MOST_PROOFS)(self._prove)

    def _answer(self, vector: Vector) -> Answer:
        """The answer alone."""
        return answer_vector(self.law, self.mixed, vector)

    def _prove(self, vector: Vector) -> Proof:
        """The answer for what is known, with its proof."""
        law = self.law
        answer = self.answer(vector)
        values = law.values(vector)
        stands = ground_of(law, self.outcome, answer, values)
        proof = Proof(
            answer=answer,
            binds=_whether_bound(answer, values),
            clauses=tuple(map(self._clause_value, range(len(law.clauses)), values.clauses)),
            deciding=tuple(law.clauses[i].clause.id for i in _deciding(law, answer, values)),
            reasons=least_groups(self.groups, vector, stands),
            conditions=tuple(self._conditions(answer, values)),
            obliging=tuple(self._obliging(answer, values)),
        )
        return self._with_ways(proof, vector, values)

    def _with_ways(self, proof: Proof, vector: Vector, values: Values) -> Proof:
        match proof.answer.outcome:
            case Outcome.UNDETERMINED:
                search = AtomSearch(self._to_show, vector)
                permit = search.to_free() if values.breached == FALSE else search.to_clear()
                return msgspec.structs.replace(
                    proof, to_permit=tuple(permit), to_prohibit=tuple(search.to_prohibit())
                )
            case Outcome.PROHIBITED:
                search = AtomSearch(self._to_change, vector)
                return msgspec.structs.replace(proof, to_change=tuple(search.to_clear()))
            case _:
                return proof

    def _clause_value_of(self, i: int, value: int) -> ClauseValue:
        one = self.law.clauses[i]
        return ClauseValue(
            id=one.clause.id,
            kind=one.clause.kind,
            value=TRUTHS[value],
            in_force=one.in_force,
            words=one.clause.words,
            citation=one.clause.citation,
            since=one.clause.period.since,
            until=one.clause.period.until,
        )

    def _conditions(self, answer: Answer, values: Values) -> list[Words]:
        """Conditions that stand; where only they are open, also those that may stand."""
        if answer.outcome in (Outcome.NOT_APPLICABLE, Outcome.PROHIBITED):
            return []
        least = UNKNOWN if answer.effect is Effect.MAY_UNDER_CONDITIONS else TRUE
        stated = (
            self.law.clauses[i].clause.condition
            for i in self.law.conditioned
            if self.law.keeps(i, values.clauses, values.bare) >= least
        )
        return [words for words in stated if words is not None]

    def _obliging(self, answer: Answer, values: Values) -> list[tuple[int, Truth]]:
        """The obligations that stand or may stand, in a case that the regime binds or may bind."""
        if answer.outcome is Outcome.NOT_APPLICABLE:
            return []
        applies = {i: min(values.binds, values.clauses[i]) for i in self.law.obliging}
        return [(i, TRUTHS[value]) for i, value in applies.items() if value != FALSE]


@functools.lru_cache(maxsize=4096)
def prover_of(regime: Regime, on: date) -> Prover:
    """The prover of a regime on a day; made once for each."""
    return Prover(regime_in_force(regime, on))


def _whether_bound(answer: Answer, values: Values) -> Truth:
    if answer.outcome is Outcome.UNDETERMINED:
        return TRUTHS[values.binds]
    return Truth.of(answer.outcome is not Outcome.NOT_APPLICABLE)


def _deciding(law: RegimeInForce, answer: Answer, values: Values) -> tuple[int, ...]:
    """The clauses that the answer turns on."""

    def with_value(places: tuple[int, ...], *wanted: int) -> tuple[int, ...]:
        return tuple(i for i in places if values.clauses[i] in wanted)

    def in_force(places: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(i for i in places if law.clauses[i].in_force)

    match answer.outcome:
        case Outcome.NOT_APPLICABLE:
            return in_force(law.scopes)
        case Outcome.PROHIBITED:
            return with_value(law.against, TRUE) or with_value(law.against, UNKNOWN)
        case Outcome.UNDETERMINED:
            scopes = with_value(law.scopes, UNKNOWN) if values.binds == UNKNOWN else ()
            opened = with_value(law.against, UNKNOWN)
            return scopes + opened or _keeping(law, values, UNKNOWN)
        case Outcome.CONDITIONAL:
            return _keeping(law, values, TRUE) or _keeping(law, values, UNKNOWN)
        case Outcome.PERMITTED:
            exceptions = tuple(
                i for i, one in enumerate(law.clauses) if one.clause.kind is ClauseKind.EXCEPT
            )
            return with_value(exceptions, TRUE) or in_force(law.against)


def _keeping(law: RegimeInForce, values: Values, wanted: int) -> tuple[int, ...]:
    return tuple(i for i in law.conditioned if law.keeps(i, values.clauses, values.bare) == wanted)
