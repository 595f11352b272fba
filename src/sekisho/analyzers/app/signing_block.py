"""The APK Signing Block: who signed which digests under schemes v2, v3 and v3.1.

The block stands between the last entry and the central directory of the archive, outside all
entries. Every length in it is checked against what holds it.

References: AOSP, "APK Signature Scheme v2", "APK Signature Scheme v3", "v3.1"; PKWARE APPNOTE
6.3.10 sections 4.3.12 and 4.3.16.
Cannot: read source stamps, channel blocks and v4 signatures; they sign nothing Android installs.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

MAGIC = b"APK Sig Block 42"
SCHEMES = {0x7109871A: "v2", 0xF05368C0: "v3", 0x1B93AD61: "v3.1"}

MAX_BLOCK = 16 << 20
MAX_SIGNERS = 10
"""Scheme v2 knows no more; the cap also bounds the signatures that are checked."""

_END = b"PK\x05\x06"
_END_SIZE = 22
_LONGEST_COMMENT = 0xFFFF
_FOOTER = struct.Struct("<Q16s")
_PAIR = struct.Struct("<QI")
_SIGNER_SDKS = 8


class SigningBlockError(Exception):
    """The block is damaged; the message says how."""


class End(msgspec.Struct, frozen=True, kw_only=True):
    """The record that ends an archive: where it stands, and where it says the directory begins."""

    offset: int
    directory: int
    record: bytes


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """Where the parts of a signed archive begin, in bytes of the file; `end` is that record."""

    block: int
    directory: int
    end: int
    end_record: bytes


class BlockSigner(msgspec.Struct, frozen=True, kw_only=True):
    """One signer of one scheme, as it stands in the block; algorithms are AOSP's numbers.

    `offset` and `length` are those of the scheme's value in the file.
    """

    scheme: str
    offset: int
    length: int
    signed_data: bytes
    digests: tuple[tuple[int, bytes], ...]
    certificates: tuple[bytes, ...]
    signatures: tuple[tuple[int, bytes], ...]
    public_key: bytes


def find_end(stream: BinaryIO) -> End | None:
    """The last record whose comment reaches exactly to the end of the file, if there is one."""
    size = stream.seek(0, 2)
    start = max(0, size - _END_SIZE - _LONGEST_COMMENT)
    tail = _read(stream, start, size - start)
    at = tail.rfind(_END)
    while at >= 0:
        fits = len(tail) - at >= _END_SIZE
        if fits and struct.unpack_from("<H", tail, at + 20)[0] == len(tail) - at - _END_SIZE:
            (directory,) = struct.unpack_from("<I", tail, at + 16)
            return End(offset=start + at, directory=directory, record=tail[at:])
        at = tail.rfind(_END, 0, at)
    return None


def find_layout(stream: BinaryIO) -> Layout | None:
    """The parts of an archive with a signing block; `None` when it has no such block.

    Raises:
        SigningBlockError: when there is a block that cannot be one.
    """
    end = find_end(stream)
    if end is None or not _FOOTER.size + 8 <= end.directory <= end.offset:
        return None
    footer = end.directory - _FOOTER.size
    size, magic = _FOOTER.unpack(_read(stream, footer, _FOOTER.size))
    if magic != MAGIC:
        return None
    if size > MAX_BLOCK:
        raise SigningBlockError(f"the signing block has {size} bytes; {MAX_BLOCK} are read")
    block = end.directory - size - 8
    if block < 0 or _read(stream, block, 8) != struct.pack("<Q", size):
        raise SigningBlockError("the two sizes of the signing block differ")
    return Layout(block=block, directory=end.directory, end=end.offset, end_record=end.record)


def read_signers(stream: BinaryIO, layout: Layout) -> tuple[BlockSigner, ...]:
    """Every signer in the block, in its order.

    Raises:
        SigningBlockError: when a length in it leaves what holds it, or there are too many.
    """
    first = layout.block + 8
    data = memoryview(_read(stream, first, layout.directory - _FOOTER.size - first))
    signers: list[BlockSigner] = []
    for number, start, value in _pairs(data):
        scheme = SCHEMES.get(number)
        if scheme is None:
            continue
        for raw in _items(_one(value)):
            if len(signers) == MAX_SIGNERS * len(SCHEMES):
                raise SigningBlockError("more signers than any scheme permits")
            signers.append(_signer(scheme, raw, first + start, len(value)))
    return tuple(signers)


def _signer(scheme: str, raw: memoryview, offset: int, length: int) -> BlockSigner:
    signed_data, rest = _first(raw)
    if scheme != "v2":
        rest = rest[_SIGNER_SDKS:]
    signatures, rest = _first(rest)
    digests, in_signed = _first(signed_data)
    return BlockSigner(
        scheme=scheme,
        offset=offset,
        length=length,
        signed_data=bytes(signed_data),
        digests=tuple(_numbered(digests)),
        certificates=tuple(bytes(one) for one in _items(_one(in_signed))),
        signatures=tuple(_numbered(signatures)),
        public_key=bytes(_one(rest)),
    )


def _pairs(data: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """Each number, and where its value starts, and the value."""
    at = 0
    while at < len(data):
        if len(data) - at < _PAIR.size:
            raise SigningBlockError("the signing block ends within a pair")
        length, number = _PAIR.unpack_from(data, at)
        end = at + 8 + length
        if length < 4 or end > len(data):
            raise SigningBlockError(f"the pair {number:#010x} leaves the signing block")
        yield number, at + _PAIR.size, data[at + _PAIR.size : end]
        at = end


def _first(data: memoryview) -> tuple[memoryview, memoryview]:
    """The first length-prefixed part, and what follows it."""
    if len(data) < 4:
        raise SigningBlockError("a length is cut off")
    end = 4 + struct.unpack_from("<I", data)[0]
    if end > len(data):
        raise SigningBlockError("a part leaves what holds it")
    return data[4:end], data[end:]


def _one(data: memoryview) -> memoryview:
    return _first(data)[0]


def _items(data: memoryview) -> Iterator[memoryview]:
    while data:
        item, data = _first(data)
        yield item


def _numbered(data: memoryview) -> Iterator[tuple[int, bytes]]:
    """Each item as an algorithm's number and its length-prefixed bytes."""
    for item in _items(data):
        value = bytes(_one(item[4:]))  # an item shorter than its number has no length either
        yield struct.unpack_from("<I", item)[0], value


def _read(stream: BinaryIO, offset: int, size: int) -> bytes:
    stream.seek(offset)
    return stream.read(size)
