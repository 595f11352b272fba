"""Exchanges with the same recipient in the same phase, gathered to a flow."""

from __future__ import annotations

from sekisho.analyzers.capture.content.known import Match
from sekisho.analyzers.capture.opened.exchanges import Exchange, Text
from sekisho.analyzers.notes import Notes
from sekisho.model.evidence import Phase
from sekisho.model.flow import DataCategory, Modality, Protection, Volume
from sekisho.model.observation import Flow
from sekisho.model.units import Bytes, UtcInstant

MAX_LOCI = 16
_MAX_LOOKED_UP = 64


class Gathered:
    """What exchanges with the same recipient, alike in protocol and protection, amount to."""

    def __init__(self, first: Exchange, phase: Phase | None) -> None:
        """Begin with what the first shares with the others."""
        self.phase = phase
        self.alike = first.without_words()
        self.categories: set[DataCategory] = set()
        self.carried: set[str] = set()
        self.places = [first.place]
        self.more_places = self._looked_up = self.sent = self.received = 0
        self._connections: set[bytes] = set()
        self.first: UtcInstant | None = None
        self.last: UtcInstant | None = None

    def add(self, exchange: Exchange) -> None:
        """Take the sizes and times of an exchange."""
        self.sent += exchange.sent.size
        self.received += exchange.received.size
        if exchange.connection:
            self._connections.add(exchange.connection)
        if exchange.first is not None:
            self.first = min(self.first or exchange.first, exchange.first)
        if exchange.last is not None:
            self.last = max(self.last or exchange.last, exchange.last)

    def note(self, text: Text, match: Match) -> None:
        """Take something found; its place as long as there is room."""
        self.categories.add(match.category)
        if match.name is not None:
            self.carried.add(match.name)
        self.more_places += len(self.places) >= MAX_LOCI or self._looked_up >= _MAX_LOOKED_UP
        if len(self.places) < MAX_LOCI and self._looked_up < _MAX_LOOKED_UP:
            self._looked_up += 1
            found = text.places(match.start, match.length)
            self.places += [place for place in found if place not in self.places]

    def shut(self) -> None:
        """Take it for a tunnel of which is known only that it was."""
        protocol = f"tcp/{self.alike.recipient.port}"
        self.alike = self.alike._replace(protocol=protocol, protection=Protection.OPAQUE)
        self.categories.add(DataCategory.UNKNOWN)

    def flow(self, notes: Notes) -> Flow:
        """The flow they are."""
        alike, evidence = self.alike, notes.evidence
        return Flow(
            loci=tuple(place.locus(evidence) for place in self.places),
            analyzer=notes.analyzer,
            origin=alike.origin,
            recipient=alike.recipient,
            modality=Modality.OBSERVED,
            protocol=alike.protocol,
            protection=alike.protection,
            categories=tuple(sorted(self.categories, key=list(DataCategory).index)),
            carried=tuple(sorted(self.carried)),
            phase=self.phase,
            connections=max(len(self._connections), 1),
            volume=Volume(sent=Bytes(self.sent), received=Bytes(self.received)),
            first_seen=self.first,
            last_seen=self.last,
        )
