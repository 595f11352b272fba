"""The small word language of rules.

    rule   := both { "or" both }
    both   := one { "and" one }
    one    := "not" one | "(" rule ")" | ("any" | "all") COLLECTION "where" one
            | TERM | FACT | FACT relation operand
    relation := "=" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in"
    operand  := VALUE | "[" VALUE { "," VALUE } "]" | PARAMETER | "on"

A TERM is a definition of the regime; it may have several words, so that rules read as the law
does. What stands after "where" speaks of the members of the collection alone, so that a quantifier
has one value for an article, whatever the case. The operand "on" is the law date, for dates.
There is no test for "unknown": more evidence may settle an answer but never flips one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple, NoReturn

from sekisho.errors import did_you_mean
from sekisho.law.syntax import LAW_DATE, All, And, Any, Not, Or, Relation, Rule, Test
from sekisho.law.vocabulary import RESERVED, Collection, FactEntry, FactType, Vocabulary
from sekisho.strict_yaml import explain_date

_TOKEN = re.compile(r"\s*(?:(?P<word>[\w.\-]+)|(?P<sign><=|>=|!=|[()\[\],=<>]))")
_WORD = re.compile(r"\w[\w.\-]*")
_SIGNS = {
    "=": Relation.IS,
    "!=": Relation.IS_NOT,
    "<": Relation.BEFORE,
    "<=": Relation.UNTIL,
    ">": Relation.AFTER,
    ">=": Relation.FROM,
}
MAX_DEPTH = 50


class RuleError(Exception):
    """A rule cannot be read. `what`, `next_step`, and the 0-based `column` in the rule."""

    def __init__(self, what: str, next_step: str, column: int) -> None:
        """Keep the parts."""
        super().__init__(what)
        self.what, self.next_step, self.column = what, next_step, column


class ReadRule(NamedTuple):
    """A rule, and the names of the regime that it speaks by.

    `terms` are the definitions it uses, `compared` its parameters with the facts that are compared
    with them.
    """

    rule: Rule
    terms: tuple[str, ...]
    compared: tuple[tuple[str, FactEntry], ...]


MOST_WORDS = 12
"""Of the name of a definition: as far as a reader of rules looks ahead for one."""


def is_term(name: str, most_words: int | None = None) -> bool:
    """Whether rules could use a name: plain words with one space between.

    The words of the language may stand inside, as in `state or local body`.
    """
    words = name.split(" ")
    if len(words) > (most_words or MOST_WORDS) or {words[0], words[-1]} & RESERVED:
        return False
    return all(_WORD.fullmatch(word) for word in words)


def parse_rule(
    text: str,
    vocabulary: Vocabulary,
    terms: Mapping[str, Rule] | None = None,
    parameters: frozenset[str] = frozenset(),
) -> Rule:
    """Read a rule, resolving every name.

    Args:
        text: the rule.
        vocabulary: the facts it may speak of.
        terms: definitions of the regime, by name, already read.
        parameters: names of the regime's dated parameters.

    Raises:
        RuleError: at an unknown word, a value a fact cannot have, or a broken sentence.
    """
    return read_rule(text, vocabulary, terms or {}, parameters).rule


def read_rule(
    text: str, vocabulary: Vocabulary, terms: Mapping[str, Rule], parameters: frozenset[str]
) -> ReadRule:
    """As `parse_rule`, together with the names of the regime that the rule uses.

    Raises:
        RuleError: as `parse_rule` does.
    """
    reader = _Reader(text, vocabulary, terms, parameters)
    rule = reader.rule(None)
    reader.expect_end()
    return ReadRule(rule, tuple(reader.used), tuple(reader.compared))


class _Reader:
    """Recursive descent over the tokens of one rule."""

    def __init__(
        self,
        text: str,
        vocabulary: Vocabulary,
        terms: Mapping[str, Rule],
        parameters: frozenset[str],
    ) -> None:
        self.tokens = _tokens(text)
        self.end = len(text)
        self.at = 0
        self.depth = 0
        self.vocabulary = vocabulary
        self.terms = terms
        self.longest_term = max((name.count(" ") + 1 for name in terms), default=0)
        self.parameters = parameters
        self.used: dict[str, None] = {}
        self.compared: list[tuple[str, FactEntry]] = []

    def rule(self, scope: Collection | None) -> Rule:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail("the rule is nested too deeply", "use definitions")
        parts = [self.both(scope)]
        while self.take("or"):
            parts.append(self.both(scope))
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def both(self, scope: Collection | None) -> Rule:
        parts = [self.one(scope)]
        while self.take("and"):
            parts.append(self.one(scope))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def one(self, scope: Collection | None) -> Rule:
        negations = 0
        while self.take("not"):
            negations += 1
        found = self.positive(scope)
        return Not(found) if negations % 2 else found

    def positive(self, scope: Collection | None) -> Rule:
        if self.take("("):
            found = self.rule(scope)
            self.expect(")")
            return found
        if scope is not None:
            return self.test(scope)
        if self.peek() in ("any", "all"):
            return self.quantifier()
        if term := self.term():
            return term
        return self.test(scope)

    def quantifier(self) -> Rule:
        kind = All if self.take("all") else Any
        if kind is Any:
            self.expect("any")
        name = self.word("a collection")
        collection = self.vocabulary.collections.get(name)
        if collection is None:
            known = list(self.vocabulary.collections)
            hint = did_you_mean(name, known, f"collections are: {', '.join(known)}")
            self.fail(f"'{name}' is not a collection", hint, back=1)
        self.expect("where")
        return kind(name, self.one(collection))

    def term(self) -> Rule | None:
        """The longest definition that the next words spell."""
        words = [word for word, _ in self.tokens[self.at : self.at + self.longest_term]]
        for count in range(len(words), 0, -1):
            name = " ".join(words[:count])
            if name in self.terms:
                self.at += count
                self.used[name] = None
                return self.terms[name]
        return None

    def test(self, scope: Collection | None) -> Rule:
        name = self.word("a fact")
        entry, of_member = self.fact(name, scope)
        relation = self.relation()
        if relation is None:
            if entry.type is not FactType.TRUTH:
                self.fail(
                    f"'{name}' is not a yes-or-no fact", f"compare it: {entry.permitted()}", back=1
                )
            return Test(name, Relation.IS, ("true",), of_member=of_member)
        self.check_relation(relation, entry)
        if self.peek() in self.parameters and relation in (Relation.IN, Relation.NOT_IN):
            parameter = self.word("a parameter")
            self.compared.append((parameter, entry))
            return Test(name, relation, parameter=parameter, of_member=of_member)
        if self.peek() == LAW_DATE and entry.type is FactType.DATE and name != LAW_DATE:
            self.at += 1
            return Test(name, relation, (LAW_DATE,), of_member=of_member)
        return Test(name, relation, self.operands(relation, entry), of_member=of_member)

    def fact(self, name: str, scope: Collection | None) -> tuple[FactEntry, bool]:
        if scope:
            return self.attribute(name, scope), True
        entry = self.vocabulary.find(name)
        collection, _, _ = name.partition(".")
        if entry is None and collection in self.vocabulary.collections:
            self.fail(
                f"'{name}' is not a fact: '{collection}' is a collection of many",
                f"write 'any {collection} where' or 'all {collection} where', and what its "
                "members are like",
                back=1,
            )
        if entry is None:
            known = [*self.vocabulary.facts, *self.terms]
            hint = did_you_mean(name, known, "see the vocabulary for its facts")
            self.fail(f"the word '{name}' is not known", hint, back=1)
        return entry, False

    def attribute(self, name: str, scope: Collection) -> FactEntry:
        entry = scope.attribute(name)
        if entry is None:
            known = [attribute.key for attribute in scope.attributes]
            hint = did_you_mean(name, known, f"they have: {', '.join(known)}")
            self.fail(f"members of '{scope.name}' have no '{name}'", hint, back=1)
        return entry

    def relation(self) -> Relation | None:
        if self.take("in"):
            return Relation.IN
        if self.peek() == "not" and self.peek(1) == "in":
            self.at += 2
            return Relation.NOT_IN
        sign = _SIGNS.get(self.peek())
        if sign is not None:
            self.at += 1
        return sign

    def check_relation(self, relation: Relation, entry: FactEntry) -> None:
        if relation.is_ordering and not entry.type.is_ordered:
            self.fail(f"'{entry.key}' has no order", "compare it with = or in", back=1)
        if entry.type is FactType.NUMBER and not relation.is_ordering:
            self.fail(f"'{entry.key}' is a number", "compare it with <, <=, > or >=", back=1)

    def operands(self, relation: Relation, entry: FactEntry) -> tuple[str, ...]:
        if relation not in (Relation.IN, Relation.NOT_IN):
            return (self.value(entry),)
        if not self.take("["):
            known = ", ".join(sorted(self.parameters))
            hint = "write a list in [ ]" + (f", or a parameter: {known}" if known else "")
            self.fail(f"'{self.peek()}' is neither a list nor a parameter", hint)
        values = [self.value(entry)]
        while self.take(","):
            values.append(self.value(entry))
        self.expect("]")
        return tuple(values)

    def value(self, entry: FactEntry) -> str:
        value = self.word("a value")
        if not entry.accepts(value):
            hint = did_you_mean(value, entry.values, f"it is {entry.permitted()}")
            if entry.type is FactType.DATE:
                hint = explain_date(value)[1]
            self.fail(f"'{value}' is not a value of '{entry.key}'", hint, back=1)
        return value

    def word(self, wanted: str) -> str:
        found = self.peek()
        if not found or found in RESERVED or not _WORD.fullmatch(found):
            self.fail(f"{wanted} is expected here, not '{found or 'the end'}'", "complete the rule")
        self.at += 1
        return found

    def peek(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.tokens[place][0] if place < len(self.tokens) else ""

    def take(self, word: str) -> bool:
        if self.peek() != word:
            return False
        self.at += 1
        return True

    def expect(self, word: str) -> None:
        if not self.take(word):
            found = self.peek() or "the end"
            self.fail(f"'{word}' is expected here, not '{found}'", f"write '{word}'")

    def expect_end(self) -> None:
        if self.peek():
            self.fail(
                f"'{self.peek()}' does not fit here", "join tests by 'and' or 'or', in parentheses"
            )

    def fail(self, what: str, next_step: str, back: int = 0) -> NoReturn:
        place = self.at - back
        column = self.tokens[place][1] if 0 <= place < len(self.tokens) else self.end
        raise RuleError(what, next_step, column)


def _tokens(text: str) -> list[tuple[str, int]]:
    """Words and signs with their 0-based columns."""
    tokens: list[tuple[str, int]] = []
    at = 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            column = at + len(text[at:]) - len(text[at:].lstrip())
            raise RuleError(f"the sign '{text[column]}' is not used in rules", "remove it", column)
        tokens.append((found["word"] or found["sign"], found.start(found.lastgroup or 0)))
        at = found.end()
    return tokens
