"""Certificates of servers: found in handshakes, told, and judged."""

from __future__ import annotations

import hashlib
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.protocols import certificates
from sekisho.analyzers.capture.protocols.certificates import (
    MAX_CERTIFICATES,
    MAX_DER,
    Certificate,
    describe,
    faults_of,
    read_certificates,
)
from sekisho.analyzers.capture.protocols.tls_handshake import messages_in_clear
from tests.analyzers.capture.build import sized
from tests.analyzers.capture.recorded import HANDSHAKE, opened_by, recorded, said_in

REAL = Path(__file__).parents[1] / "real" / "certificates"
HOST = "gcs.police.example"
BEGIN, END = datetime(2030, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
X25519 = x25519.X25519PrivateKey.from_private_bytes(b"k" * 32).public_key()
ONE_KEY, OTHER_KEY = (
    ec.generate_private_key(ec.SECP256R1()),
    ec.generate_private_key(ec.SECP256R1()),
)

ONE_PUBLIC = ONE_KEY.public_key()


def real(name: str) -> bytes:
    return (REAL / f"{name}.der").read_bytes()


def told(der: bytes) -> Certificate:
    certificate = describe(der)
    assert certificate is not None
    return certificate


def made(
    *names: str,
    subject: str = "one",
    issuer: str = "one",
    signer: ec.EllipticCurvePrivateKey = ONE_KEY,
    key: ec.EllipticCurvePublicKey | x25519.X25519PublicKey = ONE_PUBLIC,
) -> bytes:
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key)
        .serial_number(0xC0FFEE)
        .not_valid_before(BEGIN)
        .not_valid_after(END)
    )
    said = [x509.DNSName(name) for name in names]
    if said:
        builder = builder.add_extension(x509.SubjectAlternativeName(said), critical=False)
    return builder.sign(signer, hashes.SHA256()).public_bytes(Encoding.DER)


def message(kind: int, body: bytes) -> bytes:
    return bytes((kind,)) + sized(body, 3)


def shown12(*ders: bytes) -> bytes:
    return message(11, sized(b"".join(sized(der, 3) for der in ders), 3))


def body13(*ders: bytes, context: bytes = b"") -> bytes:
    entries = b"".join(sized(der, 3) + sized(b"\0\5\0\1x", 2) for der in ders)
    return sized(context, 1) + sized(entries, 3)


def shown13(*ders: bytes, context: bytes = b"") -> bytes:
    return message(11, body13(*ders, context=context))


def compressed(*ders: bytes, algorithm: int = 1) -> bytes:
    body = body13(*ders)
    head = algorithm.to_bytes(2, "big") + len(body).to_bytes(3, "big")
    return message(25, head + sized(zlib.compress(body), 3))


def test_certificates_are_found_among_other_messages() -> None:
    before, after = message(2, b"hello"), message(14, b"")
    assert read_certificates(before + shown12(b"one", b"two") + after, tls13=False) == [
        b"one",
        b"two",
    ]
    before = message(8, sized(b"", 2))
    for context in (b"", b"asked"):
        shown = before + shown13(b"one", b"two", context=context) + message(15, b"sig")
        assert read_certificates(shown, tls13=True) == [b"one", b"two"]
    assert read_certificates(before + compressed(b"one", b"two"), tls13=True) == [b"one", b"two"]


def test_a_handshake_without_them_has_none() -> None:
    assert read_certificates(message(2, b"hello") + message(14, b""), tls13=False) == []
    assert read_certificates(shown12(), tls13=False) == []
    assert read_certificates(shown13(), tls13=True) == []
    assert read_certificates(compressed(b"one"), tls13=False) == []
    assert read_certificates(compressed(b"one", algorithm=2), tls13=True) == []
    assert read_certificates(compressed(b"one").replace(b"\x78\x9c", b"\x00\x00"), tls13=True) == []


def test_only_so_many_messages_are_passed_over() -> None:
    before = message(14, b"") * certificates.MAX_MESSAGES
    assert read_certificates(before[4:] + shown12(b"one"), tls13=False) == [b"one"]
    assert read_certificates(before + shown12(b"one"), tls13=False) == []


def test_only_whole_ones_are_told() -> None:
    shown = shown12(b"one", b"two")
    for end in range(len(shown)):
        assert read_certificates(shown[:end], tls13=False) == []
    longer = message(11, (99).to_bytes(3, "big") + sized(b"one", 3) + (9).to_bytes(3, "big") + b"x")
    assert read_certificates(longer, tls13=False) == [b"one"]


def test_their_number_and_length_are_capped() -> None:
    assert len(read_certificates(shown12(*[b"x"] * 40), tls13=False)) == MAX_CERTIFICATES
    big = b"x" * MAX_DER
    assert read_certificates(shown12(big, big + b"x", b"y"), tls13=False) == [big]
    bomb = compressed(*[b"x" * MAX_DER] * 99)
    assert len(read_certificates(bomb, tls13=True)) == MAX_CERTIFICATES - 1


@pytest.mark.parametrize("name", ["tls13-aes128-gcm", "tls12-chacha20", "go-tls13"])
def test_servers_of_other_programs_are_told(name: str) -> None:
    said = recorded(name)
    _, opened = opened_by(*said)
    handshake = said_in(opened, by_client=False, kind=HANDSHAKE)
    if "tls12" in name:
        handshake = messages_in_clear(said.stream(by_client=False))
    (der,) = read_certificates(handshake, "tls13" in name)
    certificate = told(der)
    assert certificate.subject == f"CN={HOST}"
    assert certificate.names == (HOST,)
    assert faults_of(certificate, HOST, certificate.not_before) == ("self_signed",)


def test_what_a_certificate_says_is_told() -> None:
    certificate = told(real("rsa2048"))
    assert certificate.subject == certificate.issuer == f"CN={HOST}"
    assert certificate.names == ("*.police.example", "gcs.example", "192.0.2.7")
    assert certificate.not_before == datetime(2026, 11, 23, 16, 42, 44, tzinfo=UTC)
    assert certificate.not_after == datetime(2036, 11, 20, 16, 42, 44, tzinfo=UTC)
    assert certificate.serial == "54337d63cbb65c0baf79d3e40ee2624226e6bc6e"
    assert certificate.sha256 == hashlib.sha256(real("rsa2048")).hexdigest()
    assert certificate.sha256.startswith("220c1683694b27f1")
    assert (certificate.is_self_issued, certificate.is_self_signed) == (True, True)


@pytest.mark.parametrize(
    ("name", "key_type", "bits", "signature", "faults"),
    [
        ("rsa512", "rsa", 512, "sha1", ("weak_key", "weak_signature")),
        ("rsa1024", "rsa", 1024, "md5", ("weak_key", "weak_signature")),
        ("rsa2048", "rsa", 2048, "sha256", ()),
        ("serial0", "rsa", 2048, "sha256", ()),
        ("pss", "rsa", 2048, "sha384", ()),
        ("dsa", "dsa", 1024, "sha256", ("weak_key",)),
        ("prime192v1", "ec", 192, "sha256", ("weak_key",)),
        ("secp160r1", "ec", 160, "sha256", ("weak_key",)),
        ("secp224r1", "ec", 224, "sha256", ()),
        ("ed25519", "ed25519", 256, "", ()),
        ("ed448", "ed448", 456, "", ()),
    ],
)
def test_keys_and_signatures_of_every_kind(
    name: str, key_type: str, bits: int, signature: str, faults: tuple[str, ...]
) -> None:
    certificate = told(real(name))
    assert (certificate.key_type, certificate.key_bits) == (key_type, bits)
    assert certificate.signature_hash == signature
    assert faults_of(certificate, None, None) == ("self_signed", *faults)


@pytest.mark.parametrize(
    ("curve", "bits"),
    [(1, 163), (6, 112), (16, 283), (26, 233), (29, 128), (31, 192), (32, 224), (39, 571)],
)
def test_curves_that_the_library_does_not_know_are_measured(curve: int, bits: int) -> None:
    oid = bytes.fromhex("2b810400")
    certificate = told(real("secp160r1").replace(oid + b"\x08", oid + bytes((curve,))))
    assert (certificate.key_type, certificate.key_bits) == ("ec", bits)
    assert ("weak_key" in faults_of(certificate, None, None)) == (bits < 224)


def test_a_hash_that_the_library_does_not_name_is_weak() -> None:
    old = bytes.fromhex("06092a864886f70d010102")
    der = real("rsa2048").replace(bytes.fromhex("06092a864886f70d01010b"), old)
    certificate = told(der)
    assert certificate.signature_hash == "md2"
    assert "weak_signature" in faults_of(certificate, None, None)


def test_a_key_of_no_known_kind_is_told_as_such() -> None:
    der = real("secp160r1").replace(bytes.fromhex("2b81040008"), bytes.fromhex("2b8104007f"))
    certificate = told(der)
    assert (certificate.key_type, certificate.key_bits) == ("unknown", 0)
    assert "weak_key" not in faults_of(certificate, None, None)


def test_a_key_that_makes_no_signatures_is_told_as_such() -> None:
    certificate = told(made(HOST, issuer="other", signer=OTHER_KEY, key=X25519))
    assert (certificate.key_type, certificate.key_bits) == ("unknown", 0)
    assert faults_of(certificate, HOST, BEGIN) == ()


def test_the_same_name_is_not_yet_the_same_key() -> None:
    own = told(made(subject="one", issuer="one"))
    assert (own.is_self_issued, own.is_self_signed) == (True, True)
    namesake = told(made(subject="one", issuer="one", signer=OTHER_KEY))
    assert (namesake.is_self_issued, namesake.is_self_signed) == (True, False)
    issued = told(made(subject="one", issuer="other", signer=OTHER_KEY))
    assert (issued.is_self_issued, issued.is_self_signed) == (False, False)
    assert faults_of(namesake, None, None) == faults_of(issued, None, None) == ()


@pytest.mark.parametrize(
    ("at", "faults"),
    [
        (BEGIN, ()),
        (END, ()),
        (BEGIN - timedelta(seconds=1), ("not_yet_valid",)),
        (END + timedelta(seconds=1), ("expired",)),
        (datetime(2040, 1, 1), ("expired",)),  # noqa: DTZ001 - a time without zone is UTC
        (None, ()),
    ],
)
def test_a_certificate_has_its_time(at: datetime | None, faults: tuple[str, ...]) -> None:
    certificate = told(made(HOST, issuer="other", signer=OTHER_KEY))
    assert faults_of(certificate, HOST, at) == faults


@pytest.mark.parametrize(
    ("name", "host", "is_for"),
    [
        ("gcs.police.example", "gcs.police.example", True),
        ("GCS.Police.Example", "gcs.police.EXAMPLE", True),
        ("gcs.police.example", "gcs.police.example.", True),
        ("gcs.police.example", "www.gcs.police.example", False),
        ("gcs.police.example", "police.example", False),
        ("*.police.example", "gcs.police.example", True),
        ("*.police.example", "GCS.police.example", True),
        ("*.police.example", "police.example", False),
        ("*.police.example", ".police.example", False),
        ("*.police.example", "a.b.police.example", False),
        ("*.police.example", "xn--9ck.police.example", True),
        ("g*.police.example", "gcs.police.example", False),
        ("*gcs.police.example", "gcs.police.example", False),
        ("*.*.example", "gcs.police.example", False),
        ("gcs.*.example", "gcs.police.example", False),
        ("*", "example", False),
        ("*", "gcs.police.example", False),
        ("*.0.2.7", "192.0.2.7", False),
    ],
)
def test_a_name_is_that_of_the_host_or_not(name: str, host: str, *, is_for: bool) -> None:
    faults = faults_of(told(made(name, issuer="other", signer=OTHER_KEY)), host, None)
    assert faults == (() if is_for else ("name_mismatch",))


def test_an_address_is_compared_with_addresses() -> None:
    certificate = told(real("rsa2048"))
    assert "name_mismatch" not in faults_of(certificate, "192.0.2.7", None)
    assert "name_mismatch" in faults_of(certificate, "192.0.2.8", None)
    assert "name_mismatch" in faults_of(certificate, "2001:db8::7", None)


def test_the_subject_is_no_name_of_a_host() -> None:
    certificate = told(real("pss"))
    assert (certificate.subject, certificate.names) == (f"CN={HOST}", ())
    assert faults_of(certificate, HOST, None) == ("self_signed", "name_mismatch")


def test_names_that_cannot_be_read_accuse_nobody() -> None:
    der = made(HOST, issuer="other", signer=OTHER_KEY)
    broken = der.replace(b"\x82\x12" + HOST.encode(), b"\x82\x13" + HOST.encode())
    assert broken != der
    certificate = told(broken)
    assert certificate.names is None
    assert faults_of(certificate, HOST, None) == ()


def test_signs_that_are_none_are_told_by_their_codes() -> None:
    certificate = told(made("a\x1b[31m.example", subject="evil\x1b[0m\u202e", issuer="b" * 60))
    assert certificate.names == ("a\\x1b[31m.example",)
    assert certificate.subject.isprintable()
    assert "\\x1b" in certificate.subject


def test_there_are_only_so_many_names() -> None:
    der = made(*(f"host{i}.example" for i in range(400)))
    names = told(der).names
    assert names is not None
    assert len(names) == certificates.MAX_NAMES


def test_a_certificate_cut_short_is_none() -> None:
    der = real("ed25519")
    for end in range(len(der)):
        assert describe(der[:end]) is None


@cache
def sample(name: str) -> bytes:
    return real(name)


@pytest.mark.parametrize("name", ["ed25519", "secp160r1", "rsa512"])
def test_a_changed_byte_does_no_harm(name: str) -> None:
    der = sample(name)
    for at in range(len(der)):
        changed = bytearray(der)
        changed[at] ^= 0x41
        certificate = describe.__wrapped__(bytes(changed))
        if certificate is not None:
            faults_of(certificate, HOST, BEGIN)


@given(st.binary(max_size=200), st.integers(0, 900), st.booleans())
def test_no_bytes_do_harm(noise: bytes, at: int, tls13: bool) -> None:  # noqa: FBT001
    der = sample("rsa2048")
    for data in (noise, der[:at] + noise + der[at + len(noise) :]):
        describe(data)
    for shown in (noise, shown12(noise), shown13(noise), compressed(noise), message(25, noise)):
        read_certificates(shown, tls13)
        read_certificates(shown[: at % 40] + noise, tls13)
