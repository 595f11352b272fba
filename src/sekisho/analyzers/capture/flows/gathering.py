"""Conversations that are over, gathered: those with one recipient become a flow for each phase.

What is kept of a conversation here does not grow with what was said in it; and of recipients at
most `MAX_FLOWS` are kept, so that memory stays bounded however long the capture is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from sekisho.analyzers.capture.flows import judgement
from sekisho.analyzers.capture.flows.conversation import Conversation, Direction
from sekisho.analyzers.capture.flows.tally import Totals, Unseen
from sekisho.analyzers.capture.flows.timeline import Steps
from sekisho.analyzers.capture.network import addresses
from sekisho.analyzers.capture.network.assembly import Place
from sekisho.analyzers.capture.protocols import certificates, cipher_suites
from sekisho.analyzers.capture.protocols.certificates import Certificate
from sekisho.model.evidence import Phase
from sekisho.model.flow import DataCategory, Protection, Recipient

MAX_FLOWS = 20_000
MAX_PLACES = 64
"""Places kept for each flow."""

MAX_SESSIONS = 5_000
_MAX_SEVERAL = 100
_NOTHING: frozenset[DataCategory] = frozenset()
_CLEAR, _OPAQUE = Protection.CLEAR, Protection.OPAQUE
_VERSIONS_BY_PROTOCOL = {"quic": "TLS 1.3", "dtls": "DTLS"}
"""Where the server's answer is not read: QUIC has but one version of TLS (RFC 9001, 4.2)."""


class Session(NamedTuple):
    """A way of speaking TLS: what the server chose, and what the client said of itself.

    `weaknesses` are those of version and suite; `hidden` tells that the client offered to hide the
    real name of the server.
    """

    version: str
    host: str
    offered: str
    ja4: str
    suite: str
    weaknesses: tuple[str, ...]
    hidden: bool


class Shown(NamedTuple):
    """A certificate that a server showed when asked for a host, and what is wrong with it then."""

    certificate: Certificate
    host: str
    faults: tuple[str, ...]


class Gathered:
    """What conversations between the same ends, alike in protocol and protection, amount to."""

    def __init__(
        self,
        origin: str,
        recipient: Recipient,
        protocol: str,
        protection: Protection,
        first: Conversation,
    ) -> None:
        """Begin with what they share."""
        self.phase: Phase | None = None
        self.app = first.app
        self.origin = origin
        self.recipient = recipient
        self.protocol = protocol
        self.protection = protection
        self.categories: frozenset[DataCategory] = _NOTHING
        self.carried: frozenset[str] = frozenset()
        self.connections = self.sent = self.received = self.packets = 0
        self.first_ns, self.last_ns = first.first_ns, first.last_ns
        self.steps: Steps | None = None
        self.places: list[Place] = [first.first_place]
        self.more_places = 0

    def add(self, conversation: Conversation) -> None:
        """Take a further conversation."""
        sent, received = conversation.forth, conversation.back
        if conversation.inbound:
            sent, received = received, sent
        self.connections += 1
        self.sent += sent.payload - sent.repeated
        self.received += received.payload - received.repeated
        self.packets += sent.packets + received.packets
        self._add_steps(sent)
        categories = judgement.categories_of(conversation, self.protection)
        if categories is not self.categories and categories != self.categories:
            self.categories |= categories
        if conversation.carried:
            self.carried |= conversation.carried
        if conversation.first_ns >= 0:
            earlier = conversation.first_ns < self.first_ns or self.first_ns < 0
            self.first_ns = conversation.first_ns if earlier else self.first_ns
        self.last_ns = max(self.last_ns, conversation.last_ns)
        if conversation.matches:
            self.more_places += conversation.more_matches
            for place in sorted(conversation.matches):
                self.keep(place)

    def _add_steps(self, sent: Direction) -> None:
        sent.end_step()
        if sent.steps is not None:
            if self.steps is None:
                self.steps = Steps()
            self.steps.add(sent.steps)

    def keep(self, place: Place) -> None:
        """Keep a place of what matters, as long as there is room."""
        if place in self.places:
            return
        if len(self.places) < MAX_PLACES:
            self.places.append(place)
        else:
            self.more_places += 1


class Several(NamedTuple):
    """A conversation that named several hosts, and where it begins."""

    hosts: tuple[str, ...]
    place: Place


class Gathering:
    """All that was gathered from a capture."""

    def __init__(self, totals: Totals) -> None:
        """Begin with nothing; what is gathered is counted in `totals`, too."""
        self.sessions: dict[Session, Place] = {}
        self.certificates: dict[Shown, Place] = {}
        self.several: list[Several] = []
        self._beyond_packets = self._beyond_bytes = 0
        self._beyond_place: Place | None = None
        self._totals = totals
        self._flows: dict[tuple[object, ...], Gathered] = {}

    def add(self, conversation: Conversation, phase: Phase | None = None) -> None:
        """Take a conversation that is over, or what was said in it in a phase."""
        protection = judgement.protection_of(conversation)
        self._totals.count(conversation, protection)
        if conversation.client_hello is not None:
            self._note_session(conversation)
        gathered = self._gathered(conversation, protection, phase)
        if gathered is None:
            self._pass_over(conversation)
            return
        gathered.add(conversation)
        if len(conversation.hosts) > 1 and len(self.several) < _MAX_SEVERAL:
            hosts = tuple(conversation.hosts)
            self.several.append(Several(hosts, conversation.first_place))

    def _gathered(
        self, conversation: Conversation, protection: Protection, phase: Phase | None
    ) -> Gathered | None:
        """Where a conversation belongs; None when there is no room for another recipient.

        A far client's port is another for each connection, so it tells nothing.
        """
        inbound = conversation.inbound
        local = conversation.responder[0] if inbound else conversation.initiator[0]
        far, port = conversation.initiator if inbound else conversation.responder
        port = 0 if inbound else port
        protocol = judgement.protocol_of(conversation)
        host, learnt, place = judgement.name_of(conversation)
        if host is None:
            self._totals.unnamed += conversation.forth.payload + conversation.back.payload
        # the enumeration itself would be slow to hash
        kind = (protection is _CLEAR, protection is _OPAQUE)
        key = (local, far, port, protocol, host, phase, conversation.app, *kind)
        gathered = self._flows.get(key)
        if gathered is None and len(self._flows) < MAX_FLOWS:
            recipient = Recipient(
                host=host,
                host_learnt_from=learnt,
                address=addresses.address_text(far),
                port=port or None,
            )
            origin = addresses.address_text(local)
            gathered = Gathered(origin, recipient, protocol, protection, conversation)
            gathered.phase = phase
            if place is not None:
                gathered.keep(place)
            self._flows[key] = gathered
        return gathered

    @property
    def flows(self) -> list[Gathered]:
        """What was gathered, in the order of first frames."""
        return sorted(self._flows.values(), key=lambda gathered: gathered.places[0])

    def beyond(self) -> Iterator[Unseen]:
        """What was with recipients after the cap."""
        if self._beyond_place is not None:
            details = {"frames": str(self._beyond_packets), "bytes": str(self._beyond_bytes)}
            yield Unseen("SEK-P308", details, self._beyond_place)

    def _pass_over(self, conversation: Conversation) -> None:
        self._beyond_place = self._beyond_place or conversation.first_place
        for direction in (conversation.forth, conversation.back):
            self._beyond_packets += direction.packets
            self._beyond_bytes += direction.payload

    def _note_session(self, conversation: Conversation) -> None:
        client, server = conversation.client_hello, conversation.server_hello
        if client is None or not (server or (conversation.name != "tls" and client.ja4)):
            return
        suite = ""
        weaknesses: tuple[str, ...] = ()
        version = _VERSIONS_BY_PROTOCOL.get(conversation.name or "", "")
        if server is not None:
            version, suite = server.version, cipher_suites.name_of(server.suite)
            weaknesses = cipher_suites.weaknesses_of_version(server.number)
            weaknesses += cipher_suites.weaknesses_of(server.suite)
        host = client.server_name or ""
        offered = " ".join(client.application_protocols)
        hidden = client.offers_hidden
        session = Session(version, host, offered, client.ja4, suite, weaknesses, hidden)
        if session not in self.sessions and len(self.sessions) < MAX_SESSIONS:
            self.sessions[session] = conversation.first_place
        if conversation.certificate is not None:
            self._note_certificate(conversation, conversation.certificate, host)

    def _note_certificate(
        self, conversation: Conversation, certificate: Certificate, host: str
    ) -> None:
        seen = conversation.first_ns
        when = datetime.fromtimestamp(seen // 10**9, UTC) if seen >= 0 else None
        faults = certificates.faults_of(certificate, host or None, when)
        shown = Shown(certificate, host, faults)
        if shown not in self.certificates and len(self.certificates) < MAX_SESSIONS:
            self.certificates[shown] = conversation.first_place
