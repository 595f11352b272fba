"""What a file is, by its content and never by its name.

Only a bounded piece of the beginning is read, besides the directory of a ZIP and a JSON document
of moderate size (its telling keys may stand in any order). References: PKWARE APPNOTE 6.3.10,
POSIX.1-2017 ustar and pax, RFC 1952, draft-ietf-opsawg-pcap and -pcapng, the Dalvik executable
format, System V ABI (ELF), ISO 32000, CycloneDX 1.4 to 1.7, SPDX 2.3, ECMA-376.
"""

from __future__ import annotations

import re
from pathlib import Path

from sekisho.intake.compressed import Compression, compression_of
from sekisho.intake.limit import NotReadError
from sekisho.intake.spreadsheet import WORKBOOK, first_rows
from sekisho.intake.tarred import compressed_tar, is_tar
from sekisho.intake.textual import WHOLE_JSON, decode_head, identify_rows, identify_text
from sekisho.intake.zipped import MAGICS as ZIP_MAGICS
from sekisho.intake.zipped import ZipEntries
from sekisho.model.evidence import EvidenceKind, Limits

HEAD = 1 << 16
"""Bytes of the beginning that a kind is judged by."""

ANDROID_MANIFEST = "AndroidManifest.xml"

_MAGICS = (
    (b"\xd4\xc3\xb2\xa1", EvidenceKind.PCAP),
    (b"\xa1\xb2\xc3\xd4", EvidenceKind.PCAP),
    (b"\x4d\x3c\xb2\xa1", EvidenceKind.PCAP),
    (b"\xa1\xb2\x3c\x4d", EvidenceKind.PCAP),
    (b"dex\n0", EvidenceKind.DEX),
    (b"\x7fELF", EvidenceKind.ELF),
    (b"%PDF-", EvidenceKind.PDF),
    (b"\x89PNG\r\n\x1a\n", EvidenceKind.IMAGE),
    (b"\xff\xd8\xff", EvidenceKind.IMAGE),
    (b"GIF87a", EvidenceKind.IMAGE),
    (b"GIF89a", EvidenceKind.IMAGE),
    (b"II*\0", EvidenceKind.IMAGE),
    (b"MM\0*", EvidenceKind.IMAGE),
)
_IMAGE_BRANDS = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif")
_PCAPNG_BLOCK = b"\x0a\x0d\x0d\x0a"
_PCAPNG_ORDERS = (b"\x1a\x2b\x3c\x4d", b"\x4d\x3c\x2b\x1a")
_DUMP = re.compile(rb"[1-9]\d{1,11}:(\d{1,2}):([a-z_]{2,32})[,;]")
_DUMP_NAMES = frozenset(
    (
        b"backup",
        b"client_conn",
        b"client_extensions",
        b"close_code",
        b"comment",
        b"error",
        b"id",
        b"intercepted",
        b"is_replay",
        b"marked",
        b"messages",
        b"metadata",
        b"mode",
        b"request",
        b"response",
        b"server_conn",
        b"server_extensions",
        b"timestamp_created",
        b"type",
        b"version",
        b"websocket",
    )
)
"""Names that a flow of mitmproxy may begin with, in any of its formats."""

_LOCAL_HEADER = b"PK\x03\x04"
_LOCAL_HEADER_SIZE = 30


def identify_file(path: Path) -> EvidenceKind:
    """The kind of a file.

    Raises:
        OSError: when the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
        size = file.seek(0, 2)
    if not head:
        return EvidenceKind.EMPTY
    if head.startswith(ZIP_MAGICS):
        return _identify_zip(path, head)
    kind = identify_head(head)
    if kind is not None:
        return kind
    compression = compression_of(head)
    if compression is not None:
        return _identify_compressed(path, compression)
    return _identify_text(path, head, size)


def identify_head(head: bytes) -> EvidenceKind | None:
    """The kind that the first bytes of a file show by a fixed mark, or `None`."""
    for magic, kind in _MAGICS:
        if head.startswith(magic):
            return kind
    if head.startswith(_PCAPNG_BLOCK) and head[8:12] in _PCAPNG_ORDERS:
        return EvidenceKind.PCAPNG
    if _is_image(head):
        return EvidenceKind.IMAGE
    if _is_dump(head):
        return EvidenceKind.MITMPROXY
    return EvidenceKind.TAR if is_tar(head) else None


def _is_image(head: bytes) -> bool:
    """WebP, HEIF and BMP, whose marks do not stand alone at the beginning."""
    if head.startswith(b"RIFF"):
        return head[8:12] == b"WEBP"
    if head.startswith(b"BM"):
        return head[6:10] == b"\0\0\0\0" and len(head) >= 26
    return head[4:12] in _IMAGE_BRANDS


def _is_dump(head: bytes) -> bool:
    """Whether a typed netstring begins that is a dictionary as mitmproxy writes its flows."""
    begin = _DUMP.match(head)
    return begin is not None and begin[2] in _DUMP_NAMES and int(begin[1]) == len(begin[2])


def _identify_zip(path: Path, head: bytes) -> EvidenceKind:
    try:
        with ZipEntries(path, Limits()) as archive:
            names = archive.names()
            if ANDROID_MANIFEST in names:
                return EvidenceKind.APK
            if WORKBOOK in names:
                return identify_rows(first_rows(archive)) or EvidenceKind.SPREADSHEET
    except NotReadError:
        # a broken package still is one: its analyzer shall say so, not the unpacking
        return EvidenceKind.APK if _begins_package(head) else EvidenceKind.ZIP
    return EvidenceKind.ZIP


def _begins_package(head: bytes) -> bool:
    """Whether the beginning of a broken ZIP has the entry that every Android package has."""
    name = ANDROID_MANIFEST.encode()
    at = head.find(name)
    while at >= 0:
        start = at - _LOCAL_HEADER_SIZE
        length = int.from_bytes(head[at - 4 : at - 2], "little")
        if start >= 0 and head.startswith(_LOCAL_HEADER, start) and length == len(name):
            return True
        at = head.find(name, at + 1)
    return False


def _identify_compressed(path: Path, compression: Compression) -> EvidenceKind:
    if compressed_tar(path, compression):
        return EvidenceKind.TAR
    return EvidenceKind[compression.name]


def _identify_text(path: Path, head: bytes, size: int) -> EvidenceKind:
    text = decode_head(head, whole=size <= len(head))
    if text is None:
        return EvidenceKind.UNKNOWN
    return identify_text(
        text,
        cut=size > len(head),
        content=lambda: path.read_bytes() if size <= WHOLE_JSON else None,
    )
