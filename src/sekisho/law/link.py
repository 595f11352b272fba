"""The rules of one pack, read with the definitions and parameters that stand beside them."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping

from sekisho.errors import did_you_mean
from sekisho.law.grammar import MOST_WORDS, ReadRule, RuleError, is_term, read_rule
from sekisho.law.packfile import RegimeFile
from sekisho.law.refusal import Refusal
from sekisho.law.syntax import ALWAYS, And, Not, Or, Rule, Test
from sekisho.law.vocabulary import RESERVED, FactEntry, Vocabulary

MOST_PARTS = 5000
"""Of one rule with its definitions written into it; definitions can double at each step."""

MOST_LEVELS = 100
"""Of one rule with its definitions written into it: what asks the law goes down level by level."""


_LONG = 12
"""A way of more steps is told without its middle."""


class Linker:
    """Reads the rules of one pack: its definitions when it is made, the others when asked."""

    def __init__(self, pack: RegimeFile, vocabulary: Vocabulary, refusal: Refusal) -> None:
        """Read the definitions, in whatever order they stand.

        Raises:
            PackError: when one cannot be read, or rests on itself.
        """
        self.pack = pack
        self.vocabulary = vocabulary
        self.refusal = refusal
        self.parameters = frozenset(pack.parameters)
        self.terms: dict[str, Rule] = {}
        self._measured: dict[int, tuple[int, int]] = {}
        self._compared: dict[tuple[str, int], FactEntry] = {}
        for name in pack.parameters:
            self._check_name(name, ("parameters", name), words=1)
        self._define()

    def rule(self, text: str, *path: str | int) -> Rule:
        """The rule that a text of the pack is, with its definitions written into it.

        Raises:
            PackError: naming the word that cannot be read.
        """
        read = self._read(text, self.terms, path)
        parts, levels = self._measure(read.rule)
        if parts > MOST_PARTS or levels > MOST_LEVELS:
            most = f"{MOST_PARTS} parts" if parts > MOST_PARTS else f"{MOST_LEVELS} levels"
            self.refusal.fail(
                f"the rule has more than {most} with its definitions written into it",
                why="what follows from it could not be found in reasonable time",
                next_step="say it shorter, with definitions that do not build upon each other",
                path=path,
            )
        for parameter, entry in read.compared:
            self._compared[parameter, id(entry)] = entry
        return read.rule

    def check_parameters(self) -> None:
        """Hold the values of the parameters against the facts that the rules compare with them.

        Raises:
            PackError: at a value that such a fact cannot have.
        """
        for (name, _), entry in self._compared.items():
            for i, version in enumerate(self.pack.parameters[name]):
                for j, value in enumerate(version.values):
                    if not entry.accepts(value):
                        self.refusal.fail(
                            f"'{value}' is not a value of '{entry.key}'",
                            why=f"a rule compares '{entry.key}' with '{name}'",
                            next_step=did_you_mean(
                                value, entry.values, f"it is {entry.permitted()}"
                            ),
                            path=("parameters", name, i, "values", j),
                        )

    def _define(self) -> None:
        definitions = self.pack.definitions
        for name in definitions:
            self._check_name(name, ("definitions", name))
        # Read twice: first for the names that each uses, then with what those names mean.
        unread: dict[str, Rule] = dict.fromkeys(definitions, ALWAYS)
        uses = {
            name: self._read(text, unread, ("definitions", name)).terms
            for name, text in definitions.items()
        }
        if ring := ring_of(uses):
            self.refusal.fail(
                f"the definition of '{ring[0]}' rests on itself",
                why=f"it leads through {spell_ring(ring)}",
                next_step="define one of them without the other",
                path=("definitions", ring[0]),
            )
        for name in graphlib.TopologicalSorter(uses).static_order():
            rule = self.rule(definitions[name], "definitions", name)
            self.terms[name] = rule
            self._measured[id(rule)] = self._measure(rule)

    def _check_name(self, name: str, path: tuple[str | int, ...], words: int | None = None) -> None:
        if self.vocabulary.find(name) is not None:
            self.refusal.fail(
                f"'{name}' is a fact and a {'parameter' if words else 'definition'}",
                why="a rule could not say which of the two it means",
                next_step=f"give the {'parameter' if words else 'definition'} another name",
                path=path,
            )
        if not is_term(name, words):
            self.refusal.fail(
                f"rules could not speak of '{name}'",
                why="it is no plain word, or a word that rules use themselves",
                next_step="write one plain word"
                if words == 1
                else f"write up to {MOST_WORDS} words with single spaces between",
                path=path,
            )
        if hidden := self._hidden_by(name):
            self.refusal.fail(
                f"'{name}' hides '{hidden}'",
                why="a rule could not say which of the two it means",
                next_step="give it a name that no rule could be",
                path=path,
            )

    def _hidden_by(self, name: str) -> str | None:
        """What the first words of a name mean by themselves, where a rule could go on after."""
        words = name.split(" ")
        before = (" ".join(words[:i]) for i, word in enumerate(words) if word in RESERVED)
        known = self.pack.definitions
        return next((one for one in before if one in known or self.vocabulary.find(one)), None)

    def _read(self, text: str, terms: Mapping[str, Rule], path: tuple[str | int, ...]) -> ReadRule:
        try:
            return read_rule(text, self.vocabulary, terms, self.parameters)
        except RuleError as error:
            self.refusal.fail_within(
                error.what,
                why=f"in the rule '{_excerpt(text, error.column)}'",
                next_step=error.next_step,
                path=path,
                offset=error.column,
            )

    def _measure(self, rule: Rule) -> tuple[int, int]:
        """How many parts and levels a rule has; those of definitions are not counted again."""
        if known := self._measured.get(id(rule)):
            return known
        match rule:
            case Test():
                return 1, 1
            case And(parts) | Or(parts):
                inside = [self._measure(part) for part in parts]
            case Not(body):
                inside = [self._measure(body)]
            case _:
                inside = [self._measure(rule.body)]
        return 1 + sum(parts for parts, _ in inside), 1 + max(levels for _, levels in inside)


def ring_of(graph: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Names of which each leads to the next and the last to the first; empty when there are none.

    It begins with the one that stands first in the graph.
    """
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        ring = tuple(reversed(error.args[1][1:]))
        first = next(i for name in graph for i, other in enumerate(ring) if other == name)
        return (*ring[first:], *ring[:first])
    return ()


def spell_ring(ring: tuple[str, ...]) -> str:
    """The way round a ring, without its middle when it is long."""
    way = (*ring, ring[0])
    return " -> ".join(way if len(way) <= _LONG else (*way[:3], "...", *way[-2:]))


def _excerpt(text: str, column: int) -> str:
    """The words of a rule around a place in it."""
    before, after = text[:column].split(), text[column:].split()
    return " ".join((*before[-4:], *after[:3]))
