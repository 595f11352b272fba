"""Rows that a regime cannot tell apart, decided once.

Of each fact a regime tells but a few kinds of value apart, so that a million rows are a few
thousand different questions. Each row gets a number made of the kinds of its values; one row is
decided for every number there can be, and each row takes the answer of its number.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

import msgspec
import polars as pl

_MOST_TESTS = 16
_BITS_OF_A_BYTE = 8
_FEW_CODES = 128
_IN_A_WORD = 16
_KNOWN, _TRUE = 1, 2


class Column(msgspec.Struct, frozen=True):
    """The kinds of one column: for each row the number of its kind, and a value for each kind."""

    name: str
    numbers: pl.Series
    values: pl.Series


def kinds_of_column(column: pl.Series, tests: pl.DataFrame) -> Column | None:
    """Number the kinds of a column's values, as told apart by the tests of its fact.

    Args:
        column: the values.
        tests: a Boolean column for each test, null where the value is.

    Returns:
        The kinds that occur; `None` when there are too many tests to number them, or no rows.
    """
    if tests.width > _MOST_TESTS or column.is_empty():
        return None
    code = pl.UInt8 if tests.width < _BITS_OF_A_BYTE else pl.UInt32
    signs = pl.lit(0, dtype=code)
    for i, name in enumerate(tests.columns):
        signs += (
            pl.when(pl.col(name)).then(pl.lit(1 << i, dtype=code)).otherwise(pl.lit(0, dtype=code))
        )
    null = pl.lit(1 << tests.width, dtype=code)
    coded = tests.select(
        pl.when(pl.col(tests.columns[0]).is_null()).then(null).otherwise(signs).alias("code")
    ).to_series()
    # looking for each of a few codes is faster than collecting what there is
    few = 1 << tests.width <= _FEW_CODES
    codes = range((1 << tests.width) + 1) if few else coded.unique().sort().to_list()
    first = {one: (coded == one).arg_max() or 0 for one in codes}
    found = [one for one, place in first.items() if coded[place] == one]
    table = pl.zeros((1 << tests.width) + 1, dtype=pl.UInt32, eager=True)
    table[found] = pl.int_range(len(found), dtype=pl.UInt32, eager=True)
    values = column.gather([first[one] for one in found])
    return Column(column.name, table.gather(coded), values)


def number_column(numbers: pl.Series, kinds: int) -> Column:
    """A column that holds the numbers of its kinds."""
    return Column(numbers.name, numbers, pl.int_range(kinds, dtype=pl.UInt32, eager=True))


class Questions:
    """Every combination of kinds of some columns."""

    def __init__(self, columns: Iterable[Column]) -> None:
        """Take the columns in this order; the last varies fastest."""
        self.columns = tuple(columns)
        self.count = prod(len(one.values) for one in self.columns)

    def table(self) -> pl.DataFrame:
        """One row for each question."""
        stride, found = self.count, []
        numbers = pl.int_range(self.count, dtype=pl.UInt32, eager=True)
        for one in self.columns:
            stride //= len(one.values)
            found.append(one.values.gather(numbers // stride % len(one.values)).alias(one.name))
        return pl.DataFrame(found)

    def of_rows(self) -> pl.Series:
        """For each row the number of its question."""
        number = self.columns[0].numbers
        for one in self.columns[1:]:
            number = number * len(one.values) + one.numbers
        return number

    def answers(self, of_each: pl.DataFrame) -> pl.DataFrame:
        """The answers to the questions, for the rows.

        Yes-or-no columns travel in words, two bits each: a bit is slow to take for every row.
        """
        rows = pl.lit(self.of_rows())
        masks = [name for name, kind in of_each.schema.items() if kind == pl.Boolean]
        chunks = [masks[i : i + _IN_A_WORD] for i in range(0, len(masks), _IN_A_WORD)]
        words = {f"word {i}": _packed(chunk) for i, chunk in enumerate(chunks)}
        taken = of_each.with_columns(**words).select(pl.all().exclude(masks).gather(rows))
        unpacked = (
            one for name, chunk in zip(words, chunks, strict=True) for one in _unpacked(name, chunk)
        )
        return taken.with_columns(*unpacked).select(of_each.columns)


def _packed(names: list[str]) -> pl.Expr:
    word = pl.lit(0, dtype=pl.UInt32)
    for i, name in enumerate(names):
        bits = pl.when(pl.col(name)).then(_KNOWN | _TRUE).when(~pl.col(name)).then(_KNOWN)
        word += bits.otherwise(0).cast(pl.UInt32) * (1 << (2 * i))
    return word


def _unpacked(word_name: str, names: list[str]) -> list[pl.Expr]:
    word = pl.col(word_name)
    return [
        pl.when((word & (_KNOWN << (2 * i))) != 0)
        .then((word & (_TRUE << (2 * i))) != 0)
        .alias(name)
        for i, name in enumerate(names)
    ]
