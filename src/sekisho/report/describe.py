"""One observation in a line of words."""

from __future__ import annotations

from functools import singledispatch

from sekisho.model.observation import (
    Behaviour,
    Claim,
    Component,
    Flow,
    Observation,
    Ownership,
    PartsListing,
    Party,
    Property,
)
from sekisho.report.phrases import Phrases


@singledispatch
def describe(seen: Observation, phrases: Phrases) -> tuple[str, str]:
    """What kind of finding it is, and what it says."""
    raise AssertionError(seen, phrases)  # every kind is registered below


@describe.register
def _(seen: Component, phrases: Phrases) -> tuple[str, str]:
    kind = phrases.value("component.kind", seen.kind) if seen.kind else None
    said = _join(seen.name, kind, seen.version, seen.maker, seen.made_in)
    return phrases.text("kind.component"), said


@describe.register
def _(seen: Claim, phrases: Phrases) -> tuple[str, str]:
    said = phrases.pair(phrases.fact_name(seen.fact), phrases.value(seen.fact, seen.value))
    voice = phrases.label(seen.voice)
    return phrases.text("kind.claim"), phrases.text("claim", said=said, by=seen.by, voice=voice)


@describe.register
def _(seen: Property, phrases: Phrases) -> tuple[str, str]:
    value = phrases.known(seen.value) if seen.value in {"true", "false"} else seen.value
    return phrases.label(seen.name), _join(value, *_details(seen.details, phrases))


@describe.register
def _(seen: Behaviour, phrases: Phrases) -> tuple[str, str]:
    said = _join(phrases.label(seen.name), *_details(seen.details, phrases))
    return phrases.text("behaviour"), said


@describe.register
def _(seen: Party, phrases: Phrases) -> tuple[str, str]:
    return phrases.text("kind.party"), _join(seen.name, phrases.label(seen.role), seen.country)


@describe.register
def _(seen: Ownership, phrases: Phrases) -> tuple[str, str]:
    share = "?" if seen.share is None else f"{seen.share:.1%}"
    period = f"{seen.since or '…'} – {seen.until or '…'}"
    said = f"{seen.owner} → {seen.owned}: {share} ({period})"
    return phrases.text("kind.ownership"), _join(said, seen.source)


@describe.register
def _(seen: PartsListing, phrases: Phrases) -> tuple[str, str]:
    complete = "unknown" if seen.says_complete is None else str(seen.says_complete).lower()
    said = phrases.text(f"parts_complete.{complete}", count=str(seen.parts))
    return phrases.text("kind.parts_listing"), said


@describe.register
def _(seen: Flow, phrases: Phrases) -> tuple[str, str]:
    said = _join(
        f"{seen.origin}{f' ({seen.app})' if seen.app else ''} → {recipient_name(seen)}",
        seen.protocol,
        phrases.label(seen.protection),
        phrases.labels(seen.categories) if seen.categories else None,
        phrases.label(seen.modality),
        phrases.text("named_in", method=seen.way[-1].partition("(")[0]) if seen.way else None,
    )
    return phrases.text("kind.flow"), said


def recipient_name(seen: Flow) -> str:
    """The far end as the evidence names it."""
    name = seen.recipient.host or seen.recipient.address or "–"
    return f"{name}:{seen.recipient.port}" if seen.recipient.port else name


def _details(details: dict[str, str], phrases: Phrases) -> list[str]:
    return [
        phrases.pair(phrases.label(key), phrases.known(value))
        for key, value in sorted(details.items())
        if value
    ]


def _join(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)
