"""X.509 certificates that servers show, and what is wrong with them.

References: RFC 5246, 7.4.2 and RFC 8446, 4.4.2 (Certificate message), RFC 8879 (compressed), RFC 5280
(X.509), RFC 9525 (whose name it is), NIST SP 800-57 part 1 and SP 800-131A (lengths, hashes). Whether
anyone trusts the issuer is not judged: that is a question of the one who connects.
"""

from __future__ import annotations

import ipaddress
import warnings
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

MAX_CERTIFICATES = 16
MAX_DER = 64 << 10
MAX_NAMES = 128
MAX_SHOWN = 1024
MAX_MESSAGES = 1024
_CERTIFICATE, _COMPRESSED = 11, 25
_ZLIB = 1
_LEAST_BITS = {"rsa": 2048, "dsa": 2048, "ec": 224}
_WEAK_HASHES = frozenset(("md2", "md4", "md5", "sha1"))
_HASHES_BY_OID = {"1.2.840.113549.1.1.2": "md2", "1.2.840.113549.1.1.3": "md4"}
"""Hashes of signatures that the library does not name."""

_KEY_ON_CURVE = bytes.fromhex("06072a8648ce3d020106052b810400")
_CURVE_BITS = {
    1: 163, 2: 163, 3: 239, 4: 113, 5: 113, 6: 112, 7: 112, 8: 160, 9: 160, 15: 163, 16: 283,
    17: 283, 22: 131, 23: 131, 24: 193, 25: 193, 26: 233, 27: 233, 28: 128, 29: 128, 30: 160,
    31: 192, 32: 224, 36: 409, 37: 409, 38: 571, 39: 571,
}  # fmt: skip
"""Curves that the library does not know, by the last byte of their identifier (SEC 2, RFC 8422)."""

_UNREADABLE = (
    ValueError,
    TypeError,
    OverflowError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
_Value = TypeVar("_Value")


class Certificate(NamedTuple):
    """What a certificate says.

    `names` are the DNS names and addresses it is for, None where they cannot be read; times are
    UTC; `serial` and `sha256` are hexadecimal; `key_type` is `rsa`, `ec`, `dsa`, `ed25519`, `ed448` or
    `unknown`, then with `key_bits` 0; `signature_hash` is empty where there is none. Self-issued is
    what names itself as issuer, self-signed what its own key signed besides; where the library
    cannot check that (MD5, short keys, unusual curves), what is self-issued counts as both.
    """

    subject: str
    issuer: str
    names: tuple[str, ...] | None
    not_before: datetime
    not_after: datetime
    serial: str
    sha256: str
    key_type: str
    key_bits: int
    signature_hash: str
    is_self_issued: bool
    is_self_signed: bool


def read_certificates(handshake: bytes, tls13: bool) -> list[bytes]:  # noqa: FBT001 - the caller's layout
    """The certificates (DER) of the first Certificate message, the end's own first.

    Args:
        handshake: handshake messages of one end without their records, from a message's beginning.
        tls13: whether they are of TLS 1.3.
    """
    for kind, body in _messages(handshake):
        if kind == _COMPRESSED and tls13:
            body = _unpacked(body)  # noqa: PLW2901 - the same message, unpacked
        elif kind != _CERTIFICATE:
            continue
        return list(_listed(body, tls13=tls13))
    return []


def _messages(handshake: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    for _ in range(MAX_MESSAGES):
        end = at + 4 + int.from_bytes(handshake[at + 1 : at + 4], "big")
        if end > len(handshake):
            return
        yield handshake[at], handshake[at + 4 : end]
        at = end


def _unpacked(body: bytes) -> bytes:
    """A Certificate message that was compressed with zlib (RFC 8879); others are not unpacked."""
    if int.from_bytes(body[:2], "big") != _ZLIB:
        return b""
    try:
        return zlib.decompressobj().decompress(body[8:], MAX_CERTIFICATES * MAX_DER)
    except zlib.error:
        return b""


def _listed(body: bytes, *, tls13: bool) -> Iterator[bytes]:
    at = 1 + body[0] if tls13 and body else 0
    end = min(at + 3 + int.from_bytes(body[at : at + 3], "big"), len(body))
    at += 3
    for _ in range(MAX_CERTIFICATES):
        length = int.from_bytes(body[at : at + 3], "big")
        if at + 3 > end or not 0 < length <= MAX_DER or at + 3 + length > end:
            return
        at += 3
        yield body[at : at + length]
        at += length
        if tls13:
            at += 2 + int.from_bytes(body[at : at + 2], "big")


@lru_cache(maxsize=64)
def describe(der: bytes) -> Certificate | None:
    """What a certificate says; None when it cannot be read."""
    with warnings.catch_warnings():
        # The library warns of certificates that break the rules; they are evidence all the same.
        warnings.simplefilter("ignore")
        return _or_else(lambda: _described(der), None)


def _or_else(read: Callable[[], _Value], otherwise: _Value) -> _Value:
    try:
        return read()
    except _UNREADABLE:
        return otherwise


def _described(der: bytes) -> Certificate:
    certificate = x509.load_der_x509_certificate(der)
    key_type, key_bits = _or_else(lambda: _key_of(certificate), _curve_of(certificate))
    is_self_issued = certificate.subject == certificate.issuer
    return Certificate(
        subject=_shown(certificate.subject.rfc4514_string()),
        issuer=_shown(certificate.issuer.rfc4514_string()),
        names=_or_else(lambda: _names_of(certificate), None),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        serial=f"{certificate.serial_number:x}",
        sha256=sha256(der).hexdigest(),
        key_type=key_type,
        key_bits=key_bits,
        signature_hash=_or_else(
            lambda: _hash_of(certificate),
            _HASHES_BY_OID.get(certificate.signature_algorithm_oid.dotted_string, ""),
        ),
        is_self_issued=is_self_issued,
        is_self_signed=is_self_issued and not _is_signed_by_another(certificate),
    )


def _key_of(certificate: x509.Certificate) -> tuple[str, int]:
    match certificate.public_key():
        case rsa.RSAPublicKey() as key:
            return "rsa", key.key_size
        case ec.EllipticCurvePublicKey() as key:
            return "ec", key.key_size
        case dsa.DSAPublicKey() as key:
            return "dsa", key.key_size
        case ed25519.Ed25519PublicKey():
            return "ed25519", 256
        case ed448.Ed448PublicKey():
            return "ed448", 456
        case _:
            return "unknown", 0


def _hash_of(certificate: x509.Certificate) -> str:
    algorithm = certificate.signature_hash_algorithm
    return "" if algorithm is None else algorithm.name


def _curve_of(certificate: x509.Certificate) -> tuple[str, int]:
    """Type and bits of a key whose curve the library does not know."""
    body = certificate.tbs_certificate_bytes
    at = body.find(_KEY_ON_CURVE) + len(_KEY_ON_CURVE)
    bits = _CURVE_BITS.get(body[at], 0) if len(_KEY_ON_CURVE) <= at < len(body) else 0
    return ("ec", bits) if bits else ("unknown", 0)


def _is_signed_by_another(certificate: x509.Certificate) -> bool:
    """Whether the signature is certainly not by the key of the certificate itself."""
    try:
        certificate.verify_directly_issued_by(certificate)
    except InvalidSignature:
        return True
    except _UNREADABLE:
        return False
    return False


def _names_of(certificate: x509.Certificate) -> tuple[str, ...] | None:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    found = [_shown(name) for name in names.get_values_for_type(x509.DNSName)]
    found += map(str, names.get_values_for_type(x509.IPAddress))
    return tuple(found[:MAX_NAMES])


def _shown(text: str) -> str:
    """A text with signs that are none told by their codes, and not longer than can be read."""
    text = text[:MAX_SHOWN]
    return text if text.isprintable() else ascii(text)[1:-1]


def faults_of(certificate: Certificate, host: str | None, at: datetime | None) -> tuple[str, ...]:
    """What is wrong with a certificate, for one who asks for `host` at the time `at`.

    `self_signed`, `expired`, `not_yet_valid`, `name_mismatch`, `weak_key` (RSA and DSA below 2048 bits,
    elliptic curves below 224), `weak_signature` (MD5 and older, SHA-1). Without a host or a time
    what depends on it is not said; a time without a zone is UTC.
    """
    faults = []
    if certificate.is_self_signed:
        faults.append("self_signed")
    if at is not None:
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
        faults += ["expired"] if at > certificate.not_after else []
        faults += ["not_yet_valid"] if at < certificate.not_before else []
    if host is not None and certificate.names is not None:
        faults += [] if _is_for(certificate.names, host) else ["name_mismatch"]
    if certificate.key_bits < _LEAST_BITS.get(certificate.key_type, 0):
        faults.append("weak_key")
    if certificate.signature_hash in _WEAK_HASHES:
        faults.append("weak_signature")
    return tuple(faults)


def _is_for(names: tuple[str, ...], host: str) -> bool:
    """Whether a name of the certificate is that of the host; the subject does not count (RFC 9525, 2)."""
    host = host.lower().removesuffix(".")
    try:
        host = str(ipaddress.ip_address(host))
    except ValueError:
        return any(_matches(name.lower(), host) for name in names)
    return host in names


def _matches(name: str, host: str) -> bool:
    """Whether a name that may begin with a wildcard is that of a host (RFC 9525, 6.3).

    The wildcard is the whole first label and stands for one label.
    """
    first, _, rest = name.partition(".")
    if first != "*" or "*" in rest:
        return name == host and "*" not in name
    label, _, parent = host.partition(".")
    return bool(label and rest) and parent == rest
