"""Parts of a review in words: facts, needs, cases, loci. Shared by every form of the report."""

from __future__ import annotations

from collections.abc import Iterable

from sekisho.model.assessment import OwedTest
from sekisho.model.case import Case
from sekisho.model.determination import (
    Alteration,
    Citation,
    ClauseValue,
    Determination,
    Effect,
    Need,
    Outcome,
)
from sekisho.model.fact import Assertion, Fact
from sekisho.model.problem import Message, Problem
from sekisho.model.units import ObservationId
from sekisho.model.words import Language
from sekisho.report.catalog import Catalog

_OF_THE_QUESTION = frozenset({"act", "task", "body", "on", "acquired", "article.kind"})


class Phrases:
    """Puts parts of a review into one language."""

    def __init__(self, catalog: Catalog, language: Language) -> None:
        """Speak a language."""
        self.catalog = catalog
        self.language = language

    def text(self, name: str, /, **details: str) -> str:
        """A text of the report by its name, with its blanks filled."""
        words = self.catalog.labels[f"report.{name}"]
        return self.catalog.fill(words.in_language(self.language), details, self.language)

    def label(self, name: str | None) -> str:
        """The words for a name; a dash for none."""
        return "–" if name is None else self.catalog.label(name, self.language)

    def known(self, value: str) -> str:
        """A value in words where there are words for it, else as it is, letter by letter."""
        return self.label(value) if value in self.catalog.labels else value

    def labels(self, names: Iterable[str]) -> str:
        """The words for several names."""
        return self.text("comma").join(self.label(name) for name in names) or "–"

    def say(self, message: Message | Problem) -> str:
        """A message of the catalogue."""
        return self.catalog.say(message, self.language)

    def next_step(self, message: Message | Problem) -> str:
        """What the catalogue says to do next; empty where there is nothing."""
        return self.catalog.next_step(message, self.language)

    def voices(self, fact: Fact) -> str:
        """Whose word a fact is."""
        return self.labels(sorted({assertion.voice.value for assertion in fact.assertions}))

    def rests_on(self, fact: Fact) -> tuple[ObservationId, ...]:
        """The observations a fact rests on, each once."""
        rests = (name for assertion in fact.assertions for name in assertion.rests_on)
        return tuple(dict.fromkeys(rests))

    def case(self, case: Case) -> str:
        """Who does what for which task, on which day."""
        return self.text(
            "case",
            act=self.value("act", case.act),
            task=self.value("task", case.task),
            body=self.value("body", case.body),
            on=str(case.on or "–"),
        )

    def fact(self, fact: Fact) -> str:
        """A fact with its value."""
        return self.pair(self.fact_name(fact.key), self.value(fact.key, fact.value))

    def pair(self, name: str, value: str) -> str:
        """A name and what belongs to it."""
        return f"{name}{self.text('colon')}{value}"

    def because(self, found: Determination) -> list[Fact]:
        """The deciding facts: those that evidence showed first, those of the question last."""
        return sorted(found.because, key=lambda fact: fact.key in _OF_THE_QUESTION)

    def said(self, fact: str, assertion: Assertion, text: str = "said") -> str:
        """What somebody says of a fact, and who."""
        value, voice = self.value(fact, assertion.value), self.label(assertion.voice)
        return self.text(text, value=value, by=assertion.by, voice=voice)

    def effect(self, found: Determination) -> str:
        """What the body may do now; a regime that does not apply gives no leave either."""
        if found.outcome is Outcome.NOT_APPLICABLE and found.effect_now is Effect.MAY:
            return self.text("not_touched")
        return self.label(found.effect_now)

    def fact_name(self, key: str) -> str:
        """The name of a fact: a member's attribute is named with the member."""
        if "[" not in key:
            return self.label(key)
        collection, _, rest = key.partition("[")
        member, _, attribute = rest.rpartition("].")
        name = self.label(f"{collection}.{attribute}")
        return f"{self.label(collection)} {member} / {name}"

    def value(self, key: str, value: str | None) -> str:
        """A value in words; the same word may mean another thing for another fact."""
        if value is None:
            return self.label("unknown")
        collection, bracket, rest = key.partition("[")
        fact = f"{collection}.{rest.rpartition('].')[2]}" if bracket else key
        named = f"{fact}={value}"
        return self.label(named if named in self.catalog.labels else value)

    def need(self, need: Need) -> str:
        """A fact that is missing, and what it would have to be."""
        values = self.text("comma").join(self.value(need.fact, one) for one in need.operands)
        name = self.fact_name(need.fact)
        return self.text(f"relation.{need.relation}", fact=name, values=values)

    def alteration(self, one: Alteration) -> str:
        """A fact that is known, and what it would have to become."""
        values = self.text("comma").join(self.value(one.fact, value) for value in one.operands)
        name, now = self.fact_name(one.fact), self.value(one.fact, one.value)
        wanted = self.text(f"relation.{one.relation}", fact=name, values=values)
        return f"{self.pair(name, now)} → {wanted}"

    def name(self, found: Determination) -> str:
        """A name for the place of a determination in a page."""
        return f"{found.regime}-{found.reading}" if found.reading else found.regime

    def test(self, test: OwedTest) -> str:
        """What a test of the plan asks for."""
        if test.words is not None:
            return test.words.in_language(self.language)
        return self.catalog.say(test.what, self.language)

    def confidence(self, citation: Citation) -> str:
        """How surely the citation is known."""
        return self.text(f"confidence.{citation.confidence}")

    def deciding(self, found: Determination) -> list[ClauseValue]:
        """The clauses the answer turns on."""
        return [clause for clause in found.clauses if clause.id in found.deciding]
