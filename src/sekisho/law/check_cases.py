"""Whether the cases beside a regime say enough about it, and whether it decides them as they say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sekisho.law.casefile import ExpectedCases, decide_expected, failures_of, question_of
from sekisho.law.check import CheckFinding, CheckKind
from sekisho.law.dated import change_days
from sekisho.law.regime import Regime
from sekisho.model.determination import Outcome
from sekisho.model.truth import Truth

_REFUSED = frozenset({Outcome.PROHIBITED, Outcome.CONDITIONAL})


def check_cases(regime: Regime, expected: ExpectedCases) -> Iterator[CheckFinding]:
    """Find cases that are decided otherwise, and what no case tries."""
    for failure in failures_of(regime, expected):
        says = f"'{failure.case}': {'; '.join(failure.differences)}"
        yield CheckFinding(kind=CheckKind.CASE, says=says, reading=failure.reading)
    yield from _clauses_untried(regime, expected)
    yield from _days_untried(regime, expected)
    yield from _outcomes_unmet(expected)


def _clauses_untried(regime: Regime, expected: ExpectedCases) -> Iterator[CheckFinding]:
    met: dict[str, set[Truth]] = {clause.id: set() for clause in regime.clauses}
    for case in expected.cases:
        for read in regime.in_each_reading():
            if case.reading in (None, read.reading):
                for clause in decide_expected(read, expected.base, case).clauses:
                    met[clause.id].add(clause.value)
    for name, values in met.items():
        for value, words in ((Truth.TRUE, "holds"), (Truth.FALSE, "does not hold")):
            if value not in values:
                says = f"in no case '{name}' {words}"
                yield CheckFinding(kind=CheckKind.CASE, says=says, clause=name)


def _days_untried(regime: Regime, expected: ExpectedCases) -> Iterator[CheckFinding]:
    tried = {question_of(expected.base, case)[0].on for case in expected.cases}
    for day in change_days(regime):
        for wanted, words in _around(day):
            if wanted not in tried:
                yield CheckFinding(kind=CheckKind.CASE, says=f"no case is about {words} {day}")


def _around(day: date) -> Iterator[tuple[date, str]]:
    yield day, "the day"
    yield date.fromordinal(max(1, day.toordinal() - 1)), "the day before"


def _outcomes_unmet(expected: ExpectedCases) -> Iterator[CheckFinding]:
    met = {case.outcome for case in expected.cases}
    wanted = {
        "permitted": Outcome.PERMITTED in met,
        "refused, or allowed under a condition alone": bool(met & _REFUSED),
        "undetermined": Outcome.UNDETERMINED in met,
        "outside the regime": Outcome.NOT_APPLICABLE in met,
    }
    for words, is_met in wanted.items():
        if not is_met:
            yield CheckFinding(kind=CheckKind.CASE, says=f"no case is {words}")
