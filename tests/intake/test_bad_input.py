"""What people and attackers put into a dossier: told, refused, and nothing lost."""

from __future__ import annotations

import gzip
import io
import os
import struct
import tarfile
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekisho.errors import EvidenceError
from sekisho.intake.dossier import Intake, open_dossier, open_files
from sekisho.intake.identify import identify_file
from sekisho.model.evidence import EvidenceKind, Limits
from sekisho.model.units import Bytes
from sekisho.record.evidence_store import EvidenceStore

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def taken(source: Path, store: Path, limits: Limits | None = None) -> Intake:
    keep = EvidenceStore(store).keep
    return open_dossier(source, keep=keep, limits=limits or Limits())


def folder_with(target: Path, **files: bytes) -> Path:
    target.mkdir()
    for name, content in files.items():
        (target / name.replace("_dot_", ".")).write_bytes(content)
    return target


def zip_of(**entries: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def codes(intake: Intake) -> set[str]:
    return {problem.code for problem in intake.problems}


def paths(intake: Intake) -> set[str]:
    return {item.path for item in intake.dossier.evidence}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", EvidenceKind.EMPTY),
        ((EXAMPLES / "kaze-x1/evidence/app/kaze-pilot.apk").read_bytes(), EvidenceKind.APK),
        (zip_of(readme=b"x"), EvidenceKind.ZIP),
        (gzip.compress(b"x", mtime=0), EvidenceKind.GZIP),
        (b"\xd4\xc3\xb2\xa1" + bytes(20), EvidenceKind.PCAP),
        (b"\xa1\xb2\x3c\x4d" + bytes(20), EvidenceKind.PCAP),
        ((EXAMPLES / "kaze-x1/evidence/captures/flight.pcapng").read_bytes(), EvidenceKind.PCAPNG),
        (b"dex\n035\0" + bytes(120), EvidenceKind.DEX),
        (b"\x7fELF\x02\x01\x01" + bytes(60), EvidenceKind.ELF),
        (b"%PDF-1.7\n", EvidenceKind.PDF),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), EvidenceKind.IMAGE),
        (b'{"bomFormat": "CycloneDX", "specVersion": "1.6"}', EvidenceKind.CYCLONEDX_JSON),
        (
            b'<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.5"/>',
            EvidenceKind.CYCLONEDX_XML,
        ),
        (b'{"spdxVersion": "SPDX-2.3", "packages": []}', EvidenceKind.SPDX_JSON),
        (b'{"a": 1}', EvidenceKind.JSON),
        (b"<a><b/></a>", EvidenceKind.XML),
        (b"name,maker,country of origin\nx,y,JP\n", EvidenceKind.PARTS_TABLE),
        ("部品名,製造者,原産国\nカメラ,風,日本\n".encode("shift_jis"), EvidenceKind.PARTS_TABLE),
        (b"owner,owned,share\na,b,51%\n", EvidenceKind.OWNERSHIP_TABLE),
        (b"x,y\n1,2\n3,4\n", EvidenceKind.TABLE),
        ((EXAMPLES / "mizu-s2/evidence/parts/parts.xlsx").read_bytes(), EvidenceKind.PARTS_TABLE),
        (b"sekisho: 1\narticle: {kind: uas}\n", EvidenceKind.DOSSIER),
        ("ただの文です。\n".encode(), EvidenceKind.TEXT),
        (bytes(range(256)) * 4, EvidenceKind.UNKNOWN),
    ],
)
def test_files_are_known_by_content(tmp_path: Path, content: bytes, kind: EvidenceKind) -> None:
    file = tmp_path / "whatever.txt"
    file.write_bytes(content)
    assert identify_file(file) is kind


def test_names_that_lead_out_are_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    names = ["../up", "/etc/passwd", "a\\..\\b", "C:evil", "ok/./fine"]
    data = zip_of(**dict.fromkeys(names, b"x"), other=b"y")
    intake = taken(folder_with(tmp_path / "d", a_dot_zip=data), tmp_path / "s")
    assert len([p for p in intake.problems if p.code == "SEK-P101"]) == 4
    assert {"a.zip!/ok/fine", "a.zip!/other"} <= paths(intake)
    assert all(path.is_relative_to(tmp_path / "s") for path in intake.contents.values())


def test_links_and_devices_in_archives_are_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            entry = tarfile.TarInfo(f"entry{kind.decode()}")
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
        entry = tarfile.TarInfo("plain")
        entry.size = 3
        archive.addfile(entry, io.BytesIO(b"abc"))
    intake = taken(folder_with(tmp_path / "d", a_dot_tar=buffer.getvalue()), tmp_path / "s")
    assert len([p for p in intake.problems if p.code == "SEK-P102"]) == 4
    assert "a.tar!/plain" in paths(intake)


def test_links_and_pipes_in_a_folder_are_passed_by(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "d", plain=b"x")
    (folder / "link").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe")
    (folder / ".git").mkdir()
    intake = taken(folder, tmp_path / "s")
    assert {"SEK-P120", "SEK-P121", "SEK-P123"} <= codes(intake)
    assert paths(intake) == {"plain"}


def test_encrypted_entries_are_told(tmp_path: Path) -> None:
    data = bytearray(zip_of(secret=b"x", open=b"y"))
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    data[6] |= 1
    intake = taken(folder_with(tmp_path / "d", a_dot_zip=bytes(data)), tmp_path / "s")
    assert "SEK-P103" in codes(intake)
    assert "a.zip!/open" in paths(intake)


def test_a_bomb_is_left_unread_whatever_its_headers_say(tmp_path: Path) -> None:
    data = bytearray(zip_of(zeros=bytes(64 << 20)))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    intake = taken(folder_with(tmp_path / "d", a_dot_zip=bytes(data)), tmp_path / "s")
    assert codes(intake) & {"SEK-P109", "SEK-P110"}
    assert "a.zip!/zeros" not in paths(intake)


def test_archives_in_archives_are_opened_to_a_depth(tmp_path: Path) -> None:
    data = b"core"
    for _ in range(6):
        data = zip_of(inner=data)
    intake = taken(folder_with(tmp_path / "d", a_dot_zip=data), tmp_path / "s")
    assert "SEK-P108" in codes(intake)
    assert all(problem.blocks_clean for problem in intake.problems if problem.code == "SEK-P108")


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(file_size=Bytes(10)), "SEK-P105"),
        (Limits(total_size=Bytes(60)), "SEK-P106"),
        (Limits(files=2), "SEK-P107"),
    ],
)
def test_what_is_over_a_cap_is_told(tmp_path: Path, limits: Limits, code: str) -> None:
    folder = folder_with(tmp_path / "d", a=b"1" * 9, b=b"2" * 30, c=b"3" * 30)
    assert code in codes(taken(folder, tmp_path / "s", limits))


def test_the_same_file_twice_is_one_evidence(tmp_path: Path) -> None:
    intake = taken(folder_with(tmp_path / "d", a=b"same", b=b"same"), tmp_path / "s")
    assert len(intake.dossier.evidence) == 1
    assert "SEK-P125" in codes(intake)


def test_a_renamed_file_is_told_and_read_as_what_it_is(tmp_path: Path) -> None:
    apk = (EXAMPLES / "kaze-x1/evidence/app/kaze-pilot.apk").read_bytes()
    intake = taken(folder_with(tmp_path / "d", a_dot_pdf=apk), tmp_path / "s")
    assert intake.dossier.evidence[0].kind is EvidenceKind.APK
    assert "SEK-P126" in codes(intake)


def test_custody_and_conditions_come_from_the_manifest(tmp_path: Path) -> None:
    intake = taken(EXAMPLES / "mizu-s2", tmp_path / "s")
    flight = next(one for one in intake.dossier.evidence if one.path.endswith("flight.pcapng"))
    assert flight.custody.received_on is not None
    assert flight.conditions.site == "JP"
    assert intake.dossier.case.on == date(2026, 11, 1)


def test_single_files_are_taken_and_absent_ones_refused(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path / "s")
    archive = tmp_path / "a.zip"
    archive.write_bytes(zip_of(x=b"1"))
    intake = open_files([archive], keep=store.keep, limits=Limits())
    assert {Path(path).name for path in paths(intake)} == {"a.zip", "x"}
    for absent in (tmp_path / "nothing", tmp_path):
        with pytest.raises(EvidenceError):
            open_files([absent], keep=store.keep, limits=Limits())


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_mutated_archives_end_in_evidence_and_problems(tmp_path: Path, data: st.DataObject) -> None:
    raw = bytearray(
        data.draw(
            st.sampled_from([zip_of(a=b"abc", b=b"d" * 500), gzip.compress(b"x" * 99, mtime=0)])
        )
    )
    for _ in range(data.draw(st.integers(1, 10))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    folder = tmp_path / "d"
    folder.mkdir(exist_ok=True)
    (folder / "a").write_bytes(bytes(raw))
    intake = taken(folder, tmp_path / "s")
    assert "a" in paths(intake)
    for item in intake.dossier.evidence:
        assert intake.contents[item.id].exists()
