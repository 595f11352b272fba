"""Whether a signature fits: valid ones of each kind, and one broken at each step."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from sekisho.analyzers.app.signature_check import Validity, Verdict, check_signer, digest_contents
from sekisho.analyzers.app.signing_block import find_layout, read_signers
from tests.analyzers.app.build import HOSHI, KAZE, MIZU, zip_of
from tests.analyzers.app.signing import (
    EC_KEY,
    EC_SHA256,
    MERKLE,
    RSA_KEY,
    RSA_PKCS1_SHA256,
    RSA_PSS_SHA512,
    V2,
    V3,
    Key,
    certificate_for,
    contents_digest,
    digest_by_the_book,
    signer_of,
    sized,
    with_block,
)

PLAIN = zip_of({"AndroidManifest.xml": b"a", "classes.dex": bytes(3 << 20)})
STORED = b"x" * (5 << 19)  # more than two chunks


def verdicts(data: bytes) -> list[Verdict]:
    stream = io.BytesIO(data)
    layout = find_layout(stream)
    assert layout is not None
    return [
        check_signer(signer, lambda name: digest_contents(stream, layout, name))
        for signer in read_signers(stream, layout)
    ]


def signed_with(value: bytes, scheme: int = V2) -> bytes:
    return with_block(PLAIN, (scheme, sized(value)))


@pytest.mark.parametrize("apk", [KAZE, MIZU, HOSHI])
def test_the_samples_are_validly_signed(apk: Path) -> None:
    assert verdicts(apk.read_bytes()) == [Verdict(Validity.VALID)] * 2


@pytest.mark.parametrize("scheme", [V2, V3])
@pytest.mark.parametrize(
    ("key", "algorithm", "name"),
    [
        (RSA_KEY, RSA_PKCS1_SHA256, "sha256"),
        (RSA_KEY, RSA_PSS_SHA512, "sha512"),
        (EC_KEY, EC_SHA256, "sha256"),
    ],
)
def test_each_kind_of_signature_is_checked(
    key: Key, algorithm: int, name: str, scheme: int
) -> None:
    signer = signer_of(key, algorithm, contents_digest(PLAIN, name), scheme=scheme)
    assert verdicts(signed_with(signer, scheme)) == [Verdict(Validity.VALID)]


def test_a_changed_app_does_not_fit() -> None:
    raw = bytearray(KAZE.read_bytes())
    raw[60] ^= 1
    assert {verdict.why for verdict in verdicts(bytes(raw))} == {
        "the contents are not those that were signed"
    }


def test_the_digest_is_that_of_the_specification() -> None:
    data = with_block(zip_of({"a": STORED}))
    layout = find_layout(io.BytesIO(data))
    assert layout is not None
    record = layout.end_record[:16] + layout.block.to_bytes(4, "little") + layout.end_record[20:]
    parts = (data[: layout.block], data[layout.directory : layout.end], record)
    ours = digest_contents(io.BytesIO(data), layout, "sha256")
    assert ours == digest_by_the_book(parts, "sha256")


def test_a_signature_that_we_cannot_check_is_not_called_valid() -> None:
    signer = signer_of(RSA_KEY, MERKLE, b"root")
    assert verdicts(signed_with(signer)) == [Verdict(Validity.NOT_CHECKED)]


@pytest.mark.parametrize(
    ("signer", "why"),
    [
        (signer_of(RSA_KEY, EC_SHA256, b""), "does not fit the public key"),
        (signer_of(EC_KEY, RSA_PKCS1_SHA256, b""), "does not fit the public key"),
        (signer_of(EC_KEY, EC_SHA256, b"", named=RSA_PKCS1_SHA256), "different algorithms"),
        (signer_of(EC_KEY, EC_SHA256, bytes(32)), "not those that were signed"),
        (
            signer_of(
                EC_KEY,
                EC_SHA256,
                contents_digest(PLAIN, "sha256"),
                certificate=certificate_for(RSA_KEY),
            ),
            "another public key",
        ),
        (
            signer_of(
                EC_KEY, EC_SHA256, contents_digest(PLAIN, "sha256"), certificate=b"none at all"
            ),
            "another public key",
        ),
    ],
)
def test_a_signature_that_fails_a_step_says_which(signer: bytes, why: str) -> None:
    (verdict,) = verdicts(signed_with(signer))
    assert verdict.validity is Validity.INVALID
    assert why in verdict.why


def test_an_altered_signature_or_key_does_not_fit() -> None:
    for part in (-40, -1):
        signer = bytearray(signer_of(EC_KEY, EC_SHA256, contents_digest(PLAIN, "sha256")))
        signer[part] ^= 0xFF
        (verdict,) = verdicts(signed_with(bytes(signer)))
        assert verdict.why == "the signature does not fit the public key"
