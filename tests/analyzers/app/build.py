"""APKs and DEX files made by hand, and changed copies of the samples."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
KAZE = EXAMPLES / "kaze-x1/evidence/app/kaze-pilot.apk"
MIZU = EXAMPLES / "mizu-s2/evidence/app/mizu-ground.apk"
HOSHI = EXAMPLES / "hoshi-m3/evidence/app/hoshi-fly.apk"

HEADER_SIZE = 0x70


def entries_of(apk: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(apk) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zip_of(entries: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return target.getvalue()


def kaze_with(**changes: bytes) -> bytes:
    """The Kaze app with entries added or exchanged; `__` in a name stands for a slash."""
    more = {name.replace("__", "/").replace("_dot_", "."): data for name, data in changes.items()}
    return zip_of(entries_of(KAZE) | more)


def dex_of(classes: list[str], texts: list[bytes] | None = None, version: bytes = b"035") -> bytes:
    """A DEX file with string, type and class tables, and nothing else."""
    strings = [f"L{name.replace('.', '/')};".encode() for name in classes] + (texts or [])
    string_ids = HEADER_SIZE
    type_ids = string_ids + 4 * len(strings)
    class_defs = type_ids + 4 * len(classes)
    at = class_defs + 32 * len(classes)
    offsets, body = b"", b""
    for text in strings:
        offsets += struct.pack("<I", at + len(body))
        body += bytes([len(text) & 0x7F]) + text + b"\0"
    types = b"".join(struct.pack("<I", index) for index in range(len(classes)))
    definitions = b"".join(struct.pack("<8I", i, *[0] * 7) for i in range(len(classes)))
    size = at + len(body)
    header = b"dex\n" + version + b"\0" + struct.pack("<I", 0) + bytes(20)
    header += struct.pack("<5I", size, HEADER_SIZE, 0x12345678, 0, 0) + struct.pack("<I", 0)
    header += struct.pack("<4I", len(strings), string_ids, len(classes), type_ids)
    header += struct.pack("<6I", 0, 0, 0, 0, 0, 0)
    header += struct.pack("<2I", len(classes), class_defs) + struct.pack("<2I", 0, 0)
    return header + offsets + types + definitions + body


def dex_of_strings(*texts: bytes) -> bytes:
    """A DEX file of the sample's one component class each, and of these strings."""
    return dex_of(KAZE_CLASSES, list(texts))


KAZE_CLASSES = ["jp.example.kaze.pilot.MainActivity", "com.foehn.flight.ReportService"]
