"""Decrypted web traffic: who was talked to and what was said, from recordings that were opened.

HAR files and dumps of mitmproxy hold what a browser or a proxy saw before it was enciphered, or
after it was opened. A flow over HTTPS counts as protected, as it was on the way; what it carried is
known all the same. The procedure: (1) exchanges from the file, (2) what each end said searched for
known values, values under telling names, and media, (3) exchanges with the same recipient gathered
to a flow, (4) what the file cannot show, told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeAlias

from sekisho.analyzers.capture.content.categories import PACK, load_data_categories
from sekisho.analyzers.capture.content.known import KnownValues
from sekisho.analyzers.capture.flows.phases import Phases
from sekisho.analyzers.capture.opened.exchanges import (
    Exchange,
    ExchangeReader,
    Place,
    SetAside,
)
from sekisho.analyzers.capture.opened.gathered import Gathered
from sekisho.analyzers.capture.opened.har import HarReader
from sekisho.analyzers.capture.opened.mitmproxy import DumpReader
from sekisho.analyzers.capture.opened.search import MAX_NAMED, Search
from sekisho.analyzers.capture.protocols.recognise import is_text
from sekisho.analyzers.interface import AnalyzerDoc, Context, Source
from sekisho.analyzers.notes import Notes
from sekisho.errors import EvidenceError
from sekisho.model.evidence import EvidenceKind
from sekisho.model.flow import DataCategory, Protection
from sekisho.model.observation import Flow, Property
from sekisho.model.problem import Message
from sekisho.model.review import Findings
from sekisho.model.units import AnalyzerId, nanoseconds
from sekisho.model.words import Words

MAX_FILE = 512 << 20
MAX_FLOWS, MAX_LISTED = 20_000, 2_000
_TUNNELS, _LEFT_OUT, _NOT_SEARCHED = "SEK-P333", "SEK-P334", "SEK-P335"
_BEYOND, _RECEIVED, _OMITTED = "SEK-P338", "SEK-P339", "SEK-P312"
_MAX_SEVERAL, _NAMED_HOSTS = 50, 8
_LIMITATIONS = (
    Words(
        "Only what the recording program opened stands in the file: connections of programs that "
        "did not accept it (pinned certificates), or that went past it, do not. The file can be "
        "edited without trace.",
        "ファイルに含まれるのは記録プログラムが開いた通信だけである。記録を受け入れなかった"
        "（証明書を固定した）プログラムの接続や、記録を経由しなかった接続は含まれない。"
        "ファイルは痕跡を残さずに編集できる。",
    ),
    Words(
        "Values are found in plain text, percent-encoding, JSON escapes, base64, hexadecimal, gzip "
        "and deflate; in Brotli or Zstandard as sent, in binary or enciphered form they are not.",
        "値は平文、パーセント符号化、JSONエスケープ、base64、16進表記、gzip、deflateの中で見つける。"
        "BrotliやZstandardのままの本文、二進形式、独自暗号の中では見つけない。",
    ),
    Words(
        "Sizes are as stated, else as in HTTP/1.1. A TLS session is that of the client with the proxy.",
        "通信量は記載値、なければHTTP/1.1での大きさ、TLSセッションはプロキシとの間のものである。",
    ),
)


class HarAnalyzer:
    """Reads one HTTP archive."""

    id = AnalyzerId("capture.har/1")
    kinds = frozenset((EvidenceKind.HAR,))
    packs: tuple[str, ...] = (PACK,)
    doc = AnalyzerDoc(
        title=Words("Exchanges of an HTTP archive", "HTTPアーカイブの通信"),
        reads="HTTP Archive (HAR) 1.1 and 1.2, with WebSocket messages as Chromium writes them",
        observes=("flow", "property http_request", "property tls_refused"),
        references=("HTTP Archive (HAR) 1.2", "RFC 8259 (JSON)", "RFC 4648 (base64)"),
        limitations=_LIMITATIONS,
    )

    def analyze(self, source: Source, context: Context) -> Findings:
        """Say what is seen in the archive.

        Raises:
            EvidenceError: when the file is too large, or no archive.
        """
        return _Reading(source, context, self.id).findings(HarReader)


class MitmproxyAnalyzer:
    """Reads one dump of mitmproxy."""

    id = AnalyzerId("capture.mitmproxy/1")
    kinds = frozenset((EvidenceKind.MITMPROXY,))
    packs: tuple[str, ...] = (PACK,)
    doc = AnalyzerDoc(
        title=Words("Flows of a mitmproxy dump", "mitmproxyの記録のフロー"),
        reads="mitmproxy 4 to 12 (flow formats 7 to 21): HTTP, WebSocket, TCP, UDP and DNS flows",
        observes=(
            "flow",
            "property dns_lookup",
            "property http_request",
            "property tls_refused",
            "property tls_session",
        ),
        references=("Typed netstrings (tnetstrings.org)", "mitmproxy flow formats 7 to 21"),
        limitations=_LIMITATIONS,
    )

    def analyze(self, source: Source, context: Context) -> Findings:
        """Say what is seen in the dump.

        Raises:
            EvidenceError: when the file is too large, or no dump.
        """
        return _Reading(source, context, self.id).findings(DumpReader)


def _read_whole(source: Source, context: Context) -> bytes:
    limit = min(MAX_FILE, context.limits.file_size)
    with source.content.open("rb") as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise EvidenceError(
            "SEK-E235",
            "This recording of web traffic is too large to be read.",
            why=f"it has more than {limit} bytes",
            next_step="Split the recording by time and submit the parts.",
        )
    return data


_Flows: TypeAlias = dict[tuple[object, ...], Gathered]


class _Reading:
    """One recording being read; what is lost is counted by the code that tells of it."""

    def __init__(self, source: Source, context: Context, analyzer: AnalyzerId) -> None:
        self._data = _read_whole(source, context)
        self._notes = Notes(source, analyzer)
        self._phases = Phases(source.evidence.conditions)
        self._known = KnownValues(context.known_values)
        self._search = Search(self._known, load_data_categories())
        self._flows: _Flows = {}
        self._tunnels: _Flows = {}
        self._properties: dict[tuple[str, ...], Property] = {}
        self._count: Counter[str] = Counter()
        self._first: dict[str, Place] = {}
        self._several: set[tuple[str, ...]] = set()

    def findings(self, reader_of: Callable[[bytes], ExchangeReader]) -> Findings:
        """What was seen, what went wrong, and how far was looked."""
        reader = reader_of(self._data)
        for exchange in reader.exchanges():
            if exchange.is_tunnel:
                self._gather(exchange, self._tunnels)
            else:
                self._list(exchange)
                self._take(exchange)
        self._state(reader.aside)
        self._tell(reader.aside)
        flows = [flow for flow in self._notes.observations if isinstance(flow, Flow)]
        measures = _measures(reader.aside, flows, self._phases)
        return self._notes.conclude(measures, more=_OMITTED, unseen=tuple(self._unseen(flows)))

    def _gather(self, exchange: Exchange, flows: _Flows) -> Gathered | None:
        """Where an exchange belongs; `None` when there is no room for another recipient."""
        phase = self._phases.at(nanoseconds(exchange.first) if exchange.first is not None else None)
        key = (exchange.origin, exchange.recipient, exchange.protocol, exchange.protection, phase)
        if key not in flows:
            if len(flows) >= MAX_FLOWS:
                self._miss(_BEYOND, exchange.place)
                return None
            flows[key] = Gathered(exchange, phase)
        flows[key].add(exchange)
        return flows[key]

    def _take(self, exchange: Exchange) -> None:
        """Search an exchange and add it to its flow; a lookup without a resolver is no flow."""
        is_somebody = exchange.far_end[0] is not None
        gathered = self._gather(exchange, self._flows) if is_somebody else None
        if gathered is None:
            return
        sent, received, body_said = exchange.sent, exchange.received, False
        for text, match in self._search.matches(sent, with_names=True):
            gathered.note(text, match)
            body_said |= text is not sent.head
        for text, match in self._search.matches(received, with_names=False):
            gathered.note(text, match)
        media = self._search.media(sent)
        gathered.categories |= media | self._search.media(received)
        if received.is_missing or received.is_unread:
            self._miss(_RECEIVED, exchange.place)
        if exchange.lookups:
            gathered.categories.add(DataCategory.NAME_LOOKUP)
        elif not self._is_accounted(exchange, body_said=body_said, is_media=bool(media)):
            gathered.categories.add(DataCategory.UNKNOWN)
        hosts = exchange.hosts[:_NAMED_HOSTS]
        if len(hosts) > 1 and hosts not in self._several and len(self._several) < _MAX_SEVERAL:
            self._several.add(hosts)
            locus = exchange.place.locus(self._notes.evidence)
            self._notes.note_problem("SEK-P310", {"hosts": ", ".join(hosts)}, locus)

    def _is_accounted(self, exchange: Exchange, *, body_said: bool, is_media: bool) -> bool:
        """Whether it is known of all that was sent what it is; what was not searched is counted."""
        sent = exchange.sent
        is_long = not is_media and any(text.size > MAX_NAMED for text in sent.bodies)
        if sent.is_missing or sent.is_unread or is_long:
            self._miss(_LEFT_OUT if sent.is_missing else _NOT_SEARCHED, exchange.place)
            return False
        is_said = body_said and all(is_text(text.data) for text in sent.bodies)
        return is_media or is_said or not sent.bodies

    def _miss(self, code: str, place: Place) -> None:
        self._count[code] += 1
        self._first.setdefault(code, place)

    def _list(self, exchange: Exchange) -> None:
        """List the request, the names looked up and the TLS session, each distinct one once."""
        request, handshake = exchange.request, exchange.handshake
        if request is not None:
            said = {"method": request.method, "host": request.host}
            place = exchange.sent.head.beginning or exchange.place
            self._property("http_request", request.target, said, place)
        for name, kind, addresses, place in exchange.lookups:
            resolver = exchange.recipient.address or exchange.recipient.host or ""
            said = {"type": kind, "resolver": resolver, "addresses": " ".join(addresses)}
            self._property("dns_lookup", name or ".", said, place)
        if handshake is not None:
            said = {"host": handshake.host, "offered_protocols": handshake.offered}
            self._property("tls_session", handshake.version, said, exchange.place)

    def _property(self, name: str, value: str, details: dict[str, str], *places: Place) -> None:
        key = (name, value, *details.values())
        if key in self._properties or self._count[name] >= MAX_LISTED:
            self._count[_OMITTED] += key not in self._properties
            return
        self._count[name] += 1
        self._properties[key] = Property(
            loci=tuple(place.locus(self._notes.evidence) for place in places),
            analyzer=self._notes.analyzer,
            name=name,
            value=value,
            details={key: detail for key, detail in details.items() if detail},
        )

    def _state(self, aside: SetAside) -> None:
        """Note all that was seen; a tunnel only where nothing to the same end was opened."""
        opened = {one.alike.far_end for one in self._flows.values()}
        closed = [one for one in self._tunnels.values() if one.alike.far_end not in opened]
        for tunnel in closed:
            tunnel.shut()
            self._miss(_TUNNELS, tunnel.alike.place)
        for gathered in (*self._flows.values(), *closed):
            self._notes.note(gathered.flow(self._notes))
        for host, places in aside.refused.items():
            attempts = {"attempts": str(aside.attempts[host])}
            self._property("tls_refused", host, attempts, *places)
        for seen in self._properties.values():
            self._notes.note(seen)

    def _tell(self, aside: SetAside) -> None:
        """Tell what could not be seen and might matter."""
        refused = [places[0] for places in aside.refused.values()]
        hosts = ", ".join(list(aside.refused)[:_NAMED_HOSTS])
        end = str(aside.broken.offset) if aside.broken is not None else ""
        counted = (_TUNNELS, _LEFT_OUT, _NOT_SEARCHED, _BEYOND)
        for code, details, place in (
            ("SEK-P330", {"count": str(aside.entries), "offset": end}, aside.broken),
            ("SEK-P331", {"count": str(aside.unread)}, aside.first_unread),
            ("SEK-P332", {"count": str(aside.refusals), "hosts": hosts}, (*refused, None)[0]),
            *((code, {"count": str(self._count[code])}, self._first.get(code)) for code in counted),
        ):
            if place is not None:
                locus = place.locus(self._notes.evidence)
                self._notes.note_problem(code, details, locus, blocks_clean=True)
        for name in self._known.too_short:
            self._notes.note_problem("SEK-P311", {"name": name})

    def _unseen(self, flows: list[Flow]) -> Iterator[Message]:
        yield Message("SEK-P337")
        if not flows:
            yield Message("SEK-P336")
        if places := sum(gathered.more_places for gathered in self._flows.values()):
            yield Message("SEK-P324", {"places": str(places)})
        for code in (_RECEIVED, _OMITTED):
            if self._count[code]:
                yield Message(code, {"count": str(self._count[code])})


def _measures(aside: SetAside, flows: list[Flow], phases: Phases) -> dict[str, float]:
    starts = [flow.first_seen for flow in flows if flow.first_seen is not None]
    ends = [flow.last_seen for flow in flows if flow.last_seen is not None]
    lasted = (max(ends) - min(starts)).total_seconds() if starts and ends else 0.0
    lasting = (
        phases.measures(nanoseconds(min(starts)), nanoseconds(max(ends))) if lasted > 0 else {}
    )
    payload = dict.fromkeys((f"{kind.value}_bytes" for kind in Protection), 0.0)
    for flow in flows:
        payload[f"{flow.protection.value}_bytes"] += flow.volume.sent + flow.volume.received
    return {
        "recorded_entries": float(aside.entries),
        "flows": float(len(flows)),
        "duration_s": max(lasted, 0.0),
        **lasting,
        **payload,
        "unmoved_entries": float(aside.unmoved),
    }
