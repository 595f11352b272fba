"""Signing blocks made by hand, around archives made by hand."""

from __future__ import annotations

import hashlib
import io
import struct
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from sekisho.analyzers.app.signature_check import digest_contents
from sekisho.analyzers.app.signing_block import MAGIC, find_layout
from tests.analyzers.app.build import EXAMPLES

V2, V3 = 0x7109871A, 0xF05368C0
RSA_PKCS1_SHA256, RSA_PSS_SHA512, EC_SHA256, MERKLE = 0x0103, 0x0102, 0x0201, 0x0421

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

SAMPLE_KEY = EXAMPLES / "build" / "app" / "keys" / "kaze.pk8"


def sample_key() -> rsa.RSAPrivateKey:
    """The public sample key of the Kaze app."""
    key = serialization.load_der_private_key(SAMPLE_KEY.read_bytes(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


RSA_KEY = sample_key()
EC_KEY = ec.derive_private_key(0x5EC15840, ec.SECP256R1())


def certificate_for(key: Key, name: str = "Test") -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(
        subject_name=subject,
        issuer_name=subject,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=datetime(2026, 1, 1, tzinfo=UTC),
        not_valid_after=datetime(2050, 1, 1, tzinfo=UTC),
    )
    same_each_time = True if isinstance(key, ec.EllipticCurvePrivateKey) else None
    signed = builder.sign(key, hashes.SHA256(), ecdsa_deterministic=same_each_time)
    return signed.public_bytes(serialization.Encoding.DER)


def sized(data: bytes) -> bytes:
    return struct.pack("<I", len(data)) + data


def numbered(number: int, data: bytes) -> bytes:
    return sized(struct.pack("<I", number) + sized(data))


def public_key_of(key: Key) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def sign(key: Key, algorithm: int, data: bytes) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    if algorithm == RSA_PSS_SHA512:
        salted = padding.PSS(padding.MGF1(hashes.SHA512()), hashes.SHA512.digest_size)
        return key.sign(data, salted, hashes.SHA512())
    return key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def signer_of(
    key: Key,
    algorithm: int,
    digest: bytes,
    *,
    certificate: bytes | None = None,
    named: int | None = None,
    scheme: int = V2,
) -> bytes:
    """One signer; `named` is the algorithm that the digest is said to be for."""
    certificates = sized(certificate_for(key) if certificate is None else certificate)
    sdks = b"" if scheme == V2 else struct.pack("<2I", 28, 0x7FFFFFFF)
    digests = numbered(algorithm if named is None else named, digest)
    signed = sized(digests) + sized(certificates) + sdks + sized(b"")
    signature = numbered(algorithm, sign(key, algorithm, signed))
    return sized(sized(signed) + sdks + sized(signature) + sized(public_key_of(key)))


def with_block(archive: bytes, *pairs: tuple[int, bytes]) -> bytes:
    """The archive with a signing block of these numbered values before its directory."""
    body = b"".join(struct.pack("<QI", len(v) + 4, number) + v for number, v in pairs)
    size = struct.pack("<Q", len(body) + 24)
    block = size + body + size + MAGIC
    end = archive.rindex(b"PK\x05\x06")
    (directory,) = struct.unpack_from("<I", archive, end + 16)
    moved = struct.pack("<I", directory + len(block))
    record = archive[end : end + 16] + moved + archive[end + 20 :]
    return archive[:directory] + block + archive[directory:end] + record


def contents_digest(archive: bytes, name: str) -> bytes:
    """The digest of an archive's contents; it does not depend on the block that is put in."""
    stream = io.BytesIO(with_block(archive))
    layout = find_layout(stream)
    assert layout is not None
    return digest_contents(stream, layout, name)


def digest_by_the_book(parts: tuple[bytes, ...], name: str) -> bytes:
    """As the specification tells it, in the fewest words."""
    chunks = [p[i : i + (1 << 20)] for p in parts for i in range(0, len(p), 1 << 20)]
    each = [hashlib.new(name, b"\xa5" + struct.pack("<I", len(c)) + c).digest() for c in chunks]
    return hashlib.new(name, b"\x5a" + struct.pack("<I", len(each)) + b"".join(each)).digest()
