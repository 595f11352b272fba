"""A regime as it stands on one day, ready to answer: clauses as formulas over its atoms.

Periods, parameters and the law date are fixed (`dated`). An exception lifts the clauses it names
where it holds and is itself not lifted (Lim, Mahajan, Strecker, Wong 2022, "Automating Defeasible
Reasoning in Law"); as exceptions form no ring, clauses are valued from the exceptions down.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import date

import msgspec

from sekisho.law.atoms import FALSE, TRUE, Atoms, Formula, Vector
from sekisho.law.dated import rule_in_time, rule_on
from sekisho.law.regime import Burden, Clause, Regime
from sekisho.law.syntax import Rule
from sekisho.model.determination import ClauseKind

_MOST_VECTORS = 1 << 14

AGAINST = (ClauseKind.PROHIBIT, ClauseKind.REQUIRE)


class ClauseInForce(msgspec.Struct, frozen=True, kw_only=True):
    """A clause on the day: its own rule, never holding while it is not in force.

    `lifted_by` and `lifts` are places of other clauses in the regime.
    """

    clause: Clause
    rule: Rule
    formula: Formula
    in_force: bool
    lifted_by: tuple[int, ...]
    lifts: tuple[int, ...]


class Values(msgspec.Struct, frozen=True):
    """What a vector makes of a regime; 0 false, 1 unknown, 2 true.

    `clauses` count exceptions in, `bare` leave them out, `unexcused` count only those that the
    body does not have to show. `binds`: whether the case is in scope; `breached`: whether some
    prohibition or requirement stands against it; `kept`: whether some condition is to be kept.
    """

    clauses: Vector
    bare: Vector
    unexcused: Vector
    binds: int
    breached: int
    kept: int


class RegimeInForce:
    """A regime on a day; without a day, on every day, the law date being a fact like others."""

    def __init__(self, regime: Regime, on: date | None) -> None:
        """Fix the regime on the day."""
        self.regime = regime
        self.on = on
        self.atoms = Atoms()
        places = {clause.id: i for i, clause in enumerate(regime.clauses)}
        self.clauses = tuple(self._clause(clause, places) for clause in regime.clauses)
        self.formulas = [one.formula for one in self.clauses]
        excuses = [clause.burden is Burden.BODY for clause in regime.clauses]
        self.lifted = [
            (i, [(j, excuses[j]) for j in self.clauses[i].lifted_by])
            for i in _exceptions_first(self.clauses)
        ]
        kinds = [clause.kind for clause in regime.clauses]
        self.scopes = tuple(i for i, kind in enumerate(kinds) if kind is ClauseKind.SCOPE)
        self.against = tuple(i for i, kind in enumerate(kinds) if kind in AGAINST)
        self.conditioned = tuple(
            i for i, clause in enumerate(regime.clauses) if clause.condition is not None
        )
        self.values = functools.lru_cache(maxsize=_MOST_VECTORS)(self._values)
        self.obliging = tuple(i for i, kind in enumerate(kinds) if kind is ClauseKind.OBLIGE)

    def _clause(self, clause: Clause, places: dict[str, int]) -> ClauseInForce:
        rule = rule_in_time(clause, self.regime)
        if self.on is not None:
            rule = rule_on(rule, self.on)
        lifting = (
            places[other.id]
            for other in self.regime.exceptions_to(clause.id)
            if self.on is None or other.period.contains(self.on)
        )
        return ClauseInForce(
            clause=clause,
            rule=rule,
            formula=self.atoms.formula(rule),
            in_force=self.on is None or clause.period.contains(self.on),
            lifted_by=tuple(lifting),
            lifts=tuple(places[name] for name in clause.excepts if name in places),
        )

    def _values(self, vector: Vector) -> Values:
        """The value of every clause, and what follows from them together."""
        bare = bytes([formula(vector) for formula in self.formulas])
        clauses, unexcused = bytearray(bare), bytearray(bare)
        for i, lifting in self.lifted:
            for j, is_excuse in lifting:
                clauses[i] = min(clauses[i], TRUE - clauses[j])
                if not is_excuse:
                    unexcused[i] = min(unexcused[i], TRUE - unexcused[j])
        return Values(
            clauses=bytes(clauses),
            bare=bare,
            unexcused=bytes(unexcused),
            binds=_largest(clauses, self.scopes),
            breached=_largest(clauses, self.against),
            kept=max([self.keeps(i, clauses, bare) for i in self.conditioned], default=FALSE),
        )

    def keeps(self, i: int, clauses: Vector | bytearray, bare: Vector) -> int:
        """Whether a clause's condition is to be kept: an exception's, where it lifts something."""
        one = self.clauses[i]
        if one.clause.kind is not ClauseKind.EXCEPT:
            return clauses[i]
        return min(clauses[i], _largest(bare, one.lifts))


@functools.lru_cache(maxsize=4096)
def regime_in_force(regime: Regime, on: date | None) -> RegimeInForce:
    """A regime on a day, or in time; made once for each."""
    return RegimeInForce(regime, on)


def _largest(values: Vector | bytearray, places: Sequence[int]) -> int:
    return max([values[i] for i in places], default=FALSE)


def _exceptions_first(clauses: tuple[ClauseInForce, ...]) -> tuple[int, ...]:
    """The lifted clauses, each after the exceptions that lift it."""
    order: dict[int, None] = {}

    def place(i: int) -> None:
        for j in clauses[i].lifted_by:
            if j not in order:
                place(j)
        order[i] = None

    for i in range(len(clauses)):
        place(i)
    return tuple(i for i in order if clauses[i].lifted_by)
