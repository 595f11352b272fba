"""Decision diagrams over facts with a few kinds of value each.

A diagram tells, for every combination of kinds, one of a few results (whether a rule holds, which
outcome a case has). Variables are asked in one fixed order and equal parts are one node, so that
two diagrams are equal exactly where they are the same number (Bryant 1986, "Graph-Based Algorithms
for Boolean Function Manipulation"; with more than two branches, and results of any kind).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import TypeAlias

from sekisho.errors import PackError

Node: TypeAlias = int
Result: TypeAlias = Hashable
Path: TypeAlias = dict[int, tuple[int, ...]]
"""Kinds by variable; a variable that is absent may be of any kind."""

MOST_NODES = 400_000


class Diagrams:
    """All diagrams over some variables; they share their nodes."""

    def __init__(self, kinds: tuple[int, ...]) -> None:
        """Take the number of kinds of each variable, in the order they are asked."""
        self.kinds = kinds
        self._nodes: list[tuple[int, tuple[Node, ...]] | None] = []
        self._results: list[Result] = []
        self._leaves: dict[Result, Node] = {}
        self._inner: dict[tuple[int, tuple[Node, ...]], Node] = {}
        self.false, self.true = map(self.leaf, (False, True))

    def leaf(self, result: Result, /) -> Node:
        """The diagram that has one result everywhere."""
        if result not in self._leaves:
            self._leaves[result] = self._add(None, result)
        return self._leaves[result]

    def branch(self, variable: int, children: tuple[Node, ...]) -> Node:
        """The diagram that goes on with one child for each kind of a variable."""
        if len(set(children)) == 1:
            return children[0]
        key = variable, children
        if key not in self._inner:
            self._inner[key] = self._add(key, None)
        return self._inner[key]

    def _add(self, node: tuple[int, tuple[Node, ...]] | None, result: Result) -> Node:
        if len(self._nodes) >= MOST_NODES:
            raise PackError(
                "SEK-E310",
                "the regime is too entangled to be proved",
                why=f"its decision diagram has more than {MOST_NODES} nodes",
                next_step="split it, or speak of fewer facts at once",
            )
        self._nodes.append(node)
        self._results.append(result)
        return len(self._nodes) - 1

    def of(self, variable: int, holds: list[bool]) -> Node:
        """Where a variable is of one of the kinds for which something holds."""
        return self.branch(variable, tuple(self.true if so else self.false for so in holds))

    def joined(self, one: Node, other: Node, join: Callable[[Result, Result], Result]) -> Node:
        """The diagram of what two give together."""
        return _Join(self, join).of(one, other)

    def both(self, one: Node, other: Node) -> Node:
        """Where both hold."""
        return self.joined(one, other, lambda a, b: a is True and b is True)

    def either(self, one: Node, other: Node) -> Node:
        """Where one or the other holds."""
        return self.joined(one, other, lambda a, b: a is True or b is True)

    def mapped(self, node: Node, change: Callable[[Result], Result]) -> Node:
        """The diagram with its results exchanged."""
        return self.joined(node, self.true, lambda result, _: change(result))

    def opposite(self, node: Node) -> Node:
        """Where it does not hold."""
        return self.mapped(node, lambda result: result is not True)

    def every(self, nodes: Iterator[Node]) -> Node:
        """Where all hold."""
        found = self.true
        for node in nodes:
            found = self.both(found, node)
        return found

    def some(self, nodes: Iterator[Node]) -> Node:
        """Where some holds."""
        found = self.false
        for node in nodes:
            found = self.either(found, node)
        return found

    def somehow(self, node: Node, free: frozenset[int]) -> Node:
        """Where it holds for some kinds of the free variables."""
        known: dict[Node, Node] = {}

        def of(node: Node) -> Node:
            inner = self._nodes[node]
            if inner is None:
                return node
            if node not in known:
                variable, children = inner
                found = tuple(of(child) for child in children)
                if variable in free:
                    known[node] = self.some(iter(found))
                else:
                    known[node] = self.branch(variable, found)
            return known[node]

        return of(node)

    def given(self, node: Node, variable: int, kind: int) -> Node:
        """The diagram where a variable is of one kind."""
        known: dict[Node, Node] = {}

        def of(node: Node) -> Node:
            inner = self._nodes[node]
            if inner is None or inner[0] > variable:
                return node
            if node not in known:
                at, children = inner
                if at == variable:
                    known[node] = children[kind]
                else:
                    known[node] = self.branch(at, tuple(of(child) for child in children))
            return known[node]

        return of(node)

    def result(self, node: Node, kinds: Mapping[int, int]) -> Result:
        """The result for one combination of kinds."""
        while (inner := self._nodes[node]) is not None:
            node = inner[1][kinds[inner[0]]]
        return self._results[node]

    def variables(self, node: Node) -> set[int]:
        """The variables on which the result depends."""
        seen: set[Node] = set()
        found: set[int] = set()
        waiting = [node]
        while waiting:
            inner = self._nodes[at := waiting.pop()]
            if inner is not None and at not in seen:
                seen.add(at)
                found.add(inner[0])
                waiting.extend(inner[1])
        return found

    def paths(self, node: Node) -> Iterator[tuple[Path, Result]]:
        """Every way through the diagram, with its result; kinds that lead the same way together."""
        inner = self._nodes[node]
        if inner is None:
            yield {}, self._results[node]
            return
        variable, children = inner
        for child in dict.fromkeys(children):
            kinds = tuple(k for k, other in enumerate(children) if other == child)
            for path, result in self.paths(child):
                yield {variable: kinds, **path}, result


class _Join:
    """One operation on two diagrams; every pair of nodes is visited once."""

    def __init__(self, diagrams: Diagrams, join: Callable[[Result, Result], Result]) -> None:
        self.diagrams = diagrams
        self.join = join
        self.known: dict[tuple[Node, Node], Node] = {}

    def of(self, one: Node, other: Node) -> Node:
        key = one, other
        if key not in self.known:
            self.known[key] = self._of(one, other)
        return self.known[key]

    def _of(self, one: Node, other: Node) -> Node:
        nodes, results = self.diagrams._nodes, self.diagrams._results  # noqa: SLF001 - one module
        first, second = nodes[one], nodes[other]
        if first is None and second is None:
            return self.diagrams.leaf(self.join(results[one], results[other]))
        variable = min(inner[0] for inner in (first, second) if inner is not None)
        branches = range(self.diagrams.kinds[variable])
        ones = first[1] if first is not None and first[0] == variable else None
        others = second[1] if second is not None and second[0] == variable else None
        children = (
            self.of(ones[k] if ones else one, others[k] if others else other) for k in branches
        )
        return self.diagrams.branch(variable, tuple(children))
