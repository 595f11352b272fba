"""What holds for every regime and every state of knowledge."""

from __future__ import annotations

from itertools import product

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sekisho.law.answer import Answer, answer_case
from sekisho.law.because import determine_because, ground_of
from sekisho.law.determine import determine
from sekisho.law.evaluate import evaluate_rule
from sekisho.law.factbase import FactBase
from sekisho.law.inforce import regime_in_force
from sekisho.law.missing import Demand, witness
from sekisho.law.regime import Regime
from sekisho.law.syntax import And, Not, Or, Relation, Rule
from sekisho.model.case import Case
from sekisho.model.determination import Effect, Need, Outcome
from sekisho.model.truth import Truth
from sekisho.model.units import FactKey
from tests.law.small import ON, VOCABULARY, known, rule_of
from tests.law.strategies import DOMAINS, RULES, knowledge, learnt, regimes

CASE = Case(body="state")
MANY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
EASY = (Effect.MAY, Effect.MAY_UNDER_CONDITIONS)


def base(facts: dict[str, str]) -> FactBase:
    return FactBase(known(facts), CASE, ON)


def answered(regime: Regime, facts: dict[str, str]) -> Answer:
    return answer_case(regime_in_force(regime, ON), base(facts))


def holds_up(ground: tuple[Rule, ...], facts: FactBase) -> bool:
    return all(evaluate_rule(rule, facts) is Truth.TRUE for rule in ground)


def without(facts: FactBase, forgotten: set[str]) -> FactBase:
    return facts.only([FactKey(key) for key in facts.values if key not in forgotten])


@MANY
@given(RULES.map(rule_of), knowledge(), knowledge())
def test_more_evidence_never_flips_a_rule(
    rule: Rule, facts: dict[str, str], more: dict[str, str]
) -> None:
    before = evaluate_rule(rule, base(facts))
    assume(before is not Truth.UNKNOWN)
    assert evaluate_rule(rule, base(learnt(facts, more))) is before


@MANY
@given(RULES.map(rule_of), RULES.map(rule_of), knowledge())
def test_de_morgan_holds_of_rules(one: Rule, other: Rule, facts: dict[str, str]) -> None:
    both, either = And((one, other)), Or((one, other))
    assert evaluate_rule(Not(both), base(facts)) is evaluate_rule(
        Or((Not(one), Not(other))), base(facts)
    )
    assert evaluate_rule(Not(either), base(facts)) is evaluate_rule(
        And((Not(one), Not(other))), base(facts)
    )


@MANY
@given(regimes(), knowledge(), knowledge())
def test_more_evidence_never_flips_a_settled_outcome(
    regime: Regime, facts: dict[str, str], more: dict[str, str]
) -> None:
    before = answered(regime, facts)
    assume(before.outcome is not Outcome.UNDETERMINED)
    assert answered(regime, learnt(facts, more)) == before


@MANY
@given(regimes(), knowledge(), knowledge())
def test_once_nothing_stands_against_it_the_act_stays_lawful(
    regime: Regime, facts: dict[str, str], more: dict[str, str]
) -> None:
    assume(answered(regime, facts).effect in EASY)
    assert answered(regime, learnt(facts, more)).effect in EASY


@MANY
@given(regimes(), knowledge().flatmap(lambda facts: st.permutations(list(facts.items()))))
def test_the_order_of_facts_does_not_matter(
    regime: Regime, shuffled: list[tuple[str, str]]
) -> None:
    one, two = (
        determine(regime, known(dict(items)), CASE, on=ON, vocabulary=VOCABULARY)
        for items in (shuffled, sorted(shuffled))
    )
    assert one == two


@MANY
@given(regimes(), knowledge())
def test_the_facts_given_as_reasons_suffice(regime: Regime, facts: dict[str, str]) -> None:
    law, whole = regime_in_force(regime, ON), base(facts)
    answer = answer_case(law, whole)
    because = determine_because(law, whole, answer)
    assert answer_case(law, whole.only(because)) == answer


@MANY
@given(regimes(), knowledge(), st.sets(st.sampled_from([*sorted(DOMAINS), "body", "on"])))
def test_what_is_not_among_the_reasons_may_be_forgotten(
    regime: Regime, facts: dict[str, str], forgotten: set[str]
) -> None:
    law, whole = regime_in_force(regime, ON), base(facts)
    answer = answer_case(law, whole)
    because = determine_because(law, whole, answer)
    for key in set(whole.values) - set(because):
        assert answer_case(law, without(whole, {key})) == answer
    assert answer_case(law, without(whole, forgotten - set(because))) == answer


@MANY
@given(regimes(), knowledge())
def test_every_reason_is_needed(regime: Regime, facts: dict[str, str]) -> None:
    """While who must show something is open, another clause may take the place of the one lost."""
    law, whole = regime_in_force(regime, ON), base(facts)
    answer = answer_case(law, whole)
    because = determine_because(law, whole, answer)
    ground = ground_of(law, whole, answer)
    assert holds_up(ground, whole.only(because))
    settled = answer.outcome is not Outcome.UNDETERMINED or answer.effect in EASY
    for lost in because:
        rest = whole.only([key for key in because if key != lost])
        assert not holds_up(ground, rest)
        assert not settled or answer_case(law, rest) != answer


@MANY
@given(regimes(), knowledge())
def test_a_settled_answer_holds_however_the_rest_turns_out(
    regime: Regime, facts: dict[str, str]
) -> None:
    """Soundness against the plain enumeration of all completions."""
    law = regime_in_force(regime, ON)
    answer = answer_case(law, base(facts))
    assume(answer.outcome is not Outcome.UNDETERMINED)
    unknown = [key for key in DOMAINS if key not in facts][:5]
    for values in product(*(DOMAINS[key] for key in unknown)):
        completed = learnt(facts, dict(zip(unknown, values, strict=True)))
        assert answer_case(law, base(completed)) == answer


def supplied(facts: dict[str, str], way: tuple[Need, ...]) -> dict[str, str]:
    """The facts with values that meet every need of a way."""
    demands: dict[FactKey, list[Demand]] = {}
    for need in way:
        demand = Demand(need.fact, Relation(need.relation), need.operands)
        demands.setdefault(need.fact, []).append(demand)
    values = {str(fact): witness(fact, on, VOCABULARY) for fact, on in demands.items()}
    assert None not in values.values()
    assert not values.keys() & facts.keys(), "what is known is not asked for"
    return facts | {fact: value for fact, value in values.items() if value is not None}


@MANY
@given(regimes(), knowledge())
def test_missing_facts_once_supplied_do_decide(regime: Regime, facts: dict[str, str]) -> None:
    found = determine(regime, known(facts), CASE, on=ON, vocabulary=VOCABULARY)
    binding = evaluate_rule(regime_in_force(regime, ON).binds, base(facts)) is Truth.TRUE
    for way in found.missing.to_prohibit:
        assert answered(regime, supplied(facts, way)).outcome is Outcome.PROHIBITED
    for way in found.missing.to_permit:
        then = answered(regime, supplied(facts, way))
        assert then.effect in EASY
        only_conditions_are_open = then.effect is Effect.MAY_UNDER_CONDITIONS
        assert not binding or only_conditions_are_open or then.outcome is Outcome.PERMITTED


@MANY
@given(regimes(), knowledge())
def test_of_missing_facts_none_is_asked_in_vain(regime: Regime, facts: dict[str, str]) -> None:
    """A set that contains another would not be least."""
    missing = determine(regime, known(facts), CASE, on=ON, vocabulary=VOCABULARY).missing
    for ways in (missing.to_permit, missing.to_prohibit):
        sets = [frozenset((n.fact, n.relation, n.operands) for n in way) for way in ways]
        assert not any(one < other for one, other in product(sets, sets))
        assert [len(one) for one in sets] == sorted(len(one) for one in sets)


@MANY
@given(regimes(), knowledge())
def test_what_can_be_settled_by_what_is_asked_is_asked(
    regime: Regime, facts: dict[str, str]
) -> None:
    """No facts are missing to prohibit only where no completion of the known would prohibit."""
    found = determine(regime, known(facts), CASE, on=ON, vocabulary=VOCABULARY)
    assume(found.outcome is Outcome.UNDETERMINED and not found.missing.to_prohibit)
    members = {key.partition(".")[0] for key in facts}
    unknown = [
        key
        for key in DOMAINS
        if key not in facts and (not key.startswith("part[") or key.partition(".")[0] in members)
    ][:5]
    law = regime_in_force(regime, ON)
    for values in product(*(DOMAINS[key] for key in unknown)):
        completed = facts | dict(zip(unknown, values, strict=True))
        assert answer_case(law, base(completed)).outcome is not Outcome.PROHIBITED
