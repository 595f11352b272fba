"""Addresses: how people write them, and which of them are of the public Internet."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from socket import AF_INET6, inet_ntop

_DECIMAL = [str(byte) for byte in range(256)]

# Blocks of IPv4 with addresses that are not public (IANA special-purpose registry, RFC 6890).
_MIXED_BLOCKS = frozenset((0, 10, 100, 127, 169, 172, 192, 198, 203, *range(224, 256)))
_MIXED_BLOCKS_OF_6 = frozenset((b"\x20\x01", b"\x20\x02", b"\x3f\xff"))


def address_text(packed: bytes) -> str:
    """An address as people write it."""
    if len(packed) == 4:
        return ".".join([_DECIMAL[byte] for byte in packed])
    return inet_ntop(AF_INET6, packed)


def is_far(packed: bytes) -> bool:
    """Whether an address is one of the public Internet."""
    if len(packed) == 4:
        return not _is_private(packed) and (packed[0] not in _MIXED_BLOCKS or _is_global(packed))
    # all others are special, or given to nobody
    return packed[0] >> 5 == 1 and (packed[:2] not in _MIXED_BLOCKS_OF_6 or _is_global(packed))


def _is_private(packed: bytes) -> bool:
    """The blocks of RFC 1918, which nearly all local addresses are of."""
    first, second = packed[0], packed[1]
    return first == 10 or (first == 192 and second == 168) or (first == 172 and 16 <= second < 32)


@lru_cache(maxsize=65_536)
def _is_global(packed: bytes) -> bool:
    address = ipaddress.ip_address(packed)
    return address.is_global and not address.is_multicast


def is_group(packed: bytes) -> bool:
    """Whether an address is multicast or the limited broadcast: nobody answers from it."""
    if len(packed) == 4:
        return 224 <= packed[0] < 240 or packed == b"\xff\xff\xff\xff"
    return packed[0] == 0xFF
