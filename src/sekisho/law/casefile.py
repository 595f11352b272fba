"""The cases of a regime: what a jurist says the answer must be, and whether it is.

    base: {act: buy, task: security, body: us.dod, on: 2026-11-01, facts: {article.kind: uas}}
    cases:
      - {name: made in a covered country, facts: {article.made_in: CN}, outcome: prohibited}

Each case changes the base: what it states replaces what the base states, and a fact stated as
`null` is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from sekisho.errors import SekishoError, did_you_mean
from sekisho.law.determine import determine
from sekisho.law.regime import Regime
from sekisho.law.vocabulary import Vocabulary
from sekisho.model.case import Case
from sekisho.model.determination import Determination, Effect, Outcome
from sekisho.model.fact import Fact
from sekisho.model.truth import Truth
from sekisho.model.units import FactKey
from sekisho.model.words import Text
from sekisho.strict_yaml import Places, decode_placed

_Given = str | msgspec.UnsetType | None


class ExpectedCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A case, and the answer expected.

    `deciding` are the clauses the answer must turn on, in order; `holds` clauses that must hold;
    `reading` the reading of the regime that the case is about (all of them when it is absent).
    """

    name: Text
    outcome: Outcome
    effect: Effect | None = None
    deciding: tuple[str, ...] | None = None
    holds: tuple[str, ...] = ()
    reading: str | None = None
    act: _Given = msgspec.UNSET
    task: _Given = msgspec.UNSET
    body: _Given = msgspec.UNSET
    on: date | msgspec.UnsetType = msgspec.UNSET
    acquired: date | msgspec.UnsetType | None = msgspec.UNSET
    facts: dict[str, str | None] = {}


class BaseCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every case of the file shares."""

    on: date
    act: str | None = None
    task: str | None = None
    body: str | None = None
    acquired: date | None = None
    facts: dict[str, str | None] = {}


class ExpectedCases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A case file of a regime."""

    base: BaseCase
    cases: tuple[ExpectedCase, ...]


class Failure(msgspec.Struct, frozen=True):
    """A case whose answer is not the one expected: what differs, in words."""

    case: str
    reading: str | None
    differences: tuple[str, ...]


def given_beside(vocabulary: Vocabulary) -> frozenset[str]:
    """The facts that are part of the question itself: they stand beside `facts`, not in it."""
    return frozenset(entry.key for entry in vocabulary.facts.values() if entry.given == "case")


def load_expected(
    text: str, file: str, regime: Regime, *, error: type[SekishoError]
) -> ExpectedCases:
    """Read the case file of a regime.

    Raises:
        SekishoError: of class `error`, naming the line and the nearest word, when a key, fact,
            value, clause or reading is not known.
    """
    loaded, places = decode_placed(text, ExpectedCases, file=file, error=error, code="SEK-E007")
    checker = _Checker(regime, places, error)
    checker.check(("base",), loaded.base)
    seen: set[str] = set()
    for i, case in enumerate(loaded.cases):
        checker.check_new(("cases", i, "name"), case.name, seen)
        checker.check(("cases", i), case)
        checker.check_names(("cases", i, "deciding"), case.deciding or ())
        checker.check_names(("cases", i, "holds"), case.holds)
        if case.reading is not None:
            checker.check_word(("cases", i, "reading"), case.reading, list(regime.readings))
    return loaded


class _Checker:
    """Every word of a case file held against the regime and the vocabulary."""

    def __init__(self, regime: Regime, places: Places, error: type[SekishoError]) -> None:
        self.clauses = [clause.id for clause in regime.clauses]
        self.vocabulary = regime.vocabulary
        self.beside = given_beside(regime.vocabulary)
        self.places = places
        self.error = error

    def check(self, path: tuple[str | int, ...], stated: ExpectedCase | BaseCase) -> None:
        given = {"act": stated.act, "task": stated.task, "body": stated.body}
        for key, value in given.items():
            if isinstance(value, str):
                self.check_fact((*path, key), key, value)
        for key, value in stated.facts.items():
            if key in self.beside:
                self.fail(
                    (*path, "facts", key),
                    f"'{key}' stands among the facts",
                    f"write '{key}:' beside 'facts:': it is part of the question",
                )
            self.check_fact((*path, "facts", key), key, value)

    def check_new(self, path: tuple[str | int, ...], name: str, seen: set[str]) -> None:
        if name in seen:
            self.fail(path, f"two cases are called '{name}'", "rename one")
        seen.add(name)

    def check_fact(self, path: tuple[str | int, ...], key: str, value: str | None) -> None:
        entry = self.vocabulary.find(key)
        if entry is None:
            self.check_word(path, key, list(self.vocabulary.facts))
        elif value is not None and not entry.accepts(value):
            self.fail(path, f"'{value}' is not a value of '{key}'", f"it is {entry.permitted()}")

    def check_names(self, path: tuple[str | int, ...], names: tuple[str, ...]) -> None:
        for i, name in enumerate(names):
            self.check_word((*path, i), name, self.clauses)

    def check_word(self, path: tuple[str | int, ...], word: str, known: list[str]) -> None:
        if word not in known:
            hint = did_you_mean(word, known, "see the regime for its words")
            self.fail(path, f"'{word}' is not known here", hint)

    def fail(self, path: tuple[str | int, ...], what: str, next_step: str) -> None:
        raise self.error(
            "SEK-E008",
            what,
            why="the case would not test what it says",
            next_step=next_step,
            where=self.places.where(*path),
        )


def failures_of(regime: Regime, expected: ExpectedCases) -> Iterator[Failure]:
    """Decide every case in every reading it is about, and tell the answers that differ."""
    for case in expected.cases:
        for read in regime.in_each_reading():
            if case.reading in (None, read.reading):
                found = decide_expected(read, expected.base, case)
                if differences := tuple(_differences(found, case)):
                    yield Failure(case.name, read.reading, differences)


def decide_expected(regime: Regime, base: BaseCase, case: ExpectedCase) -> Determination:
    """The answer for a case laid over the base."""
    given, facts = question_of(base, case)
    assert given.on is not None  # the base has a day
    return determine(regime, facts, given, on=given.on)


def question_of(base: BaseCase, case: ExpectedCase) -> tuple[Case, tuple[Fact, ...]]:
    """The case and the facts that an expected case puts to the law."""
    given = Case(
        act=base.act if case.act is msgspec.UNSET else case.act,
        task=base.task if case.task is msgspec.UNSET else case.task,
        body=base.body if case.body is msgspec.UNSET else case.body,
        on=base.on if case.on is msgspec.UNSET else case.on,
        acquired=base.acquired if case.acquired is msgspec.UNSET else case.acquired,
    )
    stated = {key: value for key, value in (base.facts | case.facts).items() if value is not None}
    return given, tuple(Fact(key=FactKey(key), value=value) for key, value in stated.items())


def _differences(found: Determination, case: ExpectedCase) -> Iterator[str]:
    if found.outcome is not case.outcome:
        yield f"the outcome is {found.outcome}, not {case.outcome}"
    if case.effect is not None and found.effect_now is not case.effect:
        yield f"the effect is {found.effect_now}, not {case.effect}"
    if case.deciding is not None and found.deciding != case.deciding:
        yield f"it turns on {', '.join(found.deciding)}, not on {', '.join(case.deciding)}"
    values = {clause.id: clause.value for clause in found.clauses}
    for name in case.holds:
        if values.get(name) is not Truth.TRUE:
            yield f"{name} is {values.get(name, 'absent')}, not true"
