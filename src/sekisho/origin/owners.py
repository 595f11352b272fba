"""Who controls the maker: dated shares added up over those controlled, through any cycle.

A controls B when A and those A controls together hold more than half of B on the day. This is
control by majority, not the product of shares along a chain. Shares of one owner add up inside
one document; between documents the largest sum counts, so that the same holding told twice does
not count twice. Where the shares in a company come to more than the whole, the records are wrong
and none of them is used.

Parties are told apart by their names with legal form: a parent and its subsidiary often differ in
nothing else.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from sekisho.model.assessment import Controller
from sekisho.model.observation import Observation, Ownership
from sekisho.model.problem import Message
from sekisho.model.units import CountryCode, ObservationId
from sekisho.origin.names import name_key, normalise_name
from sekisho.origin.parties import Named

MAJORITY = 0.5
MAX_ANCESTORS = 500
"""So many owners above the maker are followed at most; more is a limit that is told."""

_ROUNDING = 1e-6


class Holdings(msgspec.Struct, frozen=True, kw_only=True):
    """The ownership records that hold on the day.

    `shares` are by owned and owner; `unknown` are pairs (owner, owned) of which no share is told;
    `seen` are the observations behind each pair (owner, owned). `names` give the spelling of
    each node, `countries` what the records say of it.
    """

    shares: dict[str, dict[str, float]]
    unknown: frozenset[tuple[str, str]]
    seen: dict[tuple[str, str], tuple[ObservationId, ...]]
    names: dict[str, str]
    countries: dict[str, dict[CountryCode, tuple[ObservationId, ...]]]

    def country(self, node: str) -> CountryCode | None:
        """The country of a party; `None` when the records do not say, or do not agree."""
        told = self.countries.get(node, {})
        return next(iter(told)) if len(told) == 1 else None

    def find(self, name: str) -> str | None:
        """The node of a party: of that very name, else the only one that differs in legal form."""
        node = normalise_name(name)
        if node in self.names:
            return node
        alike = [other for other in self.names if name_key(other) == name_key(name)]
        return alike[0] if len(alike) == 1 else None


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """Who controls the makers, and what keeps the answer from being whole."""

    controllers: tuple[Controller, ...]
    limits: tuple[Message, ...]


def gather_holdings(observations: Mapping[ObservationId, Observation], on: date | None) -> Holdings:
    """Lay out the records that hold on a day; without a day, those that have not ended."""
    summed: dict[tuple[str, str], dict[str, float]] = {}
    seen: dict[tuple[str, str], tuple[ObservationId, ...]] = {}
    unknown: set[tuple[str, str]] = set()
    names: dict[str, str] = {}
    countries: dict[str, dict[CountryCode, tuple[ObservationId, ...]]] = {}
    for seen_id, record in sorted(observations.items()):
        if not isinstance(record, Ownership) or not _holds(record, on):
            continue
        pair = (_node(record.owner, names), _node(record.owned, names))
        _tell_country(countries, pair[0], record.owner_country, seen_id)
        _tell_country(countries, pair[1], record.owned_country, seen_id)
        seen[pair] = (*seen.get(pair, ()), seen_id)
        if record.share is None or not math.isfinite(record.share) or record.share < 0:
            unknown.add(pair)
            continue
        document = record.loci[0].evidence if record.loci else ""
        by_document = summed.setdefault(pair, {})
        by_document[document] = by_document.get(document, 0.0) + record.share
    shares: dict[str, dict[str, float]] = {}
    for (owner, owned), by_document in summed.items():
        shares.setdefault(owned, {})[owner] = max(by_document.values())
    return Holdings(
        shares=shares, unknown=frozenset(unknown), seen=seen, names=names, countries=countries
    )


def determine_control(makers: Iterable[Named], holdings: Holdings) -> Control:
    """Who controls any of the makers by majority, those with the larger share first."""
    targets = {node for maker in makers if (node := holdings.find(maker.name)) is not None}
    ancestors, cut = _ancestors(targets, holdings)
    limits = _limits(ancestors | targets, holdings)
    if cut:
        limits.append(Message("SEK-P722", {"most": str(MAX_ANCESTORS)}))
    overfull = _overfull(holdings)
    below = _by_owner(ancestors | targets, holdings, overfull)
    found = [
        controller
        for owner in sorted(ancestors - targets)
        for target in sorted(targets)
        if (controller := _controller(owner, target, below, holdings)) is not None
    ]
    found.sort(key=lambda controller: (-controller.share, controller.name))
    return Control(controllers=tuple(found), limits=tuple(limits))


def _holds(record: Ownership, on: date | None) -> bool:
    """Whether a record holds on the day; both of its dates are days it holds on."""
    if on is None:
        return record.until is None
    begun = record.since is None or record.since <= on
    return begun and (record.until is None or on <= record.until)


def _node(name: str, names: dict[str, str]) -> str:
    node = normalise_name(name)
    names.setdefault(node, name)
    return node


def _tell_country(
    countries: dict[str, dict[CountryCode, tuple[ObservationId, ...]]],
    node: str,
    country: CountryCode | None,
    seen_id: ObservationId,
) -> None:
    if country is not None:
        told = countries.setdefault(node, {})
        told[country] = (*told.get(country, ()), seen_id)


def _overfull(holdings: Holdings) -> frozenset[str]:
    return frozenset(
        owned
        for owned, owners in holdings.shares.items()
        if math.fsum(owners.values()) > 1 + _ROUNDING
    )


def _ancestors(targets: Iterable[str], holdings: Holdings) -> tuple[set[str], bool]:
    """Every direct or indirect owner of the targets, and whether the cap cut some off."""
    found: set[str] = set()
    queue = deque(sorted(targets))
    asked = set(queue)
    while queue:
        for owner in sorted(holdings.shares.get(queue.popleft(), {})):
            if len(found) >= MAX_ANCESTORS and owner not in found:
                return found, True
            found.add(owner)
            if owner not in asked:
                asked.add(owner)
                queue.append(owner)
    return found, False


def _by_owner(
    nodes: set[str], holdings: Holdings, overfull: frozenset[str]
) -> dict[str, list[tuple[str, float]]]:
    """What each owner holds, of the nodes that matter and whose records can be right."""
    below: dict[str, list[tuple[str, float]]] = {}
    for owned in sorted(nodes - overfull):
        for owner, share in sorted(holdings.shares.get(owned, {}).items()):
            if owner in nodes and owner != owned:
                below.setdefault(owner, []).append((owned, share))
    return below


def _controller(
    owner: str, target: str, below: Mapping[str, list[tuple[str, float]]], holdings: Holdings
) -> Controller | None:
    """The owner as controller of the target, when its holdings and those below it suffice."""
    controlled, held, queue = {owner}, dict[str, float](), deque([owner])
    rests_on: dict[str, list[ObservationId]] = {}
    while queue:
        holder = queue.popleft()
        for owned, share in below.get(holder, ()):
            held[owned] = held.get(owned, 0.0) + share
            rests_on.setdefault(owned, []).extend(holdings.seen[holder, owned])
            if owned not in controlled and held[owned] > MAJORITY + _ROUNDING:
                controlled.add(owned)
                queue.append(owned)
    if target not in controlled:
        return None
    chain = {seen_id for node in controlled - {owner} for seen_id in rests_on.get(node, ())}
    return Controller(
        name=holdings.names[owner],
        share=min(1.0, held[target]),
        country=holdings.country(owner),
        rests_on=tuple(sorted(chain)),
    )


def _limits(nodes: set[str], holdings: Holdings) -> list[Message]:
    limits = [
        Message("SEK-P720", {"party": holdings.names[node]})
        for node in sorted(nodes & _overfull(holdings))
    ]
    limits += [
        Message("SEK-P721", {"owner": holdings.names[owner], "owned": holdings.names[owned]})
        for owner, owned in sorted(holdings.unknown)
        if owned in nodes
    ]
    return limits
