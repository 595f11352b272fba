"""The answer of one regime for one case, with its proof."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import msgspec

from sekisho.model.case import Case
from sekisho.model.fact import Fact
from sekisho.model.truth import Truth
from sekisho.model.units import FactKey, Sha256
from sekisho.model.words import Text, Words


class Outcome(StrEnum):
    """What the law says, strictest first."""

    PROHIBITED = "prohibited"
    UNDETERMINED = "undetermined"
    CONDITIONAL = "conditional"
    PERMITTED = "permitted"
    NOT_APPLICABLE = "not_applicable"


def strictest(outcomes: Iterable[Outcome]) -> Outcome:
    """The strictest of several outcomes; undetermined when no regime was asked."""
    order = list(Outcome)
    return min(outcomes, key=order.index, default=Outcome.UNDETERMINED)


class Effect(StrEnum):
    """What the body may lawfully do today, by the clauses' burden of proof."""

    MAY_NOT = "may_not"
    MAY_NOT_UNTIL_SHOWN = "may_not_until_shown"
    UNSETTLED = "unsettled"
    MAY_UNDER_CONDITIONS = "may_under_conditions"
    MAY = "may"


class Confidence(StrEnum):
    """How the words or number of a clause are known: read, reported, or remembered only."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    UNVERIFIED = "unverified"


class ClauseKind(StrEnum):
    """What a clause does."""

    SCOPE = "scope"
    PROHIBIT = "prohibit"
    REQUIRE = "require"
    EXCEPT = "except"
    OBLIGE = "oblige"
    CONDITION = "condition"


class Citation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the clause stands, how surely that is known, and where it was read."""

    text: Text
    confidence: Confidence
    sources: tuple[str, ...] = ()
    note: Words | None = None


class ClauseValue(msgspec.Struct, frozen=True, kw_only=True):
    """A clause with its value for the case: whether its rule holds, exceptions counted in.

    A clause not in force on the law date has the value false. For `require` the value says
    whether the requirement is breached.
    """

    id: str
    kind: ClauseKind
    value: Truth
    in_force: bool
    words: Words
    citation: Citation
    since: date | None = None
    until: date | None = None


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that is not known, and what it would have to be.

    `relation` is one of `is`, `is not`, `in`, `not in`, `<`, `<=`, `>`, `>=`; `operands` are what
    it is compared with. `question` puts it to a person, `shown_by` names kinds of evidence,
    `decided_by` who decides where it is a matter of discretion. `cost` is that of the cheapest
    evidence, in days of work. A member called `?` is one not seen so far.
    """

    fact: FactKey
    relation: str
    operands: tuple[str, ...]
    question: Words
    shown_by: tuple[str, ...] = ()
    decided_by: Words | None = None
    cost: int = 0


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """Least sets of facts that would settle the answer, cheapest first; capped in number."""

    to_permit: tuple[tuple[Need, ...], ...] = ()
    to_prohibit: tuple[tuple[Need, ...], ...] = ()


class Alteration(msgspec.Struct, frozen=True, kw_only=True):
    """A known fact that is the body's to change, and what it would have to become."""

    fact: FactKey
    value: str
    relation: str
    operands: tuple[str, ...]
    words: Words
    cost: int


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """The least change that would lift a prohibition: what to alter, and what to show besides."""

    alterations: tuple[Alteration, ...]
    needs: tuple[Need, ...] = ()
    cost: int = 0


class Obligation(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be done where the clause applies, and by when.

    `due` is `None` when the law names no day or the fact it counts from is not known. `applies`
    is unknown while it is open whether the clause does.
    """

    clause: str
    words: Words
    applies: Truth
    due: date | None = None


class Determination(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of one regime for one case.

    `because` is a least set of facts that suffices for outcome and effect: forgetting any other
    changes nothing, and with any one of them unknown the answer would be another or, while the
    outcome is open, rest on another clause. `deciding` names the clauses the answer turns on.
    `binds` says whether the regime binds the case at all; an `advisory` one binds nobody.
    `reading` names the reading taken where the sources of the regime conflict.

    `gaps` say what is not known of the regime's own text.
    """

    regime: str
    title: Words
    digest: Sha256
    case: Case
    outcome: Outcome
    effect_now: Effect
    binds: Truth
    clauses: tuple[ClauseValue, ...]
    deciding: tuple[str, ...] = ()
    because: tuple[Fact, ...] = ()
    missing: Missing = Missing()
    change: Change | None = None
    conditions: tuple[Words, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    disputed: tuple[FactKey, ...] = ()
    gaps: tuple[Words, ...] = ()
    reading: str | None = None
    advisory: bool = False
