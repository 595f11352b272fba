"""Who signed an app: the certificates in its signatures.

Reads the certificates of all signature schemes through apk-info. Each certificate is told once,
with the schemes it signs under: different signers under different schemes are a finding.

References: AOSP, "APK Signature Scheme" v1 to v3.1; RFC 5280 (certificates); RFC 4514 (names).
Cannot: tell whether a signature is valid; it says which certificates are there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import apk_info
import msgspec

from sekisho.analyzers.notes import Notes
from sekisho.model.locus import ByteRange
from sekisho.model.observation import Property

NO_SIGNER = "SEK-P206"
SEVERAL_SIGNERS = "SEK-P221"
NO_CERTIFICATE = "SEK-P222"

_Scheme: TypeAlias = (
    type[apk_info.Signature.V1]
    | type[apk_info.Signature.V2]
    | type[apk_info.Signature.V3]
    | type[apk_info.Signature.V31]
)
_SCHEMES: tuple[tuple[_Scheme, str], ...] = (
    (apk_info.Signature.V1, "v1"),
    (apk_info.Signature.V2, "v2"),
    (apk_info.Signature.V3, "v3"),
    (apk_info.Signature.V31, "v3.1"),
)


class _Signer(msgspec.Struct, frozen=True):
    scheme: str
    certificate: apk_info.CertificateInfo


def observe_signers(signatures: Sequence[object], notes: Notes) -> None:
    """Note schemes and certificates, or that there are none."""
    signers = _signers_of(signatures)
    schemes: dict[str, set[str]] = {}
    certificates: dict[str, list[_Signer]] = {}
    for signer in signers:
        fingerprint = signer.certificate.sha256_fingerprint
        schemes.setdefault(signer.scheme, set()).add(fingerprint)
        certificates.setdefault(fingerprint, []).append(signer)
    for scheme in schemes:
        _note("signature_scheme", scheme, {}, notes)
    for scheme in _schemes_without_certificate(signatures):
        notes.note_problem(NO_CERTIFICATE, {"scheme": scheme})
    for of_one in certificates.values():
        _note_signer(of_one, notes)
    if not signers:
        notes.note_problem(NO_SIGNER, {})
    elif any(of_one != schemes[signers[0].scheme] for of_one in schemes.values()):
        notes.note_problem(SEVERAL_SIGNERS, {"schemes": ", ".join(schemes)})


def _signers_of(signatures: Sequence[object]) -> list[_Signer]:
    """Who signed under each scheme Android knows; other blocks (channels, stamps) sign nothing."""
    return [
        _Signer(scheme, certificate)
        for signature in signatures
        for kind, scheme in _SCHEMES
        if isinstance(signature, kind)
        for certificate in signature.certificates
    ]


def _schemes_without_certificate(signatures: Sequence[object]) -> list[str]:
    """Schemes under which something stands, but no certificate that could be read."""
    return [
        scheme
        for signature in signatures
        for kind, scheme in _SCHEMES
        if isinstance(signature, kind) and not signature.certificates
    ]


def _note_signer(signed: list[_Signer], notes: Notes) -> None:
    certificate = signed[0].certificate
    schemes = ", ".join(dict.fromkeys(one.scheme for one in signed))
    details = {
        "schemes": schemes,
        "issuer": certificate.issuer,
        "valid_from": certificate.valid_from,
        "valid_until": certificate.valid_until,
        "signer_sha256": certificate.sha256_fingerprint,
    }
    _note("signer_sha256", certificate.sha256_fingerprint, {"schemes": schemes}, notes)
    _note("signer_subject", certificate.subject, details, notes)


def _note(name: str, value: str, details: dict[str, str], notes: Notes) -> None:
    """The signing block stands outside all entries, so the place is the file."""
    notes.note(
        Property(
            name=name,
            value=value,
            details=details,
            loci=(ByteRange(notes.evidence.id, 0, notes.evidence.size),),
            analyzer=notes.analyzer,
        )
    )
