"""The origin test: what declarations, documents and lists say on who made the article.

It takes no side: each source's word becomes an assertion in that source's voice, and the fact
policy of the law settles them. What does not agree is shown as a contradiction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from sekisho.model.assessment import OriginAssessment
from sekisho.model.dossier import Article
from sekisho.model.fact import Assertion
from sekisho.model.observation import Claim, Observation, Party, Voice
from sekisho.model.units import FactKey, ObservationId
from sekisho.origin.components import (
    assert_complete,
    assert_components,
    join_components,
    parts_complete,
)
from sekisho.origin.contradictions import DOMICILE, Origins, find_contradictions
from sekisho.origin.lists import Alias, ListEdition
from sekisho.origin.owners import Holdings, determine_control, gather_holdings
from sekisho.origin.parties import MAKER, Named, find_makers, find_signers, voice_of
from sekisho.origin.screening import gather_parties, screen_parties

ID = "origin.assess/1"


def assess_origin(
    *,
    observations: Mapping[ObservationId, Observation],
    article: Article,
    editions: Sequence[ListEdition],
    aliases: Sequence[Alias],
    on: date | None,
) -> tuple[OriginAssessment, tuple[Assertion, ...]]:
    """Say who made the article, from what, and which lists name them.

    Args:
        observations: of all analyzers, by id.
        article: as the dossier names it.
        editions: the list editions that are loaded.
        aliases: recorded for entries of the lists.
        on: the law date; without it no list has an edition.

    Returns:
        The assessment, and the assertions of every source, in a fixed order.
    """
    makers = find_makers(article, observations)
    signers = find_signers(observations)
    holdings = gather_holdings(observations, on)
    control = determine_control(makers, holdings)
    joined = join_components(observations)
    disagreement = find_contradictions(
        Origins(
            observations=observations,
            makers=makers,
            signers=signers,
            controllers=control.controllers,
            holdings=holdings,
            joined=joined,
        )
    )
    parties = gather_parties(makers, control.controllers, signers, observations)
    screening = screen_parties(
        parties, editions, aliases, on, maker_in_doubt=disagreement.maker_in_doubt
    )
    completeness = tuple(assert_complete(observations))
    assertions = _merge(
        (
            *_assert_claims(observations),
            *_assert_parties(observations),
            *_assert_records(makers, holdings),
            *assert_components(joined),
            *completeness,
            *screening.assertions,
        )
    )
    assessment = OriginAssessment(
        parts_known=len(joined),
        parts_complete=parts_complete(completeness),
        matches=screening.matches,
        lists_asked=screening.lists_asked,
        lists_without_edition=screening.lists_without_edition,
        contradictions=disagreement.contradictions,
        controllers=control.controllers,
        limits=control.limits + disagreement.limits + screening.limits,
    )
    return assessment, assertions


def _assert_claims(observations: Mapping[ObservationId, Observation]) -> Iterator[Assertion]:
    """Each claim in its own voice."""
    for seen_id, seen in sorted(observations.items()):
        if isinstance(seen, Claim):
            yield Assertion(
                fact=FactKey(seen.fact),
                value=seen.value,
                voice=seen.voice,
                by=seen.by,
                rests_on=(seen_id,),
                made_on=seen.made_on,
            )


def _assert_parties(observations: Mapping[ObservationId, Observation]) -> Iterator[Assertion]:
    """The maker's country where a document names the maker with it."""
    for seen_id, seen in sorted(observations.items()):
        if isinstance(seen, Party) and seen.role == MAKER and seen.country is not None:
            yield Assertion(
                fact=FactKey(DOMICILE),
                value=seen.country,
                voice=voice_of(seen.analyzer),
                by=seen.analyzer,
                rests_on=(seen_id,),
            )


def _assert_records(makers: Iterable[Named], holdings: Holdings) -> Iterator[Assertion]:
    """The maker's country as ownership records have it."""
    nodes = {node for maker in makers if (node := holdings.find(maker.name)) is not None}
    for node in sorted(nodes):
        for country, seen_ids in sorted(holdings.countries.get(node, {}).items()):
            yield Assertion(
                fact=FactKey(DOMICILE),
                value=country,
                voice=Voice.RECORD,
                by=ID,
                rests_on=seen_ids,
            )


def _merge(assertions: Iterable[Assertion]) -> tuple[Assertion, ...]:
    """The same word of the same source once, resting on all that it was read from."""
    merged: dict[tuple[str, str, Voice, str, date | None], Assertion] = {}
    for one in assertions:
        key = (one.fact, one.value, one.voice, one.by, one.made_on)
        known = merged.setdefault(key, one)
        rests_on = tuple(dict.fromkeys(known.rests_on + one.rests_on))
        merged[key] = msgspec.structs.replace(known, rests_on=rests_on)
    return tuple(merged.values())
