"""A fleet over years: articles, and a table of cases about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from bench.law.cases import ACTS, BODIES, ON, Article, Question, make_articles
from bench.law.openfisca import CODES, TRUTH_CODES, arrays_of, codes_of_article
from bench.law.reference import AMENDED, REACHES_CONTRACTS, outcome_of
from sekisho.law.vocabulary import Vocabulary

MONTHS = [date(2021 + (11 + i) // 12, (11 + i) % 12 + 1, 1) for i in range(60)]
TRUTHS = (True, False, None)
_SPREAD = 7_919
_EPOCHS = (date(2022, 1, 1), date(2023, 1, 1), ON)


@dataclass(frozen=True)
class Grid:
    """Articles, and the table that names them by their places."""

    articles: list[Article]
    table: pl.DataFrame

    def question(self, row: Mapping[str, Any]) -> Question:
        """One row as a case."""
        return Question(
            article=self.articles[row["article"]],
            act=row["act"],
            body=row["body"],
            waiver=row.get("waiver.us_848"),
            exempt=row.get("purpose.us_848_exempt"),
            uses_covered=row.get("uses.covered_company_equipment"),
            on=row["on"],
        )

    def expected(self) -> list[str]:
        """What every row must come to, by the reference: each different case is worked out once."""
        names = [name for name in self.table.columns if name not in {"on", "task"}]
        since = pl.col("on")
        epoch = (since >= AMENDED).cast(pl.UInt8) + (since >= REACHES_CONTRACTS).cast(pl.UInt8)
        alike = self.table.with_columns(epoch=epoch)
        different = alike.select(*names, "epoch").unique(maintain_order=True)
        outcomes = [
            outcome_of(self.question(row | {"on": _EPOCHS[row["epoch"]]}))
            for row in different.iter_rows(named=True)
        ]
        joined = alike.join(
            different.with_columns(outcome=pl.Series(outcomes)),
            on=[*names, "epoch"],
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        return joined["outcome"].to_list()

    def arrays(self) -> dict[str, Any]:
        """The same table as OpenFisca takes it."""
        place = self.table["article"].to_numpy()
        of_articles = arrays_of([codes_of_article(one) for one in self.articles])
        found = {name: array[place] for name, array in of_articles.items()}
        found["day"] = self.table["on"].dt.strftime("%Y%m%d").cast(pl.Int32).to_numpy()
        for name in ("act", "body"):
            codes = self.table[name].cast(pl.String).replace_strict(CODES, return_dtype=pl.Int32)
            found[name] = codes.to_numpy()
        unknown = pl.Series([None], dtype=pl.Boolean).new_from_index(0, self.table.height)
        for name, key in (
            ("waiver", "waiver.us_848"),
            ("exempt", "purpose.us_848_exempt"),
            ("uses_covered", "uses.covered_company_equipment"),
        ):
            truths = self.table[key] if key in self.table.columns else unknown
            found[name] = truths.replace_strict(TRUTH_CODES, return_dtype=pl.Int32).to_numpy()
        return found


def make_grid(rows: int, articles: int, vocabulary: Vocabulary, *, excuses: bool) -> Grid:
    """Different combinations of article, month, act and body.

    With `excuses`, of three facts that excuse or accuse, too: to the regime there are then many
    kinds of row. Else of tasks, which it does not speak of, as a fleet's table has them.
    """
    words = {key: list(vocabulary.facts[key].values) for key in ("act", "body", "task")}
    columns: list[tuple[str, Sequence[Any], Any]] = [
        ("article", range(articles), pl.UInt32),
        ("on", MONTHS, pl.Date),
        ("act", (*ACTS, None), pl.Enum(words["act"])),
        ("body", (*BODIES, None), pl.Enum(words["body"])),
    ]
    if excuses:
        columns += [
            ("waiver.us_848", TRUTHS, pl.Boolean),
            ("purpose.us_848_exempt", TRUTHS, pl.Boolean),
            ("uses.covered_company_equipment", TRUTHS, pl.Boolean),
        ]
    else:
        columns.append(("task", words["task"], pl.Enum(words["task"])))
    return Grid(make_articles(articles), _combinations(rows, columns))


def make_wide_table(rows: int, articles: int, vocabulary: Vocabulary) -> pl.DataFrame:
    """A table for all regimes: every act, body and task of the vocabulary, and none."""
    columns: list[tuple[str, Sequence[Any], Any]] = [
        ("article", range(articles), pl.UInt32),
        ("on", MONTHS, pl.Date),
    ]
    for key in ("act", "body", "task"):
        words = list(vocabulary.facts[key].values)
        columns.append((key, (*words, None), pl.Enum(words)))
    columns.append(("data.leaks", TRUTHS, pl.Boolean))
    return _combinations(rows, columns)


def _combinations(rows: int, columns: Sequence[tuple[str, Sequence[Any], Any]]) -> pl.DataFrame:
    """So many rows spread over all combinations."""
    number = pl.int_range(rows, eager=True) * _SPREAD
    found: list[pl.Series] = []
    for name, values, kind in columns:
        known = pl.Series(name, values, dtype=kind)
        found.append(known.gather(number % len(values)))
        number //= len(values)
    return pl.DataFrame(found)
