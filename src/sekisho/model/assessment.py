"""What the origin test and the leak test concluded, before the law is asked."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from sekisho.model.problem import Message
from sekisho.model.truth import Truth
from sekisho.model.units import CountryCode, ObservationId, Sha256


class CountryOpinion(msgspec.Struct, frozen=True, kw_only=True):
    """That one source places something in a country, as of a date."""

    country: CountryCode
    source: str
    as_of: date | None = None


class KnownRecipient(msgspec.Struct, frozen=True, kw_only=True):
    """A recipient with what is known of it; countries are opinions, never one code.

    `party` and `owner` come from the host table; `named_by_body` is true when the body itself
    named the recipient as its own.
    """

    name: str
    registered_domain: str | None = None
    address: str | None = None
    party: str | None = None
    owner: str | None = None
    countries: tuple[CountryOpinion, ...] = ()
    named_by_body: bool = False


class Judgement(StrEnum):
    """How a flow stands to the need of the task."""

    EXCEEDS = "exceeds"
    UNDECIDED = "undecided"
    NEEDED = "needed"


class JudgedFlow(msgspec.Struct, frozen=True, kw_only=True):
    """A flow weighed against the need profile: the rule that allows it, or why it exceeds."""

    flow: ObservationId
    recipient: KnownRecipient
    judgement: Judgement
    reasons: tuple[Message, ...]
    allowed_by: str | None = None


class OwedTest(msgspec.Struct, frozen=True, kw_only=True):
    """A test that the need profile asks for: what, how much, and how much there is.

    `owed` is false once it was done. `unit` names what `wanted` and `done` count.
    """

    id: str
    what: Message
    wanted: float
    done: float
    unit: str
    owed: bool


class LeakAssessment(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to "does data leak?" for a task, with its reasons and the test plan.

    `leaks` is true when a flow that exceeds the need was observed, false only when the test
    plan is met, nothing exceeds and nothing stands in the way; else unknown. `in_the_way` says
    what keeps the answer from "no".
    """

    task: str | None
    profile: str | None
    profile_digest: Sha256 | None
    leaks: Truth
    flows: tuple[JudgedFlow, ...] = ()
    test_plan: tuple[OwedTest, ...] = ()
    in_the_way: tuple[Message, ...] = ()


class ListMatch(msgspec.Struct, frozen=True, kw_only=True):
    """That a party's name is an entry, or a recorded alias of one, of a dated list."""

    party: str
    list_id: str
    entry: str
    edition: date
    source: str
    rests_on: tuple[ObservationId, ...] = ()


class Contradiction(msgspec.Struct, frozen=True, kw_only=True):
    """That what was declared and what was observed do not agree."""

    claim: ObservationId
    against: tuple[ObservationId, ...]
    what: Message


class OriginAssessment(msgspec.Struct, frozen=True, kw_only=True):
    """Who made it, from what, and which lists name them.

    `lists_asked` are the list editions used for the law date; a list without an edition for the
    date is in `lists_without_edition`, and its facts stay unknown.
    """

    parts_known: int = 0
    parts_complete: Truth = Truth.UNKNOWN
    matches: tuple[ListMatch, ...] = ()
    lists_asked: tuple[str, ...] = ()
    lists_without_edition: tuple[str, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
