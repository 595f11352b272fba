"""Google QUIC before the standard: the server name in the CHLO message of its own handshake.

References: "QUIC Crypto" (Langley, Chang, 2016) and "QUIC Wire Layout Specification" (2016). Up to
version Q046 the message stands in clear.
"""

from __future__ import annotations

import re

from sekisho.analyzers.capture.protocols.tls import ClientHello, printable_name

_VERSION = re.compile(rb"Q0[0-4][0-9]")
_HAS_VERSION, _HAS_CONNECTION = 0x01, 0x08
_BEFORE_VERSION = 9
_MOST_TAGS = 128
_HEADER = 8
_LARGEST = 64 << 10


def is_public_header(datagram: bytes) -> bool:
    """Whether a client's packet of a version up to Q043 begins: flags, connection, version.

    Later ones (Q044 to Q046) have the long header of the standard, and their payload in clear.
    """
    if datagram[:1] and datagram[0] & 0x80:
        return _VERSION.match(datagram, 1) is not None
    flags = datagram[0] if datagram else 0
    has_both = flags & _HAS_VERSION and flags & _HAS_CONNECTION
    return bool(has_both) and _VERSION.match(datagram, _BEFORE_VERSION) is not None


def read_client_hello(data: bytes) -> ClientHello | None:
    """What the CHLO message in some bytes says; None when there is none, or it is not whole."""
    at = data.find(b"CHLO", 0, _LARGEST)
    if at < 0 or len(data) < at + _HEADER:
        return None
    count = int.from_bytes(data[at + 4 : at + 6], "little")
    values_at = at + _HEADER + 8 * count
    if count > _MOST_TAGS or values_at > len(data):
        return None
    begin = 0
    for entry in range(at + _HEADER, values_at, 8):
        end = int.from_bytes(data[entry + 4 : entry + 8], "little")
        if end < begin or values_at + end > len(data):
            return None
        if data[entry : entry + 4] == b"SNI\0":
            name = printable_name(data[values_at + begin : values_at + end])
            return ClientHello(name, values_at + begin if name else -1, ())
        begin = end
    return ClientHello(None, -1, ())
