"""What a network capture shows: who was talked to, named how, protected how, carrying what.

The procedure: (1) frames from the file, (2) the IP header in each, (3) the conversation each
packet belongs to, (4) its payload put in order, (5) the protocol recognised by its bytes,
(6) names learnt from DNS, TLS and HTTP, (7) what stands in clear searched, (8) each conversation
stated as a flow. What a step cannot read it counts; nothing is passed over in silence.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sekisho.analyzers.capture.content.categories import PACK, load_data_categories
from sekisho.analyzers.capture.content.known import KnownValues
from sekisho.analyzers.capture.file.frames import ByteStream, FrameReader
from sekisho.analyzers.capture.file.pcap import PcapReader
from sekisho.analyzers.capture.file.pcapng import PcapngReader
from sekisho.analyzers.capture.flows.conversation import Conversation
from sekisho.analyzers.capture.flows.flow_log import FlowLog
from sekisho.analyzers.capture.flows.flow_table import FlowTable
from sekisho.analyzers.capture.flows.gathering import Gathering
from sekisho.analyzers.capture.flows.names import NameBook
from sekisho.analyzers.capture.flows.phases import Phases
from sekisho.analyzers.capture.flows.tally import Tally, Totals, Unseen
from sekisho.analyzers.capture.keys.key_log import KeyLog
from sekisho.analyzers.capture.network.assembly import Place
from sekisho.analyzers.capture.protocols.remote_id import RemoteIds
from sekisho.analyzers.capture.reading.clear import ClearReader
from sekisho.analyzers.capture.reading.inspection import Inspector
from sekisho.analyzers.capture.reading.scan import Scan
from sekisho.analyzers.capture.statement import Statements
from sekisho.analyzers.interface import AnalyzerDoc, Context, Source
from sekisho.model.evidence import Evidence, EvidenceKind, Phase
from sekisho.model.observation import Observation
from sekisho.model.problem import Coverage, CoverageStatus, Message, Problem
from sekisho.model.review import Findings
from sekisho.model.units import AnalyzerId
from sekisho.model.words import Words


class CaptureAnalyzer:
    """Reads one capture, frame by frame, in bounded memory."""

    id = AnalyzerId("capture.flows/4")
    kinds = frozenset((EvidenceKind.PCAP, EvidenceKind.PCAPNG))
    packs: tuple[str, ...] = (PACK,)
    doc = AnalyzerDoc(
        title=Words("Flows of a network capture", "通信記録のフロー"),
        reads="pcap and pcapng: Ethernet (VLAN, PPPoE, MPLS), Wi-Fi (radiotap), Bluetooth LE, raw IP, "
        "BSD loopback, PPP, Cisco HDLC, Linux cooked; IPv4, IPv6; TCP, UDP, ICMP; tunnels; Remote ID "
        "in Wi-Fi and Bluetooth; lines of aircraft (USER). protocols.md has every protocol",
        observes=(
            "flow",
            "property dns_lookup",
            "property http_request",
            "property said_in_clear",
            "property tls_session",
            "property tls_certificate",
            "property remote_id",
        ),
        references=(
            "draft-ietf-opsawg-pcap",
            "draft-ietf-opsawg-pcapng",
            "RFC 791, RFC 8200 (IP)",
            "RFC 9293 (TCP)",
            "RFC 1035 (DNS)",
            "RFC 8446, RFC 6066 (TLS)",
            "RFC 9112 (HTTP/1.1)",
            "RFC 9000, RFC 9001, RFC 9369 (QUIC)",
            "QUIC Crypto, 2016 (Google QUIC)",
            "JA4: TLS Client Fingerprinting (FoxIO)",
            "IEEE 802.11-2020, radiotap (Wi-Fi)",
            "Bluetooth Core Specification 5.4",
            "ASTM F3411-22a (Remote ID)",
        ),
        limitations=(
            Words(
                "TLS is opened with a key log only; of QUIC the first packets, whose keys they carry "
                "themselves. What else TLS, QUIC, SSH or IPsec carry is stated as unknown.",
                "TLSは鍵ログがある場合だけ開く。QUICは鍵を自ら運ぶ最初のパケットだけを開く。"
                "それ以外のTLS、QUIC、SSH、IPsecの中身は不明とする。",
            ),
            Words(
                "Of fragmented IP packets only the first fragment is read.",
                "分割されたIPパケットは最初の断片だけを読む。",
            ),
            Words(
                "Encryption of Wi-Fi and aggregated Wi-Fi frames are not opened, nor are tunnels that "
                "encrypt.",
                "無線LANの暗号、連結された無線LANフレーム、暗号化されたトンネルは開かない。",
            ),
            Words(
                "With more than 65,536 conversations open at once those silent for longest are closed; "
                "of recipients at most 20,000 are kept.",
                "同時に開いている会話が65,536を超えると、最も長く沈黙しているものを閉じる。"
                "通信相手は20,000件まで保持する。",
            ),
            Words(
                "What an aircraft says of itself (Remote ID), and which app the capturing tool says a "
                "conversation is of, is not proved.",
                "機体が自ら述べる内容（リモートID）及び取得ツールが述べるアプリ名は、"
                "証明されたものではない。",
            ),
            Words(
                "A host name is what the client asked for (TLS, HTTP), what DNS last answered for the "
                "address, or what the server's certificate says; several names may share one address.",
                "ホスト名はクライアントが要求した名前（TLS、HTTP）、DNSが直前に答えた名前、"
                "サーバー証明書にある名前のいずれかである。"
                "一つのアドレスを複数の名前が共有することがある。",
            ),
            Words(
                "Known values are found in plain text, percent-encoding, JSON escapes, base64, "
                "hexadecimal, gzip bodies, as MD5, SHA-1 and SHA-256, and in common binary forms of "
                "numbers and places; in other forms they are not.",
                "既知の値は平文、パーセント符号化、JSONエスケープ、base64、16進表記、gzip圧縮された本文、"
                "MD5・SHA-1・SHA-256、数値と位置の一般的な二進形式で見つける。他の形式では見つけない。",
            ),
            Words(
                "Request bodies that are compressed and chunked are not unpacked; the flow is then "
                "marked unknown.",
                "圧縮かつ分割転送された要求の本文は展開せず、そのフローは不明とする。",
            ),
        ),
    )

    def analyze(self, source: Source, context: Context) -> Findings:
        """Say what is seen in the capture.

        Raises:
            EvidenceError: when the file is not a capture of its kind.
        """
        with source.content.open("rb", buffering=0) as stream, _collection_paused():
            reader = open_frames(stream, source.evidence.kind)
            reading = _Reading(source.evidence, context)
            reading.read(reader)
            return reading.findings(reader)


@contextmanager
def _collection_paused() -> Iterator[None]:
    """Without the search for cycles, of which the reading leaves none; it would be half the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def open_frames(stream: ByteStream, kind: EvidenceKind) -> FrameReader:
    """The reader for a kind of capture.

    Raises:
        EvidenceError: when the stream does not begin as that kind does.
    """
    return PcapReader(stream) if kind is EvidenceKind.PCAP else PcapngReader(stream)


class _Reading:
    """One capture being read: the parts of the procedure, joined."""

    def __init__(self, evidence: Evidence, context: Context) -> None:
        self._evidence = evidence
        self._known = KnownValues(context.known_values)
        self._clear = ClearReader(self._known, load_data_categories())
        self._names = NameBook()
        self._keys = KeyLog.read(context.key_log)
        self._remote_ids = RemoteIds()
        self._tally = Tally()
        self._dropped = 0
        self._table = FlowTable()
        self._totals = Totals()
        self._gathering = Gathering(self._totals)
        self._phases = Phases(evidence.conditions)
        self._flow_log = FlowLog(Path(context.flows)) if context.flows is not None else None
        self._statements = Statements(evidence, CaptureAnalyzer.id)

    def read(self, reader: FrameReader) -> None:
        """Take every frame."""
        inspector = Inspector(self._clear, self._names, self._keys)
        scan = Scan(self._tally, inspector, self._remote_ids, self._table, self._conclude)
        scan.read(reader, self._phases)
        self._dropped = reader.dropped
        if self._flow_log is not None:
            self._flow_log.finish()

    def _conclude(self, conversation: Conversation, phase: Phase | None) -> None:
        self._gathering.add(conversation, phase)
        if self._flow_log is not None:
            self._flow_log.add(conversation, phase)

    def findings(self, reader: FrameReader) -> Findings:
        """What was seen, what went wrong, and how far was looked."""
        observations = tuple(self._observations())
        problems = tuple(self._problems(reader))
        blocked = any(problem.blocks_clean for problem in problems)
        coverage = Coverage(
            evidence=self._evidence.id,
            analyzer=CaptureAnalyzer.id,
            status=CoverageStatus.PARTLY if blocked else CoverageStatus.LOOKED,
            measures=self._measures(),
            unseen=tuple(self._unseen()),
        )
        return Findings(observations=observations, problems=problems, coverage=(coverage,))

    def _observations(self) -> Iterator[Observation]:
        yield from self._statements.flows(self._gathering.flows)
        yield from self._statements.lookups(self._names.lookups)
        yield from self._statements.requests(self._clear.requests)
        yield from self._statements.said(self._clear.said)
        yield from self._statements.sessions(self._gathering.sessions)
        yield from self._statements.certificates(self._gathering.certificates)
        yield from self._statements.remote_ids(self._remote_ids.aircraft)

    def _problems(self, reader: FrameReader) -> Iterator[Problem]:
        if (broken := reader.broken) is not None:
            details = {"frame": str(broken.frame), "offset": str(broken.offset)}
            place = Place(broken.frame, broken.offset, 0)
            yield self._problem(Unseen(broken.code, details, place), blocks_clean=True)
        for unseen in (*self._tally.unread(), *self._totals.lost(), *self._gathering.beyond()):
            yield self._problem(unseen, blocks_clean=True)
        if self._dropped:
            unseen = Unseen("SEK-P328", {"frames": str(self._dropped)}, None)
            yield self._problem(unseen, blocks_clean=True)
        if self._clear.unopened:
            details = {"bodies": str(self._clear.unopened)}
            yield self._problem(Unseen("SEK-P313", details, None), blocks_clean=True)
        span = self._tally.span_ns
        if span is not None and (outside := self._phases.outside(*span)):
            yield self._problem(
                Unseen("SEK-P341", {"marks": str(outside)}, None), blocks_clean=False
            )
        for several in self._gathering.several:
            details = {"hosts": ", ".join(several.hosts[:8])}
            yield self._problem(Unseen("SEK-P310", details, several.place), blocks_clean=False)
        for name in self._known.too_short:
            yield self._problem(Unseen("SEK-P311", {"name": name}, None), blocks_clean=False)

    def _problem(self, unseen: Unseen, *, blocks_clean: bool) -> Problem:
        locus = self._statements.locus(unseen.place) if unseen.place is not None else None
        return Problem(
            code=unseen.code,
            details=unseen.details,
            evidence=self._evidence.id,
            path=self._evidence.path,
            parent=self._evidence.parent,
            locus=locus,
            analyzer=CaptureAnalyzer.id,
            blocks_clean=blocks_clean,
        )

    def _measures(self) -> dict[str, float]:
        tally, totals = self._tally, self._totals
        payload = {
            f"{kind.value}_bytes": float(amount.bytes) for kind, amount in totals.amounts.items()
        }
        return {
            "packets": float(tally.frames),
            "bytes": float(tally.bytes),
            "duration_s": tally.duration_s,
            **(self._phases.measures(*tally.span_ns) if tally.span_ns is not None else {}),
            "flows": float(self._table.opened),
            **payload,
            "opened_bytes": float(totals.opened),
            "unnamed_bytes": float(totals.unnamed),
            "lost_bytes": float(totals.lost_bytes),
            "repeated_bytes": float(totals.repeated),
            "dropped_frames": float(self._dropped),
            "truncated_frames": float(tally.truncated.frames),
            "unread_frames": float(tally.unread_frames),
            "link_only_frames": float(tally.link_only.frames),
        }

    def _unseen(self) -> Iterator[Message]:
        tally = self._tally
        yield from self._totals.unopened()
        if not tally.frames:
            yield Message("SEK-P323")
        elif tally.untimed:
            yield Message("SEK-P322", {"frames": str(tally.untimed)})
        if tally.link_only.frames:
            yield Message("SEK-P325", {"frames": str(tally.link_only.frames)})
        if self._statements.omitted_loci:
            yield Message("SEK-P324", {"places": str(self._statements.omitted_loci)})
        omitted = self._names.omitted + self._clear.omitted
        if omitted:
            yield Message("SEK-P312", {"count": str(omitted)})
        if self._remote_ids.omitted:
            yield Message("SEK-P326", {"frames": str(self._remote_ids.omitted)})
