"""A regime as a page for jurists: its clauses in both languages, its dates on a line, its cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from sekisho.law.casefile import ExpectedCases
from sekisho.law.dated import change_days
from sekisho.law.regime import Clause, Due, Parameter, Period, Regime
from sekisho.law.spell import spell_rule
from sekisho.model.determination import Outcome
from sekisho.model.words import Language
from sekisho.report.catalog import Catalog
from sekisho.report.html import page_templates
from sekisho.report.phrases import Phrases
from sekisho.report.sources import cited_sources

_WIDTH = 100.0


class Bar(msgspec.Struct, frozen=True):
    """A period on the line of dates, in hundredths of its width; an open end reaches its edge."""

    name: str
    period: Period
    start: float
    width: float


class CaseRow(msgspec.Struct, frozen=True):
    """A row of the decision table: what differs from the base, and the answer."""

    name: str
    changes: tuple[str, ...]
    outcome: Outcome
    deciding: tuple[str, ...]
    reading: str | None


def render_law_page(
    regime: Regime, expected: ExpectedCases, language: Language, catalog: Catalog
) -> str:
    """The page of one regime. Words stand in both languages; headings in the one asked for."""
    return (
        page_templates()
        .get_template("law.html.j2")
        .render(
            regime=regime,
            p=Phrases(catalog, language),
            language=language,
            bars=tuple(_bars(regime)),
            days=change_days(regime),
            rule=spell_rule,
            due=spell_due,
            sources=cited_sources((regime.citation, *(c.citation for c in regime.clauses))),
            base=_changes(expected.base.facts, _given(expected.base)),
            rows=tuple(_rows(expected)),
        )
    )


def spell_due(due: Due) -> str:
    """By when, in words."""
    if due.fact is None:
        return str(due.day)
    term = f"{due.months} months" if due.months else f"{due.days} days"
    return f"{due.fact} + {term}"


def _bars(regime: Regime) -> Iterator[Bar]:
    days = change_days(regime)
    if not days:
        return
    first, last = days[0].toordinal(), days[-1].toordinal()
    margin = max(180, (last - first) // 10)
    first, last = first - margin, last + margin

    def place(day: date | None, edge: int) -> float:
        at = day.toordinal() if day else edge
        return round((at - first) / (last - first) * _WIDTH, 2)

    for name, period in _periods(regime):
        start, end = place(period.since, first), place(period.until, last)
        yield Bar(name, period, start, round(end - start, 2))


def _periods(regime: Regime) -> Iterator[tuple[str, Period]]:
    for clause in regime.clauses:
        yield _short(clause, regime), clause.period
    for name, parameter in regime.parameters.items():
        for period, values, _ in _versions(parameter):
            yield f"{name} = {', '.join(values)}", period


def _versions(parameter: Parameter) -> Iterator[tuple[Period, tuple[str, ...], object]]:
    yield from parameter.versions


def _short(clause: Clause, regime: Regime) -> str:
    return clause.id.removeprefix(f"{regime.id}.")


def _rows(expected: ExpectedCases) -> Iterator[CaseRow]:
    for case in expected.cases:
        yield CaseRow(
            name=case.name,
            changes=_changes(case.facts, _given(case)),
            outcome=case.outcome,
            deciding=case.deciding or case.holds,
            reading=case.reading,
        )


def _given(stated: object) -> dict[str, object]:
    names = ("act", "task", "body", "on", "acquired")
    values = {name: getattr(stated, name) for name in names}
    return {k: v for k, v in values.items() if v is not msgspec.UNSET and v is not None}


def _changes(facts: dict[str, str | None], given: dict[str, object]) -> tuple[str, ...]:
    stated = {**given, **facts}
    return tuple(f"{key}: {'?' if value is None else value}" for key, value in stated.items())
