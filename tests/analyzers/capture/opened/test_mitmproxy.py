"""Dumps of mitmproxy: every version's flows, what they carry, and what is not in them."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.opened import analyzer as opened_web
from sekisho.analyzers.capture.opened import mitmproxy
from sekisho.analyzers.capture.opened.analyzer import MitmproxyAnalyzer
from sekisho.analyzers.capture.opened.mitmproxy import DumpReader
from sekisho.analyzers.interface import Analyzer, Context, Source
from sekisho.errors import EvidenceError
from sekisho.model.evidence import Evidence, Limits
from sekisho.model.flow import DataCategory, KnownValue, NameSource, Protection
from sekisho.model.locus import ByteRange
from sekisho.model.observation import Flow, Property
from sekisho.model.problem import CoverageStatus
from sekisho.model.review import Findings
from sekisho.model.units import Bytes, EvidenceId, Sha256
from tests.analyzers.capture.build import FORM, IMEI, NOISE, SERIAL, codes, flows, properties
from tests.analyzers.capture.recorded import REAL

VERSIONS = (4, 5, 6, 7, 8, 10, 12)
State: TypeAlias = dict[str, Any]


def analyze(
    folder: Path, content: bytes, *known: KnownValue, limits: Limits | None = None
) -> Findings:
    path = folder / "one.flow"
    path.write_bytes(content)
    evidence = Evidence(
        id=EvidenceId(Sha256(hashlib.sha256(content).hexdigest())),
        path="captures/one.flow",
        size=Bytes(len(content)),
        kind=next(iter(MitmproxyAnalyzer.kinds)),
    )
    context = Context(known_values=known or (IMEI, SERIAL), limits=limits or Limits())
    return MitmproxyAnalyzer().analyze(Source(evidence=evidence, content=path), context)


def real(name: str) -> bytes:
    return gzip.decompress((REAL / "opened_web" / f"{name}.gz").read_bytes())


def dump(value: Any) -> bytes:
    """A value as a typed netstring."""
    if value is None:
        return b"0:~"
    if isinstance(value, bool):
        return b"4:true!" if value else b"5:false!"
    if isinstance(value, dict):
        said = b"".join(dump(name) + dump(part) for name, part in value.items())
        return b"%d:%b}" % (len(said), said)
    if isinstance(value, list | tuple):
        said = b"".join(map(dump, value))
        return b"%d:%b]" % (len(said), said)
    if isinstance(value, int | float):
        said = repr(value).encode()
        return b"%d:%b%c" % (len(said), said, 0x23 if isinstance(value, int) else 0x5E)
    said = value.encode() if isinstance(value, str) else value
    return b"%d:%b%c" % (len(said), said, 0x3B if isinstance(value, str) else 0x2C)


def web(*, host: str = "cloud.example", server: State | None = None, **more: Any) -> State:
    """An HTTP flow in format 21."""
    parts: State = {
        "version": 21,
        "type": "http",
        "client_conn": {"peername": ("192.168.1.5", 40000), "sni": None, "error": None},
        "server_conn": {"peername": ("93.184.216.34", 443), "via": None, "id": "a"}
        | (server or {}),
        "request": {
            "method": b"GET",
            "scheme": b"https",
            "host": host,
            "port": 443,
            "path": b"/x?y",
            "headers": [],
            "content": b"",
            "timestamp_start": 1_700_000_000,
        },
        "response": None,
        "error": None,
    }
    for name, value in more.items():
        both = isinstance(value, dict) and isinstance(parts.get(name), dict)
        parts[name] = parts[name] | value if both else value
    return parts


def stream(kind: str = "tcp", *messages: Any, server: State | None = None) -> State:
    parts = web(server={"address": ("link.example", 9000)} | (server or {}), type=kind)
    return parts | {"messages": list(messages), "request": None}


def bytes_at(content: bytes, seen: Flow | Property) -> list[bytes]:
    places = [place for place in seen.loci if isinstance(place, ByteRange)]
    return [content[place.offset : place.offset + place.length] for place in places]


def only_flow(findings: Findings) -> Flow:
    (flow,) = flows(findings)
    return flow


def test_it_is_an_analyzer() -> None:
    analyzer: Analyzer = MitmproxyAnalyzer()
    assert (analyzer.id, analyzer.packs) == (
        "capture.mitmproxy/1",
        ("signatures/data_categories.yaml",),
    )


def test_what_mitmdump_recorded_is_read_with_its_places(tmp_path: Path) -> None:
    content = real("recorded.flow")
    findings = analyze(tmp_path, content)
    cloud, plain = flows(findings)
    assert (cloud.origin, cloud.protocol, cloud.connections) == ("127.0.0.1", "https", 2)
    assert (cloud.recipient.host, cloud.recipient.address) == ("cloud.example", "127.0.0.1")
    assert (cloud.recipient.port, cloud.recipient.host_learnt_from) == (443, NameSource.TLS_SNI)
    assert (cloud.protection, plain.protection) == (Protection.PROTECTED, Protection.CLEAR)
    assert cloud.carried == ("imei", "serial")
    record, *found, packed = bytes_at(content, cloud)
    assert record.startswith(b"2739:9:websocket;")
    assert found == [b"abcd1234", b"490154203237518", b"KZX1-000123", b"35.6586", b"139.7454"]
    assert b"KZX1-000123" in gzip.decompress(packed)
    assert plain.recipient.host_learnt_from is NameSource.HTTP_HOST
    assert plain.categories == (DataCategory.POSITION, DataCategory.IMAGERY)
    (session,) = properties(findings, "tls_session")
    assert (session.value, session.details) == (
        "TLS 1.3",
        {"host": "cloud.example", "offered_protocols": "h2 http/1.1"},
    )
    (report, *_) = properties(findings, "http_request")
    assert (report.value, report.details["method"]) == ("/v1/report", "POST")
    assert bytes_at(content, report) == [b"/v1/report?token=abcd1234"]
    assert findings.problems == ()
    assert findings.coverage[0].status is CoverageStatus.LOOKED
    assert [message.code for message in findings.coverage[0].unseen] == ["SEK-P337"]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_says_the_same(tmp_path: Path, version: int) -> None:
    content = real(f"mitmproxy-{version}.flow")
    findings = analyze(tmp_path, content)
    seen = {(flow.recipient.host, flow.recipient.port): flow for flow in flows(findings)}
    assert {flow.origin for flow in seen.values()} == {"192.168.1.5"}
    assert {flow.recipient.address for flow in seen.values()} == {"93.184.216.34"}
    cloud, plain = seen["cloud.example", 443], seen["plain.example", 80]
    assert (cloud.protocol, cloud.carried) == ("https", ("imei", "serial"))
    assert (cloud.volume.sent, cloud.volume.received, cloud.connections) == (354, 82, 2)
    assert (cloud.protection, plain.protection) == (Protection.PROTECTED, Protection.CLEAR)
    assert cloud.recipient.host_learnt_from is NameSource.TLS_SNI
    assert cloud.first_seen is not None
    assert cloud.first_seen.isoformat() == "2026-11-18T11:06:41.250000+00:00"
    link, socket = seen["link.example", 9000], seen["socket.example", 443]
    assert (link.protocol, link.protection) == ("tcp/9000", Protection.CLEAR)
    assert (link.carried, link.volume.sent) == (("imei", "serial"), 21)
    assert {b"KZX1-", b"000123", b"490154203237518"} <= set(bytes_at(content, link))
    assert (socket.protocol, socket.protection) == ("https", Protection.PROTECTED)
    assert b"KZX1-000123" in bytes_at(content, socket)
    assert socket.last_seen is not None
    assert socket.last_seen.isoformat() == "2026-11-18T11:06:44.250000+00:00"
    assert ((None, 53) in seen) == (version >= 8)
    assert (("link.example", 9001) in seen) == (version >= 10)
    assert "pinned.example" not in {host for host, _ in seen}
    (refused,) = properties(findings, "tls_refused")
    assert (refused.value, refused.details) == ("pinned.example", {"attempts": "1"})
    assert [(p.code, p.details, p.blocks_clean) for p in findings.problems] == [
        ("SEK-P332", {"count": "1", "hosts": "pinned.example"}, True)
    ]
    assert {seen.value for seen in properties(findings, "tls_session")} == {"TLS 1.3"}


def test_names_that_were_looked_up(tmp_path: Path) -> None:
    content = real("mitmproxy-12.flow")
    findings = analyze(tmp_path, content)
    (lookup,) = properties(findings, "dns_lookup")
    assert (lookup.value, bytes_at(content, lookup)) == ("dns.google", [b"dns.google"])
    assert lookup.details == {
        "type": "A",
        "resolver": "93.184.216.34",
        "addresses": "8.8.8.8 8.8.4.4",
    }
    (dns,) = [flow for flow in flows(findings) if flow.protocol == "dns"]
    assert (dns.categories, dns.protection) == ((DataCategory.NAME_LOOKUP,), Protection.CLEAR)
    assert (dns.volume.sent, dns.volume.received) == (28, 44)


def test_addresses_are_of_the_type_asked_for(tmp_path: Path) -> None:
    answers = [
        {"type": 28, "data": b"\x20\x01" + bytes(13) + b"\1"},
        {"type": 28, "data": b"\1\2\3\4"},
        {"type": 1, "data": b"\1\2\3\4"},
        {"type": 28},
    ]
    asked = {"questions": [{"name": "a.example", "type": 28}]}
    parts = web(type="dns", request=asked, response={"answers": answers})
    (lookup,) = properties(analyze(tmp_path, dump(parts)), "dns_lookup")
    assert lookup.details == {"type": "AAAA", "resolver": "93.184.216.34", "addresses": "2001::1"}


def test_a_lookup_without_a_resolver_is_listed_only(tmp_path: Path) -> None:
    question = {"name": "Cloud.Example.", "type": 65, "class_": 1}
    parts = web(type="dns", request={"questions": [question, {}]}, server={"peername": None})
    findings = analyze(tmp_path, dump(parts))
    assert (flows(findings), codes(findings)) == ([], [])
    named = [(seen.value, seen.details) for seen in properties(findings, "dns_lookup")]
    assert named == [("cloud.example", {"type": "HTTPS"}), (".", {"type": "TYPE0"})]


@pytest.mark.parametrize(
    ("encoding", "body", "carried"),
    [
        (b"", FORM, ("imei", "serial")),
        (b"identity", FORM, ("imei", "serial")),
        (b"GZIP", gzip.compress(FORM, mtime=0), ("imei", "serial")),
        (b"gzip, gzip", gzip.compress(gzip.compress(FORM, mtime=0), mtime=0), ("imei", "serial")),
        (b"deflate, gzip", gzip.compress(zlib.compress(FORM), mtime=0), ("imei", "serial")),
        (b"br", NOISE + FORM, ("imei", "serial")),
        (b"gzip", b"no gzip KZX1-000123", ("serial",)),
        (b"gzip,a,b,c,d,e,f", FORM, ("imei", "serial")),
    ],
)
def test_compressed_bodies(
    tmp_path: Path, encoding: bytes, body: bytes, carried: tuple[str, ...]
) -> None:
    request = {"headers": [(b"Content-Encoding", encoding)], "content": body, "method": b"POST"}
    findings = analyze(tmp_path, dump(web(request=request)))
    assert only_flow(findings).carried == carried
    is_opened = encoding.lower() in (b"", b"identity") or body[:1] == b"\x1f"
    assert codes(findings) == ([] if is_opened else ["SEK-P335"])
    assert (DataCategory.UNKNOWN in only_flow(findings).categories) != is_opened


def test_bodies_that_unpack_to_too_much_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = gzip.compress(b"\n" * (5 << 20) + b"KZX1-000123")
    request = {
        "headers": [(b"Content-Encoding", b"gzip"), (b"Content-Type", b"image/x")],
        "content": large,
    }
    findings = analyze(tmp_path, dump(web(request=request)))
    assert (codes(findings), only_flow(findings).carried) == (["SEK-P335"], ())
    request["content"] = gzip.compress(FORM, mtime=0)
    monkeypatch.setattr(mitmproxy, "MAX_UNPACKED", 1)
    findings = analyze(tmp_path, dump(web(request=request)) * 3)
    assert [problem.details for problem in findings.problems] == [{"count": "2"}]


def test_header_fields_and_trailers_are_searched(tmp_path: Path) -> None:
    request = {
        "headers": [(b"Cookie", b"session-a=b; sn=KZX1-000123"), (b"X", b"1")],
        "trailers": [(b"Imei", b"490154203237518")],
    }
    content = dump(web(request=request))
    flow = only_flow(analyze(tmp_path, content))
    assert flow.carried == ("imei", "serial")
    assert {b"KZX1-000123", b"490154203237518"} <= set(bytes_at(content, flow))
    assert flow.volume.sent == len("GET /x?y HTTP/1.1\r\n") + sum(
        len(name) + len(value) + 4 for name, value in [*request["headers"], *request["trailers"]]
    )


@pytest.mark.parametrize(
    ("fields", "content", "is_told"),
    [
        ([(b"Content-Length", b"5")], None, True),
        ([(b"Transfer-Encoding", b"Chunked")], None, True),
        ([(b"Content-Length", b"x")], None, False),
        ([], None, False),
        ([(b"Content-Length", b"5")], b"", False),
    ],
)
def test_bodies_that_were_not_kept_are_told(
    tmp_path: Path,
    fields: list[tuple[bytes, bytes]],
    content: bytes | None,
    is_told: bool,  # noqa: FBT001 - a case
) -> None:
    said = {"headers": fields, "content": content}
    findings = analyze(tmp_path, dump(web(request=said, response=said)))
    assert codes(findings) == (["SEK-P334"] if is_told else [])
    messages = [message.code for message in findings.coverage[0].unseen]
    assert ("SEK-P339" in messages) == is_told


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (web(), ("cloud.example", "93.184.216.34", NameSource.HTTP_HOST)),
        (web(host="::1", server={"peername": None}), (None, "::1", NameSource.NONE)),
        (web(server={"via": ("http", ("up", 1))}), ("cloud.example", None, NameSource.HTTP_HOST)),
        (web(server={"via2": ("http", ("up", 1))}), ("cloud.example", None, NameSource.HTTP_HOST)),
        (
            web(host="93.184.216.34", request={"headers": [(b"hOst", b"Cloud.example:443")]}),
            ("cloud.example", "93.184.216.34", NameSource.HTTP_HOST),
        ),
        (
            web(host="93.184.216.34", request={"authority": b"cloud.example:443"}),
            ("cloud.example", "93.184.216.34", NameSource.HTTP_HOST),
        ),
        (
            web(host="93.184.216.34", client_conn={"sni": b"cloud.example"}),
            ("cloud.example", "93.184.216.34", NameSource.TLS_SNI),
        ),
    ],
)
def test_recipients(
    tmp_path: Path, parts: State, expected: tuple[str | None, str | None, NameSource]
) -> None:
    findings = analyze(tmp_path, dump(parts))
    to = only_flow(findings).recipient
    assert (to.host, to.address, to.host_learnt_from) == expected
    assert (to.port, codes(findings)) == (443, [])


def test_another_host_behind_the_one_asked_for_is_told(tmp_path: Path) -> None:
    hidden = web(host="front.example", client_conn={"sni": "front.example"})
    hidden["request"] |= {"headers": [(b"Host", b"cloud.example")]}
    findings = analyze(tmp_path, dump(hidden))
    assert only_flow(findings).recipient.host == "front.example"
    assert [(p.code, p.details) for p in findings.problems] == [
        ("SEK-P310", {"hosts": "front.example, cloud.example"})
    ]


@pytest.mark.parametrize(
    ("kind", "server", "protocol", "protection"),
    [
        ("tcp", {}, "tcp/9000", Protection.CLEAR),
        ("udp", {}, "udp/9000", Protection.CLEAR),
        ("tcp", {"tls": True}, "tls", Protection.PROTECTED),
        ("tcp", {"tls_established": True}, "tls", Protection.PROTECTED),
        ("udp", {"tls": True, "tls_version": "DTLSv1.2"}, "dtls", Protection.PROTECTED),
        ("udp", {"tls": True, "tls_version": "QUICv1"}, "quic", Protection.PROTECTED),
        ("websocket", {}, "http", Protection.CLEAR),
        ("websocket", {"tls": True}, "https", Protection.PROTECTED),
    ],
)
def test_streams(
    tmp_path: Path, kind: str, server: State, protocol: str, protection: Protection
) -> None:
    content = dump(stream(kind, (True, b"sn=KZX1-", 1.5), (True, b"000123", 2.5), server=server))
    flow = only_flow(analyze(tmp_path, content))
    assert (flow.protocol, flow.protection) == (protocol, protection)
    assert flow.carried == (() if kind == "websocket" else ("serial",))
    assert (flow.volume.sent, flow.volume.received) == (14, 0)
    assert flow.first_seen is not None
    assert flow.first_seen.timestamp() == 1.5


def test_a_stream_that_cannot_be_read_is_opaque(tmp_path: Path) -> None:
    flow = only_flow(analyze(tmp_path, dump(stream("tcp", (True, NOISE, 1.0)))))
    assert (flow.protection, flow.categories) == (Protection.OPAQUE, (DataCategory.UNKNOWN,))


def test_a_tunnel_that_was_not_opened_blocks_clean(tmp_path: Path) -> None:
    tunnel = web(request={"method": b"CONNECT", "scheme": b"", "path": b""})
    closed = web(host="pinned.example", request=tunnel["request"] | {"host": "pinned.example"})
    findings = analyze(tmp_path, dump(tunnel) + dump(closed) + dump(web()))
    cloud, pinned = flows(findings)
    assert (cloud.protocol, cloud.recipient.host) == ("https", "cloud.example")
    assert (pinned.protocol, pinned.protection) == ("tcp/443", Protection.OPAQUE)
    assert (pinned.recipient.host, pinned.categories) == ("pinned.example", (DataCategory.UNKNOWN,))
    assert codes(findings) == ["SEK-P333"]
    assert findings.coverage[0].status is CoverageStatus.PARTLY


@pytest.mark.parametrize(
    "parts",
    [
        stream() | {"client_conn": {"error": "The client may not trust ...", "sni": "a.example"}},
        stream() | {"error": {"msg": "Client TLS handshake failed. x", "timestamp": 1.0}},
        web(
            error={"msg": "Cannot establish TLS with client (sni: x)"},
            request={"method": b"CONNECT"},
        ),
        web(client_conn={"error": b"unknown ca"}, request=None),
        {"version": 21, "type": "odd", "client_conn": {"error": "x"}},
    ],
)
def test_tls_that_the_client_broke_off_is_told(tmp_path: Path, parts: State) -> None:
    findings = analyze(tmp_path, dump(parts))
    assert (flows(findings), codes(findings)) == ([], ["SEK-P332"])
    (refused,) = properties(findings, "tls_refused")
    assert refused.value in {"a.example", "link.example", "cloud.example", "?"}
    assert bytes_at(dump(parts), refused) == [dump(parts)]


def test_what_was_said_before_it_broke_off_is_searched(tmp_path: Path) -> None:
    parts = web(client_conn={"error": "connection closed"}, request={"content": FORM})
    findings = analyze(tmp_path, dump(parts))
    assert (only_flow(findings).carried, codes(findings)) == (("imei", "serial"), ["SEK-P332"])


def test_other_errors_are_no_refusal(tmp_path: Path) -> None:
    findings = analyze(tmp_path, dump(web(error={"msg": "Connection killed.", "timestamp": 1.0})))
    assert (codes(findings), only_flow(findings).recipient.host) == ([], "cloud.example")


@pytest.mark.parametrize(
    "odd",
    [
        {"version": 21},
        {"version": 21, "type": "future"},
        7,
        [],
        web(request=None),
        web(request=7),
        web(request={"method": None}),
        web(request={"host": ""}),
        web(request={"port": 0}),
        web(request={"port": 1e30}),
        web(type="dns"),
        stream(server={"address": None, "peername": None}),
    ],
)
def test_flows_that_cannot_be_read_are_counted(tmp_path: Path, odd: Any) -> None:
    content = dump(web()) + dump(odd) + dump(odd)
    findings = analyze(tmp_path, content)
    assert only_flow(findings).recipient.host == "cloud.example"
    (problem,) = findings.problems
    assert (problem.code, problem.details) == ("SEK-P331", {"count": "2"})
    assert problem.locus is not None
    assert problem.blocks_clean
    assert problem.locus.address() == f"@{len(dump(web())):#x}+{len(dump(odd))}"


@pytest.mark.parametrize(
    "odd",
    [
        web(response=7),
        web(websocket={"messages": [7]}),
        web(request={"headers": [(b"one",)]}),
        web(request={"headers": 7}),
        web(server={"peername": 7}),
    ],
)
def test_flows_that_are_broken_in_part_are_read_and_counted(tmp_path: Path, odd: State) -> None:
    findings = analyze(tmp_path, dump(odd))
    assert (len(flows(findings)), codes(findings)) == (1, ["SEK-P331"])


def test_odd_times_are_none(tmp_path: Path) -> None:
    for odd in (0, -1e18, 1e300, "now", None):
        request = {"timestamp_start": odd, "timestamp_end": odd}
        flow = only_flow(analyze(tmp_path, dump(web(request=request))))
        assert (flow.first_seen, flow.last_seen) == (None, None)


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"5:hello,", dump([]), dump({}), dump({"type": "http"}), dump(web())[:-1]],
)
def test_what_is_no_dump(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(EvidenceError, match="SEK-E237"):
        analyze(tmp_path, content)


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened_web, "MAX_FILE", len(dump(web())))
    assert codes(analyze(tmp_path, dump(web()))) == []
    with pytest.raises(EvidenceError, match="SEK-E235"):
        analyze(tmp_path, dump(web()) * 2)


@pytest.mark.parametrize("end", [b"x", b"9999:", dump(web())[:-1], dump(web())[:3], b"12"])
def test_a_dump_that_was_cut_is_read_up_to_there(tmp_path: Path, end: bytes) -> None:
    content = dump(web())
    findings = analyze(tmp_path, content + end)
    assert len(flows(findings)) == 1
    (problem,) = findings.problems
    assert (problem.code, problem.blocks_clean) == ("SEK-P330", True)
    assert problem.details == {"count": "1", "offset": str(len(content))}


def test_a_cut_at_any_length_ends_the_reading() -> None:
    content = dump(stream("tcp", (True, b"a", 1.0))) + dump(web(response={"headers": []}))
    for end in range(len(content)):
        try:
            reader = DumpReader(content[:end])
        except EvidenceError:
            continue
        assert len(list(reader.exchanges())) == 1
        assert (reader.aside.broken is None) == (end == len(dump(stream("tcp", (True, b"a", 1.0)))))
    assert len(list(DumpReader(content).exchanges())) == 2


def test_any_byte_changed_does_no_harm() -> None:
    message = (True, 1, b"hello", 3.5, False)
    whole = web(websocket={"messages": [message]}, response={"headers": [], "content": b"x"})
    content = bytearray(dump(whole) + dump(stream("tcp", (True, b"a", 1.0))))
    for at, byte in enumerate(content):
        for value in (byte ^ 1, 0x39):
            content[at] = value
            try:
                for exchange in DumpReader(bytes(content)).exchanges():
                    for text in (exchange.sent.head, *exchange.sent.bodies):
                        text.places(0, text.size)
            except EvidenceError:
                pass
        content[at] = byte


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_not(noise: bytes) -> None:
    for content in (noise, dump(web()) + noise, dump({"version": 21, "type": noise})):
        try:
            reader = DumpReader(content)
        except EvidenceError:
            continue
        list(reader.exchanges())


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.binary(max_size=9) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(st.sampled_from(["http", "tcp", "dns", "websocket"]), st.data())
def test_any_values_are_read_or_not(kind: str, data: st.DataObject) -> None:
    parts = web(type=kind)
    parts["messages"] = parts["websocket"] = None
    for name in data.draw(st.lists(st.sampled_from(sorted(parts)), max_size=3)):
        parts[name] = data.draw(VALUES)
    for holder in ("request", "server_conn", "client_conn"):
        if isinstance(parts[holder], dict) and parts[holder]:
            parts[holder][data.draw(st.sampled_from(sorted(parts[holder])))] = data.draw(VALUES)
    try:
        reader = DumpReader(dump(parts))
    except EvidenceError:
        return
    for exchange in reader.exchanges():
        assert exchange.sent.size >= 0
