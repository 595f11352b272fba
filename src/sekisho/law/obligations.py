"""What has to be done, and by when."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from sekisho.law.factbase import FactBase
from sekisho.law.regime import Clause, Due
from sekisho.model.determination import Obligation
from sekisho.model.truth import Truth


def obligation_of(clause: Clause, applies: Truth, facts: FactBase) -> Obligation:
    """The obligation that a clause lays on the body in this case."""
    assert clause.obligation is not None  # asked of such clauses only
    return Obligation(
        clause=clause.id,
        words=clause.obligation,
        applies=applies,
        due=determine_due(clause.due, facts) if clause.due else None,
    )


def determine_due(due: Due, facts: FactBase) -> date | None:
    """The day by which it is to be done; `None` when the fact it counts from is not known.

    A day that the calendar does not have, or beyond its end, is the last there is.
    """
    if due.fact is None:
        return due.day
    value = facts.value(due.fact)
    if value is None:
        return None
    start = date.fromisoformat(value)
    months = start.year * 12 + start.month - 1 + due.months
    year, month = divmod(months, 12)
    if year > date.max.year:
        return date.max
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    try:
        return date(year, month + 1, day) + timedelta(days=due.days)
    except OverflowError:
        return date.max
