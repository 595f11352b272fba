"""Facts about components: which there are, of which kind, from where, and whether that is all.

The same part listed twice is one component only where an identifier says so: an equal `ref`, an
equal package URL, or an equal part number of the same maker. Equal names do not join parts.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from sekisho.model.fact import Assertion
from sekisho.model.observation import Component, Observation, PartKind, PartsListing, Voice
from sekisho.model.truth import Truth
from sekisho.model.units import FactKey, ObservationId
from sekisho.origin.names import name_key
from sekisho.origin.parties import voice_of

COMPLETE = FactKey("component.complete")

_WHOLE = "article"
_UNFIT = re.compile(r"[^a-z0-9]+")
_SLUG = 32
_DIGEST = 8

Joined = dict[str, tuple[tuple[ObservationId, Component], ...]]
"""The observations of each component, by its member id."""


def join_components(observations: Mapping[ObservationId, Observation]) -> Joined:
    """The observations of each component, by a member id that is stable and unique."""
    parts = [
        (seen_id, seen)
        for seen_id, seen in sorted(observations.items())
        if isinstance(seen, Component)
    ]
    leader: dict[str, str] = {}
    for seen_id, part in parts:
        keys = _keys(part)
        roots = {_root(leader, key) for key in (*keys, f"seen {seen_id}")}
        lowest = min(roots)
        leader.update(dict.fromkeys(roots, lowest))
    groups: dict[str, list[tuple[ObservationId, Component]]] = {}
    for seen_id, part in parts:
        groups.setdefault(_root(leader, f"seen {seen_id}"), []).append((seen_id, part))
    return {
        _member(root, (part for _, part in group)): tuple(group)
        for root, group in sorted(groups.items())
    }


def assert_components(joined: Joined) -> Iterator[Assertion]:
    """Kind, place of making and maker's domicile of each component, as each document says."""
    for member, group in joined.items():
        for seen_id, part in group:
            yield from _assert_part(member, seen_id, part)


def assert_complete(observations: Mapping[ObservationId, Observation]) -> Iterator[Assertion]:
    """Whether the components are all listed: only a list of the whole article can say."""
    for seen_id, seen in sorted(observations.items()):
        if not isinstance(seen, PartsListing) or seen.scope != _WHOLE:
            continue
        if seen.says_complete is not None:
            yield Assertion(
                fact=COMPLETE,
                value="true" if says_all(seen) else "false",
                voice=Voice.RECORD,
                by=seen.analyzer,
                rests_on=(seen_id,),
            )


def parts_complete(assertions: Iterable[Assertion]) -> Truth:
    """What the lists say together; unknown when none does, or they contradict each other."""
    values = {assertion.value for assertion in assertions if assertion.fact == COMPLETE}
    return Truth(values.pop()) if len(values) == 1 else Truth.UNKNOWN


def says_all(listing: PartsListing) -> bool:
    """Whether a list is of the whole article and says that it is complete."""
    return listing.scope == _WHOLE and listing.says_complete is True


def _assert_part(member: str, seen_id: ObservationId, part: Component) -> Iterator[Assertion]:
    """The component's existence is the analyzer's to see; where it is from, a document's to say."""
    voice = voice_of(part.analyzer)
    origin_voice = Voice.RECORD if voice is Voice.OBSERVED else voice
    kind = part.kind or (PartKind.SOFTWARE if voice is Voice.OBSERVED else None)
    for attribute, value, by_voice in (
        ("kind", kind, voice),
        ("made_in", part.made_in, origin_voice),
        ("maker_domicile", part.maker_domicile, origin_voice),
    ):
        if value is not None:
            yield Assertion(
                fact=FactKey(f"component[{member}].{attribute}"),
                value=str(value),
                voice=by_voice,
                by=part.analyzer,
                rests_on=(seen_id,),
            )


def _keys(part: Component) -> tuple[str, ...]:
    keys = [f"ref {part.ref}"] if part.ref else []
    if purl := part.identifiers.get("purl"):
        keys.append(f"purl {purl}")
    if (number := part.identifiers.get("part_number")) and part.maker:
        keys.append(f"part {name_key(part.maker)} {number.strip().casefold()}")
    return tuple(keys)


def _root(leader: dict[str, str], key: str) -> str:
    """The leader of a key's group, with the path shortened on the way (union-find)."""
    leader.setdefault(key, key)
    while leader[key] != key:
        leader[key] = leader[leader[key]]
        key = leader[key]
    return key


def _member(root: str, parts: Iterable[Component]) -> str:
    """A readable and unique id: the least `ref` of the group as a slug, and a digest."""
    ref = min(part.ref for part in parts)
    plain = unicodedata.normalize("NFKD", ref).encode("ascii", "ignore").decode("ascii").lower()
    slug = _UNFIT.sub("-", plain).strip("-")[:_SLUG].rstrip("-") or "part"
    return f"{slug}-{hashlib.sha256(root.encode('utf-8', 'surrogatepass')).hexdigest()[:_DIGEST]}"
