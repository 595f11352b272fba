"""Many cases at once: a regime over columns.

A row is a case; its columns are facts by their keys (`act`, `body`, `on`, `waiver.us_848`, ...).
What rows share is stated once: `articles` are sets of facts, parts lists among them, and the
column `article` says which of them a row is about. Atoms become columns, clauses expressions over
them (polars' `&`, `|` and `~` are Kleene's), and rows that no atom tells apart are decided once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import add, or_

import polars as pl

from sekisho.law.alike import Questions, kinds_of_column, number_column
from sekisho.law.factbase import ARTICLE, FactBase
from sekisho.law.groups import Group, group_atoms, mixed_groups
from sekisho.law.inforce import RegimeInForce, regime_in_force
from sekisho.law.outcome_columns import masks_of_columns, outcome_of_masks, proof_columns
from sekisho.law.regime import Regime
from sekisho.law.syntax import LAW_DATE, Relation, Test, is_number
from sekisho.law.trial_columns import settle_columns
from sekisho.law.vocabulary import FactType, Vocabulary
from sekisho.model.case import Case
from sekisho.model.fact import Fact

_TRUTHS = (False, None, True)
_NEVER_KNOWN = pl.lit(None, dtype=pl.Boolean)
_ANY_DAY = date(2000, 1, 1)


def determine_columns(
    regime: Regime, cases: pl.DataFrame, articles: Sequence[Sequence[Fact]] = ((),)
) -> pl.DataFrame:
    """Decide every row under a regime.

    Args:
        regime: the instrument, in one reading.
        cases: one row a case. Columns named like facts hold them: yes-or-no facts as Boolean,
            dates as Date, numbers as numbers, words and countries as strings, categories or
            enumerations (the last are fastest). Null is unknown, and so is a fact without a
            column, unless the article states it. `on` is needed. Other columns are ignored.
        articles: facts of each article; `article` names one by its place. Without that column
            every row is about the first.

    Returns:
        The columns `outcome`, `effect_now`, `clause` (the first clause that the answer turns on)
        and `open_facts` (of an undetermined row: how many facts that the regime speaks of are not
        known), and one Boolean column for each clause, by its id, null where it is open.

    Raises:
        ValueError: when `on` is missing or null, an article is named that is not there, or a
            column has a type that its fact does not.
    """
    cases = _checked(cases, regime.vocabulary, len(articles))
    bases = [FactBase(facts, Case(), _ANY_DAY) for facts in articles]
    law = regime_in_force(regime, None)
    if not any(
        isinstance(leaf, Test) and leaf.operands == (LAW_DATE,) for leaf in law.atoms.leaves
    ):
        return _Batch(law, cases, bases).determine()
    if cases.is_empty():
        return _Batch(regime_in_force(regime, _ANY_DAY), cases, bases).determine()
    # a fact compared with the law date has other kinds of value on every day
    row = "row of the table"
    parts = [
        _Batch(regime_in_force(regime, part[LAW_DATE][0]), part, bases)
        .determine()
        .with_columns(part[row])
        for part in cases.with_row_index(row).partition_by(LAW_DATE)
    ]
    return pl.concat(parts).sort(row).drop(row)


def _checked(cases: pl.DataFrame, vocabulary: Vocabulary, articles: int) -> pl.DataFrame:
    """The table, with columns that hold nothing but nulls given the type of their fact."""
    if LAW_DATE not in cases.columns or cases[LAW_DATE].null_count():
        msg = "every row needs a day in the column 'on': without it nobody knows which law applies"
        raise ValueError(msg)
    if ARTICLE in cases.columns:
        _check_articles(cases[ARTICLE], articles)
    typed: list[pl.Series] = []
    for column in cases:
        entry = vocabulary.find(column.name)
        if entry is not None and column.dtype == pl.Null:
            typed.append(column.cast(_EMPTY[entry.type]))
        elif entry is not None and not _fits(column.dtype, entry.type):
            msg = f"the column '{column.name}' holds {column.dtype}; it is {entry.permitted()}"
            raise ValueError(msg)
    return cases.with_columns(typed)


def _check_articles(column: pl.Series, articles: int) -> None:
    if not column.dtype.is_integer() or column.null_count():
        msg = "the column 'article' holds something else than places in the articles"
        raise ValueError(msg)
    first, last = column.min(), column.max()
    if isinstance(first, int) and isinstance(last, int) and not 0 <= first <= last < articles:
        msg = f"an article from {first} to {last} is named in 'article', but there are {articles}"
        raise ValueError(msg)


def _fits(dtype: pl.DataType, kind: FactType) -> bool:
    match kind:
        case FactType.TRUTH:
            return dtype == pl.Boolean
        case FactType.DATE:
            return dtype == pl.Date
        case FactType.NUMBER:
            return dtype.is_numeric()
        case _:
            return dtype in (pl.String, pl.Categorical, pl.Enum)


_EMPTY: dict[FactType, type[pl.DataType]] = {
    FactType.TRUTH: pl.Boolean,
    FactType.DATE: pl.Date,
    FactType.NUMBER: pl.Float64,
    FactType.WORD: pl.String,
    FactType.COUNTRY: pl.String,
    FactType.TEXT: pl.String,
}


class _Batch:
    """One regime over one table."""

    def __init__(self, law: RegimeInForce, cases: pl.DataFrame, bases: list[FactBase]) -> None:
        self.law = law
        self.cases = cases
        self.groups = group_atoms(law)
        self.mixed = mixed_groups(law)
        self.stated = [group for group in self.groups if group.fact in cases.columns]
        read = [law.atoms.read(base) for base in bases]
        # articles of which the same is known are one
        self.vectors = list(dict.fromkeys(read))
        place = {vector: i for i, vector in enumerate(self.vectors)}
        self.same = pl.Series(ARTICLE, [place[vector] for vector in read], dtype=pl.UInt32)

    def determine(self) -> pl.DataFrame:
        """The answers to all rows."""
        articles = self._articles()
        columns = [
            kinds_of_column(self.cases[g.fact], self._tests(g)) for g in self.stated if g.fact
        ]
        columns.append(number_column(articles, len(self.vectors)))
        questions = Questions(column for column in columns if column is not None)
        if None in columns or questions.count > self.cases.height:
            return self._decide(self.cases.with_columns(articles))
        return questions.answers(self._decide(questions.table()))

    def _articles(self) -> pl.Series:
        """For each row the kind of its article."""
        if ARTICLE in self.cases.columns:
            return self.same.gather(self.cases[ARTICLE])
        return self.same.new_from_index(0, self.cases.height)

    def _tests(self, group: Group) -> pl.DataFrame:
        return self.cases.select(
            self._test(self.cases, place).alias(str(place)) for place in group.places
        )

    def _decide(self, table: pl.DataFrame) -> pl.DataFrame:
        """The answers to a table that names kinds of article."""
        atoms = table.select(
            self._atom(table, place).alias(str(place))
            for place in range(len(self.law.atoms.leaves))
        )
        known = masks_of_columns(self.law, atoms.lazy()).collect()
        outcome = known.select(outcome_of_masks()).to_series()
        outcome = settle_columns(self.law, self.mixed, atoms, outcome)
        if LAW_DATE in table.columns:
            known = known.with_columns(table[LAW_DATE])
        return proof_columns(self.law, known, outcome, self._open_facts(atoms))

    def _atom(self, table: pl.DataFrame, place: int) -> pl.Expr:
        leaf = self.law.atoms.leaves[place]
        if isinstance(leaf, Test) and leaf.fact in self.cases.columns:
            return self._test(table, place)
        values = [_TRUTHS[vector[place]] for vector in self.vectors]
        return pl.lit(pl.Series(values, dtype=pl.Boolean)).gather(pl.col(ARTICLE))

    def _test(self, table: pl.DataFrame, place: int) -> pl.Expr:
        test = self.law.atoms.leaves[place]
        assert isinstance(test, Test)  # quantifiers have no column
        column, kind = pl.col(test.fact), table.schema[test.fact]
        is_positive = test.relation in (Relation.IS, Relation.IN)
        if isinstance(kind, pl.Boolean):
            return column if (test.operands == ("true",)) is is_positive else ~column
        if test.relation.is_ordering:
            return _compared(column, test)
        named = kind.categories.to_list() if isinstance(kind, pl.Enum) else test.operands
        operands: list[str | date] = [one for one in test.operands if one in named]
        if kind == pl.Date:
            operands = [date.fromisoformat(one) for one in test.operands]
        # of no operand at all: false where the fact is known, else null
        found = reduce(or_, (column == one for one in operands), column.is_null() & _NEVER_KNOWN)
        return found if is_positive else ~found

    def _open_facts(self, atoms: pl.DataFrame) -> pl.Series:
        """How many facts (a quantifier counts as one) are not known, in each row."""
        opened = (
            pl.col(str(g.places[0])).is_null().cast(pl.UInt16) for g in self.groups if g.kinds
        )
        return atoms.select(
            reduce(add, opened, pl.lit(0, dtype=pl.UInt16)).alias("open")
        ).to_series()


def _compared(column: pl.Expr, test: Test) -> pl.Expr:
    """A column against a date or a number."""
    limit = test.operands[0]
    value = pl.lit(float(limit) if is_number(limit) else date.fromisoformat(limit))
    match test.relation:
        case Relation.BEFORE:
            return column < value
        case Relation.UNTIL:
            return column <= value
        case Relation.AFTER:
            return column > value
        case _:
            return column >= value
