"""Ways to make a rule hold, and the least change that they come to where an act is prohibited."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekisho.law.atoms import FALSE, TRUE, UNKNOWN, Atoms, Literal
from sekisho.law.syntax import ALWAYS, NEVER, All, And, Any, Not, Or, Relation, Rule, Test
from sekisho.law.ways import MOST_WAYS, NOTHING, Way, Ways
from sekisho.model.determination import Alteration, Change, Determination, Outcome
from sekisho.model.units import FactKey
from sekisho.model.words import Words
from tests.law.test_needs import ANY, decided, spelled

A, B, C, D = (Test(key, Relation.IS, ("true",)) for key in "abcd")
LEAVES = (A, B, C, D)
PRICES = (1, 2, 4, 8)


def way(*literals: Literal) -> Way:
    return frozenset(literals)


def price(literal: Literal) -> int:
    return PRICES[literal[0]] if literal[0] < len(PRICES) else 1


def consistent(one: Way) -> bool:
    """No atom both ways."""
    return len({place for place, _ in one}) == len(one)


WAYS = Ways(price, consistent)


def of_leaf(leaf: Test | Any | All, wanted: int) -> list[Way]:
    assert isinstance(leaf, Test)
    return WAYS.of_one((LEAVES.index(leaf), wanted))


def found(rule: Rule, wanted: int = TRUE) -> list[Way]:
    return WAYS.of_rule(rule, wanted, of_leaf)


TA, TB, TC, TD = ((place, TRUE) for place in range(4))
FA, FB, FC, FD = ((place, FALSE) for place in range(4))


@pytest.mark.parametrize(
    ("rule", "to_hold", "to_fail"),
    [
        (A, [way(TA)], [way(FA)]),
        (Not(A), [way(FA)], [way(TA)]),
        (Not(Not(A)), [way(TA)], [way(FA)]),
        (And((A, B)), [way(TA, TB)], [way(FA), way(FB)]),
        (Or((C, B)), [way(TB), way(TC)], [way(FB, FC)]),
        (And((A, Not(B))), [way(TA, FB)], [way(FA), way(TB)]),
        (And((A, Not(A))), [], [way(FA), way(TA)]),
        (Or((A, Not(A))), [way(FA), way(TA)], []),
        (And((A, A)), [way(TA)], [way(FA)]),
        (And((Or((A, B)), Or((A, C)))), [way(TA), way(TB, TC)], [way(FA, FB), way(FA, FC)]),
        (Or((And((A, B)), A)), [way(TA)], [way(FA)]),
        (
            Or((D, And((A, B, C)))),
            [way(TA, TB, TC), way(TD)],
            [way(FA, FD), way(FB, FD), way(FC, FD)],
        ),
        (ALWAYS, [NOTHING], []),
        (NEVER, [], [NOTHING]),
        (And((A, NEVER)), [], [NOTHING]),
        (Or((A, ALWAYS)), [NOTHING], []),
    ],
)
def test_ways_of_a_rule_cheapest_first(rule: Rule, to_hold: list[Way], to_fail: list[Way]) -> None:
    assert found(rule) == to_hold
    assert found(rule, FALSE) == to_fail
    assert found(Not(rule)) == to_fail


def test_a_way_costs_what_its_literals_do() -> None:
    assert WAYS.cost(NOTHING) == 0
    assert WAYS.cost(way(TA, FC, TD)) == 13


def test_a_literal_that_cannot_be_is_no_way() -> None:
    ways = Ways(price, lambda one: TA not in one)
    assert ways.of_one(TA) == []
    assert ways.of_one(FA) == [way(FA)]
    assert ways.joined([[way(TB)], [way(TA), way(FA)]]) == [way(FA, TB)]
    assert ways.joined([[way(TB)], [way(TA)]]) == []


def test_nothing_is_joined_to_doing_nothing() -> None:
    assert WAYS.joined([]) == [NOTHING]
    assert WAYS.either([]) == []
    assert WAYS.joined([[NOTHING], [way(TA)], [NOTHING]]) == [way(TA)]
    assert WAYS.joined([[way(TA)], [], [way(TB)]]) == []


def test_doing_nothing_is_less_than_any_other_way() -> None:
    assert WAYS.either([[way(TA)], [NOTHING]]) == [NOTHING]
    assert WAYS.joined([[way(TA), NOTHING]]) == [NOTHING]


def test_ways_that_contain_another_are_dropped() -> None:
    assert WAYS.least([way(TA, TB), way(TB), way(TB), way(TB, TC, TD), way(TA, TC)]) == [
        way(TB),
        way(TA, TC),
    ]


def test_at_one_cost_the_smaller_way_comes_first_and_then_the_earlier_atoms() -> None:
    ways = Ways(lambda _: 0, consistent)
    assert ways.least([way(TC, TD), way(TB), way(FB), way(FA, TD), way(TA)]) == [
        way(TA),
        way(FB),
        way(TB),
        way(FA, TD),
        way(TC, TD),
    ]
    assert WAYS.least([way(TC), way(TA, TB), way(TA, FC), way(FC)]) == [
        way(TA, TB),
        way(FC),
        way(TC),
    ]


def test_the_cheapest_are_kept_when_there_are_too_many() -> None:
    ways = Ways(lambda literal: 100 - literal[0], consistent)
    many = [way((place, TRUE)) for place in range(40)]
    kept = ways.least(many)
    assert MOST_WAYS == 24
    assert kept == [way((place, TRUE)) for place in range(39, 15, -1)]
    assert ways.least(kept) == kept
    assert ways.either([many[:3], many[3:]]) == kept
    assert ways.joined([many]) == kept


_RULES = st.recursive(
    st.sampled_from(LEAVES).map(lambda leaf: leaf),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_RULES, st.sampled_from([FALSE, TRUE]))
def test_ways_are_what_gives_the_rule_the_value_and_nothing_less(rule: Rule, wanted: int) -> None:
    """Against all ways there are to fix some of the atoms, the others being unknown."""
    atoms = Atoms()
    for leaf in LEAVES:
        atoms.index(leaf)
    formula = atoms.formula(rule)
    enough = [
        frozenset((i, value) for i, value in enumerate(vector) if value != UNKNOWN)
        for vector in product((FALSE, UNKNOWN, TRUE), repeat=len(LEAVES))
        if formula(bytes(vector)) == wanted
    ]
    least = [one for one in enough if not any(other < one for other in enough)]
    order = sorted(least, key=lambda one: (WAYS.cost(one), len(one), sorted(one)))
    assert found(rule, wanted) == order


def changed(found: Determination) -> tuple[list[str], list[str], int] | None:
    assert found.outcome is Outcome.PROHIBITED
    if found.change is None:
        return None
    change = found.change
    (alterations,), (needs,) = spelled([change.alterations]), spelled([change.needs])
    return alterations, needs, change.cost


def test_a_change_says_what_to_alter_from_what_and_how() -> None:
    found = decided("id: ban, prohibit: 'place in [CN, RU]'", place="CN")
    assert found.change == Change(
        alterations=(
            Alteration(
                fact=FactKey("place"),
                value="CN",
                relation="not in",
                operands=("CN", "RU"),
                words=Words(en="move", ja="移す"),
                cost=5,
            ),
        ),
        needs=(),
        cost=5,
    )


def test_an_answer_that_is_no_prohibition_has_no_change() -> None:
    assert decided("id: ban, prohibit: place = CN", place="JP").change is None
    assert decided("id: ban, prohibit: place = CN").change is None


@pytest.mark.parametrize(
    ("clauses", "facts"),
    [
        (["id: ban, prohibit: cheap"], {"cheap": "true"}),
        (["id: ban, prohibit: cheap or place = CN"], {"cheap": "true", "place": "CN"}),
        (["id: ban, prohibit: mass < 5 or mass >= 5"], {"mass": "30"}),
        ([ANY], {"x_kind": "camera", "x_made_in": "CN", "whole": "false"}),
        (["id: ban, prohibit: any part where kind = camera"], {"x_kind": "camera"}),
        (["id: ban, prohibit: place = CN", "id: no, prohibit: cheap"], {"cheap": "true"}),
    ],
)
def test_what_is_not_the_bodys_to_change_stays(clauses: list[str], facts: dict[str, str]) -> None:
    assert changed(decided(*clauses, **facts)) is None


@pytest.mark.parametrize(
    ("clauses", "facts", "expected"),
    [
        (
            ["id: ban, prohibit: place = CN and cheap"],
            {"place": "CN", "cheap": "true"},
            (["place is not CN"], [], 5),
        ),
        (
            ["id: ban, prohibit: place = CN or mass > 25", "id: two, prohibit: mass > 10 and dear"],
            {"place": "CN", "mass": "30"},
            (["mass <= 10", "mass <= 25", "place is not CN"], [], 14),
        ),
        (
            ["id: ban, prohibit: mass > 25", "id: two, prohibit: mass > 10 and cheap"],
            {"mass": "30"},
            (["mass <= 10", "mass <= 25"], [], 9),
        ),
        (
            ["id: ban, prohibit: mass > 25", "id: x, except_to: [ban], when: place = JP and cheap"],
            {"mass": "30", "place": "US"},
            (["place is JP"], ["cheap is true"], 7),
        ),
        (
            ["id: ban, prohibit: mass > 25", "id: x, except_to: [ban], when: place = JP and mid"],
            {"mass": "30", "place": "US"},
            (["mass <= 25"], [], 9),
        ),
        (
            [ANY],
            {"x_kind": "camera", "x_made_in": "CN"},
            (["part[x].made_in is not CN"], ["part.complete is true"], 11),
        ),
        (
            [ANY],
            {
                "x_kind": "camera",
                "x_made_in": "CN",
                "y_kind": "camera",
                "y_made_in": "CN",
                "z_made_in": "CN",
                "whole": "true",
            },
            (
                ["part[x].made_in is not CN", "part[y].made_in is not CN"],
                ["part[z].kind is not camera"],
                10,
            ),
        ),
        (
            [ANY, "id: x, except_to: [ban], when: place = JP"],
            {"x_kind": "camera", "x_made_in": "CN", "place": "US"},
            (["place is JP"], [], 5),
        ),
        (
            [
                "id: ban, prohibit: cheap",
                "id: x, except_to: [ban], when: any part where made_in = JP",
            ],
            {"cheap": "true", "x_made_in": "CN", "y_made_in": "US", "whole": "true"},
            (["part[x].made_in is JP"], [], 4),
        ),
    ],
)
def test_the_cheapest_change_and_what_to_show_beside_it(
    clauses: list[str], facts: dict[str, str], expected: tuple[list[str], list[str], int]
) -> None:
    assert changed(decided(*clauses, **facts)) == expected


@pytest.mark.parametrize(
    ("clauses", "facts", "alterations"),
    [
        (
            ["id: ban, prohibit: mass > 25", "id: two, prohibit: mass < 5"],
            {"mass": "30"},
            ["mass <= 25", "mass >= 5"],
        ),
        (
            ["id: ban, prohibit: place = CN", "id: two, prohibit: place = RU"],
            {"place": "CN"},
            ["place is not CN", "place is not RU"],
        ),
    ],
)
def test_a_change_says_what_the_fact_must_not_become_either(
    clauses: list[str], facts: dict[str, str], alterations: list[str]
) -> None:
    """Whoever moves from one place that is prohibited must not move to another."""
    found = changed(decided(*clauses, **facts))
    assert found is not None
    assert found[0] == alterations


def test_a_fact_that_stays_as_it_is_is_not_altered() -> None:
    found = decided(
        "id: ban, prohibit: mass > 25", "id: two, prohibit: place = CN", mass="30", place="JP"
    )
    assert changed(found) == (["mass <= 25"], [], 9)
