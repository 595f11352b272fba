"""A regime as a page and in a terminal."""

from __future__ import annotations

from datetime import date

import pytest
from rich.console import Console

from sekisho.errors import PackError
from sekisho.law.casefile import load_expected
from sekisho.law.regime import Due, Regime
from sekisho.model.words import Language
from sekisho.report.catalog import load_catalog
from sekisho.report.law_page import render_law_page, spell_due
from sekisho.report.law_terminal import render_law_terminal
from sekisho.service.law_cases import load_expected_of
from sekisho.service.packs import load_law
from tests.law.small import regime_of

PACKS = load_law()
CASES = """
base: {on: 2026-11-01, body: state, facts: {a: "false"}}
cases:
  - {name: "<b>bold</b>", facts: {a: "true", b: null}, outcome: prohibited, deciding: [ban]}
"""


def page_of(regime: Regime, language: Language = Language.EN) -> str:
    expected = load_expected(CASES, "cases.yaml", regime, error=PackError)
    return render_law_page(regime, expected, language, load_catalog())


@pytest.mark.parametrize("name", PACKS.regimes)
@pytest.mark.parametrize("language", Language)
def test_every_regime_has_its_page_in_both_languages(name: str, language: Language) -> None:
    regime = PACKS.regimes[name]
    page = render_law_page(regime, load_expected_of(regime, PACKS), language, load_catalog())
    for clause in regime.clauses:
        assert f'id="{clause.id}"' in page
        assert clause.words.ja in page
    assert regime.digest in page


def test_text_is_shown_and_never_obeyed() -> None:
    page = page_of(regime_of("id: ban, prohibit: a"))
    assert "<b>bold</b>" not in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page


def test_the_decision_table_shows_what_differs_from_the_base() -> None:
    page = page_of(regime_of("id: ban, prohibit: a"))
    assert "on: 2026-11-01; a: false" in page.replace("body: state; ", "")
    assert '<bdi class="line">a: true</bdi><bdi class="line">b: ?</bdi>' in page


def test_dates_stand_on_a_line_and_open_ends_reach_its_edge() -> None:
    regime = regime_of(
        "id: ban, prohibit: a, since: 2020-01-01, until: 2024-01-01",
        "id: lift, except_to: [ban], when: b, since: 2022-01-01",
    )
    page = page_of(regime)
    assert "<title>ban: 2020-01-01 – 2024-01-01</title>" in page
    assert "<title>scope: … – …</title>" in page
    assert 'x="38.0"' in page
    assert 'width="100.0"' in page
    assert "2020-01-01, 2022-01-01, 2024-01-01" in page


def test_without_dates_there_is_no_line() -> None:
    page = page_of(regime_of("id: ban, prohibit: a"))
    assert "<svg" not in page
    assert "No day is known on which it changes." in page


def test_clauses_are_linked_with_what_lifts_them() -> None:
    page = page_of(regime_of("id: ban, prohibit: a", "id: lift, except_to: [ban], when: b"))
    assert 'lifts: <a href="#ban">' in page
    assert 'lifted by: <a href="#lift">' in page


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (Due(day=date(2021, 12, 31)), "2021-12-31"),
        (Due(fact="acquired", months=24), "acquired + 24 months"),
        (Due(fact="on", days=60), "on + 60 days"),
    ],
)
def test_terms_are_put_into_words(due: Due, words: str) -> None:
    assert spell_due(due) == words


def test_a_terminal_shows_words_rules_and_gaps() -> None:
    console = Console(width=120, record=True)
    regime = PACKS.regimes["us-848"]
    console.print(render_law_terminal(regime, Language.EN, load_catalog()))
    text = console.export_text()
    assert "waiver.us_848" in text
    assert "from 2019-12-20" in text
    assert "Copies place the note" in text
