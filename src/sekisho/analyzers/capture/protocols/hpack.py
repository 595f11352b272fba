"""HPACK, the compression of header fields in HTTP/2: opened within bounds.

Reference: RFC 7541 (appendix A: static table, appendix B: Huffman code). A decoder that met an
error stays broken, as its table of earlier fields no longer is that of the sender.
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache

MAX_TABLE = 64 << 10
"""The largest table a sender may ask for, in bytes as the standard counts them."""

MAX_FIELDS = 512
MAX_TEXT = 64 << 10
"""The most bytes of names and values that one block may stand for."""

_DEFAULT_TABLE = 4096
_ENTRY_OVERHEAD = 32
_END_OF_STRING = 256
_LEAF = 1000  # takes the numbers of bytes below those of nodes
_LONGEST_NUMBER = 5

_STATIC_TEXT = """\
:authority
:method GET
:method POST
:path /
:path /index.html
:scheme http
:scheme https
:status 200
:status 204
:status 206
:status 304
:status 400
:status 404
:status 500
accept-charset
accept-encoding gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate
"""

# How many bits the code of each byte has, and last that of the end; codes of one length follow
# each other in the order of the bytes, the shorter before the longer.
_CODE_LENGTHS = bytes.fromhex(
    "0d171c1c1c1c1c1c1c181e1c1c1e1c1c1c1c1c1c1c1c1e1c1c1c1c1c1c1c1c1c060a0a0c0d06080b0a0a080b"
    "080606060505050606060606060607080f060c0a0d0607070707070707070707070707070707070707070707"
    "0807080d130d0e060f05060506050606060507070606060506070605050607070707070f0b0e0d1c14161414"
    "1616161716171717171718171818161718171717171516171617171816151416161717151716161815161717"
    "151516151716171714161616171616171a1a1413161716191a1a1a1b1b1a181913151a1b1b1a1b1815151a1a"
    "1c1b1b1b14181415161515171616191918181a171a1b1a1a1b1b1b1b1b1c1b1b1b1b1b1a1e"
)


def _static_table() -> tuple[tuple[bytes, bytes], ...]:
    rows = (line.partition(b" ") for line in _STATIC_TEXT.encode().splitlines())
    return tuple((name, value) for name, _, value in rows)


_STATIC = _static_table()


class _MalformedError(Exception):
    """The bytes are no header block from here on."""


class Decoder:
    """Opens the header blocks of one direction of a connection, which must come in their order."""

    def __init__(self) -> None:
        """Begin with an empty table."""
        self._table: deque[tuple[bytes, bytes]] = deque()
        self._size = 0
        self._limit = _DEFAULT_TABLE
        self._broken = False

    def decode(self, block: bytes) -> list[tuple[bytes, bytes]] | None:
        """The fields of a block, name and value; None when it or one before could not be read."""
        if self._broken:
            return None
        try:
            return self._read(block)
        except _MalformedError:
            self._broken = True
            return None

    def _read(self, block: bytes) -> list[tuple[bytes, bytes]]:
        fields: list[tuple[bytes, bytes]] = []
        at, room = 0, MAX_TEXT
        while at < len(block):
            if block[at] >> 5 == 1 and not fields:
                limit, at = _number(block, at, 5)
                self._resize(limit)
                continue
            field, at = self._field(block, at)
            room -= len(field[0]) + len(field[1])
            if room < 0 or len(fields) >= MAX_FIELDS:
                raise _MalformedError
            fields.append(field)
        return fields

    def _field(self, block: bytes, at: int) -> tuple[tuple[bytes, bytes], int]:
        """The field at `at`: from the tables, or spelt out and kept for later or not."""
        first = block[at]
        if first >> 5 == 1:
            raise _MalformedError  # sizes change at the beginning only
        if first & 0x80:
            index, at = _number(block, at, 7)
            return self._entry(index), at
        index, at = _number(block, at, 6 if first & 0x40 else 4)
        if index:
            name = self._entry(index)[0]
        else:
            name, at = _string(block, at)
        value, at = _string(block, at)
        if first & 0x40:
            self._add((name, value))
        return (name, value), at

    def _entry(self, index: int) -> tuple[bytes, bytes]:
        if 0 < index <= len(_STATIC):
            return _STATIC[index - 1]
        index -= len(_STATIC) + 1
        if not 0 <= index < len(self._table):
            raise _MalformedError
        return self._table[index]

    def _add(self, field: tuple[bytes, bytes]) -> None:
        self._table.appendleft(field)
        self._size += len(field[0]) + len(field[1]) + _ENTRY_OVERHEAD
        self._evict()

    def _resize(self, limit: int) -> None:
        if limit > MAX_TABLE:
            raise _MalformedError
        self._limit = limit
        self._evict()

    def _evict(self) -> None:
        """Drop the oldest entries until the table is within its limit."""
        while self._size > self._limit:
            name, value = self._table.pop()
            self._size -= len(name) + len(value) + _ENTRY_OVERHEAD


def _number(block: bytes, at: int, bits: int) -> tuple[int, int]:
    """A number that begins in the last bits of a byte, and where it ends (5.1)."""
    if at >= len(block):
        raise _MalformedError
    most = (1 << bits) - 1
    value = block[at] & most
    at += 1
    if value < most:
        return value, at
    for i in range(_LONGEST_NUMBER):
        if at + i >= len(block):
            break
        value += (block[at + i] & 0x7F) << 7 * i
        if block[at + i] < 0x80:
            return value, at + i + 1
    raise _MalformedError


def _string(block: bytes, at: int) -> tuple[bytes, int]:
    """A string, plain or in Huffman code, and where it ends (5.2)."""
    length, start = _number(block, at, 7)
    end = start + length
    if end > len(block):
        raise _MalformedError
    raw = block[start:end]
    return (_uncoded(raw) if block[at] & 0x80 else raw), end


def _uncoded(raw: bytes) -> bytes:
    """Huffman code opened, four bits at a time; at its end, less than a byte of ones may stand."""
    steps, final = _huffman()
    state, out = 0, bytearray()
    for byte in raw:
        for bits in (byte >> 4, byte & 15):
            state, symbol = steps[state << 4 | bits]
            if symbol >= 0:
                out.append(symbol)
            if state < 0:
                raise _MalformedError
    if state not in final:
        raise _MalformedError
    return bytes(out)


@lru_cache(maxsize=1)
def _huffman() -> tuple[list[tuple[int, int]], frozenset[int]]:
    """For each state and four bits the next state and the byte that ended, or -1; final states.

    A state is the beginning of a code, as a node of the tree of codes; -1 is none. As no code has
    less than five bits, four bits end one byte at most.
    """
    children = _tree()
    steps = [_step(children, state, bits) for state in range(len(children)) for bits in range(16)]
    final, state = [0], 0
    for _ in range(7):
        state = children[state][1]
        final.append(state)
    return steps, frozenset(final)


def _tree() -> list[list[int]]:
    """Nodes with what follows a 0 and a 1: a node, or a byte as its number less 1000."""
    order = sorted(range(len(_CODE_LENGTHS)), key=lambda symbol: (_CODE_LENGTHS[symbol], symbol))
    children = [[0, 0]]
    code = length = 0
    for symbol in order:
        code <<= _CODE_LENGTHS[symbol] - length
        length = _CODE_LENGTHS[symbol]
        node = 0
        for place in range(length - 1, 0, -1):
            bit = code >> place & 1
            if not children[node][bit]:
                children[node][bit] = len(children)
                children.append([0, 0])
            node = children[node][bit]
        children[node][code & 1] = symbol - _LEAF
        code += 1
    return children


def _step(children: list[list[int]], state: int, bits: int) -> tuple[int, int]:
    """Where four bits lead from a state, and the byte that ended on the way, or -1."""
    symbol = -1
    for place in range(3, -1, -1):
        state = children[state][bits >> place & 1]
        if state == _END_OF_STRING - _LEAF:
            return -1, -1
        if state < 0:
            symbol, state = state + _LEAF, 0
    return state, symbol
