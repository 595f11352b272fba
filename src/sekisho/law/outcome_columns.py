"""From clauses as columns to outcome, effect, deciding clause: bit masks, written as small codes.

The columns of clauses are called by their places in the regime (`0`, `1`, ...).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache, reduce
from operator import and_, or_

import polars as pl

from sekisho.law.inforce import RegimeInForce
from sekisho.law.regime import Burden
from sekisho.law.syntax import LAW_DATE, All, And, Any, Not, Or, Rule, Test
from sekisho.model.determination import ClauseKind, Effect, Outcome

_MOST_IN_A_BYTE = 255
_NEVER = pl.lit(value=False)
_OUTCOMES = pl.Enum([outcome.value for outcome in Outcome])
_EFFECTS = pl.Enum([effect.value for effect in Effect])

UNDETERMINED = list(Outcome).index(Outcome.UNDETERMINED)


def masks_of_columns(law: RegimeInForce, atoms: pl.LazyFrame) -> pl.LazyFrame:
    """The masks that answers are made of: clauses, with and without exceptions, and their sums.

    Args:
        law: the regime.
        atoms: what is known of each atom; columns are called by their places in the vector.
    """
    return (
        _with_exceptions(law, atoms.select(_bare(law)))
        .with_columns(
            binds=_any(_clause(i) for i in law.scopes),
            breached=_any(_clause(i) for i in law.against),
            **{f"keeps {i}": _keeps(law, i) for i in law.conditioned},
        )
        .with_columns(kept=_any(pl.col(f"keeps {i}") for i in law.conditioned))
    )


def outcome_of_masks() -> pl.Expr:
    """The outcome of each row by Kleene's logic, as its place in `Outcome`."""
    binds, breached, kept = pl.col("binds"), pl.col("breached"), pl.col("kept")
    came = {
        Outcome.PROHIBITED: binds & breached,
        Outcome.CONDITIONAL: binds & ~breached & kept,
        Outcome.PERMITTED: binds & ~breached & ~kept,
        Outcome.NOT_APPLICABLE: ~binds,
    }
    code = _code_of(((mask, _place(outcome)) for outcome, mask in came.items()), UNDETERMINED)
    return code.alias("outcome")


def proof_columns(
    law: RegimeInForce, frame: pl.DataFrame, outcome: pl.Series, open_facts: pl.Series
) -> pl.DataFrame:
    """Outcome, effect, first deciding clause, open facts, and every clause by its id.

    Args:
        law: the regime.
        frame: as `masks_of_columns` gives it, and the law date as `on`.
        outcome: of each row.
        open_facts: of each row, whatever its outcome.
    """
    staged = frame.with_columns(outcome.alias("outcome"), open_facts.alias("open")).with_columns(
        **{one.value: pl.col("outcome") == _place(one) for one in Outcome},
        **{f"true {i}": _is_true(_clause(i)) for i in range(len(law.clauses))},
        **{f"stands {i}": ~_is_false(_clause(i)) for i in law.against},
        **{f"open {i}": _clause(i).is_null() for i in range(len(law.clauses))},
    )
    names = [one.clause.id for one in law.clauses]
    return staged.select(
        pl.col("outcome").cat.to(_OUTCOMES),
        _effect(law).cat.to(_EFFECTS).alias("effect_now"),
        _deciding(law, staged).alias("clause"),
        pl.when(_came(Outcome.UNDETERMINED)).then(pl.col("open")).otherwise(0).alias("open_facts"),
        *(_clause(i).alias(name) for i, name in enumerate(names)),
    )


@lru_cache(maxsize=256)
def _bare(law: RegimeInForce) -> list[pl.Expr]:
    """Each clause without its exceptions, as an expression over the atoms."""
    return [_expression(law, one.rule).alias(str(i)) for i, one in enumerate(law.clauses)]


def _expression(law: RegimeInForce, rule: Rule) -> pl.Expr:
    match rule:
        case Test() | Any() | All():
            return pl.col(str(law.atoms.index(rule)))
        case Not(part):
            return ~_expression(law, part)
        case And(parts):
            return reduce(and_, (_expression(law, part) for part in parts), pl.lit(value=True))
        case Or(parts):
            return _any(_expression(law, part) for part in parts)


def _with_exceptions(law: RegimeInForce, bare: pl.LazyFrame) -> pl.LazyFrame:
    """Clauses with exceptions counted in (`0`), without (`bare 0`), without excuses (`plain 0`)."""
    frame = bare.with_columns(
        *(pl.col(str(i)).alias(f"bare {i}") for i in range(len(law.clauses))),
        *(pl.col(str(i)).alias(f"plain {i}") for i in range(len(law.clauses))),
    )
    for lifting, lifted in _by_exceptions(law).items():
        shown = [j for j, is_excuse in lifting if not is_excuse]
        frame = frame.with_columns(
            stands=~_any(_clause(j) for j, _ in lifting),
            stands_plainly=~_any(pl.col(f"plain {j}") for j in shown),
        ).with_columns(
            *((_clause(i) & pl.col("stands")).alias(str(i)) for i in lifted),
            *(
                (pl.col(f"plain {i}") & pl.col("stands_plainly")).alias(f"plain {i}")
                for i in lifted
            ),
        )
    return frame


def _by_exceptions(law: RegimeInForce) -> dict[tuple[tuple[int, bool], ...], list[int]]:
    """Lifted clauses by what lifts them; what lifts others comes to its value before them.

    Only neighbours in the order of valuing are taken together.
    """
    found: dict[tuple[tuple[int, bool], ...], list[int]] = {}
    for i, lifting in law.lifted:
        found.setdefault(tuple(lifting), []).append(i)
    return found


def _keeps(law: RegimeInForce, i: int) -> pl.Expr:
    one = law.clauses[i]
    if one.clause.kind is not ClauseKind.EXCEPT:
        return _clause(i)
    return _clause(i) & _any(pl.col(f"bare {j}") for j in one.lifts)


def _effect(law: RegimeInForce) -> pl.Expr:
    """The place of the effect in `Effect`."""
    undetermined, breached, kept = _came(Outcome.UNDETERMINED), pl.col("breached"), pl.col("kept")
    waits = _any(
        pl.col(f"stands {i}")
        if law.clauses[i].clause.burden is Burden.BODY
        else pl.col(f"stands {i}") & pl.col(f"plain {i}")
        for i in law.against
    )
    clear, free = undetermined & _is_false(breached), _is_false(kept)
    places = list(Effect)
    masks = {
        Effect.UNSETTLED: undetermined,
        Effect.MAY_NOT_UNTIL_SHOWN: undetermined & waits,
        Effect.MAY_UNDER_CONDITIONS: _came(Outcome.CONDITIONAL) | clear,
        Effect.MAY: _came(Outcome.PERMITTED) | _came(Outcome.NOT_APPLICABLE) | (clear & free),
    }
    codes = ((mask, places.index(effect)) for effect, mask in masks.items())
    return _code_of(codes, otherwise=places.index(Effect.MAY_NOT))


def _deciding(law: RegimeInForce, frame: pl.DataFrame) -> pl.Expr:
    """The id of the first clause that the answer turns on; null when there is none."""
    ids = [one.clause.id for one in law.clauses]
    code = pl.UInt8 if len(ids) < _MOST_IN_A_BYTE else pl.UInt16
    masks: dict[int, pl.Expr] = {}
    for i, mask in _candidates(law, frame):
        masks[i] = masks[i] | mask if i in masks else mask
    first = pl.lit(None, dtype=code)
    for i in sorted(masks, reverse=True):
        first = pl.when(masks[i]).then(pl.lit(i, dtype=code)).otherwise(first)
    return first.cat.to(pl.Enum(ids))


def _candidates(law: RegimeInForce, frame: pl.DataFrame) -> Iterator[tuple[int, pl.Expr]]:
    """Each clause, and the rows whose answer may turn on it."""
    yield from _true_or_open(frame, Outcome.PROHIBITED, [(i, str(i)) for i in law.against])
    keeping = [(i, f"keeps {i}") for i in law.conditioned]
    yield from _true_or_open(frame, Outcome.CONDITIONAL, keeping)
    excepts = [i for i, one in enumerate(law.clauses) if one.clause.kind is ClauseKind.EXCEPT]
    permitted, outside = _came(Outcome.PERMITTED), _came(Outcome.NOT_APPLICABLE)
    plainly = _mask(frame, permitted & ~_any(pl.col(f"true {i}") for i in excepts))
    yield from ((i, permitted & pl.col(f"true {i}")) for i in excepts)
    yield from ((i, plainly & _in_force(law, i)) for i in law.against)
    yield from ((i, outside & _in_force(law, i)) for i in law.scopes)
    unbound = _mask(frame, _came(Outcome.UNDETERMINED) & pl.col("binds").is_null())
    yield from ((i, unbound & pl.col(f"open {i}")) for i in law.scopes)
    in_scope = _mask(frame, _came(Outcome.UNDETERMINED) & ~pl.col("binds").is_null())
    yield from ((i, in_scope & pl.col(f"open {i}")) for i in law.against)
    nothing_open = _mask(frame, in_scope & ~_any(pl.col(f"open {i}") for i in law.against))
    yield from ((i, nothing_open & pl.col(name).is_null()) for i, name in keeping)


def _true_or_open(
    frame: pl.DataFrame, outcome: Outcome, columns: list[tuple[int, str]]
) -> Iterator[tuple[int, pl.Expr]]:
    """Those that are true; where none is known to be, those that are open."""
    came = _came(outcome)
    yield from ((i, came & pl.col(name)) for i, name in columns)
    open_ = _mask(frame, came & ~_any(_is_true(pl.col(name)) for _, name in columns))
    if frame.select(open_.any()).item():
        yield from ((i, open_ & pl.col(name).is_null()) for i, name in columns)


def _mask(frame: pl.DataFrame, mask: pl.Expr) -> pl.Expr:
    """A mask worked out now, as several expressions need it."""
    return pl.lit(frame.select(mask.alias("mask")).to_series())


def _in_force(law: RegimeInForce, i: int) -> pl.Expr:
    period = law.clauses[i].clause.period
    if law.on is not None:
        return pl.lit(period.contains(law.on))
    day = pl.col(LAW_DATE)
    begun = day >= period.since if period.since else pl.lit(value=True)
    return begun & (day < period.until) if period.until else begun


def _came(outcome: Outcome) -> pl.Expr:
    """The rows with an outcome."""
    return pl.col(outcome.value)


def _clause(i: int) -> pl.Expr:
    return pl.col(str(i))


def _any(parts: Iterable[pl.Expr]) -> pl.Expr:
    return reduce(or_, parts, _NEVER)


def _is_true(mask: pl.Expr) -> pl.Expr:
    return mask & mask.is_not_null()


def _is_false(mask: pl.Expr) -> pl.Expr:
    return ~mask & mask.is_not_null()


def _place(outcome: Outcome) -> int:
    return list(Outcome).index(outcome)


def _code_of(codes: Iterable[tuple[pl.Expr, int]], otherwise: int) -> pl.Expr:
    """The code of the mask that holds; of several, of the last. Null does not hold."""
    found = pl.lit(otherwise, dtype=pl.UInt8)
    for mask, code in codes:
        found = pl.when(mask).then(pl.lit(code, dtype=pl.UInt8)).otherwise(found)
    return found
