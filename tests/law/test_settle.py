"""The fact policy: whose word counts."""

from __future__ import annotations

from datetime import date

import msgspec

from sekisho.law.settle import settle_facts
from sekisho.model.fact import Assertion, Fact
from sekisho.model.observation import Voice
from sekisho.model.units import FactKey
from tests.law.small import VOCABULARY


def says(fact: str, value: str, voice: Voice, by: str = "x") -> Assertion:
    return Assertion(fact=FactKey(fact), value=value, voice=voice, by=by)


def settled(*assertions: Assertion) -> dict[str, Fact]:
    return {fact.key: fact for fact in settle_facts(assertions, VOCABULARY)}


def test_an_admitted_voice_settles_a_fact() -> None:
    assert settled(says("b", "true", Voice.AUTHORITY))["b"].value == "true"


def test_voices_that_agree_settle_together() -> None:
    fact = settled(says("a", "true", Voice.OBSERVED), says("a", "true", Voice.MAKER))["a"]
    assert fact.value == "true"
    assert len(fact.assertions) == 2


def test_contradiction_is_disputed_and_unknown_never_a_vote() -> None:
    fact = settled(
        says("a", "true", Voice.OBSERVED),
        says("a", "true", Voice.OBSERVED, "y"),
        says("a", "false", Voice.MAKER),
    )["a"]
    assert fact.value is None
    assert fact.disputed


def test_a_voice_that_does_not_count_is_set_aside_and_kept() -> None:
    claim = says("b", "false", Voice.MAKER)
    fact = settled(claim, says("b", "true", Voice.AUTHORITY))["b"]
    assert fact.value == "true"
    assert fact.set_aside == (claim,)
    assert not fact.disputed


def test_only_voices_that_do_not_count_leave_the_fact_unknown() -> None:
    fact = settled(says("b", "false", Voice.MAKER))["b"]
    assert fact.value is None
    assert not fact.disputed


def test_a_value_the_fact_cannot_have_settles_nothing() -> None:
    assert settled(says("part[x].made_in", "Japan", Voice.RECORD))["part[x].made_in"].value is None


def test_facts_outside_the_vocabulary_are_left_to_the_problem_that_told_them() -> None:
    assert settled(says("nothing", "true", Voice.AUTHORITY)) == {}


def test_the_order_of_assertions_does_not_matter() -> None:
    one, two = says("a", "true", Voice.OBSERVED), says("b", "true", Voice.AUTHORITY)
    assert settle_facts((one, two), VOCABULARY) == settle_facts((two, one), VOCABULARY)


def test_what_was_said_after_the_record_date_is_not_known() -> None:
    early = msgspec.structs.replace(says("b", "true", Voice.AUTHORITY), made_on=date(2026, 1, 1))
    late = msgspec.structs.replace(says("c", "true", Voice.AUTHORITY), made_on=date(2026, 1, 2))
    undated = says("d", "true", Voice.AUTHORITY)
    facts = settle_facts((early, late, undated), VOCABULARY, known_on=date(2026, 1, 1))
    assert [fact.key for fact in facts] == ["b", "d"]
    assert len(settle_facts((early, late, undated), VOCABULARY)) == 3
