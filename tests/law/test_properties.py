"""What holds for every regime and every state of knowledge."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import product

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sekisho.law.answer import Answer
from sekisho.law.atoms import TRUTHS, Atoms
from sekisho.law.because import ground_of
from sekisho.law.dated import change_days, rule_on
from sekisho.law.determine import answer, determine
from sekisho.law.evaluate import evaluate_rule
from sekisho.law.factbase import FactBase
from sekisho.law.needs import Demand, witness
from sekisho.law.prove import prover_of
from sekisho.law.regime import Regime
from sekisho.law.syntax import And, Not, Or, Relation, Rule
from sekisho.model.case import Case
from sekisho.model.determination import Effect, Need, Outcome
from sekisho.model.truth import Truth
from sekisho.model.units import FactKey
from sekisho.model.words import Words
from tests.law.small import CHANGEABLE, ON, VOCABULARY, known, regime_of, rule_of
from tests.law.strategies import DOMAINS, PLAIN_RULES, RULES, knowledge, learnt, regimes

CASE = Case()
MANY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NO_WORDS = Words(en="", ja="")
EASY = (Effect.MAY, Effect.MAY_UNDER_CONDITIONS)


def base(facts: Mapping[str, str | None]) -> FactBase:
    return FactBase(known(facts), CASE, ON)


def answered(regime: Regime, facts: Mapping[str, str | None]) -> Answer:
    return answer(regime, known(facts), CASE, on=ON)


def forgetting(facts: dict[str, str], forgotten: set[str]) -> dict[str, str | None]:
    """The facts with some not known any more; members stay members."""
    return {key: None if key in forgotten else value for key, value in facts.items()}


def reasons(regime: Regime, facts: dict[str, str]) -> set[str]:
    found = determine(regime, known(facts), CASE, on=ON)
    return {str(fact.key) for fact in found.because}


@MANY
@given(RULES.map(rule_of), knowledge())
def test_a_formula_over_atoms_means_what_the_rule_says(rule: Rule, facts: dict[str, str]) -> None:
    atoms = Atoms()
    formula = atoms.formula(rule_on(rule, ON))
    assert TRUTHS[formula(atoms.read(base(facts)))] is evaluate_rule(rule, base(facts))


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
        determine(regime, known(dict(items)), CASE, on=ON) for items in (shuffled, sorted(shuffled))
    )
    assert one == two


@MANY
@given(regimes(), knowledge(), st.sets(st.sampled_from(sorted(DOMAINS))))
def test_the_facts_given_as_reasons_suffice(
    regime: Regime, facts: dict[str, str], forgotten: set[str]
) -> None:
    """With these alone the answer is the same, and whatever else is forgotten."""
    before, because = answered(regime, facts), reasons(regime, facts)
    assert answered(regime, forgetting(facts, facts.keys() - because)) == before
    assert answered(regime, forgetting(facts, forgotten - because)) == before
    for key in facts.keys() - because:
        assert answered(regime, forgetting(facts, {key})) == before


@MANY
@given(regimes(), knowledge())
def test_every_reason_is_needed(regime: Regime, facts: dict[str, str]) -> None:
    """While who must show something is open, another clause may take the place of the one lost."""
    prover = prover_of(regime, ON)
    whole = prover.law.atoms.read(base(facts))
    before = prover.answer(whole)
    stands = ground_of(prover.law, prover.outcome, before, prover.law.values(whole))
    settled = before.outcome is not Outcome.UNDETERMINED or before.effect in EASY
    because = reasons(regime, facts)
    for lost in because:
        rest = forgetting(facts, (facts.keys() - because) | {lost})
        assert not stands(prover.law.atoms.read(base(rest)))
        assert not settled or answered(regime, rest) != before


def completions(facts: dict[str, str], most: int = 5) -> list[dict[str, str]]:
    """The facts with every way in which (the first of) the unknown ones may turn out."""
    members = {key.partition(".")[0] for key in facts}
    unknown = [
        key
        for key in DOMAINS
        if key not in facts and (not key.startswith("part[") or key.partition(".")[0] in members)
    ]
    chosen = unknown[:most]
    return [
        facts | dict(zip(chosen, values, strict=True))
        for values in product(*(DOMAINS[key] for key in chosen))
    ]


@MANY
@given(regimes(), knowledge())
def test_a_settled_answer_holds_however_the_rest_turns_out(
    regime: Regime, facts: dict[str, str]
) -> None:
    """Soundness against the plain enumeration of all completions."""
    before = answered(regime, facts)
    assume(before.outcome is not Outcome.UNDETERMINED)
    assert all(answered(regime, completed) == before for completed in completions(facts))


@settings(MANY, max_examples=200)
@given(regimes(PLAIN_RULES), knowledge())
def test_an_answer_is_left_open_only_where_the_unknown_could_turn_it(
    regime: Regime, facts: dict[str, str]
) -> None:
    """Exactness: where every completion gives one outcome, so does what is known."""
    facts = {key: value for key, value in facts.items() if not key.startswith("part")}
    assume(len(DOMAINS) - len(facts) < 12)
    unknown = [key for key in DOMAINS if key not in facts and not key.startswith("part")]
    outcomes = {
        answered(regime, facts | dict(zip(unknown, values, strict=True))).outcome
        for values in product(*(DOMAINS[key] for key in unknown))
    }
    before = answered(regime, facts).outcome
    assert {before} == outcomes if len(outcomes) == 1 else before is Outcome.UNDETERMINED


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
    found = determine(regime, known(facts), CASE, on=ON)
    for way in found.missing.to_prohibit:
        assert answered(regime, supplied(facts, way)).outcome is Outcome.PROHIBITED
    for way in found.missing.to_permit:
        then = answered(regime, supplied(facts, way))
        assert then.effect in EASY
        only_conditions_are_open = then.effect is Effect.MAY_UNDER_CONDITIONS
        binding = found.binds is Truth.TRUE
        assert not binding or only_conditions_are_open or then.outcome is Outcome.PERMITTED


@MANY
@given(regimes(), knowledge())
def test_of_missing_facts_none_is_asked_in_vain(regime: Regime, facts: dict[str, str]) -> None:
    """A set that contains another would not be least; the cheapest comes first."""
    missing = determine(regime, known(facts), CASE, on=ON).missing
    for ways in (missing.to_permit, missing.to_prohibit):
        sets = [frozenset((n.fact, n.relation, n.operands) for n in way) for way in ways]
        assert not any(one < other for one, other in product(sets, sets))
        costs = [sum({n.fact: n.cost for n in way}.values()) for way in ways]
        assert costs == sorted(costs)


@MANY
@given(regimes(), knowledge())
def test_what_can_be_settled_by_what_is_asked_is_asked(
    regime: Regime, facts: dict[str, str]
) -> None:
    """No facts are missing to prohibit only where no completion of the known would prohibit."""
    found = determine(regime, known(facts), CASE, on=ON)
    assume(found.outcome is Outcome.UNDETERMINED and not found.missing.to_prohibit)
    for completed in completions(facts):
        assert answered(regime, completed).outcome is not Outcome.PROHIBITED


@MANY
@given(regimes(), knowledge(), st.sampled_from([-1, 0, 1]))
def test_answers_change_from_one_day_to_the_next_only_where_the_law_says(
    regime: Regime, facts: dict[str, str], step: int
) -> None:
    day = ON + timedelta(days=step)
    quiet = all(change != day + timedelta(days=1) for change in change_days(regime)) and not any(
        "acquired" in str(clause.rule) for clause in regime.clauses
    )
    assume(quiet)
    one, two = (
        determine(regime, known(facts), CASE, on=on) for on in (day, day + timedelta(days=1))
    )
    assert (one.outcome, one.effect_now, one.because) == (two.outcome, two.effect_now, two.because)


CHANGING = regime_of(
    "id: ban, prohibit: 'place = CN or any part where (kind = camera and made_in = CN)'",
    "id: leak, prohibit: a",
    "id: lift, except_to: [ban], when: b",
    vocabulary=CHANGEABLE,
)


@MANY
@given(knowledge())
def test_the_change_proposed_lifts_the_prohibition(facts: dict[str, str]) -> None:
    found = determine(CHANGING, known(facts), CASE, on=ON)
    if found.outcome is not Outcome.PROHIBITED:
        assert found.change is None
        return
    changeable = facts.get("a") != "true" and facts.get("part.complete") != "false"
    assert (found.change is not None) >= changeable
    if found.change is None:
        return
    assert found.change.alterations
    needs = (
        tuple(
            Need(fact=one.fact, relation=one.relation, operands=one.operands, question=NO_WORDS)
            for one in found.change.alterations
        )
        + found.change.needs
    )
    altered = {need.fact for need in needs}
    assert altered.isdisjoint({"a", "b"} & facts.keys())
    rest = {key: value for key, value in facts.items() if key not in altered}
    then = answer(CHANGING, known(supplied(rest, needs)), CASE, on=ON)
    assert then.effect in EASY
