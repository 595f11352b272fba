"""What the origin test and the leak test concluded, before the law is asked."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from sekisho.model.problem import Message
from sekisho.model.truth import Truth
from sekisho.model.units import CountryCode, ObservationId, Sha256
from sekisho.model.words import Words


class CountryOpinion(msgspec.Struct, frozen=True, kw_only=True):
    """That one source places something in a country, as of a date."""

    country: CountryCode
    source: str
    as_of: date | None = None


class KnownRecipient(msgspec.Struct, frozen=True, kw_only=True):
    """A recipient with what is known of it; countries are opinions, never one code.

    `party` and `owner` come from the host table, `owner_country` is where the owner is domiciled
    (not where the address is). `named_by_body` is true when the body itself named the recipient
    as its own. `reach` says how far the address reaches: `global`, `private`, `link_local`, ...
    """

    name: str
    registered_domain: str | None = None
    address: str | None = None
    party: str | None = None
    owner: str | None = None
    owner_country: CountryOpinion | None = None
    countries: tuple[CountryOpinion, ...] = ()
    named_by_body: bool = False
    reach: str | None = None


class Judgement(StrEnum):
    """How a flow stands to the need of the task."""

    EXCEEDS = "exceeds"
    UNDECIDED = "undecided"
    NEEDED = "needed"


class JudgedFlow(msgspec.Struct, frozen=True, kw_only=True):
    """A flow weighed against the need profile: the rule that allows it, or why it exceeds.

    `allowed_by` is the rule of the profile, by its id. `corroborated_by` are observations from
    other evidence that show the same recipient.
    """

    flow: ObservationId
    recipient: KnownRecipient
    judgement: Judgement
    reasons: tuple[Message, ...]
    allowed_by: str | None = None
    corroborated_by: tuple[ObservationId, ...] = ()


class OwedTest(msgspec.Struct, frozen=True, kw_only=True):
    """A test that the need profile asks for: what, how much, and how much there is.

    `owed` is false once it was done. `unit` names what `wanted` and `done` count. `words` are
    the profile's own words for the test, where it has any.
    """

    id: str
    what: Message
    wanted: float
    done: float
    unit: str
    owed: bool
    words: Words | None = None


class Contradiction(msgspec.Struct, frozen=True, kw_only=True):
    """That what was declared and what was observed do not agree."""

    claim: ObservationId
    against: tuple[ObservationId, ...]
    what: Message


class LeakAssessment(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to "does data leak?" for a task, with its reasons and the test plan.

    `leaks` is true when a flow that exceeds the need was observed, false only when the test
    plan is met, nothing exceeds and nothing stands in the way; else unknown. `in_the_way` says
    what keeps the answer from "no". `rules` are the words of the profile's rules by id, `title`
    those of the profile.
    """

    task: str | None
    profile: str | None
    profile_digest: Sha256 | None
    leaks: Truth
    flows: tuple[JudgedFlow, ...] = ()
    test_plan: tuple[OwedTest, ...] = ()
    in_the_way: tuple[Message, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    title: Words | None = None
    rules: dict[str, Words] = {}


class ListMatch(msgspec.Struct, frozen=True, kw_only=True):
    """That a party's name is an entry, or a recorded alias of one, of a dated list.

    `role` is the party's part in the article: `maker`, `owner` (one that controls the maker),
    `component_maker` or `signer` (of the app).
    """

    party: str
    list_id: str
    entry: str
    edition: date
    source: str
    rests_on: tuple[ObservationId, ...] = ()
    role: str = "maker"


class Controller(msgspec.Struct, frozen=True, kw_only=True):
    """A party that holds more than half of the maker, itself or through those it controls.

    `share` is what it and those it controls hold of the maker (0 to 1); `country` is `None`
    when the records do not say or do not agree.
    """

    name: str
    share: float
    country: CountryCode | None = None
    rests_on: tuple[ObservationId, ...] = ()


class OriginAssessment(msgspec.Struct, frozen=True, kw_only=True):
    """Who made it, from what, and which lists name them.

    `lists_asked` are the list editions used for the law date; a list without an edition for the
    date is in `lists_without_edition`, and its facts stay unknown. `limits` say how far the
    answers reach, e.g. that only exact names were compared.
    """

    parts_known: int = 0
    parts_complete: Truth = Truth.UNKNOWN
    matches: tuple[ListMatch, ...] = ()
    lists_asked: tuple[str, ...] = ()
    lists_without_edition: tuple[str, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    controllers: tuple[Controller, ...] = ()
    limits: tuple[Message, ...] = ()
