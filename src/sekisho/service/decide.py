"""The law alone, on stated facts."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import date

import msgspec

from sekisho.errors import UsageError
from sekisho.law.determine import determine
from sekisho.law.regime import Regime
from sekisho.model.case import Case
from sekisho.model.determination import Determination
from sekisho.model.fact import Assertion, Fact
from sekisho.model.observation import Voice
from sekisho.model.units import FactKey
from sekisho.service.case_check import check_fact
from sekisho.service.packs import LawPacks
from sekisho.strict_yaml import Places, decode_placed


class StatedCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One case of a case file: who does what, on which day, and the facts taken as given.

    `regimes` names those to ask; all when it is empty.
    """

    id: str
    on: date
    act: str | None = None
    task: str | None = None
    body: str | None = None
    acquired: date | None = None
    regimes: tuple[str, ...] = ()
    facts: dict[str, str] = {}


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
    for i, stated in enumerate(loaded.cases):
        _check(stated, ("cases", i), places, packs)
    return loaded.cases


def decide_cases(cases: tuple[StatedCase, ...], packs: LawPacks) -> Iterator[Decision]:
    """Decide each case under each regime it asks, in order."""
    for stated in cases:
        facts = _facts(stated)
        case = Case(
            act=stated.act,
            task=stated.task,
            body=stated.body,
            on=stated.on,
            acquired=stated.acquired,
        )
        for regime in _regimes(stated, packs):
            found = determine(regime, facts, case, on=stated.on)
            yield Decision(case=stated.id, determination=found)


def _regimes(stated: StatedCase, packs: LawPacks) -> list[Regime]:
    names = stated.regimes or tuple(packs.regimes)
    return [read for name in names for read in packs.regimes[name].in_each_reading()]


def _facts(stated: StatedCase) -> tuple[Fact, ...]:
    return tuple(
        Fact(
            key=FactKey(key),
            value=value,
            assertions=(
                Assertion(fact=FactKey(key), value=value, voice=Voice.BODY, by="case file"),
            ),
        )
        for key, value in stated.facts.items()
    )


def _check(
    stated: StatedCase, path: tuple[str | int, ...], places: Places, packs: LawPacks
) -> None:
    words = {"act": stated.act, "task": stated.task, "body": stated.body}
    for key, value in words.items():
        if value is not None:
            where = places.where(*path, key)
            check_fact(key, value, packs.vocabulary, where=where, error=UsageError)
    for key, value in stated.facts.items():
        where = places.where(*path, "facts", key)
        check_fact(key, value, packs.vocabulary, where=where, error=UsageError)
    for i, name in enumerate(stated.regimes):
        if name not in packs.regimes:
            near = difflib.get_close_matches(name, list(packs.regimes), n=1, cutoff=0.3)
            raise UsageError(
                "SEK-E004",
                f"there is no regime '{name}'",
                why=f"known regimes: {', '.join(packs.regimes)}",
                next_step=f"did you mean '{near[0]}'?" if near else "use one of these",
                where=places.where(*path, "regimes", i),
            )
