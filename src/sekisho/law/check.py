"""What is proved of a regime before anybody relies on it.

Everything is asked of all worlds (`worlds`), on a day of each state that the regime goes through:
no clause that never matters, no exception that never lifts, no day without a value for a
parameter, no two clauses that together ban what neither bans, and every theorem of its author.
Each finding against it comes with a case that shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from sekisho.law.dated import UNKNOWN, change_days, rule_on, versions_of
from sekisho.law.diagram import Node
from sekisho.law.groups import Group, mixed_groups
from sekisho.law.inforce import RegimeInForce, regime_in_force
from sekisho.law.regime import Regime, Theorem
from sekisho.law.spell import spell_rule
from sekisho.law.syntax import Rule, Test, parameters_of
from sekisho.law.worlds import GIVEN, Clauses, Facts, Worlds
from sekisho.model.determination import ClauseKind, Outcome

_SOME_DAY = date(2000, 1, 1)


class CheckKind(StrEnum):
    """What a finding is about. A note is no fault."""

    CONTRADICTION = "contradiction"
    GAP = "gap"
    DEAD_CLAUSE = "dead clause"
    IDLE_EXCEPTION = "exception that lifts nothing"
    UNUSED = "unused"
    THEOREM = "theorem that does not hold"
    CASE = "case"
    NOTE = "note"


class Example(msgspec.Struct, frozen=True, omit_defaults=True):
    """A case that shows a finding, as a case file states it."""

    on: date
    act: str | None = None
    task: str | None = None
    body: str | None = None
    acquired: str | None = None
    facts: Facts = {}


class CheckFinding(msgspec.Struct, frozen=True, kw_only=True):
    """Something found; `clause` is what it is about, if it is one clause."""

    kind: CheckKind
    says: str
    clause: str | None = None
    reading: str | None = None
    example: Example | None = None

    @property
    def is_fault(self) -> bool:
        """Whether the regime should not be relied on before it is mended."""
        return self.kind is not CheckKind.NOTE


def check_regime(regime: Regime) -> Iterator[CheckFinding]:
    """Prove what can be proved of a regime, in each of its readings."""
    yield from _unused(regime)
    for read in regime.in_each_reading():
        for finding in _check_reading(read):
            yield msgspec.structs.replace(finding, reading=read.reading)


def days_of_change(regime: Regime) -> tuple[date, ...]:
    """A day of each state that the regime goes through, the one before the first included."""
    days = set(change_days(regime))
    for theorem in regime.theorems:
        days |= {day for day in (theorem.period.since, theorem.period.until) if day}
    if not days:
        return (_SOME_DAY,)
    before = min(days) - timedelta(days=1) if min(days) > date.min else min(days)
    return tuple(sorted({before, *days}))


def example_of(facts: Facts, on: date, regime: Regime) -> Example:
    """Facts as a case: those that come with the case stand beside the others."""
    given = {
        key: value
        for key, value in facts.items()
        if (entry := regime.vocabulary.find(key)) is not None and entry.given == GIVEN
    }
    rest = {key: value for key, value in facts.items() if key not in given}
    return Example(
        on=on,
        act=given.get("act"),
        task=given.get("task"),
        body=given.get("body"),
        acquired=given.get("acquired"),
        facts=rest,
    )


def _check_reading(regime: Regime) -> Iterator[CheckFinding]:
    days = days_of_change(regime)
    states = [_State(regime_in_force(regime, day), regime.theorems) for day in days]
    for state in states:
        yield from state.gaps()
        yield from state.contradictions()
    for i, clause in enumerate(regime.clauses):
        if not any(state.ever_matters(i) for state in states):
            is_exception = clause.kind is ClauseKind.EXCEPT
            yield CheckFinding(
                kind=CheckKind.IDLE_EXCEPTION if is_exception else CheckKind.DEAD_CLAUSE,
                says=f"on no day and in no case does '{clause.id}' hold where it would matter",
                clause=clause.id,
            )
        elif i in states[0].law.against and not any(state.ever_decides(i) for state in states):
            says = f"wherever '{clause.id}' stands against an act, another clause does too"
            yield CheckFinding(kind=CheckKind.NOTE, says=says, clause=clause.id)
    for theorem in regime.theorems:
        yield from _disproof(theorem, states)
    yield from _mixed(regime)


class _State:
    """A regime on one day, in all worlds."""

    def __init__(self, law: RegimeInForce, theorems: tuple[Theorem, ...]) -> None:
        self.law = law
        self.day = law.on or _SOME_DAY
        self.claims = [self._claim(one) for one in theorems]
        self.worlds = Worlds([law], self.claims)
        self.diagrams = self.worlds.diagrams
        self.clauses = Clauses(law, self.worlds)
        self.outcome = self.clauses.outcome()

    def _claim(self, theorem: Theorem) -> Rule:
        return rule_on(versions_of(theorem.rule, self.law.regime), self.day)

    def gaps(self) -> Iterator[CheckFinding]:
        names = {self.worlds.variables[i].name for i in self.diagrams.variables(self.outcome)}
        if UNKNOWN.fact in names:
            spoken = {n for one in self.law.regime.clauses for n in parameters_of(one.rule)}
            missing = [
                n for n in sorted(spoken) if self.law.regime.parameters[n].on(self.day) is None
            ]
            says = f"on {self.day} the law has no value for {', '.join(missing)}"
            yield CheckFinding(kind=CheckKind.GAP, says=says)

    def contradictions(self) -> Iterator[CheckFinding]:
        """Acts that two clauses ban together, whatever the facts, and neither bans alone."""
        diagrams, clauses = self.diagrams, self.clauses
        free = frozenset(range(len(self.worlds.variables))) - self.worlds.given()

        def allows(against: Node) -> Node:
            allowed = diagrams.both(clauses.binds, diagrams.opposite(against))
            return diagrams.somehow(allowed, free)

        banned = diagrams.both(
            diagrams.somehow(clauses.binds, free), diagrams.opposite(allows(clauses.breached))
        )
        each = diagrams.every(allows(clauses.clauses[i]) for i in self.law.against)
        both = diagrams.both(banned, each)
        for path, found in self.diagrams.paths(both):
            if found is True:
                yield CheckFinding(
                    kind=CheckKind.CONTRADICTION,
                    says=f"on {self.day} clauses together ban what none of them bans alone",
                    example=example_of(self.worlds.facts_of(path), self.day, self.law.regime),
                )
                return

    def ever_matters(self, i: int) -> bool:
        """Whether the clause holds in some world where it makes a difference."""
        return self.clauses.matters(i) != self.diagrams.false

    def ever_decides(self, i: int) -> bool:
        """Whether the clause stands against some act alone."""
        others = self.diagrams.some(self.clauses.clauses[j] for j in self.law.against if j != i)
        alone = self.diagrams.both(self.clauses.clauses[i], self.diagrams.opposite(others))
        return self.diagrams.both(alone, self.clauses.binds) != self.diagrams.false

    def counterexample(
        self, claim: Rule, outcomes: tuple[Outcome, ...]
    ) -> tuple[Facts, Outcome] | None:
        """A world where the claim's rule holds and the outcome is none of those claimed."""
        wrong = self.diagrams.joined(
            self.worlds.rule(claim),
            self.outcome,
            lambda so, outcome: outcome if so is True and outcome not in outcomes else None,
        )
        for path, outcome in self.diagrams.paths(wrong):
            if isinstance(outcome, Outcome):
                return self.worlds.facts_of(path), outcome
        return None


def _disproof(theorem: Theorem, states: list[_State]) -> Iterator[CheckFinding]:
    for state in states:
        if not theorem.period.contains(state.day):
            continue
        place = state.law.regime.theorems.index(theorem)
        found = state.counterexample(state.claims[place], theorem.outcomes)
        if found is not None:
            facts, outcome = found
            yield CheckFinding(
                kind=CheckKind.THEOREM,
                says=f"'{theorem.says.en}': here the outcome is {outcome}",
                example=example_of(facts, state.day, state.law.regime),
            )
            return


def _unused(regime: Regime) -> Iterator[CheckFinding]:
    law = regime_in_force(regime, None)
    spoken = {leaf.fact for leaf in law.atoms.leaves if isinstance(leaf, Test)}
    spoken |= {clause.due.fact for clause in regime.clauses if clause.due and clause.due.fact}
    for entry in regime.facts:
        if entry.key not in spoken:
            says = f"no clause speaks of the fact '{entry.key}'"
            yield CheckFinding(kind=CheckKind.UNUSED, says=says)
    used = {name for clause in regime.clauses for name in parameters_of(clause.rule)}
    for name in regime.parameters:
        if name not in used:
            says = f"no clause speaks of the parameter '{name}'"
            yield CheckFinding(kind=CheckKind.UNUSED, says=says)


def _mixed(regime: Regime) -> Iterator[CheckFinding]:
    """Facts that both help and hurt: where they are not known, answers take longer."""
    law = regime_in_force(regime, None)
    open_ = (group for group in mixed_groups(law) if not _is_given(group, regime))
    names = [str(group.fact or spell_rule(law.atoms.leaves[group.places[0]])) for group in open_]
    if names:
        says = f"{', '.join(names)} both help and hurt: where open, each kind of value is tried"
        yield CheckFinding(kind=CheckKind.NOTE, says=says)


def _is_given(group: Group, regime: Regime) -> bool:
    entry = regime.vocabulary.find(group.fact) if group.fact else None
    return entry is not None and entry.given == GIVEN
