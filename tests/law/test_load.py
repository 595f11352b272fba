"""Regime packs: what they may hold, and how each mistake is told."""

from __future__ import annotations

from datetime import date

import pytest

from sekisho.errors import PackError
from sekisho.law import link
from sekisho.law.link import ring_of, spell_ring
from sekisho.law.load import load_regime, parse_due
from sekisho.law.regime import Due
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
    assert VOCABULARY.keys[-2:] == ["note", "part.complete"]


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


@pytest.mark.parametrize("key", ["when", "until", "prohibit", "burden"])
def test_a_key_with_nothing_after_it_is_refused(key: str) -> None:
    more = "" if key == "prohibit" else "    prohibit: a\n"
    error = refused(
        f"clauses:\n{SCOPE}  - id: x\n{more}    {key}:\n"
        "    words: {en: w, ja: w}\n    cite: {text: t, confidence: primary}\n"
    )
    assert error.what == f"nothing is written for '{key}'"
    assert error.where == f"small.yaml:{10 if key == 'prohibit' else 11}:5"


def test_a_vocabulary_with_a_key_left_empty_is_refused() -> None:
    with pytest.raises(PackError, match="nothing is written for 'given'"):
        load_vocabulary(
            "facts:\n  - {key: a, type: truth, question: {en: a, ja: a}, given: }\n"
            "collections: []\n"
        )


def definitions(**rules: str) -> str:
    lines = "".join(f"  {name.replace('_', ' ')}: {rule}\n" for name, rule in rules.items())
    return f"definitions:\n{lines}clauses:\n{SCOPE}"


def test_definitions_may_stand_in_any_order() -> None:
    more = "definitions:\n  one: two and c\n  two: a or b\n"
    regime = regime_of("id: x, prohibit: one", more=more)
    assert regime.clauses[1].rule == regime_of("id: x, prohibit: (a or b) and c").clauses[1].rule


def test_a_definition_may_share_its_name_with_a_value() -> None:
    regime = regime_of("id: x, prohibit: state", more="definitions:\n  state: body = state\n")
    assert regime.clauses[1].rule == regime_of("id: x, prohibit: body = state").clauses[1].rule


def test_a_definition_may_have_the_words_of_a_rule_inside() -> None:
    more = "definitions:\n  state or local body: b\n"
    regime = regime_of("id: x, prohibit: a and state or local body", more=more)
    assert regime.clauses[1].rule == regime_of("id: x, prohibit: a and b").clauses[1].rule


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (definitions(a_or_b="c"), "'a or b' hides 'a'"),
        (definitions(place_not_in_use="c"), "'place not in use' hides 'place'"),
        (definitions(free="a", free_or_bound="c"), "'free or bound' hides 'free'"),
        (definitions(where="c"), "rules could not speak of 'where'"),
        (definitions(free_and="c"), "rules could not speak of 'free and'"),
    ],
)
def test_a_definition_that_hides_another_meaning_is_refused(text: str, what: str) -> None:
    error = refused(text)
    assert error.what == what
    assert error.where.startswith("small.yaml:")


def test_a_ring_is_told_from_its_first_name() -> None:
    assert ring_of({"z": ["b"], "a": ["b"], "b": ["c"], "c": ["a"]}) == ("a", "b", "c")
    assert ring_of({"a": ["b"], "b": []}) == ()
    assert spell_ring(("a", "b")) == "a -> b -> a"
    assert spell_ring(tuple("abcdefghijklmn")) == "a -> b -> c -> ... -> n -> a"


def test_definitions_that_build_a_tower_are_refused() -> None:
    tower = {f"d{i + 1}": f"not (d{i} and b)" for i in range(60)}
    assert "more than 100 levels" in refused(definitions(d0="a", **tower)).what


def test_a_rule_of_too_many_parts_is_refused() -> None:
    error = refused_clause(f"id: x, prohibit: {' or '.join(['a'] * 5001)}")
    assert "more than 5000 parts" in error.what
    assert error.where == "small.yaml:9:13"


def test_many_definitions_in_a_row_are_read() -> None:
    row = {f"d{i}": f"d{i + 1}" for i in range(499)}
    text = definitions(**row, d499="a") + clause("id: x, prohibit: d0")
    regime = load_regime(HEAD + text, VOCABULARY, "small.yaml")
    assert regime.clauses[1].rule == regime_of("id: x, prohibit: a").clauses[1].rule


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (definitions(**{f"d{i}": "a" for i in range(501)}), "'definitions' cannot be used"),
        (f"clauses:\n{SCOPE * 501}", "'clauses' cannot be used"),
    ],
)
def test_a_pack_has_an_end(text: str, what: str) -> None:
    error = refused(text)
    assert what in error.what
    assert error.why == "it holds more than 500"


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("a", "'a' is a fact and a parameter"),
        ("two words", "rules could not speak of 'two words'"),
        ("in", "rules could not speak of 'in'"),
    ],
)
def test_a_parameter_that_no_rule_could_name_is_refused(name: str, what: str) -> None:
    version = "[{values: [CN], cite: {text: a, confidence: primary}}]"
    assert refused(f"parameters:\n  {name}: {version}\nclauses:\n{SCOPE}").what == what


def test_a_parameter_has_values_that_members_can_have() -> None:
    bad = (PARAMETER % "2022-12-23").replace("[CN, RU]", "[CN, Russia]")
    rule = clause("id: x, prohibit: any part where made_in in lands")
    error = refused(f"{bad}clauses:\n{SCOPE}{rule}")
    assert error.what == "'Russia' is not a value of 'made_in'"
    assert error.where == "small.yaml:10:21"
    regime_of("id: x, prohibit: a", more=bad)  # nothing is compared with it


def test_a_parameter_value_names_the_nearest_word() -> None:
    bad = (PARAMETER % "2022-12-23").replace("CN", "buy").replace("RU", "operat")
    rule = clause("id: x, prohibit: act not in lands")
    assert refused(f"{bad}clauses:\n{SCOPE}{rule}").next_step == "did you mean 'operate'?"


@pytest.mark.parametrize("name", ["", "X", "x y", "x_y", "-x", '"x\\n"'])
def test_a_clause_has_a_name_that_can_be_cited(name: str) -> None:
    error = refused_clause(f"id: {name or repr('')}, prohibit: a")
    assert "'clauses.1.id' cannot be used" in error.what
    assert name == "" or "such as us-848.a1A" in error.next_step


def test_a_collection_that_no_rule_could_name_is_refused() -> None:
    collection = (
        "  - {name: %s, words: {en: p, ja: p}, attributes: [],"
        " complete: {question: {en: c, ja: c}}}\n"
    )
    for name in ("any", "Part", "a.b"):
        with pytest.raises(PackError, match="is not the name of a collection"):
            load_vocabulary(f"facts: []\ncollections:\n{collection % name}")


def test_a_regime_has_evidence_that_the_vocabulary_knows() -> None:
    evidence = "evidence: {list: {cost: 1, words: {en: l, ja: l}}}\n"
    vocabulary = load_vocabulary(
        "facts:\n  - {key: a, type: truth, question: {en: a, ja: a}}\ncollections: []\n" + evidence
    )
    facts = (
        "facts:\n  - {key: waiver, type: truth, question: {en: w, ja: w},"
        " settled_by: [body], shown_by: [lists]}\n"
    )
    with pytest.raises(PackError) as caught:
        load_regime(f"{HEAD}{facts}clauses: []\n", vocabulary, "small.yaml")
    assert caught.value.next_step == "did you mean 'list'?"


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2021-12-31", Due(day=date(2021, 12, 31))),
        ("acquired + 2 years", Due(fact="acquired", months=24)),
        ("acquired + 1 month", Due(fact="acquired", months=1)),
        ("on + 60 days", Due(fact="on", days=60)),
        ("2021-365", None),
        ("2021-W52", None),
    ],
)
def test_a_day_by_which_is_read_in_two_ways_only(text: str, due: Due | None) -> None:
    assert parse_due(text) == due


@pytest.mark.parametrize(
    ("limit", "most", "fits", "beyond"),
    [
        ("MOST_PARTS", 4, "a and b and c", "a and b and c and d"),
        ("MOST_PARTS", 4, "not (a or b)", "not (a or b or c)"),
        ("MOST_PARTS", 3, "any part where not kind = camera", "not any part where not kind = camera"),
        ("MOST_LEVELS", 2, "a and b and c", "not (a and b)"),
    ],
)  # fmt: skip
def test_a_rule_may_be_as_large_as_the_limit(
    limit: str, most: int, fits: str, beyond: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, limit, most)
    assert regime_of(f"id: ban, prohibit: '{fits}'").clauses[1].id == "ban"
    with pytest.raises(PackError, match=f"{most} (parts|levels)"):
        regime_of(f"id: ban, prohibit: '{beyond}'")
