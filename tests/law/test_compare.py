"""Two versions of a regime, and the cases by which one is accepted."""

from __future__ import annotations

from datetime import date
from itertools import product

from hypothesis import HealthCheck, given, settings

from sekisho.law.accept import select_cases
from sekisho.law.check import Example
from sekisho.law.compare import Region, compare_regimes
from sekisho.law.determine import answer
from sekisho.law.inforce import regime_in_force
from sekisho.law.regime import Regime
from sekisho.law.spell import spell_rule
from sekisho.law.syntax import Rule
from sekisho.law.worlds import Clauses, Worlds
from sekisho.model.case import Case
from sekisho.model.determination import Outcome
from tests.law.small import ON, known, regime_of, rule_of
from tests.law.strategies import RULES, regimes

SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
OLD = regime_of("id: ban, prohibit: 'place in [CN]', since: 2026-01-01")
NEW = regime_of(
    "id: ban, prohibit: 'place in [CN, RU]', since: 2026-01-01",
    "id: lift, except_to: [ban], when: a, since: 2026-06-01",
)


def outcome(regime: Regime, example: Example) -> Outcome:
    case = Case(
        act=example.act,
        task=example.task,
        body=example.body,
        acquired=date.fromisoformat(example.acquired) if example.acquired else None,
    )
    return answer(regime, known(example.facts), case, on=example.on).outcome


def test_a_difference_is_told_from_day_to_day_with_the_whole_region() -> None:
    found = list(compare_regimes(OLD, NEW))
    assert [(one.since, one.until, one.old, one.new, one.where) for one in found] == [
        (
            date(2026, 1, 1),
            date(2026, 6, 1),
            Outcome.PERMITTED,
            Outcome.PROHIBITED,
            (("body in [state]", "place in [RU]"),),
        ),
        (
            date(2026, 6, 1),
            None,
            Outcome.PROHIBITED,
            Outcome.PERMITTED,
            (("body in [state]", "place in [CN]", "a"),),
        ),
        (
            date(2026, 6, 1),
            None,
            Outcome.PERMITTED,
            Outcome.PROHIBITED,
            (("body in [state]", "place in [RU]", "not a"),),
        ),
    ]


def test_each_example_is_decided_as_the_region_says() -> None:
    for region in compare_regimes(OLD, NEW):
        assert outcome(OLD, region.example) is region.old
        assert outcome(NEW, region.example) is region.new


def test_a_version_does_not_differ_from_itself() -> None:
    assert list(compare_regimes(NEW, NEW)) == []


def test_quantifiers_and_dates_are_spelt_by_their_tests() -> None:
    one = regime_of("id: ban, prohibit: 'any part where (kind = camera and made_in = CN)'")
    other = regime_of("id: ban, prohibit: acquired < 2026-01-01")
    (first, second) = compare_regimes(one, other)
    words = {w for region in (first, second) for part in region.where for w in part}
    assert "any part where (kind = camera and made_in = CN)" in words
    assert "not (any part where (kind = camera and made_in = CN))" in words
    assert {"acquired < 2026-01-01", "not (acquired < 2026-01-01)"} <= words


@SOME
@given(regimes(), regimes())
def test_regions_are_where_the_versions_differ(old: Regime, new: Regime) -> None:
    regions: list[Region] = list(compare_regimes(old, new))
    for region in regions:
        assert outcome(old, region.example) is region.old
        assert outcome(new, region.example) is region.new
        assert region.old is not region.new
    on_day = [r for r in regions if (r.since or ON) <= ON and (r.until is None or r.until > ON)]
    if not on_day:
        for place, a, b in product(("CN", "JP"), ("true", "false"), ("true", "false")):
            facts = {
                "place": place,
                "a": a,
                "b": b,
                "c": "false",
                "d": "false",
                "part.complete": "true",
                "acquired": "2026-01-01",
                "body": "state",
            }
            case = Case()
            answers = [answer(v, known(facts), case, on=ON).outcome for v in (old, new)]
            assert answers[0] is answers[1]


@SOME
@given(regimes())
def test_acceptance_cases_are_decided_as_they_say_and_differ_in_one_fact(regime: Regime) -> None:
    cases = select_cases(regime)
    assert cases
    for one in cases:
        assert outcome(regime, one.case) is one.outcome
        if one.beside is not None:
            other = cases[one.beside]
            assert other.outcome is not one.outcome
            assert other.case.on == one.case.on
            assert one.shows is not None
            changed = {
                key.partition("[")[0].partition(".")[0] if "[" in key else key
                for key in {*other.case.facts, *one.case.facts}
                if other.case.facts.get(key) != one.case.facts.get(key)
            }
            given_ = {
                key
                for key in ("act", "task", "body", "acquired")
                if getattr(other.case, key) != getattr(one.case, key)
            }
            assert changed | given_ <= {one.shows}


def test_acceptance_cases_show_each_fact_and_each_day_of_change() -> None:
    cases = select_cases(NEW)
    last = [one for one in cases if one.shows != "on"]
    shown = set()
    for one, other in product(last, last):
        facts = {**one.case.facts, "body": one.case.body}
        others = {**other.case.facts, "body": other.case.body}
        changed = {key for key in facts if facts[key] != others[key]}
        if len(changed) == 1 and one.outcome is not other.outcome:
            shown |= changed
    assert shown == {"body", "place", "a"}
    days = [one.case.on for one in cases if one.shows == "on"]
    assert days == [date(2025, 12, 31), date(2026, 1, 1), date(2026, 5, 31), date(2026, 6, 1)]


@SOME
@given(RULES.map(rule_of))
def test_a_rule_put_into_words_reads_as_the_same_rule(rule: Rule) -> None:
    read = rule_of(spell_rule(rule))
    assert rule_of(spell_rule(read)) == read
    assert "not not" in spell_rule(rule) or read == rule


@SOME
@given(regimes())
def test_diagrams_decide_as_the_answers_do(regime: Regime) -> None:
    law = regime_in_force(regime, ON)
    worlds = Worlds([law])
    outcomes = Clauses(law, worlds).outcome()
    for path, result in worlds.diagrams.paths(outcomes):
        facts = worlds.facts_of(path)
        assert answer(regime, known(facts), Case(), on=ON).outcome is result


def test_a_long_list_is_told_by_what_is_not_in_it() -> None:
    """Countries that no rule names are among the others, so these are told by the named ones."""
    old = regime_of("id: ban, prohibit: 'place in [CN, RU]'")
    new = regime_of("id: ban, prohibit: 'place not in [CN, RU]'")
    told = {words for one in compare_regimes(old, new) for part in one.where for words in part}
    assert told == {"body in [state]", "place in [CN, RU]", "place not in [CN, RU]"}


def test_what_does_not_matter_to_a_difference_is_not_told() -> None:
    """Of two quantifiers over one collection only that on which the region agrees is named."""
    old = regime_of("id: ban, prohibit: 'any part where kind = camera'")
    new = regime_of(
        "id: ban, prohibit: 'any part where kind = camera or any part where kind = radio'"
    )
    told = {words for one in compare_regimes(old, new) for part in one.where for words in part}
    assert told == {
        "body in [state]",
        "any part where kind = radio",
        "not (any part where kind = camera)",
    }
    back = {
        words
        for one in compare_regimes(new, regime_of("id: ban, prohibit: a and not a"))
        for part in one.where
        for words in part
    }
    assert back >= {"body in [state]"}


def test_acceptance_cases_are_few_and_each_is_new() -> None:
    rule = "(a or b) and (c or d) and place in [CN, RU]"
    cases = select_cases(regime_of(f"id: ban, prohibit: '{rule}'"))
    seen = [(one.case.body, sorted(one.case.facts.items())) for one in cases]
    assert len(seen) == len({str(one) for one in seen})
    assert len(cases) == 9


def test_a_regime_that_binds_nobody_is_accepted_by_one_case() -> None:
    regime = regime_of("id: none, scope: a and not a", "id: ban, prohibit: b")
    assert [one.outcome for one in select_cases(regime)] == [Outcome.NOT_APPLICABLE]


def test_a_version_may_speak_of_facts_that_the_other_has_not() -> None:
    more = "facts: [{key: own, type: truth, question: {en: own, ja: 独}, settled_by: [record]}]\n"
    new = regime_of("id: ban, prohibit: own", more=more)
    old = regime_of("id: ban, prohibit: a")
    (here,) = [one for one in compare_regimes(old, new) if one.new is Outcome.PROHIBITED]
    assert here.where == (("body in [state]", "not a", "own"),)
    (back,) = [one for one in compare_regimes(new, old) if one.old is Outcome.PROHIBITED]
    assert here.example.facts == back.example.facts == {"a": "false", "own": "true"}
