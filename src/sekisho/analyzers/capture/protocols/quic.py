"""QUIC from outside: the server name in a client's first packets.

These are encrypted with keys made from the packet itself, so that every observer can open them
(RFC 9001, 5.2: they protect against accidents, not against readers). Nothing else is decrypted.

References: RFC 9000 (packets and frames), RFC 9001 (keys, header protection), RFC 9369 (version
2), draft-ietf-quic-tls-22 to -34, RFC 8446 7.1 (labels), RFC 5869 (HKDF). The salts of versions
between Google QUIC and the standard are those of its source.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES128

from sekisho.analyzers.capture.protocols import gquic, tls

MAX_DATAGRAMS = 16
MAX_CRYPTO = 64 << 10
MAX_PIECES = _MOST_PIECES = 512
_MAX_ID = 20
_SAMPLE = 16
_BLOCK = 64
_INNER, _OUTER = bytes(i ^ 0x36 for i in range(256)), bytes(i ^ 0x5C for i in range(256))
_PADDING, _PING, _ACK, _ACK_ECN, _CRYPTO = 0, 1, 2, 3, 6
_GOOGLE_CRYPTO = 8
_INITIAL, _RETRY = 0, 3

_V1 = bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")
_V2 = bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9")
_DRAFT_29 = bytes.fromhex("afbfec289993d24c9e9786f19c6111e04390a899")
_DRAFT_23 = bytes.fromhex("c3eef712c72ebb5a11a7d2432bb46365bef9f502")
_DRAFT_22 = bytes.fromhex("7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a")
_Q050 = bytes.fromhex("504574efd066fe2f9d945cfcdbd3a7f0d3b56b45")
_T050 = bytes.fromhex("7ff579e5acd072915580304c43a2367c60488310")
_T051 = bytes.fromhex("7a4edef4e7ccee5fa4506c19124fc8ccda6e033d")

_VERSION_2 = 0x6B3343CF
_FACEBOOK = 0xFACEB0
_SALTS = {
    0x00000001: (_V1,),
    _VERSION_2: (_V2,),
    **dict.fromkeys(range(0xFF000021, 0xFF000023), (_V1,)),
    **dict.fromkeys(range(0xFF00001D, 0xFF000021), (_DRAFT_29,)),
    **dict.fromkeys(range(0xFF000017, 0xFF00001D), (_DRAFT_23,)),
    0xFF000016: (_DRAFT_22,),
    int.from_bytes(b"Q050", "big"): (_Q050,),
    int.from_bytes(b"T050", "big"): (_T050,),
    int.from_bytes(b"T051", "big"): (_T051,),
}
# Facebook's versions follow the drafts of their time, which their numbers do not tell.
_ANY_SALT = (_V1, _DRAFT_29, _DRAFT_23, _DRAFT_22)


class Keys(NamedTuple):
    """What protects the first packets of one end: AES-128-GCM key, its IV, header key."""

    key: bytes
    iv: bytes
    header: bytes


class _Initial(NamedTuple):
    """An Initial packet: where it, its packet number and what follows it stand in the datagram."""

    version: int
    connection: bytes
    at: int
    number_at: int
    end: int


class QuicReader:
    """Puts the ClientHello of one conversation together, from its datagrams in any order."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._left = MAX_DATAGRAMS
        self._keys: Keys | None = None
        self._pieces: dict[int, bytes] = {}

    @property
    def wants_more(self) -> bool:
        """Whether another datagram may still bring the ClientHello."""
        room = sum(map(len, self._pieces.values())) < MAX_CRYPTO
        return self._left > 0 and room and len(self._pieces) < MAX_PIECES

    def take(self, datagram: bytes) -> tls.ClientHello | None:
        """Read a datagram of the client; its ClientHello, when it is whole.

        `name_at` of the hello is an offset in this datagram, and -1 where the name is encrypted.
        """
        self._left -= 1
        if gquic.is_public_header(datagram):
            return gquic.read_client_hello(datagram)
        for packet in _initials(datagram):
            plain = self._open(datagram, packet)
            if plain is None:
                continue
            for offset, data in _crypto_frames(plain, packet.version):
                if len(data) > len(self._pieces.get(offset, b"")):
                    self._pieces[offset] = data
        message = self._message()
        hello = tls.read_hello_message(message) or gquic.read_client_hello(message)
        return hello and hello._replace(name_at=-1)

    def _open(self, datagram: bytes, packet: _Initial) -> bytes | None:
        """The frames of a packet; the keys stay those of the first, unless a Retry changed them."""
        if self._keys is not None and (plain := _opened(datagram, packet, self._keys)) is not None:
            return plain
        for salt in _salts(packet.version):
            keys = client_keys(packet.connection, salt, is_version_2=packet.version == _VERSION_2)
            plain = _opened(datagram, packet, keys)
            if plain is not None:
                self._keys = keys
                return plain
        return None

    def _message(self) -> bytes:
        """What is there without a gap from the beginning."""
        message = bytearray()
        for offset, data in sorted(self._pieces.items()):
            if offset > len(message):
                break
            message += data[len(message) - offset :]
        return bytes(message)


def _salts(version: int) -> tuple[bytes, ...]:
    return _ANY_SALT if version >> 8 == _FACEBOOK else _SALTS.get(version, ())


@lru_cache(maxsize=256)
def client_keys(connection: bytes, salt: bytes, *, is_version_2: bool = False) -> Keys:
    """The keys of a client's Initial packets, from its first destination connection identifier."""
    secret = _expanded(_hmac(salt, connection), b"client in", 32)
    prefix = b"quicv2 " if is_version_2 else b"quic "
    return Keys(
        _expanded(secret, prefix + b"key", 16),
        _expanded(secret, prefix + b"iv", 12),
        _expanded(secret, prefix + b"hp", 16),
    )


def _hmac(key: bytes, data: bytes) -> bytes:
    """HMAC-SHA-256 for a key of at most one block (RFC 2104): the library's own takes four times as long."""
    key = key.ljust(_BLOCK, b"\0")
    inner = sha256(key.translate(_INNER) + data).digest()
    return sha256(key.translate(_OUTER) + inner).digest()


def _expanded(secret: bytes, label: bytes, length: int) -> bytes:
    """HKDF-Expand-Label for at most one block of SHA-256."""
    label = b"tls13 " + label
    info = length.to_bytes(2, "big") + bytes((len(label),)) + label + b"\0"
    return _hmac(secret, info + b"\1")[:length]


def _initials(datagram: bytes) -> Iterator[_Initial]:
    """The Initial packets of a datagram, among others with long headers that share it."""
    at = 0
    while at + 7 <= len(datagram) and datagram[at] & 0x80:
        version = int.from_bytes(datagram[at + 1 : at + 5], "big")
        kind = (datagram[at] >> 4 & 3) - (version == _VERSION_2) & 3
        length = datagram[at + 5]
        connection = datagram[at + 6 : at + 6 + length]
        source_at = at + 6 + length
        if length > _MAX_ID or source_at >= len(datagram) or kind == _RETRY or not _salts(version):
            return
        here = source_at + 1 + datagram[source_at]
        if kind == _INITIAL:
            token, here = _number(datagram, here)
            here += token
        rest, here = _number(datagram, here)
        if rest < 4 + _SAMPLE or here + rest > len(datagram):
            return
        if kind == _INITIAL:
            yield _Initial(version, connection, at, here, here + rest)
        at = here + rest


def _opened(datagram: bytes, packet: _Initial, keys: Keys) -> bytes | None:
    """What a packet protects; None when the keys are not its own."""
    at, number_at = packet.at, packet.number_at
    sample = datagram[number_at + 4 : number_at + 4 + _SAMPLE]
    mask = Cipher(AES128(keys.header), modes.ECB()).encryptor().update(sample)  # noqa: S305 - RFC 9001, 5.4.3
    first = datagram[at] ^ (mask[0] & 0x0F)
    size = (first & 3) + 1
    masked = datagram[number_at : number_at + size]
    number = bytes(byte ^ other for byte, other in zip(masked, mask[1:], strict=False))
    header = bytes((first,)) + datagram[at + 1 : number_at] + number
    nonce = int.from_bytes(keys.iv, "big") ^ int.from_bytes(number, "big")
    try:
        return AESGCM(keys.key).decrypt(
            nonce.to_bytes(12, "big"), datagram[number_at + size : packet.end], header
        )
    except InvalidTag:
        return None


def _crypto_frames(plain: bytes, version: int) -> list[tuple[int, bytes]]:
    """Offset and data of each CRYPTO frame; frames that no Initial packet may have end them."""
    crypto = _GOOGLE_CRYPTO if version >> 24 in b"QT" else _CRYPTO
    found: list[tuple[int, bytes]] = []
    at = 0
    while at < len(plain) and len(found) < _MOST_PIECES:
        kind = plain[at]
        at += 1
        if kind in (_PADDING, _PING):
            continue
        if kind == crypto:
            offset, at = _number(plain, at)
            length, at = _number(plain, at)
            if at + length > len(plain) or offset + length > MAX_CRYPTO:
                break
            found.append((offset, plain[at : at + length]))
            at += length
        elif kind in (_ACK, _ACK_ECN):
            at = _after_ack(plain, at, 3 if kind == _ACK_ECN else 0)
        else:
            break
    return found


def _after_ack(plain: bytes, at: int, counts: int) -> int:
    """Where an ACK frame ends: largest, delay, number of ranges, first range, ranges, ECN."""
    ranges = 0
    for i in range(4):
        value, at = _number(plain, at)
        ranges = value if i == 2 else ranges
    for _ in range(min(2 * ranges, len(plain)) + counts):
        _, at = _number(plain, at)
    return at


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of variable length (RFC 9000, 16) and where it ends; beyond the end it is huge."""
    if at >= len(data):
        return 1 << 62, at
    size = 1 << (data[at] >> 6)
    value = int.from_bytes(data[at : at + size], "big") & ((1 << (8 * size - 2)) - 1)
    return (value, at + size) if at + size <= len(data) else (1 << 62, len(data))
