"""Parties compared with dated lists, by exact name or recorded alias.

A hit is firm; a miss is weak, since other spellings and scripts are not found. So "not listed" is
said only of a maker whose name is known and not in doubt, and a limit says how it was compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from sekisho.model.assessment import Controller, ListMatch
from sekisho.model.fact import Assertion
from sekisho.model.observation import Component, Observation, Voice
from sekisho.model.problem import Message
from sekisho.model.units import FactKey, ObservationId
from sekisho.origin.lists import Alias, ListEdition, ListEntry, edition_on, index_names
from sekisho.origin.names import name_key
from sekisho.origin.parties import Named, Signer

LISTS = ("us_1260h", "us_889", "us_consolidated_screening", "us_entity_list", "us_fasc_asda")
"""The lists that the vocabulary has a fact `listed.<list>` for."""

REACHES_AFFILIATES = frozenset({"us_889"})
"""Lists that by their words take in subsidiaries and affiliates of those named.

Section 889(f)(3) of Public Law 115-232.
"""


class Screening(msgspec.Struct, frozen=True, kw_only=True):
    """What the lists say, and how far that reaches."""

    matches: tuple[ListMatch, ...] = ()
    assertions: tuple[Assertion, ...] = ()
    lists_asked: tuple[str, ...] = ()
    lists_without_edition: tuple[str, ...] = ()
    limits: tuple[Message, ...] = ()


def gather_parties(
    makers: Iterable[Named],
    controllers: Iterable[Controller],
    signers: Iterable[Signer],
    observations: Mapping[ObservationId, Observation],
) -> tuple[Named, ...]:
    """All parties to compare with the lists, each name once in each role."""
    parties = list(makers)
    parties += [Named(name=one.name, role="owner", rests_on=one.rests_on) for one in controllers]
    parties += [
        Named(name=signer.organisation, role="signer", rests_on=(signer.seen,))
        for signer in signers
        if signer.organisation
    ]
    parties += [
        Named(name=part.maker, role="component_maker", rests_on=(seen_id,))
        for seen_id, part in sorted(observations.items())
        if isinstance(part, Component) and part.maker
    ]
    merged: dict[tuple[str, str], Named] = {}
    for party in parties:
        key = (party.role, name_key(party.name))
        known = merged.setdefault(key, msgspec.structs.replace(party, rests_on=()))
        merged[key] = msgspec.structs.replace(known, rests_on=known.rests_on + party.rests_on)
    return tuple(merged.values())


def screen_parties(
    parties: Sequence[Named],
    editions: Sequence[ListEdition],
    aliases: Sequence[Alias],
    on: date | None,
    *,
    maker_in_doubt: bool,
) -> Screening:
    """Compare parties with the editions that hold on the day.

    Args:
        parties: with their roles.
        editions: all that are loaded.
        aliases: recorded for the lists.
        on: the law date.
        maker_in_doubt: whether the evidence disagrees on who made the article; then nobody is
            said not to be listed.
    """
    whole = Screening()
    for list_id in LISTS:
        edition = edition_on(list_id, on, editions)
        if edition is None:
            without = (*whole.lists_without_edition, list_id)
            whole = msgspec.structs.replace(whole, lists_without_edition=without)
        else:
            index = index_names(edition, aliases)
            one = _screen_one(edition, index, parties, maker_in_doubt=maker_in_doubt)
            whole = msgspec.structs.replace(
                one,
                matches=whole.matches + one.matches,
                assertions=whole.assertions + one.assertions,
                lists_asked=whole.lists_asked + one.lists_asked,
                lists_without_edition=whole.lists_without_edition,
                limits=whole.limits + one.limits,
            )
    return whole


def _screen_one(
    edition: ListEdition,
    index: Mapping[str, ListEntry],
    parties: Sequence[Named],
    *,
    maker_in_doubt: bool,
) -> Screening:
    matches = tuple(
        ListMatch(
            party=party.name,
            list_id=edition.list_id,
            entry=entry.name,
            edition=edition.edition,
            source=entry.source,
            rests_on=party.rests_on,
            role=party.role,
        )
        for party in parties
        if (entry := index.get(name_key(party.name))) is not None
    )
    makers = [party for party in parties if party.role == "maker"]
    value, rests_on, limit = _conclude(edition, matches, makers, maker_in_doubt=maker_in_doubt)
    return Screening(
        matches=matches,
        assertions=_listed(edition, value, rests_on),
        lists_asked=(edition.title(),),
        limits=(limit,) if limit else (),
    )


def _listed(
    edition: ListEdition, value: str | None, rests_on: tuple[ObservationId, ...]
) -> tuple[Assertion, ...]:
    if value is None:
        return ()
    return (
        Assertion(
            fact=FactKey(f"listed.{edition.list_id}"),
            value=value,
            voice=Voice.RECORD,
            by=edition.title(),
            rests_on=rests_on,
        ),
    )


def _conclude(
    edition: ListEdition,
    matches: Sequence[ListMatch],
    makers: Sequence[Named],
    *,
    maker_in_doubt: bool,
) -> tuple[str | None, tuple[ObservationId, ...], Message | None]:
    """The value of the fact (`None`: unknown), what it rests on, and how far it reaches."""
    details = {"list": edition.title()}
    hit = _first(matches, "maker")
    if hit is not None:
        return "true", hit.rests_on, None
    owner = _first(matches, "owner")
    if owner is not None:
        details["owner"] = owner.party
        if edition.list_id in REACHES_AFFILIATES:
            return "true", owner.rests_on, Message("SEK-P731", details)
        return None, (), Message("SEK-P732", details)
    if not makers:
        return None, (), Message("SEK-P734", details)
    details["maker"] = ", ".join(maker.name for maker in makers)
    if maker_in_doubt:
        return None, (), Message("SEK-P733", details)
    rests_on = tuple(seen_id for maker in makers for seen_id in maker.rests_on)
    return "false", rests_on, Message("SEK-P730", details)


def _first(matches: Iterable[ListMatch], role: str) -> ListMatch | None:
    return next((match for match in matches if match.role == role), None)
