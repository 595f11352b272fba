"""Who signed: certificates by scheme."""

from __future__ import annotations

import struct
from pathlib import Path

import apk_info
import pytest

from sekisho.analyzers.app.analyzer import AppAnalyzer
from sekisho.analyzers.app.signer import observe_signers
from sekisho.analyzers.notes import Notes
from sekisho.model.evidence import EvidenceKind
from sekisho.model.observation import Property
from sekisho.model.units import AnalyzerId
from tests.analyzers.app.build import KAZE, MIZU, entries_of, zip_of
from tests.analyzers.reading import codes, problem_of, read, source_of

V1, V2, V3 = apk_info.Signature.V1, apk_info.Signature.V2, apk_info.Signature.V3


def certificate_of(apk: Path) -> apk_info.CertificateInfo:
    first = apk_info.APK(str(apk)).get_signatures()[0]
    assert isinstance(first, V1)
    return first.certificates[0]


def notes_on(signatures: list[object], folder: Path) -> Notes:
    source = source_of(b"app", EvidenceKind.APK, folder, "app.apk")
    notes = Notes(source, AnalyzerId("app.apk/1"))
    observe_signers(signatures, notes)
    return notes


def told(notes: Notes, name: str) -> list[Property]:
    return [o for o in notes.observations if isinstance(o, Property) and o.name == name]


def test_one_signer_under_several_schemes_is_told_once(tmp_path: Path) -> None:
    kaze = certificate_of(KAZE)
    notes = notes_on([V1([kaze]), V2([kaze]), V3([kaze])], tmp_path)
    (subject,) = told(notes, "signer_subject")
    assert subject.value == "CN=Foehn Flight Apps,O=Foehn Dynamics B.V.,C=NL"
    assert subject.details["schemes"] == "v1, v2, v3"
    assert subject.details["signer_sha256"] == told(notes, "signer_sha256")[0].value
    assert notes.problems == []


def test_different_signers_under_different_schemes_are_a_problem(tmp_path: Path) -> None:
    notes = notes_on([V1([certificate_of(KAZE)]), V2([certificate_of(MIZU)])], tmp_path)
    assert [problem.code for problem in notes.problems] == ["SEK-P221"]
    assert len(told(notes, "signer_subject")) == 2


def test_two_signers_of_the_whole_app_are_no_problem(tmp_path: Path) -> None:
    both = [certificate_of(KAZE), certificate_of(MIZU)]
    notes = notes_on([V1(both), V2(both)], tmp_path)
    assert notes.problems == []
    assert len(told(notes, "signer_subject")) == 2


def test_blocks_that_sign_nothing_are_no_signature(tmp_path: Path) -> None:
    notes = notes_on([object(), V2([])], tmp_path)
    assert [problem.code for problem in notes.problems] == ["SEK-P222", "SEK-P206"]


def test_a_damaged_certificate_is_told_as_such() -> None:
    raw = bytearray(KAZE.read_bytes())
    name = b"Foehn Dynamics B.V."
    at = raw.rindex(name, 0, raw.index(b"PK\x01\x02"))
    raw[at - 2 : at] = b"\xff\xff"
    found = read(AppAnalyzer(), bytes(raw), EvidenceKind.APK, "app.apk")
    assert codes(found) == ["SEK-P222"]
    assert problem_of(found, "SEK-P222").details == {"scheme": "v3"}


def test_signatures_that_cannot_be_read_are_told_as_such() -> None:
    raw = bytearray(KAZE.read_bytes())
    magic = raw.index(b"APK Sig Block 42")
    (size,) = struct.unpack_from("<Q", raw, magic - 8)
    struct.pack_into("<Q", raw, magic + 16 - size - 8, size + 7)
    found = read(AppAnalyzer(), bytes(raw), EvidenceKind.APK, "app.apk")
    assert codes(found) == ["SEK-P217"]


def test_a_damaged_certificate_of_the_oldest_scheme_is_no_signature() -> None:
    entries = entries_of(KAZE)
    entries["META-INF/KAZE.RSA"] = entries["META-INF/KAZE.RSA"][:-400]
    found = read(AppAnalyzer(), zip_of(entries), EvidenceKind.APK, "app.apk")
    assert codes(found) == ["SEK-P206"]


def test_what_the_library_breaks_on_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apk_info.APK", _Breaking)
    found = read(AppAnalyzer(), KAZE.read_bytes(), EvidenceKind.APK, "app.apk")
    assert codes(found) == ["SEK-P205"]


def test_an_interrupt_is_not_taken_for_a_broken_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apk_info.APK", _Interrupted)
    with pytest.raises(KeyboardInterrupt):
        read(AppAnalyzer(), KAZE.read_bytes(), EvidenceKind.APK, "app.apk")


class PanicException(BaseException):
    pass


class _Breaking:
    def __init__(self, file: str) -> None:
        raise PanicException(file)


class _Interrupted:
    def __init__(self, file: str) -> None:
        raise KeyboardInterrupt(file)
