"""From a regime, facts and a case to a determination with its proof."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sekisho.law.answer import Answer
from sekisho.law.because import facts_behind, ground_of, without_needless
from sekisho.law.factbase import FactBase
from sekisho.law.inforce import RegimeInForce
from sekisho.law.needs import FactSearch
from sekisho.law.obligations import obligation_of
from sekisho.law.prove import Proof, prover_of
from sekisho.law.regime import Regime
from sekisho.model.case import Case
from sekisho.model.determination import Change, Determination, Missing, Outcome
from sekisho.model.fact import Fact
from sekisho.model.units import FactKey


def determine(regime: Regime, facts: Iterable[Fact], case: Case, *, on: date) -> Determination:
    """Decide a case under one regime, with the proof.

    Args:
        regime: the instrument, in one reading.
        facts: settled facts, each key once.
        case: who does what for which task; unknown parts are unknown facts.
        on: the law date; the rules in force on that day apply.

    Returns:
        The determination; equal arguments give equal determinations.
    """
    prover = prover_of(regime, on)
    law = prover.law
    base = FactBase(facts, case, on)
    vector = law.atoms.read(base)
    proof = prover.prove(vector)
    because = without_needless(
        law,
        proof.reasons,
        facts_behind(law, proof.reasons, vector, base),
        base,
        lambda: ground_of(law, prover.outcome, proof.answer, law.values(vector)),
    )
    return Determination(
        regime=regime.id,
        title=regime.title,
        digest=regime.digest,
        case=case,
        outcome=proof.answer.outcome,
        effect_now=proof.answer.effect,
        binds=proof.binds,
        clauses=proof.clauses,
        deciding=proof.deciding,
        because=tuple(map(base.fact, because)),
        missing=_missing(law, proof, base),
        change=_change(law, proof, base),
        conditions=proof.conditions,
        obligations=tuple(
            obligation_of(law.clauses[i].clause, applies, base) for i, applies in proof.obliging
        ),
        disputed=_disputed(law, base),
        gaps=regime.gaps,
        reading=regime.reading,
        advisory=regime.advisory,
    )


def answer(regime: Regime, facts: Iterable[Fact], case: Case, *, on: date) -> Answer:
    """Decide a case under one regime, without the proof."""
    prover = prover_of(regime, on)
    base = FactBase(facts, case, on)
    # what is settled whatever the members of collections are need not wait for them
    found = prover.answer(prover.law.atoms.read_tests(base))
    if found.outcome is Outcome.UNDETERMINED and prover.law.atoms.quantified:
        found = prover.answer(prover.law.atoms.read(base))
    return found


def _missing(law: RegimeInForce, proof: Proof, facts: FactBase) -> Missing:
    if proof.answer.outcome is not Outcome.UNDETERMINED:
        return Missing()
    search = FactSearch(law, facts, law.regime.vocabulary)
    return Missing(
        to_permit=search.needs_of(proof.to_permit),
        to_prohibit=search.needs_of(proof.to_prohibit),
    )


def _change(law: RegimeInForce, proof: Proof, facts: FactBase) -> Change | None:
    if not proof.to_change:
        return None
    return FactSearch(law, facts, law.regime.vocabulary, changing=True).change_of(proof.to_change)


def _disputed(law: RegimeInForce, facts: FactBase) -> tuple[FactKey, ...]:
    """The disputed facts that the regime speaks of."""
    disputed = facts.disputed
    if not disputed:
        return ()
    spoken = _spoken_of(law)
    return tuple(sorted(key for key in disputed if _is_spoken_of(key, spoken)))


def _spoken_of(law: RegimeInForce) -> set[str]:
    """Facts, and `collection.attribute` for those of members."""
    found = {test.fact for test in law.atoms.tests}
    for one in law.atoms.quantified.values():
        found |= {f"{one.collection}.{name}" for name in (*one.attributes, "complete")}
    return found


def _is_spoken_of(key: FactKey, spoken: set[str]) -> bool:
    collection, bracket, rest = key.partition("[")
    return (f"{collection}{rest.rpartition(']')[2]}" if bracket else key) in spoken
