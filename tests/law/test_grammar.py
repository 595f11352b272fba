"""The word language of rules."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.law.grammar import MOST_WORDS, RuleError, is_term, parse_rule, read_rule
from sekisho.law.syntax import All, And, Any, Not, Or, Relation, Rule, Test
from sekisho.law.vocabulary import FactEntry, FactType
from sekisho.model.words import Words
from tests.law.small import VOCABULARY

A = Test("a", Relation.IS, ("true",))
B = Test("b", Relation.IS, ("true",))
C = Test("c", Relation.IS, ("true",))
CAMERA = Test("kind", Relation.IS, ("camera",), of_member=True)


def parse(text: str) -> Rule:
    terms: dict[str, Rule] = {"bound": A, "bound body": B}
    return parse_rule(text, VOCABULARY, terms, frozenset({"countries"}))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a", A),
        ("not a", Not(A)),
        ("not not a", A),
        ("a or b and c", Or((A, And((B, C))))),
        ("(a or b) and c", And((Or((A, B)), C))),
        ("not a and b", And((Not(A), B))),
        ("act = buy", Test("act", Relation.IS, ("buy",))),
        ("act != buy", Test("act", Relation.IS_NOT, ("buy",))),
        ("a = false", Test("a", Relation.IS, ("false",))),
        ("act in [buy, operate]", Test("act", Relation.IN, ("buy", "operate"))),
        ("act not in [buy]", Test("act", Relation.NOT_IN, ("buy",))),
        ("place in countries", Test("place", Relation.IN, parameter="countries")),
        ("acquired < 2021-04-01", Test("acquired", Relation.BEFORE, ("2021-04-01",))),
        ("acquired <= 2021-04-01", Test("acquired", Relation.UNTIL, ("2021-04-01",))),
        ("acquired > 2021-04-01", Test("acquired", Relation.AFTER, ("2021-04-01",))),
        ("acquired >= 2021-04-01", Test("acquired", Relation.FROM, ("2021-04-01",))),
        ("bound", A),
        ("bound body", B),
        ("bound and bound body", And((A, B))),
        ("any part where kind = camera", Any("part", CAMERA)),
        (
            "all part where (kind = camera and not kind = camera)",
            All("part", And((CAMERA, Not(CAMERA)))),
        ),
        ("any part where kind = camera and a", And((Any("part", CAMERA), A))),
        ("note = NO", Test("note", Relation.IS, ("NO",))),
        ("part.complete", Test("part.complete", Relation.IS, ("true",))),
    ],
)
def test_sentences_mean_what_they_say(text: str, rule: Rule) -> None:
    assert parse(text) == rule


@pytest.mark.parametrize(
    ("text", "what", "next_step"),
    [
        ("actt = buy", "the word 'actt' is not known", "did you mean 'act'?"),
        ("zzzzzz", "the word 'zzzzzz' is not known", "vocabulary"),
        ("act = bu", "'bu' is not a value of 'act'", "did you mean 'buy'?"),
        ("acquired = yesterday", "not a value", "YYYY-MM-DD"),
        ("acquired < 令和3年4月1日", "not a value", "Gregorian calendar"),
        ("part.kind = camera", "'part' is a collection of many", "any part where"),
        ("part[x].kind = camera", "'part' is a collection of many", "all part where"),
        ("place = Japan", "not a value", "ISO 3166-1"),
        ("a = maybe", "not a value", "true or false"),
        ("act", "not a yes-or-no fact", "one of buy, operate"),
        ("act < buy", "'act' has no order", "="),
        ("act in buy", "neither a list nor a parameter", "countries"),
        ("any thing where a", "'thing' is not a collection", "part"),
        ("any part a", "'where' is expected", "where"),
        (
            "any part where kindd = camera",
            "members of 'part' have no 'kindd'",
            "did you mean 'kind'?",
        ),
        ("a and", "a fact is expected here, not 'the end'", "complete"),
        ("a b", "'b' does not fit here", "and"),
        ("(a", "')' is expected here, not 'the end'", ")"),
        ("a )", "')' does not fit here", "parentheses"),
        ("act in [buy", "']' is expected", "]"),
        ("act in [", "a value is expected", "complete"),
        ("act = or", "a value is expected here, not 'or'", "complete"),
        ("a & b", "the sign '&' is not used", "remove"),
        ("= a", "a fact is expected here, not '='", "complete"),
        ("", "a fact is expected", "complete"),
        ("(" * 60 + "a" + ")" * 60, "nested too deeply", "definitions"),
    ],
)
def test_mistakes_are_told_with_a_way_out(text: str, what: str, next_step: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse(text)
    assert what in caught.value.what
    assert next_step in caught.value.next_step


def test_numbers_are_compared_by_size_alone() -> None:
    words = Words(en="n", ja="n")
    mass = FactEntry(key="mass", type=FactType.NUMBER, question=words)
    vocabulary = VOCABULARY.with_facts([mass])
    assert parse_rule("mass >= 0.25", vocabulary) == Test("mass", Relation.FROM, ("0.25",))
    with pytest.raises(RuleError, match="'mass' is a number"):
        parse_rule("mass = 5", vocabulary)


def test_where_there_is_no_parameter_none_is_spoken_of() -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule("act in buy", VOCABULARY)
    assert caught.value.next_step == "write a list in [ ]"


def test_the_longest_definition_that_the_words_spell_counts() -> None:
    terms: dict[str, Rule] = {"bound": A, "bound or free": B, "bound or free body": C}
    for text, rule in (
        ("bound", A),
        ("bound or a", Or((A, A))),
        ("bound or free", B),
        ("bound or free body", C),
        ("bound or free and a", And((B, A))),
    ):
        assert parse_rule(text, VOCABULARY, terms) == rule


def test_a_rule_tells_the_names_it_uses() -> None:
    terms: dict[str, Rule] = {"bound": A, "bound body": B}
    text = "bound body or any part where made_in in lands"
    read = read_rule(text, VOCABULARY, terms, frozenset({"lands"}))
    assert read.terms == ("bound body",)
    assert [(name, entry.key) for name, entry in read.compared] == [("lands", "made_in")]


@pytest.mark.parametrize(
    "name", ["bound", "state or local body", "on a tier", "米国の機関", "un-1.2"]
)
def test_plain_words_can_be_names(name: str) -> None:
    assert is_term(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", "a  b", " a", "not", "not a", "a in", "a = b", "(a)", "a\tb", "-a"),
        " ".join(["word"] * (MOST_WORDS + 1)),
    ],
)
def test_what_no_rule_could_spell_is_no_name(name: str) -> None:
    assert not is_term(name)


def test_a_mistake_points_to_its_column() -> None:
    with pytest.raises(RuleError) as caught:
        parse("a and actt = buy")
    assert caught.value.column == 6


@given(st.text(alphabet="ab()=<>![], \tandortpwhkic.0123456789", max_size=60))
def test_any_text_is_a_rule_or_a_mistake(text: str) -> None:
    with contextlib.suppress(RuleError):
        assert parse(text) is not None
