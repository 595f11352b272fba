"""Strong Kleene truth, and sets that may have more members."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.model.openset import OpenSet
from sekisho.model.truth import Truth, all_of, any_of

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
RANK = {F: 0, U: 1, T: 2}
TRUTHS = st.sampled_from([T, F, U])


@pytest.mark.parametrize(("one", "other"), list(itertools.product([T, F, U], repeat=2)))
def test_the_connectives_are_minimum_and_maximum(one: Truth, other: Truth) -> None:
    assert RANK[one & other] == min(RANK[one], RANK[other])
    assert RANK[one | other] == max(RANK[one], RANK[other])
    assert RANK[~one] == 2 - RANK[one]


@given(st.lists(TRUTHS, max_size=6))
def test_many_are_as_their_pairs(truths: list[Truth]) -> None:
    conjunction, disjunction = T, F
    for truth in truths:
        conjunction, disjunction = conjunction & truth, disjunction | truth
    assert all_of(truths) is conjunction
    assert any_of(truths) is disjunction


@given(st.lists(TRUTHS, max_size=6))
def test_de_morgan(truths: list[Truth]) -> None:
    assert ~all_of(truths) is any_of(~truth for truth in truths)


def test_python_answers_become_truths() -> None:
    assert (Truth.of(True), Truth.of(False), Truth.of(None)) == (T, F, U)  # noqa: FBT003 - the answer itself


def test_a_truth_has_no_two_valued_reading() -> None:
    for truth in (T, F, U):
        with pytest.raises(TypeError, match="three-valued"):
            bool(truth)


def odd(number: int) -> Truth:
    return U if number == 0 else Truth.of(number % 2 == 1)


@pytest.mark.parametrize(
    ("members", "complete", "some", "every"),
    [
        ((), U, U, U),
        ((), T, F, T),
        ((), F, U, U),
        ((1,), U, T, U),
        ((1,), T, T, T),
        ((2,), U, U, F),
        ((2,), T, F, F),
        ((0,), T, U, U),
        ((1, 2), T, T, F),
    ],
)
def test_absence_is_shown_only_by_a_complete_set(
    members: tuple[int, ...], complete: Truth, some: Truth, every: Truth
) -> None:
    numbers = OpenSet(members, complete)
    assert numbers.any(odd) is some
    assert numbers.all(odd) is every


def test_a_set_counts_and_lists_its_known_members() -> None:
    numbers = OpenSet((3, 4))
    assert list(numbers) == [3, 4]
    assert len(numbers) == 2
