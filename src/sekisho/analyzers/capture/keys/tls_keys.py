"""The keys of TLS records, from the secret of a connection that an endpoint wrote down.

References: RFC 5246 (TLS 1.2: 5, 6.3), RFC 4346 and RFC 2246 (TLS 1.1 and 1.0), RFC 8446 (TLS 1.3:
7.1, 7.2, 7.3), RFC 5288 (GCM), RFC 6655 (CCM), RFC 7905 (ChaCha20).
"""

from __future__ import annotations

import hmac
import re
from functools import lru_cache
from typing import NamedTuple

from sekisho.analyzers.capture.protocols.cipher_suites import NAMES

TLS10, TLS11, TLS12, TLS13 = 0x0301, 0x0302, 0x0303, 0x0304
BLOCK = 16

_CIPHER = re.compile(
    r"(?:(?P<cipher>AES_(?:128|256)_(?:GCM|CCM_8|CCM|CBC)|CHACHA20_POLY1305|NULL)_?)?"
    r"(?P<hash>SHA384|SHA256|SHA|MD5)?"
)
_HASHES = {"SHA384": "sha384", "SHA256": "sha256", "SHA": "sha1", "MD5": "md5"}
_HASH_BYTES = {"sha384": 48, "sha256": 32, "sha1": 20, "md5": 16}
_IMPLICIT_BYTES = {"GCM": 4, "CCM": 4, "CCM_8": 4, "CHACHA20": 12}


class Suite(NamedTuple):
    """What a cipher suite does with records.

    `mode` is `GCM`, `CCM`, `CCM_8`, `CHACHA20`, `CBC` or `NULL`; `hash` is that of the check value
    of `CBC` and `NULL`, and otherwise the one that keys are made with.
    """

    mode: str
    key_bytes: int
    hash: str

    @property
    def is_sealed(self) -> bool:
        """Whether one operation encrypts and authenticates (AEAD)."""
        return self.mode in _IMPLICIT_BYTES

    @property
    def mac_bytes(self) -> int:
        """Length of the check value that stands in each record."""
        return 0 if self.is_sealed else _HASH_BYTES[self.hash]


class EndKeys(NamedTuple):
    """What protects the records of one end: key of the check value, cipher key, first nonce."""

    mac: bytes
    key: bytes
    iv: bytes


@lru_cache(maxsize=512)
def suite_of(number: int) -> Suite | None:
    """What a suite does; None when it is unknown, or none of those that can be opened here."""
    _, _, protection = NAMES.get(number, "").rpartition("_WITH_")
    found = _CIPHER.fullmatch(protection.removeprefix("TLS_"))
    if found is None or not found["cipher"]:
        return None
    hash_name = _HASHES[found["hash"] or "SHA256"]
    if found["cipher"] == "NULL":
        return Suite("NULL", 0, hash_name)
    if found["cipher"].startswith("CHACHA20"):
        return Suite("CHACHA20", 32, hash_name)
    _, bits, mode = found["cipher"].split("_", 2)
    return Suite(mode, int(bits) // 8, hash_name)


def master_keys(
    version: int, suite: Suite, master: bytes, client_random: bytes, server_random: bytes
) -> tuple[EndKeys, EndKeys]:
    """The keys of client and server up to TLS 1.2, from the master secret (RFC 5246, 6.3)."""
    iv_bytes = _IMPLICIT_BYTES.get(suite.mode, BLOCK if suite.mode == "CBC" else 0)
    lengths = (suite.mac_bytes, suite.key_bytes, iv_bytes)
    seed = b"key expansion" + server_random + client_random
    if version < TLS12:
        block = _mixed(master, seed, 2 * sum(lengths))
    else:
        strong = "sha384" if suite.hash == "sha384" else "sha256"
        block = _spread(master, seed, 2 * sum(lengths), strong)
    parts, at = [], 0
    for length in lengths:
        parts.append((block[at : at + length], block[at + length : at + 2 * length]))
        at += 2 * length
    (mac, mac_2), (key, key_2), (iv, iv_2) = parts
    return EndKeys(mac, key, iv), EndKeys(mac_2, key_2, iv_2)


def traffic_keys(suite: Suite, secret: bytes) -> EndKeys:
    """The keys of one end of TLS 1.3, from its traffic secret (RFC 8446, 7.3)."""
    key = _expanded(secret, b"key", suite.key_bytes, suite.hash)
    return EndKeys(b"", key, _expanded(secret, b"iv", 12, suite.hash))


def next_secret(suite: Suite, secret: bytes) -> bytes:
    """The traffic secret that follows a KeyUpdate (RFC 8446, 7.2)."""
    return _expanded(secret, b"traffic upd", _HASH_BYTES[suite.hash], suite.hash)


def _expanded(secret: bytes, label: bytes, length: int, hash_name: str) -> bytes:
    """HKDF-Expand-Label for at most one block of the hash."""
    label = b"tls13 " + label
    info = length.to_bytes(2, "big") + bytes((len(label),)) + label + b"\0"
    return hmac.digest(secret, info + b"\1", hash_name)[:length]


def _mixed(master: bytes, seed: bytes, length: int) -> bytes:
    """The pseudorandom function before TLS 1.2: MD5 of one half, SHA-1 of the other."""
    half = (len(master) + 1) // 2
    one = _spread(master[:half], seed, length, "md5")
    other = _spread(master[-half:], seed, length, "sha1")
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _spread(secret: bytes, seed: bytes, length: int, hash_name: str) -> bytes:
    """P_hash (RFC 5246, 5): as many bytes of a secret as are asked for."""
    spread, turn = bytearray(), seed
    while len(spread) < length:
        turn = hmac.digest(secret, turn, hash_name)
        spread += hmac.digest(secret, turn + seed, hash_name)
    return bytes(spread[:length])
