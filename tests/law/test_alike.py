"""Columns of every type: the kinds of their values, and the questions that these make."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from sekisho.law.alike import Column, Questions, kinds_of_column, number_column
from sekisho.law.columns import determine_columns
from sekisho.law.regime import Regime
from tests.law.small import ON, regime_of
from tests.law.test_columns import (
    ACQUIRING,
    BY_DAY,
    DATED,
    PLACED,
    ROW,
    Row,
    check,
    frame_of,
    outcomes,
)


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


def test_enumerations_need_not_name_what_the_rule_names() -> None:
    for listed in (["JP"], ["JP", "CN"], ["RU", "JP", "CN"]):
        rows: list[Row] = [{"on": ON, "body": "state", "place": one} for one in (*listed, None)]
        by_place = {"JP": "permitted", "CN": "prohibited", "RU": "prohibited"}
        expected = [*(by_place[one] for one in listed), "undetermined"]
        assert outcomes(PLACED, frame_of(rows, {"place": pl.Enum(listed)})) == expected


NUMBERED = regime_of(
    "id: heavy, prohibit: 'mass > 150 or mass < 0.5', since: 2020-01-01",
    "id: edge, condition: {en: e, ja: e}, when: 'mass >= 100 and mass <= 120'",
    more=(
        "facts:\n  - {key: mass, type: number, question: {en: m, ja: m}, settled_by: [record]}\n"
    ),
)


@pytest.mark.parametrize("kind", [pl.Float64, pl.Float32, pl.Decimal(10, 3)])
def test_numbers_are_compared_as_numbers(kind: pl.DataType | type[pl.DataType]) -> None:
    values = [0.25, 0.5, 9.0, 99.5, 100.0, 120.0, 120.5, 150.0, 150.5, None]
    by_value = ["prohibited", "permitted", "permitted", "permitted", "conditional", "conditional"]
    by_value += ["permitted", "permitted", "prohibited", "undetermined"]
    frame = pl.DataFrame({"mass": pl.Series(values).cast(kind)}).with_columns(
        on=pl.lit(ON), body=pl.lit("state")
    )
    assert outcomes(NUMBERED, frame) == by_value
    assert outcomes(NUMBERED, pl.concat([frame] * 9)) == by_value * 9


def test_whole_numbers_are_compared_too() -> None:
    frame = pl.DataFrame({"mass": [0, 1, 100, 150, 151, None]}).with_columns(
        on=pl.lit(ON), body=pl.lit("state")
    )
    expected = ["prohibited", "permitted", "conditional", "permitted", "prohibited", "undetermined"]
    assert outcomes(NUMBERED, frame) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("acquired = 2026-01-01", ["permitted", "prohibited", "permitted", "undetermined"]),
        ("acquired != 2026-01-01", ["prohibited", "permitted", "prohibited", "undetermined"]),
        (
            "acquired in [2026-01-01, 2026-11-01]",
            ["permitted", "prohibited", "prohibited", "undetermined"],
        ),
        ("acquired = on", ["permitted", "permitted", "prohibited", "undetermined"]),
        ("acquired != on", ["prohibited", "prohibited", "permitted", "undetermined"]),
        ("acquired < on", ["prohibited", "prohibited", "permitted", "undetermined"]),
        ("acquired <= on", ["prohibited", "prohibited", "prohibited", "undetermined"]),
        ("acquired > 2026-01-01", ["permitted", "permitted", "prohibited", "undetermined"]),
        ("acquired <= 2026-01-01", ["prohibited", "prohibited", "permitted", "undetermined"]),
    ],
)
def test_dates_are_compared_as_days(rule: str, expected: list[str]) -> None:
    regime = regime_of(f"id: ban, prohibit: '{rule}', since: 2020-01-01")
    days = (date(2025, 12, 31), date(2026, 1, 1), ON, None)
    rows: list[Row] = [{"on": ON, "body": "state", "acquired": day} for day in days]
    assert outcomes(regime, frame_of(rows)) == expected
    assert outcomes(regime, frame_of(rows * 50)) == expected * 50
    check(regime, rows, frame_of(rows), [{}])


def test_a_fact_with_more_tests_than_can_be_numbered_is_decided_row_by_row() -> None:
    places = [f"{one}{two}" for one in "ABC" for two in "ABCDEFG"]
    bans = [f"id: ban{i}, prohibit: 'place = {place}'" for i, place in enumerate(places)]
    regime = regime_of(*bans, "id: late, prohibit: a, since: 2026-11-02")
    rows: list[Row] = [
        {"on": ON, "body": "state", "place": place, "a": True} for place in (*places, "ZZ", None)
    ]
    found = determine_columns(regime, frame_of(rows * 40))
    expected = [*(f"ban{i}" for i in range(21)), "ban0", "ban0"]
    assert found["clause"].to_list() == expected * 40
    assert found["outcome"].to_list()[:23] == ["prohibited"] * 21 + ["permitted", "undetermined"]


@pytest.mark.parametrize(
    ("regime", "name", "column"),
    [
        (DATED, "on", pl.Series(["2026-11-01"])),
        (BY_DAY, "on", pl.Series(["2026-11-01"])),
        (DATED, "a", pl.Series([1])),
        (DATED, "a", pl.Series(["yes"])),
        (PLACED, "place", pl.Series([1])),
        (PLACED, "place", pl.Series([True])),
        (PLACED, "place", pl.Series([ON])),
        (ACQUIRING, "acquired", pl.Series(["2026-01-01"])),
        (ACQUIRING, "acquired", pl.Series([20260101])),
        (BY_DAY, "acquired", pl.Series([True])),
    ],
)
def test_a_column_of_another_type_is_refused(regime: Regime, name: str, column: pl.Series) -> None:
    frame = frame_of([ROW]).with_columns(column.alias(name))
    with pytest.raises(ValueError, match=f"'{name}'"):
        determine_columns(regime, frame)


@pytest.mark.parametrize("regime", [DATED, PLACED, ACQUIRING, BY_DAY])
def test_a_column_of_nothing_but_nulls_has_no_type_to_refuse(regime: Regime) -> None:
    row: Row = {"on": ON, "body": "state"}
    nulls = {name: pl.lit(None, dtype=pl.Null) for name in ("a", "place", "acquired")}
    frame = frame_of([row, row]).with_columns(**nulls)
    assert outcomes(regime, frame) == ["undetermined"] * 2


def test_a_number_that_is_none_is_refused() -> None:
    frame = pl.DataFrame({"mass": ["151"]}).with_columns(on=pl.lit(ON), body=pl.lit("state"))
    with pytest.raises(ValueError, match="'mass' holds String; it is a number"):
        determine_columns(NUMBERED, frame)
