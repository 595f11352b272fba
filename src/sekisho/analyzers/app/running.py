"""Which code can run: all code of an app as one graph, and what its entry points lead to.

An API that the code can call is `present`; where a way leads to the call from a component of the
manifest, it is `reachable`, and the way is shown: each step calls the next, makes the object that the
system calls back, or names its class. That no way was found does not prove that there is none.

References: Android Developers, "Application fundamentals"; the modules of `bytecode`.
Cannot: follow native code, loaded code, calls of methods named at run time, and method handles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

import numpy as np

from sekisho.analyzers.app.bytecode.hierarchy import Hierarchy
from sekisho.analyzers.app.bytecode.program import (
    Program,
    ProgramBuilder,
    TooManyNamesError,
    is_class_name,
)
from sekisho.analyzers.app.bytecode.reach import Reach
from sekisho.analyzers.app.dex import Dex, DexError
from sekisho.analyzers.app.manifest import Manifest
from sekisho.analyzers.notes import Notes
from sekisho.data.files import pack_text
from sekisho.model.locus import ZipEntry

SYSTEM_METHODS = "signatures/system_methods.txt"
UNREAD_CODE = "SEK-P240"
BROKEN_METHODS = "SEK-P241"
TOO_ENTANGLED = "SEK-P242"
CALL_SIZE = 6
"""Bytes of an instruction that calls."""

MAX_SITES = 8
SHOWN_STEPS = 12
"""Methods of a way that are shown."""


class Use(NamedTuple):
    """Calls of one method: whether one can run, the way there, and where they stand.

    `way` begins with an entry point and ends with the method; the `sites` of calls that can run
    come first.
    """

    is_reachable: bool
    way: tuple[str, ...]
    sites: tuple[ZipEntry, ...]


class RunningCode:
    """The code of an app, taken DEX file by DEX file, then asked what can run."""

    def __init__(self, notes: Notes) -> None:
        """Begin with no code."""
        self._notes = notes
        self._builder = ProgramBuilder(_may_matter)
        self._program = Program()
        self._reach: Reach | None = None
        self._named: dict[str, None] = {}

    def name(self, classes: Iterable[str]) -> None:
        """Take names of classes that Android may make: views and fragments that resources name."""
        self._named.update(dict.fromkeys(classes))

    def take(self, entry: str, dex: Dex) -> None:
        """Take a DEX file; one whose code cannot be read is told."""
        try:
            self._builder.add(entry, dex)
        except (DexError, TooManyNamesError) as error:
            locus = ZipEntry(self._notes.evidence.id, entry)
            details = {"entry": entry, "why": str(error)}
            self._notes.note_problem(UNREAD_CODE, details, locus, blocks_clean=True)

    def enter(self, manifest: Manifest) -> None:
        """Follow the code from the components of the manifest, and what it and resources name."""
        program = self._program = self._builder.finish()
        hierarchy = Hierarchy(program, system_methods())
        reach = self._reach = Reach(program, hierarchy)
        if not hierarchy.is_whole:
            self._notes.note_problem(TOO_ENTANGLED, {}, blocks_clean=True)
        named = dict.fromkeys((manifest.application or "", *manifest.component_classes))
        named.update(dict.fromkeys((*manifest.named, *self._named)))
        kinds = [program.number_of(f"L{name.replace('.', '/')};".encode()) for name in named]
        reach.enter(kind for kind in kinds if kind >= 0)
        if program.broken:
            details = {"methods": str(program.broken)}
            self._notes.note_problem(BROKEN_METHODS, details, blocks_clean=True)

    def use_of(self, owner: str, name: str | None = None) -> Use | None:
        """The calls of a method, whatever its parameters, or of any of a type; `None` without any."""
        calls = self._program.calls
        kind = f"L{owner.replace('.', '/')};".encode()
        methods = self._program.methods_of(kind, name.encode() if name is not None else None)
        edges = np.flatnonzero(np.isin(calls.target, methods)).tolist() if methods else []
        if not edges or self._reach is None:
            return None
        can_run = [edge for edge in edges if self._reach.can_run(int(calls.method[edge]))]
        known = frozenset(can_run)
        rest = [edge for edge in edges if edge not in known]
        way: tuple[str, ...] = ()
        if can_run:
            first = can_run[0]
            steps = (*self._reach.path(int(calls.method[first])), int(calls.target[first]))
            way = tuple(map(self._program.method_text, steps))
        sites = tuple(self._site(edge) for edge in [*can_run, *rest][:MAX_SITES])
        return Use(is_reachable=bool(can_run), way=way, sites=sites)

    def loaded_texts(self) -> Iterator[tuple[bytes, int]]:
        """The strings that methods load, of those that may matter, each with the method."""
        for loaded in self._program.strings:
            yield loaded.text, loaded.method

    def way_to(self, method: int) -> tuple[str, ...]:
        """The way from an entry point to a method of the app; empty where none was found."""
        if self._reach is None or not self._reach.can_run(method):
            return ()
        return tuple(map(self._program.method_text, self._reach.path(method)))

    def measures(self) -> dict[str, float]:
        """How much code there is, and how much of it can run."""
        program, reach = self._program, self._reach
        return {
            "methods": float((program.method_file >= 0).sum()),
            "methods_that_can_run": float(reach.running if reach is not None else 0),
            "instructions": float(program.instructions),
        }

    def _site(self, edge: int) -> ZipEntry:
        calls = self._program.calls
        entry = self._program.files[int(calls.file[edge])]
        return ZipEntry(self._notes.evidence.id, entry, int(calls.site[edge]), CALL_SIZE)


def shown_way(way: tuple[str, ...]) -> str:
    """A way from an entry point to a call; of a long one the beginning and the end."""
    steps = [step.partition("(")[0] for step in way]
    if len(steps) > SHOWN_STEPS:
        steps = [*steps[: SHOWN_STEPS // 2], "…", *steps[-SHOWN_STEPS // 2 :]]
    return " → ".join(steps)


def _may_matter(text: bytes) -> bool:
    """Whether a string may name a class or an end of a connection."""
    return b"." in text or is_class_name(text)


@cache
def system_methods() -> frozenset[bytes]:
    """The names of methods that the system may call back."""
    lines = pack_text(SYSTEM_METHODS).encode().splitlines()
    return frozenset(line for line in lines if line and not line.startswith(b"#"))
