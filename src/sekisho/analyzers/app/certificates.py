"""Certificates of signers: X.509 in DER, alone or within a JAR signature.

References: RFC 5280 (certificates); RFC 5652 (the envelope of a JAR signature); RFC 4514 (names).
Cannot: read certificates whose names or dates break RFC 5280; they count as none.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable
from typing import TypeVar

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

from sekisho.intake.plain_text import plain_text
from sekisho.model.units import Sha256

T = TypeVar("T")

_NAMES = {NameOID.EMAIL_ADDRESS: "emailAddress"}


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown of a certificate: digest of its DER, names (RFC 4514), first and last day."""

    sha256: Sha256
    subject: str
    issuer: str
    valid_from: str
    valid_until: str


def read_certificate(der: bytes) -> Certificate | None:
    """A certificate; `None` when it cannot be read."""
    return _quietly(lambda: _certificate(x509.load_der_x509_certificate(der)))


def read_jar_certificates(signature: bytes) -> tuple[Certificate, ...]:
    """The certificates of the signers in a JAR signature; none when it cannot be read.

    A certificate that another one there names as its issuer stands for an authority, and is left
    out.
    """
    return _quietly(lambda: _signing(pkcs7.load_der_pkcs7_certificates(signature))) or ()


def _signing(found: list[x509.Certificate]) -> tuple[Certificate, ...]:
    issuers = [one.issuer for one in found if one.issuer != one.subject]
    return tuple(_certificate(one) for one in found if one.subject not in issuers)


def _certificate(certificate: x509.Certificate) -> Certificate:
    der = certificate.public_bytes(Encoding.DER)
    return Certificate(
        sha256=Sha256(hashlib.sha256(der).hexdigest()),
        subject=plain_text(certificate.subject.rfc4514_string(_NAMES)),
        issuer=plain_text(certificate.issuer.rfc4514_string(_NAMES)),
        valid_from=certificate.not_valid_before_utc.date().isoformat(),
        valid_until=certificate.not_valid_after_utc.date().isoformat(),
    )


def _quietly(read: Callable[[], T]) -> T | None:
    """What is read; `None` when it is broken. Warnings on odd encodings are not for our reader."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return read()
        except (UnsupportedAlgorithm, x509.InvalidVersion, ValueError, TypeError):
            return None
