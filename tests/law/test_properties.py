"""What holds for every regime and every state of knowledge."""

from __future__ import annotations

from itertools import product

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sekisho.law.answer import Answer, answer_case
from sekisho.law.because import determine_because
from sekisho.law.determine import determine
from sekisho.law.factbase import FactBase
from sekisho.law.inforce import RegimeInForce, regime_in_force
from sekisho.law.missing import Demand, witness
from sekisho.law.regime import Regime
from sekisho.law.syntax import Relation
from sekisho.model.case import Case
from sekisho.model.determination import Effect, Need, Outcome
from sekisho.model.units import FactKey
from tests.law.small import ON, VOCABULARY, known
from tests.law.strategies import DOMAINS, knowledge, regimes

CASE = Case(body="state")
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def base(facts: dict[str, str]) -> FactBase:
    return FactBase(known(facts), CASE, ON)


def answered(regime: Regime, facts: dict[str, str]) -> Answer:
    return answer_case(regime_in_force(regime, ON), base(facts))


def only(law: RegimeInForce, facts: FactBase, kept: frozenset[FactKey]) -> Answer:
    return answer_case(law, facts.hide(frozenset(facts.known()) - kept))


@MANY
@given(regimes(), knowledge(), knowledge())
def test_more_evidence_never_flips_a_settled_answer(
    regime: Regime, facts: dict[str, str], more: dict[str, str]
) -> None:
    before = answered(regime, facts)
    assume(before.outcome is not Outcome.UNDETERMINED)
    assert answered(regime, more | facts).outcome is before.outcome


@MANY
@given(regimes(), knowledge(), st.randoms(use_true_random=False))
def test_the_order_of_facts_does_not_matter(
    regime: Regime, facts: dict[str, str], shuffler: object
) -> None:
    keys = list(facts)
    shuffler.shuffle(keys)  # type: ignore[attr-defined] # hypothesis gives a random.Random
    one = determine(regime, known(facts), CASE, on=ON, vocabulary=VOCABULARY)
    two = determine(
        regime, known({key: facts[key] for key in keys}), CASE, on=ON, vocabulary=VOCABULARY
    )
    assert (one.outcome, one.effect_now) == (two.outcome, two.effect_now)
    assert set(one.because) == set(two.because) or len(one.because) == len(two.because)


@MANY
@given(regimes(), knowledge())
def test_because_suffices_and_each_fact_of_it_is_needed(
    regime: Regime, facts: dict[str, str]
) -> None:
    law, whole = regime_in_force(regime, ON), base(facts)
    answer = answer_case(law, whole)
    because = frozenset(determine_because(law, whole, answer))
    assert only(law, whole, because) == answer
    for fact in because:
        assert only(law, whole, because - {fact}) != answer


@MANY
@given(regimes(), knowledge())
def test_removing_a_fact_that_is_not_listed_leaves_the_outcome(
    regime: Regime, facts: dict[str, str]
) -> None:
    law, whole = regime_in_force(regime, ON), base(facts)
    answer = answer_case(law, whole)
    because = frozenset(determine_because(law, whole, answer))
    for fact in set(whole.known()) - because:
        assert answer_case(law, whole.hide(frozenset({fact}))).outcome is answer.outcome


@MANY
@given(regimes(), knowledge())
def test_a_settled_answer_holds_however_the_rest_turns_out(
    regime: Regime, facts: dict[str, str]
) -> None:
    """Soundness against the plain enumeration of all completions."""
    answer = answered(regime, facts)
    assume(answer.outcome is not Outcome.UNDETERMINED)
    unknown = [key for key in DOMAINS if key not in facts][:6]
    for values in product(*(DOMAINS[key] for key in unknown)):
        completed = facts | dict(zip(unknown, values, strict=True))
        assert answered(regime, completed).outcome is answer.outcome


def supplied(facts: dict[str, str], way: tuple[Need, ...]) -> dict[str, str]:
    """The facts with values that meet every need of a way."""
    demands: dict[FactKey, list[Demand]] = {}
    for need in way:
        demand = Demand(need.fact, Relation(need.relation), need.operands)
        demands.setdefault(need.fact, []).append(demand)
    values = {str(fact): witness(fact, on, VOCABULARY) for fact, on in demands.items()}
    assert None not in values.values()
    return facts | {fact: value for fact, value in values.items() if value is not None}


@MANY
@given(regimes(), knowledge())
def test_missing_facts_once_supplied_do_decide(regime: Regime, facts: dict[str, str]) -> None:
    found = determine(regime, known(facts), CASE, on=ON, vocabulary=VOCABULARY)
    for way in found.missing.to_prohibit:
        assert answered(regime, supplied(facts, way)).outcome is Outcome.PROHIBITED
    for way in found.missing.to_permit:
        assert answered(regime, supplied(facts, way)).effect in (
            Effect.MAY,
            Effect.MAY_UNDER_CONDITIONS,
        )
