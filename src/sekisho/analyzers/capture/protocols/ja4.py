"""JA4: a short name for how a client says hello, by which the program behind it is known again.

Reference: "JA4: TLS Client Fingerprinting" (FoxIO, technical details, BSD-3-Clause). Of that
family only JA4 itself is free to use; its siblings are not made here.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

_SERVER_NAME, _SIGNATURES, _ALPN, _VERSIONS = 0, 13, 16, 43
_MOST_TOLD = 99
_HEXADECIMAL = [f"{byte:02x}" for byte in range(256)]
_NONE = "000000000000"
_VERSION_NAMES = {
    0x0304: "13",
    0x0303: "12",
    0x0302: "11",
    0x0301: "10",
    0x0300: "s3",
    0x0002: "s2",
    0xFEFF: "d1",
    0xFEFD: "d2",
    0xFEFC: "d3",
}


def ja4_of(
    transport: str, version: int, suites: bytes, extensions: Sequence[tuple[int, bytes]]
) -> str:
    """The JA4 of a ClientHello.

    Args:
        transport: `t` over TCP, `q` over QUIC.
        version: the version field of the message.
        suites: the cipher suites as they stand, two bytes each.
        extensions: type and value of each extension, in their order.
    """
    values = dict(reversed(extensions))
    kinds = [kind for kind, _ in extensions if not _is_grease(kind)]
    ciphers = _numbers(suites, 0)
    offered = _numbers(values.get(_VERSIONS, b""), 1)
    head = (
        transport
        + _VERSION_NAMES.get(max(offered, default=version), "00")
        + ("d" if _SERVER_NAME in values else "i")
        + f"{min(len(ciphers), _MOST_TOLD):02}{min(len(kinds), _MOST_TOLD):02}"
        + _ends_of_protocol(values.get(_ALPN, b""))
    )
    rest = sorted([kind for kind in kinds if kind not in (_SERVER_NAME, _ALPN)])
    signatures = _numbers(values.get(_SIGNATURES, b""), 2)
    said = _listed(rest) + (f"_{_listed(signatures)}" if signatures else "")
    return f"{head}_{_hashed(_listed(sorted(ciphers)))}_{_hashed(said)}"


def _is_grease(number: int) -> bool:
    """Whether a value stands for nothing (RFC 8701)."""
    return number & 0x0F0F == 0x0A0A and number >> 8 == number & 0xFF


def _numbers(data: bytes, at: int) -> list[int]:
    """The numbers of two bytes from `at` on, without those that stand for nothing."""
    found = []
    while at + 1 < len(data):
        number = data[at] << 8 | data[at + 1]
        if not _is_grease(number):
            found.append(number)
        at += 2
    return found


def _ends_of_protocol(alpn: bytes) -> str:
    """First and last sign of the first protocol; of its hexadecimal form where they are none."""
    first = alpn[3 : 3 + alpn[2]] if len(alpn) > 2 else b""
    if not first:
        return "00"
    ends = bytes((first[0], first[-1]))
    if ends.isalnum():
        return ends.decode("ascii")
    return first.hex()[0] + first.hex()[-1]


def _listed(numbers: list[int]) -> str:
    return ",".join([_HEXADECIMAL[number >> 8] + _HEXADECIMAL[number & 0xFF] for number in numbers])


def _hashed(text: str) -> str:
    return sha256(text.encode("ascii")).hexdigest()[:12] if text else _NONE
