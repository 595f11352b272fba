"""Regime packs: what they may hold, and how each mistake is told."""

from __future__ import annotations

from datetime import date

import pytest

from sekisho.errors import PackError
from sekisho.law.load import load_regime
from sekisho.law.vocabulary import load_vocabulary
from tests.law.small import HEAD, VOCABULARY, clause, regime_of

SCOPE = clause("id: scope, scope: body = state")


def refused(body: str, head: str = HEAD) -> PackError:
    with pytest.raises(PackError) as caught:
        load_regime(head + body, VOCABULARY, "small.yaml")
    return caught.value


def refused_clause(text: str) -> PackError:
    return refused(f"clauses:\n{SCOPE}{clause(text)}")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("id: x, prohibitt: a", "'prohibitt' is not known"),
        ("id: x, prohibit: aa", "the word 'aa' is not known"),
        ("id: x, prohibit: a, scope: b", "exactly one thing"),
        ("id: x", "exactly one thing"),
        ("id: x, when: a", "exactly one thing"),
        ("id: scope, prohibit: a", "two clauses are called 'scope'"),
        ("id: x, except_to: [nothing], when: a", "'nothing', which is no clause"),
        ("id: x, except_to: [scop], when: a", "'scop', which is no clause"),
        ("id: x, except_to: [scope]", "does not say when"),
        ("id: x, except_to: [x], when: a", "lift each other"),
        ("id: x, prohibit: a, since: 2021-13-01", "cannot be used"),
        ("id: x, prohibit: a, since: 令和3年4月1日", "cannot be used"),
        ("id: x, prohibit: a, since: 2021-04-01, until: 2021-04-01", "ends (2021-04-01) before"),
        ("id: x, prohibit: a, burden: nobody", "cannot be used"),
    ],
)
def test_a_broken_clause_is_told(text: str, what: str) -> None:
    error = refused_clause(text)
    assert what in error.what
    assert error.where.startswith("small.yaml:9:")


def test_a_misspelt_fact_names_the_nearest_and_its_surroundings() -> None:
    error = refused_clause("id: x, prohibit: a and actt = buy")
    assert error.next_step == "did you mean 'act'?"
    assert "in the rule 'a and actt = buy'" in error.why


def test_a_misspelt_exception_names_the_nearest() -> None:
    assert refused_clause("id: x, except_to: [scop], when: a").next_step == "did you mean 'scope'?"


def test_a_date_of_the_japanese_calendar_is_explained() -> None:
    assert "Japanese calendar" in refused_clause("id: x, prohibit: a, since: 令和3年4月1日").why


def test_exceptions_in_a_ring_are_refused() -> None:
    body = (
        f"clauses:\n{SCOPE}"
        + clause("id: x, except_to: [y], when: a")
        + clause("id: y, except_to: [x], when: b")
    )
    assert "lift each other" in refused(body).what


def test_a_regime_that_binds_nobody_is_refused() -> None:
    assert "whom the regime binds" in refused("clauses:\n" + clause("id: x, prohibit: a")).what


def test_a_broken_definition_is_told_at_its_line() -> None:
    error = refused(f"definitions:\n  bound: bodyy = state\nclauses:\n{SCOPE}")
    assert error.where == "small.yaml:8:10"


def test_an_unknown_confidence_is_refused() -> None:
    head = HEAD.replace("confidence: primary", "confidence: certain")
    assert "'certain' is not one of" in refused(f"clauses:\n{SCOPE}", head).why


def test_words_in_one_language_only_are_refused() -> None:
    head = HEAD.replace("{en: small, ja: 小}", "{en: small}")
    assert "'ja' is missing" in refused(f"clauses:\n{SCOPE}", head).what


PARAMETER = """parameters:
  lands:
    - {values: [CN], since: 2019-12-20, until: %s, cite: {text: a, confidence: primary}}
    - {values: [CN, RU], since: 2022-12-23, cite: {text: b, confidence: primary}}
"""


def test_a_parameter_has_the_value_of_its_day() -> None:
    regime = regime_of("id: x, prohibit: place in lands", more=PARAMETER % "2022-12-23")
    lands = regime.parameters["lands"]
    assert lands.on(date(2019, 12, 19)) is None
    assert lands.on(date(2022, 12, 22)) == ("CN",)
    assert lands.on(date(2022, 12, 23)) == ("CN", "RU")


def test_versions_of_a_parameter_that_overlap_are_refused() -> None:
    error = refused(f"{PARAMETER % '2022-12-24'}clauses:\n{SCOPE}")
    assert "hold at the same time" in error.what
    assert error.where == "small.yaml:10:7"


def test_terms_of_several_words_read_as_the_law_does() -> None:
    regime = regime_of("id: x, prohibit: bound task", more="definitions:\n  bound task: a or b\n")
    assert regime.clauses[1].rule == regime_of("id: x, prohibit: a or b").clauses[1].rule


def test_a_vocabulary_that_defines_a_fact_twice_is_refused() -> None:
    entry = "  - {key: a, type: truth, question: {en: a, ja: a}}\n"
    with pytest.raises(PackError, match="defines 'a' twice"):
        load_vocabulary(f"facts:\n{entry}{entry}collections: []\n")


def test_facts_are_found_by_key() -> None:
    found = VOCABULARY.find("part[x].kind")
    assert found is not None
    assert found.accepts("camera")
    assert not found.accepts("wing")
    complete = VOCABULARY.find("part.complete")
    assert complete is not None
    assert complete.permitted() == "true or false"
    for absent in ("nothing", "part.kind", "part[x].nothing", "thing[x].kind", "part[].kind"):
        assert VOCABULARY.find(absent) is None
    assert VOCABULARY.nearest("par.complete") == "part.complete"
    assert VOCABULARY.nearest("qqqqqq") is None


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("a", "false", "no"),
        ("act", "buy", "Buy"),
        ("place", "JP", "jp"),
        ("acquired", "2021-04-01", "2021-4-1"),
        ("acquired", "2021-04-01", "20210401"),
    ],
)
def test_values_fit_their_type_exactly(key: str, good: str, bad: str) -> None:
    entry = VOCABULARY.find(key)
    assert entry is not None
    assert entry.accepts(good)
    assert not entry.accepts(bad)


def test_any_text_is_a_text() -> None:
    entry = VOCABULARY.find("note")
    assert entry is not None
    assert entry.accepts("whatever")
    assert entry.permitted() == "any text"
