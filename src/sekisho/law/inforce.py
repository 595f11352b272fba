"""A regime as it stands on one day: periods, parameters and exceptions compiled away.

What is left are plain rules over facts, one for each question the determination asks. An
exception becomes a negated part of the clause it lifts (Lim, Mahajan, Strecker, Wong 2022,
"Automating Defeasible Reasoning in Law"); a parameter becomes its values on the day.
"""

from __future__ import annotations

from datetime import date

import msgspec

from sekisho.law.regime import Burden, Clause, Regime
from sekisho.law.syntax import And, Not, Or, Rule, Test, map_tests
from sekisho.model.determination import ClauseKind

NEVER = Or(())


class RegimeInForce(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of a regime on a day.

    `clauses` hold each clause's rule with its exceptions counted in, and `unexcused` the same
    without the exceptions that the body itself has to show; `binds` says whether the
    regime binds the case at all, `breached` whether a prohibition or requirement stands against
    it, `conditions` under which rule each condition has to be kept, and `kept` whether any has.
    """

    regime: Regime
    on: date
    clauses: dict[str, Rule]
    unexcused: dict[str, Rule]
    binds: Rule
    breached: Rule
    conditions: tuple[tuple[Clause, Rule], ...]
    kept: Rule


def regime_in_force(regime: Regime, on: date) -> RegimeInForce:
    """Compile a regime for a law date."""
    clauses = {clause.id: _with_exceptions(clause, regime, on) for clause in regime.clauses}
    unexcused = {
        clause.id: _with_exceptions(clause, regime, on, but=Burden.BODY)
        for clause in regime.clauses
    }
    conditions = tuple(
        (clause, _condition_rule(clause, clauses, regime, on))
        for clause in regime.clauses
        if clause.condition is not None
    )
    against = regime.of_kind(ClauseKind.PROHIBIT, ClauseKind.REQUIRE)
    return RegimeInForce(
        regime=regime,
        on=on,
        clauses=clauses,
        unexcused=unexcused,
        binds=Or(tuple(clauses[clause.id] for clause in regime.of_kind(ClauseKind.SCOPE))),
        breached=Or(tuple(clauses[clause.id] for clause in against)),
        conditions=conditions,
        kept=Or(tuple(rule for _, rule in conditions)),
    )


def _condition_rule(clause: Clause, clauses: dict[str, Rule], regime: Regime, on: date) -> Rule:
    """When the condition has to be kept: an exception's only where it really lifts something."""
    if clause.kind is not ClauseKind.EXCEPT:
        return clauses[clause.id]
    lifted = [target for target in regime.clauses if target.id in clause.excepts]
    return And((clauses[clause.id], Or(tuple(_bare(target, regime, on) for target in lifted))))


def _with_exceptions(clause: Clause, regime: Regime, on: date, but: Burden | None = None) -> Rule:
    """The clause, lifted by its exceptions in force, save those with a burden of the kind `but`."""
    bare = _bare(clause, regime, on)
    lifting = tuple(
        _with_exceptions(exception, regime, on, but)
        for exception in regime.exceptions_to(clause.id)
        if exception.period.contains(on) and (but is None or exception.burden is not but)
    )
    return And((bare, Not(Or(lifting)))) if lifting and bare is not NEVER else bare


def _bare(clause: Clause, regime: Regime, on: date) -> Rule:
    """The clause as if it had no exceptions; never, when it is not in force."""
    return _resolve(clause.rule, regime, on) if clause.period.contains(on) else NEVER


def _resolve(rule: Rule, regime: Regime, on: date) -> Rule:
    """The rule with the values that parameters have on the day."""

    def resolve(test: Test) -> Test:
        values = regime.parameters[test.parameter].on(on) if test.parameter else None
        if values is None:
            return test
        return Test(test.fact, test.relation, values, of_member=test.of_member)

    return map_tests(rule, resolve)
