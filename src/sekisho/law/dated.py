"""Rules in time: periods, parameters and the law date written out as tests of the fact `on`.

A clause in force from 2021-04-01 becomes `on >= 2021-04-01 and ...`; a parameter becomes its
values in each of its periods, and is unknown in the days that no version covers. What is left
speaks of facts alone, and can be fixed on a day (`rule_on`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from sekisho.law.evaluate import holds
from sekisho.law.regime import Clause, Period, Regime
from sekisho.law.syntax import (
    ALWAYS,
    LAW_DATE,
    NEVER,
    All,
    And,
    Any,
    Not,
    Or,
    Relation,
    Rule,
    Test,
    map_tests,
    parameters_of,
)


def rule_in_time(clause: Clause, regime: Regime) -> Rule:
    """The clause without its exceptions, for every day."""
    return simplify(And((rule_of_period(clause.period), versions_of(clause.rule, regime))))


def rule_of_period(period: Period) -> Rule:
    """That the law date lies in the period."""
    bounds: list[Rule] = []
    if period.since is not None:
        bounds.append(Test(LAW_DATE, Relation.FROM, (period.since.isoformat(),)))
    if period.until is not None:
        bounds.append(Test(LAW_DATE, Relation.BEFORE, (period.until.isoformat(),)))
    return And(tuple(bounds))


def versions_of(rule: Rule, regime: Regime) -> Rule:
    """The rule with every parameter written out, period by period."""
    match rule:
        case Not(part):
            return Not(versions_of(part, regime))
        case And(parts):
            return And(tuple(versions_of(part, regime) for part in parts))
        case Or(parts):
            return Or(tuple(versions_of(part, regime) for part in parts))
        case Test() | Any() | All():
            names = parameters_of(rule)
            return _in_versions(rule, names[0], regime) if names else rule


def _in_versions(leaf: Test | Any | All, name: str, regime: Regime) -> Rule:
    """A leaf in each version of a parameter; unknown on days without one."""
    parameter = regime.parameters[name]
    cases: list[Rule] = []
    for period, values, _ in parameter.versions:
        resolved = map_tests(leaf, partial(_with_values, name, values))
        cases.append(And((rule_of_period(period), versions_of(resolved, regime))))
    covered = Or(tuple(rule_of_period(period) for period, _, _ in parameter.versions))
    return Or((*cases, And((Not(covered), UNKNOWN))))


UNKNOWN = Test("", Relation.IS)
"""A rule whose value nobody can know: what a parameter without a version on the day gives."""


def _with_values(name: str, values: tuple[str, ...], test: Test) -> Test:
    if test.parameter != name:
        return test
    return Test(test.fact, test.relation, values, of_member=test.of_member)


def rule_on(rule: Rule, day: date) -> Rule:
    """A rule in time, fixed on a day."""
    iso = day.isoformat()

    def fix(test: Test) -> Rule:
        if test.fact == LAW_DATE:
            return ALWAYS if holds(iso, test.relation, test.operands) else NEVER
        if test.operands == (LAW_DATE,):
            return Test(test.fact, test.relation, (iso,), of_member=test.of_member)
        return test

    return simplify(map_tests(rule, fix))


def simplify(rule: Rule) -> Rule:
    """The rule without parts that always or never hold, and without nesting that says nothing."""
    match rule:
        case Not(part):
            return negated(simplify(part))
        case And(parts):
            return _joined(And, ALWAYS, NEVER, map(simplify, parts))
        case Or(parts):
            return _joined(Or, NEVER, ALWAYS, map(simplify, parts))
        case _:
            return rule


def negated(rule: Rule) -> Rule:
    """The opposite of a simplified rule, simplified."""
    match rule:
        case And(()):
            return NEVER
        case Or(()):
            return ALWAYS
        case Not(part):
            return part
        case _:
            return Not(rule)


def _joined(kind: type[And | Or], neutral: Rule, decisive: Rule, parts: Iterator[Rule]) -> Rule:
    kept: dict[Rule, None] = {}
    for part in parts:
        if part == decisive:
            return decisive
        for one in part.parts if isinstance(part, kind) else (part,):
            kept[one] = None
    if len(kept) == 1:
        return next(iter(kept))
    return kind(tuple(kept)) if kept else neutral


def change_days(regime: Regime) -> tuple[date, ...]:
    """The days on which the regime becomes another: each is the first of its new state."""
    periods = [clause.period for clause in regime.clauses]
    periods += [p for parameter in regime.parameters.values() for p, _, _ in parameter.versions]
    days = {day for period in periods for day in (period.since, period.until) if day is not None}
    return tuple(sorted(days))
