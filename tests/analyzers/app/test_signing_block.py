"""The APK Signing Block: where it stands, and that no length in it leads out of it."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.app.signing_block import (
    MAGIC,
    MAX_BLOCK,
    SigningBlockError,
    find_layout,
    read_signers,
)
from tests.analyzers.app.build import KAZE, MIZU, zip_of
from tests.analyzers.app.signing import (
    EC_KEY,
    EC_SHA256,
    V2,
    V3,
    contents_digest,
    signer_of,
    sized,
    with_block,
)

PLAIN = zip_of({"AndroidManifest.xml": b"a", "classes.dex": b"b"})


def schemes(data: bytes) -> list[str]:
    stream = io.BytesIO(data)
    layout = find_layout(stream)
    assert layout is not None
    return [signer.scheme for signer in read_signers(stream, layout)]


def test_the_samples_are_signed_under_two_schemes_of_the_block() -> None:
    assert schemes(KAZE.read_bytes()) == ["v2", "v3"]


def test_a_signer_stands_where_it_is_said_to() -> None:
    raw = KAZE.read_bytes()
    stream = io.BytesIO(raw)
    layout = find_layout(stream)
    assert layout is not None
    for signer in read_signers(stream, layout):
        assert signer.signed_data in raw[signer.offset : signer.offset + signer.length]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        PLAIN,
        PLAIN[:-1],
        b"PK\x05\x06" + bytes(18),
        PLAIN[:-6] + b"\xff\xff\xff\xff" + PLAIN[-2:],
    ],
)
def test_what_has_no_block_has_none(data: bytes) -> None:
    assert find_layout(io.BytesIO(data)) is None


def test_a_comment_that_looks_like_an_end_record_is_none() -> None:
    signed = with_block(PLAIN)
    comment = b"PK\x05\x06" + bytes(30)
    data = signed[:-2] + struct.pack("<H", len(comment)) + comment
    layout = find_layout(io.BytesIO(data))
    assert layout is not None
    assert layout.end == len(signed) - 22


def test_other_blocks_sign_nothing() -> None:
    assert schemes(with_block(PLAIN, (0x42726577, bytes(100)), (0x71777777, b"channel"))) == []


def test_two_sizes_that_differ_are_an_error() -> None:
    raw = bytearray(with_block(PLAIN))
    at = raw.index(MAGIC)
    struct.pack_into("<Q", raw, at - 8, 23)
    with pytest.raises(SigningBlockError, match="differ"):
        find_layout(io.BytesIO(bytes(raw)))


def test_a_block_larger_than_the_cap_is_an_error() -> None:
    raw = bytearray(with_block(PLAIN))
    struct.pack_into("<Q", raw, raw.index(MAGIC) - 8, MAX_BLOCK + 1)
    with pytest.raises(SigningBlockError, match="are read"):
        find_layout(io.BytesIO(bytes(raw)))


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (b"", "cut off"),
        (b"\xff\xff\xff\xff", "leaves"),
        (sized(sized(b"")), "cut off"),
        (sized(sized(sized(b"\0\0\0")) + sized(b"")), "cut off"),
        (sized(signer_of(EC_KEY, EC_SHA256, b"")[:-1]), "leaves"),
        (sized(signer_of(EC_KEY, EC_SHA256, b"") * 31), "more signers"),
    ],
)
def test_a_damaged_value_says_how(value: bytes, why: str) -> None:
    with pytest.raises(SigningBlockError, match=why):
        schemes(with_block(PLAIN, (V2, value)))


@pytest.mark.parametrize(
    ("length", "why"), [(3, "leaves"), (1 << 40, "leaves"), (4, "within a pair")]
)
def test_a_pair_whose_length_leads_out_says_so(length: int, why: str) -> None:
    raw = bytearray(with_block(PLAIN, (0x42726577, bytes(4))))
    at = raw.index(struct.pack("<I", 0x42726577)) - 8
    struct.pack_into("<Q", raw, at, length)
    with pytest.raises(SigningBlockError, match=why):
        schemes(bytes(raw))


def test_both_schemes_are_read_in_their_order() -> None:
    digest = contents_digest(PLAIN, "sha256")
    both = [
        (number, sized(signer_of(EC_KEY, EC_SHA256, digest, scheme=number))) for number in (V3, V2)
    ]
    assert schemes(with_block(PLAIN, *both)) == ["v3", "v2"]


@given(st.data())
def test_mutated_blocks_are_read_or_refused(data: st.DataObject) -> None:
    raw = bytearray(MIZU.read_bytes())
    end = raw.index(MAGIC) + len(MAGIC)
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(4096, end))] = data.draw(st.integers(0, 255))
    stream = io.BytesIO(bytes(raw))
    try:
        layout = find_layout(stream)
        signers = read_signers(stream, layout) if layout else ()
    except SigningBlockError:
        return
    assert len(signers) <= 30
