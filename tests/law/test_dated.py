"""Rules in time: periods, parameters and the law date written out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekisho.law.dated import (
    UNKNOWN,
    change_days,
    negated,
    rule_in_time,
    rule_of_period,
    rule_on,
    simplify,
    versions_of,
)
from sekisho.law.determine import determine
from sekisho.law.evaluate import evaluate_rule
from sekisho.law.factbase import FactBase
from sekisho.law.inforce import regime_in_force
from sekisho.law.regime import Period, Regime
from sekisho.law.syntax import ALWAYS, NEVER, All, And, Any, Not, Or, Relation, Rule, Test
from sekisho.model.case import Case
from sekisho.model.determination import Outcome
from sekisho.model.truth import Truth
from tests.law.small import ON, facts_of, known, regime_of, rule_of
from tests.law.strategies import RULES, knowledge, regimes

MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NOBODY = Case()
DAY = timedelta(days=1)
A, B, C, D = (Test(key, Relation.IS, ("true",)) for key in "abcd")
SINCE, UNTIL = date(2021, 4, 1), date(2024, 4, 1)
FROM_SINCE = Test("on", Relation.FROM, ("2021-04-01",))
BEFORE_UNTIL = Test("on", Relation.BEFORE, ("2024-04-01",))


@pytest.mark.parametrize(
    ("period", "rule"),
    [
        (Period(), ALWAYS),
        (Period(since=SINCE), And((FROM_SINCE,))),
        (Period(until=UNTIL), And((BEFORE_UNTIL,))),
        (Period(SINCE, UNTIL), And((FROM_SINCE, BEFORE_UNTIL))),
    ],
)
def test_a_period_is_two_tests_of_the_law_date(period: Period, rule: Rule) -> None:
    assert rule_of_period(period) == rule
    for day in (SINCE - DAY, SINCE, UNTIL - DAY, UNTIL):
        assert rule_on(rule, day) == (ALWAYS if period.contains(day) else NEVER)


@pytest.mark.parametrize(
    ("period", "rule"),
    [
        ("", A),
        (", since: 2021-04-01", And((FROM_SINCE, A))),
        (", until: 2024-04-01", And((BEFORE_UNTIL, A))),
        (", since: 2021-04-01, until: 2024-04-01", And((FROM_SINCE, BEFORE_UNTIL, A))),
    ],
)
def test_a_clause_is_its_rule_while_it_is_in_force(period: str, rule: Rule) -> None:
    regime = regime_of(f"id: ban, prohibit: a{period}")
    clause = regime.clauses[1]
    assert rule_in_time(clause, regime) == rule
    for day in (SINCE - DAY, SINCE, UNTIL - DAY, UNTIL):
        fixed = rule_on(rule, day)
        assert fixed == (A if clause.period.contains(day) else NEVER)


@pytest.mark.parametrize(
    ("rule", "simple"),
    [
        (A, A),
        (And(()), ALWAYS),
        (Or(()), NEVER),
        (And((A,)), A),
        (Or((A,)), A),
        (And((A, B)), And((A, B))),
        (And((B, A)), And((B, A))),
        (And((A, ALWAYS)), A),
        (And((ALWAYS, ALWAYS)), ALWAYS),
        (And((A, NEVER, B)), NEVER),
        (Or((A, NEVER)), A),
        (Or((NEVER, NEVER)), NEVER),
        (Or((A, ALWAYS, B)), ALWAYS),
        (And((A, B, A)), And((A, B))),
        (Or((A, A)), A),
        (And((A, And((B, And((C, D)))))), And((A, B, C, D))),
        (Or((Or((A, B)), Or((B, C)))), Or((A, B, C))),
        (And((A, Or((B, C)))), And((A, Or((B, C))))),
        (Or((A, And((B, C)))), Or((A, And((B, C))))),
        (And((And((A, ALWAYS)), Or((NEVER, B)))), And((A, B))),
        (Or((And((A, NEVER)), B)), B),
        (Not(A), Not(A)),
        (Not(Not(A)), A),
        (Not(Not(Not(A))), Not(A)),
        (Not(ALWAYS), NEVER),
        (Not(NEVER), ALWAYS),
        (Not(And((A, NEVER))), ALWAYS),
        (Not(Or((A, ALWAYS))), NEVER),
        (Not(And((A, And((B, C))))), Not(And((A, B, C)))),
        (And((A, Not(NEVER))), A),
        (Any("part", And((A, And((B, C))))), Any("part", And((A, And((B, C)))))),
        (And((All("part", A), ALWAYS)), All("part", A)),
    ],
)
def test_a_rule_loses_what_says_nothing(rule: Rule, simple: Rule) -> None:
    assert simplify(rule) == simple
    assert simplify(simple) == simple


@pytest.mark.parametrize(
    ("rule", "opposite"),
    [
        (A, Not(A)),
        (Not(A), A),
        (ALWAYS, NEVER),
        (NEVER, ALWAYS),
        (And((A, B)), Not(And((A, B)))),
        (Or((A, B)), Not(Or((A, B)))),
        (Any("part", A), Not(Any("part", A))),
    ],
)
def test_the_opposite_of_a_rule(rule: Rule, opposite: Rule) -> None:
    assert negated(rule) == opposite
    assert negated(opposite) == rule


@MANY
@given(RULES.map(rule_of), knowledge())
def test_a_simplified_rule_means_the_same(rule: Rule, facts: dict[str, str]) -> None:
    base = FactBase(known(facts), NOBODY, ON)
    assert evaluate_rule(simplify(rule), base) is evaluate_rule(rule, base)
    more = And((ALWAYS, Or((NEVER, Not(Not(rule))))))
    assert simplify(more) == simplify(rule)


@MANY
@given(RULES.map(rule_of), knowledge(), st.sampled_from((ON - DAY, ON, ON + DAY)))
def test_a_rule_fixed_on_a_day_means_on_that_day_what_the_rule_does(
    rule: Rule, facts: dict[str, str], on: date
) -> None:
    base = FactBase(known(facts), NOBODY, on)
    assert evaluate_rule(rule_on(rule, on), base) is evaluate_rule(rule, base)


@MANY
@given(regimes(), knowledge(), st.sampled_from((ON - DAY, ON, ON + DAY)))
def test_a_regime_on_every_day_is_on_each_the_regime_of_that_day(
    regime: Regime, facts: dict[str, str], on: date
) -> None:
    base = FactBase(known(facts), NOBODY, on)
    always, once = regime_in_force(regime, None), regime_in_force(regime, on)
    for one, other in zip(always.clauses, once.clauses, strict=True):
        assert other.rule == rule_on(one.rule, on)
        assert evaluate_rule(one.rule, base) is evaluate_rule(other.rule, base)
        assert other.in_force is other.clause.period.contains(on)
        assert one.in_force


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("acquired >= on", Test("acquired", Relation.FROM, ("2026-11-01",))),
        ("acquired < on", Test("acquired", Relation.BEFORE, ("2026-11-01",))),
        ("acquired = on", Test("acquired", Relation.IS, ("2026-11-01",))),
        ("acquired < 2026-01-01", Test("acquired", Relation.BEFORE, ("2026-01-01",))),
        ("on >= 2026-11-01", ALWAYS),
        ("on > 2026-11-01", NEVER),
        ("on <= 2026-11-01", ALWAYS),
        ("on < 2026-11-01", NEVER),
        ("on = 2026-11-01", ALWAYS),
        ("on != 2026-11-01", NEVER),
        ("on in [2026-10-31, 2026-11-01]", ALWAYS),
        ("on not in [2026-10-31, 2026-11-01]", NEVER),
        ("a or on > 2026-11-01", A),
        ("a and on > 2026-11-01", NEVER),
        ("not (a and on > 2026-11-01)", ALWAYS),
    ],
)
def test_the_law_date_is_written_into_the_rule(text: str, fixed: Rule) -> None:
    assert rule_on(rule_of(text), ON) == fixed


LANDS = """parameters:
  lands:
    - {values: [CN], since: 2020-01-01, until: 2022-01-01, cite: {text: a, confidence: primary}}
    - {values: [CN, RU], since: 2023-01-01, cite: {text: b, confidence: primary}}
  kinds:
    - {values: [camera], until: 2021-01-01, cite: {text: a, confidence: primary}}
    - {values: [radio], since: 2021-01-01, cite: {text: a, confidence: primary}}
"""
IN_FIRST = Test("place", Relation.IN, ("CN",))
IN_SECOND = Test("place", Relation.IN, ("CN", "RU"))


def ruled(rule: str) -> Regime:
    return regime_of(f"id: ban, prohibit: '{rule}'", more=LANDS)


def in_time(rule: str) -> Rule:
    regime = ruled(rule)
    return rule_in_time(regime.clauses[1], regime)


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        (date(2019, 12, 31), UNKNOWN),
        (date(2020, 1, 1), IN_FIRST),
        (date(2021, 12, 31), IN_FIRST),
        (date(2022, 1, 1), UNKNOWN),
        (date(2022, 12, 31), UNKNOWN),
        (date(2023, 1, 1), IN_SECOND),
        (date.max, IN_SECOND),
    ],
)
def test_a_parameter_has_the_values_of_the_day(day: date, rule: Rule) -> None:
    assert rule_on(in_time("place in lands"), day) == rule
    assert rule_on(in_time("not place in lands"), day) == Not(rule)
    assert rule_on(in_time("a and (b or place in lands)"), day) == And((A, Or((B, rule))))


def test_a_parameter_written_out_says_from_when_to_when() -> None:
    on = "on"
    first = And(
        (
            Test(on, Relation.FROM, ("2020-01-01",)),
            Test(on, Relation.BEFORE, ("2022-01-01",)),
            IN_FIRST,
        )
    )
    second = And((Test(on, Relation.FROM, ("2023-01-01",)), IN_SECOND))
    covered = Or((And(first.parts[:2]), second.parts[0]))
    assert in_time("place in lands") == Or((first, second, And((Not(covered), UNKNOWN))))


def test_a_rule_without_parameters_stays_as_it_is() -> None:
    regime = ruled("a")
    for text in ("a", "not a", "a and b or c", "any part where kind = camera", "acquired >= on"):
        rule = rule_of(text)
        assert versions_of(rule, regime) == rule


def test_parameters_after_where_make_another_quantifier_of_each_version() -> None:
    def quantifier(lands: tuple[str, ...], kind: str) -> Rule:
        made = Test("made_in", Relation.IN, lands, of_member=True)
        kinds = Test("kind", Relation.NOT_IN, (kind,), of_member=True)
        return Any("part", Or((made, kinds)))

    rule = in_time("any part where (made_in in lands or kind not in kinds)")
    assert rule_on(rule, date(2020, 12, 31)) == quantifier(("CN",), "camera")
    assert rule_on(rule, date(2021, 1, 1)) == quantifier(("CN",), "radio")
    assert rule_on(rule, date(2022, 1, 1)) == UNKNOWN
    assert rule_on(rule, date(2023, 1, 1)) == quantifier(("CN", "RU"), "radio")


@pytest.mark.parametrize(
    ("day", "facts", "outcome"),
    [
        (date(2022, 6, 1), {"a": "true", "place": "CN"}, Outcome.UNDETERMINED),
        (date(2022, 6, 1), {"a": "false", "place": "CN"}, Outcome.PERMITTED),
        (date(2021, 6, 1), {"a": "true", "place": "RU"}, Outcome.PERMITTED),
        (date(2023, 6, 1), {"a": "true", "place": "RU"}, Outcome.PROHIBITED),
        (date(2023, 6, 1), {"a": "true"}, Outcome.UNDETERMINED),
    ],
)
def test_in_the_days_that_no_version_covers_nobody_can_know(
    day: date, facts: dict[str, str], outcome: Outcome
) -> None:
    regime = ruled("a and place in lands")
    found = determine(regime, known(facts), Case(body="state"), on=day)
    assert found.outcome is outcome


def test_what_nobody_can_know_is_not_asked_for() -> None:
    found = determine(ruled("place in lands or b"), (), Case(body="state"), on=date(2022, 6, 1))
    assert found.outcome is Outcome.UNDETERMINED
    assert found.missing.to_permit == ()
    assert [[need.fact for need in way] for way in found.missing.to_prohibit] == [["b"]]
    assert evaluate_rule(UNKNOWN, FactBase(facts_of(a="true"), NOBODY, ON)) is Truth.UNKNOWN


def test_a_regime_changes_where_a_clause_or_a_parameter_begins_or_ends() -> None:
    regime = regime_of(
        "id: ban, prohibit: place in lands, since: 2021-04-01, until: 2024-04-01",
        "id: lift, except_to: [ban], when: a, until: 2020-01-01",
        "id: care, condition: {en: c, ja: c}, when: b",
        more=LANDS,
    )
    assert change_days(regime) == (
        date(2020, 1, 1),
        date(2021, 1, 1),
        SINCE,
        date(2022, 1, 1),
        date(2023, 1, 1),
        UNTIL,
    )
    assert change_days(regime_of("id: ban, prohibit: a")) == ()
