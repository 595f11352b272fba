"""Who signed an app: the certificates in its signatures.

Reads the certificates of all signature schemes through apk-info. Each certificate is told once,
with the schemes it signs under: different signers under different schemes are a finding.

References: AOSP, "APK Signature Scheme" v1 to v3.1; RFC 5280 (certificates); RFC 4514 (names).
Cannot: tell whether a signature is valid; it says which certificates are there.
"""

from __future__ import annotations

from collections.abc import Sequence

import apk_info
import msgspec

from sekisho.analyzers.notes import Notes
from sekisho.model.locus import ZipEntry
from sekisho.model.observation import Property

NO_SIGNER = "SEK-P206"
SEVERAL_SIGNERS = "SEK-P221"

_SIGNATURE = apk_info.Signature
_SCHEMES: tuple[tuple[type, str], ...] = (
    (_SIGNATURE.V1, "v1"),
    (_SIGNATURE.V2, "v2"),
    (_SIGNATURE.V3, "v3"),
    (_SIGNATURE.V31, "v3.1"),
)


class _Signer(msgspec.Struct):
    certificate: apk_info.CertificateInfo
    schemes: list[str] = []


def observe_signers(signatures: Sequence[object], notes: Notes) -> None:
    """Note schemes and certificates, or that there are none."""
    signers: dict[str, _Signer] = {}
    schemes: dict[str, tuple[str, ...]] = {}
    for scheme, certificates in _schemes_of(signatures):
        for one in certificates:
            signer = signers.setdefault(one.sha256_fingerprint, _Signer(one))
            if scheme not in signer.schemes:
                signer.schemes.append(scheme)
        if certificates:
            schemes[scheme] = tuple(sorted(one.sha256_fingerprint for one in certificates))
    for scheme in schemes:
        _note("signature_scheme", scheme, {}, notes)
    for fingerprint, signer in signers.items():
        _note_signer(fingerprint, signer, notes)
    if not signers:
        notes.note_problem(NO_SIGNER, {})
    elif len(set(schemes.values())) > 1:
        notes.note_problem(SEVERAL_SIGNERS, {"schemes": ", ".join(schemes)})


def _schemes_of(
    signatures: Sequence[object],
) -> list[tuple[str, list[apk_info.CertificateInfo]]]:
    """The signatures under a scheme Android knows; other blocks (channels, stamps) sign nothing."""
    return [
        (scheme, signature.certificates)
        for signature in signatures
        for kind, scheme in _SCHEMES
        if isinstance(signature, kind)
    ]


def _note_signer(fingerprint: str, signer: _Signer, notes: Notes) -> None:
    certificate = signer.certificate
    details = {
        "schemes": ", ".join(signer.schemes),
        "issuer": certificate.issuer,
        "valid_from": certificate.valid_from,
        "valid_until": certificate.valid_until,
        "signer_sha256": fingerprint,
    }
    _note("signer_sha256", fingerprint, {"schemes": details["schemes"]}, notes)
    _note("signer_subject", certificate.subject, details, notes)


def _note(name: str, value: str, details: dict[str, str], notes: Notes) -> None:
    """The signing block is outside all entries, so the place is the file as a whole."""
    notes.note(
        Property(
            name=name,
            value=value,
            details=details,
            loci=(ZipEntry(notes.evidence.id, "META-INF"),),
            analyzer=notes.analyzer,
        )
    )
