"""The database appends custody and reviews, and serves analyses as a cache."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sekisho.errors import StoreError
from sekisho.model.dossier import Article, Dossier
from sekisho.model.evidence import Custody, Evidence, EvidenceKind
from sekisho.model.problem import Problem
from sekisho.model.review import Findings
from sekisho.model.units import AnalyzerId, Bytes, EvidenceId, Sha256
from sekisho.record.home import home_folder
from sekisho.record.store import Store

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
EVIDENCE = EvidenceId(Sha256("a" * 64))
KEY = Sha256("b" * 64)
ANALYZER = AnalyzerId("test.one/1")
DOSSIER = Dossier(
    article=Article(maker="Kaze", model="X1"),
    evidence=(
        Evidence(
            id=EVIDENCE,
            path="app/a.apk",
            size=Bytes(3),
            kind=EvidenceKind.APK,
            custody=Custody(received_by="desk", received_on=date(2026, 10, 2)),
        ),
    ),
)


def rows(home: Path, table: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(home / "sekisho.sqlite")
    try:
        return connection.execute(f"select * from {table}").fetchall()
    finally:
        connection.close()


def test_custody_is_noted_once_and_keeps_its_first_date(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save_custody(DOSSIER, NOW)
    store.save_custody(DOSSIER, datetime(2027, 1, 1, tzinfo=UTC))
    store.close()
    (row,) = rows(tmp_path, "custody")
    assert row[0] == EVIDENCE
    assert "desk" in row
    assert any("2026-11-01" in str(cell) for cell in row)


def test_findings_come_back_as_they_were_kept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    findings = Findings(problems=(Problem(code="SEK-P604", details={"why": "x"}),))
    assert store.load_findings(KEY) is None
    store.save_findings(KEY, EVIDENCE, ANALYZER, findings, NOW)
    assert store.load_findings(KEY) == findings
    store.close()


def test_findings_outlive_the_process(tmp_path: Path) -> None:
    first = Store(tmp_path)
    first.save_findings(KEY, EVIDENCE, ANALYZER, Findings(), NOW)
    first.close()
    second = Store(tmp_path)
    assert second.load_findings(KEY) == Findings()
    second.close()


def test_a_damaged_cache_entry_counts_as_none_and_is_replaced(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save_findings(KEY, EVIDENCE, ANALYZER, Findings(), NOW)
    connection = sqlite3.connect(tmp_path / "sekisho.sqlite")
    connection.execute("update analyses set findings = x'7b'")
    connection.commit()
    connection.close()
    assert store.load_findings(KEY) is None
    store.save_findings(KEY, EVIDENCE, ANALYZER, Findings(), NOW)
    assert store.load_findings(KEY) == Findings()
    store.close()


def test_a_file_that_is_no_database_is_an_error_and_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "sekisho.sqlite"
    file.write_bytes(b"this is not a database, however long it is" * 50)
    before = file.read_bytes()
    with pytest.raises(StoreError, match="backup"):
        Store(tmp_path)
    assert file.read_bytes() == before


def test_a_database_of_another_version_is_refused(tmp_path: Path) -> None:
    Store(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "sekisho.sqlite")
    connection.execute("update schema set version = 99")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match="another version"):
        Store(tmp_path)


def test_the_home_is_what_the_environment_says_or_the_users_data_folder() -> None:
    assert home_folder({"SEKISHO_HOME": "/srv/sekisho"}) == Path("/srv/sekisho")
    assert home_folder({"XDG_DATA_HOME": "/data"}) == Path("/data/sekisho")
    assert home_folder({}) == Path.home() / ".local" / "share" / "sekisho"
