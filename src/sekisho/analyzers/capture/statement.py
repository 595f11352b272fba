"""From conversations to observations: flows, names looked up, requests, TLS sessions.

Volumes count transport payload as it was on the wire, each byte once (also what the capture cut
off), so that a connection that was opened and never used moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sekisho.analyzers.capture.flows.gathering import Gathered, Session, Shown
from sekisho.analyzers.capture.flows.names import Lookup
from sekisho.analyzers.capture.flows.timeline import STEP_S, Steps
from sekisho.analyzers.capture.network import addresses
from sekisho.analyzers.capture.network.assembly import Place
from sekisho.analyzers.capture.protocols.remote_id import IDENTIFIERS, Aircraft
from sekisho.analyzers.capture.reading.clear import Request
from sekisho.model.evidence import Evidence
from sekisho.model.flow import (
    DataCategory,
    Modality,
    Timeline,
    Volume,
)
from sekisho.model.locus import PcapFrame
from sekisho.model.observation import Flow, Property
from sekisho.model.units import AnalyzerId, Bytes, UtcInstant, utc_instant

MAX_LOCI = 16
MAX_TIMELINES = 40
_CATEGORY_ORDER = {category: index for index, category in enumerate(DataCategory)}
_NANOSECONDS = 1_000_000_000


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

    def flows(self, gathered: list[Gathered]) -> Iterator[Flow]:
        """The flows, with a timeline of those that sent most."""
        by_sent = sorted(gathered, key=lambda one: -one.sent)[:MAX_TIMELINES]
        drawn = {id(one) for one in by_sent if one.sent}
        for one in gathered:
            yield self._flow(one, _timeline(one.steps) if id(one) in drawn else None)

    def _flow(self, gathered: Gathered, timeline: Timeline | None) -> Flow:
        """The flow that conversations with the same recipient are."""
        places = gathered.places
        self.omitted_loci += max(len(places) - MAX_LOCI, 0) + gathered.more_places
        return Flow(
            loci=tuple(self.locus(place) for place in places[:MAX_LOCI]),
            analyzer=self._analyzer,
            origin=gathered.origin,
            app=gathered.app,
            recipient=gathered.recipient,
            modality=Modality.OBSERVED,
            protocol=gathered.protocol,
            protection=gathered.protection,
            categories=tuple(sorted(gathered.categories, key=_CATEGORY_ORDER.__getitem__)),
            carried=tuple(sorted(gathered.carried)),
            phase=gathered.phase,
            connections=gathered.connections,
            volume=Volume(
                sent=Bytes(gathered.sent),
                received=Bytes(gathered.received),
                packets=gathered.packets,
            ),
            first_seen=_instant(gathered.first_ns),
            last_seen=_instant(gathered.last_ns),
            timeline=timeline,
        )

    def lookups(self, lookups: dict[tuple[str, str], Lookup]) -> Iterator[Property]:
        """A `dns_lookup` for each name and type asked for."""
        for (name, kind), lookup in lookups.items():
            details = {"type": kind, "resolver": addresses.address_text(lookup.resolver)}
            if lookup.addresses:
                details["addresses"] = " ".join(map(addresses.address_text, lookup.addresses))
            yield self._property("dns_lookup", name or ".", details, [lookup.place])

    def requests(self, requests: dict[Request, list[Place]]) -> Iterator[Property]:
        """An `http_request` for each distinct request in clear."""
        for request, places in requests.items():
            details = {"method": request.method, "host": request.host}
            yield self._property("http_request", request.target, details, places)

    def sessions(self, sessions: dict[Session, Place]) -> Iterator[Property]:
        """A `tls_session` for each distinct version, host, application protocol and client."""
        for session, place in sessions.items():
            details = {
                "host": session.host,
                "offered_protocols": session.offered,
                "ja4": session.ja4,
                "suite": session.suite,
                "weaknesses": " ".join(session.weaknesses),
                "encrypted_client_hello": "offered" if session.hidden else "",
            }
            yield self._property("tls_session", session.version, details, [place])

    def said(self, said: dict[tuple[str, str, str], list[Place]]) -> Iterator[Property]:
        """A `said_in_clear` for each thing that a protocol says of itself; secrets have no value."""
        for (protocol, name, value), places in said.items():
            details = {"protocol": protocol, "what": name}
            yield self._property("said_in_clear", value or "-", details, places)

    def certificates(self, certificates: dict[Shown, Place]) -> Iterator[Property]:
        """A `tls_certificate` for each that a server showed in clear, and the host asked for."""
        for shown, place in certificates.items():
            one = shown.certificate
            details = {
                "host": shown.host,
                "faults": " ".join(shown.faults),
                "issuer": one.issuer,
                "names": " ".join(one.names or ()),
                "not_before": one.not_before.isoformat(),
                "not_after": one.not_after.isoformat(),
                "serial": one.serial,
                "sha256": one.sha256,
                "key": f"{one.key_type} {one.key_bits}",
                "signature_hash": one.signature_hash,
            }
            yield self._property("tls_certificate", one.subject or "-", details, [place])

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


def _timeline(steps: Steps | None) -> Timeline | None:
    begins = _instant(steps.begins_s * _NANOSECONDS) if steps is not None else None
    if steps is None or begins is None:
        return None
    return Timeline(begins=begins, step_s=steps.width * STEP_S, sent=steps.amounts())


def _instant(time_ns: int) -> UtcInstant | None:
    """The instant, to the microsecond; None where the file's time is missing or impossible."""
    if time_ns < 0:
        return None
    seconds, rest = divmod(time_ns, _NANOSECONDS)
    try:
        return UtcInstant(utc_instant(seconds) + timedelta(microseconds=rest // 1000))
    except (ValueError, OverflowError):
        return None
