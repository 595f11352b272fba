"""Certificates, alone and within JAR signatures."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.app.certificates import read_certificate, read_jar_certificates
from tests.analyzers.app.build import KAZE, entries_of
from tests.analyzers.app.signing import EC_KEY, certificate_for

JAR = next(data for name, data in entries_of(KAZE).items() if name.endswith(".RSA"))
(OURS,) = read_jar_certificates(JAR)


def test_names_and_days_are_read() -> None:
    assert OURS.subject == OURS.issuer == "CN=Foehn Flight Apps,O=Foehn Dynamics B.V.,C=NL"
    assert OURS.valid_from < OURS.valid_until
    assert len(OURS.sha256) == 64


def test_a_name_is_one_line_that_is_safe_to_show() -> None:
    certificate = read_certificate(certificate_for(EC_KEY, "a\u202eb\nc"))
    assert certificate is not None
    assert certificate.subject.isprintable()


def test_what_is_no_certificate_is_none() -> None:
    assert read_certificate(b"") is None
    assert read_certificate(JAR) is None
    assert read_jar_certificates(b"") == ()
    assert read_jar_certificates(JAR[:-1]) == ()


def test_a_certificate_of_no_known_version_is_none() -> None:
    raw = certificate_for(EC_KEY)
    version = b"\xa0\x03\x02\x01\x02"
    assert version in raw
    assert read_certificate(raw.replace(version, b"\xa0\x03\x02\x01\x7f", 1)) is None


@given(st.data())
def test_mutated_signatures_give_certificates_or_none(data: st.DataObject) -> None:
    raw = bytearray(JAR)
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    assert len(read_jar_certificates(bytes(raw))) <= 1


@given(st.data())
def test_mutated_certificates_are_read_or_not(data: st.DataObject) -> None:
    raw = bytearray(certificate_for(EC_KEY))
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    read_certificate(bytes(raw))
