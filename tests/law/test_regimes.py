"""The regimes that are shipped: cases beside each, both languages, every source named."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import pytest

from sekisho.data.files import pack_names, pack_text
from sekisho.errors import UsageError
from sekisho.law.casefile import ExpectedCase, ExpectedCases, decide_expected, question_of
from sekisho.law.dated import change_days
from sekisho.law.regime import Regime
from sekisho.model.determination import ClauseKind, Determination, Outcome
from sekisho.model.truth import Truth
from sekisho.service.law_cases import load_expected_of, run_expected
from sekisho.service.packs import load_law
from sekisho.strict_yaml import decode

REGIMES = load_law().regimes


@cache
def cases(regime: str) -> ExpectedCases:
    return load_expected_of(REGIMES[regime])


def decided(regime: str, case: ExpectedCase) -> tuple[Determination, ...]:
    readings = REGIMES[regime].in_each_reading()
    base = cases(regime).base
    return tuple(
        decide_expected(read, base, case)
        for read in readings
        if case.reading in (None, read.reading)
    )


def clauses_of(regime: Regime) -> set[str]:
    return {clause.id for clause in regime.clauses}


@pytest.mark.parametrize("regime", REGIMES)
def test_every_case_is_decided_as_its_author_says(regime: str) -> None:
    ((_, count, failures),) = run_expected(load_law(), [regime])
    assert count
    assert not failures


@pytest.mark.parametrize("regime", REGIMES)
def test_every_clause_holds_in_some_case(regime: str) -> None:
    held = {
        clause.id
        for case in cases(regime).cases
        for found in decided(regime, case)
        for clause in found.clauses
        if clause.value is Truth.TRUE
    }
    assert clauses_of(REGIMES[regime]) == held


@pytest.mark.parametrize("regime", REGIMES)
def test_each_date_of_a_regime_is_tried_on_the_day_and_the_day_before(regime: str) -> None:
    file = cases(regime)
    tried = {question_of(file.base, case)[0].on for case in file.cases}
    days = change_days(REGIMES[regime])
    assert {*days, *(day - timedelta(days=1) for day in days)} <= tried


def test_every_regime_has_a_case_file() -> None:
    assert {name.split("/")[1] for name in pack_names("cases")} == {
        f"{id_}.yaml" for id_ in REGIMES
    }


@pytest.mark.parametrize("regime", REGIMES)
def test_cases_of_a_regime_are_refused_allowed_open_and_outside(regime: str) -> None:
    met = {case.outcome for case in cases(regime).cases}
    assert {Outcome.UNDETERMINED, Outcome.PERMITTED, Outcome.NOT_APPLICABLE} <= met
    assert met & {Outcome.PROHIBITED, Outcome.CONDITIONAL}


def test_texts_differ_between_languages_and_name_their_sources() -> None:
    sources = decode(
        pack_text("regimes/sources.yaml"),
        dict[str, dict[str, str]],
        file="sources.yaml",
        error=UsageError,
        code="SEK-E001",
    )
    for regime in REGIMES.values():
        for words in (regime.title, *(clause.words for clause in regime.clauses)):
            assert words.en != words.ja
        for citation in (regime.citation, *(clause.citation for clause in regime.clauses)):
            assert set(citation.sources) <= set(sources)


def test_exceptions_lift_no_scope() -> None:
    for regime in REGIMES.values():
        kinds = {clause.id: clause.kind for clause in regime.clauses}
        lifted = {kinds[target] for clause in regime.clauses for target in clause.excepts}
        assert lifted <= set(ClauseKind) - {ClauseKind.SCOPE}


@pytest.mark.parametrize("regime", REGIMES)
def test_what_is_not_known_of_a_text_goes_with_every_answer(regime: str) -> None:
    for found in decided(regime, cases(regime).cases[0]):
        assert found.gaps == REGIMES[regime].gaps != ()
