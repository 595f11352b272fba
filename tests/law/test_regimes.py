"""The regimes that are shipped: cases beside each, both languages, every source named."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import msgspec
import pytest

from sekisho.data.files import pack_names, pack_text
from sekisho.errors import UsageError
from sekisho.law.determine import determine
from sekisho.law.load import load_regime
from sekisho.law.regime import Regime
from sekisho.law.vocabulary import Vocabulary, load_vocabulary
from sekisho.model.case import Case
from sekisho.model.determination import ClauseKind, Determination, Effect, Outcome
from sekisho.model.truth import Truth
from sekisho.strict_yaml import decode
from tests.law.small import known

CASES = Path(__file__).parent / "cases"


class Expected(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    name: str
    outcome: Outcome
    effect: Effect | None = None
    deciding: tuple[str, ...] | None = None
    holds: tuple[str, ...] = ()
    act: str | msgspec.UnsetType | None = msgspec.UNSET
    task: str | msgspec.UnsetType | None = msgspec.UNSET
    body: str | msgspec.UnsetType | None = msgspec.UNSET
    on: date | msgspec.UnsetType = msgspec.UNSET
    facts: dict[str, str | None] = {}


class Base(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    act: str
    task: str
    body: str
    on: date
    facts: dict[str, str | None]


class CaseFile(msgspec.Struct, forbid_unknown_fields=True):
    base: Base
    cases: tuple[Expected, ...]


@cache
def vocabulary() -> Vocabulary:
    return load_vocabulary(pack_text("regimes/vocabulary.yaml"))


@cache
def regimes() -> dict[str, Regime]:
    names = [n for n in pack_names("regimes") if Path(n).stem not in ("vocabulary", "sources")]
    loaded = (load_regime(pack_text(name), vocabulary(), name) for name in names)
    return {regime.id: regime for regime in loaded}


@cache
def cases(regime: str) -> CaseFile:
    text = (CASES / f"{regime}.yaml").read_text(encoding="utf-8")
    return decode(text, CaseFile, file=f"{regime}.yaml", error=UsageError, code="SEK-E001")


def decided(regime: str, expected: Expected) -> Determination:
    base = cases(regime).base
    facts = {k: v for k, v in (base.facts | expected.facts).items() if v is not None}
    case = Case(
        act=base.act if expected.act is msgspec.UNSET else expected.act,
        task=base.task if expected.task is msgspec.UNSET else expected.task,
        body=base.body if expected.body is msgspec.UNSET else expected.body,
    )
    on = base.on if isinstance(expected.on, msgspec.UnsetType) else expected.on
    return determine(regimes()[regime], known(facts), case, on=on, vocabulary=vocabulary())


ALL = [
    pytest.param(regime, expected, id=f"{regime}: {expected.name}")
    for regime in ("jp-2020", "us-848", "us-asda")
    for expected in cases(regime).cases
]


@pytest.mark.parametrize(("regime", "expected"), ALL)
def test_a_case_is_decided_as_its_author_says(regime: str, expected: Expected) -> None:
    found = decided(regime, expected)
    assert found.outcome is expected.outcome
    assert expected.effect in (None, found.effect_now)
    assert expected.deciding in (None, found.deciding)
    assert set(expected.holds) <= {c.id for c in found.clauses if c.value is Truth.TRUE}


@pytest.mark.parametrize("regime", ["jp-2020", "us-848", "us-asda"])
def test_every_clause_holds_in_some_case(regime: str) -> None:
    held = {
        clause.id
        for expected in cases(regime).cases
        for clause in decided(regime, expected).clauses
        if clause.value is Truth.TRUE
    }
    assert {clause.id for clause in regimes()[regime].clauses} == held


@pytest.mark.parametrize("regime", ["jp-2020", "us-848", "us-asda"])
def test_each_date_of_a_regime_is_tried_on_the_day_and_the_day_before(regime: str) -> None:
    law, file = regimes()[regime], cases(regime)
    periods = [clause.period for clause in law.clauses]
    for parameter in law.parameters.values():
        periods += [period for period, _, _ in parameter.versions]
    dates = {day for period in periods for day in (period.since, period.until) if day is not None}
    tried = {file.base.on if case.on is msgspec.UNSET else case.on for case in file.cases}
    assert dates | {day - timedelta(days=1) for day in dates} <= tried


def test_every_regime_has_a_case_file() -> None:
    assert {path.stem for path in CASES.glob("*.yaml")} == set(regimes())


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_is_met_under_every_regime(outcome: Outcome) -> None:
    for regime in regimes():
        assert outcome in {expected.outcome for expected in cases(regime).cases}


def test_texts_differ_between_languages_and_name_their_sources() -> None:
    sources = decode(
        pack_text("regimes/sources.yaml"),
        dict[str, dict[str, str]],
        file="sources.yaml",
        error=UsageError,
        code="SEK-E001",
    )
    for regime in regimes().values():
        for words in (regime.title, *(clause.words for clause in regime.clauses)):
            assert words.en != words.ja
        for citation in (regime.citation, *(clause.citation for clause in regime.clauses)):
            assert set(citation.sources) <= set(sources)


def test_exceptions_lift_only_what_stands_against_an_act() -> None:
    for regime in regimes().values():
        kinds = {clause.id: clause.kind for clause in regime.clauses}
        lifted = {kinds[target] for clause in regime.clauses for target in clause.excepts}
        assert lifted <= {ClauseKind.PROHIBIT, ClauseKind.REQUIRE}


def test_what_is_not_known_of_a_text_goes_with_every_answer() -> None:
    for regime in regimes():
        found = decided(regime, cases(regime).cases[0])
        assert found.gaps == regimes()[regime].gaps != ()
