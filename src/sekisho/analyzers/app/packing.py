"""Whether the code that runs is likely not the code that can be read.

Three signs: the native library of a known packer (`data/signatures/packers.csv`), classes that
the manifest names and no DEX file defines, and entries named as code that hold none.

References: APKiD rules as cited in the pack; Android Developers, "App manifest overview".
Cannot: name a packer whose library was renamed; unpack anything.
"""

from __future__ import annotations

import csv
from functools import cache

from sekisho.analyzers.app.code import Code
from sekisho.analyzers.app.manifest import Manifest
from sekisho.analyzers.app.manifest import locus as manifest_locus
from sekisho.analyzers.notes import Notes
from sekisho.data.files import pack_text
from sekisho.model.locus import Locus, ZipEntry
from sekisho.model.observation import Behaviour

PACKERS = "signatures/packers.csv"
PACKED = "SEK-P208"
CLASSES_ELSEWHERE = "SEK-P218"
CLASSES_ABSENT = "SEK-P219"
NOT_CODE = "SEK-P220"

MAX_NAMED = 5

_CODE_MAGICS = (b"dex\n", b"PK\x03\x04", b"\x7fELF")
_CODE_SUFFIXES = (".dex", ".jar", ".apk", ".so")
_PLATFORM = ("android.", "java.")


def is_disguised(entry: str, data: bytes) -> bool:
    """Whether an entry is named as code and is neither DEX, nor archive, nor native library."""
    named = entry.endswith(_CODE_SUFFIXES) and data != b""
    return named and not data.startswith(_CODE_MAGICS)


def note_disguised(entry: str, notes: Notes) -> None:
    """Say that an entry named as code holds none."""
    locus = ZipEntry(notes.evidence.id, entry)
    notes.note_problem(NOT_CODE, {"entry": entry}, locus, blocks_clean=True)


def observe_packing(
    entries: list[str], code: Code, manifest: Manifest, notes: Notes, *, is_whole: bool
) -> bool:
    """Note the signs of packing; return whether there are any.

    Args:
        entries: the names in the archive.
        code: the classes that were read.
        manifest: the classes that should be there.
        notes: taken down here.
        is_whole: whether all DEX files were read; else an absent class is no sign of anything.
    """
    packers = _observe_packers(entries, notes)
    absent = _absent_classes(code, manifest) if is_whole else []
    elsewhere = _observe_absent(absent, manifest, notes)
    if not packers and not elsewhere:
        return False
    signs = {
        "packer": ", ".join(sorted(set(packers.values()))),
        "absent_classes": _named(absent) if elsewhere else "",
    }
    loci: tuple[Locus, ...] = tuple(ZipEntry(notes.evidence.id, entry) for entry in packers)
    notes.note(
        Behaviour(
            name="packed_code",
            details={key: value for key, value in signs.items() if value},
            loci=loci[:MAX_NAMED] or (manifest_locus(notes),),
            analyzer=notes.analyzer,
        )
    )
    return True


def _observe_packers(entries: list[str], notes: Notes) -> dict[str, str]:
    """The entries that are libraries of known packers, each with the packer's name."""
    known = _packers()
    found = {
        entry: known[entry.rpartition("/")[2]]
        for entry in entries
        if entry.rpartition("/")[2] in known
    }
    for entry, packer in found.items():
        locus = ZipEntry(notes.evidence.id, entry)
        notes.note_problem(PACKED, {"packer": packer}, locus, blocks_clean=True)
    return found


def _absent_classes(code: Code, manifest: Manifest) -> list[str]:
    """The classes named in the manifest that no DEX file defines and Android does not bring."""
    named = dict.fromkeys((manifest.application or "", *manifest.component_classes))
    return [
        name
        for name in named
        if name and name not in code.classes and not name.startswith(_PLATFORM)
    ]


def _observe_absent(absent: list[str], manifest: Manifest, notes: Notes) -> bool:
    """Say which classes are absent; return whether the app's code must be elsewhere.

    An app cannot start without its application class, and one of which most components are
    absent was not built from this code; a few absent components may be left-overs.
    """
    if not absent:
        return False
    total = len(manifest.component_classes)
    elsewhere = manifest.application in absent or 2 * len(absent) > total
    code = CLASSES_ELSEWHERE if elsewhere else CLASSES_ABSENT
    details = {"classes": _named(absent)}
    if not elsewhere:
        details |= {"count": str(len(absent)), "of": str(total)}
    notes.note_problem(code, details, manifest_locus(notes), blocks_clean=elsewhere)
    return elsewhere


def _named(names: list[str]) -> str:
    more = ", …" if len(names) > MAX_NAMED else ""
    return ", ".join(names[:MAX_NAMED]) + more


@cache
def _packers() -> dict[str, str]:
    rows = csv.DictReader(pack_text(PACKERS).splitlines())
    return {row["library"]: row["packer"] for row in rows}
