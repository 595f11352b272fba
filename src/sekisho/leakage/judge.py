"""Each flow weighed against the need profile: needed, exceeds the need, or undecided.

An observed flow that no rule fits exceeds the need. Two are never a leak by themselves, and are
undecided where no rule allows them: a possible flow (code that could make it), and a connection
that was tried or opened without anything being sent in it.
"""

from __future__ import annotations

from collections.abc import Mapping

from sekisho.leakage.address import Reach
from sekisho.leakage.needs import NeedProfile, NeedRule, RecipientKind
from sekisho.leakage.recipients import Placed
from sekisho.model.assessment import CountryOpinion, JudgedFlow, Judgement
from sekisho.model.evidence import Phase
from sekisho.model.flow import DataCategory, KnownValue, Modality, Protection
from sekisho.model.observation import Flow
from sekisho.model.problem import Message
from sekisho.model.units import ObservationId


def judge_flow(
    name: ObservationId,
    flow: Flow,
    placed: Placed,
    profile: NeedProfile | None,
    *,
    phase: Phase | None,
    site: str | None,
    values: Mapping[str, KnownValue],
    corroborated_by: tuple[ObservationId, ...] = (),
) -> JudgedFlow:
    """Weigh one flow.

    Args:
        name: of the flow.
        flow: the flow.
        placed: its recipient as known.
        profile: of the task; without one every flow is undecided.
        phase: in which it was captured.
        site: the country (ISO 3166-1) it was captured in, where known.
        values: the known values by name, for the categories of those the flow carried.
        corroborated_by: observations in other evidence of the same recipient.
    """
    categories = _categories(flow, values)
    rule, judgement = _verdict(flow, placed, profile, categories, phase)
    reasons = _REASONERS[judgement](flow, placed, categories, rule)
    if profile is None:
        reasons = (Message("SEK-P810"),)
    return JudgedFlow(
        flow=name,
        recipient=placed.known,
        judgement=judgement,
        reasons=reasons + _circumstances(flow, placed, site, corroborated_by),
        allowed_by=rule.id if rule and judgement is Judgement.NEEDED else None,
        corroborated_by=corroborated_by,
    )


def _categories(flow: Flow, values: Mapping[str, KnownValue]) -> tuple[DataCategory, ...]:
    """What moves: as recognised, and the categories of the known values found; else unknown."""
    found = set(flow.categories)
    found |= {values[name].category for name in flow.carried if name in values}
    return tuple(sorted(found)) or (DataCategory.UNKNOWN,)


def _verdict(
    flow: Flow,
    placed: Placed,
    profile: NeedProfile | None,
    categories: tuple[DataCategory, ...],
    phase: Phase | None,
) -> tuple[NeedRule | None, Judgement]:
    if profile is None:
        return None, Judgement.UNDECIDED
    kinds = _kinds(placed)
    for rules, judgement in (
        (profile.allow, Judgement.NEEDED),
        (profile.unsettled, Judgement.UNDECIDED),
    ):
        for rule in rules:
            if _fits(rule, flow, kinds, categories, phase):
                return rule, judgement
    if flow.modality is Modality.POSSIBLE or _sent_nothing(flow):
        return None, Judgement.UNDECIDED
    return None, Judgement.EXCEEDS


def _sent_nothing(flow: Flow) -> bool:
    """Whether packets were counted, and none carried anything to the recipient."""
    return flow.volume.packets > 0 and flow.volume.sent == 0


def _kinds(placed: Placed) -> frozenset[RecipientKind]:
    kinds = {RecipientKind.ANY}
    if placed.known.named_by_body:
        kinds.add(RecipientKind.NAMED_BY_BODY)
    if placed.reach is Reach.DEVICE:
        kinds.add(RecipientKind.THIS_DEVICE)
    if placed.reach is not None and placed.reach.is_local:
        kinds.add(RecipientKind.LOCAL_NETWORK)
        if not placed.known.named_by_body:
            kinds.add(RecipientKind.UNNAMED_LOCAL)
    return frozenset(kinds)


def _fits(
    rule: NeedRule,
    flow: Flow,
    kinds: frozenset[RecipientKind],
    categories: tuple[DataCategory, ...],
    phase: Phase | None,
) -> bool:
    """Whether every dimension of the rule fits; all categories have to, and an empty one fits."""
    return (
        not kinds.isdisjoint(rule.recipients)
        and (not rule.categories or set(categories) <= set(rule.categories))
        and (not rule.protocols or flow.protocol.lower() in rule.protocols)
        and (not rule.protection or flow.protection in rule.protection)
        and (not rule.phases or phase in rule.phases)
    )


def _why_exceeds(
    flow: Flow, placed: Placed, categories: tuple[DataCategory, ...], _rule: NeedRule | None
) -> tuple[Message, ...]:
    reasons: list[Message] = []
    if not placed.known.named_by_body:
        reasons.append(Message("SEK-P801", {"recipient": placed.known.name}))
    if flow.protection is Protection.CLEAR:
        reasons.append(Message("SEK-P802", {"protocol": flow.protocol}))
    if flow.carried:
        reasons.append(Message("SEK-P803", {"values": ", ".join(sorted(flow.carried))}))
    told = [category for category in categories if category is not DataCategory.UNKNOWN]
    if told:
        reasons.append(Message("SEK-P804", {"categories": ", ".join(told)}))
    return tuple(reasons) or (Message("SEK-P805", {"protocol": flow.protocol}),)


def _why_undecided(
    flow: Flow, placed: Placed, _categories: tuple[DataCategory, ...], rule: NeedRule | None
) -> tuple[Message, ...]:
    reasons: tuple[Message, ...] = ()
    if flow.modality is Modality.POSSIBLE:
        reasons = (Message("SEK-P811", {"recipient": placed.known.name}),)
    elif rule is None:
        reasons = (Message("SEK-P814", {"recipient": placed.known.name}),)
    if rule is not None:
        reasons += (Message("SEK-P812", {"rule": rule.id}),)
    return reasons


def _why_needed(
    _flow: Flow, placed: Placed, _categories: tuple[DataCategory, ...], rule: NeedRule | None
) -> tuple[Message, ...]:
    details = {"rule": rule.id if rule else "", "recipient": placed.known.name}
    reasons: tuple[Message, ...] = (Message("SEK-P820", details),)
    if placed.known.named_by_body and placed.named_by_name_only:
        address = placed.known.address or ""
        reasons += (Message("SEK-P821", {"recipient": placed.known.name, "address": address}),)
    return reasons


_REASONERS = {
    Judgement.EXCEEDS: _why_exceeds,
    Judgement.UNDECIDED: _why_undecided,
    Judgement.NEEDED: _why_needed,
}


def _circumstances(
    flow: Flow, placed: Placed, site: str | None, corroborated_by: tuple[ObservationId, ...]
) -> tuple[Message, ...]:
    """What else a reader should know of the recipient, however the flow is judged."""
    known = placed.known
    told = [_where(opinion, site) for opinion in known.countries]
    if known.owner and known.owner_country:
        details = {"owner": known.owner, "country": known.owner_country.country}
        told.append(Message("SEK-P808", details))
    elif known.owner:
        told.append(Message("SEK-P813", {"owner": known.owner}))
    if corroborated_by and flow.modality is Modality.OBSERVED:
        told.append(Message("SEK-P809", {"recipient": known.name}))
    return tuple(told)


def _where(opinion: CountryOpinion, site: str | None) -> Message:
    """Where a source places the recipient, and whether that is abroad from where it was seen."""
    details = {"country": opinion.country, "source": opinion.source}
    if site is None or site == opinion.country:
        return Message("SEK-P806", details)
    return Message("SEK-P807", {**details, "site": site})
