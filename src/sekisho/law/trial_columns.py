"""Rows that Kleene's logic leaves open, tried for every kind of value of the facts it asks too much of.

The columns of atoms are called by their places in the regime's vector (`0`, `1`, ...).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import chain, product
from math import prod

import polars as pl

from sekisho.law.answer import MOST_TRIALS
from sekisho.law.atoms import TRUE
from sekisho.law.groups import Group, Kind
from sekisho.law.inforce import RegimeInForce
from sekisho.law.outcome_columns import UNDETERMINED, masks_of_columns, outcome_of_masks

_ROW, _FOUND = "row", "found"


def settle_columns(
    law: RegimeInForce, mixed: Sequence[Group], atoms: pl.DataFrame, outcome: pl.Series
) -> pl.Series:
    """The outcome on which every kind of value of the open mixed facts agrees, for every row.

    It does for columns what `answer.outcome_of_all` does for one vector, and leaves open what
    that leaves open.

    Args:
        law: the regime.
        mixed: its mixed groups.
        atoms: what is known of each atom.
        outcome: of each row by Kleene's logic, as its place in `Outcome`.
    """
    if not mixed:
        return outcome
    is_open = [_is_open(group).alias(f"open {i}") for i, group in enumerate(mixed)]
    rows = atoms.with_columns(*is_open).with_row_index(_ROW).filter(outcome == UNDETERMINED)
    settled = outcome.clone()
    names = [f"open {i}" for i in range(len(mixed))]
    for key, part in rows.partition_by(names, as_dict=True).items():
        groups = [group for group, opened in zip(mixed, key, strict=True) if opened]
        if groups and prod(len(group.kinds) for group in groups) <= MOST_TRIALS:
            places, found = _agreed(law, groups, part)
            settled = settled.scatter(places, found)
    return settled


def _is_open(group: Group) -> pl.Expr:
    return reduce(pl.Expr.and_, (pl.col(str(place)).is_null() for place in group.places))


def _agreed(
    law: RegimeInForce, groups: Sequence[Group], part: pl.DataFrame
) -> tuple[pl.Series, pl.Series]:
    """The rows on whose outcome all trials agree, and that outcome."""
    # the two ends first: where they differ, nothing between matters
    ends = ([group.kinds[end] for group in groups] for end in (0, -1))
    trials = chain(ends, product(*(group.kinds for group in groups)))
    part = part.with_columns(_tried(law, groups, next(trials), part).alias(_FOUND))
    part = part.filter(pl.col(_FOUND) != UNDETERMINED)
    for kinds in trials:
        if part.is_empty():
            break
        part = part.filter(_tried(law, groups, kinds, part) == part[_FOUND])
    return part[_ROW], part[_FOUND]


def _tried(
    law: RegimeInForce, groups: Sequence[Group], kinds: Iterable[Kind], part: pl.DataFrame
) -> pl.Series:
    """The outcome if each group had that kind of value."""
    known = {
        str(place): pl.lit(sign == TRUE)
        for group, kind in zip(groups, kinds, strict=True)
        for place, sign in zip(group.places, kind.signs, strict=True)
    }
    masks = masks_of_columns(law, part.lazy().with_columns(**known))
    return masks.select(outcome_of_masks()).collect().to_series()
