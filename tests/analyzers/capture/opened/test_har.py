"""HTTP archives: what is said to whom, where it stands in the file, and what is not in it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.opened import analyzer as opened_web
from sekisho.analyzers.capture.opened import exchanges, gathered, har, search
from sekisho.analyzers.capture.opened.analyzer import HarAnalyzer
from sekisho.analyzers.capture.opened.har import HarReader
from sekisho.analyzers.interface import Analyzer, Context, Source
from sekisho.errors import EvidenceError
from sekisho.model.evidence import CaptureConditions, Evidence, Limits, Mark, Phase
from sekisho.model.flow import DataCategory, KnownValue, Modality, NameSource, Protection
from sekisho.model.locus import ByteRange, JsonPointer
from sekisho.model.observation import Flow, Property
from sekisho.model.problem import CoverageStatus
from sekisho.model.review import Findings
from sekisho.model.units import Bytes, EvidenceId, Sha256, UtcInstant
from tests.analyzers.capture.build import FORM, IMEI, NOISE, SERIAL, codes, flows, properties
from tests.analyzers.capture.recorded import REAL

URL = "https://cloud.example/v1/report"
TIME = "2026-11-23T10:00:00.250Z"


def analyze(
    folder: Path,
    content: bytes,
    *known: KnownValue,
    limits: Limits | None = None,
    marks: tuple[Mark, ...] = (),
) -> Findings:
    path = folder / "one.har"
    path.write_bytes(content)
    evidence = Evidence(
        id=EvidenceId(Sha256(hashlib.sha256(content).hexdigest())),
        path="captures/one.har",
        size=Bytes(len(content)),
        kind=next(iter(HarAnalyzer.kinds)),
        conditions=CaptureConditions(phase=Phase.FLIGHT, marks=marks),
    )
    context = Context(known_values=known or (IMEI, SERIAL), limits=limits or Limits())
    return HarAnalyzer().analyze(Source(evidence=evidence, content=path), context)


def entry(
    url: str = URL,
    *,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    post: Any = None,
    content: Any = None,
    request: Any = None,
    response: Any = None,
    **more: Any,
) -> dict[str, Any]:
    named = [{"name": name, "value": value} for name, value in (headers or {}).items()]
    asked = {"method": method, "url": url, "headers": named}
    if post is not None:
        asked["postData"] = post
    answer: dict[str, Any] = {"status": 200, "headers": [], "content": content or {}, "bodySize": 0}
    return {
        "startedDateTime": TIME,
        "time": 500,
        "serverIPAddress": "93.184.216.34",
        "request": asked | (request or {}),
        "response": answer | (response or {}),
        **more,
    }


def archive(*entries: Any, **log: Any) -> bytes:
    said = {"log": {"version": "1.2", "creator": {"name": "x"}, "entries": list(entries), **log}}
    return json.dumps(said, ensure_ascii=False).encode()


def real(name: str) -> bytes:
    return gzip.decompress((REAL / "opened_web" / f"{name}.gz").read_bytes())


def bytes_at(content: bytes, seen: Flow | Property) -> list[bytes]:
    places = [place for place in seen.loci if isinstance(place, ByteRange)]
    return [content[place.offset : place.offset + place.length] for place in places]


def only_flow(findings: Findings) -> Flow:
    (flow,) = flows(findings)
    return flow


def test_it_is_an_analyzer() -> None:
    analyzer: Analyzer = HarAnalyzer()
    assert (analyzer.id, analyzer.packs) == ("capture.har/1", ("signatures/data_categories.yaml",))


def test_what_mitmproxy_recorded_is_read_with_its_places(tmp_path: Path) -> None:
    content = real("recorded.har")
    findings = analyze(tmp_path, content)
    cloud, plain = flows(findings)
    assert (cloud.origin, cloud.protocol) == ("client", "https")
    assert (cloud.recipient.host, cloud.recipient.address) == ("cloud.example", "127.0.0.1")
    assert (cloud.recipient.port, cloud.recipient.host_learnt_from) == (443, NameSource.HTTP_HOST)
    assert (cloud.protection, cloud.modality) == (Protection.PROTECTED, Modality.OBSERVED)
    assert cloud.categories == (
        DataCategory.POSITION,
        DataCategory.DEVICE_IDENTIFIER,
        DataCategory.CREDENTIAL,
    )
    assert (cloud.carried, cloud.phase) == (("imei", "serial"), Phase.FLIGHT)
    assert isinstance(cloud.loci[0], JsonPointer)
    assert cloud.loci[0].address() == "/log/entries/0 (line 11)"
    assert bytes_at(content, cloud) == [
        b"abcd1234",
        b"490154203237518",
        b"KZX1-000123",
        b"35.6586",
        b"139.7454",
        b"KZX1-000123",
    ]
    assert plain.loci[0].address() == "/log/entries/2 (line 193)"
    assert (plain.protocol, plain.protection) == ("http", Protection.CLEAR)
    assert plain.categories == (DataCategory.POSITION, DataCategory.IMAGERY)
    listed = [(seen.value, seen.details) for seen in properties(findings, "http_request")]
    assert listed == [
        ("/v1/report", {"method": "POST", "host": "cloud.example"}),
        ("/v1/log", {"method": "POST", "host": "cloud.example"}),
        ("/tile.png", {"method": "GET", "host": "plain.example"}),
    ]
    assert findings.problems == ()
    (coverage,) = findings.coverage
    assert (coverage.status, coverage.analyzer) == (CoverageStatus.LOOKED, HarAnalyzer.id)
    assert (coverage.measures["recorded_entries"], coverage.measures["flows"]) == (3, 2)
    assert coverage.measures["duration_s"] == pytest.approx(0.352844)
    assert [message.code for message in coverage.unseen] == ["SEK-P337"]


def test_messages_of_websockets_are_searched(tmp_path: Path) -> None:
    content = real("mitmproxy-12.har")
    socket = flows(analyze(tmp_path, content))[2]
    assert socket.recipient.host == "socket.example"
    assert socket.carried == ("imei", "serial")
    assert bytes_at(content, socket) == [b"S1pYMS0wMDAxMjM", b"490154203237518"]
    assert base64.b64decode(b"S1pYMS0wMDAxMjM=") == b"KZX1-000123"


def test_text_messages_of_websockets_tell_names_only_as_sent(tmp_path: Path) -> None:
    sent = {"type": "send", "time": 1.0, "opcode": 1, "data": "deviceid=AB-1234"}
    received = {"type": "receive", "time": 1.0, "opcode": 1, "data": "lat=35.6&lon=139.7"}
    odd = {"type": "receive", "time": 1.0, "opcode": 2, "data": "no base64! KZX1-000123"}
    content = archive(entry("wss://live.example/a", _webSocketMessages=[sent, received, odd]))
    flow = only_flow(analyze(tmp_path, content))
    assert (flow.protocol, flow.recipient.port) == ("https", 443)
    assert (flow.categories, flow.carried) == ((DataCategory.DEVICE_IDENTIFIER,), ("serial",))
    assert bytes_at(content, flow) == [b"AB-1234", b"KZX1-000123"]


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://a.example/x?n=1&imei=490154203237518", b"490154203237518"),
        ("https://a.example/x?q=あ&sn=KZX1-000123", b"KZX1-000123"),
    ],
)
def test_places_in_the_url(tmp_path: Path, url: str, written: bytes) -> None:
    for escaped in (json.dumps(url), json.dumps(url).replace("&", "\\u0026").replace("/", "\\/")):
        content = archive(entry("URL")).replace(b'"URL"', escaped.encode())
        findings = analyze(tmp_path, content)
        assert written in bytes_at(content, only_flow(findings))
        (request,) = properties(findings, "http_request")
        assert request.value == "/x"
        assert bytes_at(content, request) == [escaped[1:-1].encode()]


@pytest.mark.parametrize(
    "before",
    ["", "plain ", '"{\\', "\u00e9\u3042", "\U0001f600", "\udcff\udc80", "\ud800", "\n\t\x01/"],
)
def test_places_behind_and_in_escapes(tmp_path: Path, before: str) -> None:
    value = KnownValue(category=DataCategory.PERSON_IDENTIFIER, name="who", value="J\u00fcrgen 1")
    text = f'{before}{{"id":"{value.value}","sn":"KZX1-000123"}}'
    content = json.dumps(
        {"log": {"entries": [entry(method="POST", post={"text": text, "mimeType": "x/y"})]}}
    ).encode()
    flow = only_flow(analyze(tmp_path, content, value, SERIAL))
    assert flow.carried == ("serial", "who")
    assert bytes_at(content, flow) == [b"J\\u00fcrgen 1", b"KZX1-000123"]


def test_places_that_are_escapes_themselves(tmp_path: Path) -> None:
    value = KnownValue(
        category=DataCategory.PERSON_IDENTIFIER, name="who", value="\u5c71\U0001f600\u7530\u4e2d"
    )
    content = json.dumps(
        {"log": {"entries": [entry(post={"text": f"x {value.value} y"}, method="POST")]}}
    ).encode()
    flow = only_flow(analyze(tmp_path, content, value))
    assert bytes_at(content, flow)[0] == b"\\u5c71\\ud83d\\ude00\\u7530\\u4e2d"


def test_a_body_that_is_no_json_string_is_searched_as_it_is_written(tmp_path: Path) -> None:
    content = archive(entry(method="POST", post={"text": "TEXT"}))
    content = content.replace(b"TEXT", b"\\q KZX1-000123")
    assert bytes_at(content, only_flow(analyze(tmp_path, content))) == [b"KZX1-000123"]


@pytest.mark.parametrize("lead", [0, 1, 2])
def test_base64_is_opened_and_has_places(tmp_path: Path, lead: int) -> None:
    body = NOISE[:lead] + b"sn=KZX1-000123;" + NOISE
    text = base64.b64encode(body).decode()
    content = archive(entry(method="POST", post={"text": text, "encoding": "base64"}))
    flow = only_flow(analyze(tmp_path, content))
    assert flow.categories == (DataCategory.DEVICE_IDENTIFIER, DataCategory.UNKNOWN)
    (found,) = set(bytes_at(content, flow))
    at = text.encode().index(found)
    assert b"KZX1-000123" in base64.b64decode(text[at // 4 * 4 : -(-(at + len(found)) // 4) * 4])
    assert len(found) <= 17
    in_lines = text[:20] + "\\r\\n" + text[20:].rstrip("=")
    content = archive(entry(method="POST", post={"text": "TEXT", "encoding": "base64"}))
    content = content.replace(b"TEXT", in_lines.encode())
    flow = only_flow(analyze(tmp_path, content))
    assert (flow.carried, bytes_at(content, flow)) == (("serial",), [in_lines.encode()])


def test_base64_that_is_none_is_told(tmp_path: Path) -> None:
    content = archive(entry(method="POST", post={"text": "sn=KZX1-000123", "encoding": "base64"}))
    findings = analyze(tmp_path, content)
    assert codes(findings) == ["SEK-P335"]
    assert only_flow(findings).carried == ("serial",)
    assert DataCategory.UNKNOWN in only_flow(findings).categories
    assert findings.coverage[0].status is CoverageStatus.PARTLY


def test_a_form_given_by_its_parameters(tmp_path: Path) -> None:
    params = [{"name": "imei", "value": "490154203237518"}, {"name": "file", "fileName": "a.jpg"}]
    content = archive(entry(method="POST", post={"mimeType": "x", "params": params}))
    flow = only_flow(analyze(tmp_path, content))
    assert (flow.carried, flow.categories) == (("imei",), (DataCategory.DEVICE_IDENTIFIER,))
    assert bytes_at(content, flow) == [b"490154203237518"]


def test_header_fields_are_searched(tmp_path: Path) -> None:
    headers = {"X-Device": "KZX1-000123", "Authorization": "Bearer-abcdef"}
    content = archive(entry(headers=headers))
    flow = only_flow(analyze(tmp_path, content))
    assert flow.categories == (DataCategory.DEVICE_IDENTIFIER, DataCategory.CREDENTIAL)
    assert bytes_at(content, flow) == [b"KZX1-000123", b"Bearer-abcdef"]


@pytest.mark.parametrize(
    ("url", "address", "expected"),
    [
        (URL, "", ("cloud.example", None, 443, "https")),
        (
            "http://CLOUD.example.:8080/x",
            "[2001:db8::1]",
            ("cloud.example", "2001:db8::1", 8080, "http"),
        ),
        ("ws://u:p@cloud.example", "::ffff:1.2.3.4", ("cloud.example", "1.2.3.4", 80, "http")),
        ("https://93.184.216.34/x", "", (None, "93.184.216.34", 443, "https")),
        ("https://[2001:DB8::2]:99?q", "nonsense", (None, "2001:db8::2", 99, "https")),
    ],
)
def test_recipients(
    tmp_path: Path, url: str, address: str, expected: tuple[str | None, str | None, int, str]
) -> None:
    flow = only_flow(analyze(tmp_path, archive(entry(url, serverIPAddress=address))))
    to = flow.recipient
    assert (to.host, to.address, to.port, flow.protocol) == expected
    assert to.host_learnt_from is (NameSource.HTTP_HOST if to.host else NameSource.NONE)


def test_another_host_in_the_head_is_told(tmp_path: Path) -> None:
    hidden = entry(headers={"Host": "front.example:443", ":authority": "cloud.example"})
    findings = analyze(tmp_path, archive(hidden, hidden))
    assert [(p.code, p.details, p.blocks_clean) for p in findings.problems] == [
        ("SEK-P310", {"hosts": "cloud.example, front.example"}, False)
    ]
    assert only_flow(findings).recipient.host == "cloud.example"


@pytest.mark.parametrize(
    ("post", "content", "expected"),
    [
        ({"text": "hello", "mimeType": "text/plain"}, {}, (DataCategory.UNKNOWN,)),
        ({"text": "x", "mimeType": "image/jpeg; q=1"}, {}, (DataCategory.IMAGERY,)),
        (
            {"text": base64.b64encode(b"\xff\xd8\xff" + NOISE).decode(), "encoding": "base64"},
            {},
            (DataCategory.IMAGERY,),
        ),
        (
            {"text": base64.b64encode(b"RIFF0000WEBPVP8 ").decode(), "encoding": "base64"},
            {},
            (DataCategory.IMAGERY,),
        ),
        (
            {"text": base64.b64encode(b"0000ftypisom").decode(), "encoding": "base64"},
            {},
            (DataCategory.IMAGERY,),
        ),
        (None, {"text": "x", "mimeType": "video/mp4"}, (DataCategory.IMAGERY,)),
        (None, {"text": "lat=35.6&lon=139.7", "mimeType": "text/plain"}, ()),
        (None, {"mimeType": "image/png"}, ()),
    ],
)
def test_categories_of_bodies(
    tmp_path: Path, post: Any, content: Any, expected: tuple[DataCategory, ...]
) -> None:
    findings = analyze(tmp_path, archive(entry(method="POST", post=post, content=content)))
    assert only_flow(findings).categories == expected


def test_sizes_are_as_stated_or_as_written(tmp_path: Path) -> None:
    stated = entry(
        request={"headersSize": 100, "bodySize": 20},
        post={"text": FORM.decode()},
        response={"headersSize": 50, "bodySize": 7},
    )
    assert only_flow(analyze(tmp_path, archive(stated))).volume.sent == 120
    assert only_flow(analyze(tmp_path, archive(stated))).volume.received == 57
    for odd in (-1, 0, 1e300, "9", None, [1]):
        sizes = {"headersSize": odd, "bodySize": odd}
        unstated = entry(
            "http://a.example/",
            headers={"A": "b"},
            post={"text": "four"},
            request=sizes,
            response=sizes | {"_transferSize": 9},
        )
        flow = only_flow(analyze(tmp_path, archive(unstated)))
        head = len("GET http://a.example/ HTTP/1.1\r\nA: b\r\n")
        assert (flow.volume.sent, flow.volume.received) == (head + 4, 9)


@pytest.mark.parametrize(
    ("time", "lasts", "expected"),
    [
        (TIME, 500, ("2026-11-23T10:00:00.250000+00:00", "2026-11-23T10:00:00.750000+00:00")),
        ("2026-11-23T19:00:00.1234567+09:00", -1, ("2026-11-23T10:00:00.123456+00:00",) * 2),
        ("2026-11-23T19:00:00.123+0900", None, ("2026-11-23T10:00:00.123000+00:00",) * 2),
        ("2026-11-23T10:00:00", 1, None),
        ("9999-12-31T23:59:59Z", 1e12, None),
        ("0001-01-01T00:00:00+09:00", 0, None),
        ("yesterday", 1, None),
        (7, 1, None),
    ],
)
def test_times(tmp_path: Path, time: Any, lasts: Any, expected: tuple[str, str] | None) -> None:
    one = entry(startedDateTime=time) | {"time": lasts}
    flow = only_flow(analyze(tmp_path, archive(one)))
    seen = [instant and instant.isoformat() for instant in (flow.first_seen, flow.last_seen)]
    assert seen == list(expected or (None, None))


def test_exchanges_with_the_same_recipient_are_one_flow(tmp_path: Path) -> None:
    early = entry(connection="1") | {"startedDateTime": "2026-11-23T09:00:00Z"}
    late = entry(URL + "2", connection="2", post={"text": "sn=KZX1-000123"})
    other = entry("http://cloud.example/")
    findings = analyze(tmp_path, archive(late, early, entry(connection="1"), other))
    flow, clear = flows(findings)
    assert (flow.connections, flow.carried, clear.protection) == (2, ("serial",), Protection.CLEAR)
    assert (flow.first_seen is not None, flow.last_seen is not None) == (True, True)
    assert flow.first_seen.isoformat() == "2026-11-23T09:00:00+00:00"  # type: ignore[union-attr] # above
    assert findings.coverage[0].measures["duration_s"] == 3600.75
    assert len(properties(findings, "http_request")) == 3


def test_marks_divide_the_exchanges_by_their_times(tmp_path: Path) -> None:
    early = entry(startedDateTime="2026-11-23T10:00:00Z")
    late = entry(startedDateTime="2026-11-23T10:10:00Z")
    mark = Mark(at=UtcInstant(datetime(2026, 11, 23, 10, 5, tzinfo=UTC)), phase=Phase.AFTER_FLIGHT)
    findings = analyze(tmp_path, archive(early, late, late), marks=(mark,))
    assert [(flow.phase, flow.volume.sent > 0) for flow in flows(findings)] == [
        (Phase.FLIGHT, True),
        (Phase.AFTER_FLIGHT, True),
    ]
    measures = findings.coverage[0].measures
    assert (measures["flight_s"], measures["after_flight_s"]) == pytest.approx((300, 300), abs=2)


def test_a_tunnel_that_was_not_opened_blocks_clean(tmp_path: Path) -> None:
    closed = entry("https://pinned.example:443", method="CONNECT")
    opened = [entry("http://cloud.example:443", method="CONNECT"), entry()]
    findings = analyze(tmp_path, archive(closed, *opened, closed))
    cloud, pinned = flows(findings)
    assert (cloud.protocol, pinned.protocol) == ("https", "tcp/443")
    assert (pinned.protection, pinned.categories) == (Protection.OPAQUE, (DataCategory.UNKNOWN,))
    (problem,) = findings.problems
    assert (problem.code, problem.details, problem.blocks_clean) == (
        "SEK-P333",
        {"count": "1"},
        True,
    )
    assert problem.locus is not None
    assert problem.locus.address() == "/log/entries/0 (line 1)"
    assert [seen.value for seen in properties(findings, "http_request")] == ["/v1/report"]


def test_a_websocket_over_http2_is_no_tunnel(tmp_path: Path) -> None:
    message = {"type": "send", "opcode": 1, "data": "sn=KZX1-000123"}
    one = entry("wss://live.example/a", method="CONNECT", _webSocketMessages=[message])
    flow = only_flow(analyze(tmp_path, archive(one)))
    assert (flow.protocol, flow.carried) == ("https", ("serial",))


def test_tls_that_the_client_broke_off_is_told(tmp_path: Path) -> None:
    refused = entry(
        "https://pinned.example/x", response={"_error": "net::ERR_CERT_AUTHORITY_INVALID"}
    )
    aborted = entry(response={"_error": "net::ERR_ABORTED"})
    findings = analyze(tmp_path, archive(refused, aborted, *[refused] * 20))
    assert only_flow(findings).recipient.host == "cloud.example"
    (seen,) = properties(findings, "tls_refused")
    assert (seen.value, seen.details, len(seen.loci)) == ("pinned.example", {"attempts": "21"}, 16)
    (problem,) = findings.problems
    assert (problem.code, problem.blocks_clean) == ("SEK-P332", True)
    assert problem.details == {"count": "21", "hosts": "pinned.example"}


def test_what_went_over_no_network_is_counted_only(tmp_path: Path) -> None:
    content = archive(
        entry("data:image/png;base64,KZX1-000123"),
        entry("blob:https://cloud.example/1"),
        entry("chrome-extension://abc/x.js"),
        entry(_fromCache="disk"),
    )
    findings = analyze(tmp_path, content)
    assert flows(findings) == []
    assert findings.coverage[0].measures["unmoved_entries"] == 4
    assert [one.code for one in findings.coverage[0].unseen] == ["SEK-P337", "SEK-P336"]


def test_bodies_that_are_left_out_are_told(tmp_path: Path) -> None:
    left_out = entry(method="POST", headers={"Content-Length": "9"})
    stated = entry(method="PUT", request={"bodySize": 9}, post={"mimeType": "image/jpeg"})
    unanswered = entry(content={"size": 12, "mimeType": "image/png"})
    findings = analyze(tmp_path, archive(left_out, stated, unanswered))
    (problem,) = findings.problems
    assert (problem.code, problem.details, problem.blocks_clean) == (
        "SEK-P334",
        {"count": "2"},
        True,
    )
    assert only_flow(findings).categories == (DataCategory.IMAGERY, DataCategory.UNKNOWN)
    messages = {one.code: one.details for one in findings.coverage[0].unseen}
    assert messages["SEK-P339"] == {"count": "1"}


@pytest.mark.parametrize(
    "odd",
    [
        7,
        [],
        None,
        {},
        {"request": []},
        {"request": {"method": "GET"}},
        {"request": {"url": URL}},
        {"request": {"method": 7, "url": URL}},
        entry(""),
        entry("/relative"),
        entry("cloud.example/no-scheme"),
        entry("ftp://cloud.example/x"),
        entry("https://cloud.example:99999/"),
        entry("https:///x"),
        entry("https://a b.example/"),
        entry("https://\u3042.example/", serverIPAddress=""),
    ],
)
def test_entries_that_cannot_be_read_are_counted(tmp_path: Path, odd: Any) -> None:
    findings = analyze(tmp_path, archive(odd, entry(), odd))
    assert only_flow(findings).recipient.host == "cloud.example"
    (problem,) = findings.problems
    assert (problem.code, problem.details, problem.blocks_clean) == (
        "SEK-P331",
        {"count": "2"},
        True,
    )
    assert problem.locus is not None
    assert problem.locus.address() == "/log/entries/0 (line 1)"


def test_an_entry_that_says_a_name_twice_is_not_read(tmp_path: Path) -> None:
    content = archive(entry(), entry("https://other.example/"))
    twice = content.replace(
        b'"url": "https://other', b'"url": "https://a.example", "url": "https://other'
    )
    findings = analyze(tmp_path, twice)
    assert (codes(findings), len(flows(findings))) == (["SEK-P331"], 1)


def test_a_second_list_of_entries_is_told(tmp_path: Path) -> None:
    content = archive(entry())
    for second in (b'"entries": []}}', b'"x": 1}, "log": {"entries": []}}'):
        findings = analyze(tmp_path, content[:-2] + b", " + second)
        assert (codes(findings), len(flows(findings))) == (["SEK-P331"], 1)


def test_depth_and_number_are_capped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = json.loads("[" * 500 + "]" * 500)
    content = archive(entry(_x=deep), entry("https://other.example/"), _y=deep)
    findings = analyze(tmp_path, content)
    assert (codes(findings), only_flow(findings).recipient.host) == (["SEK-P331"], "other.example")
    monkeypatch.setattr(har, "MAX_VALUES", 20)
    assert codes(analyze(tmp_path, archive(entry(_x=[1] * 30)))) == ["SEK-P331"]
    assert codes(analyze(tmp_path, b'{"log": {"entries": [' + b"[" * 100_000)) == ["SEK-P330"]


def test_what_stands_before_the_entries_does_not_matter(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf \n" + b'{"a": ["log", {"entries": [1]}], "log": {"x": "entries", '
    content += (
        b'"pages": [{"entries": 3}], "entries"\t:\n[\n' + json.dumps(entry()).encode() + b"]}}\n"
    )
    findings = analyze(tmp_path, content)
    assert codes(findings) == []
    assert only_flow(findings).loci[0].address() == "/log/entries/0 (line 4)"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"log",
        b'{"log": []}',
        b'{"log": {"entries": {}}}',
        b'{"log": {"entries"',
        b'{"entries": []}',
        b'{"log": {"version": "1.2"}}',
        b'{"log": {[]: 1, "entries": []}}',
        b"\x1f\x8b\x08" + NOISE,
    ],
)
def test_what_is_no_archive(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(EvidenceError, match="SEK-E236"):
        analyze(tmp_path, content)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    content = archive(entry())
    limits = Limits(file_size=Bytes(len(content)))
    assert codes(analyze(tmp_path, content, limits=limits)) == []
    with pytest.raises(EvidenceError, match="SEK-E235"):
        analyze(tmp_path, content + b" ", limits=limits)


def test_a_file_that_was_cut_is_read_up_to_there(tmp_path: Path) -> None:
    content = archive(entry(), entry("https://second.example/"))
    at = content.index(b"second") + 3
    findings = analyze(tmp_path, content[:at])
    assert only_flow(findings).recipient.host == "cloud.example"
    (problem,) = findings.problems
    assert (problem.code, problem.blocks_clean) == ("SEK-P330", True)
    begins = content.rindex(b'{"startedDateTime"')
    assert problem.details == {"count": "1", "offset": str(begins)}
    assert codes(analyze(tmp_path, content[:-1])) == ["SEK-P330"]


def test_a_cut_at_any_length_ends_the_reading() -> None:
    content = archive(entry(post={"text": "a\\b", "params": [{"name": "x", "value": "y"}]}))
    for end in range(len(content)):
        try:
            reader = HarReader(content[:end])
        except EvidenceError:
            continue
        read = list(reader.exchanges())
        assert reader.aside.broken is not None
        assert len(read) <= 1
    assert len(list(HarReader(content).exchanges())) == 1


def test_any_byte_changed_does_no_harm() -> None:
    message = {"type": "send", "opcode": 2, "data": "S1pYMQ=="}
    one = entry(
        headers={"Host": "cloud.example"},
        post={"text": "a\u00e9\n", "encoding": "base64"},
        _webSocketMessages=[message],
    )
    content = bytearray(archive(one))
    for at, byte in enumerate(content):
        for value in (byte ^ 0xFF, byte ^ 1, 0x22, 0x5C, 0x7D):
            content[at] = value
            try:
                for exchange in HarReader(bytes(content)).exchanges():
                    for text in (exchange.sent.head, *exchange.sent.bodies):
                        text.places(0, text.size)
            except EvidenceError:
                pass
        content[at] = byte


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_read_or_not(noise: bytes, with_head: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    content = b'{"log":{"entries":[' * with_head + noise
    try:
        reader = HarReader(content)
    except EvidenceError:
        return
    list(reader.exchanges())


@given(st.text(), st.text(), st.booleans())
def test_places_are_those_of_the_text(before: str, after: str, is_ascii: bool) -> None:  # noqa: FBT001 - as above
    written = json.dumps(before + "KZX1" + after, ensure_ascii=is_ascii).encode()
    plain, how = exchanges.json_string(written, 1, len(written) - 1)
    assert plain == (before + "KZX1" + after).encode()
    place = how.place(plain.index(b"KZX1"), 4)
    assert written[place.offset : place.offset + place.length] == b"KZX1"


def test_long_bodies_are_searched_for_names_only_at_the_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MAX_NAMED", 40)
    monkeypatch.setattr(opened_web, "MAX_NAMED", 40)
    content = archive(entry(post={"text": "a" * 50 + "&deviceid=AB-1234&x=KZX1-000123"}))
    findings = analyze(tmp_path, content)
    assert codes(findings) == ["SEK-P335"]
    assert bytes_at(content, only_flow(findings)) == [b"KZX1-000123"]
    image = {"text": "a" * 50 + "KZX1-000123", "mimeType": "image/jpeg"}
    assert codes(analyze(tmp_path, archive(entry(post=image)))) == []


def test_long_strings_are_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchanges, "MAX_BODY", 40)
    text = "\n" + "a" * 50 + " KZX1-000123"
    content = archive(entry(post={"text": text}))
    findings = analyze(tmp_path, content)
    assert (codes(findings), only_flow(findings).carried) == (["SEK-P335"], ("serial",))
    packed = base64.b64encode(text.encode()).decode()
    findings = analyze(tmp_path, archive(entry(post={"text": packed, "encoding": "base64"})))
    assert (codes(findings), only_flow(findings).carried) == (["SEK-P335"], ())


def test_what_is_beyond_the_caps_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened_web, "MAX_FLOWS", 2)
    monkeypatch.setattr(opened_web, "MAX_LISTED", 3)
    monkeypatch.setattr(gathered, "MAX_LOCI", 2)
    entries = [entry(f"https://a{i}.example/?x=KZX1-000123&y=KZX1-000123") for i in range(5)]
    findings = analyze(tmp_path, archive(*entries))
    assert [(p.code, p.details) for p in findings.problems] == [("SEK-P338", {"count": "3"})]
    assert [len(flow.loci) for flow in flows(findings)] == [2, 2]
    assert len(properties(findings, "http_request")) == 3
    messages = {one.code: one.details for one in findings.coverage[0].unseen}
    assert (messages["SEK-P312"], messages["SEK-P324"]) == ({"count": "2"}, {"places": "2"})


def test_values_that_are_too_short_are_told(tmp_path: Path) -> None:
    short = KnownValue(category=DataCategory.DEVICE_IDENTIFIER, name="pin", value="123")
    assert codes(analyze(tmp_path, archive(entry()), short)) == ["SEK-P311"]
