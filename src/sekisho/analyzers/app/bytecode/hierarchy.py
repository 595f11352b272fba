"""Which methods a call may reach: by class hierarchy, for objects that are made somewhere.

A virtual call of `C.m` may reach every definition of `m` in a subtype of `C`, or the one `C` inherits.
What the system calls of itself is not in the app; a method of a class below a system type counts
as called back when the system has a method of that name.

References: Dean, Grove and Chambers, "Optimization of Object-Oriented Programs Using Static Class
Hierarchy Analysis" (ECOOP 1995); Bacon and Sweeney, "Fast Static Analysis of C++ Virtual Function
Calls" (OOPSLA 1996).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sekisho.analyzers.app.bytecode import instructions
from sekisho.analyzers.app.bytecode.program import Program

PRIVATE, STATIC, NATIVE = 0x2, 0x8, 0x100
"""Access flags of methods that matter here."""

MOST_ANCESTORS = 200
MOST_STEPS = 20_000_000
"""Pairs of a called method and a type below it that are looked at: three times what 200 MB of code have."""

_OBJECT = b"Ljava/lang/Object;"
_CONSTRUCTOR, _INITIALIZER = b"<init>", b"<clinit>"


class Hierarchy:
    """The types above each type, and the definitions that calls may reach."""

    def __init__(self, program: Program, system_methods: frozenset[bytes] | None = None) -> None:
        """Read the graph; `system_methods` are the names the system may call back, None for any."""
        self._program = program
        self._system_methods = system_methods
        self._above: dict[int, tuple[int, ...]] = {}
        self._super = program.superclass.tolist()
        self._defined_in = program.defined_in.tolist()
        self._type = program.method_type.tolist()
        self._name = program.method_name.tolist()
        self._prototype = program.method_prototype.tolist()
        self._is_defined: list[bool] = (program.method_file >= 0).tolist()
        self._flags = program.method_flags.tolist()
        self._number = {
            key: method
            for method, key in enumerate(zip(self._type, self._name, self._prototype, strict=True))
        }
        self._defined: dict[int, list[int]] = {}
        for method in np.flatnonzero(program.method_file >= 0).tolist():
            self._defined.setdefault(self._type[method], []).append(method)
        self._left = MOST_STEPS
        self._targets = self._virtual_targets()

    def ancestors(self, kind: int) -> tuple[int, ...]:
        """A type and all above it, superclasses first; a circle ends where it closes."""
        known = self._above.get(kind)
        if known is None:
            found: dict[int, None] = {}
            waiting = [kind]
            while waiting and len(found) < MOST_ANCESTORS:
                one = waiting.pop()
                if one in found:
                    continue
                found[one] = None
                waiting += reversed(self._program.interfaces.get(one, ()))
                if self._super[one] >= 0:
                    waiting.append(self._super[one])
            known = self._above[kind] = tuple(found)
        return known

    @property
    def is_whole(self) -> bool:
        """Whether all pairs of calls and types were looked at."""
        return self._left >= 0

    def is_defined(self, kind: int) -> bool:
        """Whether the app itself has the type."""
        file: int = self._defined_in[kind]
        return file >= 0

    def is_code(self, method: int) -> bool:
        """Whether the app itself defines the method."""
        return self._is_defined[method]

    def defined_methods(self, kind: int) -> list[int]:
        """The methods that the type defines."""
        return self._defined.get(kind, [])

    def definition(self, method: int) -> int:
        """The method itself or the one it inherits, by its superclasses; -1 outside the app."""
        return self._inherited(self._type[method], method)

    def targets(self, method: int) -> list[int]:
        """The definitions that a virtual call may reach."""
        return self._targets.get(method, [])

    def initializer(self, kind: int) -> int:
        """The static initializer of a type; -1 without one."""
        return next(
            (
                method
                for method in self.defined_methods(kind)
                if self._program.names[self._name[method]] == _INITIALIZER
            ),
            -1,
        )

    def constructors(self, kind: int) -> Iterator[int]:
        """The constructors of a type."""
        for method in self.defined_methods(kind):
            if self._program.names[self._name[method]] == _CONSTRUCTOR:
                yield method

    def callbacks(self, kind: int) -> Iterator[int]:
        """The methods of a class, its own and inherited ones, that the system may call."""
        above = [one for one in self.ancestors(kind) if self.is_defined(one)]
        if all(self.is_defined(one) or self._is_object(one) for one in self.ancestors(kind)):
            return
        met: set[tuple[int, int]] = set()
        for one in above:
            for method in self.defined_methods(one):
                selector = (self._name[method], self._prototype[method])
                if selector not in met and self._may_be_called_back(method):
                    met.add(selector)
                    yield method

    def _is_object(self, kind: int) -> bool:
        name: bytes = self._program.types[kind]
        return name == _OBJECT

    def _may_be_called_back(self, method: int) -> bool:
        if self._flags[method] & (PRIVATE | STATIC):
            return False
        name = self._program.names[self._name[method]]
        if name.startswith(b"<"):
            return False
        return self._system_methods is None or name in self._system_methods

    def _virtual_targets(self) -> dict[int, list[int]]:
        """For each method that is called virtually: the definitions below, and the one inherited."""
        calls = self._program.calls
        ways = (instructions.VIRTUAL, instructions.INTERFACE, instructions.POLYMORPHIC)
        called = np.unique(calls.target[np.isin(calls.way, ways)]).tolist()
        targets: dict[int, list[int]] = {method: [] for method in called}
        by_type: dict[int, list[int]] = {}
        for method in called:
            by_type.setdefault(self._type[method], []).append(method)
        for kind, methods in self._defined.items():
            above = [one for one in self.ancestors(kind) if one in by_type]
            self._left -= len(methods) * len(above) + sum(len(by_type[one]) for one in above)
            if self._left < 0:
                break
            for method in methods if above else ():
                self._add_below(targets, method, above)
            for one in above:
                self._add_inherited(targets, kind, by_type[one])
        return targets

    def _add_below(self, targets: dict[int, list[int]], method: int, above: list[int]) -> None:
        if self._flags[method] & (PRIVATE | STATIC):
            return
        selector = (self._name[method], self._prototype[method])
        for one in above:
            called = self._number.get((one, *selector), -1)
            if called in targets:
                targets[called].append(method)

    def _add_inherited(self, targets: dict[int, list[int]], kind: int, called: list[int]) -> None:
        """A class may answer a call with what it inherits from a class that is not below the called."""
        for method in called:
            own = self._number.get((kind, self._name[method], self._prototype[method]), -1)
            if own >= 0 and self._is_defined[own]:
                continue
            above = self._super[kind]
            found = self._inherited(above, method) if above >= 0 else -1
            if found >= 0 and found not in targets[method]:
                targets[method].append(found)

    def _inherited(self, kind: int, method: int) -> int:
        seen = 0
        while kind >= 0 and seen < MOST_ANCESTORS:
            found = self._number.get((kind, self._name[method], self._prototype[method]), -1)
            if found >= 0 and self._is_defined[found]:
                return found
            kind, seen = self._super[kind], seen + 1
        return -1
