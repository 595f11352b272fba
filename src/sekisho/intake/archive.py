"""Archives walked safely: what is in them is handed on entry by entry, within the limits.

Read are ZIP, TAR, and gzip, bzip2, xz and Zstandard streams, of a TAR or of a single file. Nothing is ever
extracted to a name that an archive gives. Packages (APK) and spreadsheets are ZIP files that are
one piece of evidence; whoever calls decides by the kind not to open them.
"""

from __future__ import annotations

from pathlib import Path

from sekisho.intake.compressed import Compression, compression_of, inflated
from sekisho.intake.entries import Entries, Entry, Refusal
from sekisho.intake.limit import Ledger, Meter, NotReadError, metered, ratio_meter
from sekisho.intake.tarred import BLOCK, TarEntries, compressed_tar, is_tar
from sekisho.intake.zipped import MAGICS, ZipEntries

_UNREAD = {
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"Rar!\x1a\x07": "RAR",
    b"\x04\x22\x4d\x18": "LZ4",
    b"MSCF\0\0\0\0": "CAB",
    b"\x1f\x9d": "compress",
    b"!<arch>\n": "ar",
}


def is_archive(path: Path) -> bool:
    """Whether the content of a file is an archive or compressed stream that can be walked."""
    head = _head_of(path)
    return head.startswith(MAGICS) or compression_of(head) is not None or is_tar(head)


def unread_format(path: Path) -> str | None:
    """The name of the archive format that a file shows but that is not read, or `None`."""
    head = _head_of(path)
    return next((name for magic, name in _UNREAD.items() if head.startswith(magic)), None)


def walk_archive(path: Path, *, name: str, ledger: Ledger) -> Entries:
    """The entries of an archive, each to be read before the next is asked for.

    Args:
        path: the archive in the evidence store.
        name: what it was called; names the one file in a compressed stream.
        ledger: what the limits still allow in the dossier.

    Reading an entry raises `NotReadError` when it is broken or too much; by its reach the caller
    goes on with the next entry, leaves the archive, or leaves the dossier.
    """
    ratio = ratio_meter(ledger.limits, path.stat().st_size)
    head = _head_of(path)
    compression = compression_of(head)
    if head.startswith(MAGICS):
        yield from _walk_zip(path, ledger, ratio)
    elif compression is not None:
        yield from _walk_compressed(path, compression, name, ledger, ratio)
    else:
        with path.open("rb") as file:
            yield from TarEntries(file).entries(ledger.meters)


def _walk_zip(path: Path, ledger: Ledger, ratio: Meter) -> Entries:
    try:
        archive = ZipEntries(path, ledger.limits)
    except NotReadError as reason:
        yield Refusal("", reason)
        return
    with archive:
        yield from archive.entries(lambda: (ratio, *ledger.meters()))


def _walk_compressed(
    path: Path, compression: Compression, name: str, ledger: Ledger, ratio: Meter
) -> Entries:
    holds_tar = compressed_tar(path, compression)
    with path.open("rb") as file:
        stream = metered(inflated(file, compression), ratio)
        if holds_tar:
            yield from TarEntries(stream).entries(ledger.meters)
        else:
            yield Entry(_content_name(name), metered(stream, *ledger.meters()))


def _content_name(name: str) -> str:
    """The name of the one file in a compressed stream: that of the stream, less its suffix."""
    last = name.rpartition("/")[2]
    stem, dot, suffix = last.rpartition(".")
    return stem if dot and stem and suffix.lower() in ("gz", "bz2", "xz", "zst") else "content"


def _head_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(BLOCK)
