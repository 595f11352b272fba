"""The regimes that are shipped: proved, with cases beside each, in both languages, sources named."""

from __future__ import annotations

import pytest

from sekisho.data.files import pack_names, pack_text
from sekisho.errors import UsageError
from sekisho.law.casefile import decide_expected
from sekisho.model.determination import ClauseKind
from sekisho.service.law_cases import load_expected_of
from sekisho.service.law_checks import check_packs, compare_packs, write_acceptance
from sekisho.service.packs import load_law
from sekisho.strict_yaml import decode

PACKS = load_law()
REGIMES = PACKS.regimes


@pytest.mark.parametrize("regime", REGIMES)
def test_every_regime_is_sound_and_its_cases_suffice(regime: str) -> None:
    (found,) = check_packs(PACKS, (REGIMES[regime],))
    assert [finding for finding in found.findings if finding.is_fault] == []
    assert found.is_sound


@pytest.mark.parametrize("regime", REGIMES)
def test_what_is_not_known_of_a_text_goes_with_every_answer(regime: str) -> None:
    expected = load_expected_of(REGIMES[regime], PACKS)
    for read in REGIMES[regime].in_each_reading():
        found = decide_expected(read, expected.base, expected.cases[0])
        assert found.gaps == REGIMES[regime].gaps != ()


@pytest.mark.parametrize("regime", REGIMES)
def test_acceptance_cases_are_a_case_file_with_a_base_and_outcomes(regime: str) -> None:
    text = write_acceptance(REGIMES[regime])
    assert text.startswith(f"# What {regime} decides; digest {REGIMES[regime].digest}.")
    assert text.count("outcome: ") == text.count("\n  - {")


@pytest.mark.parametrize("regime", REGIMES)
def test_a_regime_does_not_differ_from_itself(regime: str) -> None:
    for difference in compare_packs(REGIMES[regime], REGIMES[regime]):
        assert difference.regions == ()


def test_every_regime_has_a_case_file_and_no_case_file_stands_alone() -> None:
    beside = {name.split("/")[1].removesuffix(".yaml") for name in pack_names("cases")}
    assert beside == set(REGIMES)


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


def test_discretion_is_stated_by_who_decides_and_never_by_the_maker() -> None:
    for entry in PACKS.vocabulary.facts.values():
        if entry.decided_by is not None:
            assert set(entry.settled_by) == {"authority"}, entry.key


def test_guidance_prohibits_nobody_in_the_strictest_answer() -> None:
    advisory = {regime.id for regime in REGIMES.values() if regime.advisory}
    assert advisory == {"eu-cra", "eu-nis2", "jp-meti"}
    for name in advisory:
        expected = load_expected_of(REGIMES[name], PACKS)
        assert decide_expected(REGIMES[name], expected.base, expected.cases[0]).advisory


def test_a_scope_is_lifted_only_where_a_whole_kind_of_article_is_outside() -> None:
    for regime in REGIMES.values():
        kinds = {clause.id: clause.kind for clause in regime.clauses}
        for clause in regime.clauses:
            if any(kinds[target] is ClauseKind.SCOPE for target in clause.excepts):
                assert regime.id == "eu-cra"
