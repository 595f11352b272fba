from __future__ import annotations

from pathlib import Path

import msgspec
import polars as pl
import pytest

from sekisho.analyzers.capture.analyzer import CaptureAnalyzer
from sekisho.analyzers.capture.flows import flow_log
from sekisho.analyzers.interface import Context, Source
from sekisho.model.evidence import Evidence, EvidenceKind
from sekisho.model.units import Bytes, EvidenceId, Sha256
from sekisho.record.flow_tables import FlowTables
from tests.analyzers.capture.build import (
    ACK,
    FIN,
    PHONE,
    RESOLVER,
    SERVER,
    SYN,
    answer,
    pcap,
    query,
    talk,
    tcp,
    udp,
)


def table(folder: Path, frames: list[bytes]) -> pl.DataFrame:
    key = Sha256("0" * 64)
    capture, tables = folder / "one.pcap", FlowTables(folder / "flows")
    capture.write_bytes(pcap(frames))
    evidence = Evidence(id=EvidenceId(key), path="one.pcap", size=Bytes(1), kind=EvidenceKind.PCAP)
    source = Source(evidence=evidence, content=capture)
    CaptureAnalyzer().analyze(source, Context(flows=str(tables.rows_path(key))))
    tables.keep(key)
    assert list((folder / "flows").iterdir()) == [tables.path(key)]
    return pl.read_parquet(tables.path(key))


def test_each_connection_has_a_row(tmp_path: Path) -> None:
    frames = [udp(PHONE, 5000, RESOLVER, 53, query("a.example"))]
    frames.append(udp(RESOLVER, 53, PHONE, 5000, answer("a.example", SERVER)))
    frames += talk(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", source_port=40001)
    frames += talk(b"plain words, many of them", port=7000, source_port=40002)
    rows = table(tmp_path, frames).sort("frame").to_dicts()
    assert [(row["application"], row["host"], row["host_learnt_from"]) for row in rows] == [
        ("dns", None, "none"),
        ("http", "a.example", "http_host"),
        (None, "a.example", "dns_answer"),
    ]
    assert rows[0]["dns_queries"] == ["a.example"]
    assert rows[1]["round_trip_ms"] == 1000.0
    assert (rows[2]["source"], rows[2]["source_port"], rows[2]["to"]) == (PHONE, 40002, SERVER)
    assert (rows[2]["packets_sent"], rows[2]["packets_received"]) == (3, 1)
    assert rows[2]["payload_sent"] == len(b"plain words, many of them")


def test_rows_leave_memory_while_the_capture_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow_log, "ROWS_AT_ONCE", 3)
    frames = [udp(PHONE, port, SERVER, 9, b"words") for port in range(5000, 5010)]
    assert table(tmp_path, frames)["source_port"].sort().to_list() == list(range(5000, 5010))


def test_a_capture_without_conversations_has_an_empty_table(tmp_path: Path) -> None:
    assert table(tmp_path, []).height == 0


def test_a_port_used_again_after_the_end_is_another_connection(tmp_path: Path) -> None:
    frames = talk(b"first words of one", b"answer", port=7000)
    frames.append(tcp(PHONE, 40000, SERVER, 7000, seq=1018, flags=FIN | ACK))
    again = talk(b"first words of two", b"answer", port=7000)
    assert table(tmp_path, frames + again).height == 2
    open_still = talk(b"first words of one", b"answer", port=7001)
    repeated = [tcp(PHONE, 40000, SERVER, 7001, seq=999, flags=SYN)]
    assert table(tmp_path, open_still + repeated).height == 1


def test_the_columns_of_the_table_are_those_of_a_row(tmp_path: Path) -> None:
    columns = table(tmp_path, [udp(PHONE, 5000, SERVER, 9, b"words")])
    assert columns.columns == [field.name for field in msgspec.structs.fields(flow_log.Connection)]
    assert columns["first_seen"].dtype == pl.Datetime("ns", "UTC")
    assert columns["first_seen"].cast(pl.Int64).to_list() == [1_700_000_000_000_005_000]
