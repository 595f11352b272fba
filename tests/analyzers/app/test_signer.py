"""Who signed: certificates by scheme, and whether the signatures fit."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest

from sekisho.analyzers.app.analyzer import AppAnalyzer
from sekisho.analyzers.app.signer import is_jar_signature, observe_signers
from sekisho.analyzers.notes import Notes
from sekisho.model.evidence import EvidenceKind
from sekisho.model.locus import ByteRange, ZipEntry
from sekisho.model.observation import Property
from sekisho.model.units import AnalyzerId
from tests.analyzers.app.build import KAZE, MIZU, entries_of, zip_of
from tests.analyzers.app.signing import (
    EC_KEY,
    EC_SHA256,
    MERKLE,
    RSA_KEY,
    V2,
    V3,
    contents_digest,
    signer_of,
    sized,
    with_block,
)
from tests.analyzers.reading import codes, problem_of, read, seen, source_of

PLAIN = zip_of({"AndroidManifest.xml": b"a", "classes.dex": b"b"})
DIGEST = contents_digest(PLAIN, "sha256")


def jar_signature_of(apk: Path) -> bytes:
    return next(data for name, data in entries_of(apk).items() if is_jar_signature(name))


def notes_on(data: bytes, folder: Path, **jar: bytes) -> Notes:
    notes = Notes(source_of(data, EvidenceKind.APK, folder, "app.apk"), AnalyzerId("app.apk/2"))
    observe_signers(io.BytesIO(data), {f"META-INF/{name}.RSA": jar[name] for name in jar}, notes)
    return notes


def told(notes: Notes, name: str) -> list[Property]:
    return [o for o in notes.observations if isinstance(o, Property) and o.name == name]


def told_codes(notes: Notes) -> list[str]:
    return [problem.code for problem in notes.problems]


def test_one_signer_under_several_schemes_is_told_once() -> None:
    found = read(AppAnalyzer(), KAZE.read_bytes(), EvidenceKind.APK, "app.apk")
    (subject,) = [o for o in seen(found, Property) if o.name == "signer_subject"]
    assert subject.value == "CN=Foehn Flight Apps,O=Foehn Dynamics B.V.,C=NL"
    assert subject.details["schemes"] == "v1, v2, v3"
    assert [type(locus) for locus in subject.loci] == [ZipEntry, ByteRange, ByteRange]
    assert codes(found) == []


def test_each_scheme_says_whether_its_signature_fits() -> None:
    found = read(AppAnalyzer(), KAZE.read_bytes(), EvidenceKind.APK, "app.apk")
    schemes = [o for o in seen(found, Property) if o.name == "signature_scheme"]
    assert {o.value: o.details["signature"] for o in schemes} == {
        "v1": "not_checked",
        "v2": "valid",
        "v3": "valid",
    }


def test_an_app_changed_after_signing_is_never_clean() -> None:
    raw = bytearray(MIZU.read_bytes())
    raw[10] ^= 1  # the time of an entry: nothing else shows it
    found = read(AppAnalyzer(), bytes(raw), EvidenceKind.APK, "app.apk")
    assert codes(found) == ["SEK-P230", "SEK-P230"]
    assert all(problem.blocks_clean for problem in found.problems)
    assert {problem.details["scheme"] for problem in found.problems} == {"v2", "v3"}


def test_different_signers_under_different_schemes_are_a_problem(tmp_path: Path) -> None:
    data = with_block(PLAIN, (V2, sized(signer_of(EC_KEY, EC_SHA256, DIGEST))))
    notes = notes_on(data, tmp_path, A=jar_signature_of(MIZU))
    assert told_codes(notes) == ["SEK-P221"]
    assert len(told(notes, "signer_subject")) == 2


def test_two_signers_of_the_whole_app_are_no_problem(tmp_path: Path) -> None:
    both = signer_of(EC_KEY, EC_SHA256, DIGEST) + signer_of(RSA_KEY, 0x0103, DIGEST)
    notes = notes_on(with_block(PLAIN, (V2, sized(both))), tmp_path)
    assert notes.problems == []
    assert len(told(notes, "signer_subject")) == 2


def test_one_signature_of_a_scheme_that_does_not_fit_spoils_it(tmp_path: Path) -> None:
    both = signer_of(EC_KEY, EC_SHA256, DIGEST) + signer_of(EC_KEY, EC_SHA256, bytes(32))
    notes = notes_on(with_block(PLAIN, (V2, sized(both))), tmp_path)
    assert told(notes, "signature_scheme")[0].details == {"signature": "invalid"}


def test_a_signature_of_a_kind_we_cannot_check_is_said_to_be(tmp_path: Path) -> None:
    data = with_block(PLAIN, (V3, sized(signer_of(EC_KEY, MERKLE, DIGEST, scheme=V3))))
    notes = notes_on(data, tmp_path)
    assert told(notes, "signature_scheme")[0].details == {"signature": "not_checked"}
    assert notes.problems == []


def test_an_unsigned_app_is_said_to_be(tmp_path: Path) -> None:
    assert told_codes(notes_on(PLAIN, tmp_path)) == ["SEK-P206"]


def test_a_damaged_certificate_is_told_as_such() -> None:
    raw = bytearray(KAZE.read_bytes())
    name = b"Foehn Dynamics B.V."
    at = raw.rindex(name, 0, raw.index(b"PK\x01\x02"))
    raw[at - 2 : at] = b"\xff\xff"
    found = read(AppAnalyzer(), bytes(raw), EvidenceKind.APK, "app.apk")
    assert codes(found) == ["SEK-P222", "SEK-P230"]
    assert problem_of(found, "SEK-P222").details == {"scheme": "v3"}


def test_signatures_that_cannot_be_read_are_told_as_such() -> None:
    raw = bytearray(KAZE.read_bytes())
    magic = raw.index(b"APK Sig Block 42")
    (size,) = struct.unpack_from("<Q", raw, magic - 8)
    struct.pack_into("<Q", raw, magic + 16 - size - 8, size + 7)
    found = read(AppAnalyzer(), bytes(raw), EvidenceKind.APK, "app.apk")
    assert codes(found) == ["SEK-P217"]
    assert "differ" in found.problems[0].details["why"]


def test_a_damaged_signature_of_the_oldest_scheme_is_told_as_such(tmp_path: Path) -> None:
    notes = notes_on(PLAIN, tmp_path, A=jar_signature_of(KAZE)[:-400])
    assert told_codes(notes) == ["SEK-P222", "SEK-P206"]


@pytest.mark.parametrize(
    ("entry", "is_one"),
    [
        ("META-INF/CERT.RSA", True),
        ("meta-inf/x.ec", True),
        ("META-INF/CERT.SF", False),
        ("META-INF/a/CERT.RSA", False),
        ("assets/a.apk!/META-INF/CERT.RSA", False),
    ],
)
def test_signatures_of_the_oldest_scheme_are_known_by_place(entry: str, *, is_one: bool) -> None:
    assert is_jar_signature(entry) is is_one
