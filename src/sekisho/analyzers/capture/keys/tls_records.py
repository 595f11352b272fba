"""Records of TLS, opened with the keys of the end that sent them; what is not authentic is None.

References: RFC 5246, 6.2.3 (check value, CBC, AEAD), RFC 7366 (encrypt-then-MAC), RFC 5288 (GCM),
RFC 6655 (CCM), RFC 7905 (ChaCha20), RFC 8446, 5.2 and 5.3 (TLS 1.3).
"""

from __future__ import annotations

import hmac
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from sekisho.analyzers.capture.keys.tls_keys import BLOCK, TLS10, TLS13, EndKeys, Suite

_TAG = 16
_TAG_SHORT = 8
_NONCE = 12


class Plain(NamedTuple):
    """What a record protected: its content type and its content."""

    content_type: int
    content: bytes


class RecordKeys(Protocol):
    """Opens the records of one end, each with the number that follows on the last one opened."""

    def open(self, header: bytes, body: bytes) -> Plain | None:
        """What a record protects, from its header of five bytes and the rest; None: not authentic."""
        ...  # pragma: no cover


def record_keys(
    suite: Suite, keys: EndKeys, version: int, *, encrypted_first: bool = False
) -> RecordKeys:
    """What opens the records of an end.

    Args:
        suite: the suite that was chosen.
        keys: those of the end.
        version: of the connection.
        encrypted_first: whether the check value is made of what is encrypted (RFC 7366).
    """
    if version == TLS13:
        return _Sealed13(suite, keys)
    if suite.is_sealed:
        return _Sealed12(suite, keys)
    if suite.mode == "NULL":
        return _Checked(suite, keys)
    if encrypted_first:
        return _ChainedThenChecked(suite, keys, version)
    return _Chained(suite, keys, version)


def _sealed_by(suite: Suite, key: bytes) -> AESGCM | AESCCM | ChaCha20Poly1305:
    match suite.mode:
        case "GCM":
            return AESGCM(key)
        case "CHACHA20":
            return ChaCha20Poly1305(key)
        case _:
            return AESCCM(key, _TAG_SHORT if suite.mode == "CCM_8" else _TAG)


class _Sealed12:
    """TLS 1.2 with GCM, CCM or ChaCha20; the latter makes the whole nonce of the number."""

    def __init__(self, suite: Suite, keys: EndKeys) -> None:
        self._cipher = _sealed_by(suite, keys.key)
        self._tag = _TAG_SHORT if suite.mode == "CCM_8" else _TAG
        self._iv = keys.iv
        self._number = 0

    def open(self, header: bytes, body: bytes) -> Plain | None:
        explicit = _NONCE - len(self._iv)
        length = len(body) - explicit - self._tag
        if length < 0:
            return None
        nonce = self._iv + body[:explicit] if explicit else _counted(self._iv, self._number)
        said = self._number.to_bytes(8, "big") + header[:3] + length.to_bytes(2, "big")
        try:
            content = self._cipher.decrypt(nonce, body[explicit:], said)
        except InvalidTag:
            return None
        self._number += 1
        return Plain(header[0], content)


class _Sealed13:
    """TLS 1.3: the content type stands behind the content, and zeros behind it."""

    def __init__(self, suite: Suite, keys: EndKeys) -> None:
        self._cipher = _sealed_by(suite, keys.key)
        self._iv = keys.iv
        self._number = 0

    def open(self, header: bytes, body: bytes) -> Plain | None:
        try:
            padded = self._cipher.decrypt(_counted(self._iv, self._number), body, header)
        except InvalidTag:
            return None
        content = padded.rstrip(b"\0")
        if not content:
            return None
        self._number += 1
        return Plain(content[-1], content[:-1])


def _counted(iv: bytes, number: int) -> bytes:
    return (int.from_bytes(iv, "big") ^ number).to_bytes(_NONCE, "big")


class _Checked:
    """A check value behind the content, and no encryption."""

    def __init__(self, suite: Suite, keys: EndKeys) -> None:
        self._hash, self._mac_bytes = suite.hash, suite.mac_bytes
        self._mac = keys.mac
        self._number = 0

    def open(self, header: bytes, body: bytes) -> Plain | None:
        content = self._authentic(header, body)
        return None if content is None else Plain(header[0], content)

    def _authentic(self, header: bytes, checked: bytes) -> bytes | None:
        """What stands before a check value that is right."""
        length = len(checked) - self._mac_bytes
        if length < 0:
            return None
        content = checked[:length]
        said = self._number.to_bytes(8, "big") + header[:3] + length.to_bytes(2, "big")
        if hmac.digest(self._mac, said + content, self._hash) != checked[length:]:
            return None
        self._number += 1
        return content


class _Chained(_Checked):
    """CBC over content, check value and padding; TLS 1.0 chains the records, too."""

    def __init__(self, suite: Suite, keys: EndKeys, version: int) -> None:
        super().__init__(suite, keys)
        self._cipher = AES(keys.key)
        self._before = keys.iv if version == TLS10 else b""

    def open(self, header: bytes, body: bytes) -> Plain | None:
        checked = _unpadded(self._deciphered(body))
        content = None if checked is None else self._authentic(header, checked)
        if content is None:
            return None
        self._chain(body)
        return Plain(header[0], content)

    def _chain(self, encrypted: bytes) -> None:
        self._before = self._before and encrypted[-BLOCK:]

    def _deciphered(self, body: bytes) -> bytes:
        iv = self._before or body[:BLOCK]
        encrypted = body if self._before else body[BLOCK:]
        if len(iv) != BLOCK or len(encrypted) % BLOCK:
            return b""
        return Cipher(self._cipher, modes.CBC(iv)).decryptor().update(encrypted)


class _ChainedThenChecked(_Chained):
    """CBC over content and padding, and the check value behind it."""

    def open(self, header: bytes, body: bytes) -> Plain | None:
        encrypted = self._authentic(header, body)
        if encrypted is None:
            return None
        content = _unpadded(self._deciphered(encrypted))
        self._chain(encrypted)
        return None if content is None else Plain(header[0], content)


def _unpadded(padded: bytes) -> bytes | None:
    """Without the padding, whose every byte says its length; None when it is none."""
    if not padded:
        return None
    length = padded[-1] + 1
    return padded[:-length] if padded[-length:] == padded[-1:] * length else None
