"""The code of an app as far as its tables tell: which classes are there, which types it speaks of.

Code is known by content wherever it stands, and by name where Android would look for it.

References: AOSP, "Dalvik Executable format"; Android Developers, "Enable multidex".
Cannot: read native libraries; they are counted.
"""

from __future__ import annotations

from sekisho.analyzers.app.dex import Dex, DexError
from sekisho.analyzers.notes import Notes
from sekisho.model.locus import DexMethod, Locus, ZipEntry

BROKEN_DEX = "SEK-P209"

DEX_MAGIC = b"dex\n"
ELF_MAGIC = b"\x7fELF"


class Code:
    """The classes and types of all DEX files, each with where it stands first.

    `is_whole` is false once a DEX file could not be read: then no class can be called absent.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self.classes: dict[str, Locus] = {}
        self.types: dict[str, Locus] = {}
        self.libraries: list[str] = []
        self.dex_files = 0
        self.strings = 0
        self.is_whole = True

    def take(self, entry: str, data: bytes, notes: Notes) -> Dex | None:
        """Take over what an entry holds, if it is code; return it if it is DEX."""
        if is_native(entry) or data.startswith(ELF_MAGIC):
            self.libraries.append(entry)
        elif is_app_code(entry) or data.startswith(DEX_MAGIC):
            return self._take_dex(entry, data, notes)
        return None

    def _take_dex(self, entry: str, data: bytes, notes: Notes) -> Dex | None:
        self.dex_files += 1
        evidence = notes.evidence.id
        try:
            dex = Dex(data)
        except DexError as error:
            self.is_whole = False
            details = {"entry": entry, "why": str(error)}
            notes.note_problem(BROKEN_DEX, details, ZipEntry(evidence, entry), blocks_clean=True)
            return None
        self.strings += len(dex.strings)
        for name, _ in dex.class_names():
            if name and name not in self.classes:
                self.classes[name] = DexMethod(evidence, entry, name)
        for name, offset in dex.type_names():
            if name not in self.types:
                self.types[name] = ZipEntry(evidence, entry, offset, len(name) + 2)
        return dex


def is_app_code(entry: str) -> bool:
    """Whether Android takes an entry of this name for the app's own DEX code."""
    return "/" not in entry and entry.startswith("classes") and entry.endswith(".dex")


def is_native(entry: str) -> bool:
    """Whether Android takes an entry of this name for a native library of the app."""
    return entry.startswith("lib/") and entry.endswith(".so")
