from __future__ import annotations

import struct
from functools import partial
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekisho.analyzers.capture import analyzer
from sekisho.analyzers.capture.flows import conversation, gathering, names
from sekisho.analyzers.capture.flows.flow_table import FlowTable
from sekisho.analyzers.capture.reading import clear, inspection
from sekisho.errors import EvidenceError
from sekisho.model.flow import DataCategory, Protection
from sekisho.model.problem import CoverageStatus
from tests.analyzers.capture.build import (
    FORM,
    IMEI,
    NOISE,
    OK,
    PHONE,
    RESOLVER,
    SERIAL,
    SERVER,
    TLS_CLIENT,
    analyze,
    answer,
    block,
    codes,
    ethernet,
    flows,
    ip,
    option,
    pcap,
    pcapng,
    post,
    properties,
    query,
    record,
    section,
    server_hello,
    talk,
    tcp,
    udp,
)


def test_missing_segments_block_clean(tmp_path: Path) -> None:
    frames = talk([b"plain words here", b"lost", b"more words"], port=5000)
    del frames[4]
    findings = analyze(tmp_path, pcap(frames))
    assert codes(findings) == ["SEK-P307"]
    assert findings.problems[0].details == {"gaps": "1", "flows": "1"}
    assert findings.coverage[0].status is CoverageStatus.PARTLY
    assert DataCategory.UNKNOWN in flows(findings)[0].categories


def test_missing_segments_of_protected_flows_do_not_matter(tmp_path: Path) -> None:
    frames = talk([*TLS_CLIENT, record(23, NOISE), record(23, NOISE)], port=443)
    frames.append(tcp(SERVER, 443, PHONE, 40000, server_hello(), seq=5000))
    del frames[5]
    findings = analyze(tmp_path, pcap(frames))
    assert (codes(findings), flows(findings)[0].protection) == ([], Protection.PROTECTED)


def test_payload_cut_by_the_snap_length_blocks_clean(tmp_path: Path) -> None:
    findings = analyze(tmp_path, pcap(talk(post(FORM), OK), snap=60))
    assert codes(findings) == ["SEK-P305"]
    (flow,) = flows(findings)
    assert flow.volume.sent == len(post(FORM))
    assert DataCategory.UNKNOWN in flow.categories
    assert findings.coverage[0].measures["truncated_frames"] == 2


def test_headers_only_leave_the_payload_opaque(tmp_path: Path) -> None:
    (flow,) = flows(analyze(tmp_path, pcap(talk(post(FORM), OK), snap=54)))
    assert flow.protection is Protection.OPAQUE


def test_unknown_links_protocols_fragments_and_broken_headers_are_counted(tmp_path: Path) -> None:
    frames = [
        ethernet(b"\0" * 40, 0x1234),
        ethernet(ip(PHONE, SERVER, 17, b"x" * 20, fragment=0x10)),
        ethernet(ip(PHONE, SERVER, 17, b"\0\1\0\2\0\x64\0\0abc", fragment=0x2000)),
        ethernet(b"\x45\0"),
        b"tiny",
        ethernet(b"\0" * 28, 0x0806),
    ]
    findings = analyze(tmp_path, pcap(frames))
    told = [(p.code, p.details["frames"], p.blocks_clean) for p in findings.problems]
    assert told == [("SEK-P304", "1", True), ("SEK-P306", "2", True), ("SEK-P309", "2", True)]
    measures = findings.coverage[0].measures
    assert (measures["unread_frames"], measures["link_only_frames"]) == (5, 1)
    assert findings.coverage[0].status is CoverageStatus.PARTLY
    other = analyze(tmp_path, pcap([b"wifi"], link=147))
    assert [(p.code, p.details) for p in other.problems] == [
        ("SEK-P303", {"link_type": "147", "frames": "1"})
    ]


def test_a_capture_cut_short_says_so_and_keeps_the_rest(tmp_path: Path) -> None:
    findings = analyze(tmp_path, pcap(talk(post(FORM), OK))[:-5], IMEI)
    assert codes(findings) == ["SEK-P301", "SEK-P305"]
    assert findings.problems[0].details["frame"] == "5"
    assert findings.problems[0].blocks_clean
    assert flows(findings)[0].carried == ("imei",)


def test_an_empty_capture_says_that_it_is_empty(tmp_path: Path) -> None:
    findings = analyze(tmp_path, pcap([]))
    assert [message.code for message in findings.coverage[0].unseen] == ["SEK-P323"]
    assert findings.coverage[0].measures["duration_s"] == 0


def test_frames_without_a_time_leave_the_time_unknown(tmp_path: Path) -> None:
    frame = udp(PHONE, 1, SERVER, 2, b"words")
    simple = struct.pack("<I", len(frame)) + frame + b"\0" * (-len(frame) % 4)
    total = struct.pack("<I", 12 + len(simple))
    content = pcapng([]) + struct.pack("<I", 3) + total + simple + total
    findings = analyze(tmp_path, content)
    assert flows(findings)[0].first_seen is None
    assert [message.code for message in findings.coverage[0].unseen] == ["SEK-P322"]


def test_an_impossible_time_is_unknown(tmp_path: Path) -> None:
    content = bytearray(pcapng([udp(PHONE, 1, SERVER, 2, b"words")]))
    at = 28 + 20 + 8 + 4
    content[at : at + 8] = b"\xff" * 8
    assert flows(analyze(tmp_path, bytes(content)))[0].last_seen is None


def test_recipients_beyond_the_cap_are_counted_and_block_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "MAX_FLOWS", 2)
    frames = [udp(PHONE, 5000, SERVER, port, b"words") for port in (1, 2, 3, 4, 1)]
    findings = analyze(tmp_path, pcap(frames))
    assert [(flow.recipient.port, flow.connections) for flow in flows(findings)] == [(1, 1), (2, 1)]
    assert findings.coverage[0].measures["flows"] == 4
    (problem,) = findings.problems
    assert (problem.code, problem.details) == ("SEK-P308", {"bytes": "10", "frames": "2"})
    assert problem.blocks_clean


def test_conversations_are_closed_when_too_many_are_open_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = [
        frame
        for turn in range(3)
        for port in range(5000, 5020)
        for frame in (
            udp(PHONE, port, SERVER, 9, b"words %d" % turn),
            udp(SERVER, 9, PHONE, port, b"and answers"),
        )
    ]
    (roomy,) = flows(analyze(tmp_path, pcap(frames)))
    monkeypatch.setattr(analyzer, "FlowTable", lambda: FlowTable(4))
    (tight,) = flows(analyze(tmp_path, pcap(frames)))
    assert (roomy.connections, tight.connections) == (20, 60)
    assert tight == msgspec.structs.replace(roomy, connections=60)


def test_little_memory_changes_no_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = talk([b"plain words. " * 90, b"KZX1-", b"000123"], port=5000)
    frames += talk([b"x" * 1000] * 3, port=5001)
    frames += [udp(PHONE, 7, SERVER, 8, b"words " * 100)] * 3
    frames += [*talk(post(b"words " * 300), port=5002), udp(PHONE, 7, SERVER, 9, b"KZX1-000123")]
    del frames[-6]
    roomy = analyze(tmp_path, pcap(frames), SERIAL)
    monkeypatch.setattr(analyzer, "Inspector", partial(inspection.Inspector, budget=500))
    assert flows(analyze(tmp_path, pcap(frames), SERIAL)) == flows(roomy)


def test_lists_beyond_their_caps_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "MAX_LOOKUPS", 1)
    monkeypatch.setattr(names, "MAX_ADDRESSES", 1)
    monkeypatch.setattr(clear, "MAX_REQUESTS", 1)
    frames = [
        udp(RESOLVER, 53, PHONE, 5000, answer(name, "10.0.0.1", "10.0.0.2"))
        for name in ("a.example", "b.example", "a.example")
    ]
    frames += talk(post(b"") + post(b"", path="/2"))
    findings = analyze(tmp_path, pcap(frames))
    assert len(properties(findings, "dns_lookup")) == 1
    assert len(properties(findings, "http_request")) == 1
    (message,) = findings.coverage[0].unseen
    assert (message.code, message.details) == ("SEK-P312", {"count": "4"})


def test_places_of_one_conversation_are_capped_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "MAX_MATCHES", 4)
    body = b"&".join(b"sn=AB-%06d" % i for i in range(10))
    findings = analyze(tmp_path, pcap([*talk(post(body)), udp(PHONE, 7, SERVER, 9, b"")]))
    assert len(flows(findings)[0].loci) == 6
    assert findings.coverage[0].unseen[0].details == {"places": "6"}


def test_a_known_value_too_short_to_search_is_told(tmp_path: Path) -> None:
    tiny = IMEI.__class__(category=DataCategory.DEVICE_IDENTIFIER, name="pin", value="12")
    findings = analyze(tmp_path, pcap([]), tiny)
    assert [(p.code, p.blocks_clean) for p in findings.problems] == [("SEK-P311", False)]


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b\x08" + b"\0" * 50, b"PK\3\4" + b"\0" * 50])
def test_what_is_no_capture_is_an_evidence_error(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(EvidenceError):
        analyze(tmp_path, content)


SAMPLES = (
    pcapng(talk(post(FORM), OK) + talk(TLS_CLIENT, server_hello(), source_port=41000)),
    pcap([udp(PHONE, 5, RESOLVER, 53, query("a.example")), *talk([b"\5\1\0", post(FORM)])]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.integers(0, 2000), st.binary(min_size=1, max_size=6)), max_size=8),
    st.integers(0, 2000),
)
def test_mutated_captures_end_in_findings_or_an_evidence_error(
    tmp_path: Path, sample: bytes, changes: list[tuple[int, bytes]], cut: int
) -> None:
    content = bytearray(sample)
    for at, change in changes:
        content[at : at + len(change)] = change
    try:
        findings = analyze(tmp_path, bytes(content[: len(content) - cut // 4]), IMEI, SERIAL)
    except EvidenceError:
        return
    blocked = any(problem.blocks_clean for problem in findings.problems)
    assert (findings.coverage[0].status is CoverageStatus.PARTLY) == blocked


def test_the_same_capture_gives_the_same_findings(tmp_path: Path) -> None:
    assert analyze(tmp_path, SAMPLES[0], IMEI) == analyze(tmp_path, SAMPLES[0], IMEI)


def test_frames_that_the_tool_lost_block_clean(tmp_path: Path) -> None:
    said = block(5, struct.pack("<III", 0, 0, 0) + option(5, struct.pack("<Q", 7)))
    findings = analyze(tmp_path, pcapng([udp(PHONE, 1, SERVER, 2, b"words")]) + said)
    assert codes(findings) == ["SEK-P328"]
    assert findings.problems[0].blocks_clean
    assert findings.coverage[0].measures["dropped_frames"] == 7


def test_a_name_of_the_tool_names_the_recipient(tmp_path: Path) -> None:
    record = struct.pack("<HH", 1, 14) + bytes((93, 184, 216, 34)) + b"a.example\0\0\0"
    content = section() + block(4, record) + pcapng([udp(PHONE, 1, SERVER, 2, b"words")])[28:]
    (flow,) = flows(analyze(tmp_path, content))
    assert flow.recipient.host == "a.example"


def test_bytes_sent_again_count_once(tmp_path: Path) -> None:
    frames = talk([b"first words, ", b"second words"], port=5000)
    frames.append(tcp(PHONE, 40000, SERVER, 5000, b"first words, ", seq=1000))
    findings = analyze(tmp_path, pcap(frames))
    (flow,) = flows(findings)
    assert flow.volume.sent == len("first words, second words")
    assert findings.coverage[0].measures["repeated_bytes"] == len("first words, ")


def test_bytes_never_captured_are_counted_and_late_ones_are_not(tmp_path: Path) -> None:
    frames = talk([b"first words, ", b"second words", b"third words!"], port=5000)
    late = [*frames[:4], *frames[5:], frames[4]]
    (whole,) = flows(analyze(tmp_path, pcap(late)))
    assert whole.volume.sent == len("first words, second wordsthird words!")
    del frames[4]
    findings = analyze(tmp_path, pcap(frames))
    assert findings.coverage[0].measures["lost_bytes"] == len("second words")
