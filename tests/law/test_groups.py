"""Facts as kinds of value, the facts that need the exact method, and the answers these give."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekisho.law.answer import MOST_TRIALS, Answer, answer_vector, outcome_of
from sekisho.law.atoms import FALSE, TRUE, UNKNOWN
from sekisho.law.determine import answer
from sekisho.law.evaluate import holds
from sekisho.law.factbase import FactBase
from sekisho.law.groups import Group, Kind, group_atoms, mixed_groups, possible_values
from sekisho.law.inforce import RegimeInForce, regime_in_force
from sekisho.law.regime import Regime
from sekisho.law.syntax import Relation
from sekisho.law.vocabulary import FactEntry, FactType
from sekisho.model.case import Case
from sekisho.model.determination import Effect, Outcome
from sekisho.model.words import Words
from tests.law.small import ON, known, regime_of, twisted

STATE = Case(body="state")
NO_WORDS = Words(en="x", ja="x")
F, U, T = FALSE, UNKNOWN, TRUE
ORDERINGS = (Relation.BEFORE, Relation.UNTIL, Relation.AFTER, Relation.FROM)


def entry(kind: FactType, *values: str) -> FactEntry:
    return FactEntry(key="f", type=kind, question=NO_WORDS, values=dict.fromkeys(values, NO_WORDS))


def values_of(kind: FactType, *operands: str) -> list[str]:
    return list(possible_values(entry(kind, "x", "y", "z"), iter(operands)))


@pytest.mark.parametrize(
    ("kind", "operands", "values"),
    [
        (FactType.TRUTH, (), ["true", "false"]),
        (FactType.TRUTH, ("true",), ["true", "false"]),
        (FactType.WORD, ("y",), ["x", "y", "z"]),
        (FactType.DATE, (), []),
        (FactType.DATE, ("2026-11-01",), ["2026-11-01", "2026-10-31", "2026-11-02"]),
        (FactType.DATE, ("2024-03-01",), ["2024-03-01", "2024-02-29", "2024-03-02"]),
        (FactType.DATE, ("0001-01-01",), ["0001-01-01", "0001-01-02"]),
        (FactType.DATE, ("9999-12-31",), ["9999-12-31", "9999-12-30"]),
        (FactType.NUMBER, (), []),
        (FactType.NUMBER, ("150",), ["150", "149.999999", "150.000001"]),
        (FactType.NUMBER, ("0",), ["0", "-0.000001", "0.000001"]),
        (FactType.NUMBER, ("-1.5",), ["-1.5", "-1.500001", "-1.499999"]),
        (FactType.NUMBER, ("0.000001",), ["0.000001", "0.000000", "0.000002"]),
    ],
)
def test_possible_values(kind: FactType, operands: tuple[str, ...], values: list[str]) -> None:
    assert values_of(kind, *operands) == values
    assert all(entry(kind, "x", "y", "z").accepts(value) for value in values)


def test_values_around_two_days_are_those_around_each() -> None:
    assert values_of(FactType.DATE, "2026-11-01", "2027-01-01", "2026-11-01") == [
        "2026-11-01",
        "2026-10-31",
        "2026-11-02",
        "2027-01-01",
        "2026-12-31",
        "2027-01-02",
    ]


@pytest.mark.parametrize("named", [(), ("CN",), ("CN", "RU", "CN"), ("XX",), ("XX", "CN", "ZZ")])
def test_of_countries_there_is_always_one_not_named(named: tuple[str, ...]) -> None:
    values = values_of(FactType.COUNTRY, *named)
    assert values[:-1] == list(dict.fromkeys(named))
    assert values[-1] not in named
    assert entry(FactType.COUNTRY).accepts(values[-1])


@pytest.mark.parametrize("named", [(), ("x",), ("x", "y", "x")])
def test_of_texts_there_is_always_one_not_named(named: tuple[str, ...]) -> None:
    values = values_of(FactType.TEXT, *named)
    assert values[:-1] == list(dict.fromkeys(named))
    assert values[-1] not in named


_DAYS = st.dates(date.min, date.max).map(date.isoformat)
_NUMBERS = st.decimals(-999, 999, places=6, allow_nan=False).map("{:f}".format)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), st.sampled_from([FactType.DATE, FactType.NUMBER]))
def test_every_value_is_of_a_kind_that_is_listed(data: st.DataObject, kind: FactType) -> None:
    """Whatever the value, comparisons with the operands say the same of a listed one."""
    values = _DAYS if kind is FactType.DATE else _NUMBERS
    operands = data.draw(st.lists(values, min_size=1, max_size=4))
    near = st.sampled_from([*operands, *values_of(kind, *operands)])
    value = data.draw(st.one_of(values, near))

    def signs(one: str) -> list[bool]:
        return [holds(one, relation, (limit,)) for relation in ORDERINGS for limit in operands]

    assert signs(value) in [signs(one) for one in values_of(kind, *operands)]


def law_of(*clauses: str, more: str = "", on: date | None = ON) -> RegimeInForce:
    return regime_in_force(regime_of(*clauses, more=more), on)


def shown(group: Group) -> tuple[str | None, tuple[int, ...], dict[str | None, tuple[int, ...]]]:
    return group.fact, group.places, {kind.value: kind.signs for kind in group.kinds}


def test_the_tests_of_one_fact_are_a_group_with_its_kinds() -> None:
    law = law_of(
        "id: ban, prohibit: 'place = CN or a or place in [CN, RU]'",
        "id: lift, except_to: [ban], when: 'acquired < 2026-01-01 and not acquired < 2025-01-01'",
        "id: more, prohibit: 'task = rescue and not a'",
    )
    assert [shown(group) for group in group_atoms(law)] == [
        ("body", (0,), {"state": (T,), "private": (F,)}),
        ("place", (1, 3), {"CN": (T, T), "RU": (F, T), "XX": (F, F)}),
        ("a", (2,), {"true": (T,), "false": (F,)}),
        ("acquired", (4, 5), {"2026-01-01": (F, F), "2025-12-31": (T, F), "2024-12-31": (T, T)}),
        ("task", (6,), {"rescue": (T,), "training": (F,)}),
    ]


def test_a_quantifier_is_a_group_of_its_own() -> None:
    law = law_of("id: ban, prohibit: 'any part where made_in = CN or all part where made_in = CN'")
    assert [shown(group) for group in group_atoms(law)[1:]] == [
        (None, (1,), {None: (T,)}),
        (None, (2,), {None: (T,)}),
    ]
    assert [kind.signs for kind in group_atoms(law)[1].kinds] == [(F,), (T,)]


def test_the_law_date_as_operand_is_fixed_on_a_day_and_else_apart() -> None:
    clause = "id: ban, prohibit: 'acquired >= on and acquired < 2027-01-01'"
    (_, fixed) = group_atoms(law_of(clause))
    assert fixed.fact == "acquired"
    assert fixed.places == (1, 2)
    assert {kind.signs for kind in fixed.kinds} == {(T, T), (F, T), (T, F)}
    apart = group_atoms(law_of(clause, on=None))[1:]
    assert [(group.fact, group.places) for group in apart] == [(None, (1,)), ("acquired", (2,))]
    assert [kind.signs for kind in apart[0].kinds] == [(F,), (T,)]


def test_what_nobody_can_know_has_no_kinds() -> None:
    more = "parameters:\n  p: [{values: [CN], since: 2030-01-01, cite: {text: a, confidence: primary}}]\n"
    groups = group_atoms(law_of("id: ban, prohibit: place in p or place = RU", more=more))
    assert [(group.fact, len(group.kinds)) for group in groups] == [
        ("body", 2),
        ("", 0),
        ("place", 2),
    ]


def test_a_group_is_open_where_nothing_is_known_of_it() -> None:
    group = Group("f", (1, 3), (Kind((T, F), "x"), Kind((F, T), "y")))
    assert group.is_open(bytes([T, U, F, U]))
    assert not group.is_open(bytes([U, T, U, F]))


def test_a_group_fits_what_some_kind_of_it_is() -> None:
    kinds = (Kind((T, F), "x"), Kind((F, T), "y"), Kind((F, F), "z"))
    group = Group("f", (1, 3), kinds)
    assert group.fits([]) == kinds[0]
    assert group.fits([(1, T)]) == kinds[0]
    assert group.fits([(1, F)]) == kinds[1]
    assert group.fits([(1, F), (3, F)]) == kinds[2]
    assert group.fits([(1, T), (3, T)]) is None
    assert group.fits([(1, T), (3, F), (0, F), (2, T)]) == kinds[0]
    assert group.fits([(1, T), (1, F)]) is None


LIFT = "id: lift, except_to: [ban], condition: {en: keep, ja: 保存}"


def _care(*rules: str) -> tuple[str, ...]:
    """A condition for each of some cases."""
    words = "condition: {en: care, ja: 注意}"
    return tuple(f"id: care{i}, {words}, when: {rule}" for i, rule in enumerate(rules))


def mixed(*clauses: str, on: date | None = ON) -> list[str | None]:
    return [group.fact for group in mixed_groups(law_of(*clauses, on=on))]


@pytest.mark.parametrize(
    ("rule", "facts"),
    [
        ("a", []),
        ("not a", []),
        ("a and not a", ["a"]),
        ("a or not a", ["a"]),
        ("a and b and not a", ["a"]),
        ("(a and b) or (not a and c)", ["a"]),
        ("(a and b) or (not a and not b)", ["a", "b"]),
        ("not (a or b) and (a or c)", ["a"]),
        ("(a or b) and (a or c)", []),
        ("(a and b) or (a and c)", []),
        ("place = CN or place = RU", []),
        ("place = CN and place = RU", ["place"]),
        ("place = CN and place != RU", []),
        ("place = CN or place != RU", []),
        ("place != CN or place != RU", ["place"]),
        ("place = CN or place not in [CN, RU]", []),
        ("place = CN or place != CN", ["place"]),
        ("task = rescue or task = training", ["task"]),
        ("acquired < 2026-01-01 or acquired > 2026-01-01", []),
        ("acquired < 2026-01-01 or acquired > 2025-12-31", ["acquired"]),
        ("acquired < 2026-01-01 and acquired > 2025-12-31", ["acquired"]),
        ("acquired < 2026-12-01 or acquired >= on", ["acquired"]),
        ("any part where kind = camera or not any part where kind = camera", [None]),
        ("any part where kind = camera and all part where kind = camera", []),
    ],
)
def test_a_fact_that_helps_and_hurts_is_mixed(rule: str, facts: list[str | None]) -> None:
    assert mixed(f"id: ban, prohibit: '{rule}'") == facts


@pytest.mark.parametrize(
    ("clauses", "facts"),
    [
        (("id: one, prohibit: a and b", "id: two, prohibit: not a and c"), ["a"]),
        (("id: one, prohibit: a and b", "id: two, prohibit: a and c"), []),
        (("id: one, prohibit: a", "id: two, require: a"), ["a"]),
        (("id: ban, prohibit: a", "id: x, except_to: [ban], when: a and b"), ["a"]),
        (("id: ban, prohibit: a", "id: x, except_to: [ban], when: not a"), []),
        (("id: ban, prohibit: a", "id: x, except_to: [ban], when: b, until: 2026-11-01"), []),
        (("id: ban, prohibit: b", "id: who, scope: a", "id: too, scope: not a"), ["a"]),
        (("id: ban, prohibit: b", "id: who, scope: a", "id: too, scope: c"), []),
        (("id: ban, prohibit: not a", "id: who, scope: a"), []),
        (_care("a", "not a"), ["a"]),
        (_care("a", "b"), []),
        (("id: ban, prohibit: a", _care("not a")[0]), []),
        (("id: ban, prohibit: a and b", f"{LIFT}, when: c"), []),
        (("id: ban, prohibit: not b", f"{LIFT}, when: b"), ["b"]),
    ],
)
def test_clauses_share_facts_too(clauses: tuple[str, ...], facts: list[str | None]) -> None:
    assert mixed(*clauses) == facts


def answered(regime: Regime, **facts: str) -> Answer:
    return answer(regime, known(facts), STATE, on=ON)


def test_as_many_combinations_are_tried_as_there_may_be_and_no_more() -> None:
    assert MOST_TRIALS == 256
    assert answered(twisted(8)) == Answer(Outcome.PROHIBITED, Effect.MAY_NOT)
    assert answered(twisted(9)) == Answer(Outcome.UNDETERMINED, Effect.UNSETTLED)
    assert answered(twisted(9), f4="false").outcome is Outcome.PROHIBITED


@pytest.mark.parametrize(
    ("clauses", "outcome"),
    [
        (("id: ban, prohibit: a or not a",), Outcome.PROHIBITED),
        (("id: ban, prohibit: a and not a",), Outcome.PERMITTED),
        (("id: ban, prohibit: '(a and b) or (not a and b)'",), Outcome.UNDETERMINED),
        (("id: ban, prohibit: '(a and b) or (not a and not b)'",), Outcome.UNDETERMINED),
        (("id: ban, prohibit: place != CN or place != RU",), Outcome.PROHIBITED),
        (("id: ban, prohibit: place != CN or place = RU",), Outcome.UNDETERMINED),
        (("id: ban, prohibit: place = CN and place = RU",), Outcome.PERMITTED),
        (("id: ban, prohibit: place = XX",), Outcome.UNDETERMINED),
        (("id: ban, prohibit: place != XX",), Outcome.UNDETERMINED),
        (("id: ban, prohibit: acquired < 2026-12-01 or acquired >= on",), Outcome.PROHIBITED),
        (("id: one, prohibit: b and not b", "id: two, prohibit: a"), Outcome.UNDETERMINED),
        (
            ("id: ban, prohibit: body = state", f"{LIFT}, when: place = CN and place = RU"),
            Outcome.PROHIBITED,
        ),
        (_care("a", "not a"), Outcome.CONDITIONAL),
        (_care("a", "b"), Outcome.UNDETERMINED),
        (("id: ban, prohibit: a or not a", f"{LIFT}, when: b or not b"), Outcome.CONDITIONAL),
        (("id: ban, prohibit: a and not a", "id: no, scope: b or not b"), Outcome.PERMITTED),
        (("id: ban, prohibit: a", "id: no, scope: b and not b"), Outcome.NOT_APPLICABLE),
        (("id: ban, prohibit: a or not a", "id: no, scope: b"), Outcome.UNDETERMINED),
    ],
)
def test_what_every_kind_of_value_agrees_on_is_settled(
    clauses: tuple[str, ...], outcome: Outcome
) -> None:
    assert answered(regime_of(*clauses)).outcome is outcome


def test_the_ends_may_agree_where_what_lies_between_does_not() -> None:
    """Of three kinds of value the middle one differs from the first and the last."""
    rule = "acquired < 2026-01-01 or acquired > 2026-01-01"
    regime = regime_of(f"id: one, prohibit: '{rule}'", f"id: two, prohibit: '({rule}) and a'")
    law = regime_in_force(regime, ON)
    group = group_atoms(law)[1]
    ends = (group.kinds[0], group.kinds[-1])
    for order in ((0, 1, 2), (1, 0, 2), (1, 2, 0)):
        kinds = tuple(group.kinds[i] for i in order)
        moved = Group(group.fact, group.places, kinds)
        vector = law.atoms.read(FactBase((), STATE, ON))
        assert outcome_of(law, (moved,), vector) is Outcome.UNDETERMINED
    assert ends[0] != ends[1]


def test_the_answer_of_a_vector_holds_outcome_and_effect() -> None:
    law = law_of(
        "id: ban, prohibit: a, burden: body", "id: care, condition: {en: c, ja: c}, when: b"
    )
    expected = {
        (T, T, U): (Outcome.PROHIBITED, Effect.MAY_NOT),
        (T, F, T): (Outcome.CONDITIONAL, Effect.MAY_UNDER_CONDITIONS),
        (T, F, F): (Outcome.PERMITTED, Effect.MAY),
        (T, F, U): (Outcome.UNDETERMINED, Effect.MAY_UNDER_CONDITIONS),
        (T, U, U): (Outcome.UNDETERMINED, Effect.MAY_NOT_UNTIL_SHOWN),
        (U, T, U): (Outcome.UNDETERMINED, Effect.MAY_NOT_UNTIL_SHOWN),
        (U, F, F): (Outcome.UNDETERMINED, Effect.MAY),
        (U, F, T): (Outcome.UNDETERMINED, Effect.MAY_UNDER_CONDITIONS),
        (F, T, T): (Outcome.NOT_APPLICABLE, Effect.MAY),
        (F, U, U): (Outcome.NOT_APPLICABLE, Effect.MAY),
    }
    for vector, (outcome, effect) in expected.items():
        assert answer_vector(law, (), bytes(vector)) == Answer(outcome, effect)
        assert outcome_of(law, (), bytes(vector)) is outcome


@pytest.mark.parametrize(
    ("clauses", "facts", "effect"),
    [
        (("id: ban, prohibit: a",), {}, Effect.UNSETTLED),
        (("id: ban, prohibit: a, burden: authority",), {}, Effect.UNSETTLED),
        (("id: ban, prohibit: a, burden: body",), {}, Effect.MAY_NOT_UNTIL_SHOWN),
        (("id: ban, prohibit: a", f"{LIFT}, when: b"), {"a": "true"}, Effect.UNSETTLED),
        (
            ("id: ban, prohibit: a", f"{LIFT}, when: b, burden: body"),
            {"a": "true"},
            Effect.MAY_NOT_UNTIL_SHOWN,
        ),
        (("id: ban, prohibit: a", f"{LIFT}, when: b, burden: body"), {}, Effect.UNSETTLED),
        (
            (
                "id: ban, prohibit: a",
                f"{LIFT}, when: b, burden: body",
                "id: too, except_to: [ban], when: c",
            ),
            {"a": "true"},
            Effect.UNSETTLED,
        ),
        (
            (
                "id: ban, prohibit: a",
                f"{LIFT}, when: b",
                "id: back, except_to: [lift], when: c, burden: body",
            ),
            {"a": "true", "b": "true"},
            Effect.UNSETTLED,
        ),
        (
            (
                "id: ban, prohibit: a",
                f"{LIFT}, when: b, burden: body",
                "id: back, except_to: [lift], when: c",
            ),
            {"a": "true", "b": "true"},
            Effect.MAY_NOT_UNTIL_SHOWN,
        ),
        (
            ("id: one, prohibit: a, burden: body", "id: two, prohibit: b"),
            {"a": "false"},
            Effect.UNSETTLED,
        ),
    ],
)
def test_who_has_to_show_it_says_who_waits(
    clauses: tuple[str, ...], facts: dict[str, str], effect: Effect
) -> None:
    found = answered(regime_of(*clauses), **facts)
    assert (found.outcome, found.effect) == (Outcome.UNDETERMINED, effect)
