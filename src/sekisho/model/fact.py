"""Statements in the vocabulary of the law, and what they rest on."""

from __future__ import annotations

from datetime import date

import msgspec

from sekisho.model.observation import Voice
from sekisho.model.units import FactKey, ObservationId


class Assertion(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody says a fact has a value. Several may speak on one fact, and disagree.

    `value` is the canonical text of the fact's type: `true`/`false`, a word, an ISO date, a
    number, a country code. `by` names the analyzer, list or person.
    """

    fact: FactKey
    value: str
    voice: Voice
    by: str
    rests_on: tuple[ObservationId, ...] = ()
    made_on: date | None = None


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as settled by the fact policy.

    `value` is `None` when unknown. A fact on which admitted voices contradict each other is
    `disputed`, and unknown: there is no silent vote. `set_aside` are assertions of voices whose
    word does not count for this fact; they are kept so that a reader sees them.
    """

    key: FactKey
    value: str | None
    assertions: tuple[Assertion, ...] = ()
    set_aside: tuple[Assertion, ...] = ()
    disputed: bool = False
