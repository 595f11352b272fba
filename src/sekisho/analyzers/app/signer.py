"""Who signed an app, and whether the signatures fit its bytes.

Reads the certificates of all signature schemes; each is told once, with the schemes it signs
under: different signers under different schemes are a finding. Signatures of schemes v2 to v3.1
are checked against the whole file.

References: AOSP, "APK Signature Scheme" v1 to v3.1; JAR File Specification, "Signed JAR File".
Cannot: check JAR signatures (v1); say whether a signer is to be trusted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import BinaryIO

import msgspec

from sekisho.analyzers.app.certificates import (
    Certificate,
    read_certificate,
    read_jar_certificates,
)
from sekisho.analyzers.app.signature_check import (
    Validity,
    Verdict,
    check_signer,
    digest_contents,
)
from sekisho.analyzers.app.signing_block import SigningBlockError, find_layout, read_signers
from sekisho.analyzers.notes import Notes
from sekisho.model.locus import ByteRange, Locus, ZipEntry
from sekisho.model.observation import Property

NO_SIGNER = "SEK-P206"
UNREADABLE_SIGNERS = "SEK-P217"
SEVERAL_SIGNERS = "SEK-P221"
NO_CERTIFICATE = "SEK-P222"
DOES_NOT_FIT = "SEK-P230"

_JAR_FOLDER = "META-INF/"
_JAR_SUFFIXES = (".RSA", ".DSA", ".EC")


class _Signature(msgspec.Struct, frozen=True, kw_only=True):
    """One signature; `certificates` is empty when they could not be read."""

    scheme: str
    locus: Locus
    certificates: tuple[Certificate, ...]
    verdict: Verdict = Verdict(Validity.NOT_CHECKED)


def is_jar_signature(entry: str) -> bool:
    """Whether an entry of this name is a signature of scheme v1 (JAR File Specification)."""
    name = entry.upper()
    return name.startswith(_JAR_FOLDER) and name.count("/") == 1 and name.endswith(_JAR_SUFFIXES)


def observe_signers(stream: BinaryIO, entries: Mapping[str, bytes], notes: Notes) -> None:
    """Note schemes, certificates and whether signatures fit, or that there are none.

    Args:
        stream: the app's file.
        entries: entries by name, among them every signature of scheme v1.
        notes: taken down here.
    """
    signatures = [*_of_jar(entries, notes), *_of_block(stream, notes)]
    schemes: dict[str, list[_Signature]] = {}
    for signature in signatures:
        schemes.setdefault(signature.scheme, []).append(signature)
    for scheme, of_scheme in schemes.items():
        _observe_scheme(scheme, of_scheme, notes)
    _observe_certificates(signatures, notes)
    signers = [_signers(of_scheme) for of_scheme in schemes.values()]
    if not any(signers):
        notes.note_problem(NO_SIGNER, {})
    elif any(some != signers[0] for some in signers if some):
        notes.note_problem(SEVERAL_SIGNERS, {"schemes": ", ".join(schemes)})


def _of_jar(entries: Mapping[str, bytes], notes: Notes) -> Iterator[_Signature]:
    for entry, data in entries.items():
        if is_jar_signature(entry):
            yield _Signature(
                scheme="v1",
                locus=ZipEntry(notes.evidence.id, entry, 0, len(data)),
                certificates=read_jar_certificates(data),
            )


def _of_block(stream: BinaryIO, notes: Notes) -> list[_Signature]:
    try:
        layout = find_layout(stream)
        signers = read_signers(stream, layout) if layout else ()
    except SigningBlockError as error:
        notes.note_problem(UNREADABLE_SIGNERS, {"why": str(error)})
        return []

    @cache
    def content_digest(name: str) -> bytes:
        return digest_contents(stream, layout, name) if layout else b""

    return [
        _Signature(
            scheme=signer.scheme,
            locus=ByteRange(notes.evidence.id, signer.offset, signer.length),
            # The first certificate is the signer's; those after it are its authorities.
            certificates=tuple(filter(None, map(read_certificate, signer.certificates[:1]))),
            verdict=check_signer(signer, content_digest),
        )
        for signer in signers
    ]


def _observe_scheme(scheme: str, signatures: list[_Signature], notes: Notes) -> None:
    verdicts = [signature.verdict for signature in signatures]
    validities = {verdict.validity for verdict in verdicts}
    worst = next(one for one in _WORST_FIRST if one in validities)
    locus = signatures[0].locus
    _note("signature_scheme", scheme, {"signature": worst.value}, (locus,), notes)
    for signature in signatures:
        if not signature.certificates:
            notes.note_problem(NO_CERTIFICATE, {"scheme": scheme}, signature.locus)
        if signature.verdict.validity is Validity.INVALID:
            details = {"scheme": scheme, "why": signature.verdict.why}
            notes.note_problem(DOES_NOT_FIT, details, signature.locus, blocks_clean=True)


_WORST_FIRST = (Validity.INVALID, Validity.NOT_CHECKED, Validity.VALID)


def _signers(signatures: list[_Signature]) -> set[str]:
    return {one.sha256 for signature in signatures for one in signature.certificates}


def _observe_certificates(signatures: list[_Signature], notes: Notes) -> None:
    signed: dict[Certificate, list[_Signature]] = {}
    for signature in signatures:
        for certificate in signature.certificates:
            signed.setdefault(certificate, []).append(signature)
    for certificate, by_it in signed.items():
        schemes = ", ".join(dict.fromkeys(signature.scheme for signature in by_it))
        loci = tuple(signature.locus for signature in by_it)
        details = {
            "schemes": schemes,
            "issuer": certificate.issuer,
            "valid_from": certificate.valid_from,
            "valid_until": certificate.valid_until,
            "signer_sha256": certificate.sha256,
        }
        _note("signer_sha256", certificate.sha256, {"schemes": schemes}, loci, notes)
        _note("signer_subject", certificate.subject, details, loci, notes)


def _note(
    name: str, value: str, details: dict[str, str], loci: tuple[Locus, ...], notes: Notes
) -> None:
    notes.note(
        Property(name=name, value=value, details=details, loci=loci, analyzer=notes.analyzer)
    )
