"""The captures of the sample dossiers: as their script writes them, and saying what they should."""

from __future__ import annotations

from pathlib import Path

import pytest
from examples.build.captures.build_captures import EXAMPLES, SAMPLES, differing, main, write

from sekisho.model.flow import DataCategory, Protection
from sekisho.model.problem import CoverageStatus
from tests.analyzers.capture.build import IMEI, SERIAL, analyze, bytes_at, flows


def test_the_committed_captures_are_what_the_script_writes() -> None:
    assert differing() == []
    assert main(["--check"]) == 0


def test_a_changed_capture_is_noticed(tmp_path: Path) -> None:
    write(tmp_path)
    assert differing(tmp_path) == []
    name = next(iter(SAMPLES))
    (tmp_path / name).write_bytes(b"other")
    assert differing(tmp_path) == [name]


@pytest.mark.parametrize(
    ("name", "minutes"),
    [
        ("kaze-x1/evidence/captures/first-run.pcapng", 6),
        ("kaze-x1/evidence/captures/flight.pcapng", 12),
        ("mizu-s2/evidence/captures/first-run.pcapng", 15),
        ("mizu-s2/evidence/captures/idle.pcapng", 30),
        ("mizu-s2/evidence/captures/flight.pcapng", 30),
        ("mizu-s2/evidence/captures/after-flight.pcapng", 15),
        ("mizu-s2/evidence/captures/update.pcapng", 15),
    ],
)
def test_each_sample_is_small_long_enough_and_wholly_read(
    tmp_path: Path, name: str, minutes: int
) -> None:
    content = (EXAMPLES / name).read_bytes()
    findings = analyze(tmp_path, content)
    assert len(content) < 60_000
    assert findings.coverage[0].measures["duration_s"] >= minutes * 60
    assert findings.coverage[0].status is CoverageStatus.LOOKED
    assert findings.problems == ()


def test_kaze_sends_identifiers_and_position_abroad_in_clear(tmp_path: Path) -> None:
    content = (EXAMPLES / "kaze-x1/evidence/captures/flight.pcapng").read_bytes()
    _, report = flows(analyze(tmp_path, content, IMEI, SERIAL))
    assert report.recipient.host == "telemetry.foehn-cloud.example"
    assert report.recipient.address == "193.0.6.139"
    assert report.protection is Protection.CLEAR
    assert report.carried == ("imei", "serial")
    assert report.categories == (DataCategory.POSITION, DataCategory.DEVICE_IDENTIFIER)
    assert {b"490154203237518", b"KZX1-000123", b"35.6586"} <= set(bytes_at(content, report))


def test_mizu_talks_to_the_control_station_only_and_protected(tmp_path: Path) -> None:
    for name in SAMPLES:
        if name.startswith("mizu"):
            lookup, talk = flows(analyze(tmp_path, (EXAMPLES / name).read_bytes()))
            assert (lookup.recipient.address, lookup.protocol) == ("10.20.0.2", "dns")
            assert talk.recipient.host == "gcs.police.example"
            assert talk.recipient.address == "10.20.0.5"
            assert talk.protection is Protection.PROTECTED
