"""Rows that a regime cannot tell apart: their kinds, and the questions these make."""

from __future__ import annotations

import polars as pl
import pytest

from sekisho.law.alike import Column, Questions, kinds_of_column, number_column


def kinds(
    values: list[str | bool | None], *tests: list[bool | None]
) -> tuple[list[int], list[str | bool | None]]:
    """The numbers of the rows, and the values that stand for the kinds."""
    frame = pl.DataFrame(
        {str(i): pl.Series(test, dtype=pl.Boolean) for i, test in enumerate(tests)}
    )
    found = kinds_of_column(pl.Series("fact", values), frame)
    assert found is not None
    assert found.name == "fact"
    return found.numbers.to_list(), found.values.to_list()


def test_each_kind_of_value_has_a_number_false_before_true_and_null_last() -> None:
    values: list[str | bool | None] = [True, None, False, True, None]
    assert kinds(values, [True, None, False, True, None]) == ([1, 2, 0, 1, 2], [False, True, None])


def test_only_kinds_that_occur_are_numbered() -> None:
    assert kinds([True, True], [True, True]) == ([0, 0], [True])
    assert kinds([None, None], [None, None]) == ([0, 0], [None])
    assert kinds([True, None], [True, None]) == ([0, 1], [True, None])
    assert kinds([False], [False]) == ([0], [False])


def test_several_tests_tell_kinds_apart_together() -> None:
    places: list[str | bool | None] = ["CN", "JP", None, "US", "CN"]
    is_china: list[bool | None] = [True, False, None, False, True]
    is_asian: list[bool | None] = [True, True, None, False, True]
    assert kinds(places, is_china, is_asian) == ([2, 1, 3, 0, 2], ["US", "JP", "CN", None])
    assert kinds(places, is_asian, is_china) == ([2, 1, 3, 0, 2], ["US", "JP", "CN", None])


def test_the_first_of_a_kind_stands_for_it() -> None:
    places: list[str | bool | None] = ["CN", "US", "JP", "CN", "FR"]
    is_china: list[bool | None] = [True, False, False, True, False]
    assert kinds(places, is_china) == ([1, 0, 0, 1, 0], ["US", "CN"])


@pytest.mark.parametrize("width", [1, 6, 7, 8, 9, 15, 16])
def test_up_to_sixteen_tests_are_numbered(width: int) -> None:
    """Row i passes test i alone; then come rows that pass none, all, and one not known."""
    passed: list[list[bool | None]] = [
        [*(i == row for row in range(width)), False, True, None] for i in range(width)
    ]
    names: list[str | bool | None] = [*(f"v{i}" for i in range(width)), "none", "all", None]
    numbers, values = kinds(names, *passed)
    if width == 1:  # the one that passes alone passes all
        assert (numbers, values) == ([1, 0, 1, 2], ["none", "v0", None])
        return
    assert values == ["none", *names[:width], "all", None]
    assert numbers == [*range(1, width + 1), 0, width + 1, width + 2]


def test_more_tests_than_sixteen_are_not_numbered() -> None:
    tests = pl.DataFrame({str(i): [True] for i in range(17)})
    assert kinds_of_column(pl.Series("fact", ["x"]), tests) is None


def test_a_column_without_rows_has_no_kinds() -> None:
    tests = pl.DataFrame({"0": pl.Series([], dtype=pl.Boolean)})
    assert kinds_of_column(pl.Series("fact", [], dtype=pl.String), tests) is None


def test_a_column_of_numbers_holds_its_own() -> None:
    found = number_column(pl.Series("article", [2, 0, 2], dtype=pl.UInt32), 3)
    assert (found.name, found.numbers.to_list(), found.values.to_list()) == (
        "article",
        [2, 0, 2],
        [0, 1, 2],
    )


def column(name: str, numbers: list[int], values: list[str | bool | None]) -> Column:
    return Column(name, pl.Series(name, numbers, dtype=pl.UInt32), pl.Series(name, values))


THREE = (
    column("a", [0, 1, 1, 0], [True, None]),
    column("place", [2, 0, 1, 2], ["CN", "JP", "US"]),
    column("b", [0, 0, 0, 0], [False]),
)


def test_questions_are_all_combinations_the_last_column_varying_fastest() -> None:
    questions = Questions(THREE)
    assert questions.count == 6
    assert questions.table().to_dict(as_series=False) == {
        "a": [True, True, True, None, None, None],
        "place": ["CN", "JP", "US", "CN", "JP", "US"],
        "b": [False] * 6,
    }


def test_each_row_asks_the_question_made_of_its_own_values() -> None:
    questions = Questions(THREE)
    asked = questions.of_rows().to_list()
    assert asked == [2, 3, 4, 2]
    table = questions.table()
    for row, number in enumerate(asked):
        of_columns = tuple(one.values[one.numbers[row]] for one in THREE)
        assert table.row(number) == of_columns


def test_one_column_is_its_own_question() -> None:
    questions = Questions(iter(THREE[1:2]))
    assert questions.count == 3
    assert questions.of_rows().to_list() == [2, 0, 1, 2]
    assert questions.table().to_dict(as_series=False) == {"place": ["CN", "JP", "US"]}


@pytest.mark.parametrize("masks", [0, 1, 2, 15, 16, 17, 33])
def test_each_row_takes_the_answer_to_its_question(masks: int) -> None:
    """Columns keep order, type and nulls, however many words the yes-or-no ones fill."""
    truths = (True, False, None)
    answers = pl.DataFrame(
        {
            "outcome": pl.Series(list("uvwxyz"), dtype=pl.Enum(list("uvwxyz"))),
            **{
                f"m{i}": pl.Series(
                    [truths[(i + j * (i + 1)) % 3] for j in range(6)], dtype=pl.Boolean
                )
                for i in range(masks)
            },
            "open": pl.Series([0, 1, 2, 300, None, 5], dtype=pl.UInt16),
        }
    )
    found = Questions(THREE).answers(answers)
    assert found.schema == answers.schema
    assert found.rows() == [answers.row(i) for i in (2, 3, 4, 2)]
