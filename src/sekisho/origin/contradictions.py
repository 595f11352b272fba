"""Where what was declared and what documents or bytes show do not agree.

A contradiction proves nothing by itself: an app may be signed by a contractor, a parent may sit
abroad. It tells a reader where to ask, and keeps "not listed" from being said of a doubtful maker.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from sekisho.model.assessment import Contradiction, Controller
from sekisho.model.observation import Claim, Component, Observation, PartKind, PartsListing, Voice
from sekisho.model.problem import Message
from sekisho.model.units import CountryCode, ObservationId
from sekisho.origin.components import Joined, says_all
from sekisho.origin.names import name_key
from sekisho.origin.owners import Holdings
from sekisho.origin.parties import Named, Signer, voice_of

DOMICILE = "maker.domicile"
MADE_IN = "article.made_in"

_TELLING_PARTS = frozenset(
    {
        PartKind.AIRFRAME,
        PartKind.FLIGHT_CONTROLLER,
        PartKind.GROUND_CONTROL_SYSTEM,
        PartKind.OPERATING_SOFTWARE,
    }
)
"""Parts whose origin bears on where the article itself was made."""

Claims = Sequence[tuple[ObservationId, Claim]]


class Origins(msgspec.Struct, frozen=True, kw_only=True):
    """All that is compared."""

    observations: Mapping[ObservationId, Observation]
    makers: tuple[Named, ...]
    signers: tuple[Signer, ...]
    controllers: tuple[Controller, ...]
    holdings: Holdings
    joined: Joined


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """The contradictions, and those that no single declaration stands behind.

    `maker_in_doubt` is true when an app names another organisation than the declared maker.
    """

    contradictions: tuple[Contradiction, ...]
    limits: tuple[Message, ...]
    maker_in_doubt: bool


def find_contradictions(origins: Origins) -> Disagreement:
    """Compare declarations with ownership records, certificates and parts documents."""
    claims = [
        (seen_id, seen)
        for seen_id, seen in sorted(origins.observations.items())
        if isinstance(seen, Claim)
    ]
    strangers = tuple(_strange_signers(origins))
    declared = _declaration(claims, origins.makers)
    found = [
        *_against_control(claims, origins.controllers),
        *_against_records(claims, origins),
        *_against_signers(claims, origins.signers),
        *_against_parts(claims, origins.observations),
        *_against_listings(origins),
    ]
    messages = [_stranger(signer, origins.makers) for signer in strangers]
    if declared is not None:
        found += [
            Contradiction(claim=declared, against=(signer.seen,), what=message)
            for signer, message in zip(strangers, messages, strict=True)
        ]
        messages = []
    return Disagreement(
        contradictions=tuple(found), limits=tuple(messages), maker_in_doubt=bool(strangers)
    )


def _of(claims: Claims, fact: str) -> Iterator[tuple[ObservationId, Claim]]:
    return ((seen_id, claim) for seen_id, claim in claims if claim.fact == fact)


def _against_control(claims: Claims, controllers: Iterable[Controller]) -> Iterator[Contradiction]:
    """Declared at home, controlled from elsewhere."""
    for seen_id, claim in _of(claims, DOMICILE):
        for controller in controllers:
            if controller.country is not None and controller.country != claim.value:
                details = {
                    "declared": claim.value,
                    "owner": controller.name,
                    "country": controller.country,
                    "share": f"{controller.share * 100:.1f}",
                }
                yield Contradiction(
                    claim=seen_id, against=controller.rests_on, what=Message("SEK-P740", details)
                )


def _against_records(claims: Claims, origins: Origins) -> Iterator[Contradiction]:
    """Declared in one country, recorded in another."""
    nodes = {origins.holdings.find(maker.name) for maker in origins.makers} - {None}
    told = [
        (country, seen_ids)
        for node in sorted(node for node in nodes if node is not None)
        for country, seen_ids in sorted(origins.holdings.countries.get(node, {}).items())
    ]
    for seen_id, claim in _of(claims, DOMICILE):
        for country, against in told:
            if country != claim.value:
                details = {"declared": claim.value, "country": country}
                yield Contradiction(
                    claim=seen_id, against=against, what=Message("SEK-P741", details)
                )


def _strange_signers(origins: Origins) -> Iterator[Signer]:
    makers = {name_key(maker.name) for maker in origins.makers}
    for signer in origins.signers:
        key = name_key(signer.organisation or "")
        if key and makers and key not in makers:
            yield signer


def _stranger(signer: Signer, makers: Sequence[Named]) -> Message:
    names = ", ".join(maker.name for maker in makers)
    return Message("SEK-P742", {"signer": signer.organisation or "", "maker": names})


def _declaration(claims: Claims, makers: Iterable[Named]) -> ObservationId | None:
    """The declaration that names the maker, or the maker's own on where it is or makes."""
    for maker in makers:
        if maker.rests_on:
            return maker.rests_on[0]
    own = [pair for fact in (DOMICILE, MADE_IN) for pair in _of(claims, fact)]
    return next((seen_id for seen_id, claim in own if claim.voice is Voice.MAKER), None)


def _against_signers(claims: Claims, signers: Iterable[Signer]) -> Iterator[Contradiction]:
    """Declared in one country, signed for by a party in another."""
    for signer in signers:
        for fact in (DOMICILE, MADE_IN):
            for seen_id, claim in _of(claims, fact):
                if signer.country is not None and signer.country != claim.value:
                    details = {
                        "fact": fact,
                        "declared": claim.value,
                        "country": signer.country,
                        "signer": signer.organisation or "",
                    }
                    yield Contradiction(
                        claim=seen_id, against=(signer.seen,), what=Message("SEK-P743", details)
                    )


def _against_parts(
    claims: Claims, observations: Mapping[ObservationId, Observation]
) -> Iterator[Contradiction]:
    """Declared made in one country, with the parts that tell most made in another."""
    elsewhere: dict[CountryCode, list[tuple[ObservationId, str]]] = {}
    for seen_id, part in sorted(observations.items()):
        if isinstance(part, Component) and part.made_in and part.kind in _TELLING_PARTS:
            elsewhere.setdefault(part.made_in, []).append((seen_id, part.name))
    for seen_id, claim in _of(claims, MADE_IN):
        for country, parts in sorted(elsewhere.items()):
            if country != claim.value:
                details = {
                    "declared": claim.value,
                    "country": country,
                    "parts": ", ".join(sorted({name for _, name in parts})),
                }
                against = tuple(part_id for part_id, _ in parts)
                yield Contradiction(
                    claim=seen_id, against=against, what=Message("SEK-P744", details)
                )


def _against_listings(origins: Origins) -> Iterator[Contradiction]:
    """A list that calls itself complete, with a third party's software in the app and not on it."""
    unlisted = list(_unlisted(origins))
    names = ", ".join(sorted({part.name for _, part in unlisted}))
    for seen_id, listing in sorted(origins.observations.items()):
        if unlisted and isinstance(listing, PartsListing) and says_all(listing):
            yield Contradiction(
                claim=seen_id,
                against=tuple(part_id for part_id, _ in unlisted),
                what=Message("SEK-P745", {"parts": names}),
            )


def _unlisted(origins: Origins) -> Iterator[tuple[ObservationId, Component]]:
    makers = {name_key(maker.name) for maker in origins.makers}
    listed = {
        name_key(part.name)
        for parts in origins.joined.values()
        for _, part in parts
        if _is_listed(part)
    }
    for parts in origins.joined.values():
        if any(_is_listed(part) or name_key(part.name) in listed for _, part in parts):
            continue
        for seen_id, part in parts:
            if part.maker and name_key(part.maker) not in makers:
                yield seen_id, part


def _is_listed(part: Component) -> bool:
    return voice_of(part.analyzer) is not Voice.OBSERVED
