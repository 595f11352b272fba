"""What an open answer asks of the facts of a case."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from sekisho.law.determine import determine
from sekisho.law.needs import MOST_SHOWN, Demand, witness
from sekisho.law.syntax import Relation
from sekisho.law.vocabulary import load_vocabulary
from sekisho.model.case import Case
from sekisho.model.determination import Alteration, Determination, Effect, Need, Outcome
from sekisho.model.units import FactKey
from sekisho.model.words import Words
from tests.law.small import ON, known, regime_of

VOCABULARY = load_vocabulary(
    """
evidence:
  paper: {cost: 2, words: {en: p, ja: p}}
  letter: {cost: 7, words: {en: l, ja: l}}
  test: {cost: 30, words: {en: t, ja: t}}
facts:
  - {key: body, type: word, given: case, question: {en: body, ja: 機関}, shown_by: [paper], values: {state: {en: s, ja: s}, private: {en: p, ja: p}}}
  - {key: "on", type: date, given: case, question: {en: "on", ja: 日}}
  - {key: acquired, type: date, given: case, question: {en: acquired, ja: 取得}}
  - {key: cheap, type: truth, question: {en: cheap, ja: 安}, shown_by: [test, paper], settled_by: [record]}
  - {key: mid, type: truth, question: {en: mid, ja: 中}, shown_by: [letter], settled_by: [record]}
  - {key: dear, type: truth, question: {en: dear, ja: 高}, shown_by: [test], settled_by: [record]}
  - {key: unnamed, type: truth, question: {en: unnamed, ja: 無}, decided_by: {en: the chief, ja: 長官}, settled_by: [record]}
  - {key: place, type: country, question: {en: place, ja: 場所}, shown_by: [paper], settled_by: [record], change: {cost: 5, words: {en: move, ja: 移す}}}
  - {key: mass, type: number, question: {en: mass, ja: 質量}, shown_by: [letter], settled_by: [record], change: {cost: 9, words: {en: lighten, ja: 軽く}}}
collections:
  - name: part
    words: {en: part, ja: 部品}
    complete: {question: {en: complete, ja: 完全}, shown_by: [letter], settled_by: [record]}
    attributes:
      - {key: kind, type: word, question: {en: kind, ja: 種類}, values: {camera: {en: c, ja: c}, radio: {en: r, ja: r}, motor: {en: m, ja: m}}, shown_by: [paper], settled_by: [record]}
      - {key: made_in, type: country, question: {en: made in, ja: 製造国}, shown_by: [test], settled_by: [record], change: {cost: 4, words: {en: replace, ja: 交換}}}
"""
)
STATE = Case(body="state")

Ways = list[list[str]]


def decided(*clauses: str, **facts: str) -> Determination:
    """Facts by key; `x_kind` is that of the part x, `whole` that there are no others."""
    return decided_for(STATE, *clauses, **facts)


def decided_for(case: Case, /, *clauses: str, **facts: str) -> Determination:
    keys = {
        f"{name}_{attribute}": f"part[{name}].{attribute}"
        for name in "xyz"
        for attribute in ("kind", "made_in")
    } | {"whole": "part.complete"}
    regime = regime_of(*clauses, vocabulary=VOCABULARY)
    stated = {keys.get(key, key): value for key, value in facts.items()}
    return determine(regime, known(stated), case, on=ON)


def spelled(ways: Iterable[Iterable[Need | Alteration]]) -> Ways:
    return [[f"{one.fact} {one.relation} {', '.join(one.operands)}" for one in way] for way in ways]


def asked(found: Determination) -> tuple[Ways, Ways]:
    assert found.outcome is Outcome.UNDETERMINED
    return spelled(found.missing.to_permit), spelled(found.missing.to_prohibit)


def costs(ways: Iterable[Iterable[Need]]) -> list[list[int]]:
    return [[need.cost for need in way] for way in ways]


def test_a_need_says_what_is_asked_how_it_is_shown_and_who_decides() -> None:
    found = decided("id: ban, prohibit: cheap", "id: lift, except_to: [ban], when: unnamed")
    assert found.missing.to_permit == (
        (
            Need(
                fact=FactKey("cheap"),
                relation="is",
                operands=("false",),
                question=Words(en="cheap", ja="安"),
                shown_by=("paper", "test"),
                cost=2,
            ),
        ),
        (
            Need(
                fact=FactKey("unnamed"),
                relation="is",
                operands=("true",),
                question=Words(en="unnamed", ja="無"),
                decided_by=Words(en="the chief", ja="長官"),
                cost=100,
            ),
        ),
    )
    assert spelled(found.missing.to_prohibit) == [["cheap is true", "unnamed is false"]]


def test_what_costs_least_is_asked_first() -> None:
    found = decided("id: ban, prohibit: dear or unnamed or cheap or mid")
    permit, prohibit = asked(found)
    assert permit == [["cheap is false", "dear is false", "mid is false", "unnamed is false"]]
    assert prohibit == [["cheap is true"], ["mid is true"], ["dear is true"], ["unnamed is true"]]
    assert costs(found.missing.to_prohibit) == [[2], [7], [30], [100]]


def test_two_facts_together_cost_what_both_do() -> None:
    assert asked(decided("id: ban, prohibit: '(cheap and mid) or dear or (mid and dear)'")) == (
        [["cheap is false", "dear is false"], ["dear is false", "mid is false"]],
        [["cheap is true", "mid is true"], ["dear is true"]],
    )


@pytest.mark.parametrize(
    ("rule", "permit", "prohibit"),
    [
        ("cheap = false", [["cheap is true"]], [["cheap is false"]]),
        ("cheap != true", [["cheap is true"]], [["cheap is false"]]),
        ("place = CN", [["place is not CN"]], [["place is CN"]]),
        ("place != CN", [["place is CN"]], [["place is not CN"]]),
        ("place not in [CN, RU]", [["place in CN, RU"]], [["place not in CN, RU"]]),
        ("mass < 5", [["mass >= 5"]], [["mass < 5"]]),
        ("mass > 5 and mass < 10", [["mass <= 5"], ["mass >= 10"]], [["mass < 10", "mass > 5"]]),
        (
            "acquired < on",
            [["acquired >= 2026-11-01"]],
            [["acquired < 2026-11-01"]],
        ),
        (
            "place in [CN, RU] and place != CN",
            [["place is CN"], ["place not in CN, RU"]],
            [["place in CN, RU", "place is not CN"]],
        ),
    ],
)
def test_what_a_fact_would_have_to_be(rule: str, permit: Ways, prohibit: Ways) -> None:
    assert asked(decided(f"id: ban, prohibit: '{rule} and dear'", dear="true")) == (
        permit,
        prohibit,
    )


def test_where_it_is_open_whom_the_regime_binds_that_is_asked_too() -> None:
    clauses = ("id: who, scope: body = state", "id: too, scope: mid", "id: ban, prohibit: cheap")
    assert asked(decided_for(Case(), *clauses)) == (
        [["cheap is false"]],
        [["body is state", "cheap is true"], ["cheap is true", "mid is true"]],
    )
    assert asked(decided_for(Case(), *clauses, cheap="true"))[1] == [
        ["body is state"],
        ["mid is true"],
    ]


def test_an_open_answer_asks_nobody_to_change_what_is_known() -> None:
    rules = {"place = CN": {"place": "CN"}, "any part where made_in = CN": {"x_made_in": "CN"}}
    for rule, facts in rules.items():
        found = decided(f"id: ban, prohibit: '({rule}) and cheap'", **facts)
        assert asked(found) == ([["cheap is false"]], [["cheap is true"]])
        assert found.change is None
        other = decided(f"id: ban, prohibit: 'not ({rule}) or cheap'", **facts)
        assert asked(other) == ([["cheap is false"]], [["cheap is true"]])


def test_an_exception_to_an_exception_turns_what_is_asked() -> None:
    clauses = (
        "id: ban, prohibit: cheap",
        "id: lift, except_to: [ban], when: dear",
        "id: back, except_to: [lift], when: mid",
    )
    assert asked(decided(*clauses)) == (
        [["cheap is false"], ["dear is true", "mid is false"]],
        [["cheap is true", "mid is true"], ["cheap is true", "dear is false"]],
    )
    assert asked(decided(*clauses, cheap="true", mid="false")) == (
        [["dear is true"]],
        [["dear is false"]],
    )


def test_every_clause_has_to_be_cleared_and_any_one_prohibits() -> None:
    found = decided("id: one, prohibit: cheap", "id: two, prohibit: mid", "id: no, require: dear")
    assert asked(found) == (
        [["cheap is false", "dear is true", "mid is false"]],
        [["cheap is true"], ["mid is true"], ["dear is false"]],
    )


KEEP = "condition: {en: keep, ja: 保存}"


def test_where_only_conditions_are_open_what_frees_of_them_is_asked() -> None:
    found = decided(f"id: care, {KEEP}, when: cheap or mid", f"id: more, {KEEP}, when: dear")
    assert found.effect_now is Effect.MAY_UNDER_CONDITIONS
    assert asked(found) == ([["cheap is false", "dear is false", "mid is false"]], [])


def test_the_condition_of_an_exception_is_free_where_it_lifts_nothing_or_does_not_apply() -> None:
    clauses = ("id: ban, prohibit: cheap", f"id: lift, except_to: [ban], when: mid, {KEEP}")
    assert asked(decided(*clauses, mid="true")) == ([["cheap is false"]], [])
    assert decided(*clauses, cheap="false").outcome is Outcome.PERMITTED
    more = (*clauses, "id: other, except_to: [ban], when: dear")
    assert asked(decided(*more, cheap="true", dear="true")) == ([["mid is false"]], [])
    assert asked(decided(*more, dear="true")) == ([["cheap is false"], ["mid is false"]], [])


ANY = "id: ban, prohibit: 'any part where (kind = camera and made_in = CN)'"
ALL = "id: duty, require: 'all part where (kind = motor or made_in = JP)'"
UNSEEN = ["part[?].kind is camera", "part[?].made_in is CN"]


@pytest.mark.parametrize(
    ("facts", "permit", "prohibit"),
    [
        ({}, [["part.complete is true"]], [UNSEEN]),
        ({"whole": "false"}, [], [UNSEEN]),
        (
            {"x_kind": "camera", "y_made_in": "CN", "z_kind": "radio"},
            [["part.complete is true", "part[x].made_in is not CN", "part[y].kind is not camera"]],
            [["part[y].kind is camera"], ["part[x].made_in is CN"], UNSEEN],
        ),
        (
            {"x_kind": "camera", "whole": "true"},
            [["part[x].made_in is not CN"]],
            [["part[x].made_in is CN"]],
        ),
        ({"x_kind": "camera", "whole": "false"}, [], [["part[x].made_in is CN"], UNSEEN]),
        ({"x_kind": "radio"}, [["part.complete is true"]], [UNSEEN]),
    ],
)
def test_a_quantifier_asks_of_members_known_then_of_one_not_seen(
    facts: dict[str, str], permit: Ways, prohibit: Ways
) -> None:
    assert asked(decided(ANY, **facts)) == (permit, prohibit)


def test_a_member_not_seen_costs_more_than_any_that_is() -> None:
    found = decided(ANY, x_kind="camera")
    assert costs(found.missing.to_prohibit) == [[30], [52, 80]]
    assert costs(found.missing.to_permit) == [[7, 30]]


@pytest.mark.parametrize(
    ("facts", "permit", "prohibit"),
    [
        (
            {"x_kind": "camera"},
            [["part.complete is true", "part[x].made_in is JP"]],
            [
                ["part[x].made_in is not JP"],
                ["part[?].kind is not motor", "part[?].made_in is not JP"],
            ],
        ),
        (
            {"x_made_in": "US", "whole": "true"},
            [["part[x].kind is motor"]],
            [["part[x].kind is not motor"]],
        ),
    ],
)
def test_of_every_member_the_opposite_is_asked(
    facts: dict[str, str], permit: Ways, prohibit: Ways
) -> None:
    assert asked(decided(ALL, **facts)) == (permit, prohibit)


BOTH = "id: ban, prohibit: 'any part where kind = camera and any part where kind = radio'"


def test_one_member_is_not_asked_to_be_two_things() -> None:
    assert asked(decided(BOTH, x_made_in="CN", whole="true"))[1] == []
    permit, prohibit = asked(decided(BOTH, x_made_in="CN", y_made_in="CN", whole="true"))
    assert permit == [
        ["part[x].kind is not camera", "part[y].kind is not camera"],
        ["part[x].kind is not radio", "part[y].kind is not radio"],
    ]
    assert prohibit == [
        ["part[x].kind is camera", "part[y].kind is radio"],
        ["part[x].kind is radio", "part[y].kind is camera"],
    ]


def test_a_member_not_seen_has_to_be_what_every_member_is() -> None:
    rule = "id: ban, prohibit: 'any part where kind = camera and all part where made_in = CN'"
    assert asked(decided(rule, x_kind="radio")) == (
        [["part.complete is true"], ["part[x].made_in is not CN"], ["part[?].made_in is not CN"]],
        [
            [
                "part.complete is true",
                "part[?].kind is camera",
                "part[?].made_in is CN",
                "part[x].made_in is CN",
            ]
        ],
    )


def test_at_most_six_ways_are_shown_the_cheapest() -> None:
    assert MOST_SHOWN == 6
    facts = {f"part[p{i}].kind": "camera" for i in range(1, 10)}
    regime = regime_of(ANY, vocabulary=VOCABULARY)
    found = determine(regime, known(facts | {"part[p9].made_in": "JP"}), STATE, on=ON)
    assert spelled(found.missing.to_prohibit) == [
        [f"part[p{i}].made_in is CN"] for i in range(1, 7)
    ]


def test_where_nothing_is_open_nothing_is_asked() -> None:
    for cheap in ("true", "false"):
        missing = decided("id: ban, prohibit: cheap", cheap=cheap).missing
        assert (missing.to_permit, missing.to_prohibit) == ((), ())


@pytest.mark.parametrize(
    ("fact", "demands", "value"),
    [
        ("cheap", [("is", "true")], "true"),
        ("cheap", [("is", "false")], "false"),
        ("cheap", [("is", "true"), ("is", "false")], None),
        ("place", [("in", "CN", "RU"), ("is not", "CN")], "RU"),
        ("place", [("is", "CN"), ("is", "RU")], None),
        ("mass", [(">", "5"), ("<", "10")], "5.000001"),
        ("mass", [(">", "5"), ("<", "5.000001")], None),
        ("mass", [(">=", "5"), ("<=", "5")], "5"),
        ("acquired", [("<", "0001-01-01")], None),
        ("acquired", [(">=", "9999-12-31")], "9999-12-31"),
        ("acquired", [(">", "2024-02-28"), ("<", "2024-03-01")], "2024-02-29"),
        ("part[x].kind", [("is not", "camera"), ("not in", "radio")], "motor"),
        ("part[x].kind", [("not in", "camera", "radio", "motor")], None),
        ("part.complete", [("is", "true")], "true"),
        ("nothing", [("is", "true")], None),
    ],
)
def test_a_witness_meets_every_demand(
    fact: str, demands: list[tuple[str, ...]], value: str | None
) -> None:
    key = FactKey(fact)
    on = (Demand(key, Relation(relation), tuple(operands)) for relation, *operands in demands)
    assert witness(key, on, VOCABULARY) == value


def test_what_no_member_can_be_is_not_asked_of_any() -> None:
    rule = "any part where (made_in = CN and made_in = RU)"
    assert (
        decided(f"id: ban, prohibit: '{rule} and cheap'", x_kind="radio").missing.to_prohibit == ()
    )
    assert asked(decided(f"id: ban, prohibit: '{rule} or cheap'", x_kind="radio"))[1] == [
        ["cheap is true"]
    ]


def test_of_two_ways_of_which_one_asks_for_more_the_lesser_is_shown() -> None:
    """What one quantifier asks of a member may be part of what another does."""
    rule = "any part where kind = camera or any part where (kind = camera and made_in = CN)"
    found = decided(f"id: ban, prohibit: '{rule}'", x_kind="radio", y_made_in="US", whole="true")
    assert asked(found)[1] == [["part[y].kind is camera"]]
    found = decided(f"id: ban, prohibit: '{rule}'", z_made_in="CN", whole="true")
    assert asked(found)[1] == [["part[z].kind is camera"]]
    found = decided(f"id: ban, prohibit: '{rule}'", whole="false")
    assert asked(found)[1] == [["part[?].kind is camera"]]
