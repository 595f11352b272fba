"""The law alone, on stated facts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from sekisho.errors import UsageError
from sekisho.law.casefile import given_beside
from sekisho.law.determine import determine
from sekisho.law.regime import Regime
from sekisho.law.settle import settle_facts
from sekisho.law.vocabulary import Vocabulary
from sekisho.model.case import Case
from sekisho.model.determination import Determination
from sekisho.model.fact import Assertion, Fact
from sekisho.model.observation import Voice
from sekisho.model.units import FactKey
from sekisho.service.case_check import check_fact
from sekisho.service.packs import LawPacks, unknown_regime
from sekisho.strict_yaml import Places, decode_placed


class StatedFact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What somebody says of a fact: whose word it is, by whom, and since when it is known."""

    value: str
    voice: Voice
    by: str = "case file"
    made_on: date | None = None


class StatedCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One case of a case file: who does what, on which day, and the facts.

    A fact stated as a plain value is taken as given. One stated with a voice, or by several, is
    settled as the vocabulary says: some words do not count, and contradiction leaves it open.
    `known_on` is the record date: what was said later is not known. `regimes` names those to ask;
    all when it is empty.
    """

    id: str
    on: date
    act: str | None = None
    task: str | None = None
    body: str | None = None
    acquired: date | None = None
    known_on: date | None = None
    regimes: tuple[str, ...] = ()
    facts: dict[str, str | StatedFact | tuple[StatedFact, ...]] = {}


class _CaseFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cases: tuple[StatedCase, ...]


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A determination with the name of the case that asked for it."""

    case: str
    determination: Determination


def load_cases(text: str, file: str, packs: LawPacks) -> tuple[StatedCase, ...]:
    """Read a case file.

    Raises:
        UsageError: naming the line and the nearest word when a key, fact, value or regime is
            not known.
    """
    loaded, places = decode_placed(text, _CaseFile, file=file, error=UsageError, code="SEK-E001")
    beside = given_beside(packs.vocabulary)
    seen: set[str] = set()
    for i, stated in enumerate(loaded.cases):
        if stated.id in seen:
            raise UsageError(
                "SEK-E011",
                f"two cases are called '{stated.id}'",
                why="a decision could not say which of the two it answers",
                next_step="rename one",
                where=places.where("cases", i, "id"),
            )
        seen.add(stated.id)
        for key in sorted(beside & stated.facts.keys()):
            raise UsageError(
                "SEK-E011",
                f"'{key}' stands among the facts",
                why="it is part of the question, and would be lost or contradict it",
                next_step=f"write '{key}:' beside 'facts:'",
                where=places.where("cases", i, "facts", key),
            )
        _check(stated, ("cases", i), places, packs)
    return loaded.cases


def decide_cases(cases: tuple[StatedCase, ...], packs: LawPacks) -> Iterator[Decision]:
    """Decide each case under each regime it asks, in order."""
    for stated in cases:
        facts = (*_given(stated), *_settled(stated, packs.vocabulary))
        case = Case(
            act=stated.act,
            task=stated.task,
            body=stated.body,
            on=stated.on,
            acquired=stated.acquired,
            known_on=stated.known_on,
        )
        for regime in _regimes(stated, packs):
            found = determine(regime, facts, case, on=stated.on)
            yield Decision(case=stated.id, determination=found)


def _regimes(stated: StatedCase, packs: LawPacks) -> list[Regime]:
    names = stated.regimes or tuple(packs.regimes)
    return [read for name in names for read in packs.regimes[name].in_each_reading()]


def _given(stated: StatedCase) -> Iterator[Fact]:
    for key, value in stated.facts.items():
        if isinstance(value, str):
            said = Assertion(fact=FactKey(key), value=value, voice=Voice.BODY, by="case file")
            yield Fact(key=FactKey(key), value=value, assertions=(said,))


def _settled(stated: StatedCase, vocabulary: Vocabulary) -> tuple[Fact, ...]:
    assertions = (
        Assertion(
            fact=FactKey(key), value=one.value, voice=one.voice, by=one.by, made_on=one.made_on
        )
        for key, value in stated.facts.items()
        for one in _voices(value)
    )
    return settle_facts(assertions, vocabulary, known_on=stated.known_on)


def _voices(value: str | StatedFact | tuple[StatedFact, ...]) -> tuple[StatedFact, ...]:
    if isinstance(value, str):
        return ()
    return (value,) if isinstance(value, StatedFact) else value


def _check(
    stated: StatedCase, path: tuple[str | int, ...], places: Places, packs: LawPacks
) -> None:
    words = {"act": stated.act, "task": stated.task, "body": stated.body}
    for key, value in words.items():
        if value is not None:
            where = places.where(*path, key)
            check_fact(key, value, packs.vocabulary, where=where, error=UsageError)
    for key, said in stated.facts.items():
        where = places.where(*path, "facts", key)
        for one in (said,) if isinstance(said, str) else (v.value for v in _voices(said)):
            check_fact(key, one, packs.vocabulary, where=where, error=UsageError)
    for i, name in enumerate(stated.regimes):
        if name not in packs.regimes:
            raise unknown_regime(name, packs, places.where(*path, "regimes", i))
