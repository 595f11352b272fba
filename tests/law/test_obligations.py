"""What has to be done, and the day by which."""

from __future__ import annotations

from datetime import date

import pytest

from sekisho.law.determine import determine
from sekisho.law.factbase import FactBase
from sekisho.law.obligations import determine_due, obligation_of
from sekisho.law.regime import Due, Regime
from sekisho.model.case import Case
from sekisho.model.determination import Obligation, Outcome
from sekisho.model.truth import Truth
from sekisho.model.words import Words
from tests.law.small import ON, facts_of, regime_of

REPORT = Words(en="report", ja="報告")


def due(start: str, months: int = 0, days: int = 0) -> date | None:
    facts = FactBase(facts_of(acquired=start), Case(), ON)
    return determine_due(Due(fact="acquired", months=months, days=days), facts)


@pytest.mark.parametrize(
    ("start", "months", "day"),
    [
        ("2026-01-15", 0, "2026-01-15"),
        ("2026-01-15", 1, "2026-02-15"),
        ("2026-01-15", 10, "2026-11-15"),
        ("2026-01-15", 11, "2026-12-15"),
        ("2026-01-15", 12, "2027-01-15"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-01-29", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2096-02-29", 48, "2100-02-28"),
        ("2026-03-31", 1, "2026-04-30"),
        ("2026-02-28", 1, "2026-03-28"),
        ("2026-08-31", 3, "2026-11-30"),
        ("0001-01-01", 1, "0001-02-01"),
    ],
)
def test_months_count_as_the_calendar_does(start: str, months: int, day: str) -> None:
    assert due(start, months) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("start", "days", "day"),
    [
        ("2026-11-01", 0, "2026-11-01"),
        ("2026-11-01", 30, "2026-12-01"),
        ("2026-12-31", 1, "2027-01-01"),
        ("2024-02-28", 1, "2024-02-29"),
        ("2023-02-28", 1, "2023-03-01"),
        ("2024-01-01", 366, "2025-01-01"),
    ],
)
def test_days_are_counted_from_the_day_after(start: str, days: int, day: str) -> None:
    assert due(start, days=days) == date.fromisoformat(day)


def test_days_are_counted_from_the_end_of_the_months() -> None:
    assert due("2026-01-31", months=1, days=1) == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("start", "months", "days", "day"),
    [
        ("9999-12-31", 0, 0, "9999-12-31"),
        ("9999-12-30", 0, 1, "9999-12-31"),
        ("9999-12-31", 0, 1, "9999-12-31"),
        ("9999-12-01", 0, 31, "9999-12-31"),
        ("9999-12-01", 1, 0, "9999-12-31"),
        ("9999-11-30", 1, 0, "9999-12-30"),
        ("9998-12-15", 12, 0, "9999-12-15"),
        ("9999-01-15", 12, 0, "9999-12-31"),
        ("2026-01-01", 9999 * 12, 0, "9999-12-31"),
        ("2026-01-01", 0, 10_000_000, "9999-12-31"),
    ],
)
def test_beyond_the_calendar_is_its_last_day(start: str, months: int, days: int, day: str) -> None:
    assert due(start, months, days) == date.fromisoformat(day)


def test_a_fixed_day_is_due_whatever_is_known() -> None:
    assert determine_due(Due(day=date(2021, 12, 31)), FactBase((), Case(), ON)) == date(
        2021, 12, 31
    )


def test_what_counts_from_a_day_not_known_has_no_day() -> None:
    assert determine_due(Due(fact="acquired", months=1), FactBase((), Case(), ON)) is None


def test_the_law_date_is_a_day_to_count_from() -> None:
    assert determine_due(Due(fact="on", days=60), FactBase((), Case(), ON)) == date(2026, 12, 31)


def test_the_day_acquired_may_come_with_the_case() -> None:
    facts = FactBase((), Case(acquired=date(2024, 2, 29)), ON)
    assert determine_due(Due(fact="acquired", months=12), facts) == date(2025, 2, 28)


def regime(due_by: str = "", when: str = "a") -> Regime:
    return regime_of(f"id: report, oblige: {{en: report, ja: 報告}}, when: {when}{due_by}")


def test_an_obligation_names_its_clause_its_words_and_its_day() -> None:
    facts = FactBase((), Case(), ON)
    for due_by, day in (
        ("", None),
        (", due: 2030-01-31", date(2030, 1, 31)),
        (", due: on + 1 month", date(2026, 12, 1)),
        (", due: acquired + 1 day", None),
    ):
        clause = regime(due_by).clauses[1]
        assert obligation_of(clause, Truth.UNKNOWN, facts) == Obligation(
            clause="report", words=REPORT, applies=Truth.UNKNOWN, due=day
        )


@pytest.mark.parametrize(
    ("body", "a", "applies"),
    [
        ("state", "true", Truth.TRUE),
        ("state", None, Truth.UNKNOWN),
        ("state", "false", None),
        (None, "true", Truth.UNKNOWN),
        (None, None, Truth.UNKNOWN),
        (None, "false", None),
        ("private", "true", None),
    ],
)
def test_an_obligation_stands_where_the_regime_binds_and_the_clause_holds(
    body: str | None, a: str | None, applies: Truth | None
) -> None:
    facts = facts_of(acquired="2024-01-31", **({"a": a} if a else {}))
    found = determine(regime(", due: acquired + 2 years"), facts, Case(body=body), on=ON)
    expected = [(applies, date(2026, 1, 31))] if applies is not None else []
    assert [(one.applies, one.due) for one in found.obligations] == expected


def test_obligations_stand_beside_a_prohibition_and_in_the_order_of_the_clauses() -> None:
    both = regime_of(
        "id: second, oblige: {en: two, ja: 二}, when: b, due: 2027-01-01",
        "id: ban, prohibit: a",
        "id: first, oblige: {en: one, ja: 一}, when: a, until: 2026-11-02",
        "id: gone, oblige: {en: gone, ja: 無}, when: a, until: 2026-11-01",
    )
    found = determine(both, facts_of(a="true", b="true"), Case(body="state"), on=ON)
    assert found.outcome is Outcome.PROHIBITED
    assert [(one.clause, one.words.en, one.due) for one in found.obligations] == [
        ("second", "two", date(2027, 1, 1)),
        ("first", "one", None),
    ]


def test_an_exception_lifts_an_obligation() -> None:
    lifted = regime_of(
        "id: report, oblige: {en: report, ja: 報告}, when: a",
        "id: small, except_to: [report], when: b",
    )
    for b, applies in (("true", []), ("false", [Truth.TRUE])):
        found = determine(lifted, facts_of(a="true", b=b), Case(body="state"), on=ON)
        assert [one.applies for one in found.obligations] == applies
