"""Ways to make a rule hold: least sets of literals, put together through the parts of a rule."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekisho.law.atoms import FALSE, TRUE, UNKNOWN, Atoms
from sekisho.law.groups import Literal
from sekisho.law.syntax import ALWAYS, NEVER, All, And, Any, Not, Or, Relation, Rule, Test
from sekisho.law.ways import MOST_WAYS, NOTHING, Way, Ways

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
