"""Which methods of Android the code can call that give away data or bring in behaviour.

Reads the method table of each DEX file and compares it with `data/signatures/calls.csv`. A method
that is there can be called; whether it is, and what becomes of its answer, is not looked at.

References: AOSP, "Dalvik Executable format", method_id_item; Android Developers, API reference.
Cannot: see calls by reflection, from native code, or through a subclass of the app's own.
"""

from __future__ import annotations

import csv
from functools import cache

from sekisho.analyzers.app.dex import METHOD_ID_SIZE, Dex
from sekisho.analyzers.notes import Notes
from sekisho.data.files import pack_text
from sekisho.model.locus import Locus, ZipEntry
from sekisho.model.observation import Behaviour

CALLS = "signatures/calls.csv"
MAX_LOCI = 8


class Calls:
    """The listed methods that the code speaks of, gathered DEX file by DEX file."""

    def __init__(self, notes: Notes) -> None:
        """Begin with none."""
        self.notes = notes
        self.found: dict[str, dict[str, list[Locus]]] = {}

    def scan(self, entry: str, dex: Dex) -> None:
        """Look through the method table of a DEX file."""
        listed = _listed()
        for index, class_name, method in dex.methods_of(frozenset(name for name, _ in listed)):
            behaviour = listed.get((class_name, method))
            if behaviour is None:
                continue
            offset = dex.methods_offset + index * METHOD_ID_SIZE
            loci = self.found.setdefault(behaviour, {}).setdefault(f"{class_name}.{method}", [])
            if len(loci) < MAX_LOCI:
                loci.append(ZipEntry(self.notes.evidence.id, entry, offset, METHOD_ID_SIZE))

    def observe(self) -> None:
        """Note each behaviour with the calls that show it, in a fixed order."""
        for behaviour, calls in sorted(self.found.items()):
            loci = tuple(locus for _, of_call in sorted(calls.items()) for locus in of_call)
            self.notes.note(
                Behaviour(
                    name=behaviour,
                    details={"calls": ", ".join(sorted(calls))},
                    loci=loci[:MAX_LOCI],
                    analyzer=self.notes.analyzer,
                )
            )


@cache
def _listed() -> dict[tuple[str, str], str]:
    rows = csv.DictReader(pack_text(CALLS).splitlines())
    return {(row["class"], row["method"]): row["behaviour"] for row in rows}
