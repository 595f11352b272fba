"""Outcome, effect and proof of single cases."""

from __future__ import annotations

from datetime import date

import pytest

from sekisho.law import kept
from sekisho.law.determine import answer as answer_alone
from sekisho.law.determine import determine
from sekisho.law.evaluate import holds
from sekisho.law.needs import Demand, witness
from sekisho.law.regime import Regime
from sekisho.law.syntax import Relation
from sekisho.model.case import Case
from sekisho.model.determination import Determination, Effect, Outcome
from sekisho.model.fact import Fact
from sekisho.model.truth import Truth
from sekisho.model.units import FactKey
from tests.law.small import ON, VOCABULARY, facts_of, known, regime_of

STATE = Case(act="buy", body="state", task="rescue")


def decided(
    regime: Regime, facts: tuple[Fact, ...] = (), case: Case = STATE, on: date = ON
) -> Determination:
    return determine(regime, facts, case, on=on)


def answer(
    regime: Regime, facts: tuple[Fact, ...] = (), case: Case = STATE
) -> tuple[Outcome, Effect]:
    found = decided(regime, facts, case)
    return found.outcome, found.effect_now


BAN = regime_of("id: ban, prohibit: a")
BURDENED = regime_of("id: ban, prohibit: a, burden: body")
WAIVED = regime_of(
    "id: ban, prohibit: a",
    "id: waiver, except_to: [ban], when: b, burden: body, condition: {en: keep, ja: 保存}",
)
DUTY = regime_of("id: duty, require: b, when: act = buy, burden: body")


@pytest.mark.parametrize(
    ("regime", "facts", "outcome", "effect"),
    [
        (BAN, facts_of(a="true"), Outcome.PROHIBITED, Effect.MAY_NOT),
        (BAN, facts_of(a="false"), Outcome.PERMITTED, Effect.MAY),
        (BAN, (), Outcome.UNDETERMINED, Effect.UNSETTLED),
        (BURDENED, (), Outcome.UNDETERMINED, Effect.MAY_NOT_UNTIL_SHOWN),
        (DUTY, facts_of(b="true"), Outcome.PERMITTED, Effect.MAY),
        (DUTY, facts_of(b="false"), Outcome.PROHIBITED, Effect.MAY_NOT),
        (DUTY, (), Outcome.UNDETERMINED, Effect.MAY_NOT_UNTIL_SHOWN),
        (WAIVED, facts_of(a="true", b="true"), Outcome.CONDITIONAL, Effect.MAY_UNDER_CONDITIONS),
        (WAIVED, facts_of(a="true", b="false"), Outcome.PROHIBITED, Effect.MAY_NOT),
        (WAIVED, facts_of(a="true"), Outcome.UNDETERMINED, Effect.MAY_NOT_UNTIL_SHOWN),
        (WAIVED, facts_of(b="true"), Outcome.UNDETERMINED, Effect.MAY_UNDER_CONDITIONS),
        (WAIVED, facts_of(a="false"), Outcome.PERMITTED, Effect.MAY),
        (WAIVED, (), Outcome.UNDETERMINED, Effect.UNSETTLED),
    ],
)
def test_outcome_and_effect(
    regime: Regime, facts: tuple[Fact, ...], outcome: Outcome, effect: Effect
) -> None:
    assert answer(regime, facts) == (outcome, effect)


def test_a_regime_that_does_not_bind_the_case_does_not_apply() -> None:
    assert answer(BAN, facts_of(a="true"), Case(body="private")) == (
        Outcome.NOT_APPLICABLE,
        Effect.MAY,
    )


def test_whether_it_binds_may_be_open() -> None:
    assert answer(BAN, facts_of(a="true"), Case())[0] is Outcome.UNDETERMINED
    assert answer(BAN, facts_of(a="false"), Case()) == (Outcome.UNDETERMINED, Effect.MAY)
    assert "scope" in decided(BAN, (), Case()).deciding


def test_exceptions_to_exceptions_restore_the_rule() -> None:
    regime = regime_of(
        "id: ban, prohibit: a",
        "id: lift, except_to: [ban], when: b",
        "id: restore, except_to: [lift], when: c",
    )
    assert answer(regime, facts_of(a="true", b="true", c="false"))[0] is Outcome.PERMITTED
    assert answer(regime, facts_of(a="true", b="true", c="true"))[0] is Outcome.PROHIBITED
    assert answer(regime, facts_of(a="true", b="true"))[0] is Outcome.UNDETERMINED


def test_an_open_set_prohibits_once_a_member_is_seen() -> None:
    regime = regime_of("id: ban, prohibit: 'any part where (kind = camera and made_in in [CN])'")
    seen = {"part[x].kind": "camera", "part[x].made_in": "CN"}
    clean = {"part[x].kind": "camera", "part[x].made_in": "JP"}
    assert answer(regime, known(seen))[0] is Outcome.PROHIBITED
    assert answer(regime, known(clean))[0] is Outcome.UNDETERMINED
    assert answer(regime, known(clean | {"part.complete": "true"}))[0] is Outcome.PERMITTED
    assert answer(regime, known(clean | {"part.complete": "false"}))[0] is Outcome.UNDETERMINED


def test_all_of_an_open_set_needs_the_whole() -> None:
    regime = regime_of("id: duty, require: all part where made_in = JP")
    home = {"part[x].made_in": "JP"}
    assert answer(regime, known(home))[0] is Outcome.UNDETERMINED
    assert answer(regime, known(home | {"part.complete": "true"}))[0] is Outcome.PERMITTED
    assert answer(regime, known({"part[x].made_in": "CN"}))[0] is Outcome.PROHIBITED


@pytest.mark.parametrize(
    ("on", "outcome"),
    [
        (date(2021, 3, 31), Outcome.PERMITTED),
        (date(2021, 4, 1), Outcome.PROHIBITED),
        (date(2024, 3, 31), Outcome.PROHIBITED),
        (date(2024, 4, 1), Outcome.PERMITTED),
    ],
)
def test_a_clause_holds_from_its_first_day_to_the_day_before_its_end(
    on: date, outcome: Outcome
) -> None:
    regime = regime_of("id: ban, prohibit: a, since: 2021-04-01, until: 2024-04-01")
    found = decided(regime, facts_of(a="true"), on=on)
    assert found.outcome is outcome
    assert found.clauses[1].in_force is (outcome is Outcome.PROHIBITED)


def test_an_exception_that_is_not_in_force_lifts_nothing() -> None:
    regime = regime_of(
        "id: ban, prohibit: a", "id: x, except_to: [ban], when: b, until: 2020-01-01"
    )
    assert answer(regime, facts_of(a="true", b="true"))[0] is Outcome.PROHIBITED


def test_a_parameter_without_a_value_on_the_day_leaves_the_answer_open() -> None:
    lands = "parameters:\n  lands: [{values: [CN], since: 2030-01-01, cite: {text: a, confidence: primary}}]\n"
    regime = regime_of("id: ban, prohibit: place in lands", more=lands)
    found = decided(regime, facts_of(place="CN"))
    assert found.outcome is Outcome.UNDETERMINED
    assert found.missing.to_prohibit == ()
    later = decided(regime, facts_of(place="CN"), on=date(2030, 1, 1))
    assert later.outcome is Outcome.PROHIBITED


def test_dates_are_compared() -> None:
    regime = regime_of("id: ban, prohibit: acquired >= 2021-04-01 and not acquired > 2022-01-01")
    before = Case(body="state", acquired=date(2021, 3, 31))
    within = Case(body="state", acquired=date(2021, 4, 1))
    assert answer(regime, (), before)[0] is Outcome.PERMITTED
    assert answer(regime, (), within)[0] is Outcome.PROHIBITED


def test_conditions_of_a_clause_stand_where_it_applies() -> None:
    regime = regime_of("id: care, condition: {en: take care, ja: 注意}, when: a")
    assert answer(regime, facts_of(a="true"))[0] is Outcome.CONDITIONAL
    assert decided(regime, facts_of(a="true")).deciding == ("care",)
    assert decided(regime, facts_of(a="true")).conditions[0].en == "take care"
    assert decided(regime, facts_of(a="false")).conditions == ()
    assert answer(regime, ()) == (Outcome.UNDETERMINED, Effect.MAY_UNDER_CONDITIONS)
    assert [words.en for words in decided(regime, ()).conditions] == ["take care"]


def test_a_condition_without_a_case_always_stands() -> None:
    regime = regime_of("id: care, condition: {en: take care, ja: 注意}")
    assert answer(regime)[0] is Outcome.CONDITIONAL


def test_conditions_do_not_stand_where_the_act_is_prohibited_or_open() -> None:
    regime = regime_of("id: ban, prohibit: a", "id: care, condition: {en: c, ja: c}, when: b")
    assert decided(regime, facts_of(a="true", b="true")).conditions == ()
    assert decided(regime, facts_of(b="true")).conditions != ()
    assert decided(regime, ()).conditions == ()


def test_deciding_clauses_are_those_the_answer_turns_on() -> None:
    regime = regime_of(
        "id: one, prohibit: a", "id: two, prohibit: b", "id: lift, except_to: [one], when: c"
    )
    assert decided(regime, facts_of(a="true", b="false", c="false")).deciding == ("one",)
    assert decided(regime, facts_of(a="false")).deciding == ("two",)
    assert decided(regime, facts_of(a="false", b="false")).deciding == ("one", "two")
    assert decided(regime, facts_of(a="true", b="false", c="true")).deciding == ("lift",)
    assert decided(regime, (), Case(body="private")).deciding == ("scope",)


def test_clause_values_are_shown() -> None:
    values = {one.id: one.value for one in decided(WAIVED, facts_of(a="true")).clauses}
    assert values == {"scope": Truth.TRUE, "ban": Truth.UNKNOWN, "waiver": Truth.UNKNOWN}


def test_the_reason_comes_from_the_first_clause_that_suffices() -> None:
    regime = regime_of("id: one, prohibit: a", "id: two, prohibit: b")
    found = decided(regime, facts_of(a="true", b="true"))
    assert [fact.key for fact in found.because] == ["body", "a"]


def reasons(regime: Regime, facts: tuple[Fact, ...]) -> list[str]:
    return [fact.key for fact in decided(regime, facts).because]


def test_where_the_body_must_show_the_clause_it_waits_for_no_reason() -> None:
    assert reasons(BURDENED, ()) == []


def test_where_only_an_excuse_helps_the_reason_is_what_stands_against_the_act() -> None:
    assert reasons(WAIVED, facts_of(a="true", c="true")) == ["a"]


def test_where_nobody_waits_the_reason_is_what_freed_the_body() -> None:
    regime = regime_of(
        "id: duty, prohibit: a, burden: body",
        "id: ban, prohibit: b",
        "id: waiver, except_to: [ban], when: c, burden: body",
        "id: other, prohibit: d",
    )
    found = decided(regime, facts_of(a="false", b="true", c="true"))
    assert (found.outcome, found.effect_now) == (Outcome.UNDETERMINED, Effect.UNSETTLED)
    assert [fact.key for fact in found.because] == ["a", "c"]


def test_members_come_in_the_order_of_their_names() -> None:
    regime = regime_of("id: ban, prohibit: any part where made_in = CN")
    made_in_china = known({"part[y].made_in": "CN", "part[x].made_in": "CN"})
    assert reasons(regime, made_in_china) == ["body", "part[x].made_in"]


def test_disputed_facts_are_named() -> None:
    disputed = Fact(key=FactKey("a"), value=None, disputed=True)
    assert decided(BAN, (disputed,)).disputed == ("a",)
    assert decided(BAN, facts_of(a="true")).disputed == ()
    regime = regime_of("id: ban, prohibit: 'any part where made_in = CN'")
    keys = ("part[x].made_in", "part[[y]].made_in", "part[x].kind", "part.complete", "a")
    stated = tuple(Fact(key=FactKey(key), value=None, disputed=True) for key in keys)
    found = decided(regime, stated).disputed
    assert found == ("part.complete", "part[[y]].made_in", "part[x].made_in")


def test_missing_facts_are_named_both_ways() -> None:
    regime = regime_of("id: ban, prohibit: 'a or place in [CN]'")
    missing = decided(regime).missing
    (permit,) = missing.to_permit
    assert [(need.fact, need.relation, need.operands) for need in permit] == [
        ("a", "is", ("false",)),
        ("place", "not in", ("CN",)),
    ]
    assert [[need.fact for need in way] for way in missing.to_prohibit] == [["a"], ["place"]]


def test_a_settled_answer_misses_nothing() -> None:
    missing = decided(BAN, facts_of(a="true")).missing
    assert missing.to_permit == missing.to_prohibit == ()


def test_one_fact_is_not_asked_to_be_two_things() -> None:
    regime = regime_of("id: ban, prohibit: place = CN and place = RU")
    assert decided(regime).missing.to_prohibit == ()


def test_an_absurd_demand_is_no_way() -> None:
    regime = regime_of("id: ban, prohibit: 'task not in [rescue, training]'")
    found = decided(regime, (), Case(body="state"))
    assert found.missing.to_prohibit == ()


def test_texts_and_dates_can_be_missing_too() -> None:
    regime = regime_of("id: ban, prohibit: note = x and acquired < 2021-04-01")
    (way,) = decided(regime).missing.to_prohibit
    assert [need.fact for need in way] == ["acquired", "note"]


def test_for_an_open_set_every_member_and_the_whole_are_asked() -> None:
    regime = regime_of("id: ban, prohibit: any part where made_in = CN")
    facts = known({"part[x].kind": "camera", "part[y].made_in": "JP"})
    missing = decided(regime, facts).missing
    (permit,) = missing.to_permit
    assert {need.fact for need in permit} == {"part.complete", "part[x].made_in"}
    assert [[need.fact for need in way] for way in missing.to_prohibit] == [
        ["part[x].made_in"],
        ["part[?].made_in"],  # one that nobody has seen so far
    ]


def test_many_ways_are_capped_smallest_first() -> None:
    facts = known({f"part[p{i}].kind": "camera" for i in range(60)})
    regime = regime_of("id: ban, prohibit: any part where made_in = CN")
    ways = decided(regime, facts).missing.to_prohibit
    assert len(ways) == 6
    assert all(len(way) == 1 for way in ways)


def test_whichever_member_shows_it_is_asked_of_each() -> None:
    regime = regime_of("id: duty, require: any part where made_in = JP")
    facts = known({"part[x].kind": "camera", "part[y].kind": "radio"})
    missing = decided(regime, facts).missing
    assert [[need.fact for need in way] for way in missing.to_permit] == [
        ["part[x].made_in"],
        ["part[y].made_in"],
        ["part[?].made_in"],
    ]


def test_a_fact_that_no_vocabulary_has_has_no_witness() -> None:
    demand = Demand(FactKey("nothing"), Relation.IS, ("x",))
    assert witness(demand.fact, [demand], VOCABULARY) is None


@pytest.mark.parametrize(
    ("relation", "operand", "holding", "failing"),
    [
        (Relation.IS, "b", "b", "a"),
        (Relation.IS_NOT, "b", "a", "b"),
        (Relation.IN, "b", "b", "a"),
        (Relation.NOT_IN, "b", "a", "b"),
        (Relation.BEFORE, "b", "a", "b"),
        (Relation.UNTIL, "b", "b", "c"),
        (Relation.AFTER, "b", "c", "b"),
        (Relation.FROM, "b", "b", "a"),
    ],
)
def test_relations_and_their_opposites(
    relation: Relation, operand: str, holding: str, failing: str
) -> None:
    assert holds(holding, relation, (operand,))
    assert not holds(failing, relation, (operand,))
    assert holds(failing, relation.opposite, (operand,))
    assert relation.opposite.opposite is relation


def test_facts_on_a_member_that_settle_two_quantifiers_stand_in_for_another_fact() -> None:
    regime = regime_of(
        "id: scope, scope: 'any part where made_in = CN'",
        "id: ban, prohibit: 'a or any part where made_in in [CN, JP]'",
    )
    found = decided(regime, known({"a": "true", "part[x].made_in": "CN"}), Case())
    assert found.outcome is Outcome.PROHIBITED
    assert [fact.key for fact in found.because] == ["part[x].made_in"]


def test_of_a_member_only_what_is_known_and_needed_is_given_as_a_reason() -> None:
    regime = regime_of("id: ban, prohibit: 'any part where (kind = camera or made_in = CN)'")
    found = decided(regime, known({"part[x].kind": "camera"}))
    assert [fact.key for fact in found.because] == ["body", "part[x].kind"]


def test_what_is_remembered_of_values_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_KEPT", 1)
    regime = regime_of("id: ban, prohibit: 'place = CN or any part where made_in = CN'")
    for place in ("JP", "US", "CN", "JP"):
        facts = known({"place": place, "part[x].made_in": place, "part.complete": "true"})
        expected = Outcome.PROHIBITED if place == "CN" else Outcome.PERMITTED
        assert decided(regime, facts).outcome is expected


def test_a_fact_that_another_members_facts_make_needless_is_no_reason() -> None:
    """The second part shows what the first does, and more; the third is not needed at all."""
    regime = regime_of(
        "id: ban, prohibit: 'any part where made_in = CN and any part where"
        " (made_in = CN and kind = camera)'"
    )
    facts = {
        "part[x].made_in": "CN",
        "part[y].made_in": "CN",
        "part[y].kind": "camera",
        "part[z].kind": "radio",
    }
    found = decided(regime, known(facts))
    assert [fact.key for fact in found.because] == ["body", "part[y].made_in", "part[y].kind"]


def test_that_a_list_is_whole_may_show_something_of_its_own() -> None:
    regime = regime_of("id: ban, prohibit: not part.complete or any part where kind = camera")
    found = decided(regime, known({"part.complete": "true", "part[x].kind": "radio"}))
    assert [fact.key for fact in found.because] == ["body", "part.complete", "part[x].kind"]


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"a": "true"}, Outcome.PROHIBITED),
        ({"a": "false", "part[x].kind": "camera"}, Outcome.PROHIBITED),
        ({"a": "false", "part[x].kind": "radio", "part.complete": "true"}, Outcome.PERMITTED),
        ({"a": "false", "part[x].kind": "radio"}, Outcome.UNDETERMINED),
        ({"part[x].kind": "radio", "part.complete": "true"}, Outcome.UNDETERMINED),
    ],
)
def test_the_answer_alone_is_that_of_the_determination(
    facts: dict[str, str], outcome: Outcome
) -> None:
    regime = regime_of("id: ban, prohibit: a or any part where kind = camera")
    alone = answer_alone(regime, known(facts), STATE, on=ON)
    assert alone.outcome is outcome
    assert (alone.outcome, alone.effect) == answer(regime, known(facts))
