"""Whether a signature of scheme v2 or v3 fits its certificate and the whole of the app.

Follows the steps of AOSP, "APK Signature Scheme v2", section "APK Signature Scheme v2
verification", and the same of v3; the steps are numbered as there.

Cannot: check signatures over a Merkle tree (fs-verity) and DSA signatures; they count as not
checked. Says nothing on whether the signer is to be trusted, or the certificate still in force:
Android asks neither.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from enum import StrEnum
from typing import BinaryIO

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from sekisho.analyzers.app.signing_block import BlockSigner, Layout

CHUNK = 1 << 20


class Validity(StrEnum):
    """Whether a signature fits; `not_checked` where we cannot."""

    VALID = "valid"
    INVALID = "invalid"
    NOT_CHECKED = "not_checked"


class Verdict(msgspec.Struct, frozen=True):
    """The outcome of a check, and why, when the signature does not fit."""

    validity: Validity
    why: str = ""


class _Algorithm(msgspec.Struct, frozen=True):
    digest: str
    is_pss: bool = False
    is_elliptic: bool = False


# Strongest first, the order in which one of several signatures is chosen (step 1).
_ALGORITHMS = {
    0x0202: _Algorithm("sha512", is_elliptic=True),
    0x0102: _Algorithm("sha512", is_pss=True),
    0x0104: _Algorithm("sha512"),
    0x0201: _Algorithm("sha256", is_elliptic=True),
    0x0101: _Algorithm("sha256", is_pss=True),
    0x0103: _Algorithm("sha256"),
}
_HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha512": hashes.SHA512,
}


def check_signer(signer: BlockSigner, content_digest: Callable[[str], bytes]) -> Verdict:
    """Whether the signer signed these bytes.

    Args:
        signer: from the signing block.
        content_digest: the digest of the app's contents by the name of its hash.
    """
    signatures, digests = dict(signer.signatures), dict(signer.digests)
    chosen = next((one for one in _ALGORITHMS if one in signatures), None)  # step 1
    if chosen is None:
        return Verdict(Validity.NOT_CHECKED)
    algorithm = _ALGORITHMS[chosen]
    if not _is_signed(signer, signatures[chosen], algorithm):  # step 2
        why = "the signature does not fit the public key"
    elif [one for one, _ in signer.digests] != [one for one, _ in signer.signatures]:  # step 3
        why = "digests and signatures name different algorithms"
    elif digests[chosen] != content_digest(algorithm.digest):  # steps 4 and 5
        why = "the contents are not those that were signed"
    elif not _is_certified(signer):  # step 6
        why = "the certificate is for another public key"
    else:
        return Verdict(Validity.VALID)
    return Verdict(Validity.INVALID, why)


def digest_contents(stream: BinaryIO, layout: Layout, name: str) -> bytes:
    """The digest of a signed archive's contents: of its three parts, in chunks of 1 MiB.

    Reference: AOSP, "APK Signature Scheme v2", section "Integrity-protected contents".
    """
    digests: list[bytes] = []
    for start, end in ((0, layout.block), (layout.directory, layout.end)):
        stream.seek(start)
        sizes = (min(CHUNK, end - at) for at in range(start, end, CHUNK))
        digests.extend(_digest_chunk(name, stream.read(size)) for size in sizes)
    # The end record is digested as if the directory began where the block does.
    moved = struct.pack("<I", layout.block)
    record = layout.end_record[:16] + moved + layout.end_record[20:]
    digests.append(_digest_chunk(name, record))
    whole = b"\x5a" + struct.pack("<I", len(digests)) + b"".join(digests)
    return hashlib.new(name, whole).digest()


def _digest_chunk(name: str, chunk: bytes) -> bytes:
    digest = hashlib.new(name, b"\xa5" + struct.pack("<I", len(chunk)))
    digest.update(chunk)
    return digest.digest()


def _is_signed(signer: BlockSigner, signature: bytes, algorithm: _Algorithm) -> bool:
    hashed = _HASHES[algorithm.digest]()
    try:
        key = load_der_public_key(signer.public_key)
        if algorithm.is_elliptic and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signer.signed_data, ec.ECDSA(hashed))
        elif not algorithm.is_elliptic and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signer.signed_data, _padding(hashed, algorithm), hashed)
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _padding(hashed: hashes.HashAlgorithm, algorithm: _Algorithm) -> padding.AsymmetricPadding:
    if algorithm.is_pss:  # the salt is as long as the digest
        return padding.PSS(mgf=padding.MGF1(hashed), salt_length=hashed.digest_size)
    return padding.PKCS1v15()


def _is_certified(signer: BlockSigner) -> bool:
    try:
        key = x509.load_der_x509_certificate(signer.certificates[0]).public_key()
        encoded = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (IndexError, UnsupportedAlgorithm, x509.InvalidVersion, ValueError):
        return False
    return encoded == signer.public_key
