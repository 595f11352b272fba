"""Which methods of Android the code can call that give away data or bring in behaviour.

Reads the method table of each DEX file and compares it with `data/signatures/calls.csv`. A method
that is there can be called; where a way leads to the call from an entry point of the app, that way is
shown. What becomes of the answer is not looked at.

References: AOSP, "Dalvik Executable format", method_id_item; Android Developers, API reference.
Cannot: see calls by reflection, from native code, or through a subclass of the app's own.
"""

from __future__ import annotations

import csv
from functools import cache

from sekisho.analyzers.app.dex import METHOD_ID_SIZE, Dex
from sekisho.analyzers.app.running import RunningCode, Use, shown_way
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

    def observe(self, running: RunningCode) -> None:
        """Note each behaviour with the calls that show it, in a fixed order."""
        for behaviour, calls in sorted(self.found.items()):
            uses = {name: running.use_of(*name.rsplit(".", 1)) for name in sorted(calls)}
            reachable = [name for name, use in uses.items() if use is not None and use.is_reachable]
            ways = [use.way for use in uses.values() if use is not None and use.way]
            details = {
                "calls": ", ".join(uses),
                "reachable_calls": ", ".join(reachable),
                "way": shown_way(ways[0]) if ways else "",
            }
            self.notes.note(
                Behaviour(
                    name=behaviour,
                    details={key: text for key, text in details.items() if text},
                    loci=self._loci(calls, uses),
                    analyzer=self.notes.analyzer,
                )
            )

    def _loci(
        self, calls: dict[str, list[Locus]], uses: dict[str, Use | None]
    ) -> tuple[Locus, ...]:
        """Where the calls stand, those that can run first; else where the method is named."""
        sites: list[Locus] = []
        for can_run in (True, False):
            for name, use in uses.items():
                if use is None:
                    sites += calls[name] if not can_run else []
                elif use.is_reachable is can_run:
                    sites += use.sites
        return tuple(sites[:MAX_LOCI])


@cache
def _listed() -> dict[tuple[str, str], str]:
    rows = csv.DictReader(pack_text(CALLS).splitlines())
    return {(row["class"], row["method"]): row["behaviour"] for row in rows}
