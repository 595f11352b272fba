from __future__ import annotations

import base64
import gzip
from pathlib import Path

import pytest

from sekisho.analyzers.capture.analyzer import CaptureAnalyzer
from sekisho.analyzers.interface import Analyzer
from sekisho.model.evidence import Phase
from sekisho.model.flow import DataCategory, Modality, NameSource, Protection
from sekisho.model.problem import CoverageStatus
from tests.analyzers.capture.build import (
    ACK,
    FORM,
    IMEI,
    NOISE,
    OK,
    PHONE,
    RESOLVER,
    SERIAL,
    SERVER,
    SYN,
    TLS_CLIENT,
    analyze,
    answer,
    bytes_at,
    client_hello,
    codes,
    ethernet,
    flows,
    ip,
    pcap,
    pcapng,
    post,
    properties,
    query,
    record,
    server_hello,
    sized,
    talk,
    tcp,
    udp,
)


def test_it_is_an_analyzer() -> None:
    capture: Analyzer = CaptureAnalyzer()
    assert capture.packs == ("signatures/data_categories.yaml",)


def test_a_clear_post_is_a_flow_with_its_categories_and_carried_values(tmp_path: Path) -> None:
    content = pcapng(talk(post(FORM, host="telemetry.foehn.example:80"), OK))
    findings = analyze(tmp_path, content, IMEI, SERIAL)
    (flow,) = flows(findings)
    assert (flow.origin, flow.recipient.address, flow.recipient.port) == (PHONE, SERVER, 80)
    assert flow.recipient.host == "telemetry.foehn.example"
    assert flow.recipient.host_learnt_from is NameSource.HTTP_HOST
    assert (flow.protocol, flow.protection, flow.phase) == ("http", Protection.CLEAR, Phase.FLIGHT)
    assert flow.modality is Modality.OBSERVED
    assert flow.categories == (DataCategory.POSITION, DataCategory.DEVICE_IDENTIFIER)
    assert flow.carried == ("imei", "serial")
    assert (flow.volume.sent, flow.volume.received, flow.volume.packets) == (
        len(post(FORM, host="telemetry.foehn.example:80")),
        len(OK),
        5,
    )
    assert flow.first_seen is not None
    assert flow.first_seen.isoformat() == "2023-11-14T22:13:20+00:00"
    found = bytes_at(content, flow)
    assert found[1:] == [
        b"telemetry.foehn.example:80",
        b"490154203237518",
        b"KZX1-000123",
        b"35.6586",
        b"139.7454",
    ]
    (request,) = properties(findings, "http_request")
    assert (request.value, request.details) == (
        "/v1/report",
        {"method": "POST", "host": "telemetry.foehn.example"},
    )
    assert findings.coverage[0].status is CoverageStatus.LOOKED
    assert findings.problems == ()


def test_values_split_over_segments_are_found_at_both_places(tmp_path: Path) -> None:
    data = post(FORM)
    at = data.index(b"490154203237518") + 4
    content = pcap(talk([data[:at], data[at:]]))
    (flow,) = flows(analyze(tmp_path, content, IMEI))
    assert flow.carried == ("imei",)
    assert {b"4901", b"54203237518"} <= set(bytes_at(content, flow))


def test_segments_out_of_order_overlapping_and_repeated_change_nothing(tmp_path: Path) -> None:
    data = post(FORM)
    here = (PHONE, 40000, SERVER, 80)
    pieces = [(0, data[:50]), (90, data[90:]), (40, data[40:95]), (0, data[:50])]
    frames = talk(b"")[:3] + [tcp(*here, piece, seq=1000 + at) for at, piece in pieces]
    findings = analyze(tmp_path, pcap(frames), IMEI, SERIAL)
    assert flows(findings)[0].carried == ("imei", "serial")
    assert codes(findings) == []


def test_segments_that_contradict_each_other_block_clean(tmp_path: Path) -> None:
    data = post(FORM)
    frames = talk(b"sn=nothing to see here")
    frames.append(tcp(PHONE, 40000, SERVER, 80, data[:10], seq=1000))
    findings = analyze(tmp_path, pcap(frames))
    assert [(p.code, p.details) for p in findings.problems] == [
        ("SEK-P314", {"segments": "1", "flows": "1"})
    ]
    assert findings.problems[0].blocks_clean


def test_padding_counted_into_an_acknowledgement_is_not_data(tmp_path: Path) -> None:
    frames = talk(b"")
    frames.append(tcp(PHONE, 40000, SERVER, 80, b"\0" * 6, seq=1000))
    frames.append(tcp(PHONE, 40000, SERVER, 80, post(FORM), seq=1000))
    (flow,) = flows(analyze(tmp_path, pcap(frames), IMEI))
    assert (flow.protocol, flow.carried) == ("http", ("imei",))


@pytest.mark.parametrize(
    "body",
    [
        b"d=" + base64.b64encode(b"x:KZX1-000123"),
        b"d=" + b"KZX1-000123".hex().upper().encode(),
        b"\x0a\x0bKZX1-000123\x10\x01\xff\xfe",
    ],
)
def test_encoded_known_values_are_carried(tmp_path: Path, body: bytes) -> None:
    assert flows(analyze(tmp_path, pcap(talk(post(body))), SERIAL))[0].carried == ("serial",)


def test_compressed_bodies_are_searched_and_stand_where_the_body_stands(tmp_path: Path) -> None:
    body = gzip.compress(FORM, mtime=0)
    content = pcap(talk(post(body, headers="Content-Encoding: gzip\r\n")))
    findings = analyze(tmp_path, content, IMEI)
    (flow,) = flows(findings)
    assert flow.carried == ("imei",)
    assert body in bytes_at(content, flow)
    assert codes(findings) == []


def test_a_compressed_body_that_cannot_be_opened_blocks_clean(tmp_path: Path) -> None:
    content = pcap(talk(post(b"?" * 30, headers="Content-Encoding: br\r\n"), OK))
    findings = analyze(tmp_path, content, IMEI)
    assert codes(findings) == ["SEK-P313"]
    assert findings.problems[0].blocks_clean
    assert DataCategory.UNKNOWN in flows(findings)[0].categories


def test_a_lookalike_is_not_carried(tmp_path: Path) -> None:
    content = pcap(talk(post(b"note=KZX1-0001234&imei=490154203237519")))
    (flow,) = flows(analyze(tmp_path, content, IMEI, SERIAL))
    assert (flow.carried, flow.categories) == ((), (DataCategory.UNKNOWN,))


def test_a_request_without_a_body_and_without_values_says_nothing(tmp_path: Path) -> None:
    findings = analyze(tmp_path, pcap(talk(post(b"") + b"GET /b HTTP/1.0\r\n\r\n", OK)))
    assert flows(findings)[0].categories == ()
    requests = properties(findings, "http_request")
    assert [request.value for request in requests] == ["/v1/report", "/b"]


def test_what_comes_back_is_not_what_leaves(tmp_path: Path) -> None:
    reply = OK[:-2] + b'{"imei":"490154203237518"}'
    (flow,) = flows(analyze(tmp_path, pcap(talk(post(b""), reply))))
    assert flow.categories == ()


def test_media_is_known_by_type_and_by_first_bytes(tmp_path: Path) -> None:
    for body, headers in (
        (NOISE, "Content-Type: image/jpeg\r\n"),
        (b"\xff\xd8\xff" + NOISE, ""),
        (b"\0\0\0\x20ftypmp42" + NOISE, ""),
    ):
        (flow,) = flows(analyze(tmp_path, pcap(talk(post(body, headers=headers)))))
        assert flow.categories == (DataCategory.IMAGERY,)
    (flow,) = flows(analyze(tmp_path, pcap(talk(post(NOISE)))))
    assert flow.categories == (DataCategory.UNKNOWN,)


def test_tls_is_protected_and_bears_the_name_asked_for(tmp_path: Path) -> None:
    content = pcap(talk(TLS_CLIENT, server_hello() + record(23, NOISE), port=443))
    findings = analyze(tmp_path, content, SERIAL)
    (flow,) = flows(findings)
    assert (flow.protocol, flow.protection) == ("tls", Protection.PROTECTED)
    assert flow.recipient.host == "gcs.police.example"
    assert flow.recipient.host_learnt_from is NameSource.TLS_SNI
    assert flow.categories == (DataCategory.UNKNOWN,)
    assert bytes_at(content, flow)[1] == b"gcs.police.example"
    (session,) = properties(findings, "tls_session")
    assert session.value == "TLS 1.3"
    assert session.details.pop("ja4").startswith("t12d0103h2_")
    assert session.details == {
        "host": "gcs.police.example",
        "offered_protocols": "h2",
        "suite": "TLS_AES_128_GCM_SHA256",
    }
    measures = findings.coverage[0].measures
    assert measures["protected_bytes"] == flow.volume.sent + flow.volume.received
    assert [message.code for message in findings.coverage[0].unseen] == ["SEK-P320"]
    assert findings.coverage[0].status is CoverageStatus.LOOKED


def test_a_hello_over_many_segments_is_read(tmp_path: Path) -> None:
    hello = client_hello()
    pieces = [hello[i : i + 3] for i in range(0, len(hello), 3)]
    (flow,) = flows(analyze(tmp_path, pcap(talk([*pieces, TLS_CLIENT[1]], server_hello()))))
    assert flow.recipient.host == "gcs.police.example"
    assert flow.protection is Protection.PROTECTED


def test_a_long_hello_over_small_segments_is_read(tmp_path: Path) -> None:
    hello = client_hello(padding=9000)
    pieces = [hello[i : i + 500] for i in range(0, len(hello), 500)]
    (flow,) = flows(analyze(tmp_path, pcap(talk(pieces, server_hello(), port=443))))
    assert flow.recipient.host == "gcs.police.example"


@pytest.mark.parametrize(
    ("client", "server", "protection"),
    [
        (TLS_CLIENT, server_hello(), Protection.PROTECTED),
        ([*TLS_CLIENT, record(23, b"x")], b"", Protection.PROTECTED),
        ([TLS_CLIENT[0], record(23, b"x")], b"", Protection.PROTECTED),
        ([client_hello()], b"", Protection.OPAQUE),
        ([record(23, NOISE)], b"", Protection.OPAQUE),
        ([record(22, NOISE), record(22, NOISE)], b"", Protection.OPAQUE),
        ([client_hello()], server_hello(suite=0x0002, version=None), Protection.CLEAR),
    ],
)
def test_tls_protects_only_after_a_handshake_that_encrypts(
    tmp_path: Path, client: list[bytes], server: bytes, protection: Protection
) -> None:
    (flow,) = flows(analyze(tmp_path, pcap(talk(client, server, port=443))))
    assert (flow.protocol, flow.protection) == ("tls", protection)


def test_what_was_said_in_clear_before_tls_counts(tmp_path: Path) -> None:
    connect = b"CONNECT gcs.police.example:443 HTTP/1.1\r\nX-Serial: KZX1-000123\r\n\r\n"
    clean = b"CONNECT gcs.police.example:443 HTTP/1.1\r\nHost: gcs.police.example:443\r\n\r\n"
    for opening, protection in ((connect, Protection.CLEAR), (clean, Protection.PROTECTED)):
        frames = talk([opening, *TLS_CLIENT], OK, port=8080)
        frames.append(tcp(SERVER, 8080, PHONE, 40000, server_hello(), seq=5000 + len(OK)))
        (flow,) = flows(analyze(tmp_path, pcap(frames), SERIAL))
        assert (flow.protocol, flow.protection) == ("tls", protection)
        assert flow.recipient.host == "gcs.police.example"


def test_a_request_behind_another_protocol_is_read(tmp_path: Path) -> None:
    frames = talk([b"\5\1\0", post(FORM)], b"\5\0", port=1080)
    (flow,) = flows(analyze(tmp_path, pcap(frames), IMEI))
    assert (flow.protocol, flow.recipient.host) == ("http", "cloud.example")


def test_dns_answers_name_later_flows(tmp_path: Path) -> None:
    early = talk(NOISE, port=9000, source_port=40001)
    asked = udp(PHONE, 5000, RESOLVER, 53, query("cloud.example"))
    answered = udp(RESOLVER, 53, PHONE, 5000, answer("cloud.example", SERVER))
    content = pcap([*early, asked, answered, *talk(NOISE, port=9000)])
    findings = analyze(tmp_path, content)
    before, names, after = flows(findings)
    assert (before.recipient.host, before.recipient.host_learnt_from) == (None, NameSource.NONE)
    assert (after.recipient.host, after.recipient.host_learnt_from) == (
        "cloud.example",
        NameSource.DNS_ANSWER,
    )
    assert (names.protocol, names.categories) == ("dns", (DataCategory.NAME_LOOKUP,))
    assert (names.recipient.address, names.protection) == (RESOLVER, Protection.CLEAR)
    (lookup,) = properties(findings, "dns_lookup")
    assert (lookup.value, lookup.details) == (
        "cloud.example",
        {"type": "A", "resolver": RESOLVER, "addresses": SERVER},
    )
    assert bytes_at(content, lookup) == [query("cloud.example")]


def test_dns_over_tcp_is_read(tmp_path: Path) -> None:
    asked, answered = sized(query("a.example"), 2), sized(answer("a.example", SERVER), 2)
    findings = analyze(tmp_path, pcap(talk([asked + asked, b"\0"], answered, port=53)))
    assert flows(findings)[0].protocol == "dns"
    assert properties(findings, "dns_lookup")[0].details["addresses"] == SERVER


def test_serials_in_names_looked_up_are_carried(tmp_path: Path) -> None:
    content = pcap([udp(PHONE, 5000, RESOLVER, 53, query("KZX1-000123.t.example"))])
    (flow,) = flows(analyze(tmp_path, content, SERIAL))
    assert flow.carried == ("serial",)


@pytest.mark.parametrize(
    ("data", "port", "protocol", "protection", "categories"),
    [
        (b"\xc3\0\0\0\1\x08" + NOISE, 443, "quic", Protection.PROTECTED, ("unknown",)),
        (b"\x23" + b"\0" * 47, 123, "ntp", Protection.CLEAR, ("time",)),
        (b"M-SEARCH * HTTP/1.1\r\n", 1900, "ssdp", Protection.CLEAR, ()),
        (NOISE, 14550, "udp/14550", Protection.OPAQUE, ("unknown",)),
        (b"hello, plain words", 14550, "udp/14550", Protection.CLEAR, ("unknown",)),
        (b"sn=KZX1-000777", 14550, "udp/14550", Protection.CLEAR, ("device_identifier",)),
        (NOISE + b"KZX1-000123", 7, "udp/7", Protection.CLEAR, ("device_identifier", "unknown")),
    ],
)
def test_datagrams(
    tmp_path: Path,
    *,
    data: bytes,
    port: int,
    protocol: str,
    protection: Protection,
    categories: tuple[str, ...],
) -> None:
    content = pcap([udp(PHONE, 50000, SERVER, port, data)] * 6)
    (flow,) = flows(analyze(tmp_path, content, SERIAL))
    assert (flow.protocol, flow.protection) == (protocol, protection)
    assert tuple(category.value for category in flow.categories) == categories


@pytest.mark.parametrize(
    ("number", "body", "protocol", "protection", "categories"),
    [
        (1, b"\x08\0" + b"p" * 60, "icmp", Protection.CLEAR, ()),
        (1, b"\x08\0" + b"p" * 600, "icmp", Protection.CLEAR, ("unknown",)),
        (50, NOISE, "ipsec", Protection.PROTECTED, ("unknown",)),
        (47, NOISE, "ip/47", Protection.OPAQUE, ("unknown",)),
    ],
)
def test_other_protocols_of_ip(
    tmp_path: Path,
    *,
    number: int,
    body: bytes,
    protocol: str,
    protection: Protection,
    categories: tuple[str, ...],
) -> None:
    (flow,) = flows(analyze(tmp_path, pcap([ethernet(ip(PHONE, SERVER, number, body))])))
    assert (flow.protocol, flow.protection, flow.recipient.port) == (protocol, protection, None)
    assert tuple(category.value for category in flow.categories) == categories


def test_ssh_is_protected(tmp_path: Path) -> None:
    (flow,) = flows(analyze(tmp_path, pcap(talk([b"SSH-2.0-drone-1.0\r\n", NOISE], port=22))))
    assert (flow.protocol, flow.protection) == ("ssh", Protection.PROTECTED)


def test_a_bare_handshake_moves_nothing(tmp_path: Path) -> None:
    (flow,) = flows(analyze(tmp_path, pcap(talk(b"", port=8080))))
    assert (flow.protocol, flow.protection, flow.categories) == ("tcp/8080", Protection.CLEAR, ())
    assert (flow.volume.sent, flow.volume.received, flow.volume.packets) == (0, 0, 4)


@pytest.mark.parametrize(
    ("frames", "origin", "recipient"),
    [
        ([tcp(SERVER, 80, PHONE, 40000, flags=SYN | ACK)], PHONE, SERVER),
        ([tcp(SERVER, 80, PHONE, 40000, b"x")], PHONE, SERVER),
        ([tcp(SERVER, 8080, PHONE, 40000, b"x")], PHONE, SERVER),
        ([tcp(PHONE, 4000, RESOLVER, 5000, b"x")], PHONE, RESOLVER),
        ([udp("fe80::1", 12717, "ff02::1", 26993, b"x")], "fe80::1", "ff02::1"),
        ([udp(PHONE, 68, "255.255.255.255", 67, b"x")], PHONE, "255.255.255.255"),
        ([udp(PHONE, 5353, "224.0.0.251", 5353, query("a.local"))], PHONE, "224.0.0.251"),
    ],
)
def test_the_initiator_is_the_source(
    tmp_path: Path, frames: list[bytes], origin: str, recipient: str
) -> None:
    (flow,) = flows(analyze(tmp_path, pcap(frames)))
    assert (flow.origin, flow.recipient.address) == (origin, recipient)


def test_a_far_client_of_a_local_server_is_the_recipient(tmp_path: Path) -> None:
    reply = OK[:-2] + b'{"sn":"KZX1-000777"}'
    frames = talk(post(b"", host="drone.local"), reply, to=PHONE, source=SERVER, source_port=1234)
    (flow,) = flows(analyze(tmp_path, pcap(frames)))
    assert (flow.origin, flow.recipient.address, flow.recipient.port) == (PHONE, SERVER, None)
    assert flow.recipient.host is None
    assert flow.volume.sent == len(reply)
    assert flow.categories == (DataCategory.DEVICE_IDENTIFIER,)


def test_an_address_in_the_host_field_is_no_name(tmp_path: Path) -> None:
    for host in (f"{SERVER}:80", "[2001:db8::1]", ""):
        (flow,) = flows(analyze(tmp_path, pcap(talk(post(b"", host=host)))))
        assert flow.recipient.host is None


def test_several_hosts_on_one_connection_are_told(tmp_path: Path) -> None:
    frames = talk(post(b"", host="one.example") + post(b"", host="two.example"))
    findings = analyze(tmp_path, pcap(frames))
    assert flows(findings)[0].recipient.host == "one.example"
    assert [(p.code, p.details, p.blocks_clean) for p in findings.problems] == [
        ("SEK-P310", {"hosts": "one.example, two.example"}, False)
    ]


def test_places_are_capped_and_the_rest_counted(tmp_path: Path) -> None:
    body = b"&".join(b"sn=AB-%06d" % i for i in range(400))
    findings = analyze(tmp_path, pcap(talk(post(body))))
    assert len(flows(findings)[0].loci) == 16
    (message,) = findings.coverage[0].unseen
    assert (message.code, message.details) == ("SEK-P324", {"places": "386"})


def test_the_end_of_a_long_clear_stream_is_searched_too(tmp_path: Path) -> None:
    pieces = [b"plain words, again and again. " * 40] * 120
    frames = talk([*pieces, b"at last KZX1-", b"000123"], port=5000)
    (flow,) = flows(analyze(tmp_path, pcap(frames), SERIAL))
    assert (flow.carried, flow.protocol) == (("serial",), "tcp/5000")


def test_requests_after_a_long_body_are_read(tmp_path: Path) -> None:
    long = post(b"word " * 40_000) + post(b"", host="late.example")
    pieces = [long[i : i + 1400] for i in range(0, len(long), 1400)]
    findings = analyze(tmp_path, pcap(talk(pieces)))
    hosts = {request.details["host"] for request in properties(findings, "http_request")}
    assert hosts == {"cloud.example", "late.example"}


@pytest.mark.parametrize(
    ("hello", "port", "protocol"),
    [
        (client_hello(), 853, "dot"),
        (client_hello("dns.google"), 443, "doh"),
        (client_hello("dns.google.example"), 443, "tls"),
    ],
)
def test_look_ups_that_hide_are_told(
    tmp_path: Path, hello: bytes, port: int, protocol: str
) -> None:
    content = pcap(talk([hello, record(23, NOISE)], server_hello(), port=port))
    (flow,) = flows(analyze(tmp_path, content))
    assert (flow.protocol, flow.protection) == (protocol, Protection.PROTECTED)
    assert (DataCategory.NAME_LOOKUP in flow.categories) == (protocol != "tls")
