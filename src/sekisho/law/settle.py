"""The fact policy: whose word settles a fact, and what happens when voices disagree."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sekisho.law.vocabulary import FactEntry, Vocabulary
from sekisho.model.fact import Assertion, Fact
from sekisho.model.units import FactKey


def settle_facts(
    assertions: Iterable[Assertion], vocabulary: Vocabulary, *, known_on: date | None = None
) -> tuple[Fact, ...]:
    """Settle each fact that somebody speaks on, by the `settled_by` of the vocabulary.

    A fact has a value when every admitted voice gives the same one. When admitted voices
    contradict each other it is disputed and stays unknown. Voices that are not admitted are set
    aside and kept. Assertions on facts outside the vocabulary are dropped: the analyzer that read
    them has said so in a `Problem`.

    Args:
        assertions: of every voice.
        vocabulary: the fact policy.
        known_on: the day as of which to answer; what was said later is not known. Assertions
            without a day count as always known.

    Returns:
        The facts, by key.
    """
    spoken: dict[FactKey, list[Assertion]] = {}
    for assertion in assertions:
        if known_on is not None and assertion.made_on is not None and assertion.made_on > known_on:
            continue
        spoken.setdefault(assertion.fact, []).append(assertion)
    return tuple(
        _settle(key, spoken[key], entry)
        for key in sorted(spoken)
        if (entry := vocabulary.find(key)) is not None
    )


def _settle(key: FactKey, spoken: list[Assertion], entry: FactEntry) -> Fact:
    admitted = [a for a in spoken if a.voice in entry.settled_by and entry.accepts(a.value)]
    values = {assertion.value for assertion in admitted}
    return Fact(
        key=key,
        value=values.pop() if len(values) == 1 else None,
        assertions=tuple(admitted),
        set_aside=tuple(a for a in spoken if a not in admitted),
        disputed=len({a.value for a in admitted}) > 1,
    )
