"""The few cases by which a jurist accepts a regime.

For every fact that a clause speaks of there are two cases that differ in this fact alone and have
different outcomes (the pairs of "modified condition/decision coverage", DO-178C), each on a day of
its own where the law changes; and one case for each outcome that is met otherwise. A regime that
decides all of them as the jurist says is, clause by clause, the one that he means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise

import msgspec

from sekisho.law.check import Example, days_of_change, example_of
from sekisho.law.diagram import Path
from sekisho.law.inforce import RegimeInForce, regime_in_force
from sekisho.law.regime import Regime
from sekisho.law.worlds import Clauses, Facts, Worlds
from sekisho.model.determination import Outcome

World = Mapping[int, int]


class AcceptanceCase(msgspec.Struct, frozen=True, kw_only=True):
    """A case, what the regime decides, and why it is among the cases.

    `shows` names the fact in which it differs from the case `beside`, by its place in the list.
    """

    case: Example
    outcome: Outcome
    shows: str | None = None
    beside: int | None = None


def select_cases(regime: Regime) -> tuple[AcceptanceCase, ...]:
    """The acceptance cases of a regime, in one reading.

    They are about the last state of the law that the regime goes through while it binds anybody,
    followed by the cases that any other state decides otherwise than the state before it.
    """
    days = reversed(days_of_change(regime))
    selections = [_Selection(regime_in_force(regime, day), regime) for day in days]
    binding = (one for one in selections if one.binds_somebody())
    last = next(binding, selections[0])
    return (*last.pairs(), *_changes_in_time(regime))


class _Selection:
    """Cases of one day."""

    def __init__(self, law: RegimeInForce, regime: Regime) -> None:
        self.regime = regime
        self.law = law
        self.worlds = Worlds([law])
        self.clauses = Clauses(law, self.worlds)
        self.outcome = self.clauses.outcome()
        self.chosen: dict[tuple[int, ...], int] = {}
        self.cases: list[AcceptanceCase] = []

    def binds_somebody(self) -> bool:
        return self.clauses.binds != self.worlds.diagrams.false

    def pairs(self) -> list[AcceptanceCase]:
        """For each kind of each fact, a pair that it alone sets apart, starting from known cases."""
        self._add(self._start())
        for variable in range(len(self.worlds.variables)):
            for kind in range(len(self.worlds.variables[variable].holds)):
                self._show(variable, kind)
        return self.cases

    def _start(self) -> World:
        """A permitted case, if there is one: what is forbidden is seen best beside it."""
        wanted = (Outcome.PERMITTED, Outcome.CONDITIONAL, Outcome.PROHIBITED)
        paths = [*self.worlds.diagrams.paths(self.outcome)]
        first = {outcome: path for path, outcome in reversed(paths)}
        return self._on(next((first[outcome] for outcome in wanted if outcome in first), {}))

    def _on(self, path: Path) -> World:
        """A world on a path, as plain as can be."""
        return {
            i: one.plainest(path[i]) if i in path else one.plain
            for i, one in enumerate(self.worlds.variables)
        }

    def _show(self, variable: int, kind: int) -> None:
        """Find a world where the kind matters, as near as can be to a case chosen before."""
        for world in [dict(enumerate(key)) for key in self.chosen]:
            if world[variable] != kind and self._result({**world, variable: kind}) != self._result(
                world
            ):
                self._add({**world, variable: kind}, variable, world)
                return
        diagrams = self.worlds.diagrams
        this = diagrams.given(self.outcome, variable, kind)
        for other in range(len(self.worlds.variables[variable].holds)):
            that = diagrams.given(self.outcome, variable, other)
            apart = diagrams.joined(this, that, lambda a, b: a != b)
            for path, differ in diagrams.paths(apart):
                if differ is True:
                    beside = {**self._on(path), variable: other}
                    self._add(beside)
                    self._add({**beside, variable: kind}, variable, beside)
                    return

    def _result(self, world: World) -> Outcome:
        result = self.worlds.diagrams.result(self.outcome, world)
        assert isinstance(result, Outcome)  # leaves of this diagram are outcomes
        return result

    def _add(self, world: World, variable: int | None = None, beside: World | None = None) -> None:
        key = tuple(world[i] for i in range(len(world)))
        if key in self.chosen:
            return
        self.chosen[key] = len(self.cases)
        self.cases.append(
            AcceptanceCase(
                case=example_of(
                    self._facts(world), self.law.on or days_of_change(self.regime)[0], self.regime
                ),
                outcome=self._result(world),
                shows=None if variable is None else self.worlds.variables[variable].name,
                beside=None
                if beside is None
                else self.chosen[tuple(beside[i] for i in range(len(world)))],
            )
        )

    def _facts(self, world: World) -> Facts:
        return self.worlds.facts_of({i: (kind,) for i, kind in world.items()})


def _changes_in_time(regime: Regime) -> Iterator[AcceptanceCase]:
    """On each day of change one case that was decided otherwise the day before, on both days."""
    days = days_of_change(regime)
    for before, after in pairwise(days):
        laws = [regime_in_force(regime, day) for day in (before, after)]
        worlds = Worlds(laws)
        was, becomes = (Clauses(law, worlds).outcome() for law in laws)
        apart = worlds.diagrams.joined(was, becomes, lambda a, b: None if a == b else (a, b))
        for path, result in worlds.diagrams.paths(apart):
            match result:
                case (Outcome() as old, Outcome() as new):
                    facts = worlds.facts_of(path)
                    day_before = example_of(facts, after - timedelta(days=1), regime)
                    yield AcceptanceCase(case=day_before, outcome=old, shows="on")
                    yield AcceptanceCase(
                        case=example_of(facts, after, regime), outcome=new, shows="on"
                    )
                    break
