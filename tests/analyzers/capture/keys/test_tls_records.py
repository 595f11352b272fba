"""Records of TLS sealed here and opened: what is right in every way, and what is not in one."""

from __future__ import annotations

import hmac

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.keys.tls_keys import TLS10, TLS11, TLS12, TLS13, EndKeys, Suite
from sekisho.analyzers.capture.keys.tls_records import Plain, RecordKeys, record_keys

CBC, NULL = Suite("CBC", 16, "sha1"), Suite("NULL", 0, "sha256")
GCM, CHACHA20 = Suite("GCM", 16, "sha256"), Suite("CHACHA20", 32, "sha256")
CCM_8 = Suite("CCM_8", 16, "sha256")
KEYS = EndKeys(b"m" * 20, b"k" * 16, b"i" * 16)
SEALED = EndKeys(b"", b"k" * 16, b"i" * 12)
TEXT = b"serial 1581F5BKD223Q00A520F"


def head(body: bytes, kind: int = 23, version: int = 0x0303) -> bytes:
    return bytes((kind,)) + version.to_bytes(2, "big") + len(body).to_bytes(2, "big")


def checked(content: bytes, number: int, version: int = 0x0303) -> bytes:
    said = number.to_bytes(8, "big") + head(content, version=version)
    return hmac.digest(KEYS.mac, said + content, "sha1")


def enciphered(data: bytes, iv: bytes) -> bytes:
    return Cipher(AES128(KEYS.key), modes.CBC(iv)).encryptor().update(data)


def padded(data: bytes, blocks: int = 0) -> bytes:
    size = 16 - len(data) % 16 + 16 * blocks
    return data + bytes((size - 1,)) * size


def sealed13(plain: bytes, number: int = 0) -> bytes:
    nonce = (int.from_bytes(SEALED.iv, "big") ^ number).to_bytes(12, "big")
    return AESGCM(SEALED.key).encrypt(nonce, plain, head(bytes(len(plain) + 16)))


@pytest.mark.parametrize("blocks", [0, 3, 15])
def test_padding_of_cbc_may_be_longer_than_needed(blocks: int) -> None:
    keys = record_keys(CBC, KEYS, TLS12)
    for number in range(2):
        body = b"v" * 16 + enciphered(padded(TEXT + checked(TEXT, number), blocks), b"v" * 16)
        assert keys.open(head(body), body) == Plain(23, TEXT)


def test_records_of_1_0_are_chained() -> None:
    keys = record_keys(CBC, KEYS, TLS10)
    first = enciphered(padded(checked(b"", 0, TLS10)), KEYS.iv)
    second = enciphered(padded(TEXT + checked(TEXT, 1, TLS10)), first[-16:])
    assert keys.open(head(first, version=TLS10), first) == Plain(23, b"")
    assert keys.open(head(second, version=TLS10), second) == Plain(23, TEXT)


@pytest.mark.parametrize("version", [TLS10, TLS11, TLS12])
def test_the_check_value_may_be_made_of_what_is_encrypted(version: int) -> None:
    keys = record_keys(CBC, KEYS, version, encrypted_first=True)
    iv = KEYS.iv if version == TLS10 else b"v" * 16
    encrypted = (b"" if version == TLS10 else iv) + enciphered(padded(TEXT), iv)
    body = encrypted + checked(encrypted, 0, version)
    assert keys.open(head(body, version=version), body) == Plain(23, TEXT)


def wrong_bodies() -> list[tuple[bool, bytes]]:
    """Records of CBC that are not authentic or not padded, encrypted first or not."""
    iv = b"v" * 16
    right = TEXT + checked(TEXT, 0)
    broken = padded(right, 1)
    fill = broken[-1] + 1
    odd = broken[:-fill] + b"\x07" * (fill - 1) + broken[-1:]
    late = padded(TEXT + checked(TEXT, 1))
    bare = iv + enciphered(TEXT[:16], iv)
    return [
        (False, b""),
        (False, iv),
        (False, iv + b"x" * 15),
        (False, iv + enciphered(odd, iv)),
        (False, iv + enciphered(late, iv)),
        (False, iv + enciphered(b"\xff" * 16, iv)),
        (False, iv + enciphered(padded(b""), iv)),
        (True, b""),
        (True, b"x" * 19),
        (True, checked(b"", 0)),
        (True, iv + checked(iv, 0)),
        (True, bare + checked(bare, 0)),
        (True, bare + checked(bare, 1)),
    ]


@pytest.mark.parametrize(("encrypted_first", "body"), wrong_bodies(), ids=range(13))
def test_what_is_not_right_is_not_opened(body: bytes, *, encrypted_first: bool) -> None:
    keys = record_keys(CBC, KEYS, TLS12, encrypted_first=encrypted_first)
    assert keys.open(head(body), body) is None


def test_a_check_value_alone_lets_the_content_be_read() -> None:
    keys = record_keys(NULL, EndKeys(b"m" * 32, b"", b""), TLS12)
    said = bytes(8) + head(TEXT) + TEXT
    body = TEXT + hmac.digest(b"m" * 32, said, "sha256")
    assert keys.open(head(body), TEXT + bytes(32)) is None
    assert keys.open(head(body), bytes(31)) is None
    assert keys.open(head(body), body) == Plain(23, TEXT)
    assert keys.open(head(body), body) is None


def test_the_type_of_1_3_stands_before_the_padding() -> None:
    keys = record_keys(GCM, SEALED, TLS13)
    for number, (plain, content) in enumerate(
        [
            (TEXT + b"\x17", Plain(23, TEXT)),
            (TEXT + b"\x16" + bytes(99), Plain(22, TEXT)),
            (b"\x17", Plain(23, b"")),
            (b"a\0\x15\0", Plain(21, b"a\0")),
        ]
    ):
        body = sealed13(plain, number)
        assert keys.open(head(body), body) == content


def test_padding_alone_is_no_record() -> None:
    keys = record_keys(GCM, SEALED, TLS13)
    for plain in (b"", b"\0", bytes(40)):
        body = sealed13(plain)
        assert keys.open(head(body), body) is None


def test_a_record_that_fails_does_not_count() -> None:
    keys = record_keys(GCM, SEALED, TLS13)
    body = sealed13(TEXT + b"\x17")
    assert keys.open(head(body), body[:-1] + b"?") is None
    assert keys.open(head(body), body) == Plain(23, TEXT)
    assert keys.open(head(body), body) is None


def every_kind() -> list[RecordKeys]:
    keys = [
        record_keys(CBC, KEYS, version, encrypted_first=first)
        for version in (TLS10, TLS12)
        for first in (False, True)
    ]
    keys.append(record_keys(NULL, EndKeys(b"m" * 32, b"", b""), TLS12))
    for suite in (GCM, CCM_8, CHACHA20):
        key = b"k" * suite.key_bytes
        iv = b"i" * (12 if suite is CHACHA20 else 4)
        keys.append(record_keys(suite, EndKeys(b"", key, iv), TLS12))
        keys.append(record_keys(suite, EndKeys(b"", key, b"i" * 12), TLS13))
    return keys


@given(st.binary(max_size=100), st.integers(0, 255))
def test_no_bytes_do_harm(body: bytes, kind: int) -> None:
    for keys in every_kind():
        assert keys.open(head(body, kind), body) is None


@pytest.mark.parametrize("length", range(50))
def test_bodies_too_short_are_not_opened(length: int) -> None:
    for keys in every_kind():
        assert keys.open(head(bytes(length)), bytes(length)) is None
