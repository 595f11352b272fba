"""The manifest: everything known is read, everything else is refused at its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sekisho.errors import EvidenceError, ExitCode
from sekisho.intake.manifest import Manifest, decode_manifest, file_names, load_manifest
from sekisho.model.evidence import Phase
from sekisho.model.flow import DataCategory
from sekisho.model.observation import Voice

FULL = """\
sekisho: 1
article: {kind: uas, maker: Kaze Aero K.K., model: Kaze X1, version: "1.4.2", class: multirotor}
case: {act: buy, task: criminal_investigation, body: jp.national_organ, on: 2026-11-01}
recipients:
  - {host: GCS.police.example., why: our own}
  - {network: 10.20.0.0/16}
  - {network: "2001:db8::/32"}
known_values: [{category: device_identifier, name: imei, value: "490154203237518"}]
statements:
  - {by: Kaze Aero K.K., voice: maker, on: 2026-10-01, document: statements/a.txt,
     claims: {article.made_in: JP, data.leaks: false}}
evidence:
  - file: app/kaze-pilot.apk
    from: the maker's web site
    received_by: Sato
    received_on: 2026-10-02
    conditions: {phase: flight, mode: normal, site: JP, vantage: access-point}
"""


def refused(text: str) -> EvidenceError:
    with pytest.raises(EvidenceError) as caught:
        decode_manifest(text)
    assert caught.value.exit_code is ExitCode.EVIDENCE
    assert caught.value.next_step
    return caught.value


def test_a_full_manifest_is_read() -> None:
    manifest = decode_manifest(FULL)
    assert manifest.stated_article().airframe_class == "multirotor"
    assert manifest.stated_article().title() == "Kaze Aero K.K. Kaze X1 1.4.2"
    assert manifest.stated_case().on == date(2026, 11, 1)
    hosts = [(one.host, one.network) for one in manifest.named_recipients()]
    assert hosts == [
        ("gcs.police.example", None),
        (None, "10.20.0.0/16"),
        (None, "2001:db8::/32"),
    ]
    assert manifest.stated_values()[0].category is DataCategory.DEVICE_IDENTIFIER
    assert manifest.statements[0].voice is Voice.MAKER
    assert manifest.statements[0].claims == {"article.made_in": "JP", "data.leaks": "false"}
    assert manifest.evidence[0].custody().received_on == date(2026, 10, 2)
    assert manifest.evidence[0].capture_conditions().phase is Phase.FLIGHT


def test_marks_are_put_in_order_and_in_universal_time() -> None:
    marks = "[{at: 2026-04-01T10:30:00+09:00, phase: after_flight}, {at: '2026-04-01T01:05:00.5Z'}]"
    manifest = decode_manifest(FULL.replace("phase: flight", f"phase: flight, marks: {marks}"))
    conditions = manifest.evidence[0].capture_conditions()
    assert [(mark.at.isoformat(), mark.phase) for mark in conditions.marks] == [
        ("2026-04-01T01:05:00.500000+00:00", None),
        ("2026-04-01T01:30:00+00:00", Phase.AFTER_FLIGHT),
    ]
    assert conditions.phase is Phase.FLIGHT


def test_the_least_manifest_states_nothing() -> None:
    assert decode_manifest("sekisho: 1") == Manifest(sekisho=1)


@pytest.mark.parametrize(
    ("old", "new", "where", "told"),
    [
        ("received_by", "recieved_by", "15:5", "received_by"),
        ("class:", "clas:", "2:79", "class"),
        ("article:", "artikel:", "2:1", "article"),
        ("2026-10-02", "令和8年10月2日", "16:5", "Gregorian"),
        ("2026-10-02", "R8.10.2", "16:5", "Gregorian"),
        ("2026-10-02", "2026-02-30", "16:5", "YYYY-MM-DD"),
        ("phase: flight", "phase: flying", "17:18", "word"),
        ("phase: flight", "marks: [{at: 2026-04-01T10:00:00}]", "17:27", "offset"),
        ("phase: flight", "marks: [{at: 0001-01-01T00:00:00+09:00}]", "17:18", "divide nothing"),
        ("phase: flight", "marks: [{at: 9999-12-31T23:59:00-09:00}]", "17:18", "write when"),
        ("site: JP", "site: Japan", "17:47", "ISO 3166-1"),
        ("sekisho: 1", "sekisho: 2", "1:1", "sekisho: 1"),
        ("app/kaze", "../kaze", "13:5", "path"),
        ("app/kaze", "/kaze", "13:5", "path"),
        ("statements/a.txt", "C:/a.txt", "10:56", "path"),
        ("GCS.police.example.", "https://gcs.police.example/", "5:6", "without scheme"),
        ("GCS.police.example.", "'*.police.example'", "5:6", "subdomains"),
        ("GCS.police.example.", "10.20.0.5", "5:6", "10.20.0.5/32"),
        ("GCS.police.example.", "example", "5:6", "full name"),
        ("GCS.police.example.", "警察.example", "5:6", "xn--"),
        ("GCS.police.example.", "-x.example", "5:6", "hyphens"),
        ("GCS.police.example.", f"{'x.' * 130}example", "5:6", "letters"),
        ("GCS.police.example.", "''", "5:6", "full name"),
        ("10.20.0.0/16", "10.20.0.1/16", "6:6", "host bits"),
        ("10.20.0.0/16", "0.0.0.0/0", "6:6", "own"),
        ("10.20.0.0/16", "police", "6:6", "10.20.0.0/16"),
        ("network: 10.20.0.0/16", "why: neither", "6:5", "exactly one"),
        ("network: 10.20.0.0/16", "network: 10.20.0.0/16, host: a.example", "6:5", "exactly one"),
        ('"490154203237518"', '" "', "8:16", "fill"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_line(
    old: str, new: str, where: str, told: str
) -> None:
    error = refused(FULL.replace(old, new))
    assert error.where == f"dossier.yaml:{where}"
    assert told in f"{error.why} {error.next_step}"


def test_a_file_listed_twice_is_refused_however_it_is_spelt() -> None:
    error = refused("sekisho: 1\nevidence:\n- {file: a.txt}\n- {file: ./evidence/a.txt}\n")
    assert error.where == "dossier.yaml:4:4"
    assert "3:4" in error.why


@pytest.mark.parametrize("text", ["", "just words", "- 1\n- 2\n", "sekisho: [", "a: b"])
def test_what_is_no_manifest_is_refused(text: str) -> None:
    assert refused(text).code == "SEK-E110"


def test_hostile_nesting_is_refused_before_it_is_built() -> None:
    assert "nested" in refused("sekisho: 1\narticle: " + "[" * 200_000).what
    assert "nested" in refused("- " * 200_000).what


def test_a_file_is_found_with_and_without_its_folder() -> None:
    assert file_names("app/x.apk") == ("app/x.apk", "evidence/app/x.apk")
    assert file_names("evidence/app/x.apk") == ("evidence/app/x.apk", "app/x.apk")
    # a name with a mark apart from its letter, as some file systems write it
    assert file_names("か\u3099")[0] == "が"


def test_a_manifest_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes("sekisho: 1\narticle: {maker: 風}".encode("cp932"))
    with pytest.raises(EvidenceError, match="UTF-8"):
        load_manifest(file)
    file.write_bytes(b"\xef\xbb\xbfsekisho: 1")
    assert load_manifest(file).sekisho == 1


def test_a_huge_manifest_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"sekisho: 1\n" + b"#" * (20 << 20))
    with pytest.raises(EvidenceError, match="large"):
        load_manifest(file)
