"""From conversations to observations: flows, names looked up, requests, TLS sessions.

Volumes count transport payload as it was on the wire (also what the capture cut off), so that a
connection that was opened and never used moves nothing.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from datetime import timedelta

from sekisho.analyzers.capture import recognise
from sekisho.analyzers.capture.assembly import Place
from sekisho.analyzers.capture.clear import Request
from sekisho.analyzers.capture.conversation import Conversation, address_text
from sekisho.analyzers.capture.names import Lookup
from sekisho.analyzers.capture.packets import TCP, UDP
from sekisho.analyzers.capture.remote_id import IDENTIFIERS, Aircraft
from sekisho.analyzers.capture.tls import MAX_NAME
from sekisho.model.evidence import Evidence
from sekisho.model.flow import (
    DataCategory,
    Modality,
    NameSource,
    Protection,
    Recipient,
    Volume,
)
from sekisho.model.locus import PcapFrame
from sekisho.model.observation import Flow, Property
from sekisho.model.units import AnalyzerId, Bytes, UtcInstant, utc_instant

MAX_LOCI = 16
_CATEGORY_ORDER = {category: index for index, category in enumerate(DataCategory)}
_TRANSPORTS = {TCP: "tcp", UDP: "udp"}
_QUIC_TLS = "TLS 1.3"
"""The only version that QUIC is used with (RFC 9001, 4.2)."""

_NANOSECONDS = 1_000_000_000
_MEDIA = frozenset((DataCategory.IMAGERY, DataCategory.UPDATE))


def protection_of(conversation: Conversation) -> Protection:
    """How the conversation was protected; the weakest part of it counts.

    Where no payload moved there was nothing to protect, and nothing unread: `clear`.
    """
    if not conversation.forth.payload + conversation.back.payload:
        return Protection.CLEAR
    if conversation.matches or conversation.carried:
        return Protection.CLEAR
    name = conversation.name
    if name == "tls":
        return _protection_of_tls(conversation)
    if name in recognise.PROTECTED_PROTOCOLS:
        return Protection.PROTECTED
    if name is not None:
        return Protection.CLEAR
    directions = (conversation.forth, conversation.back)
    seen = any(direction.text.seen for direction in directions)
    readable = seen and not any(direction.unreadable for direction in directions)
    return Protection.CLEAR if readable else Protection.OPAQUE


def _protection_of_tls(conversation: Conversation) -> Protection:
    server = conversation.server_hello
    if server is not None and not server.encrypts:
        return Protection.CLEAR
    shaken = server is not None or conversation.encrypted_seen
    handshake = conversation.client_hello is not None and shaken
    return Protection.PROTECTED if handshake else Protection.OPAQUE


def categories_of(conversation: Conversation, protection: Protection) -> tuple[DataCategory, ...]:
    """What moved, as far as it was recognised; `unknown` where payload could not be accounted for."""
    if not conversation.forth.payload + conversation.back.payload:
        return ()
    found = set(conversation.categories)
    own = recognise.category_of(conversation.name or "")
    if own is not None:
        found.add(own)
    if protection is not Protection.CLEAR or _has_unexplained(conversation, found):
        found.add(DataCategory.UNKNOWN)
    return tuple(sorted(found, key=_CATEGORY_ORDER.__getitem__))


def _has_unexplained(conversation: Conversation, found: set[DataCategory]) -> bool:
    """Whether something was sent in clear of which nothing says what it is."""
    sent = conversation.sent
    if not sent.payload:
        return False
    if sent.cut or (sent.assembler is not None and sent.assembler.gaps):
        return True
    if recognise.is_understood(conversation.name or ""):
        return False
    if sent.unreadable and not found & _MEDIA:
        return True
    return not found and (sent.has_body or conversation.name != "http")


def _protocol_of(conversation: Conversation) -> str:
    if conversation.name is not None:
        return conversation.name
    transport = _TRANSPORTS.get(conversation.protocol)
    if transport is None:
        return f"ip/{conversation.protocol}"
    return f"{transport}/{conversation.responder[1]}"


def _is_name(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return 0 < len(host) <= MAX_NAME
    return False


def _recipient_of(conversation: Conversation) -> tuple[Recipient, Place | None]:
    """The far end and where its name stands.

    What a far client asks of a local server names that server, so it is not used for the client.
    """
    far = conversation.initiator if conversation.inbound else conversation.responder
    address, port = address_text(far[0]), far[1] or None
    learnt, host, place = NameSource.NONE, conversation.name_by_dns, None
    if host is not None:
        learnt = NameSource.DNS_ANSWER
    if not conversation.inbound:
        for name, place_of_name in conversation.hosts.items():
            if _is_name(name):
                hello = conversation.client_hello
                from_tls = hello is not None and hello.server_name == name
                learnt = NameSource.TLS_SNI if from_tls else NameSource.HTTP_HOST
                host, place = name.rstrip("."), place_of_name
                break
    recipient = Recipient(host=host, host_learnt_from=learnt, address=address, port=port)
    return recipient, place


class Statements:
    """Makes the observations of one capture; `omitted_loci` counts places not listed."""

    def __init__(self, evidence: Evidence, analyzer: AnalyzerId) -> None:
        """Speak of this evidence, as this analyzer."""
        self._evidence = evidence
        self._analyzer = analyzer
        self.omitted_loci = 0

    def locus(self, place: Place) -> PcapFrame:
        """The typed place of bytes in the capture."""
        return PcapFrame(self._evidence.id, place.frame, place.offset, place.length)

    def flow(self, conversation: Conversation, protection: Protection) -> Flow:
        """The flow that a conversation is."""
        recipient, name_place = _recipient_of(conversation)
        local = conversation.responder if conversation.inbound else conversation.initiator
        sent, received = conversation.sent, conversation.received
        return Flow(
            loci=self._loci(conversation, name_place),
            analyzer=self._analyzer,
            origin=address_text(local[0]),
            recipient=recipient,
            modality=Modality.OBSERVED,
            protocol=_protocol_of(conversation),
            protection=protection,
            categories=categories_of(conversation, protection),
            carried=tuple(sorted(conversation.carried)),
            phase=self._evidence.conditions.phase,
            volume=Volume(
                sent=Bytes(sent.payload),
                received=Bytes(received.payload),
                packets=sent.packets + received.packets,
            ),
            first_seen=_instant(conversation.first_ns),
            last_seen=_instant(conversation.last_ns),
        )

    def _loci(self, conversation: Conversation, name: Place | None) -> tuple[PcapFrame, ...]:
        """The first frame, the bytes of the name, and the places of what was carried."""
        places = [conversation.first_place, *([name] if name is not None else [])]
        places += [place for place in sorted(conversation.matches) if place != name]
        self.omitted_loci += max(len(places) - MAX_LOCI, 0) + conversation.more_matches
        return tuple(self.locus(place) for place in places[:MAX_LOCI])

    def lookups(self, lookups: dict[tuple[str, str], Lookup]) -> Iterator[Property]:
        """A `dns_lookup` for each name and type asked for."""
        for (name, kind), lookup in lookups.items():
            details = {"type": kind, "resolver": address_text(lookup.resolver)}
            if lookup.addresses:
                details["addresses"] = " ".join(map(address_text, lookup.addresses))
            yield self._property("dns_lookup", name or ".", details, [lookup.place])

    def requests(self, requests: dict[Request, list[Place]]) -> Iterator[Property]:
        """An `http_request` for each distinct request in clear."""
        for request, places in requests.items():
            details = {"method": request.method, "host": request.host}
            yield self._property("http_request", request.target, details, places)

    def sessions(self, conversations: Iterable[Conversation]) -> Iterator[Property]:
        """A `tls_session` for each distinct version, host, application protocol and client.

        The version is what the server chose; QUIC has but one, and its answer is not read.
        """
        told: set[tuple[str, str, str, str]] = set()
        for conversation in conversations:
            client, server = conversation.client_hello, conversation.server_hello
            version = server.version if server is not None else _QUIC_TLS
            if client is None or not (server or (conversation.name == "quic" and client.ja4)):
                continue
            offered = " ".join(client.application_protocols)
            session = (version, client.server_name or "", offered, client.ja4)
            if session not in told:
                told.add(session)
                details = {"host": session[1], "offered_protocols": offered, "ja4": client.ja4}
                yield self._property("tls_session", version, details, [conversation.first_place])

    def remote_ids(self, aircraft: dict[str, Aircraft]) -> Iterator[Property]:
        """A `remote_id` for each radio that announced one: what it said first, and last."""
        for transmitter, one in aircraft.items():
            details = {"transmitter": transmitter, "messages": str(one.messages)}
            details |= {name: said.first for name, said in one.said.items()}
            details |= {
                f"last_{name}": said.last
                for name, said in one.said.items()
                if said.last != said.first
            }
            places = sorted({said.place for said in one.said.values()})
            named = (one.said[name].first for name in IDENTIFIERS if name in one.said)
            yield self._property("remote_id", next(named, transmitter), details, places)

    def _property(
        self, name: str, value: str, details: dict[str, str], places: list[Place]
    ) -> Property:
        loci = tuple(self.locus(place) for place in places)
        filled = {key: detail for key, detail in details.items() if detail}
        return Property(loci=loci, analyzer=self._analyzer, name=name, value=value, details=filled)


def _instant(time_ns: int | None) -> UtcInstant | None:
    """The instant, to the microsecond; None where the file's time is missing or impossible."""
    if time_ns is None:
        return None
    seconds, rest = divmod(time_ns, _NANOSECONDS)
    try:
        return UtcInstant(utc_instant(seconds) + timedelta(microseconds=rest // 1000))
    except (ValueError, OverflowError):
        return None
