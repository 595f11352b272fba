"""The commands as a person meets them: output, exit codes, and what goes wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sekisho.cli import app as application
from sekisho.errors import ExitCode
from sekisho.model.review import Review
from tests.service.conftest import EXAMPLES

CASES = """
cases:
  - id: covered camera
    act: buy
    task: security
    body: us.dod
    on: 2026-11-01
    regimes: [us-848]
    facts: {article.kind: uas, "component[x].kind": camera, "component[x].made_in": CN, waiver.us_848: "false", purpose.us_848_exempt: "false"}
"""


@pytest.mark.parametrize(
    ("sample", "code"),
    [
        ("kaze-x1", ExitCode.PROHIBITED),
        ("mizu-s2", ExitCode.PERMITTED),
        ("hoshi-m3", ExitCode.UNDETERMINED),
    ],
)
def test_a_review_ends_with_the_code_of_its_outcome(
    sekisho: Any, home: Path, sample: str, code: ExitCode
) -> None:
    ran = sekisho("review", EXAMPLES / sample, "--out", "out")
    assert ran.code == code
    assert (home / "out/report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    review = msgspec.json.decode((home / "out/review.json").read_bytes(), type=Review)
    assert review.schema == "sekisho.review/1"
    assert "report.html" in ran.out
    assert "cached" in sekisho("review", EXAMPLES / sample, "--out", "out").out


def test_a_review_prints_its_document_and_speaks_japanese(sekisho: Any, home: Path) -> None:
    ran = sekisho("review", EXAMPLES / "mizu-s2", "--json", "--lang", "ja", "--out", "o")
    (document,) = ran.documents()
    assert document["outcome"] == "permitted"
    assert '<html lang="ja">' in (home / "o/report.html").read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_is_an_error(sekisho: Any, home: Path) -> None:
    (home / "file").write_text("in the way")
    ran = sekisho("review", EXAMPLES / "mizu-s2", "--out", "file")
    assert ran.code == ExitCode.USAGE
    assert "SEK-E007" in ran.err


def test_files_of_any_kind_are_analyzed(sekisho: Any) -> None:
    evidence = EXAMPLES / "kaze-x1/evidence"
    ran = sekisho("analyze", evidence / "app/kaze-pilot.apk", evidence / "captures/flight.pcapng")
    assert ran.code == 0
    assert "jp.example.kaze.pilot" in ran.out
    assert "telemetry.foehn-cloud.example" in ran.out


def test_analyze_gives_one_document_a_line(sekisho: Any) -> None:
    evidence = EXAMPLES / "kaze-x1/evidence"
    ran = sekisho(
        "analyze", "--json", evidence / "parts/parts.csv", evidence / "ownership/owners.csv"
    )
    assert [one["evidence"]["kind"] for one in ran.documents()] == [
        "parts_table",
        "ownership_table",
    ]


def test_a_file_that_cannot_be_read_is_told_by_the_code(sekisho: Any, home: Path) -> None:
    (home / "odd.json").write_text(
        '{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": ['
    )
    ran = sekisho("analyze", "odd.json")
    assert ran.code == ExitCode.EVIDENCE
    assert "Traceback" not in ran.err


def test_the_law_alone_is_asked_by_a_case_file(sekisho: Any, home: Path) -> None:
    (home / "cases.yaml").write_text(CASES)
    ran = sekisho("decide", "cases.yaml")
    assert ran.code == ExitCode.PROHIBITED
    assert "covered camera" in ran.out
    (document,) = sekisho("decide", "cases.yaml", "--json").documents()
    assert document["determination"]["deciding"] == ["us-848.a1B"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("review", "nothing-here"), ExitCode.EVIDENCE, "check the path"),
        (("review", EXAMPLES / "mizu-s2", "--on", "令和8年"), ExitCode.USAGE, "Japanese calendar"),
        (("review", EXAMPLES / "mizu-s2", "--on", "1/2/2026"), ExitCode.USAGE, "YYYY-MM-DD"),
        (("review", EXAMPLES / "mizu-s2", "--act", "bye"), ExitCode.USAGE, "did you mean 'buy'"),
        (("decide", "absent.yaml"), ExitCode.USAGE, "cannot be read"),
        (("analyze", "absent.apk"), ExitCode.EVIDENCE, "check the path"),
        (("fly",), ExitCode.USAGE, "No such command"),
    ],
)
def test_mistakes_end_in_words_and_a_code(
    sekisho: Any, arguments: tuple[str | Path, ...], code: ExitCode, words: str
) -> None:
    ran = sekisho(*arguments)
    assert ran.code == code
    assert words in ran.err
    assert "Traceback" not in ran.err


def test_a_case_file_that_is_no_text_is_an_error(sekisho: Any, home: Path) -> None:
    (home / "cases.yaml").write_bytes(b"\xff\xfe\x00")
    assert "not UTF-8" in sekisho("decide", "cases.yaml").err


def test_errors_are_documents_when_json_is_asked(sekisho: Any) -> None:
    ran = sekisho("review", "nothing-here", "--json")
    document = json.loads(ran.err)
    assert document["schema"] == "sekisho.error/1"
    assert document["code"] == "SEK-E101"


def test_a_store_that_cannot_be_used_is_an_error(
    sekisho: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "blocked").write_text("x")
    monkeypatch.setenv("SEKISHO_HOME", str(home / "blocked"))
    assert sekisho("review", EXAMPLES / "mizu-s2").code == ExitCode.STORE


def test_a_fault_of_ours_is_told_without_a_traceback(
    sekisho: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sekisho.cli.law.load_law", breaks)
    ran = sekisho("law", "list")
    assert ran.code == ExitCode.BUG
    assert "fault of Sekisho (ZeroDivisionError" in ran.err
    assert "Traceback" not in ran.err
    monkeypatch.setenv("SEKISHO_DEBUG", "1")
    assert "Traceback" in sekisho("law", "list").err


def test_an_interrupt_is_quiet(sekisho: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(application, "app", interrupted)
    ran = sekisho("law", "list")
    assert (ran.code, ran.err) == (130, "stopped\n")


def test_the_regimes_are_listed(sekisho: Any) -> None:
    assert "us-848" in sekisho("law", "list").out
    (listed,) = sekisho("law", "list", "--json").documents()
    assert {"jp-2020", "us-848", "us-asda"} < {one["id"] for one in listed}


def test_the_version_is_told(sekisho: Any) -> None:
    assert sekisho("--version").out.strip() == "0.1.0"


def test_the_way_to_a_behaviour_is_shown(sekisho: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    ran = sekisho("analyze", EXAMPLES / "kaze-x1/evidence/app/kaze-pilot.apk")
    way = "com.foehn.flight.ReportService.onStartCommand → com.foehn.flight.Telemetry.report → "
    assert f"{way}android.telephony.TelephonyManager.getDeviceId" in ran.out
