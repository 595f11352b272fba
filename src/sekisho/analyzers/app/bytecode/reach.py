"""What code can run: from the entry points along calls, for classes of which objects are made.

The answer errs on the side of "can run": a class named as a constant counts as made, and the system
may call back whatever a class below a system type overrides. Code that only native libraries or
loaded code call, or that is called by names put together while running, is not seen.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np

from sekisho.analyzers.app.bytecode import instructions
from sekisho.analyzers.app.bytecode.hierarchy import Hierarchy
from sekisho.analyzers.app.bytecode.program import Places, Program

ENTRY = -1
"""What stands above a method that is itself an entry point."""

LONGEST_PATH = 200


class Reach:
    """The methods that can run, each with the one that leads to it."""

    def __init__(self, program: Program, hierarchy: Hierarchy) -> None:
        """Begin with nothing that runs."""
        self._program = program
        self._hierarchy = hierarchy
        self._parent: dict[int, int] = {}
        self._running: set[int] = set()
        self._called: set[int] = set()
        self._made: set[int] = set()
        # types of which an object is made, and all above them: what they define may answer a call
        self._answering: set[int] = set()
        self._waiting_for: dict[int, list[tuple[int, int]]] = {}
        self._queue: deque[int] = deque()
        self._calls = _Grouped(program.calls.method, len(program.method_type))
        self._uses = _Grouped(program.uses.method, len(program.method_type))
        self._named = self._classes_named()

    def enter(self, kinds: Iterable[int]) -> None:
        """Let the system make objects of some types, and call their constructors and callbacks."""
        for kind in kinds:
            self._make(kind, ENTRY)
            for method in self._hierarchy.constructors(kind):
                self._visit(method, ENTRY)
        self._run()

    def __contains__(self, method: int) -> bool:
        """Whether a method can run, or, where the system has it, can be called."""
        return method in self._parent

    def can_run(self, method: int) -> bool:
        """Whether the code of a method can run."""
        return method in self._running

    @property
    def running(self) -> int:
        """How many methods of the app can run."""
        return sum(map(self._hierarchy.is_code, self._running))

    def path(self, method: int) -> list[int]:
        """The way to a method from an entry point, which comes first."""
        way: list[int] = []
        while method != ENTRY and len(way) < LONGEST_PATH:
            way.append(method)
            method = self._parent[method]
        return way[::-1]

    def _run(self) -> None:
        calls, uses = self._program.calls, self._program.uses
        targets, ways = calls.target.tolist(), calls.way.tolist()
        kinds = uses.target.tolist()
        while self._queue:
            method = self._queue.popleft()
            for edge in self._calls.of(method):
                self._call(targets[edge], ways[edge], method)
            for edge in self._uses.of(method):
                self._use(kinds[edge], int(uses.way[edge]), method)
            for kind in self._named.get(method, ()):
                self._make_by_name(kind, method)

    def _call(self, callee: int, way: int, caller: int) -> None:
        if way in (instructions.STATIC, instructions.DIRECT, instructions.SUPER):
            found = self._hierarchy.definition(callee)
            self._visit(callee, caller)
            if found >= 0 and found != callee:
                self._visit(found, caller)
            if way == instructions.STATIC:
                self._initialize(int(self._program.method_type[callee]), caller)
            return
        self._visit(callee, caller, runs=False)
        if callee in self._called:
            return
        self._called.add(callee)
        for target in self._hierarchy.targets(callee):
            kind = int(self._program.method_type[target])
            if kind in self._answering:
                self._visit(target, caller)
            else:
                self._waiting_for.setdefault(kind, []).append((target, caller))

    def _use(self, kind: int, way: int, user: int) -> None:
        self._initialize(kind, user)
        if way != instructions.STATIC_FIELD:
            # what is named as a constant may be made by reflection, or by the system (an intent)
            self._make(kind, user)
        if way == instructions.CLASS:
            for method in self._hierarchy.constructors(kind):
                self._visit(method, user)

    def _make_by_name(self, kind: int, user: int) -> None:
        self._use(kind, instructions.CLASS, user)

    def _make(self, kind: int, maker: int) -> None:
        """Objects of a type exist: what waited for them runs, and the system may call them back."""
        if kind in self._made:
            return
        self._made.add(kind)
        for one in self._hierarchy.ancestors(kind):
            if one not in self._answering:
                self._answering.add(one)
                self._initialize(one, maker)
                for target, caller in self._waiting_for.pop(one, ()):
                    self._visit(target, caller)
        for method in self._hierarchy.callbacks(kind):
            self._visit(method, maker)

    def _initialize(self, kind: int, user: int) -> None:
        method = self._hierarchy.initializer(kind)
        if method >= 0:
            self._visit(method, user)

    def _visit(self, method: int, parent: int, *, runs: bool = True) -> None:
        """A method is reached; one that is only called, and defined elsewhere, does not run."""
        self._parent.setdefault(method, parent)
        if runs and method not in self._running:
            self._running.add(method)
            self._queue.append(method)

    def _classes_named(self) -> dict[int, list[int]]:
        """The types that methods name in strings, as `com.example.Name` or with slashes."""
        named: dict[int, list[int]] = {}
        for loaded in self._program.strings:
            kind = self._program.number_of(b"L" + loaded.text.replace(b".", b"/") + b";")
            if kind >= 0 and self._hierarchy.is_defined(kind):
                named.setdefault(loaded.method, []).append(kind)
        return named


class _Grouped:
    """Which edges leave each method."""

    def __init__(self, methods: Places, count: int) -> None:
        order = np.argsort(methods, kind="stable")
        self._order: list[int] = order.tolist()
        self._start: list[int] = np.searchsorted(methods[order], np.arange(count + 1)).tolist()

    def of(self, method: int) -> list[int]:
        return self._order[self._start[method] : self._start[method + 1]]
